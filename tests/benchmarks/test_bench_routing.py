"""The routing bench: invented instances, gaps of each side, goals, the plot, the document."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from api.bench import routing as bench
from api.bench import routing_runs
from api.bench.routing_goals import goals_of
from api.bench.routing_kinds import KINDS, Task, read_folder, tasks_of
from api.bench.routing_live import InstanceWays, live_goals, past_at
from api.bench.routing_made import made_city, made_depots, made_fleet, made_trips, made_windows
from api.bench.routing_measured import Measured
from api.bench.routing_runs import Answer, judged, plan_of_numbers, pyvrps
from api.bench.routing_vroom import vrooms
from api.reports.gap_plot import Chart, draw_gaps
from routing.instances.instance import Instance
from routing.instances.read import read_instance
from routing.replan import rest_of
from tests.api.cli.in_process import run
from tests.api.cli.test_main import SCHEMAS
from tests.routing.instances.files import MULTI_TRIP, SOLOMON


@pytest.mark.parametrize("made", [made_windows, made_trips, made_depots, made_fleet, made_city])
def test_every_client_of_an_invented_instance_can_be_served_alone(made) -> None:
    """Tests that a trip to one client breaks no rule, and that the seed alone makes the instance."""
    for seed in (1, 2, 3):
        instance = made(12, seed)
        assert instance.problem.stops == made(12, seed).problem.stops
        assert instance.problem.stops != made(12, seed + 1).problem.stops
        vans = range(len(instance.problem.vehicles))
        for stop in range(12):
            plans = (_alone(instance, van, stop) for van in vans)
            assert any(plan is not None for plan in plans), (instance.name, stop)


def _alone(instance: Instance, van: int, stop: int):
    numbers = [[[stop]] if nth == van else [] for nth in range(len(instance.problem.vehicles))]
    load, vehicle = instance.problem.stops[stop].boxes[0], instance.problem.vehicles[van]
    return plan_of_numbers(instance, numbers) if load.units <= vehicle.units else None


def test_a_kind_takes_files_first_and_is_filled_up(tmp_path: Path) -> None:
    """Tests which files belong to a kind, what their known answers cost, and the number of instances."""
    (tmp_path / "waves.vrp").write_text(MULTI_TRIP, "utf-8")
    (tmp_path / "waves.sol").write_text("Route #1: 1 0 2 0 3\nCost: 300\n", "utf-8")
    (tmp_path / "notes.txt").write_text("nothing", "utf-8")
    (tmp_path / "tiny.txt").write_text(SOLOMON, "utf-8")
    files = list(read_folder(tmp_path))
    assert [(one.instance.name, one.known_cost) for one in files] == [("tiny", None), ("waves", 300)]
    (kind,) = (kind for kind in KINDS if kind.name == "multi-trip-100")
    assert [task.instance.name for task in tasks_of(kind, files, 1)] == ["waves"]
    filled = [task.instance.name for task in tasks_of(kind, files, 3)]
    assert (filled[0], len(filled), len(set(filled))) == ("waves", 3, 3)


def measured(
    name: str, ours: list[int | None], theirs: list[int | None], known: int | None = None
) -> Measured:
    """One instance with these costs; None for an answer without one."""
    answers = [
        Answer(side, seed, 2.0, cost, "" if cost else "none", ((1.0, 2 * cost), (2.0, cost)) if cost else ())
        for side, costs in (("pyvrp", theirs), ("ours", ours))
        for seed, cost in enumerate(costs, start=1)
    ]
    instance = read_instance(SOLOMON.replace("tiny", name), "x")
    return Measured(Task(instance, known), answers)


def test_a_peer_counts_by_its_better_seed_and_ours_by_the_mean() -> None:
    """Tests gaps to the best known, and to the best of the run where none is known."""
    row = measured("R1", [101, 103], [110, None], known=100)
    assert (row.gap_ratio("ours"), row.gap_ratio("pyvrp")) == (pytest.approx(0.02), pytest.approx(0.1))
    assert measured("R1", [101, 103], [110]).gap_ratio("ours") == pytest.approx(102 / 101 - 1)
    assert measured("R1", [101, None], [110]).gap_ratio("ours") is None
    early = Answer("ours", 1, 2.0, 100, history=((0.1, 9_000), (1.5, 120), (2.0, 100)))
    assert (early.first_s, early.cost_at(1.0), early.cost_at(1.6)) == (1.5, None, 120)
    assert (row.gap_at("ours", 0.5), row.gap_at("ours", 1.5)) == (None, pytest.approx(1.04))


def test_goals_are_judged_beside_the_peer() -> None:
    """Tests the ratio of gaps, the class that is worst, and an answer without a cost."""
    rows = [measured("R1x", [101], [104], known=100), measured("C2y", [103], [102], known=100)]
    found = {goal["what"]: goal for goal in goals_of("vrptw-1000", rows, 2.0)}
    assert found["peer_gap_ratio"]["value"] == pytest.approx(4 / 6, abs=1e-3)
    assert (found["class_worse"]["value"], found["class_worse"]["reached"]) == (pytest.approx(0.01), False)
    assert found["no_answer"]["reached"]
    lost = {goal["what"]: goal for goal in goals_of("vrptw-200-400", [measured("R1", [None], [104])], 2.0)}
    assert [lost[what]["reached"] for what in ("peer_gap_ratio", "no_answer")] == [False, False]
    assert "peer_gap_ratio" not in {
        goal["what"] for goal in goals_of("multi-depot", [measured("x", [9], [])], 2)
    }


def test_an_answer_that_breaks_a_rule_has_no_cost_and_is_named() -> None:
    """Tests that nothing is believed that the judge of plans does not let pass."""
    instance = read_instance(SOLOMON, "tiny.txt")
    told = Answer("pyvrp", 1, 1.0, None, history=((0.5, 1),))
    whole = judged(told, instance, plan_of_numbers(instance, [[[0, 1]], [[2]]]))
    assert (whole.cost, whole.why) == (245, "")
    assert judged(told, instance, plan_of_numbers(instance, [[[0, 1]]])).why == "plan_box_count"
    assert judged(told, instance, plan_of_numbers(instance, [[[0, 1, 2]]])).why == "plan_over_units"
    assert judged(told, instance, None).why == "none"


def test_a_peer_that_cannot_be_told_the_problem_gives_no_answer() -> None:
    """Tests that PyVRP is not asked for a city too large for it, nor VROOM for several trips."""
    city = made_city(20, 1)
    assert vrooms(read_instance(MULTI_TRIP, "waves.vrp"), 1.0) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routing_runs, "MOST_FOR_PYVRP", 19)
        assert pyvrps(city, 1.0, (1,)) == []


@pytest.mark.parametrize("suffix", [".svg", ".pdf"])
def test_gaps_over_time_are_drawn(tmp_path: Path, suffix: str) -> None:
    """Tests that a plot has its charts, in either form."""
    path = tmp_path / f"gaps{suffix}"
    curve = [(0.1, 0.2), (1.0, 0.03), (10.0, 0.01)]
    draw_gaps(
        [Chart("vrptw-100", 10.0, {"Holdchain": curve, "PyVRP": curve[1:]})] * 3, path, lambda text: text
    )
    written = path.read_bytes()
    assert written[:4] == b"%PDF" if suffix == ".pdf" else b"vrptw-100" in written


def test_a_tiny_run_prints_its_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests the command on one invented instance, ours alone in one process, by its schema."""
    monkeypatch.setattr(routing_runs, "PROCESSES", 1)
    monkeypatch.setattr(bench, "WARM_S", 0.2)
    plot = tmp_path / "gaps.svg"
    options = ["--kinds", "multi-trip-100", "--peers", "", "--count", "1", "--seeds", "1", "--budget", "0.3"]
    done = run(tmp_path, "bench", "routing", *options, "--plot", str(plot), "--json")
    found = json.loads(done.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / "bench-routing.json").read_text("utf-8")), found)
    assert found["kinds"][0]["instances"][0]["answers"][0]["why"] in ("", "left_out")
    assert plot.is_file()
    assert "multi-trip-100: 1 instances" in done.stderr


