"""Slows down whoever guesses passwords: counts what failed of late, by login, by address and by both."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from api.errors import TooManyTries

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ThrottleParams:
    """
    How many sign-ins may fail; system defaults.

    Parameters
    ----------
    window_s
        So long a failure counts, seconds.
    from_one_address
        Failures of one login from one address.
    of_login
        Failures of one login from anywhere: more, so that a stranger does not shut a user out with a few.
    of_address
        Failures of one address with any login: a canteen's people may share one.
    most_keys
        Logins and addresses remembered at most.
    """

    window_s: int = 900
    from_one_address: int = 5
    of_login: int = 50
    of_address: int = 30
    most_keys: int = 20_000


class SignInThrottle:
    """
    The failures of one process, forgotten when it ends.

    Parameters
    ----------
    params
        The limits.
    seconds
        A clock that only goes on: a rehearsal's may stand still.
    """

    def __init__(
        self, params: ThrottleParams = ThrottleParams(), seconds: Callable[[], float] = monotonic
    ) -> None:
        self._params = params
        self._seconds = seconds
        self._tried: dict[Key, deque[float]] = {}
        self._lock = Lock()

    def attempt(self, login: str, address: str) -> None:
        """
        Counts a try as failed until `passed` says otherwise, so that tries side by side count too.

        Raises
        ------
        TooManyTries
            When too many failed of late; nothing is counted then, and the wait does not grow.
        """
        now_s, limits = self._seconds(), self._limits(login, address)
        with self._lock:
            wait_s = max(self._wait_s(key, most, now_s) for key, most in limits.items())
            if wait_s > 0:
                raise TooManyTries(int(wait_s) + 1)
            self._make_room(now_s)
            for key in limits:
                self._tried.setdefault(key, deque()).append(now_s)

    def passed(self, login: str, address: str) -> None:
        """The try was good: the login starts anew from this address, elsewhere one failure fewer counts."""
        pair, *others = self._limits(login, address)
        with self._lock:
            self._tried.pop(pair, None)
            for key in others:
                if self._tried.get(key):
                    self._tried[key].pop()

    def _limits(self, login: str, address: str) -> Mapping[Key, int]:
        known, params = login.strip().casefold(), self._params
        return {
            (known, address): params.from_one_address,
            (known, ""): params.of_login,
            ("", address): params.of_address,
        }

    def _wait_s(self, key: Key, most: int, now_s: float) -> float:
        tried = self._tried.get(key, deque())
        while tried and tried[0] <= now_s - self._params.window_s:
            tried.popleft()
        return tried[0] + self._params.window_s - now_s if len(tried) >= most else 0

    def _make_room(self, now_s: float) -> None:
        """Forgets what counts no more, and the oldest beyond the most: the memory has an end."""
        if len(self._tried) < self._params.most_keys:
            return
        since_s = now_s - self._params.window_s
        kept = {key: tried for key, tried in self._tried.items() if tried and tried[-1] > since_s}
        latest = sorted(kept, key=lambda key: kept[key][-1])[-self._params.most_keys // 2 :]
        self._tried = {key: kept[key] for key in latest}
