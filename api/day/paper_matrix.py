"""Ingredients by batch of a published service."""

from collections import defaultdict

from api.day.diets import load_scaling
from api.day.paper_facts import PaperFacts, variant_named
from api.reports.facts import Named
from api.reports.matrix_facts import BatchMatrix, MatrixLoad, MatrixRow, Taken
from kitchen.scaling import scaled


def batch_matrix(facts: PaperFacts) -> BatchMatrix:
    """What each load takes of each food, by the function that weighs the production sheet's loads."""
    cells: dict[str, dict[str, Taken]] = defaultdict(dict)
    weighed = (batch for batch in facts.cooked if not batch.chilled_id)
    in_order = sorted(weighed, key=lambda batch: (facts.slots[batch.batch_id].start_s, batch.code))
    for batch in in_order:
        dish = facts.cooked_dish(batch.dish_id, batch.variant)
        bill = scaled(dish, batch.regular_portions, facts.foods, load_scaling()) if dish else ()
        for one in bill:
            before = cells[one.food_code].get(batch.code, Taken(0, 0))
            taken = Taken(before.net_mg + one.net_mg, before.gross_mg + one.gross_mg)
            cells[one.food_code][batch.code] = taken
    rows = [MatrixRow(_named(facts, food_code), of_food) for food_code, of_food in cells.items()]
    return BatchMatrix(
        head=facts.production_head,
        loads=tuple(
            MatrixLoad(
                code=batch.code,
                dish=facts.dish_named(batch.dish_id),
                variant=variant_named(batch.variant),
                start_at=facts.service.instant(facts.slots[batch.batch_id].start_s),
                portions=batch.portions,
            )
            for batch in in_order
        ),
        rows=tuple(sorted(rows, key=lambda row: (-row.gross_mg, row.food.zh, row.food.en))),
    )


def _named(facts: PaperFacts, food_code: str) -> Named:
    food = facts.foods[food_code]
    return Named(food.name_zh, food.name_en)
