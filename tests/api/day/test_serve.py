"""At the table: each order once, where it was delivered, in its time; what is left is counted once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from api.day.board import orders_of
from api.day.hand_over import HandOver, sign
from api.day.reheat_box import Reheating, box_reheated
from api.day.serve import Answer, Claim, close_table, serve_meals
from api.permissions import Actor
from api.store.audit import load_audit
from orders.errors import BadInput, Forbidden
from orders.store.receipts import load_discards, load_servings
from telemetry.store.probe_uses import open_uses
from tests.api.day.acted_day import Acting, ends_at, instant
from tests.api.day.example_day import ExampleDay

DayAt = Callable[[str], ExampleDay]


class Table:
    """One canteen's table of a delivered day."""

    def __init__(self, day: ExampleDay) -> None:
        self.day, self.acting = day, Acting.of(day)
        self.site_id, self.stop = next(
            (site_id, stop) for site_id, stop in self.acting.stops.items() if stop["kind"] == "canteen"
        )
        with day.database.read() as session:
            found = orders_of(session, day.service)
        self.orders = [order for order in found if order["site_id"] == self.site_id]
        self.elsewhere = next(order for order in found if order["site_id"] != self.site_id)
        self.at = instant(self.stop["serving_starts_at"]) + timedelta(minutes=2)

    def claim(self, *claims: Claim, at=None) -> list[Answer]:
        """What the table answers at an instant."""
        with self.day.database.begin() as session:
            acting = self.acting.at(at or self.at)
            return serve_meals(session, self.day.service, self.site_id, claims, **acting)

    def close(self, at=None) -> int:
        """Closes the table."""
        with self.day.database.begin() as session:
            acting = self.acting.at(at or ends_at(self.stop))
            return close_table(session, self.day.service, self.site_id, **acting)

    def reheat(self, box_id: str) -> bool:
        """Reheats a box; whether it is hot enough."""
        with self.day.database.begin() as session:
            return box_reheated(session, box_id, Reheating(78.0), **self.acting.at(self.at)).passed

    def servings(self) -> dict[str, int]:
        """Order id to portions served."""
        with self.day.database.read() as session:
            return {s.order_id: s.portions for s in load_servings(session, self.day.service).values()}


def test_a_meal_is_given_once_and_the_second_claim_hears_where_and_when(day_on: DayAt) -> None:
    """Tests that a meal is served with all its portions, once, also within one message."""
    table = Table(day_on("delivered"))
    order, other = table.orders[0], table.orders[1]
    first = Claim(order["code"])
    [given] = table.claim(first)
    assert (given.refused, given.portions) == (None, order["portions"])
    again, new, doubled = table.claim(
        first, Claim(other["code"]), Claim(other["code"]), at=table.at + timedelta(minutes=1)
    )
    assert again.refused.code == "served_already"
    assert again.refused.params["site"] == table.site_id
    assert again.refused.params["at"] == table.at.isoformat()
    assert new.refused is None
    assert doubled.refused.code == "served_already"
    assert table.servings() == {order["order_id"]: order["portions"], other["order_id"]: other["portions"]}
    with table.day.database.read() as session:
        assert load_audit(session, limit=1)[0].detail == {"served": 1, "refused": 2}


def test_an_order_of_another_table_is_unknown_here(day_at: DayAt) -> None:
    """Tests that a foreign order and a number nobody has are refused, and others in the message are not."""
    table = Table(day_at("delivered"))
    claims = Claim(table.elsewhere["code"]), Claim("no-such"), Claim(table.orders[0]["code"])
    answers = table.claim(*claims)
    assert [one.refused.code if one.refused else None for one in answers] == [
        "order_not_here",
        "order_not_here",
        None,
    ]


def test_nothing_is_served_before_it_is_delivered(day_at: DayAt) -> None:
    """Tests that a meal whose box has no receipt, or was refused at the door, is not served."""
    table = Table(day_at("departed"))
    [answer] = table.claim(Claim(table.orders[0]["code"]))
    assert answer.refused.code == "nothing_to_serve"
    with table.day.database.begin() as session:
        for box_id in table.stop["box_ids"]:
            said = HandOver("refused", reason="spilt")
            sign(session, box_id, said, **table.acting.at(instant(table.stop["leave_at"])))
    [answer] = table.claim(Claim(table.orders[0]["code"], offline=True))
    assert answer.refused.code == "nothing_to_serve"
    assert table.servings() == {}


