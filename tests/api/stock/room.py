"""A small store room: two suppliers, three foods, one dish, and a production of two batches."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlmodel import Session

from api.people import OPERATOR
from api.stock.desk import StockDesk
from api.stock.receive import Receipt, receive
from api.stock.suppliers import keep_supplier
from kitchen.batches import ExtraParams, plan_batches
from kitchen.receiving import Supplier, SupplierLicence
from kitchen.recipes import Dish, Ingredient
from kitchen.store.catalogue import save_dishes, save_foods
from kitchen.store.deliveries import KeptDelivery
from kitchen.store.production import Production, publish_production, save_production
from orders.ids import IdSource
from orders.service import Service
from orders.sites import Kitchen, Place
from orders.store.sites import save_kitchen
from tests.kitchen.builders import dish, ids, packaged_foods, pans, portions

NOW_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SERVICE = Service("K1", date(2026, 11, 23), "lunch")
KITCHEN = Kitchen("K1", "Kitchen", "canteen", "JY", Place(24.3, 109.4), "Asia/Shanghai", "", "")
PORK, POTATO, WATER = "pork-lean-leg", "potato", "water"
PORK_PAPERS = {"lot_certificate": "C1", "animal_quarantine": "Q1", "meat_inspection": "I1"}
LICENSED = (SupplierLicence("food", "JY145", date(2027, 1, 1)),)
JPEG = b"\xff\xd8\xff" + b"photo"
STEW = dish("D1", ingredients=(Ingredient(PORK, 90_000), Ingredient(POTATO, 60_000)))


def desk(folder: Path | None = None) -> StockDesk:
    """The operator's desk."""
    return StockDesk(KITCHEN, OPERATOR, NOW_AT, IdSource(lambda: NOW_AT, 1), folder)


def furnish(session: Session, at: StockDesk, stew: Dish = STEW) -> None:
    """The kitchen with its foods, its dish and two suppliers, of which one has no licence."""
    save_kitchen(session, KITCHEN, {}, NOW_AT)
    foods = packaged_foods()
    water = next(food for food in foods.values() if food.group == "water")
    kept = [foods[PORK], foods[POTATO], replace(water, code=WATER)]
    save_foods(session, kept, author="u1", changed_at=NOW_AT)
    save_dishes(session, [stew], author="u1", changed_at=NOW_AT)
    keep_supplier(session, at, Supplier("", "S01", "示例肉行", "Wei", "1", LICENSED, frozenset({"red_meat"})))
    keep_supplier(session, at, Supplier("", "S02", "示例菜场", groups=frozenset({"tuber"})))


def pork(session: Session, at: StockDesk, kg: int = 20, supplier: str = "S01", **facts) -> KeptDelivery:
    """A delivery of pork with all its papers."""
    base = {"papers": PORK_PAPERS, "temperature_c": 3.0, "expires_on": date(2026, 11, 25)}
    return receive(session, at, Receipt(PORK, supplier, kg * 1_000_000, **{**base, **facts}))


def publish(session: Session, number: int = 1, service: Service = SERVICE, people: int = 150) -> list[str]:
    """Publishes a production of the stew; the ids of its batches."""
    made = plan_batches(portions(people), {"D1": STEW}, pans(1), ExtraParams(0), ids(f"p{number}-b"))
    production = Production(f"p{number}", service.key, number, "0" * 64, {}, NOW_AT, "u1")
    save_production(session, production, batches=made.batches, slots=[], boxes=[], exceptions=[])
    publish_production(session, production.production_id)
    return [batch.batch_id for batch in made.batches]
