"""A small town with servings of one noon, for the tests of flags, complaints and surveys."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from api.permissions import Actor, Role
from orders.diners import Diner, DinerFact
from orders.ids import IdSource
from orders.order import Order, OrderLine
from orders.receipts import Serving
from orders.service import Service
from orders.sites import Place, Site
from orders.store.diners import save_diners
from orders.store.orders import save_orders
from orders.store.programmes import save_programme
from orders.store.receipts import save_servings
from orders.store.sites import save_kitchen, save_sites
from tests.orders.store_facts import HOURS, KITCHEN

NOW_AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOON_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LUNCH = Service("K1", date(2026, 11, 23), "lunch")
NEAR = Site("C01", "canteen", "城中一号", "450202", "bulk", Place(24.31, 109.41), HOURS, 300, 80)
FAR = replace(NEAR, site_id="C02", name="城北二号", place=Place(24.42, 109.41))
SMALL = replace(NEAR, site_id="C03", name="巷口三号", place=Place(24.312, 109.412), capacity=2)
DEAD = DinerFact("died", "2026-11-20")
DINERS = {
    f"d{n}": Diner(f"d{n}", f"LZ{n}", f"示例{n}", date(1940, 1, n), "C01", facts=(DEAD,) if n == 3 else ())
    for n in range(1, 8)
}


def who(role: Role, user_id: str = "") -> Actor:
    """Somebody of this role."""
    return Actor(user_id or role, f"示例{role}", role)


def ids() -> IdSource:
    """Fresh row ids."""
    return IdSource(lambda: NOW_AT)


def build(session: Session, fraud: dict[str, Any] | None = None) -> None:
    """Kitchen, three canteens, seven diners of whom the third has died, and the programme ``p``."""
    save_kitchen(session, KITCHEN, {"programme": "p"}, NOW_AT)
    save_sites(session, "K1", "lunch", [NEAR, FAR, SMALL])
    save_diners(session, DINERS.values(), "import")
    body: dict[str, Any] = {
        "id": "p",
        "programme": {"name": {"zh": "示例方案", "en": "Example plan"}},
        "survey": {"metrics": ["satisfaction", "awareness"], "targets": {"awareness": 0.95}},
    }
    if fraud is not None:
        body["fraud"] = fraud
    valid = (date(2026, 1, 1), date(2027, 12, 31))
    save_programme(session, "p", body, valid=valid, author="test", made_at=NOW_AT)


def serve(session: Session, meals: Iterable[tuple[int, str, str, float]]) -> None:
    """Orders and servings: number, diner, site, minutes after noon."""
    orders, servings = [], []
    for number, diner_id, site_id, minute in meals:
        line = OrderLine(f"o{number}-1", "D1", "D1")
        orders.append(
            Order(f"o{number}", str(number), diner_id, site_id, (line,), 1500, NOON_AT, "site", "locked")
        )
        at = NOON_AT + timedelta(minutes=minute)
        servings.append((f"s{number}", Serving(f"o{number}", site_id, 1, at, at)))
    save_orders(session, LUNCH, orders, "test")
    save_servings(session, LUNCH, servings, "canteen")
