"""What the page of checks shows: what is due, what is missing, and how the batches of the day stand."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from api.checks.called import batch_called, called_by_id, portion_called
from api.checks.desk import CheckDesk, register_for, subject_name
from api.checks.duty import Standing, left_standing
from api.checks.floor import Floor, read_floor
from api.checks.gaps import (
    LOOK_BACK_DAYS,
    Gap,
    Registry,
    find_gaps,
    is_late,
    read_registry,
    services_between,
    touched_by,
)
from api.checks.gates import batch_reasons
from api.checks.keeping import sampled_batches
from api.checks.points import STOPS, Measured
from api.permissions import ensure
from api.reports.facts import Named
from kitchen.registers import Register, is_done
from kitchen.samples import Sample, SampleState, event_words, standing_freezes, state_of
from kitchen.staff import Worker, fit_on
from kitchen.store.catalogue import load_dishes
from kitchen.store.checks import Check, CheckSign, Remedy, morning_checks
from kitchen.store.floor import FloorBatch
from kitchen.store.lots import ONLY_HELD, held_lots_of
from kitchen.store.samples import load_sample_events, open_samples
from kitchen.store.withheld import open_withheld
from kitchen.withheld import Withheld
from orders.codes import Coded
from orders.service import Service

AHEAD_DAYS = 2
END_OF_DAY = time(23, 59)


@dataclass(frozen=True, slots=True)
class DueView:
    """
    A check that is to be written.

    Parameters
    ----------
    register, subject, name
        Which register, about whom or what, by id and by name.
    to_on, late
        Its last date, and whether its time is over.
    """

    register: Register
    subject: str
    name: str
    to_on: date
    late: bool


@dataclass(frozen=True, slots=True)
class EntryView:
    """
    An entry of a register.

    Parameters
    ----------
    check, register, name
        The entry, its register, whom or what it is about by name.
    sign, remedies
        Who signed it off; what was done about it.
    """

    check: Check
    register: Register | None
    name: str
    sign: CheckSign | None
    remedies: tuple[Remedy, ...]

    @property
    def settled(self) -> bool:
        """Whether nothing is to be done about it: it passed, and is signed where it must be."""
        unsigned = self.register is not None and self.register.signed and self.sign is None
        return self.check.passed and not unsigned


@dataclass(frozen=True, slots=True)
class BatchView:
    """
    A batch on the floor.

    Parameters
    ----------
    batch, dish
        The batch; its dish and variant by name.
    points
        Its control points.
    wants_sample, sample
        Whether the sample of its dish is taken of it; the sample once it is there.
    reasons
        What keeps it from leaving.
    """

    batch: FloorBatch
    dish: Named
    points: tuple[Measured, ...]
    wants_sample: bool
    sample: Sample | None
    reasons: tuple[Coded, ...]

    @property
    def on_hold(self) -> bool:
        """Whether somebody has put it on hold."""
        return any(one.code == "food_withheld" for one in self.reasons)

    @property
    def stopped(self) -> bool:
        """Whether somebody must act before it goes on: it is on hold, or a measurement failed."""
        return bool(self.reasons) and (self.on_hold or any(one.standing in STOPS for one in self.points))


@dataclass(frozen=True, slots=True)
class FloorView:
    """
    A published service on the floor.

    Parameters
    ----------
    floor, batches
        The service, its batches in the order of their codes.
    boxes
        Boxes whose core at packing or after reheating failed: code and how it stands.
    """

    floor: Floor
    batches: tuple[BatchView, ...]
    boxes: tuple[tuple[str, Measured], ...]

    @property
    def service(self) -> Service:
        """Whose floor."""
        return self.floor.service

    @property
    def samples_due(self) -> tuple[BatchView, ...]:
        """Batches off the heat whose sample is to be taken now; none where no fridge is listed."""
        return tuple(
            one
            for one in self.batches
            if one.wants_sample
            and one.batch.batch_id in self.floor.cooked_at
            and any(reason.code == "batch_sample_missing" for reason in one.reasons)
            and not any(point.standing == "discard" for point in one.points)
        )

    @property
    def hot_batches(self) -> tuple[str, ...]:
        """Codes of batches that are off the heat: what can be reheated."""
        return tuple(one.code for one in self.floor.batches if one.batch_id in self.floor.cooked_at)

    @property
    def hot_boxes(self) -> tuple[str, ...]:
        """Codes of hot boxes of which everything is off the heat."""
        cooked = self.floor.cooked_at.keys()
        return tuple(
            one.code for one in self.floor.boxes if one.hold_class == "hot" and one.batch_ids <= cooked
        )

    @property
    def closed_boxes(self) -> tuple[str, ...]:
        """Codes of boxes that are closed."""
        return tuple(one.code for one in self.floor.boxes if self.floor.of_box[one.box_id].at)


@dataclass(frozen=True, slots=True)
class OffDuty:
    """
    Somebody who may not work today.

    Parameters
    ----------
    worker, reasons
        Who, and why.
    batches
        Codes of today's batches that the person has measured, sampled or packed.
    stands
        Batches ahead that still stand on the person, by service.
    """

    worker: Worker
    reasons: tuple[Coded, ...]
    batches: tuple[str, ...]
    stands: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleView:
    """
    A sample that is still there.

    Parameters
    ----------
    sample, dish, state
        The sample, its dish by name, how it stands.
    why
        What freezes it, with the instant of each; empty when nothing does.
    """

    sample: Sample
    dish: Named
    state: SampleState
    why: tuple[tuple[datetime, Coded], ...]


@dataclass(frozen=True, slots=True)
class WithheldView:
    """
    Food that is on hold.

    Parameters
    ----------
    withheld, food
        The hold; dish and variant, of a box the batches in it, None of a service that is over.
    """

    withheld: Withheld
    food: Named | None


@dataclass(frozen=True, slots=True)
class ChecksView:
    """
    The page of checks.

    Parameters
    ----------
    today_on, registry
        The date at the kitchen; registers and entries of the days looked back on.
    gaps
        What is missing, today's first.
    due
        What is still to be written today, late ones first.
    entries
        Entries of today, the last one first.
    floors
        Published services from today on.
    samples
        Samples that are still there, those to destroy first.
    withheld
        Food that is on hold.
    off_duty
        Who may not work today.
    """

    today_on: date
    registry: Registry
    gaps: tuple[Gap, ...]
    due: tuple[DueView, ...]
    entries: tuple[EntryView, ...]
    floors: tuple[FloorView, ...]
    samples: tuple[SampleView, ...]
    withheld: tuple[WithheldView, ...]
    off_duty: tuple[OffDuty, ...]


def checks_view(session: Session, desk: CheckDesk) -> ChecksView:
    """The page of checks, as of now."""
    kitchen_id, today_on = desk.kitchen.kitchen_id, desk.today_on
    ensure(desk.actor, "checks.read", kitchen_id=kitchen_id)
    from_on = today_on - timedelta(days=LOOK_BACK_DAYS - 1)
    registry = read_registry(session, desk, from_on, today_on)
    services = services_between(session, desk, today_on, today_on + timedelta(days=AHEAD_DAYS))
    floors = [floor for service in services if (floor := read_floor(session, service)) is not None]
    gaps = find_gaps(session, desk, from_on, today_on)
    return ChecksView(
        today_on=today_on,
        registry=registry,
        gaps=tuple(sorted(gaps, key=lambda one: (one.on != today_on, today_on - one.on))),
        due=due_views(registry, desk),
        entries=tuple(reversed([entry_view(registry, one) for one in registry.checks if one.on == today_on])),
        floors=tuple(floor_view(floor) for floor in floors),
        samples=sample_views(session, desk),
        withheld=_withheld(session, desk, floors),
        off_duty=_off_duty(session, desk, registry, floors),
    )


def due_views(registry: Registry, desk: CheckDesk) -> tuple[DueView, ...]:
    """What is still to be written for periods that today belongs to."""
    written = [(one.register, one.subject, one.on) for one in registry.checks]
    found = []
    for due in registry.due(desk.today_on):
        if due.to_on < desk.today_on or is_done(due, written):
            continue
        register = registry.registers.by_code[due.register]
        name = subject_name(registry.watch, register.about, due.subject, registry.gone) if due.subject else ""
        asked = register_for(registry.watch, register, due.subject)
        found.append(DueView(asked, due.subject, name, due.to_on, is_late(due, register, desk)))
    return tuple(sorted(found, key=lambda one: (not one.late, one.to_on, one.register.due_by or END_OF_DAY)))


def entry_view(registry: Registry, check: Check) -> EntryView:
    """An entry with its register and whatever followed."""
    register = registry.registers.by_code.get(check.register)
    about = register.about if register else ""
    name = subject_name(registry.watch, about, check.subject, registry.gone) if check.subject else ""
    register = register_for(registry.watch, register, check.subject) if register else None
    remedies = tuple(registry.remedies.get(check.check_id, ()))
    return EntryView(check, register, name, registry.signs.get(check.check_id), remedies)


def floor_view(floor: Floor) -> FloorView:
    """A service's batches with what each of them waits for."""
    sampled = {batch.batch_id for batch in sampled_batches(floor.batches)}
    batches = [
        BatchView(
            batch,
            batch_called(floor, batch),
            floor.of_batch[batch.batch_id],
            batch.batch_id in sampled,
            floor.samples.get((batch.dish_id, batch.variant)),
            batch_reasons(floor, batch.batch_id, "depart"),
        )
        for batch in floor.batches
    ]
    failed = [
        (box.code, one)
        for box in floor.boxes
        for one in (floor.of_box[box.box_id], floor.reheated.get(box.box_id))
        if one is not None and one.standing in ("failed", "again", "discard")
    ]
    return FloorView(floor, tuple(batches), tuple(failed))


