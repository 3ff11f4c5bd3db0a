"""What statements are made from: the bills that are kept, the same meals settled anew, and grants."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlmodel import Session

from api.day.funds import left_in
from api.settlement.rules import Rules
from orders.bills import Bill
from orders.diners import Diner
from orders.dues import Due
from orders.oversight.flags import fees_stand
from orders.settlement import settle
from orders.settling.funds import FundMovement, drawn_by
from orders.statements import SITE
from orders.store.diners import load_diners
from orders.store.flags import held_orders
from orders.store.grants import Grant, load_grants
from orders.store.ledger import load_programme_bills
from orders.store.sites import kitchens_of_homes


@dataclass(frozen=True, slots=True)
class Source:
    """
    A programme's bills of some days with all that may change what they are owed.

    Parameters
    ----------
    rules
        The programme.
    from_on, to_on
        First and last day.
    bills
        As kept.
    diners
        By id, with the facts known now.
    stands
        Order's id to what the reviews of its flags say: free, held or void.
    grants
        Decided on these days.
    funds
        What charities' funds hold now, beside what these bills drew.
    homes
        Homes that vans serve, to the kitchen that is paid for them.
    """

    rules: Rules
    from_on: date
    to_on: date
    bills: Sequence[Bill]
    diners: Mapping[str, Diner]
    stands: Mapping[str, str]
    grants: Sequence[Grant]
    funds: Sequence[FundMovement] = ()
    homes: Mapping[str, str] = field(default_factory=dict)

    def kept_dues(self) -> list[Due]:
        """
        What the kept bills and the grants are owed, as they were settled.

        What a flag waits for is held; what a person found to be wrong is left out.
        """
        dues = (due for bill in self.bills for due in bill.dues)
        return [*self._reviewed(dues), *self._granted()]

    def settled_anew(self, settings: Sequence[str] = ()) -> list[Due]:
        """
        What the same meals are owed by the facts as they are known now.

        A meal keeps what it drew from a fund; one that draws for the first time draws on what is left.

        Parameters
        ----------
        settings
            Switches set otherwise, ``SWITCH=OPTION``.

        Raises
        ------
        ValueError
            When the programme cannot be read with these settings.
        """
        book = self.rules.changed(settings).book()
        again = settle(
            [bill.event for bill in self.bills],
            book,
            self.diners,
            funds=self.funds,
            drawn=drawn_by(self.bills, book.funds()),
        )
        dues = (due for bill in again for due in bill.dues)
        return [*self._reviewed(dues), *self._granted()]

    def _reviewed(self, dues: Iterable[Due]) -> Iterator[Due]:
        for due in dues:
            stand = self.stands.get(due.order_id)
            payee = self.homes.get(due.site_id, due.payee) if due.payee == SITE else due.payee
            if stand is None and payee == due.payee:
                yield due
            elif stand != "void":
                yield replace(due, payee=payee, held=due.held if stand is None else stand == "held")

    def _granted(self) -> Iterator[Due]:
        settlement_of = {name: one for one in self.rules.settlements() for name in one.benefits}
        for grant in self.grants:
            settlement = settlement_of.get(grant.benefit_id)
            if settlement is not None:
                yield Due(
                    settlement_id=settlement.id,
                    payer=grant.payer,
                    payee=settlement.payee or grant.payee,
                    benefit_id=grant.benefit_id,
                    order_id=grant.grant_id,
                    diner_id="",
                    site_id=grant.subject,
                    service_on=grant.granted_on,
                    amount_fen=grant.amount_fen,
                    revision=grant.revision,
                )


def load_source(session: Session, rules: Rules, from_on: date, to_on: date) -> Source:
    """Reads everything that the dues of these days come from, once."""
    flags = held_orders(session, from_on=from_on, to_on=to_on)
    return Source(
        rules=rules,
        from_on=from_on,
        to_on=to_on,
        bills=list(load_programme_bills(session, rules.programme.id, from_on, to_on).values()),
        diners=load_diners(session),
        stands={order_id: fees_stand(one.state for one in named) for order_id, named in flags.items()},
        grants=load_grants(session, rules.programme.id, from_on, to_on),
        funds=left_in(session, rules.programme.id, rules.book().funds()),
        homes=kitchens_of_homes(session),
    )
