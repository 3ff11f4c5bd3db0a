"""The seven kinds of benefit, and what a district may change of them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from orders.money import round_fen
from orders.programmes.faults import fault
from orders.programmes.parts import Fen, Name, OpenFen, Ratio, Strict
from orders.service import Meal

PersonDay = Literal["person-day"]
CONTRACT = "contract"


class Limit(Strict):
    """How often a benefit is given, at all sites together."""

    count: int = Field(ge=1)
    per: PersonDay
    across: Literal["all_sites"] = "all_sites"


class _Common(Strict):
    id: str
    name: Name | None = None
    cite: str = ""
    classes: tuple[str, ...] = ()
    meals: tuple[Meal, ...] = ()
    earned_on: Literal["served"] = "served"


class MealRequires(Strict):
    """What a payment must be for the benefit to count."""

    payment_bound_to_person: bool = False


class PerMeal(_Common):
    """
    A fixed amount for a meal or a share of its price: off the diner's price, or to the site or operator.

    Attributes
    ----------
    amount, share
        A fixed amount; or a share of the list price, and then the amount is the most that a meal gets.
    monthly_limit, monthly_cap
        Most meals, and the most money, of a person and calendar month.
    limit_key
        Which meal of the day takes a limited benefit: the first payment that qualifies (a refund releases
        it for later payments), the first payment whether it qualifies or not, or the best meal of the day.
    price_test, price_test_on
        Whether the consumption must exceed (``gt``) or reach (``gte``) the amount, and what is tested.
    mode
        Taken off at payment, the site advancing it; or paid back to the diner.
    """

    kind: Literal["per_meal"]
    beneficiary: Literal["diner", "site", "operator"]
    payer: str
    amount: OpenFen = None
    share: Ratio | None = None
    limit: Limit | None = None
    monthly_limit: int | None = Field(default=None, ge=1)
    monthly_cap: Fen | None = None
    limit_key: Literal["first_qualifying_payment", "first_payment", "best_of_day"] = (
        "first_qualifying_payment"
    )
    price_test: Literal["none", "gt", "gte"] = "none"
    price_test_on: Literal["gross_per_payment", "gross_per_meal", "gross_per_day"] = "gross_per_payment"
    cap_at_price: bool = True
    mode: Literal["deduct_at_payment", "reimburse_diner"] = "deduct_at_payment"
    advanced_by: str = ""
    requires: MealRequires = MealRequires()

    @model_validator(mode="after")
    def _give_something(self) -> "PerMeal":
        if self.share is None and "amount" not in self.model_fields_set:
            raise fault("fault_no_amount")
        if self.share is not None and self.price_test != "none":
            raise fault("fault_share_tested")
        return self

    def gives_fen(self, price_fen: int) -> int:
        """What it gives for a meal of this list price, before any limit, fen."""
        if self.share is None:
            return self.amount or 0
        part_fen = round_fen(price_fen * self.share)
        return part_fen if self.amount is None else min(part_fen, self.amount)


class OrderRequires(Strict):
    """Channels that count: a list, or the name of a list in ``ordering``."""

    channel_in: Literal["platform_channels"] | tuple[str, ...] = ()


class PerOrder(_Common):
    """An operating fee for a completed order, or for each meal of it."""

    kind: Literal["per_order"]
    beneficiary: Literal["site", "operator"]
    payer: str
    amount: OpenFen
    unit: Literal["order", "meal"] = "order"
    requires: OrderRequires = OrderRequires()


class DeliveryRequires(Strict):
    """Which carrier's deliveries count, and whether they must be proved."""

    carrier_kind: str = ""
    proof: Literal["", "delivered"] = ""


class PerDelivery(_Common):
    """
    A fee or stipend for a delivery, in yuan or in time-bank hours.

    A benefit that names its carrier pays that carrier's deliveries; one that names none pays the others.
    """

    kind: Literal["per_delivery"]
    beneficiary: Literal["diner", "site", "operator", "volunteer"]
    payer: str
    amount: Literal["contract"] | OpenFen
    diner_share: Fen = 0
    counts_against_cap: Literal[False] = False
    monthly_limit: int | None = Field(default=None, ge=1)
    requires: DeliveryRequires = DeliveryRequires()


class Rate(Strict):
    """What a carrier is paid, by contract: yuan, or hours in the time bank."""

    carrier: str
    per: Literal["drop", "run", "meal"] = "drop"
    amount: Fen = 0
    hours: Decimal = Decimal(0)
    example: bool = False
    cite: str = ""


class WantsChoice(Strict):
    """A benefit only for those whose monthly choice is this option."""

    id: str
    option: str


class Cap(Strict):
    """The person's monthly amount, as the roster's fact gives it."""

    from_: str = Field(alias="from")
    as_of: Literal["first_of_month"] = "first_of_month"


