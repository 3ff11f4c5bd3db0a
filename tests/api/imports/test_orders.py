"""Orders from a clerk's book: every bad row named, good rows kept, stored orders never touched."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, date, datetime

from api.day.close import close_service
from api.imports.report import ImportReport
from api.names import allergen_names
from api.people import OPERATOR
from kitchen.store.catalogue import load_dishes, load_foods
from orders.closures import Closure
from orders.diners import DinerFact
from orders.enrolment import Enrolment
from orders.money import fen, yuan
from orders.order import Order
from orders.service import Service
from orders.store.closures import save_closure
from orders.store.diners import load_diners, save_diners
from orders.store.enrolments import save_enrolment
from orders.store.menus import load_menu
from orders.store.orders import load_clashes, load_orders, update_orders
from orders.store.sites import load_sites
from tests.api.imports.desk import Desk, csv_of, example, in_chinese, named, rows_of

LUNCH = Service("K1", date(2026, 11, 23), "lunch")
CLOSED_AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STATES = ("placed", "locked", "cancelled")


def orders(desk: Desk, service: Service = LUNCH) -> dict[str, Order]:
    """What is kept, by code."""
    with desk.database.read() as session:
        return {order.code: order for order in load_orders(session, service, STATES)}  # type: ignore[arg-type]


def book() -> list[dict[str, str]]:
    """The example's orders of diners who eat at canteens, each diner once."""
    direct = {row["用餐人编号"] for row in rows_of("diners") if row["用餐方式"] == "中央厨房直送"}
    return [row for row in rows_of("orders") if row["用餐人编号"] not in direct]


def with_cells(row: dict[str, str], **cells: str) -> dict[str, str]:
    """The row with other cells."""
    return row | in_chinese("orders", **cells)


def test_a_book_arrives_whole(town: Desk):
    """
    Tests number, diner, canteen, dishes in their order, price and instant of the first order.
    """
    rows = book()
    report = town.bring("orders", csv_of(rows))
    assert (report.rows, report.added, report.bad_rows) == (len(rows), len(rows), 0)
    kept = orders(town)
    assert len(kept) == len(rows)
    first, row = kept[rows[0]["订单号"]], rows[0]
    channels = {
        "助餐点": "site",
        "电话": "phone",
        "微信": "wechat",
        "平台": "platform",
        "上门登记": "home_visit",
    }
    assert (first.state, first.channel) == ("placed", channels[row["渠道"]])
    assert first.price_fen == fen(row["价格(元)"])
    assert first.placed_at.isoformat(" ", "minutes") == "2026-11-" + _utc(row["下单时间"])
    assert first.portions == len(row["菜品"].split("、"))


def _utc(written: str) -> str:
    local = datetime.fromisoformat(f"{written}+08:00").astimezone(UTC)
    return local.isoformat(" ", "minutes").removeprefix("2026-11-")


def test_the_same_book_twice_changes_nothing(town: Desk):
    """
    Tests that every order is found again, with its row ids.
    """
    town.bring("orders", example("orders"))
    before = orders(town)
    report = town.bring("orders", example("orders"))
    assert (report.added, report.changed, report.unchanged, report.bad_rows) == (0, 0, len(before), 0)
    assert orders(town) == before


BAD: list[tuple[dict[str, str], str, str]] = [
    ({"diner_code": "LZ99999", "diner_name": "无此人"}, "用餐人编号", "row_diner_unknown"),
    ({"diner_code": "LZ99999"}, "用餐人编号", "row_diner_unknown_named"),
    ({"diner_name": "别人"}, "姓名", "row_diner_name_differs"),
    ({"service_on": "2026-11-20"}, "服务日期", "row_date_past"),
    ({"service_on": "2026-11-28"}, "服务日期", "service_closed"),
    ({"service_on": "2026-11-30"}, "服务日期", "row_no_menu"),
    ({"meal": "晚餐"}, "服务日期", "row_no_menu"),
    ({"site": "没有的饭堂"}, "助餐点", "row_site_unknown"),
    ({"dishes": "红烧肉炖士豆、米饭"}, "菜品", "row_dish_unknown"),
    ({"dishes": "、"}, "菜品", "row_dish_unknown"),
    ({"price": "-12.00"}, "价格(元)", "cell_not_yuan"),
    ({"price": ""}, "价格(元)", "cell_missing"),
    ({"ordered_at": "昨天"}, "下单时间", "cell_not_datetime"),
    ({"channel": "飞鸽"}, "渠道", "cell_not_choice"),
    ({"service_on": "明天"}, "服务日期", "cell_not_date"),
]


