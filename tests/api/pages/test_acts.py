"""What people do on the pages, in a real browser, from the morning to the table."""

from contextlib import ExitStack

import pytest

from tests.api.pages.served import looking, serving


@pytest.fixture
def at(day, browser, tmp_path):
    """Opens a page of a role in a house of its own at a moment."""
    with ExitStack() as stack:

        def open_page(moment: str, role: str, path: str, language: str = "en", width: int = 390):
            base = stack.enter_context(serving(day[moment], tmp_path))
            token = day[moment].tokens.get(role)
            seen = stack.enter_context(looking(browser, base, token, language, width))
            seen.visit(path)
            return seen

        yield open_page


def test_kitchen_takes_a_batch_off_the_heat(at):
    """
    Tests that the next batch is reported with its core, and that the batch after it comes up.
    """
    seen = at("morning", "kitchen", "/kitchen")
    page = seen.page
    before = page.locator(".card-next").get_attribute("id")
    page.click('.card-next [data-step="0.5"]')
    assert page.locator(".card-next input[name=core_c]").input_value() == "75.0"
    page.click(".card-next .button-main")
    page.wait_for_selector("#message .toast >> text=The batch is off the heat.")
    assert page.locator(".card-next").get_attribute("id") != before
    seen.assert_clean()


def test_kitchen_keeps_a_core_that_is_too_cold(at):
    """
    Tests that a slip is asked back, that a cold core is kept, asked about and measured again after an action.
    """
    seen = at("morning", "kitchen", "/kitchen")
    page = seen.page
    before = page.locator(".card-next").get_attribute("id")
    page.fill(".card-next input[name=core_c]", "4.1")
    page.click(".card-next .button-main")
    told = page.wait_for_selector("#message >> text=Did you mean 41")
    page.click("#message [data-dismiss]")
    page.fill(".card-next input[name=core_c]", "66")
    page.click(".card-next .button-main")
    asked = page.locator(".notice", has_text="66.0")
    asked.wait_for()
    assert told and page.locator(f"#{before}").count() == 0
    seen.keep("kitchen-cold-core")
    asked.get_by_text("Cook on").click()
    asked.get_by_role("button", name="It is done").click()
    page.wait_for_selector("#message .toast >> text=It is written down.")
    page.fill(f"#{before} input[name=core_c]", "84")
    page.click(f"#{before} .button-main")
    page.wait_for_selector("#message .toast >> text=The batch is off the heat.")
    seen.assert_clean()


def test_what_is_typed_outlives_a_refresh(at):
    """
    Tests that the live part, fetched anew, leaves a half-typed temperature alone.
    """
    seen = at("morning", "kitchen", "/kitchen")
    page = seen.page
    page.fill(".card-next input[name=core_c]", "83.5")
    page.locator("h1").click()
    with page.expect_response(lambda answer: "/kitchen/live" in answer.url):
        pass
    page.wait_for_timeout(200)
    assert page.locator(".card-next input[name=core_c]").input_value() == "83.5"


def test_alarm_is_seen_with_a_word(at):
    """
    Tests that an alarm is acknowledged with what was done, and stays until its cause is gone.
    """
    seen = at("road", "kitchen", "/kitchen")
    page = seen.page
    page.locator(".notice input[name=comment]").first.fill("Called the driver")
    page.locator(".notice .button").first.click()
    page.wait_for_selector(".notice >> text=Called the driver")
    seen.assert_clean()


def test_driver_hands_a_box_over(at):
    """
    Tests that the next box is handed over with its count and core, and the one after it comes up.
    """
    seen = at("road", "driver", "/driver")
    page = seen.page
    first = page.inner_text(".button-main")
    page.fill(".boxes form:visible input[name=core_c]", "68.5")
    page.click(".boxes .button-main")
    page.wait_for_selector("#message .toast >> text=The box is handed over.")
    assert page.inner_text(".button-main") != first
    seen.assert_clean()


def test_driver_leaves_only_with_closed_boxes(at):
    """
    Tests that departing with a box that is not closed is refused by name.
    """
    seen = at("morning", "driver", "/driver")
    page = seen.page
    page.click("text=Depart")
    told = page.wait_for_selector("#message [role=alert]").inner_text()
    assert "X" in told
    seen.assert_clean()


def test_driver_tells_that_a_site_refuses_a_box(at):
    """
    Tests that a box is refused with a reason, and that the next one comes up.
    """
    seen = at("road", "driver", "/driver")
    page = seen.page
    first = page.inner_text(".button-main")
    page.locator("text=The site refuses it").first.click()
    page.locator("input[name=reason]:visible").fill("lid broken")
    page.click(".button-hot:visible")
    page.wait_for_selector("#message .toast >> text=The box is refused.")
    assert page.inner_text(".button-main") != first
    seen.assert_clean()


def signed_for(page):
    """Takes every box that comes to the canteen."""
    while page.locator(".card-next").count():
        waiting = page.locator(".card-next").get_attribute("id")
        page.fill(".card-next input[name=core_c]", "68.5")
        page.click(".card-next .button-main")
        page.wait_for_selector(f"#{waiting}", state="detached")


