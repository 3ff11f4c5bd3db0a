"""The production sheet of a published service."""

from collections import defaultdict

from api.day.diets import load_scaling
from api.day.paper_facts import PaperFacts, in_language, served_named, variant_named
from api.names import allergens_named, sealed_colour, size_names
from api.reports.facts import Named
from api.reports.production_facts import (
    Amount,
    LeftOut,
    PanLoad,
    ProductionSheet,
    SpecialDish,
    SpecialMeal,
)
from kitchen.batches import Batch
from kitchen.boxes import Box
from kitchen.recipes import portion_g
from kitchen.scaling import Weighed, scaled
from kitchen.sub_recipes import minutes_before
from orders.codes import Coded
from orders.order import Order


def production_sheet(facts: PaperFacts, language: str) -> ProductionSheet:
    """
    What the kitchen cooks; the portions ordered are counted from the orders, not from the batches.

    Parameters
    ----------
    facts
        A published service.
    language
        Of the equipment's names.
    """
    return ProductionSheet(
        head=facts.production_head,
        loads=tuple(_load(facts, batch, language) for batch in facts.cooked),
        specials=tuple(meal for box in facts.boxes for meal in _specials(facts, box)),
        portions_ordered=sum(order.portions for order in facts.orders),
        left_out=_left_out(facts),
        helps=tuple(one for one in facts.outside if "batch" not in one.params),
    )


def container_codes(facts: PaperFacts, box: Box) -> dict[str, str]:
    """
    What stands on the sealed container of each allergic diner in a box, by order id, in order of packing.

    The only meal of a box goes by the box's code; of several, each has its place in the box: ``"X03-2"``.
    """
    orders = dict.fromkeys(facts.ordered[line][0].order_id for line in box.line_ids if line in facts.ordered)
    if box.for_diner is not None:
        return dict.fromkeys(orders, box.code)
    return {order_id: f"{box.code}-{place}" for place, order_id in enumerate(orders, 1)}


def _load(facts: PaperFacts, batch: Batch, language: str) -> PanLoad:
    slot = facts.slots[batch.batch_id]
    piece = facts.equipment.get(slot.equipment_id)
    equipment = in_language(piece.name_zh, piece.name_en, language) if piece else slot.equipment_id
    dish = facts.dishes.get(batch.dish_id)
    return PanLoad(
        code=batch.code,
        dish=facts.dish_named(batch.dish_id),
        variant=variant_named(batch.variant),
        equipment=equipment,
        start_at=facts.service.instant(slot.start_s),
        ready_at=facts.service.instant(slot.ready_s),
        portions_ordered=len(batch.line_ids),
        extras=batch.extras,
        amounts=_amounts(facts, batch),
        core_min_c=facts.profile.cook_core_min_c if dish and dish.service_mode != "cold" else None,
        allergens=allergens_named(frozenset().union(*facts.allergens_of([(batch.dish_id, batch.variant)]))),
        portions_special=len(batch.special_line_ids),
        sizes=_sizes(batch),
        cooked_g=_cooked_g(facts, batch),
        taken_out=bool(batch.chilled_id),
        begun=batch.batch_id in facts.begun,
        notes=(
            *_first(facts, batch),
            *(one for one in facts.outside if one.params.get("batch") == batch.code),
        ),
    )


def _first(facts: PaperFacts, batch: Batch) -> tuple[Coded, ...]:
    """When the stocks and sauces of a load must be begun; nothing for one that takes none."""
    dish = facts.dishes.get(batch.dish_id)
    uses = dish.uses if dish and not batch.chilled_id else ()
    if not (minutes := minutes_before(uses, facts.sub_recipes)):
        return ()
    made = [facts.sub_recipes[one.sub_recipe] for one in uses]
    zh, en = "、".join(one.name_zh for one in made), ", ".join(one.name_en for one in made)
    by_at = facts.service.instant(facts.slots[batch.batch_id].start_s - 60 * minutes).isoformat()
    return (Coded("sub_recipe_first", {"what_zh": zh, "what_en": en, "by_at": by_at, "minutes": minutes}),)


def _sizes(batch: Batch) -> tuple[tuple[Named, int], ...]:
    """Ordered portions that are not regular, by the size's name, the smallest first."""
    names, ratios = size_names(), {size.code: size.ratio for size in batch.sizes.values()}
    counts = {code: number for code, number in batch.by_size.items() if code in ratios}
    in_order = sorted(counts, key=lambda code: ratios[code])
    return tuple((names.get(code, Named(code, code)), counts[code]) for code in in_order)


def _cooked_g(facts: PaperFacts, batch: Batch) -> int | None:
    dish = facts.cooked_dish(batch.dish_id, batch.variant)
    return batch.food_g(portion_g(dish)) if dish else None


def _amounts(facts: PaperFacts, batch: Batch) -> tuple[Amount, ...]:
    """
    Ingredients of the load as it is cooked, scaled by rule; a food of two uses stands twice.

    What was cooked the day before was weighed then, by the sheet of that day.
    """
    dish = facts.cooked_dish(batch.dish_id, batch.variant)
    if dish is None or batch.chilled_id:
        return ()
    return tuple(
        Amount(_food_named(facts, one), one.net_mg)
        for one in scaled(dish, batch.regular_portions, facts.foods, load_scaling())
    )


def _food_named(facts: PaperFacts, one: Weighed) -> Named:
    food = facts.foods[one.food_code]
    return Named(food.name_zh, food.name_en)


def _specials(facts: PaperFacts, box: Box) -> list[SpecialMeal]:
    """The sealed containers in a box, one for each order of an allergic diner."""
    codes = container_codes(facts, box)
    dishes: dict[str, list[SpecialDish]] = defaultdict(list)
    orders: dict[str, Order] = {}
    for line_id in box.line_ids:
        batch = facts.batch_of.get(line_id)
        if batch is None or line_id not in batch.special_line_ids or line_id not in facts.ordered:
            continue
        order, line = facts.ordered[line_id]
        orders[order.order_id] = order
        served = served_named(batch.variant, batch.size_of(line_id).code)
        dish = SpecialDish(facts.dish_named(line.dish_id), served, batch.code)
        dishes[order.order_id].append(dish)
    return [
        SpecialMeal(
            diner=facts.diner_label(order.diner_id),
            stop=facts.site_name(box.site_id),
            avoid=allergens_named(facts.diners[order.diner_id].allergens),
            container_code=codes[order_id],
            dishes=tuple(dishes[order_id]),
            answered=facts.answered(order),
            colour=sealed_colour(),
        )
        for order_id, order in orders.items()
    ]


def _left_out(facts: PaperFacts) -> tuple[LeftOut, ...]:
    """Ordered portions in no scheduled batch, by order and dish."""
    lost: dict[tuple[str, str], list[Order]] = defaultdict(list)
    for line_id, (order, line) in facts.ordered.items():
        if line_id not in facts.batch_of:
            lost[order.code, line.dish_id].append(order)
    return tuple(
        LeftOut(code, facts.diner_label(orders[0].diner_id), facts.dish_named(dish_id), len(orders))
        for (code, dish_id), orders in lost.items()
    )
