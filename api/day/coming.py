"""What comes to one site: its boxes with what people and sensors have said of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from api.checks.gates import stopped_food
from api.day.clocks import boxes_as_they_stand
from api.day.holds import acts_of, packings
from api.day.holds_facts import Acts
from api.day.reheat_box import heated_here
from api.day.views import AlarmView
from api.names import allergen_names
from api.reports.facts import Named
from kitchen.boxes import Box
from kitchen.store.catalogue import load_dishes
from kitchen.store.floor import load_floor_batches
from kitchen.store.production import load_boxes, load_production, load_slots
from kitchen.store.sizes import load_sizes
from kitchen.store.withheld import lines_stopped
from kitchen.withheld import Stop
from orders.service import Service
from orders.sites import Site
from telemetry.hold_facts import HoldVerdict
from telemetry.store.alarms import alarm_rows
from telemetry.store.verdicts import latest_verdicts


@dataclass(frozen=True, slots=True)
class StoppedFood:
    """
    Food at a site that is not to be given.

    Parameters
    ----------
    stop, dishes
        What stops it, and which dishes of the site it is of.
    """

    stop: Stop
    dishes: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """
    One site's part of a published service.

    Parameters
    ----------
    service
        Which.
    boxes
        By id, in the order of codes, with the clocks that the reports give them.
    dish_of
        The dish of every portion inside, by line id.
    acts
        What people reported of these boxes, and of the orders that were asked for.
    verdicts
        The latest of each box that was judged.
    alarms
        Not cleared, oldest first.
    names
        Dish ids of the service and allergen codes by name.
    sizes
        The size of each portion inside that is not a regular one, by line id.
    to_reheat
        Ids of chilled boxes whose food is reheated here before it is eaten.
    spare_left
        Portions for walk-ins that none of them got yet and that wait for no word, by box id.
    stops, stopped
        What nobody may eat of: by id of batch or box, and by line id.
    """

    service: Service
    boxes: Mapping[str, Box]
    dish_of: Mapping[str, str]
    acts: Acts
    verdicts: Mapping[str, HoldVerdict]
    alarms: tuple[AlarmView, ...]
    names: Mapping[str, Named]
    sizes: Mapping[str, str]
    to_reheat: frozenset[str]
    spare_left: Mapping[str, int]
    stops: Mapping[str, Stop]
    stopped: Mapping[str, Stop]

    @property
    def stopped_food(self) -> tuple[StoppedFood, ...]:
        """What nobody may eat of, in the order of codes, with the dishes of the ordered portions."""
        dishes: dict[str, dict[str, None]] = {food_id: {} for food_id in self.stops}
        for line_id, stop in self.stopped.items():
            if line_id in self.dish_of:
                dishes[stop.food_id][self.dish_of[line_id]] = None
        named = {
            key: tuple(self.names[one] for one in own if one in self.names) for key, own in dishes.items()
        }
        stops = sorted(self.stops.values(), key=lambda one: one.code)
        return tuple(StoppedFood(one, named[one.food_id]) for one in stops)


def load_coming(
    session: Session, service: Service, site: Site, order_ids: Collection[str] = ()
) -> Coming | None:
    """What comes to a site, with what became of these orders; None while nothing is published."""
    production = load_production(session, service.key)
    if production is None:
        return None
    key = production.production_id
    planned = load_boxes(session, key, site.site_id)
    inside = packings(session, [box.box_id for box in planned])
    acts = acts_of(session, service, key, inside.values(), order_ids)
    slots = {slot.batch_id: slot for slot in load_slots(session, key)}
    reports = (acts.cooked, acts.packed)
    boxes = boxes_as_they_stand(session, service, planned, slots, {site.site_id: site}, reports)
    dishes = load_dishes(session, {batch.dish_id for batch in load_floor_batches(session, key)})
    names = {dish_id: Named(dish.name_zh, dish.name_en) for dish_id, dish in dishes.items()}
    stops = stopped_food(session, service, inside)
    dish_of = {line_id: dish for one in inside.values() for line_id, dish in one.dish_of.items()}
    return Coming(
        service=service,
        boxes=boxes,
        dish_of=dish_of,
        acts=acts,
        verdicts=latest_verdicts(session, list(acts.packed)),
        alarms=tuple(
            AlarmView(row.alarm_id, boxes[row.box_id].code, site.name, row)
            for row in alarm_rows(session, list(boxes), only_open=True)
        ),
        names=names | dict(allergen_names()),
        sizes=load_sizes(session, key, dish_of.keys()),
        to_reheat=heated_here(session, inside),
        spare_left={
            box_id: acts.spare_left(one) - acts.spare_stopped(one, stops, is_open=True)
            for box_id, one in inside.items()
        },
        stops=stops,
        stopped=lines_stopped(session, stops),
    )
