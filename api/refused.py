"""Keeps what the broker refused where its owner looks: among the bad frames."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session

from orders.codes import Coded
from telemetry.readings import BadFrame
from telemetry.store.readings import keep

AGAIN_AFTER = timedelta(hours=1)


class Refused:
    """
    One process's memory of what was refused, so that a device that tries every second fills no table.
    """

    def __init__(self) -> None:
        self._noted: dict[tuple[str, str, str], datetime] = {}

    def note(self, session: Session, refusals: Iterable[Coded], now_at: datetime) -> int:
        """
        Keeps each refusal as a bad frame, the same one once an hour.

        Parameters
        ----------
        session
            The caller's transaction.
        refusals
            What `telemetry.broker.Broker.refusals` gave: code, client and detail.
        now_at
            The instant.

        Returns
        -------
        int
            How many were kept.
        """
        fresh = []
        for refusal in refusals:
            client, detail = str(refusal.params["client"]), str(refusal.params["detail"])
            key = (refusal.code, client, detail)
            if key not in self._noted or now_at - self._noted[key] >= AGAIN_AFTER:
                self._noted[key] = now_at
                fresh.append(BadFrame(f"{client}: {detail}", b"", refusal, now_at))
        return keep(session, (), fresh).bad if fresh else 0
