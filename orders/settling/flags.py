"""What looks wrong on the day itself, from meals alone; oversight looks further."""

from orders.bills import MealEvent
from orders.programmes.persons import Standing
from orders.settling.rules import Rules


def meal_flags(
    meal: MealEvent, rules: Rules, standing: Standing, served_before: list[MealEvent]
) -> tuple[str, ...]:
    """
    The flags of one meal, of those that the programme looks for.

    Parameters
    ----------
    meal, rules, standing
        What happened, by which revision, to somebody of which standing.
    served_before
        The person's served meals of the day with earlier payments; this one is added.
    """
    if meal.event != "served":
        return ()
    same = [one for one in served_before if one.meal == meal.meal]
    served_before.append(meal)
    if not (same or standing.gone or standing.resident):
        return ()
    found = []
    if any(one.site_id != meal.site_id for one in same):
        found.append("two_sites_same_time")
    if any(one.site_id == meal.site_id for one in same):
        found.append("duplicate_same_day")
    if standing.gone:
        found.append("deceased")
    if standing.resident:
        found.append("institution_resident")
    return tuple(flag for flag in found if flag in rules.flags)
