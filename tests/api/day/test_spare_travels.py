"""The walk-ins' buffer from the pan to the table: packed for its canteen, eaten there or thrown away."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.checks.desk import CheckDesk
from api.checks.withholding import WithheldTold, end_hold, withhold
from api.day.claim import hear_chosen
from api.day.hand_over import HandOver, sign
from api.day.pans import pans_of_box
from api.day.paper_facts import load_paper_facts
from api.day.paper_labels import box_labels
from api.day.paper_serving import serving_lists
from api.day.plan import gather, plan_service, publish_day
from api.day.replan import Replanned, replan
from api.day.serve import close_table
from api.day.services import rules_of
from api.day.summary import summarise
from api.day.table import Desk, load_table
from api.people import OPERATOR
from api.walk_ins import may_have_spare, sell_walk_in, spare_at
from kitchen.boxes import Box
from kitchen.replan import Event, EventKind
from kitchen.store.production import load_batches, load_boxes, load_exceptions, load_production
from kitchen.store.production_rows import BoxRow
from kitchen.withheld import Stop
from orders.codes import Coded
from orders.drops import Drop
from orders.receipts import Serving
from orders.store.diners import load_diners
from orders.store.orders import load_orders
from orders.store.receipts import Discard, load_discards
from orders.store.sites import load_kitchen, load_kitchen_settings, load_sites, save_kitchen
from tests.api.day.acted_day import Acting, instant
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay, closed_day

AT_EIGHT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def spare_day(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A published service of 15 diners whose kitchen cooks a tenth more for walk-ins."""
    day = closed_day(tmp_path_factory.mktemp("spare"), diners=15)
    with day.database.begin() as session:
        kitchen, (_, settings) = load_kitchen(session, "K1"), load_kitchen_settings(session, "K1")
        assert kitchen is not None
        save_kitchen(session, kitchen, {**settings, "buffer": {"cold_start_ratio": 0.1}}, PUBLISHED_AT)
    acting = {"actor": OPERATOR, "now_at": PUBLISHED_AT}
    planned = plan_service(day.database, SERVICE, ids=day.ids, seed=1, **acting)
    with day.database.begin() as session:
        publish_day(session, SERVICE, planned.version, **acting)
    return day


