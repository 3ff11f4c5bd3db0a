"""Who pays and who is paid, with their names: a home's meals are paid to the kitchen that brings them."""

from collections.abc import Mapping

from sqlmodel import Session

from api.reports.facts import Named
from api.settlement.rules import Rules, sites_of
from api.words import LANGUAGES, gettext
from orders.programmes.schema import Programme
from orders.store.sites import canteen_names, kitchens_of_homes, load_kitchen_settings, load_kitchens

ANYBODY = "–"


def paid_bodies(session: Session, programme_id: str) -> dict[str, str]:
    """Id and name of every body a payee ``site`` may be: the canteens, and the kitchens that serve homes."""
    serving = set(kitchens_of_homes(session).values())
    kitchens = {
        kitchen.kitchen_id: kitchen.name
        for kitchen in load_kitchens(session)
        if kitchen.kitchen_id in serving
        and load_kitchen_settings(session, kitchen.kitchen_id)[1].get("programme") == programme_id
    }
    return sites_of(session, programme_id) | kitchens


def body_names(session: Session) -> dict[str, str]:
    """Id and name of every canteen and every kitchen."""
    return canteen_names(session) | {one.kitchen_id: one.name for one in load_kitchens(session)}


def party_name(rules: Rules, bodies: Mapping[str, str], word: str) -> Named:
    """The name of a payer, payee or signer: a body's, the programme's, else the word itself."""
    if word in bodies:
        return Named(bodies[word], bodies[word])
    return named_in(rules.programme, word)


def named_in(programme: Programme, word: str) -> Named:
    """What a programme calls a party, else what everybody calls it, else the word itself."""
    party = programme.party.get(word)
    if party:
        return Named(party.name.zh, party.name.en)
    return Named(*(_common(word, language) for language in LANGUAGES)) if word else Named(ANYBODY, ANYBODY)


def _common(word: str, language: str) -> str:
    said = gettext(f"party.{word}", language)
    return word if said.startswith("party.") else said
