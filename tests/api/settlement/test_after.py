"""After the close: adjustments that name the original, claw-back, netting, random checks, grants."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.db import Database
from api.permissions import Actor
from api.settlement.acts import sign, submit
from api.settlement.adjust import claw_back_lines, decide, lines_of_orders, propose_adjustments
from api.settlement.check import draw_check, record_visit
from api.settlement.files import check_list_file
from api.settlement.grants import Purchase, add_asset, give_grant
from api.settlement.make import make_statements
from api.settlement.papers import statement_paper
from api.settlement.pay import pay_statements, set_account
from api.settlement.views import check_view, statement_view
from orders.codes import Coded
from orders.diners import DinerFact
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.oversight.flags import Finding, ServedMeal
from orders.service import Service
from orders.store.checks import load_check_list
from orders.store.decisions import Decision as FlagVerdict
from orders.store.decisions import save_decision as save_verdict
from orders.store.diners import save_diners
from orders.store.flags import FlagRules, save_flags
from orders.store.ledger import load_programme_bills, save_bills
from orders.store.payments import PayeeAccount, load_pay_file
from orders.store.statements import load_statement, load_statement_lines
from tests.api.settlement.test_statements import QUARTER, SUBSIDY, made
from tests.api.settlement.town import (
    BUREAU,
    CANTEEN,
    DINERS,
    KITCHEN_MAN,
    PROGRAMME,
    Town,
    eat,
    found_town,
    lunch,
)

ASKED = {**QUARTER, "note": "街道 5 月 10 日补认失能"}
MONITOR = Actor("u-monitor", "第三方", "monitor")
THIRD = {"programme_id": PROGRAMME, "from_on": date(2023, 7, 1), "to_on": date(2023, 9, 30)}


def backdate(town: Town) -> None:
    """The town office finds that F has lost abilities since the first of April."""
    facts = (*DINERS[2].facts, DinerFact("flag", "loses_ability", date(2023, 4, 1)))
    with town.database.begin() as session:
        save_diners(session, [replace(DINERS[2], facts=facts)], "test")


def close(town: Town) -> str:
    """The quarter's statement of S1, submitted."""
    statement_id = made(town)[SUBSIDY].statement_id
    town.act(submit, CANTEEN, statement_id)
    return statement_id


def test_a_backdated_class_is_proposed_and_never_paid_by_itself(town: Town) -> None:
    """Tests the worked example: 5.00 for the lunch of 19 April, for a person to approve, then in Q3."""
    closed_id = close(town)
    backdate(town)
    (kept,) = town.make(propose_adjustments, BUREAU, **ASKED)
    one = kept.adjustment
    assert (one.due.service_on, one.due.diner_id, one.due.amount_fen) == (date(2023, 4, 19), "F", 500)
    assert (one.statement_id, one.line_no, kept.approved) == (closed_id, None, None)
    assert town.make(propose_adjustments, BUREAU, **ASKED) == []

    town.now_at = datetime(2023, 10, 2, 2, tzinfo=UTC)
    assert made(town, **THIRD)["diner-subsidy", "S1", "2023-Q3"].total_fen == 0
    town.act(decide, BUREAU, kept.adjustment_id, approved=True)
    with pytest.raises(Conflict, match="adjustment_decided"):
        town.act(decide, BUREAU, kept.adjustment_id, approved=False)
    third = made(town, **THIRD)["diner-subsidy", "S1", "2023-Q3"]
    (line,) = town.read(load_statement_lines, third)
    assert (third.total_fen, line.adjustment_id) == (500, kept.adjustment_id)
    assert town.read(load_statement, closed_id).total_fen == 23500
    paper = town.read(statement_paper, third, town.now_at)
    assert paper.lines[0].adjusts.startswith("2023-Q2 ")
    assert made(town, **THIRD)["diner-subsidy", "S1", "2023-Q3"] == third


def test_an_accounted_month_is_adjusted_before_its_quarter_is_paid(town: Town) -> None:
    """Tests that on 10 May a lunch of April is proposed, one of May is not, and that it lands in Q2 once."""
    backdate(town)
    town.now_at = datetime(2023, 5, 10, 2, tzinfo=UTC)
    (kept,) = town.make(propose_adjustments, BUREAU, **ASKED)
    assert (kept.adjustment.statement_id, kept.adjustment.due.amount_fen) == ("", 500)
    town.act(decide, BUREAU, kept.adjustment_id, approved=True)
    town.now_at = datetime(2023, 7, 3, 2, tzinfo=UTC)
    assert made(town)[SUBSIDY].total_fen == 24000
    close(town)
    assert town.make(propose_adjustments, BUREAU, **ASKED) == []


