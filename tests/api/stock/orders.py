"""Orders of the one dish, by as many diners."""

from dataclasses import replace

from sqlmodel import Session

from orders.order import Order, OrderLine
from orders.service import Service
from orders.store.diners import load_diners, save_diners
from orders.store.sites import save_sites
from tests.api.stock.room import NOW_AT, SERVICE
from tests.orders.store_facts import CANTEEN, LI


def ordering(session: Session, people: int, service: Service = SERVICE) -> list[Order]:
    """An order of the stew for each of so many diners, who are registered when they are not yet."""
    save_sites(session, "K1", "lunch", [CANTEEN])
    known = load_diners(session)
    diners = [replace(LI, diner_id=f"d{n}", code=f"LZ{n}", facts=()) for n in range(people)]
    save_diners(session, [one for one in diners if one.diner_id not in known], "test")
    return [
        Order(
            f"{service.key} {n}",
            str(n),
            diner.diner_id,
            diner.site_id,
            (OrderLine(f"{service.key} {n} D1", "D1", "D1"),),
            1500,
            NOW_AT,
            "site",
        )
        for n, diner in enumerate(diners)
    ]
