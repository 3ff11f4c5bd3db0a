"""Adding users, giving them links, shutting them out."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, Role, ensure
from api.security import issue_link
from api.store.users import User, disable_user, save_user, user_by_login
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource


@dataclass(frozen=True, slots=True)
class NewUser:
    """
    A user to add.

    Parameters
    ----------
    login, name
        How the user signs in, and is shown.
    role
        What the user may do.
    kitchen_id, site_id, vehicle_id
        What the user is bound to; None for all. A canteen's user and a volunteer have a site.
    language
        None until chosen.
    """

    login: str
    name: str
    role: Role
    kitchen_id: str | None = None
    site_id: str | None = None
    vehicle_id: str | None = None
    language: str | None = None


AT_A_SITE = frozenset({"canteen", "volunteer"})
OPERATOR = Actor("system", "system", "admin")


def add_user(session: Session, actor: Actor, now_at: datetime, ids: IdSource, new: NewUser) -> User:
    """
    Adds a user without a password.

    Raises
    ------
    Conflict
        When the login is taken.
    BadInput
        ``user_needs_site`` when the role works at one site and none is named: no site would mean all.
    """
    ensure(actor, "users.manage")
    if user_by_login(session, new.login) is not None:
        raise Conflict("login_taken", login=new.login)
    if new.role in AT_A_SITE and not new.site_id:
        raise BadInput("user_needs_site", login=new.login)
    added = Actor(ids.new(), new.name, new.role, new.kitchen_id, new.site_id, new.vehicle_id)
    save_user(session, added, new.login, now_at, new.language)
    record(session, actor, "users.manage/add", added.user_id, now_at, {"role": new.role})
    return User(added, new.login, new.language, False, None)


def person_called(session: Session, login: str) -> Actor:
    """
    The user of this login, or the house's own when nobody is named.

    Raises
    ------
    NotFound
        When there is no such user, or it is shut out.
    """
    if not login:
        return OPERATOR
    user = user_by_login(session, login)
    if user is None or user.disabled_at is not None:
        raise NotFound("user", login)
    return user.actor


def link_for(session: Session, actor: Actor, now_at: datetime, login: str, hours: int) -> str:
    """Path of a new one-time sign-in link, ``/sign-in?token=...``; shown once."""
    ensure(actor, "users.manage")
    return f"/sign-in?token={issue_link(session, actor, login, now_at, hours)}"


def shut_out(session: Session, actor: Actor, now_at: datetime, login: str) -> None:
    """
    Shuts a user out and ends every session of it.

    Raises
    ------
    NotFound
        When there is no such user.
    """
    ensure(actor, "users.manage")
    user = user_by_login(session, login)
    if user is None:
        raise NotFound("user", login)
    disable_user(session, user.actor.user_id, now_at)
    record(session, actor, "users.manage/disable", user.actor.user_id, now_at)
