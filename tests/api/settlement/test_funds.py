"""A charity's fund in the database: what came in, what meals draw, and never less than nothing left."""

import json
import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.day.settle import bill_meals
from api.db import Database
from api.house import House
from api.ordering.facts import asked
from api.ordering.quotes import quote_order
from api.people import OPERATOR, NewUser, add_user, link_for
from api.permissions import Actor
from api.settings import Settings
from api.settlement.adjust import propose_adjustments
from api.settlement.funds import FundState, NewMovement, add_to_fund, list_funds
from api.settlement.make import make_statements
from orders.bills import Bill, MealEvent
from orders.diners import Diner, DinerFact
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.order import Order, OrderLine
from orders.service import Service
from orders.store.diners import save_diners
from orders.store.ledger import load_bills, load_programme_bills
from orders.store.orders import save_orders
from orders.store.sites import save_kitchen, save_sites
from tests.api.cli.in_process import run
from tests.api.cli.test_main import SCHEMAS
from tests.api.settlement.town import ADMIN, BUREAU, CANTEEN, KITCHEN, SITES, Town, city_table, keep_programme

ON = date(2021, 3, 2)
PROGRAMME = "example-city"
DINERS = tuple(
    Diner(one, f"GD{one}", name, date(1950, 1, 1), "S1", facts=(DinerFact("residence", "440105"), *facts))
    for one, name, facts in (("P", "张三", (DinerFact("flag", "living_alone"),)), ("Q", "李四", ()))
)


@pytest.fixture
def city(database: Database, tmp_path) -> Town:
    """A city by the Guangdong template with its amounts set, and 3.00 yuan in the fund."""
    town = Town(database, datetime(2021, 3, 1, 2, tzinfo=UTC))
    with database.begin() as session:
        keep_programme(session, city_table(tmp_path))
        save_kitchen(session, KITCHEN, {"programme": PROGRAMME}, town.now_at)
        for meal in ("lunch", "dinner"):
            save_sites(session, "K1", meal, SITES)
        save_diners(session, DINERS, "test")
    give(town, 300)
    town.now_at = datetime(2021, 3, 2, 14, tzinfo=UTC)
    return town


def give(town: Town, amount_fen: int, **changes) -> FundState:
    """Money for the city's fund."""
    new = NewMovement(PROGRAMME, "charity", amount_fen, "示例慈善会 2021-01")
    return town.make(add_to_fund, BUREAU, NewMovement(**{**_values(new), **changes}))


def _values(new: NewMovement) -> dict:
    return {name: getattr(new, name) for name in new.__dataclass_fields__}


def eaten(
    code: str, who: str, paid: str, on: date = ON, meal: str = "lunch", event: str = "served"
) -> MealEvent:
    """A meal at 15.00, paid at a time of its day in China."""
    paid_at = datetime.combine(on, time.fromisoformat(paid), UTC) - timedelta(hours=8)
    at = paid_at + timedelta(minutes=20)
    return MealEvent(code, code, who, "S1", on, meal, 1500, event, at, placed_at=paid_at, paid_at=paid_at)


def settled(town: Town, *meals: MealEvent) -> dict[str, tuple[int, int, int, int]]:
    """Bills one service's meals; order to what operator, government, charity and diner pay."""
    service = Service("K1", meals[0].service_on, meals[0].meal, "Asia/Shanghai")
    with town.database.begin() as session:
        for one in meals:
            line = OrderLine(f"{one.order_id}-1", "D1", "D1")
            kept = Order(
                one.order_id, one.order_code, one.diner_id, "S1", (line,), 1500, one.paid, "web", "locked"
            )
            save_orders(session, service, [kept], "test")
        bill_meals(session, service, meals, now_at=town.now_at, ids=town.ids)
        return {bill.event.order_id: four(bill) for bill in load_bills(session, service).values()}


def four(bill: Bill) -> tuple[int, int, int, int]:
    """What operator, government, charity and diner pay, fen."""
    return bill.operator_fen, bill.subsidy_fen, bill.charity_fen, bill.diner_fen


