"""The driver's page: the next stop, what to unload, and the acts of leaving and handing over."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import Response
from sqlmodel import Session

from api.day.acknowledge import acknowledge_alarm
from api.day.deliver import Told, report_drop
from api.day.drive import trip_departed
from api.day.hand_over import HandOver, refusals_kept, sign
from api.day.serve import Answer
from api.day.stop_boxes import stopped_boxes
from api.day.table import Desk
from api.day.views_van import van_view
from api.pages.drops import DONE, OLDEST_S, aged, drawn, taken
from api.pages.shell import answer, chosen
from api.permissions import Actor
from api.register.secret import people_keys
from api.web.access import HouseHere, may
from api.web.render import render
from orders.errors import Conflict
from telemetry.hold_facts import HoldVerdict

router = APIRouter(prefix="/driver", include_in_schema=False)
Reader = Annotated[Actor, may("trip.read")]


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, service: str = "", van: str = "") -> Response:
    """The van's trips of the service of today."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service, van)
    return render(request, "driver.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader, service: str = "", van: str = "") -> Response:
    """The part of the page that changes by itself."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service, van)
    return render(request, "driver_live.html", done="", **facts)


@router.post("/trips/{trip_id}/depart")
def depart(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("trip.drive")],
    trip_id: str,
    service: Annotated[str, Form()] = "",
    van: Annotated[str, Form()] = "",
) -> Response:
    """The trip left the dock."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        trip_departed(session, trip_id, actor=actor, now_at=now_at, ids=house.ids)
    return _done(request, house, actor, service, van, "Have a good trip.")


@router.post("/boxes/{box_id}/handed-over")
def handed_over(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("box.hand_over")],
    box_id: str,
    portions: Annotated[int, Form()],
    core_c: Annotated[float, Form()],
    service: Annotated[str, Form()] = "",
    van: Annotated[str, Form()] = "",
) -> Response:
    """The site took the box."""
    now_at = house.clock.now()
    said = HandOver("accepted", portions=portions, core_c=core_c)

    def work(session: Session) -> HoldVerdict:
        return sign(session, box_id, said, actor=actor, now_at=now_at, ids=house.ids)

    refusals_kept(house.database, work, actor=actor, now_at=now_at, said=said)
    return _done(request, house, actor, service, van, "The box is handed over.")


@router.post("/boxes/{box_id}/refused")
def refused(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("box.hand_over")],
    box_id: str,
    reason: Annotated[str, Form(min_length=1, max_length=300)],
    core_c: Annotated[float | None, Form()] = None,
    service: Annotated[str, Form()] = "",
    van: Annotated[str, Form()] = "",
) -> Response:
    """The site does not take the box."""
    now_at = house.clock.now()
    said = HandOver("refused", core_c=core_c, reason=reason)
    with house.database.begin() as session:
        sign(session, box_id, said, actor=actor, now_at=now_at, ids=house.ids)
    return _done(request, house, actor, service, van, "The box is refused.")


@router.post("/homes/{site_id}/{order_code}/told")
def told(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("drop.deliver")],
    site_id: str,
    order_code: str,
    outcome: Annotated[Literal["handed_over", "nobody_home", "refused", "brought_back"], Form()],
    signature: Annotated[str, Form(max_length=1_000_000)] = "",
    photo: UploadFile | None = None,
    word: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=300)] = "",
    age_s: Annotated[int, Form(ge=0, le=OLDEST_S)] = 0,
    core_c: Annotated[float | None, Form()] = None,
    service: Annotated[str, Form()] = "",
    van: Annotated[str, Form()] = "",
) -> Response:
    """The word from a home's door: its boxes are signed for in the same act."""
    now_at = house.clock.now()
    said = Told(order_code, outcome, drawn(signature), taken(photo), word, reason, core_c=core_c)
    said, key = aged(said, age_s, now_at), people_keys(house.settings.data).word

    def work(session: Session) -> Answer:
        shown = chosen(session, actor, request, service)[1]
        return report_drop(session, Desk(shown, site_id, actor, now_at, house.ids), said, key)

    given = refusals_kept(house.database, work, actor=actor, now_at=now_at)
    if given.refused is not None:
        raise Conflict(given.refused.code, **given.refused.params)
    return _done(request, house, actor, service, van, DONE[outcome])


@router.post("/alarms/{alarm_id}")
def acknowledged(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("alarm.acknowledge")],
    alarm_id: str,
    comment: Annotated[str, Form(max_length=500)],
    service: Annotated[str, Form()] = "",
    van: Annotated[str, Form()] = "",
) -> Response:
    """Somebody has seen an alarm and says what was done."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        acknowledge_alarm(session, alarm_id, comment, actor=actor, now_at=now_at)
    return _done(request, house, actor, service, van, "It is noted.")


def _facts(session: Session, request: Request, actor: Actor, wanted: str, van: str) -> dict[str, Any]:
    choice, service = chosen(session, actor, request, wanted)
    view = van_view(session, service, actor.vehicle_id or van or None)
    stopped = stopped_boxes(session, service)
    return {"choice": choice, "service": service, "zone": service.zone, "view": view, "stopped": stopped}


def _done(request: Request, house: HouseHere, actor: Actor, wanted: str, van: str, done: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, request, actor, wanted, van)
    return answer(request, f"/driver?service={wanted}&van={van}", "driver_live.html", done, **facts)