def test_a_refused_proposal_stays_refused(town: Town) -> None:
    """Tests that what a person refused is not proposed again."""
    close(town)
    backdate(town)
    (kept,) = town.make(propose_adjustments, BUREAU, **ASKED)
    town.act(decide, BUREAU, kept.adjustment_id, approved=False, note="证明不足")
    assert town.make(propose_adjustments, BUREAU, **ASKED) == []


def test_fraud_is_clawed_back_and_netted(town: Town) -> None:
    """Tests lines taken back whole, once, with a reason, and a next statement that owes more than it pays."""
    closed_id = close(town)
    head = town.read(load_statement, closed_id)
    wanted = town.read(lines_of_orders, head, ["A-0403-S1", "A-0404-S1"])
    asked = {"reason": "fraud", "note": "一餐两刷，已核实"}
    with pytest.raises(BadInput):
        town.make(claw_back_lines, BUREAU, closed_id, wanted, reason="fraud", note="")
    with pytest.raises(Forbidden):
        town.make(claw_back_lines, CANTEEN, closed_id, wanted, **asked)
    with pytest.raises(NotFound):
        town.make(claw_back_lines, BUREAU, closed_id, [999], **asked)
    found = town.make(claw_back_lines, BUREAU, closed_id, wanted, **asked)
    assert [(one.adjustment.line_no, one.adjustment.due.amount_fen) for one in found] == [
        (1, -500),
        (2, -500),
    ]
    assert town.make(claw_back_lines, BUREAU, closed_id, wanted, **asked) == []
    for one in found:
        town.act(decide, BUREAU, one.adjustment_id, approved=True)

    town.now_at = datetime(2023, 10, 2, 2, tzinfo=UTC)
    third = made(town, **THIRD)["diner-subsidy", "S1", "2023-Q3"]
    assert third.total_fen == -1000
    town.act(submit, CANTEEN, third.statement_id)
    for statement_id in (third.statement_id, closed_id):
        town.act(sign, BUREAU, statement_id)
    town.make(set_account, BUREAU, PayeeAccount("S1", "城南长者饭堂", "6222"))
    with pytest.raises(Conflict, match="nothing_to_pay"):
        town.make(pay_statements, BUREAU, [third.statement_id])
    paid = town.make(pay_statements, BUREAU, [third.statement_id, closed_id])
    assert [one.amount_fen for one in paid.file.payments] == [22500]


def test_settling_anew_does_not_give_back_what_was_taken(town: Town) -> None:
    """Tests that a proposal for one person's backdated class leaves another's clawed-back lunch taken."""
    closed_id = close(town)
    (taken,) = town.make(claw_back_lines, BUREAU, closed_id, [1], reason="fraud", note="已核实")
    backdate(town)
    proposed = town.make(propose_adjustments, BUREAU, **ASKED)
    assert [one.adjustment.due.diner_id for one in proposed] == ["F"]
    town.act(decide, BUREAU, taken.adjustment_id, approved=True)
    assert town.make(propose_adjustments, BUREAU, **ASKED) == []


def test_who_is_checked_does_not_see_the_check(town: Town) -> None:
    """Tests that a canteen reads its statement without the random checks, and a monitor with them."""
    statement_id = close(town)
    check = town.make(draw_check, BUREAU, statement_id, size=5)
    assert town.act(statement_view, CANTEEN, statement_id).checks == ()
    for actor in (CANTEEN, KITCHEN_MAN):
        with pytest.raises(Forbidden):
            town.act(check_view, actor, check.check_id)
        with pytest.raises(Forbidden):
            town.act(check_list_file, actor, check.check_id, "en")
    assert [one for one, _ in town.act(statement_view, MONITOR, statement_id).checks] == [check]
    assert len(town.act(check_view, MONITOR, check.check_id).lines) == 5


