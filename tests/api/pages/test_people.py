"""The pages of people in a real browser: registering, noting, cards, family, every week, applying online."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.clock import RehearsalClock
from api.db import Database
from api.people import OPERATOR, NewUser, add_user
from api.register.family import NewBinding, bind
from api.security import digest
from api.store.users import save_session
from tests.api.pages.day import Moment
from tests.api.pages.served import looking, serving
from tests.api.register.conftest import CLERK, NOW_AT, TODAY, furnished, id_number

ROLES = ("canteen", "bureau")


@pytest.fixture
def small_house(tmp_path: Path, sqlite_template: Path) -> Moment:
    """A house with one canteen and a father and mother whose daughter orders for them."""
    data = tmp_path / "small"
    data.mkdir()
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, data / 'holdchain.sqlite3')}")
    RehearsalClock.start(data / "clock.json", NOW_AT, 0)
    desk = furnished(database)
    mother = desk.register("张三", phone="13800001234")
    father = desk.register("李四", id_number=id_number(date(1939, 5, 6)))
    with database.begin() as session:
        for diner in (mother, father):
            new = NewBinding("daughter", "family", "signed_form", "张女士")
            bound = bind(session, CLERK, NOW_AT, desk.ids, diner.diner_id, new)
        tokens = {"diner": "token-diner"}
        save_session(session, digest("token-diner"), bound.user_id, NOW_AT, NOW_AT + timedelta(days=1))
        for role in ROLES:
            where = {"kitchen_id": "K1", "site_id": "C01"} if role == "canteen" else {}
            user = add_user(session, OPERATOR, NOW_AT, desk.ids, NewUser(role, role, role, **where))
            tokens[role] = f"token-{role}"
            ends_at = NOW_AT + timedelta(days=1)
            save_session(session, digest(tokens[role]), user.actor.user_id, NOW_AT, ends_at)
    database.close()
    return Moment(data, tokens, "")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_person_is_registered_and_shown(browser, axe_path, small_house, tmp_path, language) -> None:
    """
    Tests the way from an application and a form to a card, family and a weekly order.
    """
    with serving(small_house, tmp_path) as base:
        with looking(browser, base, None, language, 390) as seen:
            page = seen.visit("/apply")
            _check(seen, axe_path, f"apply-{language}")
            page.fill("#name", "王五")
            page.fill("#id_number", id_number(date(1938, 7, 8)))
            page.fill("#phone", "13900005678")
            page.check("input[name=consent]")
            page.click("form .button-main")
            page.wait_for_selector(".notice-good")
            _check(seen, axe_path, f"applied-{language}")
        with looking(browser, base, small_house.tokens["canteen"], language, 1280) as seen:
            page = seen.visit("/people")
            page.fill("#q", "zs")
            page.wait_for_selector("#found >> text=张三")
            _check(seen, axe_path, f"people-{language}")
            page.click("text=王五")
            _check(seen, axe_path, f"application-{language}")
            seen.visit("/people/new")
            _check(seen, axe_path, f"people-new-{language}")
            page.fill("#name", "赵六")
            page.fill("#id_number", "110105194912310021")
            page.click("form .button-main")
            page.wait_for_selector("#message [role=alert]")
            assert page.input_value("#name") == "赵六"
            page.click("#message [data-dismiss]")
            page.fill("#id_number", "11010519491231002X")
            page.click("form .button-main")
            page.wait_for_selector("h1 >> text=赵六")
            _act_on_person(page)
            _check(seen, axe_path, f"person-{language}")
        with looking(browser, base, small_house.tokens["diner"], language, 390) as seen:
            page = seen.visit("/standing")
            page.click("details:has(input[name=weekdays]) summary")
            page.click("details:has(input[name=weekdays]) form .button")
            page.wait_for_selector("#message .toast")
            _check(seen, axe_path, f"standing-{language}")
            assert page.locator(".chips .chip").count() == 2


def _act_on_person(page) -> None:
    """Notes a fact, issues a card, binds family and orders every week."""
    page.click("details:has(#fact) > summary")
    page.select_option("#fact", "flag")
    page.fill("#value", "loses_ability")
    page.fill("#from_on", (TODAY - timedelta(days=3)).isoformat())
    page.fill("#evidence", "评估表 12 号")
    page.click("form:has(#fact) .button")
    page.wait_for_selector("text=评估表 12 号")
    page.click('form[action$="/cards/qr"] .button')
    page.wait_for_selector('a[href^="/people/cards.pdf"]')
    page.click("details:has(#f-login) > summary")
    page.fill("#f-login", "son")
    page.click("form:has(#f-login) .button")
    page.wait_for_selector('form[action$="/link"]')
    page.click('form[action$="/link"] .button')
    page.wait_for_selector("text=/sign-in?token=")
    page.click("details:has(#week-meal) > summary")
    page.click("form:has(#week-meal) .button")
    page.wait_for_selector('form[action*="/orders/"]')


def _check(seen, axe_path, name: str) -> None:
    seen.assert_accessible(axe_path)
    for width in (1280, 320):
        seen.widen(width)
        seen.assert_clean()
        seen.keep(f"{name}-{width}")


def test_the_cards_of_a_canteen_are_printed(browser, small_house, tmp_path) -> None:
    """
    Tests that one button gives everybody of the canteen a card and the sheet to print.
    """
    with serving(small_house, tmp_path) as base:
        with looking(browser, base, small_house.tokens["canteen"], "en", 1280) as seen:
            seen.visit("/people")
            answer = seen.page.request.post(f"{base}/people/cards", form={"site_id": "C01"})
            assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
            assert answer.body().startswith(b"%PDF")
        with looking(browser, base, small_house.tokens["bureau"], "en", 1280) as seen:
            answer = seen.page.request.get(f"{base}/people/cards.pdf?site=C01")
            assert answer.status == 403
