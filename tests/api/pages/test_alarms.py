"""The page of alarms in a real browser: age, who answered, what follows, what becomes of the food."""

from contextlib import ExitStack

import pytest

from tests.api.pages.served import looking, serving


@pytest.fixture
def at_alarms(day, browser, tmp_path):
    """Opens the page of alarms for a role, with the first van on the road."""
    with ExitStack() as stack:
        base = stack.enter_context(serving(day["road"], tmp_path))

        def sit_down(role, language="en", width=390):
            token = day["road"].tokens[role]
            seen = stack.enter_context(looking(browser, base, token, language, width))
            seen.visit("/alarms")
            return seen

        yield sit_down


def test_an_alarm_is_answered_and_its_food_decided(at_alarms, axe_path):
    """Tests that the list names who is called next, that an answer ends it, and that a decision stays."""
    kitchen, canteen = at_alarms("kitchen"), at_alarms("canteen", "zh_CN")
    page = kitchen.page
    first = page.locator("section.card").first
    first.locator("text=nobody yet").wait_for()
    card = f"#{first.get_attribute('id')}"
    assert "who has the box" in page.locator(card).inner_text()
    kitchen.assert_accessible(axe_path)
    page.locator(card).locator("input[name=comment]").fill("Called the driver")
    page.locator(card).get_by_role("button", name="I have seen it").click()
    answered = page.locator(card, has_text="Called the driver")
    answered.wait_for()
    assert "Calls next" not in page.locator(card).inner_text()
    page.locator(f"{card} summary").click()
    page.locator(f"{card} input[value=withdraw]").check()
    page.locator(f"{card} input[name=action]").fill("Lid was broken")
    page.locator(f"{card} details button").click()
    page.locator(card, has_text="Withdrawn").wait_for()
    page.wait_for_selector("#stops .stop >> text=Lid was broken")
    canteen.page.wait_for_selector("text=Lid was broken")
    for seen, name in ((kitchen, "alarms-kitchen-en"), (canteen, "alarms-canteen-zh_CN")):
        seen.assert_clean()
        seen.keep(name)
