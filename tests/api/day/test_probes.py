"""A core that cannot be is refused at every door, before it can prove anything."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.day.board import board_of
from api.house import House
from api.probes import likely_core
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


@pytest.mark.parametrize(("what", "body"), [("plan", {"seed": 10**30}), ("publish", {"version": 10**30})])
def test_a_number_beyond_every_table_is_refused(as_user: Callable[[str], TestClient], what, body) -> None:
    """Tests that neither solver nor database is asked with it."""
    assert as_user("dispatcher").post(f"{DAY}/{what}", json=body).status_code == 422
