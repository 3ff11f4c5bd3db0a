"""Rows of drops with their proofs, and of claims that were refused: evidence."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint, func
from sqlmodel import Field, Session, col, select

from orders.codes import Coded
from orders.drops import Drop, DropOutcome, Proof, ProofKind
from orders.receipts import IdentifiedBy, TurnedAway
from orders.service import Service
from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class DropRow(Row, table=True):
    """One word about a meal on its way to a door."""

    __tablename__ = "drops"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('taken', 'handed_over', 'nobody_home', 'refused', 'brought_back')", name="outcome"
        ),
        CheckConstraint("proof IS NULL OR outcome = 'handed_over'", name="proof"),
        UniqueConstraint("order_id", "position"),
        {"info": APPEND_ONLY},
    )

    drop_id: str = Field(primary_key=True)
    service_key: str = Field(index=True)
    order_id: str = Field(foreign_key="orders.order_id")
    position: int
    site_id: str = Field(foreign_key="sites.site_id")
    outcome: str
    carrier_kind: str
    carried_by: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    proof: str | None = None
    proof_digest: str | None = Field(default=None, foreign_key="proofs.digest")
    reason: str
    offline: bool


class ProofRow(Row, table=True):
    """A picture that proves a hand-over, under the digest of its bytes."""

    __tablename__ = "proofs"
    __table_args__ = ({"info": APPEND_ONLY},)

    digest: str = Field(primary_key=True)
    media_type: str
    body: bytes = Field(sa_type=LargeBinary)
    kept_at: datetime = Field(sa_type=UtcDateTime)


class TurnedAwayRow(Row, table=True):
    """A claim that was refused."""

    __tablename__ = "turned_away"
    __table_args__ = ({"info": APPEND_ONLY},)

    claim_id: str = Field(primary_key=True)
    service_key: str = Field(index=True)
    site_id: str = Field(foreign_key="sites.site_id")
    order_id: str | None = Field(default=None, foreign_key="orders.order_id", index=True)
    diner_id: str | None = Field(default=None, foreign_key="diners.diner_id")
    code: str
    params: dict[str, Any] = Field(sa_type=JsonColumn)
    identified_by: str
    refused_by: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    offline: bool


def save_drop(session: Session, service: Service, drop_id: str, drop: Drop) -> None:
    """
    Keeps one word about a meal on its way, after those that are there; its picture must be kept before.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When somebody else said a word about the order in the same moment.
    """
    said = select(func.count()).select_from(DropRow).where(DropRow.order_id == drop.order_id)
    session.add(
        DropRow(
            drop_id=drop_id,
            service_key=service.key,
            order_id=drop.order_id,
            position=session.exec(said).one(),
            site_id=drop.site_id,
            outcome=drop.outcome,
            carrier_kind=drop.carrier_kind,
            carried_by=drop.carried_by,
            happened_at=drop.happened_at,
            recorded_at=drop.recorded_at,
            proof=drop.proof,
            proof_digest=drop.proof_digest or None,
            reason=drop.reason,
            offline=drop.offline,
        )
    )
    session.flush()


def load_drops(session: Session, service: Service) -> dict[str, Drop]:
    """Order id to the word that stands about it: the last one recorded."""
    query = select(DropRow).where(DropRow.service_key == service.key)
    rows = session.exec(query.order_by(col(DropRow.position)))
    return {row.order_id: _drop(row) for row in rows}


def drops_of_orders(session: Session, order_ids: Collection[str]) -> dict[str, Drop]:
    """As `load_drops`, for these orders of any service: carrier and proof of a hand-over."""
    query = select(DropRow).where(col(DropRow.order_id).in_(order_ids))
    rows = session.exec(query.order_by(col(DropRow.position)))
    return {row.order_id: _drop(row) for row in rows}


def taken_at(session: Session, service: Service) -> dict[str, datetime]:
    """When each order of a service first left its site for a door, by order id."""
    query = select(DropRow.order_id, func.min(DropRow.happened_at)).where(
        DropRow.service_key == service.key, DropRow.outcome == "taken"
    )
    return dict(session.exec(query.group_by(DropRow.order_id)).all())


def save_proof(session: Session, proof: Proof, kept_at: datetime) -> None:
    """Keeps a picture; one that is there already stays."""
    if session.get(ProofRow, proof.digest) is None:
        row = ProofRow(digest=proof.digest, media_type=proof.media_type, body=proof.body, kept_at=kept_at)
        session.add(row)
        session.flush()


def load_proof(session: Session, digest: str) -> Proof | None:
    """The picture with this digest, or None."""
    row = session.get(ProofRow, digest)
    return None if row is None else Proof(row.digest, row.media_type, row.body)


def site_of_proof(session: Session, digest: str) -> str | None:
    """The site of a drop that this picture proves, None when it proves none."""
    return session.exec(select(DropRow.site_id).where(DropRow.proof_digest == digest)).first()


def save_turned_away(session: Session, service: Service, claim_id: str, claim: TurnedAway) -> None:
    """Keeps one refused claim."""
    session.add(
        TurnedAwayRow(
            claim_id=claim_id,
            service_key=service.key,
            site_id=claim.site_id,
            order_id=claim.order_id or None,
            diner_id=claim.diner_id or None,
            code=claim.reason.code,
            params=dict(claim.reason.params),
            identified_by=claim.identified_by,
            refused_by=claim.by,
            happened_at=claim.happened_at,
            recorded_at=claim.recorded_at,
            offline=claim.offline,
        )
    )
    session.flush()


def load_turned_away(
    session: Session, service: Service, order_ids: Collection[str] | None = None
) -> list[TurnedAway]:
    """The refused claims of a service, of these orders or of all, as recorded."""
    query = select(TurnedAwayRow).where(TurnedAwayRow.service_key == service.key)
    if order_ids is not None:
        query = query.where(col(TurnedAwayRow.order_id).in_(order_ids))
    rows = session.exec(query.order_by(col(TurnedAwayRow.recorded_at), col(TurnedAwayRow.claim_id)))
    return [_turned_away(row) for row in rows]


def count_turned_away(session: Session, order_id: str, code: str) -> int:
    """How often a claim of this order was refused for this reason."""
    query = select(func.count()).where(TurnedAwayRow.order_id == order_id, TurnedAwayRow.code == code)
    return session.exec(query).one()


def _drop(row: DropRow) -> Drop:
    return Drop(
        order_id=row.order_id,
        site_id=row.site_id,
        outcome=cast(DropOutcome, row.outcome),
        carrier_kind=row.carrier_kind,
        carried_by=row.carried_by,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        proof=cast(ProofKind | None, row.proof),
        proof_digest=row.proof_digest or "",
        reason=row.reason,
        offline=row.offline,
    )


def _turned_away(row: TurnedAwayRow) -> TurnedAway:
    return TurnedAway(
        site_id=row.site_id,
        reason=Coded(row.code, row.params),
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        by=row.refused_by,
        order_id=row.order_id or "",
        diner_id=row.diner_id or "",
        identified_by=cast(IdentifiedBy, row.identified_by),
        offline=row.offline,
    )