def test_a_check_is_drawn_by_its_seed(town: Town) -> None:
    """Tests that a seed draws the same lines, that a visit is written down once, and a denial says why."""
    statement_id = close(town)
    first = town.make(draw_check, BUREAU, statement_id, size=5, seed="2023-Q2")
    again = town.make(draw_check, BUREAU, statement_id, size=5, seed="2023-Q2")
    other = town.make(draw_check, BUREAU, statement_id, size=5)
    assert first.line_nos == again.line_nos != other.line_nos and len(first.line_nos) == 5
    line_no = first.line_nos[0]
    with pytest.raises(BadInput):
        town.act(record_visit, BUREAU, first.check_id, line_no, found="denied")
    with pytest.raises(NotFound):
        town.act(record_visit, BUREAU, first.check_id, 999, found="confirmed")
    visit = town.act(record_visit, BUREAU, first.check_id, line_no, found="denied", note="当日住院")
    assert (visit.line_no, visit.found) == (line_no, "denied")


def test_a_grant_is_given_once_and_its_assets_are_owned(sqlite_template, tmp_path) -> None:
    """Tests Liuzhou's 20,000.00: once, on evidence, spent on what it is for, on its own statement."""
    (tmp_path / "grant.db").write_bytes(sqlite_template.read_bytes())
    town = found_town(Database(f"sqlite:///{tmp_path / 'grant.db'}"), "liuzhou-2020", ())
    town.now_at = datetime(2020, 9, 15, 2, tzinfo=UTC)
    asked = {"programme_id": "liuzhou-2020", "benefit_id": "site-setup-20000", "subject": "S1"}
    with pytest.raises(BadInput):
        town.make(give_grant, BUREAU, **asked, evidence="")
    grant = town.make(give_grant, BUREAU, **asked, evidence="遴选公示 3 号；协议 7 号")
    with pytest.raises(Conflict, match="grant_given"):
        town.make(give_grant, BUREAU, **asked, evidence="again")
    bought = Purchase("双门蒸饭柜", "餐厨设施", 1_500_000, date(2020, 9, 14), "发票 0099")
    town.make(add_asset, BUREAU, grant.grant_id, bought)
    with pytest.raises(Conflict, match="grant_overspent"):
        town.make(add_asset, BUREAU, grant.grant_id, bought)
    with pytest.raises(BadInput):
        town.make(add_asset, BUREAU, grant.grant_id, replace(bought, purpose="人员工资"))
    day = {"from_on": date(2020, 9, 15), "to_on": date(2020, 9, 15)}
    found = town.make(make_statements, BUREAU, programme_id="liuzhou-2020", **day)
    (head,) = (one.head for one in found if one.head.settlement_id == "site-setup-20000")
    assert (head.payee, head.period.label, head.total_fen) == ("S1", "once", 2_000_000)
    paper = town.read(statement_paper, head, town.now_at)
    assert [(one.name, one.cost_fen, one.owner.zh) for one in paper.assets] == [
        ("双门蒸饭柜", 1_500_000, "城区民政局")
    ]
    town.database.close()


def flag(town: Town, order_id: str) -> None:
    """A flag that names this lunch of A on 3 April."""
    meal = ServedMeal("s1", order_id, "A", "S1", date(2023, 4, 3), "lunch", town.now_at, "u1")
    reason = Coded("flag_two_sites", {"sites": "S1, S2"})
    found = Finding("two_sites_same_time", "A/2023-04-03", reason, (order_id,), (meal,))
    with town.database.begin() as session:
        save_flags(session, [("f1", found, FlagRules(PROGRAMME, 1, 0))], "u1", town.now_at)


def verdict(town: Town, word: str, replaces: str | None = None) -> None:
    """What a person decided about it."""
    decided = FlagVerdict(f"v-{word}", word, "已核实", (), "u1", "王小明", town.now_at, replaces)
    with town.database.begin() as session:
        save_verdict(session, "f1", decided)


def test_what_a_flag_holds_waits_and_what_is_confirmed_is_not_paid(town: Town) -> None:
    """Tests a meal held, released, and taken back when the fraud is confirmed after the close."""
    flag(town, "A-0403-S1")
    held = made(town)[SUBSIDY]
    assert (held.lines, held.total_fen, held.held_fen) == (47, 23000, 500)
    verdict(town, "cleared")
    assert made(town)[SUBSIDY].total_fen == 23500
    closed_id = close(town)
    assert town.make(propose_adjustments, BUREAU, **ASKED) == []
    verdict(town, "confirmed", "v-cleared")
    (back,) = (one.adjustment for one in town.make(propose_adjustments, BUREAU, **ASKED))
    assert (back.due.amount_fen, back.statement_id, back.line_no, back.was_fen) == (-500, closed_id, 1, 500)
    assert made(town)["site-operating", "S1", "2023-H1"].total_fen == 14400


