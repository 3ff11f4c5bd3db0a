"""Hours in a cell: windows as ``13:00-14:00``, rests as ``11:30-13:00/30``."""

import re
from collections.abc import Iterable
from datetime import time
from typing import cast

from api.imports.cells import Record
from api.imports.report import RowRefused
from routing.vans import Rest

SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})")
REST = re.compile(SPAN.pattern + r"\s*/\s*(\d{1,3})")


def windows_of(record: Record, field: str) -> tuple[tuple[time, time], ...]:
    """The hours that a cell names, as it has them."""
    return tuple((_clock(one[1]), _clock(one[2])) for one in _all(record, field, SPAN, "row_windows"))


def rests_of(record: Record, field: str) -> tuple[Rest, ...]:
    """The rests that a cell names: from, to, and how many minutes in between."""
    try:
        return tuple(
            Rest(_clock(one[1]), _clock(one[2]), int(one[3]))
            for one in _all(record, field, REST, "row_rests")
        )
    except ValueError:
        raise RowRefused(field, "row_rests") from None


def _all(record: Record, field: str, shape: re.Pattern[str], code: str) -> Iterable[re.Match[str]]:
    for part in cast("tuple[str, ...]", record.values.get(field) or ()):
        found = shape.fullmatch(part.replace("：", ":"))
        if found is None:
            raise RowRefused(field, code)
        try:
            _clock(found[1]), _clock(found[2])
        except ValueError:
            raise RowRefused(field, code) from None
        yield found


def _clock(said: str) -> time:
    hour, minute = said.split(":")
    return time(int(hour), int(minute))
