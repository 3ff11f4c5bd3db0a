"""The page of sensors: which tell what, which need somebody, and what could not be used of what they sent."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.day.views_sensors import sensors_view
from api.permissions import Actor
from api.web.access import HouseHere, may
from api.web.render import render

router = APIRouter(prefix="/sensors", include_in_schema=False)
Reader = Annotated[Actor, may("sensors.read")]


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader) -> Response:
    """The devices that the reader may see."""
    with house.database.read() as session:
        view = sensors_view(session, actor, house.clock.now())
    return render(request, "sensors.html", view=view, zone=view.zone)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader) -> Response:
    """The part of the page that changes by itself."""
    with house.database.read() as session:
        view = sensors_view(session, actor, house.clock.now())
    return render(request, "sensors_live.html", view=view, zone=view.zone)
