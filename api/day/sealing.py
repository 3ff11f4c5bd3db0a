"""A closed hold is sealed: its readings go into chunks, what comes late into further ones."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from api.day.judging import Judged
from telemetry.hold_facts import HoldFacts
from telemetry.readings import WHOLE_DEVICE
from telemetry.store.chunks import count_sealed
from telemetry.store.history import Span, seal, span_of_use
from telemetry.store.readings import count_readings_of_boxes
from telemetry.store.verdicts import latest_verdicts


def seal_holds(session: Session, judged: Mapping[str, Judged], now_at: datetime) -> int:
    """
    Seals those of some judged holds that are closed.

    Parameters
    ----------
    session
        The transaction that judged them.
    judged
        By box id.
    now_at
        When.

    Returns
    -------
    int
        How many chunks were made; none where every reading was sealed before.
    """
    closed = {box_id: one.facts for box_id, one in judged.items() if one.verdict.final}
    return sum(len(seal(session, hold_spans(facts, now_at), box, now_at)) for box, facts in closed.items())


def hold_spans(facts: HoldFacts, now_at: datetime) -> list[Span]:
    """What a hold's probes, and their devices of themselves, told up to the end of its chain."""
    end_at = facts.chain_end_at or now_at
    of_probes = [span_of_use(use, use.from_at, end_at) for use in facts.uses]
    probes = [span for span in of_probes if span is not None]
    devices = {span.device_id: replace(span, probe=WHOLE_DEVICE, senses=None) for span in probes}
    return [*probes, *devices.values()]


def unsealed_holds(session: Session, box_ids: Collection[str]) -> list[str]:
    """Those of some boxes whose hold is closed and has readings, none of them sealed."""
    verdicts = latest_verdicts(session, list(box_ids))
    closed = [box_id for box_id, verdict in verdicts.items() if verdict.final]
    sealed = count_sealed(session, closed)
    open_still = [box_id for box_id in closed if not sealed[box_id]]
    counts = count_readings_of_boxes(session, open_still) if open_still else {}
    return sorted(box_id for box_id, count in counts.items() if count)
