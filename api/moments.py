"""When an act happened: the person's own word, within reason, else now."""

from datetime import datetime, timedelta

from orders.errors import BadInput

AHEAD = timedelta(minutes=2)
BEHIND = timedelta(hours=36)


def happened(happened_at: datetime | None, now_at: datetime) -> datetime:
    """
    The instant of an act that may have been kept on a phone without network.

    Parameters
    ----------
    happened_at
        As the phone says; None is now.
    now_at
        When we learn of it.

    Raises
    ------
    BadInput
        When it lies in the future, or so far back that it must be a wrong clock.
    """
    if happened_at is None:
        return now_at
    if happened_at > now_at + AHEAD:
        raise BadInput("act_in_future", happened_at=happened_at.isoformat(), now_at=now_at.isoformat())
    if happened_at < now_at - BEHIND:
        raise BadInput("act_long_ago", happened_at=happened_at.isoformat(), now_at=now_at.isoformat())
    return happened_at