@pytest.fixture(scope="module")
def departed(spare_day: ExampleDay, tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """The same day with every box on its way."""
    day = spare_day.copied(tmp_path_factory.mktemp("departed"))
    acting = Acting.of(day)
    for act in (acting.cook, acting.pack, acting.depart):
        act()
    return day


@pytest.fixture(scope="module")
def delivered(departed: ExampleDay, tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """The same day with every box accepted at its table."""
    day = departed.copied(tmp_path_factory.mktemp("delivered"))
    Acting.of(day).hand_over()
    return day


def buffer_of(day: ExampleDay) -> Counter[str]:
    """Portions cooked for walk-ins by batch id."""
    with day.database.read() as session:
        key = load_production(session, SERVICE.key).production_id
        batches = load_batches(session, key)
    found = Counter[str]()
    for one in batches:
        found[one.batch_id] = sum(extra.portions for extra in one.extras if extra.purpose == "buffer")
    return found


def spare_in(boxes: Sequence[Box]) -> Counter[str]:
    """Portions for walk-ins in boxes by batch id."""
    found = Counter[str]()
    for one in (one for box in boxes for one in box.spare):
        found[one.batch_id] += one.portions
    return found


def test_the_buffer_is_in_its_canteens_boxes(spare_day: ExampleDay) -> None:
    """Tests that what is cooked for walk-ins is in boxes of tables, labels, pans and lists, or named."""
    with spare_day.database.read() as session:
        key = load_production(session, SERVICE.key).production_id
        boxes, told = load_boxes(session, key), load_exceptions(session, key)
        sites = load_sites(session, "K1", "lunch")
        facts = load_paper_facts(session, SERVICE, PUBLISHED_AT)
        pans = {box.box_id: pans_of_box(session, box.box_id) for box in boxes if box.kind == "bulk"}
    boxed, cooked = spare_in(boxes), buffer_of(spare_day)
    assert boxed and boxed <= cooked
    stays = [int(one.reason.params["portions"]) for _, one in told if one.reason.code == "spare_stays"]
    assert boxed.total() + sum(stays) >= cooked.total()
    assert all(sites[box.site_id].kind == "canteen" for box in boxes if box.spare)
    labels = {label.code: label for label in box_labels(facts).labels}
    for box in boxes:
        label = labels[box.code]
        assert label.portions == box.portions
        assert sum(one.portions for one in label.spare) == box.spare_portions
        assert label.pans == () or sum(one.portions for one in label.pans) == box.portions
        assert box.kind != "bulk" or sum(one.load.portions for one in pans[box.box_id]) == box.portions
    assert sum(count for table in serving_lists(facts).tables for _, count in table.spare) == boxed.total()


def test_walk_ins_eat_the_spare_and_the_rest_is_thrown_away(delivered: ExampleDay, tmp_path: Path) -> None:
    """
    Tests a day to its end: a walk-in eats at a table where everybody is awaited, and at each table what was
    eaten of the spare portions and what is left of them is what was packed; the day's sums hold.
    """
    day = delivered.copied(tmp_path)
    acting = Acting.of(day)
    with day.database.read() as session:
        boxes = load_boxes(session, load_production(session, SERVICE.key).production_id)
        known = load_diners(session)
        needy = {key for key, one in known.items() if one.allergens or one.avoids_tags}
        home = {order.diner_id: order.site_id for order in load_orders(session, SERVICE)}
        canteens = {key for key, one in load_sites(session, "K1", "lunch").items() if one.kind == "canteen"}
    packed = Counter[str]()
    for box in boxes:
        packed[box.site_id] += box.spare_portions
    site_id = max(canteens, key=lambda key: packed[key])
    diner_id = next(key for key, own in home.items() if own != site_id and key not in needy)
    desk = Desk(SERVICE, site_id, OPERATOR, instant(acting.stops[site_id]["serving_starts_at"]), day.ids)
    with day.database.begin() as session:
        spare = spare_at(session, desk)
        assert sum(spare.values()) == packed[site_id]
        heard, _ = sell_walk_in(session, desk, diner_id)
        assert heard.answer is not None
        eaten = heard.answer.portions
        assert sum(spare_at(session, desk).values()) == packed[site_id] - eaten
    acting.serve()
    with day.database.read() as session:
        left = Counter[str]()
        for one in load_discards(session, SERVICE):
            left[one.site_id] += one.portions if one.reason == "spare_left" else 0
        found = summarise(session, SERVICE)
    assert eaten and left + Counter({site_id: eaten}) == packed
    counts = found.counts
    assert counts.missing == ()
    assert (counts.portions_spare, counts.portions_spare_boxed) == (
        buffer_of(day).total(),
        packed.total(),
    )
    assert counts.portions_delivered == counts.portions_boxed + counts.portions_spare_boxed
    stays = [one.portions for one in found.exceptions if one.reason.code == "spare_not_boxed"]
    assert sum(stays) == counts.portions_spare - counts.portions_spare_boxed


def test_spare_food_on_hold_is_given_to_nobody(delivered: ExampleDay, tmp_path: Path) -> None:
    """
    Tests that spare food of a held batch is not for walk-ins, stays when the table closes, and is thrown away
    as discarded once somebody has discarded it, but as what was left over once the hold is lifted.
    """
    day = delivered.copied(tmp_path)
    box = max(published_boxes(day), key=lambda one: one.spare_portions)
    held, at = box.spare[0], instant(Acting.of(day).stops[box.site_id]["serving_starts_at"])
    desk = Desk(SERVICE, box.site_id, OPERATOR, at, day.ids)
    with day.database.begin() as session:
        key = load_production(session, SERVICE.key).production_id
        batch = next(one for one in load_batches(session, key) if one.batch_id == held.batch_id)
        meals = len(set(batch.line_ids) & set(box.line_ids))
        checks = CheckDesk(load_kitchen(session, "K1"), OPERATOR, at, day.ids)

        def thrown() -> Counter[str]:
            acts = {"actor": OPERATOR, "now_at": at, "ids": day.ids}
            close_table(session, SERVICE, box.site_id, **acts)
            found = Counter[str]()
            for one in load_discards(session, SERVICE, [box.box_id]):
                found[one.reason] += one.portions
            return found

        before = spare_at(session, desk)[held.dish_id]
        told = WithheldTold(batch.code, "有异味", "李")
        first = withhold(session, checks, SERVICE, told)
        after = spare_at(session, desk).get(held.dish_id, 0)
        assert before - after == held.portions
        others = Counter(spare_left=box.spare_portions - held.portions, not_claimed=len(box.line_ids) - meals)
        assert meals and thrown() == others
        with session.begin_nested() as tried:
            end_hold(session, checks, first.withheld_id, "lifted", "化验合格", "王")
            assert thrown() - others == Counter(spare_left=held.portions, not_claimed=meals)
            tried.rollback()
        end_hold(session, checks, first.withheld_id, "discarded", "变质", "王")
        assert thrown() - others == Counter(discarded_on_hold=meals + held.portions)


def test_spare_food_that_its_clock_forbids_is_nobodys(delivered: ExampleDay) -> None:
    """Tests that nothing is spare of boxes that wait for reheating, failed, or are past their last moment."""
    day = delivered
    box = max(published_boxes(day), key=lambda one: one.spare_portions)
    at = instant(Acting.of(day).stops[box.site_id]["serving_starts_at"])
    with day.database.begin() as session:
        table = load_table(session, SERVICE, box.site_id)
    over_at = max(one.eat_by_at for one in table.verdicts.values()) + timedelta(minutes=1)
    failed = {key: replace(one, verdict="breached") for key, one in table.verdicts.items()}
    assert table.spare(at)
    assert replace(table, to_reheat=set(table.boxes)).spare(at) == {}
    assert replace(table, verdicts=failed).spare(at) == {}
    assert table.spare(over_at) == {}


def test_whose_box_was_refused_eats_of_the_spare(departed: ExampleDay, tmp_path: Path) -> None:
    """
    Tests that who lost a whole meal with a refused box is sold spare food of another one, that the own order
    ends as not supplied, and that who waits for a meal on its way is offered none.
    """
    day = departed.copied(tmp_path)
    acting, boxes = Acting.of(day), published_boxes(day)
    sites = Counter(one.site_id for one in boxes)
    spare = next(one for one in boxes if one.spare and not one.line_ids and sites[one.site_id] == 2)
    lost = next(one for one in boxes if one.site_id == spare.site_id and one is not spare)
    stop = acting.stops[spare.site_id]
    at, hand = instant(stop["leave_at"]), acting.at(instant(stop["leave_at"]))
    desk = Desk(SERVICE, spare.site_id, OPERATOR, at, day.ids)
    with day.database.begin() as session:
        sign(session, spare.box_id, HandOver("accepted", core_c=78.0), **hand)
        orders = load_orders(session, SERVICE, ("locked",), spare.site_id)
        own = orders[0]
        assert not may_have_spare(session, desk, hear_chosen(session, desk, own.diner_id, "name"))
        sign(session, lost.box_id, HandOver("refused", reason="洒了"), **hand)
        assert may_have_spare(session, desk, hear_chosen(session, desk, own.diner_id, "name"))
        heard, quote = sell_walk_in(session, desk, own.diner_id)
        left = load_orders(session, SERVICE, ("locked",), spare.site_id)
        again = hear_chosen(session, desk, own.diner_id, "name")
    assert heard.answer is not None and heard.answer.refused is None and heard.answer.portions
    assert quote.diner_fen + quote.subsidy_fen == quote.price_fen
    assert {one.code for one in orders} - {one.code for one in left} == {own.code}
    assert again.code == "served_already"


def again(day: ExampleDay, event: Event, at: datetime) -> Replanned:
    """The day planned again."""
    return replan(day.database, SERVICE, event, actor=OPERATOR, now_at=at, ids=day.ids, seed=1)


def published_boxes(day: ExampleDay) -> list[Box]:
    """The boxes of the version in force."""
    with day.database.read() as session:
        return load_boxes(session, load_production(session, SERVICE.key).production_id)


@pytest.mark.parametrize("kind", ["slip", "burnt"])
def test_a_day_planned_again_keeps_the_spare_that_is_cooked(
    spare_day: ExampleDay, tmp_path: Path, kind: EventKind
) -> None:
    """
    Tests that after a slip, and after a batch is lost, no box has spare food that no batch cooks, and that it
    is said again which walk-ins find less.
    """
    day = spare_day.copied(tmp_path)
    before = published_boxes(day)
    with day.database.read() as session:
        extras = gather(session, SERVICE, rules_of(session, SERVICE)).params.extras
    wanted = sum(sum(own.values()) for own in extras.buffer_at.values())
    lost_id = max(spare_in(before).items(), key=lambda item: (item[1], item[0]))[0]
    done = again(day, Event(kind, lost_id, 10 if kind == "slip" else 0), AT_EIGHT)
    boxes = published_boxes(day)
    answer = {*done.answer.boxes_stay, *done.answer.boxes_new}
    assert {(one.box_id, one.spare, one.gross_g) for one in boxes} == {
        (one.box_id, one.spare, one.gross_g) for one in answer
    }
    assert spare_in(boxes) <= buffer_of(day)
    expected = spare_in(before)
    if kind == "burnt":
        del expected[lost_id]
    assert spare_in(boxes) == expected
    with day.database.read() as session:
        assert summarise(session, SERVICE).plan_violations == 0
        told = load_exceptions(session, load_production(session, SERVICE.key).production_id)
    fewer = [int(one.reason.params["portions"]) for _, one in told if one.reason.code == "spare_stays"]
    assert sum(fewer) == wanted - expected.total()


def test_what_walk_ins_got_of_a_box_counts_in_that_box_alone(delivered: ExampleDay) -> None:
    """
    Tests two boxes with the same spare food: once walk-ins ate of the first and it is stopped or past its
    last moment, the second has all of its own to give.
    """
    box = max(published_boxes(delivered), key=lambda one: one.spare_portions)
    at = instant(Acting.of(delivered).stops[box.site_id]["serving_starts_at"])
    with delivered.database.begin() as session:
        table = load_table(session, SERVICE, box.site_id)
    first, dish_id = table.boxes[box.box_id], box.spare[0].dish_id
    only = replace(first, order_of={}, dish_of={}, spare=(replace(first.spare[0], portions=2),))
    second = replace(only, box=BoxRow(**{**only.box.model_dump(), "box_id": "second"}))
    order = next(iter(table.orders.values()))
    came = replace(order, channel="walk_in", lines=(replace(order.lines[0], dish_id=dish_id),))
    serving = Serving(order.order_id, box.site_id, 1, at, at, drawn={box.box_id: 1})
    receipt = replace(table.acts.receipts[box.box_id], portions=2)
    acts = replace(
        table.acts,
        servings={order.order_id: serving},
        receipts={box.box_id: receipt, "second": receipt},
        discards=(),
    )
    here = replace(
        table, boxes={box.box_id: only, "second": second}, orders={order.code: came}, acts=acts, drops={}
    )
    stop = Stop(box.box_id, box.code, "discarded", Coded("x"))
    late = {box.box_id: replace(table.verdicts[box.box_id], eat_by_at=at - timedelta(minutes=1))}
    assert here.spare(at) == {dish_id: 3}
    assert replace(here, stops={box.box_id: stop}).spare(at) == {dish_id: 2}
    assert replace(here, verdicts=late).spare(at) == {dish_id: 2}


def test_whose_meal_was_thrown_away_at_the_door_is_awaited_no_more(delivered: ExampleDay) -> None:
    """Tests that a meal brought back and thrown away takes no spare portion with it."""
    box = max(published_boxes(delivered), key=lambda one: one.spare_portions)
    at = instant(Acting.of(delivered).stops[box.site_id]["serving_starts_at"])
    with delivered.database.begin() as session:
        table = load_table(session, SERVICE, box.site_id)
    packing, order = table.boxes[box.box_id], next(iter(table.orders.values()))
    spare = replace(packing.spare[0], portions=2)
    only = replace(packing, order_of={"l": order.order_id}, dish_of={"l": spare.dish_id}, spare=(spare,))
    receipt = replace(table.acts.receipts[box.box_id], portions=3)
    here = replace(
        table,
        boxes={box.box_id: only},
        orders={order.code: order},
        acts=replace(table.acts, receipts={box.box_id: receipt}, servings={}, discards=()),
    )
    back = Drop(order.order_id, box.site_id, "nobody_home", "staff", "u1", at, at)
    thrown = Discard(box.site_id, box.box_id, 1, "nobody_home", "u1", at, at)
    after = replace(here, acts=replace(here.acts, discards=(thrown,)), drops={order.order_id: back})
    assert here.spare(at) == after.spare(at) == {spare.dish_id: 2}
