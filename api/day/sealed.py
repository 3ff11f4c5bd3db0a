"""Sealed meals at the table: each is scanned to its diner, and what no longer suits is not given."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from api.day.suits import needy_diners, own_suits, planned_portions
from api.day.taken_out import taken_out
from orders.codes import Coded
from orders.order import Order
from orders.service import Service


@dataclass(frozen=True, slots=True)
class Guard:
    """
    What stands between a diner and the meal.

    Parameters
    ----------
    unfit
        Why it must not be given as it is; None when it suits.
    sealed
        Whether it lies sealed and named in its box, so that it is scanned to its diner.
    """

    unfit: Coded | None
    sealed: bool


def guards(session: Session, service: Service, orders: Sequence[Order]) -> dict[str, Guard]:
    """What stands between these orders and their diners as things are now, by id of the order."""
    diners = needy_diners(session, orders)
    lines = [line.line_id for order in orders for line in order.lines]
    published = planned_portions(session, service, lines)
    needy = [order for order in orders if order.diner_id in diners]
    suits, planned = own_suits(session, service, needy, diners, published), published or {}
    out, found = taken_out(session, service) if needy else frozenset[str](), {}
    for order in orders:
        unfit = suits.unfit(order) if suits and order.diner_id in diners else []
        left = suits.left_in(order) if suits and order.diner_id in diners else []
        unfit += [clash for clash in left if clash.line_id not in out]
        wanted = {line.line_id: line.dish_id for line in order.lines if line.state != "withdrawn"}
        sealed = any(
            planned[key].special and planned[key].dish_id == dish_id
            for key, dish_id in wanted.items()
            if key in planned
        )
        told = Coded("meal_unfit", {"order": order.code, "dish": unfit[0].dish_id}) if unfit else None
        found[order.order_id] = Guard(told, sealed)
    return found


def meal_text(service: Service, order_code: str, version: int | None = None) -> str:
    """What a scanner reads on a sealed container: ``holdchain:meal:K1/2026-11-23/lunch:20261123-0042:2``."""
    plain = f"holdchain:meal:{service.key}:{order_code}"
    return plain if version is None else f"{plain}:{version}"


def is_meal(text: str) -> bool:
    """Whether a scanned text is that of a sealed container."""
    return text.strip().casefold().startswith("holdchain:meal:")


def meal_scanned(service: Service, text: str) -> str:
    """The order's number on a scanned container of this service; of any other text the text itself."""
    told = text.strip()
    code = told.removeprefix(meal_text(service, ""))
    return code if code == told else code.partition(":")[0]
