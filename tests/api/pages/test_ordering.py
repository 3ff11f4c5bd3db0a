"""The diner's page and the desk in a real browser: large type, and one keystroke for the usual."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn

from api.app import create_app
from api.clock import RehearsalClock
from api.house import House
from api.ordering.amend import cancel
from api.ordering.place import Wanted, place
from api.security import digest, new_token
from api.settings import Settings
from api.store.users import save_session, save_user
from orders.store.orders import load_orders
from tests.api.ordering.house import CLERK, DAUGHTER, LATE_AT, LUNCH, NOW_AT, SmallHouse, small_house
from tests.api.pages.served import looking
from tests.services import free_port

ACTORS = {"diner": DAUGHTER, "desk": CLERK}


@contextmanager
def serving_house(house: SmallHouse, clock: RehearsalClock, folder: Path) -> Iterator[str]:
    """Address of the small house."""
    port = free_port()
    opened = House(Settings(data=folder, port=port), house.database, clock, house.ids)
    server = uvicorn.Server(
        uvicorn.Config(create_app(opened), host="127.0.0.1", port=port, log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    """The small house of this module."""
    return small_house(tmp_path_factory.mktemp("small-pages"))


@pytest.fixture
def at_work(small: SmallHouse, browser, tmp_path: Path):
    """Opens pages of one person on a house of the test's own."""
    house, clock = small.copied(tmp_path), RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)
    tokens = {name: new_token() for name in ACTORS}
    with house.database.begin() as session:
        for name, actor in ACTORS.items():
            save_user(session, actor, name, NOW_AT)
            ends_at = NOW_AT + timedelta(days=9)
            save_session(session, digest(tokens[name]), actor.user_id, NOW_AT, ends_at)
    with ExitStack() as stack:
        base = stack.enter_context(serving_house(house, clock, tmp_path))
        stack.callback(house.database.close)

        def open_page(name: str, path: str, language: str = "en", width: int = 390):
            seen = stack.enter_context(looking(browser, base, tokens[name], language, width))
            seen.visit(path)
            return seen

        yield open_page, house, clock


def checked(seen, axe_path: Path, name: str) -> None:
    """A page that is whole, at a phone's and at a desk's width."""
    seen.assert_accessible(axe_path)
    for width in (390, 320, 1280):
        seen.widen(width)
        seen.assert_clean()
        if width != 320:
            seen.keep(f"{name}-{width}")


def orders_of(house: SmallHouse):
    """Live orders."""
    with house.database.read() as session:
        return load_orders(session, LUNCH, ("placed", "locked", "waiting"))


