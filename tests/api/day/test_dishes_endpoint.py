"""Portions and loads over HTTP, from the house's own recipes."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient


def test_the_kitchen_reads_a_portion_and_weighs_a_load(as_user: Callable[[str], TestClient]) -> None:
    """Tests both endpoints, by a Chinese name too, on the house's own catalogue."""
    kitchen = as_user("kitchen")
    portion = kitchen.get("/api/v1/dishes/D001", params={"variant": "low_salt"}).json()
    assert portion["variant"] == "low_salt" and not portion["packaged"]
    load = kitchen.get("/api/v1/dishes/红烧肉炖土豆/load", params={"have": "猪五花肉=40kg"}).json()
    assert load["driven_by"] == "pork-belly-skin-on" and load["portions"] == 888
    plain = kitchen.get("/api/v1/dishes/D001/load", params={"portions": 100}).json()
    assert plain["portions"] == 100 and plain["loads"] == 1


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("D999", {}, 404, "not_found"),
        ("D104", {"variant": "minced"}, 422, "dish_variant_unknown"),
        ("D001/load", {}, 422, "portions_or_have"),
        ("D001/load", {"portions": 1, "have": "potato=1kg"}, 422, "portions_or_have"),
        ("D001/load", {"have": "potato=1L"}, 422, "density_unknown"),
    ],
)
def test_refusals_say_why(
    as_user: Callable[[str], TestClient], path: str, params: dict, status: int, code: str
) -> None:
    """Tests that each refusal is a problem document with its code."""
    answer = as_user("kitchen").get(f"/api/v1/dishes/{path}", params=params)
    assert answer.json()["code"] == code
    assert answer.status_code == status
