"""Labels of kept samples, their input."""

from dataclasses import dataclass
from datetime import datetime

from api.reports.facts import Named, PaperHead


@dataclass(frozen=True, slots=True)
class SampleLabel:
    """
    What stands on one sample.

    Parameters
    ----------
    code
        The load it is taken from: ``"B07"``.
    dish, variant
        Of what; None is the plain variant.
    ready_at
        When that load is ready.
    least_g
        How much at least, grams.
    keep_h
        How long it is kept, hours.
    qr_text
        What a scanner reads.
    """

    code: str
    dish: Named
    variant: Named | None
    ready_at: datetime
    least_g: int
    keep_h: int
    qr_text: str


@dataclass(frozen=True, slots=True)
class SampleLabels:
    """
    The labels of a service's samples.

    Parameters
    ----------
    head
        Kitchen, service, version.
    labels
        In the order of cooking.
    """

    head: PaperHead
    labels: tuple[SampleLabel, ...]
