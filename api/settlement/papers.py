"""A statement with the names that people know: what its page, its paper and its tables show."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.reports.facts import Named
from api.reports.statement_facts import (
    Asset,
    Assumption,
    OtherOption,
    PaperLine,
    SignatureBox,
    StatementPaper,
)
from api.settlement.acts import standing
from api.settlement.clauses import default_words, options_in_words, unstated
from api.settlement.parties import body_names, party_name
from api.settlement.rules import Rules, rules_at
from api.words import LANGUAGES, gettext
from orders.programmes.switches import Option, option_text
from orders.statement_states import StatementAct
from orders.store.adjustments import load_adjustments
from orders.store.grants import load_assets
from orders.store.sites import kitchens_of_homes
from orders.store.statements import (
    StatementHead,
    StatementLine,
    load_statement,
    load_statement_acts,
    load_statement_lines,
    names_of_diners,
    newest_version,
    numbers_of_orders,
)

NOBODY = ("", "")


def number_of(statement_id: str) -> str:
    """The end of a statement's id, as people quote it: ``"9A3F-0017"``."""
    tail = statement_id.replace("-", "")[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


def benefit_name(rules: Rules, benefit_id: str) -> Named:
    """The name of a benefit, else its id."""
    benefit = next((one for one in rules.programme.benefits if one.id == benefit_id), None)
    name = getattr(benefit, "name", None)
    return Named(name.zh, name.en) if name else Named(benefit_id or "–", benefit_id or "–")


def title_of(rules: Rules, settlement_id: str) -> Named:
    """What a settlement pays: the names of its benefits."""
    names = [benefit_name(rules, one) for one in rules.settlement(settlement_id).benefits]
    return Named("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def statement_paper(session: Session, head: StatementHead, now_at: datetime) -> StatementPaper:
    """Everything that a statement's page, paper and tables show, as it stands now."""
    rules = rules_at(session, head.programme_id, head.period.to_on)
    sites = body_names(session)
    lines = load_statement_lines(session, head)
    acts = load_statement_acts(session, [head.statement_id]).get(head.statement_id, [])
    return StatementPaper(
        number=number_of(head.statement_id),
        programme=Named(rules.programme.programme.name.zh, rules.programme.programme.name.en),
        title=title_of(rules, head.settlement_id),
        payer=party_name(rules, sites, head.payer),
        payee=party_name(rules, sites, head.payee),
        period=head.period.label,
        from_on=head.period.from_on,
        to_on=head.period.to_on,
        due_on=head.due_on,
        version=head.version,
        digest=head.digest,
        revisions=tuple(sorted({line.due.revision for line in lines})),
        lines=_lines(session, rules, sites, lines),
        total_fen=head.total_fen,
        held_fen=head.held_fen,
        assumptions=tuple(_assumption(rules, one) for one in head.assumptions),
        effects_known=head.effects_known,
        signatures=_signatures(rules, sites, head, acts),
        checks=tuple(party_name(rules, sites, one) for one in rules.settlement(head.settlement_id).checks),
        assets=_assets(session, rules, sites, lines),
        state=state_word(session, head),
        zone=rules.programme.programme.timezone,
        printed_at=now_at,
        minutes=head.minutes,
        fund=_fund(rules, sites, head.settlement_id),
        defaults=unstated(rules, head.settlement_id),
        default_words=default_words(rules, head.settlement_id),
        unsettled=head.unsettled,
    )


def state_word(session: Session, head: StatementHead) -> str:
    """The state of a version; ``"replaced"`` when a later one was made."""
    if newest_version(session, head) != head.version:
        return "replaced"
    return standing(session, head).state


def _fund(rules: Rules, sites: Mapping[str, str], settlement_id: str) -> Named | None:
    fund = rules.settlement(settlement_id).fund
    if fund is None:
        return None
    if fund.from_:
        return party_name(rules, sites, fund.from_)
    return Named(*(gettext("special account, for this purpose only", one) for one in LANGUAGES))


def _lines(
    session: Session, rules: Rules, sites: Mapping[str, str], lines: list[StatementLine]
) -> list[PaperLine]:
    numbers = numbers_of_orders(session, {line.due.order_id for line in lines})
    diners = names_of_diners(session, {line.due.diner_id for line in lines})
    adjusts = _adjusts(session, rules.programme.id) if any(line.adjustment_id for line in lines) else {}
    homes = kitchens_of_homes(session)
    at_home = Named(*(gettext("brought home", one) for one in LANGUAGES))
    found = []
    for line in lines:
        due = line.due
        site = sites.get(due.site_id, due.site_id)
        code, name = diners.get(due.diner_id, NOBODY)
        found.append(
            PaperLine(
                line_no=line.line_no,
                service_on=due.service_on,
                order_code=numbers.get(due.order_id, ""),
                diner=name,
                diner_code=code,
                site=at_home if due.site_id in homes else Named(site, site),
                benefit=benefit_name(rules, due.benefit_id),
                amount_fen=due.amount_fen,
                revision=due.revision,
                held=due.held,
                adjusts=adjusts.get(line.adjustment_id or "", ""),
                minutes=due.minutes,
            )
        )
    return found


def _adjusts(session: Session, programme_id: str) -> dict[str, str]:
    """Adjustment to the statement and line that it corrects: ``2023-Q1 9A3F-0017/12``."""
    found = {}
    for one in load_adjustments(session, programme_id):
        head = load_statement(session, one.adjustment.statement_id)
        line = f"/{one.adjustment.line_no}" if one.adjustment.line_no else ""
        original = f"{head.period.label} {number_of(head.statement_id)}{line}" if head else ""
        found[one.adjustment_id] = original or one.adjustment.due.service_on.strftime("%Y-%m")
    return found


def _signatures(
    rules: Rules, sites: Mapping[str, str], head: StatementHead, acts: list[StatementAct]
) -> tuple[SignatureBox, ...]:
    """A box for each step; a site's own step bears its name."""
    signed: dict[str, StatementAct] = {}
    for act in acts:
        if act.kind == "sign":
            signed[act.step] = act
        elif act.kind in ("return", "resubmit"):
            signed.clear()
    payee = rules.settlement(head.settlement_id).payee
    boxes = []
    for step in head.steps:
        party = party_name(rules, sites, head.payee if step == payee else step)
        done = signed.get(step)
        boxes.append(SignatureBox(party, done.user_name if done else "", done.at if done else None))
    return tuple(boxes)


def _assumption(rules: Rules, one: Mapping[str, Any]) -> Assumption:
    said = options_in_words(rules, one["id"])

    def named(option: Option) -> Named:
        text = option_text(option)
        return said.get(text, Named(text, text))

    return Assumption(
        code=one["id"],
        clause=one["clause"],
        question=Named(one["question"]["zh"], one["question"]["en"]),
        chosen=named(one["chosen"]),
        others=tuple(OtherOption(named(other["option"]), other["difference_fen"]) for other in one["others"]),
    )


def _assets(
    session: Session, rules: Rules, sites: Mapping[str, str], lines: list[StatementLine]
) -> tuple[Asset, ...]:
    grants = [line.due.order_id for line in lines if not line.due.diner_id and line.due.order_id]
    return tuple(
        Asset(one.name, one.purpose, one.cost_fen, party_name(rules, sites, one.owner))
        for grant_id in dict.fromkeys(grants)
        for one in load_assets(session, grant_id)
    )
