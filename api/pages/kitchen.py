"""The kitchen's page: what to cook and pack now, and the acts that say it is done."""

from datetime import datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.checks.by_whom import ByWhom
from api.checks.desk import CheckDesk
from api.checks.duty import left_standing
from api.checks.points import COOK
from api.day.acknowledge import acknowledge_alarm
from api.day.close import override, settle
from api.day.cook import batch_started, published_batch
from api.day.corrections import Hand, Mended, give_to, mend, take_back, use_carrier
from api.day.labels import destroy_spare_labels
from api.day.measure import StepTold, act_on_step, record_step
from api.day.pack_boxes import box_packed
from api.day.pairing import sensor_file
from api.day.pans import pans_of_box
from api.day.stop_boxes import stopped_batches, stopped_boxes
from api.day.take_off import CoreTold, take_off
from api.day.views import load_round
from api.day.views_acts import act_file, closed_near, minute_meant, minutes_open
from api.day.views_kitchen import kitchen_view
from api.day.views_stove import stove_view
from api.day.vouched import failed_act, late_act
from api.house import House
from api.ordering.record import Acting
from api.pages.shell import answer, chosen, is_fragment, shown_service
from api.permissions import Actor
from api.undelivered import Agreed, Remedy, make_good
from api.web.access import HouseHere, may
from api.web.render import render
from kitchen.acts import ActKind
from kitchen.corrections import meant_c
from kitchen.store.acts import load_record
from orders.errors import BadInput, Conflict, NotFound
from orders.service import Service

router = APIRouter(prefix="/kitchen", include_in_schema=False)
Reader = Annotated[Actor, may("day.plan")]
FAILED = "It is written down as failed. Say what was done about it."


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, service: str = "") -> Response:
    """The kitchen's service of today."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service)
    return render(request, "kitchen.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader, service: str = "") -> Response:
    """The part of the page that changes by itself."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service)
    return render(request, "kitchen_live.html", done="", **facts)


