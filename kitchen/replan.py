"""Re-plan: what of a kitchen's day stands when something goes wrong, and what is ahead of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from kitchen.batches import Batch
from kitchen.equipment import Equipment, Slot
from kitchen.schedule_facts import UnderWay
from kitchen.windows import ReadyWindow

EventKind = Literal["slip", "burnt", "ill", "broken", "repaired", "back"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Event:
    """
    What went wrong, or is right again.

    Parameters
    ----------
    kind
        A batch slips or burns, a cook is ill or back at work, a piece of equipment breaks or is repaired.
    ref
        Row id of the batch or cook, or the equipment's code.
    minutes
        By how much a batch slips.
    """

    kind: EventKind
    ref: str
    minutes: int = 0

    def __post_init__(self) -> None:
        if self.kind not in EVENT_KINDS:
            raise ValueError(f"kind must be one of {EVENT_KINDS}, got {self.kind!r}.")
        if (self.kind == "slip") != (self.minutes > 0):
            raise ValueError("A slip needs minutes above 0, and nothing else has any.")


@dataclass(frozen=True, slots=True)
class Morning:
    """
    A published day as it is at this second.

    Parameters
    ----------
    batches, slots
        As planned; slots by batch id.
    started_s, cooked_s
        Second on and off the heat by batch id, as reported.
    now_s
        This second.
    slipped_s
        Second before which a batch cannot go on the heat since it slipped before, by batch id.
    """

    batches: Sequence[Batch]
    slots: Mapping[str, Slot]
    started_s: Mapping[str, int]
    cooked_s: Mapping[str, int]
    now_s: int
    slipped_s: Mapping[str, int] = field(default_factory=dict)

    def begun(self, batch_id: str) -> bool:
        """Whether a batch is on the heat: as reported, else as planned."""
        slot = self.slots.get(batch_id)
        planned = slot is not None and slot.start_s <= self.now_s
        return batch_id in self.cooked_s or batch_id in self.started_s or planned


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What stands after an event, and what is to be planned again.

    Parameters
    ----------
    kept
        Slots of batches that are on or off the heat, with their minutes as they now are.
    lost
        Batches whose food is gone.
    ahead
        Batches that are to be scheduled again.
    not_before_s
        Second before which a batch cannot go on the heat, by id.
    under_way
        What is taken until when, and the allergens left in it.
    """

    kept: tuple[Slot, ...]
    lost: tuple[Batch, ...]
    ahead: tuple[Batch, ...]
    not_before_s: Mapping[str, int]
    under_way: UnderWay


def out_of_use(events: Iterable[Event]) -> frozenset[str]:
    """Equipment that broke and cooks who fell ill, and are not repaired or back, by events in their order."""
    out: set[str] = set()
    for event in events:
        if event.kind in ("broken", "ill"):
            out.add(event.ref)
        elif event.kind in ("repaired", "back"):
            out.discard(event.ref)
    return frozenset(out)


def standing(morning: Morning, event: Event, equipment: Iterable[Equipment]) -> Standing:
    """
    What an event leaves of a day.

    What is on the heat stays where it is; only a batch that burns, or that cooks on a piece that breaks,
    is lost. A batch that slips on the heat is ready later, one that waits starts later.

    Parameters
    ----------
    morning
        The day as it is.
    event
        What went wrong.
    equipment
        All pieces, the broken one too.
    """
    kept, lost, ahead = list[Slot](), list[Batch](), list[Batch]()
    not_before_s = dict(morning.slipped_s)
    for batch in morning.batches:
        slot = morning.slots.get(batch.batch_id)
        if _is_lost(batch, slot, morning, event):
            lost.append(batch)
        elif slot is not None and morning.begun(batch.batch_id):
            kept.append(_as_it_is(slot, morning, event))
        else:
            ahead.append(batch)
            if event.kind == "slip" and event.ref == batch.batch_id and slot is not None:
                not_before_s[batch.batch_id] = slot.start_s + MINUTE_S * event.minutes
    taken = _taken(kept, morning.batches, {one.equipment_id: one for one in equipment})
    return Standing(tuple(kept), tuple(lost), tuple(ahead), not_before_s, taken)


def again_windows(
    windows: Mapping[str, ReadyWindow], stands: Standing, earliest_s: int
) -> dict[str, ReadyWindow]:
    """The windows of the batches ahead, none before now and a slipped one not before its new start."""
    return {
        batch_id: replace(
            window, start_from_s=max(earliest_s, stands.not_before_s.get(batch_id, window.start_from_s or 0))
        )
        for batch_id, window in windows.items()
    }


def _is_lost(batch: Batch, slot: Slot | None, morning: Morning, event: Event) -> bool:
    if event.kind == "burnt":
        return event.ref == batch.batch_id
    on_heat = morning.begun(batch.batch_id) and batch.batch_id not in morning.cooked_s
    return event.kind == "broken" and on_heat and slot is not None and slot.equipment_id == event.ref


def _as_it_is(slot: Slot, morning: Morning, event: Event) -> Slot:
    """The slot of a batch on or off the heat: as reported, and later when it slips or is overdue."""
    start_s = morning.started_s.get(slot.batch_id, slot.start_s)
    ready_s = morning.cooked_s.get(slot.batch_id)
    if ready_s is None:
        slips_s = MINUTE_S * event.minutes if event.ref == slot.batch_id else 0
        ready_s = max(start_s + slot.ready_s - slot.start_s + slips_s, morning.now_s)
    return replace(slot, start_s=min(start_s, ready_s - 1), ready_s=ready_s)


def _taken(kept: Iterable[Slot], batches: Iterable[Batch], pieces: Mapping[str, Equipment]) -> UnderWay:
    by_id = {batch.batch_id: batch for batch in batches}
    free_s: dict[str, int] = {}
    contains: dict[str, frozenset[str]] = {}
    for slot in sorted(kept, key=lambda one: one.start_s):
        batch, piece = by_id[slot.batch_id], pieces.get(slot.equipment_id)
        if piece is None:
            continue
        until_s = slot.ready_s + piece.empty_s + piece.changeover_s
        free_s[piece.equipment_id] = max(until_s, free_s.get(piece.equipment_id, until_s))
        left = frozenset[str]() if slot.deep_clean else contains.get(piece.equipment_id, frozenset())
        contains[piece.equipment_id] = left | batch.contains
        if slot.cook_id:
            stands_s = slot.start_s + piece.attends_s(slot.ready_s - slot.start_s)
            free_s[slot.cook_id] = max(stands_s, free_s.get(slot.cook_id, stands_s))
    return UnderWay(free_s, contains)
