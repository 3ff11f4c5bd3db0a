"""The store room's page: deliveries in, lots by expiry, what is handed out, what to buy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, UploadFile
from fastapi.responses import Response
from sqlmodel import Session

from api.day.asked import asked_of
from api.day.chilled_after import chilled_left, throw_away
from api.day.hand_out import hand_out
from api.names import allergen_names
from api.pages.shell import answer, is_fragment
from api.permissions import Actor, ensure
from api.reports.facts import Named
from api.stock.desk import StockDesk, counted_mg, milligrams, need_lot, receiving_rules
from api.stock.holding import TouchedBatch, destroy_lot, hold_lot, release_lot
from api.stock.moves import grams, send_back, take_stock, waste
from api.stock.photos import MOST_PHOTOS
from api.stock.purchase import purchase_plan
from api.stock.receive import Receipt, WhenWanting, declaration, receive
from api.stock.trace import trace_lot
from api.stock.views import lot_file, stock_view
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import FieldsHere, OpenDay
from api.web.render import render
from api.words import gettext, say_all
from kitchen.foods import Food
from kitchen.lots import Declaration
from kitchen.receiving import LICENCE, STORAGES, ReceivingRules, Storage
from kitchen.store.catalogue import load_dishes, load_foods
from orders.drops import LARGEST_PROOF_BYTES
from orders.errors import BadInput, NotFound
from orders.service import parse_service
from orders.store.sites import load_kitchens
from orders.typed import typed_number

router = APIRouter(prefix="/stock", include_in_schema=False)
Reader = Annotated[Actor, may("stock.read")]
Tracer = Annotated[Actor, may("trace.read")]
Keeper = Annotated[Actor, may("stock.keep")]
LotAct = Literal["waste", "return", "count", "hold", "release", "destroy"]
PAPER = "paper-"
LOG_DAYS = 7
DECLARES = ("contains", "may_contain", "unknown")
DONE = {
    "accepted": "It is in stock as lot {code}.",
    "held": "It is in as lot {code}, held: it may not be used yet.",
    "refused": "It is written down as sent back, {code}.",
}
LOT_DONE = {
    "waste": "It is written off.",
    "return": "It is written down as sent back to the supplier.",
    "count": "The count is written down.",
    "hold": "The lot is held, and the food of it with it.",
    "release": "The lot may be used again; the food that it kept on hold may go on.",
    "destroy": "It is written down as destroyed.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What the form asks of a food.

    Parameters
    ----------
    papers
        Kind and name of each paper but the licence, which is looked up.
    storage, most_c
        How it comes as a rule, and how warm at most.
    shelf_days
        Days it keeps when its label names no date; None when the label must.
    """

    papers: tuple[tuple[str, Named], ...]
    storage: Storage
    most_c: float | None
    shelf_days: int | None


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, kitchen: str = "", food: str = "") -> Response:
    """The store room of the actor's kitchen."""
    with house.database.read() as session:
        facts = _facts(session, request, house, actor, kitchen, food)
    return render(request, "stock.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader, kitchen: str = "", food: str = "") -> Response:
    """The part of the page that acts change."""
    with house.database.read() as session:
        facts = _facts(session, request, house, actor, kitchen, food)
    return render(request, "stock_live.html", done="", **facts)


@router.get("/buy")
def buy(request: Request, house: HouseHere, actor: Reader, kitchen: str = "") -> Response:
    """What is to be bought; it reckons what every diner would get, so the page asks for it by itself."""
    with house.database.read() as session:
        facts = _facts(session, request, house, actor, kitchen, "")
        facts["buy"] = purchase_plan(session, _desk(session, house, actor, kitchen), asked_of)
    return render(request, "stock_buy.html" if is_fragment(request) else "stock.html", **facts)


@router.get("/asked")
def asks(
    request: Request,
    house: HouseHere,
    actor: Keeper,
    food: Annotated[str, Query(max_length=200)] = "",
    kitchen: str = "",
) -> Response:
    """What the form asks of the food that was chosen."""
    with house.database.read() as session:
        desk = _desk(session, house, actor, kitchen)
        ensure(actor, "stock.keep", kitchen_id=desk.kitchen.kitchen_id)
        foods, rules = load_foods(session), receiving_rules(session, desk.kitchen.kitchen_id)
    return render(request, "stock_asked.html", asked=_asked(foods, rules, food))


@router.get("/lots/{code}")
def lot(request: Request, house: HouseHere, actor: Reader, code: str, kitchen: str = "") -> Response:
    """One lot: how it came, what became of it, what it went into."""
    with house.database.read() as session:
        facts = _lot_facts(session, _desk(session, house, actor, kitchen), code)
    return render(request, "stock_lot.html", **facts)


@router.get("/lots/{code}/trace")
def traced(request: Request, house: HouseHere, actor: Tracer, code: str, kitchen: str = "") -> Response:
    """Everybody who was to eat of a lot, and who did."""
    with house.database.begin() as session:
        desk = _desk(session, house, actor, kitchen)
        trace = trace_lot(session, desk, code)
    return render(request, "stock_trace.html", trace=trace, kitchen=desk.kitchen, zone=desk.kitchen.zone)


@router.post("/receive")
def received(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Keeper,
    fields: FieldsHere,
    food: Annotated[str, Form(max_length=200)],
    supplier: Annotated[str, Form(max_length=200)],
    kg: Annotated[str, Form(max_length=20)],
    expires_on: Annotated[OpenDay, Form()] = None,
    when_wanting: Annotated[WhenWanting, Form()] = "ask",
    photo: list[UploadFile] | None = None,
    kitchen: Annotated[str, Form()] = "",
) -> Response:
    """A delivery: in stock, held, or sent back."""
    with house.database.begin() as session:
        desk = _desk(session, house, actor, kitchen)
        told = Receipt(
            food_code=_food_code(session, food),
            supplier_code=supplier,
            mg=milligrams(kg),
            papers={
                name.removeprefix(PAPER): text for name, text in fields.items() if name.startswith(PAPER)
            },
            temperature_c=_degrees(fields.get("temperature_c", "")),
            expires_on=expires_on,
            storage=_storage(fields.get("storage", "")),
            supplier_lot=fields.get("supplier_lot", "")[:100],
            declared=_declared(fields),
            photos=_photos(photo or []),
            when_wanting=when_wanting,
        )
        kept = receive(session, desk, told)
    words = gettext(DONE[kept.verdict], language).format(code=kept.lot.code)
    words = f"{words} {grams(kept.lot.received_mg)}"
    reasons = " ".join(say_all(kept.wanting, language))
    return _done(request, house, actor, kitchen, f"{words} {reasons}".strip())


@router.post("/lots/{code}")
def lot_act(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Keeper,
    code: str,
    what: Annotated[LotAct, Form()],
    kg: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=200)] = "",
    by_name: Annotated[str, Form(max_length=100)] = "",
    kitchen: Annotated[str, Form()] = "",
) -> Response:
    """Something that is done with a lot."""
    with house.database.begin() as session:
        desk = _desk(session, house, actor, kitchen)
        if what in ("waste", "return"):
            (waste if what == "waste" else send_back)(session, desk, code, milligrams(kg), reason)
        elif what == "count":
            take_stock(session, desk, {code: counted_mg(kg)}, reason)
        elif what == "hold":
            hold_lot(session, desk, code, reason, by_name)
        else:
            (release_lot if what == "release" else destroy_lot)(session, desk, code, reason, by_name)
    with house.database.read() as session:
        facts = _lot_facts(session, _desk(session, house, actor, kitchen), code)
    done = " ".join([gettext(LOT_DONE[what], language), *_still(facts["file"].batches, language)])
    return answer(request, f"/stock/lots/{code}?kitchen={kitchen}", "stock_lot_live.html", done, **facts)


