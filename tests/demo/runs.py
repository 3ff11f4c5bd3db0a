"""Running the demo as a user does, in a folder of its own."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services import free_port

WITHIN_S = 600
# Nobody looks on, so the rehearsed minutes need not last.
HURRY = ("--speed", "1000000")


@dataclass(frozen=True)
class Told:
    """
    What one demo gave.

    Parameters
    ----------
    code
        Its exit code.
    summary
        The document on its standard output.
    lines
        What it told meanwhile.
    """

    code: int
    summary: dict[str, Any]
    lines: list[str]


def start_demo(data: Path, *arguments: str, stay: bool = False) -> subprocess.Popen[str]:
    """Starts one demo, which ends by itself unless it is to stay and serve its pages."""
    ending = ["--port", str(free_port())] if stay else ["--no-serve"]
    command = [sys.executable, "-m", "api.cli.main", "demo", "--json", *ending, *HURRY, *arguments]
    env = os.environ | {"HOLDCHAIN_DATA": str(data), "HOLDCHAIN_LANGUAGE": "en"}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end_demo(demo: subprocess.Popen[str]) -> Told:
    """Waits for its end."""
    try:
        stdout, stderr = demo.communicate(timeout=WITHIN_S)
    except BaseException:
        interrupt(demo)
        raise
    assert stdout, stderr[-3000:]
    return Told(demo.returncode, json.loads(stdout), stderr.splitlines())


def told_until(demo: subprocess.Popen[str], words: str) -> list[str]:
    """What it tells up to the line with these words."""
    lines: list[str] = []
    for line in demo.stderr or ():
        lines.append(line.rstrip("\n"))
        if words in line:
            return lines
    raise AssertionError(f"the demo ended without {words!r}: {lines[-20:]}")


def interrupt(demo: subprocess.Popen[str]) -> None:
    """Ends it as Ctrl-C does, so that its house ends with it."""
    demo.send_signal(signal.SIGINT)
    try:
        demo.wait(30)
    finally:
        demo.kill()


def write_files(folder: Path, *, diners: int, seed: int, form: str = "xlsx") -> Path:
    """The example's files as `holdchain example` writes them; gives the order book."""
    command = [sys.executable, "-m", "api.cli.main", "example", "--city", "liuzhou", "--format", form]
    numbers = ["--diners", str(diners), "--seed", str(seed), "--out", str(folder)]
    subprocess.run([*command, *numbers], check=True, capture_output=True)
    return folder / f"orders.{form}"


def assert_balanced(day: dict[str, Any]) -> None:
    """Asserts the three sums of the day and that every acknowledged reading is stored once."""
    assert day["portions_cooked"] - day["portions_extra"] == day["portions_ordered"]
    assert day["portions_boxed"] + day["portions_not_boxed"] == day["portions_ordered"]
    boxed = day["portions_boxed"] + day["portions_spare_boxed"]
    assert day["portions_delivered"] + day["portions_excepted"] == boxed
    assert day["readings_stored"] == day["readings_acknowledged"] == day["readings_published"] > 0
    assert sum(day["holds"].values()) == day["boxes"] == day["receipts"]
    assert day["plan_violations"] == 0
