"""What is known about a box's hold, gathered from every room's rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import sqlalchemy
from sqlmodel import Session, col, select

from api.day.chilled_hold import CookChill, cook_chill_of
from api.day.holds_facts import Acts, Packing
from api.day.reheating import clock_facts
from api.store.config import load_config, load_revision
from kitchen.acts import Packed
from kitchen.boxes import Spare
from kitchen.safety import SafetyProfile, profile_from_table
from kitchen.store.acts import load_cooked, load_packed
from kitchen.store.equipment import load_carriers
from kitchen.store.production import load_spare
from kitchen.store.production_rows import BatchRow, BoxLineRow, BoxRow, ProductionRow
from kitchen.store.steps import load_reheats
from kitchen.store.watched import load_probes
from orders.codes import Coded
from orders.errors import NotFound
from orders.receipts import Serving
from orders.service import Service, parse_service
from orders.store.drops import taken_at
from orders.store.orders import OrderLineRow
from orders.store.receipts import load_discards, load_receipts, load_servings
from orders.store.sites import load_kitchen, load_kitchen_settings, load_sites
from telemetry.hold_facts import HandCheck, HoldFacts, HoldVerdict
from telemetry.readings import ProbeUse, Reading
from telemetry.store.history import readings_of_holds
from telemetry.store.probe_uses import uses_of_boxes
from telemetry.store.site_cores import site_cores

CHUNK = 500


def packings(session: Session, box_ids: Collection[str]) -> dict[str, Packing]:
    """
    What was planned for these boxes, by box id.

    Raises
    ------
    NotFound
        When a box is unknown.
    """
    wanted = sorted(set(box_ids))
    found: dict[str, tuple[BoxRow, str]] = {}
    inside: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        rows = select(BoxRow, ProductionRow.service_key).where(
            BoxRow.production_id == ProductionRow.production_id, col(BoxRow.box_id).in_(chunk)
        )
        found |= {box.box_id: (box, service_key) for box, service_key in session.exec(rows)}
        lines = (
            sqlalchemy.select(col(BoxLineRow.box_id), col(BoxLineRow.line_id), col(OrderLineRow.order_id))
            .add_columns(col(BatchRow.dish_id), col(BatchRow.batch_id))
            .join(OrderLineRow, col(OrderLineRow.line_id) == col(BoxLineRow.line_id))
            .join(BatchRow, col(BatchRow.batch_id) == col(BoxLineRow.batch_id))
            .where(col(BoxLineRow.box_id).in_(chunk))
        )
        for box_id, line_id, order_id, dish_id, batch_id in session.execute(lines):
            inside[box_id].append((line_id, order_id, dish_id, batch_id))
    missing = [box_id for box_id in wanted if box_id not in found]
    if missing:
        raise NotFound("box", missing[0])
    by_service: dict[str, list[BoxRow]] = defaultdict(list)
    for box, service_key in found.values():
        by_service[service_key].append(box)
    books = {key: _Book(session, key, boxes) for key, boxes in by_service.items()}
    spare: dict[str, tuple[Spare, ...]] = {}
    for production_id in {box.production_id for box, _ in found.values()}:
        own = [box_id for box_id, (box, _) in found.items() if box.production_id == production_id]
        spare |= load_spare(session, production_id, own if len(own) <= CHUNK else None)
    return {
        box_id: books[key].packing(box, inside[box_id], spare.get(box_id, ()))
        for box_id, (box, key) in found.items()
    }


class _Book:
    """Carriers and sites of some boxes of one service."""

    def __init__(self, session: Session, service_key: str, boxes: Sequence[BoxRow]) -> None:
        service = parse_service(service_key)
        kitchen_id = service.kitchen_id
        kitchen = load_kitchen(session, kitchen_id)
        if kitchen is None:
            raise NotFound("kitchen", kitchen_id)
        self._service = parse_service(service_key, kitchen.zone)
        of_production: dict[str, list[str]] = defaultdict(list)
        for box in boxes:
            of_production[box.production_id].append(box.box_id)
        self._used = {
            box_id: act.carrier_id
            for production_id, box_ids in of_production.items()
            for box_id, (_, act) in load_packed(session, production_id, box_ids).items()
        }
        carrier_ids = {self._used.get(box.box_id, box.carrier_id) for box in boxes}
        carriers = load_carriers(session, kitchen_id, carrier_ids)
        self._carriers = {carrier.carrier_id: carrier for carrier in carriers}
        self._sites = load_sites(session, kitchen_id, service.meal, {box.site_id for box in boxes})

    def packing(
        self, box: BoxRow, inside: Sequence[tuple[str, str, str, str]], spare: tuple[Spare, ...]
    ) -> Packing:
        return Packing(
            box=box,
            service=self._service,
            carrier=self._carriers[self._used.get(box.box_id, box.carrier_id)],
            site=self._sites[box.site_id],
            order_of={line_id: order_id for line_id, order_id, _, _ in inside},
            dish_of={line_id: dish_id for line_id, _, dish_id, _ in inside},
            batch_ids=frozenset([*(own for *_, own in inside), *(one.batch_id for one in spare)]),
            spare=spare,
        )


def acts_of(
    session: Session,
    service: Service,
    production_id: str,
    about: Collection[Packing] | None = None,
    order_ids: Collection[str] = (),
) -> Acts:
    """
    Everything people reported about a service that stands, receipts by box and servings by order.

    A serving that was taken back is none.

    Parameters
    ----------
    session, service, production_id
        Open transaction; which service, which production of it.
    about
        Only what concerns these boxes; None for all. Out of a box that no site signed for nothing was given.
    order_ids
        Orders whose servings are wanted beside those out of the boxes.
    """
    boxes = None if about is None else [one.box.box_id for one in about]
    batches = None if about is None else {batch_id for one in about for batch_id in one.batch_ids}
    receipts = {one.box_id: one for one in load_receipts(session, service, boxes).values()}
    signed = None if about is None else [one for one in about if one.box.box_id in receipts]
    given = _servings(session, service, signed, order_ids)
    return Acts(
        cooked={key: act for key, (_, act) in load_cooked(session, production_id, batches).items()},
        packed={key: act for key, (_, act) in load_packed(session, production_id, boxes).items()},
        receipts=receipts,
        servings={one.order_id: one for one in given.values() if one.portions},
        reopened={one.order_id: serving_id for serving_id, one in given.items() if not one.portions},
        discards=load_discards(session, service, boxes) if receipts else [],
        reheats=load_reheats(session, service.key, boxes),
        left_at=taken_at(session, service) if receipts else {},
    )


def _servings(
    session: Session, service: Service, signed: Collection[Packing] | None, order_ids: Collection[str]
) -> dict[str, Serving]:
    """The servings of a service: those out of some boxes and those of some orders, or all."""
    if signed is None:
        return load_servings(session, service)
    wanted = {*order_ids, *(order_id for one in signed for order_id in one.order_of.values())}
    if len(wanted) > CHUNK:
        return load_servings(session, service)
    here = {one.site.site_id for one in signed}
    return load_servings(session, service, site_ids=here, order_ids=wanted) if wanted else {}


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


def profile_of_verdict(session: Session, verdict: HoldVerdict) -> SafetyProfile | None:
    """The rule by which a verdict was given, in the revision that it names; None when that was not kept."""
    body = load_revision(session, "safety_profile", verdict.profile, verdict.profile_revision)
    if body is None:
        return None
    return profile_from_table(verdict.profile, body | {"revision": verdict.profile_revision})


class Memory:
    """
    What a long-lived worker need not read again: packings, and the readings that have arrived.

    It holds nothing that the rows do not: a worker that starts anew fills it from them.

    Parameters
    ----------
    late
        By how much a reading may have arrived before one that was kept earlier.
    """

    def __init__(self, late: timedelta = timedelta(0)) -> None:
        self._late = late
        self._packings: dict[str, Packing] = {}
        self._readings: dict[str, dict[tuple[object, ...], Reading]] = defaultdict(dict)
        self._arrived_at: dict[str, datetime] = {}
        self._uses: dict[str, Sequence[ProbeUse]] = {}

    def packings(self, session: Session, box_ids: Collection[str]) -> dict[str, Packing]:
        """As the function `packings`."""
        fresh = packings(session, [one for one in box_ids if one not in self._packings])
        for one in fresh.values():
            session.expunge(one.box)  # what a transaction holds is lost when it fails
        self._packings |= fresh
        return {box_id: self._packings[box_id] for box_id in box_ids}

    def readings(self, session: Session, box_ids: Collection[str]) -> dict[str, list[Reading]]:
        """Every reading of these boxes, in the order of arrival."""
        since: dict[datetime | None, list[str]] = defaultdict(list)
        for box_id in box_ids:
            since[self._arrived_at.get(box_id)].append(box_id)
        for from_at, several in since.items():
            asked_at = from_at and from_at - self._late
            fresh = readings_of_holds(session, several, received_from_at=asked_at)
            arrived = [one.received_at for own in fresh.values() for one in own]
            for box_id, own in fresh.items():
                self._readings[box_id] |= {one.key: one for one in own}
                if arrived:
                    self._arrived_at[box_id] = max(arrived)
        return {box_id: list(self._readings[box_id].values()) for box_id in box_ids}

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

    def read_anew(self) -> None:
        """Has the readings of every box read again, since some were kept long after they arrived."""
        self._arrived_at.clear()

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
    cold = [one for one in known.values() if one.box.hold_class == "cold"]
    chill = cook_chill_of(session, cold, acts.cooked)
    read = memory.readings if memory else readings_of_holds
    packed = [box_id for box_id in known if box_id in acts.packed]
    uses = uses_of_boxes(session, packed)
    anew = [
        box_id
        for box_id in packed
        if memory is not None and memory.heed(box_id, uses[box_id], acts.packed[box_id].carrier_id)
    ]
    as_packed = {**known, **packings(session, anew)} if anew else known
    readings = read(session, [box_id for box_id in packed if uses[box_id]])
    cores = site_cores(session, acts.receipts.keys() & set(packed)) if acts.receipts else {}
    overdue = _overdue(session, known.values()) if packed else {}
    return {
        box_id: replace(
            facts_of(as_packed[box_id], acts, profile, uses[box_id], readings.get(box_id, []), chill),
            checks=tuple(
                HandCheck(one.at, one.core_c) for one in cores.get(box_id, ()) if one.core_c is not None
            ),
            uncalibrated=_uncalibrated(overdue, uses[box_id], acts.packed[box_id]),
        )
        for box_id in packed
    }


def _overdue(session: Session, known: Collection[Packing]) -> dict[str, date]:
    """Probes of the kitchen that were to be calibrated again before the service, with that date."""
    found: dict[str, date] = {}
    for service in {one.service for one in known}:
        for code, probe in load_probes(session, service.kitchen_id).items():
            if probe.due_on is not None and probe.due_on < service.service_on:
                found[code] = probe.due_on
    return found


def _uncalibrated(overdue: Mapping[str, date], uses: Sequence[ProbeUse], packed: Packed) -> tuple[Coded, ...]:
    """What is to be said of a box's sensors, and of the probe that took its core at packing."""
    names = dict.fromkeys([*(one.device_id for one in uses), packed.probe])
    return tuple(
        Coded("hold_calibration_overdue", {"probe": name, "due_on": overdue[name].isoformat()})
        for name in names
        if name in overdue
    )


