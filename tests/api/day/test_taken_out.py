"""A settled portion lies in its sealed container until somebody says that it is taken out."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlmodel import Session

from api.day.close import settle
from api.day.hand_over import HandOver, sign
from api.day.pack_boxes import box_packed
from api.day.recheck import recheck_diners
from api.day.serve import Answer, Claim, serve_meals
from api.day.suits import planned_portions, strays_of
from api.words import say
from kitchen.store.catalogue import load_dishes, load_foods, save_foods
from orders.errors import Conflict
from orders.store.diners import load_diners
from orders.store.orders import load_clashes, load_orders
from tests.api.day.acted_day import CORE_C, Acting, instant
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay


@dataclass
class Sealed:
    """A cooked day with an allergic diner, one of whose dishes has a food that no other dish has."""

    acting: Acting
    order_code: str
    site_id: str
    box: dict[str, Any]
    food_code: str
    allergen: str

    @classmethod
    def of(cls, day: ExampleDay) -> "Sealed":
        """Of a published day."""
        acting = Acting.of(day)
        acting.cook()
        with day.database.read() as session:
            orders, dishes = load_orders(session, SERVICE, ("locked",)), load_dishes(session)
            cooked = {line.dish_id for order in orders for line in order.lines}
            for order in orders:
                diner = load_diners(session, ids={order.diner_id})[order.diner_id]
                planned = planned_portions(session, SERVICE, [one.line_id for one in order.lines]) or {}
                for line in order.lines:
                    for code in {one.food_code for one in dishes[line.dish_id].ingredients}:
                        having = [d for d in cooked if code in {i.food_code for i in dishes[d].ingredients}]
                        if diner.allergens and having == [line.dish_id]:
                            box_code = planned[line.line_id].box_code
                            box = next(box for box in acting.board["boxes"] if box["code"] == box_code)
                            allergen = min(diner.allergens)
                            return cls(acting, order.code, order.site_id, box, code, allergen)
        raise AssertionError("no dish of an allergic diner has a food of its own")

    def turn(self, session: Session) -> None:
        """The food turns out to hold the allergen, and every clash is settled without another dish."""
        food = load_foods(session)[self.food_code]
        told = replace(food, may_contain=food.may_contain | {self.allergen}, free=food.free - {self.allergen})
        save_foods(session, [told], author="u", changed_at=PUBLISHED_AT)
        recheck_diners(session, None, now_at=PUBLISHED_AT, ids=self.acting.day.ids)
        for clash_id in load_clashes(session, SERVICE, open_only=True):
            settle(session, SERVICE, clash_id, None, **self.acting.at(instant(self.box["packed_at"])))

    def pack(self, session: Session, emptied: tuple[str, ...] = ()) -> None:
        """Its box is closed."""
        at = self.acting.at(instant(self.box["packed_at"]))
        told = {"core_c": CORE_C, "carrier_code": self.box["carrier_code"], "emptied": emptied}
        box_packed(session, self.box["box_id"], **told, **at)

    def serve(self, session: Session) -> Answer:
        """The box is signed for, and the sealed meal scanned to its diner."""
        at = self.acting.at(instant(self.acting.stops[self.site_id]["leave_at"]))
        sign(session, self.box["box_id"], HandOver("accepted", core_c=78.0), **at)
        claim = Claim(self.order_code, meal=self.order_code)
        return serve_meals(session, SERVICE, self.site_id, [claim], **at)[0]


def test_a_box_closes_only_when_the_settled_portion_is_out(own_day: ExampleDay) -> None:
    """
    Tests that a portion settled before packing is listed and keeps its box open, and that the rest of the
    meal is given once the packer says that the portion is out.
    """
    sealed = Sealed.of(own_day)
    with own_day.database.begin() as session:
        sealed.turn(session)
        left = [one.order.code for one in strays_of(session, SERVICE) if one.reason.code == "stray_left_in"]
        assert left == [sealed.order_code]
        with pytest.raises(Conflict) as refusal:
            sealed.pack(session)
        assert (refusal.value.code, refusal.value.params["order"]) == ("box_holds_settled", sealed.order_code)
        assert refusal.value.params["dish_zh"] in say(refusal.value.coded, "zh_CN")
        sealed.pack(session, (sealed.order_code,))
        assert sealed.serve(session).portions > 0


def test_a_portion_settled_in_a_closed_box_is_never_given(own_day: ExampleDay) -> None:
    """Tests that a sealed meal is refused at the table when a portion in it was settled after packing."""
    sealed = Sealed.of(own_day)
    with own_day.database.begin() as session:
        sealed.pack(session)
        sealed.turn(session)
        answer = sealed.serve(session)
        assert answer.refused is not None
        assert (answer.refused.code, answer.portions) == ("meal_unfit", 0)
