"""A day under way that goes wrong: new minutes, new versions, and who gets what instead."""

import re
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select

from api.checks.desk import CheckDesk
from api.checks.withholding import WithheldTold, end_hold, withhold
from api.day.board import board_of
from api.day.cook import batch_cooked, batch_started
from api.day.paper_facts import load_paper_facts
from api.day.replan import Replanned, previewed, replan
from api.day.replan_answer import answered
from api.day.replan_differences import differences
from api.day.replan_instead import cooked_anew
from api.day.replan_today import read_today
from api.day.replan_undo import undo_replan
from api.day.summary import summarise
from api.people import OPERATOR
from api.stock.desk import StockDesk
from api.stock.receive import Receipt, receive
from api.stock.suppliers import keep_supplier
from kitchen.receiving import Supplier, SupplierLicence
from kitchen.replan import Event, out_of_use
from kitchen.store.acts import load_cooked
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.lots import batches_of_lot
from kitchen.store.production import (
    load_batches,
    load_boxes,
    load_production,
    load_slots,
)
from kitchen.store.production_rows import (
    BatchExtraRow,
    BatchLineRow,
    BatchRow,
    BoxLineRow,
    ProductionExceptionRow,
    SlotRow,
)
from kitchen.store.replans import load_replans
from orders.codes import Coded
from orders.errors import Conflict, NotFound
from orders.store.diners import load_diners
from orders.store.orders import load_orders
from orders.store.services import load_order_exceptions
from orders.store.sites import load_kitchen
from routing.store.plans import load_plan
from tests.api.day.acted_day import Acting
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay

AT_EIGHT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


def production_of(day: ExampleDay):
    """The published version with its batches by code, slots and boxes."""
    with day.database.read() as session:
        production = load_production(session, SERVICE.key)
        key = production.production_id
        batches = {batch.code: batch for batch in load_batches(session, key)}
        return production, batches, load_slots(session, key), load_boxes(session, key)


def again(day: ExampleDay, event: Event, at: datetime = AT_EIGHT):
    """The day planned again."""
    return replan(day.database, SERVICE, event, actor=OPERATOR, now_at=at, ids=day.ids, seed=1)


def outside_of(day: ExampleDay) -> list[Coded]:
    """What the papers say of batches that are ready outside their windows."""
    with day.database.read() as session:
        return list(load_paper_facts(session, SERVICE, AT_EIGHT).outside)


def tell_outside(day: ExampleDay, *told: Coded) -> None:
    """Batches outside their windows, as the plan would have said."""
    with day.database.begin() as session:
        key = load_production(session, SERVICE.key).production_id
        for number, one in enumerate(told, 90):
            row = ProductionExceptionRow(production_id=key, number=number, stage="schedule", portions=0)
            row.code, row.params, row.ref = one.code, dict(one.params), str(one.params["batch"])
            session.add(row)


def ahead_of(day: ExampleDay, at: datetime):
    """Batches that are not on the heat yet, latest start last."""
    _, batches, slots, _ = production_of(day)
    by_id = {batch.batch_id: batch for batch in batches.values()}
    later = [slot for slot in slots if slot.start_s > SERVICE.seconds(at)]
    return [(by_id[slot.batch_id], slot) for slot in later]