def test_canteen_serves_a_queue_from_one_field(at):
    """
    Tests that what is scanned is answered in one line wherever the focus was, that a second claim hears when
    the first was, that initials ask for the name, and that the last serving can be undone.
    """
    seen = at("road", "canteen", "/canteen", width=1280)
    page = seen.page
    signed_for(page)
    meals = page.locator("#meals li").all()
    code = meals[2].get_attribute("id").removeprefix("meal-")
    called = meals[3].get_attribute("data-find").split(" ")[1]
    page.locator("h1").click()
    page.keyboard.type(f"{code}\n")
    page.wait_for_selector("#answers > .answer-good:first-child >> text=Given")
    assert page.input_value("#scan") == ""
    assert page.inner_text("#tally strong >> nth=0") == "1"
    page.keyboard.type(f"{code}\n")
    told = page.wait_for_selector("#answers > .answer-hot:first-child[data-code=served_already]")
    assert page.inner_text("h1") in told.inner_text()
    page.keyboard.type(f"{called}\n")
    page.wait_for_selector("#answers > .answer-wait:first-child >> text=Who is it?")
    page.locator("#answers > :first-child .button").first.click()
    page.click("#answers > .answer-good:first-child >> text=Undo")
    page.wait_for_selector("#answers > :first-child >> text=Taken back")
    assert page.inner_text("#tally strong >> nth=0") == "1"
    assert page.evaluate("document.activeElement.id") == "scan"
    seen.assert_clean()


def test_volunteer_takes_meals_and_hands_one_over_with_a_signature(day, browser, axe_path, tmp_path):
    """
    Tests taking along, a drawn signature kept as a picture, nobody home told without network and sent when
    it is back, and that the canteen sees both.
    """
    tokens = day["road"].tokens
    with ExitStack() as stack:
        base = stack.enter_context(serving(day["road"], tmp_path))
        canteen = stack.enter_context(looking(browser, base, tokens["canteen"], "en", 1280))
        signed_for(canteen.visit("/canteen"))
        seen = stack.enter_context(looking(browser, base, tokens["volunteer"], "en", 390))
        page = seen.visit("/drops")
        page.click("text=Take all 2")
        page.wait_for_selector(".card-next")
        seen.assert_accessible(axe_path)
        page.locator("summary >> text=Signature").first.click()
        pad = page.locator(".pad:visible").bounding_box()
        page.mouse.move(pad["x"] + 20, pad["y"] + 20)
        page.mouse.down()
        page.mouse.move(pad["x"] + 120, pad["y"] + 60, steps=5)
        page.mouse.up()
        page.click(".card-next .button-main")
        page.wait_for_selector("#message .toast >> text=It is handed over.")
        assert page.locator("text=By signature").count() == 1
        page.locator("summary >> text=Not handed over").click()
        page.context.set_offline(True)
        page.click("button:visible >> text=Nobody home")
        page.wait_for_selector("#message .toast >> text=No network")
        page.context.set_offline(False)
        page.wait_for_selector("li.past >> text=Nobody home")
        assert page.locator(".card-next").count() == 0
        away = ("ERR_INTERNET_DISCONNECTED", "Failed to fetch")
        seen.errors = [one for one in seen.errors if not any(word in one for word in away)]
        seen.assert_clean()
        canteen.visit("/canteen")
        assert canteen.page.locator("#meals .state-good").count() == 1
        assert canteen.page.locator("#meals >> text=Did not come").count() == 1


def test_canteen_refuses_a_box_with_a_reason(at):
    """
    Tests that a box is refused with a reason and a temperature, and is shown as refused.
    """
    seen = at("road", "canteen", "/canteen")
    page = seen.page
    page.click("text=Refuse this box")
    page.fill(".card-next input[name=reason]", "lid broken")
    page.click(".card-next .button-hot")
    page.wait_for_selector("#message .toast >> text=The box is refused.")
    assert page.locator(".state-hot >> text=Refused").count() == 1
    seen.assert_clean()


def test_canteen_signature_is_drawn(at):
    """
    Tests that a drawn signature goes with the receipt.
    """
    seen = at("road", "canteen", "/canteen", width=1280)
    page = seen.page
    page.click("text=Sign by hand")
    pad = page.locator(".pad").bounding_box()
    page.mouse.move(pad["x"] + 20, pad["y"] + 20)
    page.mouse.down()
    page.mouse.move(pad["x"] + 120, pad["y"] + 60, steps=5)
    page.mouse.up()
    assert page.locator(".card-next input[name=signature]").first.input_value().startswith("<svg")
    seen.assert_clean()


def test_holds_are_narrowed_by_verdict(at):
    """
    Tests that a verdict's chip leaves only the holds with that verdict.
    """
    seen = at("evening", "inspector", "/inspector", width=1280)
    page = seen.page
    page.click(".chip >> text=Breached")
    page.wait_for_url("**shown=breached")
    assert page.locator("tbody tr").count() == page.locator("tbody .state-hot").count() == 1
    seen.assert_clean()


def test_sign_in_form_refuses_in_words(at):
    """
    Tests that a wrong password is answered on a page, in the person's language.
    """
    seen = at("evening", "nobody", "/sign-in", "zh_CN")
    page = seen.page
    page.fill("#login", "kitchen")
    page.fill("#password", "not the password")
    page.click(".button-main")
    assert page.locator("[role=alert]").get_attribute("data-code") == "sign_in_refused"
    assert page.get_attribute("html", "lang") == "zh-CN"


def test_link_signs_in_once(at, day):
    """
    Tests that a one-time link opens the person's own page, and nothing the second time.
    """
    seen = at("evening", "nobody", day["evening"].link)
    page = seen.page
    page.click(".button-main")
    page.wait_for_url("**/inspector")
    seen.assert_clean()
    page.click(".who summary")
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")
    seen.visit(day["evening"].link)
    page.click(".button-main")
    assert page.locator("[role=alert]").get_attribute("data-code") == "link_not_valid"
