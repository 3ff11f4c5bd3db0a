"""Signing in: one-time links, optional passwords, sessions. Tokens are stored as digests only."""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache

from pwdlib import PasswordHash
from sqlmodel import Session

from api.audit import record
from api.permissions import Actor
from api.store import users
from api.store.users import User
from orders.errors import BadInput, Forbidden, NotFound

TOKEN_BYTES = 32
SHORTEST_PASSWORD = 12


def new_token() -> str:
    """A fresh secret of 256 random bits, safe in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is stored of a token: it has 256 random bits, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_link(session: Session, actor: Actor, login: str, now_at: datetime, hours: int) -> str:
    """
    Makes a one-time sign-in link for a user.

    Parameters
    ----------
    session
        Open transaction.
    actor
        Who asks for it.
    login
        For whom.
    now_at
        When.
    hours
        How long it is good for.

    Returns
    -------
    str
        The token, shown once: the address is ``/sign-in?token=<token>``.

    Raises
    ------
    NotFound
        When there is no such user, or it is shut out.
    """
    user = users.user_by_login(session, login)
    if user is None or user.disabled_at is not None:
        raise NotFound("user", login)
    token = new_token()
    users.save_link(session, digest(token), user.actor.user_id, now_at, now_at + timedelta(hours=hours))
    record(session, actor, "users.manage/link", user.actor.user_id, now_at)
    return token


def sign_in_by_link(session: Session, token: str, now_at: datetime, hours: int) -> tuple[str, User]:
    """
    Uses a link up and opens a session.

    Returns
    -------
    tuple[str, User]
        The session's token and whose it is.

    Raises
    ------
    Forbidden
        With code ``link_not_valid``: unknown, used before, or expired.
    """
    user = users.use_link(session, digest(token), now_at)
    if user is None:
        raise Forbidden("link_not_valid")
    return open_session(session, user, now_at, hours), user


def user_by_password(session: Session, login: str, password: str) -> User:
    """
    The user of a login and its password; slow by design, so it is asked outside any writing transaction.

    Raises
    ------
    Forbidden
        With code ``sign_in_refused``, whichever of the two is wrong.
    """
    kept = users.password_hash_of(session, login)
    matches = _hasher().verify(password, kept or _nobodys_hash())
    user = users.user_by_login(session, login)
    if kept is None or user is None or not matches:
        raise Forbidden("sign_in_refused")
    return user


def open_session(session: Session, user: User, now_at: datetime, hours: int) -> str:
    """Opens a session for a user who has shown who they are; gives its token."""
    token = new_token()
    users.save_session(session, digest(token), user.actor.user_id, now_at, now_at + timedelta(hours=hours))
    record(session, user.actor, "self/sign_in", user.actor.user_id, now_at)
    return token


def set_password(session: Session, actor: Actor, user_id: str, password: str, now_at: datetime) -> None:
    """
    Sets a user's password.

    Raises
    ------
    BadInput
        When it is shorter than `SHORTEST_PASSWORD`.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput("password_too_short", shortest=SHORTEST_PASSWORD)
    users.set_password_hash(session, user_id, _hasher().hash(password))
    record(session, actor, "users.manage/password", user_id, now_at)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys_hash() -> str:
    """A hash that no password matches, so that an unknown login takes as long as a known one."""
    return _hasher().hash(new_token())
