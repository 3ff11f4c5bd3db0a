"""Rows of bindings: which user acts for which diner, with what consent."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, or_, update
from sqlmodel import Field, Session, col, select

from orders.bindings import CONSENTS, RELATIONS, Binding, Consent, Relation
from orders.store.base import Row, UtcDateTime

_RELATIONS = ", ".join(f"'{relation}'" for relation in RELATIONS)
_CONSENTS = ", ".join(f"'{consent}'" for consent in CONSENTS)


class BindingRow(Row, table=True):
    """Leave of one user to act for one diner; it is ended, never deleted."""

    __tablename__ = "bindings"
    __table_args__ = (
        CheckConstraint(f"relation IN ({_RELATIONS})", name="relation"),
        CheckConstraint(f"consent_how IN ({_CONSENTS})", name="consent_how"),
    )

    binding_id: str = Field(primary_key=True)
    user_id: str = Field(index=True)
    diner_id: str = Field(foreign_key="diners.diner_id", index=True)
    relation: str
    consent_how: str
    consent_at: datetime = Field(sa_type=UtcDateTime)
    from_on: date
    to_on: date | None = None


def save_binding(session: Session, binding: Binding) -> None:
    """Keeps a new binding."""
    session.add(
        BindingRow(
            binding_id=binding.binding_id,
            user_id=binding.user_id,
            diner_id=binding.diner_id,
            relation=binding.relation,
            consent_how=binding.consent_how,
            consent_at=binding.consent_at,
            from_on=binding.from_on,
            to_on=binding.to_on,
        )
    )
    session.flush()


def end_binding(session: Session, binding_id: str, to_on: date) -> bool:
    """Sets the last day of a binding; False when there is none, or it ended before."""
    still = or_(col(BindingRow.to_on).is_(None), col(BindingRow.to_on) > to_on)
    rows = session.execute(
        update(BindingRow)
        .where(col(BindingRow.binding_id) == binding_id, still)
        .values(to_on=to_on)
        .returning(col(BindingRow.binding_id))
    )
    return rows.first() is not None


def load_bindings(
    session: Session, *, user_id: str | None = None, diner_id: str | None = None
) -> list[Binding]:
    """Bindings of a user, of a diner or both, ended ones too, the oldest first."""
    query = select(BindingRow).order_by("from_on", "binding_id")
    if user_id is not None:
        query = query.where(BindingRow.user_id == user_id)
    if diner_id is not None:
        query = query.where(BindingRow.diner_id == diner_id)
    return [_binding(row) for row in session.exec(query)]


def load_binding(session: Session, binding_id: str) -> Binding | None:
    """The binding with this row id, or None."""
    row = session.get(BindingRow, binding_id, populate_existing=True)
    return None if row is None else _binding(row)


def diners_of(session: Session, user_id: str, day_on: date) -> tuple[str, ...]:
    """The diners a user may act for on a day, each once."""
    held = (one.diner_id for one in load_bindings(session, user_id=user_id) if one.holds_on(day_on))
    return tuple(dict.fromkeys(held))


def _binding(row: BindingRow) -> Binding:
    return Binding(
        binding_id=row.binding_id,
        user_id=row.user_id,
        diner_id=row.diner_id,
        relation=cast(Relation, row.relation),
        consent_how=cast(Consent, row.consent_how),
        consent_at=row.consent_at,
        from_on=row.from_on,
        to_on=row.to_on,
    )