def sample_views(session: Session, desk: CheckDesk) -> tuple[SampleView, ...]:
    """Samples that are still there, those to destroy first, then those that are frozen."""
    samples = open_samples(session, desk.kitchen.kitchen_id)
    names = load_dishes(session, {one.dish_id for one in samples})
    events = load_sample_events(session, [one.sample_id for one in samples])
    held = held_lots_of(session, [one.batch_id for one in samples], ONLY_HELD)
    found = []
    for one in samples:
        own, lots = events.get(one.sample_id, []), held.get(one.batch_id, [])
        state = state_of(one, own, desk.now_at, lot_held=bool(lots))
        why = [(event.at, event_words(event)) for event in standing_freezes(own)]
        named = {event.ref for event in standing_freezes(own)}
        why += [(desk.now_at, Coded("sample_holds_lot", {"ref": lot})) for lot in lots if lot not in named]
        dish = portion_called(names.get(one.dish_id), one.variant, one.dish_id)
        found.append(SampleView(one, dish, state, tuple(why)))
    order = {"due": 0, "frozen": 1, "kept": 2, "destroyed": 3}
    return tuple(sorted(found, key=lambda one: (order[one.state], one.sample.keep_until_at)))


def _withheld(session: Session, desk: CheckDesk, floors: list[Floor]) -> tuple[WithheldView, ...]:
    called = {key: name for floor in floors for key, name in called_by_id(floor).items()}
    return tuple(
        WithheldView(one, called.get(one.batch_id or one.box_id or ""))
        for one in open_withheld(session, desk.kitchen.kitchen_id)
    )


def _off_duty(
    session: Session, desk: CheckDesk, registry: Registry, floors: list[Floor]
) -> tuple[OffDuty, ...]:
    today_on, found = desk.today_on, []
    checks = morning_checks(session, desk.kitchen.kitchen_id, today_on)
    today = [floor.service for floor in floors if floor.service.service_on == today_on]
    stands = [one for service in today for one in left_standing(session, service, desk.now_at)]
    for worker in registry.watch.workers.values():
        reasons = fit_on(worker, checks, today_on)
        if reasons:
            batches = tuple(
                code
                for floor in floors
                if floor.service.service_on == today_on
                for code in touched_by(floor, worker.name)
            )
            own = tuple(one for one in stands if one.worker.worker_id == worker.worker_id)
            found.append(OffDuty(worker, reasons, batches, own))
    return tuple(found)
