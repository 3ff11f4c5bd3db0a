"""What a canteen's page shows: which boxes come when, and who is still to be served."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session

from api.day.coming import Coming, StoppedFood, load_coming
from api.day.outcomes import outcomes_of
from api.day.views import AlarmView
from api.names import allergens_named, size_names
from api.reports.facts import Named
from kitchen.acts import Reheated
from kitchen.boxes import Box
from kitchen.withheld import Stop
from orders.diners import Diner
from orders.drops import Drop
from orders.menus import HoldClass
from orders.order import Delivery, Order
from orders.outcomes import OrderOutcome
from orders.receipts import Receipt, Serving
from orders.service import Service
from orders.sites import Site
from orders.store.diners import load_diners
from orders.store.drops import drops_of_orders
from orders.store.orders import load_orders
from orders.store.receipts import load_discards
from orders.store.sites import load_sites
from routing.store.carried import boxes_on_their_way
from telemetry.hold_facts import HoldVerdict

BoxState = Literal["planned", "packed", "on_the_road", "accepted", "refused"]

MealState = Literal[
    "waiting", "ready", "past", "stopped", "served", "carried", "no_show", "not_supplied", "refused"
]
DUE_BEFORE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ComingBox:
    """
    One box of a site.

    Parameters
    ----------
    box_id, code, hold_class, portions, second_leg
        Which box.
    for_diner
        Name of the diner whose sealed box it is, else empty.
    dishes, spare
        Dish and its portions inside: those ordered, and those for walk-ins.
    arrive_at
        As planned, None when no van brings it.
    eat_by_at
        Last mouthful.
    state
        Where it is.
    receipt
        The site's word, None before it.
    verdict
        As it stands, None before the first.
    alarms
        Not cleared.
    to_reheat, reheated
        Whether its food is reheated here before it is eaten; the reheating that counts, None before it.
    """

    box_id: str
    code: str
    hold_class: HoldClass
    portions: int
    second_leg: bool
    for_diner: str
    dishes: tuple[tuple[Named, int], ...]
    spare: tuple[tuple[Named, int], ...]
    arrive_at: datetime | None
    eat_by_at: datetime
    state: BoxState
    receipt: Receipt | None
    verdict: HoldVerdict | None
    alarms: tuple[AlarmView, ...]
    to_reheat: bool
    reheated: Reheated | None

    @property
    def waits_for_heat(self) -> bool:
        """Whether it is here, chilled, and still to be reheated."""
        return self.to_reheat and self.reheated is None and self.state == "accepted"


@dataclass(frozen=True, slots=True)
class MealView:
    """
    One diner's meal at this site.

    Parameters
    ----------
    order
        Its order.
    diner
        Whose.
    avoid
        Allergens the diner must not get.
    dishes
        What it is made of, each with its size where that is not a regular one.
    boxes
        Codes of the boxes it lies in.
    eat_by_at
        Earliest last mouthful of those boxes, None when it lies in none.
    delivery
        Eaten here, brought on by a volunteer, or by the van.
    state
        Not here yet, ready, past its last moment, served, on its way to a door, here but not to be given
        before somebody's word, or what became of it once its boxes are empty or all of it was discarded.
    served_at
        When it was served.
    waits_for_heat
        Whether chilled food of it is here and not reheated yet.
    stopped, decided
        Why it is not to be given before somebody's word, None when nothing is against it; portions of it that
        are here, not given yet, and wait for no word.
    """

    order: Order
    diner: Diner
    avoid: tuple[Named, ...]
    dishes: tuple[tuple[Named, Named | None], ...]
    boxes: tuple[str, ...]
    eat_by_at: datetime | None
    delivery: Delivery
    state: MealState
    served_at: datetime | None
    waits_for_heat: bool
    stopped: Stop | None
    decided: int


@dataclass(frozen=True, slots=True)
class CanteenView:
    """
    A canteen's page.

    Parameters
    ----------
    service, site
        Which meal, where.
    sites
        The kitchen's canteens, for who may look at several.
    boxes
        By planned arrival; those of one diner first.
    meals
        By order number.
    thrown_away
        Portions discarded here.
    spare_left
        Portions for walk-ins that are here and that none of them got yet.
    stops
        Food of these boxes that is not to be given, in the order of codes.
    """

    service: Service
    site: Site
    sites: tuple[Site, ...]
    boxes: tuple[ComingBox, ...]
    meals: tuple[MealView, ...]
    thrown_away: int
    spare_left: int = 0
    stops: tuple[StoppedFood, ...] = ()

    @property
    def to_reheat(self) -> tuple[ComingBox, ...]:
        """Boxes that are here and wait for their reheating."""
        return tuple(box for box in self.boxes if box.waits_for_heat)

    def next_box(self, now_at: datetime) -> ComingBox | None:
        """The box to sign for: the first on the road, else a packed one that is due, its van unreported."""
        on_the_road = (box for box in self.boxes if box.state == "on_the_road")
        due = (box for box in self.boxes if box.state == "packed" and _is_due(box, now_at))
        return next(on_the_road, next(due, None))

    @property
    def served(self) -> int:
        """Meals served."""
        return sum(meal.state == "served" for meal in self.meals)

    @property
    def left(self) -> int:
        """Meals still to be served here; what is on its way to a door is not."""
        return sum(meal.state in ("waiting", "ready", "past", "stopped") for meal in self.meals)

    @property
    def closable(self) -> bool:
        """Whether a box has come whose portions are not all gone: its table may be closed."""
        return self.portions_left > 0

    @property
    def portions_left(self) -> int:
        """Portions that have come, are still here and wait for no word: of meals, and for walk-ins."""
        return sum(meal.decided for meal in self.meals) + self.spare_left


@dataclass(frozen=True, slots=True)
class _Known:
    """What became of the site's orders so far, by order id."""

    servings: Mapping[str, Serving]
    drops: Mapping[str, Drop]
    outcomes: Mapping[str, OrderOutcome]

    def became(self, order_id: str, boxes: Collection[ComingBox]) -> MealState | None:
        """What became of an order, whose portions lie in these boxes; None before anything did."""
        drop, ended = self.drops.get(order_id), self.outcomes.get(order_id)
        if order_id in self.servings:
            return "served"
        if drop is not None and drop.outcome == "taken":
            return "carried"
        signed = bool(boxes) and all(one.receipt for one in boxes)
        return ended.event if ended is not None and (drop is not None or signed) else None


