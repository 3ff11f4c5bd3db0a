"""What a table answers to a scan: cards, telephones, second claims, slips, tablets without network."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from api.day.claim import Heard, hear, hear_chosen
from api.day.serve import Claim, close_table, serve_meals, take_back
from api.day.services import rules_of
from api.day.table import Desk
from api.oversight.blacklist import entry_for, shut_out
from api.permissions import Actor
from api.store.audit import load_audit
from orders.credentials import Credential, token_digest
from orders.diners import DinerFact
from orders.errors import BadInput, Conflict, Forbidden
from orders.store.credentials import revoke_credential, save_credential
from orders.store.diners import load_diners, save_diners
from orders.store.drops import load_turned_away
from orders.store.orders import OrderRow
from orders.store.programmes import load_programme, save_programme
from orders.store.receipts import corrected_servings, load_servings
from orders.store.services import load_order_exceptions
from telemetry.store.probe_uses import open_uses
from tests.api.day.acted_day import ends_at
from tests.api.day.example_day import ExampleDay
from tests.api.day.test_serve import Table

DayAt = Callable[[str], ExampleDay]
TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Counter(Table):
    """A canteen's table whose diners hold cards and telephones."""

    def __init__(self, day: ExampleDay) -> None:
        super().__init__(day)
        with day.database.read() as session:
            by_code = {diner.code: diner for diner in load_diners(session).values()}
        self.diners = [by_code[order["diner_code"]] for order in self.orders]

    def give(self, kind: str, place: int, number: str) -> str:
        """Lets the n-th diner of the list hold a credential."""
        credential_id = f"{kind}-{place}-{number}"
        with self.day.database.begin() as session:
            held = Credential(credential_id, kind, self.diners[place].diner_id, number, self.at)
            save_credential(session, held)
        return credential_id

    def desk(self, at=None) -> Desk:
        """The table at an instant."""
        return Desk(
            self.day.service, self.site_id, self.acting.at(self.at)["actor"], at or self.at, self.day.ids
        )

    def scan(self, text: str, at=None) -> Heard:
        """What the table answers."""
        with self.day.database.begin() as session:
            return hear(session, self.desk(at), text)

    def turned_away(self) -> list[str]:
        """Codes of the kept refusals."""
        with self.day.database.read() as session:
            return sorted(one.reason.code for one in load_turned_away(session, self.day.service))


def test_a_card_serves_its_diner_once_and_a_second_claim_hears_where(day_on: DayAt) -> None:
    """Tests a QR card and a card's number, that the way of knowing is kept, and that a repeat is refused."""
    table = Counter(day_on("delivered"))
    qr = table.give("qr", 0, token_digest(TOKEN))
    table.give("card", 1, "88001234")
    assert table.scan(f"HC1:{TOKEN}").answer.refused is None
    assert table.scan(" ８８００1234 ").person.diner == table.diners[1]
    again = table.scan(f"hc1:{TOKEN.lower()}", table.at + timedelta(minutes=3))
    assert again.answer.refused.code == "served_already"
    assert again.answer.refused.params["where"] == table.stop["name"]
    with table.day.database.read() as session:
        kept = {one.order_id: one for one in load_servings(session, table.day.service).values()}
    first, second = (kept[order["order_id"]] for order in table.orders[:2])
    assert (first.identified_by, first.credential_id, second.identified_by) == ("qr", qr, "card")
    assert table.turned_away() == ["served_already"]


def test_a_revoked_card_is_refused_and_says_so(day_at: DayAt) -> None:
    """Tests a lost card, a card that nobody holds, and a text that means nobody."""
    table = Counter(day_at("delivered"))
    lost = table.give("qr", 0, token_digest(TOKEN))
    with table.day.database.begin() as session:
        assert revoke_credential(session, lost, table.at, "lost")
    refused = table.scan(f"HC1:{TOKEN}").answer.refused
    assert (refused.code, refused.params) == ("card_stopped", {"at": table.at.isoformat(), "reason": "lost"})
    assert table.scan("HC1:UNKNOWN").answer.refused.code == "card_unknown"
    assert table.scan("nobody").answer.refused.code == "nobody_known"
    assert table.turned_away() == ["card_stopped", "card_unknown", "nobody_known"]
    assert table.servings() == {}


