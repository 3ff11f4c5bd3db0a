"""People: found by name, pinyin, telephone or card; registered; cards printed; what waits for a decision."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.house import House
from api.pages.shell import is_fragment
from api.permissions import Actor
from api.register.applying import (
    Approval,
    approve_application,
    find_application,
    refuse_application,
    waiting,
)
from api.register.cards import cards_of, ids_of_site, issue_missing
from api.register.enrolling import settle_overlap
from api.register.finding import find_people, overlaps_to_settle
from api.register.offered import needs_offered, programmes_offered
from api.register.people import Delivery, NewDiner, register_diner
from api.register.scope import sites_of_actor
from api.register.secret import people_keys
from api.reports.meal_cards import render as print_cards
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import OpenDay
from api.web.pinyin import initials
from api.web.render import render
from orders.bindings import CONSENTS, Consent
from orders.diners import Texture

router = APIRouter(prefix="/people", include_in_schema=False)
Reader = Annotated[Actor, may("people.read")]
Registrar = Annotated[Actor, may("people.register")]
Carder = Annotated[Actor, may("people.card")]
Text = Annotated[str, Form(max_length=200)]
Codes = Annotated[tuple[str, ...], Form()]
PDF = "application/pdf"


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, q: str = "") -> Response:
    """The search, what it finds, and what waits."""
    with house.database.read() as session:
        found = find_people(session, actor, q, initials)
        facts: dict[str, Any] = {
            "q": q,
            "found": found,
            "sites": sites_of_actor(session, actor),
            "applications": waiting(session, actor) if actor.may("people.register") else [],
            "overlaps": overlaps_to_settle(session, actor),
        }
    only = found[0] if len(found) == 1 else None
    if only is not None and not is_fragment(request) and only.revoked is None:
        return RedirectResponse(f"/people/{only.entry.diner_id}", status_code=303)
    return render(request, "people_found.html" if is_fragment(request) else "people.html", **facts)


@router.get("/new")
def new(request: Request, house: HouseHere, actor: Registrar) -> Response:
    """The form for somebody new."""
    with house.database.read() as session:
        facts = form_facts(session, house, actor)
    return render(request, "people_new.html", **facts)


@router.post("/new")
def register(
    request: Request,
    house: HouseHere,
    actor: Registrar,
    name: Text,
    site_id: Text,
    id_number: Text = "",
    born_on: Annotated[OpenDay, Form()] = None,
    delivery: Annotated[Delivery, Form()] = "dine_in",
    phone: Text = "",
    card_number: Text = "",
    address: Text = "",
    hukou: Text = "",
    residence: Text = "",
    programme_id: Text = "",
    diets: Codes = (),
    allergens: Codes = (),
    texture: Annotated[Texture, Form()] = "regular",
    evidence: Text = "",
    approved_by: Text = "",
) -> Response:
    """Registers somebody and shows the person."""
    said = NewDiner(
        name=name,
        site_id=site_id,
        id_number=id_number,
        born_on=born_on,
        delivery=delivery,
        phone=phone,
        card_number=card_number,
        address=address,
        hukou=hukou,
        residence=residence,
        programme_id=programme_id,
        diets=frozenset(diets),
        allergens=frozenset(allergens),
        texture=texture,
        evidence=evidence,
        approved_by=approved_by,
    )
    keys = people_keys(house.settings.data)
    with house.database.begin() as session:
        diner = register_diner(session, actor, house.clock.now(), house.ids, keys, said)
    return onward(request, f"/people/{diner.diner_id}")


@router.post("/cards")
def issue_cards(request: Request, house: HouseHere, actor: Carder, site_id: Text) -> Response:
    """Issues a QR card to everybody of a site who has none, then prints the site's cards."""
    keys = people_keys(house.settings.data)
    with house.database.begin() as session:
        issue_missing(session, actor, house.clock.now(), house.ids, keys, site_id)
    return RedirectResponse(f"/people/cards.pdf?site={site_id}", status_code=303)


@router.get("/cards.pdf")
def cards(
    house: HouseHere, actor: Carder, language: LanguageHere, site: str = "", diner: str = ""
) -> Response:
    """The good QR cards of a site or of one diner, eight on a sheet; printing again gives the same cards."""
    with house.database.begin() as session:
        wanted = [diner] if diner else ids_of_site(session, actor, site)
        keys = people_keys(house.settings.data)
        found = cards_of(session, actor, house.clock.now(), keys, wanted)
    headers = {"content-disposition": 'inline; filename="meal-cards.pdf"'}
    return Response(print_cards(found, language).pdf, media_type=PDF, headers=headers)


@router.post("/overlaps/{enrolment_id}")
def overlap(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("people.enrol")],
    enrolment_id: str,
    keep: Annotated[Literal["old", "new"], Form()],
) -> Response:
    """Decides which of two programmes counts."""
    with house.database.begin() as session:
        settle_overlap(session, actor, house.clock.now(), enrolment_id, keep)
    return onward(request, "/people")


@router.get("/applications/{application_id}")
def application(request: Request, house: HouseHere, actor: Registrar, application_id: str) -> Response:
    """What somebody said online, with the form to approve or refuse it."""
    with house.database.read() as session:
        facts = form_facts(session, house, actor)
        facts["application"] = find_application(session, actor, application_id)
    return render(request, "application.html", consents=CONSENTS, **facts)


@router.post("/applications/{application_id}/approve")
def approve(
    request: Request,
    house: HouseHere,
    actor: Registrar,
    application_id: str,
    hukou: Text = "",
    residence: Text = "",
    delivery: Annotated[Delivery, Form()] = "dine_in",
    evidence: Text = "",
    approved_by: Text = "",
    programme_id: Text = "",
    diets: Codes = (),
    allergens: Codes = (),
    login: Text = "",
    consent_how: Annotated[Consent, Form()] = "in_person",
) -> Response:
    """Registers the person of an application and shows the person."""
    approval = Approval(
        hukou=hukou,
        residence=residence,
        delivery=delivery,
        evidence=evidence,
        approved_by=approved_by,
        programme_id=programme_id,
        diets=frozenset(diets),
        allergens=frozenset(allergens),
        login=login,
        consent_how=consent_how,
    )
    with house.database.begin() as session:
        diner_id = approve_application(session, actor, house.clock.now(), house.ids, application_id, approval)
    return onward(request, f"/people/{diner_id}")


@router.post("/applications/{application_id}/refuse")
def refuse(
    request: Request, house: HouseHere, actor: Registrar, application_id: str, reason: Text = ""
) -> Response:
    """Refuses an application with a reason."""
    with house.database.begin() as session:
        refuse_application(session, actor, house.clock.now(), application_id, reason)
    return onward(request, "/people")


def onward(request: Request, path: str) -> Response:
    """Leads on to another page, from a form with or without scripts."""
    if is_fragment(request):
        return Response(headers={"hx-redirect": path})
    return RedirectResponse(path, status_code=303)


def form_facts(session: Session, house: House, actor: Actor) -> dict[str, Any]:
    """What the forms offer: sites, needs, programmes."""
    today_on: date = house.clock.now().date()
    return {
        "sites": sites_of_actor(session, actor),
        "needs": needs_offered(),
        "programmes": programmes_offered(session, today_on),
    }
