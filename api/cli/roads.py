"""``holdchain roads``: real roads from an extract of OpenStreetMap, for travel times and coverage."""

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.choosing import KitchenOption, kitchen_here
from api.cli.common import NAMED_FIRST, DataOption, JsonOption, Out, cli_language, opened, require_house
from api.cli.roads_coverage import coverage

if TYPE_CHECKING:
    from api.settings import Settings
    from routing.road_programs import Programs

THREADS = typer.Option(min=1, max=256, help="Threads (default: all processors).")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Roads: built from a map, served, and who lives too far.", no_args_is_help=True)
    for command in (build, serve, use, get, coverage):
        group.command(command.__name__)(command)
    app.add_typer(group, name="roads")


def build(
    extract: Annotated[Path, typer.Argument(metavar="FILE.osm.pbf", help="Extract of OpenStreetMap.")],
    fetch: Annotated[
        bool, typer.Option(help="Fetch the engine's programs when they are missing (pinned, hashes checked).")
    ] = True,
    threads: Annotated[int | None, THREADS] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Builds the roads of a map; those before stay until it is done. Example: holdchain roads build FILE"""
    from dataclasses import asdict

    from api.roads import cores, installed_programs, need_programs, roads_folder
    from api.words import gettext
    from routing.road_tiles import build_tiles

    out, settings = Out(json), _settings(data)
    programs = installed_programs() or (_got(out) if fetch else need_programs())
    tiles, is_new = build_tiles(programs, extract, roads_folder(settings.data), threads or cores())
    words = gettext(
        "Roads of {extract} built: {tiles} tiles, {mb} MB, Valhalla {engine}."
        if is_new
        else "The roads of {extract} are built already: {tiles} tiles, {mb} MB, Valhalla {engine}.",
        cli_language(),
    )
    told = asdict(tiles) | {"mb": f"{tiles.size_bytes / 1e6:.1f}"}
    out.line(words.format(**told))
    out.result({**asdict(tiles), "built": is_new, "folder": str(roads_folder(settings.data).resolve())})


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for any free one.")] = 8002,
    threads: Annotated[int | None, THREADS] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Serves the built roads to this machine until stopped. Example: holdchain roads serve --port 8002"""
    from api.roads import cores, need_programs, roads_folder
    from api.words import gettext
    from routing.road_server import RoadServer

    out, language, stop = Out(json), cli_language(), threading.Event()
    server = RoadServer(need_programs(), roads_folder(_settings(data).data), port, threads or cores())
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda *_: stop.set())
    try:
        tiles = server.start()
        words = gettext("Roads of {extract} on {url}, for this machine alone. Ctrl-C stops.", language)
        out.line(words.format(extract=tiles.extract, url=server.url))
        out.line(
            gettext("A kitchen plans by them after: holdchain roads use {url}", language).format(
                url=server.url
            )
        )
        out.result(
            {"url": server.url, "extract": tiles.extract, "engine": tiles.engine, "dataset": tiles.dataset}
        )
        while not stop.wait(1.0):
            if server.tend():
                out.line(gettext("The road engine was started again.", language))
    finally:
        server.stop()


def use(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the road engine, or none.")],
    kitchen: KitchenOption = None,
    profile: Annotated[str, typer.Option(help="van, truck, bicycle or walk.")] = "van",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Has a kitchen plan by a road engine, or none. Example: holdchain roads use http://127.0.0.1:8002"""
    from api.people import OPERATOR
    from api.roads import road_params, use_roads
    from api.words import gettext

    params, language = road_params(url, profile), cli_language()
    with opened(data) as house:
        code = kitchen_here(house, kitchen).kitchen_id
        with house.database.begin() as session:
            use_roads(session, code, params, actor=OPERATOR, clock=house.clock)
    words = (
        "Kitchen {kitchen} plans by the roads at {url}."
        if params
        else "Kitchen {kitchen} plans by straight lines."
    )
    out = Out(json)
    out.line(gettext(words, language).format(kitchen=code, url=url))
    out.result(
        {"kitchen": code, "url": params.url if params else None, "profile": profile if params else None}
    )


def get(
    wheel: Annotated[
        Path | None, typer.Option(help="The engine's wheel, for a machine without a network.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Fetches the road engine's programs, pinned with their hashes. Example: holdchain roads get"""
    out = Out(json)
    programs = _got(out, wheel)
    out.result({"engine": programs.version, "program": programs.service[0]})


def _got(out: Out, wheel: Path | None = None) -> "Programs":
    """The engine's programs, fetched; says so, since it is the one thing that needs a network."""
    from api.roads import get_programs
    from api.words import gettext

    if wheel is None:
        words = "Fetching the road engine's programs (about 37 MB, once) from the package index ..."
        out.line(gettext(words, cli_language()))
    programs = get_programs(wheel)
    words = gettext("Valhalla {version} is installed.", cli_language())
    out.line(words.format(version=programs.version))
    return programs


def _settings(data: Path | None) -> "Settings":
    """The settings; a data folder that is named must be a house's, as for every command."""
    from api.roads import roads_folder
    from api.settings import load_settings, prepare_data

    settings = load_settings(data)
    is_named = data is not None or NAMED_FIRST in os.environ
    if is_named and not roads_folder(settings.data).is_dir():
        require_house(settings)
    prepare_data(settings.data)
    return settings
