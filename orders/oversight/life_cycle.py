"""A site's life: applied, assessed, selected, agreed, open, paused or moved, exited; pure, by its events."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from orders.codes import Coded, Param
from orders.errors import BadInput, Conflict
from orders.oversight.site_rules import SiteRules

SiteState = Literal[
    "applied",
    "failed",
    "assessed",
    "selected",
    "agreed",
    "open",
    "paused",
    "moved",
    "exited",
    "turned_down",
]
SiteAct = Literal[
    "apply", "assess", "select", "agree", "open", "pause", "move", "exit", "withdraw", "turn_down"
]
Grounds = Literal["planned", "emergency", "ordered"]
ACTS: tuple[SiteAct, ...] = get_args(SiteAct)

FROM: dict[SiteAct, frozenset[SiteState | None]] = {
    "apply": frozenset({None, "exited", "turned_down"}),
    "assess": frozenset({"applied", "failed", "assessed", "moved"}),
    "select": frozenset({"assessed"}),
    "agree": frozenset({"selected"}),
    "open": frozenset({"agreed", "paused"}),
    "pause": frozenset({"open", "paused"}),
    "move": frozenset({"open", "paused"}),
    "exit": frozenset({"selected", "agreed", "open", "paused", "moved"}),
    "turn_down": frozenset({"applied", "failed", "assessed", "selected"}),
}
TO: dict[SiteAct, SiteState] = {
    "apply": "applied",
    "select": "selected",
    "agree": "agreed",
    "open": "open",
    "pause": "paused",
    "move": "moved",
    "exit": "exited",
    "turn_down": "turned_down",
}
CHANGES: frozenset[SiteAct] = frozenset({"pause", "move", "exit"})
# Acts whose effect has a day of its own.
DATED: frozenset[SiteAct] = CHANGES | {"open", "apply", "turn_down"}
# Steps of the file; after an announced move they prepare the new address.
STEPS: frozenset[SiteAct] = frozenset({"assess", "select", "agree"})
# States that take a place in the programme's quota.
CHOSEN: frozenset[SiteState] = frozenset({"selected", "agreed", "open", "paused", "moved"})
RUNNING: frozenset[SiteState] = frozenset({"open", "paused", "moved"})


@dataclass(frozen=True, slots=True)
class Document:
    """
    A paper that an act rests on.

    Parameters
    ----------
    kind
        ``"agreement"``, ``"public_notice"``, ``"written_statement"``, or a paper's own name.
    ref
        Number, or where it is kept.
    dated_on
        Its date; of a public notice the day it was posted at the door.
    """

    kind: str
    ref: str
    dated_on: date


@dataclass(frozen=True, slots=True)
class SiteEvent:
    """
    One act on a site.

    Parameters
    ----------
    act
        What was done.
    by
        The named person who did it.
    happened_on
        When.
    effect_on
        First day it holds.
    until_on
        Last day of a pause, None when it is open-ended.
    grounds
        Of a pause, a move or an exit: planned ones keep the notice, an emergency or an authority's
        order does not.
    reason, contact
        Why, and who answers for it with telephone.
    documents
        What it rests on.
    passed
        Of an assessment, whether every item was kept.
    address
        Of a move, where to.
    """

    act: SiteAct
    by: str
    happened_on: date
    effect_on: date
    until_on: date | None = None
    grounds: Grounds = "planned"
    reason: str = ""
    contact: str = ""
    documents: tuple[Document, ...] = ()
    passed: bool | None = None
    address: str = ""

    def __post_init__(self) -> None:
        if self.until_on is not None and self.until_on < self.effect_on:
            raise ValueError(f"A pause ends after it begins, got {self.effect_on} to {self.until_on}.")

    def dated(self, kind: str) -> date | None:
        """Date of the document of this kind, None when there is none."""
        return next((one.dated_on for one in self.documents if one.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """
    In which state a site is from which day on.

    Parameters
    ----------
    state, since_on
        The state and its first day.
    until_on
        Last day of a pause that has one.
    """

    state: SiteState
    since_on: date
    until_on: date | None = None


class SiteActLacking(Conflict):
    """An act on a site that lacks something; every lack is named."""

    def __init__(self, site_id: str, act: SiteAct, reasons: Sequence[Coded]) -> None:
        super().__init__("site_act_lacking", site_id=site_id, site_act=act, count=len(reasons))
        self.reasons = tuple(reasons)


def standings(events: Sequence[SiteEvent]) -> tuple[Standing, ...]:
    """
    Every state that the events lead to, planned ones included, by first day.

    Parameters
    ----------
    events
        In the order in which they were done.
    """
    shown: list[Standing] = []
    for event in _counting(events):
        before = [one for one in shown if event.act not in DATED or one.since_on < event.effect_on]
        shown = [*before, *_effect(event, before), *_kept_later(event, shown)]
    return tuple(shown)


def standing_on(events: Sequence[SiteEvent], day_on: date) -> Standing | None:
    """How a site stands on a day, None before it applied."""
    reached = [one for one in standings(events) if one.since_on <= day_on]
    return reached[-1] if reached else None


def announced_after(events: Sequence[SiteEvent], day_on: date) -> tuple[Standing, ...]:
    """States that are announced for later days."""
    return tuple(one for one in standings(events) if one.since_on > day_on)


def closed_on(events: Sequence[SiteEvent], site_id: str, day_on: date) -> Coded | None:
    """
    Why a site takes no orders for a day, None when it is open or has no file at all.

    A site that the day's register knows and nobody filed is none of the oversight's business.
    """
    if not events:
        return None
    standing = standing_on(events, day_on)
    if standing is None:
        return Coded("site_not_open", {"site_id": site_id, "site_state": "applied"})
    if standing.state == "open":
        return None
    if standing.state == "paused" and standing.until_on is not None:
        return Coded("site_paused_until", {"site_id": site_id, "until_on": standing.until_on.isoformat()})
    return Coded("site_not_open", {"site_id": site_id, "site_state": standing.state})


def admit(
    site_id: str,
    event: SiteEvent,
    events: Sequence[SiteEvent],
    rules: SiteRules,
    *,
    found: Sequence[Coded] = (),
) -> None:
    """
    Refuses an act that the site's state, its papers or its notice do not allow.

    Parameters
    ----------
    site_id
        Whose act.
    event
        The act.
    events
        What was done before, in order.
    rules
        The programme's.
    found
        What else is lacking, as others found it: open items of the checklist, a full quota, licences.

    Raises
    ------
    BadInput
        When the act is dated before one that is already kept.
    Conflict
        When the state does not allow it, with code ``site_act_not_now``, or when a pause or a move would
        overrun a change that is announced already, with code ``site_change_announced``.
    SiteActLacking
        With every lack.
    """
    last_on = max([event.happened_on, *(one.happened_on for one in events[-1:])])
    if event.happened_on < last_on or event.effect_on < event.happened_on:
        raise BadInput("site_act_backdated", site_id=site_id, last_on=last_on.isoformat())
    state = state_before(event, events)
    if not _may(event, events, state):
        raise Conflict("site_act_not_now", site_id=site_id, site_act=event.act, site_state=state or "unknown")
    overrun = _overrun(event, events)
    if overrun is not None:
        since_on = overrun.since_on.isoformat()
        raise Conflict("site_change_announced", site_id=site_id, site_state=overrun.state, since_on=since_on)
    lacks = (*_lacks(event, rules, running=state in RUNNING), *found)
    if lacks:
        raise SiteActLacking(site_id, event.act, lacks)


def possible_on(events: Sequence[SiteEvent], day_on: date) -> tuple[SiteAct, ...]:
    """Acts that a site's state allows on a day, whatever papers they still lack."""
    tried = (SiteEvent(act, "-", day_on, day_on) for act in ACTS)
    return tuple(one.act for one in tried if _may(one, events, state_before(one, events)))


