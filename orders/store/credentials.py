"""Rows of credentials: QR meal cards by digest, cards and telephones by number."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, UniqueConstraint, update
from sqlmodel import Field, Session, col, select

from orders.credentials import CREDENTIAL_KINDS, Credential, CredentialKind, scanned
from orders.store.base import Row, UtcDateTime, insert_rows
from orders.store.diners import DinerRow

_KINDS = ", ".join(f"'{kind}'" for kind in CREDENTIAL_KINDS)


class CredentialRow(Row, table=True):
    """
    One credential; a revoked one stays, so that a lost card is known when it is shown.

    ``held`` is the kind and number while it is good and NULL afterwards: two diners cannot hold one card. A
    telephone may be shared, so its ``held`` names the diner too.
    """

    __tablename__ = "credentials"
    __table_args__ = (
        UniqueConstraint("held"),
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint("(revoked_at IS NULL) = (held IS NOT NULL)", name="held"),
    )

    credential_id: str = Field(primary_key=True)
    kind: str
    diner_id: str = Field(foreign_key="diners.diner_id", index=True)
    number_or_digest: str = Field(index=True)
    last_four: str = Field(index=True)
    held: str | None = None
    issued_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = ""


def save_credential(session: Session, credential: Credential) -> None:
    """
    Keeps a new credential.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When another diner holds the card, or this one has the telephone already.
    """
    save_credentials(session, [credential])


def save_credentials(session: Session, credentials: Iterable[Credential]) -> None:
    """Keeps many new credentials at once; see `save_credential`."""
    insert_rows(session, CredentialRow, [_values(credential) for credential in credentials])


def revoke_credential(session: Session, credential_id: str, revoked_at: datetime, reason: str) -> bool:
    """Ends a credential that is good; False when it was not, or is unknown."""
    good = (col(CredentialRow.credential_id) == credential_id, col(CredentialRow.revoked_at).is_(None))
    rows = session.execute(
        update(CredentialRow)
        .where(*good)
        .values(revoked_at=revoked_at, reason=reason, held=None)
        .returning(col(CredentialRow.credential_id))
    )
    return rows.first() is not None


def load_credential(session: Session, credential_id: str) -> Credential | None:
    """The credential with this row id, or None."""
    row = session.get(CredentialRow, credential_id, populate_existing=True)
    return None if row is None else _credential(row)


def load_credentials(
    session: Session,
    diner_ids: Iterable[str] | None,
    kind: CredentialKind | None = None,
    good_only: bool = False,
) -> list[Credential]:
    """
    Credentials, the oldest first; revoked ones too unless only the good are asked for.

    Parameters
    ----------
    session
        Open transaction.
    diner_ids
        Whose; None for everybody's.
    kind
        Only of this kind; None for all.
    good_only
        Whether revoked ones are left out.
    """
    query = select(CredentialRow)
    if diner_ids is not None:
        query = query.where(col(CredentialRow.diner_id).in_(list(diner_ids)))
    if kind is not None:
        query = query.where(CredentialRow.kind == kind)
    if good_only:
        query = query.where(col(CredentialRow.revoked_at).is_(None))
    return [_credential(row) for row in session.exec(query.order_by("issued_at", "credential_id"))]


def find_by_token(session: Session, text: str) -> tuple[str, Credential | None] | None:
    """
    Whose the scanned or typed credential is.

    Parameters
    ----------
    session
        Open transaction.
    text
        ``"HC1:..."`` of a QR card, or a card's number.

    Returns
    -------
    tuple[str, Credential or None] or None
        Diner id, with the credential when it was revoked; None when nobody ever held it.
    """
    sought = scanned(text)
    if sought is None:
        return None
    kind, number = sought
    query = (
        select(CredentialRow)
        .where(CredentialRow.kind == kind, CredentialRow.number_or_digest == number)
        .order_by(col(CredentialRow.held).is_(None), col(CredentialRow.revoked_at).desc())
    )
    row = session.exec(query).first()
    if row is None:
        return None
    return row.diner_id, None if row.revoked_at is None else _credential(row)


def find_by_phone_tail(session: Session, site_id: str | None, tail: str) -> list[str]:
    """
    Diners of a site whose good telephone ends with these digits, by their codes.

    Parameters
    ----------
    session
        Open transaction.
    site_id
        Only diners of this site; None for all.
    tail
        The last four digits, or a whole number.
    """
    query = (
        select(DinerRow.diner_id)
        .join(CredentialRow, col(CredentialRow.diner_id) == col(DinerRow.diner_id))
        .where(CredentialRow.kind == "phone", col(CredentialRow.revoked_at).is_(None))
        .where(CredentialRow.last_four == tail[-4:], col(CredentialRow.number_or_digest).endswith(tail))
        .order_by(col(DinerRow.code))
    )
    if site_id is not None:
        query = query.where(DinerRow.site_id == site_id)
    return list(dict.fromkeys(session.exec(query)))


def _values(credential: Credential) -> dict[str, Any]:
    number = credential.number_or_digest
    held = f"{credential.kind}:{number}" + (f":{credential.diner_id}" if credential.kind == "phone" else "")
    return {
        "credential_id": credential.credential_id,
        "kind": credential.kind,
        "diner_id": credential.diner_id,
        "number_or_digest": number,
        "last_four": "" if credential.kind == "qr" else number[-4:],
        "held": None if credential.revoked_at else held,
        "issued_at": credential.issued_at,
        "revoked_at": credential.revoked_at,
        "reason": credential.reason,
    }


def _credential(row: CredentialRow) -> Credential:
    return Credential(
        credential_id=row.credential_id,
        kind=cast(CredentialKind, row.kind),
        diner_id=row.diner_id,
        number_or_digest=row.number_or_digest,
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        reason=row.reason,
    )
