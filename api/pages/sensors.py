"""The page of sensors: which tell what, which need somebody, and what could not be used of what they sent."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.day.views_sensors import sensors_view
from api.house import House
from api.permissions import Actor
from api.store.workers import load_links
from api.web.access import HouseHere, may
from api.web.render import render
from orders.codes import Coded

router = APIRouter(prefix="/sensors", include_in_schema=False)
Reader = Annotated[Actor, may("sensors.read")]


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader) -> Response:
    """The devices that the reader may see."""
    return _shown(request, house, actor, "sensors.html")


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader) -> Response:
    """The part of the page that changes by itself."""
    return _shown(request, house, actor, "sensors_live.html")


def _shown(request: Request, house: House, actor: Actor, template: str) -> Response:
    with house.database.read() as session:
        view, links = sensors_view(session, actor, house.clock.now()), load_links(session)
    troubles: list[Coded] = request.app.state.troubles()
    return render(request, template, view=view, zone=view.zone, links=links, troubles=troubles)
