"""What the pages of statements show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlmodel import Session

from api.permissions import Actor, ensure
from api.reports.facts import Named
from api.reports.statement_facts import PaperLine, StatementPaper
from api.settlement.acts import find_statement, may_sign, second_person, standing
from api.settlement.funds import FundState, list_funds
from api.settlement.listing import Listed, list_statements
from api.settlement.papers import (
    benefit_name,
    number_of,
    state_word,
    statement_paper,
)
from api.settlement.parties import body_names, party_name
from api.settlement.rules import Rules, rules_at, sites_of
from orders.codes import Coded
from orders.errors import MealError, NotFound
from orders.programmes.benefits import OneOff, TieredAward
from orders.statement_states import OPEN, Standing, StatementAct
from orders.store.adjustments import KeptAdjustment, load_adjustments
from orders.store.checks import (
    CheckList,
    CheckVisit,
    load_check_list,
    load_check_lists,
    load_check_visits,
)
from orders.store.payments import PayeeAccount, PayFile, load_accounts, load_pay_file, load_pay_files
from orders.store.sites import load_kitchen_settings, load_kitchens
from orders.store.statements import (
    StatementHead,
    load_statement,
    load_statement_acts,
    load_statement_lines,
    load_statements,
    names_of_diners,
    numbers_of_orders,
)

MOST_SHOWN = 1500
"""Lines that a page lists; a longer statement is read in its spreadsheet."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed adjustment with names: what changes, of whom, and of which statement."""

    kept: KeptAdjustment
    diner: str
    order_code: str
    benefit: Named
    payee: Named
    original: str


@dataclass(frozen=True, slots=True)
class ListView:
    """
    The list of statements.

    Parameters
    ----------
    statements
        By due date.
    counts
        State to how many, of all of them.
    proposals
        Adjustments that wait for a person.
    accounts
        Where payees are paid.
    payees
        Id and name of everybody who is paid by a statement.
    pay_files
        The newest first.
    programmes
        Id and name of each programme that a kitchen follows.
    last_month
        First and last day of the month before today.
    grants
        What each programme gives once, by ``programme/benefit``.
    sites
        Id and name of the sites that may get it.
    funds
        Charities' funds with what is left, and the name of each.
    """

    statements: Sequence[Listed]
    counts: dict[str, int]
    proposals: Sequence[Proposal]
    accounts: dict[str, PayeeAccount]
    payees: dict[str, Named]
    pay_files: Sequence[PayFile]
    programmes: dict[str, Named]
    last_month: tuple[date, date]
    grants: dict[str, Named]
    sites: dict[str, str]
    funds: Sequence[tuple[FundState, Named]]


@dataclass(frozen=True, slots=True)
class DayLines:
    """A day's lines with their sum, held ones left out."""

    day_on: date
    lines: tuple[PaperLine, ...]
    sum_fen: int


@dataclass(frozen=True, slots=True)
class StatementView:
    """
    One statement.

    Parameters
    ----------
    head, paper
        As kept, and with names.
    standing
        Where it stands.
    state
        Its state; ``"replaced"`` when a newer version is there.
    may_sign_now
        Whether the asking person's signature is next.
    second_person
        Why another than the asking person must sign then, None when this one may.
    waiting_name
        Whose signature is next, None when none is.
    is_closed
        Whether it never changes any more.
    days
        The period's lines by day; empty when there are more than a page lists.
    adjusted
        Lines that correct earlier statements.
    acts
        What was done with it.
    versions
        All versions, the oldest first.
    checks
        Random checks, with how many of their lines were visited; none for whoever is checked.
    corrections
        Adjustments that correct this statement.
    grant_ids
        The grants among its lines.
    """

    head: StatementHead
    paper: StatementPaper
    standing: Standing
    state: str
    may_sign_now: bool
    second_person: Coded | None
    waiting_name: Named | None
    is_closed: bool
    days: Sequence[DayLines]
    adjusted: Sequence[PaperLine]
    acts: Sequence[StatementAct]
    versions: Sequence[StatementHead]
    checks: Sequence[tuple[CheckList, int]]
    corrections: Sequence[Proposal]
    grant_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class CheckView:
    """A random check: its lines with names, and what was found."""

    check: CheckList
    paper: StatementPaper
    lines: Sequence[PaperLine]
    visits: dict[int, CheckVisit]


