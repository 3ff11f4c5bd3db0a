"""People, probes and fridges of a kitchen's file."""

import tomllib
from pathlib import Path
from typing import Any

from api.packaged import read_toml
from api.paths import config_dir
from kitchen.haccp import Fridge, Probe
from kitchen.staff import Worker, worker_from_table
from orders.errors import BadInput

EXAMPLE_CITY = "liuzhou"


def read_watch(path: Path | None, kitchen_id: str) -> tuple[list[Worker], list[Probe], list[Fridge]]:
    """
    What a ``kitchen.toml`` lists of one kitchen; the packaged example's when no file is given.

    Raises
    ------
    BadInput
        When the file cannot be read, has no such kitchen, or something in it is impossible.
    """
    file = path or config_dir() / "examples" / EXAMPLE_CITY / "kitchen.toml"
    try:
        kitchens = read_toml(file)["kitchen"]
        table = next(one for one in kitchens if one["code"] == kitchen_id)
        people = [worker_from_table("", row) for row in table.get("staff", [])]
        probes = [_probe(row) for row in table.get("hand_probe", [])]
        fridges = [Fridge(row["code"], row.get("name", "")) for row in table.get("fridge", [])]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, StopIteration) as error:
        raise BadInput("watch_file", file=str(file), kitchen=kitchen_id, detail=str(error)) from error
    return people, probes, fridges


def _probe(row: dict[str, Any]) -> Probe:
    return Probe(
        row["code"],
        row.get("name", ""),
        row.get("calibrated_on"),
        row.get("calibration_due_on"),
        row.get("accuracy_c"),
    )
