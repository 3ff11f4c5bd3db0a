"""People: registering, facts, cards, programmes, family, standing orders."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.house import House
from api.permissions import Actor
from api.register.cards import (
    Reason,
    cards_of,
    ids_of_site,
    issue_missing,
    issue_number,
    issue_qr,
    revoke,
)
from api.register.documents import found_document, person_document, week_document
from api.register.enrolling import end_enrolment, enrol, settle_overlap
from api.register.facts import Learnt, approve_fact, correct_fact, learn_fact, withdraw_fact
from api.register.family import NewBinding, bind, unbind
from api.register.finding import find_people, whole_person
from api.register.people import Delivery, Needs, NewDiner, change_needs, register_diner, set_id_number
from api.register.scope import on_own
from api.register.secret import people_keys
from api.register.standing_orders import NewStanding, end_pause, end_standing, keep_pause, keep_standing
from api.reports.meal_cards import render as print_cards
from api.web.access import HouseHere, LanguageHere, may
from api.web.pinyin import initials
from orders.bindings import Consent, Relation
from orders.diners import Texture
from orders.service import Meal

router = APIRouter(prefix="/api/v1", tags=["people"])
Reader = Annotated[Actor, may("people.read")]
Registrar = Annotated[Actor, may("people.register")]
Clerk = Annotated[Actor, may("people.fact")]
Carder = Annotated[Actor, may("people.card")]
Enroller = Annotated[Actor, may("people.enrol")]
Binder = Annotated[Actor, may("people.bind")]
Keeper = Annotated[Actor, may("standing.keep")]
Document = dict[str, Any]
Short = Annotated[str, Field(max_length=200)]


class DinerIn(BaseModel):
    """Somebody who registers."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    site_id: Short
    id_number: Annotated[str, Field(max_length=40, repr=False)] = ""
    born_on: date | None = None
    delivery: Delivery = "dine_in"
    phone: Short = ""
    card_number: Short = ""
    address: Short = ""
    hukou: Short = ""
    residence: Short = ""
    programme_id: Short = ""
    diets: frozenset[str] = frozenset()
    allergens: frozenset[str] = frozenset()
    texture: Texture = "regular"
    evidence: Short = ""
    approved_by: Short = ""
    code: Short = ""


class NeedsIn(BaseModel):
    """Name, place and needs, the whole of them as they shall be."""

    name: Short
    site_id: Short
    delivery: Literal["dine_in", "volunteer", "direct"]
    diets: frozenset[str]
    allergens: frozenset[str]
    texture: Texture


class IdNumberIn(BaseModel):
    """An ID number."""

    id_number: Annotated[str, Field(max_length=40, repr=False)]


class FactIn(BaseModel):
    """A dated fact."""

    fact: Short
    value: Short
    from_on: date | None = None
    to_on: date | None = None
    evidence: Short = ""
    approved_by: Short = ""


class ReasonIn(BaseModel):
    """Why."""

    reason: Short


class ApproverIn(BaseModel):
    """Who approved."""

    approved_by: Short


class CardIn(BaseModel):
    """A new QR card, or the number of a card or telephone."""

    kind: Literal["qr", "card", "phone"]
    number: Short = ""


class RevokeIn(BaseModel):
    """Why a card is no longer good."""

    reason: Reason


class EnrolIn(BaseModel):
    """Days in a programme."""

    programme_id: Short
    from_on: date | None = None
    to_on: date | None = None
    evidence: Short = ""
    approved_by: Short = ""


class EndIn(BaseModel):
    """A last day."""

    to_on: date


class OverlapIn(BaseModel):
    """Which of two programmes counts."""

    keep: Literal["old", "new"]


class BindIn(BaseModel):
    """Who may act for a diner."""

    login: Short
    relation: Relation
    consent_how: Consent
    name: Short = ""
    consent_at: datetime | None = None
    to_on: date | None = None


class StandingIn(BaseModel):
    """A meal wanted every week."""

    meal: Meal
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...]
    choices: dict[str, str] = {}
    delivery: Literal["", "dine_in", "volunteer", "direct"] = ""
    from_on: date | None = None
    to_on: date | None = None


class PauseIn(BaseModel):
    """Days without standing orders."""

    from_on: date
    to_on: date | None = None
    reason: Short


@router.get("/diners")
def find(house: HouseHere, actor: Reader, q: str) -> list[Document]:
    """Diners by part of a name, pinyin initials, code, telephone's end, card number or scanned QR text."""
    with house.database.read() as session:
        return [found_document(one) for one in find_people(session, actor, q, initials)]


