"""Orders and what became of them, settled by a programme into a ledger that balances."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from orders.codes import Coded
from orders.diners import Diner
from orders.programmes.benefits import PerMeal as Benefit
from orders.programmes.classes import class_on
from orders.programmes.schema import Programme
from orders.programmes.sections import Event
from orders.service import Meal


@dataclass(frozen=True, slots=True)
class MealEvent:
    """
    What became of one diner's order.

    Parameters
    ----------
    order_id, order_code, diner_id, site_id
        Whose meal, where.
    service_on, meal
        Which meal.
    price_fen
        List price, fen.
    event
        Served, cancelled before or after the cut-off, no-show, not supplied.
    at
        When it happened; the earlier meal of a day takes a once-a-day benefit.
    """

    order_id: str
    order_code: str
    diner_id: str
    site_id: str
    service_on: date
    meal: Meal
    price_fen: int
    event: Event
    at: datetime


@dataclass(frozen=True, slots=True)
class Bill:
    """
    One meal, fully explained: ``price = subsidy + diner + site bears`` where something is charged.

    Parameters
    ----------
    event
        What was settled.
    class_id
        The diner's class that day, empty when none matched.
    subsidy_fen, diner_fen, site_bears_fen
        Who pays how much of the price, fen; the site's part is negative where a programme pays more
        than the price.
    payer
        Who pays the subsidy, empty when nobody does.
    programme_id, revision
        The rules that were used.
    why
        Reasons in order, as codes.
    """

    event: MealEvent
    class_id: str
    subsidy_fen: int
    diner_fen: int
    site_bears_fen: int
    payer: str
    programme_id: str
    revision: int
    why: tuple[Coded, ...]

    def __post_init__(self) -> None:
        paid = self.subsidy_fen + self.diner_fen + self.site_bears_fen
        if paid not in (0, self.event.price_fen):
            raise ValueError(f"Order {self.event.order_code}: {paid} fen paid of {self.event.price_fen}.")


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """
    One fen-exact posting; the postings of a meal sum to 0.

    Parameters
    ----------
    order_id
        The meal.
    account
        ``site:<id>``, ``diner:<id>``, ``payer:<name>``.
    amount_fen
        Positive is received, negative is paid, fen.
    """

    order_id: str
    account: str
    amount_fen: int


def settle(
    events: Iterable[MealEvent],
    programme: Programme,
    diners: Mapping[str, Diner],
    subsidised: Mapping[tuple[str, date], int] | None = None,
) -> list[Bill]:
    """
    Settles meals; the order in which they are given changes nothing.

    Parameters
    ----------
    events
        Meals of any days.
    programme
        The revision in force.
    diners
        By id.
    subsidised
        Meals that the programme has paid for already, by diner's id and date; None for none.

    Returns
    -------
    list[Bill]
        One a meal, by time and order code.
    """
    given = dict(subsidised or {})
    bills = []
    for event in sorted(events, key=lambda e: (e.at, e.order_code)):
        bill = _settle_one(event, programme, diners[event.diner_id], given)
        if bill.subsidy_fen:
            key = (event.diner_id, event.service_on)
            given[key] = given.get(key, 0) + 1
        bills.append(bill)
    return bills


def _settle_one(
    event: MealEvent, programme: Programme, diner: Diner, given: Mapping[tuple[str, date], int]
) -> Bill:
    kind = class_on(programme, diner, event.service_on)
    why = [_class_reason(kind.id if kind else "", programme)]
    benefit = programme.meal_benefit(kind.id, event.meal) if kind else None
    entitled_fen = 0
    if benefit is None:
        why.append(Coded("no_benefit"))
    elif benefit.limit and given.get((event.diner_id, event.service_on), 0) >= benefit.limit.count:
        why.append(Coded("benefit_used_today", {"benefit": benefit.id}))
    else:
        amount_fen = benefit.amount or 0
        entitled_fen = min(amount_fen, event.price_fen) if benefit.cap_at_price else amount_fen
        why.append(
            Coded("benefit_given", {"benefit": benefit.id, "amount_fen": entitled_fen, "cite": benefit.cite})
        )
    return _charge(event, programme, kind.id if kind else "", benefit, entitled_fen, why)


def _class_reason(class_id: str, programme: Programme) -> Coded:
    if not class_id:
        return Coded("class_none", {"programme": programme.id})
    cite = next(kind.cite for kind in programme.classes if kind.id == class_id)
    return Coded("class_is", {"class_id": class_id, "cite": cite})


def _charge(
    event: MealEvent,
    programme: Programme,
    class_id: str,
    benefit: Benefit | None,
    entitled_fen: int,
    why: list[Coded],
) -> Bill:
    price_fen = event.price_fen
    subsidy_fen, diner_fen = entitled_fen, max(0, event.price_fen - entitled_fen)
    if event.event != "served":
        outcome = programme.outcomes[event.event]
        why.append(
            Coded("outcome", {"event": event.event, "diner": outcome.diner, "subsidy": outcome.subsidy})
        )
        if outcome.diner == "refund":
            subsidy_fen, diner_fen, price_fen = 0, 0, 0
        elif outcome.subsidy == "void":
            subsidy_fen, diner_fen = 0, diner_fen if outcome.diner == "charge_net" else event.price_fen
    return Bill(
        event=event,
        class_id=class_id,
        subsidy_fen=subsidy_fen,
        diner_fen=diner_fen,
        site_bears_fen=price_fen - subsidy_fen - diner_fen,
        payer=benefit.payer if benefit and subsidy_fen else "",
        programme_id=programme.id,
        revision=programme.revision,
        why=tuple(why),
    )


def ledger_lines(bill: Bill) -> list[LedgerLine]:
    """
    The postings of one meal: the diner and the payer pay, the site receives; they sum to 0.

    What the site bears itself is no movement of money and is left out on both sides.
    """
    order_id, event = bill.event.order_id, bill.event
    lines = [
        LedgerLine(order_id, f"diner:{event.diner_id}", -bill.diner_fen),
        LedgerLine(order_id, f"payer:{bill.payer}", -bill.subsidy_fen),
        LedgerLine(order_id, f"site:{event.site_id}", bill.diner_fen + bill.subsidy_fen),
    ]
    return [line for line in lines if line.amount_fen]
