"""The inspector's pages: every hold with its verdict, and one hold from the heat to the last mouth."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.day.stop_boxes import stopped_boxes
from api.day.views import load_round
from api.day.views_holds import count_shown, hold_rows, hold_view
from api.pages.shell import chosen
from api.permissions import Actor, ensure
from api.web.access import HouseHere, may
from api.web.render import render
from kitchen.store.production_rows import BoxRow, ProductionRow
from orders.errors import NotFound
from orders.service import parse_service

router = APIRouter(prefix="/inspector", include_in_schema=False)
Reader = Annotated[Actor, may("hold.read")]


@router.get("")
@router.get("/live")
def holds(request: Request, house: HouseHere, actor: Reader, service: str = "", shown: str = "") -> Response:
    """Every hold of a service, the worst first."""
    with house.database.read() as session:
        choice, wanted = chosen(session, actor, request, service)
        found, stopped = load_round(session, wanted), stopped_boxes(session, wanted)
    rows = hold_rows(found, actor.site_id) if found else []
    kept = [row for row in rows if not shown or row.shown == shown]
    template = "holds_live.html" if request.url.path.endswith("/live") else "holds.html"
    return render(
        request,
        template,
        choice=choice,
        service=wanted,
        zone=wanted.zone,
        rows=kept,
        counts=count_shown(rows),
        shown=shown,
        stopped=stopped,
        names=found.names if found else {},
    )


@router.get("/holds/{box_id}")
def hold(request: Request, house: HouseHere, actor: Reader, box_id: str) -> Response:
    """One hold: chart, table, legs, reasons and rule."""
    now_at = house.clock.now()
    with house.database.read() as session:
        box = session.get(BoxRow, box_id)
        production = session.get(ProductionRow, box.production_id) if box else None
        if box is None or production is None:
            raise NotFound("box", box_id)
        ensure(
            actor,
            "hold.read",
            kitchen_id=parse_service(production.service_key).kitchen_id,
            site_id=box.site_id,
        )
        _, service = chosen(session, actor, request, production.service_key)
        found = load_round(session, service)
        if found is None or box_id not in found.boxes:
            raise NotFound("box", box_id)
        view = hold_view(session, found, box_id, now_at)
    return render(request, "hold.html", service=service, zone=service.zone, view=view)
