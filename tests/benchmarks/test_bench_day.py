"""The benchmark of a day: frozen problems, peers that keep the rules, and a document as published."""

import json
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import jsonschema_rs
import pytest
from sqlmodel import Session

from api.bench.peer import laid_back, nearest_first
from api.bench.problem import SERVICE, BenchDay, Size, build_day, scaled_city
from api.cli import bench
from api.example.city import read_city
from api.packaged import read_toml
from api.paths import config_dir
from kitchen.store.equipment import load_carriers, load_equipment
from kitchen.windows import ReadyWindow
from orders.store.orders import load_orders
from orders.store.sites import load_sites
from routing.plan import check
from routing.store.fleet import load_vans
from tests.api.cli.in_process import run
from tests.api.cli.test_main import SCHEMAS
from tests.kitchen.builders import batch, pans
from tests.routing.by_hand import at, four_stops


def built(folder: Path, name: str, size: Size) -> BenchDay:
    """A day in a folder of its own."""
    (folder / name).mkdir()
    return build_day(folder / name, size)


def test_the_same_size_and_seed_are_the_same_problem(tmp_path: Path) -> None:
    """Tests that a problem can be made again, and told from that of another seed."""
    digests = [
        built(tmp_path, name, Size(20, 3, seed)).digest for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert digests[0] == digests[1] != digests[2]


def test_a_larger_day_has_more_of_everything(tmp_path: Path) -> None:
    """Tests that meals and canteens are those asked for, and that carriers and vans grow with them."""
    day = built(tmp_path, "large", Size(meals=1500, sites=20))
    with day.database.read() as session:
        assert len(load_orders(session, SERVICE)) == 1500
        canteens = [
            site
            for site in load_sites(session, SERVICE.kitchen_id, SERVICE.meal).values()
            if site.kind == "canteen"
        ]
        assert len(canteens) == 20
        assert counts(session) == (25, 3 * packaged("carriers", "carrier"), 3 * packaged("fleet", "van"))
        largest = max(piece.capacity_ratio for piece in load_equipment(session, SERVICE.kitchen_id))
    assert largest == 1500 / 700


def test_a_number_of_pieces_is_dealt_to_the_kinds_that_the_menu_needs(tmp_path: Path) -> None:
    """Tests that the equipment is as many as asked for, and that what holds most of the meals has most."""
    day = built(tmp_path, "dealt", Size(20, 3, pieces=30))
    with day.database.read() as session:
        kinds = Counter(piece.kind for piece in load_equipment(session, SERVICE.kitchen_id))
    assert sum(kinds.values()) == 30
    assert set(kinds) == {"bratt", "combi", "kettle", "ricecab"}
    assert kinds.most_common(1)[0][0] == "bratt"
    with pytest.raises(ValueError, match="pieces"):
        Size(20, 3, pieces=3)


def packaged(file: str, what: str) -> int:
    """How many of something the example city's file has."""
    return len(read_toml(config_dir() / "examples" / "liuzhou" / f"{file}.toml")[what])


def counts(session: Session) -> tuple[int, int, int]:
    """Pieces of equipment, carriers and vans."""
    of = SERVICE.kitchen_id
    return len(load_equipment(session, of)), len(load_carriers(session, of)), len(load_vans(session, of))


def test_invented_canteens_have_names_and_places_of_their_own() -> None:
    """Tests that no canteen beyond the city's own shares its code, name or place with another."""
    sites = scaled_city(read_city("liuzhou"), Size(5000, 60)).sites
    assert len({site.code for site in sites}) == len({site.name for site in sites}) == 60
    assert len({(site.lat, site.lon) for site in sites}) == 60
    assert scaled_city(read_city("liuzhou"), Size(30, 2)).sites == read_city("liuzhou").sites[:2]


def test_the_cooks_rule_lays_batches_back_from_the_van() -> None:
    """
    Tests one pan and two cooks of 40 minutes for 10:00: the second ends as the first begins, at 09:20.
    """
    by_ten = {f"b{number}": ReadyWindow(at("08:00"), at("10:00")) for number in (1, 2)}
    hours = {"opens_s": at("08:00"), "closes_s": at("10:30")}
    slots = laid_back([batch(1), batch(2)], pans(1), by_ten, **hours)
    assert [(slot.batch_id, slot.ready_s) for slot in slots] == [("b1", at("10:00")), ("b2", at("09:20"))]


def test_the_cooks_rule_keeps_the_opening_hours() -> None:
    """
    Tests that from 09:30 on one pan cooks one of them, from the opening, and the other is left out.
    """
    by_ten = {f"b{number}": ReadyWindow(at("08:00"), at("10:00")) for number in (1, 2)}
    (slot,) = laid_back([batch(1), batch(2)], pans(1), by_ten, opens_s=at("09:30"), closes_s=at("10:30"))
    assert (slot.start_s, slot.ready_s) == (at("09:30"), at("10:10"))


def test_the_dispatchers_rule_keeps_every_rule_of_a_plan() -> None:
    """
    Tests the four stops: near A, on to B, back, C, D: 40 km in two trips, with nothing that `check` finds.
    """
    problem = four_stops()
    plan = nearest_first(problem)
    assert check(plan, problem) == []
    visited = [[visit.stop_id for visit in trip.visits] for route in plan.routes for trip in route.trips]
    assert (visited, plan.distance_m, plan.unserved) == ([["A", "B"], ["C", "D"]], 40_000, ())


def test_a_small_day_is_measured_from_end_to_end(tmp_path: Path) -> None:
    """Tests that the document follows its schema, that all portions arrive, and that plans keep the rules."""
    done = run(tmp_path, "bench", "day", "--meals", "40", "--sites", "4", "--seed", "3", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / "bench-day.json").read_text("utf-8")), found)
    assert found["problem"]["meals"] == 40
    assert found["food"]["kept"]["portions_delivered"] == found["problem"]["portions"]
    assert [found["routes"][side]["violations"] for side in ("ours", "rule")] == [0, 0]
    assert found["kitchen"]["bound"] <= found["kitchen"]["objective"]
    assert "a person's rule" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_bench_alone_measures_a_day(tmp_path: Path) -> None:
    """Tests that ``make bench`` needs no name."""
    with patch.object(bench, "day") as day:
        assert run(tmp_path, "bench").returncode == 0
    day.assert_called_once_with()
    assert run(tmp_path, "bench", "day", "--meals", "0").returncode == 2


def test_a_stressed_day_is_closed_and_counted(tmp_path: Path) -> None:
    """Tests on a small day that the document follows its schema and every portion is counted."""
    with patch("api.bench.stress.stress_size", lambda seed: Size(40, 14, seed)):
        done = run(tmp_path, "bench", "day", "--stress", "--seed", "3", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / "bench-day.json").read_text("utf-8")), found)
    assert (found["problem"]["meals"], found["problem"]["sites"]) == (40, 14)
    assert found["problem"]["portions"] >= 40
    assert [goal["what"] for goal in found["to_reach"]] == ["close_and_demand_s"]
    assert "seconds for close and demand" in done.stderr
    assert list(tmp_path.iterdir()) == []
