"""The statements' pages in a real browser: a quarter made, handed in, signed and paid by hand."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.clock import RehearsalClock
from api.people import OPERATOR, NewUser, add_user
from api.security import digest, new_token
from api.settlement.adjust import propose_adjustments
from api.store.users import save_session
from tests.api.pages.day import Moment
from tests.api.pages.served import HEIGHTS, looking, serving
from tests.api.settlement.test_after import backdate
from tests.api.settlement.town import (
    BUREAU,
    KITCHEN,
    PROGRAMME,
    Database,
    Town,
    city_table,
    keep_programme,
    save_kitchen,
)

HEIGHTS[360] = 780
NOW_AT = datetime(2023, 7, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def moment(tmp_path_factory: pytest.TempPathFactory, quarter_file: Path) -> Moment:
    """A house with the quarter's bills, a backdated fact, and a session for each role."""
    data = tmp_path_factory.mktemp("statements")
    shutil.copy(quarter_file, data / "holdchain.sqlite3")
    RehearsalClock.start(data / "clock.json", NOW_AT, 0)
    town = Town(Database(f"sqlite:///{data / 'holdchain.sqlite3'}"))
    tokens = {}
    with town.database.begin() as session:
        for role in ("bureau", "canteen", "monitor"):
            new = NewUser(role, f"示例{role}", role, site_id="S1" if role == "canteen" else None)
            user = add_user(session, OPERATOR, NOW_AT, town.ids, new)
            tokens[role] = new_token()
            save_session(
                session, digest(tokens[role]), user.actor.user_id, NOW_AT, NOW_AT + timedelta(days=30)
            )
        keep_programme(session, city_table(data))
        save_kitchen(session, replace(KITCHEN, kitchen_id="K2"), {"programme": "example-city"}, NOW_AT)
    backdate(town)
    days = {"from_on": date(2023, 4, 1), "to_on": date(2023, 6, 30)}
    town.make(propose_adjustments, BUREAU, programme_id=PROGRAMME, **days, note="街道补认失能")
    town.database.close()
    return Moment(data, tokens, "")


def test_a_quarter_by_hand(browser, axe_path, moment, tmp_path):
    """
    Tests make, approve, hand in, check, sign and pay on the pages, then each page in English on a phone.
    """

    def whole(seen, name, language="zh_CN", width=1280):
        seen.assert_accessible(axe_path)
        seen.assert_clean()
        seen.keep(f"{name}-{language}-{width}")

    paths = {"statements": "/statements"}
    bureau = moment.tokens["bureau"]
    with serving(moment, tmp_path) as base:
        with looking(browser, base, bureau) as seen:
            page = seen.visit("/statements")
            fund = page.locator("form[action='/statements/funds']")
            fund.locator("[name=amount]").fill("5000")
            fund.locator("[name=reference]").fill("示例慈善会 17")
            fund.locator("button").click()
            assert "余额 5000.00 元" in page.locator("section[aria-labelledby=funds]").inner_text()
            form = page.locator("form[action='/statements/make']")
            form.locator("[name=from_on]").fill("2023-04-01")
            form.locator("button").click()
            page.locator("form[action^='/statements/adjustments/'] [value=approve]").click()
            form.locator("[name=from_on]").fill("2023-04-01")
            form.locator("button").click()
            assert "240.00" in page.inner_text("tbody")
            page.locator("tbody tr", has_text="240.00").locator("a").click()
            path = paths["statement"] = page.url.removeprefix(base)
        with looking(browser, base, moment.tokens["canteen"]) as seen:
            page = seen.visit(path)
            page.locator(f"form[action='{path}/submit'] button").click()
            assert page.locator(f"form[action='{path}/sign']").count() == 0
        with looking(browser, base, bureau) as seen:
            page = seen.visit(path)
            whole(seen, "statement")
            page.locator(f"form[action='{path}/check'] button").click()
            paths["check"] = page.url.removeprefix(base)
            whole(seen, "check")
            seen.visit(path)
            page.locator(f"form[action='{path}/sign'] button").click()
            seen.visit("/statements")
            whole(seen, "statements")
            account = page.locator("form[action='/statements/accounts']")
            account.locator("[name=holder]").fill("城南长者饭堂")
            account.locator("[name=reference]").fill("6222 0001")
            account.locator("button").click()
            page.locator("[name=chosen]").check()
            page.locator("form[action='/statements/pay'] button").click()
            assert "240.00" in page.inner_text("main")
            paths["pay-file"] = page.url.removeprefix(base)
            whole(seen, "pay-file")
            with page.expect_download() as file:
                page.locator("a[href$='.csv']").click()
            assert "240.00" in Path(file.value.path()).read_text("utf-8-sig")
        with looking(browser, base, bureau, "en", 360) as seen:
            for name, one in paths.items():
                seen.visit(one)
                whole(seen, name, "en", 360)
        with looking(browser, base, moment.tokens["monitor"]) as seen:
            page = seen.visit(path)
            assert page.locator("main form").count() == 0
