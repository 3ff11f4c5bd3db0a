"""What the sensors told: workers, holds, alarms, devices."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.day.acknowledge import acknowledge_alarm
from api.day.holds import packings
from api.devices import issue, let_in
from api.endpoints.day import Said, ServiceHere, said
from api.permissions import Actor, ensure
from api.serving import broker_params
from api.store.workers import load_workers
from api.web.access import HouseHere, LanguageHere, may
from kitchen.store.floor import sites_of_boxes
from kitchen.store.production import load_production
from orders.codes import Coded
from orders.errors import NotFound
from telemetry.readings import Senses
from telemetry.store.alarms import AlarmRow, alarm_rows
from telemetry.store.history import readings_of_holds
from telemetry.store.readings import count_readings
from telemetry.store.verdicts import latest_verdicts

router = APIRouter(prefix="/api/v1", tags=["telemetry"])


class IngestState(BaseModel):
    """How far the workers have come: readings stored, those of them judged, and as of when."""

    stored: int
    judged: int
    judged_at: AwareDatetime | None


class AlarmOut(BaseModel):
    """One alarm."""

    alarm_id: str
    box_id: str
    kind: str
    severity: str
    raised_at: AwareDatetime
    cleared_at: AwareDatetime | None
    acknowledged_by: str | None
    said: Said


class Comment(BaseModel):
    """What a person says to an alarm."""

    comment: str = Field(min_length=1, max_length=500)
    person: str = Field(default="", max_length=80)


class DeviceIn(BaseModel):
    """A sensor: its name, whose payload it speaks, and what each of its probes senses."""

    device_id: str = Field(min_length=1, max_length=64)
    family: str = Field(default="holdchain", max_length=64)
    probes: dict[str, Senses] = Field(default_factory=dict, max_length=16)


class DeviceSecret(BaseModel):
    """A device's way in, shown once."""

    device_id: str
    client_id: str
    username: str
    password: str
    host: str
    port: int


@router.get("/ingest")
def ingest_state(house: HouseHere, _: Annotated[Actor, may("day.read")]) -> IngestState:
    """Readings stored, and the instant up to which every open box is judged."""
    with house.database.read() as session:
        stored = count_readings(session)
        workers = load_workers(session)
    judged_at = min((row.judged_at for row in workers if row.judged_at), default=None)
    judged = min(stored, sum(row.stored for row in workers))
    return IngestState(stored=stored, judged=judged, judged_at=judged_at)


@router.get("/services/{kitchen_id}/{service_on}/{meal}/alarms")
def alarms(
    service: ServiceHere,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("alarm.read")],
    only_open: bool = False,
) -> list[AlarmOut]:
    """Alarms of the service's boxes, oldest first; a canteen sees those of its own."""
    with house.database.read() as session:
        production = load_production(session, service.key)
        if production is None:
            raise NotFound("production", service.key)
        sites = sites_of_boxes(session, production.production_id)
        own = [box_id for box_id, site_id in sites.items() if actor.site_id in (None, site_id)]
        rows = alarm_rows(session, own, only_open=only_open)
    return [_alarm(row, language) for row in rows]


@router.post("/alarms/{alarm_id}/acknowledge", status_code=204)
def acknowledged(
    alarm_id: str,
    comment: Comment,
    house: HouseHere,
    actor: Annotated[Actor, may("alarm.acknowledge")],
) -> None:
    """Notes who has seen an alarm and what they do about it."""
    with house.database.begin() as session:
        now_at = house.clock.now()
        acknowledge_alarm(
            session, alarm_id, comment.comment, actor=actor, now_at=now_at, person=comment.person
        )


@router.get("/boxes/{box_id}/hold")
def hold(
    box_id: str, house: HouseHere, language: LanguageHere, actor: Annotated[Actor, may("hold.read")]
) -> dict[str, Any]:
    """A box's newest verdict with its numbers, its reasons in words, and every reading of its probe."""
    with house.database.read() as session:
        packing = packings(session, [box_id])[box_id]
        kitchen_id, site_id = packing.service.kitchen_id, packing.site.site_id
        ensure(actor, "hold.read", kitchen_id=kitchen_id, site_id=site_id)
        verdict = latest_verdicts(session, [box_id]).get(box_id)
        if verdict is None:
            raise NotFound("hold", packing.box.code)
        readings = readings_of_holds(session, [box_id])[box_id]
    return {
        "box_id": box_id,
        **asdict(verdict),
        "shown": verdict.shown,
        "reasons": [one.model_dump() for one in said(verdict.reasons, language)],
        "readings": [
            {"measured_at": one.measured_at, "value_c": one.value, "senses": one.senses} for one in readings
        ],
    }


@router.post("/devices", status_code=204)
def device_added(told: DeviceIn, house: HouseHere, actor: Annotated[Actor, may("devices.manage")]) -> None:
    """Registers a sensor; its secret comes with the next ``devices/secrets``."""
    with house.database.begin() as session:
        let_in(
            session,
            actor,
            house.clock.now(),
            told.device_id,
            family=told.family,
            probes={probe: str(senses) for probe, senses in told.probes.items()},
        )


@router.post("/devices/secrets")
def device_secrets(house: HouseHere, actor: Annotated[Actor, may("devices.manage")]) -> list[DeviceSecret]:
    """Makes secrets for every device that has none and lets them in; shown once."""
    params = broker_params(house)
    with house.database.begin() as session:
        users = issue(session, actor, house.clock.now(), params.folder)
    return [
        DeviceSecret(
            device_id=user.device_id,
            client_id=user.device_id,
            username=user.device_id,
            password=user.secret,
            host=params.host,
            port=params.mqtt_port,
        )
        for user in users
    ]


def _alarm(row: AlarmRow, language: str) -> AlarmOut:
    return AlarmOut(
        alarm_id=row.alarm_id,
        box_id=row.box_id,
        kind=row.kind,
        severity=row.severity,
        raised_at=row.raised_at,
        cleared_at=row.cleared_at,
        acknowledged_by=row.acknowledged_by,
        said=said([Coded(row.code, row.params)], language)[0],
    )
