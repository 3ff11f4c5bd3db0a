"""What the sensors themselves show: who told what last, and what fell into no box."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, select

from telemetry.readings import Senses
from telemetry.store.readings import ReadingRow

TEMPERATURE = "temperature"


@dataclass(frozen=True, slots=True)
class ToldProbe:
    """
    A probe that told temperatures.

    Parameters
    ----------
    device_id, probe
        Which.
    senses
        What it senses by its frames, None when they do not say it.
    """

    device_id: str
    probe: str
    senses: Senses | None


def probes_told(session: Session, device_id: str, since_at: datetime) -> list[ToldProbe]:
    """The probes of a device that told temperatures since an instant, by name; any spelling of its case."""
    exact = {device_id, device_id.upper(), device_id.lower()}
    query = (
        select(ReadingRow.device_id, ReadingRow.probe, ReadingRow.senses)
        .where(col(ReadingRow.device_id).in_(exact), ReadingRow.quantity == TEMPERATURE)
        .where(col(ReadingRow.measured_at) >= since_at)
        .distinct()
        .order_by(ReadingRow.device_id, ReadingRow.probe)
    )
    found = {(device, probe): senses for device, probe, senses in session.exec(query)}
    return [
        ToldProbe(device, probe, cast("Senses | None", senses)) for (device, probe), senses in found.items()
    ]
