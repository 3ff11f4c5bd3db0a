"""A day that changes in every way after the lock: nobody gets their allergen, and no clash goes unlisted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session

from api.day.close import override, settle
from api.day.cook import batch_cooked
from api.day.hand_out import hand_lot
from api.day.hand_over import HandOver, sign
from api.day.holds import packings
from api.day.pack_boxes import box_packed
from api.day.plan import plan_service, publish_day
from api.day.recheck import recheck_diners
from api.day.serve import Claim, serve_meals
from api.day.services import find_kitchen
from api.day.suits import planned_portions
from api.day.table import Desk
from api.day.taken_out import taken_out
from api.ordering.amend import Amendment, amend
from api.ordering.record import Acting as OrderActing
from api.people import OPERATOR
from api.stock.batch_lots import Handed
from api.stock.desk import StockDesk
from api.stock.holding import release_lot
from api.stock.receive import Receipt, receive
from api.stock.suppliers import keep_supplier
from api.walk_ins import sell_walk_in
from kitchen.batches import Batch
from kitchen.foods import Food
from kitchen.lots import Declaration
from kitchen.receiving import Supplier, SupplierLicence
from kitchen.recipes import Ingredient, allergens
from kitchen.store.catalogue import load_dishes, load_foods, save_dishes, save_foods
from kitchen.store.lots import load_lots, lots_of_batches
from kitchen.store.production import load_batches, load_production
from orders.errors import MealError
from orders.order import Order
from orders.store.clashes import load_overrides
from orders.store.diners import load_diners, save_diners
from orders.store.orders import load_clashes, load_orders
from orders.store.receipts import served_orders
from tests.api.day.acted_day import Acting, instant
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay, example_day

STRANGE = ("peanut", "sesame", "milk")  # no dish of these days contains them by itself
PAPERS = {"lot_certificate": "C", "animal_quarantine": "Q", "meat_inspection": "M"}
PICK = st.integers(0, 2**16)


@pytest.fixture(scope="module")
def small_day(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A published service of 30 diners, to be copied."""
    return example_day(tmp_path_factory.mktemp("small"), diners=30)


def held_today(session: Session) -> dict[str, set[str]]:
    """Dish to the allergens of its recipe and of the labels of its batches' lots, from the tables alone."""
    foods, lots = load_foods(session), load_lots(session, "K1", open_only=False)
    found = {key: set().union(*allergens(dish, foods)) for key, dish in load_dishes(session).items()}
    taken = lots_of_batches(session, SERVICE)
    for batch in batches(session):
        for lot_id, _ in taken.get(batch.batch_id, ()):
            declared = lots[lot_id].declared
            found[batch.dish_id] |= declared.counts_as_containing if declared else set()
    return found


def batches(session: Session) -> list[Batch]:
    """Batches of the published production."""
    production = load_production(session, SERVICE.key)
    assert production is not None
    return load_batches(session, production.production_id)


