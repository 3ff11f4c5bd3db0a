"""The facts behind the pages, on the rehearsed day."""

import json
from contextlib import contextmanager
from datetime import timedelta
from typing import get_args

import httpx
import jsonschema_rs
import pytest

from api.clock import RehearsalClock
from api.day.hold_document import hold_document
from api.day.views import choose, load_round
from api.day.views_canteen import canteen_view
from api.day.views_holds import count_shown, hold_rows, hold_view
from api.day.views_kitchen import kitchen_view
from api.day.views_money import bureau_view, meal_view
from api.day.views_sensors import sensors_view
from api.day.views_van import van_view
from api.db import Database
from api.permissions import ROLES, Actor
from api.words import LANGUAGES, catalog
from kitchen.boxes import SENSES
from orders.programmes.sections import Event, Outcome
from orders.service import MEALS
from tests.api.cli.test_main import SCHEMAS
from tests.api.pages.day import SERVICE
from tests.api.pages.served import serving

ADMIN = Actor("a", "a", "admin")


@contextmanager
def reading(moment):
    """Transaction and instant of a moment."""
    database = Database(f"sqlite:///{moment.data / 'holdchain.sqlite3'}")
    with database.read() as session:
        yield session, RehearsalClock(moment.data / "clock.json").now()
    database.close()


def test_counts_follow_the_portions(day):
    """
    Tests that ordered, cooked less extra, boxed and delivered agree when nothing went missing.
    """
    with reading(day["evening"]) as (session, now_at):
        counts = kitchen_view(session, SERVICE, now_at).counts
        found = load_round(session, SERVICE)
    refused = sum(
        found.boxes[box_id].portions
        for box_id, receipt in found.receipts.items()
        if receipt.condition == "refused"
    )
    assert counts.ordered == counts.cooked - counts.extra == counts.boxed == counts.delivered + refused
    assert (counts.cooked, counts.boxed) == (counts.to_cook, counts.to_box)


def test_next_batch_is_the_earliest_that_is_still_on(day):
    """
    Tests that batches stand in the order of their minutes and the first uncooked one is next.
    """
    with reading(day["morning"]) as (session, now_at):
        view = kitchen_view(session, SERVICE, now_at)
    minutes = [batch.ready_at for batch in view.batches]
    assert minutes == sorted(minutes)
    assert view.next_batch.ready_at == min(one.ready_at for one in view.batches if one.state != "cooked")


def test_sealed_boxes_name_their_diner(day):
    """
    Tests that the boxes of allergic diners are listed apart, each with its diner's name.
    """
    with reading(day["morning"]) as (session, now_at):
        view = kitchen_view(session, SERVICE, now_at)
    assert view.sealed
    assert all(box.for_diner for box in view.sealed)
    assert not any(box.for_diner for box in view.boxes)


def test_holds_are_listed_worst_first(day):
    """
    Tests that breached holds come first and every box is counted once.
    """
    with reading(day["evening"]) as (session, _):
        found = load_round(session, SERVICE)
    rows, counts = hold_rows(found), count_shown(hold_rows(found))
    assert rows[0].shown == "breached"
    assert sum(counts.values()) == len(found.boxes)
    assert counts["breached"] and counts["cannot_be_judged"] and counts["passed"]


def test_the_worst_alarm_stands_first_and_a_box_is_named_by_its_date(day):
    """Tests that a warning never stands above what is critical, and that no page shows a service's key."""
    with reading(day["road"]) as (session, now_at):
        found = load_round(session, SERVICE)
        severities = [one.alarm.severity for one in found.open_alarms()]
        sensors = sensors_view(session, ADMIN, now_at).sensors
    assert len(severities) > 1
    assert severities == sorted(severities, key=("critical", "warning", "info").index)
    named = [one.box for one in sensors if one.box]
    assert named and all(one.endswith(" (2026-11-23)") for one in named)


def test_hold_of_a_final_box_shows_the_kept_verdict(day):
    """
    Tests that list and page of a box say the same, and that its points stand in the order of time.
    """
    with reading(day["evening"]) as (session, now_at):
        found = load_round(session, SERVICE)
        for row in hold_rows(found)[:5]:
            view = hold_view(session, found, row.box_id, now_at + timedelta(hours=1))
            assert view.verdict.shown == row.shown
            assert [point.at for point in view.points] == sorted({point.at for point in view.points})


