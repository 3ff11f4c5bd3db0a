"""Which holds a worker has to look at again, for what happened while nobody judged or sealed."""

import time
from datetime import timedelta

from sqlmodel import Session

from api.clock import Clock
from telemetry.store.seals import told_after_seal, unsealed

EVERY_S = 60.0
TOGETHER = 100
LATE_WITHIN = timedelta(days=7)


class CatchingUp:
    """
    Finds, now and then, holds that are not sealed as they were judged last.

    The first time those too of whose probes something arrived after their seal.

    Parameters
    ----------
    clock
        What says how long ago a hold was sealed.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._after, self._look_from_s = clock, "", 0.0

    def boxes(self, session: Session) -> set[str]:
        """Their boxes, so many at once; none while it is not due."""
        if time.monotonic() < self._look_from_s:
            return set()
        is_first = not self._look_from_s
        late = told_after_seal(session, self._clock.now() - LATE_WITHIN) if is_first else []
        waiting = unsealed(session, after=self._after, most=TOGETHER)
        self._after = waiting[-1] if len(waiting) == TOGETHER else ""
        self._look_from_s = time.monotonic() + (0.0 if self._after else EVERY_S)
        return {*late, *waiting}
