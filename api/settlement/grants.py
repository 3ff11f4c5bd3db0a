"""Grants given once: their conditions confirmed by a person, their assets on record with the owner."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.db import hold
from api.permissions import Actor, ensure
from api.settlement.parties import body_names, party_name
from api.settlement.rules import rules_at
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.money import yuan
from orders.programmes.benefits import OneOff, TieredAward
from orders.store.grants import (
    Grant,
    GrantAsset,
    load_assets,
    load_grant,
    load_grants,
    save_asset,
    save_grant,
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """
    Something that a grant was spent on.

    Parameters
    ----------
    name, purpose
        What it is, and which of the purposes that the programme names.
    cost_fen
        What it cost, fen.
    bought_on, document
        When, and the invoice.
    """

    name: str
    purpose: str
    cost_fen: int
    bought_on: date
    document: str


def give_grant(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    *,
    programme_id: str,
    benefit_id: str,
    subject: str,
    evidence: str,
    amount_fen: int | None = None,
) -> Grant:
    """
    Gives a grant once; `make_statements` then puts it on a statement of its own.

    Parameters
    ----------
    session, actor, now_at, ids
        The act; its day is the day of the grant.
    programme_id, benefit_id
        By which rule.
    subject
        The site or the person.
    evidence
        What proves every condition of the rule: documents, decisions.
    amount_fen
        What was decided for an award with tiers, fen; None for a grant with one amount.

    Raises
    ------
    NotFound
        When the programme has no such grant.
    BadInput
        When no evidence is given, or the amount is none that the rule allows.
    Conflict
        When the subject has it already.
    """
    ensure(actor, "grant.give")
    today_on = rules_at(session, programme_id, now_at.date()).today(now_at)
    rules = rules_at(session, programme_id, today_on)
    benefit = _grant_rule(rules.programme.benefits, benefit_id)
    if not evidence.strip():
        conditions = (
            benefit.requires if isinstance(benefit, OneOff) else [one.metric for one in benefit.requires]
        )
        raise BadInput("grant_needs_evidence", conditions=", ".join(conditions))
    given = load_grants(session, programme_id, date.min, date.max)
    if any((one.benefit_id, one.subject) == (benefit_id, subject) for one in given):
        name = party_name(rules, body_names(session), subject)
        raise Conflict(
            "grant_given", benefit=benefit_id, subject=subject, subject_zh=name.zh, subject_en=name.en
        )
    grant = Grant(
        ids.new(),
        programme_id,
        benefit_id,
        subject,
        benefit.payer,
        benefit.beneficiary,
        _amount(benefit, amount_fen),
        rules.programme.revision,
        today_on,
        evidence.strip(),
    )
    save_grant(session, grant, actor.user_id, now_at)
    record(session, actor, "grant.give", grant.grant_id, now_at, {"benefit": benefit_id, "subject": subject})
    return grant


def add_asset(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, grant_id: str, bought: Purchase
) -> GrantAsset:
    """
    Records what a grant bought; the owner is whom the programme names.

    Raises
    ------
    NotFound
        When there is no such grant.
    BadInput
        When the programme does not let the grant be spent on this.
    Conflict
        When the assets would cost more than the grant.
    """
    ensure(actor, "grant.give")
    grant = load_grant(session, grant_id)
    if grant is None:
        raise NotFound("grant", grant_id)
    hold(session, grant_id)
    rules = rules_at(session, grant.programme_id, grant.granted_on)
    benefit = _grant_rule(rules.programme.benefits, grant.benefit_id)
    spend_on = benefit.spend_on if isinstance(benefit, OneOff) else ()
    if spend_on and bought.purpose not in spend_on:
        raise BadInput("grant_purpose", purpose=bought.purpose, allowed="、".join(spend_on))
    spent_fen = sum(one.cost_fen for one in load_assets(session, grant.grant_id))
    if spent_fen + bought.cost_fen > grant.amount_fen:
        raise Conflict("grant_overspent", left=yuan(grant.amount_fen - spent_fen), cost=yuan(bought.cost_fen))
    asset = GrantAsset(
        ids.new(),
        grant.grant_id,
        bought.name,
        bought.purpose,
        bought.cost_fen,
        (benefit.asset_owner if isinstance(benefit, OneOff) else "") or benefit.beneficiary,
        bought.bought_on,
        bought.document,
    )
    save_asset(session, asset, actor.user_id, now_at)
    record(session, actor, "grant.give.asset", grant.grant_id, now_at, {"cost_fen": bought.cost_fen})
    return asset


def _grant_rule(benefits: tuple[object, ...], benefit_id: str) -> OneOff | TieredAward:
    found = next(
        (one for one in benefits if isinstance(one, OneOff | TieredAward) and one.id == benefit_id), None
    )
    if found is None:
        raise NotFound("benefit", benefit_id)
    return found


def _amount(benefit: OneOff | TieredAward, decided_fen: int | None) -> int:
    """The grant's own amount; of an award with tiers the decided one, when a tier allows it."""
    if isinstance(benefit, OneOff):
        if decided_fen not in (None, benefit.amount):
            raise BadInput("grant_amount", amount=yuan(decided_fen or 0))
        return benefit.amount or 0
    for tier in benefit.tiers:
        if decided_fen is not None and decided_fen == tier.amount:
            return decided_fen
        span = tier.amount_range
        if decided_fen is not None and span is not None and span.min <= decided_fen <= span.max:
            return decided_fen
    raise BadInput("grant_amount", amount=yuan(decided_fen or 0))
