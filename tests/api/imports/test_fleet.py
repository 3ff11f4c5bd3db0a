"""Vans from a file."""

from dataclasses import replace
from datetime import time

from api.imports.fleet import USUAL
from routing.store.fleet import load_vans
from routing.vans import Rest, Van
from tests.api.imports.desk import Desk, csv_of, in_chinese, named

VAN = {
    "code": "V9",
    "plate": "桂B·示例9",
    "name": "9号保温车",
    "capacity_units": "60",
    "payload": "850.5",
    "shift_from": "8:30",
    "shift_to": "13:00",
    "driver": "示例司机",
    "phone": "10000000019",
}


ABILITIES = (
    *("hot_units", "cold_units", "skills", "pace_pct", "rests", "most_out_s", "reload_s", "most_trips"),
    *("day_fen", "trip_fen", "km_fen", "hour_fen"),
)


def van(**cells: str) -> dict[str, str]:
    """A new van with other cells."""
    return in_chinese("fleet", **(VAN | cells))


def vans(desk: Desk) -> dict[str, Van]:
    """What is kept."""
    with desk.database.read() as session:
        return {one.van_id: one for one in load_vans(session, "K1")}


def test_a_van_arrives_whole_and_twice_is_once(town: Desk):
    """
    Tests kilograms turned into grams, and the shift.
    """
    assert town.bring("fleet", csv_of([van()])).added == 1
    kept = vans(town)["V9"]
    assert (kept.units, kept.weight_g, kept.shift_from) == (60, 850_500, time(8, 30))
    assert (kept.name_zh, kept.plate, kept.driver) == ("9号保温车", "桂B·示例9", "示例司机")
    assert town.bring("fleet", csv_of([van()])).unchanged == 1


def test_what_the_file_has_not_stays(town: Desk):
    """
    Tests that trips, reload time, English name and driver of a packaged van survive.
    """
    before = vans(town)["V1"]
    row = van(code="V1", name="")
    for title in ("司机", "电话", "车牌"):
        del row[title]
    assert town.bring("fleet", csv_of([row])).changed == 1
    after = vans(town)["V1"]
    assert (after.units, after.driver, after.plate) == (60, before.driver, before.plate)
    assert (after.name_zh, after.name_en, after.most_trips) == (
        before.name_zh,
        before.name_en,
        before.most_trips,
    )


ABLE = {
    "hot_units": "50",
    "cold_units": "10",
    "skills": "lift、narrow_lane",
    "pace_pct": "150",
    "rests": "11:00–11:20/15、11:30-13:00/30",
    "most_out_hours": "3.5",
    "reload_minutes": "8",
    "most_trips": "2",
    "day_fen": "80",
    "trip_fen": "1.00",
    "km_fen": "0.60",
    "hour_fen": "25.00",
}


def test_what_a_van_can_do_and_costs_arrives_stays_and_goes(town: Desk):
    """
    Tests every ability, a file that says nothing of them, and one whose cells are empty.
    """
    assert town.bring("fleet", csv_of([van(**ABLE)])).added == 1
    kept = vans(town)["V9"]
    assert (kept.hot_units, kept.cold_units, kept.pace_pct) == (50, 10, 150)
    assert kept.skills == {"lift", "narrow_lane"}
    assert kept.rests == (Rest(time(11), time(11, 20), 15), Rest(time(11, 30), time(13), 30))
    assert (kept.most_out_s, kept.reload_s, kept.most_trips) == (12_600, 480, 2)
    assert (kept.day_fen, kept.trip_fen, kept.km_fen, kept.hour_fen) == (8_000, 100, 60, 2_500)
    assert town.bring("fleet", csv_of([van()])).unchanged == 1
    assert town.bring("fleet", csv_of([van(**dict.fromkeys(ABLE, ""))])).changed == 1
    bare = vans(town)["V9"]
    assert bare == replace(kept, **{name: getattr(USUAL, name) for name in ABILITIES})


BAD: list[tuple[dict[str, str], str, str]] = [
    ({"shift_to": "8:00"}, "下班", "row_shift_ends"),
    ({"capacity_units": "0"}, "装载单位", "row_at_least"),
    ({"payload": "-1"}, "载重(公斤)", "row_payload"),
    ({"payload": "900000"}, "载重(公斤)", "row_payload"),
    ({"shift_from": "早上"}, "上班", "cell_not_clock"),
    ({"rests": "12:00-12:20/30"}, "司机休息", "row_rests"),
    ({"rests": "noon"}, "司机休息", "row_rests"),
    ({"rests": "25:00-26:00/30"}, "司机休息", "row_rests"),
    ({"most_out_hours": "0"}, "最长在外小时", "row_hours_out"),
    ({"pace_pct": "0"}, "行车时间(百分比)", "row_at_least"),
    ({"km_fen": "-1"}, "每公里费用(元)", "cell_not_yuan"),
]


def test_bad_vans_are_named(town: Desk):
    """
    Tests each reason with its line and column.
    """
    before = vans(town)
    report = town.bring(
        "fleet",
        csv_of(
            [van(**(dict.fromkeys(ABLE, "") | {"code": f"V{i}"} | bad[0])) for i, bad in enumerate(BAD, 10)]
        ),
    )
    assert named(report) == [(line, column, code) for line, (_, column, code) in enumerate(BAD, 2)]
    assert vans(town) == before
