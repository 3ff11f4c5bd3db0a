"""What is not as it should be with brokers and workers, for supervisors and for the operator's page."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from api.store.workers import WorkerLinkRow
from orders.codes import Coded
from telemetry.sensors import EMBEDDED

_OF_A_PART = {"broker": "trouble_broker_down", "disk": "trouble_disk_full"}


def troubles(
    down_at: Mapping[str, datetime],
    links: Iterable[WorkerLinkRow],
    retired: int,
    behind_at: Mapping[str, datetime] | None = None,
) -> list[Coded]:
    """
    Troubles with their beginning; the sentences say what to do.

    Parameters
    ----------
    down_at
        Since when parts of the house do not run: ``broker``, ``disk``, and workers by name.
    links
        What the workers hear; of those that do not run it is not told.
    retired
        Sessions of an earlier division among workers that are not empty yet.
    behind_at
        Since when the judging of workers tells nothing; of those that do not run it is not told.
    """
    found = []
    for name, since_at in down_at.items():
        code = _OF_A_PART.get(name, "trouble_worker_down")
        found.append(Coded(code, {"worker": name, "since_at": since_at.isoformat()}))
    for name, since_at in (behind_at or {}).items():
        if name not in down_at:
            found.append(Coded("trouble_judge_behind", {"worker": name, "since_at": since_at.isoformat()}))
    for link in links:
        if not link.is_connected and link.worker not in down_at:
            own = link.broker == EMBEDDED
            code = "trouble_own_broker_unheard" if own else "trouble_broker_unheard"
            if not (own and "broker" in down_at):
                told = {"worker": link.worker, "broker": link.broker, "since_at": link.since_at.isoformat()}
                found.append(Coded(code, told))
    if retired:
        found.append(Coded("trouble_division_emptied", {"count": retired}))
    return found
