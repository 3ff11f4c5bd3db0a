"""The page of fixed assets: how warm each is, its minutes beyond the limit today, and power cuts."""

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.checks.asset_views import assets_view
from api.checks.assets import AssetTold, list_assets
from api.checks.desk import CheckDesk
from api.checks.power_cuts import CutTold, LotTold, decide_lot, declare_cut
from api.day.asset_sensors import Mounting, dismount, mount
from api.pages.shell import answer
from api.permissions import Actor
from api.web.access import HouseHere, may
from api.web.render import render
from orders.errors import BadInput, NotFound
from orders.store.sites import load_kitchens
from telemetry.assets import ASSET_KINDS, AssetKind
from telemetry.readings import Senses
from telemetry.store.assets import LOT_WORDS, LotWordKind

router = APIRouter(prefix="/assets", include_in_schema=False)
Reader = Annotated[Actor, may("checks.read")]
Keeper = Annotated[Actor, may("checks.keep")]
Lister = Annotated[Actor, may("checks.list")]
Kitchen = Annotated[str, Form(max_length=40)]
Code = Annotated[str, Form(min_length=1, max_length=40)]
Text = Annotated[str, Form(max_length=200)]
Person = Annotated[str, Form(max_length=100)]
WRITTEN = "It is written down."


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, kitchen: str = "") -> Response:
    """The assets of the actor's kitchen."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen)
    return render(request, "assets.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader, kitchen: str = "") -> Response:
    """The part of the page that changes by itself."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen)
    return render(request, "assets_live.html", done="", **facts)


@router.post("")
def listed(
    request: Request,
    house: HouseHere,
    actor: Lister,
    code: Code,
    kind: Annotated[AssetKind, Form()],
    name: Text = "",
    kitchen: Kitchen = "",
) -> Response:
    """An asset is listed, or its name is changed."""
    with house.database.begin() as session:
        list_assets(session, _desk(session, house, actor, kitchen), [AssetTold(code, kind, name)])
    return _done(request, house, actor, kitchen)


@router.post("/{code}/mounted")
def mounted(
    request: Request,
    house: HouseHere,
    actor: Lister,
    code: str,
    sensor: Annotated[str, Form(min_length=1, max_length=140)],
    senses: Annotated[Senses, Form()] = "air",
    kitchen: Kitchen = "",
) -> Response:
    """A sensor is mounted in an asset."""
    with house.database.begin() as session:
        mount(session, _desk(session, house, actor, kitchen), Mounting(code, sensor, senses))
    return _done(request, house, actor, kitchen)


@router.post("/{code}/dismounted")
def dismounted(
    request: Request,
    house: HouseHere,
    actor: Lister,
    code: str,
    sensor: Annotated[str, Form(max_length=140)],
    kitchen: Kitchen = "",
) -> Response:
    """A sensor is taken out of an asset."""
    with house.database.begin() as session:
        dismount(session, _desk(session, house, actor, kitchen), code, sensor)
    return _done(request, house, actor, kitchen)


@router.post("/cuts/told")
def cut(
    request: Request,
    house: HouseHere,
    actor: Keeper,
    from_at: Annotated[str, Form(max_length=40)],
    to_at: Annotated[str, Form(max_length=40)],
    note: Text = "",
    person: Person = "",
    kitchen: Kitchen = "",
) -> Response:
    """A power cut is written down."""
    with house.database.begin() as session:
        desk = _desk(session, house, actor, kitchen)
        began_at, ended_at = (_instant(one, desk.kitchen.zone) for one in (from_at, to_at))
        declare_cut(session, desk, CutTold(began_at, ended_at, note, person))
    return _done(request, house, actor, kitchen)


@router.post("/cuts/{cut_id}/lots")
def decided(
    request: Request,
    house: HouseHere,
    actor: Keeper,
    cut_id: str,
    asset: Code,
    lot: Code,
    word: Annotated[LotWordKind, Form()],
    reason: Text,
    person: Person = "",
    kitchen: Kitchen = "",
) -> Response:
    """What becomes of a lot after a power cut."""
    with house.database.begin() as session:
        desk = _desk(session, house, actor, kitchen)
        decide_lot(session, desk, cut_id, LotTold(asset, lot, word, reason, person))
    return _done(request, house, actor, kitchen)


def _instant(text: str, zone: str) -> datetime:
    """An instant as a field of date and time gives it, on the kitchen's clock."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("not_understood", where="at", what=text[:40]) from None
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _local(at: datetime, zone: str) -> str:
    """As a field of date and time takes it."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def _done(request: Request, house: HouseHere, actor: Actor, kitchen: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen)
    return answer(request, f"/assets?kitchen={kitchen}", "assets_live.html", WRITTEN, **facts)


def _facts(session: Session, house: HouseHere, actor: Actor, wanted: str) -> dict[str, Any]:
    desk = _desk(session, house, actor, wanted)
    view = assets_view(session, desk)
    return {
        "view": view,
        "watch": view.watch,
        "kitchen": desk.kitchen,
        "kitchens": () if actor.kitchen_id else load_kitchens(session),
        "zone": desk.kitchen.zone,
        "kinds": ASSET_KINDS,
        "words": LOT_WORDS,
        "found_local": [_local(at, desk.kitchen.zone) for at in view.found or ()],
    }


def _desk(session: Session, house: HouseHere, actor: Actor, wanted: str) -> CheckDesk:
    own = actor.kitchen_id or wanted
    found = next((one for one in load_kitchens(session) if not own or one.kitchen_id == own), None)
    if found is None:
        raise NotFound("kitchen", own or "-")
    return CheckDesk(found, actor, house.clock.now(), house.ids)
