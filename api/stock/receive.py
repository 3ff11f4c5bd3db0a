"""Receive: a delivery comes in with its papers, comes in held, or goes back; each is written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlmodel import Session

from api.audit import record
from api.packaged import read_toml
from api.paths import config_dir
from api.stock.desk import MOST_KG, StockDesk, open_desk, receiving_rules
from api.stock.photos import keep_photos, read_pictures
from kitchen.foods import Food
from kitchen.lots import Declaration, Lot
from kitchen.receiving import Delivery, ReceivingRule, ReceivingRules, Storage, Supplier, wanting
from kitchen.store.catalogue import load_foods
from kitchen.store.deliveries import KeptDelivery, Verdict, deliveries_known, load_deliveries, save_delivery
from kitchen.store.suppliers import load_suppliers
from orders.codes import Coded
from orders.errors import BadInput, NotFound
from orders.ids import short_code
from orders.service import Service

WhenWanting = Literal["ask", "hold", "refuse"]
MOST_MG = MOST_KG * 1_000_000
LONGEST_SHELF = timedelta(days=3650)
SOON = timedelta(minutes=5)
SURFACE_C = (-60.0, 60.0)


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    What the person at the door says.

    Parameters
    ----------
    food_code, supplier_code, mg
        What, from whom, how much as it came, milligrams.
    papers
        Number of each paper by its kind.
    temperature_c, expires_on, storage
        As measured, as on the label, and how it came; None for storage is the food's usual.
    supplier_lot
        The supplier's own number.
    declared
        What its label says of allergens; None when it says nothing of its own.
    photos
        Bytes of the photos.
    when_wanting
        What to do when something is wrong: ask back, take it in held, or send it back.
    received_at
        When it came; None for now.
    source, external_ref
        Where the words come from; the same ref twice changes nothing.
    """

    food_code: str
    supplier_code: str
    mg: int
    papers: Mapping[str, str]
    temperature_c: float | None = None
    expires_on: date | None = None
    storage: Storage | None = None
    supplier_lot: str = ""
    declared: Declaration | None = None
    photos: tuple[bytes, ...] = ()
    when_wanting: WhenWanting = "ask"
    received_at: datetime | None = None
    source: str = "holdchain"
    external_ref: str | None = None


@dataclass(frozen=True, slots=True)
class ReceivingBooks:
    """
    What deliveries are judged by, read once for many.

    Parameters
    ----------
    foods
        By code.
    rules
        What is asked of them.
    suppliers
        By their codes and by their ids.
    """

    foods: Mapping[str, Food]
    rules: ReceivingRules
    suppliers: Mapping[str, Supplier]


def receiving_books(session: Session, kitchen_id: str) -> ReceivingBooks:
    """What a kitchen's deliveries are judged by."""
    suppliers = load_suppliers(session, kitchen_id)
    by_code = {one.code: one for one in suppliers.values()}
    return ReceivingBooks(load_foods(session), receiving_rules(session, kitchen_id), suppliers | by_code)


def receive(
    session: Session, desk: StockDesk, told: Receipt, books: ReceivingBooks | None = None
) -> KeptDelivery:
    """
    Writes a delivery down; unless it goes back it is a lot from then on.

    Parameters
    ----------
    session, desk
        Open transaction, and who is at the door.
    told
        What is said of it.
    books
        What it is judged by, where that has been read already.

    Raises
    ------
    NotFound
        When there is no such food or supplier.
    BadInput
        When something is impossible, or wanting (``receipt_wanting``, with each thing as a reason) and nobody
        has said what to do about it.
    """
    open_desk(session, desk, "stock.keep")
    if told.external_ref is not None:
        known = load_deliveries(session, desk.kitchen.kitchen_id, refs=(told.source, [told.external_ref]))
        if known:
            return known[0]
    code = short_code("L", deliveries_known(session, desk.kitchen.kitchen_id) + 1, 4)
    kept = judged(desk, told, books or receiving_books(session, desk.kitchen.kitchen_id), code)
    if kept.wanting and told.when_wanting == "ask":
        refusal = BadInput("receipt_wanting")
        refusal.reasons = kept.wanting
        raise refusal
    save_delivery(session, desk.kitchen.kitchen_id, kept, desk.ids.new(), desk.ids.new())
    keep_photos(session, desk, kept.lot.lot_id, read_pictures(told.photos))
    subject = f"{desk.kitchen.kitchen_id}/{kept.lot.code}"
    detail = {"food": told.food_code, "mg": told.mg, "verdict": kept.verdict}
    record(session, desk.actor, "stock.keep/receive", subject, desk.now_at, detail)
    return kept


