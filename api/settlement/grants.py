"""Grants given once: their conditions confirmed by a person, their assets on record with the owner."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, ensure
from api.settlement.rules import rules_at
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.money import yuan
from orders.programmes.benefits import OneOff
from orders.store.grants import Grant, GrantAsset, load_assets, load_grants, save_asset, save_grant


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

    Raises
    ------
    NotFound
        When the programme has no such grant.
    BadInput
        When no evidence is given.
    Conflict
        When the subject has it already.
    """
    ensure(actor, "grant.give")
    granted_on = now_at.date()
    rules = rules_at(session, programme_id, granted_on)
    today_on = rules.today(now_at)
    benefit = _grant_rule(rules.programme.benefits, benefit_id)
    if not evidence.strip():
        raise BadInput("grant_needs_evidence", conditions=", ".join(benefit.requires))
    given = load_grants(session, programme_id, date.min, date.max)
    if any((one.benefit_id, one.subject) == (benefit_id, subject) for one in given):
        raise Conflict("grant_given", benefit=benefit_id, subject=subject)
    grant = Grant(
        ids.new(),
        programme_id,
        benefit_id,
        subject,
        benefit.payer,
        benefit.beneficiary,
        benefit.amount or 0,
        rules.programme.revision,
        today_on,
        evidence.strip(),
    )
    save_grant(session, grant, actor.user_id, now_at)
    record(session, actor, "grant.give", grant.grant_id, now_at, {"benefit": benefit_id, "subject": subject})
    return grant


def add_asset(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, grant: Grant, bought: Purchase
) -> GrantAsset:
    """
    Records what a grant bought; the owner is whom the programme names.

    Raises
    ------
    BadInput
        When the programme does not let the grant be spent on this.
    Conflict
        When the assets would cost more than the grant.
    """
    ensure(actor, "grant.give")
    rules = rules_at(session, grant.programme_id, grant.granted_on)
    benefit = _grant_rule(rules.programme.benefits, grant.benefit_id)
    if benefit.spend_on and bought.purpose not in benefit.spend_on:
        raise BadInput("grant_purpose", purpose=bought.purpose, allowed="、".join(benefit.spend_on))
    spent_fen = sum(one.cost_fen for one in load_assets(session, grant.grant_id))
    if spent_fen + bought.cost_fen > grant.amount_fen:
        raise Conflict("grant_overspent", left=yuan(grant.amount_fen - spent_fen), cost=yuan(bought.cost_fen))
    asset = GrantAsset(
        ids.new(),
        grant.grant_id,
        bought.name,
        bought.purpose,
        bought.cost_fen,
        benefit.asset_owner or benefit.beneficiary,
        bought.bought_on,
        bought.document,
    )
    save_asset(session, asset, actor.user_id, now_at)
    record(session, actor, "grant.give.asset", grant.grant_id, now_at, {"cost_fen": bought.cost_fen})
    return asset


def _grant_rule(benefits: tuple[object, ...], benefit_id: str) -> OneOff:
    found = next((one for one in benefits if isinstance(one, OneOff) and one.id == benefit_id), None)
    if found is None:
        raise NotFound("benefit", benefit_id)
    return found
