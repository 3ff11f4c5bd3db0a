"""Facts of a box's hold: what was planned for the box, and what people reported about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kitchen.acts import Cooked, Packed, Reheats
from kitchen.boxes import Carrier, Spare
from kitchen.store.production_rows import BoxRow
from kitchen.withheld import Stop, stop_of
from orders.receipts import Receipt, Serving
from orders.service import Service
from orders.sites import Site
from orders.store.receipts import Discard
from telemetry.hold_facts import SecondLeg

SPARE_LEFT = "spare_left"
CONDEMNED = "discarded_on_hold"


@dataclass(frozen=True, slots=True)
class Packing:
    """
    What never changes about a published box.

    Parameters
    ----------
    box
        Its row.
    service
        Whose second 0 its seconds count from.
    carrier
        The carrier that was really used, the planned one while it is not packed.
    site
        Where it goes.
    order_of, dish_of
        Line id to order id and to the dish that was cooked for it, for the portions inside.
    batch_ids
        Batches they came from, those of the spare portions among them.
    spare
        Portions inside that nobody ordered.
    """

    box: BoxRow
    service: Service
    carrier: Carrier
    site: Site
    order_of: Mapping[str, str]
    dish_of: Mapping[str, str]
    batch_ids: frozenset[str]
    spare: tuple[Spare, ...] = ()

    @property
    def portions(self) -> int:
        """All portions inside: those ordered and the spare ones."""
        return len(self.order_of) + self.spare_portions

    @property
    def spare_portions(self) -> int:
        """Portions inside for walk-ins."""
        return sum(one.portions for one in self.spare)

    def has_dish(self, dish_id: str) -> bool:
        """Whether portions of a dish are inside, ordered or spare."""
        return dish_id in self.dish_of.values() or any(one.dish_id == dish_id for one in self.spare)

    @property
    def last_plate_at(self) -> datetime:
        """When the site plans to serve the last plate out of it."""
        hours = self.site.hours
        starts = hours.closes if self.site.kind == "home" else hours.serving_starts
        minutes = hours.serving_minutes + (hours.second_leg_minutes if self.box.second_leg else 0)
        return self.service.at_local(starts) + timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Acts:
    """
    What people reported about one service.

    Parameters
    ----------
    cooked, packed, receipts
        By batch, by box, by box.
    servings, reopened
        By order; of an order whose serving was taken back, the row that says so.
    discards
        As recorded.
    reheats
        Reheatings that start a clock again.
    left_at
        When orders left their site for a door, by order.
    """

    cooked: Mapping[str, Cooked]
    packed: Mapping[str, Packed]
    receipts: Mapping[str, Receipt]
    servings: Mapping[str, Serving]
    reopened: Mapping[str, str]
    discards: Sequence[Discard]
    reheats: Reheats = field(default_factory=Reheats)
    left_at: Mapping[str, datetime] = field(default_factory=dict)

    def thrown(self, box_id: str, reason: str = "") -> int:
        """Portions of a box that were thrown away, for this reason or any."""
        mine = (one for one in self.discards if one.box_id == box_id and reason in ("", one.reason))
        return sum(one.portions for one in mine)

    def left(self, packing: Packing) -> int:
        """Portions of a box that were neither served nor thrown away."""
        box_id = packing.box.box_id
        receipt = self.receipts.get(box_id)
        if receipt is None or not receipt.portions:
            return 0
        served = sum(order in self.servings for order in packing.order_of.values())
        return max(0, receipt.portions - served - len(self.drawn(box_id)) - self.thrown(box_id))

    def spare_left(self, packing: Packing) -> int:
        """
        Portions that were packed for walk-ins and that none of them got.

        What walk-ins got is counted as spare first, and what a box was short of too.
        """
        box_id = packing.box.box_id
        receipt = self.receipts.get(box_id)
        short = packing.portions - receipt.portions if receipt is not None else packing.portions
        gone = short + len(self.drawn(box_id)) + self.thrown(box_id, SPARE_LEFT)
        return min(self.left(packing), max(0, packing.spare_portions - gone))

    def spare_stopped(self, packing: Packing, stops: Mapping[str, Stop], *, is_open: bool) -> int:
        """Portions for walk-ins that wait for a word, or were discarded; walk-ins got the others first."""
        left, box_id = self.spare_left(packing), packing.box.box_id
        stands = [(stop_of(stops, one.batch_id, box_id), one.portions) for one in packing.spare]
        waiting = min(left, sum(portions for stop, portions in stands if stop and stop.is_open))
        if is_open:
            return waiting
        return min(left - waiting, sum(portions for stop, portions in stands if stop and not stop.is_open))

    def drawn(self, box_id: str) -> list[Serving]:
        """One serving a portion that somebody got out of a box without its being packed for them."""
        return [one for one in self.servings.values() for _ in range(one.drawn.get(box_id, 0))]

    def second_leg(self, packing: Packing) -> SecondLeg | None:
        """The way of a box's portions that went on from its site to a door, None when none did."""
        if packing.site.kind == "home" or packing.box.box_id not in self.receipts:
            return None
        given = {
            order: self.servings[order]
            for order in packing.order_of.values()
            if order in self.servings
            and (order in self.left_at or self.servings[order].identified_by == "door")
        }
        gone = given.keys() | (set(packing.order_of.values()) & self.left_at.keys())
        if not gone:
            return None
        left = [self.left_at[order] for order in gone if order in self.left_at]
        return SecondLeg(
            in_box=packing.box.second_leg,
            left_at=min(left) if len(left) == len(gone) else None,
            given_at=max((one.happened_at for one in given.values()), default=None),
        )