def test_four_digits_of_several_telephones_ask_for_a_name(day_at: DayAt) -> None:
    """Tests that one match is served, and that of several the chosen one is."""
    table = Counter(day_at("delivered"))
    table.give("phone", 0, "13900004321")
    table.give("phone", 1, "13800004321")
    table.give("phone", 2, "13900009876")
    assert table.scan("9876").person.diner == table.diners[2]
    assert table.scan("13900009876").answer.refused.code == "served_already"
    several = table.scan("4321")
    assert several.answer is None
    assert {person.diner for person in several.choices} == set(table.diners[:2])
    with table.day.database.begin() as session:
        chosen = hear_chosen(session, table.desk(), table.diners[1].diner_id, "phone")
    assert chosen.answer.refused is None
    assert set(table.servings()) == {table.orders[1]["order_id"], table.orders[2]["order_id"]}


def test_who_has_no_order_here_hears_where_it_is(day_at: DayAt) -> None:
    """Tests an order of another site, a diner without one, and one who died."""
    table = Counter(day_at("delivered"))
    elsewhere = table.scan(table.elsewhere["code"]).answer.refused
    assert (elsewhere.code, elsewhere.params["order"]) == ("ordered_elsewhere", table.elsewhere["code"])
    with table.day.database.begin() as session:
        session.get_one(OrderRow, table.orders[0]["order_id"]).state = "cancelled"
        died = replace(table.diners[1], facts=(DinerFact("died", "2026-01-02"),))
        save_diners(session, [died], "import")
    assert table.scan(table.orders[0]["diner_code"]).answer.refused.code == "no_order_today"
    assert table.scan(table.orders[1]["code"]).answer.refused.code == "served_no_more"


@pytest.mark.parametrize("switch", ["list_price", "refuse"])
def test_a_second_meal_of_the_day_goes_by_the_programme(day_on: DayAt, switch: str) -> None:
    """Tests that the first meal is named, and that the switch refuses the second or gives it."""
    table = Counter(day_on("delivered"))
    first, second = table.orders[0], table.orders[1]
    with table.day.database.begin() as session:
        programme = rules_of(session, table.day.service).programme
        body = load_programme(session, programme.id, programme.revision)
        body = body | {"meals": {**body["meals"], "second_meal": switch}}
        valid = (programme.programme.valid_from, programme.programme.valid_to)
        save_programme(session, programme.id, body, valid=valid, author="t", made_at=table.at)
        session.get_one(OrderRow, second["order_id"]).diner_id = table.diners[0].diner_id
    given, other = table.claim(Claim(first["code"]), Claim(second["code"]))
    assert given.refused is None
    told = other.refused if switch == "refuse" else other.notes[0]
    assert told.code == ("ate_already_today" if switch == "refuse" else "second_meal")
    assert (told.params["where"], told.params["at"]) == (table.stop["name"], table.at.isoformat())
    assert len(table.servings()) == (1 if switch == "refuse" else 2)


def test_who_is_on_the_blacklist_eats_and_the_table_checks_the_card(day_on: DayAt) -> None:
    """Tests that a card shown for such a diner is taken, with the word to check who holds it."""
    table = Counter(day_on("delivered"))
    entry = entry_for("person", table.diners[0].code, table.day.service.service_on, None, "转借餐卡")
    with table.day.database.begin() as session:
        shut_out(session, entry, **table.acting.at(table.at))
    first, second = (Claim(order["code"], identified_by="card") for order in table.orders[:2])
    shown, other = table.claim(first, second)
    assert (shown.refused, [one.code for one in shown.notes]) == (None, ["identity_to_check"])
    assert (other.refused, other.notes) == (None, ())


