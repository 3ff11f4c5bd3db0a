"""A city's plan as data: one revision of a programme, checked strictly as a whole."""

from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, date, timedelta
from typing import Any, Literal, Self, cast

from pydantic import Field, ValidationError, model_validator

from orders.calendars import ServiceDays
from orders.codes import Coded
from orders.programmes.benefits import (
    Benefit,
    CostShare,
    MonthlyAllowance,
    OneOff,
    Overlay,
    PerDelivery,
    PerMeal,
    PerOrder,
    Rate,
    TieredAward,
)
from orders.programmes.conditions import DinerClass, terms_of
from orders.programmes.faults import ProgrammeFaults, faults_in, near
from orders.programmes.parts import Name, Strict
from orders.programmes.paying import Settlement
from orders.programmes.sections import (
    REFUND,
    WEEKDAYS,
    Age,
    Ambiguity,
    Area,
    Choice,
    Circle,
    Days,
    Delivery,
    Event,
    Head,
    Meals,
    Ordering,
    Outcome,
    Outsiders,
    Party,
    Registration,
    SiteRules,
    Supply,
)
from orders.programmes.watching import (
    Data,
    FoodSafety,
    Fraud,
    Inspection,
    Nutrition,
    Reports,
    Survey,
)
from orders.service import Meal


