"""Random checks: lines of a statement to visit, drawn by a printed seed, and what the visits found."""

from datetime import datetime
from typing import get_args

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, ensure
from api.settlement.acts import find_statement
from orders.errors import BadInput, NotFound
from orders.ids import IdSource
from orders.statements import check_lines
from orders.store.checks import (
    CheckList,
    CheckVisit,
    Found,
    load_check_list,
    save_check_list,
    save_check_visit,
)
from orders.store.statements import load_statement_lines


def draw_check(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    statement_id: str,
    *,
    size: int,
    seed: str = "",
) -> CheckList:
    """
    Draws lines of a statement for visits.

    Parameters
    ----------
    session, actor, now_at, ids
        The act.
    statement_id
        Which statement.
    size
        How many lines, at least 1.
    seed
        Draws the same lines again; a new one when it is empty, which nobody could know before.
    """
    ensure(actor, "statement.check")
    head = find_statement(session, actor, statement_id)
    if size < 1:
        raise BadInput("check_size", size=size)
    lines = load_statement_lines(session, head)
    number_of = {line.due: line.line_no for line in reversed(lines) if line.adjustment_id is None}
    check_id = ids.new()
    chosen = seed.strip() or check_id[-12:]
    drawn = check_lines(number_of, size, chosen)
    check = CheckList(
        check_id,
        statement_id,
        chosen,
        size,
        tuple(number_of[due] for due in drawn),
        actor.user_id,
        now_at,
    )
    save_check_list(session, check)
    detail = {"check": check_id, "seed": chosen, "lines": len(check.line_nos)}
    record(session, actor, "statement.check", statement_id, now_at, detail)
    return check


def record_visit(
    session: Session,
    actor: Actor,
    now_at: datetime,
    check_id: str,
    line_no: int,
    *,
    found: str,
    note: str = "",
) -> CheckVisit:
    """
    Writes down what a visit found for one line.

    Raises
    ------
    NotFound
        When the check has no such line.
    BadInput
        When the finding is none of the three, or a denial says nothing more.
    """
    ensure(actor, "statement.check")
    check = load_check_list(session, check_id)
    if check is None or line_no not in check.line_nos:
        raise NotFound("check_line", f"{check_id} {line_no}")
    word: Found | None = next((one for one in get_args(Found) if one == found), None)
    if word is None or (word == "denied" and not note.strip()):
        raise BadInput("visit_finding", found=found)
    visit = CheckVisit(check_id, line_no, word, note.strip(), actor.user_id, now_at)
    save_check_visit(session, visit)
    record(
        session, actor, "statement.check.visit", check.statement_id, now_at, {"line": line_no, "found": word}
    )
    return visit
