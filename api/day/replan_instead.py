"""Lost food: cooked again, another dish in its place, or nothing, diner by diner."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from api.day.diets import load_rules
from api.day.planning_facts import DayFacts
from api.day.replan_facts import Answered, Instead, Today
from kitchen.as_cooked import cooked_key
from kitchen.batches import Batch, ExtraParams, plan_batches
from kitchen.demand import Portion
from kitchen.replan import Standing
from kitchen.variants import variant_for
from orders.ids import IdSource, short_code
from orders.suitability import substitutes


def portions_now(today: Today) -> list[Portion]:
    """The portions of the published batches, as they are cooked; a withdrawn one is nobody's any more."""
    asked = {portion.line_id: portion for portion in today.facts.portions}
    return [
        replace(asked[line_id], dish_id=batch.dish_id, variant=batch.variant)
        for batch in today.morning.batches
        for line_id in batch.line_ids
        if line_id in asked
    ]


def _next_code(today: Today) -> int:
    cooked_here = (one for one in today.morning.batches if one.code.startswith("B"))
    return 1 + max((int(one.code[1:]) for one in cooked_here), default=0)


def cooked_again(
    today: Today, facts: DayFacts, stands: Standing, portions: Sequence[Portion], ids: IdSource
) -> tuple[Batch, ...]:
    """Lost batches cooked once more, in smaller ones where only smaller equipment is left."""
    again = [
        replace(batch, batch_id=ids.new(), chilled_id="")
        for batch in stands.lost
        if any(batch.fits(piece) for piece in facts.equipment)
    ]
    lines = lines_of(stands.lost) - lines_of(again)
    rest = [portion for portion in portions if portion.line_id in lines]
    return coded(today, [*again, *cooked_anew(facts, rest, [*still_there(today, stands), *again], ids)])


def still_there(today: Today, stands: Standing) -> list[Batch]:
    """The published batches that are not lost."""
    gone = {batch.batch_id for batch in stands.lost}
    return [batch for batch in today.morning.batches if batch.batch_id not in gone]


def cooked_anew(
    facts: DayFacts, portions: Sequence[Portion], beside: Iterable[Batch], ids: IdSource
) -> tuple[Batch, ...]:
    """
    New batches of some portions, with the samples that no batch beside them holds.

    A dish that no equipment can cook is in none. Walk-ins are not planned for again.
    """
    sampled = frozenset(
        cooked_key(batch.dish_id, batch.variant)
        for batch in beside
        if any(extra.purpose == "sample" for extra in batch.extras)
    )
    extras = ExtraParams(facts.params.extras.sample_g, sampled=sampled)
    return plan_batches(portions, facts.dishes, facts.equipment, extras, iter(ids.new, "")).batches


def coded(today: Today, batches: Iterable[Batch]) -> tuple[Batch, ...]:
    """New batches with codes that follow those of the day."""
    first = _next_code(today)
    return tuple(replace(batch, code=short_code("B", first + number)) for number, batch in enumerate(batches))


def swapped(
    today: Today, facts: DayFacts, stands: Standing, portions: Sequence[Portion]
) -> tuple[list[Portion], tuple[Instead, ...]]:
    """Lost portions as another dish of the same category that suits the diner, where there is one."""
    lost, rules = lines_of(stands.lost), load_rules()
    kept, instead = list[Portion](), list[Instead]()
    for portion in portions:
        if portion.line_id not in lost:
            kept.append(portion)
            continue
        diner, order = today.diners[portion.diner_id], today.orders[portion.order_id]
        item = today.menu.item(portion.dish_id)
        lost_dishes = {batch.dish_id for batch in stands.lost}
        others = substitutes(diner, item, today.menu, [*order.dish_ids, *lost_dishes]) if item else []
        others = [one for one in others if _cookable(facts, one.dish_id)]
        if others:
            variant = variant_for(diner, others[0], rules)
            kept.append(replace(portion, dish_id=others[0].dish_id, variant=variant))
            instead.append(_instead(today, portion, others[0].dish_id))
    return kept, tuple(instead)


def _cookable(facts: DayFacts, dish_id: str) -> bool:
    """Whether there is equipment for a dish that is not kept for special meals."""
    dish = facts.dishes.get(dish_id)
    kinds = {piece.kind for piece in facts.equipment if not piece.specials_only}
    return dish is not None and dish.equipment_kind in kinds


def _instead(today: Today, portion: Portion, to_dish: str) -> Instead:
    return Instead(
        portion.order_id,
        today.orders[portion.order_id].code,
        today.diners[portion.diner_id].code,
        portion.site_id,
        portion.line_id,
        portion.dish_id,
        to_dish,
    )


def lines_of(batches: Iterable[Batch]) -> set[str]:
    """Order lines of some batches."""
    return {line_id for batch in batches for line_id in batch.line_ids}


def unfed(answer: Answered, stands: Standing) -> set[str]:
    """Lines of lost food that nothing brings."""
    return lines_of(stands.lost) & answer.undelivered


def with_refunds(today: Today, answer: Answered, stands: Standing) -> tuple[Instead, ...]:
    """Who gets what for a lost portion: the dish that stands in where it arrives, else nothing."""
    missing = unfed(answer, stands)
    found = [one for one in answer.instead if one.line_id not in missing]
    found += [_instead(today, one, "") for one in portions_now(today) if one.line_id in missing]
    return tuple(sorted(found, key=lambda one: (one.site_id, one.order_code, one.line_id)))
