"""The production sheet of the evening before: what is cooked and chilled by a forecast."""

from datetime import datetime

from sqlmodel import Session

from api.day.diets import load_rules, load_scaling
from api.day.forecast import Chilling
from api.day.holds import profile_at
from api.day.paper_facts import in_language, variant_named
from api.day.services import find_kitchen
from api.names import allergens_named
from api.reports.facts import Named, PaperHead
from api.reports.production_facts import Amount, PanLoad, ProductionSheet
from kitchen.batches import Extra
from kitchen.equipment import Equipment
from kitchen.foods import Food
from kitchen.recipes import Dish, allergens, portion_g
from kitchen.scaling import scaled
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.chilled import ChilledBatch
from kitchen.store.equipment import load_equipment
from kitchen.variants import VariantNotMade, as_variant

Catalogue = tuple[dict[str, Dish], dict[str, Food], dict[str, Equipment]]


def chilled_sheet(session: Session, made: Chilling, printed_at: datetime, language: str) -> ProductionSheet:
    """
    What is weighed and cooked on the day before; its portions are those expected, since nobody's are locked.

    Parameters
    ----------
    session
        Open.
    made
        The forecast.
    printed_at, language
        When, and the language of the equipment's names.
    """
    service = made.service
    pieces = {one.equipment_id: one for one in load_equipment(session, service.kitchen_id)}
    catalogue = load_dishes(session, {one.dish_id for one in made.batches}), load_foods(session), pieces
    least_c = profile_at(session, service.kitchen_id).cook_core_min_c
    return ProductionSheet(
        head=PaperHead(service, find_kitchen(session, service.kitchen_id), made.head.version, printed_at),
        loads=tuple(_load(made, one, catalogue, least_c, language) for one in made.batches),
        specials=(),
        portions_ordered=sum(line.portions for line in made.lines),
        left_out=(),
        title="Sheet of the day before",
    )


def _load(made: Chilling, one: ChilledBatch, catalogue: Catalogue, least_c: float, language: str) -> PanLoad:
    dishes, foods, pieces = catalogue
    dish, piece, service = dishes.get(one.dish_id), pieces.get(one.equipment_id), made.service
    cooked = _as_cooked(dish, one.variant, foods) if dish else None
    bill = scaled(cooked, one.portions, foods, load_scaling()) if cooked else ()
    declared = frozenset().union(*allergens(cooked, foods)) if cooked else frozenset[str]()
    return PanLoad(
        code=one.code,
        dish=Named(dish.name_zh, dish.name_en) if dish else Named(one.dish_id, one.dish_id),
        variant=variant_named(one.variant),
        equipment=in_language(piece.name_zh, piece.name_en, language) if piece else one.equipment_id,
        start_at=service.instant(one.start_s),
        ready_at=service.instant(one.ready_s),
        portions_ordered=one.portions - one.sample,
        extras=(Extra("sample", one.sample),) if one.sample else (),
        amounts=tuple(Amount(_named(foods[part.food_code]), part.net_mg) for part in bill),
        core_min_c=least_c,
        allergens=allergens_named(declared),
        cooked_g=one.portions * portion_g(cooked) if cooked else None,
    )


def _named(food: Food) -> Named:
    return Named(food.name_zh, food.name_en)


def _as_cooked(dish: Dish, variant: str, foods: dict[str, Food]) -> Dish:
    try:
        return as_variant(dish, variant, foods, load_rules())
    except VariantNotMade:
        return dish
