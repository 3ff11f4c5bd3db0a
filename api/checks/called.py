"""What people call the food on the floor: a batch by dish and variant, a box by the batches in it."""

from api.checks.floor import Floor
from api.names import variant_names
from api.reports.facts import Named
from kitchen.recipes import Dish
from kitchen.store.floor import FloorBatch, FloorBox

MOST_NAMED = 5
"""Batches of one whole meal; more of them stand by name in the rows of their own."""


def portion_called(dish: Dish | None, variant: str, dish_id: str = "") -> Named:
    """A dish with its variant; a plain dish has none, and one that is not there goes by its id."""
    name = Named(dish.name_zh, dish.name_en) if dish else Named(dish_id, dish_id)
    made = variant_names().get(variant)
    return Named(f"{name.zh}（{made.zh}）", f"{name.en}, {made.en}") if made else name


def batch_called(floor: Floor, batch: FloorBatch) -> Named:
    """A batch by its dish and variant."""
    return portion_called(floor.dishes.get(batch.dish_id), batch.variant, batch.dish_id)


def box_called(floor: Floor, box: FloorBox) -> Named:
    """A box by the batches in it: a few each with code, dish and variant, many by their codes alone."""
    inside = [(one.code, batch_called(floor, one)) for one in floor.batches if one.batch_id in box.batch_ids]
    if len(inside) > MOST_NAMED:
        codes = " ".join(code for code, _ in inside)
        return Named(codes, codes)
    return Named(
        "；".join(f"{code} {name.zh}" for code, name in inside) or box.code,
        "; ".join(f"{code} {name.en}" for code, name in inside),
    )


def called_by_id(floor: Floor) -> dict[str, Named]:
    """What each batch and box of a floor is called, by its id."""
    batches = {one.batch_id: batch_called(floor, one) for one in floor.batches}
    return batches | {one.box_id: box_called(floor, one) for one in floor.boxes}
