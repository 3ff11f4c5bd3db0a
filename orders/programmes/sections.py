"""The sections of a programme's file that say when, where and how meals are ordered, given and watched."""

from datetime import date, time
from string import Formatter
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from orders.programmes.faults import fault
from orders.programmes.parts import Name, Strict, Texts

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Event = Literal[
    "served",
    "cancelled_before_cutoff",
    "cancelled_after_cutoff",
    "no_show",
    "not_supplied",
    "refunded",
    "refused",
]
NAME_PARTS = ("city", "district", "street", "community", "name")
FOREVER_ON = date(9999, 12, 31)


class Head(Strict):
    """Who issued the plan, and its validity."""

    name: Name
    issuer: str
    document_no: str = ""
    issued_on: date | None = None
    region: str
    timezone: str
    currency: Literal["CNY"]
    valid_from: date = date(1, 1, 1)
    valid_to: date = FOREVER_ON
    valid_to_provisional: bool = False
    validity_note: str = ""
    cite: str = ""

    @field_validator("timezone")
    @classmethod
    def _be_a_zone(cls, timezone: str) -> str:
        try:
            return ZoneInfo(timezone).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise fault("fault_timezone", name=timezone) from error

    @model_validator(mode="after")
    def _end_after_the_beginning(self) -> Self:
        if self.valid_to < self.valid_from:
            from_on, to_on = self.valid_from.isoformat(), self.valid_to.isoformat()
            raise fault("fault_ends_first", valid_from=from_on, valid_to=to_on)
        return self


class Siting(Strict):
    """Where a site is due: a radius and how many older people it serves, or a village's households."""

    kind: str
    max_radius_m: int | None = None
    min_elderly: int | None = None
    households_gte: int | None = None
    min_sites: int | None = None


class PerArea(Strict):
    """How many of something each street, town or other area has at least."""

    per: str
    min: int = Field(ge=0, alias="min")


class CountPerArea(Strict):
    """How many sites each street or town has at least."""

    per: str
    count: int = Field(ge=0)


class SitesPerArea(Strict):
    """How many demonstration sites each area has."""

    per_area_min: int
    per_area_max: int


class Area(Strict):
    """Districts inside and outside, by six-digit code or as the plan writes them."""

    include: Texts
    exclude: Texts = ()
    optional: Texts = ()
    site_quota: dict[str, int] = Field(default_factory=dict)
    min_sites: CountPerArea | None = None
    demo_sites: SitesPerArea | None = None
    siting: tuple[Siting, ...] = ()
    distribution_centre: PerArea | None = None
    targets: dict[str, int | float | str] = Field(default_factory=dict)
    cite: str = ""


class Days(Strict):
    """Which days are served."""

    service_weekdays: tuple[Weekday, ...]
    closed_on: tuple[Literal["holiday"], ...] = ()
    holiday_set: Literal["none", "statutory", "traditional", "list"] = "statutory"
    closed_dates: tuple[date, ...] = ()
    makeup_workdays: Literal["closed", "open"] = "closed"
    calendar: str = "CN"
    extend_by_site: tuple[Literal["weekend", "breakfast", "lunch", "dinner"], ...] = ()
    cite: str = ""


class Age(Strict):
    """From which day a completed year counts."""

    basis: Literal["birthday", "month_of_birthday", "next_month", "year"] = "birthday"
    inclusive: bool = True
    leap_day: Literal["mar-01", "feb-28"] = "mar-01"
    cite: str = ""


class Registration(Strict):
    """Where people register, with what, and how they are known at the table."""

    documents: Texts = ()
    credentials: Texts = ()
    bind: Texts = ()
    where: Texts = ()
    identity_check_at_serving: Literal["", "required"] = ""
    cite: str = ""


class MealRule(Strict):
    """Whether a meal is subsidised, and how often a person and day."""

    subsidised: bool = True
    subsidised_per_person_day: int | None = None
    cite: str = ""


class Meals(Strict):
    """The meals that the plan names; a meal without a table is not part of it."""

    second_meal: Literal["list_price", "refuse"] = "list_price"
    breakfast: MealRule | None = None
    lunch: MealRule | None = None
    dinner: MealRule | None = None
    cite: str = ""

    def rule(self, meal: str) -> MealRule | None:
        """The meal's rule, None where the plan does not name it; a plan that names none means all three."""
        named = {"breakfast": self.breakfast, "lunch": self.lunch, "dinner": self.dinner}
        if not any(named.values()) and meal in named:
            return MealRule()
        return named.get(meal)


class Ordering(Strict):
    """When and how orders are taken."""

    days_ahead: int = Field(ge=0)
    cutoff_time: str = Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")
    cutoff_day: Literal["calendar", "service"] = "calendar"
    prepay: bool = False
    channels: Texts = ()
    platform_channels: Texts = ()
    payment: Texts = ()
    proxy_allowed: Texts = ()
    cite: str = ""

    @property
    def cut_off(self) -> tuple[int, time]:
        """Days ahead and wall time; ``24:00`` is midnight of the next day."""
        if self.cutoff_time == "24:00":
            return self.days_ahead - 1, time(0)
        return self.days_ahead, time.fromisoformat(self.cutoff_time)


