"""Fixed assets: listed, with sensors mounted in them, how they stand, and power cuts."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from api.checks.asset_documents import asset_document, cut_document
from api.checks.asset_views import assets_view
from api.checks.assets import AssetTold, drop_asset, list_assets
from api.checks.desk import CheckDesk
from api.checks.power_cuts import CutTold, LotTold, decide_lot, declare_cut
from api.day.asset_sensors import Mounting, dismount, mount
from api.day.services import find_kitchen
from api.house import House
from api.permissions import Actor, ensure
from api.web.access import HouseHere, LanguageHere, may
from telemetry.assets import AssetKind
from telemetry.readings import Senses
from telemetry.store.assets import LotWordKind

router = APIRouter(prefix="/api/v1/assets", tags=["assets"])
Reader = Annotated[Actor, may("checks.read")]
Keeper = Annotated[Actor, may("checks.keep")]
Lister = Annotated[Actor, may("checks.list")]
Code = Annotated[str, Field(min_length=1, max_length=40)]
Text = Annotated[str, Field(max_length=200)]
Person = Annotated[str, Field(max_length=100)]
Celsius = Annotated[float, Field(ge=-100, le=300)]
Minutes = Annotated[float, Field(ge=0, le=1440)]
Hours = Annotated[float, Field(gt=0, le=24)]


class AssetIn(BaseModel):
    """An asset; what is left out stays as its kind and the safety profile have it."""

    code: Code
    kind: AssetKind
    name: Person = ""
    low_c: Celsius | None = None
    high_c: Celsius | None = None
    defrost_minutes: Minutes | None = None
    defrost_hours: Hours | None = None
    delay_minutes: Minutes | None = None
    door_minutes: Minutes | None = None


class SensorIn(BaseModel):
    """A sensor that is mounted; ``ambient`` for one that only tells of the door."""

    sensor: Annotated[str, Field(min_length=1, max_length=140)]
    senses: Senses = "air"
    from_at: AwareDatetime | None = None


class CutIn(BaseModel):
    """A power cut."""

    from_at: AwareDatetime
    to_at: AwareDatetime
    note: Text = ""
    person: Person = ""


class LotIn(BaseModel):
    """What becomes of a lot after a power cut."""

    asset: Code
    lot: Code
    word: LotWordKind
    reason: Text
    person: Person = ""


@router.get("/{kitchen_id}")
def stand(kitchen_id: str, house: HouseHere, actor: Reader, language: LanguageHere) -> dict[str, Any]:
    """How each asset stands, what calls, and the power cuts of the last days."""
    with house.database.read() as session:
        view = assets_view(session, _desk(session, house, kitchen_id, actor))
    return {
        "assets": [asset_document(one, language) for one in view.assets],
        "cuts": [cut_document(one) for one in view.cuts],
        "found": [at.isoformat() for at in view.found] if view.found else None,
    }


@router.put("/{kitchen_id}")
def listed(told: list[AssetIn], kitchen_id: str, house: HouseHere, actor: Lister) -> dict[str, int]:
    """Lists assets; each is kept by its code, what is not named stays."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        return {"assets": len(list_assets(session, desk, [AssetTold(**one.model_dump()) for one in told]))}


@router.delete("/{kitchen_id}/{code}", status_code=204)
def dropped(kitchen_id: str, code: str, house: HouseHere, actor: Lister) -> None:
    """Takes an asset off the list."""
    with house.database.begin() as session:
        drop_asset(session, _desk(session, house, kitchen_id, actor), code)


@router.post("/{kitchen_id}/{code}/sensors", status_code=204)
def mounted(told: SensorIn, kitchen_id: str, code: str, house: HouseHere, actor: Lister) -> None:
    """Mounts a sensor in an asset."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        mount(session, desk, Mounting(code, told.sensor, told.senses, told.from_at))


@router.delete("/{kitchen_id}/{code}/sensors/{device_id}/{probe}", status_code=204)
def dismounted(
    kitchen_id: str, code: str, device_id: str, probe: str, house: HouseHere, actor: Lister
) -> None:
    """Takes a sensor out of an asset."""
    with house.database.begin() as session:
        dismount(session, _desk(session, house, kitchen_id, actor), code, f"{device_id}/{probe}")


@router.post("/{kitchen_id}/cuts", status_code=201)
def cut(told: CutIn, kitchen_id: str, house: HouseHere, actor: Keeper) -> dict[str, Any]:
    """Writes a power cut down, with what is known of each asset now."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        kept = declare_cut(session, desk, CutTold(**told.model_dump()))
    return {"cut": kept.cut_id, "source": kept.source, "known": dict(kept.known)}


@router.post("/{kitchen_id}/cuts/{cut_id}/lots", status_code=204)
def decided(told: LotIn, kitchen_id: str, cut_id: str, house: HouseHere, actor: Keeper) -> None:
    """Writes down what becomes of a lot."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        decide_lot(session, desk, cut_id, LotTold(**told.model_dump()))


def _desk(session: Session, house: House, kitchen_id: str, actor: Actor) -> CheckDesk:
    ensure(actor, "checks.read", kitchen_id=kitchen_id)
    return CheckDesk(find_kitchen(session, kitchen_id), actor, house.clock.now(), house.ids)
