"""Standing orders and pauses: kept by staff, or by the diner and family on their own page."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor
from api.register.scope import diner_for, today_at_site
from orders.diners import Diner
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.service import Meal
from orders.standing import Pause, StandingOrder, require_alone
from orders.store.standing import load_pauses, load_standing, save_pause, save_standing


@dataclass(frozen=True, slots=True)
class NewStanding:
    """A meal on certain weekdays; see `StandingOrder`."""

    meal: Meal
    weekdays: tuple[int, ...]
    choices: tuple[tuple[str, str], ...] = ()
    delivery: str = ""
    from_on: date | None = None
    to_on: date | None = None


def keep_standing(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, diner_id: str, new: NewStanding
) -> StandingOrder:
    """
    Keeps a standing order, from today unless a later day is named.

    Raises
    ------
    BadInput
        ``weekdays_missing`` or ``days_backwards``.
    Conflict
        ``standing_order_twice`` or ``diner_died``.
    """
    diner = diner_for(session, actor, "standing.keep", diner_id, now_at)
    _require_alive(diner)
    today_on = today_at_site(session, diner.site_id, now_at)
    weekdays = tuple(sorted(set(new.weekdays)))
    if not weekdays or not set(weekdays) <= set(range(1, 8)):
        raise BadInput("weekdays_missing")
    from_on = max(new.from_on or today_on, today_on)
    _require_order(from_on, new.to_on)
    standing = StandingOrder(
        ids.new(), diner_id, new.meal, weekdays, new.choices, new.delivery, from_on, new.to_on
    )
    require_alone(load_standing(session, [diner_id]).get(diner_id, ()), standing)
    save_standing(session, standing)
    detail = {"standing": standing.standing_id, "meal": new.meal}
    record(session, actor, "standing.keep/add", diner_id, now_at, detail)
    return standing


def end_standing(
    session: Session,
    actor: Actor,
    now_at: datetime,
    diner_id: str,
    standing_id: str,
    to_on: date | None = None,
) -> None:
    """Ends a standing order after a day; today where none is named."""
    diner = diner_for(session, actor, "standing.keep", diner_id, now_at)
    own = {one.standing_id: one for one in load_standing(session, [diner_id]).get(diner_id, ())}
    if standing_id not in own:
        raise NotFound("standing order", standing_id)
    last_on = to_on or today_at_site(session, diner.site_id, now_at)
    old = own[standing_id]
    never = old.from_on is not None and last_on < old.from_on
    save_standing(session, old if never else replace(old, to_on=last_on), ended=never)
    record(session, actor, "standing.keep/end", diner_id, now_at, {"standing": standing_id})


def keep_pause(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    diner_id: str,
    *,
    from_on: date,
    to_on: date | None,
    reason: str,
) -> Pause:
    """
    Keeps days without standing orders; orders that are placed already are cancelled by themselves, not here.

    Raises
    ------
    BadInput
        ``days_backwards``, ``pause_past`` or ``reason_missing``.
    """
    diner = diner_for(session, actor, "standing.keep", diner_id, now_at)
    _require_order(from_on, to_on)
    if to_on is not None and to_on < today_at_site(session, diner.site_id, now_at):
        raise BadInput("pause_past")
    if not reason.strip():
        raise BadInput("reason_missing")
    pause = Pause(diner_id, from_on, to_on, reason.strip(), ids.new())
    save_pause(session, pause)
    record(session, actor, "standing.keep/pause", diner_id, now_at, {"pause": pause.pause_id})
    return pause


def end_pause(session: Session, actor: Actor, now_at: datetime, diner_id: str, pause_id: str) -> None:
    """Ends a pause: today counts again; one that has not begun is taken back."""
    diner = diner_for(session, actor, "standing.keep", diner_id, now_at)
    own = {one.pause_id: one for one in load_pauses(session, [diner_id]).get(diner_id, ())}
    if pause_id not in own:
        raise NotFound("pause", pause_id)
    today_on = today_at_site(session, diner.site_id, now_at)
    old = own[pause_id]
    begun = old.from_on < today_on
    save_pause(session, replace(old, to_on=today_on - timedelta(days=1)) if begun else old, ended=not begun)
    record(session, actor, "standing.keep/resume", diner_id, now_at, {"pause": pause_id})


def _require_order(from_on: date, to_on: date | None) -> None:
    if to_on is not None and to_on < from_on:
        raise BadInput("days_backwards", from_on=from_on.isoformat(), to_on=to_on.isoformat())


def _require_alive(diner: Diner) -> None:
    if diner.died_on is not None:
        raise Conflict("diner_died", diner=diner.code)
