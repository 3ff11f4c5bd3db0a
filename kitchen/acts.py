"""What people in the kitchen report: a batch on the heat, off the heat, a box closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from orders.codes import Coded

ActKind = Literal["started", "cooked", "packed"]


@dataclass(frozen=True, slots=True)
class Started:
    """
    A batch went on the heat.

    Parameters
    ----------
    batch_id
        Which.
    actor
        Who says so, as a user id.
    happened_at, recorded_at
        When it went on the heat, and when we learnt of it.
    """

    batch_id: str
    actor: str
    happened_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Reheated:
    """
    A reheating that reached its core in time: it starts the food's clock again.

    Parameters
    ----------
    at
        When the core was measured.
    core_c
        As measured, degrees Celsius.
    """

    at: datetime
    core_c: float


@dataclass(frozen=True, slots=True)
class Reheats:
    """
    Reheatings of a service that count.

    Parameters
    ----------
    batches, boxes
        By batch id and by box id; at most one each.
    failed
        Boxes with a reheating that does not count.
    """

    batches: Mapping[str, Reheated] = field(default_factory=dict)
    boxes: Mapping[str, Reheated] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()

    def before(self, packed_at: datetime | None) -> dict[str, Reheated]:
        """Those of batches whose food went into a box closed then; all while it is open."""
        return {key: one for key, one in self.batches.items() if packed_at is None or one.at <= packed_at}


@dataclass(frozen=True, slots=True)
class Cooked:
    """
    A batch came off the heat.

    Parameters
    ----------
    batch_id
        Which.
    core_c
        Core of the earliest finished pan; None when nobody measured.
    actor
        Who says so, as a user id.
    happened_at, recorded_at
        When it was off the heat, and when we learnt of it.
    """

    batch_id: str
    core_c: float | None
    actor: str
    happened_at: datetime
    recorded_at: datetime

    def as_record(self, event_id: str) -> "ActRecord":
        """The same as a row of what was reported, which corrects none."""
        told = (self.core_c, self.actor, self.happened_at, self.recorded_at)
        return ActRecord(event_id, "cooked", self.batch_id, "", *told)


@dataclass(frozen=True, slots=True)
class Packed:
    """
    A box was closed.

    Parameters
    ----------
    box_id, carrier_id
        Which, and the carrier that was really used.
    core_c
        Calibrated hand probe in the coldest food; None when nobody measured.
    actor
        Who says so, as a user id.
    happened_at, recorded_at
        When it was closed, and when we learnt of it.
    probe, person
        Which hand probe, who held it, by name; empty when nobody said.
    warnings
        What there was to warn of then: a probe whose calibration was overdue.
    """

    box_id: str
    carrier_id: str
    core_c: float | None
    actor: str
    happened_at: datetime
    recorded_at: datetime
    probe: str = ""
    person: str = ""
    warnings: tuple[Coded, ...] = ()


@dataclass(frozen=True, slots=True)
class ActRecord:
    """
    One row of what was reported, as it stands in the chain of its corrections.

    Parameters
    ----------
    event_id, kind, subject_id
        Row id, what was reported, of which batch or box.
    carrier_id
        Of a closed box: its carrier.
    core_c, actor, happened_at, recorded_at
        As reported.
    replaces
        Row that this one corrects, None for a first report.
    withdrawn
        Whether it says that the act never happened.
    reason
        Why it was corrected, as typed.
    probe, person, warnings
        Of a closed box: as on `Packed`.
    """

    event_id: str
    kind: ActKind
    subject_id: str
    carrier_id: str
    core_c: float | None
    actor: str
    happened_at: datetime
    recorded_at: datetime
    replaces: str | None = None
    withdrawn: bool = False
    reason: str = ""
    probe: str = ""
    person: str = ""
    warnings: tuple[Coded, ...] = ()
