"""The floor's papers: the HACCP record of a day, and the file for an inspector at the door."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import Session

from api.checks.alarm_lines import alarm_lines
from api.checks.called import batch_called, box_called, called_by_id, portion_called
from api.checks.desk import CheckDesk
from api.checks.floor import Floor
from api.checks.gaps import (
    LOOK_BACK_DAYS,
    Gap,
    Registry,
    find_gaps,
    is_late,
    open_points,
    read_floors,
    read_registry,
)
from api.checks.keeping import sampled_batches
from api.checks.step_lines import missing_line, step_lines
from api.checks.views import entry_view
from api.permissions import ensure
from api.reports import haccp_record, inspector_file
from api.reports.check_facts import (
    DayRecord,
    EntryLine,
    HaccpRecord,
    HeldLine,
    InspectorFile,
    Mark,
    PersonLine,
    SampleLine,
)
from api.reports.facts import Named, Rendered
from api.reports.stock_facts import StockHead
from api.store.users import load_users
from api.words import gettext
from kitchen.registers import Register, RegisterField, is_done
from kitchen.samples import Sample, event_words, state_of
from kitchen.store.catalogue import load_dishes
from kitchen.store.checks import Check, load_checks
from kitchen.store.floor import batch_codes
from kitchen.store.lots import ONLY_HELD, held_lots_of
from kitchen.store.samples import load_sample_events, load_samples, open_samples, replaced_samples
from orders.codes import Coded

_POINTS = frozenset({"point_missing", "point_again", "point_failed"})
_SAMPLES = frozenset({"batch_sample_missing"})


def print_record(
    session: Session,
    desk: CheckDesk,
    from_on: date,
    to_on: date,
    language: str,
    *,
    to_write: bool = False,
) -> Rendered:
    """
    The HACCP record of some dates, both included, as a PDF.

    Parameters
    ----------
    session, desk, from_on, to_on, language
        Whose record, of which dates, in which words.
    to_write
        Whether it is written on by hand: what is not measured yet is left empty and has its row, as has each
        dish that no sample was taken of.
    """
    ensure(desk.actor, "checks.read", kitchen_id=desk.kitchen.kitchen_id)
    registry = read_registry(session, desk, from_on, to_on)
    floors = read_floors(session, desk, from_on, to_on)
    record = _record(session, desk, registry, floors, from_on, to_on)
    if to_write:
        days = tuple(_open_day(one, floors) for one in record.days)
        record = replace(record, to_write=True, days=days)
    return haccp_record.render(record, language)


def print_inspector(session: Session, desk: CheckDesk, language: str, days: int = LOOK_BACK_DAYS) -> Rendered:
    """The file for an inspector: the last days, today's gaps first, as a PDF."""
    return inspector_file.render(inspector_facts(session, desk, language, days), language)


def inspector_facts(
    session: Session, desk: CheckDesk, language: str, days: int = LOOK_BACK_DAYS
) -> InspectorFile:
    """What the file for an inspector prints."""
    ensure(desk.actor, "checks.read", kitchen_id=desk.kitchen.kitchen_id)
    today_on = desk.today_on
    from_on = today_on - timedelta(days=days - 1)
    registry = read_registry(session, desk, from_on, today_on)
    floors = read_floors(session, desk, from_on, today_on)
    gaps = find_gaps(session, desk, from_on, today_on, floors)
    kitchen, watch = desk.kitchen, registry.watch
    number = gettext("licence {number}", language).format(number=kitchen.licence_no)
    return InspectorFile(
        record=_record(session, desk, registry, floors, from_on, today_on),
        licence="  ·  ".join(part for part in (kitchen.name, number, kitchen.address, kitchen.phone) if part),
        gaps=tuple((one.on, one.about, one.said) for one in gaps if one.kind != "unwatched"),
        frozen=_frozen(session, desk),
        grid=_grid(registry, desk, floors, gaps, from_on),
        people=tuple(
            PersonLine(one.name, one.certificate_to_on, _in_force(one.certificate_to_on, today_on))
            for one in watch.workers.values()
        ),
        probes=tuple(
            PersonLine(f"{one.code} {one.name}".strip(), one.due_on, _in_force(one.due_on, today_on))
            for one in watch.probes.values()
        ),
    )


def _in_force(to_on: date | None, on: date) -> bool:
    return to_on is not None and to_on >= on


