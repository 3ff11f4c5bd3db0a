"""The food's clocks as the reports of the kitchen give them: planned until somebody says otherwise."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from api.day.holds import profile_at
from kitchen.acts import Cooked, Packed
from kitchen.box_clock import BoxWay, PackParams
from kitchen.boxes import Box
from kitchen.corrections import BoxFacts, box_as_it_stands
from kitchen.equipment import Slot
from kitchen.store.equipment import load_carriers
from kitchen.store.steps import load_reheats
from orders.service import Meal, Service
from orders.sites import Site
from orders.store.sites import load_kitchen_settings


def boxes_as_they_stand(
    session: Session,
    service: Service,
    boxes: Iterable[Box],
    slots: Mapping[str, Slot],
    sites: Mapping[str, Site],
    reports: tuple[Mapping[str, Cooked], Mapping[str, Packed]],
) -> dict[str, Box]:
    """
    The boxes of a production with the clocks that its reports give them, by id.

    Parameters
    ----------
    session
        Open transaction.
    service
        Which service.
    boxes, slots, sites
        As planned; slots by batch id, sites by id.
    reports
        Standing reports: of batches off the heat by batch id, of closed boxes by box id.
    """
    cooked, packed = reports
    planned = list(boxes)
    if not cooked and not packed:
        return {box.box_id: box for box in planned}
    _, settings = load_kitchen_settings(session, service.kitchen_id)
    profile, params = profile_at(session, service.kitchen_id), pack_params(settings, service.meal)
    used = {box.carrier_id for box in planned} | {act.carrier_id for act in packed.values()}
    carriers = {one.carrier_id: one for one in load_carriers(session, service.kitchen_id, used)}
    reheats = load_reheats(session, service.key)
    ready_s = {batch_id: slot.ready_s for batch_id, slot in slots.items()}
    found = {}
    for box in planned:
        act = packed.get(box.box_id)
        carrier = carriers.get(act.carrier_id if act else box.carrier_id)
        if carrier is None or box.site_id not in sites:
            found[box.box_id] = box
            continue
        way = BoxWay(service, sites[box.site_id], carrier, box.hold_class, box.second_leg)
        facts = BoxFacts(box, way, act, reheats)
        found[box.box_id] = box_as_it_stands(facts, ready_s, cooked, profile, params)
    return found


def pack_params(settings: Mapping[str, Any], meal: Meal) -> PackParams:
    """How packing goes in a kitchen, from its settings."""
    minutes, assumed = settings["meal"][meal], settings["assumption"]
    return PackParams(
        60 * int(minutes["pack_minutes"]),
        60 * int(minutes["load_minutes"]),
        float(assumed["pack_core_c"]),
        float(assumed["ambient_c"]),
    )
