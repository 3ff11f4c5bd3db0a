"""What a monitor takes away: sites, inspections, samples, complaints, servings counted; no person's name."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.audit import record
from api.oversight.sites_views import register_view
from api.permissions import Actor, ensure
from api.reports.sheet_facts import Sheet
from orders.errors import NotFound
from orders.oversight.inspections import status_on
from orders.service import parse_service
from orders.store.complaints import load_complaints
from orders.store.inspections import load_inspections, load_lab_tests, load_shortcomings
from orders.store.receipts import ServingRow
from orders.store.sites import canteen_names

NO_SERVING_BEFORE, NO_SERVING_AFTER = date(2000, 1, 1), date(2199, 12, 31)
SHEETS = ("sites", "inspections", "findings", "lab_tests", "complaints", "servings")


def oversight_sheets(
    session: Session, actor: Actor, from_on: date, to_on: date, *, day_on: date, now_at: datetime
) -> tuple[Sheet, ...]:
    """
    The export of some days.

    Parameters
    ----------
    session
        Open writing transaction: who took what is kept.
    actor
        Who asks; a person bound to a site gets that site.
    from_on, to_on
        First and last day of inspections, samples, complaints and servings.
    day_on
        Day on which states and deadlines are judged.
    now_at
        Present instant.
    """
    ensure(actor, "oversight.export")
    detail = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
    record(session, actor, "oversight.export", "-", now_at, detail)
    own = actor.site_id
    sheets = (
        _sites(session, actor, day_on),
        _inspections(session, own, from_on, to_on),
        _findings(session, own, from_on, to_on, day_on),
        _lab_tests(session, own, from_on, to_on),
        _complaints(session, own, from_on, to_on, day_on),
        _servings(session, own, from_on, to_on),
    )
    assert tuple(one.name for one in sheets) == SHEETS
    return sheets


def sheet_named(sheets: Sequence[Sheet], name: str) -> Sheet:
    """
    One of the sheets.

    Raises
    ------
    NotFound
        When there is none of this name.
    """
    for one in sheets:
        if one.name == name:
            return one
    raise NotFound("sheet", name)


def _sites(session: Session, actor: Actor, day_on: date) -> Sheet:
    header = (
        "site_id",
        "name",
        "programme",
        "district",
        "street",
        "state",
        "since_on",
        "until_on",
        "grade",
        "graded_on",
        "papers_expired",
        "papers_expiring",
        "overdue_findings",
    )
    rows = []
    for row in register_view(session, actor, day_on).rows:
        statuses = Counter(status for status, _ in row.due)
        rows.append(
            (
                row.file.site_id,
                row.file.name,
                row.file.programme_id,
                row.file.district,
                row.file.street,
                row.standing.state if row.standing else "",
                row.standing.since_on if row.standing else None,
                row.standing.until_on if row.standing else None,
                row.grade.grade if row.grade else "",
                row.grade.graded_on if row.grade else None,
                statuses["expired"],
                statuses["expiring"],
                row.overdue,
            )
        )
    return Sheet("sites", header, tuple(rows))


def _inspections(session: Session, own: str | None, from_on: date, to_on: date) -> Sheet:
    found = load_shortcomings(session, own)
    counts = Counter(one.inspection_id for one in found)
    rows = [
        (one.site_id, one.inspected_on, one.kind, one.office, counts[one.inspection_id])
        for one in load_inspections(session, own)
        if from_on <= one.inspected_on <= to_on
    ]
    return Sheet("inspections", ("site_id", "inspected_on", "kind", "office", "findings"), tuple(rows))


def _findings(session: Session, own: str | None, from_on: date, to_on: date, day_on: date) -> Sheet:
    visits = {one.inspection_id: one.inspected_on for one in load_inspections(session, own)}
    rows = [
        (one.site_id, visits[one.inspection_id], one.item, one.due_on, one.done_on, status_on(one, day_on))
        for one in load_shortcomings(session, own)
        if from_on <= visits[one.inspection_id] <= to_on
    ]
    header = ("site_id", "inspected_on", "item", "due_on", "done_on", "status")
    return Sheet("findings", header, tuple(rows))


def _lab_tests(session: Session, own: str | None, from_on: date, to_on: date) -> Sheet:
    rows = [
        (one.site_id, one.taken_on, one.sample, one.laboratory, one.result, one.reported_on, one.report)
        for one in load_lab_tests(session, own)
        if from_on <= one.taken_on <= to_on
    ]
    header = ("site_id", "taken_on", "sample", "laboratory", "result", "reported_on", "report")
    return Sheet("lab_tests", header, tuple(rows))


def _complaints(session: Session, own: str | None, from_on: date, to_on: date, day_on: date) -> Sheet:
    """Kinds, days and states only: what somebody wrote may name people."""
    rows = []
    for kept in load_complaints(session, from_on, to_on):
        complaint, progress = kept.complaint, kept.progress
        if own not in (None, complaint.site_id):
            continue
        late = progress.solved_on is None and progress.state != "closed" and day_on > complaint.due_on
        rows.append(
            (
                kept.code,
                complaint.site_id,
                complaint.kind,
                complaint.channel,
                complaint.received_on,
                complaint.due_on,
                progress.state,
                progress.solved_on,
                _yes_no(progress.satisfied),
                int(late),
            )
        )
    header = (
        "code",
        "site_id",
        "kind",
        "channel",
        "received_on",
        "due_on",
        "state",
        "solved_on",
        "satisfied",
        "late",
    )
    return Sheet("complaints", header, tuple(rows))


def _servings(session: Session, own: str | None, from_on: date, to_on: date) -> Sheet:
    """Meals served by site, day and meal; a serving that was taken back or corrected counts as it stands."""
    replaced = select(ServingRow.replaces).where(col(ServingRow.replaces).is_not(None))
    first_on, last_on = max(from_on, NO_SERVING_BEFORE), min(to_on, NO_SERVING_AFTER)
    near_at, past_at = (
        datetime.combine(day, time(), UTC)
        for day in (first_on - timedelta(days=1), last_on + timedelta(days=2))
    )
    query = (
        select(ServingRow.site_id, ServingRow.service_key, func.count())
        .where(col(ServingRow.serving_id).not_in(replaced), ServingRow.portions > 0)
        .where(ServingRow.happened_at >= near_at, ServingRow.happened_at < past_at)
        .group_by(ServingRow.site_id, ServingRow.service_key)
    )
    if own is not None:
        query = query.where(ServingRow.site_id == own)
    counts: Counter[tuple[str, date, str]] = Counter()
    for site_id, key, count in session.exec(query):
        service = parse_service(key)
        if from_on <= service.service_on <= to_on:
            counts[site_id, service.service_on, service.meal] += count
    names = canteen_names(session)
    rows = [
        (site, names.get(site, ""), day, meal, count) for (site, day, meal), count in sorted(counts.items())
    ]
    return Sheet("servings", ("site_id", "name", "service_on", "meal", "meals"), tuple(rows))


def _yes_no(answer: bool | None) -> str:
    return "" if answer is None else ("yes" if answer else "no")
