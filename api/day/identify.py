"""Identify: whose meal a scanned or typed text asks for."""

import unicodedata
from dataclasses import dataclass

from sqlmodel import Session

from orders.codes import Coded
from orders.credentials import QR_PREFIX, Credential
from orders.diners import Diner
from orders.order import Order
from orders.receipts import IdentifiedBy
from orders.service import Service
from orders.store.credentials import find_by_phone_tail, find_by_token, load_credentials
from orders.store.diners import load_diner, load_diners
from orders.store.orders import load_orders, orders_of_diner

TAIL_DIGITS = 4
WHOLE_DIGITS = range(7, 13)


@dataclass(frozen=True, slots=True)
class Person:
    """
    Somebody a text may mean.

    Parameters
    ----------
    diner
        Who.
    orders
        The diner's locked orders of the service, at any site, by number.
    by, credential_id
        How the text names the diner, and by which credential.
    """

    diner: Diner
    orders: tuple[Order, ...]
    by: IdentifiedBy
    credential_id: str = ""

    def order_at(self, site_id: str) -> Order | None:
        """The diner's order at this site, None without one."""
        return next((order for order in self.orders if order.site_id == site_id), None)


@dataclass(frozen=True, slots=True)
class Identity:
    """
    What a text means: nobody, one person, or several to choose from.

    Parameters
    ----------
    people
        By the clerk's number.
    refused
        Why nobody may be served by it, None when somebody may.
    diner_id
        Whose a revoked credential was, empty otherwise.
    """

    people: tuple[Person, ...]
    refused: Coded | None = None
    diner_id: str = ""


def identify(session: Session, service: Service, site_id: str, text: str) -> Identity:
    """
    Whose meal a text asks for: a QR meal card, an order's number, a card's or the clerk's number, or a
    telephone, whole or its last four digits.

    Parameters
    ----------
    session
        Open transaction.
    service, site_id
        At which table.
    text
        As scanned or typed; full-width digits count as digits.

    Returns
    -------
    Identity
        Several people where four digits are the end of several telephones, or of one and an order's number.
        A revoked card names nobody and says since when.
    """
    asked = unicodedata.normalize("NFKC", text).strip()
    dialled = asked.isascii() and asked.isdigit() and len(asked) in (TAIL_DIGITS, *WHOLE_DIGITS)
    found: dict[str, Person] = {}
    for order in load_orders(session, service, ("locked",), code=asked):
        _add(session, service, found, order.diner_id, "order_code")
    if (held := find_by_token(session, asked)) is not None:
        diner_id, revoked = held
        if revoked is not None and not found:
            return Identity((), _revoked(revoked), diner_id)
        if revoked is None:
            _add(session, service, found, diner_id, *_shown(session, diner_id, asked))
    elif asked.upper().startswith(QR_PREFIX):
        return Identity((), Coded("card_unknown"))
    for diner_id in load_diners(session, codes=[asked]):
        _add(session, service, found, diner_id, "name")
    for diner_id in find_by_phone_tail(session, None, asked) if dialled else ():
        _add(session, service, found, diner_id, "phone", site_id=site_id)
    people = tuple(sorted(found.values(), key=lambda person: person.diner.code))
    return Identity(people, None if people else Coded("nobody_known"))


def person_of(session: Session, service: Service, diner_id: str, by: IdentifiedBy) -> Person | None:
    """A diner with the orders of this service, None when there is no such diner."""
    diner = load_diner(session, diner_id)
    if diner is None:
        return None
    on = service.service_on
    own = orders_of_diner(session, diner_id, on, on, ("locked",))
    return Person(diner, tuple(order for key, order in own if key == service.key), by)


def _add(
    session: Session,
    service: Service,
    found: dict[str, Person],
    diner_id: str,
    by: IdentifiedBy,
    credential_id: str = "",
    site_id: str = "",
) -> None:
    """Adds a diner who is not among the found yet; where a site is named, only one who belongs to it."""
    person = None if diner_id in found else person_of(session, service, diner_id, by)
    if person is None:
        return
    if not site_id or person.diner.site_id == site_id or person.order_at(site_id):
        found[diner_id] = Person(person.diner, person.orders, by, credential_id)


def _shown(session: Session, diner_id: str, text: str) -> tuple[IdentifiedBy, str]:
    """Kind and row of the good credential that was shown."""
    by: IdentifiedBy = "qr" if text.upper().startswith(QR_PREFIX) else "card"
    held = load_credentials(session, [diner_id], "qr" if by == "qr" else "card", good_only=True)
    return by, held[-1].credential_id if held else ""


def _revoked(credential: Credential) -> Coded:
    since_at = credential.revoked_at.isoformat() if credential.revoked_at else ""
    return Coded("card_stopped", {"at": since_at, "reason": credential.reason or "lost"})
