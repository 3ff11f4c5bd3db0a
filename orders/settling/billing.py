"""From the shares that a meal would have to its bill: what happened decides what stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders.bills import Bill, MealEvent
from orders.codes import Coded
from orders.dues import Due
from orders.money import share_fen
from orders.programmes.paying import Settlement
from orders.programmes.sections import Outcome
from orders.settling.fees import Fee
from orders.settling.rules import OPERATOR, Rules
from orders.settling.shares import Share

DINER = "diner"
HOLDING = frozenset({"two_sites_same_time"})
STANDING = frozenset({"pay", "consume"})
NO_SETTLEMENT = Settlement(id="", benefits=())


@dataclass(frozen=True, slots=True)
class Worked:
    """
    A meal worked out, before its outcome.

    Parameters
    ----------
    class_id
        The diner's class.
    shares, fees
        What each payer would give off the price, and beside it.
    why, flags
        Reasons in order; what looks wrong.
    """

    class_id: str
    shares: tuple[Share, ...]
    fees: tuple[Fee, ...]
    why: tuple[Coded, ...]
    flags: tuple[str, ...]


def bill(meal: MealEvent, rules: Rules, worked: Worked) -> Bill:
    """
    The bill of a meal.

    Parameters
    ----------
    meal, rules
        What happened, and the revision that settles it.
    worked
        What it would have got as a served meal.
    """
    served = meal.event == "served"
    outcome = None if served else rules.outcome(meal.event)
    standing = _standing(worked.shares, outcome)
    diner_fen, charged_fen = _diner(meal.price_fen, worked.shares, standing, outcome)
    paid = [share for share in standing if not share.relieved] if standing else []
    operator_fen, charity_fen, subsidy_fen = _by_payer(paid) if paid else (0, 0, 0)
    fees = worked.fees
    why = worked.why if outcome is None else (*worked.why, _outcome_reason(meal, outcome, rules))
    return Bill(
        event=meal,
        class_id=worked.class_id,
        subsidy_fen=subsidy_fen,
        diner_fen=diner_fen,
        site_bears_fen=charged_fen - diner_fen - subsidy_fen - operator_fen - charity_fen,
        payer=_payer(paid) if subsidy_fen else "",
        programme_id=rules.programme.id,
        revision=rules.programme.revision,
        why=(*why, *[fee.why for fee in fees]) if fees else why,
        operator_fen=operator_fen,
        charity_fen=charity_fen,
        site_fee_fen=sum([fee.amount_fen for fee in fees if not fee.delivery]) if fees else 0,
        delivery_fen=sum([fee.amount_fen for fee in fees if fee.delivery]) if fees else 0,
        dues=_dues(meal, rules, paid, worked) if paid or fees else (),
        flags=worked.flags,
    )


def _by_payer(paid: Sequence[Share]) -> tuple[int, int, int]:
    """What operator, charity and government pay, fen."""
    operator_fen = sum([share.amount_fen for share in paid if share.payer == OPERATOR])
    charity_fen = sum([share.amount_fen for share in paid if share.from_fund])
    return operator_fen, charity_fen, sum([share.amount_fen for share in paid]) - operator_fen - charity_fen


def _payer(paid: Sequence[Share]) -> str:
    return next((share.payer for share in paid if share.payer != OPERATOR and not share.from_fund), "")


def _standing(shares: Sequence[Share], outcome: Outcome | None) -> list[Share]:
    """The shares that stand after the outcome; what an operator lets off a net price it lets off anyway."""
    if not shares or outcome is None or (outcome.subsidy in STANDING and outcome.diner != "refund"):
        return list(shares)
    if outcome.diner == "charge_net":
        return [share for share in shares if share.payer == OPERATOR]
    return []


def _diner(
    price_fen: int, shares: Sequence[Share], standing: Sequence[Share], outcome: Outcome | None
) -> tuple[int, int]:
    """What the diner pays, and what is charged in all, fen."""
    if outcome is not None and outcome.diner == "refund":
        return 0, 0
    off = shares
    if outcome is not None and outcome.diner == "charge_gross":
        off = ()
    elif outcome is not None and outcome.diner == "charge":
        off = standing
    elif outcome is not None and outcome.subsidy not in STANDING:
        off = [share for share in shares if not share.paid_back]
    return max(0, price_fen - sum(share.amount_fen for share in off)), price_fen


def _outcome_reason(meal: MealEvent, outcome: Outcome, rules: Rules) -> Coded:
    return rules.coded("outcome", event=meal.event, diner=outcome.diner, subsidy=outcome.subsidy)


def _dues(meal: MealEvent, rules: Rules, paid: Sequence[Share], worked: Worked) -> tuple[Due, ...]:
    held = any(flag in HOLDING and flag in rules.programme.fraud.flags for flag in worked.flags)
    found: list[Due] = []
    for share in paid:
        if share.payer != OPERATOR:
            settlement = rules.settlement_of.get(share.benefit_id, NO_SETTLEMENT)
            own_payer = share.extra or share.from_fund
            payee = DINER if share.paid_back else settlement.payee or OPERATOR
            for payer, part_fen in _parts(settlement, share.payer, share.amount_fen, own_payer):
                parties = (payer, payee, share.benefit_id)
                found.append(_due(meal, rules, settlement.id, parties, part_fen, held))
    for fee in worked.fees:
        if fee.amount_fen or fee.minutes:
            settlement = rules.settlement_of.get(fee.benefit_id, NO_SETTLEMENT)
            minutes = fee.minutes
            for payer, part_fen in _parts(settlement, fee.payer, fee.amount_fen, own_payer=False):
                parties = (payer, settlement.payee or fee.payee, fee.benefit_id)
                found.append(_due(meal, rules, settlement.id, parties, part_fen, held, minutes))
                minutes = 0
    return tuple(found)


def _parts(settlement: Settlement, payer: str, amount_fen: int, own_payer: bool) -> Sequence[tuple[str, int]]:
    """Who pays how much of an amount: its own payer, the settlement's, or each of the settlement's."""
    if own_payer or not settlement.split:
        return ((payer if own_payer else settlement.payer or payer, amount_fen),)
    parts = zip(settlement.split, share_fen(amount_fen, tuple(settlement.split.values())), strict=True)
    return [(one, part_fen) for one, part_fen in parts if part_fen or not amount_fen]


def _due(
    meal: MealEvent,
    rules: Rules,
    settlement_id: str,
    parties: tuple[str, str, str],
    amount_fen: int,
    held: bool,
    minutes: int = 0,
) -> Due:
    payer, payee, benefit_id = parties
    return Due(
        settlement_id,
        payer,
        payee,
        benefit_id,
        meal.order_id,
        meal.diner_id,
        meal.site_id,
        meal.service_on,
        amount_fen,
        rules.programme.revision,
        held,
        minutes,
    )
