"""A core that cannot be is refused at every door, before it can prove anything."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.day.board import board_of
from api.house import House
from api.probes import likely_core
from kitchen.store.acts import load_record
from orders.errors import BadInput
from tests.api.day.example_day import SERVICE

DAY = f"/api/v1/services/{SERVICE.key}"


@pytest.mark.parametrize("core_c", [float("nan"), float("inf"), float("-inf"), 110.1, -40.1])
def test_no_food_has_such_a_core(core_c: float) -> None:
    """Tests what is no number, and what is hotter or colder than any food."""
    with pytest.raises(BadInput) as refused:
        likely_core(core_c)
    assert refused.value.code == "core_not_possible"


def test_a_page_takes_no_impossible_core(house: House, as_user: Callable[[str], TestClient]) -> None:
    """Tests the kitchen's forms, where a number may also be spelled nan."""
    with house.database.read() as session:
        board = board_of(session, SERVICE)
    kitchen, box = as_user("kitchen"), board["boxes"][0]
    fragment = {"HX-Request": "true"}
    for batch in board["batches"]:
        path = f"/kitchen/batches/{batch['batch_id']}/cooked"
        assert kitchen.post(path, data={"core_c": "nan"}, headers=fragment).status_code == 422
        assert kitchen.post(path, data={"core_c": "90"}, headers=fragment).status_code == 200
    for core_c, status in (("nan", 422), ("1e9", 422), ("82.0", 200)):
        told = {"core_c": core_c, "carrier_code": box["carrier_code"]}
        answer = kitchen.post(f"/kitchen/boxes/{box['box_id']}/packed", data=told, headers=fragment)
        assert answer.status_code == status


def test_probe_and_person_are_asked_for_over_http(house: House, as_user: Callable[[str], TestClient]) -> None:
    """Tests that, once a house lists them, no core is kept without them, and that a box keeps both."""
    with house.database.read() as session:
        board = board_of(session, SERVICE)
    kitchen, box = as_user("kitchen"), board["boxes"][0]
    listed = {
        "workers": [{"code": "S1", "name": "甲"}],
        "probes": [{"code": "HP-01", "due_on": "2026-05-01"}],
    }
    assert kitchen.put("/api/v1/checks/K1/watch", json=listed).status_code == 200
    by = {"probe": "HP-01", "person": "S1"}
    batches = [f"/api/v1/batches/{one['batch_id']}/cooked" for one in board["batches"]]
    packed = {"core_c": 82.0, "carrier_code": box["carrier_code"]}
    for number, path in enumerate([*batches, f"/api/v1/boxes/{box['box_id']}/packed"]):
        body = {"core_c": 90.0} if number < len(batches) else packed
        for named in ({}, {"probe": "HP-01"}, {"person": "S1"}) if number in (0, len(batches)) else ():
            assert kitchen.post(path, json=body | named).status_code == 422
        assert kitchen.post(path, json=body | by).status_code == 204
    with house.database.read() as session:
        act = load_record(session, "packed", box["box_id"])
    assert (act.probe, act.person, [one.code for one in act.warnings]) == ("HP-01", "甲", ["probe_overdue"])


@pytest.mark.parametrize(("what", "body"), [("plan", {"seed": 10**30}), ("publish", {"version": 10**30})])
def test_a_number_beyond_every_table_is_refused(as_user: Callable[[str], TestClient], what, body) -> None:
    """Tests that neither solver nor database is asked with it."""
    assert as_user("dispatcher").post(f"{DAY}/{what}", json=body).status_code == 422
