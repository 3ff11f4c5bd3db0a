"""Writes what was done to an order: the order, its row of change and the audit event, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.ordering.facts import Asked, is_outsider
from api.permissions import Actor, ensure
from orders.errors import BadInput, Conflict
from orders.ids import IdSource
from orders.late_changes import ChangeKind, OrderChange, difference
from orders.order import Order
from orders.ordering import counted_at
from orders.store.changes import save_changes
from orders.store.orders import load_clashes, save_orders, settle_clash_row, update_orders

SOURCE = "desk"


@dataclass(frozen=True, slots=True)
class Acting:
    """
    Who acts on an order, when and why.

    Parameters
    ----------
    actor, now_at, ids
        Who, when we learn of it, source of row ids.
    written_at
        When it was written on paper; only staff may say so, with a reason.
    reason
        Why it comes late or on paper.
    """

    actor: Actor
    now_at: datetime
    ids: IdSource
    written_at: datetime | None = None
    reason: str = ""

    @property
    def counted_at(self) -> datetime:
        """The instant by which the act is judged."""
        return counted_at(
            self.now_at, self.written_at, reason=self.reason, by_staff=not is_outsider(self.actor)
        )


def require_in_time(asked: Asked, acting: Acting) -> None:
    """
    Refuses what comes after the cut-off, unless staff enter it with a reason.

    Raises
    ------
    Conflict
        ``cut_off_passed`` for a diner, family or agent.
    BadInput
        ``late_needs_reason`` for staff who give none.
    Forbidden
        When the role may not change a closed service.
    """
    if acting.counted_at <= asked.limit_at:
        return
    if is_outsider(acting.actor):
        raise Conflict("cut_off_passed", cut_off_at=asked.limit_at.isoformat())
    require_late(asked, acting)


def require_late(asked: Asked, acting: Acting) -> None:
    """Refuses a late change without its reason: a named person answers for it."""
    if not acting.reason.strip():
        raise BadInput("late_needs_reason", cut_off_at=asked.limit_at.isoformat())
    if not is_outsider(acting.actor):
        ensure(acting.actor, "orders.change_late", kitchen_id=asked.service.kitchen_id)


def write(
    session: Session, asked: Asked, before: Order | None, after: Order, kind: ChangeKind, acting: Acting
) -> None:
    """
    Keeps an order as it is now, with what was done to it.

    Parameters
    ----------
    session, asked
        Open transaction; whose order, for which service.
    before, after
        The order as it was, None when it is new; as it is.
    kind, acting
        What was done; by whom, when and why.
    """
    if before is None:
        save_orders(session, asked.service, [after], SOURCE)
    else:
        update_orders(session, [after])
    at = acting.counted_at
    is_late = asked.closed or (at > asked.limit_at and after.state != "waiting")
    added, removed = difference(before, after)
    change = OrderChange(
        change_id=acting.ids.new(),
        order_id=after.order_id,
        order_code=after.code,
        diner_id=after.diner_id,
        kind=kind,
        counted_at=at,
        entered_at=acting.now_at,
        by=acting.actor.user_id,
        reason=acting.reason.strip(),
        since_version=asked.version if is_late else None,
        added=added,
        removed=removed,
    )
    save_changes(session, asked.service, [change])
    if asked.closed:
        _close_clashes(session, asked, change)
    detail = {"order": after.code, "state": after.state, "late": is_late}
    record(session, acting.actor, f"orders.place/{kind}", asked.service.key, acting.now_at, detail)


def _close_clashes(session: Session, asked: Asked, change: OrderChange) -> None:
    """A clash over a portion that is gone needs nobody's decision any more."""
    gone = {line.line_id for line in change.removed} - {line.line_id for line in change.added}
    if not gone:
        return
    for clash_id, clash in load_clashes(session, asked.service, open_only=True).items():
        if clash.line_id in gone:
            settle_clash_row(session, clash_id, None, change.by, change.entered_at)