def state_before(event: SiteEvent, events: Sequence[SiteEvent]) -> SiteState | None:
    """The state that an act finds: on its first day, or, for steps of the file, the last one planned."""
    if event.act in DATED:
        standing = standing_on(events, event.effect_on)
        return standing.state if standing else None
    reached = standings(events)
    return reached[-1].state if reached else None


def _may(event: SiteEvent, events: Sequence[SiteEvent], state: SiteState | None) -> bool:
    if event.act == "withdraw":
        return _withdrawn(event, _counting(events)) is not None
    return state in FROM[event.act]


def _counting(events: Sequence[SiteEvent]) -> list[SiteEvent]:
    """The events without withdrawn changes, and without the steps that prepared a withdrawn move."""
    kept: list[SiteEvent] = []
    for event in events:
        if event.act != "withdraw":
            kept.append(event)
            continue
        gone = _withdrawn(event, kept)
        if gone is not None:
            after = [one for one in kept[gone + 1 :] if kept[gone].act != "move" or one.act not in STEPS]
            kept = [*kept[:gone], *after]
    return kept


def _withdrawn(event: SiteEvent, events: Sequence[SiteEvent]) -> int | None:
    """Place of the last announced change that has not begun when it is withdrawn."""
    found = [
        number
        for number, one in enumerate(events)
        if one.act in CHANGES and one.effect_on > event.happened_on
    ]
    return found[-1] if found else None


