"""What a service is reckoned with before its plan is what its plan then cooks."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

from api.day.asked import asked_of
from kitchen.store.production import load_batches, load_production
from orders.store.menus import load_menu
from tests.api.day.example_day import ExampleDay


def test_the_close_asks_for_every_variant_and_size_of_the_plan(day_on: Callable[[str], ExampleDay]) -> None:
    """Tests portions and weight by dish as each diner gets it, samples, walk-ins and staff meals."""
    day = day_on("published")
    with day.database.read() as session:
        production = load_production(session, day.service.key)
        ask = asked_of(session, load_menu(session, day.service))
        batches = load_batches(session, production.production_id)
    cooked: Counter[tuple[str, str]] = Counter()
    weight: dict[tuple[str, str], Fraction] = {}
    extras: Counter[str] = Counter()
    for batch in batches:
        key = batch.dish_id, batch.variant
        cooked[key] += len(batch.line_ids)
        weight[key] = weight.get(key, Fraction()) + batch.regular_portions - batch.extra_portions
        extras.update({extra.purpose: extra.portions for extra in batch.extras})
    assert (ask.basis, ask.ordered) == ("closed", sum(cooked.values()))
    assert {(one.dish_id, one.variant): one.portions for one in ask.dishes} == cooked
    assert {(one.dish_id, one.variant): one.regular for one in ask.dishes} == weight
    assert len({variant for _, variant in cooked}) > 1
    assert (sum(ask.buffer.values()), sum(ask.staff.values())) == (extras["buffer"], extras["staff"])
