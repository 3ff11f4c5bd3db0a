"""Pans of a bulk box: filled as packing fills them, and portions from what the scales say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchen.pans import PanLine, pan_loads, pan_rules, portions_in
from tests.kitchen.builders import table

RULES = pan_rules(table("pans.toml"))
LINE = st.builds(PanLine, st.sampled_from(["D1", "D2", "D3"]), st.sampled_from(["b1", "b2"]), st.just(150))


def test_the_sizes_are_read():
    """Tests one size of the packaged list, and that they come smallest first."""
    size = RULES.sizes["1/1-100"]
    assert (size.length_mm, size.width_mm, size.depth_mm, size.litres) == (530, 325, 100, 14.0)
    rooms = [one.litres for one in RULES.sizes.values()]
    assert rooms == sorted(rooms)


@given(st.lists(LINE, max_size=200))
def test_no_portion_is_lost_between_pans(lines):
    """Tests that pans hold every portion, one dish each, none above its weight."""
    loads = pan_loads(lines, pans=4, max_food_g=40_000, rules=RULES)
    assert sum(load.portions for load in loads) == len(lines)
    assert all(load.net_g <= 10_000 for load in loads)
    assert [load.pan for load in loads] == list(range(1, len(loads) + 1))


def test_a_pan_names_its_dish_batches_and_smallest_size():
    """Tests a pan of two batches: 40 portions of 150 g are 6 kg, which a 1/2 pan of 100 mm takes."""
    lines = [PanLine("D1", "b1" if i < 30 else "b2", 150) for i in range(40)]
    (load,) = pan_loads(lines, 4, 40_000, RULES)
    assert (load.dish_id, load.batch_ids, load.net_g, load.size) == ("D1", ("b1", "b2"), 6000, "1/2-100")


@pytest.mark.parametrize(("net_g", "portions"), [(0, 0), (1500, 10), (1640, 10), (1643, 11), (1649, 11)])
def test_portions_from_net_grams(net_g, portions):
    """Tests whole portions of 150 g, and that a rest of 95 % of one counts as one."""
    assert portions_in(net_g, 150, RULES.rest_ratio) == portions


def test_a_weight_that_cannot_be_is_refused():
    """Tests a portion of nothing."""
    with pytest.raises(ValueError, match="portions of 0 g"):
        portions_in(100, 0, 0.95)
