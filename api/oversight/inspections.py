"""Visits to a site, what they found and until when it is put right; samples and their results."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.oversight.sites import need_file
from api.permissions import Actor, ensure
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.oversight.inspections import (
    Inspection,
    InspectionKind,
    LabTest,
    Shortcoming,
    TestResult,
)
from orders.store.inspections import (
    load_shortcomings,
    save_inspection,
    save_lab_test,
    settle_lab_test,
    settle_shortcoming,
)


def inspect_site(
    session: Session,
    site_id: str,
    kind: InspectionKind,
    *,
    inspected_on: date,
    inspector: str,
    office: str,
    note: str,
    found: Sequence[tuple[str, date]],
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> str:
    """
    Keeps an inspection.

    Parameters
    ----------
    session
        Open transaction.
    site_id, kind
        Where, and of which kind.
    inspected_on, inspector, office, note
        When, by whom, for whom, what was seen.
    found
        What must be put right, each with its last day.
    actor, now_at, ids
        Who is signed in, when, and the source of row ids.

    Returns
    -------
    str
        Its row id.

    Raises
    ------
    BadInput
        When a name is empty or a deadline lies before the visit.
    """
    ensure(actor, "site.inspect", site_id=site_id)
    need_file(session, site_id)
    for name, value in (("inspector", inspector), ("office", office)):
        if not value.strip():
            raise BadInput("field_empty", blank=name)
    for item, due_on in found:
        if due_on < inspected_on or not item.strip():
            raise BadInput("shortcoming_unclear", item=item, due_on=due_on.isoformat())
    inspection_id = ids.new()
    inspection = Inspection(
        inspection_id, site_id, kind, inspected_on, inspector.strip(), office.strip(), note.strip()
    )
    shortcomings = [
        Shortcoming(ids.new(), inspection_id, site_id, item.strip(), due_on) for item, due_on in found
    ]
    save_inspection(session, inspection, shortcomings, now_at)
    detail = {"inspection_id": inspection_id, "kind": kind, "found": len(shortcomings)}
    record(session, actor, "site.inspect", site_id, now_at, detail)
    return inspection_id


def put_right(
    session: Session,
    shortcoming_id: str,
    *,
    site_id: str,
    done_on: date,
    done_by: str,
    remedy: str,
    actor: Actor,
    now_at: datetime,
) -> Shortcoming:
    """
    Keeps that something was put right, by whom and how.

    Raises
    ------
    NotFound
        When the site has no such shortcoming.
    Conflict
        When it was put right before, with code ``already_done``.
    """
    ensure(actor, "site.inspect", site_id=site_id)
    if shortcoming_id not in {one.shortcoming_id for one in load_shortcomings(session, site_id)}:
        raise NotFound("shortcoming", shortcoming_id)
    for name, value in (("done_by", done_by), ("remedy", remedy)):
        if not value.strip():
            raise BadInput("field_empty", blank=name)
    settled = settle_shortcoming(
        session, shortcoming_id, done_on=done_on, done_by=done_by.strip(), remedy=remedy.strip()
    )
    if settled is None:
        raise Conflict("already_done")
    record(
        session,
        actor,
        "site.inspect/put_right",
        settled.site_id,
        now_at,
        {"shortcoming_id": shortcoming_id},
    )
    return settled


def send_sample(
    session: Session,
    site_id: str,
    *,
    sample: str,
    taken_on: date,
    laboratory: str,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> str:
    """Keeps a sample sent to a laboratory; gives its row id."""
    ensure(actor, "site.inspect", site_id=site_id)
    need_file(session, site_id)
    for name, value in (("sample", sample), ("laboratory", laboratory)):
        if not value.strip():
            raise BadInput("field_empty", blank=name)
    test_id = ids.new()
    save_lab_test(session, LabTest(test_id, site_id, sample.strip(), taken_on, laboratory.strip()))
    record(session, actor, "site.inspect/sample", site_id, now_at, {"test_id": test_id})
    return test_id


def report_sample(
    session: Session,
    site_id: str,
    test_id: str,
    *,
    result: TestResult,
    reported_on: date,
    report: str,
    actor: Actor,
    now_at: datetime,
) -> None:
    """
    Keeps a laboratory's result.

    Raises
    ------
    Conflict
        When no such sample waits, with code ``already_done``.
    """
    ensure(actor, "site.inspect", site_id=site_id)
    if result == "waiting":
        raise BadInput("field_empty", blank="result")
    if not settle_lab_test(
        session, site_id, test_id, result=result, reported_on=reported_on, report=report.strip()
    ):
        raise Conflict("already_done")
    record(session, actor, "site.inspect/result", site_id, now_at, {"test_id": test_id, "result": result})
