"""Batches take from the lots that expire first, and what was issued is known both ways."""

from datetime import date

import pytest

from api.stock.holding import hold_lot
from api.stock.picking import issue_service, keep_picks, plan_picks, stock_findings, use_up
from kitchen.acts import Cooked, Started
from kitchen.store.acts import save_cooked, save_started
from kitchen.store.lots import batches_of_lot, find_lot, issued_to, load_lots, lots_of_batches
from kitchen.store.production import load_batches
from kitchen.store.replans import ReplanRow, save_replan
from orders.errors import NotFound
from orders.service import Service
from tests.api.stock.room import NOW_AT, PORK, POTATO, SERVICE, desk, furnish, pork, publish


def test_a_house_without_lots_says_so_and_goes_on(database):
    """
    Tests the one finding, and that publishing keeps no list.
    """
    with database.begin() as session:
        furnish(session, desk())
        publish(session)
        batches = load_batches(session, "p1")
        assert [one.code for one in stock_findings(session, SERVICE, batches)] == ["lots_not_watched"]
        assert plan_picks(session, SERVICE, batches) is None and keep_picks(session, SERVICE) is None


def test_the_list_is_kept_and_then_issued_once(database):
    """
    Tests gross weights, the lot that expires first, the shortage of potatoes, and that twice is once.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        late = pork(session, at, expires_on=date(2026, 11, 30))
        soon = pork(session, at, kg=10)
        one, two = publish(session)
        plan = keep_picks(session, SERVICE)
        assert set(plan.short_mg) == {POTATO}
        short = [
            finding.params["food"]
            for finding in stock_findings(session, SERVICE, load_batches(session, "p1"))
        ]
        assert len(short) == 1
        planned = lots_of_batches(session, SERVICE)
        assert planned[one][0] == (soon.lot.lot_id, 75 * 100_000_000 // 1000)
        done = issue_service(session, at, SERVICE)
        assert {need.food_code for need in done.short} == {POTATO}
        assert lots_of_batches(session, SERVICE) == planned
        assert issue_service(session, at, SERVICE).picks == ()
        left = {lot.code: lot.left_mg for lot in load_lots(session, "K1").values()}
        assert left == {"L0001": 15_000_000}
        assert {batch for _, batch, _ in batches_of_lot(session, late.lot.lot_id)} == {two}


def test_a_lot_held_after_the_list_is_replaced(database):
    """
    Tests that issuing passes a held lot over, whatever the list says.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        soon, late = pork(session, at), pork(session, at, expires_on=date(2026, 11, 30))
        publish(session)
        keep_picks(session, SERVICE)
        hold_lot(session, at, soon.lot.code, "complaint")
        assert {one.lot_id for one in issue_service(session, at, SERVICE).picks} == {late.lot.lot_id}


def test_what_one_service_is_to_take_another_cannot(database):
    """
    Tests that a pick list reserves: dinner is short of what lunch is still to take.
    """
    at, dinner = desk(), Service("K1", SERVICE.service_on, "dinner")
    with database.begin() as session:
        furnish(session, at)
        pork(session, at)
        publish(session)
        keep_picks(session, SERVICE)
        publish(session, 2, dinner)
        assert keep_picks(session, dinner).short_mg[PORK] == 10_000_000


def test_a_new_version_takes_back_what_the_old_one_did_not_cook(database):
    """
    Tests that goods issued to batches that were planned anew come back, except those of a cooked batch.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        pork(session, at, kg=30)
        one, two = publish(session)
        issue_service(session, at, SERVICE)
        save_cooked(session, "e1", Cooked(one, 80.0, "u1", NOW_AT, NOW_AT))
        again = publish(session, 2)
        assert PORK not in keep_picks(session, SERVICE).short_mg
        issue_service(session, at, SERVICE)
        assert {pick.batch_id for pick in issued_to(session, [one, two, *again])} == {one, *again}
        assert find_lot(session, "K1", "L0001").left_mg == 7_500_000


def test_burnt_food_is_waste_and_its_lot_knows_the_batch(database):
    """
    Tests that a new version puts nothing back of a batch that went on the heat, reported or lost by an event.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        late = pork(session, at, kg=40)
        burnt, started = publish(session)
        wasted = use_up(session, at, SERVICE, [burnt])
        assert {(one.batch_id, one.mg) for one in wasted} == {(burnt, 7_500_000)}
        issue_service(session, at, SERVICE)
        save_started(session, "e1", Started(started, "u1", NOW_AT, NOW_AT))
        found = {"wasted": [{"batch_id": burnt, "lot_id": late.lot.lot_id, "mg": 7_500_000}]}
        event = ReplanRow(
            replan_id="r1",
            service_key=SERVICE.key,
            version=2,
            kind="burnt",
            ref=burnt,
            minutes=0,
            before={},
            found=found,
            actor="u1",
            at=NOW_AT,
        )
        save_replan(session, event)
        again = publish(session, 2)
        issue_service(session, at, SERVICE)
        known = {batch for _, batch, _ in batches_of_lot(session, late.lot.lot_id)}
        assert known == {burnt, started, *again}
        assert find_lot(session, "K1", "L0001").left_mg == 10_000_000


def test_nothing_is_issued_to_what_is_not_published(database):
    """
    Tests a service without a production.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        with pytest.raises(NotFound):
            issue_service(session, at, SERVICE)
