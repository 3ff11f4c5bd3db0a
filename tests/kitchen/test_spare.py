"""Spare: who gets a portion that nobody ordered when the own food is lost."""

from dataclasses import replace
from fractions import Fraction
from functools import partial

from kitchen.as_cooked import cooked_key
from kitchen.batches import Extra
from kitchen.demand import Size
from kitchen.spare import shared_out
from tests.kitchen.builders import batch, portions

BUFFER = (Extra("sample", 1), Extra("buffer", 3), Extra("staff", 2))


def test_the_buffer_goes_to_lost_portions_in_order_and_no_further():
    """
    Tests that three spare portions feed the first three, that samples and staff meals stay, and the sum too.
    """
    whole, lost = batch(1, extras=BUFFER), portions(5)
    (giving,) = shared_out(lost, [whole], begun=set(), claimed={}, over={})
    assert giving.line_ids == (*whole.line_ids, *(one.line_id for one in lost[:3]))
    assert giving.extras == (Extra("sample", 1), Extra("staff", 2))
    assert giving.portions == whole.portions


def test_what_late_orders_are_promised_stays():
    """
    Tests that two walk-ins leave one portion, and another dish or variant leaves none.
    """
    whole, promised = batch(1, extras=BUFFER), {cooked_key("D1", "regular"): 2}
    (giving,) = shared_out(portions(5), [whole], begun=set(), claimed=promised, over={})
    assert (len(giving.line_ids), giving.extras[1]) == (101, Extra("buffer", 2))
    for other in (portions(1, dish_id="D2"), portions(1, variant="minced")):
        assert shared_out(other, [whole], begun=set(), claimed={}, over={}) == ()


def test_a_large_portion_takes_two_and_a_small_one_one():
    """
    Tests that no more food is given away than was cooked.
    """
    large, small = Size("large", Fraction(13, 10)), Size("small", Fraction(7, 10))
    lost = [replace(one, size=size) for one, size in zip(portions(3), (large, large, small), strict=True)]
    (giving,) = shared_out(lost, [batch(1, extras=BUFFER)], begun=set(), claimed={}, over={})
    assert giving.line_ids[-2:] == (lost[0].line_id, lost[2].line_id)
    assert giving.size_of(lost[0].line_id) == large and giving.extras == (BUFFER[0], BUFFER[2])


def test_an_allergic_diner_gets_no_spare_portion_of_a_shared_pan():
    """
    Tests that a batch on the heat, or with the allergen in it, gives none, and one ahead gives it first.
    """
    allergic = portions(1, special=True, avoids=frozenset({"egg"}))
    whole = batch(1, extras=BUFFER)
    assert shared_out(allergic, [whole], begun={"b1"}, claimed={}, over={}) == ()
    assert (
        shared_out(allergic, [replace(whole, contains=frozenset({"egg"}))], begun=set(), claimed={}, over={})
        == ()
    )
    (giving,) = shared_out(allergic, [whole], begun=set(), claimed={}, over={})
    assert giving.line_ids[0] == allergic[0].line_id and giving.special_line_ids == (allergic[0].line_id,)
    apart = batch(2, extras=BUFFER, special_line_ids=whole.line_ids, line_ids=whole.line_ids)
    assert shared_out(portions(1), [apart], begun=set(), claimed={}, over={}) == ()


def test_what_is_in_a_closed_box_is_spare_at_its_site_only():
    """
    Tests that of three spare portions two that were packed for a table stay there.
    """
    whole = batch(1, extras=BUFFER)
    asked = partial(shared_out, portions(5), [whole], begun=set(), claimed={}, over={})
    (giving,) = asked(boxed={whole.batch_id: 2})
    assert (len(giving.line_ids), giving.extras[1]) == (101, Extra("buffer", 2))
    assert asked(boxed={whole.batch_id: 3}) == ()


def test_surplus_is_given_as_far_as_it_is_still_there():
    """
    Tests seven portions over of which two are left: they go before the buffer, and the other five never.
    """
    whole = batch(1, extras=(Extra("surplus", 7), Extra("buffer", 1)))
    (giving,) = shared_out(portions(5), [whole], begun={"b1"}, claimed={}, over={"b1": 2})
    assert (len(giving.line_ids), giving.extras) == (103, (Extra("surplus", 5),))
    (giving,) = shared_out(portions(5), [whole], begun={"b1"}, claimed={}, over={})
    assert giving.extras == (Extra("surplus", 7),)
