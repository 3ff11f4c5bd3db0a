"""A day's batches and the store room: picked, cooked, issued."""

from datetime import date

from api.day.cook import batch_cooked
from api.people import OPERATOR
from api.stock.desk import StockDesk, need_kitchen
from api.stock.picking import keep_picks, stock_findings
from api.stock.receive import Receipt, receive
from api.stock.suppliers import keep_supplier
from kitchen.receiving import Supplier, SupplierLicence
from kitchen.store.lots import issued_to, load_picks, lots_of_batches
from kitchen.store.production import load_batches, load_production
from tests.api.day.example_day import PUBLISHED_AT, ExampleDay

RICE = "rice-white-polished-japonica"


def test_a_house_without_lots_has_one_finding_and_cooks(own_day: ExampleDay):
    """
    Tests that the stock says lots are not watched, once, and that a batch is cooked all the same.
    """
    with own_day.database.begin() as session:
        production = load_production(session, own_day.service.key)
        batches = load_batches(session, production.production_id)
        found = stock_findings(session, own_day.service, batches)
        assert [one.code for one in found] == ["lots_not_watched"]
        batch_cooked(
            session, batches[0].batch_id, core_c=80.0, actor=OPERATOR, now_at=PUBLISHED_AT, ids=own_day.ids
        )
        assert lots_of_batches(session, own_day.service) == {}


def test_batches_pick_and_cooking_issues(own_day: ExampleDay):
    """
    Tests that rice in stock is picked for its batches, what is lacking is found, and a cooked batch knows
    its lot.
    """
    service, acting = own_day.service, {"actor": OPERATOR, "now_at": PUBLISHED_AT}
    with own_day.database.begin() as session:
        at = StockDesk(need_kitchen(session, "K1"), OPERATOR, PUBLISHED_AT, own_day.ids)
        licence = (SupplierLicence("food", "JY1", date(2030, 1, 1)),)
        keep_supplier(session, at, Supplier("", "S01", "示例粮油", licences=licence))
        bag = Receipt(RICE, "S01", 500_000_000, {"lot_certificate": "C1"}, expires_on=date(2027, 1, 1))
        lot = receive(session, at, bag).lot
        production = load_production(session, service.key)
        batches = load_batches(session, production.production_id)
        found = {one.code for one in stock_findings(session, service, batches)}
        assert found == {"lots_short"}
        keep_picks(session, service)
        picks = load_picks(session, production.production_id)
        assert {one.lot_id for one in picks} == {lot.lot_id}
        batch_id = picks[0].batch_id
        batch_cooked(session, batch_id, core_c=80.0, ids=own_day.ids, **acting)
        assert issued_to(session, [one.batch_id for one in picks]) == [
            one for one in picks if one.batch_id == batch_id
        ]