def judged(desk: StockDesk, told: Receipt, books: ReceivingBooks, code: str) -> KeptDelivery:
    """A delivery with all that is wrong with it, under this code, not kept yet."""
    food, supplier = books.foods.get(told.food_code), books.suppliers.get(told.supplier_code)
    if food is None:
        raise NotFound("food", told.food_code)
    if supplier is None:
        raise NotFound("supplier", told.supplier_code)
    rules, rule = books.rules, books.rules.rule_for(food)
    received_at = told.received_at or desk.now_at
    received_on = (
        Service(desk.kitchen.kitchen_id, date.min, "lunch", desk.kitchen.zone).local(received_at).date()
    )
    _require_possible(desk, told, food, rule, rules)
    delivery = Delivery(
        told.mg,
        {kind: number.strip() for kind, number in told.papers.items() if number.strip()},
        told.temperature_c,
        told.expires_on,
        told.storage or rule.storage,
        len(told.photos),
    )
    found = wanting(delivery, supplier, rule, rules, received_on)
    return KeptDelivery(
        lot=Lot(
            lot_id=desk.ids.new(),
            code=code,
            food_code=food.code,
            supplier_id=supplier.supplier_id,
            received_at=received_at,
            expires_on=told.expires_on or _shelf(rule, received_on),
            received_mg=told.mg,
            left_mg=told.mg,
            papers=delivery.papers,
            temperature_c=told.temperature_c,
            declared=told.declared,
        ),
        verdict=_verdict(found, told.when_wanting),
        wanting=found,
        supplier_lot=told.supplier_lot.strip(),
        storage=delivery.storage,
        rules_revision=rules.revision,
        actor=desk.actor.user_id,
        recorded_at=desk.now_at,
        source=told.source,
        external_ref=told.external_ref,
    )


def declaration(
    contains: frozenset[str], may_contain: frozenset[str], unknown: frozenset[str]
) -> Declaration:
    """
    What a label says, checked against the allergens there are.

    Raises
    ------
    BadInput
        Naming an allergen that stands in two columns or that nobody knows.
    """
    known = read_toml(config_dir() / "allergens.toml")["allergen"]
    for allergen in sorted(contains | may_contain | unknown):
        if allergen not in known:
            raise BadInput("stock_allergen_unknown", allergen=allergen)
        if sum(allergen in one for one in (contains, may_contain, unknown)) > 1:
            raise BadInput("stock_declared_twice", allergen=allergen)
    return Declaration(contains, may_contain, unknown)


def _require_possible(
    desk: StockDesk, told: Receipt, food: Food, rule: ReceivingRule, rules: ReceivingRules
) -> None:
    if not 1 <= told.mg <= MOST_MG:
        raise BadInput("stock_amount", most_kg=MOST_KG)
    if not rule.tracked:
        raise BadInput("stock_untracked", food=food.code)
    if told.received_at is not None and told.received_at > desk.now_at + SOON:
        raise BadInput("stock_later", at=told.received_at.isoformat())
    if told.expires_on is not None and abs(told.expires_on - desk.today_on) > LONGEST_SHELF:
        raise BadInput("stock_expiry_far", expires_on=told.expires_on.isoformat())
    if told.temperature_c is not None and not SURFACE_C[0] <= told.temperature_c <= SURFACE_C[1]:
        raise BadInput("stock_temperature", temperature_c=str(told.temperature_c))
    for paper in told.papers:
        if paper not in rules.paper_names:
            raise BadInput("stock_paper_unknown", paper=paper)


def _shelf(rule: ReceivingRule, received_on: date) -> date | None:
    return None if rule.shelf_days is None else received_on + timedelta(days=rule.shelf_days)


def _verdict(found: tuple[Coded, ...], when_wanting: WhenWanting) -> Verdict:
    if when_wanting == "refuse":
        return "refused"
    return "held" if found else "accepted"
