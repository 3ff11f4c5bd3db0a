"""A programme's revisions, prepared for settling many meals: what applies to which class and meal."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from orders.calendars import Calendar, ServiceDays
from orders.codes import Coded, Param
from orders.programmes.benefits import (
    CostShare,
    MonthlyAllowance,
    OneOff,
    PerDelivery,
    PerMeal,
    PerOrder,
    TieredAward,
)
from orders.programmes.classes import KnownPerson
from orders.programmes.faults import fault
from orders.programmes.paying import Settlement
from orders.programmes.persons import ClassBook, Standing
from orders.programmes.schema import Programme
from orders.programmes.sections import Outcome

WEEKEND = "weekend"
OPERATOR = "operator"
DEFAULT_FLAGS = frozenset({"two_sites_same_time", "deceased"})
DinerBenefit = PerMeal | MonthlyAllowance | CostShare
FeeBenefit = PerMeal | PerOrder


@dataclass(slots=True)
class Rules:
    """
    One revision, with what is asked of it again and again kept.

    Parameters
    ----------
    programme
        The revision.
    calendar
        Days off and make-up days.
    """

    programme: Programme
    calendar: Calendar
    classes: ClassBook = field(init=False)
    flags: frozenset[str] = field(init=False)
    settlement_of: Mapping[str, Settlement] = field(init=False)
    _days: ServiceDays = field(init=False)
    _closed: dict[date, str | None] = field(default_factory=dict)
    _for_diner: dict[tuple[str, str], tuple[DinerBenefit, ...]] = field(default_factory=dict)
    _fees: dict[tuple[str, str], tuple[FeeBenefit, ...]] = field(default_factory=dict)
    _deliveries: dict[tuple[str, str], tuple[PerDelivery, ...]] = field(default_factory=dict)
    _codes: dict[tuple[Param, ...], Coded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.classes = ClassBook(self.programme)
        self.flags = frozenset(self.programme.fraud.flags) or DEFAULT_FLAGS
        self.settlement_of = {
            benefit_id: settlement
            for settlement in reversed(self.programme.settlements)
            for benefit_id in settlement.benefits
        }
        self._days = self.programme.service_days()

    def standing_on(self, person: KnownPerson, day_on: date) -> Standing:
        """The person's standing on a day."""
        return self.classes.standing_on(person, day_on)

    def closed_reason(self, day_on: date) -> str | None:
        """Why the programme serves nothing on a day, None when it does; a site may extend to weekends."""
        if day_on not in self._closed:
            reason: str | None = self._days.closed_reason(day_on, self.calendar)
            extended = reason == WEEKEND and WEEKEND in self.programme.calendar.extend_by_site
            self._closed[day_on] = None if extended else reason
        return self._closed[day_on]

    def for_diner(self, class_id: str, meal: str) -> tuple[DinerBenefit, ...]:
        """What makes this meal cheaper for a diner of the class, in the file's order."""
        key = (class_id, meal)
        if key not in self._for_diner:
            self._for_diner[key] = tuple(
                one
                for one in self.programme.benefits
                if isinstance(one, DinerBenefit)
                and one.beneficiary == "diner"
                and self.programme.covers(one, class_id, meal)
            )
        return self._for_diner[key]

    def fees(self, class_id: str, meal: str) -> tuple[FeeBenefit, ...]:
        """What a site or the operator gets for this meal beside its price."""
        key = (class_id, meal)
        if key not in self._fees:
            self._fees[key] = tuple(
                one
                for one in self.programme.benefits
                if isinstance(one, FeeBenefit)
                and one.beneficiary != "diner"
                and self.programme.covers(one, class_id, meal)
            )
        return self._fees[key]

    def deliveries(self, class_id: str, carrier: str) -> tuple[PerDelivery, ...]:
        """What is paid for a carrier's delivery: what names the carrier, else what names none."""
        key = (class_id, carrier)
        if key not in self._deliveries:
            mine = [
                one
                for one in self.programme.benefits
                if isinstance(one, PerDelivery) and (not one.classes or class_id in one.classes)
            ]
            named = tuple(one for one in mine if one.requires.carrier_kind == carrier)
            self._deliveries[key] = named or tuple(one for one in mine if not one.requires.carrier_kind)
        return self._deliveries[key]

    def outcome(self, event: str) -> Outcome:
        """What an event leads to."""
        return self.programme.outcome(event)

    def coded(self, code: str, **params: Param) -> Coded:
        """A reason, made once however many meals it explains."""
        key = (code, *params.values())
        if key not in self._codes:
            self._codes[key] = Coded(code, params)
        return self._codes[key]

    def allowances(self) -> tuple[MonthlyAllowance, ...]:
        """The monthly allowances of the revision."""
        return tuple(one for one in self.programme.benefits if isinstance(one, MonthlyAllowance))

    def counts_months(self) -> bool:
        """Whether a meal's bill depends on the person's other meals of the month."""
        limited = (one for one in self.programme.benefits if isinstance(one, PerMeal | PerDelivery))
        return bool(self.allowances()) or any(
            one.monthly_limit is not None or (isinstance(one, PerMeal) and one.monthly_cap is not None)
            for one in limited
        )

    def funds(self) -> set[str]:
        """Who pays only while its fund lasts, so that one person's meal may leave less for another's."""
        shares = (one for one in self.programme.benefits if isinstance(one, CostShare))
        return {step.from_ for share in shares for step in share.steps if step.while_fund_lasts}

    def grants(self) -> tuple[OneOff | TieredAward, ...]:
        """What is given once, not for a meal."""
        return tuple(one for one in self.programme.benefits if isinstance(one, OneOff | TieredAward))


