"""Every week: standing orders and pauses, kept by diner and family here and by staff on the person's page."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House
from api.pages.register import Text
from api.pages.register_person import answer_person
from api.pages.shell import answer
from api.permissions import Actor
from api.register.scope import today_at_site
from api.register.standing_orders import NewStanding, end_pause, end_standing, keep_pause, keep_standing
from api.web.access import HouseHere, may
from api.web.forms import OpenDay
from api.web.render import render
from orders.errors import Forbidden
from orders.service import MEALS, Meal
from orders.store.bindings import diners_of
from orders.store.diners import load_diner
from orders.store.sites import load_kitchens
from orders.store.standing import load_pauses, load_standing

router = APIRouter(prefix="/standing", include_in_schema=False)
Keeper = Annotated[Actor, may("standing.keep")]
Own = Annotated[Actor, may("standing.own")]
Day = Annotated[OpenDay, Form()]


@router.get("")
def page(
    request: Request, house: HouseHere, actor: Own, wanted: Annotated[str, Query(alias="for")] = ""
) -> Response:
    """The weeks of the elders that the user acts for."""
    return render(request, "standing.html", **_facts(house, actor, wanted))


@router.post("/{diner_id}")
def standing(
    request: Request,
    house: HouseHere,
    actor: Keeper,
    diner_id: str,
    meal: Annotated[Meal, Form()],
    weekdays: Annotated[tuple[int, ...], Form()] = (),
    delivery: Annotated[Literal["", "dine_in", "volunteer"], Form()] = "",
    from_on: Day = None,
    to_on: Day = None,
) -> Response:
    """A meal is wanted every week."""
    new = NewStanding(meal, weekdays, (), delivery, from_on, to_on)
    args = (house.ids, diner_id, new)
    return _act(request, house, actor, diner_id, "Noted for every week.", keep_standing, *args)


@router.post("/{diner_id}/orders/{standing_id}/end")
def end_week(request: Request, house: HouseHere, actor: Keeper, diner_id: str, standing_id: str) -> Response:
    """A standing order ends today."""
    return _act(request, house, actor, diner_id, "It ends today.", end_standing, diner_id, standing_id)


@router.post("/{diner_id}/pauses")
def pause(
    request: Request,
    house: HouseHere,
    actor: Keeper,
    diner_id: str,
    from_on: Annotated[date, Form()],
    to_on: Day = None,
    reason: Text = "",
) -> Response:
    """The person is away for some days."""

    def act(session: Session, actor: Actor, now_at: datetime) -> None:
        days: dict[str, Any] = {"from_on": from_on, "to_on": to_on}
        keep_pause(session, actor, now_at, house.ids, diner_id, **days, reason=reason)

    return _act(request, house, actor, diner_id, "The pause is noted.", act)


@router.post("/{diner_id}/pauses/{pause_id}/end")
def resume(request: Request, house: HouseHere, actor: Keeper, diner_id: str, pause_id: str) -> Response:
    """The person is back."""
    return _act(request, house, actor, diner_id, "The pause is ended.", end_pause, diner_id, pause_id)


def _act(
    request: Request,
    house: House,
    actor: Actor,
    diner_id: str,
    done: str,
    use_case: Callable[..., object],
    *args: object,
) -> Response:
    with house.database.begin(lock=f"diner/{diner_id}") as session:
        use_case(session, actor, house.clock.now(), *args)
    if actor.may("people.read"):
        return answer_person(request, house, actor, diner_id, done)
    facts = _facts(house, actor, diner_id)
    return answer(request, f"/standing?for={diner_id}", "standing_live.html", done, **facts)


def _facts(house: House, actor: Actor, wanted: str) -> dict[str, Any]:
    now_at = house.clock.now()
    with house.database.read() as session:
        kitchens = load_kitchens(session)
        today_on = today_at_site(session, kitchens[0].kitchen_id if kitchens else "", now_at)
        own = [load_diner(session, diner_id) for diner_id in diners_of(session, actor.user_id, today_on)]
        people = [diner for diner in own if diner is not None]
        if wanted and wanted not in {diner.diner_id for diner in people}:
            raise Forbidden("not_bound_to_diner")
        diner = next((one for one in people if not wanted or one.diner_id == wanted), None)
        ids = [diner.diner_id] if diner else []
        standing = load_standing(session, ids)
        pauses = load_pauses(session, ids)
    return {
        "people": people,
        "diner": diner,
        "standing": standing.get(ids[0], ()) if ids else (),
        "pauses": pauses.get(ids[0], ()) if ids else (),
        "today_on": today_on,
        "meals": MEALS,
    }
