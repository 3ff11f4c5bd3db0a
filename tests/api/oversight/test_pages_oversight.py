"""Oversight's pages in a real browser: flags decided, a survey answered on a phone, what a monitor may."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from api.clock import RehearsalClock
from api.house import open_house
from api.oversight.complaints import NewComplaint, take_complaint, take_step
from api.oversight.flags import look_for_flags
from api.oversight.surveys import begin_survey, find_survey, key_in, paper_token, print_copies
from api.people import OPERATOR, NewUser, add_user
from api.security import digest, new_token
from api.settings import Settings
from api.store.users import save_session
from orders.store.flags import load_flags
from tests.api.oversight.town import LUNCH, NOW_AT, build, serve, who
from tests.api.pages.day import Moment
from tests.api.pages.served import looking, serving

MEALS = [
    (1, "d1", "C01", 0),
    (2, "d1", "C01", 60),
    (3, "d3", "C01", 1),
    (4, "d2", "C01", 2),
    (5, "d2", "C02", 12),
    (6, "d4", "C03", 3),
    (7, "d5", "C03", 4),
    (8, "d6", "C03", 5),
]
FRAUD = {
    "flags": ["deceased", "duplicate_same_day", "two_sites_same_time", "above_capacity", "far_from_home"],
    "consequence": ["claw_back", "credit_blacklist", "refer"],
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Moment, str, str]:
    """The town's evening with open flags, complaints and a survey; one flag's id and one paper's token."""
    data = tmp_path_factory.mktemp("town")
    shutil.copy(sqlite_template, data / "holdchain.sqlite3")
    RehearsalClock.start(data / "clock.json", NOW_AT, 0)
    house = open_house(Settings(data=data), seed=1, upgrade=False)
    tokens = {}
    bureau, given = who("bureau"), {"now_at": NOW_AT, "ids": house.ids}
    with house.database.begin() as session:
        build(session, FRAUD)
        serve(session, MEALS)
        look_for_flags(session, LUNCH.service_on, LUNCH.service_on, actor=bureau, **given)
        flag_id = next(
            one.flag_id for one in load_flags(session) if one.finding.kind == "two_sites_same_time"
        )
        wish = NewComplaint("new_site_wanted", "回龙观附近没有助餐点", "12345", "BJ-1", place="回龙观")
        kept = take_complaint(session, wish, actor=bureau, **given)
        take_step(session, kept.code, "verified", "确属空白点", actor=bureau, now_at=NOW_AT)
        salty = NewComplaint("food", "菜太咸", "phone", site_id="C01", contact="示例 13800000000")
        take_complaint(session, salty, actor=bureau, **given)
        day = LUNCH.service_on
        survey = begin_survey(session, "p", day, day + timedelta(days=20), actor=bureau, **given)
        print_copies(session, survey.code, 8, actor=bureau, now_at=NOW_AT)
        for number in range(1, 6):
            answers = {"overall": number, "taste": 4, "known": 2}
            key_in(session, survey.code, number, answers, actor=bureau, **given)
        paper = paper_token(find_survey(session, survey.code), 7)
        for role in ("bureau", "monitor", "admin"):
            user = add_user(session, OPERATOR, NOW_AT, house.ids, NewUser(role, f"示例{role}", role))
            tokens[role] = new_token()
            until_at = NOW_AT + timedelta(days=30)
            save_session(session, digest(tokens[role]), user.actor.user_id, NOW_AT, until_at)
    house.database.close()
    return Moment(data, tokens, ""), flag_id, paper


@pytest.fixture(scope="module")
def base(town, tmp_path_factory):
    """Address of the town's house."""
    with serving(town[0], tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.mark.parametrize(("language", "widths"), [("zh_CN", (1280, 390)), ("en", (390,))])
def test_every_page_of_oversight_is_whole(browser, axe_path, base, town, language, widths):
    """
    Tests that each page has no serious finding of axe, no console error, no request to another host.
    """
    moment, flag_id, paper = town
    pages = {
        "bureau": {
            "flags": "/oversight",
            "flag": f"/oversight/flags/{flag_id}",
            "complaints": "/oversight/complaints",
            "complaint": "/oversight/complaints/T0001",
            "surveys": "/oversight/surveys",
            "survey-key": "/oversight/surveys/S01/key",
            "blacklist": "/oversight/blacklist",
        },
        "admin": {"oversight-rules": "/oversight/rules"},
        None: {"survey": f"/survey?paper={paper}"},
    }
    for role, paths in pages.items():
        with looking(browser, base, moment.tokens[role] if role else None, language, widths[0]) as seen:
            for name, path in paths.items():
                seen.widen(widths[0])
                assert seen.visit(path).locator("h1").count() == 1, name
                if language == "zh_CN":
                    seen.assert_accessible(axe_path)
                for width in widths:
                    seen.widen(width)
                    seen.assert_clean()
                    seen.keep(f"{name}-{language}-{width}")


def test_a_flag_is_confirmed_and_a_monitor_only_reads(browser, base, town):
    """
    Tests the decision on the page with what follows, and that a monitor sees no form and no name.
    """
    moment, flag_id, _ = town
    with looking(browser, base, moment.tokens["monitor"], "en") as seen:
        page = seen.visit(f"/oversight/flags/{flag_id}")
        assert "LZ2" in page.inner_text("table")
        assert "示例2" not in page.inner_text("table")
        assert page.locator("main form").count() == 0
    with looking(browser, base, moment.tokens["bureau"], "en") as seen:
        page = seen.visit("/oversight")
        page.click("text=Look and decide >> nth=1")
        page.fill("textarea[name=reason]", "Two signatures by one hand")
        page.uncheck("input[value=refer]")
        page.click("text=Confirm: fees are void")
        page.wait_for_selector("text=Two signatures by one hand")
        assert page.locator("text=to do").count() == 2
        page.click("summary:has-text('Note that it is carried out') >> nth=0")
        page.fill("#note-claw_back", "statement 7")
        page.click("form:has(#note-claw_back) button")
        page.wait_for_selector("text=statement 7")
        assert page.locator("textarea[name=reason]").count() == 0
        seen.assert_clean()


def test_a_paper_is_answered_on_a_phone_once(browser, base, town):
    """
    Tests that nobody signs in, that the thanks come, and that the same paper is refused afterwards.
    """
    token = town[2]
    with looking(browser, base, None, "zh_CN", width=320) as seen:
        page = seen.visit(f"/survey?paper={token}")
        page.check("input[name='q.overall'][value='5']")
        page.check("input[name='q.known'][value='2']")
        page.click("text=提交答案")
        page.wait_for_selector("text=谢谢您")
        seen.assert_clean()
        assert "已经收到" in seen.visit(f"/survey?paper={token}", 409).inner_text("main")
        seen.visit("/survey?paper=S01-8-0000", 403)
