"""Live programmes: revisions in the database, kept through the same checks as files."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, ensure
from api.programmes.files import check_table
from orders.errors import BadInput, Conflict, NotFound
from orders.programmes.differences import differences
from orders.store.programmes import (
    ProgrammeRevision,
    load_programme,
    load_revisions,
    save_programme,
)


def revision_table(session: Session, programme_id: str, revision: int) -> dict[str, Any]:
    """
    The table of one kept revision.

    Raises
    ------
    NotFound
        When there is no such revision.
    """
    body = load_programme(session, programme_id, revision)
    if body is None:
        raise NotFound("programme", f"{programme_id}@{revision}")
    return body


def add_programme(
    session: Session, actor: Actor, now_at: datetime, table: Mapping[str, Any]
) -> ProgrammeRevision:
    """
    Keeps a programme that is not here yet, as its first revision.

    Parameters
    ----------
    session
        Open transaction.
    actor, now_at
        Who, when.
    table
        As `find_programme` gives it.

    Raises
    ------
    BadInput
        ``programme_faulty`` with every fault.
    Conflict
        ``programme_there`` when the id is taken: revise it.
    """
    ensure(actor, "programme.edit")
    plain, _ = check_table(table)
    if load_revisions(session, plain["id"]):
        raise Conflict("programme_there", programme=str(plain["id"]))
    return _keep(session, actor, now_at, plain, 1)


def revised_table(
    kept: ProgrammeRevision,
    *,
    table: Mapping[str, Any] | None,
    settings: Iterable[str],
    valid_from: date | None,
    reason: str,
) -> dict[str, Any]:
    """
    The table of a next revision, checked, not kept yet.

    Parameters
    ----------
    kept
        The revision that it follows.
    table
        The whole new table; None changes single keys of the last revision.
    settings
        ``SWITCH=OPTION`` or ``KEY=VALUE``.
    valid_from
        Its first day; None as the table says.
    reason
        Why; None as the table says.

    Raises
    ------
    BadInput
        ``programme_faulty``, ``programme_other_id``, or ``programme_no_reason``.
    """
    base = dict(kept.body if table is None else table)
    if base.get("id") != kept.programme_id:
        raise BadInput("programme_other_id", programme=kept.programme_id, other=str(base.get("id")))
    changed, _ = check_table(base, settings)
    changed["revision"] = kept.revision + 1
    if valid_from is not None:
        changed["programme"]["valid_from"] = valid_from
    if reason or table is None:
        changed["revision_note"] = reason.strip()
    if not changed.get("revision_note"):
        raise BadInput("programme_no_reason", programme=kept.programme_id)
    return check_table(changed)[0]


def revise_programme(
    session: Session,
    actor: Actor,
    now_at: datetime,
    programme_id: str,
    *,
    table: Mapping[str, Any] | None = None,
    settings: Iterable[str] = (),
    valid_from: date | None = None,
    reason: str = "",
) -> ProgrammeRevision:
    """
    Keeps a new revision, which takes over on the first day of its validity.

    Parameters
    ----------
    session
        Open transaction.
    actor, now_at
        Who, when.
    programme_id
        Which programme.
    table, settings, valid_from, reason
        See `revised_table`.

    Raises
    ------
    NotFound
        When the programme is not kept here.
    Conflict
        ``programme_overlap`` when it would begin before, or on the day of, a revision that has begun;
        ``programme_unchanged`` when nothing differs.
    BadInput
        As `revised_table`.
    """
    ensure(actor, "programme.edit")
    revisions = load_revisions(session, programme_id)
    if not revisions:
        raise NotFound("programme", programme_id)
    last = revisions[-1]
    changed = revised_table(last, table=table, settings=settings, valid_from=valid_from, reason=reason)
    refuse_overlap(last, changed, now_at)
    return _keep(session, actor, now_at, changed, last.revision + 1)


def refuse_overlap(last: ProgrammeRevision, changed: Mapping[str, Any], now_at: datetime) -> None:
    """
    Refuses a revision that would take days away from one that has begun, or that changes nothing.

    Raises
    ------
    Conflict
        ``programme_unchanged`` or ``programme_overlap``.
    """
    told = {"revision", "revision_note", "programme.valid_from"}
    if all(one.key in told for one in differences(last.body, plain(changed))):
        raise Conflict("programme_unchanged", programme=last.programme_id, revision=last.revision)
    from_on = date.fromisoformat(str(plain(changed)["programme"].get("valid_from", date.min.isoformat())))
    today_on = now_at.astimezone(ZoneInfo(changed["programme"]["timezone"])).date()
    has_begun = last.valid_from_on <= today_on
    if from_on < last.valid_from_on or (has_begun and from_on == last.valid_from_on):
        raise Conflict(
            "programme_overlap",
            programme=last.programme_id,
            revision=last.revision,
            last_from=last.valid_from_on.isoformat(),
            valid_from=from_on.isoformat(),
        )


def plain(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table with dates as text, as the database keeps it."""
    kept: dict[str, Any] = json.loads(json.dumps(table, default=str))
    return kept


def _keep(
    session: Session, actor: Actor, now_at: datetime, table: Mapping[str, Any], revision: int
) -> ProgrammeRevision:
    body = plain({**table, "revision": revision})
    programme = check_table(body)[1]
    valid = (programme.programme.valid_from, programme.programme.valid_to)
    author = actor.name
    save_programme(session, programme.id, body, valid=valid, author=author, made_at=now_at)
    detail = {"revision": revision, "valid_from": valid[0].isoformat(), "reason": programme.revision_note}
    record(session, actor, "programme.edit", programme.id, now_at, detail)
    return load_revisions(session, programme.id)[-1]