def test_each_bad_row_is_named_and_the_good_ones_are_kept(town: Desk):
    """
    Tests every reason between good rows: line, column and code, and the rest arrives.
    """
    rows = book()
    good, spoilt = rows[0], rows[1]
    bad = [with_cells(spoilt, **({"code": f"BAD-{i}"} | cells)) for i, (cells, _, _) in enumerate(BAD)]
    report = town.bring("orders", csv_of([good, *bad, rows[2]]))
    assert named(report) == [(line, column, code) for line, (_, column, code) in enumerate(BAD, 3)]
    assert (report.rows, report.added, report.bad_rows) == (len(BAD) + 2, 2, len(BAD))
    assert set(orders(town)) == {good["订单号"], rows[2]["订单号"]}


def test_all_that_is_wrong_in_a_row_is_said_at_once(town: Desk):
    """
    Tests an unknown diner, canteen and dish in one line.
    """
    row = with_cells(book()[0], diner_code="LZ99999", diner_name="", site="x", dishes="y")
    report = town.bring("orders", csv_of([row]))
    assert named(report) == [
        (2, "用餐人编号", "row_diner_unknown"),
        (2, "助餐点", "row_site_unknown"),
        (2, "菜品", "row_dish_unknown"),
    ]
    assert report.bad_rows == 1


def test_an_unknown_dish_brings_the_nearest_name(town: Desk):
    """
    Tests that the refusal offers what was probably meant.
    """
    dish = book()[0]["菜品"].split("、")[0]
    report = town.bring("orders", csv_of([with_cells(book()[0], dishes=dish[:-1] + "块")]))
    assert str(report.problems[0].wrong.params["offered"]).split("、")[0] == dish


def test_an_order_number_that_stands_twice_is_refused_the_second_time(town: Desk):
    """
    Tests one number for two diners; the same number on another date is another order.
    """
    first, second, third = book()[:3]
    rows = [
        first,
        second | {"订单号": first["订单号"]},
        with_cells(third, code=first["订单号"], service_on="2026-11-24"),
    ]
    rows[2] = with_cells(rows[2], dishes="米饭")
    report = town.bring("orders", csv_of(rows))
    assert named(report) == [(3, "订单号", "row_order_twice")]
    assert report.problems[0].wrong.params == {"line": 2}
    assert report.added == 2


def test_a_diner_orders_once_a_meal(town: Desk):
    """
    Tests a second order in the same file, and one in a later file, naming the first.
    """
    first = book()[0]
    report = town.bring("orders", csv_of([first, with_cells(first, code="N-2")]))
    assert named(report) == [(3, "用餐人编号", "row_diner_ordered")]
    again = town.bring("orders", csv_of([with_cells(first, code="N-3")]))
    assert again.problems[0].wrong.params == {"order": first["订单号"]}


def test_a_stored_order_is_never_overwritten(town: Desk):
    """
    Tests that other dishes, price, canteen, instant or channel under a stored number are refused.
    """
    row = book()[0]
    town.bring("orders", csv_of([row]))
    before = orders(town)
    other_site = next(r["助餐点"] for r in rows_of("canteens") if r["助餐点"] != row["助餐点"])
    changes = (
        {"dishes": "米饭"},
        {"price": "13.00"},
        {"site": other_site},
        {"ordered_at": "2026-11-22 11:59"},
        {"channel": "平台"},
    )
    for cells in changes:
        report = town.bring("orders", csv_of([with_cells(row, **cells)]))
        assert named(report) == [(2, "订单号", "row_order_differs")], cells
    assert orders(town) == before


def test_a_closed_service_takes_no_order_and_keeps_its_locked_ones(town: Desk):
    """
    Tests that after the close the same book is unchanged and a new row is told to ask the kitchen.
    """
    rows = book()
    town.bring("orders", csv_of(rows[:-1]))
    with town.database.begin(lock=LUNCH.key) as session:
        close_service(session, LUNCH, actor=OPERATOR, now_at=CLOSED_AT, ids=town.ids)
    before = orders(town)
    assert {order.state for order in before.values()} == {"locked"}
    town.now_at = CLOSED_AT
    report = town.bring("orders", csv_of([*rows[:-2], with_cells(rows[-2], price="13.00"), rows[-1]]))
    assert report.unchanged == len(rows) - 2
    assert named(report) == [
        (len(rows), "订单号", "row_order_differs"),
        (len(rows) + 1, "服务日期", "row_service_closed"),
    ]
    assert orders(town) == before


def test_yesterday_s_book_still_changes_nothing(town: Desk):
    """
    Tests that a stored order is found even when its date is past by the house's clock.
    """
    rows = book()
    town.bring("orders", csv_of(rows[:2]))
    town.now_at = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # midnight in Liuzhou
    report = town.bring("orders", csv_of(rows[:3]))
    assert report.unchanged == 2
    assert named(report) == [(4, "服务日期", "row_date_past")]
    assert report.problems[0].wrong.params == {"today": "2026-11-24"}


