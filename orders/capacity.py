"""Capacity: how many places a site still has for a meal, and who moves up when one gets free."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders.order import Order


@dataclass(frozen=True, slots=True)
class Room:
    """
    A site's places of one meal.

    Parameters
    ----------
    site_id
        Which site.
    capacity
        Most orders.
    taken
        Orders placed or locked, and places kept for standing orders.
    waiting
        Orders that wait for a place.
    """

    site_id: str
    capacity: int
    taken: int
    waiting: int = 0

    @property
    def free(self) -> int:
        """Places left, never below 0; those who wait come first."""
        return max(0, self.capacity - self.taken)

    @property
    def sells(self) -> bool:
        """Whether a new order gets a place at once."""
        return self.free > self.waiting


def moving_up(waiting: Sequence[Order], free: int) -> list[Order]:
    """Those who move up when so many places are free: whoever asked first, then by number."""
    line = sorted(waiting, key=lambda one: (one.placed_at, len(one.code), one.code))
    return line[: max(0, free)]


def place_in_line(waiting: Sequence[Order], order_id: str) -> int:
    """How many are before this order and itself, 0 when it does not wait."""
    line = [one.order_id for one in moving_up(waiting, len(waiting))]
    return line.index(order_id) + 1 if order_id in line else 0
