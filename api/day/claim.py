"""Claim: what a table hears when a card is scanned or digits are typed, in one answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from api.audit import record
from api.day.identify import Person, identify, person_of
from api.day.sealed import is_meal
from api.day.serve import Answer, Claim, serve_meals
from api.day.table import Desk, ensure_here
from orders.codes import Coded, Param
from orders.errors import NotFound
from orders.order import Order
from orders.receipts import IdentifiedBy, TurnedAway
from orders.service import Service
from orders.store.drops import save_turned_away
from orders.store.sites import load_sites


@dataclass(frozen=True, slots=True)
class Heard:
    """
    The one answer to a scan.

    Parameters
    ----------
    person
        Who it was, None when nobody or several.
    answer
        Given or refused, None while a name must be chosen.
    choices
        The people to choose from, empty unless there are several.
    """

    person: Person | None
    answer: Answer | None
    choices: tuple[Person, ...] = ()

    @property
    def code(self) -> str:
        """Code of the refusal, empty when nothing was refused."""
        return self.answer.refused.code if self.answer and self.answer.refused else ""


def hear(session: Session, desk: Desk, text: str, meal: str = "") -> Heard:
    """
    Serves whoever a scanned or typed text names, asks which of several it is, or says why not.

    Parameters
    ----------
    session
        Open transaction.
    desk
        The table.
    text
        As the scanner or a finger typed it.
    meal
        What was scanned from the sealed container; empty while none was.
    """
    ensure_here(session, desk.actor, "meal.serve", desk.service, desk.site_id)
    if is_meal(text):
        return Heard(None, Answer("", 0, Coded("scan_diner_first")))
    identity = identify(session, desk.service, desk.site_id, text)
    if len(identity.people) > 1:
        return Heard(None, None, identity.people)
    if identity.people:
        return _served(session, desk, identity.people[0], meal)
    refused = identity.refused or Coded("nobody_known")
    by: IdentifiedBy = "order_code" if refused.code == "nobody_known" else "card"
    _turn_away(session, desk, refused, by, identity.diner_id)
    return Heard(None, Answer("", 0, refused))


def hear_chosen(session: Session, desk: Desk, diner_id: str, by: IdentifiedBy, meal: str = "") -> Heard:
    """
    Serves the one who was chosen from several names, or from the list, or whose sealed meal was asked for.

    Parameters
    ----------
    session, desk
        Open transaction; where, by whom and when.
    diner_id, by
        Who, and how the diner was known.
    meal
        What was scanned from the sealed container; empty while none was.

    Raises
    ------
    NotFound
        When there is no such diner.
    """
    ensure_here(session, desk.actor, "meal.serve", desk.service, desk.site_id)
    person = person_of(session, desk.service, diner_id, by)
    if person is None:
        raise NotFound("diner", diner_id)
    return _served(session, desk, person, meal)


def _served(session: Session, desk: Desk, person: Person, meal: str) -> Heard:
    """One known diner's order at this table; without one, where it is or that there is none."""
    order = person.order_at(desk.site_id)
    died = person.diner.stopped_by(desk.service.service_on) == "died"
    if order is not None and not died:
        claim = Claim(order.code, identified_by=person.by, credential_id=person.credential_id, meal=meal)
        [answer] = serve_meals(
            session,
            desk.service,
            desk.site_id,
            [claim],
            actor=desk.actor,
            now_at=desk.now_at,
            ids=desk.ids,
        )
        return Heard(person, answer)
    if died:
        refused = Coded("served_no_more", {"diner": person.diner.code})
    elif person.orders:
        refused = Coded("ordered_elsewhere", _elsewhere(session, desk.service, person.orders))
    else:
        refused = Coded("no_order_today", {"diner": person.diner.code})
    order_id = person.orders[0].order_id if person.orders else ""
    _turn_away(session, desk, refused, person.by, person.diner.diner_id, order_id)
    return Heard(person, Answer(person.orders[0].code if person.orders else "", 0, refused))


def _elsewhere(session: Session, service: Service, orders: Sequence[Order]) -> dict[str, Param]:
    """Number and place of an order at another site; a home goes by its code."""
    site_id = orders[0].site_id
    site = load_sites(session, service.kitchen_id, service.meal).get(site_id)
    named = site.name if site and site.kind == "canteen" else site_id
    return {"order": orders[0].code, "where": named}


def _turn_away(
    session: Session, desk: Desk, refused: Coded, by: IdentifiedBy, diner_id: str = "", order_id: str = ""
) -> None:
    claim = TurnedAway(
        site_id=desk.site_id,
        reason=refused,
        happened_at=desk.now_at,
        recorded_at=desk.now_at,
        by=desk.actor.user_id,
        order_id=order_id,
        diner_id=diner_id,
        identified_by=by,
    )
    save_turned_away(session, desk.service, desk.ids.new(), claim)
    subject = f"{desk.service.key}/{desk.site_id}"
    record(session, desk.actor, "meal.serve", subject, desk.now_at, {"served": 0, "refused": 1})
