"""Rows of users, their sessions and their one-time sign-in links; tokens are kept as digests only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, UniqueConstraint, update
from sqlmodel import Field, Session, col, select

from api.permissions import ROLES, Actor, Role
from orders.store.base import Row, UtcDateTime

_ROLES = ", ".join(f"'{role}'" for role in ROLES)


class UserRow(Row, table=True):
    """A person or device that may sign in."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("login"), CheckConstraint(f"role IN ({_ROLES})", name="role"))

    user_id: str = Field(primary_key=True)
    login: str
    name: str
    role: str
    kitchen_id: str | None = None
    site_id: str | None = None
    vehicle_id: str | None = None
    language: str | None = None
    password_hash: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SessionRow(Row, table=True):
    """A signed-in user's session."""

    __tablename__ = "sessions"

    token_digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.user_id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignInLinkRow(Row, table=True):
    """A link that signs one user in once."""

    __tablename__ = "sign_in_links"

    token_digest: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="users.user_id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class User:
    """
    A user as pages and commands show it.

    Parameters
    ----------
    actor
        Id, name, role and scope.
    login
        Name used to sign in and on the command line.
    language
        ``"zh_CN"`` or ``"en"``, None when never chosen.
    has_password
        Whether a password is set beside the links.
    disabled_at
        Since when the user may not sign in, None when allowed.
    """

    actor: Actor
    login: str
    language: str | None
    has_password: bool
    disabled_at: datetime | None


def save_user(
    session: Session, actor: Actor, login: str, now_at: datetime, language: str | None = None
) -> None:
    """
    Keeps a new user.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the login is taken.
    """
    session.add(
        UserRow(
            user_id=actor.user_id,
            login=login,
            name=actor.name,
            role=actor.role,
            kitchen_id=actor.kitchen_id,
            site_id=actor.site_id,
            vehicle_id=actor.vehicle_id,
            language=language,
            created_at=now_at,
        )
    )
    session.flush()


def load_users(session: Session) -> list[User]:
    """Every user, by login."""
    return [_user(row) for row in session.exec(select(UserRow).order_by(col(UserRow.login)))]


def names_of_role(session: Session, kitchen_id: str, role: Role) -> dict[str, tuple[str, ...]]:
    """Names of those of a kitchen in a role who may sign in and are bound to a site, by site, in order."""
    query = select(UserRow.site_id, UserRow.name).where(
        UserRow.kitchen_id == kitchen_id, UserRow.role == role, col(UserRow.disabled_at).is_(None)
    )
    found: dict[str, set[str]] = {}
    for site_id, name in session.exec(query):
        if site_id:
            found.setdefault(site_id, set()).add(name)
    return {site_id: tuple(sorted(names)) for site_id, names in found.items()}


def user_by_login(session: Session, login: str) -> User | None:
    """The user with this login, or None."""
    row = session.exec(select(UserRow).where(UserRow.login == login)).first()
    return None if row is None else _user(row)


def password_hash_of(session: Session, login: str) -> str | None:
    """The password's hash of a user who may sign in, None when there is no such user or no password."""
    query = select(UserRow.password_hash).where(UserRow.login == login, col(UserRow.disabled_at).is_(None))
    return session.exec(query).first()


def set_password_hash(session: Session, user_id: str, password_hash: str) -> None:
    """Replaces a user's password."""
    session.execute(
        update(UserRow).where(col(UserRow.user_id) == user_id).values(password_hash=password_hash)
    )


def set_language(session: Session, user_id: str, language: str) -> None:
    """Remembers the language a user chose."""
    session.execute(update(UserRow).where(col(UserRow.user_id) == user_id).values(language=language))


def disable_user(session: Session, user_id: str, now_at: datetime) -> None:
    """Shuts a user out and ends every session; the row stays, since evidence names it."""
    session.execute(update(UserRow).where(col(UserRow.user_id) == user_id).values(disabled_at=now_at))
    open_sessions = (col(SessionRow.user_id) == user_id, col(SessionRow.ended_at).is_(None))
    session.execute(update(SessionRow).where(*open_sessions).values(ended_at=now_at))


def save_link(
    session: Session, token_digest: str, user_id: str, now_at: datetime, expires_at: datetime
) -> None:
    """Keeps a one-time link's digest."""
    session.add(
        SignInLinkRow(token_digest=token_digest, user_id=user_id, created_at=now_at, expires_at=expires_at)
    )
    session.flush()


def use_link(session: Session, token_digest: str, now_at: datetime) -> User | None:
    """Uses a link up and gives its user; None when it is unknown, used, expired, or its user shut out."""
    fresh = (
        col(SignInLinkRow.token_digest) == token_digest,
        col(SignInLinkRow.used_at).is_(None),
        col(SignInLinkRow.expires_at) > now_at,
    )
    used = session.execute(update(SignInLinkRow).where(*fresh).values(used_at=now_at))
    if not cast(Any, used).rowcount:
        return None
    row = session.exec(
        select(UserRow)
        .join(SignInLinkRow, col(SignInLinkRow.user_id) == col(UserRow.user_id))
        .where(SignInLinkRow.token_digest == token_digest, col(UserRow.disabled_at).is_(None))
    ).first()
    return None if row is None else _user(row)


def save_session(
    session: Session, token_digest: str, user_id: str, now_at: datetime, expires_at: datetime
) -> None:
    """Keeps a new session's digest."""
    session.add(
        SessionRow(token_digest=token_digest, user_id=user_id, created_at=now_at, expires_at=expires_at)
    )
    session.flush()


def user_of_session(session: Session, token_digest: str, now_at: datetime) -> User | None:
    """The user of a session that is open at this instant, or None."""
    row = session.exec(
        select(UserRow)
        .join(SessionRow, col(SessionRow.user_id) == col(UserRow.user_id))
        .where(SessionRow.token_digest == token_digest, col(SessionRow.ended_at).is_(None))
        .where(col(SessionRow.expires_at) > now_at, col(UserRow.disabled_at).is_(None))
    ).first()
    return None if row is None else _user(row)


def end_session(session: Session, token_digest: str, now_at: datetime) -> None:
    """Ends a session."""
    session.execute(
        update(SessionRow).where(col(SessionRow.token_digest) == token_digest).values(ended_at=now_at)
    )


def _user(row: UserRow) -> User:
    actor = Actor(row.user_id, row.name, cast(Role, row.role), row.kitchen_id, row.site_id, row.vehicle_id)
    return User(actor, row.login, row.language, row.password_hash is not None, row.disabled_at)
