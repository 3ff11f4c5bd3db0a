"""The canteen's page: what comes when, signing for it, and serving the right diner."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.day.acknowledge import acknowledge_alarm
from api.day.hand_over import HandOver, sign
from api.day.serve import Claim, close_table, serve_meals
from api.day.views_canteen import canteen_view
from api.pages.pinyin import initials
from api.pages.shell import answer, chosen
from api.permissions import Actor, ensure
from api.web.access import HouseHere, may
from api.web.render import render
from orders.errors import Conflict, NotFound

router = APIRouter(prefix="/canteen", include_in_schema=False)
Reader = Annotated[Actor, may("portions.discard")]
Server = Annotated[Actor, may("meal.serve")]


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, service: str = "", site: str = "") -> Response:
    """The site's boxes and diners of the service of today."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service, site)
    return render(request, "canteen.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader, service: str = "", site: str = "") -> Response:
    """The part of the page that changes by itself."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service, site)
    return render(request, "canteen_live.html", done="", **facts)


@router.post("/boxes/{box_id}/receipt")
def receipt(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("box.hand_over")],
    box_id: str,
    condition: Annotated[Literal["accepted", "refused"], Form()],
    portions: Annotated[int | None, Form()] = None,
    core_c: Annotated[float | None, Form()] = None,
    reason: Annotated[str, Form(max_length=500)] = "",
    signature: Annotated[str, Form(max_length=200_000)] = "",
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """The site takes a box, or refuses it."""
    now_at = house.clock.now()
    said = HandOver(condition, portions=portions, core_c=core_c, reason=reason, signature=signature)
    with house.database.begin() as session:
        sign(session, box_id, said, actor=actor, now_at=now_at, ids=house.ids)
    done = "The box is signed for." if condition == "accepted" else "The box is refused."
    return _done(request, house, actor, service, site, done)


@router.post("/meals/{order_code}/served")
def served(
    request: Request,
    house: HouseHere,
    actor: Server,
    order_code: str,
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """A diner got the meal."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        facts = _facts(session, request, actor, service, site)
        if facts["view"] is None:
            raise NotFound("site", site)
        answers = serve_meals(
            session,
            facts["service"],
            facts["view"].site.site_id,
            [Claim(order_code)],
            actor=actor,
            now_at=now_at,
            ids=house.ids,
        )
        refused = answers[0].refused
        if refused is not None:
            raise Conflict(refused.code, **refused.params)
    return _done(request, house, actor, service, site, "Served.")


@router.post("/table/closed")
def closed(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("portions.discard")],
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """Nobody comes any more: what is left is counted as thrown away."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        shown = chosen(session, actor, request, service)[1]
        site_id = actor.site_id or site
        close_table(session, shown, site_id, actor=actor, now_at=now_at, ids=house.ids)
    return _done(request, house, actor, service, site, "The table is closed.")


@router.post("/alarms/{alarm_id}")
def acknowledged(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("alarm.acknowledge")],
    alarm_id: str,
    comment: Annotated[str, Form(max_length=500)],
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """Somebody has seen an alarm and says what was done."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        acknowledge_alarm(session, alarm_id, comment, actor=actor, now_at=now_at)
    return _done(request, house, actor, service, site, "It is noted.")


def _facts(session: Session, request: Request, actor: Actor, wanted: str, site: str) -> dict[str, Any]:
    choice, service = chosen(session, actor, request, wanted)
    ensure(actor, "portions.discard", site_id=site or None)
    view = canteen_view(session, service, actor.site_id or site or None, request.app.state.house.clock.now())
    found = {meal.order.code: initials(meal.diner.name) for meal in view.meals} if view else {}
    return {"choice": choice, "service": service, "zone": service.zone, "view": view, "initials": found}


def _done(request: Request, house: HouseHere, actor: Actor, wanted: str, site: str, done: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, request, actor, wanted, site)
    return answer(request, f"/canteen?service={wanted}&site={site}", "canteen_live.html", done, **facts)
