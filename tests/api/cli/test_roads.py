"""``holdchain roads``: a map built and served from the terminal, and what is refused in words."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from api.roads import installed_programs
from tests.api.cli.in_process import run
from tests.services import ROOT

SCHEMAS = ROOT / "docs" / "schemas"
EXTRACT = ROOT.parent / "shared" / "osm" / "liechtenstein-latest.osm.pbf"


def kept(name: str, text: str) -> dict:
    """A document that keeps its schema."""
    document = json.loads(text)
    jsonschema_rs.validate(json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")), document)
    return document


def test_a_map_is_built_and_served_from_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests a folder named from here, build, the same again, and a server that ends with its engine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    house = Path("house")
    house.mkdir()
    if installed_programs() is None or not EXTRACT.is_file():
        pytest.skip("the road engine's programs (holdchain roads get) or the extract are missing")
    for is_new in (True, False):
        done = run(house, "roads", "build", str(EXTRACT), "--json")
        assert done.returncode == 0, done.stderr
        built = kept("roads-build", done.stdout)
        assert (built["built"], built["extract"]) == (is_new, EXTRACT.name)
    command = [sys.executable, "-m", "api.cli.main", "roads", "serve", "--port", "0", "--json"]
    env = os.environ | {"HOLDCHAIN_DATA": str(house), "HOLDCHAIN_LANGUAGE": "en"}
    serving = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert serving.stderr is not None and "for this machine alone" in serving.stderr.readline()
        [pid_file] = (house / "roads").glob("serve-*.pid")
        engine = int(pid_file.read_text().split()[0])
    finally:
        serving.send_signal(signal.SIGTERM)
        out, _ = serving.communicate(timeout=30)
    assert serving.returncode == 0
    assert kept("roads-serve", out)["dataset"] == built["dataset"]
    with pytest.raises(ProcessLookupError):
        os.kill(engine, 0)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("get", "--wheel", "README.md"), "road_engine_other"),
        (("coverage",), "coverage_bound"),
        (("use", "127.0.0.1:8002"), "roads_unusable"),
    ],
)
def test_what_cannot_be_is_refused_in_words(tmp_path: Path, line: tuple[str, ...], code: str) -> None:
    """Tests a file that is no wheel, a coverage without a bound, and an address that is none."""
    done = run(tmp_path, "roads", *line, "--json")
    assert done.returncode == 1
    assert kept("refused", done.stdout)["refused"]["code"] == code
