"""Registers: an entry is written, corrected, signed off, and acted upon when it fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.checks.by_whom import probe_named
from api.checks.desk import (
    CheckDesk,
    Watch,
    need_subject,
    open_checks,
    person_named,
    register_for,
    registers_of,
    watch_of,
)
from api.moments import happened
from api.stock.desk import need_text
from kitchen.registers import Register, Registers, Value, read_values, wrong_answers
from kitchen.staff import Worker
from kitchen.store.checks import (
    Check,
    CheckSign,
    Remedy,
    find_check,
    is_replaced,
    load_signs,
    save_check,
    save_remedy,
    save_sign,
)
from kitchen.store.staff import save_workers
from kitchen.store.watched import calibrated
from orders.errors import BadInput, Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What somebody writes into a register.

    Parameters
    ----------
    register, subject
        Which register, about whom or what: by code, name or id.
    answers
        As typed, by field.
    person
        Who looked: code or name.
    on
        For which date; None is today.
    happened_at
        When; None is now.
    action
        What was done about it when it fails; empty when nobody has said yet.
    replaces, reason
        The entry that it corrects, and why.
    """

    register: str
    subject: str
    answers: Mapping[str, str]
    person: str = ""
    on: date | None = None
    happened_at: datetime | None = None
    action: str = ""
    replaces: str | None = None
    reason: str = ""


def write_check(session: Session, desk: CheckDesk, told: Entry) -> Check:
    """
    Writes an entry down.

    Raises
    ------
    NotFound
        When there is no such register, or nobody and nothing of that name.
    BadInput
        When an answer is missing or unreadable, the person is not known, or the date lies ahead.
    Conflict
        When the entry that it corrects is corrected already.
    """
    open_checks(session, desk, "checks.keep")
    registers = registers_of(session)
    register = need_register(registers, told.register)
    watch = watch_of(session, desk.kitchen.kitchen_id, desk.today_on)
    on = told.on or desk.today_on
    if on > desk.today_on:
        raise BadInput("check_ahead", on=on.isoformat())
    values = read_values(register, told.answers)
    if told.replaces is not None:
        _require_open(session, desk, told.replaces)
    subject = need_subject(watch, register.about, told.subject)
    wrong = wrong_answers(register_for(watch, register, subject), values)
    for field in register.fields:
        if field.asks == "probe":
            probe_named(desk, watch, str(values.get(field.key, "")), desk.now_at)
    kept = Check(
        check_id=desk.ids.new(),
        register=register.code,
        subject=subject,
        on=on,
        answers=values,
        wrong=wrong,
        passed=not wrong,
        person=person_named(session, desk, watch, told.person),
        actor=desk.actor.user_id,
        happened_at=happened(told.happened_at, desk.now_at),
        recorded_at=desk.now_at,
        revision=registers.revision,
        replaces=told.replaces,
        reason=need_text(told.reason, "check_reason_missing") if told.replaces else "",
    )
    save_check(session, desk.kitchen.kitchen_id, kept)
    _note_end(session, desk, register, subject, watch, values)
    detail = {"register": register.code, "on": on.isoformat(), "passed": kept.passed}
    record(session, desk.actor, "checks.keep/entry", kept.check_id, desk.now_at, detail)
    if told.action and wrong:
        _act(session, desk, register, kept, told.action, kept.person, "")
    return kept


def sign_check(session: Session, desk: CheckDesk, check_id: str, person: str, note: str = "") -> CheckSign:
    """
    Signs an entry off.

    Raises
    ------
    NotFound
        When there is no such entry.
    BadInput
        When nobody is named, or the one who wrote it signs for himself.
    Conflict
        When it is signed or corrected already.
    """
    open_checks(session, desk, "checks.sign")
    check = _need_check(session, desk, check_id)
    _require_open(session, desk, check_id)
    if load_signs(session, [check_id]):
        raise Conflict("check_signed_already", check=check_id)
    watch = watch_of(session, desk.kitchen.kitchen_id, desk.today_on)
    name = person_named(session, desk, watch, person)
    if name == check.person:
        raise BadInput("check_signs_own", person=name)
    sign = CheckSign(check_id, name, note.strip(), desk.actor.user_id, desk.now_at)
    save_sign(session, sign)
    record(session, desk.actor, "checks.sign", check_id, desk.now_at, {"register": check.register})
    return sign


def act_on_check(
    session: Session, desk: CheckDesk, check_id: str, action: str, person: str, note: str = ""
) -> None:
    """
    Writes down what was done about an entry that failed.

    Raises
    ------
    NotFound
        When there is no such entry.
    BadInput
        When the register knows no such action, or nobody of the staff is named where they are listed.
    Conflict
        When the entry is passed.
    """
    open_checks(session, desk, "checks.keep")
    check = _need_check(session, desk, check_id)
    if check.passed:
        raise Conflict("check_passed", check=check_id)
    register = need_register(registers_of(session), check.register)
    watch = watch_of(session, desk.kitchen.kitchen_id, desk.today_on)
    _act(session, desk, register, check, action, person_named(session, desk, watch, person), note)


def need_register(registers: Registers, code: str) -> Register:
    """The register of this code; `NotFound` when there is none."""
    register = registers.by_code.get(code)
    if register is None:
        raise NotFound("register", code)
    return register


def _act(
    session: Session, desk: CheckDesk, register: Register, check: Check, action: str, person: str, note: str
) -> None:
    if action not in register.actions:
        raise BadInput("action_unknown", action=action[:40])
    done = Remedy(check.check_id, action, None, note.strip(), person, desk.actor.user_id, desk.now_at)
    save_remedy(session, desk.kitchen.kitchen_id, desk.ids.new(), done)
    record(session, desk.actor, "checks.keep/action", check.check_id, desk.now_at, {"action": action})


def _need_check(session: Session, desk: CheckDesk, check_id: str) -> Check:
    check = find_check(session, desk.kitchen.kitchen_id, check_id)
    if check is None:
        raise NotFound("check", check_id)
    return check


def _require_open(session: Session, desk: CheckDesk, check_id: str) -> None:
    _need_check(session, desk, check_id)
    if is_replaced(session, check_id):
        raise Conflict("check_replaced_already", check=check_id)


def _note_end(
    session: Session,
    desk: CheckDesk,
    register: Register,
    subject: str,
    watch: Watch,
    values: Mapping[str, Value],
) -> None:
    """A certificate or a calibration that was shown becomes the one in force."""
    if not register.ends or register.ends not in values:
        return
    ends_on = date.fromisoformat(str(values[register.ends]))
    if register.about == "probe":
        calibrated(session, desk.kitchen.kitchen_id, subject, desk.today_on, ends_on)
    elif register.about == "worker":
        one = watch.workers[subject]
        renewed = Worker(one.worker_id, one.code, one.name, one.skills, one.works_from, one.works_to, ends_on)
        author = desk.actor.user_id
        save_workers(session, desk.kitchen.kitchen_id, [renewed], author=author, changed_at=desk.now_at)
