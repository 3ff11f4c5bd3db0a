"""What a benchmark's stages took, and whether that is in time."""

import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Any


@dataclass(frozen=True, slots=True)
class Watch:
    """Wall and processor seconds of each stage, by its name; on a busy machine the second tells more."""

    wall_s: dict[str, float] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Times a stage."""
        wall_s, cpu_s = perf_counter(), process_time()
        yield
        self.wall_s[stage] = round(perf_counter() - wall_s, 3)
        self.cpu_s[stage] = round(process_time() - cpu_s, 3)

    @property
    def stages(self) -> list[dict[str, Any]]:
        """What each stage took, in their order."""
        return [{"stage": name, "s": s, "cpu_s": self.cpu_s[name]} for name, s in self.wall_s.items()]

    def in_time(self, what: str, stages: Sequence[str], limit_s: float, scale: float = 1.0) -> dict[str, Any]:
        """
        A goal for the sum of some stages, judged by the clock.

        Parameters
        ----------
        what
            The goal's name.
        stages
            Which.
        limit_s
            Seconds to reach.
        scale
            What the seconds are multiplied by, for a goal of another amount.
        """
        wall_s, cpu_s = (scale * sum(took[stage] for stage in stages) for took in (self.wall_s, self.cpu_s))
        facts = {"value": round(wall_s, 3), "cpu": round(cpu_s, 3), "limit": limit_s}
        return {"what": what, **facts, "reached": wall_s <= limit_s}


def machine(load: float) -> dict[str, Any]:
    """Where it was measured; ``load`` is the machine's before."""
    return {"cores": os.cpu_count(), "load": round(load, 1), "python": platform.python_version()}
