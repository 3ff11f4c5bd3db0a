"""Writes the audit event of an act, in the act's own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.permissions import Actor
from api.store.audit import AuditRow


def record(
    session: Session,
    actor: Actor,
    act: str,
    subject: str,
    now_at: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """
    Writes who did what to what.

    Parameters
    ----------
    session
        The act's own transaction.
    actor
        Who.
    act
        A key of `api.permissions.ACTS`, or a finer name under one: ``"meal.serve"``.
    subject
        What it was done to: a service key, a box code, a user id. No names of persons.
    now_at
        When.
    detail
        Further facts: ids, codes, counts, instants as text.
    """
    session.add(
        AuditRow(
            user_id=actor.user_id,
            role=actor.role,
            act=act,
            subject=subject,
            at=now_at,
            detail=dict(detail or {}),
        )
    )
    session.flush()
