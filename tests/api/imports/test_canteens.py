"""Canteens from a file."""

from datetime import time

from orders.coordinates import to_gcj02
from orders.sites import Access, Site
from orders.store.sites import load_kitchen, load_kitchen_settings, load_sites, save_kitchen
from tests.api.imports.desk import NOW, Desk, csv_of, example, in_chinese, named, rows_of


def sites(desk: Desk, kitchen_id: str = "K1", meal: str = "lunch") -> dict[str, Site]:
    """What is kept."""
    with desk.database.read() as session:
        return load_sites(session, kitchen_id, meal)  # type: ignore[arg-type]


def canteen(**cells: str) -> dict[str, str]:
    """The example's first canteen with other cells."""
    return rows_of("canteens")[0] | in_chinese("canteens", **cells)


def second_kitchen(desk: Desk) -> None:
    """A kitchen K2 beside the example's."""
    with desk.database.begin() as session:
        kitchen = load_kitchen(session, "K1")
        assert kitchen is not None
        _, settings = load_kitchen_settings(session, "K1")
        fields = {name: getattr(kitchen, name) for name in kitchen.__dataclass_fields__}
        save_kitchen(session, type(kitchen)(**(fields | {"kitchen_id": "K2"})), settings, NOW)


def test_the_example_s_canteens_are_kept_whole(town: Desk):
    """
    Tests that every column of the first canteen arrives, its second leg included.
    """
    kept = sites(town)["C01"]
    row = rows_of("canteens")[0]
    assert (kept.kind, kept.name, kept.district, kept.form) == ("canteen", row["助餐点"], "450202", "bulk")
    assert (kept.hours.opens, kept.hours.serving_minutes) == (time(10, 20), 45)
    assert kept.hours.second_leg_minutes == int(row["送餐上门分钟"]) > 0
    assert kept.contact == f"{row['联系人']} {row['联系电话']}"


def test_the_same_file_twice_changes_nothing(town: Desk):
    """
    Tests that every row is found unchanged.
    """
    report = town.bring("canteens", example("canteens"))
    assert (report.added, report.changed, report.unchanged, report.bad_rows) == (0, 0, 12, 0)


def test_a_changed_row_is_counted_and_kept(town: Desk):
    """
    Tests one new capacity among twelve canteens.
    """
    rows = rows_of("canteens")
    rows[3] |= in_chinese("canteens", capacity="111")
    report = town.bring("canteens", csv_of(rows))
    assert (report.added, report.changed, report.unchanged) == (0, 1, 11)
    assert sites(town)["C04"].capacity == 111


def test_columns_that_the_file_has_not_stay_as_they_are(town: Desk):
    """
    Tests a file without address, contact and second leg.
    """
    before = sites(town)["C01"]
    row = canteen(capacity="12")
    for title in ("地址", "联系人", "联系电话", "送餐上门分钟", "备注", "英文名"):
        del row[title]
    assert town.bring("canteens", csv_of([row])).changed == 1
    after = sites(town)["C01"]
    assert (after.address, after.contact, after.hours) == (before.address, before.contact, before.hours)
    assert after.capacity == 12


DOOR = {
    "more_windows": "13:00-14:00、16:00至16:30",
    "floor": "-1",
    "lift": "是",
    "unload_box_s": "40",
    "needs": "lift、narrow_lane",
    "familiar": "V1",
    "priority": "2",
    "door_note": "后门",
}


def test_what_a_door_asks_for_arrives_stays_and_goes(town: Desk):
    """
    Tests windows, floor, lift, skills, drivers and priority, a file without them, and one with empty cells.
    """
    assert town.bring("canteens", csv_of([canteen(**DOOR)])).changed == 1
    kept = sites(town)["C01"]
    assert kept.hours.more_windows == ((time(13), time(14)), (time(16), time(16, 30)))
    asked = Access(-1, True, 40, frozenset({"lift", "narrow_lane"}), frozenset({"V1"}), 2, "后门")
    assert kept.access == asked
    assert town.bring("canteens", csv_of([canteen()])).unchanged == 1
    assert town.bring("canteens", csv_of([canteen(**dict.fromkeys(DOOR, ""))])).changed == 1
    bare = sites(town)["C01"]
    assert (bare.access, bare.hours.more_windows) == (Access(), ())


