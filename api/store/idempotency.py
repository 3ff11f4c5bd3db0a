"""Rows of answered requests: the same key from the same user gets the same answer again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import LargeBinary, delete, update
from sqlmodel import Field, Session, col

from orders.store.base import Row, UtcDateTime


class AnswerRow(Row, table=True):
    """One request with an idempotency key, and its answer once there is one."""

    __tablename__ = "idempotent_answers"

    user_id: str = Field(primary_key=True)
    request_key: str = Field(primary_key=True)
    fingerprint: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    status: int | None = None
    media_type: str | None = None
    body: bytes | None = Field(default=None, sa_type=LargeBinary)


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What was answered.

    Parameters
    ----------
    status
        HTTP status.
    media_type
        Content type, empty when there is no body.
    body
        Bytes as sent.
    """

    status: int
    media_type: str
    body: bytes


def claim(session: Session, user_id: str, request_key: str, fingerprint: str, now_at: datetime) -> None:
    """
    Takes a key for a request that is about to be done.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the key is taken.
    """
    session.add(AnswerRow(user_id=user_id, request_key=request_key, fingerprint=fingerprint, asked_at=now_at))
    session.flush()


def load_claim(session: Session, user_id: str, request_key: str) -> tuple[str, Answer | None] | None:
    """Fingerprint of the request that holds the key and its answer if there is one; None for a free key."""
    row = session.get(AnswerRow, (user_id, request_key))
    if row is None:
        return None
    if row.status is None:
        return row.fingerprint, None
    return row.fingerprint, Answer(row.status, row.media_type or "", row.body or b"")


def keep_answer(session: Session, user_id: str, request_key: str, answer: Answer) -> None:
    """Keeps what was answered."""
    session.execute(
        update(AnswerRow)
        .where(col(AnswerRow.user_id) == user_id, col(AnswerRow.request_key) == request_key)
        .values(status=answer.status, media_type=answer.media_type, body=answer.body)
    )


def release(session: Session, user_id: str, request_key: str) -> None:
    """Frees a key whose request failed, so that it may be sent again."""
    session.execute(
        delete(AnswerRow).where(col(AnswerRow.user_id) == user_id, col(AnswerRow.request_key) == request_key)
    )


def drop_answers(session: Session, before_at: datetime) -> int:
    """Deletes the answers of requests that were asked before an instant, and says how many."""
    old = col(AnswerRow.asked_at) < before_at
    dropped = session.execute(delete(AnswerRow).where(old, col(AnswerRow.status).is_not(None)))
    return int(cast(Any, dropped).rowcount)


def release_unanswered(session: Session) -> None:
    """Frees every key without an answer: run at start, when no request can be under way."""
    session.execute(delete(AnswerRow).where(col(AnswerRow.status).is_(None)))
