"""A programme that cannot be gone by on a day: unknown, or not in force then. The two are told apart."""

from datetime import date

from sqlmodel import Session

from orders.errors import Conflict, NotFound
from orders.store.programmes import load_revisions


def not_in_force(session: Session, programme_id: str, day_on: date) -> NotFound | Conflict:
    """
    The refusal of a programme that no revision covers on a day.

    Returns
    -------
    NotFound | Conflict
        ``programme_not_in_force`` with the days on which it is; `NotFound` when nobody keeps it here.
    """
    revisions = load_revisions(session, programme_id)
    if not revisions:
        return NotFound("programme", programme_id)
    name = revisions[-1].body["programme"]["name"]
    return Conflict(
        "programme_not_in_force",
        programme_zh=name["zh"],
        programme_en=name["en"],
        day=day_on.isoformat(),
        from_on=min(one.valid_from_on for one in revisions).isoformat(),
        to_on=revisions[-1].valid_to_on.isoformat(),
    )
