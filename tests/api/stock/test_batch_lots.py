"""Another lot than the list says, some put back, and what a label adds."""

from datetime import date

import pytest

from api.day.hand_out import hand_lot
from api.day.offered import brought_in
from api.stock.batch_lots import Handed, issue_lot, put_back
from api.stock.holding import destroy_lot, hold_lot
from api.stock.picking import issue_service, keep_picks
from api.stock.views import pick_list
from kitchen.lots import Declaration
from kitchen.store.lots import find_lot, load_movements, lots_of_batches
from orders.errors import BadInput, Conflict, NotFound
from tests.api.stock.room import SERVICE, desk, furnish, pork, publish

KG = 1_000_000


@pytest.fixture
def room(database):
    """A published day of two batches, a lot of pork, and one whose label says peanut; an open transaction."""
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        pork(session, at, kg=40)
        label = Declaration(frozenset({"peanut"}))
        pork(session, at, expires_on=date(2026, 11, 30), declared=label)
        publish(session)
        keep_picks(session, SERVICE)
        yield session, at


def test_a_named_lot_goes_in_and_its_label_counts(room):
    """
    Tests that the dish of a batch which got of the labelled lot brings in peanut from then on.
    """
    session, at = room
    assert brought_in(session, SERVICE) == {}
    assert hand_lot(session, at, Handed(SERVICE, "B01", "L0002", 2 * KG)).left_mg == 18 * KG
    assert brought_in(session, SERVICE) == {"D1": (("peanut", "L0002"),)}
    hand_lot(session, at, Handed(SERVICE, "B01", "L0002", 2 * KG, "wrong lot"), back=True)
    assert brought_in(session, SERVICE) == {}


def test_the_rest_is_handed_out_by_the_list(room):
    """
    Tests that what a batch got by hand is not issued again.
    """
    session, at = room
    issue_lot(session, at, Handed(SERVICE, "B01", "L0002", 2 * KG))
    issue_service(session, at, SERVICE)
    by_batch = lots_of_batches(session, SERVICE).values()
    assert sorted(sum(mg for _, mg in lots) for lots in by_batch) == [7_500_000, 7_500_000]


def test_putting_back_leaves_both_records(room):
    """
    Tests a wrong lot: out, back with a reason, never more than was out.
    """
    session, at = room
    out = Handed(SERVICE, "B01", "L0002", 2 * KG)
    issue_lot(session, at, out)
    with pytest.raises(BadInput, match="reason"):
        put_back(session, at, out)
    with pytest.raises(BadInput, match="too_little"):
        put_back(session, at, Handed(SERVICE, "B01", "L0002", 3 * KG, "wrong lot"))
    assert put_back(session, at, Handed(SERVICE, "B01", "L0002", 2 * KG, "wrong lot")).left_mg == 20 * KG
    moves = load_movements(session, find_lot(session, "K1", "L0002").lot_id).moves
    assert [one.kind for one in moves] == ["receive", "issue", "put_back"]


def test_what_may_not_be_used_is_not_handed_out(room):
    """
    Tests a held lot, one past its day, an unknown batch, more than is left; and how the list shows a hold.
    """
    session, at = room
    old = pork(session, at, expires_on=date(2026, 11, 22))
    with pytest.raises(Conflict, match="lot_past"):
        issue_lot(session, at, Handed(SERVICE, "B01", old.lot.code, KG))
    with pytest.raises(BadInput, match="too_little"):
        issue_lot(session, at, Handed(SERVICE, "B01", "L0002", 21 * KG))
    with pytest.raises(NotFound):
        issue_lot(session, at, Handed(SERVICE, "B99", "L0002", KG))
    hold_lot(session, at, "L0001", "complaint")
    with pytest.raises(Conflict, match="lot_not_ok"):
        issue_lot(session, at, Handed(SERVICE, "B01", "L0001", KG))
    shown = pick_list(session, at, SERVICE)
    assert {(line.lot_code, line.barred) for one in shown.batches for line in one.lines} == {("L0001", True)}
    [(line, mg, waiting_mg)] = shown.of_lots
    assert (line.lot_code, mg) == ("L0001", sum(one.mg for one in shown.batches))
    assert 0 <= waiting_mg <= mg


def test_what_comes_back_of_a_destroyed_lot_is_destroyed(room):
    """
    Tests that a lot whose rest was destroyed stays empty, and that both moves are on record.
    """
    session, at = room
    issue_lot(session, at, Handed(SERVICE, "B01", "L0002", 2 * KG))
    destroy_lot(session, at, "L0002", "smells", "Wei")
    assert put_back(session, at, Handed(SERVICE, "B01", "L0002", 1 * KG, "not used")).left_mg == 0
    moves = load_movements(session, find_lot(session, "K1", "L0002").lot_id).moves
    assert [(one.kind, one.delta_mg) for one in moves[-2:]] == [("put_back", KG), ("destroy", -KG)]
