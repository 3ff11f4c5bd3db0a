"""The washing place's page: every carrier where it stands, scanned or chosen, washed, mended, lost."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.carriers.desk import (
    CarrierDesk,
    CarrierTold,
    carrier_code,
    methods,
    need_carrier,
    take_back_event,
    write_down,
)
from api.carriers.views import carrier_file, carriers_view
from api.pages.shell import answer
from api.permissions import Actor, ensure
from api.web.access import HouseHere, LanguageHere, may
from api.web.render import render
from api.words import gettext
from kitchen.carriers import ACTS
from orders.errors import BadInput, NotFound
from orders.store.sites import load_kitchens

router = APIRouter(prefix="/carriers", include_in_schema=False)
Keeper = Annotated[Actor, may("carrier.keep")]
Reader = Annotated[Actor, may("carrier.read")]


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, kitchen: str = "") -> Response:
    """The carriers of the actor's kitchen."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen)
    return render(request, "carriers.html", undo=(), **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader, kitchen: str = "") -> Response:
    """The part of the page that acts change."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen)
    return render(request, "carriers_live.html", done="", undo=(), **facts)


@router.get("/{code}")
def one(request: Request, house: HouseHere, actor: Reader, code: str, kitchen: str = "") -> Response:
    """One carrier with what was written down of it."""
    with house.database.read() as session:
        desk = _desk(session, house, actor, kitchen)
        view, events = carrier_file(session, desk, need_carrier(session, desk.kitchen.kitchen_id, code))
    return render(
        request,
        "carrier.html",
        one=view,
        events=events,
        gone={event.replaces for event in events},
        kitchen=desk.kitchen,
        zone=desk.kitchen.zone,
        methods=methods(),
    )


@router.post("/events")
def told(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Keeper,
    act: Annotated[str, Form(max_length=20)],
    codes: Annotated[tuple[str, ...], Form()] = (),
    scanned: Annotated[str, Form(max_length=100)] = "",
    method: Annotated[str, Form(max_length=40)] = "",
    person: Annotated[str, Form(max_length=100)] = "",
    note: Annotated[str, Form(max_length=300)] = "",
    kitchen: Annotated[str, Form()] = "",
) -> Response:
    """Something was done with the carriers that were scanned or chosen."""
    known = next((one for one in ACTS if one == act), None)
    if known is None:
        raise BadInput("not_understood", where="act", what=act)
    with house.database.begin() as session:
        named = [*codes, scanned]
        write_down(
            session, _desk(session, house, actor, kitchen), named, CarrierTold(known, method, person, note)
        )
    done = [carrier_code(code) for code in named if code.strip()]
    words = gettext("{count} carriers: {act}.", language).format(
        count=len(done), act=gettext(f"carrier_act.{act}", language)
    )
    return _done(request, house, actor, kitchen, words, done)


@router.post("/back")
def back(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Keeper,
    codes: Annotated[list[str], Form()],
    reason: Annotated[str, Form(max_length=300)] = "",
    kitchen: Annotated[str, Form()] = "",
) -> Response:
    """Takes back what was written down last of these carriers."""
    with house.database.begin() as session:
        desk = _desk(session, house, actor, kitchen)
        for code in codes:
            take_back_event(session, desk, code, reason)
    return _done(request, house, actor, kitchen, gettext("Taken back: both records stay.", language), [])


def _desk(session: Session, house: HouseHere, actor: Actor, wanted: str) -> CarrierDesk:
    own = actor.kitchen_id or wanted
    known = load_kitchens(session)
    found = next((one for one in known if not own or one.kitchen_id == own), None)
    if found is None:
        raise NotFound("kitchen", own or "-")
    ensure(actor, "carrier.read", kitchen_id=found.kitchen_id)
    return CarrierDesk(found, actor, house.clock.now(), house.ids)


def _facts(session: Session, house: HouseHere, actor: Actor, wanted: str) -> dict[str, Any]:
    desk = _desk(session, house, actor, wanted)
    return {
        "view": carriers_view(session, desk),
        "kitchen": desk.kitchen,
        "zone": desk.kitchen.zone,
        "methods": methods(),
    }


def _done(
    request: Request, house: HouseHere, actor: Actor, kitchen: str, done: str, undo: list[str]
) -> Response:
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen)
    return answer(request, f"/carriers?kitchen={kitchen}", "carriers_live.html", done, undo=undo, **facts)
