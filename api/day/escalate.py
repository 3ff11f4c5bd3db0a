"""Whom an alarm calls, step by step of its timetable, until somebody answers; timers outlive a restart."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlmodel import Session

from api.day.alarm_places import alarm_places
from api.jobs import Handler
from api.outbox import Message, put
from api.store.jobs import Job, finish_job, load_jobs, save_job
from api.words import LANGUAGES, say
from orders.ids import IdSource
from telemetry.alarm_rules import AlarmRules, Severity, Step, step_of
from telemetry.assets import is_asset
from telemetry.store.alarm_acts import Call, save_call
from telemetry.store.alarms import AlarmRow

KIND = "alarm_step"
OF_AN_ASSET = "role:kitchen"


@dataclass(frozen=True, slots=True)
class NextStep:
    """
    What an alarm does next when nobody answers.

    Parameters
    ----------
    to
        ``"box"``, ``"role:..."``, ``"person:..."`` or ``"webhook:..."``.
    at
        When.
    """

    to: str
    at: datetime


def ask_for_steps(session: Session, rows: Collection[AlarmRow], rules: AlarmRules, ids: IdSource) -> None:
    """Takes the steps of alarms just raised that are due at once; durable timers take the others."""
    for row in rows:
        for number, one in steps_of(row, rules):
            if one.after_s == 0 and one.target != "webhook":
                save_call(session, Call(row.alarm_id, number, one.to, rules.revision, row.raised_at))
                continue
            payload = {"alarm": row.alarm_id, "number": number, "to": one.to, "rules": rules.revision}
            due_at = row.raised_at + timedelta(seconds=one.after_s)
            save_job(session, Job(ids.new(), KIND, f"{row.alarm_id}/{number}", payload, due_at, 0))


def steps_of(row: AlarmRow, rules: AlarmRules) -> list[tuple[int, Step]]:
    """
    The steps of an alarm's timetable with their numbers.

    An asset is with nobody: instead of whoever has the box its alarm calls the kitchen at once; what is for
    information only then calls nobody and stands in the list.
    """
    steps = list(enumerate(rules.timetable[cast(Severity, row.severity)]))
    if not is_asset(row.box_id):
        return steps
    if row.severity == "info":
        return [(number, one) for number, one in steps if one.target != "box"]
    called = [(number, one) for number, one in steps if one.target == "box"]
    others = [(number, one) for number, one in steps if one.target != "box"]
    if called:
        others = [(number, one) for number, one in others if one.to != OF_AN_ASSET]
    return [*((number, step_of(OF_AN_ASSET, one.after_s)) for number, one in called), *others]


def call_nobody_else(session: Session, alarm_ids: Collection[str], now_at: datetime) -> None:
    """Ends the timers of alarms that somebody has answered or whose cause is gone."""
    ended = set(alarm_ids)
    for job in load_jobs(session, KIND) if ended else ():
        if job.payload["alarm"] in ended:
            finish_job(session, job.job_id, now_at)


def next_steps(session: Session, rows: Collection[AlarmRow]) -> dict[str, NextStep]:
    """What each of these alarms does next, by id; one that was answered or is over does nothing more."""
    waiting = {row.alarm_id for row in rows if row.acknowledged_at is None and row.cleared_at is None}
    found: dict[str, NextStep] = {}
    for job in load_jobs(session, KIND) if waiting else ():
        alarm_id = str(job.payload["alarm"])
        if alarm_id in waiting and alarm_id not in found:
            found[alarm_id] = NextStep(str(job.payload["to"]), job.due_at)
    return found


def alarm_timers(ids: IdSource) -> Mapping[str, Handler]:
    """
    The handlers of the alarms' timers.

    Parameters
    ----------
    ids
        Source of the messages' row ids.
    """

    def take(session: Session, job: Job, now_at: datetime) -> None:
        row = session.get(AlarmRow, job.payload["alarm"], with_for_update=True)
        if row is None or row.acknowledged_at is not None or row.cleared_at is not None:
            return
        number, to = int(job.payload["number"]), str(job.payload["to"])
        save_call(session, Call(row.alarm_id, number, to, int(job.payload["rules"]), now_at))
        step = step_of(to, 0)
        if step.target == "webhook":
            message = Message(
                ids.new(), step.name, f"alarm/{row.alarm_id}/{number}", _told(session, row, now_at)
            )
            put(session, message, now_at)

    return {KIND: take}


def _told(session: Session, row: AlarmRow, now_at: datetime) -> dict[str, Any]:
    """What a webhook is told of an alarm: places by their codes, nobody's name."""
    place = alarm_places(session, [row.box_id])[row.box_id]
    return {
        "event": "alarm",
        "alarm_id": row.alarm_id,
        "kind": row.kind,
        "severity": row.severity,
        "kitchen": place.kitchen_id,
        "service": place.service.key if place.service else None,
        "box": None if place.asset_kind else place.code,
        "site": place.site_id or None,
        "asset": place.code if place.asset_kind else None,
        "raised_at": row.raised_at.isoformat(),
        "called_at": now_at.isoformat(),
        "words": {language: say(row.reason, language) for language in LANGUAGES},
    }
