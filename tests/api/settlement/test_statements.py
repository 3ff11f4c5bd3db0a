"""Statements from bills to the bank: made once, returned, signed in order, paid; closed ones never change."""

import random
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.db import Database
from api.people import NewUser, add_user
from api.permissions import Actor
from api.settlement import make
from api.settlement.acts import resubmit, send_back, sign, standing, submit
from api.settlement.assumptions import never_settled
from api.settlement.listing import list_statements
from api.settlement.make import make_statements
from api.settlement.papers import statement_paper
from api.settlement.pay import pay_statements, set_account
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.programmes.schema import read_programme
from orders.store.payments import PayeeAccount
from orders.store.sites import save_kitchen
from orders.store.statements import StatementHead, load_statement_lines, load_statements
from tests.api.settlement.town import (
    ADMIN,
    BUREAU,
    CANTEEN,
    KITCHEN,
    PROGRAMME,
    Town,
    days,
    eat,
    found_town,
    keep_programme,
    lunch,
    second_quarter,
    table_of,
)

QUARTER = {"programme_id": PROGRAMME, "from_on": date(2023, 4, 1), "to_on": date(2023, 6, 30)}
SUBSIDY = ("diner-subsidy", "S1", "2023-Q2")


def made(town: Town, **asked) -> dict[tuple[str, str, str], StatementHead]:
    """The statements of the quarter, by settlement, payee and period."""
    found = town.make(make_statements, BUREAU, **QUARTER | asked)
    return {(one.head.settlement_id, one.head.payee, one.head.period.label): one.head for one in found}


def test_the_quarter_is_235_yuan_due_on_30_july(town: Town) -> None:
    """Tests the worked example, the fees beside it, and a statement of 0 for the canteen without a meal."""
    found = made(town)
    assert {key: (head.lines, head.total_fen, head.due_on) for key, head in found.items()} == {
        SUBSIDY: (47, 23500, date(2023, 7, 30)),
        ("diner-subsidy", "S2", "2023-Q2"): (0, 0, date(2023, 7, 30)),
        ("site-operating", "S1", "2023-H1"): (49, 14700, date(2023, 9, 30)),
        ("site-operating", "S2", "2023-H1"): (0, 0, date(2023, 9, 30)),
    }


def test_a_site_is_named_also_where_its_kitchen_follows_another_programme(town: Town) -> None:
    """Tests the payee's name on list and paper, for diners enrolled in a programme beside the kitchen's."""
    with town.database.begin() as session:
        save_kitchen(session, KITCHEN, {"programme": "another"}, town.now_at)
    head = made(town)[SUBSIDY]
    assert town.read(statement_paper, head, town.now_at).payee.zh == "城南长者饭堂"
    listed = town.act(list_statements, BUREAU)
    assert {one.payee.zh for one in listed if one.head.payee == "S1"} == {"城南长者饭堂"}


def test_made_again_nothing_changes(town: Town) -> None:
    """Tests that a second run writes no row, whoever asks."""
    first = made(town)
    again = town.make(make_statements, ADMIN, **QUARTER)
    assert [one.is_new for one in again] == [False] * 4
    assert {one.head.statement_id for one in again} == {head.statement_id for head in first.values()}


def test_a_mistyped_year_makes_no_statement_before_the_programme(town: Town) -> None:
    """Tests that a first day long ago begins with the programme's own first period."""
    found = town.make(make_statements, BUREAU, **QUARTER | {"from_on": date(223, 4, 1)})
    assert {one.head.period.label for one in found} == {"2023-Q1", "2023-Q2", "2023-H1"}


def test_shuffled_meals_in_two_imports_give_the_same_bytes(town: Town, sqlite_template, tmp_path) -> None:
    """Tests that neither the order of the meals nor their arrival in parts changes a line."""
    database = Database(f"sqlite:///{tmp_path / 'other.db'}")
    (tmp_path / "other.db").write_bytes(sqlite_template.read_bytes())
    other = found_town(database)
    meals = [lunch("A", on) for on in (*days(date(2023, 4, 3), 6), *days(date(2023, 5, 1), 21))]
    meals += [lunch("A", on) for on in days(date(2023, 6, 1), 20)]
    meals += [lunch("F", date(2023, 4, 19)), lunch("B", date(2023, 4, 19))]
    random.Random(3).shuffle(meals)
    eat(other, meals[:20])
    eat(other, meals[20:])
    assert {key: head.digest for key, head in made(other).items()} == {
        key: head.digest for key, head in made(town).items()
    }
    database.close()


