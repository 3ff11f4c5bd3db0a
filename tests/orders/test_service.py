"""Service: keys, instants and seconds."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.service import MEALS, Service, parse_service

SERVICE = Service("K1", date(2026, 11, 23), "lunch")


def test_seconds_count_from_local_midnight_and_are_negative_the_day_before():
    """
    Tests that 06:00 in Shanghai is second 21600 and 23:00 of the eve is negative.
    """
    assert SERVICE.seconds(datetime(2026, 11, 22, 22, tzinfo=UTC)) == 21_600
    assert SERVICE.seconds(datetime(2026, 11, 22, 15, tzinfo=UTC)) == -3600


@given(st.from_regex(r"[A-Z][0-9]{1,3}", fullmatch=True), st.dates(), st.sampled_from(MEALS))
def test_a_key_reads_back(kitchen_id, service_on, meal):
    """
    Tests that every service's key names it alone.
    """
    service = Service(kitchen_id, service_on, meal)
    assert parse_service(service.key) == service


def test_a_key_that_is_none_is_refused():
    """
    Tests the message for a malformed key.
    """
    with pytest.raises(ValueError, match="kitchen/YYYY-MM-DD/meal"):
        parse_service("K1/lunch")
