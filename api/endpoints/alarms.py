"""Stops and alarms: who has the food, who has answered, whom an alarm calls, what becomes of the food."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.alarm_rules import alarm_rules, change_alarm_rules
from api.audit import record
from api.day.decide import Decided, decide_alarm
from api.day.stop_documents import alarm_document, stop_document
from api.day.stops import find_stop, seen_stop, stops_for
from api.day.views_alarms import alarm_items
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from telemetry.alarm_rules import AlarmRules
from telemetry.store.alarm_acts import Disposition

router = APIRouter(prefix="/api/v1", tags=["alarms"])
Document = dict[str, Any]
Name = Annotated[str, Field(max_length=80)]


class SeenIn(BaseModel):
    """Which site or van keeps the food back, and who says so there."""

    kind: Literal["site", "van"]
    place: Name
    person: Name = ""
    comment: Annotated[str, Field(max_length=200)] = ""


class DecisionIn(BaseModel):
    """What becomes of the food, what was done, and who decides it."""

    disposition: Disposition
    action: Annotated[str, Field(min_length=1, max_length=200)]
    person: Name = ""


class RulesIn(BaseModel):
    """The parts of the rules that change, as in ``config/alarms.toml``."""

    rings: Document | None = None
    stop: Document | None = None
    escalation: Document | None = None


@router.get("/stops")
def stops(
    house: HouseHere, language: LanguageHere, actor: Annotated[Actor, may("stop.read")]
) -> list[Document]:
    """The stops that concern the reader, without the people."""
    now_at = house.clock.now()
    with house.database.read() as session:
        found = stops_for(session, actor, now_at)
        documents = [stop_document(session, one, actor, language, now_at) for one in found]
    return [{key: value for key, value in one.items() if key != "meals"} for one in documents]


@router.get("/stops/{withheld_id}")
def stop(
    withheld_id: str, house: HouseHere, language: LanguageHere, actor: Annotated[Actor, may("stop.read")]
) -> Document:
    """One stop: places with their word, and who has eaten, has it on the table, or waits for it."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        found = find_stop(session, withheld_id, actor)
        document = stop_document(session, found, actor, language, now_at)
        subject = f"{found.service.key}/{found.held.code}"
        record(session, actor, "stop.read", subject, now_at, {"meals": len(document["meals"])})
    return document


@router.post("/stops/{withheld_id}/seen", status_code=204)
def seen(withheld_id: str, told: SeenIn, house: HouseHere, actor: Annotated[Actor, may("stop.seen")]) -> None:
    """A place keeps the food back."""
    now_at, said = house.clock.now(), {"person": told.person, "comment": told.comment}
    with house.database.begin() as session:
        seen_stop(session, withheld_id, told.kind, told.place, actor=actor, now_at=now_at, **said)


@router.get("/alarms")
def alarms(
    house: HouseHere, language: LanguageHere, actor: Annotated[Actor, may("alarm.read")]
) -> list[Document]:
    """Alarms that the reader may see: open ones, then those of the last six hours."""
    now_at = house.clock.now()
    with house.database.read() as session:
        return [alarm_document(one, language, now_at) for one in alarm_items(session, actor, now_at)]


@router.get("/alarms/rules")
def rules(house: HouseHere, _: Annotated[Actor, may("alarm.read")]) -> AlarmRules:
    """When an alarm rings and whom it calls; a system default until the operator changes it."""
    with house.database.read() as session:
        return alarm_rules(session)


@router.put("/alarms/rules")
def change(told: RulesIn, house: HouseHere, actor: Annotated[Actor, may("config.edit")]) -> dict[str, int]:
    """Keeps a new revision of the rules."""
    parts = told.model_dump(exclude_none=True)
    with house.database.begin() as session:
        revision = change_alarm_rules(session, parts, actor=actor, now_at=house.clock.now())
    return {"revision": revision}


@router.post("/alarms/{alarm_id}/decide", status_code=204)
def decided(
    alarm_id: str, told: DecisionIn, house: HouseHere, actor: Annotated[Actor, may("alarm.decide")]
) -> None:
    """Keeps a corrective action and what becomes of the food."""
    now_at, said = house.clock.now(), Decided(told.disposition, told.action, told.person)
    with house.database.begin() as session:
        decide_alarm(session, alarm_id, said, actor=actor, now_at=now_at, ids=house.ids)
