"""Stock: suppliers, deliveries, lots, what goes out of them, and what to buy."""

import binascii
from base64 import b64decode
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from api.day.asked import asked_of
from api.day.hand_out import hand_lot as give_lot
from api.day.hand_out import hand_out as give_all
from api.endpoints.day import ServiceHere
from api.house import House
from api.permissions import Actor, ensure
from api.stock.batch_lots import Handed
from api.stock.desk import StockDesk, need_kitchen, need_lot
from api.stock.documents import (
    batches_document,
    delivery_document,
    lot_document,
    lot_file_document,
    picks_document,
    purchase_document,
    supplier_document,
)
from api.stock.holding import destroy_lot, hold_lot, release_lot, touched
from api.stock.moves import send_back, take_stock, waste
from api.stock.paper import print_log, print_purchase
from api.stock.photos import MOST_PHOTOS, photo_for
from api.stock.purchase import purchase_plan
from api.stock.receive import Receipt, WhenWanting, declaration, receive
from api.stock.suppliers import keep_supplier
from api.stock.trace import trace_document, trace_lot
from api.stock.views import list_lots, lot_file, pick_list
from api.web.access import HouseHere, LanguageHere, may
from api.words import LANGUAGES
from kitchen.lots import Declaration
from kitchen.receiving import Storage, Supplier, SupplierLicence
from kitchen.store.suppliers import load_suppliers
from orders.errors import BadInput, NotFound

router = APIRouter(prefix="/api/v1/stock", tags=["stock"])
Reader = Annotated[Actor, may("stock.read")]
Tracer = Annotated[Actor, may("trace.read")]
Keeper = Annotated[Actor, may("stock.keep")]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
MG_PER_G = 1000
MOST_G = 20_000_000
MOST_PHOTO = 9_000_000
MOST_DAYS = 31
Text = Annotated[str, Field(max_length=200)]


class LicenceIn(BaseModel):
    """A licence of a supplier."""

    kind: Text
    number: Text
    valid_to_on: date | None = None


class SupplierIn(BaseModel):
    """A supplier, kept by its code."""

    code: Text
    name: Text
    contact: Text = ""
    phone: Text = ""
    licences: list[LicenceIn] = Field(default_factory=list, max_length=20)
    groups: list[Text] = Field(default_factory=list, max_length=50)


class DeclaredIn(BaseModel):
    """What a label says of allergens, by their codes."""

    contains: list[Text] = Field(default_factory=list, max_length=50)
    may_contain: list[Text] = Field(default_factory=list, max_length=50)
    unknown: list[Text] = Field(default_factory=list, max_length=50)


class DeliveryIn(BaseModel):
    """What came to the door; photos are base 64."""

    food_code: Text
    supplier: Text
    g: float = Field(gt=0, le=MOST_G)
    papers: dict[str, Text] = Field(default_factory=dict)
    temperature_c: float | None = Field(default=None, ge=-60, le=60)
    expires_on: date | None = None
    storage: Storage | None = None
    supplier_lot: Text = ""
    declared: DeclaredIn | None = None
    photos: list[Annotated[str, Field(max_length=MOST_PHOTO)]] = Field(
        default_factory=list, max_length=MOST_PHOTOS
    )
    when_wanting: WhenWanting = "ask"
    received_at: AwareDatetime | None = None
    source: Text = "api"
    external_ref: Text | None = None


class MoveIn(BaseModel):
    """Some of a lot, and why."""

    g: float = Field(gt=0, le=MOST_G)
    reason: Text


class CountIn(BaseModel):
    """What was counted, in grams by lot code."""

    counted_g: dict[str, Annotated[float, Field(ge=0, le=MOST_G)]] = Field(min_length=1, max_length=1000)
    reason: Text = ""


class HandedIn(BaseModel):
    """Some of a lot for a batch, or back from it."""

    batch: Text
    lot: Text
    g: float = Field(gt=0, le=MOST_G)
    back: bool = False
    reason: Text = ""


class WordIn(BaseModel):
    """Why a lot is held, set free or destroyed, and the person who decides or does it."""

    reason: Text
    by_name: Text = ""


@router.get("/{kitchen_id}/suppliers")
def suppliers(kitchen_id: str, house: HouseHere, actor: Reader) -> list[dict[str, Any]]:
    """The kitchen's suppliers with their licences."""
    with house.database.read() as session:
        ensure(actor, "stock.read", kitchen_id=kitchen_id)
        return [supplier_document(one) for one in load_suppliers(session, kitchen_id).values()]


@router.put("/{kitchen_id}/suppliers")
def keep(told: SupplierIn, kitchen_id: str, house: HouseHere, actor: Keeper) -> dict[str, Any]:
    """Keeps a supplier by its code."""
    licences = tuple(SupplierLicence(one.kind, one.number, one.valid_to_on) for one in told.licences)
    groups = frozenset(told.groups)
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        one = Supplier("", told.code, told.name, told.contact, told.phone, licences, groups)
        return supplier_document(keep_supplier(session, desk, one))


