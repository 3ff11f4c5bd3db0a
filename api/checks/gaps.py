"""What is missing: checks that nobody wrote, failures without an action, steps, samples, certificates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlmodel import Session, col, select

from api.checks.called import batch_called, box_called
from api.checks.desk import CheckDesk, Watch, registers_of, subject_name, watch_of
from api.checks.floor import Floor, read_floor
from api.checks.gates import batch_reasons, box_reasons
from api.checks.power_cuts import lots_undecided
from api.permissions import ensure
from api.reports.facts import Named
from kitchen.haccp import SETTLED
from kitchen.registers import Due, Register, Registers, due_checks, is_done
from kitchen.staff import fit_on
from kitchen.store.checks import (
    Check,
    CheckSign,
    Remedy,
    first_check_on,
    load_checks,
    load_remedies,
    load_signs,
    morning_checks,
)
from kitchen.store.production_rows import ProductionRow
from kitchen.store.staff import worker_names
from orders.codes import Coded, Param
from orders.service import Service, parse_service

GapKind = Literal["unwatched", "check", "failed", "unsigned", "floor", "probe", "worker", "lots"]
LOOK_BACK_DAYS = 30


@dataclass(frozen=True, slots=True)
class Gap:
    """
    Something that is missing.

    Parameters
    ----------
    kind, on
        Of which kind, of which date.
    said
        What is missing.
    ref
        Id of what it is about, for a link or an action; empty for none.
    about
        The food that it is about: dish and variant, of a box the batches in it; None for none.
    """

    kind: GapKind
    on: date
    said: Coded
    ref: str = ""
    about: Named | None = None


@dataclass(frozen=True, slots=True)
class Registry:
    """
    What was written into the registers, and by which rules.

    Parameters
    ----------
    registers, watch, gone
        The registers; what the house lists; names of those who have left.
    checks, signs, remedies
        Standing entries in order; who signed which; what was done about which.
    days
        Dates on which the kitchen worked, since its first entry.
    """

    registers: Registers
    watch: Watch
    gone: Mapping[str, str]
    checks: tuple[Check, ...]
    signs: Mapping[str, CheckSign]
    remedies: Mapping[str, Sequence[Remedy]]
    days: tuple[date, ...]

    def names(self, register: str, subject: str) -> dict[str, str]:
        """Names of a register and of whom an entry is about, for a sentence."""
        found = self.registers.by_code.get(register)
        about = subject_name(self.watch, found.about, subject, self.gone) if found and subject else ""
        zh, en = (found.name_zh, found.name_en) if found else (register, register)
        return {"register_zh": zh, "register_en": en, "subject": about}

    def due(self, to_on: date) -> list[Due]:
        """What the registers ask for up to a date."""
        return due_checks(self.registers, self.subjects, self.days, to_on)

    @property
    def subjects(self) -> dict[str, Collection[str]]:
        """Whom and what the registers are about, by kind."""
        watch = self.watch
        fridges = [code for code in watch.fridges if code not in watch.assets]
        return {
            "worker": watch.workers,
            "probe": watch.probes,
            "fridge": fridges,
            "asset": watch.assets,
        }


def read_registry(session: Session, desk: CheckDesk, from_on: date, to_on: date) -> Registry:
    """The registers of some dates, both included."""
    kitchen_id = desk.kitchen.kitchen_id
    first_on = first_check_on(session, kitchen_id) or desk.today_on
    from_on = max(from_on, first_on)
    period_on = min(from_on - timedelta(days=from_on.weekday()), from_on.replace(day=1))
    checks = load_checks(session, kitchen_id, period_on, to_on)
    check_ids = [one.check_id for one in checks]
    return Registry(
        registers=registers_of(session),
        watch=watch_of(session, kitchen_id, desk.today_on),
        gone=worker_names(session, kitchen_id),
        checks=tuple(checks),
        signs=load_signs(session, check_ids),
        remedies=load_remedies(session, check_ids),
        days=working_days(session, desk, from_on, to_on),
    )


def working_days(session: Session, desk: CheckDesk, from_on: date, to_on: date) -> tuple[date, ...]:
    """Dates of some on which the kitchen has a published service."""
    return tuple(sorted({service.service_on for service in services_between(session, desk, from_on, to_on)}))


def services_between(session: Session, desk: CheckDesk, from_on: date, to_on: date) -> list[Service]:
    """Published services of some dates, both included, by start."""
    kitchen = desk.kitchen
    query = (
        select(ProductionRow.service_key)
        .where(ProductionRow.status == "published")
        .where(col(ProductionRow.service_key) >= f"{kitchen.kitchen_id}/{from_on.isoformat()}")
        .where(col(ProductionRow.service_key).startswith(f"{kitchen.kitchen_id}/", autoescape=True))
    )
    found = [parse_service(key, kitchen.zone) for key in session.exec(query)]
    return sorted((one for one in found if one.service_on <= to_on), key=lambda one: one.start_at)


def find_gaps(
    session: Session,
    desk: CheckDesk,
    from_on: date,
    to_on: date,
    floors: Sequence[Floor] | None = None,
) -> tuple[Gap, ...]:
    """
    What is missing from some dates, both included: what is not watched first, then by date.

    Floors that were read before are given, else they are read. A check of today is missing once its time is
    over, a step or a sample once its day is. Nothing is asked of the days before the kitchen's first entry.
    """
    ensure(desk.actor, "checks.read", kitchen_id=desk.kitchen.kitchen_id)
    registry = read_registry(session, desk, from_on, to_on)
    from_on = max(from_on, first_check_on(session, desk.kitchen.kitchen_id) or desk.today_on)
    found = [
        *_of_registers(registry, desk, from_on),
        *_of_floors(read_floors(session, desk, from_on, to_on) if floors is None else floors, desk, from_on),
        *_of_people(session, registry, desk),
        *_of_cuts(session, desk, from_on, to_on),
    ]
    unwatched = [Gap("unwatched", desk.today_on, said) for said in registry.watch.findings()]
    return (*unwatched, *sorted(found, key=lambda one: one.on))


def _of_cuts(session: Session, desk: CheckDesk, from_on: date, to_on: date) -> list[Gap]:
    """Lots that lay in an asset during a power cut and of which nobody said what becomes of them."""
    found = []
    for cut, lots in lots_undecided(session, desk):
        on = desk.date_of(cut.to_at)
        if from_on <= on <= to_on:
            said: dict[str, Param] = {"lots": lots, "from_at": cut.from_at.isoformat()}
            said["to_at"] = cut.to_at.isoformat()
            found.append(Gap("lots", on, Coded("lots_await_word", said), cut.cut_id))
    return found


def is_late(due: Due, register: Register, desk: CheckDesk) -> bool:
    """Whether the time of a check is over."""
    if due.to_on != desk.today_on or register.due_by is None:
        return due.to_on < desk.today_on
    clock = Service("", desk.today_on, "lunch", desk.kitchen.zone).local(desk.now_at).time()
    return clock > register.due_by


def _of_registers(registry: Registry, desk: CheckDesk, from_on: date) -> list[Gap]:
    written = [(one.register, one.subject, one.on) for one in registry.checks]
    found = []
    for due in registry.due(desk.today_on):
        if is_late(due, registry.registers.by_code[due.register], desk) and not is_done(due, written):
            said = Coded("check_missing", registry.names(due.register, due.subject))
            found.append(Gap("check", due.to_on, said))
    for one in registry.checks:
        if one.on < from_on:
            continue
        register = registry.registers.by_code.get(one.register)
        names = registry.names(one.register, one.subject)
        if not one.passed and one.check_id not in registry.remedies:
            found.append(Gap("failed", one.on, Coded("check_failed_open", names), one.check_id))
        if register and register.signed and one.check_id not in registry.signs:
            found.append(Gap("unsigned", one.on, Coded("check_unsigned", names), one.check_id))
    return found


def read_floors(session: Session, desk: CheckDesk, from_on: date, to_on: date) -> list[Floor]:
    """The floors of the published services of some dates, both included."""
    services = services_between(session, desk, from_on, to_on)
    return [floor for service in services if (floor := read_floor(session, service)) is not None]


def _of_floors(floors: Sequence[Floor], desk: CheckDesk, from_on: date) -> list[Gap]:
    found = []
    for floor in floors:
        on = floor.service.service_on
        said = floor_gaps(floor, desk) if on >= from_on else []
        called = {one.code: batch_called(floor, one) for one in floor.batches}
        called |= {one.code: box_called(floor, one) for one in floor.boxes}
        for one in said:
            code = str(one.params.get("ref") or one.params.get("batch"))
            found.append(Gap("floor", on, one, about=called.get(code)))
    return found


def floor_gaps(floor: Floor, desk: CheckDesk) -> list[Coded]:
    """What the steps and samples of a service lack; of a day that is not over only what failed."""
    over = floor.service.service_on < desk.today_on
    reasons: list[Coded] = []
    for batch in floor.batches:
        reasons += batch_reasons(floor, batch.batch_id, "depart")
    inner = set(map(str, reasons))
    for box in floor.boxes:
        reasons += [one for one in box_reasons(floor, box.box_id) if str(one) not in inner]
    ahead = ("point_missing", "point_again", "batch_sample_missing")
    return [one for one in reasons if over or one.code not in ahead]


def _of_people(session: Session, registry: Registry, desk: CheckDesk) -> list[Gap]:
    today_on, found = desk.today_on, []
    for probe in registry.watch.probes.values():
        if warning := probe.warning(today_on):
            found.append(Gap("probe", today_on, warning, probe.code))
    checks = morning_checks(session, desk.kitchen.kitchen_id, today_on)
    for worker in registry.watch.workers.values():
        for said in fit_on(worker, checks, today_on):
            found.append(Gap("worker", today_on, said, worker.worker_id))
    return found


def open_points(floor: Floor) -> int:
    """Points of a floor that are not settled."""
    each = [one for points in floor.of_batch.values() for one in points]
    each += [*floor.of_box.values(), *floor.reheated.values()]
    return sum(one.standing not in SETTLED for one in each)


def touched_by(floor: Floor, person: str) -> tuple[str, ...]:
    """Codes of the batches that somebody measured or sampled."""
    measured = {
        batch_id
        for batch_id, points in floor.of_batch.items()
        for one in points
        if person in {one.person, *(try_.person for try_ in one.tries)}
    }
    sampled = {one.batch_id for one in floor.samples.values() if one.person == person}
    boxed = {box_id for box_id, one in floor.of_box.items() if one.person == person}
    inside = {batch_id for box in floor.boxes if box.box_id in boxed for batch_id in box.batch_ids}
    wanted = measured | sampled | inside
    return tuple(batch.code for batch in floor.batches if batch.batch_id in wanted)
