"""How what benefits cost is settled: who pays whom, in which periods, by when and from where."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from orders.programmes.faults import fault
from orders.programmes.parts import UNSET, Strict


class DueRule(Strict):
    """When a period's statement must be paid."""

    after_period_end_days: int | None = Field(default=None, ge=0)
    after_period_end_months: int | None = Field(default=None, ge=0)
    day: Literal["", "last"] = ""


class Fund(Strict):
    """Where the money lies and what it may be used for."""

    special_account: bool = False
    ring_fenced: bool = False
    from_: str = Field(default="", alias="from")


def _read_period(value: object) -> object:
    return None if value in (UNSET, None) else value


Period = Literal["month", "quarter", "half-year", "year", "once"]


class Settlement(Strict):
    """
    Who pays whom for which benefits, in which periods, by which hands.

    Attributes
    ----------
    payer, split
        Who pays; or several payers, each with its weight: ``{ city = 5, district = 5 }``.
    """

    id: str
    benefits: tuple[str, ...]
    payer: str = ""
    split: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    payee: str = ""
    account_by: Period = "month"
    pay_by: Annotated[Period | None, BeforeValidator(_read_period)] = "month"
    due: DueRule | None = None
    source_of_truth: str = ""
    approvals: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    flow: tuple[str, ...] = ()
    fund: Fund | None = None
    cite: str = ""

    @model_validator(mode="after")
    def _have_one_way_to_pay(self) -> "Settlement":
        if self.payer and self.split:
            raise fault("fault_payer_and_split")
        return self

    @property
    def payers(self) -> tuple[str, ...]:
        """Everybody it names as a payer; empty where the benefits name their own."""
        return (self.payer,) if self.payer else tuple(self.split)
