"""What the dispatcher is told of stops that a published plan leaves out."""

from collections.abc import Callable
from dataclasses import replace

from api.day.explained import not_brought
from api.day.replan_today import today_of
from orders.codes import Coded
from routing.plan import Plan, Unserved
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay


def without_last_visit(plan: Plan) -> Plan:
    """The plan without the trip that leaves last."""
    route = max(plan.routes, key=lambda one: one.trips[-1].depart_s)
    gone, kept = route.trips[-1], tuple(one for one in plan.routes if one is not route)
    shorter = replace(route, trips=route.trips[:-1])
    left = tuple(
        Unserved(visit.stop_id, visit.box_ids, Coded("no_vehicle_free", {"stop": visit.stop_id}))
        for visit in gone.visits
    )
    routes = (*kept, shorter) if shorter.trips else kept
    return replace(plan, routes=routes, unserved=left, distance_m=plan.distance_m - gone.distance_m)


def test_a_change_is_named_until_the_first_trip_leaves(day_at: Callable[[str], ExampleDay]) -> None:
    """Tests that stops whose van is there need nothing, and that nothing is proposed once a trip left."""
    day = day_at("published")
    with day.database.read() as session:
        today = today_of(session, SERVICE, PUBLISHED_AT)
    cut = replace(today, plan=without_last_visit(today.plan))
    told = not_brought(cut)
    assert told and {change.code for _, change in told[:6] if change} == {"change_none_needed"}
    gone = replace(cut, departed={"T1": "row"})
    assert {change for _, change in not_brought(gone)} == {None}
