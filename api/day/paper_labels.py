"""The labels of a published service's boxes."""

from collections import Counter
from collections.abc import Mapping

from api.day.names import allergens_named
from api.day.paper_facts import PaperFacts, variant_named
from api.reports.label_facts import BoxLabel, BoxLabels, HoldLimits, LabelDish
from kitchen.boxes import Box
from orders.service import Service


def box_labels(facts: PaperFacts) -> BoxLabels:
    """One label a box, in the order of packing."""
    profile, places = facts.profile, _places(facts)
    return BoxLabels(
        head=facts.production_head,
        limits=HoldLimits(profile.hot_hold_min_c, profile.cold_hold_min_c, profile.cold_hold_max_c),
        labels=tuple(_label(facts, box, places) for box in facts.boxes),
    )


def box_text(service: Service, code: str) -> str:
    """What a scanner reads on a box: ``holdchain:box:K1/2026-11-23/lunch:X12``."""
    return f"holdchain:box:{service.key}:{code}"


def _places(facts: PaperFacts) -> dict[str, str]:
    """Trip and stop number of each box that a van brings, by box id."""
    return {
        box_id: f"{trip.trip_code}-{number}"
        for trip in facts.plan.trips
        for number, visit in enumerate(trip.visits, 1)
        for box_id in visit.box_ids
    }


def _label(facts: PaperFacts, box: Box, places: Mapping[str, str]) -> BoxLabel:
    contents = _contents(facts, box)
    contains, may_contain = facts.allergens_of({dish_id for dish_id, _ in contents})
    diner = facts.diners.get(box.for_diner or "")
    instant = facts.service.instant
    return BoxLabel(
        code=box.code,
        carrier_code=facts.carriers[box.carrier_id].code,
        stop=facts.site_name(box.site_id),
        trip=places.get(box.box_id, ""),
        hold_class=box.hold_class,
        dishes=tuple(
            LabelDish(facts.dish_named(dish_id), variant_named(variant), portions)
            for (dish_id, variant), portions in contents.items()
        ),
        cooked_at=instant(box.cooked_s),
        deliver_by_at=instant(box.deliver_by_s),
        eat_by_at=instant(box.eat_by_s),
        contains=allergens_named(contains),
        may_contain=allergens_named(may_contain),
        qr_text=box_text(facts.service, box.code),
        for_diner=facts.diner_label(diner.diner_id) if diner else "",
        avoid=allergens_named(diner.allergens) if diner else (),
        second_leg=box.second_leg,
    )


def _contents(facts: PaperFacts, box: Box) -> Counter[tuple[str, str]]:
    """Portions in a box by dish and variant, in the order of packing."""
    return Counter(
        (facts.batch_of[line].dish_id, facts.batch_of[line].variant)
        if line in facts.batch_of
        else (facts.ordered[line][1].dish_id, "regular")
        for line in box.line_ids
        if line in facts.batch_of or line in facts.ordered
    )