@router.post("/{kitchen_id}/deliveries")
def deliver(
    told: DeliveryIn, kitchen_id: str, house: HouseHere, language: LanguageHere, actor: Keeper
) -> dict[str, Any]:
    """Writes a delivery down; refused with all that is wanting unless `when_wanting` says what to do."""
    receipt = Receipt(
        food_code=told.food_code,
        supplier_code=told.supplier,
        mg=round(told.g * MG_PER_G),
        papers=told.papers,
        temperature_c=told.temperature_c,
        expires_on=told.expires_on,
        storage=told.storage,
        supplier_lot=told.supplier_lot,
        declared=_declared(told.declared),
        photos=tuple(_bytes(photo) for photo in told.photos),
        when_wanting=told.when_wanting,
        received_at=told.received_at,
        source=told.source,
        external_ref=told.external_ref,
    )
    with house.database.begin() as session:
        kept = receive(session, _desk(session, house, kitchen_id, actor), receipt)
    return delivery_document(kept, language)


@router.get("/{kitchen_id}/lots")
def lots(
    kitchen_id: str, house: HouseHere, language: LanguageHere, actor: Reader, every: bool = False
) -> list[dict[str, Any]]:
    """Lots with something left, or all; first expired first."""
    with house.database.read() as session:
        desk = _desk(session, house, kitchen_id, actor)
        return [lot_document(one, language) for one in list_lots(session, desk, every=every)]


@router.get("/{kitchen_id}/lots/{code}")
def lot(
    kitchen_id: str, code: str, house: HouseHere, language: LanguageHere, actor: Reader
) -> dict[str, Any]:
    """One lot, what became of it, and the batches that it went into."""
    with house.database.read() as session:
        desk = _desk(session, house, kitchen_id, actor)
        return lot_file_document(lot_file(session, desk, need_lot(session, desk, code)), language)


@router.get("/{kitchen_id}/lots/{code}/trace")
def trace(
    kitchen_id: str, code: str, language: LanguageHere, house: HouseHere, actor: Tracer
) -> dict[str, Any]:
    """Everybody who was to eat of a lot, and who did; telephones for those who may see them."""
    with house.database.begin() as session:
        return trace_document(trace_lot(session, _desk(session, house, kitchen_id, actor), code), language)


@router.post("/{kitchen_id}/lots/{code}/waste")
def throw_away(told: MoveIn, kitchen_id: str, code: str, house: HouseHere, actor: Keeper) -> dict[str, Any]:
    """Throws some of a lot away."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        kept = waste(session, desk, code, round(told.g * MG_PER_G), told.reason)
    return {"lot": kept.code, "left_g": kept.left_mg / MG_PER_G}


@router.post("/{kitchen_id}/lots/{code}/return")
def give_back(told: MoveIn, kitchen_id: str, code: str, house: HouseHere, actor: Keeper) -> dict[str, Any]:
    """Sends some of a lot back to its supplier."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        kept = send_back(session, desk, code, round(told.g * MG_PER_G), told.reason)
    return {"lot": kept.code, "left_g": kept.left_mg / MG_PER_G}


@router.post("/{kitchen_id}/lots/{code}/hold")
def held(told: WordIn, kitchen_id: str, code: str, house: HouseHere, actor: Keeper) -> dict[str, Any]:
    """Holds a lot and the food of it, and names its batches, the boxes they are in and where those go."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        batches = hold_lot(session, desk, code, told.reason, told.by_name)
        return _state(session, desk, code) | {"batches": batches_document(batches)}


@router.post("/{kitchen_id}/lots/{code}/release")
def released(told: WordIn, kitchen_id: str, code: str, house: HouseHere, actor: Keeper) -> dict[str, Any]:
    """Sets a held lot free, and the food that it kept on hold."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        kept = release_lot(session, desk, code, told.reason, told.by_name)
        batches = touched(session, kept.lot_id)
        return _state(session, desk, code) | {"batches": batches_document(batches)}