def left(town: Town) -> int:
    """The fund's balance, fen."""
    (state,) = town.read(list_funds, BUREAU, PROGRAMME)
    return state.balance_fen


def test_the_worked_example_over_two_services(city: Town) -> None:
    """Tests G1 to G3 through the database: the fund goes from 3.00 to nothing."""
    lunch = settled(city, eaten("G1", "P", "10:00"), eaten("G3", "Q", "11:00"))
    assert lunch == {"G1": (200, 300, 100, 900), "G3": (200, 300, 100, 900)}
    assert left(city) == 100
    assert settled(city, eaten("G2", "P", "10:30", meal="dinner")) == {"G2": (200, 0, 100, 1200)}
    assert left(city) == 0


def test_a_fund_that_ran_dry_gives_again_when_money_comes(city: Town) -> None:
    """Tests that a dry fund gives nothing, and that a top-up gives to later services only."""
    give(city, -200)
    assert settled(city, eaten("1", "P", "10:00"), eaten("2", "Q", "11:00"))["2"] == (200, 300, 0, 1000)
    assert left(city) == 0
    assert give(city, 500).balance_fen == 500
    dinner = settled(city, eaten("3", "Q", "09:00", meal="dinner"))
    assert dinner == {"3": (200, 300, 100, 900)}
    bills = {bill.event.order_id: four(bill) for bill in city.read(_bills).values()}
    assert bills["1"] == (200, 300, 100, 900) and bills["2"] == (200, 0, 0, 1300)
    assert left(city) == 400


def test_a_meal_given_back_gives_back_to_the_fund(city: Town) -> None:
    """Tests that a refund and a no-show leave their yuan to who pays after them."""
    give(city, -200)
    gone = eaten("1", "P", "10:00", event="refunded")
    assert settled(city, gone, eaten("2", "Q", "11:00")) == {"1": (0, 0, 0, 0), "2": (200, 300, 100, 900)}
    assert left(city) == 0
    give(city, 100)
    missed = eaten("3", "P", "10:00", date(2021, 3, 3), event="no_show")
    assert settled(city, missed)["3"][2] == 0
    assert left(city) == 100


def test_settling_anew_finds_nothing_to_correct(city: Town) -> None:
    """Tests that money that came after the meals makes no adjustment; the charity owes what was drawn."""
    settled(city, *(eaten(str(number), "P" if number % 2 else "Q", f"1{number}:00") for number in range(5)))
    give(city, 500)
    settled(city, eaten("9", "Q", "09:00", date(2021, 3, 3)))
    city.now_at = datetime(2021, 4, 2, 2, tzinfo=UTC)
    asked = {"programme_id": PROGRAMME, "from_on": date(2021, 3, 1), "to_on": date(2021, 3, 31)}
    heads = [one.head for one in city.make(make_statements, BUREAU, **asked)]
    assert {head.payer: head.total_fen for head in heads if head.total_fen}["charity"] == 400
    assert city.make(propose_adjustments, BUREAU, **asked, note="") == []


def test_the_price_of_an_order_counts_on_what_is_left(city: Town) -> None:
    """Tests that an order is priced with the charity's part while the fund holds it, and without when dry."""
    assert price(city) == (600, 900)
    give(city, -300)
    assert price(city) == (500, 1000)