def test_a_slip_moves_the_batch_and_publishes_a_version(own_day: ExampleDay) -> None:
    """Tests that a batch starts later and no other, everybody eats, and its reports can be made as before."""
    batch, slot = ahead_of(own_day, AT_EIGHT)[0]
    done = again(own_day, Event("slip", batch.batch_id, 10))
    production, batches, slots, boxes = production_of(own_day)
    assert (production.version, done.version, production.status) == (2, 2, "published")
    new = next(one for one in slots if one.batch_id == batch.batch_id)
    assert new.start_s >= slot.start_s + 600
    assert batches[batch.code].batch_id == batch.batch_id
    assert done.answer.instead == ()
    assert all(one.params.get("from") != one.params.get("to") for one in done.changes if "from" in one.params)
    assert {one.params["batch"] for one in done.changes if "batch" in one.params} == {batch.code}
    assert done.answer.boxes_new == ()
    lines = sorted(line for box in boxes for line in box.line_ids)
    assert len(lines) == len(set(lines))
    with own_day.database.begin() as session:
        summary = summarise(session, SERVICE)
        assert summary.plan_violations == 0
        at = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        batch_cooked(session, batch.batch_id, core_c=90.0, actor=OPERATOR, now_at=at, ids=own_day.ids)
        assert batch.batch_id in load_cooked(session, production.production_id)
        assert [one.kind for one in load_replans(session, SERVICE.key)] == ["slip"]


def test_what_is_cooked_stays_when_another_batch_burns(own_day: ExampleDay) -> None:
    """Tests that a cooked batch keeps its row, and that lost food is cooked again or replaced by diner."""
    acting = Acting.of(own_day)
    first = min(acting.board["batches"], key=lambda one: one["ready_at"])
    ready_at = datetime.fromisoformat(first["ready_at"])
    with own_day.database.begin() as session:
        batch_cooked(
            session, first["batch_id"], core_c=90.0, actor=OPERATOR, now_at=ready_at, ids=own_day.ids
        )
    lost = next(batch for batch, _ in ahead_of(own_day, AT_EIGHT) if batch.batch_id != first["batch_id"])
    done = again(own_day, Event("burnt", lost.batch_id), ready_at)
    production, batches, _, boxes = production_of(own_day)
    assert lost.code not in batches
    assert first["batch_id"] in {batch.batch_id for batch in batches.values()}
    with own_day.database.read() as session:
        assert first["batch_id"] in load_cooked(session, production.production_id)
        orders = load_orders(session, SERVICE, ("locked",))
        old = session.exec(select(BatchRow).where(BatchRow.batch_id == lost.batch_id)).one()
        assert old.production_id != production.production_id
    states = {line.line_id: line.state for order in orders for line in order.lines}
    boxed = {line for box in boxes for line in box.line_ids}
    given = {one.line_id: one.to_dish for one in done.answer.instead}
    for line_id in lost.line_ids:
        assert line_id in boxed or (given.get(line_id) == "" and states[line_id] == "withdrawn")


def test_nobody_gets_an_allergen_instead(own_day: ExampleDay) -> None:
    """Tests that whoever gets another dish late in the morning can eat it."""
    late = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    _, batches, _, _ = production_of(own_day)
    lost = max(batches.values(), key=lambda batch: (batch.cook_s, batch.code))
    done = again(own_day, Event("burnt", lost.batch_id), late)
    assert done.answer.instead or not set(lost.line_ids) & done.answer.undelivered
    with own_day.database.read() as session:
        diners = {one.code: one for one in load_diners(session).values()}
    contains = {batch.dish_id: batch.contains for batch in done.answer.batches}
    for one in done.answer.instead:
        if one.to_dish:
            assert not diners[one.diner].allergens & contains[one.to_dish]


