"""A statement's files: the paper for signature, the spreadsheet, the rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, ensure
from api.reports.check_list import render as render_check
from api.reports.statement import Grouping, render
from api.reports.statement_tables import pay_file_csv, statement_csv, statement_xlsx
from api.settlement.acts import find_statement
from api.settlement.papers import number_of, statement_paper
from orders.errors import NotFound
from orders.store.checks import load_check_list
from orders.store.payments import load_pay_file

FileKind = Literal["pdf", "xlsx", "csv"]
MEDIA_TYPES: dict[FileKind, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class File:
    """
    A file to hand out.

    Parameters
    ----------
    name
        File name.
    content
        Its bytes.
    media_type
        What it is.
    """

    name: str
    content: bytes
    media_type: str


def statement_file(
    session: Session,
    actor: Actor,
    now_at: datetime,
    statement_id: str,
    *,
    kind: FileKind,
    language: str,
    grouping: Grouping = "day",
) -> File:
    """A statement as one file; that names were handed out is written into the audit."""
    head = find_statement(session, actor, statement_id)
    paper = statement_paper(session, head, now_at)
    if kind == "pdf":
        content = render(paper, language, grouping).pdf
    else:
        content = statement_xlsx(paper, language) if kind == "xlsx" else statement_csv(paper, language)
    record(session, actor, "statement.read", statement_id, now_at, {"file": kind, "version": head.version})
    part = "-partial" if head.is_partial else ""
    name = f"{head.programme_id}-{head.period.label}-{number_of(statement_id)}{part}.{kind}"
    return File(name, content, MEDIA_TYPES[kind])


def check_list_file(session: Session, actor: Actor, now_at: datetime, check_id: str, language: str) -> File:
    """A random check as a paper for the visits, which whoever is checked does not see."""
    ensure(actor, "check.read")
    check = load_check_list(session, check_id)
    if check is None:
        raise NotFound("check_list", check_id)
    head = find_statement(session, actor, check.statement_id)
    paper = statement_paper(session, head, now_at)
    line_of = {line.line_no: line for line in paper.lines}
    lines = [line_of[number] for number in check.line_nos]
    content = render_check(paper, lines, check.seed, language).pdf
    record(session, actor, "statement.check.print", check.statement_id, now_at, {"check": check_id})
    return File(f"check-{number_of(check_id)}.pdf", content, MEDIA_TYPES["pdf"])


def pay_file(session: Session, actor: Actor, now_at: datetime, pay_file_id: str, language: str) -> File:
    """A pay file as the bank takes it."""
    file = load_pay_file(session, pay_file_id)
    if file is None:
        raise NotFound("pay_file", pay_file_id)
    record(session, actor, "statement.pay.file", pay_file_id, now_at)
    return File(f"pay-{number_of(pay_file_id)}.csv", pay_file_csv(file, language), MEDIA_TYPES["csv"])
