"""What statements are made from: the bills that are kept, the same meals settled anew, and grants."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from api.settlement.rules import Rules
from orders.dues import Due
from orders.oversight.flags import fees_stand
from orders.settlement import settle
from orders.store.diners import load_diners
from orders.store.flags import held_orders
from orders.store.grants import load_grants
from orders.store.ledger import load_programme_bills


def kept_dues(session: Session, rules: Rules, from_on: date, to_on: date) -> list[Due]:
    """
    What the kept bills and the grants of these days are owed, as they were settled.

    What a flag waits for is held; what a person found to be wrong is left out.
    """
    bills = load_programme_bills(session, rules.programme.id, from_on, to_on).values()
    dues = (due for bill in bills for due in bill.dues)
    return [*_reviewed(session, dues, from_on, to_on), *_grants(session, rules, from_on, to_on)]


def settled_anew(
    session: Session, rules: Rules, from_on: date, to_on: date, settings: Sequence[str] = ()
) -> list[Due]:
    """
    What the same meals are owed by the facts as they are known now.

    Parameters
    ----------
    session
        Open session.
    rules
        The programme.
    from_on, to_on
        Days of the meals.
    settings
        Switches set otherwise, ``SWITCH=OPTION``.

    Raises
    ------
    ValueError
        When the programme cannot be read with these settings.
    """
    bills = load_programme_bills(session, rules.programme.id, from_on, to_on).values()
    book = rules.changed(settings).book()
    again = settle([bill.event for bill in bills], book, load_diners(session))
    dues = (due for bill in again for due in bill.dues)
    return [*_reviewed(session, dues, from_on, to_on), *_grants(session, rules, from_on, to_on)]


def _reviewed(session: Session, dues: Iterable[Due], from_on: date, to_on: date) -> Iterator[Due]:
    """Dues as the reviews of their orders' flags let them stand."""
    flags = held_orders(session, from_on=from_on, to_on=to_on)
    for due in dues:
        named = flags.get(due.order_id)
        if named is None:
            yield due
            continue
        stand = fees_stand(one.state for one in named)
        if stand != "void":
            yield replace(due, held=stand == "held")


def _grants(session: Session, rules: Rules, from_on: date, to_on: date) -> list[Due]:
    settlement_of = {name: one for one in rules.settlements() for name in one.benefits}
    return [
        Due(
            settlement_of[grant.benefit_id].id,
            grant.payer,
            settlement_of[grant.benefit_id].payee or grant.payee,
            grant.benefit_id,
            grant.grant_id,
            "",
            grant.subject,
            grant.granted_on,
            grant.amount_fen,
            grant.revision,
        )
        for grant in load_grants(session, rules.programme.id, from_on, to_on)
        if grant.benefit_id in settlement_of
    ]
