"""Rows of grants given once, and of what was bought with them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, Session, col, select

from orders.store.base import Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY


class GrantRow(Row, table=True):
    """A grant, given once for its subject."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("programme_id", "benefit_id", "subject"),
        CheckConstraint("amount_fen >= 0", name="amount"),
        {"info": APPEND_ONLY},
    )

    grant_id: str = Field(primary_key=True)
    programme_id: str
    benefit_id: str
    subject: str
    payer: str
    payee: str
    amount_fen: int
    revision: int
    granted_on: date
    evidence: str
    granted_by: str
    granted_at: datetime = Field(sa_type=UtcDateTime)


class GrantAssetRow(Row, table=True):
    """Something bought with a grant, and whose it is."""

    __tablename__ = "grant_assets"
    __table_args__ = (CheckConstraint("cost_fen > 0", name="cost"), {"info": APPEND_ONLY})

    asset_id: str = Field(primary_key=True)
    grant_id: str = Field(foreign_key="grants.grant_id", index=True)
    name: str
    purpose: str
    cost_fen: int
    owner: str
    bought_on: date
    document: str
    recorded_by: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Grant:
    """
    A grant, given once.

    Parameters
    ----------
    grant_id
        Row id.
    programme_id, benefit_id
        By which rule.
    subject
        The site or person that gets it once.
    payer, payee
        Who pays whom, in the programme's words.
    amount_fen
        How much, fen.
    revision
        Revision of the programme.
    granted_on
        Day of the decision.
    evidence
        What proves that its conditions are met.
    """

    grant_id: str
    programme_id: str
    benefit_id: str
    subject: str
    payer: str
    payee: str
    amount_fen: int
    revision: int
    granted_on: date
    evidence: str


@dataclass(frozen=True, slots=True)
class GrantAsset:
    """
    Something bought with a grant.

    Parameters
    ----------
    asset_id, grant_id
        Row id, and of which grant.
    name, purpose
        What it is, and which of the purposes that the programme allows.
    cost_fen
        What it cost, fen.
    owner
        Whose it is, in the programme's words.
    bought_on, document
        When, and the invoice.
    """

    asset_id: str
    grant_id: str
    name: str
    purpose: str
    cost_fen: int
    owner: str
    bought_on: date
    document: str


def save_grant(session: Session, grant: Grant, granted_by: str, granted_at: datetime) -> None:
    """
    Keeps a grant.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the subject has it already.
    """
    values = {name: getattr(grant, name) for name in GrantRow.model_fields if hasattr(grant, name)}
    insert_rows(session, GrantRow, [values | {"granted_by": granted_by, "granted_at": granted_at}])


def load_grants(session: Session, programme_id: str, from_on: date, to_on: date) -> list[Grant]:
    """A programme's grants decided on these days, by day and id."""
    query = (
        select(GrantRow)
        .where(
            GrantRow.programme_id == programme_id,
            GrantRow.granted_on >= from_on,
            GrantRow.granted_on <= to_on,
        )
        .order_by(col(GrantRow.granted_on), col(GrantRow.grant_id))
    )
    return [_grant(row) for row in session.exec(query)]


def load_grant(session: Session, grant_id: str) -> Grant | None:
    """One grant, or None."""
    row = session.get(GrantRow, grant_id)
    return None if row is None else _grant(row)


def save_asset(session: Session, asset: GrantAsset, recorded_by: str, recorded_at: datetime) -> None:
    """Keeps something bought with a grant."""
    values = {name: getattr(asset, name) for name in GrantAssetRow.model_fields if hasattr(asset, name)}
    insert_rows(session, GrantAssetRow, [values | {"recorded_by": recorded_by, "recorded_at": recorded_at}])


def load_assets(session: Session, grant_id: str) -> list[GrantAsset]:
    """What was bought with a grant, by day and id."""
    query = select(GrantAssetRow).where(GrantAssetRow.grant_id == grant_id)
    rows = session.exec(query.order_by(col(GrantAssetRow.bought_on), col(GrantAssetRow.asset_id)))
    return [
        GrantAsset(
            row.asset_id,
            row.grant_id,
            row.name,
            row.purpose,
            row.cost_fen,
            row.owner,
            row.bought_on,
            row.document,
        )
        for row in rows
    ]


def _grant(row: GrantRow) -> Grant:
    return Grant(
        row.grant_id,
        row.programme_id,
        row.benefit_id,
        row.subject,
        row.payer,
        row.payee,
        row.amount_fen,
        row.revision,
        row.granted_on,
        row.evidence,
    )
