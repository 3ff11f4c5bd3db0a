"""What a programme's file may not say, and how it is told."""

import tomllib
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from api.paths import config_dir
from api.words import say
from orders.programmes.faults import ProgrammeFaults
from orders.programmes.keys import keys_of, known_keys
from orders.programmes.schema import Programme, read_programme
from orders.programmes.switches import with_settings

PLAN = tomllib.loads((config_dir() / "programmes/changping-2023.toml").read_text("utf-8"))


def faults(table: dict[str, Any]) -> list[str]:
    """Each fault of a table."""
    with pytest.raises(ProgrammeFaults) as refused:
        read_programme(table)
    assert all(say(one, "zh_CN") != say(one, "en") for one in refused.value.faults)
    return [say(one, "en") for one in refused.value.faults]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("meal-5.amount=-5.00", "benefit.meal-5.amount must be yuan as text"),
        ("meal-5.amount=5.555", "benefit.meal-5.amount must be yuan as text with at most two decimals"),
        ("programme.valid_to=2022-01-01", "programme: valid_to 2022-01-01 lies before valid_from 2023-03-06"),
        ("programme.timezone=Asia/Nowhere", "programme.timezone: there is no time zone “Asia/Nowhere”"),
        ("ordering.cutoff_time=24:30", 'ordering.cutoff_time must be a time like "16:00"'),
        ("outcomes.no_show.diner=chrge", "outcomes.no_show.diner must be one of: refund, charge_net"),
        (
            "benefit.meal-5.kind=per_mael",
            "benefit.meal-5 has no kind “per_mael”; the nearest is “per_meal”",
        ),
        (
            "benefit.meal-5.classes=basci",
            "benefit.meal-5.classes names “basci”, which the file does not define; the nearest is “basic”",
        ),
        (
            "ordering.cutof_time=09:00",
            "ordering has no key “cutof_time”; the nearest is “cutoff_time”",
        ),
        ("diner-subsidy.pay_by=fortnight", "settlement.diner-subsidy.pay_by must be one of: month"),
    ],
)
def test_a_wrong_value_is_told_at_its_dotted_key(setting: str, told: str) -> None:
    """
    Tests that one wrong value is one line with the key and what would be right.
    """
    lines = faults(with_settings(PLAN, [setting]))
    assert len(lines) == 1
    assert told in lines[0]


def _two_classes(table: dict[str, Any]) -> None:
    table["class"].append(deepcopy(table["class"][0]))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda table: table.pop("ordering"), "ordering is missing"),
        (
            lambda table: table.update(benefitt=[]),
            "There is no section “benefitt”; the nearest is “benefit”",
        ),
        (lambda table: table["benefit"][0].pop("kind"), "benefit.meal-5.kind is missing; it is one of"),
        (
            lambda table: table["benefit"][0].update(amount=5.0),
            "benefit.meal-5.amount must be yuan as text",
        ),
        (lambda table: table["class"][0]["when"]["all"][0].update(inn="x"), "class.basic.when.all[0]"),
        (_two_classes, "class.basic is given twice"),
    ],
)
def test_a_wrong_table_is_told(spoil: Callable[[dict[str, Any]], object], told: str) -> None:
    """
    Tests faults that no setting can make.
    """
    table = deepcopy(PLAN)
    spoil(table)
    assert any(told in line for line in faults(table))


def test_every_fault_is_told_at_once() -> None:
    """
    Tests that two unknown keys of one table and a fault elsewhere make three lines.
    """
    table = deepcopy(PLAN)
    table["ordering"] |= {"cutof_time": "09:00", "chanels": []}
    table["benefit"][1]["amount"] = "3.001"
    assert len(faults(table)) == 3


def test_the_schema_knows_its_own_keys() -> None:
    """
    Tests that the keys are read off the schema: nested, in lists, of one kind of benefit, and recursive once.
    """
    keys = {key.path: key for key in keys_of(Programme)}
    assert keys["calendar.makeup_workdays"].options == ("closed", "open")
    assert keys["benefit.limit_key"].kinds == ("per_meal",)
    assert keys["ordering.days_ahead"].required
    assert keys["class.when.all"].holds == "list"
    assert "class.when.all.fact" not in keys
    assert "has" in known_keys(Programme, ("class", 0, "when", "all", 3))
    assert "limit_key" in known_keys(Programme, ("benefit", 0, "per_meal"))
    assert known_keys(Programme, ("id",)) == []