def test_a_period_that_is_not_over_waits(town: Town) -> None:
    """Tests that the third quarter is refused, and that a half-year that is open is left out."""
    with pytest.raises(Conflict, match="period_open"):
        made(town, from_on=date(2023, 7, 1), to_on=date(2023, 7, 2))
    town.now_at = datetime(2023, 4, 1, 2, tzinfo=UTC)
    assert {key[2] for key in made(town, from_on=date(2023, 3, 6), to_on=date(2023, 3, 31))} == {"2023-Q1"}


def test_assumptions_say_what_they_decide(town: Town) -> None:
    """Tests that exactly 5.00 makes C2 decide 5.00 yuan, and that a clause without effect is left out."""
    eat(town, [lunch("A", date(2023, 6, 25), price_fen=500)])
    subsidy = made(town)[SUBSIDY]
    told = {one["id"]: one for one in subsidy.assumptions}
    assert told["C2"]["others"] == [{"option": "gte", "difference_fen": 500}]
    assert "C4" not in told


def test_the_way_to_the_bank(database: Database) -> None:
    """Tests a return with its reason, a new version, the payer's signature, a file that adds up."""
    town = found_town(database)
    second_quarter(town)
    first = made(town)[SUBSIDY]
    assert town.act(submit, CANTEEN, first.statement_id).waiting_for == "town"
    with pytest.raises(BadInput):
        town.act(send_back, BUREAU, first.statement_id, " ")
    assert town.act(send_back, BUREAU, first.statement_id, "缺 6 月 21 日").state == "returned"
    eat(town, [lunch("A", date(2023, 6, 21))])
    second = town.make(resubmit, CANTEEN, first.statement_id)
    assert (second.version, second.total_fen) == (2, 24000)
    with pytest.raises(Conflict, match="statement_replaced"):
        town.act(submit, CANTEEN, first.statement_id)
    with pytest.raises(Forbidden):
        town.act(sign, CANTEEN, second.statement_id)
    with pytest.raises(Conflict, match="statement_state"):
        town.make(pay_statements, BUREAU, [second.statement_id])
    assert town.act(sign, BUREAU, second.statement_id).state == "signed"
    with pytest.raises(Conflict, match="account_missing"):
        town.make(pay_statements, BUREAU, [second.statement_id])
    town.make(set_account, BUREAU, PayeeAccount("S1", "城南长者饭堂", "6222 0000 1234"))
    paid = town.make(pay_statements, BUREAU, [second.statement_id])
    assert [(one.payee, one.amount_fen) for one in paid.file.payments] == [("S1", 24000)]
    assert paid.file.total_fen == second.total_fen and not paid.to_collect
    assert town.read(standing, second).state == "paid"
    versions = town.read(load_statements, PROGRAMME, "S1", all_versions=True)
    assert sorted(one.version for one in versions if one.settlement_id == "diner-subsidy") == [1, 2]


def test_a_closed_statement_never_changes(town: Town) -> None:
    """Tests that new bills leave a submitted statement as it is, and that its rows refuse every change."""
    first = made(town)[SUBSIDY]
    town.act(submit, BUREAU, first.statement_id)
    eat(town, [lunch("A", date(2023, 6, 21))])
    again = {one.head.statement_id: one for one in town.make(make_statements, BUREAU, **QUARTER)}
    assert again[first.statement_id].differs and not again[first.statement_id].is_new
    for table in ("statements", "statement_lines", "statement_acts"):
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET statement_id = 'x'"):
            with pytest.raises(DBAPIError), town.database.begin() as session:
                session.execute(text(change))
    assert len(town.read(load_statement_lines, first)) == 47


def test_a_site_sees_and_hands_in_its_own(town: Town) -> None:
    """Tests that another site's statement is refused, unknown ones are not found, and roles keep apart."""
    own, other = (made(town)[("diner-subsidy", site, "2023-Q2")] for site in ("S1", "S2"))
    with pytest.raises(Forbidden):
        town.act(submit, CANTEEN, other.statement_id)
    with pytest.raises(NotFound):
        town.act(submit, BUREAU, "nothing")
    with pytest.raises(Forbidden):
        town.act(send_back, CANTEEN, own.statement_id, "x")
    with pytest.raises(Forbidden):
        town.act(submit, Actor("m", "监督", "monitor"), own.statement_id)
    elsewhere, at_home = (Actor("k", "厨房", "kitchen", kitchen_id=one) for one in ("K2", "K1"))
    with pytest.raises(Forbidden):
        town.act(submit, elsewhere, own.statement_id)
    assert [len(town.act(list_statements, one)) for one in (elsewhere, at_home, CANTEEN)] == [0, 4, 2]


