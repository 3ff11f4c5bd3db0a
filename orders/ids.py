"""Identifiers from an injected source: UUIDv7 text for rows, short codes for people."""

import random
import uuid
from collections.abc import Callable
from datetime import datetime


class IdSource:
    """
    Gives UUIDv7 texts (RFC 9562), ordered by the injected clock.

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

    def new(self) -> str:
        """A fresh UUIDv7 as lower-case text of 36 characters."""
        unix_ms = int(self._now().timestamp() * 1000) & ((1 << 48) - 1)
        value = (unix_ms << 80) | (0x7 << 76) | (self._random.getrandbits(12) << 64)
        value |= (0b10 << 62) | self._random.getrandbits(62)
        return str(uuid.UUID(int=value))


def short_code(prefix: str, number: int, width: int = 2) -> str:
    """A code a person can read out, unique in its service: ``short_code("B", 7)`` is ``"B07"``."""
    if number < 1:
        raise ValueError(f"number must be >= 1, got {number}.")
    return f"{prefix}{number:0{width}d}"