def test_a_slip_of_the_hand_is_taken_back_within_ten_seconds(day_on: DayAt) -> None:
    """Tests that the correction names the old row, that the meal can be given again; later, with a reason."""
    table = Counter(day_on("delivered"))
    code, order_id = table.orders[0]["code"], table.orders[0]["order_id"]

    def undo(serving_id: str, seconds: int, reason: str = "") -> None:
        acting = table.acting.at(table.at + timedelta(seconds=seconds))
        with table.day.database.begin() as session:
            assert take_back(session, serving_id, reason, **acting) == order_id

    [first] = table.claim(Claim(code))
    undo(first.serving_id, 9)
    with pytest.raises(Conflict, match="serving_taken_back"):
        undo(first.serving_id, 10)
    [again] = table.claim(Claim(code), at=table.at + timedelta(seconds=20))
    assert again.refused is None
    with pytest.raises(BadInput, match="undo_too_late"):
        undo(again.serving_id, 60)
    undo(again.serving_id, 60, "wrong person")
    with table.day.database.read() as session:
        corrected = corrected_servings(session, table.day.service)
        told = [one.detail for one in load_audit(session) if one.act == "meal.serve/take_back"]
    assert [(was.portions > 0, now.portions, why) for was, now, _, why in corrected] == [
        (True, 0, ""),
        (True, 0, "wrong person"),
    ]
    assert told == [
        {"serving": again.serving_id},
        {"serving": first.serving_id},
    ]  # a reason may name somebody
    assert table.servings() == {order_id: 0}


def test_a_taken_back_meal_is_left_over_at_the_close(day_at: DayAt) -> None:
    """Tests that a correction repairs the count, and that a differing count of leftovers is an exception."""
    table = Counter(day_at("delivered"))
    [given] = table.claim(Claim(table.orders[0]["code"]))
    with table.day.database.begin() as session:
        take_back(session, given.serving_id, **table.acting.at(table.at))
        acting = table.acting.at(ends_at(table.stop))
        thrown = close_table(session, table.day.service, table.site_id, counted=3, **acting)
        told = load_order_exceptions(session, table.day.service)
        held = {use.box_id for use in open_uses(session)}
    assert thrown == sum(order["portions"] for order in table.orders)
    assert [(one.reason.code, one.portions) for one in told] == [("left_over_differs", 0)]
    assert held.isdisjoint(table.stop["box_ids"])


def test_an_offline_serving_is_kept_with_what_speaks_against_it(day_at: DayAt) -> None:
    """Tests that late food eaten without network is noted with its doubt, and a second giving as refused."""
    table = Counter(day_at("delivered"))
    late_at = table.at + timedelta(hours=5)
    claim = Claim(table.orders[0]["code"], offline=True)
    kept, doubled = table.claim(claim, claim, at=late_at)
    assert (kept.refused, doubled.refused.code) == (None, "served_already")
    with table.day.database.read() as session:
        [serving] = load_servings(session, table.day.service).values()
        [away] = load_turned_away(session, table.day.service)
    assert (serving.offline, serving.doubt.code) == (True, "past_eat_by")
    assert (away.offline, away.order_id) == (True, serving.order_id)


def test_a_driver_serves_at_the_own_vans_stops(day_at: DayAt) -> None:
    """Tests that a site of another van is outside a driver's scope."""
    table = Counter(day_at("delivered"))
    stops = {
        trip["vehicle_id"]: {
            s["site_id"]
            for t in table.acting.board["trips"]
            for s in t["stops"]
            if t["vehicle_id"] == trip["vehicle_id"]
        }
        for trip in table.acting.board["trips"]
    }
    own, other = (
        next(van for van, sites in stops.items() if table.site_id in sites),
        next(van for van, sites in stops.items() if table.site_id not in sites),
    )
    for van, order in ((own, table.orders[0]), (other, table.orders[1])):
        acting = table.acting.at(table.at) | {"actor": Actor("u", "n", "driver", "K1", vehicle_id=van)}
        claims = [Claim(order["code"])]
        with table.day.database.begin() as session:
            if van == own:
                assert serve_meals(session, table.day.service, table.site_id, claims, **acting)[0].portions
            else:
                with pytest.raises(Forbidden):
                    serve_meals(session, table.day.service, table.site_id, claims, **acting)
