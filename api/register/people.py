"""Registering a diner, and changing what the kitchen needs to know of one."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, get_args

from sqlmodel import Session

from api.audit import record
from api.day.recheck import recheck_diners
from api.db import hold
from api.permissions import Actor
from api.register.cards import issue_number
from api.register.enrolling import enrol, registration_rules
from api.register.fact_names import require_place
from api.register.scope import diner_for, ensure_site, today_at_site
from api.register.secret import PeopleKeys
from orders.diners import Diner, DinerFact, Texture, with_fact
from orders.errors import BadInput, Conflict
from orders.identity import IdNumber, read_id_number
from orders.ids import IdSource, short_code
from orders.store.diners import diner_ids_by_code, load_diner, save_diners
from orders.store.identities import diner_of_identity, save_identity

SOURCE = "register"
CODE_PREFIX = "P"
OLDEST_YEARS = 125
Delivery = Literal["dine_in", "volunteer"]
DELIVERIES: tuple[Delivery, ...] = get_args(Delivery)


@dataclass(frozen=True, slots=True)
class NewDiner:
    """
    What is asked of somebody who registers.

    Parameters
    ----------
    name
        As on the ID card.
    site_id
        Where the meals are eaten, or from where they are brought.
    id_number
        Eighteen characters; it gives birth and sex. May be empty where the programme asks for none.
    born_on
        Needed without an ID number; must agree with one.
    delivery
        ``"dine_in"`` or ``"volunteer"``; a home that the van itself serves comes with the roster.
    phone, card_number, address
        May be empty.
    hukou, residence
        Six-digit codes, or a district or street as the programme writes it.
    programme_id
        Enrolled from today; empty follows the kitchen's own.
    diets, allergens, texture
        What the kitchen must know.
    evidence, approved_by
        Of the facts above: the papers seen, and who approved.
    code
        The clerk's number; empty gets the next one.
    """

    name: str
    site_id: str
    id_number: str = field(default="", repr=False)
    born_on: date | None = None
    delivery: Delivery = "dine_in"
    phone: str = ""
    card_number: str = ""
    address: str = ""
    hukou: str = ""
    residence: str = ""
    programme_id: str = ""
    diets: frozenset[str] = frozenset()
    allergens: frozenset[str] = frozenset()
    texture: Texture = "regular"
    evidence: str = ""
    approved_by: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a diner can and cannot eat, and where: the whole of it, as it shall be."""

    name: str
    site_id: str
    delivery: Delivery | Literal["direct"]
    diets: frozenset[str]
    allergens: frozenset[str]
    texture: Texture


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is: the ID number, or its keyed hash and last four from an application, and the birth."""

    digest: str = ""
    last_four: str = ""
    born_on: date | None = None
    sex: str = ""


def register_diner(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, keys: PeopleKeys, new: NewDiner
) -> Diner:
    """
    Registers a diner with facts, telephone, card and programme.

    Raises
    ------
    BadInput
        When the ID number, the birth, a number or the name cannot be.
    Conflict
        ``already_registered`` when the ID number stands for a diner, with that diner's code.
    """
    today_on = today_at_site(session, new.site_id, now_at)
    person = person_of(new, keys, today_on)
    return register_person(session, actor, now_at, ids, new, person)


def register_person(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, new: NewDiner, person: Person
) -> Diner:
    """Registers a diner whose ID number has been read already; see `register_diner`."""
    ensure_site(session, actor, "people.register", new.site_id)
    hold(session, "register")
    today_on = today_at_site(session, new.site_id, now_at)
    _require_complete(session, new, person, today_on)
    diner = _diner(session, ids, now_at, new, person)
    save_diners(session, [diner], SOURCE, recorded_at=now_at, recorded_by=actor.user_id)
    if person.digest:
        _keep_identity(session, actor, now_at, diner.diner_id, person)
    if new.phone:
        issue_number(session, actor, now_at, ids, diner.diner_id, "phone", new.phone)
    if new.card_number:
        issue_number(session, actor, now_at, ids, diner.diner_id, "card", new.card_number)
    if new.programme_id:
        _enrol(session, actor, now_at, ids, diner.diner_id, new, today_on)
    detail = {"code": diner.code, "site": new.site_id, "programme": new.programme_id}
    record(session, actor, "people.register/add", diner.diner_id, now_at, detail)
    return diner


def set_id_number(
    session: Session, actor: Actor, now_at: datetime, keys: PeopleKeys, diner_id: str, id_number: str
) -> None:
    """
    Adds a diner's ID number, or puts a wrong one right; the birth follows the card.

    Raises
    ------
    BadInput
        When the number cannot be.
    Conflict
        ``already_registered`` when it stands for another diner.
    """
    diner = diner_for(session, actor, "people.register", diner_id, now_at)
    read = read_id_number(id_number, today_at_site(session, diner.site_id, now_at))
    person = _person(read, keys)
    if diner.born_on != read.born_on:
        save_diners(session, [replace(diner, born_on=read.born_on)], SOURCE, recorded_at=now_at)
    _keep_identity(session, actor, now_at, diner_id, person)
    record(session, actor, "people.register/identity", diner_id, now_at)


def change_needs(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, diner_id: str, needs: Needs
) -> int:
    """
    Changes name, site, delivery or needs; changed needs are judged again against locked orders.

    Returns
    -------
    int
        Clashes that the change made; a person settles them.
    """
    old = diner_for(session, actor, "people.register", diner_id, now_at)
    ensure_site(session, actor, "people.register", needs.site_id)
    if needs.delivery == "direct" and old.delivery != "direct":
        raise BadInput("direct_by_roster")
    if not needs.name.strip():
        raise BadInput("name_missing")
    diner = replace(
        old,
        name=needs.name.strip(),
        site_id=old.site_id if needs.delivery == "direct" else needs.site_id,
        delivery=needs.delivery,
        diets=needs.diets,
        allergens=needs.allergens,
        texture=needs.texture,
    )
    save_diners(session, [diner], SOURCE)
    record(session, actor, "people.register/change", diner_id, now_at, {"site": diner.site_id})
    changed = (old.allergens, old.diets, old.texture) != (diner.allergens, diner.diets, diner.texture)
    return recheck_diners(session, [diner.code] if changed else [], now_at=now_at, ids=ids)


def person_of(new: NewDiner, keys: PeopleKeys, today_on: date) -> Person:
    """
    Reads the ID number, if there is one, and the birth.

    Raises
    ------
    BadInput
        ``born_on_differs``, ``born_on_missing``, ``birth_impossible`` or what `read_id_number` refuses.
    """
    if new.id_number.strip():
        read = read_id_number(new.id_number, today_on)
        if new.born_on is not None and new.born_on != read.born_on:
            raise BadInput("born_on_differs", born_on=read.born_on.isoformat())
        return _person(read, keys)
    if new.born_on is None:
        raise BadInput("born_on_missing")
    if not today_on.year - OLDEST_YEARS <= new.born_on.year or new.born_on > today_on:
        raise BadInput("birth_impossible")
    return Person(born_on=new.born_on)


def _person(read: IdNumber, keys: PeopleKeys) -> Person:
    return Person(read.digest(keys.identity), read.last_four, read.born_on, read.sex)


def _keep_identity(session: Session, actor: Actor, now_at: datetime, diner_id: str, person: Person) -> None:
    holder = diner_of_identity(session, person.digest)
    if holder not in (None, diner_id):
        raise _registered(session, str(holder))
    save_identity(
        session,
        diner_id,
        person.digest,
        person.last_four,
        recorded_at=now_at,
        recorded_by=actor.user_id,
    )


def _registered(session: Session, diner_id: str) -> Conflict:
    diner = load_diner(session, diner_id)
    return Conflict("already_registered", diner=diner.code if diner else "-")


def _require_complete(session: Session, new: NewDiner, person: Person, today_on: date) -> None:
    if not new.name.strip():
        raise BadInput("name_missing")
    for fact, place in (("hukou", new.hukou.strip()), ("residence", new.residence.strip())):
        if place:
            require_place(fact, place)
    if not person.digest and "id_card" in registration_rules(
        session, new.site_id, new.programme_id, today_on
    ):
        raise BadInput("id_number_missing")
    if person.digest and (holder := diner_of_identity(session, person.digest)) is not None:
        raise _registered(session, holder)


def _diner(session: Session, ids: IdSource, now_at: datetime, new: NewDiner, person: Person) -> Diner:
    known = diner_ids_by_code(session)
    code = new.code.strip() or _next_code(known)
    if code in known:
        raise Conflict("code_taken", diner=code)
    if person.born_on is None:
        raise BadInput("born_on_missing")
    return Diner(
        diner_id=ids.new(),
        code=code,
        name=new.name.strip(),
        born_on=person.born_on,
        site_id=new.site_id,
        delivery=new.delivery,
        allergens=new.allergens,
        diets=new.diets,
        texture=new.texture,
        facts=_first_facts(new, person, now_at),
    )


def _first_facts(new: NewDiner, person: Person, now_at: datetime) -> tuple[DinerFact, ...]:
    evidence, approved_by = new.evidence.strip(), new.approved_by.strip()
    said = {"hukou": new.hukou, "residence": new.residence}
    plain = {
        "sex": person.sex[:1],
        "id_last_four": person.last_four,
        "address": new.address,
        "phone": new.phone,
    }
    facts: tuple[DinerFact, ...] = ()
    for name, value in (said | plain).items():
        if value.strip():
            facts = with_fact(facts, name, value.strip(), now_at.date())
    proven = [replace(one, evidence=evidence, approved_by=approved_by) for one in facts if one.fact in said]
    return (*proven, *(one for one in facts if one.fact not in said))


def _next_code(known: dict[str, str]) -> str:
    numbers = (int(code[1:]) for code in known if re.fullmatch(rf"{CODE_PREFIX}\d{{5,9}}", code))
    return short_code(CODE_PREFIX, max(numbers, default=0) + 1, 5)


def _enrol(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    diner_id: str,
    new: NewDiner,
    today_on: date,
) -> None:
    enrol(
        session,
        actor,
        now_at,
        ids,
        diner_id,
        new.programme_id,
        from_on=today_on,
        evidence=new.evidence,
        approved_by=new.approved_by,
    )