@router.post("/issue")
def handed_out(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Keeper,
    service: Annotated[str, Form(max_length=100)],
    kitchen: Annotated[str, Form()] = "",
) -> Response:
    """Hands a service what its batches have not got yet."""
    with house.database.begin(lock=service) as session:
        desk = _desk(session, house, actor, kitchen)
        try:
            named = parse_service(service, desk.kitchen.zone)
        except ValueError as error:
            raise NotFound("service", service) from error
        done = hand_out(session, desk, named)
    words = gettext("{count} amounts are handed out.", language).format(count=len(done.picks))
    return _done(request, house, actor, kitchen, words)


@router.post("/chilled/{chilled_id}/waste")
def chilled_waste(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Keeper,
    chilled_id: str,
    portions: Annotated[int, Form(ge=1)],
    reason: Annotated[str, Form(max_length=500)],
    person: Annotated[str, Form(max_length=80)] = "",
    kitchen: Annotated[str, Form()] = "",
) -> Response:
    """What is over of a chilled batch is thrown away."""
    with house.database.begin() as session:
        throw_away(session, _desk(session, house, actor, kitchen), chilled_id, portions, reason, person)
    done = gettext("It is written down as thrown away.", language)
    return _done(request, house, actor, kitchen, done)


def _desk(session: Session, house: HouseHere, actor: Actor, wanted: str) -> StockDesk:
    known = load_kitchens(session)
    own = actor.kitchen_id or wanted
    found = next((one for one in known if not own or one.kitchen_id == own), None)
    if found is None:
        raise NotFound("kitchen", own or "-")
    return StockDesk(found, actor, house.clock.now(), house.ids, house.settings.data)


