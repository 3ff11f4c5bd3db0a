"""A day that changes in every way after the lock: nobody gets their allergen, and no clash goes unlisted."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from api.day.close import override, settle
from api.day.cook import batch_cooked
from api.day.drive import trip_departed
from api.day.hand_out import hand_lot
from api.day.hand_over import HandOver, sign
from api.day.holds import packings
from api.day.pack_boxes import box_packed
from api.day.plan import plan_service, publish_day
from api.day.recheck import recheck_diners
from api.day.serve import Claim, close_table, serve_meals
from api.day.services import find_kitchen
from api.day.settle import settle_service
from api.day.suits import planned_portions
from api.day.table import Desk
from api.day.taken_out import taken_out
from api.ordering.amend import Amendment, amend, cancel
from api.ordering.record import Acting as OrderActing
from api.people import OPERATOR
from api.stock.batch_lots import Handed
from api.stock.desk import StockDesk
from api.stock.holding import release_lot
from api.stock.receive import Receipt, receive
from api.stock.suppliers import keep_supplier
from api.walk_ins import sell_walk_in, spare_at
from kitchen.batches import Batch
from kitchen.foods import Food
from kitchen.lots import Declaration
from kitchen.receiving import Supplier, SupplierLicence
from kitchen.recipes import Ingredient, allergens
from kitchen.store.catalogue import load_dishes, load_foods, save_dishes, save_foods
from kitchen.store.lots import load_lots, lots_of_batches
from kitchen.store.production import load_batches, load_production
from orders.errors import Conflict, MealError, NotFound
from orders.order import Clash, Order
from orders.store.clashes import load_overrides
from orders.store.diners import load_diners, save_diners
from orders.store.orders import load_clashes, load_orders
from orders.store.receipts import served_orders
from tests.api.day.acted_day import Acting, ends_at, instant
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay, example_day

STRANGE = ("peanut", "sesame", "milk")  # no dish of these days contains them by itself
TEXTURES: tuple[Any, ...] = ("soft", "minced", "pureed", "regular")
PAPERS = {"lot_certificate": "C", "animal_quarantine": "Q", "meat_inspection": "M"}
MOST_TRIES = 6
DAYS = 2


@pytest.fixture(scope="module")
def small_day(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A published service of 24 diners, to be copied."""
    return example_day(tmp_path_factory.mktemp("small"), diners=24)


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


