"""Rows of ID numbers: a keyed hash and the last four characters, never the number."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, select

from orders.store.base import Row, UtcDateTime, upsert


class IdentityRow(Row, table=True):
    """One diner's ID number as a keyed hash; the same number can stand for one diner only."""

    __tablename__ = "diner_identities"
    __table_args__ = (UniqueConstraint("digest"),)

    diner_id: str = Field(primary_key=True, foreign_key="diners.diner_id")
    digest: str
    last_four: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str


def save_identity(
    session: Session, diner_id: str, digest: str, last_four: str, *, recorded_at: datetime, recorded_by: str
) -> None:
    """
    Keeps a diner's ID number, or replaces one that was keyed in wrongly.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the number stands for another diner.
    """
    values = {
        "diner_id": diner_id,
        "digest": digest,
        "last_four": last_four,
        "recorded_at": recorded_at,
        "recorded_by": recorded_by,
    }
    upsert(session, IdentityRow, [values])


def has_identities(session: Session) -> bool:
    """Whether anybody's ID number is known."""
    return session.exec(select(IdentityRow.diner_id).limit(1)).first() is not None


def diner_of_identity(session: Session, digest: str) -> str | None:
    """Row id of the diner with this ID number's keyed hash, or None."""
    return session.exec(select(IdentityRow.diner_id).where(IdentityRow.digest == digest)).first()


def load_identities(session: Session, diner_ids: Iterable[str] | None = None) -> dict[str, tuple[str, str]]:
    """Diner id to keyed hash and last four of those whose number is known; None for every diner."""
    query = select(IdentityRow)
    if diner_ids is not None:
        query = query.where(col(IdentityRow.diner_id).in_(list(diner_ids)))
    return {row.diner_id: (row.digest, row.last_four) for row in session.exec(query)}
