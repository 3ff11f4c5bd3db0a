"""A city's plan as data: the sections that the day reads, checked strictly."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from orders.calendars import ServiceDays
from orders.money import fen
from orders.service import Meal

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Event = Literal["served", "cancelled_before_cutoff", "cancelled_after_cutoff", "no_show", "not_supplied"]
Fen = Annotated[int, BeforeValidator(lambda value: fen(value) if isinstance(value, str) else value)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Name(_Strict):
    """A name in both languages."""

    zh: str
    en: str


class Condition(_Strict):
    """
    One test of one dated fact, or all or any of several.

    Attributes
    ----------
    all, any
        Nested conditions.
    fact
        Name of the fact; ``age`` is computed from the date of birth.
    within
        The value starts with this six-digit code's prefix (city ``450200`` holds district ``450202``).
    within_area
        The value is one of the programme's districts.
    gte
        The value is at least this number.
    is_
        The value is this truth; a fact nobody recorded is false.
    """

    all: tuple["Condition", ...] = ()
    any: tuple["Condition", ...] = ()
    fact: str = ""
    within: str | None = None
    within_area: bool | None = None
    gte: int | None = None
    is_: bool | None = Field(default=None, alias="is")


class DinerClass(_Strict):
    """A class of diners; the first that matches wins."""

    id: str
    name: Name
    when: Condition
    approved_by: str
    cite: str


class Limit(_Strict):
    """How often a benefit is given."""

    count: int = Field(ge=1)
    per: Literal["person-day"]


class Benefit(_Strict):
    """What a class gets, who pays it, and when it is earned. Only ``per_meal`` is settled with the day."""

    id: str
    kind: Literal["per_meal", "one_off"]
    beneficiary: Literal["diner", "site"]
    payer: str
    cite: str
    classes: tuple[str, ...] = ()
    meals: tuple[Meal, ...] = ()
    amount: Fen
    limit: Limit | None = None
    price_test: Literal["none"] = "none"
    cap_at_price: bool = True
    mode: Literal["deduct_at_payment", "reimburse_diner"] = "deduct_at_payment"
    advanced_by: str = ""
    earned_on: Literal["served"] = "served"
    once_per: str = ""
    requires: dict[str, Any] = {}
    spend_on: tuple[str, ...] = ()
    asset_owner: str = ""


class Outcome(_Strict):
    """What a diner pays and whether the subsidy stands when a meal is not simply served."""

    diner: Literal["refund", "charge_net", "charge_gross"]
    subsidy: Literal["void", "pay"]


class Ordering(_Strict):
    """When and how orders are taken."""

    days_ahead: int = Field(ge=0)
    cutoff_time: str
    cutoff_day: Literal["calendar", "service"] = "calendar"
    prepay: bool = False
    channels: tuple[str, ...] = ()
    proxy_allowed: tuple[str, ...] = ()
    cite: str = ""

    @property
    def cut_off(self) -> tuple[int, time]:
        """Days ahead and wall time; ``24:00`` is midnight of the next day."""
        if self.cutoff_time == "24:00":
            return self.days_ahead - 1, time(0)
        return self.days_ahead, time.fromisoformat(self.cutoff_time)


class Days(_Strict):
    """Which days are served."""

    service_weekdays: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]
    closed_on: tuple[Literal["holiday"], ...] = ()
    holiday_set: Literal["statutory", "traditional", "list"] = "statutory"
    makeup_workdays: Literal["closed", "open"] = "closed"
    calendar: str = "CN"
    cite: str = ""


class Age(_Strict):
    """From which day a completed year counts."""

    basis: Literal["birthday", "month_of_birthday", "next_month", "year"] = "birthday"
    inclusive: bool = True
    leap_day: Literal["mar-01", "feb-28"] = "mar-01"


class Ambiguity(_Strict):
    """An unclear clause and the switch that decides it."""

    id: str
    clause: str
    question: str
    key: str
    options: tuple[str | bool | int, ...]
    chosen: str | bool | int


class Head(_Strict):
    """Who issued the plan, and its validity."""

    name: Name
    issuer: str
    region: str
    timezone: str
    currency: Literal["CNY"]
    valid_from: date
    valid_to: date
    valid_to_provisional: bool = False
    validity_note: str = ""
    cite: str


class Area(_Strict):
    """Districts inside and outside, by six-digit code."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    site_quota: dict[str, int] = {}
    cite: str = ""


class Programme(BaseModel):
    """
    A programme revision, as far as a service day needs it.

    The sections read here are strict; the payload is kept whole beside it, so the sections that later
    rooms read (registration, notices, reports ...) are stored, not lost.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    revision: int = Field(ge=1)
    programme: Head
    area: Area
    calendar: Days
    age: Age = Age()
    classes: tuple[DinerClass, ...] = Field(alias="class", min_length=1)
    ordering: Ordering
    outcomes: dict[Event, Outcome]
    benefits: tuple[Benefit, ...] = Field(alias="benefit")
    ambiguities: tuple[Ambiguity, ...] = Field(default=(), alias="ambiguity")

    def service_days(self) -> ServiceDays:
        """The dates that the programme serves."""
        return ServiceDays(
            weekdays=frozenset(WEEKDAYS.index(day) + 1 for day in self.calendar.service_weekdays),
            closed_on_holidays="holiday" in self.calendar.closed_on,
            makeup_open=self.calendar.makeup_workdays == "open",
            valid_from_on=self.programme.valid_from,
            valid_to_on=self.programme.valid_to,
        )

    def meal_benefit(self, class_id: str, meal: Meal) -> Benefit | None:
        """The first per-meal benefit of a class, or None."""
        return next(
            (b for b in self.benefits if b.kind == "per_meal" and class_id in b.classes and meal in b.meals),
            None,
        )


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
        Naming the dotted key of the first fault and what is wrong there.
    """
    try:
        return Programme.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"Programme key {key}: {first['msg']}.") from error


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
