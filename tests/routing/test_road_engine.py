"""Tests of the real road engine: a small country built, served and asked; a failed build changes nothing."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from orders.errors import MealError
from orders.sites import Place, great_circle_m
from routing.asks import asks
from routing.road_programs import Programs, fetch_programs, find_programs, home_of_programs
from routing.road_server import RoadServer
from routing.road_tiles import build_tiles, current_tiles, engine_config
from routing.roads import RoadEngine, RoadParams
from routing.travel import TravelParams
from routing.ways import KnownWays, RoadWays, cut_off, measured
from tests.services import ROOT

EXTRACT = ROOT.parent / "shared" / "osm" / "liechtenstein-latest.osm.pbf"
VADUZ, SCHAAN, BALZERS = Place(47.1398, 9.5215), Place(47.1652, 9.5087), Place(47.0667, 9.5016)
FAR_AWAY = Place(46.0, 9.0)


@pytest.fixture(scope="module")
def programs() -> Programs:
    """The engine's programs; absent ones are fetched by `make test`, or with holdchain roads get."""
    found = find_programs(home_of_programs())
    if found is None:
        pytest.skip("the road engine's programs are missing: holdchain roads get")
    return found


@pytest.fixture(scope="module")
def extract() -> Path:
    """A small country's roads."""
    if not EXTRACT.is_file():
        pytest.skip(f"no extract of OpenStreetMap at {EXTRACT}")
    return EXTRACT


@pytest.fixture(scope="module")
def folder(programs: Programs, extract: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its roads, built once."""
    roads = tmp_path_factory.mktemp("house") / "roads"
    assert build_tiles(programs, extract, roads, 2)[1]
    return roads


def test_a_failed_build_leaves_the_roads_as_they_were(
    programs: Programs, extract: Path, folder: Path, tmp_path: Path
) -> None:
    """Tests a file that breaks off, one that is no map, and the same map again, which is not built twice."""
    before = current_tiles(folder)
    assert before is not None and before.tiles > 0
    broken, other = tmp_path / "broken.osm.pbf", tmp_path / "other.pbf"
    broken.write_bytes(extract.read_bytes()[:100_000])
    other.write_text("no map")
    for file, code in (
        (broken, "roads_not_built"),
        (other, "roads_extract_unusable"),
        (tmp_path / "none", "roads_extract_unusable"),
    ):
        with pytest.raises(MealError) as refused:
            build_tiles(programs, file, folder, 1)
        assert refused.value.code == code
    assert (current_tiles(folder), build_tiles(programs, extract, folder, 1)) == (before, (before, False))
    assert not list(folder.glob("building-*"))


def test_served_roads_are_asked_and_come_back_when_the_engine_dies(programs: Programs, folder: Path) -> None:
    """Tests real ways, a place abroad without one, a shape, a circle of minutes, and an engine killed."""
    server = RoadServer(programs, folder, 0, 1)
    tiles = server.start()
    try:
        places = [VADUZ, SCHAAN, BALZERS, FAR_AWAY]
        with RoadEngine(RoadParams(server.url)) as engine:
            assert engine.tiles() == f"valhalla-{tiles.engine}-{tiles.dataset}"
            known = KnownWays(engine.ways(asks(KnownWays(), places)))
            shape = engine.shape([VADUZ, SCHAAN])
            rings = engine.reach(VADUZ, 10)
        ways = RoadWays("", known, measured(known, TravelParams()))
        assert cut_off(ways, places) == [3]
        way = ways.between(places).leg(0, 2)
        assert way is not None
        line_m = great_circle_m(VADUZ, BALZERS)
        assert line_m < way.metres < 2 * line_m
        assert 5 * 60 < way.seconds < 40 * 60
        assert len(shape) > 10
        assert great_circle_m(shape[-1], SCHAAN) < 500
        assert len(rings[0][0]) > 10
        assert server.tend() is False
        assert server._process is not None
        server._process.kill()
        server._process.wait()
        assert server.tend() is True
        with RoadEngine(RoadParams(server.url)) as engine:
            assert engine.tiles().endswith(str(tiles.dataset))
    finally:
        server.stop()


def test_the_engine_listens_to_this_machine_alone(programs: Programs, tmp_path: Path) -> None:
    """Tests the settings: the loopback, our folder and number, and no folder of the engine's own defaults."""
    config = engine_config(programs, tmp_path, 7, "tcp://127.0.0.1:9")
    assert config["httpd"]["service"]["listen"] == "tcp://127.0.0.1:9"
    assert config["mjolnir"]["tile_dir"] == str(tmp_path)
    assert "/data/valhalla" not in json.dumps(config)


def test_only_the_pinned_wheel_is_installed(tmp_path: Path) -> None:
    """Tests a wheel with another hash, a file that is none, and that nothing is left of either."""
    lock, home, wheel = tmp_path / "road-engine.lock", tmp_path / "home", tmp_path / "a.whl"
    lock.write_text(f"pyvalhalla==3.9.1 \\\n    --hash=sha256:{'0' * 64}\n")
    with ZipFile(wheel, "w") as packed:
        packed.writestr("valhalla/bin/valhalla_service", "#!/bin/sh\n")
    for file in (wheel, tmp_path / "none.whl"):
        with pytest.raises(MealError) as refused:
            fetch_programs(lock, home, file)
        assert refused.value.code == "road_engine_other"
    assert list(home.iterdir()) == []