def _record(
    session: Session,
    desk: CheckDesk,
    registry: Registry,
    floors: Sequence[Floor],
    from_on: date,
    to_on: date,
) -> HaccpRecord:
    kitchen = desk.kitchen
    users = {user.actor.user_id: user.actor.name for user in load_users(session)}
    every = load_checks(session, kitchen.kitchen_id, from_on, to_on, every=True)
    replaced = {one.replaces for one in every if one.replaces}
    alarms = alarm_lines(session, desk, floors, from_on, to_on)
    days = []
    for on in (from_on + timedelta(days=step) for step in range((to_on - from_on).days + 1)):
        of_day = [floor for floor in floors if floor.service.service_on == on]
        steps = [line for floor in of_day for line in step_lines(floor, users)]
        entries = [_entry(registry, one, replaced, users) for one in every if one.on == on]
        samples = [line for floor in of_day for line in _samples(session, floor, desk)]
        held = tuple(line for floor in of_day for line in _held(floor))
        rang = alarms.get(on, ())
        days.append(DayRecord(on, tuple(steps), tuple(entries), tuple(samples), withheld=held, alarms=rang))
    head = StockHead(kitchen.name, kitchen.zone, from_on, to_on, desk.now_at)
    return HaccpRecord(head, tuple(days), registry.watch.findings())


def _open_day(day: DayRecord, floors: Sequence[Floor]) -> DayRecord:
    """A date with every point to be measured yet, listed probes or not, and every dish to be sampled."""
    of_day = [floor for floor in floors if floor.service.service_on == day.on]
    steps = list(day.steps)
    for floor in of_day if not any(floor.watch.probes for floor in of_day) else ():
        points = [(one.code, batch_called(floor, one), floor.of_batch[one.batch_id]) for one in floor.batches]
        points += [(one.code, box_called(floor, one), (floor.of_box[one.box_id],)) for one in floor.boxes]
        for code, food, of_food in points:
            steps += [missing_line(one, code, food) for one in of_food if one.standing == "missing"]
    unsampled = [
        (one.code, batch_called(floor, one))
        for floor in of_day
        for one in sampled_batches(floor.batches)
        if (one.dish_id, one.variant) not in floor.samples
    ]
    return replace(day, steps=tuple(steps), unsampled=tuple(unsampled))


def _entry(registry: Registry, check: Check, replaced: set[str], users: Mapping[str, str]) -> EntryLine:
    view = entry_view(registry, check)
    register = view.register
    mark: Mark = "corrected" if check.check_id in replaced else "passed" if check.passed else "failed"
    names = registry.registers.actions
    return EntryLine(
        at=check.happened_at,
        register=Named(register.name_zh, register.name_en) if register else Named(check.register, ""),
        about=view.name,
        answers=_answers(register, check),
        person=check.person or users.get(check.actor, check.actor),
        signer=(view.sign.person if view.sign else "") if register and register.signed else None,
        mark=mark,
        notes=check.wrong,
        actions=tuple(
            (Named(*names.get(one.action, (one.action, one.action))), f"{one.note} {one.person}".strip())
            for one in view.remedies
        ),
        reason=check.reason,
    )


def _answers(register: Register | None, check: Check) -> tuple[tuple[Named, str | bool | Named], ...]:
    if register is None:
        return tuple((Named(key, key), str(value)) for key, value in check.answers.items())
    return tuple(
        (Named(field.name_zh, field.name_en), _answer(field, check.answers[field.key]))
        for field in register.fields
        if field.key in check.answers
    )


def _answer(field: RegisterField, value: bool | float | str) -> str | bool | Named:
    if isinstance(value, bool):
        return value
    if field.kind == "choice":
        return next((Named(zh, en) for code, zh, en in field.choices if code == value), str(value))
    if isinstance(value, int | float):
        return f"{value:g} {field.unit}".strip()
    return value


def _samples(session: Session, floor: Floor, desk: CheckDesk) -> list[SampleLine]:
    """The samples of a service, those that were corrected as such."""
    found = _sample_lines(session, load_samples(session, floor.service.key), desk)
    gone = replaced_samples(session, floor.service.key)
    lines = _sample_lines(session, [one for one, _, _ in gone], desk)
    for line, (_, at, reason) in zip(lines, gone, strict=True):
        story = (*line.story, (at, Coded("sample_was_corrected", {"reason": reason})))
        found.append(replace(line, state="corrected", story=story))
    return sorted(found, key=lambda one: (one.taken_at, one.code))


