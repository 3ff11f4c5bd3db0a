"""Meals and what became of them, settled by a programme into bills that balance and explain themselves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter

from orders.bills import Bill, LedgerLine, MealEvent
from orders.codes import Coded
from orders.programmes.benefits import CostShare, MonthlyAllowance, PerMeal
from orders.programmes.classes import KnownPerson
from orders.settling.allowance import FreeMeal, free_meals
from orders.settling.billing import STANDING, Worked, bill
from orders.settling.districts import district_of, raised, split
from orders.settling.fees import FirstOf, fees_of, sharing
from orders.settling.flags import meal_flags
from orders.settling.funds import Drawn, FundBook, FundMovement, fund_book
from orders.settling.refusals import MealKey, class_reason, given_back_at, refusal, second_meals
from orders.settling.rules import RuleBook, Rules
from orders.settling.shares import DayBook, DayKey, Share, best_of_day, cost_shares, per_meal_share

Day = tuple[str, date]
REFUSING = frozenset({"order_refused", "second_meal_not_given", "outsider_refused"})
NOT_CHARGED = frozenset({"refunded", "refused", "cancelled_before_cutoff", "not_supplied"})
_NOTHING: Mapping[str, FreeMeal] = {}
_by_payment = attrgetter("paid", "order_id", "diner_id")


@dataclass(slots=True)
class _Books:
    """What is known of all meals before the first is billed, and what grows as they are."""

    people: Mapping[str, KnownPerson]
    free: Mapping[MealKey, Mapping[str, FreeMeal]]
    seconds: Collection[MealKey]
    first: FirstOf
    winners: dict[DayKey, set[str]]
    funds: FundBook
    days: DayBook = field(default_factory=DayBook)
    served: dict[Day, list[MealEvent]] = field(default_factory=dict)


def settle(
    events: Iterable[MealEvent],
    book: RuleBook,
    people: Mapping[str, KnownPerson],
    *,
    context: Iterable[MealEvent] = (),
    funds: Iterable[FundMovement] = (),
    drawn: Mapping[Drawn, int] | None = None,
) -> list[Bill]:
    """
    Settles meals; the order in which they are given changes nothing.

    Parameters
    ----------
    events
        Meals of any days.
    book
        The programme's revisions; each meal goes by the one in force on its day.
    people
        By the diner's id.
    context
        Other meals that take part in daily limits, allowances and funds without being billed here.
    funds
        What came into charities' funds.
    drawn
        What bills of these meals drew before, beside that; each takes it again.

    Returns
    -------
    list[Bill]
        One a meal, by the instant of payment, order and diner.
    """
    billed, others = list(events), list(context)
    wanted = {(meal.order_id, meal.diner_id) for meal in billed} if others else None
    ready = prepare([*billed, *others], book, people, funds, drawn)
    bills = [
        one
        for one in ready.bills(ready.groups)
        if wanted is None or (one.event.order_id, one.event.diner_id) in wanted
    ]
    bills.sort(key=lambda one: _by_payment(one.event))
    return bills


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    Meals ready to settle, in groups that do not touch each other and may be settled apart.

    Parameters
    ----------
    book, books
        The revisions; what is known of all meals.
    groups
        Each person's meals, by the diner's id; everybody's in one where a fund is shared.
    """

    book: RuleBook
    books: "_Books"
    groups: tuple[list[MealEvent], ...]

    def bills(self, groups: Iterable[list[MealEvent]]) -> Iterator[Bill]:
        """Bills of some of the groups, each group's by the instant of payment, order and diner."""
        for group in groups:
            yield from _settle_group(group, self.book, self.books)


