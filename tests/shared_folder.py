"""A folder that the first test process fills and all of a run read."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def shared_folder(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> Path:
    """
    A folder of the whole run, filled once however many processes the run has.

    Parameters
    ----------
    factory
        Pytest's own.
    name
        The folder's name in the run.
    fill
        Fills the folder; the other processes wait for it.
    """
    own = factory.getbasetemp()
    run = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, filled = run / name, run / f"{name}.filled"
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not filled.exists():
            folder.mkdir()
            fill(folder)
            filled.touch()
    return folder