def _held(floor: Floor) -> list[HeldLine]:
    called = called_by_id(floor)
    return [
        HeldLine(
            at=one.at,
            code=one.code,
            food=called.get(one.batch_id or one.box_id or "", Named("–", "–")),
            reason=one.reason,
            person=one.person,
            state="held" if one.end is None else "discard" if one.end.kind == "discarded" else "lifted",
            ended_at=one.end.at if one.end else None,
            end=one.words if one.end else None,
        )
        for one in floor.withheld
    ]


def _frozen(session: Session, desk: CheckDesk) -> tuple[SampleLine, ...]:
    every = _sample_lines(session, open_samples(session, desk.kitchen.kitchen_id), desk)
    return tuple(one for one in every if one.state == "frozen")


def _sample_lines(session: Session, samples: Sequence[Sample], desk: CheckDesk) -> list[SampleLine]:
    events = load_sample_events(session, [one.sample_id for one in samples])
    held = held_lots_of(session, [one.batch_id for one in samples], ONLY_HELD)
    dishes = load_dishes(session, {one.dish_id for one in samples})
    batches = batch_codes(session, {one.batch_id for one in samples})
    return [
        SampleLine(
            code=one.code,
            batch=batches[one.batch_id],
            dish=portion_called(dishes.get(one.dish_id), one.variant, one.dish_id),
            g=one.g,
            place=" ".join(part for part in (one.fridge, one.place) if part),
            taken_at=one.taken_at,
            person=one.person,
            keep_until_at=one.keep_until_at,
            state=state_of(one, events.get(one.sample_id, ()), desk.now_at, lot_held=one.batch_id in held),
            story=tuple((event.at, event_words(event)) for event in events.get(one.sample_id, ())),
        )
        for one in samples
    ]


def _grid(
    registry: Registry, desk: CheckDesk, floors: Sequence[Floor], gaps: Sequence[Gap], from_on: date
) -> tuple[tuple[Named, tuple[Mark, ...]], ...]:
    """How each register, the control points and the samples stand on each date."""
    days = [from_on + timedelta(days=step) for step in range((desk.today_on - from_on).days + 1)]
    rows = [
        (Named(register.name_zh, register.name_en), tuple(_marks(registry, register, desk, days)))
        for register in registry.registers.by_code.values()
    ]
    watch = registry.watch
    points: list[Mark] = [
        _floor_mark(floors, gaps, on, _POINTS, desk) if watch.probes else "none" for on in days
    ]
    kept: list[Mark] = [
        _floor_mark(floors, gaps, on, _SAMPLES, desk) if watch.fridges else "none" for on in days
    ]
    return (
        (Named(gettext("Control points", "zh_CN"), "Control points"), tuple(points)),
        (Named(gettext("Samples kept", "zh_CN"), "Samples kept"), tuple(kept)),
        *rows,
    )


def _marks(registry: Registry, register: Register, desk: CheckDesk, days: Sequence[date]) -> Iterable[Mark]:
    own = [one for one in registry.checks if one.register == register.code]
    written = [(one.register, one.subject, one.on) for one in own]
    missing = {
        due.to_on if due.to_on <= desk.today_on else desk.today_on
        for due in registry.due(desk.today_on)
        if due.register == register.code and is_late(due, register, desk) and not is_done(due, written)
    }
    for on in days:
        today = [one.passed for one in own if one.on == on]
        if on in missing:
            yield "missing"
        elif not today:
            yield "none"
        else:
            yield "passed" if all(today) else "failed"


def _floor_mark(
    floors: Sequence[Floor], gaps: Sequence[Gap], on: date, codes: frozenset[str], desk: CheckDesk
) -> Mark:
    """How the points or the samples of a date stand; one that is not over is passed when all is done."""
    of_day = [floor for floor in floors if floor.service.service_on == on]
    found = {one.said.code for one in gaps if one.kind == "floor" and one.on == on} & codes
    if "point_failed" in found:
        return "failed"
    if found:
        return "missing"
    over = on < desk.today_on or not any(open_points(floor) for floor in of_day)
    return "passed" if of_day and over else "none"
