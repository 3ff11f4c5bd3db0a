"""What looks wrong on the day itself, from meals alone; oversight looks further."""

from orders.bills import MealEvent
from orders.programmes.classes import KnownPerson
from orders.settling.rules import Rules


def meal_flags(
    meal: MealEvent, rules: Rules, person: KnownPerson, served_before: list[MealEvent]
) -> tuple[str, ...]:
    """
    The flags of one meal, of those that the programme looks for.

    Parameters
    ----------
    meal, rules, person
        What happened, by which revision, to whom.
    served_before
        The person's served meals of the day with earlier payments; this one is added.
    """
    if meal.event != "served":
        return ()
    found = []
    same = [one for one in served_before if one.meal == meal.meal]
    served_before.append(meal)
    if any(one.site_id != meal.site_id for one in same):
        found.append("two_sites_same_time")
    if any(one.site_id == meal.site_id for one in same):
        found.append("duplicate_same_day")
    if person.died_on is not None and meal.service_on > person.died_on:
        found.append("deceased")
    if "true" in person.values("institution_resident", meal.service_on):
        found.append("institution_resident")
    return tuple(flag for flag in found if flag in rules.flags)
