"""One small kitchen's facts, kept in a database, for the tests of the stores."""

from datetime import UTC, date, datetime, time

from sqlmodel import Session

from orders.diners import Diner, DinerFact
from orders.order import Order, OrderLine
from orders.service import Service
from orders.sites import Hours, Kitchen, Place, Site
from orders.store.diners import save_diners
from orders.store.orders import save_orders
from orders.store.sites import save_kitchen, save_sites

NOW_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LUNCH = Service("K1", date(2026, 11, 23), "lunch")
KITCHEN = Kitchen(
    "K1", "示例厨房", "collective_meal_delivery", "JY1", Place(24.3, 109.4), "Asia/Shanghai", "路8号", "0772"
)
HOURS = Hours(time(10, 20), time(11, 40), time(11, 15), 45)
CANTEEN = Site("C01", "canteen", "城中一号", "450202", "bulk", Place(24.31, 109.41), HOURS, 300, 80)
HOME = Site("H-LZ2", "home", "张三家", "450202", "packed", Place(24.32, 109.42), HOURS, 120, 1)
FACTS = (
    DinerFact("hukou", "450200"),
    DinerFact("residence", "450202", date(2026, 1, 1), date(2026, 12, 31)),
)
LI = Diner("d1", "LZ1", "李四", date(1940, 2, 29), "C01", facts=FACTS)
ZHANG = Diner(
    "d2",
    "LZ2",
    "张三",
    date(1950, 1, 1),
    "H-LZ2",
    "direct",
    frozenset({"egg", "soy"}),
    frozenset({"diabetic"}),
    texture="minced",
)


def order(number: int, diner: Diner = LI, dishes: tuple[str, ...] = ("D1", "D2")) -> Order:
    """An order of this number, placed in time."""
    lines = tuple(OrderLine(f"o{number}-{position}", dish, dish) for position, dish in enumerate(dishes, 1))
    return Order(f"o{number}", str(number), diner.diner_id, diner.site_id, lines, 1500, NOW_AT, "site")


def keep_registers(session: Session) -> None:
    """Keeps the kitchen, its two sites and its two diners."""
    save_kitchen(session, KITCHEN, {"programme": "p"}, NOW_AT)
    save_sites(session, "K1", "lunch", [CANTEEN, HOME])
    save_diners(session, [LI, ZHANG], "import")


def keep_orders(session: Session, *orders: Order) -> None:
    """Keeps the registers and these orders."""
    keep_registers(session)
    save_orders(session, LUNCH, orders, "import")
