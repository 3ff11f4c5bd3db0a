"""What becomes known of chilled food once plans draw from it reaches every batch, box and list."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from api.checks.desk import CheckDesk
from api.checks.floor import read_floor
from api.checks.gates import batch_reasons
from api.checks.step_lines import step_lines
from api.day.asked import asked_of
from api.day.chilled import cooled_stock, left_out
from api.day.chilled_after import (
    CoolingTold,
    Mended,
    chilled_left,
    chilled_measured,
    mend_chilled,
    throw_away,
)
from api.day.holds import profile_at
from api.day.pack_boxes import box_packed
from api.day.services import find_kitchen
from api.people import OPERATOR
from api.stock.desk import StockDesk, need_kitchen
from api.stock.picking import issue_service
from api.stock.purchase import purchase_plan
from kitchen.haccp import Probe
from kitchen.store.production import load_batches, load_production
from kitchen.store.watched import save_probes
from orders.errors import BadInput, Conflict
from telemetry.store.verdicts import latest_verdicts
from tests.api.day.acted_day import Acting, instant
from tests.api.day.chilled_day import CLOSED_AT, THREE_AT, TUESDAY, Drawn
from tests.api.day.example_day import ExampleDay

EVENING_AT = CLOSED_AT + timedelta(hours=3)
LAST_PLATE_S = TUESDAY.seconds(CLOSED_AT + timedelta(hours=20))


@pytest.fixture
def tuesday(drawn: Drawn, tmp_path: Path) -> ExampleDay:
    """That Tuesday in a database of the test's own."""
    return drawn.day.copied(tmp_path)


def checking(session: Session, day: ExampleDay) -> CheckDesk:
    """Who writes down what is measured, on the evening before."""
    return CheckDesk(find_kitchen(session, "K1"), OPERATOR, EVENING_AT, day.ids)


def storing(session: Session, day: ExampleDay) -> StockDesk:
    """Who keeps the store, at the cut-off."""
    return StockDesk(need_kitchen(session, "K1"), OPERATOR, CLOSED_AT, day.ids)


def drawn_batches(session: Session) -> dict[str, Any]:
    """Published batches by the chilled one that they are drawn from."""
    production = load_production(session, TUESDAY.key)
    batches = load_batches(session, production.production_id)
    return {batch.chilled_id: batch for batch in batches if batch.chilled_id}


def closed_box(session: Session, day: ExampleDay, chilled_id: str) -> Mapping[str, Any]:
    """A closed box of what is drawn from a chilled batch."""
    acting, own = Acting.of(replace(day, service=TUESDAY)), drawn_batches(session)[chilled_id].batch_id
    box = next(box for box in acting.board["boxes"] if own in box["batch_ids"])
    told = {"core_c": 3.0, "carrier_code": box["carrier_code"]}
    box_packed(session, box["box_id"], **told, **acting.at(instant(box["packed_at"])))
    return box


def to_draw(session: Session, now_at: datetime | None = None) -> set[str]:
    """Chilled batches that a plan of this Tuesday would draw."""
    stock = cooled_stock(session, TUESDAY, profile_at(session, "K1"), LAST_PLATE_S, now_at)
    return {one.chilled_id for one in stock}


def said(session: Session) -> list[tuple[str, str]]:
    """What that plan would say of the others."""
    notes = left_out(session, TUESDAY, profile_at(session, "K1"), LAST_PLATE_S, EVENING_AT)
    return [(one.code, str(one.params["batch"])) for one in notes]


def test_a_stage_that_fails_after_the_plan_bars_what_was_drawn(drawn: Drawn, tuesday: ExampleDay) -> None:
    """Tests food 14 °C warm after the second stage: its batch waits, its closed box fails, none is drawn."""
    one = drawn.made.batches[0]
    with tuesday.database.begin() as session:
        box = closed_box(session, tuesday, one.chilled_id)
        assert one.chilled_id in to_draw(session)
        told = CoolingTold("cool_2", 14.0, happened_at=THREE_AT + timedelta(minutes=205))
        assert not chilled_measured(session, checking(session, tuesday), one.chilled_id, told).passed
        batch_id = drawn_batches(session)[one.chilled_id].batch_id
        floor = read_floor(session, TUESDAY, [batch_id])
        reasons = [reason.code for reason in batch_reasons(floor, batch_id, "pack")]
        assert reasons == ["point_failed"]
        assert latest_verdicts(session, [box["box_id"]])[box["box_id"]].verdict != "passed"
        assert one.chilled_id not in to_draw(session)
        assert said(session) == [("chilled_not_kept", one.code)]


