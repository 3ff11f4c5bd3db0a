"""The page of checks in a real browser: a morning with gaps, both languages, two widths, and its acts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.checks.desk import CheckDesk
from api.checks.keeping import SampleTold, take_sample
from api.checks.records import Entry, write_check
from api.checks.withholding import WithheldTold, withhold
from api.clock import RehearsalClock
from api.day.measure import StepTold, record_step
from api.house import open_house
from api.oversight.complaints import NewComplaint, take_complaint
from api.people import OPERATOR, NewUser, add_user
from api.security import digest, new_token
from api.settings import Settings
from api.store.users import save_session
from tests.api.checks.room import COOKED_AT, IDS, KITCHEN, SERVICE, furnished, publish
from tests.api.pages.day import Moment
from tests.api.pages.served import looking, serving

DINNER = replace(SERVICE, meal="dinner")
WELL = {"temperature_c": "36.5", "no_illness": "yes", "no_wound": "yes", "clean_dress": "yes"}


@pytest.fixture(scope="module")
def morning(tmp_path_factory) -> Moment:
    """Half past nine: one morning check written, one core too cold, a batch on hold, a sample frozen."""
    data = tmp_path_factory.mktemp("checks")
    RehearsalClock.start(data / "clock.json", COOKED_AT + timedelta(minutes=30), 0)
    house = open_house(Settings(data=data), seed=1)
    now_at = house.clock.now()
    tokens = {}
    with house.database.begin() as session:
        desk = replace(furnished(session), now_at=now_at)
        before = CheckDesk(KITCHEN, OPERATOR, COOKED_AT - timedelta(hours=2), IDS)
        write_check(session, before, Entry("morning_check", "S1", WELL, "S2"))
        write_check(session, before, Entry("fridge_temperature", "F1", {"temperature_c": "9.4"}, "S2"))
        write_check(session, before, Entry("safety_day", "", {"checked": "yes", "risk": "no"}, "S1"))
        record_step(session, desk, SERVICE, StepTold("cook", "B01", 66.0, "HP-01", "S1"))
        publish(session, service=DINNER, number=2)
        record_step(session, desk, DINNER, StepTold("cook", "B01", 86.0, "HP-01", "S1"))
        take_sample(session, desk, DINNER, SampleTold("B01", 130, "F1", "上层", "S1"))
        withhold(session, desk, DINNER, WithheldTold("B01", "有异味，待化验", "S2"))
        ill = NewComplaint("food_poisoning", "餐后呕吐", "12345", site_id="C01")
        take_complaint(session, ill, actor=OPERATOR, now_at=now_at, ids=IDS)
        for role in ("kitchen", "inspector"):
            user = add_user(session, OPERATOR, now_at, IDS, NewUser(role, role, role, kitchen_id="K1"))
            tokens[role] = new_token()
            expires_at = now_at + timedelta(days=9)
            save_session(session, digest(tokens[role]), user.actor.user_id, now_at, expires_at)
    house.database.close()
    return Moment(data, tokens, "")


@pytest.mark.parametrize(("language", "widths"), [("zh_CN", (1280, 390)), ("en", (390, 320))])
def test_the_page_is_whole(browser, axe_path, morning, tmp_path, language, widths):
    """
    Tests that nothing is wider than the screen and axe finds nothing serious, for cook and inspector.
    """
    with serving(morning, tmp_path) as base:
        for role in ("kitchen", "inspector"):
            with looking(browser, base, morning.tokens[role], language, widths[0]) as seen:
                page = seen.visit("/checks")
                for width in widths:
                    seen.widen(width)
                    seen.assert_clean()
                    seen.keep(f"checks-{role}-{language}-{width}")
                page.eval_on_selector_all("#live details", "all => all.forEach(one => one.open = true)")
                seen.assert_accessible(axe_path)
                seen.assert_clean()
                assert page.locator(".button-main").count() <= 1
                if role == "kitchen":
                    assert (
                        page.eval_on_selector_all(
                            "#live button",
                            "all => Math.min(...all.map(one => one.getBoundingClientRect().height))",
                        )
                        >= 72
                    )
                seen.keep(f"checks-{role}-{language}-open")


def test_a_cook_clears_the_first_card(browser, morning, tmp_path):
    """
    Tests the action about a cold core, the late check that is next, and a refusal told in words.
    """
    with serving(morning, tmp_path) as base, looking(browser, base, morning.tokens["kitchen"], "en") as seen:
        page = seen.visit("/checks")
        card = page.locator(".card-next")
        assert "66.0" in card.inner_text()
        card.get_by_text("Cook on").click()
        card.locator("select[name=person]").select_option("S1")
        card.locator(".button-main").click()
        page.locator("#h-next", has_text="乙").wait_for()
        card = page.locator(".card-next")
        for name in ("no_illness", "no_wound", "clean_dress"):
            card.locator(f"input[name=a-{name}][value=yes]").check()
        card.locator("input[name=a-temperature_c]").fill("36.6")
        card.locator("select[name=person]").select_option("S1")
        card.locator(".button-main").click()
        page.locator("#message").get_by_text("It is written down.").wait_for()
        seen.assert_clean()
