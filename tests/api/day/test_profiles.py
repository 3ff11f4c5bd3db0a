"""A kitchen cooks and is judged by the safety profile of its own settings."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from api.day.cook import batch_cooked
from api.day.judging import judge_boxes
from api.store.config import load_config, save_config
from orders.errors import BadInput
from orders.store.sites import load_kitchen, load_kitchen_settings, save_kitchen
from tests.api.day.acted_day import Acting, instant
from tests.api.day.example_day import SEEDED_AT, ExampleDay


def stricter(day: ExampleDay) -> ExampleDay:
    """The day in a kitchen whose rule asks for a core of 88 degrees after cooking."""
    with day.database.begin() as session:
        kept, kitchen = load_config(session, "safety_profile", "gb"), load_kitchen(session, "K1")
        assert kept is not None
        assert kitchen is not None
        body = deepcopy(kept[1])
        body["limit"]["cook_core"]["min_c"] = 88.0
        save_config(session, "safety_profile", "strict", body, author="tests", made_at=SEEDED_AT)
        _, settings = load_kitchen_settings(session, "K1")
        save_kitchen(session, kitchen, settings | {"safety_profile": "strict"}, SEEDED_AT)
    return day


def test_a_batch_is_cooked_by_the_kitchen_s_own_rule(day_at: Callable[[str], ExampleDay]) -> None:
    """Tests the least core of a profile that is not the first one."""
    acting = Acting.of(stricter(day_at("published")))
    batch = acting.board["batches"][0]
    at = acting.at(instant(batch["ready_at"]))
    with pytest.raises(BadInput) as refused, acting.day.database.begin() as session:
        batch_cooked(session, batch["batch_id"], core_c=87.0, **at)
    assert refused.value.params["least_c"] == 88.0
    with acting.day.database.begin() as session:
        batch_cooked(session, batch["batch_id"], core_c=88.0, **at)


def test_a_hold_is_judged_by_the_kitchen_s_own_rule(day_at: Callable[[str], ExampleDay]) -> None:
    """Tests that the verdict names that profile."""
    day = stricter(day_at("packed"))
    box = Acting.of(day).board["boxes"][0]
    with day.database.begin() as session:
        judged = judge_boxes(session, [box["box_id"]], instant(box["packed_at"]), day.ids)
    assert judged[box["box_id"]].verdict.profile == "strict"


def test_a_kitchen_may_go_by_another_packaged_rule(day_at: Callable[[str], ExampleDay]) -> None:
    """Tests that the FDA's rule is there from the start, and that a hold is judged by it once chosen."""
    day = day_at("packed")
    box = Acting.of(day).board["boxes"][0]
    with day.database.begin() as session:
        kitchen, (_, settings) = load_kitchen(session, "K1"), load_kitchen_settings(session, "K1")
        assert kitchen is not None
        save_kitchen(session, kitchen, settings | {"safety_profile": "fda"}, SEEDED_AT)
        judged = judge_boxes(session, [box["box_id"]], instant(box["packed_at"]), day.ids)
    verdict = judged[box["box_id"]].verdict
    assert (verdict.profile, "3-501.19" in verdict.clause) == ("fda", True)