def test_a_core_that_was_too_cold_is_kept_and_bars(drawn: Drawn, tuesday: ExampleDay) -> None:
    """Tests 60 °C told as 88: the correction stands, the cook point fails by it, and no plan draws it."""
    one = drawn.made.batches[0]
    with tuesday.database.begin() as session:
        desk = checking(session, tuesday)
        assert mend_chilled(session, desk, one.chilled_id, Mended("misread", core_c=60.0)) == 0
        batch_id = drawn_batches(session)[one.chilled_id].batch_id
        cook = read_floor(session, TUESDAY, [batch_id]).of_batch[batch_id][0]
        assert (cook.point.code, cook.value_c, cook.standing) == ("cook", 60.0, "failed")
        assert one.chilled_id not in to_draw(session)
        assert said(session) == [("chilled_not_kept", one.code)]
        with pytest.raises(BadInput, match="check_person_missing"):
            mend_chilled(session, desk, one.chilled_id, Mended("misread again", core_c=88.0))
        mend_chilled(session, desk, one.chilled_id, Mended("misread again", core_c=88.0, person="王"))
        assert one.chilled_id in to_draw(session)
        lines = step_lines(read_floor(session, TUESDAY, [batch_id]), {})
        kept = [(line.mark, line.person, line.reason) for line in lines if line.value_c in (60.0, 88.0)]
        assert [(mark, reason) for mark, _, reason in kept[-3:]] == [
            ("corrected", "miscounted"),
            ("corrected", "misread"),
            ("passed", "misread again"),
        ]
        assert kept[-1][1] == "王"


def test_a_box_is_judged_by_how_long_its_food_cooled_as_that_stands(
    drawn: Drawn, tuesday: ExampleDay
) -> None:
    """Tests 15 °C in time for the minute told first: 40 min earlier it cooled too slowly."""
    one = drawn.made.batches[0]
    with tuesday.database.begin() as session:
        box = closed_box(session, tuesday, one.chilled_id)
        told = {-40: "hold_cooled_too_slowly", 0: "", 95: "hold_no_cooling_curve"}
        for minutes, code in told.items():
            at = THREE_AT + timedelta(minutes=minutes)
            desk, mended = checking(session, tuesday), Mended("misread", happened_at=at)
            if minutes == 0:
                with pytest.raises(BadInput, match="check_person_missing"):
                    mend_chilled(session, desk, one.chilled_id, mended)
            mend_chilled(session, desk, one.chilled_id, replace(mended, person="王"))
            verdict = latest_verdicts(session, [box["box_id"]])[box["box_id"]]
            cooled = {"hold_cooled_too_slowly", "hold_no_cooling_curve"}
            assert cooled & {reason.code for reason in verdict.reasons} == ({code} - {""})


def test_what_nobody_measured_in_time_is_not_drawn(drawn: Drawn, tuesday: ExampleDay) -> None:
    """Tests food that came off the heat after its first stage was measured, where probes are listed."""
    one = drawn.made.batches[0]
    with tuesday.database.begin() as session:
        late = Mended("misread the clock", happened_at=THREE_AT + timedelta(minutes=95))
        mend_chilled(session, checking(session, tuesday), one.chilled_id, late)
        assert one.chilled_id in to_draw(session, EVENING_AT)
        save_probes(session, "K1", [Probe("T1")], author="test", changed_at=CLOSED_AT)
        assert one.chilled_id in to_draw(session, THREE_AT + timedelta(hours=3))
        assert one.chilled_id not in to_draw(session, EVENING_AT)
        assert said(session) == [("chilled_not_measured", one.code)]


def test_what_is_in_a_closed_box_was_off_the_heat(drawn: Drawn, tuesday: ExampleDay) -> None:
    """Tests that its report is neither taken back nor put later than the lid."""
    one = drawn.made.batches[0]
    with tuesday.database.begin() as session:
        box = closed_box(session, tuesday, one.chilled_id)
        desk = replace(checking(session, tuesday), now_at=instant(box["packed_at"]) + timedelta(minutes=9))
        with pytest.raises(Conflict, match="batch_in_closed_box"):
            mend_chilled(session, desk, one.chilled_id, Mended("never cooked", withdrawn=True))
        with pytest.raises(Conflict, match="batch_not_cooked"):
            mend_chilled(session, desk, one.chilled_id, Mended("later", happened_at=desk.now_at))
        with pytest.raises(BadInput, match="chilled_portions"):
            mend_chilled(session, desk, one.chilled_id, Mended("none", portions=0))


def test_what_was_thrown_away_is_not_there_to_be_eaten(drawn: Drawn, tuesday: ExampleDay) -> None:
    """Tests a count one short of what is drawn and thrown away together: one portion is missing."""
    one = drawn.made.batches[0]
    with tuesday.database.begin() as session:
        store, desk = storing(session, tuesday), checking(session, tuesday)
        over = next(left for left in chilled_left(session, store) if left.batch.code == one.code)
        throw_away(session, store, one.code, None, "too much", "Li")
        short = Mended("counted again", portions=over.drawn + over.left - 1)
        assert over.left > 1 and mend_chilled(session, desk, one.chilled_id, short) == 1
        withdrawn = Mended("never cooked", withdrawn=True)
        assert mend_chilled(session, desk, one.chilled_id, withdrawn) == over.drawn


def test_chilled_food_is_not_bought_again(tuesday: ExampleDay) -> None:
    """Tests that once the store has handed out what is still to be cooked, that service lacks nothing."""
    with tuesday.database.begin() as session:
        store = storing(session, tuesday)

        def to_buy() -> int:
            return sum(purchase_plan(session, store, asked_of, TUESDAY.service_on, 1).needs[0].mg.values())

        whole = to_buy()
        issued = issue_service(session, store, TUESDAY)
        assert whole == sum(pick.mg for pick in issued.picks) + sum(need.mg for need in issued.short)
        assert to_buy() == sum(need.mg for need in issued.short)
