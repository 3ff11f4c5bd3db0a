"""``holdchain asset``: fixed assets that keep food, their sensors, and how each stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import KitchenOption
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.checks.desk import CheckDesk

CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="What is written on it.")]
SensorArgument = Annotated[
    str, typer.Argument(metavar="SENSOR", help="DEVICE, or DEVICE/PROBE where it has several.")
]
SENSES_HELP = "What the sensor senses: air, or ambient for one that only tells of the door."
LIMIT_HELP = "Its own {limit} limit, degrees Celsius (default: the safety profile's)."


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Cold rooms, freezers, hot cabinets: what keeps food.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("mount")(mount)
    group.command("dismount")(dismount)
    app.add_typer(group, name="asset")


def add(
    code: CodeArgument,
    kind: Annotated[
        str, typer.Option(help="cold_room, freezer, sample_fridge, hot_cabinet or van_compartment.")
    ],
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    low_c: Annotated[float | None, typer.Option(help=LIMIT_HELP.format(limit="lower"))] = None,
    high_c: Annotated[float | None, typer.Option(help=LIMIT_HELP.format(limit="upper"))] = None,
    sensor: Annotated[list[str] | None, typer.Option(help="A sensor that is mounted in it now.")] = None,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Lists an asset, or changes it. What is left out is as its kind has it.

    Example: holdchain asset add CR-1 --kind cold_room --name "Cold room" --sensor TH-1
    """
    from api.checks.assets import AssetTold, list_assets
    from api.day.asset_sensors import Mounting
    from api.day.asset_sensors import mount as put
    from telemetry.assets import ASSET_KINDS

    known = next((one for one in ASSET_KINDS if one == kind), None)
    if known is None:
        raise typer.BadParameter(", ".join(ASSET_KINDS), param_hint="--kind")
    with _desk(data, kitchen) as (session, desk):
        list_assets(session, desk, [AssetTold(code, known, name, low_c, high_c)])
        for one in sensor or []:
            put(session, desk, Mounting(code.strip(), one))
        document = _document(session, desk, code)
    _print_one(document, json)


def list_(kitchen: KitchenOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Lists assets and how each stands, those that call first. Example: holdchain asset list"""
    from api.checks.asset_documents import asset_document
    from api.checks.asset_views import assets_view

    with _desk(data, kitchen) as (session, desk):
        view = assets_view(session, desk)
        documents = [asset_document(one, cli_language()) for one in view.assets]
        found = [at.isoformat() for at in view.found] if view.found else None
    out = Out(json)
    for one in documents:
        _print_lines(out, one)
    out.result({"assets": documents, "found": found})


def show(
    code: CodeArgument, kitchen: KitchenOption = None, data: DataOption = None, json: JsonOption = False
) -> None:
    """Shows how an asset stands, and what it calls for. Example: holdchain asset show CR-1"""
    with _desk(data, kitchen) as (session, desk):
        document = _document(session, desk, code)
    _print_one(document, json)


def mount(
    code: CodeArgument,
    sensor: SensorArgument,
    senses: Annotated[str, typer.Option(help=SENSES_HELP)] = "air",
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Notes that a sensor is mounted in an asset now. Example: holdchain asset mount CR-1 TH-1"""
    from api.day.asset_sensors import Mounting
    from api.day.asset_sensors import mount as put
    from telemetry.readings import SENSES

    known = next((one for one in SENSES if one == senses), None)
    if known is None:
        raise typer.BadParameter(", ".join(SENSES), param_hint="--senses")
    with _desk(data, kitchen) as (session, desk):
        put(session, desk, Mounting(code, sensor, known))
        document = _document(session, desk, code)
    _print_one(document, json)


def dismount(
    code: CodeArgument,
    sensor: SensorArgument,
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Notes that a sensor, DEVICE/PROBE, left an asset. Example: holdchain asset dismount CR-1 TH-1/air"""
    from api.day.asset_sensors import dismount as take

    with _desk(data, kitchen) as (session, desk):
        take(session, desk, code, sensor)
        document = _document(session, desk, code)
    _print_one(document, json)


@contextmanager
def _desk(data: Path | None, kitchen: str | None) -> "Iterator[tuple[Session, CheckDesk]]":
    """One transaction on the floor of the kitchen that is meant."""
    from api.checks.desk import CheckDesk
    from api.cli.choosing import kitchen_here
    from api.people import OPERATOR

    with opened(data) as house:
        owner = kitchen_here(house, kitchen)
        desk = CheckDesk(owner, OPERATOR, house.clock.now(), house.ids)
        with house.database.begin(lock=f"checks/{owner.kitchen_id}") as session:
            yield session, desk


def _document(session: "Session", desk: "CheckDesk", code: str) -> dict[str, Any]:
    from api.checks.asset_documents import asset_document
    from api.checks.asset_views import assets_view
    from api.checks.assets import need_asset

    asset = need_asset(session, desk.kitchen.kitchen_id, code)
    views = assets_view(session, desk).assets
    return asset_document(next(one for one in views if one.asset.code == asset.code), cli_language())


def _print_one(document: dict[str, Any], json: bool) -> None:
    out = Out(json)
    _print_lines(out, document)
    out.result({"asset": document})


def _print_lines(out: Out, document: dict[str, Any]) -> None:
    value_c = "-" if document["value_c"] is None else f"{document['value_c']:.1f} °C"
    probes = " ".join(document["probes"])
    out.line(f"{document['code']}  {document['kind']}  {document['state']}  {value_c}  {probes}".rstrip())
    for call in document["calls"]:
        out.line(f"  {call['severity']}  {call['words']}")
