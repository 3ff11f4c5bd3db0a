"""The page of menus in a real browser: a week is seen, a dish swapped, the week published."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.clock import RehearsalClock
from api.day.menus import plan_weeks
from api.day.menus_wish import MenuWish
from api.db import Database
from api.people import OPERATOR
from api.permissions import Actor
from api.security import digest, new_token
from api.seed import seed_house
from api.store.users import save_session, save_user
from kitchen.menu_plan import MenuParams
from orders.ids import IdSource
from tests.api.pages.day import Moment
from tests.api.pages.served import looking, serving

NOW_AT = datetime(2026, 12, 10, 1, 0, tzinfo=UTC)
MONDAY = date(2026, 12, 21)
ROLES = {"kitchen": Actor("u-cook", "Cook", "kitchen", "K1"), "canteen": Actor("u-hall", "Hall", "canteen")}
WEEK = f"/menus?week={MONDAY.isoformat()}"


@pytest.fixture(scope="module")
def moment(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Moment:
    """A house with a planned week of three lines."""
    data = tmp_path_factory.mktemp("menus")
    shutil.copy(sqlite_template, data / "holdchain.sqlite3")
    RehearsalClock.start(data / "clock.json", NOW_AT, 0)
    database = Database(f"sqlite:///{data / 'holdchain.sqlite3'}")
    tokens = {role: new_token() for role in ROLES}
    ids = IdSource(lambda: NOW_AT, 1)
    with database.begin() as session:
        seed_house(session, "liuzhou", MONDAY, 0, actor=OPERATOR, now_at=NOW_AT, ids=ids)
        for role, actor in ROLES.items():
            save_user(session, actor, role, NOW_AT)
            save_session(session, digest(tokens[role]), actor.user_id, NOW_AT, NOW_AT + timedelta(days=1))
    plan_weeks(
        database,
        "K1",
        [MONDAY + timedelta(days=step) for step in range(7)],
        actor=OPERATOR,
        now_at=NOW_AT,
        ids=ids,
        seed=1,
        wish=MenuWish(("regular", "soft", "low-salt")),
        params=MenuParams(moves=60_000),
    )
    database.close()
    return Moment(data, tokens, "")


@pytest.mark.parametrize(("language", "widths"), [("zh_CN", (1280, 390)), ("en", (390, 1280))])
def test_the_week_is_whole(browser, axe_path, moment, tmp_path, language, widths):
    """
    Tests the week for axe, console and other hosts, down to 320 px, with targets and papers.
    """
    with (
        serving(moment, tmp_path) as base,
        looking(browser, base, moment.tokens["kitchen"], language, widths[0]) as seen,
    ):
        page = seen.visit(WEEK)
        seen.assert_accessible(axe_path)
        assert page.locator(".menu-days > .card").count() == 5
        page.locator("#t-regular summary").click()
        for width in (*widths, 320):
            seen.widen(width)
            seen.assert_clean()
            if width != 320:
                seen.keep(f"menus-{language}-{width}")
        page.locator(".menu-dishes a").first.click()
        seen.assert_accessible(axe_path)
        assert 1 <= page.locator("main form").count() <= 3
        seen.keep(f"menus-swap-{language}")


def test_a_dish_is_swapped_and_the_week_published(browser, moment, tmp_path):
    """
    Tests that a substitute stands in the week after it is taken, that pins are kept when the week is planned
    anew, and that drafts are published.
    """
    with serving(moment, tmp_path) as base, looking(browser, base, moment.tokens["kitchen"], "en") as seen:
        page = seen.visit(WEEK)
        page.locator(".menu-days .card").nth(1).locator(".menu-dishes a").nth(3).click()
        wanted = page.locator("main section h2").first.inner_text()
        page.get_by_role("button", name="Take this one").first.click()
        day = page.locator(".menu-days .card").nth(1)
        day.get_by_role("link", name=wanted, exact=True).first.wait_for()
        page.locator("#pins summary").click()
        kept = page.locator("#pins fieldset").first.locator("label").first
        name = kept.inner_text().strip()
        kept.locator("input").check()
        page.get_by_label("Seconds to search").select_option("10")
        page.get_by_role("button", name="Plan these weeks").click()
        page.get_by_text("above the best there can be").wait_for(timeout=120_000)
        first = page.locator(".menu-days .card").first.locator(".menu-dishes").first
        assert name in first.inner_text()
        page.get_by_role("button", name="Publish the drafts").click()
        page.get_by_text("Published").first.wait_for()
        assert page.get_by_role("button", name="Publish the drafts").count() == 0
        seen.assert_clean()


def test_menus_are_planned_by_the_kitchen_alone(browser, moment, tmp_path):
    """
    Tests that a canteen has no page of menus.
    """
    with serving(moment, tmp_path) as base, looking(browser, base, moment.tokens["canteen"], "en") as seen:
        page = seen.visit("/menus", 403)
        assert page.locator("nav a[href='/menus']").count() == 0


def test_the_rules_are_read_and_changed(browser, axe_path, moment, tmp_path):
    """
    Tests that a point, a line and a ban are changed on the page, and that a slip is refused in words.
    """
    with (
        serving(moment, tmp_path) as base,
        looking(browser, base, moment.tokens["kitchen"], "zh_CN", 1280) as seen,
    ):
        page = seen.visit("/menus/rules")
        seen.assert_accessible(axe_path)
        seen.keep("menus-rules-zh_CN-1280")
        page.locator("#points > summary").click()
        page.get_by_label("一天内超出一套餐的每道菜，扣（分）").fill("1500")
        page.locator("#points").get_by_role("button", name="保存").click()
        page.get_by_text("改动 1 项").wait_for()
        assert page.get_by_label("一天内超出一套餐的每道菜，扣（分）").input_value() == "1500"
        page.locator("#bans > summary").click()
        page.get_by_role("button", name="将野生菌移出名单").click()
        page.get_by_text("可以再上菜单").wait_for()
        assert page.get_by_role("button", name="将野生菌移出名单").count() == 0
        page.locator("#line-soft > summary").click()
        page.locator("#line-soft").get_by_label("份数占比").fill("270")
        page.locator("#line-soft button").click()
        page.get_by_text("软食餐：份数占比：必须大于 0%").wait_for()
        seen.assert_accessible(axe_path)
        seen.visit("/menus/rules")
        for width in (390, 320):
            seen.widen(width)
            seen.assert_clean()
        seen.keep("menus-rules-zh_CN-320")
