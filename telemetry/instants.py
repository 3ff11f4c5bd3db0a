"""Instants as whole microseconds since 1970, and back: readings are kept and packed by the million."""

from datetime import UTC, datetime, timedelta
from zlib import crc32

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """
    Whole microseconds from 1970 to an instant.

    Raises
    ------
    ValueError
        When it has no zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"An instant needs its zone, got the naive {at}.")
    return (at - EPOCH) // MICROSECOND


def instant(at_us: int) -> datetime:
    """The instant so many microseconds after 1970, exactly, in UTC."""
    return EPOCH + timedelta(0, 0, at_us)  # by name it takes twice the time


def ageless_at(value: float) -> datetime:
    """
    The instant under which a value of unknown age is kept: one of 1970 that the value alone decides.

    No reader can take it for news, and what a broker had kept has the same key each time it sends it again.
    """
    return instant(crc32(repr(value).encode()))