def test_today_is_the_kitchen_s_date(town: Desk):
    """
    Tests the last minute of the service date in Liuzhou.
    """
    town.now_at = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
    assert town.bring("orders", csv_of(book()[:1])).added == 1


def test_a_cancelled_order_stays_cancelled(town: Desk):
    """
    Tests that importing the book again does not bring an order back to life.
    """
    row = book()[0]
    town.bring("orders", csv_of([row]))
    with town.database.begin() as session:
        update_orders(session, [replace(order, state="cancelled") for order in load_orders(session, LUNCH)])
    assert town.bring("orders", csv_of([row])).unchanged == 1
    assert orders(town)[row["订单号"]].state == "cancelled"
    assert town.bring("orders", csv_of([with_cells(row, code="N-2")])).added == 1


def test_a_direct_diner_s_order_goes_to_the_home(town: Desk):
    """
    Tests that the van's own stop, not the canteen in the file, gets it.
    """
    home = rows_of("diners")[0] | in_chinese(
        "diners", code="D1", dining="中央厨房直送", lat="24.3", lon="109.4"
    )
    town.bring("diners", csv_of([home]))
    row = with_cells(book()[0], code="N-1", diner_code="D1", diner_name=home["姓名"], site=home["助餐点"])
    assert town.bring("orders", csv_of([row])).added == 1
    assert orders(town)["N-1"].site_id == "H-D1"
    assert town.bring("orders", csv_of([row])).unchanged == 1


def test_the_same_kitchen_s_dinner_has_orders_of_its_own(town: Desk):
    """
    Tests that an order of another meal needs that meal's menu.
    """
    town.bring("canteens", example("canteens"), meal="dinner")
    report = town.bring("orders", csv_of([with_cells(book()[0], meal="晚餐")]))
    assert named(report) == [(2, "服务日期", "row_no_menu")]


