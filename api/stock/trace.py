"""One step forward, to the end: from a lot to everybody who was to eat of it, with telephones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.permissions import ensure
from api.reports.facts import Named
from api.stock.desk import StockDesk, need_lot
from api.stock.holding import TouchedBatch, touched
from api.stock.views import named
from kitchen.lots import Lot
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.trace import TracedPortion, portions_of_batches


@dataclass(frozen=True, slots=True)
class TracedMeal:
    """
    One diner's meal with something of a lot in it.

    Parameters
    ----------
    service_key, site_name, order_code
        Which meal.
    diner_id, diner_code, diner_name, phone
        Whose; the telephone is empty where there is none or the reader may not see it.
    dishes, batches, boxes
        The dishes that the lot is in, their batches and the boxes they went in. A walk-in has boxes alone:
        which batch was ladled out of a box nobody knows.
    changed
        Whether the order has other dishes in the place of all of them since the plan.
    served_at
        When it was handed over; None while nobody said so.
    """

    service_key: str
    site_name: str
    order_code: str
    diner_id: str
    diner_code: str
    diner_name: str
    phone: str
    dishes: tuple[Named, ...]
    batches: tuple[str, ...]
    boxes: tuple[str, ...]
    changed: bool
    served_at: datetime | None


@dataclass(frozen=True, slots=True)
class LotTrace:
    """
    Where a lot went.

    Parameters
    ----------
    lot, food
        The lot, and its food by name.
    batches
        What it went into, or is to.
    meals
        By service, site and order; those of walk-ins last.
    """

    lot: Lot
    food: Named
    batches: tuple[TouchedBatch, ...]
    meals: tuple[TracedMeal, ...]

    @property
    def diners(self) -> int:
        """People concerned."""
        return len({meal.diner_id for meal in self.meals})

    @property
    def served(self) -> int:
        """Meals that were handed over."""
        return sum(meal.served_at is not None for meal in self.meals)


def trace_lot(session: Session, desk: StockDesk, code: str) -> LotTrace:
    """
    Everybody who was to eat of a lot, and who did; who asked is written down.

    Raises
    ------
    Forbidden
        When the actor may not trace.
    NotFound
        When there is no such lot.
    """
    ensure(desk.actor, "trace.read", kitchen_id=desk.kitchen.kitchen_id)
    lot = need_lot(session, desk, code)
    batches = touched(session, lot.lot_id)
    batch_ids = [one.batch_id for one in batches if one.batch_id]
    portions = portions_of_batches(session, batch_ids, with_phones=desk.actor.may("people.read"))
    dishes = load_dishes(session, {one.dish_id for one in portions if one.dish_id})
    names = {dish_id: Named(dish.name_zh, dish.name_en) for dish_id, dish in dishes.items()}
    meals = [
        _meal(list(own), names)
        for _, own in groupby(portions, lambda one: (one.walk_in, one.service_key, one.order_code))
    ]
    subject = f"{desk.kitchen.kitchen_id}/{lot.code}"
    record(session, desk.actor, "trace.read", subject, desk.now_at, {"meals": len(meals)})
    return LotTrace(lot, named(load_foods(session), lot.food_code), batches, tuple(meals))


def trace_document(trace: LotTrace, language: str) -> dict[str, Any]:
    """A lot's way to the people, as API and command give it."""
    return {
        "lot": trace.lot.code,
        "food": trace.food.called(language),
        "diners": trace.diners,
        "served": trace.served,
        "batches": [{"service": one.service_key, "batch": one.code} for one in trace.batches],
        "meals": [
            {
                "service": meal.service_key,
                "site": meal.site_name,
                "order": meal.order_code,
                "diner": meal.diner_code,
                "name": meal.diner_name,
                "phone": meal.phone,
                "dishes": [dish.called(language) for dish in meal.dishes],
                "batches": list(meal.batches),
                "boxes": list(meal.boxes),
                "changed": meal.changed,
                "served_at": meal.served_at.isoformat() if meal.served_at else None,
            }
            for meal in trace.meals
        ],
    }


def _meal(own: list[TracedPortion], names: Mapping[str, Named]) -> TracedMeal:
    first = own[0]
    dish_ids = dict.fromkeys(one.dish_id for one in own if one.dish_id)
    return TracedMeal(
        service_key=first.service_key,
        site_name=first.site_name,
        order_code=first.order_code,
        diner_id=first.diner_id,
        diner_code=first.diner_code,
        diner_name=first.diner_name,
        phone=first.phone,
        dishes=tuple(names.get(dish_id, Named(dish_id, dish_id)) for dish_id in dish_ids),
        batches=_once(one.batch_code for one in own),
        boxes=_once(one.box_code for one in own),
        changed=all(one.changed for one in own),
        served_at=first.served_at,
    )


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in codes if code))
