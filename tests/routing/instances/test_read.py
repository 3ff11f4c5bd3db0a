"""Reading instance files: what each kind means, and every refusal with its line."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.words import say
from orders.errors import BadInput
from routing.instances.answer import answer_document, plan_of, read_answer
from routing.instances.instance import Instance
from routing.instances.plane import BAND, MOST_KEPT, Plane
from routing.instances.read import read_instance
from tests.routing.instances.files import (
    CVRP,
    EVERY,
    MIXED,
    MULTI_DEPOT,
    MULTI_TRIP,
    SOLOMON,
    STATED,
)

PUBLIC = Path(__file__).resolve().parents[3].parent / "shared" / "vrp"


def costs(instance: Instance, routes: dict[int, list[list[int]]]) -> int:
    """What an answer that keeps every rule costs."""
    plan = plan_of(instance, routes)
    assert plan is not None
    document = answer_document(instance, plan)
    assert (document["feasible"], document["checks"]) == (True, [])
    return int(document["cost"])


def test_solomon_counts_tenths_and_cuts_them_off() -> None:
    """Tests that distance is floor(10 x Euclid), and that times are ten times the file's."""
    instance = read_instance(SOLOMON, "tiny.txt")
    problem = instance.problem
    assert problem.travel.leg(0, 1) == (50, 50)
    assert problem.travel.leg(1, 2) == (67, 67)  # sqrt(45) = 6.708
    assert problem.stops[1].windows == ((200, 600),)
    assert [stop.unload_s for stop in problem.stops] == [100, 100, 50]
    assert (len(problem.vehicles), problem.vehicles[0].shift_end_s) == (2, 1000)
    assert costs(instance, {1: [[1, 2]], 2: [[3]]}) == 50 + 67 + 100 + 14 + 14
    assert instance.cost_convention == "floor(10 x distance); times and fixed costs x 10"


def test_a_plain_file_has_whole_distances_and_vehicles_enough() -> None:
    """Tests VRPLIB's rounding to the nearest, and that no number of vehicles means enough of them."""
    instance = read_instance(CVRP, "square.vrp")
    assert instance.problem.travel.leg(0, 2) == (14, 14)
    assert costs(instance, {1: [[1, 2]], 2: [[3]]}) == 10 + 10 + 14 + 20
    assert len(instance.problem.vehicles) == 3
    assert read_instance(CVRP.replace("EUC_2D", "CEIL_2D"), "up.vrp").problem.travel.leg(0, 2) == (15, 15)
    assert read_instance(CVRP, "square.vrp", "exact").problem.travel.leg(0, 2) == (14142, 14142)
    bounded = CVRP.replace("CAPACITY : 10", "CAPACITY : 10\nDISTANCE : 20\nSERVICE_TIME : 1")
    assert read_instance(bounded, "bounded.vrp").problem.vehicles[0].most_out_s == 20


def test_a_vehicle_returns_for_what_is_released_later() -> None:
    """Tests trips, release and the return in the middle of a route."""
    instance = read_instance(MULTI_TRIP, "waves.vrp")
    known = read_answer("Route #1: 1 0 2 0 3\nCost: 300\n")
    assert known.routes == {1: [[1], [2], [3]]}
    assert costs(instance, known.routes) == int(known.cost or 0)
    plan = plan_of(instance, known.routes)
    assert plan is not None
    assert all(trip.depart_s >= release_s for trip, release_s in zip(plan.trips, (0, 200, 300), strict=True))
    once = MULTI_TRIP.replace("VEHICLES_RELOAD_DEPOT_SECTION\n1 1\n", "")
    assert read_instance(once, "once.vrp").problem.vehicles[0].most_trips == 1


def test_vehicles_have_depots_and_come_home_in_time() -> None:
    """Tests several depots, their numbers, and the longest time out."""
    instance = read_instance(MULTI_DEPOT, "banks.vrp")
    assert [depot.kitchen_id for depot in instance.problem.depots] == ["0", "1"]
    assert costs(instance, {1: [[2]], 2: [[3]]}) == 19_000 + 10_000
    assert plan_of(instance, {2: [[2, 3]]}) is None
    plan = plan_of(instance, {1: [[2]], 2: [[3]]})
    assert plan is not None
    document = answer_document(instance, plan)
    assert [(one["vehicle_type"], one["depot"], one["trips"]) for one in document["routes"]] == [
        (0, 0, [[2]]),
        (1, 1, [[3]]),
    ]