@router.post("/batches/{batch_id}/started")
def started(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("batch.cook")],
    batch_id: str,
    service: Annotated[str, Form()] = "",
) -> Response:
    """A batch went on the heat."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        batch_started(session, batch_id, actor=actor, now_at=now_at, ids=house.ids)
    return _done(request, house, actor, service, "The batch is on the heat.")


@router.post("/batches/{batch_id}/cooked")
def cooked(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("batch.cook")],
    batch_id: str,
    core_c: Annotated[float, Form()],
    probe: Annotated[str, Form(max_length=80)] = "",
    person: Annotated[str, Form(max_length=80)] = "",
    sure: Annotated[bool, Form()] = False,
    service: Annotated[str, Form()] = "",
) -> Response:
    """A batch came off the heat; a core that food hardly has is asked back, a cold one is kept as failed."""
    now_at, meant = house.clock.now(), meant_c(core_c, "hot")
    if meant is not None and not sure and is_fragment(request):
        fields = {"service": service, "core_c": str(core_c), "probe": probe, "person": person}
        with house.database.read() as session:
            code = published_batch(session, batch_id)[0].code
        reason = BadInput("core_meant", ref=code, core_c=core_c, meant_c=meant)
        return _ask(request, reason, fields, meant, sure=True)
    with house.database.begin() as session:
        told = CoreTold(core_c, probe, person)
        cold = take_off(session, batch_id, told, actor=actor, now_at=now_at, ids=house.ids)
    done = "The batch is off the heat." if cold is None else FAILED
    return _done(request, house, actor, service, done)


@router.post("/batches/{batch_id}/action")
def acted(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("checks.keep")],
    batch_id: str,
    action: Annotated[str, Form(max_length=40)],
    person: Annotated[str, Form(max_length=80)] = "",
    service: Annotated[str, Form()] = "",
) -> Response:
    """What was done about a core that was too cold; then it is measured again, or nothing of it goes on."""
    with house.database.begin() as session:
        desk, shown, ref = _too_cold(session, request, house, actor, service, batch_id)
        act_on_step(session, desk, shown, ref, action, person)
    return _done(request, house, actor, service, "It is written down.")


@router.post("/batches/{batch_id}/core")
def core_put_right(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("checks.keep")],
    batch_id: str,
    core_c: Annotated[float, Form()],
    person: Annotated[str, Form(max_length=80)] = "",
    reason: Annotated[str, Form(max_length=200)] = "",
    service: Annotated[str, Form()] = "",
) -> Response:
    """A core that was too cold was typed wrong: a new one of that minute, with who says so and why."""
    with house.database.begin() as session:
        desk, shown, ref = _too_cold(session, request, house, actor, service, batch_id)
        told = StepTold(COOK, batch_id, core_c, person=person, replaces=ref, reason=reason)
        record_step(session, desk, shown, told)
    return _done(request, house, actor, service, "Corrected: both records stay.")


@router.post("/boxes/{box_id}/packed")
def packed(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("box.pack")],
    box_id: str,
    core_c: Annotated[float, Form()],
    carrier_code: Annotated[str, Form()],
    probe: Annotated[str, Form(max_length=80)] = "",
    person: Annotated[str, Form(max_length=80)] = "",
    sure: Annotated[bool, Form()] = False,
    emptied: Annotated[str, Form(max_length=2000)] = "",
    sensor: Annotated[str, Form(max_length=140)] = "",
    service: Annotated[str, Form()] = "",
) -> Response:
    """A box was closed; asked back: a core that such food hardly has, and a settled portion still in it."""
    now_at = house.clock.now()
    fields = {"service": service, "carrier_code": carrier_code, "core_c": str(core_c), "emptied": emptied}
    fields |= {"probe": probe, "person": person, "sensor": sensor}
    try:
        with house.database.begin() as session:
            box_packed(
                session,
                box_id,
                core_c=core_c,
                carrier_code=carrier_code.strip(),
                actor=actor,
                now_at=now_at,
                ids=house.ids,
                by=ByWhom(probe, person),
                sure=sure,
                emptied=emptied.split(),
                sensors=[sensor],
            )
    except Conflict as error:
        if error.code != "box_holds_settled" or not is_fragment(request):
            raise
        fields["emptied"] = f"{emptied} {error.params['order']}".strip()
        return _ask(request, error, fields | {"sure": str(sure).lower()}, None, sure=False)
    except BadInput as error:
        if error.code not in ("core_meant", "core_unlikely") or not is_fragment(request):
            raise
        return _ask(request, error, fields, error.params.get("meant_c"), sure=True)
    return _done(request, house, actor, service, "The box is closed.")


@router.post("/boxes/{box_id}/made-good")
def made_good(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("box.make_good")],
    box_id: str,
    remedy: Annotated[Remedy, Form()],
    person: Annotated[str, Form(max_length=80)],
    note: Annotated[str, Form(max_length=300)] = "",
    service: Annotated[str, Form()] = "",
) -> Response:
    """What was agreed with a site about a box that it refused or missed."""
    now_at = house.clock.now()
    shown = shown_service(request, actor, service)
    with house.database.begin(lock=shown.key) as session:
        make_good(session, box_id, Agreed(remedy, person, note), Acting(actor, now_at, house.ids))
    return _done(request, house, actor, service, "It is written down.")


@router.post("/clashes/{clash_id}")
def settled(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("clash.settle")],
    clash_id: str,
    dish_id: Annotated[str, Form()] = "",
    service: Annotated[str, Form()] = "",
) -> Response:
    """Another dish stands in, or none when the field is empty."""
    now_at = house.clock.now()
    shown = shown_service(request, actor, service)
    with house.database.begin(lock=shown.key) as session:
        settle(session, shown, clash_id, dish_id or None, actor=actor, now_at=now_at, ids=house.ids)
    return _done(request, house, actor, service, "The clash is settled.")


@router.post("/clashes/{clash_id}/override")
def overridden(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("clash.override")],
    clash_id: str,
    by_name: Annotated[str, Form(max_length=80)],
    reason: Annotated[str, Form(max_length=300)],
    service: Annotated[str, Form()] = "",
) -> Response:
    """The portion is given all the same, on a named person's word."""
    now_at = house.clock.now()
    shown = shown_service(request, actor, service)
    with house.database.begin(lock=shown.key) as session:
        override(session, shown, clash_id, reason, by_name, actor=actor, now_at=now_at)
    return _done(request, house, actor, service, "It is given on the word of a named person.")


