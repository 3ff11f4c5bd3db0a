"""Where this house is being served: a note in the data folder, which a link to sign in goes by."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.settings import Settings

NOTE = "served.json"
EVERY_HOST = frozenset({"0.0.0.0", "::"})


@contextmanager
def noted_address(settings: Settings) -> Iterator[None]:
    """Keeps the address in the data folder for as long as the pages are served."""
    note = settings.data / NOTE
    note.write_text(json.dumps({"host": settings.host, "port": settings.port, "pid": os.getpid()}), "utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def served_address(settings: Settings) -> str:
    """Address of the pages: of the process that serves them now, else as the settings have it."""
    kept = _kept(settings.data / NOTE)
    host, port = kept or (settings.host, settings.port)
    return f"http://{'127.0.0.1' if host in EVERY_HOST else host}:{port}"


def _kept(note: Path) -> tuple[str, int] | None:
    try:
        kept = json.loads(note.read_text("utf-8"))
        os.kill(int(kept["pid"]), 0)
        return str(kept["host"]), int(kept["port"])
    except (OSError, ValueError, KeyError):  # nobody serves, or a power cut left the note behind
        return None