def test_vehicles_that_are_alike_are_one_type() -> None:
    """Tests capacities, fixed costs and prices of each vehicle, decimals in them too."""
    instance = read_instance(MIXED, "sizes.vrp")
    assert [one.numbers for one in instance.types] == [(1, 2), (3,)]
    assert costs(instance, {2: [[1]], 3: [[2]]}) == 3_000 + 2_000 + 8_000 + 4_000
    assert costs(instance, {3: [[1, 2]]}) == 8_000 + 2 * 3_414
    cheaper = read_instance(MIXED.replace("1 1\n2 1\n3 2\nDEPOT", "1 0.25\n2 1\n3 2\nDEPOT"), "s.vrp")
    assert (cheaper.price_scale, cheaper.cost_scale) == (100, 100_000)
    assert costs(cheaper, {1: [[1]], 3: [[2]]}) == 100 * (3_000 + 500 + 8_000 + 4_000)


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        ("FULL_MATRIX", "0 1 2 4\n1 0 3 5\n2 3 0 6\n4 5 6 0"),
        ("LOWER_ROW", "1 2 3 4\n5 6"),
        ("LOWER_DIAG_ROW", "0 1 0 2 3 0 4 5 6 0"),
        ("UPPER_ROW", "1 2 4 3 5 6"),
        ("UPPER_DIAG_ROW", "0 1 2 4 0 3 5 0 6 0"),
        ("LOWER_COL", "1 2 4 3 5 6"),
        ("UPPER_COL", "1 2 3 4 5 6"),
    ],
)
def test_stated_distances_are_read_in_every_form(form: str, numbers: str) -> None:
    """Tests one square in seven forms; the depot is its second node, so clients are 0, 2 and 3."""
    instance = read_instance(STATED.format(format=form, numbers=numbers), "stated.vrp")
    assert [stop.stop_id for stop in instance.problem.stops] == ["0", "2", "3"]
    legs = [[instance.problem.travel.leg(start, end) for end in range(4)] for start in range(4)]
    assert [[leg.metres for leg in row if leg] for row in legs] == [
        [0, 1, 3, 5],
        [1, 0, 2, 4],
        [3, 2, 0, 6],
        [5, 4, 6, 0],
    ]


def test_a_large_plane_is_worked_out_when_asked() -> None:
    """Tests that no square of distances is kept for very many places, and that ways are the same."""
    nodes = MOST_KEPT + 1
    coordinates = "\n".join(f"{n} {n % 97} {n % 89}" for n in range(1, nodes + 1))
    demands = "\n".join(f"{n} {int(n > 1)}" for n in range(1, nodes + 1))
    head = CVRP.split("NODE_COORD_SECTION")[0].replace("DIMENSION : 4", f"DIMENSION : {nodes}")
    text = f"{head}NODE_COORD_SECTION\n{coordinates}\nDEMAND_SECTION\n{demands}\nEOF\n"
    travel = read_instance(text, "large.vrp").problem.travel
    assert isinstance(travel, Plane)
    places = range(2 * BAND)
    kept = travel.block(places)
    assert all(travel.leg(place, 7) == kept.leg(place, 7) for place in places)


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="no public instances beside the project")
def test_every_best_known_answer_costs_what_it_says() -> None:
    """Tests that best known routes keep every rule and cost exactly what their files state."""
    files = [*sorted(PUBLIC.glob("*.txt")), *sorted(PUBLIC.glob("*/*.vrp"))]
    found = {}
    for file in files:
        instance = read_instance(file.read_text("utf-8"), file.name)
        known = read_answer(file.with_suffix(".sol").read_text("utf-8"), len(instance.problem.depots))
        assert known.cost is not None
        cost = costs(instance, known.routes)
        scales = (1, 10, 100 * instance.cost_scale)
        found[file.name] = any(round(cost / scale, 2) == float(known.cost) for scale in scales)
    assert [name for name, same in found.items() if not same] == []
    assert len(files) >= 25