def prepare(
    meals: Sequence[MealEvent],
    book: RuleBook,
    people: Mapping[str, KnownPerson],
    funds: Iterable[FundMovement] = (),
    drawn: Mapping[Drawn, int] | None = None,
) -> Prepared:
    """Finds what several meals share before any is settled; for what `settle` asks."""
    seconds = second_meals(meals, book)
    given = [one for one in meals if (one.order_id, one.diner_id) not in seconds] if seconds else meals
    books = _Books(
        people=people,
        free=free_meals(given, book, people) if any(r.allowances() for r in book.revisions) else {},
        seconds=seconds,
        first=sharing(meals, book, people, seconds),
        winners=_winners(given, book, people),
        funds=fund_book(funds, drawn),
    )
    return Prepared(book, books, tuple(_groups(meals, book)))


def _groups(meals: Sequence[MealEvent], book: RuleBook) -> Iterable[list[MealEvent]]:
    if book.funds():
        return [list(meals)]
    by_person: dict[str, list[MealEvent]] = defaultdict(list)
    for meal in meals:
        by_person[meal.diner_id].append(meal)
    return (by_person[diner_id] for diner_id in sorted(by_person))


def _settle_group(group: list[MealEvent], book: RuleBook, books: _Books) -> list[Bill]:
    group.sort(key=_by_payment)
    books.days, books.served = DayBook(), {}
    return [_settle_one(meal, book, books) for meal in group]


def _settle_one(meal: MealEvent, book: RuleBook, books: _Books) -> Bill:
    rules = book.on(meal.service_on)
    if rules is None:
        name = book.revisions[0].programme.id
        reason = Coded("not_in_force", {"programme": name, "day": meal.service_on.isoformat()})
        return _plain(meal, Worked("", (), (), (reason,), ()), None, name)
    person = books.people[meal.diner_id]
    standing = rules.standing_on(person, meal.service_on)
    kind = standing.kind
    class_id = kind.id if kind else ""
    today = books.served.setdefault((meal.diner_id, meal.service_on), [])
    flags = meal_flags(meal, rules, standing, today)
    if refused := refusal(meal, rules, standing, books.seconds):
        return _plain(meal, Worked(class_id, (), (), refused, flags), rules, rules.programme.id)
    shares, why = _shares(meal, rules, class_id, books, given_back_at(meal, rules))
    fees = fees_of(meal, rules, kind, books.first, books.days)
    worked = Worked(class_id, tuple(shares), tuple(fees), (class_reason(kind, rules), *why), flags)
    return bill(meal, rules, worked)


def _plain(meal: MealEvent, worked: Worked, rules: Rules | None, programme_id: str) -> Bill:
    """A meal without any benefit: list price, or nothing where it was refused or given back."""
    free = worked.why[-1].code in REFUSING or meal.event in NOT_CHARGED
    if rules is not None and meal.event not in ("served", "refused"):
        free = free or rules.outcome(meal.event).diner == "refund"
    diner_fen = 0 if free else meal.price_fen
    why, flags = worked.why, worked.flags
    revision = rules.programme.revision if rules else 0
    return Bill(meal, worked.class_id, 0, diner_fen, 0, "", programme_id, revision, why, flags=flags)


def _shares(
    meal: MealEvent, rules: Rules, class_id: str, books: _Books, back_at: datetime | None
) -> tuple[list[Share], list[Coded]]:
    """What each payer would give for the meal if it were served, in the programme's order."""
    found: list[Share] = []
    why: list[Coded] = []
    for benefit in rules.for_diner(class_id, meal.meal):
        left_fen = meal.price_fen - sum(share.amount_fen for share in found)
        if isinstance(benefit, PerMeal):
            shares, reasons = _per_meal(benefit, meal, left_fen, rules, books, back_at)
        elif isinstance(benefit, CostShare):
            shares, reasons = cost_shares(
                benefit,
                meal,
                left_fen,
                rules=rules,
                days=books.days,
                funds=books.funds,
                back_at=back_at,
                void_at=_void_at(meal, rules),
            )
        else:
            shares, reasons = _allowance(benefit, meal, left_fen, books)
        found += shares
        why += reasons
    return found, why or ([rules.coded("no_benefit")] if class_id else [])


