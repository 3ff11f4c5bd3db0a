"""Lots survive the database, their moves balance, and batch and lot know each other."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import delete, select

from kitchen.batches import ExtraParams, plan_batches
from kitchen.lots import Declaration, Lot, Pick
from kitchen.receiving import Supplier, SupplierLicence
from kitchen.store.catalogue import save_dishes, save_foods
from kitchen.store.deliveries import (
    KeptDelivery,
    LotPhoto,
    deliveries_known,
    load_deliveries,
    load_photos,
    photo_of,
    save_delivery,
    save_photo,
)
from kitchen.store.lot_rows import LotMoveRow
from kitchen.store.lots import (
    LotMark,
    LotMove,
    batches_of_lot,
    find_lot,
    held_lots_of,
    issued_to,
    load_lots,
    load_movements,
    load_picks,
    lots_of_batches,
    lots_watched,
    save_mark,
    save_move,
    save_picks,
)
from kitchen.store.production import Production, publish_production, save_production
from kitchen.store.suppliers import load_suppliers, save_supplier
from orders.codes import Coded
from orders.service import Service
from orders.sites import Kitchen, Place
from orders.store.sites import save_kitchen
from tests.kitchen.builders import dish, ids, packaged_foods, pans, portions

NOW_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SERVICE = Service("K1", date(2026, 11, 23), "lunch")
KITCHEN = Kitchen("K1", "Kitchen", "canteen", "JY", Place(24.3, 109.4), "Asia/Shanghai", "", "")
SHOP = Supplier(
    "s1",
    "S01",
    "Market",
    "Ms Wei",
    "0772-1",
    (SupplierLicence("food", "JY1", date(2027, 1, 1)), SupplierLicence("farm", "N2")),
    frozenset({"tuber"}),
)
LOT = Lot(
    "l1",
    "L0001",
    "potato",
    "s1",
    NOW_AT,
    date(2026, 12, 1),
    50_000_000,
    50_000_000,
    {"lot_certificate": "C1"},
    4.5,
    Declaration(frozenset({"soy"}), frozenset({"egg"})),
)


def kept(lot: Lot, verdict="accepted", **facts) -> KeptDelivery:
    """A delivery of that lot."""
    base = {
        "wanting": (),
        "supplier_lot": "X9",
        "storage": "ambient",
        "rules_revision": 1,
        "actor": "u1",
        "recorded_at": NOW_AT,
    }
    return KeptDelivery(lot, verdict, **{**base, **facts})


def stocked(session, *deliveries: KeptDelivery) -> None:
    """A kitchen with a supplier and these deliveries."""
    save_kitchen(session, KITCHEN, {}, NOW_AT)
    save_foods(session, [packaged_foods()["potato"]], author="u1", changed_at=NOW_AT)
    save_supplier(session, "K1", SHOP, author="u1", changed_at=NOW_AT)
    for number, one in enumerate(deliveries):
        save_delivery(session, "K1", one, f"m{number}", f"k{number}")


def cooking(session) -> list[str]:
    """A published production of two batches; their ids."""
    save_dishes(session, [dish()], author="u1", changed_at=NOW_AT)
    plan = plan_batches(portions(150), {"D1": dish()}, pans(1), ExtraParams(0), ids("b"))
    production = Production("p1", SERVICE.key, 1, "0" * 64, {}, NOW_AT, "u1")
    save_production(session, production, batches=plan.batches, slots=[], boxes=[], exceptions=[])
    publish_production(session, "p1")
    return [batch.batch_id for batch in plan.batches]


def test_what_came_comes_back_as_it_went(database):
    """
    Tests suppliers, lots, deliveries sent back and photos through both databases.
    """
    back = kept(
        replace(LOT, lot_id="l2", code="L0002"), "refused", wanting=(Coded("receipt_expired", {"a": 1}),)
    )
    with database.begin() as session:
        assert not lots_watched(session, "K1")
        stocked(session, kept(LOT, external_ref="r1"), back)
        save_photo(session, "f1", LotPhoto("l1", "d" * 64, "image/jpeg", 9), actor="u1", at=NOW_AT)
    with database.read() as session:
        assert load_suppliers(session, "K1") == {"s1": SHOP}
        assert load_lots(session, "K1") == {"l1": LOT}
        assert find_lot(session, "K1", "L0001") == find_lot(session, "K1", "l1") == LOT
        assert find_lot(session, "K1", "L0002") is None
        assert load_deliveries(session, "K1") == [kept(LOT, external_ref="r1"), back]
        assert load_deliveries(session, "K1", refs=("holdchain", ["r1", "r2"]))[0].lot == LOT
        assert load_deliveries(session, "K1", from_at=NOW_AT, to_at=NOW_AT) == []
        assert deliveries_known(session, "K1") == 2 and lots_watched(session, "K1")
        assert load_photos(session, ["l1"])["l1"][0].size == 9
        assert photo_of(session, "d" * 64)[0] == "K1" and photo_of(session, "e" * 64) is None


def test_moves_add_up_and_evidence_stays(database):
    """
    Tests that what is left is the sum of the moves, that nothing goes below 0, and that no move is undone.
    """
    with database.begin() as session:
        stocked(session, kept(LOT))
        waste = LotMove("l1", "waste", -2_000_000, "u1", NOW_AT, "rotten")
        assert save_move(session, "w1", waste) == 48_000_000
        assert save_move(session, "c1", LotMove("l1", "count", -500_000, "u1", NOW_AT, "scale")) == 47_500_000
        save_mark(session, "h1", LotMark("l1", "held", "complaint", "Li", "u1", NOW_AT))
    with database.begin() as session:
        assert load_lots(session, "K1")["l1"] == replace(LOT, left_mg=47_500_000, state="held")
        assert session.exec(select(func.sum(LotMoveRow.delta_mg))).one() == 47_500_000
        found = load_movements(session, "l1")
        assert [one.kind for one in found.moves] == ["receive", "waste", "count"] and found.moves[1] == waste
        assert [(one.state, one.by_name) for one in found.marks] == [("held", "Li")]
    with pytest.raises(IntegrityError), database.begin() as session:
        save_move(session, "w2", LotMove("l1", "waste", -47_500_001, "u1", NOW_AT, "more than there is"))
    with pytest.raises(DatabaseError), database.begin() as session:
        session.execute(delete(LotMoveRow))


def test_a_lot_taken_in_held_may_not_be_used(database):
    """
    Tests that what was wrong at the door is kept with the lot, and that it is no stock.
    """
    lacks = (Coded("receipt_paper_missing", {"paper": "lot_certificate"}),)
    with database.begin() as session:
        stocked(session, kept(LOT, "held", wanting=lacks))
        lot = load_lots(session, "K1")["l1"]
        assert lot.state == "held" and not lot.usable_on(NOW_AT.date())
        assert load_deliveries(session, "K1")[0].wanting == lacks


def test_batch_knows_lots_and_lot_knows_batches(database):
    """
    Tests both ways: what is to be taken, then what was issued and put back.
    """
    second = replace(LOT, lot_id="l2", code="L0002")
    with database.begin() as session:
        stocked(session, kept(LOT), kept(second))
        one, two = cooking(session)
        picks = [Pick(one, "l1", "potato", 11_000_000), Pick(two, "l1", "potato", 9_000_000)]
        save_picks(session, "p1", picks)
    with database.begin() as session:
        assert load_picks(session, "p1") == picks
        assert lots_of_batches(session, SERVICE) == {one: [("l1", 11_000_000)], two: [("l1", 9_000_000)]}
        assert batches_of_lot(session, "l2") == []
        save_move(session, "i1", LotMove("l2", "issue", -12_000_000, "u1", NOW_AT, "", one))
        save_move(session, "i2", LotMove("l2", "put_back", 1_000_000, "u1", NOW_AT, "", one))
        save_mark(session, "h1", LotMark("l2", "held", "complaint", "Li", "u1", NOW_AT))
    with database.read() as session:
        assert issued_to(session, [one, two]) == [Pick(one, "l2", "potato", 11_000_000)]
        assert lots_of_batches(session, SERVICE) == {one: [("l2", 11_000_000)], two: [("l1", 9_000_000)]}
        assert batches_of_lot(session, "l2") == [(SERVICE.key, one, 11_000_000)]
        assert batches_of_lot(session, "l1") == [(SERVICE.key, two, 9_000_000)]
        assert held_lots_of(session, [one, two]) == {one: ["L0002"]}
