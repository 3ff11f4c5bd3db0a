"""The most memory that this process and those below it held at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EVERY_S = 0.25
PROC = Path("/proc")


@dataclass(slots=True)
class Peak:
    """Megabytes, as far as they have been seen; None where the system does not tell."""

    mb: int | None = None


@contextmanager
def watching_memory() -> Iterator[Peak]:
    """Looks at all processes from here down while the block lasts; shared pages count in each."""
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while not over.wait(EVERY_S):
            if (seen := _resident_mb()) is not None:
                peak.mb = max(seen, peak.mb or 0)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _resident_mb() -> int | None:
    if not (PROC / "self" / "statm").is_file():
        return None
    waiting, found_kb = [(PROC / "self").resolve()], 0
    while waiting:
        process = waiting.pop()
        try:
            lines = (process / "status").read_text().splitlines()
            below = (process / "task" / process.name / "children").read_text().split()
        except OSError:  # it has ended meanwhile
            continue
        found_kb += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
        waiting += [PROC / number for number in below]
    return found_kb // 1024