def price(town: Town) -> tuple[int, int]:
    """What others and the diner would pay for a lunch that is ordered now, fen."""
    service = Service("K1", date(2021, 3, 4), "lunch", "Asia/Shanghai")
    wanted = Order("N", "N", "P", "S1", (OrderLine("N-1", "D1", "D1"),), 1500, town.now_at, "web", "placed")
    with town.database.read() as session:
        found = quote_order(session, asked(session, service, "P"), wanted)
    return found.subsidy_fen, found.diner_fen


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"fund": "charty"}, BadInput, "fund_unknown"),
        ({"amount_fen": 0}, BadInput, "fund_incomplete"),
        ({"reference": " "}, BadInput, "fund_incomplete"),
        ({"amount_fen": -301}, Conflict, "fund_short"),
        ({"at": datetime(2021, 3, 9, tzinfo=UTC)}, BadInput, "fund_later"),
        ({"programme_id": "nowhere"}, NotFound, "not_found"),
    ],
)
def test_what_cannot_be_is_refused(city: Town, changes, error, code) -> None:
    """Tests wrong names, amounts, days and too much taken back; nothing is kept of them."""
    with pytest.raises(error) as raised:
        give(city, **({"amount_fen": 100} | changes))
    assert raised.value.code == code and left(city) == 300


def test_who_may(city: Town) -> None:
    """Tests that a canteen neither reads nor fills a fund, and an administrator may."""
    with pytest.raises(Forbidden):
        city.read(list_funds, CANTEEN)
    with pytest.raises(Forbidden):
        city.make(add_to_fund, CANTEEN, NewMovement(PROGRAMME, "charity", 1, "x"))
    assert [one.fund for one in city.read(list_funds, Actor("m", "监督", "monitor"))] == ["charity"]
    assert city.make(add_to_fund, ADMIN, NewMovement(PROGRAMME, "charity", 1, "x")).in_fen == 301


def test_the_commands_and_the_endpoint_tell_the_same(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests adding by shell and over HTTP, what is listed, and refusals of both."""
    shutil.copy(sqlite_template, tmp_path / "holdchain.sqlite3")
    clock = RehearsalClock.start(tmp_path / "clock.json", datetime(2021, 3, 1, 2, tzinfo=UTC), 0)
    monkeypatch.setattr(Database, "upgrade", lambda self: None)
    town = Town(Database(f"sqlite:///{tmp_path / 'holdchain.sqlite3'}"), clock.now())
    with town.database.begin() as session:
        keep_programme(session, city_table(tmp_path))
        add_user(session, OPERATOR, clock.now(), town.ids, NewUser("li", "李", "bureau"))
        link = link_for(session, OPERATOR, clock.now(), "li", 24).rpartition("token=")[2]
    giving = ("fund", "add", "--programme", PROGRAMME, "--reference", "示例慈善会 17")
    added = told(tmp_path, *giving, "--amount", "3.00", "--at", "2021-02-26T09:00:00+08:00")
    assert added["balance_fen"] == 300 and added["movements"][0]["at"] == "2021-02-26T01:00:00+00:00"
    assert told(tmp_path, *giving, "--amount", "-1.00")["balance_fen"] == 200
    assert run(tmp_path, *giving, "--amount", "-2.01").returncode == 1
    assert run(tmp_path, *giving, "--amount", "1.001").returncode == 2
    assert run(tmp_path, *giving, "--amount", "1", "--at", "2021-02-26T09:00:00").returncode == 2
    house = House(Settings(data=tmp_path), town.database, clock, town.ids)
    with TestClient(create_app(house), raise_server_exceptions=False) as client:
        assert client.get("/api/v1/funds").status_code == 401
        client.post("/api/v1/session/open", json={"link": link})
        new = {"programme": PROGRAMME, "fund": "charity", "amount_fen": 500, "reference": "18"}
        assert client.post("/api/v1/funds", json=new).json()["balance_fen"] == 700
        assert client.post("/api/v1/funds", json=new | {"fund": "x"}).status_code == 422
        assert client.get("/api/v1/funds").json() == told(tmp_path, "fund", "list")["funds"]
    town.database.close()


def told(folder: Path, *arguments: str) -> Any:
    """A command's document, as docs/schemas says it."""
    done = run(folder, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    schema = json.loads((SCHEMAS / f"{'-'.join(arguments[:2])}.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, document)
    return document


def _bills(session) -> dict[str, Bill]:
    return load_programme_bills(session, PROGRAMME, ON, ON)
