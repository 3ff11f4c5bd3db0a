"""Home delivery: taken along in time, handed over with proof, or back undelivered; what became of each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from api.day.deliver import Told, report_drop, take_along
from api.day.hand_over import HandOver, sign
from api.day.holds import packings
from api.day.outcomes import final_outcomes, outcomes_of
from api.day.serve import Answer, Claim, close_table, serve_meals
from api.day.table import Desk
from api.people import OPERATOR
from api.permissions import Actor
from orders.drops import code_word
from orders.errors import BadInput, Conflict, Forbidden
from orders.store.drops import load_drops, load_proof, load_turned_away
from orders.store.orders import OrderRow, load_orders
from orders.store.receipts import load_discards, load_receipts, load_servings
from tests.api.day.acted_day import Acting, ends_at, instant
from tests.api.day.example_day import SERVICE, ExampleDay

DayAt = Callable[[str], ExampleDay]
KEY = b"k" * 32
PNG = b"\x89PNG\r\n\x1a\n" + b"a signature"


class Round:
    """The second leg of one canteen, with its volunteer."""

    def __init__(self, day: ExampleDay) -> None:
        self.day, self.acting = day, Acting.of(day)
        boxes = (box for box in self.acting.board["boxes"] if box["second_leg"])
        self.site_id = next(boxes)["site_id"]
        self.stop = self.acting.stops[self.site_id]
        self.at = instant(self.stop["serving_starts_at"]) + timedelta(minutes=2)
        self.volunteer = Actor("vol", "n", "volunteer", "K1", site_id=self.site_id)
        with day.database.begin() as session:
            self.orders = load_orders(session, SERVICE, ("locked",), self.site_id)[:4]
            self.eater = load_orders(session, SERVICE, ("locked",), self.site_id)[4]
            for order in self.orders:
                session.get_one(OrderRow, order.order_id).delivery = "volunteer"

    def desk(self, at: datetime | None = None, actor: Actor | None = None) -> Desk:
        """The canteen with who carries."""
        return Desk(SERVICE, self.site_id, actor or self.volunteer, at or self.at, self.day.ids)

    def take(self, *codes: str, at: datetime | None = None) -> list[Answer]:
        """The volunteer takes meals along."""
        with self.day.database.begin() as session:
            return take_along(session, self.desk(at), codes)

    def tell(self, told: Told, at: datetime | None = None) -> Answer:
        """The volunteer's word from the door."""
        with self.day.database.begin() as session:
            return report_drop(session, self.desk(at), told, KEY)


def test_a_volunteer_hands_over_with_a_kept_proof(day_on: DayAt) -> None:
    """Tests taking, the picture with its digest, carrier and proof of the outcome, and a second word."""
    tour = Round(day_on("delivered"))
    first, second = tour.orders[:2]
    taken = tour.take(first.code, second.code)
    assert [(one.refused, one.portions) for one in taken] == [(None, first.portions), (None, second.portions)]
    [again, eater] = tour.take(first.code, tour.eater.code)
    assert (again.refused.code, eater.refused.code) == ("on_its_way", "not_for_delivery")
    later_at = tour.at + timedelta(minutes=10)
    assert tour.tell(Told(first.code, "handed_over", signature=PNG), later_at).portions == first.portions
    wrong = tour.tell(Told(second.code, "handed_over", word="x"), later_at)
    assert (wrong.portions, wrong.refused.code) == (0, "code_word_wrong")
    tour.tell(Told(second.code, "handed_over", word=code_word(second.order_id, KEY)), later_at)
    again = tour.tell(Told(first.code, "handed_over"), later_at)
    assert again.refused.code == "served_already"
    with tour.day.database.read() as session:
        drops = load_drops(session, SERVICE)
        outcomes = outcomes_of(session, SERVICE, [first, second], later_at)
        kept = load_proof(session, drops[first.order_id].proof_digest)
        [door, _] = load_servings(session, SERVICE).values()
    assert (kept.media_type, kept.body) == ("image/png", PNG)
    assert (drops[first.order_id].carried_by, door.identified_by) == ("vol", "door")
    said = [(one.event, one.at, one.carrier, one.proof) for one in outcomes.values()]
    assert said == [
        ("served", later_at, "volunteer", "signature"),
        ("served", later_at, "volunteer", "code_word"),
    ]


