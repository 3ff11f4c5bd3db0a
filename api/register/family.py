"""Family and agents: users who act for elders, bound with consent."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor
from api.register.scope import diner_for, today_at_site
from api.security import issue_link
from api.store.users import load_users, save_user, user_by_login
from orders.bindings import Binding, Consent, Relation
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.store.bindings import end_binding, load_binding, load_bindings, save_binding


@dataclass(frozen=True, slots=True)
class NewBinding:
    """
    Leave to act for a diner.

    Parameters
    ----------
    login
        Of the user who will act; a new one is added.
    name
        As shown, for a new user; the login where it is missing.
    relation
        ``"self"``, ``"family"`` or ``"agent"``.
    consent_how
        How the diner, or a guardian, agreed.
    consent_at
        When; None is now.
    to_on
        Last day, None is until it is ended.
    """

    login: str
    relation: Relation
    consent_how: Consent
    name: str = ""
    consent_at: datetime | None = None
    to_on: date | None = None


def bind(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, diner_id: str, new: NewBinding
) -> Binding:
    """
    Lets a user act for a diner from today on; the user is added when the login is new.

    Raises
    ------
    BadInput
        ``login_missing``, ``days_backwards`` or ``consent_later``.
    Conflict
        ``login_of_staff`` when the login is somebody's who works here, ``bound_already``, ``diner_died``.
    """
    diner = diner_for(session, actor, "people.bind", diner_id, now_at)
    if diner.died_on is not None:
        raise Conflict("diner_died", diner=diner.code)
    today_on = today_at_site(session, diner.site_id, now_at)
    consent_at = new.consent_at or now_at
    if consent_at > now_at:
        raise BadInput("consent_later")
    if new.to_on is not None and new.to_on < today_on:
        raise BadInput("days_backwards", from_on=today_on.isoformat(), to_on=new.to_on.isoformat())
    user_id = _user(session, actor, now_at, ids, new)
    if any(one.holds_on(today_on) for one in load_bindings(session, user_id=user_id, diner_id=diner_id)):
        raise Conflict("bound_already")
    binding = Binding(
        ids.new(), user_id, diner_id, new.relation, new.consent_how, consent_at, today_on, new.to_on
    )
    save_binding(session, binding)
    detail = {"binding": binding.binding_id, "user": user_id, "relation": new.relation}
    record(session, actor, "people.bind/add", diner_id, now_at, detail)
    return binding


def unbind(session: Session, actor: Actor, now_at: datetime, binding_id: str) -> None:
    """
    Ends a user's leave to act at once: yesterday was its last day.

    Raises
    ------
    Conflict
        ``binding_ended`` when it was ended before.
    """
    binding = load_binding(session, binding_id)
    if binding is None:
        raise NotFound("binding", binding_id)
    diner = diner_for(session, actor, "people.bind", binding.diner_id, now_at)
    today_on = today_at_site(session, diner.site_id, now_at)
    last_on = date.fromordinal(today_on.toordinal() - 1)
    if not end_binding(session, binding_id, last_on):
        raise Conflict("binding_ended")
    record(session, actor, "people.bind/end", binding.diner_id, now_at, {"binding": binding_id})


def family_link(session: Session, actor: Actor, now_at: datetime, binding_id: str, hours: int) -> str:
    """
    Path of a one-time sign-in link for a bound user, shown once.

    Raises
    ------
    Forbidden
        ``outside_scope`` when the user acts for somebody whom the actor may not: the link opens both.
    Conflict
        ``binding_ended`` when the user no longer acts for the diner.
    """
    binding = load_binding(session, binding_id)
    if binding is None:
        raise NotFound("binding", binding_id)
    for one in load_bindings(session, user_id=binding.user_id):
        diner = diner_for(session, actor, "people.bind", one.diner_id, now_at)
        if one == binding and not one.holds_on(today_at_site(session, diner.site_id, now_at)):
            raise Conflict("binding_ended")
    login = logins_of(session).get(binding.user_id)
    if login is None:
        raise NotFound("user", binding.user_id)
    return f"/sign-in?token={issue_link(session, actor, login[0], now_at, hours)}"


def logins_of(session: Session) -> dict[str, tuple[str, str]]:
    """User id to login and name of everybody who may act for a diner."""
    users = (user for user in load_users(session) if user.actor.role == "diner")
    return {user.actor.user_id: (user.login, user.actor.name) for user in users}


def _user(session: Session, actor: Actor, now_at: datetime, ids: IdSource, new: NewBinding) -> str:
    login = new.login.strip()
    if not login:
        raise BadInput("login_missing")
    user = user_by_login(session, login)
    if user is not None:
        if user.actor.role != "diner":
            raise Conflict("login_of_staff", login=login)
        return user.actor.user_id
    added = Actor(ids.new(), new.name.strip() or login, "diner")
    save_user(session, added, login, now_at)
    record(session, actor, "people.bind/user", added.user_id, now_at)
    return added.user_id
