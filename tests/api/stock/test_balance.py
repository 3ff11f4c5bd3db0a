"""Whatever is done in the store room, every gram that came in is accounted for."""

import random
from collections import Counter
from datetime import date

from sqlmodel import select

from api.stock.batch_lots import Handed, issue_lot, put_back
from api.stock.holding import destroy_lot, hold_lot, release_lot
from api.stock.moves import send_back, take_stock, waste
from api.stock.picking import issue_service, keep_picks
from kitchen.store.lot_rows import LotMoveRow
from kitchen.store.lots import issued_to, load_lots, load_movements
from kitchen.store.production import load_batches, load_production
from orders.errors import MealError
from tests.api.stock.room import SERVICE, desk, furnish, pork, publish

ACTS = 60
OUT = ("issue", "waste", "return", "destroy")


def test_what_came_in_is_issued_wasted_destroyed_or_left(database):
    """
    Tests sixty random acts, refusals among them: per lot, per batch and in sum nothing is lost or made.
    """
    rng, at = random.Random(1), desk()
    with database.begin() as session:
        furnish(session, at)
        for number in range(4):
            pork(session, at, kg=rng.randint(4, 9), expires_on=date(2026, 11, 25 + number))
        batch_ids = publish(session)
        keep_picks(session, SERVICE)
        production = load_production(session, SERVICE.key)
        code = load_batches(session, production.production_id)[0].code
        refused = Counter[str]()
        for _ in range(ACTS):
            lot, mg = f"L000{rng.randint(1, 4)}", rng.choice((50_000, 400_000, 2_000_000))
            handed = Handed(SERVICE, code, lot, mg, "by hand")
            act = rng.choice(
                (
                    lambda s, lot=lot, mg=mg: waste(s, at, lot, mg, "fell"),
                    lambda s, lot=lot, mg=mg: send_back(s, at, lot, mg, "not fresh"),
                    lambda s, lot=lot, mg=mg: take_stock(s, at, {lot: mg}, "counted"),
                    lambda s, handed=handed: issue_lot(s, at, handed),
                    lambda s, handed=handed: put_back(s, at, handed),
                    lambda s: issue_service(s, at, SERVICE),
                    lambda s, lot=lot: hold_lot(s, at, lot, "call"),
                    lambda s, lot=lot: release_lot(s, at, lot, "paper came", "Li"),
                    lambda s, lot=lot: (
                        destroy_lot(s, at, lot, "recalled", "Li") if rng.random() < 0.1 else None
                    ),
                )
            )
            try:
                act(session)
            except MealError as error:
                refused[error.code] += 1
    with database.read() as session:
        lots = load_lots(session, "K1", open_only=False)
        by_kind: Counter[str] = Counter()
        for lot in lots.values():
            moves = load_movements(session, lot.lot_id).moves
            sums = Counter[str]()
            for move in moves:
                sums[move.kind] += move.delta_mg
            came = lot.received_mg + sums["count"] + sums["put_back"]
            assert came == lot.left_mg - sum(sums[kind] for kind in OUT) and lot.left_mg >= 0
            by_kind.update(sums)
        assert by_kind["receive"] == sum(lot.received_mg for lot in lots.values())
        issued = sum(one.mg for one in issued_to(session, batch_ids))
        assert issued == -by_kind["issue"] - by_kind["put_back"]
        assert len(session.exec(select(LotMoveRow.move_id)).all()) > ACTS / 3
    assert refused and {"issue", "waste", "put_back"} <= by_kind.keys()