def test_what_comes_back_is_thrown_away_and_told_apart(day_at: DayAt) -> None:
    """Tests nobody home, refused, brought back and still on the way, also after the table has closed."""
    tour = Round(day_at("delivered"))
    gone, refused, back, away = tour.orders
    tour.take(*(order.code for order in tour.orders))
    with tour.day.database.begin() as session:
        claim = serve_meals(session, SERVICE, tour.site_id, [Claim(gone.code)], **tour.acting.at(tour.at))
        close_table(session, SERVICE, tour.site_id, **tour.acting.at(ends_at(tour.stop)))
    assert claim[0].refused.code == "on_its_way"
    at = ends_at(tour.stop)
    for order, outcome in ((gone, "nobody_home"), (refused, "refused"), (back, "brought_back")):
        assert tour.tell(Told(order.code, outcome, reason="rain"), at) == Answer(order.code, 0, None)
    with pytest.raises(Conflict, match="drop_ended"):
        tour.tell(Told(gone.code, "handed_over"), at)
    with tour.day.database.read() as session:
        found = outcomes_of(session, SERVICE, tour.orders, at)
        thrown = [one for one in load_discards(session, SERVICE) if one.reason != "not_claimed"]
        with pytest.raises(Conflict, match="table_still_open"):
            final_outcomes(session, SERVICE, [away], at)
    assert [found[order.order_id].event for order in (gone, refused, back)] == [
        "no_show",
        "refused",
        "not_supplied",
    ]
    assert away.order_id not in found
    assert {one.reason for one in thrown} == {"nobody_home", "refused", "brought_back"}
    assert sum(one.portions for one in thrown) == sum(order.portions for order in (gone, refused, back))


def test_a_meal_is_not_carried_out_of_its_time(day_at: DayAt) -> None:
    """Tests that the way to the last door counts at the table, and the last moment at the door."""
    tour = Round(day_at("delivered"))
    first, second = tour.orders[:2]
    late_at = tour.at + timedelta(hours=5)
    [refused] = tour.take(first.code, at=late_at)
    assert (refused.refused.code, refused.refused.params["minutes"] > 0) == ("too_late_to_carry", True)
    tour.take(second.code)
    assert tour.tell(Told(second.code, "handed_over"), late_at).refused.code == "past_eat_by"
    kept = tour.tell(Told(second.code, "handed_over", happened_at=late_at, offline=True), late_at)
    assert kept.refused is None
    with tour.day.database.read() as session:
        [serving] = load_servings(session, SERVICE).values()
    assert serving.doubt.code == "past_eat_by"


def test_a_word_from_the_door_is_its_carriers(day_at: DayAt) -> None:
    """Tests another site's volunteer, a proof that is no picture, and a carrier that the programme lacks."""
    tour = Round(day_at("delivered"))
    code = tour.orders[0].code
    stranger = replace(tour.volunteer, site_id="C99")
    with pytest.raises(Forbidden), tour.day.database.begin() as session:
        report_drop(session, tour.desk(actor=stranger), Told(code, "handed_over"), KEY)
    with pytest.raises(BadInput, match="proof_no_picture"):
        tour.tell(Told(code, "handed_over", photo=b"<svg onload=alert(1)>"))
    with pytest.raises(BadInput, match="carrier_unknown"), tour.day.database.begin() as session:
        told = Told(code, "handed_over", carrier_kind="drone")
        report_drop(session, tour.desk(actor=OPERATOR), told, KEY)
    assert tour.tell(Told(code, "handed_over", carrier_kind="drone")).refused is None
    with tour.day.database.read() as session:
        assert {one.carrier_kind for one in load_drops(session, SERVICE).values()} == {"volunteer"}


def test_a_code_word_is_not_guessed(day_at: DayAt) -> None:
    """Tests that each wrong word is kept, and that after five only a picture proves the hand-over."""
    tour = Round(day_at("delivered"))
    order = tour.orders[0]
    tour.take(order.code)
    right = code_word(order.order_id, KEY)
    for number in range(5):
        wrong = f"{(int(right) + 1 + number) % 10_000:04}"
        said = tour.tell(Told(order.code, "handed_over", word=wrong))
        assert (said.portions, said.refused.code) == (0, "code_word_wrong")
    for word in (right, ""):
        assert tour.tell(Told(order.code, "handed_over", word=word)).refused.code == "code_word_spent"
    assert tour.tell(Told(order.code, "handed_over", photo=PNG)).refused is None
    with tour.day.database.read() as session:
        kept = [(one.order_id, one.reason.code, one.by) for one in load_turned_away(session, SERVICE)]
    assert kept.count((order.order_id, "code_word_wrong", "vol")) == 5