def test_an_odd_place_is_kept_and_said(town: Desk):
    """
    Tests a canteen where a Chinese web map draws it; its column is named, the row is kept.
    """
    drawn = to_gcj02(sites(town)["C01"].place)
    report = town.bring("canteens", csv_of([canteen(lat=f"{drawn.lat:.6f}", lon=f"{drawn.lon:.6f}")]))
    assert (report.changed, report.problems) == (1, ())
    assert [(one.line, one.column, one.wrong.code) for one in report.overlaps] == [
        (2, "纬度", "row_place_shifted")
    ]


BAD: list[tuple[dict[str, str], str, str]] = [
    ({"code": "h-1"}, "助餐点编号", "row_code_reserved"),
    ({"name": rows_of("canteens")[5]["助餐点"]}, "助餐点", "row_name_taken"),
    ({"lat": "109.4", "lon": "24.3"}, "纬度", "row_place_impossible"),
    ({"lon": "1094.0"}, "经度", "row_place_impossible"),
    ({"window_to": "09:00"}, "收货截止", "row_window_closed"),
    ({"form": "自助"}, "供餐形式", "cell_not_choice"),
    ({"capacity": "-3"}, "餐位", "cell_not_int"),
    ({"more_windows": "11:00-12:00"}, "其他收货时段", "row_windows"),
    ({"more_windows": "14:00-13:00"}, "其他收货时段", "row_windows"),
    ({"floor": "1.5"}, "楼层(地面为0)", "row_floor"),
    ({"priority": "0"}, "可不送的先后", "row_at_least"),
]


def test_bad_rows_are_named_and_nothing_of_them_is_kept(town: Desk):
    """
    Tests each reason with its line and column.
    """
    before = sites(town)
    rows = [
        canteen(**(dict.fromkeys(DOOR, "") | {"code": f"C{50 + i}", "name": f"新{i}"} | bad[0]))
        for i, bad in enumerate(BAD)
    ]
    report = town.bring("canteens", csv_of(rows))
    assert named(report) == [(line, column, code) for line, (_, column, code) in enumerate(BAD, 2)]
    assert sites(town) == before


def test_a_code_that_stands_twice_is_refused_the_second_time(town: Desk):
    """
    Tests that the first row is kept and the second names its line.
    """
    rows = [canteen(code="C90", name="甲"), canteen(code="C90", name="乙")]
    report = town.bring("canteens", csv_of(rows))
    assert (report.added, named(report)) == (1, [(3, "助餐点编号", "row_code_twice")])
    assert report.problems[0].wrong.params == {"line": 2}
    assert sites(town)["C90"].name == "甲"


def test_a_name_is_free_again_once_its_canteen_is_renamed(town: Desk):
    """
    Tests that one file may hand a name on.
    """
    rows = rows_of("canteens")[:2]
    name = rows[0]["助餐点"]
    rows[0]["助餐点"], rows[1]["助餐点"] = "新名", name
    report = town.bring("canteens", csv_of(rows))
    assert (report.changed, report.bad_rows) == (2, 0)
    assert (sites(town)["C01"].name, sites(town)["C02"].name) == ("新名", name)


def test_another_kitchen_s_code_is_not_taken(town: Desk):
    """
    Tests that importing for K2 cannot move K1's canteens.
    """
    second_kitchen(town)
    rows = [canteen(name="别处"), canteen(code="C90", name="别处")]
    report = town.bring("canteens", csv_of(rows), kitchen_id="K2")
    assert named(report) == [(2, "助餐点编号", "row_code_elsewhere")]
    assert "C01" in sites(town)
    assert list(sites(town, "K2")) == ["C90"]


def test_another_meal_s_hours_stand_beside_the_first(town: Desk):
    """
    Tests that dinner's windows leave lunch's as they are.
    """
    lunch = sites(town)["C01"].hours
    row = canteen(window_from="16:00", window_to="17:00", serving_from="17:00")
    assert town.bring("canteens", csv_of([row]), meal="dinner").added == 1
    assert sites(town)["C01"].hours == lunch
    assert sites(town, meal="dinner")["C01"].hours.opens == time(16, 0)
