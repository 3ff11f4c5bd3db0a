"""Changes of orders: who changed what, when and why; those after the close are deltas on the plan."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from orders.order import LineState, Order, OrderLine

ChangeKind = Literal["placed", "amended", "cancelled", "moved_up", "moved", "walk_in"]


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """
    One portion more or less at one site.

    Parameters
    ----------
    line_id, dish_id, site_id
        Which portion, where.
    """

    line_id: str
    dish_id: str
    site_id: str


@dataclass(frozen=True, slots=True)
class OrderChange:
    """
    One act on an order.

    Parameters
    ----------
    change_id, order_id, order_code, diner_id
        Row id; which order, whose.
    kind
        Placed, amended, cancelled, moved up from the waiting list, moved to another site, walk-in.
    counted_at
        The instant by which it is judged: the server's receipt, or the time on the paper.
    entered_at, by
        When it was entered, by which user.
    reason
        Why it came late or on paper; empty where none is asked for.
    since_version
        Version of the published plan that it changes; 0 after the close and before a plan is published,
        None before the close, when it changes no plan.
    added, removed
        Portions that were not there before, and that no longer are.
    """

    change_id: str
    order_id: str
    order_code: str
    diner_id: str
    kind: ChangeKind
    counted_at: datetime
    entered_at: datetime
    by: str
    reason: str = ""
    since_version: int | None = None
    added: tuple[ChangedLine, ...] = ()
    removed: tuple[ChangedLine, ...] = ()

    @property
    def is_late(self) -> bool:
        """Whether it came after the close."""
        return self.since_version is not None


def difference(before: Order | None, after: Order) -> tuple[tuple[ChangedLine, ...], tuple[ChangedLine, ...]]:
    """Portions added and removed between two states of an order; waiting and cancelled ones have none."""
    old, new = _cooked(before), _cooked(after)
    return tuple(one for one in new if one not in old), tuple(one for one in old if one not in new)


def since_version(changes: Iterable[OrderChange], version: int) -> list[OrderChange]:
    """The changes that a published version does not know, as they were entered; walk-ins eat spares."""
    known = (one for one in changes if one.since_version == version and one.kind != "walk_in")
    return sorted((one for one in known if one.added or one.removed), key=lambda one: one.entered_at)


def dishes_by_site(changes: Sequence[OrderChange]) -> dict[tuple[str, str], int]:
    """Site and dish to portions more (positive) or less (negative) than planned; 0 is left out."""
    found = Counter[tuple[str, str]]()
    for change in changes:
        found.update((line.site_id, line.dish_id) for line in change.added)
        found.subtract((line.site_id, line.dish_id) for line in change.removed)
    return {key: count for key, count in sorted(found.items()) if count}


def as_planned(orders: Iterable[Order], changes: Sequence[OrderChange]) -> list[Order]:
    """
    The orders as the published plan knows them: what was added since is taken out, what was removed is back.

    Parameters
    ----------
    orders
        Locked and cancelled orders as they are now.
    changes
        The changes since the plan, as `since_version` gives them.

    Returns
    -------
    list[Order]
        Locked orders with portions of the plan, or without any change; others are left out.
    """
    first: dict[str, tuple[bool, str, str]] = {}
    for change in changes:
        for line in change.removed:
            first.setdefault(line.line_id, (True, line.site_id, line.dish_id))
        for line in change.added:
            first.setdefault(line.line_id, (False, line.site_id, line.dish_id))
    found = []
    for order in orders:
        touched = [first[line.line_id] for line in order.lines if line.line_id in first]
        if not touched and order.state == "locked":
            found.append(order)
        elif touched:
            lines = tuple(_planned(line, first) for line in order.lines)
            site_id = next((site for was_planned, site, _ in touched if was_planned), order.site_id)
            planned = replace(order, state="locked", lines=lines, site_id=site_id, ending=None, ended_at=None)
            if planned.portions:
                found.append(planned)
    return found


def _planned(line: OrderLine, first: Mapping[str, tuple[bool, str, str]]) -> OrderLine:
    if line.line_id not in first:
        return line
    was_planned, _, dish_id = first[line.line_id]
    if not was_planned:
        return replace(line, state="withdrawn")
    state: LineState = "ordered" if dish_id == line.ordered_dish_id else "substituted"
    return replace(line, dish_id=dish_id, state=state)


def _cooked(order: Order | None) -> list[ChangedLine]:
    if order is None or order.state not in ("placed", "locked"):
        return []
    lines = (line for line in order.lines if line.state != "withdrawn")
    return [ChangedLine(line.line_id, line.dish_id, order.site_id) for line in lines]
