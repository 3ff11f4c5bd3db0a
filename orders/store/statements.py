"""Statements kept: versions, lines and acts are evidence; what changes is a new row."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import func
from sqlmodel import Session, col, select

from orders.dues import Due
from orders.statement_states import ActKind, StatementAct
from orders.statements import Period
from orders.store.base import insert_rows
from orders.store.diners import DinerRow
from orders.store.orders import OrderRow
from orders.store.statement_rows import StatementActRow, StatementLineRow, StatementRow

CHUNK = 5000


OF_A_LINE = (
    "benefit_id",
    "order_id",
    "diner_id",
    "site_id",
    "service_on",
    "amount_fen",
    "revision",
    "held",
    "minutes",
)


@dataclass(frozen=True, slots=True)
class StatementHead:
    """
    One version of a statement, without its lines.

    Parameters
    ----------
    statement_id
        Row id.
    programme_id, settlement_id, payer, payee, period
        What it is the statement of.
    due_on
        Last day to pay, None where the programme sets none.
    version
        From 1; a later one replaces it.
    lines, total_fen, held_fen, minutes
        Count and sums: fen, and time for volunteers' accounts.
    steps
        Whose signatures it needs, in order.
    assumptions
        Unclear clauses that decided its amount: ``id``, ``question``, ``chosen`` and ``others``, each with
        ``option`` and ``total_fen``.
    digest
        SHA-256 of its lines; equal lines, equal digest.
    made_by, made_at
        Who made it, and when.
    effects_known
        Whether the other readings of unclear clauses were worked out.
    unsettled
        Days of the period with orders that nobody had settled when it was made; its amounts lack them.
    """

    statement_id: str
    programme_id: str
    settlement_id: str
    payer: str
    payee: str
    period: Period
    due_on: date | None
    version: int
    lines: int
    total_fen: int
    held_fen: int
    minutes: int
    steps: tuple[str, ...]
    assumptions: tuple[dict[str, Any], ...]
    digest: str
    made_by: str
    made_at: datetime
    effects_known: bool = True
    unsettled: tuple[date, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether days of its period were not settled when it was made."""
        return bool(self.unsettled)

    @property
    def key(self) -> tuple[str, str, str, str, str, date]:
        """What all versions of a statement share."""
        return (
            self.programme_id,
            self.settlement_id,
            self.payer,
            self.payee,
            self.period.label,
            self.period.from_on,
        )


@dataclass(frozen=True, slots=True)
class StatementLine:
    """
    One line of a statement.

    Parameters
    ----------
    line_no
        From 1.
    due
        What is owed.
    adjustment_id
        The approved adjustment that it carries out, None for a meal of the period.
    """

    line_no: int
    due: Due
    adjustment_id: str | None = None


def save_statement(session: Session, head: StatementHead, lines: Iterable[StatementLine]) -> None:
    """
    Keeps a version with its lines.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When this version of the statement is there.
    """
    values = {name: getattr(head, name) for name in StatementRow.model_fields if hasattr(head, name)}
    values |= {"period": head.period.label, "from_on": head.period.from_on, "to_on": head.period.to_on}
    values |= {"steps": list(head.steps), "assumptions": list(head.assumptions)}
    values |= {"unsettled": [day_on.isoformat() for day_on in head.unsettled]}
    insert_rows(session, StatementRow, [values])
    rows = [
        {
            "statement_id": head.statement_id,
            "line_no": line.line_no,
            **{name: getattr(line.due, name) for name in OF_A_LINE},
            "adjustment_id": line.adjustment_id,
        }
        for line in lines
    ]
    insert_rows(session, StatementLineRow, rows)


def load_statements(
    session: Session, programme_id: str | None = None, payee: str | None = None, *, all_versions: bool = False
) -> list[StatementHead]:
    """
    Heads of the newest versions (or of all), by due date, then settlement, payee and period.

    Parameters
    ----------
    session
        Open session.
    programme_id, payee
        Only this programme's, only this payee's; None for all.
    all_versions
        Whether replaced versions are wanted too.
    """
    query = select(StatementRow)
    if programme_id is not None:
        query = query.where(StatementRow.programme_id == programme_id)
    if payee is not None:
        query = query.where(StatementRow.payee == payee)
    heads = [_head(row) for row in session.exec(query.order_by(col(StatementRow.version)))]
    if not all_versions:
        heads = list({head.key: head for head in heads}.values())
    return sorted(heads, key=_by_due_date)


def load_statement(session: Session, statement_id: str) -> StatementHead | None:
    """One version's head, or None."""
    row = session.get(StatementRow, statement_id)
    return None if row is None else _head(row)