class MonthlyAllowance(_Common):
    """
    Free meals within a person's monthly amount, the earliest service first.

    Attributes
    ----------
    standard
        What one free meal is worth.
    pays
        What the operator receives for it.
    remainder
        What becomes of the part of the amount that pays no whole meal.
    over_standard, under_standard
        A dearer meal: the diner pays the difference, or it is not covered. A cheaper one debits the standard
        or its price.
    carry_over
        Whether unused meals go on into the next month.
    proration
        Whether a choice made inside a month gives the amount by its days left.
    consumed_is_paid
        Whether a meal consumed but not eaten is paid to the operator.
    """

    kind: Literal["monthly_allowance"]
    beneficiary: Literal["diner"]
    payer: str
    requires_choice: WantsChoice | None = None
    cap: Cap
    standard: Fen
    pays: Literal["min(price, standard)"] = "min(price, standard)"
    count: Literal["floor(cap / standard)"] = "floor(cap / standard)"
    remainder: Literal["forfeit", "partial_meal", "carry"] = "forfeit"
    over_standard: Literal["diner_pays_difference", "not_allowed"] = "diner_pays_difference"
    under_standard: Literal["debit_standard", "debit_price"] = "debit_standard"
    carry_over: bool = False
    proration: Literal["none", "daily"] = "none"
    order_of_use: Literal["service_time"] = "service_time"
    consumed_is_paid: bool = True


class ShareStep(Strict):
    """One payer's part of the price, taken from what is left."""

    from_: str = Field(alias="from")
    amount: OpenFen
    limit: Limit | None = None
    while_fund_lasts: bool = False


class CostShare(_Common):
    """Several payers in turn; the diner pays what remains, and never less than the minimum."""

    kind: Literal["cost_share"]
    beneficiary: Literal["diner"]
    steps: tuple[ShareStep, ...] = Field(min_length=1)
    diner_minimum: Fen = 0


class OneOff(_Common):
    """A grant given once, with what it may buy and who owns that."""

    kind: Literal["one_off"]
    beneficiary: str
    payer: str
    amount: OpenFen
    once_per: Literal["site", "person"]
    requires: dict[str, bool | str] = Field(default_factory=dict)
    spend_on: tuple[str, ...] = ()
    asset_owner: str = ""


class Bounds(Strict):
    """Limits of a number, each inclusive or not as its name says."""

    gte: Decimal | None = None
    gt: Decimal | None = None
    lte: Decimal | None = None
    lt: Decimal | None = None
    eq: Decimal | None = None

    def hold(self, value: Decimal) -> bool:
        """Whether the number keeps every limit."""
        return (
            (self.gte is None or value >= self.gte)
            and (self.gt is None or value > self.gt)
            and (self.lte is None or value <= self.lte)
            and (self.lt is None or value < self.lt)
            and (self.eq is None or value == self.eq)
        )


class Metric(Bounds):
    """A number to look at, and its limits."""

    metric: str


class Requirement(Metric):
    """A condition on a facility; without ``when`` it always binds."""

    is_: bool | None = Field(default=None, alias="is")
    has_all: tuple[str, ...] = ()
    when: Metric | None = None


class AmountRange(Strict):
    """An award that somebody sets inside a range."""

    min: Fen
    max: Fen
    decided_by: str


TIER_METRICS = ("area_m2", "communities", "meals_per_service", "simultaneous_elderly_diners")


class Tier(Strict):
    """One step of an award: the facility keeps every bound that it names."""

    id: str
    amount: OpenFen = None
    amount_range: AmountRange | None = None
    area_m2: Bounds | None = None
    communities: Bounds | None = None
    meals_per_service: Bounds | None = None
    simultaneous_elderly_diners: Bounds | None = None

    @property
    def bounds(self) -> dict[str, Bounds]:
        """Metric to the bounds that a facility must keep."""
        named = {name: getattr(self, name) for name in TIER_METRICS}
        return {name: bounds for name, bounds in named.items() if bounds is not None}

    @model_validator(mode="after")
    def _have_one_amount(self) -> "Tier":
        if not self.bounds:
            raise fault("fault_tier_without_bounds", known=", ".join(TIER_METRICS))
        if self.amount is not None and self.amount_range is not None:
            raise fault("fault_two_amounts")
        return self


class TieredAward(_Common):
    """A construction award by tiers, for a facility that meets every requirement."""

    kind: Literal["tiered_award"]
    beneficiary: str
    payer: str
    once_per: Literal["site"] = "site"
    facility: str
    requires: tuple[Requirement, ...] = ()
    pick: Literal["highest_tier_fully_met", "lowest", "manual"] = "highest_tier_fully_met"
    tiers: tuple[Tier, ...] = Field(alias="tier", min_length=1)


Benefit = Annotated[
    PerMeal | PerOrder | PerDelivery | MonthlyAllowance | CostShare | OneOff | TieredAward,
    Field(discriminator="kind"),
]


class DistrictAmount(Strict):
    """What one district gives instead, and from when to when."""

    district: str
    benefit: str
    amount: Fen | None = None
    share: Ratio | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _give_something(self) -> "DistrictAmount":
        if self.amount is None and self.share is None:
            raise fault("fault_no_amount")
        return self


class Overlay(Strict):
    """Which benefits a district may change at its own cost, and the districts that do."""

    scope: Literal["district"]
    may_raise: tuple[str, ...] = ()
    may_lower: tuple[str, ...] = ()
    extra_payer: str
    by: Literal["residence", "hukou"] = "residence"
    district: tuple[DistrictAmount, ...] = ()
    name: Name | None = None
    cite: str = ""
