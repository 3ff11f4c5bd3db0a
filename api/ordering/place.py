"""Place: a meal is ordered for a diner, in time or late with a reason, or waits for a place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlmodel import Session

from api.day.services import require_open
from api.ordering.facts import Asked, ReadOnce, asked, is_outsider, menu_of, require_for
from api.ordering.quotes import quote_order
from api.ordering.record import Acting, require_in_time, write
from api.ordering.rooms import rooms
from orders.capacity import Room, place_in_line
from orders.closures import Closure, closure_on
from orders.codes import Coded
from orders.errors import BadInput, Conflict
from orders.menus import Menu
from orders.order import Delivery, Order, OrderLine, OrderState
from orders.ordering import Quote, check_dishes, home_refusal, price_of, usual
from orders.programmes.classes import class_on
from orders.service import Service
from orders.sites import Site
from orders.store.closures import load_closures
from orders.store.diners_orders import last_orders, orders_on
from orders.store.orders import last_number, load_orders, next_code, numbered, orders_of_diner
from orders.store.site_register import site_open_on, sites_closed_on

Eaten = Literal["", "dine_in", "home"]
STANDING = "standing"
OWN_CHANNELS = frozenset({"walk_in", STANDING})
STAFF_CHANNELS = OWN_CHANNELS | {"paper"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What is asked for.

    Parameters
    ----------
    diner_id
        Who eats.
    dish_ids
        Dishes chosen; empty is the usual.
    site_id
        Where it is eaten or from where it is brought; empty is the diner's own.
    eaten
        At the site or at home; empty is as the diner is registered.
    channel
        How the order came; empty is the programme's own platform or first channel. A walk-in, a standing
        order and paper are noted by staff: of a diner or family they count as empty.
    wait
        Whether to wait for a place where the site is full.
    """

    diner_id: str
    dish_ids: tuple[str, ...] = ()
    site_id: str = ""
    eaten: Eaten = ""
    channel: str = ""
    wait: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """
    What became of it.

    Parameters
    ----------
    order, quote
        The order and its price in three lines.
    is_new
        False when the same order was there already.
    line
        Place in the waiting line, 0 when it does not wait.
    """

    order: Order
    quote: Quote
    is_new: bool
    line: int = 0


def place(session: Session, service: Service, wanted: Wanted, acting: Acting) -> Placed:
    """
    Orders one meal for one diner; the same order again changes nothing.

    The caller holds the service's lock.

    Raises
    ------
    ServiceClosed
        When the diner's programme has no service on the date.
    Conflict
        When the cut-off has passed, the site is closed or full, the diner ordered something else already,
        eats nothing any more, or the programme refuses a second meal or outsiders.
    BadInput
        When a dish does not suit, a late order has no reason, or home was not approved.
    Forbidden
        When the actor may not order for this diner.
    """
    facts = asked(session, service, wanted.diner_id)
    require_for(
        session, acting.actor, "orders.place", wanted.diner_id, acting.now_at,
        service=service, site_id=wanted.site_id or canteen_of(facts),
    )  # fmt: skip
    order, is_new = put(session, facts, _menu(session, facts), _own_way(wanted, acting), acting)
    return Placed(order, quote_order(session, facts, order), is_new, _line(session, service, order))


def put(session: Session, facts: Asked, menu: Menu, wanted: Wanted, acting: Acting) -> tuple[Order, bool]:
    """
    Places an order without asking who may and what it costs, and says whether it is new.

    Raises
    ------
    MealError
        As `place` does.
    """
    order = drafted(session, facts, menu, wanted, acting)
    earlier = _ordered_already(session, facts, order)
    if earlier is not None:
        return earlier, False
    require_in_time(facts, acting)
    state = _state(session, facts, order, wanted, acting)
    once = facts.once
    code = numbered(facts.service, once.number + 1) if once else next_code(session, facts.service)
    order = replace(order, code=code, state=state)
    write(session, facts, None, order, "placed", acting)
    return order, True


def priced(session: Session, service: Service, wanted: Wanted, acting: Acting) -> Placed:
    """What an order would be and cost, without placing it; refused as placing it would be, cut-off aside."""
    facts = asked(session, service, wanted.diner_id)
    require_for(
        session, acting.actor, "orders.place", wanted.diner_id, acting.now_at,
        service=service, site_id=wanted.site_id or canteen_of(facts),
    )  # fmt: skip
    order = drafted(session, facts, _menu(session, facts), _own_way(wanted, acting), acting)
    return Placed(order, quote_order(session, facts, order), True)