def test_past_its_last_moment_a_meal_is_refused_but_what_was_eaten_is_kept(day_at: DayAt) -> None:
    """Tests eat_by live and from a tablet that had no network."""
    table = Table(day_at("delivered"))
    late_at = table.at + timedelta(hours=5)
    live, offline = Claim(table.orders[0]["code"]), Claim(table.orders[1]["code"], offline=True)
    refused, kept = table.claim(live, offline, at=late_at)
    assert refused.refused.code == "past_eat_by"
    assert kept.refused is None
    assert list(table.servings()) == [table.orders[1]["order_id"]]


@pytest.mark.parametrize(
    ("off", "code"), [(timedelta(minutes=3), "act_in_future"), (-timedelta(hours=37), "act_long_ago")]
)
def test_a_tablet_with_a_wrong_clock_is_refused(day_at, off, code) -> None:
    """Tests that a serving in the future or days ago is not believed."""
    table = Table(day_at("delivered"))
    with pytest.raises(BadInput) as raised:
        table.claim(Claim(table.orders[0]["code"], table.at + off, offline=True))
    assert raised.value.code == code
    assert table.servings() == {}


def test_another_canteen_neither_serves_nor_closes(day_at: DayAt) -> None:
    """Tests that a table is its own canteen's."""
    table = Table(day_at("delivered"))
    for stranger in (Actor("u", "n", "canteen", "K1", site_id="C99"), Actor("u", "n", "kitchen", "K2")):
        acting = table.acting.at(table.at) | {"actor": stranger}
        with pytest.raises(Forbidden), table.day.database.begin() as session:
            serve_meals(session, table.day.service, table.site_id, [], **acting)
        with pytest.raises(Forbidden), table.day.database.begin() as session:
            close_table(session, table.day.service, table.site_id, **acting)


def test_left_overs_are_counted_once_and_the_carriers_go_home(day_on: DayAt) -> None:
    """Tests that what nobody claimed is thrown away by the close, that a second one adds nothing."""
    table = Table(day_on("delivered"))
    coming, missing = table.orders[1:], table.orders[0]
    answers = table.claim(*(Claim(order["code"]) for order in coming))
    assert [one.refused for one in answers] == [None] * len(coming)
    assert table.close() == missing["portions"]
    assert table.close(ends_at(table.stop) + timedelta(minutes=5)) == 0
    with table.day.database.read() as session:
        thrown = load_discards(session, table.day.service)
        held = {use.box_id for use in open_uses(session)}
    assert sum(one.portions for one in thrown) == missing["portions"]
    assert {one.reason for one in thrown} == {"not_claimed"}
    assert held.isdisjoint(table.stop["box_ids"])
    [answer] = table.claim(Claim(missing["code"]), at=ends_at(table.stop) + timedelta(minutes=6))
    assert answer.refused.code == "nothing_left"


def test_two_tablets_at_once_serve_and_throw_away_once(day_on: DayAt) -> None:
    """Tests that of two claims, reheatings of a box, or closes, sent in the same moment one counts."""
    table = Table(day_on("delivered"))
    code = table.orders[0]["code"]
    with ThreadPoolExecutor(2) as tablets:
        claims = [tablets.submit(table.claim, Claim(code)) for _ in range(2)]
        served = [one for one in claims if not one.exception() and one.result()[0].refused is None]
        heated = [tablets.submit(table.reheat, table.stop["box_ids"][0]) for _ in range(2)]
        assert [one.exception() for one in heated].count(None) == 1
        closes = [tablets.submit(table.close) for _ in range(2)]
        thrown = [one.result() for one in closes if not one.exception()]
    assert len(served) == 1
    assert len(table.servings()) == 1
    with table.day.database.read() as session:
        discarded = sum(one.portions for one in load_discards(session, table.day.service))
    assert discarded == sum(thrown) == sum(order["portions"] for order in table.orders[1:])