@router.post("/diners", status_code=201)
def register(new: DinerIn, house: HouseHere, actor: Registrar) -> Document:
    """Registers somebody; the ID number is checked and kept as a keyed hash and its last four."""
    keys = people_keys(house.settings.data)
    with house.database.begin() as session:
        diner = register_diner(
            session, actor, house.clock.now(), house.ids, keys, NewDiner(**new.model_dump())
        )
    return whole_of(house, actor, diner.diner_id)


@router.get("/diners/cards.pdf", response_class=Response)
def cards(house: HouseHere, actor: Carder, language: LanguageHere, site_id: str) -> Response:
    """The good QR cards of a site, eight on an A4 sheet."""
    keys = people_keys(house.settings.data)
    with house.database.begin() as session:
        wanted = ids_of_site(session, actor, site_id)
        found = cards_of(session, actor, house.clock.now(), keys, wanted)
    return Response(print_cards(found, language).pdf, media_type="application/pdf")


@router.post("/sites/{site_id}/cards")
def issue_for_site(site_id: str, house: HouseHere, actor: Carder) -> Document:
    """Issues a QR card to each diner of a site who has none."""
    keys = people_keys(house.settings.data)
    with house.database.begin() as session:
        diners = issue_missing(session, actor, house.clock.now(), house.ids, keys, site_id)
    return {"cards": len(diners)}


@router.get("/diners/{diner_id}")
def show(diner_id: str, house: HouseHere, actor: Reader) -> Document:
    """Everything the register has about a diner, with the history of facts."""
    return whole_of(house, actor, diner_id)


@router.put("/diners/{diner_id}/needs")
def needs(diner_id: str, said: NeedsIn, house: HouseHere, actor: Registrar) -> Document:
    """Changes name, site, delivery, diets, allergens and texture."""
    return _act(house, actor, diner_id, change_needs, house.ids, diner_id, Needs(**said.model_dump()))


@router.put("/diners/{diner_id}/id-number")
def id_number(diner_id: str, said: IdNumberIn, house: HouseHere, actor: Registrar) -> Document:
    """Adds the ID number, or puts a wrong one right."""
    keys = people_keys(house.settings.data)
    return _act(house, actor, diner_id, set_id_number, keys, diner_id, said.id_number)


@router.post("/diners/{diner_id}/facts", status_code=201)
def learn(diner_id: str, said: FactIn, house: HouseHere, actor: Clerk) -> Document:
    """Records a fact; a death ends cards, programme, standing orders and family."""
    return _act(house, actor, diner_id, learn_fact, house.ids, diner_id, Learnt(**said.model_dump()))


@router.post("/diners/{diner_id}/facts/{position}/correct")
def correct(diner_id: str, position: int, said: FactIn, house: HouseHere, actor: Clerk) -> Document:
    """Puts a fact right; the wrong row stays in the history."""
    learnt = Learnt(**said.model_dump())
    return _act(house, actor, diner_id, correct_fact, house.ids, diner_id, position, learnt)


@router.post("/diners/{diner_id}/facts/{position}/withdraw")
def withdraw(diner_id: str, position: int, said: ReasonIn, house: HouseHere, actor: Clerk) -> Document:
    """Takes a fact back that never held."""
    return _act(house, actor, diner_id, withdraw_fact, diner_id, position, said.reason)


@router.post("/diners/{diner_id}/facts/{position}/approve")
def approve(diner_id: str, position: int, said: ApproverIn, house: HouseHere, actor: Clerk) -> Document:
    """Adds who approved a fact."""
    return _act(house, actor, diner_id, approve_fact, diner_id, position, said.approved_by)


@router.post("/diners/{diner_id}/cards", status_code=201)
def card(diner_id: str, said: CardIn, house: HouseHere, actor: Carder) -> Document:
    """Issues a QR card in place of the last one, or notes the number of a card or telephone."""
    if said.kind == "qr":
        keys = people_keys(house.settings.data)
        return _act(house, actor, diner_id, issue_qr, house.ids, keys, diner_id)
    return _act(house, actor, diner_id, issue_number, house.ids, diner_id, said.kind, said.number)


@router.post("/diners/{diner_id}/cards/{credential_id}/revoke")
def revoke_card(
    diner_id: str, credential_id: str, said: RevokeIn, house: HouseHere, actor: Carder
) -> Document:
    """Ends a card or telephone at once."""
    return _act(house, actor, diner_id, on_own("card", diner_id, revoke), credential_id, said.reason)