class Programme(Strict):
    """A programme revision."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    id: str
    revision: int = Field(ge=1)
    revision_note: str = ""
    status: Literal["active", "ended", "template", "example"] = "active"
    base: str = ""
    base_revision: int | None = None
    invented: bool = False
    moved: bool = False
    moved_reason: Name | None = None
    not_in_plan: tuple[str, ...] = ()
    programme: Head
    area: Area
    area_name: dict[str, Name] = Field(default_factory=dict)
    calendar: Days
    age: Age = Age()
    terms: dict[str, int] = Field(default_factory=dict)
    classes: tuple[DinerClass, ...] = Field(alias="class", min_length=1)
    choice: Choice | None = None
    outsiders: Outsiders = Outsiders()
    registration: Registration = Registration()
    meals: Meals = Meals()
    ordering: Ordering
    outcomes: dict[Event, Outcome]
    benefits: tuple[Benefit, ...] = Field(alias="benefit")
    rates: tuple[Rate, ...] = Field(default=(), alias="rate")
    overlays: tuple[Overlay, ...] = Field(default=(), alias="overlay")
    settlements: tuple[Settlement, ...] = Field(default=(), alias="settlement")
    delivery: Delivery = Delivery()
    circles: tuple[Circle, ...] = Field(default=(), alias="circle")
    site: SiteRules = SiteRules()
    supply: Supply = Supply()
    inspection: Inspection = Inspection()
    food_safety: FoodSafety = FoodSafety()
    nutrition: Nutrition = Nutrition()
    fraud: Fraud = Fraud()
    data: Data = Data()
    survey: Survey | None = None
    reports: Reports = Reports()
    ambiguities: tuple[Ambiguity, ...] = Field(default=(), alias="ambiguity")
    party: dict[str, Party] = Field(default_factory=dict)
    words: dict[str, Name] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _name_only_what_is_there(self) -> Self:
        faults = [*_lost_names(self), *_given_twice(self), *_overreaching(self), *_split_wrongly(self)]
        if faults:
            raise ProgrammeFaults(*faults)
        return self

    def service_days(self) -> ServiceDays:
        """The dates that the programme serves."""
        return ServiceDays(
            weekdays=frozenset(WEEKDAYS.index(day) + 1 for day in self.calendar.service_weekdays),
            closed_on_holidays="holiday" in self.calendar.closed_on and self.calendar.holiday_set != "list",
            makeup_open=self.calendar.makeup_workdays == "open",
            valid_from_on=self.programme.valid_from,
            valid_to_on=self.programme.valid_to,
            closed_on=frozenset(self.calendar.closed_dates if self.calendar.holiday_set == "list" else ()),
        )

    def outcome(self, event: str) -> Outcome:
        """What an event leads to; a late cancellation without its own rule is a no-show, others refund."""
        outcomes = cast(Mapping[str, Outcome], self.outcomes)
        if event == "cancelled_after_cutoff" and event not in outcomes:
            return outcomes.get("no_show", REFUND)
        return outcomes.get(event, REFUND)

    def meal_benefit(self, class_id: str, meal: Meal) -> PerMeal | None:
        """The first per-meal benefit that a class gets off this meal, or None."""
        return next(
            (
                benefit
                for benefit in self.benefits
                if isinstance(benefit, PerMeal)
                and benefit.beneficiary == "diner"
                and self.covers(benefit, class_id, meal)
            ),
            None,
        )

    def covers(
        self,
        benefit: PerMeal | PerOrder | PerDelivery | MonthlyAllowance | CostShare,
        class_id: str,
        meal: str,
    ) -> bool:
        """Whether a benefit is for this class (none named: for everybody) and this meal."""
        rule = self.meals.rule(meal)
        if rule is None or (benefit.classes and class_id not in benefit.classes):
            return False
        return meal in benefit.meals if benefit.meals else rule.subsidised


def _lost_names(programme: Programme) -> Iterator[Coded]:
    """What is named by an id that nothing in the file has."""
    classes = {kind.id for kind in programme.classes}
    benefits = {benefit.id for benefit in programme.benefits}
    named = [
        *((f"class.{one.id}.when", terms_of(one.when), programme.terms.keys()) for one in programme.classes),
        *((f"benefit.{one.id}.classes", one.classes, classes) for one in programme.benefits),
        *((f"settlement.{one.id}.benefits", one.benefits, benefits) for one in programme.settlements),
        *(("overlay.may_raise", one.may_raise, benefits) for one in programme.overlays),
        *(("overlay.may_lower", one.may_lower, benefits) for one in programme.overlays),
    ]
    named += [
        ("overlay.district.benefit", [two.benefit for two in one.district], benefits)
        for one in programme.overlays
    ]
    if programme.choice is not None:
        named.append(("choice.classes", programme.choice.classes, classes))
        asked = [one.requires_choice for one in programme.benefits if isinstance(one, MonthlyAllowance)]
        options = [one.option for one in asked if one is not None]
        named.append(("requires_choice.option", options, set(programme.choice.options)))
    if programme.delivery.home is not None:
        named.append(("delivery.home.classes", programme.delivery.home.classes, classes))
    for key, names, known in named:
        for name in sorted(set(names) - set(known)):
            yield near("fault_lost_name", name, list(known), key=key)


def _overreaching(programme: Programme) -> Iterator[Coded]:
    """Districts that give more or less than the plan lets them."""
    meals = {one.id: one for one in programme.benefits if isinstance(one, PerMeal)}
    for overlay in programme.overlays:
        for one in overlay.district:
            benefit = meals.get(one.benefit)
            if benefit is None:
                continue
            if (benefit.share is None) != (one.share is None):
                code = "fault_district_share" if one.share is None else "fault_district_amount"
                yield Coded(code, {"key": "overlay.district", "name": one.district, "benefit": one.benefit})
                continue
            given, before = (one.amount, benefit.amount) if one.share is None else (one.share, benefit.share)
            if given is None or before is None or given == before:
                continue
            more = given > before
            if one.benefit not in (overlay.may_raise if more else overlay.may_lower):
                code = "fault_district_raises" if more else "fault_district_lowers"
                yield Coded(code, {"key": "overlay.district", "name": one.district, "benefit": one.benefit})


def _split_wrongly(programme: Programme) -> Iterator[Coded]:
    """Settlements whose payers share what has payers of its own, or is a grant."""
    whole = {one.id for one in programme.benefits if isinstance(one, CostShare | OneOff | TieredAward)}
    for one in programme.settlements:
        for name in sorted(whole.intersection(one.benefits)) if one.split else ():
            yield Coded("fault_split_of", {"key": f"settlement.{one.id}.split", "benefit": name})


def _given_twice(programme: Programme) -> Iterator[Coded]:
    for what, entries in (
        ("class", programme.classes),
        ("benefit", programme.benefits),
        ("settlement", programme.settlements),
        ("ambiguity", programme.ambiguities),
    ):
        ids = [entry.id for entry in entries]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            yield Coded("fault_given_twice", {"key": f"{what}.{name}"})


def read_programme(table: Mapping[str, Any]) -> Programme:
    """
    Checks a programme's table.

    Parameters
    ----------
    table
        As parsed from TOML: money as strings, dates as dates.

    Raises
    ------
    ProgrammeFaults
        Each fault with its dotted key.
    """
    try:
        return Programme.model_validate(table)
    except ValidationError as error:
        raise ProgrammeFaults(*faults_in(error, table, Programme)) from error


def unset_amounts(programme: Programme) -> list[str]:
    """
    The keys of a template that a city must still fill before anything can be settled.

    Returns
    -------
    list[str]
        As ``benefit.key``, in the file's order; empty when the programme can settle.
    """
    keys = [key for benefit in programme.benefits for key in _unset_in(benefit)]
    return keys + [f"{s.id}.pay_by" for s in programme.settlements if s.pay_by is None]


def _unset_in(benefit: Benefit) -> list[str]:
    if isinstance(benefit, CostShare):
        return [
            f"{benefit.id}.steps[{i}].amount" for i, step in enumerate(benefit.steps) if step.amount is None
        ]
    if isinstance(benefit, TieredAward):
        open_tiers = [tier.id for tier in benefit.tiers if tier.amount is None and tier.amount_range is None]
        return [f"{benefit.id}.tier.{tier}.amount" for tier in open_tiers]
    if isinstance(benefit, PerMeal) and benefit.share is not None:
        return (
            [f"{benefit.id}.amount"]
            if benefit.amount is None and "amount" in benefit.model_fields_set
            else []
        )
    if isinstance(benefit, PerMeal | PerOrder | PerDelivery | OneOff):
        return [f"{benefit.id}.amount"] if benefit.amount is None else []
    return []


def first_day_of_age(born_on: date, years: int, age: Age) -> date:
    """
    The first day on which an age condition of ``years`` holds.

    Parameters
    ----------
    born_on
        Date of birth.
    years
        Completed years asked for.
    age
        The programme's rule.
    """
    year = born_on.year + years
    if year > MAXYEAR - 1:
        return date.max
    if age.basis == "year":
        return date(year, 1, 1)
    birthday = _birthday(born_on, year, age.leap_day)
    month_on = birthday.replace(day=1)
    if age.basis == "month_of_birthday":
        return month_on
    if age.basis == "next_month":
        return (month_on + timedelta(days=32)).replace(day=1)
    return birthday if age.inclusive else birthday + timedelta(days=1)


def _birthday(born_on: date, year: int, leap_day: str) -> date:
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1) if leap_day == "mar-01" else date(year, 2, 28)
