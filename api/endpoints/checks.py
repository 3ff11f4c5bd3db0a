"""Checks on the floor: registers, control points, samples, and what a house lists to be watched."""

from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from api.checks.desk import CheckDesk, registers_of
from api.checks.documents import (
    check_document,
    gap_document,
    register_document,
    sample_document,
    step_document,
    view_document,
)
from api.checks.forms import print_forms
from api.checks.gaps import LOOK_BACK_DAYS, find_gaps
from api.checks.keeping import SampleTold, change_sample, freeze_samples, take_sample
from api.checks.paper import print_inspector, print_record
from api.checks.records import Entry, act_on_check, sign_check, write_check
from api.checks.views import checks_view
from api.checks.watching import list_fridges, list_people, list_probes, take_off
from api.day.lift import lift_discard
from api.day.measure import StepTold, act_on_step, record_step
from api.day.services import find_kitchen
from api.endpoints.day import ServiceHere
from api.house import House
from api.permissions import Actor, ensure
from api.web.access import HouseHere, LanguageHere, may
from api.words import LANGUAGES
from kitchen.haccp import Fridge, Probe
from kitchen.staff import Worker
from kitchen.store.checks import load_checks
from orders.errors import BadInput, NotFound

router = APIRouter(prefix="/api/v1", tags=["checks"])
Reader = Annotated[Actor, may("checks.read")]
Keeper = Annotated[Actor, may("checks.keep")]
Lifter = Annotated[Actor, may("checks.lift")]
Signer = Annotated[Actor, may("checks.sign")]
Lister = Annotated[Actor, may("checks.list")]
Text = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=1000)]
Days = Annotated[int, Query(ge=1, le=400)]
MOST_DAYS = 92
PAPERS = frozenset({"haccp-record", "inspector-file", "register-forms"})


class WorkerIn(BaseModel):
    """Somebody who works in the kitchen."""

    code: Text
    name: Text
    skills: list[Text] = Field(default_factory=list, max_length=50)
    works_from: time | None = None
    works_to: time | None = None
    certificate_to_on: date | None = None


class ProbeIn(BaseModel):
    """A hand probe and its calibration."""

    code: Text
    name: Text = ""
    calibrated_on: date | None = None
    due_on: date | None = None
    accuracy_c: float | None = Field(default=None, ge=0, le=10)


class FridgeIn(BaseModel):
    """A fridge for samples or food."""

    code: Text
    name: Text = ""


class WatchIn(BaseModel):
    """What the house lists; each is kept by its code, what is not named stays."""

    workers: list[WorkerIn] = Field(default_factory=list, max_length=500)
    probes: list[ProbeIn] = Field(default_factory=list, max_length=100)
    fridges: list[FridgeIn] = Field(default_factory=list, max_length=100)


class EntryIn(BaseModel):
    """An entry of a register; answers by field, as typed."""

    register_code: Text
    subject: Text = ""
    answers: dict[str, Long] = Field(default_factory=dict, max_length=50)
    person: Text = ""
    on: date | None = None
    happened_at: AwareDatetime | None = None
    action: Text = ""
    replaces: Text | None = None
    reason: Text = ""


class SignIn(BaseModel):
    """Who signs, and what there is to say."""

    person: Text
    note: Long = ""


class ActionIn(BaseModel):
    """What was done about a failure, by whom."""

    action: Text
    person: Text = ""
    note: Long = ""


class LiftIn(BaseModel):
    """Who lifts a discard, and why."""

    reason: Text
    person: Text = ""


class StepIn(BaseModel):
    """A measurement at a control point of a batch or a box."""

    point: Text
    ref: Text
    value_c: float = Field(ge=-60, le=300)
    probe: Text = ""
    person: Text = ""
    happened_at: AwareDatetime | None = None
    replaces: Text | None = None
    reason: Text = ""


class SampleIn(BaseModel):
    """A sample of the dish of a batch."""

    batch: Text
    g: int = Field(ge=1, le=100_000)
    fridge: Text
    place: Text = ""
    person: Text = ""
    taken_at: AwareDatetime | None = None
    reason: Text = ""


class SampleWordIn(BaseModel):
    """What becomes of a sample, why, and by whom."""

    kind: Literal["frozen", "released", "destroyed"]
    reason: Text = ""
    person: Text = ""


class ReasonIn(BaseModel):
    """Why."""

    reason: Text