class ChangingDay:
    """
    One published day, changed between its acts; each kind of change and act that was taken is counted.

    Parameters
    ----------
    day
        Of its own.
    done
        Count by kind, of all days.
    """

    def __init__(self, day: ExampleDay, done: Counter[str]) -> None:
        self.day, self.done = day, done
        self.acting = Acting.of(day)
        self.now_at = PUBLISHED_AT
        self.changes: Mapping[str, Callable[[Session, int], None]] = {
            "diner becomes allergic": self.diner_becomes_allergic,
            "diner needs another texture": self.diner_needs_another_texture,
            "food declares more": self.food_declares_more,
            "dish gets another ingredient": self.dish_gets_another_ingredient,
            "another lot goes in": self.another_lot_goes_in,
            "meal moves": self.meal_moves,
            "dish is replaced": self.dish_is_replaced,
            "meal is cancelled": self.meal_is_cancelled,
            "sealed meal is unfit": self.sealed_meal_is_unfit,
        }

    def at(self) -> dict[str, Any]:
        """Arguments of a use case, a second later than the one before."""
        self.now_at += timedelta(seconds=1)
        return {"actor": OPERATOR, "now_at": self.now_at, "ids": self.day.ids}

    def reached(self, at: datetime) -> None:
        """The clock has come so far."""
        self.now_at = max(self.now_at, at)

    def tried(self, kind: str, act: Callable[[Session], object]) -> MealError | None:
        """Does something in a transaction of its own and counts it; a refusal changes nothing."""
        try:
            with self.day.database.begin(lock=SERVICE.key) as session:
                act(session)
        except MealError as refusal:
            self.done[f"{kind}: {refusal.code}"] += 1
            return refusal
        self.done[kind] += 1
        return None

    def change(self, kind: str, pick: int) -> None:
        """Changes one thing, of the first that may still be changed so; every clash is listed afterwards."""
        for after in range(MOST_TRIES):
            if self.tried(kind, lambda session, n=pick + after: self.changes[kind](session, n)) is None:
                break
        self.require_listed()

    def orders(self, session: Session) -> list[Order]:
        """Locked orders by number."""
        return load_orders(session, SERVICE, ("locked",))

    # what changes

    def diner_becomes_allergic(self, session: Session, pick: int) -> None:
        """To something that is in a dish of the own meal, or to something strange."""
        orders = self.orders(session)
        order = orders[pick % len(orders)]
        line = order.lines[pick % len(order.lines)]
        found = sorted(held_today(session)[line.dish_id]) if pick % 3 else []
        allergen = (found or STRANGE)[pick % len(found or STRANGE)]
        diner = load_diners(session, ids={order.diner_id})[order.diner_id]
        save_diners(session, [replace(diner, allergens=diner.allergens | {allergen})], "import")
        self.recheck(session, [diner.code])

    def sealed_meal_is_unfit(self, session: Session, pick: int) -> None:
        """A diner whose portions are cooked apart must not get them either."""
        sealed = [(one, dishes) for one in self.orders(session) if (dishes := self.sealed(session, one))]
        if not sealed:
            raise NotFound("sealed meal", SERVICE.key)
        order, dishes = sealed[pick % len(sealed)]
        told = {one for dish_id in dishes for one in held_today(session)[dish_id]} or STRANGE
        allergen = sorted(told)[pick % len(told)]
        diner = load_diners(session, ids={order.diner_id})[order.diner_id]
        save_diners(session, [replace(diner, allergens=diner.allergens | {allergen})], "import")
        self.recheck(session, [diner.code])

    def diner_needs_another_texture(self, session: Session, pick: int) -> None:
        """What they can swallow is another variant from now on."""
        orders = self.orders(session)
        order = orders[pick % len(orders)]
        diner = load_diners(session, ids={order.diner_id})[order.diner_id]
        save_diners(session, [replace(diner, texture=TEXTURES[pick % len(TEXTURES)])], "import")
        self.recheck(session, [diner.code])

    def food_declares_more(self, session: Session, pick: int) -> None:
        """A supplier's label: may contain one thing more."""
        food = self.food(session, pick)
        new = {STRANGE[pick % 3]} - food.contains
        told = {"may_contain": food.may_contain | new, "free": food.free - new}
        save_foods(
            session,
            [replace(food, unknown=food.unknown - new, **told)],
            author="u1",
            changed_at=self.now_at,
        )
        self.recheck(session, None)

    def dish_gets_another_ingredient(self, session: Session, pick: int) -> None:
        """A recipe takes in a food of another dish."""
        dish = next(iter(load_dishes(session, {self.dish_of(session, pick)}).values()))
        more = Ingredient(self.food(session, pick // 7).code, 1_000)
        changed = replace(dish, ingredients=(*dish.ingredients, more))
        save_dishes(session, [changed], author="u1", changed_at=self.now_at)
        self.recheck(session, None)

    def another_lot_goes_in(self, session: Session, pick: int) -> None:
        """A batch gets of a lot whose label says more than the food's."""
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

    def meal_moves(self, session: Session, pick: int) -> None:
        """Somebody eats at another canteen."""
        orders = self.orders(session)
        order = orders[pick % len(orders)]
        others = sorted({one.site_id for one in orders} - {order.site_id})
        change = Amendment(site_id=others[pick // 3 % len(others)])
        amend(session, SERVICE, order.order_id, change, self.ordering())

    def dish_is_replaced(self, session: Session, pick: int) -> None:
        """Somebody takes another dish, late."""
        orders = self.orders(session)
        order = orders[pick % len(orders)]
        others = sorted({dish_id for one in orders for dish_id in one.dish_ids} - {*order.dish_ids})
        wanted = {*order.dish_ids[1:], others[pick // 5 % len(others)]}
        amend(session, SERVICE, order.order_id, Amendment(tuple(sorted(wanted))), self.ordering())

    def meal_is_cancelled(self, session: Session, pick: int) -> None:
        """Somebody stays away, too late to cook less."""
        orders = self.orders(session)
        order_id, acting = orders[pick % len(orders)].order_id, self.ordering()
        try:
            cancel(session, SERVICE, order_id, acting)
        except Conflict as asked:
            cancel(session, SERVICE, order_id, acting, shown_fen=asked.params["owed_fen"])

    def clashes_are_settled(self, ways: Mapping[int, str]) -> None:
        """By a person, each another way: another dish, none, or on their word."""
        with self.day.database.read() as session:
            waiting = sorted(load_clashes(session, SERVICE, open_only=True).items())
        for number, (clash_id, clash) in enumerate(waiting):
            way = ways[number % len(ways)]
            if way == "withdraw" or self.answered(way, clash_id, clash) is not None:
                self.answered("withdraw", clash_id, clash)
        self.require_listed()

    def answered(self, way: str, clash_id: str, clash: Clash) -> MealError | None:
        """One clash settled in one of the ways."""
        at = self.at()
        if way == "override":
            at.pop("ids")
            return self.tried(way, lambda s: override(s, SERVICE, clash_id, "asked the family", "Li", **at))
        dish_id = next(iter(clash.proposed), None) if way == "substitute" else None
        return self.tried(way, lambda s: settle(s, SERVICE, clash_id, dish_id, **at))

    def planned_again(self, seed: int) -> None:
        """With whatever has changed; what turns up at the publishing is settled, and it is planned anew."""
        for _ in range(MOST_TRIES):
            at = self.at()
            version = plan_service(self.day.database, SERVICE, seed=seed, **at).version
            at.pop("ids")
            refusal = self.tried("planned again", lambda s, v=version, a=at: publish_day(s, SERVICE, v, **a))
            if refusal is None:
                break
            self.clashes_are_settled({0: "withdraw"})
        assert refusal is None
        self.acting = Acting.of(self.day)

    # what is done

    def cooked(self) -> None:
        """Every batch comes off the heat."""
        for batch in self.acting.board["batches"]:
            self.reached(instant(batch["ready_at"]))
            said = {"core_c": 90.0, **self.at()}
            self.tried("cooked", lambda s, b=batch, told=said: batch_cooked(s, b["batch_id"], **told))

    def packed(self) -> None:
        """Every box is closed, what is settled taken out where it asks; none holds somebody's allergen."""
        for box in self.acting.board["boxes"]:
            self.reached(instant(box["packed_at"]))
            emptied: list[str] = []
            for _ in range(MOST_TRIES):
                said = {"core_c": 82.0, "carrier_code": box["carrier_code"], "emptied": emptied, **self.at()}
                refusal = self.tried("packed", lambda s, b=box, told=said: box_packed(s, b["box_id"], **told))
                if refusal is None:
                    self.require_box_holds_no_allergen(box["box_id"])
                    break
                self.done[refusal.code] += 1
                if refusal.code == "box_holds_clash":
                    self.clashes_are_settled({0: "withdraw"})
                elif refusal.code == "box_holds_settled":
                    emptied = [*emptied, str(refusal.params["order"])]

    def delivered(self) -> None:
        """Every trip leaves and every box is signed for."""
        for trip in self.acting.board["trips"]:
            self.reached(instant(trip["depart_at"]))
            said = self.at()
            self.tried("departed", lambda s, t=trip, told=said: trip_departed(s, t["trip_id"], **told))
        for stop in self.acting.stops.values():
            self.reached(instant(stop["leave_at"]))
            for box_id in stop["box_ids"]:
                taken, said = HandOver("accepted", core_c=78.0), self.at()
                self.tried("signed", lambda s, b=box_id, h=taken, told=said: sign(s, b, h, **told))

    def served(self, scanned: Mapping[int, bool]) -> None:
        """Everybody comes to the table; whatever is given holds none of the diner's allergens."""
        self.reached(max(instant(stop["serving_starts_at"]) for stop in self.acting.stops.values()))
        with self.day.database.read() as session:
            orders = self.orders(session)
        for number, order in enumerate(orders):
            self.comes(order, scan=scanned[number % len(scanned)])

    def comes(self, order: Order, *, scan: bool) -> None:
        """One diner, whose meal is scanned or not."""
        with self.day.database.begin(lock=SERVICE.key) as session:
            claim = Claim(order.code, meal=order.code if scan else "")
            [answer] = serve_meals(session, SERVICE, order.site_id, [claim], **self.at())
            if answer.refused is None:
                self.done["served"] += 1
                self.require_free(session, order)
                assert scan or not self.sealed(session, order)
                return
        self.done["refused at the table"] += 1

    def walked_in(self, pick: int) -> None:
        """Where something is spare, somebody without an order asks for it."""
        with self.day.database.read() as session:
            sites = sorted({one.site_id for one in self.orders(session)})
            free = [site_id for site_id in sites if spare_at(session, self.desk(site_id))]
            awaited = {one.diner_id for one in self.orders(session)}
            every = load_diners(session)
        diners = sorted(every.keys() - awaited, key=lambda one: (len(every[one].allergens), one))
        for site_id in free:
            for after in range(MOST_TRIES):
                diner_id = diners[(pick % 2 + after) % len(diners)]
                refusal = self.tried("walked in", lambda s, d=diner_id, at=site_id: self.sold(s, d, at))
                if refusal is None:
                    break

    def desk(self, site_id: str) -> Desk:
        """A canteen's table now."""
        at = self.at()
        return Desk(SERVICE, site_id, at["actor"], at["now_at"], at["ids"])

    def sold(self, session: Session, diner_id: str, site_id: str) -> None:
        """A spare meal, which suits whoever gets it."""
        heard, _ = sell_walk_in(session, self.desk(site_id), diner_id)
        assert heard.answer is not None
        made = next(one for one in self.orders(session) if one.code == heard.answer.order_code)
        self.require_free(session, made)
        assert not self.is_allergic(session, made)

    def settled(self) -> None:
        """Every table closes, and the day is billed."""
        self.reached(max(ends_at(stop) for stop in self.acting.stops.values()))
        for site_id in self.acting.stops:
            said = self.at()
            self.tried("closed", lambda s, at=site_id, told=said: close_table(s, SERVICE, at, **told))
        said = self.at()
        assert self.tried("settled", lambda s: settle_service(s, SERVICE, **said)) is None

    # what must hold

    def require_listed(self) -> None:
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

    def sealed(self, session: Session, order: Order) -> list[str]:
        """Dishes of its portions that stand and lie sealed and named in a box."""
        standing = {line.line_id: line.dish_id for line in order.lines if line.state != "withdrawn"}
        planned = planned_portions(session, SERVICE, list(standing)) or {}
        return [one.dish_id for key, one in planned.items() if one.special and one.dish_id == standing[key]]

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

    def recheck(self, session: Session, codes: list[str] | None) -> None:
        """What every import and page does after such a change."""
        at = self.at()
        recheck_diners(session, codes, now_at=at["now_at"], ids=at["ids"])


PICKS = st.lists(st.integers(0, 2**16), min_size=10, max_size=10)
WAYS = st.permutations(["substitute", "withdraw", "override"]).map(lambda ways: dict(enumerate(ways)))
SCANNED = st.permutations([True, False, True]).map(lambda scans: dict(enumerate(scans)))
TAKEN = {
    "substitute", "withdraw", "override", "planned again", "cooked", "box_holds_settled", "packed",
    "departed", "signed", "served", "refused at the table", "walked in", "closed", "settled",
}  # fmt: skip


def play(day: ChangingDay, data: st.DataObject) -> None:
    """From the lock to the bills: what hypothesis draws changes between the day's acts."""
    for kind, pick in zip(data.draw(st.permutations(sorted(day.changes))), data.draw(PICKS), strict=False):
        day.change(kind, pick)
    day.clashes_are_settled(data.draw(WAYS))
    day.planned_again(data.draw(st.integers(1, 3)))
    day.change("sealed meal is unfit", data.draw(PICKS)[0])
    day.clashes_are_settled({0: "withdraw"})
    acts = (day.cooked, day.packed, day.delivered)
    for act, pick in zip(acts, data.draw(PICKS), strict=False):
        day.change("diner becomes allergic", pick)
        day.change(data.draw(st.sampled_from(sorted(day.changes))), pick)
        day.clashes_are_settled(data.draw(WAYS))
        act()
    day.change("sealed meal is unfit", data.draw(PICKS)[0])
    day.change("meal is cancelled", data.draw(PICKS)[1])
    day.served(data.draw(SCANNED))
    day.walked_in(data.draw(PICKS)[0])
    day.settled()


def test_nobody_gets_their_allergen_whatever_changes(small_day: ExampleDay) -> None:
    """
    Tests days that are changed after the lock by diners, foods, recipes, lots, moved, replaced and cancelled
    meals, planned again, cooked, packed, driven, served and billed between: no diner is given their allergen,
    no closed box holds it, every clash waits for a person or stands on somebody's word; and that every kind
    of change and act was taken.
    """
    done: Counter[str] = Counter()
    kinds: set[str] = set()

    @settings(max_examples=DAYS, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(st.data())
    def days(data: st.DataObject) -> None:
        with TemporaryDirectory() as folder:
            day = ChangingDay(small_day.copied(Path(folder)), done)
            kinds.update(day.changes)
            try:
                play(day, data)
            finally:
                day.day.database.close()

    days()
    assert {kind for kind in kinds | TAKEN if not done[kind]} == set(), done