def _facts(
    session: Session, request: Request, house: HouseHere, actor: Actor, wanted: str, food: str
) -> dict[str, Any]:
    desk = _desk(session, house, actor, wanted)
    view, chilled = stock_view(session, desk), chilled_left(session, desk)
    dishes = load_dishes(session, {one.batch.dish_id for one in chilled})
    return {
        "view": view,
        "kitchen": desk.kitchen,
        "kitchens": () if actor.kitchen_id else load_kitchens(session),
        "zone": desk.kitchen.zone,
        "food": food,
        "asked": _asked(view.foods, view.rules, food),
        "allergens": allergen_names(),
        "papers_from_on": desk.today_on - timedelta(days=LOG_DAYS - 1),
        "log_days": LOG_DAYS,
        "most_photos": MOST_PHOTOS,
        "chilled": chilled,
        "eat_on": {one.batch.chilled_id: desk.date_of(one.eat_by_at) for one in chilled},
        "dish_names": {one.dish_id: Named(one.name_zh, one.name_en) for one in dishes.values()},
    }


def _lot_facts(session: Session, desk: StockDesk, code: str) -> dict[str, Any]:
    return {
        "file": lot_file(session, desk, need_lot(session, desk, code)),
        "kitchen": desk.kitchen,
        "zone": desk.kitchen.zone,
        "papers": receiving_rules(session, desk.kitchen.kitchen_id).paper_names,
        "allergens": allergen_names(),
    }


def _still(batches: Iterable[TouchedBatch], language: str) -> list[str]:
    """What stands still of the food of a lot, as a sentence; none when nothing does."""
    still = [one for one in batches if one.on_hold]
    if not still:
        return []
    words = gettext("Standing still: {batches}; boxes: {boxes}; sites: {sites}.", language)
    codes = gettext(", ", language).join(dict.fromkeys(one.code for one in still))
    boxes = {(one.service_key, box) for one in still for box in one.boxes}
    sites = {site for one in still for site in one.sites}
    return [words.format(batches=codes, boxes=len(boxes), sites=len(sites))]


def _asked(foods: Mapping[str, Food], rules: ReceivingRules, typed: str) -> Asked:
    """What is asked of the food that was typed, of no food in particular while none is known."""
    found = next((one for one in foods.values() if typed in (one.code, one.name_zh, one.name_en)), None)
    rule = rules.usual if found is None else rules.rule_for(found)
    names = tuple((kind, Named(*rules.paper_names[kind])) for kind in rule.papers if kind != LICENCE)
    return Asked(names, rule.storage, rules.most_c.get(rule.storage), rule.shelf_days)


def _done(request: Request, house: HouseHere, actor: Actor, kitchen: str, done: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, request, house, actor, kitchen, "")
    return answer(request, f"/stock?kitchen={kitchen}", "stock_live.html", done, **facts)


def _food_code(session: Session, typed: str) -> str:
    """The food that was meant: by its code or either name."""
    wanted = typed.strip()
    foods = load_foods(session).values()
    found = next((one.code for one in foods if wanted in (one.code, one.name_zh, one.name_en)), None)
    if found is None:
        raise NotFound("food", wanted)
    return found


def _degrees(text: str) -> float | None:
    if not text.strip():
        return None
    degrees_c = typed_number(text)
    if degrees_c is None or not -60 <= degrees_c <= 60:
        raise BadInput("not_understood", where="temperature_c", what=text)
    return float(degrees_c)


def _storage(text: str) -> Storage | None:
    return next((one for one in STORAGES if one == text), None)


def _declared(fields: Mapping[str, str]) -> Declaration | None:
    """The label's own declaration, when the form says that it has one."""
    if fields.get("declares") != "own":
        return None
    codes = allergen_names()
    contains, may_contain, unknown = (
        frozenset(code for code in codes if fields.get(f"a-{code}") == name) for name in DECLARES
    )
    return declaration(contains, may_contain, unknown)


def _photos(sent: list[UploadFile]) -> tuple[bytes, ...]:
    taken = [one for one in sent if one.filename]
    if len(taken) > MOST_PHOTOS:
        raise BadInput("photos_too_many", most=MOST_PHOTOS)
    return tuple(one.file.read(LARGEST_PROOF_BYTES + 1) for one in taken)
