"""Whom an actor may act for: staff within their kitchen or site, family for the elders bound to them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Concatenate, Literal, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.db import hold
from api.permissions import Actor, ensure
from orders.diners import Diner
from orders.errors import Forbidden, NotFound
from orders.store.bindings import diners_of, load_binding
from orders.store.credentials import load_credential
from orders.store.diners import load_diner
from orders.store.enrolments import load_enrolment
from orders.store.sites import canteen_names, kitchen_of_site, load_kitchen, load_kitchens

Held = Literal["card", "enrolment", "binding"]
Said = ParamSpec("Said")
Done = TypeVar("Done")


def hold_people(session: Session, diner_id: str) -> None:
    """Waits until nobody else changes this diner, neither at a desk nor by a roster."""
    hold(session, f"diner/{diner_id}")
    hold(session, "import/diners")


def today_at_site(session: Session, site_id: str, now_at: datetime) -> date:
    """The date at the kitchen that feeds a site; of the first kitchen when there is no such site."""
    kitchen_id = kitchen_of_site(session, site_id)
    kitchen = load_kitchen(session, kitchen_id) if kitchen_id else None
    kitchens = [kitchen] if kitchen else load_kitchens(session)
    zone = kitchens[0].zone if kitchens else "UTC"
    return now_at.astimezone(ZoneInfo(zone)).date()


def ensure_site(session: Session, actor: Actor, act: str, site_id: str) -> None:
    """
    Refuses an act at a site that is not the actor's.

    Raises
    ------
    NotFound
        When there is no such site.
    Forbidden
        When the role or the scope does not allow it.
    """
    kitchen_id = kitchen_of_site(session, site_id)
    if kitchen_id is None:
        raise NotFound("site", site_id)
    ensure(actor, act, site_id=site_id, kitchen_id=kitchen_id)


def diner_for(session: Session, actor: Actor, act: str, diner_id: str, now_at: datetime) -> Diner:
    """
    The diner, for somebody who may do this act for them today.

    Parameters
    ----------
    session
        Open transaction.
    actor, act
        Who, and a key of `ACTS`; a user of the role diner acts for the diners bound to them.
    diner_id
        Row id.
    now_at
        The present instant.

    Raises
    ------
    NotFound
        When there is no such diner.
    Forbidden
        ``role_may_not``, ``outside_scope`` or ``not_bound_to_diner``.
    """
    ensure(actor, act)
    diner = load_diner(session, diner_id)
    if diner is None:
        raise NotFound("diner", diner_id)
    if actor.role == "diner":
        if diner_id not in diners_of(session, actor.user_id, today_at_site(session, diner.site_id, now_at)):
            raise Forbidden("not_bound_to_diner")
    else:
        kitchen_id = kitchen_of_site(session, diner.site_id)
        ensure(actor, act, site_id=diner.site_id, kitchen_id=kitchen_id)
    return diner


def on_own(
    held: Held, diner_id: str, act: Callable[Concatenate[Session, Actor, datetime, str, Said], Done]
) -> Callable[Concatenate[Session, Actor, datetime, str, Said], Done]:
    """
    The act on a card, enrolment or binding, done only where the row is this diner's.

    Raises
    ------
    NotFound
        When there is no such row, or it is somebody else's.
    """

    def done(
        session: Session,
        actor: Actor,
        now_at: datetime,
        row_id: str,
        /,
        *args: Said.args,
        **said: Said.kwargs,
    ) -> Done:
        load = {"card": load_credential, "enrolment": load_enrolment, "binding": load_binding}[held]
        found = load(session, row_id)
        if found is None or found.diner_id != diner_id:
            raise NotFound(held, row_id)
        return act(session, actor, now_at, row_id, *args, **said)

    return done


def sites_of_actor(session: Session, actor: Actor) -> dict[str, str]:
    """Code and name of the canteens that an actor registers people for."""
    names = canteen_names(session, actor.kitchen_id)
    return {site_id: name for site_id, name in names.items() if actor.site_id in (None, site_id)}