def test_a_daughter_orders_changes_and_cancels_in_large_type(at_work, axe_path):
    """
    Tests the diner's page: choosing, the price before ordering, changing, and the cost of cancelling late.
    """
    open_page, house, clock = at_work
    seen = open_page("diner", "/order", "zh_CN")
    page = seen.page
    assert page.locator("h1").inner_text() == "订餐"
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 22
    sizes = page.evaluate(
        "[...document.querySelectorAll('main *')].filter((one) => one.innerText)"
        ".map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 22
    checked(seen, axe_path, "order-zh_CN")
    page.click("text=李四")
    page.click("text=番茄牛腩")
    page.wait_for_selector("label.choice:has-text('番茄牛腩') input:checked")
    assert "7.00" in page.locator("main .button-main").inner_text()
    page.click("main .button-main")
    page.wait_for_selector("#message .toast >> text=已订好。")
    (order,) = orders_of(house)
    assert "D004" in order.dish_ids
    checked(seen, axe_path, "order-placed-zh_CN")
    page.click("#amend summary")
    page.click("#amend label:has-text('送到家')")
    page.wait_for_selector("#amend input[value=home]:checked")
    page.click("#amend .button-main")
    page.wait_for_selector("#message .toast >> text=订单已修改。")
    assert orders_of(house)[0].delivery == "volunteer"
    clock.advance_to(LATE_AT)
    seen = open_page("diner", f"/order?for=d1&service={LUNCH.key}", "en")
    page = seen.page
    page.click("#cancel summary")
    assert "7.00" in page.locator("#cancel .button-hot").inner_text()
    checked(seen, axe_path, "order-late-en")
    page.fill("#why-cancel", "In hospital")
    page.click("#cancel .button-hot")
    page.wait_for_selector("#message .toast >> text=The meal is cancelled.")
    assert orders_of(house) == []


def test_the_desk_orders_the_usual_with_one_keystroke(at_work, axe_path):
    """
    Tests initials and Enter, undo, several people of one name's letters, and the whole form.
    """
    open_page, house, _ = at_work
    seen = open_page("desk", "/desk", "zh_CN", 1280)
    page = seen.page
    page.keyboard.type("qxy")
    page.wait_for_selector("#found >> text=覃秀英")
    page.keyboard.press("Enter")
    page.wait_for_selector("#message .toast >> text=已按惯例订好。")
    assert [one.diner_id for one in orders_of(house)] == ["d4"]
    assert page.evaluate("[document.activeElement.id, document.activeElement.value]") == ["q", ""]
    checked(seen, axe_path, "desk-zh_CN")
    seen.widen(1280)
    page.click("text=撤销")
    page.wait_for_selector("#message .toast >> text=已撤销。")
    assert orders_of(house) == []
    page.fill("#q", "LZ")
    page.keyboard.press("Enter")
    page.wait_for_selector("#message .toast >> text=有好几位")
    assert orders_of(house) == []
    page.click("#found button[aria-label='给韦桂兰订惯例餐']")
    page.wait_for_selector("#message .toast >> text=已按惯例订好。")
    seen = open_page("desk", "/desk/meal", "zh_CN", 1280)
    assert "请先查找用餐人" in seen.page.inner_text("main")
    seen = open_page("desk", f"/desk/meal?for=d3&service={LUNCH.key}", "en", 1280)
    page = seen.page
    checked(seen, axe_path, "desk-meal-en")
    page.fill("#written-place", "2026-11-21T18:00")
    page.fill("#reason-place", "form in the box")
    page.click("main .button-main")
    page.wait_for_selector("#message .toast >> text=The meal is ordered.")
    page.click("button:text-is('Paid')")
    page.wait_for_selector("#message .toast >> text=The payment is noted.")
    assert {one.diner_id for one in orders_of(house)} == {"d2", "d3"}
    seen = open_page("desk", "/desk/closures", "zh_CN", 1280)
    page = seen.page
    page.fill("#from_on", "2026-11-23")
    page.fill("#to_on", "2026-11-23")
    page.fill("#reason", "停水")
    page.click("main .button-main")
    page.wait_for_selector("#message [role=alert] >> text=15天")
    page.click("text=紧急情况")
    page.click("main .button-main")
    page.wait_for_selector("#message .toast >> text=已公告停业。")
    checked(seen, axe_path, "closures-zh_CN")
    seen.widen(1280)
    page.locator("main select[name=to_site]").first.select_option("C02")
    page.click("button:text-is('处理')")
    page.wait_for_selector("#message .toast >> text=订单已处理。")
    assert "C02" in {one.site_id for one in orders_of(house)}


def test_whoever_gets_a_place_is_told_on_both_pages(at_work, axe_path):
    """
    Tests that a daughter reads that the place got free, and that the desk lists whom to call and who waits.
    """
    open_page, house, _ = at_work
    with house.database.begin() as session:
        places = [
            place(session, LUNCH, Wanted(one, wait=True), house.acting(CLERK)) for one in ("d4", "d2", "d1")
        ]
        cancel(session, LUNCH, places[0].order.order_id, house.acting(CLERK))
        place(session, LUNCH, Wanted("d4", wait=True), house.acting(CLERK))
    seen = open_page("diner", f"/order?for=d1&service={LUNCH.key}", "zh_CN")
    assert "有了空位，这份餐已为您留好" in seen.page.inner_text("main")
    assert "已补上" in seen.page.inner_text("nav.days")
    assert "请在用餐前到助餐点付清" in seen.page.inner_text("main")
    checked(seen, axe_path, "order-moved-up-zh_CN")
    seen = open_page("desk", "/desk", "en", 1280)
    unpaid = seen.page.locator("#h-places >> xpath=ancestor::section >> li").last.inner_text()
    assert "not paid yet" in unpaid and "2 orders" in unpaid
    rows = seen.page.locator("#h-waiting >> xpath=ancestor::section >> li").all_inner_texts()
    assert [
        "李四" in rows[0],
        "please tell them" in rows[0],
        "覃秀英" in rows[1],
        "In the line" in rows[1],
    ] == [True] * 4
    checked(seen, axe_path, "desk-waiting-en")
