"""The kitchen's page as facts: counts, batches, boxes, clashes, and what is next of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from api.day.changes import ChangesView
from api.day.views import AlarmView
from api.day.views_acts import DoneAct, LabelPrint, printed_twice
from api.reports.facts import Named
from kitchen.batches import Batch
from orders.codes import Coded, Excepted
from orders.menus import HoldClass
from orders.service import Service

BatchState = Literal["planned", "not_started", "on_heat", "overdue", "cooked"]
LATE: frozenset[BatchState] = frozenset({"not_started", "overdue"})


@dataclass(frozen=True, slots=True)
class DayCounts:
    """
    Portions by stage, each from that stage's own rows.

    Parameters
    ----------
    ordered
        Of locked orders.
    to_cook, cooked
        Planned in all batches, extras included; of those off the heat with a core that stands.
    extra
        Cooked beyond the orders.
    to_box, boxed, spare
        In all boxes; in those closed; of all, how many are for walk-ins.
    delivered
        Accepted by the sites.
    """

    ordered: int
    to_cook: int
    cooked: int
    extra: int
    to_box: int
    boxed: int
    delivered: int
    spare: int = 0


@dataclass(frozen=True, slots=True)
class BatchView:
    """
    One batch as the kitchen sees it.

    Parameters
    ----------
    batch
        What is cooked.
    dish, variant, equipment
        By name; a plain dish has no variant.
    start_at, ready_at
        Planned; once it is on the heat, when it should come off.
    state
        Planned, on the heat, cooked; ``"not_started"`` and ``"overdue"`` are late by five minutes.
    late_min
        By how many minutes it is late, 0 when it is not.
    started_at, cooked_at, core_c
        As reported.
    core_fails
        Whether it is off the heat, but by its newest core nothing of it goes on.
    """

    batch: Batch
    dish: Named
    variant: Named | None
    equipment: Named
    start_at: datetime
    ready_at: datetime
    state: BatchState
    late_min: int
    started_at: datetime | None
    cooked_at: datetime | None
    core_c: float | None
    core_fails: bool = False

    @property
    def done(self) -> bool:
        """Whether it is off the heat with a core that stands."""
        return self.state == "cooked" and not self.core_fails

    @property
    def due_at(self) -> datetime:
        """When it is to go on the heat, or off it once it is on."""
        return self.start_at if self.state in ("planned", "not_started") else self.ready_at


@dataclass(frozen=True, slots=True)
class BoxView:
    """
    One box as the kitchen packs it.

    Parameters
    ----------
    box_id, code, carrier_code, site_name
        Which box, in which carrier, for where.
    hold_class, portions, spare
        What is in it; how many of the portions are for walk-ins.
    packed_by_at, deliver_by_at
        When its packing should end, and its latest hand-over as the reports stand.
    ready, late_min
        Whether all its batches are off the heat and none is held back; by how many minutes it is late to be
        closed.
    packed_at, core_c
        As reported.
    for_diner, avoid, dishes
        Of a sealed box: whose, what the diner must not get, what is in it.
    colour
        Of an allergic diner's container, in words.
    sensor
        The one fixed to its carrier; empty for none.
    """

    box_id: str
    code: str
    carrier_code: str
    site_name: str
    hold_class: HoldClass
    portions: int
    packed_by_at: datetime
    deliver_by_at: datetime
    ready: bool
    late_min: int
    packed_at: datetime | None
    core_c: float | None
    for_diner: str = ""
    avoid: tuple[Named, ...] = ()
    dishes: tuple[Named, ...] = ()
    colour: Named | None = None
    spare: int = 0
    sensor: str = ""


@dataclass(frozen=True, slots=True)
class ClashView:
    """
    A portion that its diner must not get, to be settled by a person.

    Parameters
    ----------
    clash_id
        Row id.
    order_code, diner
        Whose portion.
    dish
        What was ordered.
    reasons
        Why not.
    proposed
        Dish id and name of what could stand in, best first.
    """

    clash_id: str
    order_code: str
    diner: str
    dish: Named
    reasons: tuple[Coded, ...]
    proposed: tuple[tuple[str, Named], ...]


@dataclass(frozen=True, slots=True)
class Undelivered:
    """
    Portions of one box that its site refused or missed.

    Parameters
    ----------
    excepted
        The box, how many portions, and why.
    box_id
        Whose temperatures were recorded.
    site_name, contact
        Whom to ring.
    agreed
        What was agreed about it and written down since, as it came.
    """

    excepted: Excepted
    box_id: str
    site_name: str
    contact: str
    agreed: tuple[Excepted, ...] = ()


@dataclass(frozen=True, slots=True)
class KitchenView:
    """
    The kitchen's page.

    Parameters
    ----------
    service, version
        Which service; version of its production, None before it is planned.
    counts
        Portions by stage.
    batches
        In the order of their ready minutes.
    sealed, boxes
        Boxes of one allergic diner each, and the others, by the minute of packing.
    clashes, alarms
        What waits for a person.
    undelivered
        Portions that a site refused or missed.
    left_out
        The other portions that are not cooked or boxed as ordered, and why.
    changes
        What has changed since the published plan.
    newest
        The acts that were written down last.
    prints
        Prints of labels that are out.
    findings
        What is not watched.
    names
        Of dishes and allergens that sentences mention.
    """

    service: Service
    version: int | None
    counts: DayCounts
    batches: tuple[BatchView, ...]
    sealed: tuple[BoxView, ...]
    boxes: tuple[BoxView, ...]
    clashes: tuple[ClashView, ...]
    alarms: tuple[AlarmView, ...]
    undelivered: tuple[Undelivered, ...]
    left_out: tuple[Excepted, ...]
    changes: ChangesView
    newest: tuple[DoneAct, ...]
    prints: tuple[LabelPrint, ...]
    findings: tuple[Coded, ...]
    names: Mapping[str, Named]

    @property
    def printed_twice(self) -> tuple[tuple[LabelPrint, ...], ...]:
        """Prints of the same labels of which all but one are too many."""
        return printed_twice(self.prints)

    @property
    def late(self) -> tuple[BatchView, ...]:
        """Batches that should be on the heat or off it by now."""
        return tuple(one for one in self.batches if one.state in LATE)

    @property
    def due(self) -> tuple[BatchView, ...]:
        """Batches that are not done, by what is next: on the heat, or off it, with a core that stands."""
        waiting = (one for one in self.batches if not one.done)
        return tuple(sorted(waiting, key=lambda one: (one.due_at, one.batch.code)))

    @property
    def late_boxes(self) -> tuple[BoxView, ...]:
        """Boxes that should be closed by now."""
        return tuple(one for one in (*self.sealed, *self.boxes) if one.late_min)

    @property
    def next_start(self) -> BatchView | None:
        """The batch that should go on the heat first, None when all have."""
        waiting = [one for one in self.batches if one.state in ("planned", "not_started")]
        return min(waiting, key=lambda one: (one.start_at, one.batch.code), default=None)

    @property
    def next_batch(self) -> BatchView | None:
        """The batch that should come off the heat first, None when all have."""
        return next((one for one in self.batches if one.state != "cooked"), None)

    @property
    def next_box(self) -> BoxView | None:
        """The first box that can be closed now, sealed ones first."""
        waiting = (one for one in (*self.sealed, *self.boxes) if one.ready and one.packed_at is None)
        return next(waiting, None)
