"""Ids: rows of one instant keep the order in which they were written."""

from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from orders.ids import IdSource

AT = datetime(2026, 11, 23, tzinfo=UTC)


@given(st.integers(0, 2**32))
def test_ids_of_one_instant_sort_as_they_were_asked_for(seed: int) -> None:
    """Tests that a stopped clock gives growing ids, each of version 7 and of that millisecond."""
    source = IdSource(lambda: AT, seed)
    ids = [source.new() for _ in range(50)]
    assert ids == sorted(set(ids))
    assert {(UUID(one).version, UUID(one).int >> 80) for one in ids} == {(7, int(AT.timestamp() * 1000))}


def test_an_id_is_dated_by_the_clock() -> None:
    """Tests that a later millisecond gives a greater id, and the same seed and clock the same ids."""
    ticks = count()
    source = IdSource(lambda: datetime.fromtimestamp(next(ticks) / 1000, UTC), seed=7)
    ids = [source.new() for _ in range(20)]
    again = count()
    other = IdSource(lambda: datetime.fromtimestamp(next(again) / 1000, UTC), seed=7)
    assert ids == sorted(ids) == [other.new() for _ in range(20)]
