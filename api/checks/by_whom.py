"""Who measured, and with which hand probe: asked of everybody wherever the kitchen lists them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.checks.desk import CheckDesk, Watch, person_named
from orders.codes import Coded
from orders.errors import BadInput


@dataclass(frozen=True, slots=True)
class ByWhom:
    """
    Probe and person of a measurement.

    Parameters
    ----------
    probe, person
        Which hand probe, who held it: code or name as told, empty where nobody says.
    warnings
        What there was to warn of when it was measured; None until they were looked up.
    """

    probe: str = ""
    person: str = ""
    warnings: tuple[Coded, ...] | None = None


NOBODY = ByWhom()


def by_whom(session: Session, desk: CheckDesk, watch: Watch, told: ByWhom, at: datetime) -> ByWhom:
    """
    Probe and person as they are listed, with the state of the calibration on the day of the measurement.

    What was looked up before stays as it was kept.

    Raises
    ------
    BadInput
        When one is listed and none is named, or one that is not listed, or somebody off duty.
    """
    if told.warnings is not None:
        return told
    probe, warnings = probe_named(desk, watch, told.probe, at)
    return ByWhom(probe, person_named(session, desk, watch, told.person), warnings)


def probe_named(desk: CheckDesk, watch: Watch, told: str, at: datetime) -> tuple[str, tuple[Coded, ...]]:
    """
    The code of a hand probe, and what is wrong with its calibration on the day of the measurement.

    Raises
    ------
    BadInput
        When the kitchen lists probes, and none is named or one that is not among them.
    """
    wanted = told.strip()
    if not watch.probes:
        return wanted, ()
    if not wanted:
        raise BadInput("probe_missing")
    if wanted not in watch.probes:
        raise BadInput("probe_unknown", probe=wanted)
    warning = watch.probes[wanted].warning(desk.date_of(at))
    return wanted, (warning,) if warning else ()
