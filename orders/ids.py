"""Identifiers from an injected source: UUIDv7 text for rows, short codes for people."""

import random
import uuid
from collections.abc import Callable
from datetime import datetime
from threading import Lock


class IdSource:
    """
    Gives UUIDv7 texts (RFC 9562) in the order they are asked for, as long as the clock does not go back.

    Within one millisecond the random bits grow ("monotonic random", RFC 9562 section 6.2, method 2), so that
    rows of one instant sort as they were written.

    Parameters
    ----------
    now
        The clock that dates each id.
    seed
        Makes the random bits repeatable (demo and tests); None draws from the system.
    """

    def __init__(self, now: Callable[[], datetime], seed: int | None = None) -> None:
        self._now = now
        self._random: random.Random = random.SystemRandom() if seed is None else random.Random(seed)
        self._lock = Lock()
        self._last_ms, self._tail = -1, 0

    def new(self) -> str:
        """A fresh UUIDv7 as lower-case text of 36 characters."""
        unix_ms = int(self._now().timestamp() * 1000) & ((1 << 48) - 1)
        with self._lock:
            tail = self._next_tail(unix_ms)
        value = (unix_ms << 80) | (0x7 << 76) | (tail >> 62 << 64)
        value |= (0b10 << 62) | (tail & ((1 << 62) - 1))
        return str(uuid.UUID(int=value))

    def _next_tail(self, unix_ms: int) -> int:
        """The 74 random bits: fresh in a new millisecond (the first bit 0, as room to grow), else greater."""
        if unix_ms == self._last_ms:
            self._tail += 1 + self._random.getrandbits(48)
        else:
            self._last_ms, self._tail = unix_ms, self._random.getrandbits(73)
        return self._tail


def short_code(prefix: str, number: int, width: int = 2) -> str:
    """A code a person can read out, unique in its service: ``short_code("B", 7)`` is ``"B07"``."""
    if number < 1:
        raise ValueError(f"number must be >= 1, got {number}.")
    return f"{prefix}{number:0{width}d}"