def _is_due(box: ComingBox, now_at: datetime) -> bool:
    return box.arrive_at is not None and now_at >= box.arrive_at - DUE_BEFORE


def canteen_view(
    session: Session, service: Service, site_id: str | None, now_at: datetime
) -> CanteenView | None:
    """
    A canteen's page; None when the site takes no such meal.

    Parameters
    ----------
    session
        Open transaction.
    service
        Which meal.
    site_id
        The site, or None for the first canteen.
    now_at
        The present instant.
    """
    sites = load_sites(session, service.kitchen_id, service.meal)
    canteens = tuple(site for site in sites.values() if site.kind == "canteen")
    site = sites.get(site_id) if site_id else next(iter(canteens), None)
    if site is None:
        return None
    orders = load_orders(session, service, ("locked",), site.site_id)
    order_ids = {order.order_id for order in orders}
    found = load_coming(session, service, site, order_ids)
    boxes = _boxes(session, found, site) if found else ()
    known = _Known(
        servings=found.acts.servings if found else {},
        drops=drops_of_orders(session, order_ids),
        outcomes=outcomes_of(session, service, orders, now_at, found.stopped.keys()) if found else {},
    )
    return CanteenView(
        service=service,
        site=site,
        sites=canteens,
        boxes=boxes,
        meals=_meals(session, found, orders, boxes, known, now_at) if found else (),
        thrown_away=sum(
            one.portions for one in load_discards(session, service) if one.site_id == site.site_id
        ),
        spare_left=sum(found.spare_left.values()) if found else 0,
        stops=found.stopped_food if found else (),
    )


