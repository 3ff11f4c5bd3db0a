"""What runs beside the pages: no duty waits for another."""

import threading
from pathlib import Path
from shutil import copyfile

import pytest

from api.house import open_house
from api.serving import Beside, ServeParams, running_beside
from api.settings import Settings
from api.store.jobs import Job, save_job


def test_a_slow_broker_keeps_no_timer_from_ringing(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a timer is done while the broker's tending takes as long as it likes."""
    copyfile(sqlite_template, tmp_path / "holdchain.sqlite3")
    house = open_house(Settings(data=tmp_path), upgrade=False)
    rang, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(Beside, "_tend_broker", lambda _: go_on.wait(60))
    with house.database.begin() as session:
        save_job(session, Job("j1", "ring", "a1/0", {}, house.clock.now(), 0))
    params = ServeParams(with_broker=False, with_ingest=False)
    with running_beside(house, params, {"ring": lambda *_: rang.set()}) as beside:
        assert rang.wait(30)
        assert beside.lacking() == [] and beside.troubles() == []
        go_on.set()
    house.database.close()
