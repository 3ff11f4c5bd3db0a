"""A city's plan as data: one revision of a programme, checked strictly as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import MAXYEAR, date, timedelta
from difflib import get_close_matches
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from orders.calendars import ServiceDays
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
    Settlement,
    TieredAward,
)
from orders.programmes.conditions import DinerClass, terms_of
from orders.programmes.keys import known_keys
from orders.programmes.parts import Name, Strict
from orders.programmes.sections import (
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

KINDS = frozenset(
    {"per_meal", "per_order", "per_delivery", "monthly_allowance", "cost_share", "one_off", "tiered_award"}
)


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
        faults = [*_lost_names(self), *_given_twice(self), *_overreaching(self)]
        if faults:
            raise ValueError("\n".join(faults))
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


def _lost_names(programme: Programme) -> Iterator[str]:
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
            yield f"{key} names {name!r}, which the file does not define{_nearest(name, known)}"


def _overreaching(programme: Programme) -> Iterator[str]:
    """Districts that give more or less than the plan lets them."""
    amounts = {one.id: one.amount for one in programme.benefits if isinstance(one, PerMeal)}
    for overlay in programme.overlays:
        for one in overlay.district:
            amount = amounts.get(one.benefit)
            if amount is None or amount == one.amount:
                continue
            verb, allowed = (
                ("raise", overlay.may_raise) if one.amount > amount else ("lower", overlay.may_lower)
            )
            if one.benefit not in allowed:
                yield f"overlay.district {one.district} would {verb} {one.benefit}: see may_{verb}"


def _given_twice(programme: Programme) -> Iterator[str]:
    for what, entries in (
        ("class", programme.classes),
        ("benefit", programme.benefits),
        ("settlement", programme.settlements),
        ("ambiguity", programme.ambiguities),
    ):
        ids = [entry.id for entry in entries]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            yield f"{what}.{name} is given twice; ids are unique"


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.4)
    return f", the nearest is {near[0]!r}" if near else f", known are {', '.join(sorted(known))}"


def read_programme(table: Mapping[str, Any]) -> Programme:
    """
    Checks a programme's table.

    Parameters
    ----------
    table
        As parsed from TOML: money as strings, dates as dates.

    Raises
    ------
    ValueError
        Naming the dotted key of each fault and what is wrong there, a line each.
    """
    try:
        return Programme.model_validate(table)
    except ValidationError as error:
        faults = [line for fault in error.errors() for line in _in_words(fault, table)]
        raise ValueError("\n".join(dict.fromkeys(faults))) from error


def _in_words(fault: ErrorDetails, table: Any) -> list[str]:
    """One line for each thing that a validation error says, with its dotted key."""
    loc, said = fault["loc"], fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        hint = _nearest(str(loc[-1]), known_keys(Programme, loc[:-1]))
        loc, said = loc[:-1], f"there is no key {loc[-1]!r} here{hint}"
    elif fault["type"] == "missing":
        said = "is missing"
    elif fault["type"] == "union_tag_not_found":
        said = f"kind is missing; it is one of {', '.join(sorted(KINDS))}"
    elif fault["type"] == "union_tag_invalid":
        said = f"there is no kind {fault['ctx']['tag']!r}{_nearest(fault['ctx']['tag'], KINDS)}"
    elif fault["type"] == "string_pattern_mismatch":
        said = f"a time is written like 16:00, up to 24:00; got {fault['input']!r}"
    elif not loc:
        return [f"Programme key {line}." for line in said.splitlines()]
    said = said.replace("Input should be", "should be").rstrip(".")
    return [f"Programme key {_dotted(loc, table)}: {said}." if loc else f"Programme: {said}."]


def _dotted(loc: tuple[int | str, ...], table: Any) -> str:
    """The place as a person writes it: an entry of a list by its id, no union tags."""
    parts: list[str] = []
    here: Any = table
    for step in loc:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list | tuple) and step < len(here) else None
            name = here.get("id") if isinstance(here, dict) else None
            if name is None and parts:
                parts[-1] += f"[{step}]"
            else:
                parts.append(str(name))
        elif step not in KINDS:
            here = here.get(step) if isinstance(here, dict) else None
            parts.append(step)
    return ".".join(parts)


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