def drafted(session: Session, facts: Asked, menu: Menu, wanted: Wanted, acting: Acting) -> Order:
    """The order as it would stand, number and state still open; refused for what speaks against it."""
    require_eating(session, facts)
    site, delivery = where(facts, wanted.site_id, wanted.eaten)
    if facts.once is None:
        require_site_open(session, facts.service, site)
    elif site.site_id in facts.once.closed:
        raise facts.once.closed[site.site_id]
    dish_ids = list(wanted.dish_ids) or usual_dishes(session, facts, menu)
    check_dishes(facts.diner, menu, dish_ids)
    in_order = [item.dish_id for item in menu.items if item.dish_id in dish_ids]
    return Order(
        order_id=acting.ids.new(),
        code="~",
        diner_id=facts.diner.diner_id,
        site_id=site.site_id,
        lines=tuple(OrderLine(acting.ids.new(), dish_id, dish_id) for dish_id in in_order),
        price_fen=price_of(menu, facts.sets, dish_ids),
        placed_at=acting.counted_at,
        channel=channel_of(facts, wanted.channel),
        delivery=delivery,
    )


def require_eating(session: Session, facts: Asked) -> None:
    """Refuses a day without service, a diner who eats nothing any more, and whom the programme refuses."""
    service, diner, programme = facts.service, facts.diner, facts.programme
    stopped = diner.stopped_by(service.service_on)
    if stopped is not None:
        raise Conflict("diner_stopped", stopped=stopped)
    require_open(service, programme)
    if programme.outsiders.policy == "refuse" and class_on(programme, diner, service.service_on) is None:
        raise Conflict("outsider_not_served", programme=programme.id)
    if programme.meals.second_meal == "refuse":
        others = [one for key, one in _of_day(session, facts) if key != service.key]
        if others:
            raise Conflict("second_meal_not_sold", order=others[0].code)


def where(facts: Asked, site_id: str, eaten: Eaten) -> tuple[Site, Delivery]:
    """
    Which site an order goes to, and how it reaches the diner.

    Raises
    ------
    BadInput
        When home is asked for and was not approved, or the site takes no such meal.
    """
    diner = facts.diner
    home = eaten == "home" or (not eaten and diner.delivery != "dine_in" and not site_id)
    if home and (refusal := home_refusal(facts.programme, diner, facts.service)):
        raise BadInput(refusal.code, **refusal.params)
    by_van = home and diner.delivery == "direct"
    code = diner.site_id if by_van else site_id or canteen_of(facts)
    if not code:
        raise BadInput("choose_canteen")
    site = facts.sites.get(code)
    if site is None or (site.kind == "home" and not by_van):
        raise BadInput("site_takes_no_meal", site=code, meal=facts.service.meal)
    if not home:
        return site, "dine_in"
    return site, "direct" if by_van else "volunteer"


def canteen_of(facts: Asked) -> str:
    """The diner's own canteen; empty for one who is only served at home."""
    site = facts.sites.get(facts.diner.site_id)
    return "" if site is not None and site.kind == "home" else facts.diner.site_id


def require_site_open(session: Session, service: Service, site: Site) -> None:
    """Refuses a meal of a site that is closed then or not open by its file, with the reason."""
    day_on = service.service_on
    closures = load_closures(session, [site.site_id], day_on, day_on)
    refusal = _closed(service, site, closures, site_open_on(session, site.site_id, day_on))
    if refusal is not None:
        raise refusal


def read_once(
    session: Session, service: Service, sites: Mapping[str, Site], diner_ids: Sequence[str]
) -> ReadOnce:
    """What standing orders of these diners are judged by at these sites."""
    day_on = service.service_on
    closures, on_file = load_closures(session, None, day_on, day_on), sites_closed_on(session, day_on)
    closed = {key: _closed(service, site, closures, on_file.get(key)) for key, site in sites.items()}
    return ReadOnce(
        number=last_number(session, service),
        rooms=rooms(session, service, sites, keeping=False),
        closed={key: refusal for key, refusal in closed.items() if refusal is not None},
        of_day=orders_on(session, diner_ids, day_on),
        last=last_orders(session, diner_ids, service.meal, day_on),
    )


