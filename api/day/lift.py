"""A discard is lifted: an act of its own, by a named person, for a reason."""

from sqlmodel import Session

from api.audit import record
from api.checks.desk import CheckDesk, open_checks, person_named
from api.checks.floor import need_floor
from api.checks.points import names
from api.day.measure import find_measured
from api.stock.desk import need_text
from kitchen.haccp import is_discarded
from kitchen.store.checks import Remedy, save_remedy
from orders.errors import Conflict
from orders.service import Service

LIFT = "lift_discard"


def lift_discard(
    session: Session, desk: CheckDesk, service: Service, ref: str, person: str, reason: str
) -> tuple[Remedy, ...]:
    """
    Takes a discard back: the food stands by its newest measurement again. Its samples stay frozen.

    Parameters
    ----------
    session, desk
        Open transaction; whose floor.
    service, ref
        Of which service, and the id that `Measured.ref` gives.
    person, reason
        Who decides it, and why.

    Returns
    -------
    tuple[Remedy, ...]
        What was written down: one for each discard that stood.

    Raises
    ------
    NotFound
        When nothing measured has this id.
    BadInput
        Without a reason, or when the person is not named or not listed.
    Conflict
        When no discard stands.
    """
    open_checks(session, desk, "checks.lift")
    floor = need_floor(session, service)
    found = find_measured(floor, ref)
    if found.standing != "discard":
        raise Conflict("step_not_discarded", **names(found.point))
    why, name = need_text(reason, "check_reason_missing"), person_named(session, desk, floor.watch, person)
    refs = dict.fromkeys(one.ref for one in found.remedies)
    thrown = [key for key in refs if is_discarded(one.effect for one in found.remedies if one.ref == key)]
    done = tuple(Remedy(key, LIFT, "lifted", why, name, desk.actor.user_id, desk.now_at) for key in thrown)
    for one in done:
        save_remedy(session, desk.kitchen.kitchen_id, desk.ids.new(), one)
        record(session, desk.actor, "checks.lift", one.ref, desk.now_at, {"reason": why, "person": name})
    return done
