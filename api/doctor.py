"""What this machine and this house lack."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from api.db import Database, newest_migration
from api.errors import in_words
from api.paths import config_dir, fonts_dir, static_dir
from api.register.secret import KEY_FILE
from api.roads import installed_programs, roads_folder
from api.sensors import read_sensors, sensors_file
from api.settings import load_settings
from api.words import say
from orders.errors import MealError
from orders.store.identities import has_identities
from orders.store.sites import load_kitchen_settings, load_kitchens
from routing.road_tiles import current_tiles
from routing.roads import RoadEngine, RoadParams, RoadsDown, roads_from_table
from telemetry.broker import find_server
from telemetry.broker_log import refused_names
from telemetry.sensors import BrokerAddress

LEAST_FREE_BYTES = 1_000_000_000
ITS_WORD = (
    "what it acknowledges to a sensor is safe once we took it; killed before, all but a NATS server with "
    "JetStream lose it. Let sensors that can keep a backlog speak to the embedded broker."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing looked at.

    Parameters
    ----------
    what
        Which.
    is_well
        Whether nothing is lacking.
    words
        What was found.
    """

    what: str
    is_well: bool
    words: str


def examine(data: Path | None) -> list[Finding]:
    """Looks at config, data, database, broker, sensors, fonts, scripts and free space; changes nothing."""
    settings = load_settings(data)
    return [
        _folder("config", config_dir()),
        _folder("fonts (make assets)", fonts_dir()),
        _folder("scripts of the pages (make assets)", static_dir() / "vendor"),
        _broker(),
        _space(settings.data),
        _secrets(settings.data),
        _database(settings.url, settings.data),
        _people_key(settings.url, settings.data),
        *_sensors(settings.data),
        *_refused_names(settings.data),
        _roads(settings.data),
        *_road_engines(settings.url, settings.data),
    ]


def _folder(what: str, path: Path) -> Finding:
    present = path.is_dir() and any(path.iterdir())
    return Finding(what, present, str(path) if present else f"nothing in {path}")


def _broker() -> Finding:
    try:
        return Finding("broker", True, find_server())
    except MealError as refusal:
        return Finding("broker", False, refusal.code)


def _sensors(data: Path) -> list[Finding]:
    """The sensors' file, and what an acknowledgement of each broker in it is worth."""
    file = str(sensors_file(data))
    try:
        sensors = read_sensors(data)
    except MealError as refusal:
        return [Finding("sensors", False, "; ".join(in_words(refusal, "en").splitlines()))]
    others = [one for one in sensors.brokers if one.host]
    heard = f"{len(sensors.families)} families at {len(sensors.brokers)} broker(s), {file}"
    return [Finding("sensors", True, heard), *(_other_broker(one) for one in others)]


def _other_broker(broker: BrokerAddress) -> Finding:
    where = f"{broker.host}:{broker.port}"
    return Finding(f"broker {broker.broker_id}", True, f"{where}: {ITS_WORD}")


def _refused_names(data: Path) -> list[Finding]:
    """Sensors that the embedded broker refuses for their names, which MQTT 3.1.1 cannot tell them."""
    return [
        Finding(f"sensor {client}", False, say(refusal, "en"))
        for client, refusal in refused_names(data / "broker").items()
    ]


def _roads(data: Path) -> Finding:
    """The roads that are built, and what serves them; without any, travel is a straight line."""
    tiles, what = current_tiles(roads_folder(data)), "roads"
    if tiles is None:
        return Finding(what, True, "none built: straight lines (holdchain roads build FILE.osm.pbf)")
    is_served = installed_programs() is not None
    lack = "" if is_served else "; the engine's programs are missing (holdchain roads get)"
    return Finding(what, is_served, f"{tiles.extract}, {tiles.tiles} tiles{lack}")


def _road_engines(url: str, data: Path) -> list[Finding]:
    """Whether the engine that a kitchen plans by answers."""
    if url.startswith("sqlite") and not (data / "holdchain.sqlite3").exists():
        return []
    database = Database(url)
    try:
        with database.read() as session:
            tables = [load_kitchen_settings(session, one.kitchen_id)[1] for one in load_kitchens(session)]
    except SQLAlchemyError:
        return []
    finally:
        database.close()
    try:
        named = {roads_from_table(one["travel"]) for one in tables if "travel" in one} - {None}
    except (KeyError, ValueError) as error:
        return [Finding("road engine", False, f"[travel.roads] of a kitchen's settings: {error}")]
    return [_road_engine(one) for one in named if one is not None]


def _road_engine(params: RoadParams) -> Finding:
    what = f"road engine {params.url}"
    try:
        with RoadEngine(params) as engine:
            return Finding(what, True, engine.tiles())
    except RoadsDown as down:
        return Finding(what, False, in_words(down, "en"))


def _space(data: Path) -> Finding:
    folder = next(one for one in (data.resolve(), *data.resolve().parents) if one.exists())
    free_bytes = shutil.disk_usage(folder).free
    return Finding("free space", free_bytes >= LEAST_FREE_BYTES, f"{free_bytes // 1_000_000} MB in {folder}")


def _secrets(data: Path) -> Finding:
    loose = [path.name for path in data.rglob("*.key") if os.stat(path).st_mode & 0o077]
    return Finding(
        "secrets", not loose, f"readable by others: {loose}" if loose else "readable by the owner alone"
    )


def _people_key(url: str, data: Path) -> Finding:
    """A database restored without its key recognises nobody and prints cards that nobody knows."""
    what, path = "key of people", data / KEY_FILE
    if path.exists() or (url.startswith("sqlite") and not (data / "holdchain.sqlite3").exists()):
        return Finding(
            what, True, str(path) if path.exists() else "none yet; the first registration makes it"
        )
    database = Database(url)
    try:
        with database.read() as session:
            known = has_identities(session)
    except SQLAlchemyError:
        known = False
    finally:
        database.close()
    return Finding(what, not known, f"lost: {path}; restore it from the backup" if known else "none yet")


def _database(url: str, data: Path) -> Finding:
    if url.startswith("sqlite") and not (data / "holdchain.sqlite3").exists():
        return Finding("database", True, "none yet; the first command makes it")
    database = Database(url)
    try:
        current, newest = database.revision(), newest_migration()
        return Finding("database", current == newest, f"migration {current}, newest {newest}")
    except SQLAlchemyError as error:
        return Finding("database", False, type(error).__name__)
    finally:
        database.close()
