"""What goes out of a lot, what is held and what is destroyed, each with its reason."""

import pytest

from api.stock.desk import counted_mg
from api.stock.holding import destroy_lot, hold_lot, release_lot
from api.stock.moves import send_back, take_stock, waste
from api.stock.picking import issue_service
from kitchen.store.lots import find_lot, load_movements
from orders.errors import BadInput, Conflict, NotFound
from tests.api.stock.room import SERVICE, desk, furnish, pork, publish

KG = 1_000_000


@pytest.fixture
def room(database):
    """A store room with 20 kg of pork, lot L0001; an open transaction."""
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        pork(session, at)
        yield session, at


def test_waste_return_and_count_add_up(room):
    """
    Tests that what is left is what came less what went, and that each move has its reason.
    """
    session, at = room
    assert waste(session, at, "L0001", 2 * KG, "rotten").left_mg == 18 * KG
    assert send_back(session, at, "L0001", 5 * KG, "too fat").left_mg == 13 * KG
    assert take_stock(session, at, {"L0001": 12 * KG}, "scale") == {"L0001": -KG}
    lot = find_lot(session, "K1", "L0001")
    moves = load_movements(session, lot.lot_id).moves
    assert lot.left_mg == sum(one.delta_mg for one in moves) == 12 * KG
    assert [(one.kind, one.reason) for one in moves[1:]] == [
        ("waste", "rotten"),
        ("return", "too fat"),
        ("count", "scale"),
    ]


def test_a_count_that_fits_needs_no_reason_and_is_written_down(room):
    """
    Tests a stock take without a difference, and one with a difference and no reason.
    """
    session, at = room
    assert take_stock(session, at, {"L0001": 20 * KG}, "") == {"L0001": 0}
    assert [one.kind for one in load_movements(session, find_lot(session, "K1", "L0001").lot_id).moves] == [
        "receive",
        "count",
    ]
    with pytest.raises(BadInput, match="reason"):
        take_stock(session, at, {"L0001": 19 * KG}, " ")


def test_what_cannot_be_is_refused(room):
    """
    Tests more than there is, no reason, an unknown lot, and a lot that is destroyed.
    """
    session, at = room
    with pytest.raises(BadInput, match="too_little"):
        waste(session, at, "L0001", 21 * KG, "rotten")
    with pytest.raises(BadInput, match="reason"):
        waste(session, at, "L0001", KG, "")
    with pytest.raises(NotFound):
        waste(session, at, "L0009", KG, "rotten")
    destroy_lot(session, at, "L0001", "smells", "Li")
    for act in (
        lambda: waste(session, at, "L0001", KG, "rotten"),
        lambda: take_stock(session, at, {"L0001": KG}, "found"),
        lambda: hold_lot(session, at, "L0001", "late"),
    ):
        with pytest.raises(Conflict, match="not_ok"):
            act()


def test_a_held_lot_names_its_batches_and_is_set_free_by_a_person(room):
    """
    Tests a complaint: held, nothing more is issued, the batches it is in, then set free.
    """
    session, at = room
    batch_ids = publish(session)
    issue_service(session, at, SERVICE)
    found = hold_lot(session, at, "L0001", "complaint")
    assert {one.batch_id for one in found} == set(batch_ids)
    assert found[0].service_key == SERVICE.key and found[0].code.startswith("B")
    with pytest.raises(BadInput, match="person"):
        release_lot(session, at, "L0001", "tested", "")
    assert release_lot(session, at, "L0001", "tested", "Li").state == "ok"
    with pytest.raises(Conflict):
        release_lot(session, at, "L0001", "tested", "Li")


def test_destroying_needs_a_person_and_leaves_nothing(room):
    """
    Tests that the name of who destroyed it stands with the lot.
    """
    session, at = room
    with pytest.raises(BadInput, match="person"):
        destroy_lot(session, at, "L0001", "smells", " ")
    lot = destroy_lot(session, at, "L0001", "smells", "Li")
    assert (lot.state, lot.left_mg) == ("destroyed", 0)
    kept = load_movements(session, lot.lot_id)
    assert (kept.moves[-1].kind, kept.marks[-1].by_name) == ("destroy", "Li")


@pytest.mark.parametrize("typed", ["1,234", "20，500", "123,000"])
def test_a_comma_that_may_be_either_is_asked_back(typed):
    """
    Tests that one before exactly three digits is refused with both readings.
    """
    with pytest.raises(BadInput) as refused:
        counted_mg(typed)
    known = typed.replace("，", ",")
    assert refused.value.code == "number_comma"
    assert refused.value.params["thousands"] == known.replace(",", "")
    assert refused.value.params["decimal"] == known.replace(",", ".")


@pytest.mark.parametrize(
    ("typed", "g"), [("1,5", 1500), ("1,23", 1230), ("0,500", 500), ("1234,567", 1_234_567)]
)
def test_a_comma_that_can_only_be_decimal_is_one(typed, g):
    """
    Tests that a comma is read as the decimal point where it can be nothing else.
    """
    assert counted_mg(typed) == g * 1000