def test_a_refund_after_the_close_is_a_line_of_the_next_statement(town: Town) -> None:
    """Tests that a refunded lunch of a closed quarter gives its 5.00 back by an adjustment that names it."""
    closed_id = close(town)
    bill = next(
        one
        for one in town.read(load_programme_bills, PROGRAMME, date(2023, 4, 4), date(2023, 4, 4)).values()
        if one.event.diner_id == "A"
    )
    event = replace(bill.event, event="refunded")
    refunded = replace(bill, event=event, subsidy_fen=0, diner_fen=0, site_fee_fen=0, payer="", dues=())
    service = Service("K1", event.service_on, "lunch", "Asia/Shanghai")
    with town.database.begin() as session:
        old = {"b-new": "b-A-0404-S1"}
        save_bills(session, service, {"b-new": refunded}, [], settled_at=town.now_at, replaces=old)
    found = [one.adjustment for one in town.make(propose_adjustments, BUREAU, **ASKED)]
    assert [(one.due.settlement_id, one.due.amount_fen, one.statement_id, one.line_no) for one in found] == [
        ("diner-subsidy", -500, closed_id, 2)
    ]
    assert made(town)["site-operating", "S1", "2023-H1"].total_fen == 14400


def test_an_award_is_given_within_its_tiers(sqlite_template, tmp_path) -> None:
    """Tests that Jianxi's construction award takes a tier's amount, refuses others, and has no due date."""
    (tmp_path / "award.db").write_bytes(sqlite_template.read_bytes())
    town = found_town(Database(f"sqlite:///{tmp_path / 'award.db'}"), "jianxi-2019", ())
    town.now_at = datetime(2019, 9, 2, 2, tzinfo=UTC)
    asked = {"programme_id": "jianxi-2019", "benefit_id": "meal-centre-construction", "subject": "S1"}
    for amount_fen in (None, 25_000_000):
        with pytest.raises(BadInput):
            town.make(give_grant, BUREAU, **asked, evidence="第三方评估 1 号", amount_fen=amount_fen)
    town.make(give_grant, BUREAU, **asked, evidence="第三方评估 1 号", amount_fen=30_000_000)
    day = {"from_on": date(2019, 9, 2), "to_on": date(2019, 9, 2)}
    (made_now,) = town.make(make_statements, BUREAU, programme_id="jianxi-2019", **day)
    head = made_now.head
    assert (head.settlement_id, head.payee, head.total_fen) == ("construction-award", "investor", 30_000_000)
    assert (head.due_on, head.steps) == (None, ("third_party_assessor", "district-civil-affairs"))
    town.database.close()


def test_what_follows_a_statement_is_evidence(database: Database) -> None:
    """Tests that proposals, decisions, checks, visits, accounts and pay files refuse every change."""
    town = found_town(database)
    eat(town, [lunch("A", date(2023, 4, 3)), lunch("F", date(2023, 4, 3))])
    statement_id = close(town)
    backdate(town)
    (kept,) = town.make(propose_adjustments, BUREAU, **ASKED)
    town.act(decide, BUREAU, kept.adjustment_id, approved=True)
    check = town.make(draw_check, BUREAU, statement_id, size=1, seed="7")
    town.act(record_visit, BUREAU, check.check_id, check.line_nos[0], found="confirmed")
    town.act(sign, BUREAU, statement_id)
    town.make(set_account, BUREAU, PayeeAccount("S1", "城南长者饭堂", "6222"))
    paid = town.make(pay_statements, BUREAU, [statement_id])
    assert town.read(load_pay_file, paid.file.pay_file_id) == paid.file
    assert town.read(load_check_list, check.check_id) == check
    for table, column in (
        ("adjustments", "note"),
        ("adjustment_decisions", "note"),
        ("check_lists", "seed"),
        ("check_visits", "note"),
        ("payee_accounts", "holder"),
        ("pay_files", "made_by"),
    ):
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = 'x'"):
            with pytest.raises(DBAPIError), database.begin() as session:
                session.execute(text(change))