WRONG = [
    (SOLOMON, "    1      3  ", "    1      nan", "instance_number", 11),
    (SOLOMON, "50         10", "50", "instance_columns", 11),
    (SOLOMON, "  0        50  ", "  60       50  ", "instance_window", 11),
    (SOLOMON, "    2      0  ", "    7      0  ", "instance_node", 12),
    (SOLOMON, "  2         10", "  0         10", "instance_no_vehicle", 5),
    (SOLOMON, "CUSTOMER\n", "\n", "instance_section", None),
    (SOLOMON, SOLOMON[SOLOMON.index("    1   ") :], "", "instance_empty", None),
    (SOLOMON, "    4         20", "  4.5         20", "instance_whole", 12),
    (CVRP, "EUC_2D", "GEO", "instance_not_read", 5),
    (CVRP, "TYPE : CVRP", "TYPE : PDPTW", "instance_not_read", 3),
    (CVRP, "DEMAND_SECTION", "BACKHAUL_SECTION", "instance_section_unread", 12),
    (CVRP, " 4 10 0\n", "", "instance_cut_off", None),
    (CVRP, "DIMENSION : 4", "DIMENSION : 999999999", "instance_cut_off", None),
    (CVRP, " 3 10 10", " 3 1e12 10", "instance_number", 10),
    (CVRP, " 3 10 10", " 3 1e9 1e9", "instance_too_large", None),
    (CVRP, "2 5\n", "2 -5\n", "instance_whole", 14),
    (CVRP, " 1\n -1", " 9\n -1", "instance_depot", 18),
    (CVRP, "CAPACITY : 10\n", "", "instance_section", None),
    (CVRP, "TYPE : CVRP", "TYPE : CVRP\nVEHICLES : 0", "instance_no_vehicle", 4),
    (CVRP, "TYPE : CVRP", "TYPE : CVRP\nTYPE : CVRP", "instance_twice", 4),
    (CVRP, "NAME : square", "NAME : square\n1 2 3", "instance_stray", 2),
    (CVRP, "TYPE : CVRP", "TYPE : CVRP\nSERVICE_TIME : -1", "instance_negative", 4),
    (MULTI_TRIP, "4 0 60", "4 61 60", "instance_window", 22),
    (
        MULTI_DEPOT,
        "VEHICLES_DEPOT_SECTION\n1 1\n2 2",
        "VEHICLES_DEPOT_SECTION\n1 1\n2 3",
        "instance_depot",
        30,
    ),
    (STATED, "{numbers}", "1 2 3", "instance_not_read", 5),
    (STATED.replace("{format}", "LOWER_ROW"), "{numbers}", "1 2 3", "instance_cut_off", None),
    ("x", "x", "no instance\n", "instance_unknown", None),
]


@pytest.mark.parametrize(("text", "right", "wrong", "code", "line"), WRONG)
def test_a_wrong_file_is_refused_with_its_line(
    text: str, right: str, wrong: str, code: str, line: int | None
) -> None:
    """Tests what is said of each slip, and where it stands."""
    assert right in text
    with pytest.raises(BadInput) as refused:
        read_instance(text.replace(right, wrong, 1), "f.vrp")
    assert (refused.value.code, refused.value.params.get("line")) == (code, line)
    assert "f.vrp" in say(refused.value.coded, "zh_CN")


@settings(max_examples=150, deadline=None)
@given(
    text=st.sampled_from(sorted(EVERY.values())),
    at=st.floats(0, 1),
    length=st.integers(0, 40),
    put=st.sampled_from(
        ["", "nan", "-1", "1e300", "0", "99", "\n", " ", "EOF\n", "内", "\x00", "DEPOT_SECTION\n"]
    ),
)
def test_any_file_is_read_or_refused(text: str, at: float, length: int, put: str) -> None:
    """Tests that a file with any piece cut out or put in gives a problem, or a refusal with words."""
    start = int(at * len(text))
    try:
        instance = read_instance(text[:start] + put + text[start + length :], "f.vrp")
    except BadInput as refusal:
        assert "f.vrp" in say(refusal.coded, "en")
    else:
        assert instance.problem.stops
        assert instance.problem.vehicles
