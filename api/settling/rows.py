"""Bills as rows for people and programs."""

from collections.abc import Iterable, Iterator
from typing import Any

from api.programmes.speech import names_in, say_named
from api.words import gettext
from orders.bills import Bill
from orders.codes import Coded
from orders.programmes.schema import Programme

COLUMNS = (
    *("order_id", "person_id", "site_id", "service_on", "meal", "event", "revision", "class", "price_fen"),
    *("subsidy_fen", "diner_fen", "site_bears_fen", "operator_fen", "charity_fen", "site_fee_fen"),
    *("delivery_fen", "flags", "why"),
)


class Sayer:
    """
    Turns reasons into words, each only once.

    Parameters
    ----------
    language
        ``"zh_CN"`` or ``"en"``.
    programmes
        Whose names stand for their ids.
    """

    def __init__(self, language: str, programmes: Iterable[Programme] = ()) -> None:
        self.language = language
        self._names = names_in(programmes, language)
        self._said: dict[tuple[Any, ...], str] = {}
        self._met: dict[int, tuple[Coded, str]] = {}

    def say(self, reason: Coded) -> str:
        """The sentence of a reason."""
        met = self._met.get(id(reason))
        if met is None:
            met = self._met[id(reason)] = (reason, self._look_up(reason))
        return met[1]

    def _look_up(self, reason: Coded) -> str:
        key = (reason.code, *reason.params.items())
        if key not in self._said:
            self._said[key] = say_named(reason, self._names, self.language)
        return self._said[key]

    def called(self, kind: str, word: str) -> str:
        """The name of a ``party`` or a ``benefit``: the programme's, else everybody's, else its id."""
        term = f"{kind}.{word}"
        said = self._names.get(term) or gettext(term, self.language)
        return word if said == term else said

    def amount(self, name: str) -> str:
        """What an amount is called, such as ``subsidy_fen``."""
        return self.say(Coded(f"amount.{name.removesuffix('_fen')}"))


def rows(bills: Iterable[Bill], sayer: Sayer) -> Iterator[dict[str, Any]]:
    """One row a bill, with the keys of `COLUMNS`: who pays what of which meal, and why."""
    for bill in bills:
        event = bill.event
        yield {
            "order_id": event.order_id,
            "person_id": event.diner_id,
            "site_id": event.site_id,
            "service_on": event.service_on.isoformat(),
            "meal": event.meal,
            "event": event.event,
            "revision": bill.revision,
            "class": bill.class_id,
            "price_fen": event.price_fen,
            "subsidy_fen": bill.subsidy_fen,
            "diner_fen": bill.diner_fen,
            "site_bears_fen": bill.site_bears_fen,
            "operator_fen": bill.operator_fen,
            "charity_fen": bill.charity_fen,
            "site_fee_fen": bill.site_fee_fen,
            "delivery_fen": bill.delivery_fen,
            "flags": list(bill.flags),
            "why": [sayer.say(reason) for reason in bill.why],
        }
