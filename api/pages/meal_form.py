"""The form of one meal, which the diner's page and the desk share: what was chosen, read from a request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fastapi import Request
from sqlmodel import Session
from starlette.datastructures import ImmutableMultiDict

from api.ordering.amend import Amendment, amend, cancel
from api.ordering.place import Placed, Wanted, place
from api.ordering.record import Acting
from api.ordering.views import MealView, meal_view
from orders.errors import BadInput, NotFound
from orders.menus import CATEGORIES
from orders.service import Service, parse_service
from orders.store.sites import load_kitchen

LONGEST_REASON = 300
LONGEST_FIELD = 100
FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    What a person has chosen.

    Parameters
    ----------
    diner_id, service_key
        For whom, which meal; empty while nobody chose.
    dish_ids, site_id, eaten, set_code
        Dishes of every course, canteen, at the canteen or home, set.
    order_id, shown_fen
        The order that is changed; what it was said to cost to cancel it.
    channel, written, reason, wait
        What staff add: how it came, when it was put on paper, why; whether to wait for a place.
    """

    diner_id: str
    service_key: str
    dish_ids: tuple[str, ...] = ()
    site_id: str = ""
    eaten: Literal["", "dine_in", "home"] = ""
    set_code: str = ""
    order_id: str = ""
    shown_fen: int | None = None
    channel: str = ""
    written: str = ""
    reason: str = ""
    wait: bool = False

    @property
    def wanted(self) -> Wanted:
        """As an order."""
        return Wanted(self.diner_id, self.dish_ids, self.site_id, self.eaten, self.channel, self.wait)


def asked_for(request: Request) -> Chosen:
    """What the address says."""
    return _read(request.query_params)


async def posted(request: Request) -> Chosen:
    """What the form says."""
    form = await request.form()
    return _read(ImmutableMultiDict([(name, str(value)) for name, value in form.multi_items()]))


def service_named(session: Session, key: str) -> Service:
    """
    The service of a key, in its kitchen's zone.

    Raises
    ------
    NotFound
        When it is none.
    """
    try:
        service = parse_service(key)
    except ValueError as error:
        raise NotFound("service", key or "-") from error
    kitchen = load_kitchen(session, service.kitchen_id)
    if kitchen is None or not FIRST_YEAR <= service.service_on.year <= LAST_YEAR:
        raise NotFound("service", key)
    return parse_service(key, kitchen.zone)


def written_at(service: Service, text: str) -> datetime | None:
    """
    The instant of a form's local time, None where it is empty.

    Raises
    ------
    BadInput
        When it is no time.
    """
    if not text:
        return None
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("paper_time_unreadable", written=text) from error
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise BadInput("paper_time_unreadable", written=text)
    return service.at_local(local.time(), (local.date() - service.service_on).days)


def view_of(session: Session, service: Service, chosen: Chosen, acting: Acting) -> MealView:
    """The meal as the page shows it."""
    return meal_view(session, service, chosen.wanted, acting, chosen.set_code)


def place_chosen(session: Session, service: Service, chosen: Chosen, acting: Acting) -> Placed:
    """Places what was chosen."""
    return place(session, service, chosen.wanted, acting)


def amend_chosen(session: Session, service: Service, chosen: Chosen, acting: Acting) -> None:
    """Changes an order to what was chosen."""
    change = Amendment(chosen.dish_ids, chosen.site_id, chosen.eaten)
    amend(session, service, chosen.order_id, change, acting)


def cancel_chosen(session: Session, service: Service, chosen: Chosen, acting: Acting) -> None:
    """Cancels an order at the cost that was shown."""
    cancel(session, service, chosen.order_id, acting, shown_fen=chosen.shown_fen)


def _read(values: ImmutableMultiDict[str, str]) -> Chosen:
    shown, eaten = values.get("shown_fen", ""), values.get("eaten", "")
    return Chosen(
        diner_id=values.get("for", "")[:LONGEST_FIELD],
        service_key=values.get("service", "")[:LONGEST_FIELD],
        dish_ids=tuple(one for category in CATEGORIES for one in values.getlist(category)),
        site_id=values.get("site", "")[:LONGEST_FIELD],
        eaten="home" if eaten == "home" else "dine_in" if eaten == "dine_in" else "",
        set_code=values.get("set", "")[:LONGEST_FIELD],
        order_id=values.get("order_id", "")[:LONGEST_FIELD],
        shown_fen=int(shown) if shown.isascii() and shown.isdigit() else None,
        channel=values.get("channel", "")[:LONGEST_FIELD],
        written=values.get("written", "")[:LONGEST_FIELD],
        reason=values.get("reason", "")[:LONGEST_REASON],
        wait=values.get("wait", "") == "true",
    )
