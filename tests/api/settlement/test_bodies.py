"""Who is paid for a home, and statements that lack days: marked, and not handed in without a word."""

from datetime import date

import pytest

from api.permissions import Actor
from api.settlement.acts import sign, standing, submit
from api.settlement.files import statement_file
from api.settlement.listing import list_statements
from api.settlement.make import make_statements
from api.settlement.papers import statement_paper
from orders.errors import Conflict, Forbidden, NotFound
from orders.order import Order, OrderLine
from orders.service import Service
from orders.sites import Place, Site
from orders.store.orders import save_orders
from orders.store.sites import save_sites
from orders.store.statements import StatementHead, load_statement_lines
from tests.api.settlement.town import (
    BUREAU,
    CANTEEN,
    FOUNDED_AT,
    HOURS,
    KITCHEN,
    KITCHEN_MAN,
    PROGRAMME,
    Town,
    eat,
    lunch,
)

HOME = Site("H-CP001", "home", "韦桂兰", "110114", "packed", Place(40.21, 116.22), HOURS, 120, 1)
QUARTER = {"programme_id": PROGRAMME, "from_on": date(2023, 4, 1), "to_on": date(2023, 6, 30)}


def made(town: Town) -> dict[tuple[str, str], StatementHead]:
    """The quarter's statements by settlement and payee."""
    found = town.make(make_statements, BUREAU, **QUARTER)
    return {(one.head.settlement_id, one.head.payee): one.head for one in found}


def bring_home(town: Town, *days_on: date) -> None:
    """A van brings lunches to A's home."""
    with town.database.begin() as session:
        save_sites(session, "K1", "lunch", [HOME])
    eat(town, [lunch("A", on, site_id=HOME.site_id) for on in days_on])


def order_unsettled(town: Town, on: date, site_id: str = "S1") -> None:
    """A lunch that nobody has settled."""
    order = Order(
        f"X{on}", f"X{on}", "A", site_id, (OrderLine(f"X{on}-1", "D1", "D1"),), 1200, FOUNDED_AT, "phone"
    )
    with town.database.begin() as session:
        save_orders(session, Service("K1", on, "lunch", "Asia/Shanghai"), [order], "test")


def test_a_homes_meals_are_paid_to_its_kitchen(town: Town) -> None:
    """Tests that no statement is a home's, that the kitchen's has its lines, and that no fen is lost."""
    before_fen = sum(
        head.total_fen for (settlement, _), head in made(town).items() if settlement == "diner-subsidy"
    )
    bring_home(town, date(2023, 6, 26), date(2023, 6, 27))
    found = made(town)
    subsidies = {
        payee: head.total_fen for (settlement, payee), head in found.items() if settlement == "diner-subsidy"
    }
    assert subsidies == {"K1": 1000, "S1": 23500, "S2": 0} and sum(subsidies.values()) == before_fen + 1000
    head = found["diner-subsidy", "K1"]
    paper = town.read(statement_paper, head, town.now_at)
    assert paper.payee.zh == KITCHEN.name
    assert {line.site.en for line in paper.lines} == {"brought home"}
    assert {line.due.site_id for line in town.read(load_statement_lines, head)} == {HOME.site_id}


def test_a_kitchens_own_people_hand_in_and_sign_for_it(town: Town) -> None:
    """Tests that the kitchen's person sees its statement, that a canteen's and another kitchen's do not."""
    bring_home(town, date(2023, 6, 26))
    head = made(town)["diner-subsidy", "K1"]
    cook = Actor("u-cook", "厨师长", "kitchen", kitchen_id="K1")
    stranger = Actor("u-other", "别家", "kitchen", kitchen_id="K2")
    assert head.statement_id in {
        one.head.statement_id for one in town.read(list_statements, cook, town.now_at)
    }
    assert head.statement_id not in {
        one.head.statement_id for one in town.read(list_statements, stranger, town.now_at)
    }
    for actor in (CANTEEN, stranger):
        with pytest.raises(Forbidden):
            town.act(submit, actor, head.statement_id)
    town.act(submit, cook, head.statement_id)
    with pytest.raises(Forbidden) as refused:
        town.act(sign, KITCHEN_MAN, head.statement_id)
    assert refused.value.params["step_zh"] == "属地镇街"
    town.act(sign, BUREAU, head.statement_id)
    assert town.read(standing, head).signed == ("town",)


def test_days_that_nobody_settled_are_named(town: Town) -> None:
    """Tests that only the payee's own days count, on the paper and in the file's name."""
    order_unsettled(town, date(2023, 6, 29))
    order_unsettled(town, date(2023, 6, 30))
    found = made(town)
    lacking = found["diner-subsidy", "S1"]
    assert lacking.unsettled == (date(2023, 6, 29), date(2023, 6, 30))
    assert not found["diner-subsidy", "S2"].is_partial
    paper = town.read(statement_paper, lacking, town.now_at)
    assert paper.unsettled_days == "2023-06-29 – 2023-06-30"
    file = town.act(statement_file, BUREAU, lacking.statement_id, kind="csv", language="en")
    assert file.name.endswith("-partial.csv")
    assert "Partial: not settled when it was made: 2023-06-29 – 2023-06-30" in file.content.decode(
        "utf-8-sig"
    )


def test_a_partial_statement_is_not_handed_in_without_a_word(town: Town) -> None:
    """Tests that it is refused with its days, goes with a note, and is whole once the day is settled."""
    order_unsettled(town, date(2023, 6, 30))
    head = made(town)["diner-subsidy", "S1"]
    with pytest.raises(Conflict) as refused:
        town.act(submit, CANTEEN, head.statement_id)
    assert refused.value.params == {"days": "2023-06-30"}
    again = made(town)["diner-subsidy", "S1"]
    assert again.statement_id == head.statement_id
    assert town.act(submit, CANTEEN, head.statement_id, "停电，另补").state == "submitted"


def test_a_settled_day_makes_a_whole_version(town: Town) -> None:
    """Tests that a draft whose days were settled meanwhile gets a new version without the mark."""
    order_unsettled(town, date(2023, 6, 30), "S2")
    head = made(town)["diner-subsidy", "S2"]
    assert head.is_partial
    eat(town, [lunch("B", date(2023, 6, 30), site_id="S2")])
    whole = made(town)["diner-subsidy", "S2"]
    assert (whole.version, whole.is_partial) == (2, False)


def test_a_programme_says_when_it_is_in_force(town: Town) -> None:
    """Tests that days outside name the validity, and only an unknown programme is not found."""
    with pytest.raises(Conflict) as refused:
        town.make(
            make_statements, BUREAU, **QUARTER | {"from_on": date(2020, 1, 1), "to_on": date(2020, 1, 31)}
        )
    assert refused.value.code == "programme_not_in_force"
    assert refused.value.params["from_on"] == "2023-03-06"
    with pytest.raises(NotFound):
        town.make(make_statements, BUREAU, **QUARTER | {"programme_id": "nowhere-2020"})
