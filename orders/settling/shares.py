"""What takes part of a meal's price off a diner: amounts a meal, and shares of several payers."""

from dataclasses import dataclass, field
from datetime import date, datetime

from orders.bills import MealEvent
from orders.codes import Coded
from orders.programmes.benefits import CostShare, PerMeal
from orders.settling.funds import FundBook
from orders.settling.rules import Rules

CHARITY = "charity"
DayKey = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Share:
    """
    One payer's part of a price.

    Parameters
    ----------
    benefit_id, payer
        From which benefit, by whom; ``operator`` lets off what it would have charged.
    amount_fen
        How much, fen.
    from_fund
        Whether it comes out of a charity's fund.
    paid_back
        Whether the diner pays it first and gets it back.
    relieved
        Whether the diner is free of it although nobody pays it.
    extra
        Whether it is what a district adds, and pays itself.
    """

    benefit_id: str
    payer: str
    amount_fen: int
    from_fund: bool = False
    paid_back: bool = False
    relieved: bool = False
    extra: bool = False


@dataclass(slots=True)
class DayBook:
    """
    What people have paid and got on each day, in the order of payment.

    Parameters
    ----------
    uses
        Benefit, person and day to the instants at which each use was given back (None: it stands).
    spent
        The same to payments so far, each with the instant at which it was refunded.
    """

    uses: dict[DayKey, list[datetime | None]] = field(default_factory=dict)
    spent: dict[DayKey, list[tuple[int, datetime | None]]] = field(default_factory=dict)

    def used(self, key: DayKey, at: datetime) -> int:
        """How many uses stand at an instant."""
        return sum(back_at is None or back_at > at for back_at in self.uses.get(key, ()))

    def use(self, key: DayKey, back_at: datetime | None) -> None:
        """Notes a use, and when it is given back."""
        self.uses.setdefault(key, []).append(back_at)

    def spend(self, key: DayKey, meal: MealEvent, back_at: datetime | None) -> int:
        """Notes a payment; gives what stands of the day's payments with it, fen."""
        own = self.spent.setdefault(key, [])
        own.append((meal.price_fen, back_at))
        return sum(fen for fen, until in own if until is None or until > meal.paid)

    def left_of_month(
        self, benefit: PerMeal, meal: MealEvent, wanted_fen: int, back_at: datetime | None
    ) -> int:
        """What the month's limit and cap leave of an amount, fen; it is noted as given until `back_at`."""
        key = (f"{benefit.id}#month", meal.diner_id, meal.service_on.replace(day=1))
        standing = [fen for fen, until in self.spent.get(key, ()) if until is None or until > meal.paid]
        if benefit.monthly_limit is not None and len(standing) >= benefit.monthly_limit:
            return 0
        if benefit.monthly_cap is not None:
            wanted_fen = max(0, min(wanted_fen, benefit.monthly_cap - sum(standing)))
        if wanted_fen:
            self.spent.setdefault(key, []).append((wanted_fen, back_at))
        return wanted_fen


def per_meal_share(
    benefit: PerMeal,
    meal: MealEvent,
    left_fen: int,
    *,
    rules: Rules,
    days: DayBook,
    back_at: datetime | None,
    void_at: datetime | None,
    winners: dict[DayKey, set[str]],
) -> tuple[Share | None, Coded]:
    """
    What a per-meal benefit gives for a payment, as far as the day's limit goes.

    Parameters
    ----------
    benefit, meal, left_fen
        What is given for what, and what of the price is left to take it from, fen.
    rules, days
        The revision, and what the day has seen before this payment; this one is noted.
    back_at, void_at
        When the payment is refunded; when the benefit falls away. None where they stand.
    winners
        Benefit, person and day to the orders that take a best-of-day benefit.

    Returns
    -------
    tuple[Share | None, Coded]
        The share, None for nothing; and why.
    """
    key = (benefit.id, meal.diner_id, meal.service_on)
    amount_fen = benefit.gives_fen(meal.price_fen)
    day_fen = days.spend(key, meal, back_at) if benefit.price_test_on == "gross_per_day" else 0
    refused = _unfit(benefit, meal, amount_fen, day_fen, rules)
    limit = benefit.limit
    if limit is not None:
        taken = days.used(key, meal.paid) >= limit.count
        if benefit.limit_key == "best_of_day":
            taken = meal.order_id not in winners.get(key, ())
        elif not taken and (refused is None or benefit.limit_key == "first_payment"):
            days.use(key, back_at)
        if taken and refused is None:
            refused = rules.coded("benefit_used_today", benefit=benefit.id)
    if refused is not None:
        return None, refused
    given_fen = min(amount_fen, left_fen) if benefit.cap_at_price else amount_fen
    if benefit.monthly_limit is not None or benefit.monthly_cap is not None:
        given_fen = days.left_of_month(benefit, meal, given_fen, back_at or void_at)
        if not given_fen:
            return None, rules.coded("benefit_used_this_month", benefit=benefit.id)
    why = rules.coded("benefit_given", benefit=benefit.id, amount_fen=given_fen, cite=benefit.cite)
    return Share(benefit.id, benefit.payer, given_fen, paid_back=benefit.mode == "reimburse_diner"), why


