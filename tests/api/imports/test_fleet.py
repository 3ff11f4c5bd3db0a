"""Vans from a file."""

from datetime import time

from routing.store.fleet import load_vans
from routing.vans import Van
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


BAD: list[tuple[dict[str, str], str, str]] = [
    ({"shift_to": "8:00"}, "下班", "row_shift_ends"),
    ({"capacity_units": "0"}, "装载单位", "row_at_least"),
    ({"payload": "-1"}, "载重(公斤)", "row_payload"),
    ({"payload": "900000"}, "载重(公斤)", "row_payload"),
    ({"shift_from": "早上"}, "上班", "cell_not_clock"),
]


def test_bad_vans_are_named(town: Desk):
    """
    Tests each reason with its line and column.
    """
    before = vans(town)
    report = town.bring(
        "fleet", csv_of([van(**({"code": f"V{i}"} | bad[0])) for i, bad in enumerate(BAD, 10)])
    )
    assert named(report) == [(line, column, code) for line, (_, column, code) in enumerate(BAD, 2)]
    assert vans(town) == before
