"""Tests of a day planned by a road engine: asked once, judged by what it was planned on, never silent."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import api.day.roads
import api.roads
from api.day.plan import PlanOutcome, plan_service, publish_day
from api.day.summary import violations_of
from api.people import OPERATOR
from api.roads import road_params, use_roads
from kitchen.store.production import load_boxes, load_exceptions, load_production
from orders.errors import BadInput
from orders.store.sites import load_kitchen, load_kitchen_settings, load_sites
from routing.roads import RoadEngine, RoadParams
from routing.store.plans import load_plan
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay, closed_day
from tests.routing.fake_roads import URL, FakeRoads


class StillClock:
    """A clock that stands."""

    def now(self):
        """The one instant."""
        return PUBLISHED_AT


@pytest.fixture(scope="module")
def locked_day(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A closed service of a few diners whose kitchen names an engine, to be copied."""
    day = closed_day(tmp_path_factory.mktemp("roads"), diners=14)
    with pytest.MonkeyPatch.context() as patch, day.database.begin() as session:
        patch.setattr(api.roads, "RoadEngine", FakeRoads().engine)
        use_roads(session, "K1", road_params(URL, "van"), actor=OPERATOR, clock=StillClock())
    return day


@pytest.fixture
def day(locked_day: ExampleDay, tmp_path: Path) -> Iterator[ExampleDay]:
    """That service in a database of the test's own."""
    copied = locked_day.copied(tmp_path)
    yield copied
    copied.database.close()


def answered_by(monkeypatch: pytest.MonkeyPatch, transport: httpx.BaseTransport) -> None:
    """Has every engine of the day answer from this transport."""

    def engine(params: RoadParams) -> RoadEngine:
        return RoadEngine(params, transport)

    monkeypatch.setattr(api.day.roads, "RoadEngine", engine)


def planned(day: ExampleDay) -> PlanOutcome:
    """A draft of the service."""
    return plan_service(day.database, SERVICE, actor=OPERATOR, now_at=PUBLISHED_AT, ids=day.ids, seed=1)


def gone(request: httpx.Request) -> httpx.Response:
    """What one hears of an engine that does not run."""
    raise httpx.ConnectError("refused", request=request)


def test_a_day_is_planned_and_judged_by_the_roads(day: ExampleDay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the engine is asked once, that its ways are driven, and that they count when it is gone."""
    roads = FakeRoads()
    answered_by(monkeypatch, httpx.MockTransport(roads.answer))
    first = planned(day)
    asked = roads.pairs
    problem = first.day.problem
    assert asked == problem.travel.size**2 - 0
    assert not [note for note in first.notes if note.code.startswith("roads_")]
    answered_by(monkeypatch, httpx.MockTransport(gone))
    second = planned(day)
    assert [note.code for note in second.notes if note.code.startswith("roads_")] == ["roads_down"]
    assert second.day.plan.distance_m == first.day.plan.distance_m
    with day.database.begin() as session:
        publish_day(session, SERVICE, second.version, actor=OPERATOR, now_at=PUBLISHED_AT)
    with day.database.begin() as session:
        use_roads(session, "K1", None, actor=OPERATOR, clock=StillClock())
        production, found = load_production(session, SERVICE.key), load_plan(session, SERVICE.key)
        assert production is not None and found is not None
        boxes = load_boxes(session, production.production_id)
        assert violations_of(session, SERVICE, boxes, found[1], production) == []
        told = [one.reason.code for stage, one in load_exceptions(session, production.production_id)]
    assert "roads_down" in told


def test_a_map_of_another_place_is_not_used(day: ExampleDay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests an engine that has no road near the kitchen: refused, and the kitchen plans as before."""
    with day.database.read() as session:
        kitchen = load_kitchen(session, "K1")
    assert kitchen is not None
    monkeypatch.setattr(api.roads, "RoadEngine", FakeRoads([kitchen.place]).engine)
    with pytest.raises(BadInput) as refused, day.database.begin() as session:
        use_roads(session, "K1", road_params(URL, "truck"), actor=OPERATOR, clock=StillClock())
    assert refused.value.code == "roads_elsewhere"
    with day.database.read() as session:
        assert load_kitchen_settings(session, "K1")[1]["travel"]["roads"]["profile"] == "van"


def test_a_site_without_a_road_is_named_and_not_driven_to(
    day: ExampleDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests a canteen whose coordinates lie in the river: its boxes stay, with a reason, and it is named."""
    with day.database.read() as session:
        sites = load_sites(session, "K1", "lunch")
    lost = next(iter(sorted(one for one in sites if sites[one].kind == "canteen")))
    answered_by(monkeypatch, httpx.MockTransport(FakeRoads([sites[lost].place]).answer))
    outcome = planned(day)
    notes = {note.code: note.params for note in outcome.notes}
    assert (notes["roads_cut_off"]["count"], notes["roads_cut_off"]["sites"]) == (1, lost)
    assert {one.stop_id for one in outcome.day.plan.unserved} == {lost}
