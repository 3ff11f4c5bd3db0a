"""The labels of a published service's boxes, and of the sealed containers in them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from api.day.label_marks import marked
from api.day.pans import packaged_pans
from api.day.paper_facts import PaperFacts, served_named
from api.day.paper_production import container_codes
from api.day.sealed import meal_text
from api.names import allergens_named, sealed_colour
from api.reports.facts import Named
from api.reports.label_facts import BoxLabel, BoxLabels, HoldLimits, LabelDish, LabelPan
from kitchen.boxes import Box
from kitchen.packing import PLAIN
from kitchen.pans import PanLine, pan_loads, with_spare
from kitchen.recipes import portion_g
from orders.diners import Diner
from orders.service import Service


def box_labels(facts: PaperFacts) -> BoxLabels:
    """One label a box, in the order of packing."""
    profile, places = facts.profile, _places(facts)
    return BoxLabels(
        head=facts.production_head,
        limits=HoldLimits(profile.hot_hold_min_c, profile.cold_hold_min_c, profile.cold_hold_max_c),
        labels=tuple(marked(_label(facts, box, places), facts.service) for box in facts.boxes),
    )


def container_labels(facts: PaperFacts) -> BoxLabels:
    """One label for each sealed meal of an allergic diner or of a variant, with the diner's name."""
    places = _places(facts)
    labels = tuple(label for box in facts.boxes for label in _containers(facts, box, places))
    return replace(box_labels(facts), labels=labels, title="Container labels", counted="Containers")


def box_text(service: Service, code: str, version: int) -> str:
    """What a scanner reads on a box: ``holdchain:box:K1/2026-11-23/lunch:X12:2``, the version last."""
    return f"holdchain:box:{service.key}:{code}:{version}"


def _places(facts: PaperFacts) -> dict[str, str]:
    """Trip and stop number of each box that a van brings, by box id."""
    return {
        box_id: f"{trip.trip_code}-{number}"
        for trip in facts.plan.trips
        for number, visit in enumerate(trip.visits, 1)
        for box_id in visit.box_ids
    }


def _containers(facts: PaperFacts, box: Box, places: Mapping[str, str]) -> Iterator[BoxLabel]:
    label = _label(facts, box, places)
    for order_id, code in container_codes(facts, box).items():
        own = [line for line in box.line_ids if facts.order_id_of(line) == order_id]
        order = facts.ordered[own[0]][0]
        diner = facts.diners[order.diner_id]
        if diner.allergens or any(variant != PLAIN for _, variant, _ in _portions(facts, own)):
            qr_text = meal_text(facts.service, order.code, facts.production_version)
            held = replace(_holding(facts, label, own, diner), code=code, qr_text=qr_text, pans=())
            yield marked(replace(held, cooked_at=_made_at(facts, own, label)), facts.service)


def _made_at(facts: PaperFacts, line_ids: Iterable[str], box: BoxLabel) -> datetime:
    """When the earliest of these portions was off the heat; the box's minute where it leaves before."""
    batches = [facts.batch_of[line].batch_id for line in line_ids if line in facts.batch_of]
    off_s = min((facts.off_s[one] for one in batches if one in facts.off_s), default=None)
    if off_s is None or facts.service.instant(off_s) >= box.deliver_by_at:
        return box.cooked_at
    return facts.service.instant(off_s)


def _label(facts: PaperFacts, box: Box, places: Mapping[str, str]) -> BoxLabel:
    instant = facts.service.instant
    label = BoxLabel(
        code=box.code,
        carrier_code=facts.carriers[box.carrier_id].code,
        stop=facts.site_name(box.site_id),
        trip=places.get(box.box_id, ""),
        hold_class=box.hold_class,
        dishes=(),
        cooked_at=instant(box.cooked_s),
        deliver_by_at=instant(box.deliver_by_s),
        eat_by_at=instant(box.eat_by_s),
        contains=(),
        may_contain=(),
        qr_text=box_text(facts.service, box.code, facts.production_version),
        second_leg=box.second_leg,
    )
    beside = spare_portions(box)
    held = _holding(facts, label, box.line_ids, facts.diners.get(box.for_diner or ""), list(beside))
    spare = tuple(LabelDish(facts.dish_named(key), None, number) for key, number in beside.items())
    return replace(held, pans=_pans(facts, box), spare=spare)


