"""Rows of live configuration: every revision kept, with validity and author."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, col, select

from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class ConfigRow(Row, table=True):
    """One revision of one piece of configuration, for example ``safety_profile`` ``gb``."""

    __tablename__ = "config_revisions"
    __table_args__ = (CheckConstraint("revision >= 1", name="revision"), {"info": APPEND_ONLY})

    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    body: dict[str, Any] = Field(sa_type=JsonColumn)
    valid_from_on: date | None = None
    author: str
    made_at: datetime = Field(sa_type=UtcDateTime)


def save_config(
    session: Session,
    kind: str,
    name: str,
    body: Mapping[str, Any],
    *,
    author: str,
    made_at: datetime,
    valid_from_on: date | None = None,
) -> int:
    """Keeps a piece of configuration as a new revision when it differs; gives the revision that holds it."""
    last = _last(session, kind, name, None)
    if last is not None and last.body == dict(body):
        return last.revision
    revision = 1 if last is None else last.revision + 1
    session.add(
        ConfigRow(
            kind=kind,
            name=name,
            revision=revision,
            body=dict(body),
            valid_from_on=valid_from_on,
            author=author,
            made_at=made_at,
        )
    )
    session.flush()
    return revision


def load_config(
    session: Session, kind: str, name: str, day_on: date | None = None
) -> tuple[int, dict[str, Any]] | None:
    """Revision and body of what is in force, on a day if one is given; None when there is none."""
    row = _last(session, kind, name, day_on)
    return None if row is None else (row.revision, dict(row.body))


def load_revision(session: Session, kind: str, name: str, revision: int) -> dict[str, Any] | None:
    """Body of one revision, whether it is in force or not; None when there is none."""
    row = session.get(ConfigRow, (kind, name, revision))
    return None if row is None else dict(row.body)


def config_names(session: Session, kind: str) -> list[str]:
    """Names of a kind, in order."""
    return list(
        session.exec(select(ConfigRow.name).where(ConfigRow.kind == kind).distinct().order_by("name"))
    )


def _last(session: Session, kind: str, name: str, day_on: date | None) -> ConfigRow | None:
    query = select(ConfigRow).where(ConfigRow.kind == kind, ConfigRow.name == name)
    if day_on is not None:
        started = col(ConfigRow.valid_from_on)
        query = query.where(started.is_(None) | (started <= day_on))
    return session.exec(query.order_by(col(ConfigRow.revision).desc())).first()