@pytest.mark.parametrize(("moment", "final"), [("road", False), ("evening", True)])
def test_hold_as_a_document_is_what_its_schema_says(day, moment, final):
    """
    Tests an open and a closed hold: legs in their order, in words, and the clause they were judged by.
    """
    with reading(day[moment]) as (session, now_at):
        found = load_round(session, SERVICE)
        view = hold_view(session, found, next(iter(found.packed)), now_at)
        told = json.loads(json.dumps({"schema": 1, **hold_document(view, "en")}))
    jsonschema_rs.validate(json.loads((SCHEMAS / "hold.json").read_text("utf-8")), told)
    assert (told["final"], bool(told["rests_on"]["clause"])) == (final, True)
    assert [leg["leg"] for leg in told["legs"]][:2] == ["kitchen", "transport"]
    assert "kitchen (cooked to packed)" in told["legs"][0]["words"]


def test_van_hands_over_by_the_earliest_of_its_boxes(day):
    """
    Tests that a stop's time is that of its most pressing box, within the site's hours.
    """
    with reading(day["road"]) as (session, _):
        view = van_view(session, SERVICE, None)
    stop = view.trip.next_stop
    assert stop.deliver_by_at == min(stop.closes_at, *(box.deliver_by_at for box in stop.waiting))
    assert stop.haste(stop.deliver_by_at - timedelta(minutes=20)) == "in_time"
    assert stop.haste(stop.deliver_by_at - timedelta(minutes=5)) == "tight"
    assert stop.haste(stop.deliver_by_at + timedelta(minutes=1)) == "late"


def test_nothing_is_served_before_its_box_is_signed_for(day):
    """
    Tests that a meal waits while its boxes are on the road.
    """
    with reading(day["road"]) as (session, now_at):
        view = canteen_view(session, SERVICE, None, now_at)
    assert view.meals
    assert {meal.state for meal in view.meals} == {"waiting"}


def test_subsidy_adds_up(day):
    """
    Tests that sites and meals sum to the total, and that one meal's postings sum to 0.
    """
    with reading(day["evening"]) as (session, _):
        view = bureau_view(session, SERVICE)
        code = next(meal.bill.event.order_code for meal in view.meals if meal.bill.subsidy_fen)
        meal = meal_view(session, SERVICE, code)
    assert view.total.subsidy_fen == sum(one.subsidy_fen for _, one in view.sites)
    assert view.total.price_fen == view.total.subsidy_fen + view.total.diner_fen + view.total.site_fen
    assert sum(line.amount_fen for line in meal.ledger) == 0
    assert meal.facts and meal.assumptions and meal.payer


def test_page_shows_the_nearest_service(day):
    """
    Tests that without a wish the nearest closed service is shown, and a strange wish is passed over.
    """
    with reading(day["evening"]) as (session, now_at):
        assert choose(session, ADMIN, now_at).service == SERVICE
        assert choose(session, ADMIN, now_at, "K9/2020-01-01/lunch").service == SERVICE


def test_forms_work_without_scripts(day, tmp_path):
    """
    Tests that an act posted by a plain form leads back to the page.
    """
    with reading(day["morning"]) as (session, now_at):
        batch_id = kitchen_view(session, SERVICE, now_at).next_batch.batch.batch_id
    with serving(day["morning"], tmp_path) as base:
        cookies = {"holdchain_session": day["morning"].tokens["kitchen"]}
        sent = {"core_c": "85", "service": SERVICE.key}
        with httpx.Client(base_url=base, cookies=cookies, timeout=60) as browser:
            answer, again = (browser.post(f"/kitchen/batches/{batch_id}/cooked", data=sent) for _ in range(2))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/kitchen?service={SERVICE.key}")
    assert again.status_code == 409


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_a_word(language):
    """
    Tests that each value which a page may have to name has its word.
    """
    outcomes = {
        f"{side}.{value}"
        for side in ("diner", "subsidy")
        for value in get_args(Outcome.model_fields[side].annotation)
    }
    kinds = {
        "meal": MEALS,
        "role": ROLES,
        "senses": SENSES,
        "event": get_args(Event),
        "outcome": outcomes,
        "fact": ("hukou", "age", "residence", "institution_resident"),
    }
    words = catalog(language)
    assert [
        f"{kind}.{one}" for kind, ones in kinds.items() for one in ones if f"{kind}.{one}" not in words
    ] == []
