"""A city of two kitchens with lunch and dinner: the packaged one, and a second kitchen beside it."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from api.day.close import close_service, settle
from api.day.plan import plan_service, publish_day
from api.people import OPERATOR
from kitchen.boxes import Carrier
from kitchen.store.equipment import load_carriers, load_equipment, save_carriers, save_equipment
from orders.diners import Diner
from orders.menus import Menu
from orders.order import Order, OrderLine
from orders.service import Meal, Service
from orders.sites import Hours, Place, Site
from orders.store.diners import load_diners, save_diners
from orders.store.menus import load_menu, publish_menu, save_menu
from orders.store.orders import load_clashes, load_orders, save_orders
from orders.store.programmes import load_programmes, save_programme
from orders.store.sites import load_kitchen, load_kitchen_settings, load_sites, save_kitchen, save_sites
from routing.store.fleet import load_vans, save_vans
from tests.api.day.example_day import PUBLISHED_AT, SEEDED_AT, SERVICE, ExampleDay, imported_day

LUNCH_1, DINNER_1 = SERVICE, replace(SERVICE, meal="dinner")
LUNCH_2, DINNER_2 = replace(SERVICE, kitchen_id="K2"), replace(SERVICE, kitchen_id="K2", meal="dinner")
SERVICES = (LUNCH_1, DINNER_1, LUNCH_2, DINNER_2)
LATER_H = 6
DAY_BEFORE = ("forecast_", "chill_")
SECOND_PROGRAMME = "second-example"
SECOND_SUBSIDY_FEN = 300
NORTH = 0.01


@dataclass(frozen=True)
class City:
    """
    Four services of one date, published.

    Parameters
    ----------
    days
        Service key to the service in the one database.
    """

    days: Mapping[str, ExampleDay]

    def __getitem__(self, service: Service) -> ExampleDay:
        """One service of it."""
        return self.days[service.key]


def published_city(folder: Path) -> City:
    """Four services planned and published in one database."""
    day = imported_day(folder, diners=25)
    with day.database.begin() as session:
        _second_kitchen(session)
        _second_programme(session)
        for kitchen_id in ("K1", "K2"):
            _dinner(session, kitchen_id)
        for service in SERVICES[1:]:
            _menu_and_orders(session, day, service)
    for service in SERVICES:
        _publish(day, service)
    return City({service.key: replace(day, service=service) for service in SERVICES})


def _second_kitchen(session: Session) -> None:
    """K2: its own place, settings, equipment, carriers with their own sensors, vans, canteens and diners."""
    first, (_, settings) = load_kitchen(session, "K1"), load_kitchen_settings(session, "K1")
    place = Place(first.place.lat + NORTH, first.place.lon)
    second = replace(first, kitchen_id="K2", name="第二示例厨房", place=place)
    save_kitchen(session, second, {**settings, "programme": SECOND_PROGRAMME}, SEEDED_AT)
    save_equipment(session, "K2", load_equipment(session, "K1"))
    save_carriers(session, "K2", [_own(carrier) for carrier in load_carriers(session, "K1")])
    for kitchen_id in ("K1", "K2"):
        vans = [replace(van, shift_to=time(20, 0)) for van in load_vans(session, "K1")]
        save_vans(session, kitchen_id, vans)
    sites = load_sites(session, "K1", "lunch").values()
    save_sites(session, "K2", "lunch", [_moved(site) for site in sites if site.kind == "canteen"])
    diners = load_diners(session).values()
    moved = [_second_diner(diner) for diner in diners if diner.delivery != "direct"]
    save_diners(session, moved, "test", {diner.diner_id: diner.code for diner in moved})


def _own(carrier: Carrier) -> Carrier:
    """The same carrier code in the other kitchen, with another sensor."""
    return replace(carrier, sensor_id=carrier.sensor_id and f"{carrier.sensor_id}-K2")


def _moved(site: Site) -> Site:
    return replace(
        site,
        site_id=f"N{site.site_id}",
        name=f"北{site.name}",
        place=Place(site.place.lat + NORTH, site.place.lon),
    )


def _second_diner(diner: Diner) -> Diner:
    return replace(
        diner, diner_id=f"{diner.diner_id[:-2]}k2", code=f"N{diner.code}", site_id=f"N{diner.site_id}"
    )


def _second_programme(session: Session) -> None:
    """3.00 yuan, once a day, at lunch or dinner."""
    body = deepcopy(load_programmes(session, SERVICE.service_on)["liuzhou-example"][1])
    per_meal = body["benefit"][0]
    per_meal |= {"id": "meal-3", "amount": "3.00", "meals": ["lunch", "dinner"]}
    monthly = body["settlement"][0] | {"benefits": ["meal-3"]}
    meals = body["meals"] | {"dinner": {"subsidised": True}}
    changed = {"benefit": [per_meal], "settlement": [monthly], "meals": meals, "overlay": [], "ambiguity": []}
    body |= {"id": SECOND_PROGRAMME, **changed}
    valid = (date(2026, 1, 1), date(2027, 12, 31))
    save_programme(session, SECOND_PROGRAMME, body, valid=valid, author="test", made_at=SEEDED_AT)


def _dinner(session: Session, kitchen_id: str) -> None:
    """Everything of the lunch, six hours later; nothing is cooked for it the day before."""
    kitchen, (_, settings) = load_kitchen(session, kitchen_id), load_kitchen_settings(session, kitchen_id)
    meals = settings["meal"]
    save_kitchen(
        session, kitchen, {**settings, "meal": {**meals, "dinner": _later(meals["lunch"])}}, SEEDED_AT
    )
    sites = load_sites(session, kitchen_id, "lunch").values()
    evening = [replace(site, hours=_evening(site.hours)) for site in sites]
    save_sites(session, kitchen_id, "dinner", evening)


def _later(table: Any) -> Any:
    if isinstance(table, dict):
        return {key: _later(value) for key, value in table.items() if not key.startswith(DAY_BEFORE)}
    if isinstance(table, str) and table[2:3] == ":":
        return f"{int(table[:2]) + LATER_H:02}{table[2:]}"
    return table


def _evening(hours: Hours) -> Hours:
    opens, closes, starts = (
        at.replace(hour=at.hour + LATER_H) for at in (hours.opens, hours.closes, hours.serving_starts)
    )
    return replace(hours, opens=opens, closes=closes, serving_starts=starts)


def _menu_and_orders(session: Session, day: ExampleDay, service: Service) -> None:
    """The first lunch's menu and orders once more, for this service and its own diners, numbers alike."""
    menu_id, first = day.ids.new(), load_menu(session, SERVICE)
    menu = Menu(service, first.items, first.price_fen)
    save_menu(session, menu_id, menu, author="test", made_at=SEEDED_AT)
    publish_menu(session, menu_id)
    known = load_diners(session)
    orders = [_again(day, order, service.kitchen_id, service.meal) for order in load_orders(session, SERVICE)]
    save_orders(session, service, [order for order in orders if order.diner_id in known], "test")


def _again(day: ExampleDay, order: Order, kitchen_id: str, meal: Meal) -> Order:
    lines = tuple(OrderLine(day.ids.new(), line.dish_id, line.dish_id) for line in order.lines)
    earlier = timedelta(minutes=5 if meal == "dinner" else 0)
    mine = replace(order, order_id=day.ids.new(), lines=lines, placed_at=order.placed_at - earlier)
    if kitchen_id == "K1":
        return mine
    return replace(mine, diner_id=f"{order.diner_id[:-2]}k2", site_id=f"N{order.site_id}")


def _publish(day: ExampleDay, service: Service) -> None:
    acting = {"actor": OPERATOR, "now_at": PUBLISHED_AT}
    with day.database.begin() as session:
        close_service(session, service, ids=day.ids, **acting)
        for clash_id, clash in load_clashes(session, service, open_only=True).items():
            settle(session, service, clash_id, next(iter(clash.proposed), None), ids=day.ids, **acting)
    version = plan_service(day.database, service, ids=day.ids, seed=1, **acting).version
    with day.database.begin() as session:
        publish_day(session, service, version, **acting)