@router.post("/diners/{diner_id}/enrolments", status_code=201)
def enrol_diner(diner_id: str, said: EnrolIn, house: HouseHere, actor: Enroller) -> Document:
    """Enrols in a programme; refused when another one holds on one of the days."""

    def act(session: Session, actor: Actor, now_at: datetime) -> None:
        days = said.model_dump(exclude={"programme_id"})
        enrol(session, actor, now_at, house.ids, diner_id, said.programme_id, **days)

    return _act(house, actor, diner_id, act)


@router.post("/diners/{diner_id}/enrolments/{enrolment_id}/end")
def end_enrolment_on(
    diner_id: str, enrolment_id: str, said: EndIn, house: HouseHere, actor: Enroller
) -> Document:
    """Sets the last day of an enrolment."""
    act = on_own("enrolment", diner_id, end_enrolment)
    return _act(house, actor, diner_id, act, enrolment_id, said.to_on)


@router.post("/diners/{diner_id}/enrolments/{enrolment_id}/settle")
def settle(diner_id: str, enrolment_id: str, said: OverlapIn, house: HouseHere, actor: Enroller) -> Document:
    """Decides an imported enrolment that overlaps."""
    act = on_own("enrolment", diner_id, settle_overlap)
    return _act(house, actor, diner_id, act, enrolment_id, said.keep)


@router.post("/diners/{diner_id}/bindings", status_code=201)
def bind_user(diner_id: str, said: BindIn, house: HouseHere, actor: Binder) -> Document:
    """Lets a user act for a diner, with consent; a new login is added."""
    return _act(house, actor, diner_id, bind, house.ids, diner_id, NewBinding(**said.model_dump()))


@router.post("/diners/{diner_id}/bindings/{binding_id}/end")
def unbind_user(diner_id: str, binding_id: str, house: HouseHere, actor: Binder) -> Document:
    """Ends a user's leave to act."""
    return _act(house, actor, diner_id, on_own("binding", diner_id, unbind), binding_id)


@router.post("/diners/{diner_id}/standing", status_code=201)
def standing(diner_id: str, said: StandingIn, house: HouseHere, actor: Keeper) -> Document:
    """Keeps a meal that is wanted every week."""
    choices = tuple(said.choices.items())
    new = NewStanding(said.meal, said.weekdays, choices, said.delivery, said.from_on, said.to_on)
    return _kept(house, actor, diner_id, keep_standing, house.ids, diner_id, new)


@router.post("/diners/{diner_id}/standing/{standing_id}/end")
def end_week(diner_id: str, standing_id: str, house: HouseHere, actor: Keeper) -> Document:
    """Ends a standing order today."""
    return _kept(house, actor, diner_id, end_standing, diner_id, standing_id)


@router.post("/diners/{diner_id}/pauses", status_code=201)
def pause(diner_id: str, said: PauseIn, house: HouseHere, actor: Keeper) -> Document:
    """Keeps days without standing orders."""

    def act(session: Session, actor: Actor, now_at: datetime) -> None:
        keep_pause(session, actor, now_at, house.ids, diner_id, **said.model_dump())

    return _kept(house, actor, diner_id, act)


@router.post("/diners/{diner_id}/pauses/{pause_id}/end")
def resume(diner_id: str, pause_id: str, house: HouseHere, actor: Keeper) -> Document:
    """Ends a pause."""
    return _kept(house, actor, diner_id, end_pause, diner_id, pause_id)


def whole_of(house: House, actor: Actor, diner_id: str) -> Document:
    """The person after an act, or as asked."""
    with house.database.read() as session:
        return person_document(whole_person(session, actor, house.clock.now(), diner_id))


def _act(
    house: House, actor: Actor, diner_id: str, use_case: Callable[..., object], *args: object
) -> Document:
    with house.database.begin(lock=f"diner/{diner_id}") as session:
        use_case(session, actor, house.clock.now(), *args)
    return whole_of(house, actor, diner_id)


def _kept(
    house: House, actor: Actor, diner_id: str, use_case: Callable[..., object], *args: object
) -> Document:
    """What the diner's week is after an act; family sees no more than that."""
    with house.database.begin(lock=f"diner/{diner_id}") as session:
        use_case(session, actor, house.clock.now(), *args)
        return week_document(session, diner_id)