def _changes_after(shown: Sequence[Standing], day_on: date) -> list[Standing]:
    """Announced pauses, moves and exits of later days; a pause's own end is none."""
    return [one for one in shown if one.since_on > day_on and one.state in ("paused", "moved", "exited")]


def _overrun(event: SiteEvent, events: Sequence[SiteEvent]) -> Standing | None:
    """The announced change that a pause or a move would run into; an exit ends everything."""
    if event.act not in ("pause", "move"):
        return None
    later = _changes_after(standings(events), event.effect_on)
    if not later or (event.act == "pause" and event.until_on and event.until_on < later[0].since_on):
        return None
    return later[0]


def _kept_later(event: SiteEvent, shown: Sequence[Standing]) -> list[Standing]:
    """What stays announced beyond a pause that ends before it, or beyond an early reopening."""
    if event.act not in ("pause", "open"):
        return []
    changes = _changes_after(shown, event.effect_on)
    return [one for one in shown if changes and one.since_on >= changes[0].since_on]


def _effect(event: SiteEvent, before: Sequence[Standing]) -> list[Standing]:
    """The states that one act brings; steps of the file never overtake what is planned."""
    if event.act in DATED:
        first = Standing(TO[event.act], event.effect_on, event.until_on if event.act == "pause" else None)
        if event.act != "pause" or event.until_on is None:
            return [first]
        return [first, Standing("open", event.until_on + timedelta(days=1))]
    since_on = max([event.effect_on, *(one.since_on for one in before[-1:])])
    if event.act != "assess":
        return [Standing(TO[event.act], since_on)]
    moved = bool(before) and before[-1].state == "moved"
    if not event.passed:
        return [Standing("moved" if moved else "failed", since_on)]
    return [Standing("selected" if moved else "assessed", since_on)]


def _lacks(event: SiteEvent, rules: SiteRules, *, running: bool) -> list[Coded]:
    lacks = [] if event.by.strip() else [Coded("lacks_person")]
    if event.act == "agree":
        lacks += _papers(event, ("agreement", *rules.filing))
    if event.act in ("withdraw", "turn_down") and not event.reason.strip():
        lacks.append(Coded("lacks_reason"))
    if event.act in CHANGES:
        lacks += _change_lacks(event, rules, running=running)
    return lacks


def _change_lacks(event: SiteEvent, rules: SiteRules, *, running: bool) -> list[Coded]:
    """A planned change of a running site is posted at its door in time and explained in writing."""
    lacks = [] if event.reason.strip() else [Coded("lacks_reason")]
    if event.act == "move" and not event.address.strip():
        lacks.append(Coded("lacks_address"))
    if event.grounds != "planned" or not running:
        return lacks
    if not event.contact.strip():
        lacks.append(Coded("lacks_contact"))
    lacks += _papers(event, ("public_notice", "written_statement"))
    posted_on, days = event.dated("public_notice"), rules.change_notice_days or 0
    if posted_on is not None and (event.effect_on - posted_on).days < days:
        earliest_on = posted_on + timedelta(days=days)
        params: dict[str, Param] = {
            "days": days,
            "posted_on": posted_on.isoformat(),
            "earliest_on": earliest_on.isoformat(),
        }
        lacks.append(Coded("lacks_notice_days", params))
    return lacks


def _papers(event: SiteEvent, wanted: Collection[str]) -> list[Coded]:
    had = {one.kind for one in event.documents if one.ref.strip()}
    return [Coded("lacks_document", {"document": kind}) for kind in dict.fromkeys(wanted) if kind not in had]
