"""Finding a diner as staff do: by name, pinyin initials, code, telephone or card; and the whole of one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from api.oversight.blacklist import person_shut
from api.permissions import Actor, ensure
from api.register.family import logins_of
from api.register.scope import diner_for, sites_of_actor, today_at_site
from orders.bindings import Binding
from orders.credentials import Credential
from orders.diners import Diner
from orders.enrolment import Enrolment, programme_on
from orders.oversight.blacklist import Shut
from orders.standing import Pause, StandingOrder
from orders.store.bindings import load_bindings
from orders.store.credentials import find_by_phone_tail, find_by_token, load_credentials
from orders.store.diner_facts import RecordedFact, load_fact_history
from orders.store.diners import RollEntry, load_roll
from orders.store.enrolments import load_disputed, load_enrolments
from orders.store.identities import load_identities
from orders.store.sites import kitchens_of_sites
from orders.store.standing import load_pauses, load_standing


@dataclass(frozen=True, slots=True)
class Found:
    """
    One hit of a search.

    Parameters
    ----------
    entry
        The diner's line of the list.
    last_four
        Of the ID number, empty when it is not known.
    revoked
        The card that was shown, when it is no longer good.
    """

    entry: RollEntry
    last_four: str = ""
    revoked: Credential | None = None


@dataclass(frozen=True, slots=True)
class WholePerson:
    """
    Everything the register has about a diner.

    Parameters
    ----------
    diner
        With the facts that stand.
    site
        Name of the canteen.
    last_four
        Of the ID number, empty when it is not known.
    history
        Every row of facts, in the order of recording.
    credentials, enrolments, bindings, standing, pauses
        Of the diner, ended ones too, standing orders and pauses that are over excepted.
    logins
        User id to login and name of the bound users.
    today_on
        The date at the kitchen.
    shut
        What is on the blacklist of the diner today; it withholds no meal.
    """

    diner: Diner
    site: str
    last_four: str
    history: tuple[RecordedFact, ...]
    credentials: tuple[Credential, ...]
    enrolments: tuple[Enrolment, ...]
    bindings: tuple[Binding, ...]
    standing: tuple[StandingOrder, ...]
    pauses: tuple[Pause, ...]
    logins: dict[str, tuple[str, str]]
    today_on: date
    shut: Shut | None = None

    @property
    def programme_id(self) -> str | None:
        """The programme that feeds the diner today; None follows the kitchen's own."""
        return programme_on(self.enrolments, self.today_on)

    @property
    def stopped_by(self) -> str | None:
        """What stops the diner's meals today, or None."""
        return self.diner.stopped_by(self.today_on)


def find_people(
    session: Session, actor: Actor, text: str, initials: Callable[[str], str], limit: int = 30
) -> list[Found]:
    """
    Diners that a text may mean, within what the actor may see; a scanned card first.

    Parameters
    ----------
    session
        Open transaction.
    actor
        Staff.
    text
        Part of a name, initials (``zs`` finds 张三), a code, at least four digits of a telephone's end, a
        card's number or a scanned QR text.
    initials
        Gives a name's Latin initials.
    limit
        Most hits.
    """
    ensure(actor, "people.read")
    wanted = text.strip()
    if not wanted:
        return []
    roll = {entry.diner_id: entry for entry in load_roll(session, _sites(session, actor))}
    hits: dict[str, Credential | None] = {}
    shown = find_by_token(session, wanted)
    if shown is not None:
        hits[shown[0]] = shown[1]
    if wanted.isdigit() and len(wanted) >= 4:
        hits |= dict.fromkeys(find_by_phone_tail(session, actor.site_id, wanted))
    plain = wanted.lower()
    for entry in roll.values():
        if plain in entry.name.lower() or plain in entry.code.lower() or plain in initials(entry.name):
            hits.setdefault(entry.diner_id, None)
    ids = [diner_id for diner_id in hits if diner_id in roll][:limit]
    known = load_identities(session, ids)
    return [Found(roll[one], known[one][1] if one in known else "", hits[one]) for one in ids]


def whole_person(session: Session, actor: Actor, now_at: datetime, diner_id: str) -> WholePerson:
    """
    Everything the register has about a diner whom the actor may see.

    Raises
    ------
    NotFound
        When there is no such diner.
    """
    diner = diner_for(session, actor, "people.read", diner_id, now_at)
    known = load_identities(session, [diner_id]).get(diner_id)
    bindings = tuple(load_bindings(session, diner_id=diner_id))
    today_on = today_at_site(session, diner.site_id, now_at)
    logins = logins_of(session)
    return WholePerson(
        diner=diner,
        site=sites_of_actor(session, actor).get(diner.site_id, diner.site_id),
        last_four=known[1] if known else "",
        history=tuple(load_fact_history(session, [diner_id]).get(diner_id, ())),
        credentials=tuple(load_credentials(session, [diner_id])),
        enrolments=load_enrolments(session, [diner_id]).get(diner_id, ()),
        bindings=bindings,
        standing=load_standing(session, [diner_id]).get(diner_id, ()),
        pauses=load_pauses(session, [diner_id]).get(diner_id, ()),
        logins={one.user_id: logins.get(one.user_id, (one.user_id, "")) for one in bindings},
        today_on=today_on,
        shut=person_shut(session, diner, today_on),
    )


def overlaps_to_settle(
    session: Session, actor: Actor
) -> list[tuple[RollEntry, Enrolment, tuple[Enrolment, ...]]]:
    """Imported enrolments that overlap, each with its diner and the enrolments that hold."""
    ensure(actor, "people.read")
    disputed = load_disputed(session)
    if not disputed:
        return []
    roll = {entry.diner_id: entry for entry in load_roll(session, _sites(session, actor))}
    own = load_enrolments(session, [one.diner_id for one in disputed])
    return [
        (
            roll[one.diner_id],
            one,
            tuple(other for other in own[one.diner_id] if other.state == "active" and other.overlaps(one)),
        )
        for one in disputed
        if one.diner_id in roll
    ]


def _sites(session: Session, actor: Actor) -> list[str] | None:
    """The sites whose diners an actor may see, homes among them; None for all."""
    if actor.site_id is not None:
        return [actor.site_id]
    if actor.kitchen_id is None:
        return None
    return [site for site, kitchen in kitchens_of_sites(session).items() if kitchen == actor.kitchen_id]
