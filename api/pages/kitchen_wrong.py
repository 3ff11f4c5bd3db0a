"""Something went wrong in the kitchen: what, what would be done instead, and, once confirmed, what is."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.day.replan import previewed, replan
from api.day.replan_documents import names_of
from api.day.replan_undo import undo_replan, undoable
from api.day.views_kitchen import kitchen_view
from api.day.views_kitchen_facts import BatchView
from api.pages.shell import chosen, shown_service
from api.permissions import Actor
from api.reports.facts import Named
from api.web.access import HouseHere, may
from api.web.render import render
from kitchen.replan import EVENT_KINDS, Event, out_of_use
from kitchen.store.equipment import load_equipment
from kitchen.store.replans import events_of, load_replans
from kitchen.store.staff import load_workers
from orders.codes import Coded
from orders.errors import BadInput, Conflict

router = APIRouter(prefix="/kitchen/wrong", include_in_schema=False)
Planner = Annotated[Actor, may("day.publish")]
SLIPS = (10, 20, 30)
SEED = 1


@router.get("")
def page(
    request: Request,
    house: HouseHere,
    actor: Planner,
    service: str = "",
    kind: str = "",
    ref: str = "",
    minutes: int = 0,
    done: int = 0,
) -> Response:
    """What can go wrong, to be tapped on; of what was tapped what it would change; what a version changed."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service)
        kept = next((one for one in load_replans(session, facts["service"].key) if one.version == done), None)
    told = None
    if kind:
        event, now_at = _event(kind, ref, minutes), house.clock.now()
        would = previewed(house.database, facts["service"], event, now_at=now_at, ids=house.ids, seed=SEED)
        instead = [one.document for one in would.answer.instead]
        told = _told(would.version, would.changes, instead, (*would.answer.late, *would.answer.notes))
        told |= {"event": event, "digest": would.digest, "undone": None}
    elif kept is not None:
        changes = [Coded(one["code"], one["params"]) for one in kept.found["changes"]]
        told = _told(kept.version, changes, kept.found["instead"], ())
        told |= {"event": None, "undone": kept.found.get("undone")}
    return render(request, "kitchen_wrong.html", told=told, **facts)


@router.post("")
def wrong(
    request: Request,
    house: HouseHere,
    actor: Planner,
    kind: Annotated[str, Form(max_length=10)],
    ref: Annotated[str, Form(max_length=60)],
    version: Annotated[int, Form(ge=1)],
    digest: Annotated[str, Form(min_length=64, max_length=64)],
    minutes: Annotated[int, Form(ge=0, le=600)] = 0,
    service: Annotated[str, Form()] = "",
) -> Response:
    """
    The rest of the day is planned again and published, once for the version that was looked at.

    The same event sent again for the same version changes nothing and shows what it gave.

    Raises
    ------
    Conflict
        When the day has moved on since it was looked at.
    """
    event = _event(kind, ref, minutes)
    shown = shown_service(request, actor, service)
    with house.database.read() as session:
        rows = load_replans(session, shown.key)
    after = [(row.kind, row.ref, row.minutes) for row in rows if row.version == version + 1]
    if after != [(event.kind, event.ref, event.minutes)]:
        replan(
            house.database,
            shown,
            event,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
            seed=SEED,
            expected=digest,
        )
    return RedirectResponse(f"/kitchen/wrong?service={shown.key}&done={version + 1}", status_code=303)


@router.post("/undo")
def undo(
    request: Request,
    house: HouseHere,
    actor: Planner,
    version: Annotated[int, Form(ge=1)],
    service: Annotated[str, Form()] = "",
) -> Response:
    """
    The version before the last re-plan holds again; the same tap twice is one.

    Raises
    ------
    Conflict
        When something of the new version has begun, or another was published meanwhile.
    """
    shown = shown_service(request, actor, service)
    with house.database.read() as session:
        rows = load_replans(session, shown.key)
    undone = next((row.version for row in rows if row.found.get("undone") == version), None)
    if undone is None:
        if not rows or rows[-1].version != version:
            raise Conflict("replan_none_to_undo", service=shown.key)
        now_at = house.clock.now()
        undone, _ = undo_replan(house.database, shown, actor=actor, now_at=now_at, ids=house.ids)
    return RedirectResponse(f"/kitchen/wrong?service={shown.key}&done={undone}", status_code=303)


def _event(kind: str, ref: str, minutes: int) -> Event:
    known = next((one for one in EVENT_KINDS if one == kind), None)
    if known is None or (known == "slip") != (minutes > 0):
        raise BadInput("replan_minutes", kind=kind)
    return Event(known, ref, minutes)


def _told(
    version: int, changes: Iterable[Coded], instead: list[dict[str, Any]], findings: Iterable[Coded]
) -> dict[str, Any]:
    """What a page tells of an answer: changes, who gets what instead, by site and by diner, findings."""
    sums = Counter((one["site_id"], one["from_dish"], one["to_dish"]) for one in instead)
    return {
        "version": version,
        "changes": list(changes),
        "instead": instead,
        "by_site": [(*key, portions) for key, portions in sorted(sums.items())],
        "findings": list(findings),
    }


def _facts(session: Session, request: Request, actor: Actor, wanted: str) -> dict[str, Any]:
    choice, service = chosen(session, actor, request, wanted)
    now_at = request.app.state.house.clock.now()
    view = kitchen_view(session, service, now_at)
    workers = load_workers(session, service.kitchen_id, service.service_on).values()
    pieces = load_equipment(session, service.kitchen_id)
    out = out_of_use(events_of(load_replans(session, service.key)))
    cooks = [one for one in workers if one.cooks]
    return {
        "choice": choice,
        "service": service,
        "zone": service.zone,
        "batches": view.due,
        "names": dict(view.names) | names_of(session, service) | _refs(view.due),
        "undoable": undoable(session, service, now_at),
        "equipment": [one for one in pieces if one.equipment_id not in out],
        "broken": [one for one in pieces if one.equipment_id in out],
        "cooks": [one for one in cooks if one.worker_id not in out],
        "ill": [one for one in cooks if one.worker_id in out],
        "slips": SLIPS,
    }


def _refs(batches: Iterable[BatchView]) -> dict[str, Named]:
    """Batches with their dish, by row id."""
    return {
        one.batch.batch_id: Named(f"{one.batch.code} {one.dish.zh}", f"{one.batch.code} {one.dish.en}")
        for one in batches
    }
