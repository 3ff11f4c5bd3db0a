"""Labels that were printed twice: all prints alike but one are destroyed, and that is written down."""

from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.views_acts import label_prints
from api.permissions import Actor, ensure
from kitchen.store.corrections import save_spare_labels
from kitchen.store.production import load_production
from orders.errors import Conflict, NotFound
from orders.service import Service


def destroy_spare_labels(
    session: Session, service: Service, keep: int, *, actor: Actor, now_at: datetime
) -> int:
    """
    Writes down that the labels of all prints alike but one are destroyed.

    Parameters
    ----------
    session, service
        Open transaction, and whose labels.
    keep
        Number of the print whose labels stay; prints of another kind, size or language stay too.
    actor, now_at
        Who destroyed them, and when.

    Returns
    -------
    int
        How many prints were destroyed.

    Raises
    ------
    NotFound
        When nothing is published, or the print to be kept is not out.
    Conflict
        When only one such print is out.
    """
    ensure(actor, "day.print", kitchen_id=service.kitchen_id)
    production = load_production(session, service.key)
    prints = label_prints(session, service, production.version) if production else ()
    kept = next((one for one in prints if one.number == keep), None)
    if kept is None:
        raise NotFound("label_print", str(keep))
    spare = [one.number for one in prints if one.likeness == kept.likeness and one.number != keep]
    if not spare:
        raise Conflict("labels_out_once", service=service.key)
    for number in spare:
        save_spare_labels(session, number, service.key, actor.user_id, now_at)
    record(session, actor, "day.print/destroy", service.key, now_at, {"kept": keep, "destroyed": spare})
    return len(spare)