def _unfit(benefit: PerMeal, meal: MealEvent, amount_fen: int, day_fen: int, rules: Rules) -> Coded | None:
    """Why a payment is not one that the benefit is for."""
    if benefit.requires.payment_bound_to_person and not meal.bound:
        return rules.coded("payment_not_bound", benefit=benefit.id)
    if benefit.price_test == "none":
        return None
    tested_fen = {
        "gross_per_payment": max(meal.payments_fen, default=meal.price_fen),
        "gross_per_meal": meal.price_fen,
        "gross_per_day": day_fen,
    }[benefit.price_test_on]
    enough = tested_fen > amount_fen if benefit.price_test == "gt" else tested_fen >= amount_fen
    if enough:
        return None
    return rules.coded(
        "price_test_failed", benefit=benefit.id, test=benefit.price_test, amount_fen=amount_fen
    )


def best_of_day(benefit: PerMeal, meals: list[tuple[MealEvent, bool]], rules: Rules) -> set[str]:
    """
    The orders of one person's day that take a limited benefit when the best of the day counts.

    Parameters
    ----------
    benefit
        With a limit.
    meals
        The day's meals, each with whether it stands in the end.
    rules
        The revision.
    """
    total_fen = sum(meal.price_fen for meal, stands in meals if stands)
    fit = [
        (not stands, -min(benefit.gives_fen(meal.price_fen), meal.price_fen), meal.paid, meal.order_id)
        for meal, stands in meals
        if _unfit(benefit, meal, benefit.gives_fen(meal.price_fen), total_fen, rules) is None
    ]
    return {order_id for *_, order_id in sorted(fit)[: benefit.limit.count if benefit.limit else None]}


def cost_shares(
    benefit: CostShare,
    meal: MealEvent,
    left_fen: int,
    *,
    rules: Rules,
    days: DayBook,
    funds: FundBook,
    back_at: datetime | None,
    void_at: datetime | None,
) -> tuple[list[Share], list[Coded]]:
    """
    What each payer takes of the price in turn; the diner's minimum is never touched.

    Parameters
    ----------
    benefit, meal, left_fen
        As for `per_meal_share`.
    rules, days, funds
        The revision, what the day has seen, and what the funds hold; this payment is noted in both.
    back_at, void_at
        When the payment is refunded; when the shares fall away. None where they stand.

    Returns
    -------
    tuple[list[Share], list[Coded]]
        Shares of at least a fen, in the programme's order; and why each is what it is.
    """
    shares: list[Share] = []
    why: list[Coded] = []
    for number, step in enumerate(benefit.steps):
        takes_fen = max(0, min(step.amount or 0, left_fen - benefit.diner_minimum))
        key = (f"{benefit.id}[{number}]", meal.diner_id, meal.service_on)
        if step.limit and days.used(key, meal.paid) >= step.limit.count:
            why.append(rules.coded("share_used_today", payer=step.from_))
            continue
        if step.while_fund_lasts and takes_fen:
            by = (step.from_, meal.order_id, meal.diner_id)
            takes_fen = funds.draw(by, takes_fen, meal.paid, void_at or back_at)
            if not takes_fen:
                why.append(rules.coded("fund_empty", fund=step.from_))
        if takes_fen:
            if step.limit:
                days.use(key, back_at)
            left_fen -= takes_fen
            given = step.while_fund_lasts or step.from_ == CHARITY
            shares.append(Share(benefit.id, step.from_, takes_fen, from_fund=given))
            why.append(rules.coded("share_given", payer=step.from_, amount_fen=takes_fen, cite=benefit.cite))
    return shares, why