class Outcome(Strict):
    """
    What a diner pays and what becomes of benefits when a meal is not simply served.

    Attributes
    ----------
    diner
        ``refund`` nothing; ``charge_net`` the price less the benefit of a served meal; ``charge_gross`` the
        price; ``charge`` the price less the benefit that stands.
    subsidy
        ``void`` is not given; ``pay`` as if served; ``consume`` uses up a free meal; ``release`` frees it.
    site_fee
        Whether operating fees stand.
    """

    diner: Literal["refund", "charge_net", "charge_gross", "charge"]
    subsidy: Literal["void", "pay", "consume", "release"]
    site_fee: Literal["void", "pay"] = "void"
    cite: str = ""


REFUND = Outcome(diner="refund", subsidy="release")


class Choice(Strict):
    """A person's choice between services, by calendar month."""

    id: str
    classes: Texts
    options: Texts
    default: str
    per: Literal["calendar-month"] = "calendar-month"
    change_effective: Literal["next_month", "immediately"] = "next_month"
    deadline_day: int = Field(default=31, ge=1, le=31)
    cite: str = ""


class Outsiders(Strict):
    """What people pay who are of no class."""

    policy: Literal["list_price", "refuse"] = "list_price"
    cite: str = ""


class HomeDelivery(Strict):
    """To whom meals are brought home, on which approvals."""

    classes: Texts = ()
    requires: Texts = ()
    site: str = ""
    meals: Texts = ()
    fee_other_site: str = ""
    cite: str = ""


class SignOff(Strict):
    """Who signs for a leg, and who is told."""

    leg: str
    by: str
    then_notify: str = ""


class Delivery(Strict):
    """The legs from kitchen to diner, their carriers, and home delivery."""

    legs: Texts = ()
    chain: Texts = ()
    second_leg_from: str = ""
    modes: Texts = ()
    diner_choice: Texts = ()
    carriers: Texts | dict[str, Texts] = ()
    home_for: Texts = ()
    volunteer_credit: Literal["", "time_bank"] = ""
    sign_off: SignOff | None = None
    home: HomeDelivery | None = None
    cite: str = ""


class Minutes(Strict):
    """Minutes aimed at, and the most that counts."""

    target: int
    limit: int


class Circle(Strict):
    """How long the way to a site may be, by zone."""

    zone: str
    minutes: Minutes
    mode: Literal["walk", "delivery"] = "walk"
    cite: str = ""


class Accessible(Strict):
    """The floor that needs nothing, and what another floor needs one of."""

    floor: int
    else_: Texts = Field(default=(), alias="else")


class SiteRules(Strict):
    """What a site must have, show and announce."""

    name_pattern: str = ""
    min_area_per_seat_m2: float | None = None
    min_seats: int | None = None
    min_meals_per_service: int | None = None
    max_floor: int | None = None
    accessible: Accessible | None = None
    co_located_with: str = ""
    licence: dict[str, str] = Field(default_factory=dict)
    equipment: Texts = ()
    notices: Texts = ()
    attendant_required: bool = False
    change_notice_days: int = 15
    change_kinds: Texts = ("pause", "stop", "renovate", "move")
    recheck_on: Texts = ("move",)
    filing: Texts = ()
    menu_update: str = ""
    public_map: bool = False
    entry_exit: bool = False
    cite: str = ""

    @field_validator("name_pattern")
    @classmethod
    def _name_known_parts(cls, pattern: str) -> str:
        known = ", ".join(f"{{{part}}}" for part in NAME_PARTS)
        try:
            parts = [part for _, part, _, _ in Formatter().parse(pattern) if part is not None]
        except ValueError as error:
            raise fault("fault_name_pattern", name=pattern, known=known) from error
        if set(parts) - set(NAME_PARTS):
            raise fault("fault_name_pattern", name=pattern, known=known)
        return pattern


class CentralKitchens(Strict):
    """How many central kitchens supply the programme."""

    min: int
    max: int


class Supply(Strict):
    """How sites may be supplied."""

    modes: Texts = ()
    central_kitchens: CentralKitchens | None = None
    chain: Texts = ()
    cite: str = ""


class Ambiguity(Strict):
    """
    An unclear clause and the switch that decides it.

    Attributes
    ----------
    key
        The key that an option's own value is set on, for options without an entry in ``sets``.
    options, chosen
        What the clause may mean, and what is assumed until the issuer says.
    sets
        Option to the keys that it sets.
    """

    id: str
    clause: str
    question: Name
    key: str
    options: tuple[str | bool | int, ...]
    chosen: str | bool | int
    sets: dict[str, dict[str, Any]] = Field(default_factory=dict)
    cite: str = ""

    @field_validator("question", mode="before")
    @classmethod
    def _name_in_both(cls, question: Any) -> Any:
        return {"zh": question, "en": question} if isinstance(question, str) else question


class Party(Strict):
    """The name of somebody who pays, is paid, approves or checks."""

    name: Name