@router.get("/checks/{kitchen_id}")
def today(kitchen_id: str, house: HouseHere, actor: Reader, language: LanguageHere) -> dict[str, Any]:
    """What is due, what is missing, and how the day's batches stand."""
    with house.database.read() as session:
        return view_document(checks_view(session, _desk(session, house, kitchen_id, actor)), language)


@router.get("/checks/{kitchen_id}/registers")
def registers(
    kitchen_id: str, house: HouseHere, actor: Reader, language: LanguageHere
) -> list[dict[str, Any]]:
    """The registers: what each asks, how often, of whom."""
    with house.database.read() as session:
        _desk(session, house, kitchen_id, actor)
        return [register_document(one, language) for one in registers_of(session).by_code.values()]


@router.put("/checks/{kitchen_id}/watch")
def watch(told: WatchIn, kitchen_id: str, house: HouseHere, actor: Lister) -> dict[str, int]:
    """Lists people, probes and fridges to be watched."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        if told.workers:
            list_people(session, desk, [_worker(one) for one in told.workers])
        if told.probes:
            list_probes(session, desk, [Probe(**one.model_dump()) for one in told.probes])
        if told.fridges:
            list_fridges(session, desk, [Fridge(one.code, one.name) for one in told.fridges])
    return {"workers": len(told.workers), "probes": len(told.probes), "fridges": len(told.fridges)}


@router.delete("/checks/{kitchen_id}/watch/{kind}/{code}", status_code=204)
def unwatch(
    kind: Literal["worker", "probe", "fridge"], code: str, kitchen_id: str, house: HouseHere, actor: Lister
) -> None:
    """Takes a probe or a fridge out of use, or notes somebody's last day."""
    with house.database.begin() as session:
        take_off(session, _desk(session, house, kitchen_id, actor), kind, code)


@router.get("/checks/{kitchen_id}/entries")
def entries(
    kitchen_id: str,
    house: HouseHere,
    actor: Reader,
    language: LanguageHere,
    from_on: date,
    days: Days = 1,
    register: Text | None = None,
    every: bool = False,
) -> list[dict[str, Any]]:
    """Entries of some dates: those that stand, or all with what corrected them."""
    with house.database.read() as session:
        _desk(session, house, kitchen_id, actor)
        to_on = _last(from_on, days)
        found = load_checks(session, kitchen_id, from_on, to_on, register=register, every=every)
    return [check_document(one, language) for one in found]


@router.post("/checks/{kitchen_id}/entries", status_code=201)
def write(
    told: EntryIn, kitchen_id: str, house: HouseHere, actor: Keeper, language: LanguageHere
) -> dict[str, Any]:
    """Writes into a register."""
    facts = told.model_dump(exclude={"register_code"})
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        return check_document(write_check(session, desk, Entry(told.register_code, **facts)), language)


@router.post("/checks/{kitchen_id}/entries/{check_id}/signature", status_code=204)
def sign(told: SignIn, kitchen_id: str, check_id: str, house: HouseHere, actor: Signer) -> None:
    """Signs an entry off."""
    with house.database.begin() as session:
        sign_check(session, _desk(session, house, kitchen_id, actor), check_id, told.person, told.note)


@router.post("/checks/{kitchen_id}/entries/{check_id}/action", status_code=204)
def act(told: ActionIn, kitchen_id: str, check_id: str, house: HouseHere, actor: Keeper) -> None:
    """Writes down what was done about an entry that failed."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        act_on_check(session, desk, check_id, told.action, told.person, told.note)


@router.get("/checks/{kitchen_id}/gaps")
def gaps(
    kitchen_id: str,
    house: HouseHere,
    actor: Reader,
    language: LanguageHere,
    days: Days = LOOK_BACK_DAYS,
) -> list[dict[str, Any]]:
    """What is missing from the last days, today included."""
    with house.database.read() as session:
        desk = _desk(session, house, kitchen_id, actor)
        from_on = desk.today_on - timedelta(days=days - 1)
        return [gap_document(one, language) for one in find_gaps(session, desk, from_on, desk.today_on)]


@router.post("/services/{kitchen_id}/{service_on}/{meal}/steps", status_code=201)
def measured(
    told: StepIn, service: ServiceHere, house: HouseHere, actor: Keeper, language: LanguageHere
) -> dict[str, Any]:
    """Writes a measurement down; a core that is hot enough at the end of cooking starts the clock."""
    with house.database.begin(lock=service.key) as session:
        desk = _desk(session, house, service.kitchen_id, actor)
        return step_document(record_step(session, desk, service, StepTold(**told.model_dump())), language)


@router.post("/services/{kitchen_id}/{service_on}/{meal}/steps/{ref}/action", status_code=204)
def acted(told: ActionIn, service: ServiceHere, ref: str, house: HouseHere, actor: Keeper) -> None:
    """Writes down what was done about a measurement that failed."""
    with house.database.begin(lock=service.key) as session:
        desk = _desk(session, house, service.kitchen_id, actor)
        act_on_step(session, desk, service, ref, told.action, told.person, told.note)


@router.post("/services/{kitchen_id}/{service_on}/{meal}/steps/{ref}/lift", status_code=204)
def lifted(told: LiftIn, service: ServiceHere, ref: str, house: HouseHere, actor: Lifter) -> None:
    """Lifts a discard: a named person's act, with a reason."""
    with house.database.begin(lock=service.key) as session:
        desk = _desk(session, house, service.kitchen_id, actor)
        lift_discard(session, desk, service, ref, told.person, told.reason)


