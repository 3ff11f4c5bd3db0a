"""A worker's process beside the pages, started again whenever it ends."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence

LASTS_S = 10.0
LONGEST_PAUSE_S = 30.0
STOP_WITHIN_S = 10.0


class WorkerProcess:
    """
    A process that is kept running: started again at once, and more seldom the more often it did not last.

    Parameters
    ----------
    command
        What runs.
    lasts_s
        One that lives so long has not failed; until then, after two failures on end, it counts as down.
    watch
        Seconds that only go on.
    """

    def __init__(
        self,
        command: Sequence[str],
        lasts_s: float = LASTS_S,
        watch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command, self._lasts_s, self._watch, self._failures = command, lasts_s, watch, 0
        self._again_from_s: float | None = None
        self._start()

    @property
    def is_well(self) -> bool:
        """Whether it runs, and does not fail again and again."""
        return self._process.poll() is None and (self._failures < 2 or self._age_s() >= self._lasts_s)

    def tend(self) -> int | None:
        """Starts it again when that is due; gives the exit code of one that has just ended."""
        if (code := self._process.poll()) is None:
            if self._failures and self._age_s() >= self._lasts_s:
                self._failures = 0
            return None
        has_just_ended = self._again_from_s is None
        if self._again_from_s is None:
            self._failures = 1 if self._age_s() >= self._lasts_s else self._failures + 1
            self._again_from_s = self._watch() + pause_s(self._failures)
        if self._watch() >= self._again_from_s:
            self._start()
        return code if has_just_ended else None

    def ask_to_stop(self) -> None:
        """Sends the signal to stop, without waiting."""
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> None:
        """Waits for its end, and ends it when that takes too long."""
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
        self._started_s, self._again_from_s = self._watch(), None

    def _age_s(self) -> float:
        return self._watch() - self._started_s


def pause_s(failures: int) -> float:
    """How long after so many failures on end a process is started again: at once, 1 s, 2 s, 4 s ... 30 s."""
    return 0.0 if failures < 2 else min(2.0 ** min(failures - 2, 20), LONGEST_PAUSE_S)
