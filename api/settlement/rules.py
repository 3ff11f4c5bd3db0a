"""Which programme a statement follows, who it pays, and what day it is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.day.services import calendar_of
from orders.errors import BadInput, Conflict, NotFound
from orders.programmes.benefits import OneOff
from orders.programmes.paying import Settlement
from orders.programmes.schema import Programme, read_programme, unset_amounts
from orders.programmes.switches import with_settings
from orders.service import Meal
from orders.settling.rules import RuleBook, rule_book
from orders.store.programmes import load_revisions
from orders.store.sites import load_kitchen_settings, load_kitchens, load_sites

MEALS: tuple[Meal, ...] = ("breakfast", "lunch", "dinner")


@dataclass(frozen=True, slots=True)
class Rules:
    """
    A programme as it was in force at the end of some days, with every revision that its meals may go by.

    Parameters
    ----------
    programme
        The revision in force on the last day.
    tables
        Every revision as kept, the oldest first.
    """

    programme: Programme
    tables: tuple[Mapping[str, Any], ...]

    @property
    def begun_on(self) -> date:
        """First day of the programme's first revision."""
        return min(read_programme(table).programme.valid_from for table in self.tables)

    @property
    def table(self) -> Mapping[str, Any]:
        """The revision in force on the last day, as kept."""
        return next(one for one in self.tables if one["revision"] == self.programme.revision)

    def changed(self, settings: Sequence[str]) -> "Rules":
        """
        The programme with switches set otherwise, in every revision.

        Raises
        ------
        ValueError
            When a revision cannot be read like this.
        """
        tables = tuple(with_settings(table, settings) for table in self.tables)
        current = next(table for table in tables if table["revision"] == self.programme.revision)
        return Rules(read_programme(current), tables)

    def book(self) -> RuleBook:
        """The revisions, prepared for settling."""
        return rule_book([read_programme(table) for table in self.tables], calendar_of)

    def settlements(self) -> tuple[Settlement, ...]:
        """The programme's settlements, and one of its own for each grant that none of them pays."""
        named = {benefit_id for one in self.programme.settlements for benefit_id in one.benefits}
        alone = (
            Settlement(
                id=grant.id,
                benefits=(grant.id,),
                payer=grant.payer,
                payee=grant.beneficiary,
                account_by="once",
                pay_by="once",
                cite=grant.cite,
            )
            for grant in self.programme.benefits
            if isinstance(grant, OneOff) and grant.id not in named
        )
        return (*self.programme.settlements, *alone)

    def settlement(self, settlement_id: str) -> Settlement:
        """The settlement of this id; `NotFound` when there is none."""
        found = next((one for one in self.settlements() if one.id == settlement_id), None)
        if found is None:
            raise NotFound("settlement", settlement_id)
        return found

    def payers(self) -> dict[str, set[str]]:
        """Settlement id to everybody who pays one of its benefits."""
        found: dict[str, set[str]] = {}
        benefits = {benefit.id: benefit for benefit in self.programme.benefits}
        for settlement in self.settlements():
            payers = found.setdefault(settlement.id, set())
            for benefit in (benefits[name] for name in settlement.benefits):
                payers |= {benefit.payer} if not hasattr(benefit, "steps") else set()
                payers |= {step.from_ for step in getattr(benefit, "steps", ())} - {"diner"}
        return found

    def today(self, now_at: datetime) -> date:
        """The date of an instant where the programme is."""
        return now_at.astimezone(ZoneInfo(self.programme.programme.timezone)).date()


def rules_at(session: Session, programme_id: str, day_on: date) -> Rules:
    """
    A programme's revision in force on a day.

    Raises
    ------
    NotFound
        When there is no such programme.
    Conflict
        ``programme_not_in_force`` when no revision of it is; the refusal says on which days one is.
    BadInput
        When it is a template whose amounts nobody has set; the refusal names them.
    """
    tables = tuple({**one.body, "revision": one.revision} for one in load_revisions(session, programme_id))
    revisions = [read_programme(table) for table in tables]
    begun = [one for one in revisions if one.programme.valid_from <= day_on]
    if not revisions:
        raise NotFound("programme", programme_id)
    if not begun or day_on > begun[-1].programme.valid_to:
        raise _not_in_force(programme_id, revisions, day_on)
    if missing := unset_amounts(begun[-1]):
        raise BadInput("programme_unset", programme=programme_id, keys=", ".join(missing))
    return Rules(begun[-1], tables)


def _not_in_force(programme_id: str, revisions: Sequence[Programme], day_on: date) -> Conflict:
    heads = [one.programme for one in revisions]
    return Conflict(
        "programme_not_in_force",
        programme=programme_id,
        programme_zh=heads[-1].name.zh,
        programme_en=heads[-1].name.en,
        day=day_on.isoformat(),
        from_on=min(one.valid_from for one in heads).isoformat(),
        to_on=heads[-1].valid_to.isoformat(),
    )


def sites_of(session: Session, programme_id: str) -> dict[str, str]:
    """Id and name of every canteen of the kitchens that follow the programme."""
    found: dict[str, str] = {}
    for kitchen in load_kitchens(session):
        if load_kitchen_settings(session, kitchen.kitchen_id)[1].get("programme") != programme_id:
            continue
        for meal in MEALS:
            sites = load_sites(session, kitchen.kitchen_id, meal)
            found |= {site_id: site.name for site_id, site in sites.items() if site.kind != "home"}
    return dict(sorted(found.items()))