def _void_at(meal: MealEvent, rules: Rules) -> datetime | None:
    """When what a payment would get falls away, None where it stands."""
    stands = meal.event == "served" or rules.outcome(meal.event).subsidy in STANDING
    return None if stands else meal.at


def _per_meal(
    benefit: PerMeal, meal: MealEvent, left_fen: int, rules: Rules, books: _Books, back_at: datetime | None
) -> tuple[list[Share], list[Coded]]:
    change = district_of(benefit, rules, books.people[meal.diner_id], meal.service_on)
    share, reason = per_meal_share(
        raised(benefit, change),
        meal,
        left_fen,
        rules=rules,
        days=books.days,
        back_at=back_at,
        void_at=_void_at(meal, rules),
        winners=books.winners,
    )
    shares = split(share, benefit, change, meal.price_fen) if share else []
    why = [rules.coded("district_adds", payer=s.payer, amount_fen=s.amount_fen) for s in shares if s.extra]
    return shares, [reason, *why]


def _allowance(
    benefit: MonthlyAllowance, meal: MealEvent, left_fen: int, books: _Books
) -> tuple[list[Share], list[Coded]]:
    free = books.free.get((meal.order_id, meal.diner_id), _NOTHING).get(benefit.id)
    if free is None:
        return [], []
    given_fen = min(free.amount_fen, left_fen)
    unpaid = meal.event != "served" and not benefit.consumed_is_paid
    shares = [Share(benefit.id, benefit.payer, given_fen, relieved=unpaid)] if given_fen else []
    return shares, [free.why]


def _winners(
    meals: Sequence[MealEvent], book: RuleBook, people: Mapping[str, KnownPerson]
) -> dict[DayKey, set[str]]:
    """Who takes each benefit that goes to the best meal of the day."""
    days: dict[DayKey, list[tuple[MealEvent, bool]]] = defaultdict(list)
    benefits: dict[DayKey, tuple[PerMeal, Rules]] = {}
    if not any(_picks_best(rules) for rules in book.revisions):
        return {}
    for meal in meals:
        rules = book.on(meal.service_on)
        if rules is None or meal.event == "refused" or rules.closed_reason(meal.service_on):
            continue
        kind = rules.standing_on(people[meal.diner_id], meal.service_on).kind
        for benefit in rules.for_diner(kind.id if kind else "", meal.meal):
            if isinstance(benefit, PerMeal) and benefit.limit_key == "best_of_day":
                key = (benefit.id, meal.diner_id, meal.service_on)
                stands = meal.event == "served" or rules.outcome(meal.event).subsidy in STANDING
                days[key].append((meal, stands))
                benefits[key] = benefit, rules
    return {key: best_of_day(benefits[key][0], own, benefits[key][1]) for key, own in days.items()}


def _picks_best(rules: Rules) -> bool:
    meals = (one for one in rules.programme.benefits if isinstance(one, PerMeal))
    return any(one.limit_key == "best_of_day" for one in meals)


def ledger_lines(settled: Bill) -> list[LedgerLine]:
    """
    The postings of one meal: the diner and the payers pay, site, operator and volunteers receive; sum 0.

    What the site or the operator bears itself is no movement of money and is left out on both sides.
    """
    event = settled.event
    amounts: dict[str, int] = {
        f"diner:{event.diner_id}": -settled.diner_fen,
        f"site:{event.site_id}": settled.diner_fen,
    }
    for due in settled.dues:
        payee = f"site:{due.site_id}" if due.payee == "site" else f"payee:{due.payee}"
        for account, amount_fen in ((f"payer:{due.payer}", -due.amount_fen), (payee, due.amount_fen)):
            amounts[account] = amounts.get(account, 0) + amount_fen
    return [LedgerLine(event.order_id, account, fen) for account, fen in amounts.items() if fen]
