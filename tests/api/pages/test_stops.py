"""Stop in a real browser: one button in the kitchen, and every open page says STOP."""

from contextlib import ExitStack

import pytest

from tests.api.pages.served import looking, serving

BAR = "#stops .stop"


@pytest.fixture
def house(day, browser, tmp_path):
    """Opens pages of several people in one house, its first van on the road."""
    with ExitStack() as stack:
        base = stack.enter_context(serving(day["road"], tmp_path))

        def sit_down(role, path, language="en", width=390):
            token = day["road"].tokens[role]
            seen = stack.enter_context(looking(browser, base, token, language, width))
            seen.visit(path)
            return seen

        yield sit_down


def stopped(kitchen, ref, reason="smells sour"):
    """The kitchen stops a batch or a box."""
    page = kitchen.page
    page.click("#stopper > summary")
    page.select_option("#stop-ref", ref)
    page.fill("#stop-why", reason)
    kitchen.keep("stop-form")
    page.click("#stopper form button")
    page.wait_for_url("**/stops/*")


def test_every_open_page_says_stop(house, axe_path):
    """Tests that pages that were open before show the bar and mark their lists, and that the van answers."""
    driver, inspector = house("driver", "/driver", "zh_CN"), house("inspector", "/inspector", "en", 1280)
    canteen, kitchen = house("canteen", "/canteen", "en"), house("kitchen", "/kitchen", "zh_CN")
    code = driver.page.locator(".boxes h3").first.inner_text()
    stopped(kitchen, code)
    for seen, place in ((driver, ".boxes"), (inspector, "tbody"), (canteen, ".list")):
        seen.page.wait_for_selector(f"{BAR} >> text=smells sour")
        seen.page.wait_for_selector(f"{place} .state-stop")
        assert "every 15s" in seen.page.locator("#stops").get_attribute("hx-trigger")
        seen.assert_clean()
        seen.keep(f"stop-{place.strip('.')}")
    driver.assert_accessible(axe_path)
    driver.page.click(f"{BAR} button")
    kitchen.page.wait_for_selector("#live .list .state-good")
    kitchen.assert_clean()
    kitchen.assert_accessible(axe_path)
    kitchen.keep("stop-page")
    canteen.page.click(f"{BAR} button")
    canteen.page.wait_for_selector(f"{BAR} button", state="detached")


def test_a_second_person_withdraws_it(house):
    """Tests that who stopped it is told to leave it to another, and that the other's word reaches the van."""
    driver, kitchen = house("driver", "/driver"), house("kitchen", "/kitchen")
    stopped(kitchen, driver.page.locator(".boxes h3").first.inner_text())
    assert kitchen.page.locator("#live .notice-cold").count() == 1
    assert kitchen.page.locator("input[type=radio]").count() == 0
    second = house("admin", kitchen.page.url.replace(kitchen.base, ""))
    second.page.check("input[name=kind][value=discarded]")
    second.page.fill("#end-why", "laboratory")
    second.page.fill("#end-by", "Zhou")
    second.page.locator("form.card button").click()
    driver.page.wait_for_selector(".stop-over >> text=laboratory")
    second.assert_clean()
