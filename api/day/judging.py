"""Judge a box's hold after each new fact; keep a verdict that says something new, raise an alarm once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from api.alarm_rules import alarm_rules
from api.day.escalate import ask_for_steps, call_nobody_else
from api.day.holds import Memory, acts_of, hold_facts, packings, profile_at
from api.day.holds_facts import Packing
from api.day.judged_again import why_again
from api.db import hold
from orders.ids import IdSource
from orders.store.sites import load_kitchen_settings
from telemetry.alarm_causes import ambient_c
from telemetry.alarm_rules import AlarmRules
from telemetry.alarms import Alarm, AlarmFacts, AlarmStep, step
from telemetry.hold_chain import judge
from telemetry.hold_facts import HoldFacts, HoldVerdict
from telemetry.store.alarms import apply_step, cleared_alarms, open_alarms_of
from telemetry.store.verdicts import append_verdict, latest_verdicts


@dataclass(frozen=True, slots=True)
class Judged:
    """A box's hold, its verdict, and how many alarms this judgement raised."""

    packing: Packing
    facts: HoldFacts
    verdict: HoldVerdict
    raised: int


def judge_boxes(
    session: Session,
    box_ids: Collection[str],
    now_at: datetime,
    ids: IdSource,
    memory: Memory | None = None,
) -> dict[str, Judged]:
    """
    Judges these boxes from all their rows and keeps what is new; one transaction at a time in a production.

    Parameters
    ----------
    session
        Open transaction.
    box_ids
        Boxes of any services; one not yet packed is passed over.
    now_at
        The instant of the judgement.
    ids
        Source of row ids.
    memory
        Of a long-lived worker; None reads everything.

    Returns
    -------
    dict[str, Judged]
        By box id.
    """
    if not box_ids:
        return {}
    known = memory.packings(session, box_ids) if memory else packings(session, box_ids)
    for production_id in sorted({packing.box.production_id for packing in known.values()}):
        hold_judging(session, production_id)
    kept = latest_verdicts(session, list(box_ids))
    return judge_holds(session, known, _holds(session, known, memory), kept, now_at, ids)


def news_of(session: Session, box_ids: Collection[str], now_at: datetime, memory: Memory) -> list[str]:
    """
    Those of these boxes of which `judge_boxes` would keep something: another verdict, or an alarm's change.

    It writes nothing, so that nobody waits for it. A box whose hold is over, as was said before, is
    forgotten.
    """
    known = memory.packings(session, box_ids)
    holds, kept = _holds(session, known, memory), latest_verdicts(session, list(box_ids))
    ringing, watch, found = open_alarms_of(session, holds.keys()), _watch(session, known.values()), []
    for box_id, facts in holds.items():
        verdict, change = _weighed(known[box_id], facts, ringing[box_id], now_at, watch)
        if _says_new(kept.get(box_id), verdict) or change.raised or change.cleared:
            found.append(box_id)
        elif verdict.final:
            memory.forget(box_id)
    return found


def hold_judging(session: Session, production_id: str) -> None:
    """Waits until nobody else judges a production's boxes; what they are judged from is read after this."""
    hold(session, f"judge/{production_id}")


def judge_holds(
    session: Session,
    known: Mapping[str, Packing],
    holds: Mapping[str, HoldFacts],
    kept: Mapping[str, HoldVerdict],
    now_at: datetime,
    ids: IdSource,
) -> dict[str, Judged]:
    """
    Judges holds that were read before, under `hold_judging`, as `judge_boxes` does.

    Parameters
    ----------
    session
        Open transaction.
    known, holds
        The boxes and their holds, by box id.
    kept
        Their newest verdicts; a box that was never judged has none.
    now_at, ids
        The instant of the judgement; source of row ids.
    """
    ringing, watch, judged = open_alarms_of(session, holds.keys()), _watch(session, known.values()), {}
    for box_id, facts in holds.items():
        verdict, change = _weighed(known[box_id], facts, ringing[box_id], now_at, watch)
        before = kept.get(box_id)
        if _says_new(before, verdict):
            if before is not None and before.final:
                why = why_again(session, box_id, before, facts, verdict.readings)
                verdict = replace(verdict, because=why)
            append_verdict(session, ids.new(), box_id, verdict, now_at)
        if change.raised or change.cleared:
            raised = apply_step(session, box_id, change, ids.new)
            ask_for_steps(session, raised, watch.rules, ids)
            call_nobody_else(session, cleared_alarms(session, box_id, now_at), now_at)
        judged[box_id] = Judged(known[box_id], facts, verdict, len(change.raised))
    return judged


def _holds(session: Session, known: Mapping[str, Packing], memory: Memory | None) -> dict[str, HoldFacts]:
    """The holds of boxes of any services; one not yet packed has none."""
    by_production: dict[str, dict[str, Packing]] = defaultdict(dict)
    for box_id, packing in known.items():
        by_production[packing.box.production_id][box_id] = packing
    holds: dict[str, HoldFacts] = {}
    for production_id, own in by_production.items():
        service = next(iter(own.values())).service
        acts = acts_of(session, service, production_id, own.values())
        holds |= hold_facts(session, own, acts, profile_at(session, service.kitchen_id), memory)
    return holds


@dataclass(frozen=True, slots=True)
class _Watch:
    """By which rules alarms ring, and how warm each kitchen takes the weather to be."""

    rules: AlarmRules
    ambient_c: Mapping[str, float]


def _watch(session: Session, known: Iterable[Packing]) -> _Watch:
    ambient_c = {}
    for kitchen_id in {one.service.kitchen_id for one in known}:
        _, settings = load_kitchen_settings(session, kitchen_id)
        if "ambient_c" in settings.get("assumption", {}):
            ambient_c[kitchen_id] = float(settings["assumption"]["ambient_c"])
    return _Watch(alarm_rules(session), ambient_c)


def _weighed(
    packing: Packing, facts: HoldFacts, ringing: tuple[Alarm, ...], now_at: datetime, watch: _Watch
) -> tuple[HoldVerdict, AlarmStep]:
    verdict = judge(facts, now_at)
    assumed_c = watch.ambient_c.get(packing.service.kitchen_id)
    weather = AlarmFacts(facts, verdict, packing.last_plate_at, ambient_c(facts, now_at, assumed_c))
    return verdict, step(ringing, weather, now_at, watch.rules.params)


def _says_new(before: HoldVerdict | None, verdict: HoldVerdict) -> bool:
    if before is None or before.final != verdict.final:
        return True
    return (before.shown, before.eat_by_at) != (verdict.shown, verdict.eat_by_at) or (
        verdict.final and before != verdict
    )
