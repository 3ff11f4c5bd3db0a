"""One person: needs, facts with evidence and approver, programme, cards, family, standing orders, pauses."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House
from api.pages.fact_words import fact_label, value_label
from api.pages.register import Codes, Text, form_facts
from api.pages.shell import answer, is_fragment
from api.permissions import Actor
from api.register.cards import REASONS, Reason, issue_number, issue_qr, revoke
from api.register.enrolling import end_enrolment, enrol
from api.register.fact_names import fact_names
from api.register.facts import Learnt, approve_fact, correct_fact, learn_fact, withdraw_fact
from api.register.family import NewBinding, bind, family_link, unbind
from api.register.finding import whole_person
from api.register.people import Needs, change_needs, set_id_number
from api.register.scope import on_own
from api.register.secret import people_keys
from api.web.access import HouseHere, may
from api.web.forms import OpenDay
from api.web.render import render
from orders.bindings import CONSENTS, RELATIONS, Consent, Relation
from orders.diners import Texture, age_on
from orders.service import MEALS

router = APIRouter(prefix="/people/{diner_id}", include_in_schema=False)
Reader = Annotated[Actor, may("people.read")]
Registrar = Annotated[Actor, may("people.register")]
Clerk = Annotated[Actor, may("people.fact")]
Enroller = Annotated[Actor, may("people.enrol")]
Carder = Annotated[Actor, may("people.card")]
Binder = Annotated[Actor, may("people.bind")]
Day = Annotated[OpenDay, Form()]
UNSHOWN = ("sex", "id_last_four", "lat", "lon", "phone")


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, diner_id: str) -> Response:
    """Everything the register has about one person."""
    return render(request, "person.html", **person_facts(request, house, actor, diner_id))


@router.post("/needs")
def needs(
    request: Request,
    house: HouseHere,
    actor: Registrar,
    diner_id: str,
    name: Text,
    site_id: Text,
    delivery: Annotated[Literal["dine_in", "volunteer", "direct"], Form()],
    diets: Codes = (),
    allergens: Codes = (),
    texture: Annotated[Texture, Form()] = "regular",
) -> Response:
    """Name, site, delivery and what the kitchen must know."""
    shall = Needs(name, site_id, delivery, frozenset(diets), frozenset(allergens), texture)
    return _act(request, house, actor, diner_id, "Changed.", change_needs, house.ids, diner_id, shall)


@router.post("/id-number")
def id_number(
    request: Request, house: HouseHere, actor: Registrar, diner_id: str, id_number: Text
) -> Response:
    """The ID number is added or put right."""
    keys = people_keys(house.settings.data)
    return _act(
        request, house, actor, diner_id, "The ID number is noted.", set_id_number, keys, diner_id, id_number
    )


@router.post("/facts")
def learn(
    request: Request,
    house: HouseHere,
    actor: Clerk,
    diner_id: str,
    fact: Text,
    value: Text,
    from_on: Day = None,
    to_on: Day = None,
    evidence: Text = "",
    approved_by: Text = "",
) -> Response:
    """Something is learnt about the person."""
    learnt = Learnt(fact, value, from_on, to_on, evidence, approved_by)
    return _act(request, house, actor, diner_id, "It is noted.", learn_fact, house.ids, diner_id, learnt)


@router.post("/facts/{position}/correct")
def correct(
    request: Request,
    house: HouseHere,
    actor: Clerk,
    diner_id: str,
    position: int,
    fact: Text,
    value: Text,
    from_on: Day = None,
    to_on: Day = None,
    evidence: Text = "",
    approved_by: Text = "",
) -> Response:
    """A noted fact is put right; the wrong entry stays in the history."""
    learnt = Learnt(fact, value, from_on, to_on, evidence, approved_by)
    args = (house.ids, diner_id, position, learnt)
    return _act(request, house, actor, diner_id, "It is put right.", correct_fact, *args)


@router.post("/facts/{position}/withdraw")
def withdraw(
    request: Request, house: HouseHere, actor: Clerk, diner_id: str, position: int, reason: Text = ""
) -> Response:
    """A fact that never held is taken back."""
    return _act(
        request, house, actor, diner_id, "It is taken back.", withdraw_fact, diner_id, position, reason
    )


@router.post("/facts/{position}/approve")
def approve(
    request: Request, house: HouseHere, actor: Clerk, diner_id: str, position: int, approved_by: Text = ""
) -> Response:
    """Somebody approves a fact."""
    return _act(
        request, house, actor, diner_id, "It is approved.", approve_fact, diner_id, position, approved_by
    )


@router.post("/programme")
def programme(
    request: Request,
    house: HouseHere,
    actor: Enroller,
    diner_id: str,
    programme_id: Text,
    from_on: Day = None,
    to_on: Day = None,
    evidence: Text = "",
    approved_by: Text = "",
) -> Response:
    """The person is enrolled."""

    def act(session: Session, actor: Actor, now_at: datetime) -> None:
        enrol(
            session,
            actor,
            now_at,
            house.ids,
            diner_id,
            programme_id,
            from_on=from_on,
            to_on=to_on,
            evidence=evidence,
            approved_by=approved_by,
        )

    return _act(request, house, actor, diner_id, "Enrolled.", act)


@router.post("/programme/{enrolment_id}/end")
def end_programme(
    request: Request,
    house: HouseHere,
    actor: Enroller,
    diner_id: str,
    enrolment_id: str,
    to_on: Annotated[date, Form()],
) -> Response:
    """An enrolment ends on a day."""
    act = on_own("enrolment", diner_id, end_enrolment)
    return _act(request, house, actor, diner_id, "The last day is noted.", act, enrolment_id, to_on)


@router.post("/cards/qr")
def card(request: Request, house: HouseHere, actor: Carder, diner_id: str) -> Response:
    """A new QR card; the old one is no longer good."""
    keys = people_keys(house.settings.data)
    return _act(
        request, house, actor, diner_id, "The card is ready to print.", issue_qr, house.ids, keys, diner_id
    )


@router.post("/cards/number")
def number(
    request: Request,
    house: HouseHere,
    actor: Carder,
    diner_id: str,
    kind: Annotated[Literal["card", "phone"], Form()],
    number: Text,
) -> Response:
    """A card's number or a telephone is noted."""
    return _act(
        request, house, actor, diner_id, "It is noted.", issue_number, house.ids, diner_id, kind, number
    )