class ChangingDay(RuleBasedStateMachine):
    """Every change after the lock, in any order, and the day's acts between them."""

    source: ExampleDay

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.day = self.source.copied(Path(self.folder.name))
        self.acting = Acting.of(self.day)
        self.now_at = PUBLISHED_AT
        self.cooked = self.packed = self.delivered = False

    def teardown(self) -> None:
        """Frees the file."""
        self.day.database.close()
        self.folder.cleanup()

    def at(self) -> dict[str, Any]:
        """Arguments of a use case, a second later than the one before."""
        self.now_at += timedelta(seconds=1)
        return {"actor": OPERATOR, "now_at": self.now_at, "ids": self.day.ids}

    def reached(self, at: datetime) -> None:
        """The clock has come so far."""
        self.now_at = max(self.now_at, at)

    def tried(self, act: Callable[[Session], object]) -> bool:
        """Does something in a transaction of its own; a refusal changes nothing."""
        try:
            with self.day.database.begin(lock=SERVICE.key) as session:
                act(session)
        except MealError:
            return False
        return True

    def orders(self, session: Session) -> list[Order]:
        """Locked orders by number."""
        return load_orders(session, SERVICE, ("locked",))

    # what changes

    @rule(pick=PICK, own=st.booleans())
    def a_diner_becomes_allergic(self, pick: int, own: bool) -> None:
        """To something that is in a dish of the own meal, or to something strange."""

        def act(session: Session) -> None:
            order = self.orders(session)[pick % len(self.orders(session))]
            line = order.lines[pick % len(order.lines)]
            held = sorted(held_today(session)[line.dish_id]) if own else []
            allergen = (held or STRANGE)[pick % len(held or STRANGE)]
            diner = load_diners(session, ids={order.diner_id})[order.diner_id]
            save_diners(session, [replace(diner, allergens=diner.allergens | {allergen})], "import")
            self.reach_recheck(session, [diner.code])

        self.tried(act)

    @rule(pick=PICK, texture=st.sampled_from(["soft", "minced", "pureed", "regular"]))
    def a_diner_needs_another_texture(self, pick: int, texture: Any) -> None:
        """What they can swallow is another variant from now on."""

        def act(session: Session) -> None:
            order = self.orders(session)[pick % len(self.orders(session))]
            diner = load_diners(session, ids={order.diner_id})[order.diner_id]
            save_diners(session, [replace(diner, texture=texture)], "import")
            self.reach_recheck(session, [diner.code])

        self.tried(act)

    @rule(pick=PICK)
    def a_food_declares_more(self, pick: int) -> None:
        """A supplier's label: may contain one thing more."""

        def act(session: Session) -> None:
            food = self.food(session, pick)
            new = {STRANGE[pick % 3]} - food.contains
            told = {"may_contain": food.may_contain | new, "free": food.free - new}
            more = replace(food, unknown=food.unknown - new, **told)
            save_foods(session, [more], author="u1", changed_at=self.now_at)
            self.reach_recheck(session, None)

        self.tried(act)

    @rule(pick=PICK)
    def a_dish_gets_another_ingredient(self, pick: int) -> None:
        """A recipe takes in a food of another dish."""

        def act(session: Session) -> None:
            dishes = load_dishes(session, {self.dish_of(session, pick)})
            dish = next(iter(dishes.values()))
            more = Ingredient(self.food(session, pick // 7).code, 1_000)
            changed = replace(dish, ingredients=(*dish.ingredients, more))
            save_dishes(session, [changed], author="u1", changed_at=self.now_at)
            self.reach_recheck(session, None)

        self.tried(act)

    @rule(pick=PICK)
    def another_lot_goes_in(self, pick: int) -> None:
        """A batch gets of a lot whose label says more than the food's."""

        def act(session: Session) -> None:
            at, kitchen = self.at(), find_kitchen(session, "K1")
            desk = StockDesk(kitchen, OPERATOR, at["now_at"], at["ids"])
            licence = SupplierLicence("food", "JY1", date(2027, 1, 1))
            keep_supplier(session, desk, Supplier("", "S01", "示例供货", licences=(licence,)))
            batch = batches(session)[pick % len(batches(session))]
            dish = load_dishes(session, {batch.dish_id})[batch.dish_id]
            told = Receipt(
                dish.ingredients[pick % len(dish.ingredients)].food_code,
                "S01",
                5_000_000,
                PAPERS,
                temperature_c=3.0,
                expires_on=date(2026, 11, 24),
                declared=Declaration(frozenset({STRANGE[pick % 3]})),
                when_wanting="hold",
            )
            lot = receive(session, desk, told).lot
            if load_lots(session, "K1", lot_ids=[lot.lot_id])[lot.lot_id].state == "held":
                release_lot(session, desk, lot.code, "looked at", "Wei")
            hand_lot(session, desk, Handed(SERVICE, batch.code, lot.code, 1_000_000))

        self.tried(act)

    @rule(pick=PICK)
    def a_meal_moves(self, pick: int) -> None:
        """Somebody eats at another canteen."""

        def act(session: Session) -> None:
            orders = self.orders(session)
            order, sites = orders[pick % len(orders)], sorted({one.site_id for one in orders})
            change = Amendment(site_id=sites[pick // 3 % len(sites)])
            amend(session, SERVICE, order.order_id, change, self.ordering())

        self.tried(act)

    @rule(pick=PICK)
    def a_dish_is_replaced(self, pick: int) -> None:
        """Somebody takes another dish, late."""

        def act(session: Session) -> None:
            orders = self.orders(session)
            order = orders[pick % len(orders)]
            every = sorted({dish_id for one in orders for dish_id in one.dish_ids})
            wanted = {*order.dish_ids[1:], every[pick // 5 % len(every)]}
            amend(session, SERVICE, order.order_id, Amendment(tuple(sorted(wanted))), self.ordering())

        self.tried(act)

    @rule(pick=PICK, way=st.sampled_from(["substitute", "substitute", "withdraw", "override"]))
    def a_clash_is_settled(self, pick: int, way: str) -> None:
        """By a person: another dish, none, or on their word."""

        def act(session: Session) -> None:
            waiting = sorted(load_clashes(session, SERVICE, open_only=True).items())
            if not waiting:
                return
            clash_id, clash = waiting[pick % len(waiting)]
            at = self.at()
            if way == "override":
                at.pop("ids")
                override(session, SERVICE, clash_id, "asked the family", "Li", **at)
            else:
                chosen = next(iter(clash.proposed), None) if way == "substitute" else None
                settle(session, SERVICE, clash_id, chosen, **at)

        self.tried(act)

    @precondition(lambda self: not self.cooked)
    @rule(seed=st.integers(1, 3))
    def it_is_planned_again(self, seed: int) -> None:
        """With whatever has changed; refused while a clash is open."""
        at = self.at()
        try:
            version = plan_service(self.day.database, SERVICE, seed=seed, **at).version
        except MealError:
            return
        at.pop("ids")
        self.tried(lambda session: publish_day(session, SERVICE, version, **at))
        self.acting = Acting.of(self.day)

    # what is done

    @precondition(lambda self: not self.delivered)
    @rule()
    def the_day_goes_on(self) -> None:
        """From cooking to packing to the tables."""
        if not self.cooked:
            self.it_is_cooked()
        elif not self.packed:
            self.it_is_packed()
        else:
            self.it_is_delivered()

    def it_is_cooked(self) -> None:
        """Every batch comes off the heat."""
        for batch in self.acting.board["batches"]:
            self.reached(instant(batch["ready_at"]))
            self.tried(lambda s, b=batch: batch_cooked(s, b["batch_id"], core_c=90.0, **self.at()))
        self.cooked = True

    def it_is_packed(self) -> None:
        """Every box that may be closed is; none that was holds somebody's allergen."""
        for box in self.acting.board["boxes"]:
            self.reached(instant(box["packed_at"]))
            said = {"core_c": 82.0, "carrier_code": box["carrier_code"]}
            if self.tried(lambda s, b=box, told=said: box_packed(s, b["box_id"], **told, **self.at())):
                self.require_box_holds_no_allergen(box["box_id"])
        self.packed = True

    def it_is_delivered(self) -> None:
        """Every box that was closed is signed for."""
        for stop in self.acting.stops.values():
            self.reached(instant(stop["leave_at"]))
            for box_id in stop["box_ids"]:
                self.tried(lambda s, b=box_id: sign(s, b, HandOver("accepted", core_c=78.0), **self.at()))
        self.delivered = True

    @precondition(lambda self: self.delivered)
    @rule(pick=PICK, scan=st.booleans())
    def somebody_comes_to_the_table(self, pick: int, scan: bool) -> None:
        """Gives a meal; whatever was given holds none of the diner's allergens."""
        with self.day.database.begin(lock=SERVICE.key) as session:
            orders = self.orders(session)
            order = orders[pick % len(orders)]
            claim = Claim(order.code, meal=order.code if scan else "")
            [answer] = serve_meals(session, SERVICE, order.site_id, [claim], **self.at())
            if answer.refused is None:
                self.require_free(session, order)
                assert scan or not self.is_allergic(session, order)

    @precondition(lambda self: self.delivered)
    @rule(pick=PICK)
    def somebody_walks_in(self, pick: int) -> None:
        """A diner without an order asks for what is spare."""

        def act(session: Session) -> None:
            orders = self.orders(session)
            diners = sorted(load_diners(session))
            at, site_id = self.at(), orders[pick % len(orders)].site_id
            desk = Desk(SERVICE, site_id, OPERATOR, at["now_at"], at["ids"])
            heard, _ = sell_walk_in(session, desk, diners[pick % len(diners)])
            assert heard.answer is not None
            made = next(one for one in self.orders(session) if one.code == heard.answer.order_code)
            self.require_free(session, made)
            assert not self.is_allergic(session, made)

        self.tried(act)

    # what must hold

    @invariant()
    def every_clash_is_listed(self) -> None:
        """What a diner is allergic to and has on order waits for a person, or somebody answers for it."""
        with self.day.database.read() as session:
            orders, diners = self.orders(session), load_diners(session)
            served = served_orders(session, [order.order_id for order in orders])
            listed = {clash.line_id for clash in load_clashes(session, SERVICE, open_only=True).values()}
            answered = {one.line_id for one in load_overrides(session, SERVICE)}
            held = held_today(session)
            for order in orders:
                for line in order.lines:
                    bad = diners[order.diner_id].allergens & held[line.dish_id]
                    if bad and line.state != "withdrawn" and order.order_id not in served:
                        assert line.line_id in listed | answered, (order.code, line.dish_id, bad)

    def require_free(self, session: Session, order: Order) -> None:
        """No portion holds what its diner is allergic to, unless somebody answers for it."""
        diner = load_diners(session, ids={order.diner_id})[order.diner_id]
        answered = {one.line_id for one in load_overrides(session, SERVICE)}
        held = held_today(session) if diner.allergens else {}
        for line in order.lines:
            if held and line.state != "withdrawn" and line.line_id not in answered:
                assert not diner.allergens & held[line.dish_id]

    def require_box_holds_no_allergen(self, box_id: str) -> None:
        """Nothing sealed in a box that was just closed is what its diner must not get."""
        with self.day.database.read() as session:
            inside, out = packings(session, [box_id])[box_id].dish_of, taken_out(session, SERVICE)
            answered = {one.line_id for one in load_overrides(session, SERVICE)} | out
            diners, held = load_diners(session), held_today(session)
            planned = planned_portions(session, SERVICE, list(inside)) or {}
            for order in self.orders(session):
                for line in order.lines:
                    sealed = line.line_id in inside and planned[line.line_id].special
                    if sealed and line.line_id not in answered:
                        assert not diners[order.diner_id].allergens & held[inside[line.line_id]]

    def is_allergic(self, session: Session, order: Order) -> bool:
        """Whether the diner of an order has an allergy, and a portion that stands."""
        return bool(load_diners(session, ids={order.diner_id})[order.diner_id].allergens)

    def food(self, session: Session, pick: int) -> Food:
        """A food of a dish that is cooked today."""
        dish = load_dishes(session, {self.dish_of(session, pick)}).popitem()[1]
        return load_foods(session)[dish.ingredients[pick % len(dish.ingredients)].food_code]

    def dish_of(self, session: Session, pick: int) -> str:
        """A dish that is cooked today."""
        dishes = sorted({batch.dish_id for batch in batches(session)})
        return dishes[pick % len(dishes)]

    def ordering(self) -> OrderActing:
        """Staff who change an order late."""
        at = self.at()
        return OrderActing(OPERATOR, at["now_at"], at["ids"], reason="asked by telephone")

    def reach_recheck(self, session: Session, codes: list[str] | None) -> None:
        """What every import and page does after such a change."""
        at = self.at()
        recheck_diners(session, codes, now_at=at["now_at"], ids=at["ids"])


def test_nobody_gets_their_allergen_whatever_changes(small_day: ExampleDay) -> None:
    """
    Tests days that are changed after the lock by diners, foods, recipes, lots, walk-ins, moved and replaced
    meals, and planned, packed and served between: no diner is given their allergen, no closed box holds it,
    and every clash waits for a person or stands on somebody's word.
    """

    class Machine(ChangingDay):
        source = small_day

    config = settings(
        max_examples=2,
        stateful_step_count=16,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=config)