@pytest.mark.parametrize(
    "options", [["--kinds", "x"], ["--peers", "x"], ["--plot", "x.png"], ["--count", "0"]]
)
def test_wrong_options_are_wrong_usage(tmp_path: Path, options: list[str]) -> None:
    """Tests that nothing is measured for a mistyped option."""
    assert run(tmp_path, "bench", "routing", *options).returncode == 2


def test_the_past_of_a_running_day_stays_as_it_was() -> None:
    """Tests what is done, under way and left at an instant of a plan."""
    instance = read_instance(MULTI_TRIP, "waves.vrp")
    plan = plan_of_numbers(instance, [[[0], [1], [2]]])
    assert plan is not None
    second = plan.trips[1]
    past = past_at(plan, instance.problem, second.depart_s + 1)
    assert (past.done, past.departures) == ({"1"}, {"1": 2})
    assert [one.ahead for one in past.on_road] == [(("2", ("2",)),)]
    rest = rest_of(instance.problem, past, InstanceWays(instance.problem))
    assert [stop.stop_id for stop in rest.stops] == ["2", "3"]
    assert rest.travel.leg(0, 1) == instance.problem.travel.leg(0, 2)
    later = past_at(plan, instance.problem, second.visits[0].leave_s)
    assert (later.on_road, later.done) == ((), {"1", "2"})


def test_live_goals_are_judged_by_the_slowest_and_the_dearest() -> None:
    """Tests seconds of one more stop, and the cost of a re-plan beside the fresh one."""
    run = {"s": 0.3, "cost": 104, "beside_cost": 100, "why": ""}
    more = {
        "kind": "one-more-stop",
        "budget_s": 0.2,
        "runs": [run, run | {"cost": None, "why": "no_vehicle_free"}],
    }
    assert [(one["what"], one["reached"]) for one in live_goals(more)] == [
        ("answer_s", False),
        ("no_answer", True),
    ]
    again = {"kind": "re-plan", "budget_s": 5.0, "runs": [run | {"s": 5.1}]}
    assert [(one["value"], one["reached"]) for one in live_goals(again)] == [(1.04, False), (0.02, True)]
