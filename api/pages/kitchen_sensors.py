"""Which sensor sat in which box: corrected on the kitchen's page of a closed box."""

from datetime import time
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.day.corrections import Hand
from api.day.pairing import SatIn, probe_sat_in
from api.day.views_acts import minute_meant
from api.pages.shell import chosen, is_fragment
from api.permissions import Actor
from api.web.access import HouseHere, may
from kitchen.store.acts import load_record
from orders.errors import NotFound

router = APIRouter(prefix="/kitchen/boxes", include_in_schema=False)


@router.post("/{box_id}/sensors")
def sat_in(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("box.pack")],
    box_id: str,
    sensor: Annotated[str, Form(min_length=1, max_length=140)],
    clock: Annotated[time, Form()],
    other_id: Annotated[str, Form(max_length=40)] = "",
    service: Annotated[str, Form()] = "",
) -> Response:
    """From a minute on a sensor sat in another box, in this one, or in none."""
    hand = Hand(actor, house.clock.now(), house.ids)
    with house.database.begin() as session:
        packed = load_record(session, "packed", box_id)
        if packed is None or packed.withdrawn:
            raise NotFound("act", box_id)
        zone = chosen(session, actor, request, service)[1].zone
        from_at = minute_meant(packed.happened_at, clock, zone)
        probe_sat_in(session, box_id, SatIn(sensor, from_at, other_id), hand)
    page = f"/kitchen/acts/packed/{box_id}?service={service}"
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": page})
    return RedirectResponse(page, status_code=303)
