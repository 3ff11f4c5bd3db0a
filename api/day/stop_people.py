"""Who has eaten of food on hold, who has it on the table, and what is on the road."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from api.day.stop_boxes import StoppedBox
from api.permissions import Actor
from kitchen.store.production import load_spare
from kitchen.store.production_rows import BoxRow
from kitchen.store.trace import TracedPortion, portions_of_batches
from kitchen.store.withheld import batches_withheld
from kitchen.withheld import Withheld
from orders.service import Service
from orders.store.drops import drops_of_orders
from orders.store.orders import load_orders

Fate = Literal["eaten", "table", "road", "kitchen", "back"]
FATES: tuple[Fate, ...] = ("eaten", "table", "road", "kitchen", "back")


@dataclass(frozen=True, slots=True)
class StopMeal:
    """
    One diner's meal with food on hold in it.

    Parameters
    ----------
    fate
        Eaten, on the table, on the road to the site or the door, still in the kitchen, or refused and back.
    site_name, order_code, boxes, portions
        Which meal, in which boxes, how many portions of the food.
    diner_name, phone
        Empty for who may not know.
    served_at
        When it was handed to the diner.
    """

    fate: Fate
    site_name: str
    order_code: str
    boxes: tuple[str, ...]
    portions: int
    diner_name: str
    phone: str
    served_at: datetime | None


@dataclass(frozen=True, slots=True)
class StopReach:
    """
    How far food on hold has come.

    Parameters
    ----------
    meals
        By fate, site and order.
    spare
        Portions that nobody ordered and nobody got, by fate.
    """

    meals: tuple[StopMeal, ...]
    spare: tuple[tuple[Fate, int], ...]

    def portions(self, fate: Fate) -> int:
        """Portions of which this became, spare ones too."""
        return sum(one.portions for one in self.meals if one.fate == fate) + dict(self.spare).get(fate, 0)

    def of(self, fate: Fate) -> tuple[StopMeal, ...]:
        """The meals of which this became."""
        return tuple(one for one in self.meals if one.fate == fate)


def reach_of(
    session: Session, service: Service, held: Withheld, boxes: Iterable[StoppedBox], actor: Actor
) -> StopReach:
    """
    Whom food on hold has reached.

    Parameters
    ----------
    session, service, held
        Open transaction; which hold on food of which service.
    boxes
        The boxes that are told of: those of the reader's site or van, or all.
    actor
        Who reads: names for who may trace, telephones for who may see people's.
    """
    here = {one.code: one for one in boxes}
    batch_ids = batches_withheld(session, held)
    found = portions_of_batches(session, batch_ids, with_phones=actor.may("people.read"))
    mine = [one for one in found if one.box_code in here and (one.served_at or not one.changed)]
    carried = _carried(session, service, {one.order_code for one in mine})
    meals: dict[tuple[Fate, str], list[TracedPortion]] = {}
    for one in mine:
        fate = _fate(one, here[one.box_code], carried)
        meals.setdefault((fate, one.order_code), []).append(one)
    knows = actor.may("trace.read") or actor.may("people.read")
    told = [_meal(fate, own, knows=knows) for (fate, _), own in meals.items()]
    ordered = sorted(told, key=lambda one: (FATES.index(one.fate), one.site_name, one.order_code))
    return StopReach(tuple(ordered), _spare(session, set(batch_ids), here, mine))


def _fate(one: TracedPortion, box: StoppedBox, carried: set[str]) -> Fate:
    if one.served_at is not None:
        return "eaten"
    return "road" if one.order_code in carried else box.where


def _carried(session: Session, service: Service, order_codes: set[str]) -> set[str]:
    """Numbers of the orders that somebody carries to a door just now."""
    orders = load_orders(session, service, ("locked",)) if order_codes else []
    codes = {one.order_id: one.code for one in orders if one.code in order_codes}
    drops = drops_of_orders(session, codes.keys())
    return {codes[order_id] for order_id, drop in drops.items() if drop.outcome == "taken"}


def _meal(fate: Fate, own: list[TracedPortion], *, knows: bool) -> StopMeal:
    first = own[0]
    return StopMeal(
        fate=fate,
        site_name=first.site_name if knows else "",
        order_code=first.order_code,
        boxes=tuple(dict.fromkeys(one.box_code for one in own)),
        portions=len(own),
        diner_name=first.diner_name if knows else "",
        phone=first.phone,
        served_at=first.served_at,
    )


def _spare(
    session: Session, batch_ids: set[str], here: dict[str, StoppedBox], known: list[TracedPortion]
) -> tuple[tuple[Fate, int], ...]:
    drawn = Counter(one.box_code for one in known if one.walk_in)
    counted = Counter[Fate]()
    for box in here.values():
        row = session.get_one(BoxRow, box.box_id)
        spare = load_spare(session, row.production_id, [box.box_id]).get(box.box_id, ())
        portions = sum(one.portions for one in spare if one.batch_id in batch_ids)
        counted[box.where] += max(0, portions - drawn[box.code])
    return tuple((fate, counted[fate]) for fate in FATES if counted[fate])
