"""Cards and telephones: issued, revoked, printed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

from sqlmodel import Session

from api.audit import record
from api.db import hold
from api.permissions import Actor
from api.register.scope import diner_for, ensure_site
from api.register.secret import PeopleKeys
from api.reports.card_facts import MealCard
from orders.credentials import QR_PREFIX, Credential, card_number, phone_number, qr_token, token_digest
from orders.diners import Diner
from orders.errors import Conflict, NotFound
from orders.ids import IdSource
from orders.store.credentials import (
    find_by_token,
    load_credential,
    load_credentials,
    revoke_credential,
    save_credential,
)
from orders.store.diners import load_diner, load_diners, load_roll
from orders.store.sites import canteen_names, kitchen_of_site, load_kitchen

Reason = Literal["lost", "damaged", "handed_back", "mistyped", "replaced", "died"]
REASONS: tuple[Reason, ...] = get_args(Reason)


def issue_qr(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, keys: PeopleKeys, diner_id: str
) -> Credential:
    """Issues a QR meal card; the diner's earlier one is revoked as replaced."""
    diner = diner_for(session, actor, "people.card", diner_id, now_at)
    _require_alive(diner)
    hold(session, f"diner/{diner_id}")
    for old in load_credentials(session, [diner_id], "qr", good_only=True):
        revoke_credential(session, old.credential_id, now_at, "replaced")
    return _issue_qr(session, actor, now_at, ids.new(), keys, diner_id)


def issue_number(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    diner_id: str,
    kind: Literal["card", "phone"],
    number: str,
) -> Credential:
    """
    Notes a card's number or a telephone by which the diner is known at the table.

    Raises
    ------
    BadInput
        When the number cannot be one.
    Conflict
        ``card_held``, with the holder's code, or ``phone_known``.
    """
    diner = diner_for(session, actor, "people.card", diner_id, now_at)
    _require_alive(diner)
    hold(session, "cards")
    read = card_number(number) if kind == "card" else phone_number(number)
    if kind == "card" and (found := find_by_token(session, read)) and found[1] is None:
        holder = load_diner(session, found[0])
        raise Conflict("card_held", diner=holder.code if holder else "-")
    own = load_credentials(session, [diner_id], kind, good_only=True)
    if any(one.number_or_digest == read for one in own):
        raise Conflict("phone_known")
    credential = Credential(ids.new(), kind, diner_id, read, now_at)
    save_credential(session, credential)
    _note(session, actor, now_at, "issue", credential)
    return credential


def revoke(
    session: Session, actor: Actor, now_at: datetime, credential_id: str, reason: Reason
) -> Credential:
    """
    Ends a card or a telephone at once; whoever shows it afterwards is told so.

    Raises
    ------
    NotFound
        When there is no such credential.
    Conflict
        ``card_revoked`` when it was ended before.
    """
    credential = load_credential(session, credential_id)
    if credential is None:
        raise NotFound("card", credential_id)
    diner_for(session, actor, "people.card", credential.diner_id, now_at)
    if not revoke_credential(session, credential_id, now_at, reason):
        raise Conflict("card_revoked")
    _note(session, actor, now_at, f"revoke/{reason}", credential)
    return credential


def cards_of(
    session: Session, actor: Actor, now_at: datetime, keys: PeopleKeys, diner_ids: Sequence[str]
) -> list[MealCard]:
    """
    The good QR cards of these diners, ready to print again, in the order given.

    Each is written into the audit: whoever holds a printed card eats with it.
    """
    cards = {card.diner_id: card for card in load_credentials(session, diner_ids, "qr", good_only=True)}
    sites, found = canteen_names(session), []
    for diner_id in diner_ids:
        diner = diner_for(session, actor, "people.card", diner_id, now_at)
        if diner_id not in cards:
            continue
        card, site = cards[diner_id], sites.get(diner.site_id, "")
        found.append(_printed(session, diner, site, qr_token(card.credential_id, keys.card)))
        _note(session, actor, now_at, "print", card)
    return found


def ids_of_site(session: Session, actor: Actor, site_id: str) -> list[str]:
    """Row ids of a site's diners, by code, for somebody who prints their cards."""
    ensure_site(session, actor, "people.card", site_id)
    return [entry.diner_id for entry in load_roll(session, [site_id])]


def issue_missing(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, keys: PeopleKeys, site_id: str
) -> list[str]:
    """
    Issues a QR card to each diner of a site who has none.

    Returns
    -------
    list[str]
        Row ids of every diner of the site with a good card, by code.
    """
    ensure_site(session, actor, "people.card", site_id)
    hold(session, "cards")
    diners = load_diners(session, kitchen_sites=[site_id])
    cards = load_credentials(session, list(diners), "qr", good_only=True)
    have = {card.diner_id for card in cards}
    alive = [diner_id for diner_id, diner in diners.items() if diner.died_on is None]
    for diner_id in alive:
        if diner_id not in have:
            _issue_qr(session, actor, now_at, ids.new(), keys, diner_id)
    return alive


def _issue_qr(
    session: Session, actor: Actor, now_at: datetime, credential_id: str, keys: PeopleKeys, diner_id: str
) -> Credential:
    digest = token_digest(qr_token(credential_id, keys.card))
    credential = Credential(credential_id, "qr", diner_id, digest, now_at)
    save_credential(session, credential)
    _note(session, actor, now_at, "issue", credential)
    return credential


def _printed(session: Session, diner: Diner, site: str, token: str) -> MealCard:
    kitchen_id = kitchen_of_site(session, diner.site_id)
    kitchen = load_kitchen(session, kitchen_id) if kitchen_id else None
    return MealCard(diner.code, diner.name, site, kitchen.phone if kitchen else "", f"{QR_PREFIX}{token}")


def _require_alive(diner: Diner) -> None:
    if diner.died_on is not None:
        raise Conflict("diner_died", diner=diner.code)


def _note(session: Session, actor: Actor, now_at: datetime, what: str, credential: Credential) -> None:
    detail = {"credential": credential.credential_id, "kind": credential.kind}
    record(session, actor, f"people.card/{what}", credential.diner_id, now_at, detail)
