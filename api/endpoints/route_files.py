"""The routes of a published service as files: GPX of a trip for a navigator, GeoJSON of all for a map."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.day.route_files import MEDIA, RouteWish, route_files
from api.endpoints.day import ServiceHere
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may

router = APIRouter(tags=["day"])
PATH = "/api/v1/services/{kitchen_id}/{service_on}/{meal}"
Rider = Annotated[Actor, may("trip.read")]


@router.get(
    PATH + "/trips/{trip}.gpx", response_class=Response, responses={200: {"content": {MEDIA["gpx"]: {}}}}
)
def trip_gpx(
    trip: str,
    service: ServiceHere,
    house: HouseHere,
    language: LanguageHere,
    actor: Rider,
    gcj02: bool = False,
) -> Response:
    """One trip for a navigator, WGS-84 or as Chinese web maps draw it; a driver gets the own van's."""
    return _sent(house, service, RouteWish(("gpx",), trip, language, gcj02), actor)


@router.get(
    PATH + "/routes.geojson", response_class=Response, responses={200: {"content": {MEDIA["geojson"]: {}}}}
)
def routes_geojson(
    service: ServiceHere, house: HouseHere, language: LanguageHere, actor: Rider, gcj02: bool = False
) -> Response:
    """All trips for a map, and what no van brings; a driver gets the own van's trips."""
    return _sent(house, service, RouteWish(("geojson",), "", language, gcj02), actor)


def _sent(house: HouseHere, service: ServiceHere, wish: RouteWish, actor: Actor) -> Response:
    [file] = route_files(house.database, service, wish, actor=actor, now_at=house.clock.now())
    shown = f"{service.key.replace('/', '-')}-{file.name}"
    headers = {"content-disposition": f'attachment; filename="{shown}"', "cache-control": "no-store"}
    return Response(file.content, media_type=MEDIA[file.kind], headers=headers)
