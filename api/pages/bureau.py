"""The bureau's pages: the subsidy of a service, and one meal down to the fen."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.day.views_money import bureau_view, meal_view
from api.pages.pinyin import initials
from api.pages.shell import chosen
from api.permissions import Actor
from api.web.access import HouseHere, may
from api.web.render import render

router = APIRouter(prefix="/bureau", include_in_schema=False)
Reader = Annotated[Actor, may("ledger.read")]


@router.get("")
def subsidy(request: Request, house: HouseHere, actor: Reader, service: str = "", site: str = "") -> Response:
    """Totals, sites and meals of a service; of one site when it is named."""
    with house.database.read() as session:
        choice, wanted = chosen(session, actor, request, service)
        view = bureau_view(session, wanted)
    shown = [meal for meal in view.meals if not site or meal.bill.event.site_id == site]
    return render(
        request,
        "bureau.html",
        choice=choice,
        service=wanted,
        zone=wanted.zone,
        view=view,
        site=site,
        meals=[(meal, initials(meal.diner)) for meal in shown],
    )


@router.get("/orders/{code}")
def meal(request: Request, house: HouseHere, actor: Reader, code: str, service: str = "") -> Response:
    """One meal explained: every fen with its clause."""
    with house.database.read() as session:
        _, wanted = chosen(session, actor, request, service)
        view = meal_view(session, wanted, code)
    return render(request, "meal.html", service=wanted, zone=wanted.zone, view=view)
