"""What is to be reached, and whether it was."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import mean
from typing import Any

from api.bench.routing_measured import Measured

LATE_RATIO = 0.05
CLASS = re.compile(r"(?:made-)?([a-z]+)([12])", re.IGNORECASE)
LIMITS: dict[str, dict[str, float]] = {
    "multi-trip-100": {"peer_gap_ratio": 0.25, "mean_gap": 0.006, "worse": 0},
    "multi-trip-200": {"peer_gap_ratio": 0.25, "mean_gap": 0.006, "worse": 0},
    "vrptw-100": {"cost_sum_ratio": 1.0, "mean_gap": 0.002},
    "vrptw-200-400": {"peer_gap_ratio": 0.75},
    "vrptw-1000": {"peer_gap_ratio": 0.8, "class_worse": 0.003},
    "multi-depot": {"peer_gap_ratio": 1.0},
    "mixed-fleet": {"peer_gap_ratio": 1.0},
    "city-5000": {"first_plan_s": 3.0, "cost_sum_ratio": 0.95},
    "city-20000": {"first_plan_s": 15.0, "peak_mb": 6 * 1024},
}


def goals_of(kind: str, rows: Sequence[Measured], budget_s: float) -> Iterator[dict[str, Any]]:
    """
    Each goal of a kind with its value; one that needs a peer's answer only where there is one.

    Parameters
    ----------
    kind
        Its name.
    rows
        What was measured.
    budget_s
        Seconds each answer had.
    """
    values = _values(rows, budget_s)
    limits = {**LIMITS.get(kind, {}), "no_answer": 0, "late_ratio": LATE_RATIO}
    for what, limit in limits.items():
        if what in values:
            value = values[what]
            reached = value is not None and value <= limit
            yield {"kind": kind, "what": what, "value": value, "limit": limit, "reached": reached}


def _values(rows: Sequence[Measured], budget_s: float) -> dict[str, float | None]:
    answers = [answer for row in rows for answer in row.of("ours")]
    first_s = [answer.first_s for answer in answers if answer.first_s is not None]
    peaks = [row.peak_mb for row in rows if row.peak_mb is not None]
    values: dict[str, float | None] = {
        "mean_gap": mean_of(rows, "ours"),
        "no_answer": sum(answer.cost is None for answer in answers),
        "late_ratio": round(max(answer.s for answer in answers) / budget_s - 1, 4),
        "first_plan_s": round(max(first_s), 2) if len(first_s) == len(answers) else None,
    }
    if peaks:
        values["peak_mb"] = max(peaks)
    both = [row for row in rows if row.costs("pyvrp")]
    return values | (_beside(both) if both else {})


def _beside(rows: Sequence[Measured]) -> dict[str, float | None]:
    """What is said of ours beside PyVRP's, on instances that it answered."""
    ours, theirs = mean_of(rows, "ours"), mean_of(rows, "pyvrp")
    sums = [mean(row.costs("ours")) if row.gap_ratio("ours") is not None else None for row in rows]
    whole = [cost for cost in sums if cost is not None]
    total = sum(row.costs("pyvrp")[0] for row in rows)
    pairs = [(row, row.gap_ratio("ours"), row.gap_ratio("pyvrp") or 0.0) for row in rows]
    classes = defaultdict[str, list[float]](list)
    for row, own, peer in pairs:
        found = CLASS.match(row.name)
        classes["".join(found.groups()).upper() if found else ""].append(1.0 if own is None else own - peer)
    return {
        "peer_gap_ratio": None if ours is None or not theirs else round(ours / theirs, 4),
        "cost_sum_ratio": round(sum(whole) / total, 4) if len(whole) == len(rows) else None,
        "worse": sum(own is None or own > peer for _, own, peer in pairs),
        "class_worse": round(max(mean(found) for found in classes.values()), 5),
    }


def mean_of(rows: Sequence[Measured], side: str) -> float | None:
    """A side's mean gap; None where it has none of an instance."""
    gaps = [row.gap_ratio(side) for row in rows]
    known = [gap for gap in gaps if gap is not None]
    return round(mean(known), 5) if known and len(known) == len(gaps) else None
