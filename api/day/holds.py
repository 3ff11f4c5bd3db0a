"""What is known about a box's hold, gathered from every room's rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from api.store.config import load_config
from kitchen.acts import Cooked, Packed
from kitchen.boxes import Carrier
from kitchen.safety import SafetyProfile, profile_from_table
from kitchen.store.acts import load_cooked, load_packed
from kitchen.store.equipment import load_carriers
from kitchen.store.production_rows import BatchRow, BoxLineRow, BoxRow, ProductionRow
from orders.errors import NotFound
from orders.receipts import Receipt, Serving
from orders.service import Service, parse_service
from orders.sites import Site
from orders.store.orders import OrderLineRow
from orders.store.receipts import Discard, load_discards, load_receipts, load_servings
from orders.store.sites import load_kitchen, load_kitchen_settings, load_sites
from telemetry.hold_facts import HoldFacts
from telemetry.readings import ProbeUse, Reading
from telemetry.store.probe_uses import uses_of_boxes
from telemetry.store.readings import readings_of_box

CHUNK = 500


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
        Batches they came from.
    """

    box: BoxRow
    service: Service
    carrier: Carrier
    site: Site
    order_of: Mapping[str, str]
    dish_of: Mapping[str, str]
    batch_ids: frozenset[str]

    @property
    def last_plate_at(self) -> datetime:
        """When the site plans to serve the last plate out of it."""
        hours = self.site.hours
        starts = hours.closes if self.site.kind == "home" else hours.serving_starts
        minutes = hours.serving_minutes + (hours.second_leg_minutes if self.box.second_leg else 0)
        return self.service.at_local(starts) + timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Acts:
    """What people reported about one service."""

    cooked: Mapping[str, Cooked]
    packed: Mapping[str, Packed]
    receipts: Mapping[str, Receipt]
    servings: Mapping[str, Serving]
    discards: Sequence[Discard]

    def thrown(self, box_id: str) -> int:
        """Portions of a box that were thrown away."""
        return sum(one.portions for one in self.discards if one.box_id == box_id)

    def drawn(self, box_id: str) -> list[Serving]:
        """One serving a portion that somebody got out of a box without its being packed for them."""
        return [one for one in self.servings.values() for _ in range(one.drawn.get(box_id, 0))]


def packings(session: Session, box_ids: Collection[str]) -> dict[str, Packing]:
    """
    What was planned for these boxes, by box id.

    Raises
    ------
    NotFound
        When a box is unknown.
    """
    wanted = sorted(set(box_ids))
    found: dict[str, tuple[BoxRow, ProductionRow]] = {}
    order_of: dict[str, dict[str, str]] = defaultdict(dict)
    dish_of: dict[str, dict[str, str]] = defaultdict(dict)
    batch_ids: dict[str, set[str]] = defaultdict(set)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        rows = select(BoxRow, ProductionRow).where(
            BoxRow.production_id == ProductionRow.production_id, col(BoxRow.box_id).in_(chunk)
        )
        found |= {box.box_id: (box, production) for box, production in session.exec(rows)}
        lines = select(BoxLineRow, OrderLineRow.order_id, BatchRow.dish_id).where(
            BoxLineRow.line_id == OrderLineRow.line_id,
            BoxLineRow.batch_id == BatchRow.batch_id,
            col(BoxLineRow.box_id).in_(chunk),
        )
        for line, order_id, dish_id in session.exec(lines):
            order_of[line.box_id][line.line_id] = order_id
            dish_of[line.box_id][line.line_id] = dish_id
            batch_ids[line.box_id].add(line.batch_id)
    missing = [box_id for box_id in wanted if box_id not in found]
    if missing:
        raise NotFound("box", missing[0])
    books = {key: _Book(session, key) for key in {p.service_key for _, p in found.values()}}
    packed = {
        box_id: act.carrier_id
        for key in {production.production_id for _, production in found.values()}
        for box_id, (_, act) in load_packed(session, key).items()
    }
    return {
        box_id: books[production.service_key].packing(
            box, packed.get(box_id), order_of[box_id], dish_of[box_id], frozenset(batch_ids[box_id])
        )
        for box_id, (box, production) in found.items()
    }


class _Book:
    """Carriers and sites of one service's kitchen."""

    def __init__(self, session: Session, service_key: str) -> None:
        service = parse_service(service_key)
        kitchen = load_kitchen(session, service.kitchen_id)
        if kitchen is None:
            raise NotFound("kitchen", service.kitchen_id)
        self._service = parse_service(service_key, kitchen.zone)
        self._carriers = {
            carrier.carrier_id: carrier for carrier in load_carriers(session, service.kitchen_id)
        }
        self._sites = load_sites(session, service.kitchen_id, service.meal)

    def packing(
        self,
        box: BoxRow,
        used_id: str | None,
        order_of: Mapping[str, str],
        dish_of: Mapping[str, str],
        batch_ids: frozenset[str],
    ) -> Packing:
        carrier, site = self._carriers[used_id or box.carrier_id], self._sites[box.site_id]
        return Packing(box, self._service, carrier, site, order_of, dish_of, batch_ids)


def acts_of(session: Session, service: Service, production_id: str) -> Acts:
    """
    Everything people reported about a service that stands, receipts by box and servings by order.

    A serving that was taken back is none.
    """
    return Acts(
        cooked={key: act for key, (_, act) in load_cooked(session, production_id).items()},
        packed={key: act for key, (_, act) in load_packed(session, production_id).items()},
        receipts={receipt.box_id: receipt for receipt in load_receipts(session, service).values()},
        servings={one.order_id: one for one in load_servings(session, service).values() if one.portions},
        discards=load_discards(session, service),
    )


