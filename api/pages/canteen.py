"""The canteen's page: what comes when, signing for it, and serving the right diner."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.day.acknowledge import acknowledge_alarm
from api.day.claim import Heard, hear, hear_chosen
from api.day.hand_over import HandOver, refusals_kept, sign
from api.day.identify import Person, person_of
from api.day.reheat_box import Reheating, box_reheated, require_hot
from api.day.second_leg import BagTold, CoreTold, bag_given, bag_left, core_taken
from api.day.serve import Answer, close_table, take_back
from api.day.stop_boxes import lines_on_hold, stopped_boxes
from api.day.table import Desk
from api.day.views_canteen import CanteenView, canteen_view
from api.day.views_onward import onward_view
from api.pages.shell import answer, chosen, is_fragment
from api.permissions import Actor, ensure
from api.register.secret import people_keys
from api.walk_ins import may_have_spare, sell_walk_in
from api.web.access import HouseHere, LanguageHere, may
from api.web.pinyin import initials
from api.web.render import render
from api.words import say
from orders.errors import BadInput, NotFound
from orders.ordering import Quote
from orders.store.diners import load_diners
from orders.store.orders import load_orders
from telemetry.hold_facts import HoldVerdict

MOST_NAMES = 12

router = APIRouter(prefix="/canteen", include_in_schema=False)
Reader = Annotated[Actor, may("portions.discard")]
Server = Annotated[Actor, may("meal.serve")]


@dataclass(frozen=True, slots=True)
class Shown:
    """
    One answer at the table as the page shows it.

    Parameters
    ----------
    person, answer, choices
        As `Heard`.
    walk_in
        Whether a spare meal may be sold instead.
    quote
        What a walk-in's meal costs, None for any other answer.
    back
        Id of the order whose serving was taken back, empty for any other answer.
    """

    person: Person | None
    answer: Answer | None
    choices: tuple[Person, ...] = ()
    walk_in: bool = False
    quote: Quote | None = None
    back: str = ""


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, service: str = "", site: str = "") -> Response:
    """The site's boxes and diners of the service of today."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service, site)
    return render(request, "canteen.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader, service: str = "", site: str = "") -> Response:
    """The part of the page that changes by itself."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service, site)
    return render(request, "canteen_live.html", done="", **facts)


@router.post("/boxes/{box_id}/receipt")
def receipt(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("box.hand_over")],
    box_id: str,
    condition: Annotated[Literal["accepted", "refused"], Form()],
    portions: Annotated[int | None, Form()] = None,
    core_c: Annotated[float | None, Form()] = None,
    reason: Annotated[str, Form(max_length=500)] = "",
    signature: Annotated[str, Form(max_length=200_000)] = "",
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """The site takes a box, or refuses it."""
    now_at = house.clock.now()
    said = HandOver(condition, portions=portions, core_c=core_c, reason=reason, signature=signature)

    def work(session: Session) -> HoldVerdict:
        return sign(session, box_id, said, actor=actor, now_at=now_at, ids=house.ids)

    refusals_kept(house.database, work, actor=actor, now_at=now_at, said=said)
    done = "The box is signed for." if condition == "accepted" else "The box is refused."
    return _done(request, house, actor, service, site, done)


@router.post("/reheated")
def reheated(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("box.reheat")],
    core_c: Annotated[float, Form()],
    box_ids: Annotated[tuple[str, ...], Form()] = (),
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """The chilled food of these boxes is hot: what was measured in the coldest pack counts for each."""
    now_at, told = house.clock.now(), Reheating(core_c)
    if not box_ids:
        raise BadInput("no_box_chosen")
    with house.database.begin() as session:
        steps = [
            box_reheated(session, one, told, actor=actor, now_at=now_at, ids=house.ids)
            for one in box_ids[:MOST_NAMES]
        ]
    for step in steps:
        require_hot(step)
    return _done(request, house, actor, service, site, "The reheating is written down.")


@router.post("/bags/{box_id}/{word}")
def bag(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("drop.deliver")],
    box_id: str,
    word: Literal["left", "given"],
    core_c: Annotated[float | None, Form()] = None,
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """A bag has left with the volunteer, or was given at its last door."""
    told, now_at, ids = BagTold(core_c), house.clock.now(), house.ids
    key = people_keys(house.settings.data).word

    def work(session: Session) -> list[Answer]:
        if word == "left":
            return bag_left(session, box_id, told, actor=actor, now_at=now_at, ids=ids)
        return bag_given(session, box_id, told, word_key=key, actor=actor, now_at=now_at, ids=ids)

    answers = refusals_kept(house.database, work, actor=actor, now_at=now_at)
    refused = " ".join(dict.fromkeys(say(one.refused, language) for one in answers if one.refused))
    done = refused or {"left": "The bag has left.", "given": "It was given at the doors."}[word]
    return _done(request, house, actor, service, site, done)


@router.post("/cores")
def core(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("box.measure")],
    box_id: Annotated[str, Form()],
    core_c: Annotated[float | None, Form()] = None,
    replaces: Annotated[str, Form()] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """The core of a box at the hot well, or a correction of one; empty takes it back."""
    told = CoreTold(core_c, None, replaces or None, reason)
    with house.database.begin() as session:
        core_taken(session, box_id, told, actor=actor, now_at=house.clock.now(), ids=house.ids)
    return _done(request, house, actor, service, site, "The core is written down.")


@router.post("/claims")
def claim(
    request: Request,
    house: HouseHere,
    actor: Server,
    text: Annotated[str, Form(max_length=200)] = "",
    diner_id: Annotated[str, Form()] = "",
    by: Annotated[Literal["name", "phone", "card", "qr", "order_code"], Form()] = "name",
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """
    Somebody stands at the table: a card is scanned, digits or a name are typed, or a name is chosen.

    Of a diner who is known already the text is what was scanned from the sealed meal.
    """
    with house.database.begin() as session:
        desk = _desk(session, request, actor, service, site)
        called = () if diner_id else _called(session, desk, text)
        if diner_id:
            heard = hear_chosen(session, desk, diner_id, by, text)
        else:
            heard = Heard(None, None, called) if called else hear(session, desk, text)
        spare = may_have_spare(session, desk, heard)
    shown = Shown(heard.person, heard.answer, heard.choices, walk_in=spare)
    return _heard(request, house, actor, service, site, shown)


@router.post("/walk-ins")
def walk_in(
    request: Request,
    house: HouseHere,
    actor: Server,
    diner_id: Annotated[str, Form()],
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """Somebody without an order gets what is spare."""
    with house.database.begin(lock=service) as session:
        desk = _desk(session, request, actor, service, site)
        heard, quote = sell_walk_in(session, desk, diner_id)
    return _heard(request, house, actor, service, site, Shown(heard.person, heard.answer, quote=quote))


@router.post("/servings/{serving_id}/taken-back")
def taken_back(
    request: Request,
    house: HouseHere,
    actor: Server,
    serving_id: str,
    reason: Annotated[str, Form(max_length=500)] = "",
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """A slip of the hand: the last serving is undone."""
    with house.database.begin() as session:
        now_at, ids = house.clock.now(), house.ids
        order_id = take_back(session, serving_id, reason, actor=actor, now_at=now_at, ids=ids)
    return _heard(request, house, actor, service, site, Shown(None, None, back=order_id))


@router.post("/table/closed")
def closed(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("portions.discard")],
    counted: Annotated[int | None, Form(ge=0)] = None,
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """Nobody comes any more: what is left is counted as thrown away."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        shown = chosen(session, actor, request, service)[1]
        site_id = actor.site_id or site
        ids = house.ids
        close_table(session, shown, site_id, actor=actor, now_at=now_at, ids=ids, counted=counted)
    return _done(request, house, actor, service, site, "The table is closed.")


@router.post("/alarms/{alarm_id}")
def acknowledged(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("alarm.acknowledge")],
    alarm_id: str,
    comment: Annotated[str, Form(max_length=500)],
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """Somebody has seen an alarm and says what was done."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        acknowledge_alarm(session, alarm_id, comment, actor=actor, now_at=now_at)
    return _done(request, house, actor, service, site, "It is noted.")


def _facts(session: Session, request: Request, actor: Actor, wanted: str, site: str) -> dict[str, Any]:
    choice, service = chosen(session, actor, request, wanted)
    ensure(actor, "portions.discard", site_id=site or None)
    view = canteen_view(session, service, actor.site_id or site or None, request.app.state.house.clock.now())
    found = {meal.order.code: initials(meal.diner.name) for meal in view.meals} if view else {}
    return {
        "choice": choice,
        "service": service,
        "zone": service.zone,
        "view": view,
        "onward": onward_view(session, view) if view else None,
        "initials": found,
        "stopped": stopped_boxes(session, service),
        "on_hold": lines_on_hold(session, service),
    }


def _desk(session: Session, request: Request, actor: Actor, wanted: str, site: str) -> Desk:
    _, service = chosen(session, actor, request, wanted)
    house = request.app.state.house
    site_id = actor.site_id or site
    if not site_id:
        raise NotFound("site", site)
    return Desk(service, site_id, actor, house.clock.now(), house.ids)


def _called(session: Session, desk: Desk, text: str) -> tuple[Person, ...]:
    """The diners of this table whose name or initials were typed; none when it is a number or a code."""
    typed = text.strip().lower()
    if not typed or any(one.isdigit() for one in typed):
        return ()
    here = load_orders(session, desk.service, ("locked",), desk.site_id)
    diners = load_diners(session, ids={order.diner_id for order in here})
    known = (diners[order.diner_id] for order in here if order.diner_id in diners)
    called = [one for one in known if typed in one.name.lower() or initials(one.name).startswith(typed)]
    people = (person_of(session, desk.service, one.diner_id, "name") for one in called[:MOST_NAMES])
    return tuple(person for person in people if person is not None)


def _heard(
    request: Request, house: HouseHere, actor: Actor, wanted: str, site: str, shown: Shown
) -> Response:
    """One answer with the tally; without scripts the whole page with the answer."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, wanted, site)
    view: CanteenView = facts["view"]
    code, name = shown.answer.order_code if shown.answer else "", ""
    meal = next((one for one in view.meals if code == one.order.code), None)
    if shown.back:
        name = next((one.diner.name for one in view.meals if one.order.order_id == shown.back), "")
    template = "canteen_heard.html" if is_fragment(request) else "canteen.html"
    return render(request, template, heard=shown, meal=meal, name=name, **facts)


def _done(request: Request, house: HouseHere, actor: Actor, wanted: str, site: str, done: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, request, actor, wanted, site)
    return answer(request, f"/canteen?service={wanted}&site={site}", "canteen_live.html", done, **facts)
