"""What went wrong in the kitchen and is put right: starts, corrections, spare labels, weighed pans."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.day.cook import batch_started
from api.day.corrections import Hand, Mended, give_to, mend, take_back, use_carrier
from api.day.holds import packings
from api.day.pairing import SatIn, probe_sat_in, sensor_file
from api.day.pans import pans_of_box, weigh_pan
from api.endpoints.acts import Act
from api.permissions import Actor, ensure
from api.web.access import HouseHere, LanguageHere, may
from api.words import said_document
from kitchen.acts import ActKind
from orders.errors import BadInput

router = APIRouter(prefix="/api/v1", tags=["acts"])


class CorrectionIn(BaseModel):
    """What is wrong about an act; a failed core passes with who says so, and why."""

    what: Literal["mend", "other", "carrier", "never"]
    happened_at: AwareDatetime | None = None
    core_c: float | None = None
    sure: bool = False
    other_id: str = Field(default="", max_length=40)
    carrier_code: str = Field(default="", max_length=100)
    reason: str = Field(default="", max_length=300)
    person: str = Field(default="", max_length=80)


class SensorIn(BaseModel):
    """A sensor, as scanned, and where it really sat from a minute on: in a box, or in none."""

    sensor: str = Field(min_length=1, max_length=140)
    from_at: AwareDatetime
    box_id: str = Field(default="", max_length=40)


class WeightIn(BaseModel):
    """What the scales said of one pan, without the pan."""

    net_g: int


@router.post("/batches/{batch_id}/started", status_code=204)
def started(batch_id: str, act: Act, house: HouseHere, actor: Annotated[Actor, may("batch.cook")]) -> None:
    """A batch went on the heat."""
    with house.database.begin() as session:
        batch_started(
            session,
            batch_id,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
            happened_at=act.happened_at,
        )


@router.post("/acts/{kind}/{subject_id}/corrections", status_code=204)
def corrected(
    kind: ActKind,
    subject_id: str,
    told: CorrectionIn,
    house: HouseHere,
    actor: Annotated[Actor, may("batch.cook")],
) -> None:
    """Corrects one act: its minute or core, its batch or box, its carrier, or that it happened at all."""
    hand = Hand(actor, house.clock.now(), house.ids)
    with house.database.begin() as session:
        if told.what == "never":
            take_back(session, kind, subject_id, hand, told.reason)
        elif told.what == "other":
            give_to(session, kind, subject_id, told.other_id, hand)
        elif told.what == "carrier":
            if kind != "packed":
                raise BadInput("not_understood", where="kind", what=kind)
            use_carrier(session, subject_id, told.carrier_code, hand)
        else:
            mended = Mended(told.happened_at, told.core_c, told.sure, told.person, told.reason)
            mend(session, kind, subject_id, mended, hand)


@router.post("/boxes/{box_id}/sensors")
def sensor_sat_in(
    box_id: str, told: SensorIn, house: HouseHere, actor: Annotated[Actor, may("box.pack")]
) -> dict[str, Any]:
    """Corrects where a sensor sat from a minute on; the boxes whose holds were judged anew."""
    hand = Hand(actor, house.clock.now(), house.ids)
    with house.database.begin() as session:
        pairing = probe_sat_in(session, box_id, SatIn(told.sensor, told.from_at, told.box_id), hand)
    return {"box_ids": list(pairing.box_ids)}


@router.get("/boxes/{box_id}/sensors")
def sensors(box_id: str, house: HouseHere, actor: Annotated[Actor, may("hold.read")]) -> dict[str, Any]:
    """The sensors of a box: those that stand, and what was corrected of them."""
    with house.database.read() as session:
        packing = packings(session, [box_id])[box_id]
        where = {"kitchen_id": packing.service.kitchen_id, "site_id": packing.site.site_id}
        ensure(actor, "hold.read", **where)
        file = sensor_file(session, box_id)
    return {
        "uses": [asdict(one) for one in file.uses],
        "corrected": [asdict(one) for one in file.corrected],
    }


@router.get("/boxes/{box_id}/pans")
def pans(box_id: str, house: HouseHere, actor: Annotated[Actor, may("day.plan")]) -> list[dict[str, Any]]:
    """The pans of a bulk box: size, dish, batches, grams and portions."""
    with house.database.read() as session:
        kitchen_id = packings(session, [box_id])[box_id].service.kitchen_id
        ensure(actor, "day.plan", kitchen_id=kitchen_id)
        found = pans_of_box(session, box_id)
    return [
        {
            "pan": one.load.pan,
            "size": one.load.size,
            "dish_zh": one.dish.zh,
            "dish_en": one.dish.en,
            "batches": list(one.batches),
            "portions": one.load.portions,
            "net_g": one.load.net_g,
            "weighed_g": one.weighed_g,
            "portions_weighed": one.portions,
        }
        for one in found
    ]


@router.post("/boxes/{box_id}/pans/{pan}")
def weighed(
    box_id: str,
    pan: int,
    told: WeightIn,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("box.pack")],
) -> dict[str, Any]:
    """Writes down what the scales said of a pan."""
    hand = Hand(actor, house.clock.now(), house.ids)
    with house.database.begin() as session:
        findings = weigh_pan(session, box_id, pan, told.net_g, hand)
    return {"findings": [said_document(one, language) for one in findings]}
