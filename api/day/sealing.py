"""A closed hold is sealed: its readings go into chunks; what comes late or is corrected, into a new seal."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import structlog
from sqlmodel import Session

from api.day.judging import Judged
from telemetry.chunks import ChunkBroken
from telemetry.hold_facts import HoldFacts
from telemetry.readings import WHOLE_DEVICE
from telemetry.store.history import Span, seal_hold, span_of_use
from telemetry.store.verdicts import newest_number

log = structlog.get_logger(__name__)


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
        How many seals are new; none where each stood as it is.
    """
    closed = {box_id: one.facts for box_id, one in judged.items() if one.verdict.final}
    return sum(_seal(session, box_id, facts, now_at) for box_id, facts in closed.items())


def _seal(session: Session, box_id: str, facts: HoldFacts, now_at: datetime) -> bool:
    """Whether a new seal was made; a broken chunk is told, and costs no verdict."""
    spans, number = hold_spans(facts, now_at), newest_number(session, box_id)
    try:
        return seal_hold(session, box_id, spans, number, now_at) is not None
    except ChunkBroken as error:
        log.error("hold not sealed", box_id=box_id, **error.params)
        return False


def hold_spans(facts: HoldFacts, now_at: datetime) -> list[Span]:
    """What a hold's probes, and their devices of themselves, told up to the end of its chain."""
    end_at = facts.chain_end_at or now_at
    of_probes = [span_of_use(use, use.from_at, end_at) for use in facts.uses]
    probes = [span for span in of_probes if span is not None]
    devices = {span.device_id: replace(span, probe=WHOLE_DEVICE, senses=None) for span in probes}
    return [*probes, *devices.values()]