@router.post("/{kitchen_id}/lots/{code}/destroy")
def destroyed(told: WordIn, kitchen_id: str, code: str, house: HouseHere, actor: Keeper) -> dict[str, Any]:
    """Writes down that what was left of a lot was destroyed, and by whom."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        kept = destroy_lot(session, desk, code, told.reason, told.by_name)
        batches = touched(session, kept.lot_id)
        return _state(session, desk, code) | {"batches": batches_document(batches)}


@router.post("/{kitchen_id}/counts")
def count(told: CountIn, kitchen_id: str, house: HouseHere, actor: Keeper) -> dict[str, float]:
    """Writes a stock take down; gives the difference to the book in grams, by lot code."""
    counted_mg = {code: round(g * MG_PER_G) for code, g in told.counted_g.items()}
    with house.database.begin() as session:
        found = take_stock(session, _desk(session, house, kitchen_id, actor), counted_mg, told.reason)
    return {code: mg / MG_PER_G for code, mg in found.items()}


@router.get("/picks/{kitchen_id}/{service_on}/{meal}")
def picks(service: ServiceHere, house: HouseHere, language: LanguageHere, actor: Reader) -> dict[str, Any]:
    """The pick list of a published service."""
    with house.database.read() as session:
        found = pick_list(session, _desk(session, house, service.kitchen_id, actor), service)
    if found is None:
        raise NotFound("plan", service.key)
    return picks_document(found, language)


@router.post("/picks/{kitchen_id}/{service_on}/{meal}/issue")
def hand_out(service: ServiceHere, house: HouseHere, language: LanguageHere, actor: Keeper) -> dict[str, Any]:
    """Hands a published service what it has not got yet; a second time changes nothing."""
    with house.database.begin(lock=service.key) as session:
        desk = _desk(session, house, service.kitchen_id, actor)
        give_all(session, desk, service)
        found = pick_list(session, desk, service)
    return picks_document(found, language) if found else {}


@router.post("/picks/{kitchen_id}/{service_on}/{meal}/lots")
def hand_lot(told: HandedIn, service: ServiceHere, house: HouseHere, actor: Keeper) -> dict[str, Any]:
    """Hands some of a named lot to a batch, or puts some back."""
    handed = Handed(service, told.batch, told.lot, round(told.g * MG_PER_G), told.reason)
    with house.database.begin(lock=service.key) as session:
        desk = _desk(session, house, service.kitchen_id, actor)
        kept = give_lot(session, desk, handed, back=told.back)
    return {"lot": kept.code, "left_g": kept.left_mg / MG_PER_G}


@router.get("/{kitchen_id}/purchase")
def purchase(
    kitchen_id: str,
    house: HouseHere,
    language: LanguageHere,
    actor: Reader,
    from_on: date | None = None,
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 3,
) -> dict[str, Any]:
    """What the coming services lack, by supplier."""
    with house.database.read() as session:
        desk = _desk(session, house, kitchen_id, actor)
        return purchase_document(purchase_plan(session, desk, asked_of, from_on, days), language)


@router.get(
    "/{kitchen_id}/papers/{name}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
def paper(
    kitchen_id: str,
    name: str,
    house: HouseHere,
    actor: Reader,
    from_on: date | None = None,
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 3,
) -> Response:
    """A paper: ``purchase-list.zh_CN.pdf`` or ``receiving-log.en.pdf``, of some dates."""
    kind, _, rest = name.partition(".")
    language = next((one for one in LANGUAGES if rest == f"{one}.pdf"), None)
    if language is None or kind not in ("purchase-list", "receiving-log"):
        raise NotFound("paper", name)
    with house.database.read() as session:
        desk = _desk(session, house, kitchen_id, actor)
        if kind == "purchase-list":
            made = print_purchase(purchase_plan(session, desk, asked_of, from_on, days), desk, language)
        else:
            first_on = from_on or desk.today_on
            made = print_log(session, desk, first_on, _later(first_on, days), language)
    headers = {"content-disposition": f'inline; filename="{kitchen_id}-{name}"', "cache-control": "no-store"}
    return Response(made.pdf, media_type="application/pdf", headers=headers)


@router.get("/photos/{digest}", response_class=Response)
def photo(digest: Digest, house: HouseHere, actor: Reader) -> Response:
    """A photo of a delivery, for those who may see the kitchen's stock."""
    with house.database.begin() as session:
        kept = photo_for(session, house.settings.data, digest, actor=actor, now_at=house.clock.now())
    return Response(kept.body, media_type=kept.media_type, headers={"cache-control": "no-store"})


def _desk(session: Session, house: House, kitchen_id: str, actor: Actor) -> StockDesk:
    kitchen = need_kitchen(session, kitchen_id)
    return StockDesk(kitchen, actor, house.clock.now(), house.ids, house.settings.data)


def _state(session: Session, desk: StockDesk, code: str) -> dict[str, Any]:
    kept = need_lot(session, desk, code)
    return {"lot": kept.code, "state": kept.state, "left_g": kept.left_mg / MG_PER_G}


def _declared(told: DeclaredIn | None) -> Declaration | None:
    if told is None:
        return None
    return declaration(frozenset(told.contains), frozenset(told.may_contain), frozenset(told.unknown))


def _bytes(photo: str) -> bytes:
    try:
        return b64decode(photo, validate=True)
    except binascii.Error as error:
        raise BadInput("photo_no_picture") from error


def _later(first_on: date, days: int) -> date:
    return date.fromordinal(first_on.toordinal() + days - 1)
