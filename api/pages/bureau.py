"""The bureau's pages: the subsidy of a service, and one meal down to the fen."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.day.settle import settle_service
from api.day.views_money import bureau_view, meal_view
from api.pages.shell import chosen
from api.permissions import Actor
from api.reports.bills import BilledMeal, bills_csv, bills_xlsx
from api.settlement.clauses import options_in_words
from api.settlement.rules import rules_at
from api.web.access import HouseHere, LanguageHere, may
from api.web.pinyin import initials
from api.web.render import render

router = APIRouter(prefix="/bureau", include_in_schema=False)
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
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


@router.post("/settle")
def settle(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("settle")],
    service: Annotated[str, Form()],
) -> Response:
    """Bills every order of the service; a second time changes nothing."""
    with house.database.read() as session:
        _, wanted = chosen(session, actor, request, service)
    with house.database.begin(lock=wanted.key) as session:
        settle_service(session, wanted, actor=actor, now_at=house.clock.now(), ids=house.ids)
    return RedirectResponse(f"/bureau?service={wanted.key}", status_code=303)


@router.get("/bills.{kind}")
def bills(
    request: Request,
    house: HouseHere,
    actor: Reader,
    language: LanguageHere,
    kind: Literal["csv", "xlsx"],
    service: str = "",
) -> Response:
    """The meals and their sums for a spreadsheet."""
    with house.database.read() as session:
        _, wanted = chosen(session, actor, request, service)
        view = bureau_view(session, wanted)
    meals = [BilledMeal(one.bill, one.diner, one.site_name, one.class_name) for one in view.meals]
    file = bills_csv(meals, language) if kind == "csv" else bills_xlsx(meals, language)
    name = f"{wanted.key.replace('/', '-')}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(file, media_type=MEDIA_TYPES[kind], headers=headers)


@router.get("/orders/{code}")
def meal(request: Request, house: HouseHere, actor: Reader, code: str, service: str = "") -> Response:
    """One meal explained: every fen with its clause."""
    with house.database.read() as session:
        _, wanted = chosen(session, actor, request, service)
        view = meal_view(session, wanted, code)
        rules = rules_at(session, view.programme.id, wanted.service_on)
    said = {one.id: options_in_words(rules, one.id) for one in view.assumptions}
    return render(request, "meal.html", service=wanted, zone=wanted.zone, view=view, said=said)