@dataclass(frozen=True, slots=True)
class PayFileView:
    """A pay file and the statements that it paid, by number."""

    file: PayFile
    statements: Sequence[tuple[str, str]]


def list_view(session: Session, actor: Actor, now_at: datetime, state: str = "") -> ListView:
    """The statements that a person may see, and what a bureau does with them."""
    listed = list_statements(session, actor, now_at)
    counts: dict[str, int] = {}
    for one in listed:
        counts[one.state] = counts.get(one.state, 0) + 1
    programmes = _programmes(session, now_at)
    today_on = next(iter(programmes.values()))[0].today(now_at) if programmes else now_at.date()
    last_on = today_on.replace(day=1) - timedelta(days=1)
    waiting = [one for one in load_adjustments(session) if one.approved is None]
    return ListView(
        statements=[one for one in listed if not state or one.state == state],
        counts=counts,
        proposals=proposals(session, waiting) if actor.may("statement.adjust") else (),
        accounts=load_accounts(session) if actor.may("statement.pay") else {},
        payees={one.head.payee: one.payee for one in listed},
        pay_files=load_pay_files(session) if actor.may("statement.pay") else (),
        programmes={key: name for key, (_, name) in programmes.items()},
        last_month=(last_on.replace(day=1), last_on),
        grants=_grants(programmes) if actor.may("grant.give") else {},
        sites={site: name for key in programmes for site, name in sites_of(session, key).items()},
        funds=_funds(session, actor, programmes) if actor.may("fund.read") else (),
    )


def statement_view(session: Session, actor: Actor, now_at: datetime, statement_id: str) -> StatementView:
    """
    One statement with everything that was done with it.

    Raises
    ------
    NotFound
        When there is none.
    Forbidden
        When it is another site's.
    """
    head = find_statement(session, actor, statement_id)
    paper = statement_paper(session, head, now_at)
    now = standing(session, head)
    rules = rules_at(session, head.programme_id, head.period.to_on)
    waiting = now.waiting_for
    word = head.payee if waiting == rules.settlement(head.settlement_id).payee else waiting
    named = party_name(rules, body_names(session), word) if word else None
    corrections = [
        one
        for one in load_adjustments(session, head.programme_id)
        if one.adjustment.statement_id == statement_id
    ]
    versions = load_statements(session, head.programme_id, head.payee, all_versions=True)
    return StatementView(
        head=head,
        paper=paper,
        standing=now,
        state=state_word(session, head),
        may_sign_now=(signs := may_sign(session, actor, head, waiting)),
        second_person=second_person(session, actor, head, waiting) if signs and waiting else None,
        waiting_name=named,
        is_closed=now.state not in OPEN,
        days=_days([line for line in paper.lines if not line.adjusts]),
        adjusted=[line for line in paper.lines if line.adjusts],
        acts=load_statement_acts(session, [statement_id]).get(statement_id, ()),
        versions=sorted((one for one in versions if one.key == head.key), key=lambda one: one.version),
        checks=_checks(session, statement_id) if actor.may("check.read") else (),
        corrections=proposals(session, corrections),
        grant_ids=_grant_ids(session, head) if head.period.label == "once" else (),
    )


def check_view(session: Session, actor: Actor, now_at: datetime, check_id: str) -> CheckView:
    """A random check with the names of who is to be visited; whoever is checked does not see it."""
    ensure(actor, "check.read")
    check = load_check_list(session, check_id)
    if check is None:
        raise NotFound("check_line", check_id)
    head = find_statement(session, actor, check.statement_id)
    paper = statement_paper(session, head, now_at)
    line_of = {line.line_no: line for line in paper.lines}
    lines = [line_of[number] for number in check.line_nos]
    return CheckView(check, paper, lines, load_check_visits(session, check_id))