def test_rules_change_inside_the_month(sqlite_template, tmp_path) -> None:
    """Tests 15 days at 5.00 and 16 at 6.00: 171.00, each line naming its revision."""
    (tmp_path / "may.db").write_bytes(sqlite_template.read_bytes())
    town = found_town(Database(f"sqlite:///{tmp_path / 'may.db'}"))
    table = table_of(PROGRAMME, revision=2)
    table["programme"]["valid_from"] = "2023-05-16"
    next(one for one in table["benefit"] if one["id"] == "meal-5")["amount"] = "6.00"
    with town.database.begin() as session:
        keep_programme(session, table)
    eat(town, [lunch("A", on) for on in days(date(2023, 5, 1), 31)])
    head = made(town)[SUBSIDY]
    lines = town.read(load_statement_lines, head)
    assert head.total_fen == 17100
    assert [sum(line.due.revision == revision for line in lines) for revision in (1, 2)] == [15, 16]
    town.database.close()


def test_the_first_quarter_begins_with_the_plan(town: Town) -> None:
    """Tests that a lunch on the day before the plan came into force is not paid, and the next day's is."""
    eat(town, [lunch("A", date(2023, 3, 5)), lunch("A", date(2023, 3, 6))])
    first = made(town, from_on=date(2023, 1, 1), to_on=date(2023, 3, 31))["diner-subsidy", "S1", "2023-Q1"]
    assert (first.lines, first.total_fen) == (1, 500)


def test_two_people_sign_and_a_lonely_one_is_told_to_add_a_user(town: Town) -> None:
    """Tests that who handed a statement in does not sign it, and hears to add a user while alone."""
    subsidy = made(town)[SUBSIDY]
    town.act(submit, BUREAU, subsidy.statement_id)
    with pytest.raises(Forbidden) as alone:
        town.act(sign, BUREAU, subsidy.statement_id)
    assert (alone.value.code, alone.value.params) == ("you_handed_it_in_alone", {"role": "bureau"})
    other = town.make(add_user, ADMIN, NewUser("wang", "王", "bureau"))
    with pytest.raises(Forbidden) as refused:
        town.act(sign, BUREAU, subsidy.statement_id)
    assert refused.value.code == "you_handed_it_in"
    assert town.act(sign, other.actor, subsidy.statement_id).state == "signed"


def test_other_readings_of_many_meals_wait_until_they_are_asked_for(town: Town, monkeypatch) -> None:
    """Tests that above the limit nothing is worked out and the paper says so, and a new version has it."""
    eat(town, [lunch("A", date(2023, 6, 25), price_fen=500)])
    monkeypatch.setattr(make, "EFFECTS_UP_TO", 49)
    without = made(town)[SUBSIDY]
    assert not without.effects_known and without.assumptions == ()
    assert "not worked out" in town.read(statement_paper, without, town.now_at).note_on_readings
    assert made(town)[SUBSIDY] == without
    worked = made(town, effects=True)[SUBSIDY]
    assert (worked.version, worked.digest) == (2, without.digest)
    assert worked.effects_known and {one["id"] for one in worked.assumptions} == {"C2"}
    assert made(town, effects=True)[SUBSIDY] == worked


def test_clauses_on_grants_and_due_dates_decide_no_meal(town: Town) -> None:
    """Tests which unclear clauses are passed over: due dates, orders and maps, and whatever is given once."""
    plans = {one: read_programme(table_of(one)) for one in (PROGRAMME, "jianxi-2019", "liuzhou-2020")}
    passed = {
        name: {one.id for one in plan.ambiguities if never_settled(one, plan)} for name, plan in plans.items()
    }
    assert passed == {
        PROGRAMME: {"C9"},
        "jianxi-2019": {"J1", "J3", "J4", "J6"},
        "liuzhou-2020": {"A5", "A9", "A11"},
    }