def usual_dishes(session: Session, facts: Asked, menu: Menu, wishes: Sequence[str] = ()) -> list[str]:
    """What the diner is given without asking: like the last order of this meal where it suits."""
    diner_id, service = facts.diner.diner_id, facts.service
    known = (
        facts.once.last if facts.once else last_orders(session, [diner_id], service.meal, service.service_on)
    )
    last = known.get(diner_id)
    liked = (*wishes, *(last.dish_ids if last else ()))
    return [item.dish_id for item in usual(facts.diner, menu, facts.sets, liked)]


def channel_of(facts: Asked, channel: str) -> str:
    """
    The channel of an order; without one that of the programme's platform.

    Raises
    ------
    BadInput
        When the programme takes no orders that way.
    """
    known = facts.programme.ordering.channels
    if not channel:
        online = (*facts.programme.ordering.platform_channels, *(one for one in known if one == "platform"))
        return (*online, *known, "platform")[0]
    if known and channel not in known and channel not in OWN_CHANNELS:
        raise BadInput("channel_unknown", channel=channel, known="、".join(known))
    return channel


def require_place(session: Session, facts: Asked, site_id: str) -> None:
    """Refuses an order for a site that is full."""
    room = rooms(session, facts.service, facts.sites, but=facts.diner.diner_id)[site_id]
    if not room.sells:
        raise _full(facts, room)


def _own_way(wanted: Wanted, acting: Acting) -> Wanted:
    """What is asked for, without a channel that is not the asker's to choose."""
    foreign = is_outsider(acting.actor) and wanted.channel in STAFF_CHANNELS
    return replace(wanted, channel="") if foreign else wanted


def _menu(session: Session, facts: Asked) -> Menu:
    """The menu of a day that is served; a day that is not says so rather than that it has no menu."""
    require_open(facts.service, facts.programme)
    return menu_of(session, facts.service)


def _state(session: Session, facts: Asked, order: Order, wanted: Wanted, acting: Acting) -> OrderState:
    if wanted.channel == STANDING:  # its place was kept, before all who wait
        places = facts.once.rooms if facts.once else rooms(session, facts.service, facts.sites, keeping=False)
        room = places[order.site_id]
        has_place = room.free > 0
    else:
        room = rooms(session, facts.service, facts.sites, but=facts.diner.diner_id)[order.site_id]
        has_place = room.sells
    if not has_place and wanted.wait:
        return "waiting"
    if not has_place:
        raise _full(facts, room)
    return "locked" if facts.closed or acting.counted_at > facts.limit_at else "placed"


def _closed(
    service: Service, site: Site, closures: Sequence[Closure], not_open: Coded | None
) -> Conflict | None:
    closure = closure_on(closures, site.site_id, service.service_on, service.meal)
    if closure is not None:
        to_on = closure.to_on.isoformat() if closure.to_on else "-"
        return Conflict("site_closed_then", site=site.name, to_on=to_on, reason_given=closure.reason)
    return None if not_open is None else Conflict(not_open.code, **not_open.params)


def _of_day(session: Session, facts: Asked) -> Sequence[tuple[str, Order]]:
    diner_id, on = facts.diner.diner_id, facts.service.service_on
    return facts.once.of_day.get(diner_id, ()) if facts.once else orders_of_diner(session, diner_id, on, on)


def _full(facts: Asked, room: Room) -> Conflict:
    name = facts.sites[room.site_id].name
    return Conflict("site_full", site=name, capacity=room.capacity, waiting=room.waiting)


def _ordered_already(session: Session, facts: Asked, order: Order) -> Order | None:
    """The diner's own order of this service when it asks for the same; another one is refused."""
    live = _of_day(session, facts)
    earlier = next((one for key, one in live if key == facts.service.key), None)
    if earlier is None:
        return None
    same = (earlier.site_id, sorted(earlier.dish_ids)) == (order.site_id, sorted(order.dish_ids))
    if not same or earlier.brought(facts.diner) != order.delivery:
        raise Conflict("ordered_already", order=earlier.code)
    return earlier


def _line(session: Session, service: Service, order: Order) -> int:
    waiting = load_orders(session, service, ("waiting",), order.site_id)
    return place_in_line(waiting, order.order_id)
