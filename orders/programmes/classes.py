"""Which class a diner is in on a day."""

from datetime import date

from orders.diners import Diner
from orders.programmes.schema import Condition, DinerClass, Programme, first_day_of_age

CITY_DIGITS = 4


def class_on(programme: Programme, diner: Diner, day_on: date) -> DinerClass | None:
    """The first class whose conditions the diner meets on the day, or None."""
    return next((kind for kind in programme.classes if _holds(kind.when, programme, diner, day_on)), None)


def _holds(when: Condition, programme: Programme, diner: Diner, day_on: date) -> bool:
    if when.all:
        return all(_holds(part, programme, diner, day_on) for part in when.all)
    if when.any:
        return any(_holds(part, programme, diner, day_on) for part in when.any)
    if when.fact == "age":
        return day_on >= first_day_of_age(diner.born_on, when.gte or 0, programme.age)
    value = diner.fact(when.fact, day_on)
    if when.is_ is not None:
        return (value == "true") == when.is_
    if value is None:
        return False
    if when.within is not None:
        return _within(value, when.within)
    if when.within_area is not None:
        return (value in programme.area.include) == when.within_area
    return when.gte is not None and float(value) >= when.gte


def _within(code: str, region: str) -> bool:
    prefix = region[:CITY_DIGITS] if region.endswith("00") else region
    return code.startswith(prefix)
