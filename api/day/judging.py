"""Judge a box's hold after each new fact; keep a verdict that says something new, raise an alarm once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.day.holds import Memory, Packing, acts_of, hold_facts, packings, profile_at
from api.db import hold
from orders.ids import IdSource
from telemetry.alarms import AlarmFacts, step
from telemetry.hold_chain import judge
from telemetry.hold_facts import HoldFacts, HoldVerdict
from telemetry.store.alarms import apply_step, open_alarms_of
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
    by_production: dict[str, dict[str, Packing]] = defaultdict(dict)
    found = memory.packings(session, box_ids) if memory else packings(session, box_ids)
    for box_id, packing in found.items():
        by_production[packing.box.production_id][box_id] = packing
    for production_id in sorted(by_production):
        hold_judging(session, production_id)
    kept = latest_verdicts(session, list(box_ids))
    judged: dict[str, Judged] = {}
    for production_id, known in by_production.items():
        service = next(iter(known.values())).service
        acts = acts_of(session, service, production_id, known.values())
        profile = profile_at(session, service.kitchen_id)
        holds = hold_facts(session, known, acts, profile, memory)
        judged |= judge_holds(session, known, holds, kept, now_at, ids)
    return judged


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
    ringing, judged = open_alarms_of(session, holds.keys()), {}
    for box_id, facts in holds.items():
        packing, verdict = known[box_id], judge(facts, now_at)
        if _says_new(kept.get(box_id), verdict):
            append_verdict(session, ids.new(), box_id, verdict, now_at)
        change = step(ringing[box_id], AlarmFacts(facts, verdict, packing.last_plate_at), now_at)
        if change.raised or change.cleared:
            apply_step(session, box_id, change, ids.new)
        judged[box_id] = Judged(packing, facts, verdict, len(change.raised))
    return judged


def _says_new(before: HoldVerdict | None, verdict: HoldVerdict) -> bool:
    if before is None or before.final != verdict.final:
        return True
    return (before.shown, before.eat_by_at) != (verdict.shown, verdict.eat_by_at) or (
        verdict.final and before != verdict
    )
