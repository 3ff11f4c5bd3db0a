"""What the bureau's pages show: a service's subsidy, by site and meal, and one meal down to the fen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from api.reports.facts import Named
from orders.bills import Bill, LedgerLine
from orders.diners import Diner, age_on
from orders.errors import NotFound
from orders.order import Order
from orders.programmes.benefits import PerMeal
from orders.programmes.conditions import Condition, DinerClass
from orders.programmes.schema import Programme, read_programme
from orders.programmes.sections import Ambiguity
from orders.service import Service
from orders.sites import Site
from orders.store.diners import load_diner, load_diners
from orders.store.ledger import load_bills, load_ledger
from orders.store.orders import load_orders
from orders.store.programmes import load_programme
from orders.store.receipts import load_servings
from orders.store.sites import load_sites


@dataclass(frozen=True, slots=True)
class Sum:
    """
    Meals added up.

    Parameters
    ----------
    meals, served, subsidised
        All settled; of these served; of these with a subsidy.
    price_fen, subsidy_fen, diner_fen, site_fen
        What was charged, and who pays it.
    """

    meals: int = 0
    served: int = 0
    subsidised: int = 0
    price_fen: int = 0
    subsidy_fen: int = 0
    diner_fen: int = 0
    site_fen: int = 0

    def plus(self, bill: Bill) -> "Sum":
        """The sum with one more meal."""
        return Sum(
            self.meals + 1,
            self.served + (bill.event.event == "served"),
            self.subsidised + (bill.subsidy_fen > 0),
            self.price_fen + bill.subsidy_fen + bill.diner_fen + bill.site_bears_fen,
            self.subsidy_fen + bill.subsidy_fen,
            self.diner_fen + bill.diner_fen,
            self.site_fen + bill.site_bears_fen,
        )


@dataclass(frozen=True, slots=True)
class MealRow:
    """One settled meal of the list."""

    bill: Bill
    diner: str
    site_name: str
    class_name: Named | None


@dataclass(frozen=True, slots=True)
class BureauView:
    """
    The subsidy of a service.

    Parameters
    ----------
    service
        Which.
    programme
        Name of the rules, None before anything is settled.
    programme_id, revision
        Which rules.
    total
        Of all meals.
    sites
        Site and its sum, by code.
    meals
        In the order of their numbers.
    waiting
        Meals served and not yet settled.
    """

    service: Service
    programme: Named | None
    programme_id: str
    revision: int
    total: Sum
    sites: tuple[tuple[Site, Sum], ...]
    meals: tuple[MealRow, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class FactChecked:
    """
    One fact that the diner's class asks for.

    Parameters
    ----------
    fact
        Its name.
    value
        What is recorded, None for nothing.
    wanted
        What the class asks: ``within``, ``within_area``, ``gte`` or ``is``, and its value.
    """

    fact: str
    value: str | None
    wanted: tuple[str, str]


@dataclass(frozen=True, slots=True)
class MealView:
    """
    One meal explained.

    Parameters
    ----------
    service, bill, order
        Which meal, as settled and as ordered.
    diner, age
        Whose, and the age on the day.
    site
        Where.
    programme
        The rules, in the revision that was used.
    kind, benefit
        The class and its benefit for this meal, None for none.
    payer, benefit_name
        By name, None for none.
    areas
        Districts by name.
    facts
        What the class asked for.
    assumptions
        Unclear clauses whose switch touched this meal.
    ledger
        Postings, which sum to 0.
    """

    service: Service
    bill: Bill
    order: Order
    diner: Diner
    age: int
    site: Site
    programme: Programme
    kind: DinerClass | None
    benefit: PerMeal | None
    payer: Named | None
    benefit_name: Named | None
    areas: Mapping[str, Named]
    facts: tuple[FactChecked, ...]
    assumptions: tuple[Ambiguity, ...]
    ledger: tuple[LedgerLine, ...]


def bureau_view(session: Session, service: Service) -> BureauView:
    """The subsidy of a service, as far as it is settled."""
    bills = list(load_bills(session, service).values())
    sites = load_sites(session, service.kitchen_id, service.meal)
    diners = load_diners(session, ids={bill.event.diner_id for bill in bills})
    rules = _rules(session, bills[0]) if bills else None
    total = Sum()
    by_site: dict[str, Sum] = {}
    for bill in bills:
        total = total.plus(bill)
        by_site[bill.event.site_id] = by_site.get(bill.event.site_id, Sum()).plus(bill)
    settled = {bill.event.order_id for bill in bills}
    served = {one.order_id for one in load_servings(session, service).values() if one.portions}
    ordered = sorted(bills, key=lambda bill: (len(bill.event.order_code), bill.event.order_code))
    return BureauView(
        service=service,
        programme=_named(rules.programme.name) if rules else None,
        programme_id=rules.id if rules else "",
        revision=bills[0].revision if bills else 0,
        total=total,
        sites=tuple((sites[site_id], by_site[site_id]) for site_id in sorted(by_site) if site_id in sites),
        meals=tuple(_meal(bill, diners, sites, rules) for bill in ordered),
        waiting=len(served - settled),
    )


def meal_view(session: Session, service: Service, order_code: str) -> MealView:
    """
    One settled meal, explained.

    Raises
    ------
    NotFound
        When the service has no such order, or it is not settled.
    """
    order = next((one for one in load_orders(session, service) if one.code == order_code), None)
    bills = load_bills(session, service).values()
    bill = next((one for one in bills if one.event.order_code == order_code), None)
    diner = load_diner(session, order.diner_id) if order else None
    if order is None or bill is None or diner is None:
        raise NotFound("order", order_code)
    rules = _rules(session, bill)
    kind = next((one for one in rules.classes if one.id == bill.class_id), None)
    benefit = rules.meal_benefit(bill.class_id, service.meal) if kind else None
    return MealView(
        service=service,
        bill=bill,
        order=order,
        diner=diner,
        age=age_on(diner.born_on, service.service_on),
        site=load_sites(session, service.kitchen_id, service.meal)[bill.event.site_id],
        programme=rules,
        kind=kind,
        benefit=benefit,
        payer=_party(rules, benefit.payer) if benefit else None,
        benefit_name=_benefit_name(benefit) if benefit else None,
        areas={code: _named(one) for code, one in rules.area_name.items()},
        facts=_facts(kind.when, diner, service.service_on) if kind else (),
        assumptions=_assumptions(rules, bill, benefit),
        ledger=tuple(line for line in load_ledger(session, service) if line.order_id == order.order_id),
    )


def _rules(session: Session, bill: Bill) -> Programme:
    body = load_programme(session, bill.programme_id, bill.revision)
    if body is None:
        raise NotFound("programme", f"{bill.programme_id} {bill.revision}")
    return read_programme(body | {"revision": bill.revision})


def _meal(
    bill: Bill, diners: Mapping[str, Diner], sites: Mapping[str, Site], rules: Programme | None
) -> MealRow:
    diner, site = diners.get(bill.event.diner_id), sites.get(bill.event.site_id)
    kinds = rules.classes if rules else ()
    kind = next((_named(one.name) for one in kinds if one.id == bill.class_id), None)
    return MealRow(bill, diner.name if diner else "", site.name if site else bill.event.site_id, kind)


def _facts(when: Condition, diner: Diner, day_on: date) -> tuple[FactChecked, ...]:
    if when.all or when.any:
        return tuple(one for part in (*when.all, *when.any) for one in _facts(part, diner, day_on))
    value = str(age_on(diner.born_on, day_on)) if when.fact == "age" else diner.fact(when.fact, day_on)
    tests = (
        ("within", when.within),
        ("within_area", when.within_area),
        ("gte", when.gte),
        ("lt", when.lt),
        ("has", when.has),
    )
    for name, wanted in (*tests, ("in", when.in_ or None)):
        if wanted is not None:
            return (FactChecked(when.fact, value, (name, str(wanted))),)
    return (FactChecked(when.fact, value or "false", ("is", str(when.is_).lower())),)


def _assumptions(rules: Programme, bill: Bill, benefit: PerMeal | None) -> tuple[Ambiguity, ...]:
    """The switches under the sections that settled this meal."""
    touched = ["age.", f"class.{bill.class_id}.", f"outcomes.{bill.event.event}"]
    if benefit is not None:
        touched += [f"benefit.{benefit.id}.", "meals."]
    return tuple(one for one in rules.ambiguities if any(one.key.startswith(part) for part in touched))


def _party(rules: Programme, code: str) -> Named:
    party = rules.party.get(code)
    return _named(party.name) if party else Named(code, code)


def _benefit_name(benefit: PerMeal) -> Named:
    return _named(benefit.name) if benefit.name else Named(benefit.id, benefit.id)


def _named(name: Any) -> Named:
    return Named(name.zh, name.en)
