"""The example day, as the tests of the day have it."""

from tests.api.day.conftest import as_user, house, own_day, untouched_day

__all__ = ["as_user", "house", "own_day", "untouched_day"]