def spare_portions(box: Box) -> Counter[str]:
    """Portions for walk-ins in a box, by dish."""
    found: Counter[str] = Counter()
    for one in box.spare:
        found[one.dish_id] += one.portions
    return found


def _pans(facts: PaperFacts, box: Box) -> tuple[LabelPan, ...]:
    """What is in each pan of a bulk box, as the packer's page has it; a box of whole meals has none."""
    carrier = facts.carriers[box.carrier_id]
    batches = {one: facts.batch_of[one] for one in box.line_ids if one in facts.batch_of}
    spare = [one for one in box.spare for _ in range(one.portions)]
    made = {(batch.dish_id, batch.variant) for batch in batches.values()}
    made |= {(one.dish_id, PLAIN) for one in spare}
    cooked = {key: facts.cooked_dish(*key) for key in made}
    weight_g = {key: portion_g(dish) for key, dish in cooked.items() if dish is not None}
    codes = {one.batch_id: one.code for one in facts.cooked}
    if any(one.batch_id not in codes for one in spare):
        return ()
    if not carrier.pans or len(weight_g) < len(cooked) or len(batches) < len(box.line_ids):
        return ()
    lines = [
        PanLine(one.dish_id, one.batch_id, one.size_of(line).of_g(weight_g[one.dish_id, one.variant]))
        for line, one in batches.items()
    ]
    beside = [PanLine(one.dish_id, one.batch_id, weight_g[one.dish_id, PLAIN]) for one in spare]
    return tuple(
        LabelPan(
            pan=load.pan,
            size=load.size,
            dish=facts.dish_named(load.dish_id),
            batches=tuple(codes[one] for one in load.batch_ids),
            portions=load.portions,
            net_g=load.net_g,
        )
        for load in pan_loads(with_spare(lines, beside), carrier.pans, carrier.max_food_g, packaged_pans())
    )


def _holding(
    facts: PaperFacts,
    label: BoxLabel,
    line_ids: Iterable[str],
    diner: Diner | None,
    beside: Sequence[str] = (),
) -> BoxLabel:
    """The label with these portions inside, of one diner if there is only one, and spare ones of dishes."""
    portions = _portions(facts, line_ids)
    inside = [*((dish_id, variant) for dish_id, variant, _ in portions), *((one, PLAIN) for one in beside)]
    contains, may_contain = facts.allergens_of(list(dict.fromkeys(inside)))
    return replace(
        label,
        dishes=tuple(
            LabelDish(facts.dish_named(dish_id), served_named(variant, size), number)
            for (dish_id, variant, size), number in portions.items()
        ),
        contains=allergens_named(contains),
        may_contain=allergens_named(may_contain),
        for_diner=facts.diner_label(diner.diner_id) if diner else "",
        diner_code=diner.code if diner else "",
        avoid=allergens_named(diner.allergens) if diner else (),
        colour=sealed_colour() if diner and diner.allergens else None,
    )


def portions_of(facts: PaperFacts, line_ids: Iterable[str]) -> tuple[tuple[Named, Named | None, int], ...]:
    """These portions by dish, with variant and size by name."""
    return tuple(
        (facts.dish_named(dish_id), served_named(variant, size), number)
        for (dish_id, variant, size), number in _portions(facts, line_ids).items()
    )


def _portions(facts: PaperFacts, line_ids: Iterable[str]) -> Counter[tuple[str, str, str]]:
    """Portions by dish, variant and size, in the order of packing."""
    return Counter(
        (batch.dish_id, batch.variant, batch.size_of(line).code)
        if (batch := facts.batch_of.get(line)) is not None
        else (facts.ordered[line][1].dish_id, PLAIN, PLAIN)
        for line in line_ids
        if line in facts.batch_of or line in facts.ordered
    )
