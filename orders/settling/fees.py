"""What is paid beside the price: operating fees and grants, deliveries, volunteers' stipends."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orders.bills import MealEvent
from orders.codes import Coded
from orders.programmes.benefits import CONTRACT, PerDelivery, PerMeal, PerOrder
from orders.programmes.classes import KnownPerson
from orders.programmes.conditions import DinerClass
from orders.settling.refusals import MealKey, refusal
from orders.settling.rules import RuleBook, Rules
from orders.settling.shares import DayBook

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Fee:
    """
    One payment beside the price.

    Parameters
    ----------
    benefit_id, payer, payee
        From which benefit, by whom, to whom.
    amount_fen, minutes
        How much, fen; or minutes in the time bank.
    delivery
        Whether it is for bringing the meal home.
    why
        The reason.
    """

    benefit_id: str
    payer: str
    payee: str
    amount_fen: int
    minutes: int
    delivery: bool
    why: Coded


@dataclass(slots=True)
class FirstOf:
    """
    Of several meals that share one fee, the meal that carries it: the earliest paid.

    Parameters
    ----------
    winner
        What they share (benefit and order, or run) to the order and diner that carry it.
    """

    winner: dict[Hashable, tuple[object, str, str]] = field(default_factory=dict)

    def offer(self, shared: Hashable, meal: MealEvent) -> None:
        """Names a meal that could carry the fee."""
        mine = (meal.paid, meal.order_id, meal.diner_id)
        kept = self.winner.get(shared)
        if kept is None or mine < kept:
            self.winner[shared] = mine

    def carries(self, shared: Hashable, meal: MealEvent) -> bool:
        """Whether this meal carries it; what nobody else shares needs no offer."""
        kept = self.winner.get(shared)
        return kept is None or kept[1:] == (meal.order_id, meal.diner_id)


def sharing(
    meals: Sequence[MealEvent],
    book: RuleBook,
    people: Mapping[str, KnownPerson],
    seconds: Collection[MealKey],
) -> FirstOf:
    """
    Finds, over all meals, which one carries each fee that an order or a run earns only once.

    Parameters
    ----------
    meals, book, people
        As for `orders.settlement.settle`.
    seconds
        Meals refused as the second of a day; neither they nor any other refused meal carries a fee.
    """
    first = FirstOf()
    several = {order_id for order_id, count in Counter(meal.order_id for meal in meals).items() if count > 1}
    for meal in meals:
        if meal.order_id not in several and not meal.carrier:
            continue
        rules = book.on(meal.service_on)
        if rules is None:
            continue
        standing = rules.standing_on(people[meal.diner_id], meal.service_on)
        if refusal(meal, rules, standing, seconds):
            continue
        for benefit, shared in _earned(meal, rules, standing.kind):
            if shared is not None:
                first.offer((benefit.id, shared), meal)
    return first


def fees_of(
    meal: MealEvent, rules: Rules, kind: DinerClass | None, first: FirstOf, days: DayBook
) -> list[Fee]:
    """
    What a meal earns beside its price.

    Parameters
    ----------
    meal, rules, kind
        What, by which revision, for a diner of which class.
    first
        Which meals carry fees shared by several.
    days
        What the day has seen before; limited grants are noted.
    """
    found = []
    for benefit, shared in _earned(meal, rules, kind):
        if shared is not None and not first.carries((benefit.id, shared), meal):
            continue
        if isinstance(benefit, PerMeal) and benefit.limit:
            key = (benefit.id, meal.diner_id, meal.service_on)
            if days.used(key, meal.paid) >= benefit.limit.count:
                continue
            days.use(key, None)
        if not isinstance(benefit, PerOrder) and benefit.monthly_limit is not None:
            month = (f"{benefit.id}#month", meal.diner_id, meal.service_on.replace(day=1))
            if days.used(month, meal.paid) >= benefit.monthly_limit:
                continue
            days.use(month, None)
        found.append(
            _delivery(benefit, meal, rules)
            if isinstance(benefit, PerDelivery)
            else _fee(benefit, meal, rules)
        )
    return found


def _earned(
    meal: MealEvent, rules: Rules, kind: DinerClass | None
) -> Iterator[tuple[PerMeal | PerOrder | PerDelivery, Hashable]]:
    """The benefits that a meal earns, each with what it shares with other meals, None for nothing."""
    served = meal.event == "served"
    if not served and rules.outcome(meal.event).site_fee != "pay":
        return
    class_id = kind.id if kind else ""
    for fee in rules.fees(class_id, meal.meal):
        if isinstance(fee, PerMeal):
            yield fee, None
        elif _in_channel(fee, meal, rules):
            yield fee, None if fee.unit == "meal" else meal.order_id
    if meal.carrier and served:
        for delivery in rules.deliveries(class_id, meal.carrier):
            if meal.proof or not delivery.requires.proof:
                yield delivery, _shared_trip(meal, rules)


def _in_channel(fee: PerOrder, meal: MealEvent, rules: Rules) -> bool:
    wanted = fee.requires.channel_in
    channels = rules.programme.ordering.platform_channels if wanted == "platform_channels" else wanted
    return not channels or meal.channel in channels


def _shared_trip(meal: MealEvent, rules: Rules) -> Hashable:
    """What one delivery payment covers, by the contract's rate: a drop, a run, or None for each meal."""
    rate = next((one for one in rules.programme.rates if one.carrier == meal.carrier), None)
    if rate is not None and rate.per == "run":
        return meal.site_id, meal.service_on, meal.meal, meal.carrier
    return None if rate is not None and rate.per == "meal" else meal.order_id


def _fee(benefit: PerMeal | PerOrder, meal: MealEvent, rules: Rules) -> Fee:
    given = benefit.amount if isinstance(benefit, PerOrder) else benefit.gives_fen(meal.price_fen)
    amount_fen = given or 0
    why = rules.coded("fee_given", benefit=benefit.id, amount_fen=amount_fen, cite=benefit.cite)
    return Fee(benefit.id, benefit.payer, benefit.beneficiary, amount_fen, 0, delivery=False, why=why)


def _delivery(benefit: PerDelivery, meal: MealEvent, rules: Rules) -> Fee:
    rate = next((one for one in rules.programme.rates if one.carrier == meal.carrier), None)
    fen = (rate.amount if rate else 0) if benefit.amount == CONTRACT else benefit.amount or 0
    minutes = round(rate.hours * MINUTES_PER_HOUR) if rate and benefit.amount == CONTRACT else 0
    if rate is None and benefit.amount == CONTRACT:
        why = rules.coded("no_rate", benefit=benefit.id, carrier=meal.carrier)
    else:
        paid_fen = max(0, int(fen) - benefit.diner_share)
        why = rules.coded("delivery_paid", benefit=benefit.id, carrier=meal.carrier, amount_fen=paid_fen)
        fen = paid_fen
    payee = "operator" if benefit.beneficiary == "diner" else benefit.beneficiary
    return Fee(benefit.id, benefit.payer, payee, int(fen), minutes, delivery=True, why=why)
