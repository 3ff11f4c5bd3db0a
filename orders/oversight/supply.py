"""Who cooks for a site, meal by meal, and where a mobile van stops when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from typing import Literal, get_args

from orders.codes import Coded
from orders.oversight.licences import LicenceKind
from orders.oversight.site_rules import SiteRules
from orders.service import Meal

SupplyForm = Literal["own_kitchen", "catering_company", "central_kitchen", "workplace_canteen"]
FORMS: tuple[SupplyForm, ...] = get_args(SupplyForm)
COOKS_ON_SITE: frozenset[SupplyForm] = frozenset({"own_kitchen", "workplace_canteen"})


@dataclass(frozen=True, slots=True)
class Supply:
    """
    Who cooks one meal of a site.

    Parameters
    ----------
    meal
        Which.
    form
        Own kitchen, caterer, central kitchen, or an employer's canteen that opens a corner.
    supplier
        Name of who cooks; empty for the site itself.
    """

    meal: Meal
    form: SupplyForm
    supplier: str = ""


@dataclass(frozen=True, slots=True)
class VanStop:
    """
    One halt in a mobile van's week.

    Parameters
    ----------
    weekday
        1 Monday to 7 Sunday.
    opens, closes
        Local wall times.
    place
        Where, as people call it.
    """

    weekday: int
    opens: time
    closes: time
    place: str

    def __post_init__(self) -> None:
        if not 1 <= self.weekday <= 7 or self.closes <= self.opens:
            raise ValueError(f"A halt is on a weekday 1 to 7 and ends after it begins, got {self}.")


def licences_wanted(supplies: Iterable[Supply]) -> tuple[LicenceKind, ...]:
    """Its own where any meal is cooked on site, its supplier's where any is brought or nothing is known."""
    cooked = [one.form in COOKS_ON_SITE for one in supplies]
    own: tuple[LicenceKind, ...] = ("food_operation",) if any(cooked) else ()
    return own if cooked and all(cooked) else (*own, "supplier")


def licence_names(supplies: Iterable[Supply], rules: SiteRules) -> tuple[str, ...]:
    """What the programme calls them."""
    named = {"food_operation": "on_site_cooking", "supplier": "supplied"}
    found = (rules.licences.get(named[kind], "") for kind in licences_wanted(supplies))
    return tuple(name for name in found if name)


def supply_lacks(supplies: Iterable[Supply], rules: SiteRules) -> tuple[Coded, ...]:
    """What a form of supply lacks: none at all, one the programme does not know, a caterer without a name."""
    known = list(supplies)
    if not known:
        return (Coded("lacks_supply"),)
    lacks = []
    for one in known:
        if rules.modes and one.form not in rules.modes:
            lacks.append(Coded("lacks_supply_form", {"supply_form": one.form, "meal": one.meal}))
        if one.form not in COOKS_ON_SITE and not one.supplier.strip():
            lacks.append(Coded("lacks_supplier", {"meal": one.meal}))
    return tuple(lacks)


def halts_clash(stops: Iterable[VanStop]) -> tuple[VanStop, VanStop] | None:
    """Two halts of one van at the same time, or None."""
    ordered = sorted(stops, key=lambda one: (one.weekday, one.opens, one.closes))
    for first, second in pairwise(ordered):
        if first.weekday == second.weekday and second.opens < first.closes:
            return first, second
    return None
