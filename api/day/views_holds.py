"""What the inspector's pages show: every hold with its verdict, and one hold in full."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session

from api.day.holds import acts_of, hold_facts, packings, profile_at, profile_of_verdict
from api.day.views import Round
from api.day.views_chart import HoldPoint, chart_points
from kitchen.safety import SafetyProfile
from orders.codes import Coded
from orders.menus import HoldClass
from orders.service import Service
from telemetry.hold_chain import judge
from telemetry.hold_facts import HoldFacts, HoldVerdict
from telemetry.store.alarm_acts import Decision, load_decisions
from telemetry.store.alarms import AlarmRow, alarm_rows
from telemetry.store.probe_uses import CorrectedUse, corrected_uses
from telemetry.store.verdicts import latest_verdicts, verdicts_of_box

Shown = Literal["breached", "cannot_be_judged", "open", "passed"]
WORST_FIRST: tuple[Shown, ...] = ("breached", "cannot_be_judged", "open", "passed")


@dataclass(frozen=True, slots=True)
class HoldRow:
    """
    One box in the list of holds.

    Parameters
    ----------
    box_id, code, site_id, site_name, hold_class, portions
        Which box, for where; a home goes by its code.
    cooked_at, packed_at, handed_over_at, eat_by_at
        Its instants; None for what has not happened.
    shown
        What may be said of it now.
    reason
        What decided, None while nothing is decided.
    """

    box_id: str
    code: str
    site_id: str
    site_name: str
    hold_class: HoldClass
    portions: int
    cooked_at: datetime
    packed_at: datetime | None
    handed_over_at: datetime | None
    eat_by_at: datetime
    shown: Shown
    reason: Coded | None


@dataclass(frozen=True, slots=True)
class HoldView:
    """
    One hold's page.

    Parameters
    ----------
    row
        As in the list.
    service
        Its service.
    carrier_code
        The carrier it was packed in.
    facts
        Everything known about it; None before it is packed.
    verdict
        The final verdict as it was kept, else the judgement of this minute.
    profile
        The rule that it was judged by, else the kitchen's.
    points
        For chart and table, in order of time.
    other_senses
        What the probe that is no core probe senses, empty without one.
    backfilled
        Readings that arrived later than they were taken.
    alarms, decisions
        All alarms of the box, and what was decided about its food, oldest first.
    finals
        Every final verdict that was given, with its instant, oldest first.
    corrected
        What was corrected of its sensors, oldest first.
    """

    row: HoldRow
    service: Service
    carrier_code: str
    facts: HoldFacts | None
    verdict: HoldVerdict | None
    profile: SafetyProfile
    points: tuple[HoldPoint, ...]
    other_senses: str
    backfilled: int
    alarms: tuple[AlarmRow, ...]
    decisions: tuple[Decision, ...]
    finals: tuple[tuple[datetime, HoldVerdict], ...]
    corrected: tuple[CorrectedUse, ...]

    @property
    def check_at(self) -> datetime:
        """When the core must be at or above the limit for the longer window."""
        clock_at = self.verdict.clock_at if self.verdict else self.row.cooked_at
        return clock_at + timedelta(seconds=self.profile.hot_check_s)


def hold_rows(found: Round, site_id: str | None = None) -> list[HoldRow]:
    """The holds of a round, or of one of its sites, the worst first and then by code."""
    rows = [
        _row(found, box.box_id) for box in found.boxes.values() if site_id is None or box.site_id == site_id
    ]
    return sorted(rows, key=lambda row: (WORST_FIRST.index(row.shown), len(row.code), row.code))


def count_shown(rows: Iterable[HoldRow]) -> dict[Shown, int]:
    """How many holds have each verdict, the worst first."""
    counts = dict.fromkeys(WORST_FIRST, 0)
    for row in rows:
        counts[row.shown] += 1
    return counts


def hold_view(session: Session, found: Round, box_id: str, now_at: datetime) -> HoldView:
    """
    One hold's page.

    Raises
    ------
    NotFound
        When the box is unknown.
    """
    packing = packings(session, [box_id])[box_id]
    acts = acts_of(session, packing.service, packing.box.production_id, [packing])
    profile = profile_at(session, packing.service.kitchen_id)
    facts = hold_facts(session, {box_id: packing}, acts, profile).get(box_id)
    kept = latest_verdicts(session, [box_id]).get(box_id)
    verdict = kept if kept and kept.final else judge(facts, now_at) if facts else None
    rule = profile_of_verdict(session, verdict) or profile if verdict else profile
    others = [one.senses for one in facts.readings if one.senses != "core"] if facts else []
    return HoldView(
        row=_row(found, box_id),
        service=packing.service,
        carrier_code=packing.carrier.code,
        facts=facts,
        verdict=verdict,
        profile=rule,
        points=chart_points(facts, verdict, rule, is_refused=_is_refused(found, box_id))
        if facts and verdict
        else (),
        other_senses=str(others[0] or "") if others else "",
        backfilled=sum(reading.backfill for reading in facts.readings) if facts else 0,
        alarms=tuple(alarm_rows(session, [box_id])),
        decisions=load_decisions(session, [box_id]).get(box_id, ()),
        finals=tuple(one for one in verdicts_of_box(session, box_id) if one[1].final),
        corrected=tuple(corrected_uses(session, [box_id])[box_id]),
    )


def _is_refused(found: Round, box_id: str) -> bool:
    """Whether the box was turned away at the door."""
    receipt = found.receipts.get(box_id)
    return receipt is not None and receipt.condition == "refused"


def _row(found: Round, box_id: str) -> HoldRow:
    box, verdict = found.boxes[box_id], found.verdicts.get(box_id)
    packed, receipt = found.packed.get(box_id), found.receipts.get(box_id)
    planned_at = found.service.instant(box.eat_by_s)
    return HoldRow(
        box_id=box_id,
        code=box.code,
        site_id=box.site_id,
        site_name=found.nameless(box.site_id),
        hold_class=box.hold_class,
        portions=box.portions,
        cooked_at=found.box_cooked_at(box),
        packed_at=packed.happened_at if packed else None,
        handed_over_at=receipt.happened_at if receipt and not _is_refused(found, box_id) else None,
        eat_by_at=verdict.eat_by_at if verdict else planned_at,
        shown=verdict.shown if verdict else "open",
        reason=verdict.reasons[0] if verdict and verdict.shown != "open" and verdict.reasons else None,
    )