def newest_version(session: Session, head: StatementHead) -> int:
    """The newest version's number of a statement."""
    query = select(func.max(StatementRow.version)).where(
        StatementRow.programme_id == head.programme_id,
        StatementRow.settlement_id == head.settlement_id,
        StatementRow.payer == head.payer,
        StatementRow.payee == head.payee,
        StatementRow.period == head.period.label,
        StatementRow.from_on == head.period.from_on,
    )
    return session.exec(query).one() or 0


def load_statement_lines(session: Session, head: StatementHead) -> list[StatementLine]:
    """A version's lines by number."""
    query = select(StatementLineRow).where(StatementLineRow.statement_id == head.statement_id)
    return [_line(row, head) for row in session.exec(query.order_by(col(StatementLineRow.line_no)))]


def save_statement_act(session: Session, statement_id: str, number: int, act: StatementAct) -> None:
    """
    Keeps an act.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When somebody else acted first.
    """
    values = {name: getattr(act, name) for name in StatementActRow.model_fields if hasattr(act, name)}
    insert_rows(session, StatementActRow, [{"statement_id": statement_id, "number": number, **values}])


def load_statement_acts(
    session: Session, statement_ids: Sequence[str] | None = None
) -> dict[str, list[StatementAct]]:
    """Acts in order, by statement's id; of all statements when none are named."""
    query = select(StatementActRow)
    if statement_ids is not None:
        query = query.where(col(StatementActRow.statement_id).in_(statement_ids))
    found: dict[str, list[StatementAct]] = {}
    for row in session.exec(query.order_by(col(StatementActRow.number))):
        found.setdefault(row.statement_id, []).append(_act(row))
    return found


def adjustments_in(session: Session, adjustment_ids: Sequence[str]) -> dict[str, list[str]]:
    """Ids of the statement versions that carry an adjustment out, by its id."""
    query = select(StatementLineRow.adjustment_id, StatementLineRow.statement_id).where(
        col(StatementLineRow.adjustment_id).in_(adjustment_ids)
    )
    found: dict[str, list[str]] = {}
    for adjustment_id, statement_id in session.exec(query):
        found.setdefault(str(adjustment_id), []).append(statement_id)
    return found


def _by_due_date(head: StatementHead) -> tuple[date, str, str, str, str, date, int]:
    return (
        head.due_on or date.max,
        head.programme_id,
        head.settlement_id,
        head.payee,
        head.payer,
        head.period.from_on,
        head.version,
    )


def _head(row: StatementRow) -> StatementHead:
    return StatementHead(
        statement_id=row.statement_id,
        programme_id=row.programme_id,
        settlement_id=row.settlement_id,
        payer=row.payer,
        payee=row.payee,
        period=Period(row.period, row.from_on, row.to_on),
        due_on=row.due_on,
        version=row.version,
        lines=row.lines,
        total_fen=row.total_fen,
        held_fen=row.held_fen,
        minutes=row.minutes,
        steps=tuple(row.steps),
        assumptions=tuple(row.assumptions),
        digest=row.digest,
        made_by=row.made_by,
        made_at=row.made_at,
        effects_known=row.effects_known,
        unsettled=tuple(date.fromisoformat(day) for day in row.unsettled),
    )


def _line(row: StatementLineRow, head: StatementHead) -> StatementLine:
    due = Due(
        settlement_id=head.settlement_id,
        payer=head.payer,
        payee=head.payee,
        benefit_id=row.benefit_id,
        order_id=row.order_id,
        diner_id=row.diner_id,
        site_id=row.site_id,
        service_on=row.service_on,
        amount_fen=row.amount_fen,
        revision=row.revision,
        held=row.held,
        minutes=row.minutes,
    )
    return StatementLine(row.line_no, due, row.adjustment_id)


def _act(row: StatementActRow) -> StatementAct:
    return StatementAct(
        kind=cast(ActKind, row.kind),
        step=row.step,
        note=row.note,
        user_id=row.user_id,
        user_name=row.user_name,
        role=row.role,
        at=row.at,
    )


def numbers_of_orders(session: Session, order_ids: Collection[str]) -> dict[str, str]:
    """Order's id to the number that people know, of those that are orders."""
    found: dict[str, str] = {}
    for some in _chunks(order_ids):
        query = select(OrderRow.order_id, OrderRow.code).where(col(OrderRow.order_id).in_(some))
        found |= dict(session.exec(query).all())
    return found


def names_of_diners(session: Session, diner_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Diner's id to number and name."""
    found: dict[str, tuple[str, str]] = {}
    for some in _chunks(diner_ids):
        query = select(DinerRow.diner_id, DinerRow.code, DinerRow.name).where(
            col(DinerRow.diner_id).in_(some)
        )
        found |= {diner_id: (code, name) for diner_id, code, name in session.exec(query)}
    return found


def _chunks(ids: Collection[str]) -> Iterator[list[str]]:
    """Ids in parts that a statement of the database takes as parameters."""
    ordered = sorted(ids)
    yield from (ordered[i : i + CHUNK] for i in range(0, len(ordered), CHUNK))