def pay_file_view(session: Session, pay_file_id: str) -> PayFileView:
    """A pay file as it was made."""
    file = load_pay_file(session, pay_file_id)
    if file is None:
        raise NotFound("pay_file", pay_file_id)
    return PayFileView(file, [(one, number_of(one)) for one in file.statements])


def _programmes(session: Session, now_at: datetime) -> dict[str, tuple[Rules, Named]]:
    """Id, rules and name of each programme in force that a kitchen follows."""
    found: dict[str, tuple[Rules, Named]] = {}
    for kitchen in load_kitchens(session):
        programme_id = str(load_kitchen_settings(session, kitchen.kitchen_id)[1].get("programme", ""))
        try:
            rules = rules_at(session, programme_id, now_at.date())
        except MealError:
            continue
        name = rules.programme.programme.name
        found[programme_id] = (rules, Named(name.zh, name.en))
    return found


def _grants(programmes: Mapping[str, tuple[Rules, Named]]) -> dict[str, Named]:
    """What the programmes give once to a site, with its name."""
    return {
        f"{programme_id}/{one.id}": benefit_name(rules, one.id)
        for programme_id, (rules, _) in programmes.items()
        for one in rules.programme.benefits
        if isinstance(one, OneOff | TieredAward) and one.once_per == "site"
    }


def _funds(
    session: Session, actor: Actor, programmes: Mapping[str, tuple[Rules, Named]]
) -> list[tuple[FundState, Named]]:
    """The funds of these programmes, each with its name."""
    return [
        (one, party_name(rules, {}, one.fund))
        for programme_id, (rules, _) in programmes.items()
        for one in list_funds(session, actor, programme_id)
    ]


def _days(lines: Sequence[PaperLine]) -> list[DayLines]:
    if len(lines) > MOST_SHOWN:
        return []
    found = []
    for day_on, some in groupby(lines, key=lambda line: line.service_on):
        those = tuple(some)
        found.append(DayLines(day_on, those, sum(line.amount_fen for line in those if not line.held)))
    return found


def _checks(session: Session, statement_id: str) -> list[tuple[CheckList, int]]:
    found = load_check_lists(session, statement_id)
    return [(check, len(load_check_visits(session, check.check_id))) for check in found]


def _grant_ids(session: Session, head: StatementHead) -> list[str]:
    lines = load_statement_lines(session, head)
    return [line.due.order_id for line in lines if not line.due.diner_id and line.adjustment_id is None]


def proposals(session: Session, kept: Sequence[KeptAdjustment]) -> list[Proposal]:
    """Adjustments with the names that people know, by day and line of what they correct."""
    diners = names_of_diners(session, {one.adjustment.due.diner_id for one in kept})
    numbers = numbers_of_orders(session, {one.adjustment.due.order_id for one in kept})
    sites = body_names(session)
    found = []
    for one in sorted(kept, key=_by_line):
        due = one.adjustment.due
        rules = rules_at(session, one.programme_id, due.service_on)
        head = load_statement(session, one.adjustment.statement_id) if one.adjustment.statement_id else None
        line = f"/{one.adjustment.line_no}" if one.adjustment.line_no else ""
        found.append(
            Proposal(
                kept=one,
                diner=diners.get(due.diner_id, ("", ""))[1],
                order_code=numbers.get(due.order_id, due.order_id),
                benefit=benefit_name(rules, due.benefit_id),
                payee=party_name(rules, sites, due.payee),
                original=f"{head.period.label} {number_of(head.statement_id)}{line}" if head else "",
            )
        )
    return found


def _by_line(one: KeptAdjustment) -> tuple[date, str, int]:
    return one.adjustment.due.service_on, one.adjustment.statement_id, one.adjustment.line_no or 0