def facts_of(
    packing: Packing,
    acts: Acts,
    profile: SafetyProfile,
    uses: Sequence[ProbeUse],
    readings: Sequence[Reading],
    chill: CookChill,
) -> HoldFacts:
    """One packed box's hold."""
    box, packed = packing.box, acts.packed[packing.box.box_id]
    off = {batch: acts.cooked[batch].happened_at for batch in packing.batch_ids if batch in acts.cooked}
    cooked_at, reheats = clock_facts(box, off, packed, acts.reheats, profile)
    receipt = acts.receipts.get(box.box_id)
    eaters = {order: acts.servings[order] for order in packing.order_of.values() if order in acts.servings}
    eaters |= {one.order_id: one for one in acts.drawn(box.box_id)}
    served_at = sorted(one.happened_at for one in eaters.values())
    served_here = receipt is not None and receipt.condition == "accepted" and served_at
    return HoldFacts(
        box_code=box.code,
        cooked_at=cooked_at or packing.service.instant(box.cooked_s),
        packed_at=packed.happened_at,
        profile=profile,
        model=packing.carrier.model,
        packed_core_c=packed.core_c,
        hold_class="cold" if box.hold_class == "cold" else "hot",
        uses=tuple(uses),
        readings=tuple(readings),
        reheats=reheats,
        handed_over_at=receipt.happened_at if receipt else None,
        handed_over_core_c=receipt.core_c if receipt else None,
        first_served_at=served_at[0] if served_here else None,
        last_served_at=served_at[-1] if served_here else None,
        second_leg=acts.second_leg(packing),
        chain_end_at=chain_end_at(packing, acts),
        cooling=chill.cooling(packing.batch_ids),
        heated_at=chill.heated_at(packing.batch_ids, box.second_leg or packing.site.kind == "home"),
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
