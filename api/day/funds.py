"""What charities' funds hold when meals are billed or priced."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlmodel import Session

from api.db import hold
from orders.settling.funds import FundMovement
from orders.store.funds import load_movements
from orders.store.ledger import paid_by

ALWAYS = datetime.min.replace(tzinfo=UTC)
"""Before every payment: what a fund holds is there for each meal of a settling."""


def hold_funds(session: Session, programme_id: str) -> None:
    """Waits until nobody else draws on a programme's funds, so that none gives the same yuan twice."""
    hold(session, f"funds/{programme_id}")


def left_in(session: Session, programme_id: str, funds: Iterable[str]) -> list[FundMovement]:
    """
    What each fund holds now, there for every meal of a settling: all that came in less all that was drawn.

    What the meals of the settling drew before is not among it; `settle` is told of that apart.
    """
    wanted = sorted(funds)
    if not wanted:
        return []
    left = dict.fromkeys(wanted, 0)
    for one in load_movements(session, programme_id):
        if one.fund in left:
            left[one.fund] += one.amount_fen
    drawn = paid_by(session, programme_id, wanted)
    balances = ((fund, came_fen - drawn.get(fund, 0)) for fund, came_fen in left.items())
    return [FundMovement(fund, ALWAYS, max(0, balance_fen)) for fund, balance_fen in balances]
