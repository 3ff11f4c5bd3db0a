"""``holdchain bench day --stress``: a day of many more meals than one kitchen cooks, closed and counted."""

import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.bench.problem import CITY, CLOSED_AT, SERVICE, Size, build_day
from api.bench.watch import Watch, machine
from api.day.close import close_service
from api.day.plan import gather
from api.day.services import require_open_day
from api.people import OPERATOR
from kitchen.demand import demand

DIGEST_SHOWN = 12
CLOSE_AND_DEMAND_S = 10.0


def stress_size(seed: int) -> Size:
    """The day that the goal is stated for."""
    return Size(meals=100_000, sites=1_000, seed=seed)


def bench_stress(size: Size) -> dict[str, Any]:
    """
    Closes an invented day of this size, loads what its plan rests on, and counts the demand.

    Nothing is planned, and the clashes wait for a person.

    Parameters
    ----------
    size
        How large.

    Returns
    -------
    dict[str, Any]
        As docs/schemas/bench-day.json says of a day that is not planned.
    """
    watch, load = Watch(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="holdchain-bench-") as folder:
        with watch.on("import"):
            bench = build_day(Path(folder), size)
        acting: dict[str, Any] = {"actor": OPERATOR, "now_at": CLOSED_AT, "ids": bench.ids}
        with watch.on("close"), bench.database.begin(lock=SERVICE.key) as session:
            closed = close_service(session, SERVICE, **acting)
        with watch.on("load"), bench.database.read() as session:
            facts = gather(session, SERVICE, require_open_day(session, SERVICE))
        with watch.on("demand"):
            asked = demand(facts.portions)
        bench.database.close()
    counts = {"portions": len(facts.portions), "dishes": len(asked), "clashes": closed.clashes}
    return {
        "problem": {"city": CITY, **asdict(size), "digest": bench.digest[:DIGEST_SHOWN], **counts},
        "machine": machine(load),
        "stages": watch.stages,
        "to_reach": [watch.in_time("close_and_demand_s", ("close", "load", "demand"), CLOSE_AND_DEMAND_S)],
    }
