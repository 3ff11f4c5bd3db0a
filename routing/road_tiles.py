"""Tiles: the roads of an extract of OpenStreetMap, built for the road engine into a folder of the house."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orders.errors import MealError
from routing.road_programs import Programs

CURRENT, MANIFEST, LOG = "current", "tiles.json", "build.log"
PBF_NAME, PBF_HEAD = b"OSMHeader", 64
NOT_OURS = (
    "tile_extract",
    "traffic_extract",
    "admin",
    "timezone",
    "landmarks",
    "transit_dir",
    "transit_feeds_dir",
)


class RoadsFailed(MealError):
    """Roads cannot be built or served: the extract is unusable, or the engine gave up."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """
    Roads that are built.

    Parameters
    ----------
    dataset
        A number of this extract and engine; the engine tells it to whoever asks, and ways are kept by it.
    engine
        Its version.
    extract, sha256
        Name and hash of the file they were built from.
    tiles, size_bytes
        How many, and what they take.
    """

    dataset: int
    engine: str
    extract: str
    sha256: str
    tiles: int
    size_bytes: int

    @property
    def folder_name(self) -> str:
        """Their folder among the house's roads."""
        return f"tiles-{self.dataset}"


def build_tiles(programs: Programs, extract: Path, folder: Path, threads: int) -> tuple[Tiles, bool]:
    """
    Builds the roads of an extract; until they are whole, those before stay in use.

    Parameters
    ----------
    programs
        The engine's.
    extract
        An ``.osm.pbf`` file.
    folder
        The house's roads. The tiles before the new ones stay, since an engine may still serve them.
    threads
        How many to build with.

    Returns
    -------
    tuple[Tiles, bool]
        The roads, and whether they were built now: the same file and engine are not built twice.

    Raises
    ------
    RoadsFailed
        ``roads_extract_unusable``, or ``roads_not_built`` with the engine's last words.
    """
    folder, digest = folder.resolve(), _digest(extract)
    dataset = int.from_bytes(hashlib.sha256(f"{digest} {programs.version}".encode()).digest()[:7])
    before = current_tiles(folder)
    if before is not None and before.dataset == dataset:
        return before, False
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder, prefix="building-") as work:
        made = Path(work) / "tiles"
        made.mkdir()
        _run(programs, engine_config(programs, made, dataset), extract, Path(work), threads)
        files = [path for path in made.rglob("*.gph") if path.is_file()]
        size_bytes = sum(path.stat().st_size for path in files)
        tiles = Tiles(dataset, programs.version, extract.name, digest, len(files), size_bytes)
        if not files:
            raise RoadsFailed("roads_not_built", file=extract.name, why="no tile")
        (made / MANIFEST).write_text(json.dumps(asdict(tiles), indent=2), encoding="utf-8")
        shutil.rmtree(folder / tiles.folder_name, ignore_errors=True)
        os.replace(made, folder / tiles.folder_name)
    _make_current(folder, tiles, before)
    return tiles, True


def current_tiles(folder: Path) -> Tiles | None:
    """The roads that are in use; None when none were built."""
    try:
        name = (folder / CURRENT).read_text(encoding="utf-8").strip()
        return Tiles(**json.loads((folder / name / MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def engine_config(programs: Programs, tile_dir: Path, dataset: int, listen: str = "") -> dict[str, Any]:
    """
    Settings for the engine: its own defaults, with our folder, our number and our address.

    Raises
    ------
    RoadsFailed
        When the engine does not give its defaults.
    """
    told = subprocess.run([*programs.build_config], capture_output=True, text=True, check=False)
    try:
        config: dict[str, Any] = json.loads(told.stdout)
    except ValueError as error:
        raise RoadsFailed(
            "roads_not_built", file=programs.build_config[-1], why=told.stderr[-200:]
        ) from error
    config["logging"] = {"type": "std_err", "color": False}
    for name in NOT_OURS:
        config["mjolnir"].pop(name, None)
    config["mjolnir"] |= {"tile_dir": str(tile_dir.resolve()), "dataset_id": dataset}
    config["mjolnir"]["data_processing"]["use_admin_db"] = False
    config["additional_data"] = {}
    config["service_limits"]["status"]["allow_verbose"] = True
    if listen:
        config["httpd"]["service"] |= {"listen": listen, "drain_seconds": 1}
    return config


def _digest(extract: Path) -> str:
    try:
        with extract.open("rb") as file:
            is_pbf = PBF_NAME in file.read(PBF_HEAD)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RoadsFailed("roads_extract_unusable", file=str(extract), why=str(error.strerror)) from error
    if not is_pbf:
        raise RoadsFailed("roads_extract_unusable", file=str(extract), why="not .osm.pbf")
    return digest


def _run(programs: Programs, config: Mapping[str, Any], extract: Path, work: Path, threads: int) -> None:
    settings, log = work / "build.json", work.parent / LOG
    settings.write_text(json.dumps(config), encoding="utf-8")
    command = [*programs.build_tiles, "-c", str(settings), "-j", str(threads), str(extract.resolve())]
    with log.open("wb") as output:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=work, check=False
        )
    if ended.returncode:
        why = last_words(log) or f"exit {ended.returncode}"
        raise RoadsFailed("roads_not_built", file=extract.name, why=why)


def last_words(log: Path) -> str:
    """The last line of an engine's log that says something; empty when none does."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _make_current(folder: Path, tiles: Tiles, before: Tiles | None) -> None:
    fresh = folder / f"{CURRENT}.new"
    fresh.write_text(tiles.folder_name, encoding="utf-8")
    os.replace(fresh, folder / CURRENT)
    kept = {tiles.folder_name} | ({before.folder_name} if before else set())
    for old in folder.glob("tiles-*"):
        if old.name not in kept:
            shutil.rmtree(old, ignore_errors=True)
