"""Purchasing: what coming services will lack, and from whom it is bought."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from kitchen.foods import Food
from kitchen.lots import Lot, issue
from orders.money import round_fen

STEP_MG = 100_000
MG_PER_KG = 1_000_000


@dataclass(frozen=True, slots=True)
class DayNeed:
    """
    What the services of one date need.

    Parameters
    ----------
    on
        The date of use.
    mg
        As bought (gross), milligrams by food.
    """

    on: date
    mg: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Shortage:
    """
    What no lot covers.

    Parameters
    ----------
    food_code, mg
        What, and how much as bought (gross), milligrams.
    needed_on
        The first date that lacks it.
    """

    food_code: str
    mg: int
    needed_on: date


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """
    One food to buy.

    Parameters
    ----------
    supplier_id
        From whom; empty when nobody is known for it.
    food_code, short_mg, needed_on
        What is lacking, and since when.
    order_mg
        What is ordered: rounded up to `STEP_MG`.
    cost_fen
        At the food's price, fen.
    """

    supplier_id: str
    food_code: str
    short_mg: int
    needed_on: date
    order_mg: int
    cost_fen: int


@dataclass(frozen=True, slots=True)
class DishAsk:
    """
    What is asked of one dish variant.

    Parameters
    ----------
    dish_id, variant
        What.
    portions, regular
        Portions, and the regular ones that all of them weigh as much as.
    """

    dish_id: str
    variant: str
    portions: int
    regular: Fraction


@dataclass(frozen=True, slots=True)
class ServiceAsk:
    """
    What a service asks of the kitchen before it is planned.

    Parameters
    ----------
    basis
        Its locked orders, or what is expected before the cut-off.
    dishes
        By dish and variant.
    ordered, past
        Portions ordered so far; past services that the expectation rests on.
    sample_g
        Kept of each dish variant, grams.
    buffer, staff
        Plain portions by dish for walk-ins and for the kitchen's own people.
    """

    basis: Literal["closed", "expected"]
    dishes: tuple[DishAsk, ...]
    ordered: int
    past: int
    sample_g: int
    buffer: Mapping[str, int]
    staff: Mapping[str, int]


def expected_portions(
    categories: Mapping[str, str], known: Mapping[str, int], past: Sequence[Mapping[str, int]]
) -> dict[str, int]:
    """
    Portions to be reckoned with before the cut-off, by dish.

    A category of dishes is expected to be asked for as often as on average in the past services of the same
    weekday, rounded up, and shared evenly by the dishes of that category on the menu; a dish that has more
    orders already counts with its orders. Without a past only the orders count.

    Parameters
    ----------
    categories
        Category of each dish on the menu.
    known
        Portions ordered so far, by dish.
    past
        Portions by category of each past service.

    References
    ----------
    docs/stock.md, "What is expected".
    """
    dishes: dict[str, list[str]] = defaultdict(list)
    for dish_id, category in sorted(categories.items()):
        dishes[category].append(dish_id)
    expected = {}
    for category, dish_ids in dishes.items():
        total = sum(one.get(category, 0) for one in past)
        average = -(-total // len(past)) if past else 0
        each, odd = divmod(average, len(dish_ids))
        for place, dish_id in enumerate(dish_ids):
            expected[dish_id] = max(known.get(dish_id, 0), each + (place < odd))
    return expected


def shortages(days: Iterable[DayNeed], lots: Iterable[Lot]) -> tuple[Shortage, ...]:
    """
    What each date lacks when the dates before it have taken theirs, first expired first out.

    Parameters
    ----------
    days
        What is needed; one date stands once.
    lots
        What is in stock now.

    Returns
    -------
    tuple[Shortage, ...]
        One for each food that is lacking, its sum over all dates, by first date and food.
    """
    left = {lot.lot_id: lot for lot in lots}
    found: dict[str, Shortage] = {}
    for day in sorted(days, key=lambda one: one.on):
        plan = issue(day.mg, left.values(), day.on)
        for pick in plan.picks:
            lot = left[pick.lot_id]
            left[pick.lot_id] = replace(lot, left_mg=lot.left_mg - pick.mg)
        for food_code, mg in plan.short_mg.items():
            before = found.get(food_code, Shortage(food_code, 0, day.on))
            found[food_code] = replace(before, mg=before.mg + mg)
    return tuple(sorted(found.values(), key=lambda one: (one.needed_on, one.food_code)))


def purchase_lines(
    lacking: Iterable[Shortage], foods: Mapping[str, Food], supplier_of: Mapping[str, str]
) -> tuple[PurchaseLine, ...]:
    """
    What to buy from whom, by supplier, date and food; foods without a supplier come last.

    Parameters
    ----------
    lacking
        What is lacking.
    foods
        By code.
    supplier_of
        Supplier id by food code.
    """
    lines = []
    for one in lacking:
        order_mg = -(-one.mg // STEP_MG) * STEP_MG
        price = Decimal(order_mg) * foods[one.food_code].price_fen_per_kg / MG_PER_KG
        supplier_id = supplier_of.get(one.food_code, "")
        lines.append(
            PurchaseLine(supplier_id, one.food_code, one.mg, one.needed_on, order_mg, round_fen(price))
        )
    return tuple(
        sorted(lines, key=lambda one: (not one.supplier_id, one.supplier_id, one.needed_on, one.food_code))
    )
