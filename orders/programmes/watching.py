"""The sections of a programme's file that say how food, sites and money are watched."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, field_validator

from orders.programmes.parts import Strict, Texts


class Fraud(Strict):
    """Which flags are looked for, and what a confirmed one leads to."""

    flags: Texts = ()
    consequence: Texts = ()
    cite: str = ""


class Data(Strict):
    """How records are kept and handed on."""

    audit: Literal["append_only"] = "append_only"
    export_to: str = ""
    confidentiality: bool = False
    biometric: Literal["none", "optional", "required"] = "none"
    cite: str = ""


class Complaints(Strict):
    """The hotline and what is tracked."""

    hotline: str
    track: Texts = ()


class Survey(Strict):
    """What diners are asked, by whom, and which share is aimed at."""

    forms: Texts = ()
    metrics: Texts
    targets: dict[str, Decimal] = Field(default_factory=dict)
    collected_by: str = ""
    complaints: Complaints | None = None
    cite: str = ""

    @field_validator("targets", mode="before")
    @classmethod
    def _read_exactly(cls, targets: Any) -> Any:
        return {key: str(value) for key, value in targets.items()} if isinstance(targets, dict) else targets


class Deadline(Strict):
    """A report, when it is due (a date, or month-day of each year), and to whom."""

    what: str
    due: date | str
    to: str = ""


class Reports(Strict):
    """Figures and reports that the plan asks for."""

    kpi: Texts = ()
    deadlines: tuple[Deadline, ...] = ()
    cite: str = ""


class Inspection(Strict):
    """Who inspects, and in which way."""

    by: Texts = ()
    kinds: Texts = ()
    cite: str = ""


class Trace(Strict):
    """What must be traceable."""

    source: bool = False
    flow: bool = False
    responsible_person: bool = False


class FoodSafety(Strict):
    """Tracing, tests and inspections of food."""

    trace: Trace | None = None
    sampling_tests: bool = False
    inspections: Texts = ()
    cite: str = ""


class Nutrition(Strict):
    """What menus respect, and who makes them."""

    respects: Texts = ()
    menu_by: str = ""
    cite: str = ""