def test_a_house_without_diners_asks_for_them_first(town: Desk):
    """
    Tests the next step that an empty register names.
    """
    with town.database.begin() as session:
        for table in ("credentials", "enrolments", "diner_identities", "diner_facts", "diners"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
    assert named(town.bring("orders", csv_of(book()[:1]))) == [(2, "用餐人编号", "row_no_diners")]


def test_closed_sites_and_diners_who_eat_no_more_are_refused(town: Desk):
    """
    Tests a site that is closed on the day of service, and a diner who lives in an institution.
    """
    rows, on = book()[:2], LUNCH.service_on
    with town.database.begin() as session:
        diner = next(iter(load_diners(session, codes=[rows[0]["用餐人编号"]]).values()))
        stays = (*diner.facts, DinerFact("institution_resident", "true"))
        save_diners(session, [replace(diner, facts=stays)], "import")
        for site_id in load_sites(session, "K1", "lunch"):
            closed = Closure(site_id, site_id, "pause", on, on, (), "停水", on, True)
            save_closure(session, closed, town.now_at, "u1")
    refused = [code for _, _, code in named(town.bring("orders", csv_of(rows)))]
    assert refused == ["row_diner_stopped", "row_site_closed"]


def test_an_import_waits_for_a_close_under_way(town: Desk):
    """
    Tests that no order slips in behind a close: the import that began meanwhile finds the service closed.
    """
    rows = book()
    town.bring("orders", csv_of(rows[:2]))
    town.now_at = CLOSED_AT
    with ThreadPoolExecutor(1) as pool:
        with town.database.begin(lock=LUNCH.key) as session:
            assert load_orders(session, LUNCH)
            late = pool.submit(town.bring, "orders", csv_of(rows[:3]))
            assert wait([late], timeout=0.5).not_done
            close_service(session, LUNCH, actor=OPERATOR, now_at=CLOSED_AT, ids=town.ids)
        report = late.result(timeout=120)
    assert report.unchanged == 2
    assert named(report) == [(4, "服务日期", "row_service_closed")]


def test_an_allergy_that_comes_after_the_close_is_a_clash_to_settle(town: Desk):
    """
    Tests that the locked order stays as it is, the clash is found once, and a dry run leaves none.
    """
    town.bring("orders", csv_of(book()))
    with town.database.begin(lock=LUNCH.key) as session:
        close_service(session, LUNCH, actor=OPERATOR, now_at=CLOSED_AT, ids=town.ids)
        before = load_clashes(session, LUNCH)
    locked, town.now_at = orders(town), CLOSED_AT
    with town.database.read() as session:
        menu = load_menu(session, LUNCH)
    assert menu is not None
    clashing = {clash.order_code for clash in before.values()}
    eater = next(order for order in locked.values() if order.code not in clashing)
    eaten = [item for line in eater.lines if (item := menu.item(line.dish_id))]
    allergen = min(allergen for item in eaten for allergen in item.contains)
    code = next(row["用餐人编号"] for row in book() if row["订单号"] == eater.code)
    roster = [row | ({"过敏原": allergen} if row["用餐人编号"] == code else {}) for row in rows_of("diners")]

    assert town.bring("diners", csv_of(roster), dry_run=True).clashes > 0
    found = town.bring("diners", csv_of(roster)).clashes
    with town.database.read() as session:
        open_now = load_clashes(session, LUNCH, open_only=True)
    assert len(open_now) - len(before) == found > 0
    assert town.bring("diners", csv_of(roster)).clashes == 0
    assert orders(town) == locked


def declare(desk: Desk, dish_id: str, allergen: str) -> Callable[[], ImportReport]:
    """The import of a file that declares an allergen of a dish's first food, as it is otherwise."""
    with desk.database.read() as session:
        foods = load_foods(session)
        food = foods[load_dishes(session, [dish_id])[dish_id].ingredients[0].food_code]
    cells = {
        "code": food.code,
        "name_zh": food.name_zh,
        "group": food.group,
        "edible_ratio": str(food.edible_ratio),
        "price": yuan(food.price_fen_per_kg),
        "allergens_contains": "、".join({*food.contains, allergen}),
        "energy_kcal": "44",
        "protein_g": "4.5",
        "fat_g": "1.6",
        "carbohydrate_g": "4.5",
        "sodium_mg": "7.2",
        "source": "示例",
    }
    return lambda: desk.bring("foods", csv_of([in_chinese("foods", **cells)]))


def allergic_eater(desk: Desk) -> tuple[Order, str]:
    """An order whose diner now has an allergen that no dish of the menu holds so far, and that allergen."""
    with desk.database.read() as session:
        menu = load_menu(session, LUNCH)
    assert menu is not None
    held = frozenset().union(*(item.counts_as_containing for item in menu.items))
    allergen = min(allergen_names().keys() - held)
    eater = next(iter(orders(desk).values()))
    code = next(row["用餐人编号"] for row in book() if row["订单号"] == eater.code)
    roster = [row | ({"过敏原": allergen} if row["用餐人编号"] == code else {}) for row in rows_of("diners")]
    desk.bring("diners", csv_of(roster))
    return eater, allergen


def open_clashes(desk: Desk) -> set[str]:
    """Codes of the orders with an open clash."""
    with desk.database.read() as session:
        return {clash.order_code for clash in load_clashes(session, LUNCH, open_only=True).values()}


def test_an_allergen_declared_after_the_menu_is_a_clash_at_the_close(town: Desk):
    """
    Tests that the close judges dishes as the catalogue has them now, not as the menu was made.
    """
    town.bring("orders", csv_of(book()))
    eater, allergen = allergic_eater(town)
    declare(town, eater.lines[0].dish_id, allergen)()
    with town.database.begin(lock=LUNCH.key) as session:
        close_service(session, LUNCH, actor=OPERATOR, now_at=CLOSED_AT, ids=town.ids)
    assert eater.code in open_clashes(town)


def test_an_allergen_declared_after_the_close_is_a_clash_to_settle(town: Desk):
    """
    Tests that an import of foods judges the locked orders again, and a second one finds nothing new.
    """
    town.bring("orders", csv_of(book()))
    eater, allergen = allergic_eater(town)
    with town.database.begin(lock=LUNCH.key) as session:
        close_service(session, LUNCH, actor=OPERATOR, now_at=CLOSED_AT, ids=town.ids)
    assert eater.code not in open_clashes(town)
    town.now_at = CLOSED_AT
    bring = declare(town, eater.lines[0].dish_id, allergen)
    assert bring().clashes > 0
    assert eater.code in open_clashes(town)
    assert bring().clashes == 0


def test_a_channel_that_the_diners_programme_does_not_take_is_named(town: Desk):
    """
    Tests that the order is kept and the row named, for the diner of another programme and no other.
    """
    rows = [with_cells(row, channel="wechat") for row in book()[:3]]
    with town.database.begin() as session:
        diners = {one.code: one.diner_id for one in load_diners(session).values()}
        enrolled = Enrolment("e1", diners[rows[1]["用餐人编号"]], "guangdong-2018")
        save_enrolment(session, enrolled, recorded_at=town.now_at)
    report = town.bring("orders", csv_of(rows))
    assert (report.added, report.bad_rows) == (3, 0)
    (told,) = report.overlaps
    assert (told.line, told.column, told.wrong.code) == (3, "渠道", "row_channel_unknown")
