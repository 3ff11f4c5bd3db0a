"""Amounts as a kitchen says them: kilograms, jin, litres; volumes only of foods of known density."""

import re
from decimal import Decimal

from kitchen.foods import Food
from orders.errors import BadInput

MG = {
    **dict.fromkeys(("mg", "毫克"), 1),
    **dict.fromkeys(("g", "克"), 1_000),
    **dict.fromkeys(("钱",), 5_000),
    **dict.fromkeys(("liang", "两"), 50_000),
    **dict.fromkeys(("jin", "斤", "市斤"), 500_000),
    **dict.fromkeys(("kg", "千克", "公斤"), 1_000_000),
    **dict.fromkeys(("t", "吨"), 1_000_000_000),
}
ML = {**dict.fromkeys(("ml", "毫升"), 1), **dict.fromkeys(("l", "升"), 1_000)}
AMOUNT = re.compile(r"\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[^\d\s.]+)\s*")


def mg_of(amount: str, food: Food) -> int:
    """
    Milligrams of a food, half up: ``"40kg"``, ``"3斤"``, ``"1.5 L"``.

    Parameters
    ----------
    amount
        A number above 0 and a unit, with or without a blank between.
    food
        Of what; a volume needs its density.

    Raises
    ------
    BadInput
        When the amount or its unit cannot be read, or nobody has stated the food's density.
    """
    said = AMOUNT.fullmatch(amount)
    if said is None or not Decimal(said["number"]):
        raise BadInput("weight_unreadable", amount=amount, food=food_called(food))
    number, unit = Decimal(said["number"]), said["unit"].lower()
    if unit in MG:
        return _half_up(number * MG[unit])
    if unit not in ML:
        raise BadInput("unit_unknown", unit=said["unit"], food=food_called(food))
    return _half_up(number * ML[unit] * 1000 * _density(food))


def ml_of(mg: int, food: Food) -> Decimal:
    """
    Millilitres of some milligrams of a food.

    Raises
    ------
    BadInput
        When nobody has stated the food's density.
    """
    return Decimal(mg) / 1000 / _density(food)


def food_called(food: Food) -> str:
    """The food by both names, for a sentence of either language."""
    return f"{food.name_zh} / {food.name_en}"


def _density(food: Food) -> Decimal:
    if food.density_g_per_ml is None:
        raise BadInput("density_unknown", food=food_called(food))
    return Decimal(str(food.density_g_per_ml))


def _half_up(value: Decimal) -> int:
    return max(1, int(value + Decimal("0.5")))