@dataclass(frozen=True, slots=True)
class RuleBook:
    """
    The revisions of one programme, the newest first.

    Parameters
    ----------
    revisions
        Each in force from its first day on, until a newer one begins.
    """

    revisions: tuple[Rules, ...]

    def on(self, day_on: date) -> Rules | None:
        """The revision in force on a day, or None."""
        for rules in self.revisions:
            if rules.programme.programme.valid_from <= day_on:
                return rules if day_on <= rules.programme.programme.valid_to else None
        return None

    def funds(self) -> set[str]:
        """Every fund that a revision draws on."""
        return {fund for rules in self.revisions for fund in rules.funds()}

    def settlements(self) -> list[Settlement]:
        """Every settlement once, as the newest revision has it; one without a payee pays the operator."""
        found: dict[str, Settlement] = {}
        for rules in self.revisions:
            for one in rules.programme.settlements:
                payee = one.payee or OPERATOR
                found.setdefault(one.id, one.model_copy(update={"payee": payee}))
        return list(found.values())

    def payers(self) -> dict[str, set[str]]:
        """Settlement id to who pays its benefits; what the operator lets off nobody pays."""
        found: dict[str, set[str]] = {}
        for rules in self.revisions:
            benefits = {one.id: one for one in rules.programme.benefits}
            for settlement in rules.programme.settlements:
                payers = found.setdefault(settlement.id, set())
                payers |= set(settlement.split)
                for benefit in (benefits[name] for name in settlement.benefits):
                    if settlement.split:
                        continue
                    if isinstance(benefit, CostShare):
                        payers |= {step.from_ for step in benefit.steps}
                    else:
                        payers.add(benefit.payer)
        return {name: payers - {OPERATOR} for name, payers in found.items()}


def rule_book(revisions: Iterable[Programme], calendar_of: Callable[[Programme], Calendar]) -> RuleBook:
    """
    Prepares revisions for settling.

    Parameters
    ----------
    revisions
        Revisions of one programme.
    calendar_of
        The days off that a revision goes by.

    Raises
    ------
    ValueError
        When there is none, they are of several programmes, or one revision is given twice.
    """
    ordered = sorted(revisions, key=lambda one: one.revision, reverse=True)
    if not ordered:
        raise ValueError("Settling needs at least one revision of a programme.")
    if len({one.id for one in ordered}) > 1:
        raise fault("fault_other_programme", known=", ".join(one.id for one in ordered))
    if len({one.revision for one in ordered}) < len(ordered):
        raise fault("fault_same_revision", name=ordered[0].id)
    return RuleBook(tuple(Rules(one, calendar_of(one)) for one in ordered))
