"""Rows of pay files and of the accounts that they pay to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, Session, col, select

from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY


class PayFileRow(Row, table=True):
    """A file for the bank, as it was handed out."""

    __tablename__ = "pay_files"
    __table_args__ = ({"info": APPEND_ONLY},)

    pay_file_id: str = Field(primary_key=True)
    statements: list[str] = Field(sa_type=JsonColumn)
    payments: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    total_fen: int
    made_by: str
    made_at: datetime = Field(sa_type=UtcDateTime)


class PayeeAccountRow(Row, table=True):
    """Where a payee is paid; the newest row stands."""

    __tablename__ = "payee_accounts"
    __table_args__ = (Index("ix_payee_accounts_payee", "payee", "recorded_at"), {"info": APPEND_ONLY})

    account_id: str = Field(primary_key=True)
    payee: str
    holder: str
    reference: str
    recorded_by: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class PayeeAccount:
    """
    Where a payee is paid.

    Parameters
    ----------
    payee
        A site's id, or the programme's word.
    holder
        Name of the account's holder.
    reference
        How the bank knows the account.
    """

    payee: str
    holder: str
    reference: str


@dataclass(frozen=True, slots=True)
class Payment:
    """
    One row of a pay file.

    Parameters
    ----------
    payer, payee
        Who pays whom.
    holder, reference
        The account.
    amount_fen
        How much, fen; at least 1.
    purpose
        What for: programme and periods.
    """

    payer: str
    payee: str
    holder: str
    reference: str
    amount_fen: int
    purpose: str


@dataclass(frozen=True, slots=True)
class PayFile:
    """
    A file for the bank.

    Parameters
    ----------
    pay_file_id
        Row id.
    statements
        Ids of the statements that it pays.
    payments
        By payer and payee.
    total_fen
        Sum of the payments, fen.
    made_by, made_at
        Who made it, and when.
    """

    pay_file_id: str
    statements: tuple[str, ...]
    payments: tuple[Payment, ...]
    total_fen: int
    made_by: str
    made_at: datetime


def save_account(
    session: Session, account_id: str, account: PayeeAccount, recorded_by: str, recorded_at: datetime
) -> None:
    """Keeps where a payee is paid from now on."""
    row = {"account_id": account_id, "payee": account.payee, "holder": account.holder}
    row |= {"reference": account.reference, "recorded_by": recorded_by}
    insert_rows(session, PayeeAccountRow, [{**row, "recorded_at": recorded_at}])


def load_accounts(session: Session) -> dict[str, PayeeAccount]:
    """Where each payee is paid now."""
    order = (col(PayeeAccountRow.recorded_at), col(PayeeAccountRow.account_id))
    rows = session.exec(select(PayeeAccountRow).order_by(*order))
    return {row.payee: PayeeAccount(row.payee, row.holder, row.reference) for row in rows}


def save_pay_file(session: Session, file: PayFile) -> None:
    """Keeps a pay file."""
    names = ("payer", "payee", "holder", "reference", "amount_fen", "purpose")
    row = {
        "pay_file_id": file.pay_file_id,
        "statements": list(file.statements),
        "payments": [{name: getattr(one, name) for name in names} for one in file.payments],
        "total_fen": file.total_fen,
        "made_by": file.made_by,
        "made_at": file.made_at,
    }
    insert_rows(session, PayFileRow, [row])


def load_pay_file(session: Session, pay_file_id: str) -> PayFile | None:
    """A pay file, or None."""
    row = session.get(PayFileRow, pay_file_id)
    return None if row is None else _file(row)


def load_pay_files(session: Session) -> Sequence[PayFile]:
    """Every pay file, the newest first."""
    rows = session.exec(select(PayFileRow).order_by(col(PayFileRow.made_at).desc()))
    return [_file(row) for row in rows]


def _file(row: PayFileRow) -> PayFile:
    payments = tuple(Payment(**payment) for payment in row.payments)
    return PayFile(row.pay_file_id, tuple(row.statements), payments, row.total_fen, row.made_by, row.made_at)