def test_a_volunteer_reports_only_what_that_volunteer_took(day_at: DayAt) -> None:
    """Tests that another volunteer gets no credit, and that the canteen's word stays with who took it."""
    tour = Round(day_at("delivered"))
    code = tour.orders[0].code
    tour.take(code)
    other, canteen = (replace(tour.volunteer, user_id="b"), Actor("can", "n", "canteen", "K1", tour.site_id))
    with pytest.raises(Conflict, match="carried_by_another"), tour.day.database.begin() as session:
        report_drop(session, tour.desk(actor=other), Told(code, "handed_over"), KEY)
    with tour.day.database.begin() as session:
        told = report_drop(session, tour.desk(actor=canteen), Told(code, "handed_over"), KEY)
    assert told.refused is None
    with tour.day.database.read() as session:
        [drop] = load_drops(session, SERVICE).values()
    assert (drop.outcome, drop.carried_by, drop.carrier_kind) == ("handed_over", "vol", "volunteer")


def test_the_van_hands_a_home_over_in_one_act(day_on: DayAt) -> None:
    """Tests that the box is signed for with the drop, and that nobody home leaves nothing delivered."""
    day = day_on("departed")
    acting = Acting.of(day)
    homes = [(site_id, stop) for site_id, stop in acting.stops.items() if stop["kind"] == "home"][:2]
    with day.database.begin() as session:
        for (site_id, stop), outcome in zip(homes, ("handed_over", "nobody_home"), strict=True):
            van = next(
                t["vehicle_id"] for t in acting.board["trips"] for s in t["stops"] if s["site_id"] == site_id
            )
            [order] = load_orders(session, SERVICE, ("locked",), site_id)
            driver = Actor("drv", "n", "driver", "K1", vehicle_id=van)
            desk = Desk(SERVICE, site_id, driver, instant(stop["leave_at"]), day.ids)
            word = code_word(order.order_id, KEY) if outcome == "handed_over" else ""
            told = Told(order.code, outcome, word=word, core_c=76.0)
            report_drop(session, desk, told, KEY)
    with day.database.read() as session:
        orders = [load_orders(session, SERVICE, ("locked",), site_id)[0] for site_id, _ in homes]
        found = final_outcomes(session, SERVICE, orders, instant(homes[1][1]["leave_at"]))
        receipts = {one.site_id: one for one in load_receipts(session, SERVICE).values()}
    assert [(one.event, one.carrier, one.proof) for one in found.values()] == [
        ("served", "driver", "code_word"),
        ("no_show", "", ""),
    ]
    assert [receipts[site_id].condition for site_id, _ in homes] == ["accepted", "refused"]
    assert receipts[homes[1][0]].reason == "nobody_home"


def test_who_came_to_a_short_box_was_not_supplied(day_at: DayAt) -> None:
    """Tests that the diner who found nothing left was not supplied, and who never came did not show up."""
    day = day_at("departed")
    acting = Acting.of(day)
    site_id, stop = next((key, one) for key, one in acting.stops.items() if one["kind"] == "canteen")
    at = instant(stop["serving_starts_at"]) + timedelta(minutes=3)
    with day.database.begin() as session:
        orders = load_orders(session, SERVICE, ("locked",), site_id)
        known = packings(session, stop["box_ids"])
        for box_id in stop["box_ids"]:
            said = HandOver("accepted", min(1, len(known[box_id].order_of)), 78.0)
            sign(session, box_id, said, **acting.at(instant(stop["leave_at"])))
        answers = serve_meals(
            session, SERVICE, site_id, [Claim(order.code) for order in orders[:-1]], **acting.at(at)
        )
        close_table(session, SERVICE, site_id, **acting.at(ends_at(stop)))
        found = final_outcomes(session, SERVICE, orders, ends_at(stop))
    refused = [order for order, one in zip(orders, answers, strict=False) if one.refused]
    assert refused
    assert {found[order.order_id].event for order in refused} == {"not_supplied"}
    assert sum(one.event == "served" for one in found.values()) == len(answers) - len(refused)