@router.post("/alarms/{alarm_id}")
def acknowledged(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("alarm.acknowledge")],
    alarm_id: str,
    comment: Annotated[str, Form(max_length=500)],
    service: Annotated[str, Form()] = "",
) -> Response:
    """Somebody has seen an alarm and says what was done."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        acknowledge_alarm(session, alarm_id, comment, actor=actor, now_at=now_at)
    return _done(request, house, actor, service, "It is noted.")


@router.get("/acts/{kind}/{subject_id}")
def correct(
    request: Request, house: HouseHere, actor: Reader, kind: ActKind, subject_id: str, service: str = ""
) -> Response:
    """One act with everything that may be wrong about it."""
    now_at = house.clock.now()
    with house.database.read() as session:
        shown = chosen(session, actor, request, service)[1]
        found = load_round(session, shown)
        if found is None:
            raise NotFound("act", subject_id)
        file = act_file(session, found, kind, subject_id, now_at)
        sensors = sensor_file(session, subject_id) if kind == "packed" else None
        boxes = closed_near(found, subject_id) if kind == "packed" else ()
        failed = failed_act(session, shown, kind, subject_id)
        late = late_act(session, shown, kind, subject_id)
    return render(
        request,
        "kitchen_correct.html",
        service=shown,
        zone=shown.zone,
        file=file,
        minutes=minutes_open(file.act, now_at),
        sensors=sensors,
        boxes=boxes,
        failed=failed,
        late=late,
    )


@router.post("/acts/{kind}/{subject_id}")
def corrected(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("batch.cook")],
    kind: ActKind,
    subject_id: str,
    minutes: Annotated[int | None, Form(ge=-720, le=720)] = None,
    clock: Annotated[time | None, Form()] = None,
    core_c: Annotated[float | None, Form()] = None,
    other_id: Annotated[str, Form()] = "",
    carrier_code: Annotated[str, Form()] = "",
    never: Annotated[bool, Form()] = False,
    undo: Annotated[bool, Form()] = False,
    person: Annotated[str, Form(max_length=80)] = "",
    reason: Annotated[str, Form(max_length=200)] = "",
    service: Annotated[str, Form()] = "",
) -> Response:
    """Corrects one act: its minute, its core, its batch or box, its carrier, or that it happened at all."""
    hand = Hand(actor, house.clock.now(), house.ids)
    with house.database.begin() as session:
        if undo or never:
            take_back(session, kind, subject_id, hand, reason="" if undo else "never_happened")
        elif other_id:
            give_to(session, kind, subject_id, other_id, hand)
        elif carrier_code:
            use_carrier(session, subject_id, carrier_code, hand)
        else:
            zone = chosen(session, actor, request, service)[1].zone if clock else ""
            at = _moved(session, kind, subject_id, minutes, clock, zone)
            mend(session, kind, subject_id, Mended(at, core_c, person=person, reason=reason), hand)
    page = f"/kitchen?service={service}"
    if undo or not is_fragment(request):
        return _done(request, house, actor, service, "Corrected: both records stay.")
    return Response(status_code=204, headers={"HX-Redirect": page})


@router.post("/labels")
def spare_labels(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("day.print")],
    keep: Annotated[int, Form()],
    service: Annotated[str, Form()] = "",
) -> Response:
    """The labels of every print but one are destroyed."""
    now_at = house.clock.now()
    shown = shown_service(request, actor, service)
    with house.database.begin(lock=shown.key) as session:
        destroy_spare_labels(session, shown, keep, actor=actor, now_at=now_at)
    return _done(request, house, actor, service, "Only one print of the labels is out.")


def _too_cold(
    session: Session, request: Request, house: House, actor: Actor, wanted: str, batch_id: str
) -> tuple[CheckDesk, Service, str]:
    """Who acts, at which service, and the core of a batch that was too cold, by its row id."""
    choice, service = chosen(session, actor, request, wanted)
    cold = stove_view(session, service, actor.user_id).cold.get(batch_id)
    if cold is None:
        raise NotFound("measurement", batch_id)
    return CheckDesk(choice.kitchen, actor, house.clock.now(), house.ids), service, cold.ref


def _moved(
    session: Session, kind: ActKind, subject_id: str, minutes: int | None, clock: time | None, zone: str
) -> datetime | None:
    last = load_record(session, kind, subject_id)
    if last is None or (minutes is None and clock is None):
        return None
    if clock is not None:
        return minute_meant(last.happened_at, clock, zone)
    return last.happened_at + timedelta(minutes=minutes or 0)


def _ask(
    request: Request, error: BadInput | Conflict, fields: dict[str, str], meant: object, *, sure: bool
) -> Response:
    """Asks back what was meant, with the likely answer as a button."""
    facts = {"reason": error.coded, "fields": fields, "meant": meant, "sure": sure}
    return render(request, "kitchen_ask.html", status=422, path=request.url.path, **facts)


def _facts(session: Session, request: Request, actor: Actor, wanted: str) -> dict[str, Any]:
    choice, service = chosen(session, actor, request, wanted)
    now_at = request.app.state.house.clock.now()
    view = kitchen_view(session, service, now_at)
    return {
        "off_duty": left_standing(session, service, now_at),
        "pans": pans_of_box(session, view.next_box.box_id) if view.next_box else (),
        "choice": choice,
        "service": service,
        "zone": service.zone,
        "view": view,
        "stove": stove_view(session, service, actor.user_id),
        "stopped": stopped_boxes(session, service),
        "stopped_batches": stopped_batches(session, service),
    }


def _done(request: Request, house: HouseHere, actor: Actor, wanted: str, done: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, request, actor, wanted)
    return answer(request, f"/kitchen?service={wanted}", "kitchen_live.html", done, **facts)