@router.post("/cards/{credential_id}/revoke")
def revoked(
    request: Request,
    house: HouseHere,
    actor: Carder,
    diner_id: str,
    credential_id: str,
    reason: Annotated[Reason, Form()],
) -> Response:
    """A card or telephone is no longer good."""
    act = on_own("card", diner_id, revoke)
    return _act(request, house, actor, diner_id, "It is no longer good.", act, credential_id, reason)


@router.post("/family")
def family(
    request: Request,
    house: HouseHere,
    actor: Binder,
    diner_id: str,
    login: Text,
    relation: Annotated[Relation, Form()],
    consent_how: Annotated[Consent, Form()],
    name: Text = "",
    to_on: Day = None,
) -> Response:
    """Somebody may act for the person."""
    new = NewBinding(login, relation, consent_how, name, to_on=to_on)
    return _act(request, house, actor, diner_id, "Bound.", bind, house.ids, diner_id, new)


@router.post("/family/{binding_id}/end")
def end_family(request: Request, house: HouseHere, actor: Binder, diner_id: str, binding_id: str) -> Response:
    """Somebody no longer acts for the person."""
    act = on_own("binding", diner_id, unbind)
    return _act(request, house, actor, diner_id, "The binding is ended.", act, binding_id)


@router.post("/family/{binding_id}/link")
def link(request: Request, house: HouseHere, actor: Binder, diner_id: str, binding_id: str) -> Response:
    """A one-time sign-in link for family, shown once."""
    act = on_own("binding", diner_id, family_link)
    with house.database.begin() as session:
        path = act(session, actor, house.clock.now(), binding_id, house.settings.link_hours)
    address = str(request.base_url).rstrip("/") + path
    facts = person_facts(request, house, actor, diner_id) | {"link": address, "done": ""}
    return render(request, "person_live.html" if is_fragment(request) else "person.html", **facts)


def person_facts(request: Request, house: House, actor: Actor, diner_id: str) -> dict[str, Any]:
    """What the page of one person shows."""
    language, now_at = request.state.language, house.clock.now()
    with house.database.read() as session:
        whole = whole_person(session, actor, now_at, diner_id)
        names = fact_names(session, whole.today_on)
        facts = form_facts(session, house, actor)
    plain = [one for one in whole.history if one.fact.fact not in UNSHOWN]
    return facts | {
        "whole": whole,
        "diner": whole.diner,
        "age": age_on(whole.diner.born_on, whole.today_on),
        "standing_facts": [one for one in plain if one.stands],
        "earlier_facts": [one for one in plain if not one.stands],
        "fact_names": {name: fact_label(name, language) for name in names.values},
        "fact_values": sorted({value for values in names.values.values() for value in values}),
        "label": lambda name: fact_label(name, language),
        "called": lambda value: value_label(value, language),
        "reasons": REASONS,
        "relations": RELATIONS,
        "consents": CONSENTS,
        "meals": MEALS,
        "link": "",
    }


def answer_person(request: Request, house: House, actor: Actor, diner_id: str, done: str) -> Response:
    """The person again after an act, with what was done."""
    facts = person_facts(request, house, actor, diner_id)
    return answer(request, f"/people/{diner_id}", "person_live.html", done, **facts)


def _act(
    request: Request,
    house: House,
    actor: Actor,
    diner_id: str,
    done: str,
    use_case: Callable[..., object],
    *args: object,
) -> Response:
    with house.database.begin(lock=f"diner/{diner_id}") as session:
        use_case(session, actor, house.clock.now(), *args)
    return answer_person(request, house, actor, diner_id, done)
