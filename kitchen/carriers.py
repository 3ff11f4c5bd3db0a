"""Where each carrier is in its round: clean, packed, out, empty at a site, back, washed, or not in use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from kitchen.tables import Table, part, text
from orders.codes import Coded
from orders.errors import Conflict

CarrierState = Literal[
    "clean", "preheated", "packed", "out", "at_site", "back", "washed", "ready", "repair", "lost"
]
CarrierAct = Literal[
    "vouch", "preheat", "pack", "leave", "empty", "return", "wash", "ready", "repair", "mend", "lose", "find"
]
STATES: tuple[CarrierState, ...] = get_args(CarrierState)
ACTS: tuple[CarrierAct, ...] = get_args(CarrierAct)
FIT: frozenset[CarrierState] = frozenset({"clean", "preheated", "ready"})
AWAY: frozenset[CarrierState] = frozenset({"out", "at_site"})
WATCHING: frozenset[CarrierAct] = frozenset({"vouch", "wash", "ready"})
_ANY: frozenset[CarrierState | None] = frozenset({None, *STATES})
_HERE = _ANY - {"packed", "out"}
_RESULT: Mapping[CarrierAct, CarrierState] = {
    "vouch": "clean",
    "preheat": "preheated",
    "pack": "packed",
    "leave": "out",
    "empty": "at_site",
    "return": "back",
    "wash": "washed",
    "ready": "ready",
    "repair": "repair",
    "mend": "back",
    "lose": "lost",
    "find": "back",
}
# What each act may follow; None is a carrier of which nothing is known yet.
_FOLLOWS: Mapping[CarrierAct, frozenset[CarrierState | None]] = {
    "vouch": frozenset({None}),
    "preheat": frozenset({"clean", "ready"}),
    "pack": frozenset({"clean", "ready", "preheated"}),
    "leave": frozenset({"packed"}),
    "empty": frozenset({"packed", "out"}),
    "return": frozenset({None, "packed", "out", "at_site", "lost"}),
    "wash": _HERE - {"at_site", "repair", "lost"},
    "ready": frozenset({"washed"}),
    "repair": _HERE,
    "mend": frozenset({"repair"}),
    "lose": _ANY - {"lost"},
    "find": frozenset({"lost"}),
}


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """
    One thing that happened to a carrier.

    Parameters
    ----------
    event_id, carrier_id, act
        Row id, which carrier, what.
    actor
        Who wrote it down, as a user id.
    happened_at, recorded_at
        When it happened, and when we learnt of it.
    site_id, box_id
        Where it went, and as which box; empty where neither counts.
    method, person
        Of a wash: how, and who did it by name; of others the person, where one is named.
    note
        What is wrong with it, where it was last seen.
    replaces
        Row that this one corrects.
    withdrawn
        Whether it says that the act never happened.
    """

    event_id: str
    carrier_id: str
    act: CarrierAct
    actor: str
    happened_at: datetime
    recorded_at: datetime
    site_id: str = ""
    box_id: str = ""
    method: str = ""
    person: str = ""
    note: str = ""
    replaces: str | None = None
    withdrawn: bool = False

    def __post_init__(self) -> None:
        if self.act not in ACTS:
            raise ValueError(f"act must be one of {ACTS}, got {self.act!r}.")
        if self.act == "wash" and not (self.method and self.person):
            raise ValueError("A wash needs its method and the person who did it.")
        if self.withdrawn and self.replaces is None:
            raise ValueError("Only a row that names another takes an act back.")


@dataclass(frozen=True, slots=True)
class CarrierStatus:
    """
    How a carrier stands.

    Parameters
    ----------
    carrier_id
        Which.
    state, since_at
        Its state and since when; None when nothing is known of it.
    site_id, box_id
        Where it went last and as which box, as long as it is not back.
    note
        Of the last act.
    washed
        Its last wash.
    """

    carrier_id: str
    state: CarrierState | None = None
    since_at: datetime | None = None
    site_id: str = ""
    box_id: str = ""
    note: str = ""
    washed: CarrierEvent | None = None


@dataclass(frozen=True, slots=True)
class SiteBalance:
    """
    The carriers that a site has of ours.

    Parameters
    ----------
    site_id
        Which site.
    empty
        Carriers that stand empty there.
    not_empty
        Carriers on their way there, or of which nobody said that they are empty.
    oldest_at
        Since when the one stands there that is away longest.
    """

    site_id: str
    empty: tuple[str, ...]
    not_empty: tuple[str, ...]
    oldest_at: datetime

    @property
    def away(self) -> int:
        """Carriers that are to come back."""
        return len(self.empty) + len(self.not_empty)


@dataclass(frozen=True, slots=True)
class WashMethod:
    """
    A way to clean and disinfect a carrier.

    Parameters
    ----------
    code, name_zh, name_en
        What is kept, and how people call it.
    rule_zh, rule_en
        What it takes.
    evidence
        How that was seen.
    """

    code: str
    name_zh: str
    name_en: str
    rule_zh: str
    rule_en: str
    evidence: str


def state_after(act: CarrierAct) -> CarrierState:
    """The state that an act leads to."""
    return _RESULT[act]


def acts_open(state: CarrierState | None) -> tuple[CarrierAct, ...]:
    """What may be done with a carrier in this state, None when nothing is known of it."""
    return tuple(act for act in ACTS if state in _FOLLOWS[act])


def standing(events: Iterable[CarrierEvent]) -> list[CarrierEvent]:
    """
    The events that were neither replaced nor taken back, in the order in which they happened.

    Parameters
    ----------
    events
        All rows, in the order in which they were recorded; the later of two at one instant counts as later.
    """
    rows = list(events)
    replaced = {row.replaces for row in rows}
    found = [row for row in rows if row.event_id not in replaced and not row.withdrawn]
    return sorted(found, key=lambda row: row.happened_at)


def status_after(event: CarrierEvent | None, washed: CarrierEvent | None, carrier_id: str) -> CarrierStatus:
    """How a carrier stands after its last event and its last wash."""
    if event is None:
        return CarrierStatus(carrier_id)
    return CarrierStatus(
        carrier_id=carrier_id,
        state=_RESULT[event.act],
        since_at=event.happened_at,
        site_id=event.site_id,
        box_id=event.box_id,
        note=event.note,
        washed=washed,
    )


def stays_abroad(act: CarrierAct) -> bool:
    """Whether the carrier is still with the site and box of its last packing after this act."""
    return _RESULT[act] in ("packed", "out", "at_site", "lost")


def require_open(status: CarrierStatus, act: CarrierAct, code: str) -> None:
    """
    Refuses an act that a carrier's state does not allow.

    Parameters
    ----------
    status, act
        How it stands, and what is to be done.
    code
        What stands on it, for the sentence.

    Raises
    ------
    Conflict
        ``carrier_act_not_now``.
    """
    if act not in acts_open(status.state):
        raise Conflict(
            "carrier_act_not_now", carrier=code, carrier_state=status.state or "unknown", carrier_act=act
        )


def require_in_turn(status: CarrierStatus, at: datetime, code: str) -> None:
    """
    Refuses an act dated before the last one that stands: nobody knows what would have followed it.

    Raises
    ------
    Conflict
        ``carrier_act_after``, naming the state and since when.
    """
    if status.since_at is not None and at < status.since_at:
        raise _after(code, status.state, status.since_at)


def require_same_turn(events: Iterable[CarrierEvent], moved: CarrierEvent, at: datetime, code: str) -> None:
    """
    Refuses to move an act past another one of its carrier.

    Parameters
    ----------
    events
        All rows of the carrier, in the order in which they were recorded.
    moved, at
        The act, which stands, and when it is said to have happened.
    code
        What stands on the carrier, for the sentence.

    Raises
    ------
    Conflict
        ``carrier_act_after``, naming the act that would be passed.
    """
    turns = standing(events)
    place = next(i for i, one in enumerate(turns) if one.event_id == moved.event_id)
    before = [one for one in turns[:place] if one.happened_at > at]
    passed = (*before[-1:], *(one for one in turns[place + 1 :] if one.happened_at <= at))
    for one in passed[:1]:
        raise _after(code, _RESULT[one.act], one.happened_at)


def may_follow(events: Iterable[CarrierEvent], act: CarrierAct, box_id: str, at: datetime) -> bool:
    """
    Whether the day's own word about a box still is one about its carrier: a state does not run backwards.

    Parameters
    ----------
    events
        All rows of the carrier, in the order in which they were recorded.
    act, box_id, at
        What is said, of which box, and when it happened.
    """
    before = [one for one in standing(events) if one.happened_at <= at]
    return bool(before) and before[-1].box_id == box_id and act in acts_open(_RESULT[before[-1].act])


def why_not_packed(status: CarrierStatus, code: str) -> Coded | None:
    """Why food must not go into a carrier, None when it is clean."""
    if status.state in FIT:
        return None
    return Coded("carrier_not_clean", {"carrier": code, "carrier_state": status.state or "unknown"})


def balances(found: Iterable[CarrierStatus]) -> list[SiteBalance]:
    """What each site has of ours, by site."""
    away: dict[str, list[CarrierStatus]] = {}
    for status in found:
        if status.state in AWAY:
            away.setdefault(status.site_id, []).append(status)
    return [_balance(site_id, away[site_id]) for site_id in sorted(away)]


def missing(found: Iterable[CarrierStatus], before_at: datetime) -> list[CarrierStatus]:
    """The carriers that went out before an instant and are not back, those away longest first."""
    late = [one for one in found if one.state in AWAY and one.since_at and one.since_at < before_at]
    return sorted(late, key=lambda one: (one.since_at, one.carrier_id))


def wash_methods(document: Table) -> dict[str, WashMethod]:
    """
    The methods of a ``carriers.toml``, by code in the order of the file.

    Raises
    ------
    ValueError
        Naming the field that cannot be used.
    """
    methods = part(document, "method")
    return {code: _method(code, part(methods, code)) for code in methods}


def _after(code: str, state: CarrierState | None, at: datetime) -> Conflict:
    return Conflict("carrier_act_after", carrier=code, carrier_state=state or "unknown", at=at.isoformat())


def _method(code: str, table: Table) -> WashMethod:
    name, rule = part(table, "name"), part(table, "rule")
    return WashMethod(
        code, text(name, "zh"), text(name, "en"), text(rule, "zh"), text(rule, "en"), text(table, "evidence")
    )


def _balance(site_id: str, found: list[CarrierStatus]) -> SiteBalance:
    return SiteBalance(
        site_id,
        tuple(one.carrier_id for one in found if one.state == "at_site"),
        tuple(one.carrier_id for one in found if one.state == "out"),
        min(one.since_at for one in found if one.since_at),
    )