def halved(day: ExampleDay, spare: int) -> tuple[str, ...]:
    """Half of the largest batch as one of its own, and its lines; the other half has spare portions."""
    production, batches, slots, _ = production_of(day)
    whole = max((one for one in batches.values() if not one.special), key=lambda one: len(one.line_ids))
    half = whole.line_ids[len(whole.line_ids) // 2 :]
    slot = next(one for one in slots if one.batch_id == whole.batch_id)
    with day.database.begin() as session:
        row = session.get_one(BatchRow, whole.batch_id)
        session.add(BatchRow(**row.model_dump() | {"batch_id": "half", "code": "B99", "portions": len(half)}))
        row.portions += spare - len(half)
        session.flush()
        for table in (BatchLineRow, BoxLineRow):
            own = select(table).where(col(table.line_id).in_(half))
            for line in session.exec(own.where(table.production_id == production.production_id)):
                line.batch_id = "half"
        session.add(SlotRow(**asdict(slot) | {"batch_id": "half"}))
        session.add(BatchExtraRow(batch_id=whole.batch_id, purpose="buffer", portions=spare))
    return half


def without_spare(day: ExampleDay, event: Event, at: datetime) -> Replanned:
    """What is answered while every other batch is on hold: nobody is given a portion of one."""
    with day.database.begin() as session:
        desk = CheckDesk(load_kitchen(session, "K1"), OPERATOR, at, day.ids)
        told = (WithheldTold(code, "smell", "Li") for code in production_of(day)[1] if code != "B99")
        held = [withhold(session, desk, SERVICE, one) for one in told]
    seen = previewed(day.database, SERVICE, event, now_at=at, ids=day.ids, seed=1)
    assert not [one for one in seen.changes if one.code == "replan_spare_given"]
    with day.database.begin() as session:
        desk = CheckDesk(load_kitchen(session, "K1"), OPERATOR, at, day.ids)
        for one in held:
            end_hold(session, desk, one.withheld_id, "lifted", "no smell", "Wang")
    return seen


def test_spare_portions_come_before_a_refund(own_day: ExampleDay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that when it is too late to cook again the buffer of the dish is given, and no more than it."""
    monkeypatch.setattr("api.day.replan_routes.STARTS", 1)
    monkeypatch.setattr("api.day.replan_routes.POLISH", 1)
    half, at = halved(own_day, 3), datetime(2026, 11, 23, 2, 40, tzinfo=UTC)
    seen = without_spare(own_day, Event("burnt", "half"), at)
    with pytest.raises(Conflict, match="replan_moved_on"):
        replan(
            own_day.database,
            SERVICE,
            Event("burnt", "half"),
            actor=OPERATOR,
            now_at=at,
            ids=own_day.ids,
            seed=1,
            expected=seen.digest,
        )
    done = again(own_day, Event("burnt", "half"), at)
    _, batches, _, boxes = production_of(own_day)
    given = [one for one in done.changes if one.code == "replan_spare_given"]
    assert [one.params["portions"] for one in given] == [3]
    giving = batches[str(given[0].params["batch"])]
    fed = set(half) & set(giving.line_ids)
    assert len(fed) == 3 and fed <= {line for box in boxes for line in box.line_ids}
    assert not any(extra.purpose == "buffer" for extra in giving.extras)
    assert {one.line_id for one in done.answer.instead} >= set(half) - fed
    with own_day.database.begin() as session:
        assert summarise(session, SERVICE).plan_violations == 0
        kept = {one: session.get_one(BatchRow, batch.batch_id).portions for one, batch in batches.items()}
        assert kept == {one: batch.portions for one, batch in batches.items()}


def test_a_broken_piece_takes_no_batch_any_more(own_day: ExampleDay) -> None:
    """Tests that batches ahead go to other pieces of the kind."""
    _, slot = ahead_of(own_day, AT_EIGHT)[0]
    again(own_day, Event("broken", slot.equipment_id))
    assert slot.equipment_id not in {one.equipment_id for _, one in ahead_of(own_day, AT_EIGHT)}


def left_with(day: ExampleDay, event: Event, equipment) -> tuple:
    """The answer to an event of a kitchen that has only these pieces, with what it changes."""
    with day.database.read() as session:
        today = read_today(session, SERVICE, event, AT_EIGHT)
    today = replace(today, facts=replace(today.facts, equipment=tuple(equipment(today.facts.equipment))))
    answer = answered(today, event, seed=1, ids=day.ids)
    return today, answer, differences(today, answer)


def test_one_dish_that_nothing_can_cook_leaves_the_rest_of_the_day(published_day: ExampleDay) -> None:
    """Tests that when the last piece of a kind is gone only its diners lose a dish, and each is listed."""
    batch, slot = ahead_of(published_day, AT_EIGHT)[0]

    def last_of_its_kind(pieces):
        return [
            one for one in pieces if one.kind != batch.equipment_kind or one.equipment_id == slot.equipment_id
        ]

    today, answer, changes = left_with(published_day, Event("broken", slot.equipment_id), last_of_its_kind)
    untouched = {one.batch_id for one in today.morning.batches if one.equipment_kind != batch.equipment_kind}
    assert untouched and untouched <= {one.batch_id for one in answer.batches}
    lost = {line for one in answer.lost for line in one.line_ids}
    assert batch.batch_id in {one.batch_id for one in answer.lost}
    assert {one.line_id for one in answer.instead} == lost
    assert batch.code in {one.params.get("batch") for one in changes if one.code == "replan_batch_lost"}
    assert answer.undelivered == {one.line_id for one in answer.instead if not one.to_dish}


def test_food_that_burnt_is_waste_of_its_lot(own_day: ExampleDay) -> None:
    """Tests that a batch lost on the heat takes its food from the lot, though nobody had handed it out."""
    batch, slot = ahead_of(own_day, PUBLISHED_AT)[0]
    with own_day.database.begin() as session:
        kitchen = load_kitchen(session, SERVICE.kitchen_id)
        at = StockDesk(kitchen, OPERATOR, PUBLISHED_AT, own_day.ids)
        food_code = load_dishes(session, [batch.dish_id])[batch.dish_id].ingredients[0].food_code
        groups = frozenset({load_foods(session)[food_code].group})
        licences = (SupplierLicence("food", "JY1", date(2027, 1, 1)),)
        keep_supplier(session, at, Supplier("", "S01", "示例商行", "Wei", "1", licences, groups))
        papers = {"lot_certificate": "C1", "animal_quarantine": "Q1", "meat_inspection": "I1"}
        facts = {"temperature_c": 3.0, "expires_on": date(2026, 12, 1), "papers": papers}
        lot = receive(session, at, Receipt(food_code, "S01", 10**9, **facts)).lot
    done = again(own_day, Event("burnt", batch.batch_id), SERVICE.instant(slot.start_s + 60))
    assert "replan_food_wasted" in {one.code for one in done.changes}
    with own_day.database.read() as session:
        (event,) = load_replans(session, SERVICE.key)
        (wasted,) = [one for one in event.found["wasted"] if one["lot_id"] == lot.lot_id]
        assert wasted["batch_id"] == batch.batch_id and wasted["mg"] > 0
        assert batch.batch_id in {key for _, key, _ in batches_of_lot(session, lot.lot_id)}


def test_what_broke_before_stays_out_until_it_is_repaired(own_day: ExampleDay) -> None:
    """Tests that a second broken piece does not bring the first one back, and that its repair does."""
    taken = sorted({slot.equipment_id for _, slot in ahead_of(own_day, AT_EIGHT)})
    again(own_day, Event("broken", taken[0]))
    today, answer, _ = left_with(own_day, Event("broken", taken[1]), lambda pieces: pieces)
    ahead = {slot.equipment_id for slot in answer.slots if slot.start_s > today.morning.now_s}
    assert ahead and not ahead & set(taken[:2])
    with own_day.database.read() as session:
        with pytest.raises(NotFound):
            read_today(session, SERVICE, Event("repaired", taken[1]), AT_EIGHT)
        repaired = Event("repaired", taken[0])
        assert out_of_use([*read_today(session, SERVICE, repaired, AT_EIGHT).earlier, repaired]) == set()


def test_a_dish_that_stands_in_is_sampled_once(published_day: ExampleDay) -> None:
    """Tests that new batches hold the sample of their dish where no other batch does, and else none."""
    with published_day.database.read() as session:
        facts = read_today(session, SERVICE, Event("broken", "T1"), AT_EIGHT).facts
    dish_id = facts.portions[0].dish_id
    wanted = [one for one in facts.portions if (one.dish_id, one.variant) == (dish_id, "regular")]
    first = cooked_anew(facts, wanted, (), published_day.ids)
    purposes = [extra.purpose for batch in first for extra in batch.extras]
    assert purposes == ["sample"]
    assert not any(batch.extras for batch in cooked_anew(facts, wanted, first, published_day.ids))


def test_a_long_slip_is_late_and_drops_nothing(published_day: ExampleDay) -> None:
    """Tests that a batch that slips beyond the kitchen's hours is cooked after them, and says so."""
    batch, _ = ahead_of(published_day, AT_EIGHT)[0]
    today, answer, changes = left_with(
        published_day, Event("slip", batch.batch_id, 300), lambda pieces: pieces
    )
    assert {one.batch_id for one in answer.batches} == {one.batch_id for one in today.morning.batches}
    said = {one.code for one in answer.late if one.params.get("batch") == batch.code}
    assert "batch_after_hours" in said
    assert batch.code in {one.params.get("batch") for one in changes if one.code == "replan_batch_moved"}


def test_packed_food_cannot_burn_and_unknown_things_are_named(own_day: ExampleDay) -> None:
    """Tests the refusals."""
    with pytest.raises(NotFound):
        again(own_day, Event("burnt", "nobody"))
    acting = Acting.of(own_day)
    acting.cook()
    acting.pack()
    batch_id = acting.board["boxes"][0]["batch_ids"][0]
    with pytest.raises(Conflict):
        again(own_day, Event("burnt", batch_id), datetime(2026, 11, 23, 2, 30, tzinfo=UTC))
    with own_day.database.read() as session:
        assert board_of(session, SERVICE)["version"] == 1


def test_the_page_shows_a_slip_before_it_publishes_it_once(as_user, own_day: ExampleDay) -> None:
    """Tests that a tap only shows what would change, that two confirmations are one version, and back."""
    client = as_user("kitchen")
    batch, slot = ahead_of(own_day, PUBLISHED_AT)[0]
    said = {"kind": "slip", "ref": batch.batch_id, "minutes": "10", "service": SERVICE.key}
    seen = client.get("/kitchen/wrong", params=said)
    assert seen.status_code == 200 and 'name="version" value="1"' in seen.text
    assert production_of(own_day)[0].version == 1
    looked = {"version": "1", "digest": re.search('name="digest" value="([0-9a-f]{64})"', seen.text).group(1)}
    confirmed = [client.post("/kitchen/wrong", data=said | looked) for _ in range(2)]
    assert [one.status_code for one in confirmed] == [200, 200]
    assert {str(one.url).rpartition("?")[2] for one in confirmed} == {f"service={SERVICE.key}&done=2"}
    assert production_of(own_day)[0].version == 2
    assert client.post("/kitchen/wrong", data=said | looked | {"minutes": "20"}).status_code == 409
    assert "/kitchen/wrong/undo" in confirmed[0].text
    back = [
        client.post("/kitchen/wrong/undo", data={"service": SERVICE.key, "version": "2"}) for _ in range(2)
    ]
    assert [one.status_code for one in back] == [200, 200]
    production, _, slots, _ = production_of(own_day)
    assert (production.version, slot in slots) == (3, True)
    assert "/kitchen/wrong/undo" not in back[0].text


def everything_of(day: ExampleDay):
    """What a version says, apart from its own ids: batches, slots, boxes, orders, trips."""
    with day.database.read() as session:
        _, batches, slots, boxes = production_of(day)
        orders = load_orders(session, SERVICE, ("locked",))
        plan = load_plan(session, SERVICE.key)[1]
        lost = [one.reason.code for one in load_order_exceptions(session, SERVICE)]
    return batches, slots, boxes, {one.order_id: one.lines for one in orders}, set(plan.trips), lost


def test_a_mistaken_report_is_taken_back_whole(own_day: ExampleDay) -> None:
    """Tests that burnt food, other dishes and refunds that were a mistake are as before, both on record."""
    before = everything_of(own_day)
    late = datetime(2026, 11, 23, 1, 40, tzinfo=UTC)
    batch = max((one for one in before[0].values() if not one.special), key=lambda one: len(one.line_ids))
    stays = next(one for one in before[0].values() if one != batch)
    begun, gone = (Coded("batch_late", {"batch": one.code, "minutes": 3}) for one in (stays, batch))
    tell_outside(own_day, begun, gone)
    done = again(own_day, Event("burnt", batch.batch_id), late)
    assert outside_of(own_day) == [begun, *done.answer.late]
    told = {"actor": OPERATOR, "ids": own_day.ids}
    assert undo_replan(own_day.database, SERVICE, now_at=late, **told) == (3, 1)
    assert (everything_of(own_day), outside_of(own_day)) == (before, [begun, gone])
    with own_day.database.read() as session:
        rows = load_replans(session, SERVICE.key)
        assert [row.kind for row in rows] == ["burnt", "undo"] and rows[0].found["instead"] == [
            one.document for one in done.answer.instead
        ]
        assert load_batches(session, load_production(session, SERVICE.key, 2).production_id) is not None
        assert read_today(session, SERVICE, Event("burnt", batch.batch_id), late).earlier == ()
    with pytest.raises(Conflict, match="replan_none_to_undo"):
        undo_replan(own_day.database, SERVICE, now_at=late, **told)


def test_what_has_begun_is_not_taken_back(own_day: ExampleDay) -> None:
    """Tests that a new batch on the heat keeps the new version, and that an old preview is refused."""
    lost = ahead_of(own_day, AT_EIGHT)[0][0]
    seen = previewed(
        own_day.database, SERVICE, Event("burnt", lost.batch_id), now_at=AT_EIGHT, ids=own_day.ids, seed=1
    )
    done = again(own_day, Event("burnt", lost.batch_id))
    (new_id,) = done.answer.new_ids
    with own_day.database.begin() as session:
        batch_started(session, new_id, actor=OPERATOR, now_at=AT_EIGHT, ids=own_day.ids)
    told = {"actor": OPERATOR, "now_at": AT_EIGHT, "ids": own_day.ids}
    with pytest.raises(Conflict, match="replan_begun"):
        undo_replan(own_day.database, SERVICE, **told)
    other = ahead_of(own_day, AT_EIGHT)[-1][0]
    with pytest.raises(Conflict, match="replan_moved_on"):
        replan(
            own_day.database, SERVICE, Event("slip", other.batch_id, 5), **told, seed=1, expected=seen.digest
        )


def test_the_api_publishes_what_its_preview_showed(as_user, own_day: ExampleDay) -> None:
    """Tests preview, confirmation by its digest, the same again, one without a look, and the way back."""
    client, path = as_user("kitchen"), f"/api/v1/services/{SERVICE.key}"
    batch, _ = ahead_of(own_day, PUBLISHED_AT)[0]
    said = {"kind": "slip", "of": batch.code, "minutes": 10}
    seen = client.post(f"{path}/replan/preview", json=said).json()
    assert (seen["version"], seen["published"]) == (1, False) and production_of(own_day)[0].version == 1
    assert client.post(f"{path}/replan", json=said).status_code == 422
    done = client.post(f"{path}/replan", json=said | {"digest": seen["digest"]}).json()
    assert (done["version"], done["published"], done["changes"]) == (2, True, seen["changes"])
    assert client.post(f"{path}/replan", json=said | {"digest": seen["digest"]}).status_code == 409
    assert client.post(f"{path}/replan/undo").json() == {"version": 3, "repeats": 1}
    told = client.get(f"{path}/replans").json()
    assert [(one["kind"], one["undone_by"]) for one in told] == [("slip", 3), ("undo", None)]