def _boxes(session: Session, found: Coming, site: Site) -> tuple[ComingBox, ...]:
    on_the_way = boxes_on_their_way(session, found.service.key, found.boxes.keys())
    arrivals = {box_id: found.service.instant(arrive_s) for box_id, (arrive_s, _) in on_the_way.items()}
    diners = load_diners(session, [site.site_id])
    views = []
    for box in found.boxes.values():
        has_left = on_the_way.get(box.box_id, (0, False))[1]
        diner = diners.get(box.for_diner or "")
        verdict = found.verdicts.get(box.box_id)
        views.append(
            ComingBox(
                box_id=box.box_id,
                code=box.code,
                hold_class=box.hold_class,
                portions=box.portions,
                second_leg=box.second_leg,
                for_diner=diner.name if diner else "",
                dishes=_dishes(found, box),
                spare=_spare(found, box),
                arrive_at=arrivals.get(box.box_id),
                eat_by_at=verdict.eat_by_at if verdict else found.service.instant(box.eat_by_s),
                state=_box_state(found, box, has_left),
                receipt=found.acts.receipts.get(box.box_id),
                verdict=verdict,
                alarms=tuple(one for one in found.alarms if one.box_code == box.code),
                to_reheat=box.box_id in found.to_reheat,
                reheated=found.acts.reheats.boxes.get(box.box_id),
            )
        )
    last_at = found.service.instant(2 * 86400)
    return tuple(sorted(views, key=lambda one: (one.arrive_at or last_at, not one.for_diner, one.code)))


def _dishes(found: Coming, box: Box) -> tuple[tuple[Named, int], ...]:
    counted = Counter(found.dish_of[line_id] for line_id in box.line_ids if line_id in found.dish_of)
    return tuple((found.names.get(one, Named(one, one)), portions) for one, portions in counted.items())


def _spare(found: Coming, box: Box) -> tuple[tuple[Named, int], ...]:
    counted = Counter[str]()
    for one in box.spare:
        counted[one.dish_id] += one.portions
    return tuple((found.names.get(one, Named(one, one)), portions) for one, portions in counted.items())


def _box_state(found: Coming, box: Box, departed: bool) -> BoxState:
    receipt = found.acts.receipts.get(box.box_id)
    if receipt is not None:
        return receipt.condition
    if box.box_id in found.acts.packed:
        return "on_the_road" if departed else "packed"
    return "planned"


def _meals(
    session: Session,
    found: Coming,
    orders: list[Order],
    boxes: tuple[ComingBox, ...],
    known: "_Known",
    now_at: datetime,
) -> tuple[MealView, ...]:
    here = {box.box_id: box for box in boxes}
    boxes_of: dict[str, list[ComingBox]] = {}
    for box_id, coming in here.items():
        for line_id in found.boxes[box_id].line_ids:
            boxes_of.setdefault(line_id, []).append(coming)
    diners = load_diners(session, ids={order.diner_id for order in orders})
    return tuple(
        _meal(found, order, diners[order.diner_id], boxes_of, known, now_at)
        for order in orders
        if order.diner_id in diners
    )


def _meal(
    found: Coming,
    order: Order,
    diner: Diner,
    boxes_of: Mapping[str, list[ComingBox]],
    known: "_Known",
    now_at: datetime,
) -> MealView:
    lines = [line for line in order.lines if line.state != "withdrawn"]
    boxes = {box.box_id: box for line in lines for box in boxes_of.get(line.line_id, [])}
    accepted = [box for box in boxes.values() if box.state == "accepted"]
    eat_by_at = min((box.eat_by_at for box in accepted or boxes.values()), default=None)
    serving = known.servings.get(order.order_id)
    stops = [found.stopped[line.line_id] for line in lines if line.line_id in found.stopped]
    waiting = [one for one in stops if one.is_open]
    state, is_here = known.became(order.order_id, boxes.values()), False
    if state is None and accepted and eat_by_at is not None:
        is_here, state = True, _state_here(stops, len(lines), past=now_at > eat_by_at)
    return MealView(
        order=order,
        diner=diner,
        avoid=allergens_named(diner.allergens),
        dishes=tuple(
            (found.names[line.dish_id], size_names().get(found.sizes.get(line.line_id, "")))
            for line in lines
            if line.dish_id in found.names
        ),
        boxes=tuple(box.code for box in boxes.values()),
        eat_by_at=eat_by_at,
        delivery=order.brought(diner),
        state=state or "waiting",
        served_at=serving.happened_at if serving else None,
        waits_for_heat=state == "ready" and any(box.waits_for_heat for box in accepted),
        stopped=waiting[0] if waiting and serving is None else None,
        decided=len(lines) - len(waiting) if is_here else 0,
    )


def _state_here(stops: Sequence[Stop], lines: int, *, past: bool) -> MealState:
    """How a meal that is here and not served stands, from what stops some of its lines."""
    if any(one.is_open for one in stops):
        return "stopped"
    if len(stops) == lines:
        return "not_supplied"
    return "past" if past else "ready"