@router.post("/services/{kitchen_id}/{service_on}/{meal}/samples", status_code=201)
def sampled(told: SampleIn, service: ServiceHere, house: HouseHere, actor: Keeper) -> dict[str, Any]:
    """Writes down that a sample was taken."""
    with house.database.begin(lock=service.key) as session:
        desk = _desk(session, house, service.kitchen_id, actor)
        return sample_document(take_sample(session, desk, service, SampleTold(**told.model_dump())))


@router.post("/services/{kitchen_id}/{service_on}/{meal}/samples/freeze")
def frozen(told: ReasonIn, service: ServiceHere, house: HouseHere, actor: Keeper) -> list[dict[str, Any]]:
    """Freezes every sample of a meal that is still there."""
    with house.database.begin(lock=service.key) as session:
        desk = _desk(session, house, service.kitchen_id, actor)
        return [sample_document(one) for one in freeze_samples(session, desk, service, told.reason)]


@router.post("/checks/{kitchen_id}/samples/{sample_id}", status_code=204)
def changed(told: SampleWordIn, kitchen_id: str, sample_id: str, house: HouseHere, actor: Keeper) -> None:
    """Freezes a sample, sets it free, or writes down that somebody destroyed it."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        change_sample(session, desk, sample_id, told.kind, told.reason, told.person)


def _desk(session: Session, house: House, kitchen_id: str, actor: Actor) -> CheckDesk:
    ensure(actor, "checks.read", kitchen_id=kitchen_id)
    return CheckDesk(find_kitchen(session, kitchen_id), actor, house.clock.now(), house.ids)


def _worker(one: WorkerIn) -> Worker:
    try:
        return Worker(
            "", one.code, one.name, frozenset(one.skills), one.works_from, one.works_to, one.certificate_to_on
        )
    except ValueError as error:
        raise BadInput("watch_hours", worker=one.code) from error


def _last(from_on: date, days: int) -> date:
    try:
        return from_on + timedelta(days=days - 1)
    except OverflowError as error:
        raise BadInput("check_ahead", on=from_on.isoformat()) from error


@router.get(
    "/checks/{kitchen_id}/papers/{name}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
def paper(
    kitchen_id: str,
    name: str,
    house: HouseHere,
    actor: Reader,
    on: date | None = None,
    days: Annotated[int | None, Query(ge=1, le=MOST_DAYS)] = None,
) -> Response:
    """``haccp-record.zh_CN.pdf`` of days up to a date; ``inspector-file`` and ``register-forms`` alike."""
    kind, _, rest = name.partition(".")
    language = next((one for one in LANGUAGES if rest == f"{one}.pdf"), None)
    if language is None or kind not in PAPERS:
        raise NotFound("paper", name)
    with house.database.read() as session:
        desk = _desk(session, house, kitchen_id, actor)
        if kind == "inspector-file":
            made = print_inspector(session, desk, language, days or LOOK_BACK_DAYS)
        elif kind == "register-forms":
            made = print_forms(session, desk, on or desk.today_on, language)
        else:
            to_on = on or desk.today_on
            made = print_record(session, desk, to_on - timedelta(days=(days or 1) - 1), to_on, language)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(made.pdf, media_type="application/pdf", headers=headers)
