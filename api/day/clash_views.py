"""Clashes that wait for a person, with the names that the person settling them needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from api.permissions import Actor, ensure
from api.reports.facts import Named
from api.words import say
from orders.codes import Coded
from orders.errors import Conflict
from orders.order import Clash
from orders.service import Service
from orders.store.diners import load_diners
from orders.store.menus import load_menu
from orders.store.orders import load_clashes


@dataclass(frozen=True, slots=True)
class NamedClash:
    """
    A portion that its diner must not get.

    Parameters
    ----------
    clash_id, handle
        Row id; what a person names it by: the order's number where only one of its portions clashes.
    clash
        What clashes, and what could stand in.
    diner, diner_code
        Whose portion; empty for whoever may not read names.
    names
        Dishes of the day's menu by id.
    """

    clash_id: str
    handle: str
    clash: Clash
    diner: str
    diner_code: str
    names: Mapping[str, Named]

    def dish(self, dish_id: str, language: str) -> str:
        """A dish by name; one that is off the menu goes by its id."""
        return self.names[dish_id].called(language) if dish_id in self.names else dish_id

    def why(self, language: str) -> list[str]:
        """Each reason as a sentence that names dishes."""
        return [say(self._named(reason, language), language) for reason in self.clash.reasons]

    def _named(self, reason: Coded, language: str) -> Coded:
        params = {key: self._called(value, language) for key, value in reason.params.items()}
        return Coded(reason.code, params)

    def _called(self, value: str | int | float, language: str) -> str | int | float:
        return self.dish(value, language) if isinstance(value, str) else value


def open_clashes(session: Session, service: Service, actor: Actor) -> list[NamedClash]:
    """
    The clashes of a service that nobody has settled.

    Raises
    ------
    Forbidden
        When the actor settles none.
    """
    ensure(actor, "clash.settle", kitchen_id=service.kitchen_id)
    found = load_clashes(session, service, open_only=True)
    reads = actor.may("people.read")
    diners = load_diners(session, ids=[one.diner_id for one in found.values()]) if reads and found else {}
    menu = load_menu(session, service)
    names = {item.dish_id: Named(item.name_zh, item.name_en) for item in menu.items} if menu else {}
    orders = [one.order_code for one in found.values()]
    told = []
    for clash_id, one in found.items():
        diner = diners.get(one.diner_id)
        handle = one.order_code if orders.count(one.order_code) == 1 else clash_id
        whose = (diner.name, diner.code) if diner else ("", "")
        told.append(NamedClash(clash_id, handle, one, *whose, names))
    return told


def clash_named(session: Session, service: Service, told: str, actor: Actor) -> str:
    """
    The id of the clash that a person names by it, or by the number of an order with one open clash.

    Raises
    ------
    Conflict
        ``clash_which`` when several portions of the order clash.
    Forbidden
        When the actor settles none.
    """
    ids = [one.clash_id for one in open_clashes(session, service, actor) if one.clash.order_code == told]
    if len(ids) > 1:
        raise Conflict("clash_which", order=told, clashes=len(ids), ids=", ".join(ids))
    return ids[0] if ids else told
