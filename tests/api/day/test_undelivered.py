"""A box that was refused: what is agreed with its site, and whose money goes back."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from api.day.hand_over import HandOver, sign
from api.day.holds import packings
from api.day.views_kitchen import kitchen_view
from api.ordering.record import Acting as Hand
from api.people import OPERATOR
from api.permissions import ROLES
from api.store.audit import load_audit
from api.undelivered import Agreed, lost_orders, make_good
from api.words import LANGUAGES, say
from orders.errors import BadInput, Conflict, Forbidden
from orders.store.orders import load_orders
from tests.api.day.acted_day import ends_at
from tests.api.day.example_day import SERVICE, ExampleDay
from tests.api.day.test_serve import Table

DayAt = Callable[[str], ExampleDay]


def test_what_is_agreed_about_refused_boxes_is_kept_and_gives_the_money_back(day_at: DayAt) -> None:
    """Tests who may write it down, that nothing else is agreed on, and that orders with no food left end."""
    table = Table(day_at("departed"))
    acts = table.acting.at(table.at)
    with table.day.database.read() as session:
        inside = {
            key: set(one.order_of.values()) for key, one in packings(session, table.stop["box_ids"]).items()
        }
    boxes = sorted(inside, key=lambda one: len(inside[one]))[-2:]
    hand = Hand(OPERATOR, table.at, table.day.ids)
    money = Agreed("money", "陈", "明天补发票")
    with table.day.database.begin() as session:
        with pytest.raises(Conflict) as early:
            make_good(session, boxes[0], money, hand)
        for box_id in table.stop["box_ids"]:
            sign(session, box_id, HandOver("refused", reason="洒了"), **acts)
        lost = lost_orders(session, SERVICE, table.site_id)
        with pytest.raises(BadInput) as nobody:
            make_good(session, boxes[0], replace(money, person=" "), hand)
        for role in set(ROLES) - {"kitchen", "dispatcher", "admin"}:
            with pytest.raises(Forbidden):
                make_good(session, boxes[0], money, replace(hand, actor=replace(OPERATOR, role=role)))
        for box_id in boxes:
            assert make_good(session, box_id, Agreed("sent", "陈"), hand) == []
        assert make_good(session, boxes[0], money, hand) == []  # what is sent for the other box is eaten
        ended = make_good(session, boxes[1], money, hand)
        view = kitchen_view(session, SERVICE, ends_at(table.stop))
        audit = load_audit(session, limit=1)[0]
        still = {one.code for one in load_orders(session, SERVICE, ("locked",), table.site_id)}
    assert (early.value.code, nobody.value.code) == ("box_delivered", "agreed_with_nobody")
    meant = {one.code for one in lost if one.order_id in inside[boxes[1]]}
    assert {one.code for one in ended} == meant == set(audit.detail["ended"])
    assert {one.ending for one in ended} == {"not_supplied"} and still.isdisjoint(audit.detail["ended"])
    [shown] = [one for one in view.undelivered if one.box_id == boxes[0]]
    assert [one.reason.params["remedy"] for one in shown.agreed] == ["sent", "money"]
    assert all(one not in view.left_out for one in shown.agreed)
    for language in LANGUAGES:
        assert "陈" in say(shown.agreed[1].reason, language)
        assert "money" not in say(shown.agreed[1].reason, "zh_CN")