def profile_of(session: Session, code: str = "gb") -> SafetyProfile:
    """
    The safety profile in force.

    Raises
    ------
    NotFound
        When there is none of that code.
    """
    kept = load_config(session, "safety_profile", code)
    if kept is None:
        raise NotFound("safety_profile", code)
    return profile_from_table(code, kept[1] | {"revision": kept[0]})


def profile_at(session: Session, kitchen_id: str) -> SafetyProfile:
    """The safety profile that a kitchen goes by."""
    _, settings = load_kitchen_settings(session, kitchen_id)
    return profile_of(session, str(settings.get("safety_profile", "gb")))


class Memory:
    """
    What a long-lived worker need not read again: packings, and the readings that have arrived.

    It holds nothing that the rows do not: a worker that starts anew fills it from them.
    """

    def __init__(self) -> None:
        self._packings: dict[str, Packing] = {}
        self._readings: dict[str, dict[tuple[object, ...], Reading]] = defaultdict(dict)
        self._arrived_at: dict[str, datetime] = {}
        self._uses: dict[str, Sequence[ProbeUse]] = {}

    def packings(self, session: Session, box_ids: Collection[str]) -> dict[str, Packing]:
        """As the function `packings`."""
        self._packings |= packings(session, [one for one in box_ids if one not in self._packings])
        return {box_id: self._packings[box_id] for box_id in box_ids}

    def readings(self, session: Session, box_id: str) -> list[Reading]:
        """Every reading of a box, in the order of arrival."""
        fresh = readings_of_box(session, box_id, received_from_at=self._arrived_at.get(box_id))
        kept = self._readings[box_id]
        kept |= {one.key: one for one in fresh}
        if fresh:
            self._arrived_at[box_id] = max(one.received_at for one in fresh)
        return list(kept.values())

    def heed(self, box_id: str, uses: Sequence[ProbeUse], carrier_id: str) -> bool:
        """
        Drops a box whose carrier or probes are others than before, since somebody corrected its packing.

        Returns whether its packing must be read anew.
        """
        known = self._packings.get(box_id)
        is_other = known is not None and known.carrier.carrier_id != carrier_id
        if is_other or self._uses.get(box_id, uses) != uses:
            self.forget(box_id)
        self._uses[box_id] = uses
        return is_other

    def forget(self, box_id: str) -> None:
        """Drops a box whose hold is over."""
        self._packings.pop(box_id, None)
        self._readings.pop(box_id, None)
        self._arrived_at.pop(box_id, None)
        self._uses.pop(box_id, None)


def hold_facts(
    session: Session,
    known: Mapping[str, Packing],
    acts: Acts,
    profile: SafetyProfile,
    memory: Memory | None = None,
) -> dict[str, HoldFacts]:
    """
    The holds of one service's boxes that are packed, by box id; a box not yet packed has none.

    Parameters
    ----------
    session
        Open transaction.
    known
        What was planned.
    acts
        What people reported.
    profile
        The rule.
    memory
        Of a worker; None reads everything.
    """
    read = memory.readings if memory else readings_of_box
    packed = [box_id for box_id in known if box_id in acts.packed]
    uses = uses_of_boxes(session, packed)
    anew = [
        box_id
        for box_id in packed
        if memory is not None and memory.heed(box_id, uses[box_id], acts.packed[box_id].carrier_id)
    ]
    as_packed = {**known, **packings(session, anew)} if anew else known
    return {
        box_id: facts_of(
            as_packed[box_id],
            acts,
            profile,
            uses[box_id],
            read(session, box_id) if uses[box_id] else [],
        )
        for box_id in packed
    }


def facts_of(
    packing: Packing,
    acts: Acts,
    profile: SafetyProfile,
    uses: Sequence[ProbeUse],
    readings: Sequence[Reading],
) -> HoldFacts:
    """One packed box's hold."""
    box, packed = packing.box, acts.packed[packing.box.box_id]
    cooked = [acts.cooked[batch].happened_at for batch in packing.batch_ids if batch in acts.cooked]
    receipt = acts.receipts.get(box.box_id)
    eaters = {order: acts.servings[order] for order in packing.order_of.values() if order in acts.servings}
    eaters |= {one.order_id: one for one in acts.drawn(box.box_id)}
    served_at = sorted(one.happened_at for one in eaters.values())
    served_here = receipt is not None and receipt.condition == "accepted" and served_at
    return HoldFacts(
        box_code=box.code,
        cooked_at=min(cooked, default=packing.service.instant(box.cooked_s)),
        packed_at=packed.happened_at,
        profile=profile,
        model=packing.carrier.model,
        packed_core_c=packed.core_c,
        hold_class="cold" if box.hold_class == "cold" else "hot",
        uses=tuple(uses),
        readings=tuple(readings),
        handed_over_at=receipt.happened_at if receipt else None,
        handed_over_core_c=receipt.core_c if receipt else None,
        first_served_at=served_at[0] if served_here else None,
        last_served_at=served_at[-1] if served_here else None,
        chain_end_at=chain_end_at(packing, acts),
    )


def chain_end_at(packing: Packing, acts: Acts) -> datetime | None:
    """When the last portion of a box was served or thrown away, None while some are left."""
    receipt = acts.receipts.get(packing.box.box_id)
    if receipt is None:
        return None
    if receipt.condition == "refused":
        return receipt.happened_at
    servings = [acts.servings[order] for order in packing.order_of.values() if order in acts.servings]
    servings += acts.drawn(packing.box.box_id)
    discards = [one for one in acts.discards if one.box_id == packing.box.box_id]
    if len(servings) + sum(one.portions for one in discards) < receipt.portions:
        return None
    return max(
        [s.happened_at for s in servings] + [d.happened_at for d in discards], default=receipt.happened_at
    )
