"""What rang on the dates of a paper: who answered, and what was decided about the food."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.checks.asset_list import assets_by_id
from api.checks.desk import CheckDesk
from api.checks.floor import Floor
from api.reports.check_facts import AlarmLine
from telemetry.assets import is_asset
from telemetry.store.alarm_acts import Decision, load_decisions
from telemetry.store.alarms import AlarmRow, alarms_between

_LONGEST_CHAIN = timedelta(days=2)


def alarm_lines(
    session: Session, desk: CheckDesk, floors: Sequence[Floor], from_on: date, to_on: date
) -> dict[date, tuple[AlarmLine, ...]]:
    """
    The alarms of some dates, both included, oldest first.

    Parameters
    ----------
    session, desk
        Open transaction; whose paper.
    floors
        The services of these dates: a box rings on the date of its service, a fixed asset on that of the
        kitchen's wall clock.
    from_on, to_on
        The dates.
    """
    zone = ZoneInfo(desk.kitchen.zone)
    first_at, last_at = (datetime.combine(on, time.min, zone) for on in (from_on, to_on + timedelta(days=1)))
    rows = alarms_between(session, first_at - _LONGEST_CHAIN, last_at + _LONGEST_CHAIN)
    boxes = {box.box_id: (box.code, floor.service.service_on) for floor in floors for box in floor.boxes}
    assets = assets_by_id(session, {row.box_id for row in rows if is_asset(row.box_id)})
    decided = load_decisions(session, {row.box_id for row in rows})
    found: dict[date, list[AlarmLine]] = {}
    for row in rows:
        if row.box_id in boxes:
            code, on = boxes[row.box_id]
        elif row.box_id in assets and assets[row.box_id][0] == desk.kitchen.kitchen_id:
            code, on = assets[row.box_id][1].code, row.raised_at.astimezone(zone).date()
        else:
            continue
        if from_on <= on <= to_on:
            found.setdefault(on, []).append(_line(row, code, decided.get(row.box_id, ())))
    return {on: tuple(lines) for on, lines in found.items()}


def _line(row: AlarmRow, code: str, decisions: Sequence[Decision]) -> AlarmLine:
    by_this = [one for one in decisions if one.alarm_id == row.alarm_id]
    return AlarmLine(
        at=row.raised_at,
        code=code,
        said=row.reason,
        answered_at=row.acknowledged_at,
        answer=" ".join(part for part in (row.acknowledged_name, row.comment) if part),
        decisions=tuple((one.at, str(one.disposition), one.action, one.person) for one in by_this),
        ended_at=row.cleared_at,
    )
