"""Flags from servings to decision: found once, held, released or void, carried out."""

from datetime import date, timedelta

import pytest

from api.db import Database
from api.oversight.blacklist import entry_for, let_in, require_admitted, shut_out
from api.oversight.flags import carry_out, decide_flag, flags_of_days, look_for_flags
from api.oversight.rules import change_rules, oversight_rules
from api.oversight.views import flag_views
from api.people import OPERATOR
from orders.closures import Closure
from orders.codes import Coded
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.oversight.blacklist import Shut
from orders.oversight.flags import fees_stand
from orders.oversight.licences import Licence
from orders.oversight.site_file import SiteFile
from orders.oversight.supply import Supply
from orders.prepayments import Payment
from orders.receipts import TurnedAway
from orders.store.blacklist import load_blacklist
from orders.store.closures import save_closure
from orders.store.decisions import load_decisions
from orders.store.drops import save_turned_away
from orders.store.flags import held_orders, load_flag
from orders.store.licences import save_licence
from orders.store.prepayments import save_payment
from orders.store.site_register import save_site_file
from orders.store.supply import save_supply
from tests.api.oversight.town import LUNCH, NOON_AT, NOW_AT, build, ids, serve, who

DAY = LUNCH.service_on
BUREAU = who("bureau")
FRAUD = {
    "flags": ["deceased", "duplicate_same_day", "card_not_bound"],
    "consequence": ["claw_back", "credit_blacklist"],
}
# A second lunch after an hour; the dead one; two sites within ten minutes; a third place of two.
MEALS = [
    (1, "d1", "C01", 0),
    (2, "d1", "C01", 60),
    (3, "d3", "C01", 1),
    (4, "d2", "C01", 2),
    (5, "d2", "C02", 12),
    (6, "d4", "C03", 3),
    (7, "d5", "C03", 4),
    (8, "d6", "C03", 5),
]


def look(database: Database) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Kind to id and orders of what one look finds."""
    with database.begin() as session:
        kept = look_for_flags(session, DAY, DAY, actor=BUREAU, now_at=NOW_AT, ids=ids())
    return {one.finding.kind: (one.flag_id, one.finding.order_ids) for one in kept}


def test_a_second_look_finds_nothing_new(database: Database) -> None:
    """
    Tests that every flag is kept once with its evidence, held for settlement, and a late serving is found
    alone; a programme that names no kind gets the default ones.
    """
    with database.begin() as session:
        build(session)
        serve(session, MEALS)
    look(database)
    with database.read() as session:
        first = flags_of_days(session, DAY, DAY, actor=BUREAU)
    assert [(one.finding.kind, one.finding.order_ids) for one in first] == [
        ("deceased", ("o3",)),
        ("two_sites_same_time", ("o5",)),
        ("duplicate_same_day", ("o2",)),
        ("duplicate_same_day", ("o5",)),
        ("above_capacity", ("o8",)),
        ("far_from_home", ("o5",)),
    ]
    assert look(database) == {}
    with database.read() as session:
        assert flags_of_days(session, DAY, DAY, actor=who("monitor")) == first
        held = held_orders(session, ["o3", "o5", "o1"])
    assert {order: fees_stand(one.state for one in flags) for order, flags in held.items()} == {
        "o3": "held",
        "o5": "held",
    }
    with database.begin() as session:
        serve(session, [(9, "d7", "C03", 6)])
    late = look(database)
    assert late["above_capacity"][1] == ("o9",)
    assert set(late) == {"above_capacity"}


def test_only_the_kinds_of_the_programme_are_found(sqlite: Database) -> None:
    """Tests the programme's own list, with a card that is not bound among it and a closed site not."""
    with sqlite.begin() as session:
        build(session, FRAUD)
        serve(session, MEALS)
        save_payment(session, Payment("y1", "o4", "payment", "card", 1500, "77", False, NOW_AT, "canteen"))
        closure = Closure("z1", "C03", "pause", DAY, None, (), "停水", DAY, emergency=True)
        save_closure(session, closure, NOW_AT, "canteen")
    assert set(look(sqlite)) == {"deceased", "duplicate_same_day", "card_not_bound"}


def test_second_claims_are_looked_at(sqlite: Database) -> None:
    """Tests that a claim let pass without network is a duplicate, a refused one elsewhere a second site."""
    with sqlite.begin() as session:
        build(session)
        serve(session, [(1, "d1", "C01", 0), (2, "d2", "C01", 1), (4, "d4", "C01", 2)])
        for number, site_id, minute, offline in (
            (1, "C01", 9, True),
            (2, "C02", 11, False),
            (4, "C01", 2, True),
        ):
            claim = TurnedAway(
                site_id,
                Coded("served_already"),
                NOON_AT + timedelta(minutes=minute),
                NOW_AT,
                "canteen",
                f"o{number}",
                f"d{number}",
                offline=offline,
            )
            save_turned_away(session, LUNCH, f"t{number}", claim)
    found = {kind: orders for kind, (_, orders) in look(sqlite).items()}
    assert found == {"duplicate_same_day": ("o1",), "two_sites_same_time": ("o2",)}


def test_a_closed_site_is_found_with_its_reason(sqlite: Database) -> None:
    """Tests that a pause announced on notice makes every serving of the site a finding."""
    with sqlite.begin() as session:
        build(session, {"flags": ["closed_site"]})
        serve(session, MEALS)
        closure = Closure("z1", "C03", "pause", DAY, None, ("lunch",), "停水", DAY, emergency=True)
        save_closure(session, closure, NOW_AT, "canteen")
    ((flag_id, orders),) = look(sqlite).values()
    assert orders == ("o6", "o7", "o8")
    with sqlite.read() as session:
        flag = load_flag(session, flag_id)
    assert flag is not None
    assert flag.finding.reason.params["closure"] == "pause"


def test_a_named_person_decides_with_a_reason(sqlite: Database) -> None:
    """Tests cleared, confirmed and decided anew: fees follow, and every decision stays on record."""
    with sqlite.begin() as session:
        build(session, FRAUD)
        serve(session, MEALS)
    flag_id, _ = look(sqlite)["deceased"]
    given = {"now_at": NOW_AT, "ids": ids()}
    for actor, reason, error in (
        (OPERATOR, "x", Forbidden),
        (who("monitor"), "x", Forbidden),
        (BUREAU, " ", BadInput),
    ):
        with pytest.raises(error), sqlite.begin() as session:
            decide_flag(session, flag_id, "cleared", reason, actor=actor, **given)
    with pytest.raises(NotFound), sqlite.begin() as session:
        decide_flag(session, "no", "cleared", "x", actor=BUREAU, **given)
    with sqlite.begin() as session:
        cleared = decide_flag(session, flag_id, "cleared", "登记有误", actor=BUREAU, **given)
        assert (cleared.state, cleared.decision.consequences) == ("cleared", ())
        assert [one.state for one in held_orders(session)["o3"]] == ["cleared"]
        given["now_at"] = NOW_AT + timedelta(minutes=1)
        confirmed = decide_flag(session, flag_id, "confirmed", "家属证实", actor=BUREAU, **given)
        assert confirmed.decision.consequences == ("claw_back", "credit_blacklist")
        assert fees_stand(one.state for one in held_orders(session)["o3"]) == "void"
        assert [one.decision for one in load_decisions(session, flag_id)] == ["cleared", "confirmed"]
    with pytest.raises(BadInput, match="consequence_unknown"), sqlite.begin() as session:
        decide_flag(session, flag_id, "confirmed", "x", ["refer"], actor=BUREAU, **given)


def test_what_follows_is_carried_out_once(database: Database) -> None:
    """Tests that the blacklist is written with it, and that the decision stands afterwards."""
    given = {"actor": BUREAU, "now_at": NOW_AT, "ids": ids()}
    with database.begin() as session:
        build(session, FRAUD)
        serve(session, MEALS)
    flag_id, _ = look(database)["duplicate_same_day"]
    shut = Shut("person", "d1", DAY, None, "重复领取")
    with database.begin() as session:
        with pytest.raises(Conflict, match="not_decided"):
            carry_out(session, flag_id, "claw_back", "x", **given)
        decide_flag(session, flag_id, "confirmed", "两次签名相同", **given)
        carry_out(session, flag_id, "credit_blacklist", "已登记", shut, **given)
        with pytest.raises(Conflict, match="carried_out"):
            carry_out(session, flag_id, "credit_blacklist", "已登记", shut, **given)
        with pytest.raises(Conflict, match="carried_out"):
            decide_flag(session, flag_id, "cleared", "x", **given)
        (entry,) = load_blacklist(session, "d1")
    assert (entry.flag_id, entry.made_name) == (flag_id, BUREAU.name)


def test_the_blacklist_is_asked_and_an_entry_ends(sqlite: Database) -> None:
    """Tests that who is on it may not come in, and may again from the day it ended."""
    given = {"actor": BUREAU, "now_at": NOW_AT, "ids": ids()}
    with sqlite.begin() as session:
        build(session)
        yesterday = DAY - timedelta(days=3)
        entry = shut_out(session, entry_for("operator", "某餐饮", yesterday, None, "伪造"), **given)
        with pytest.raises(Conflict, match="blacklisted"):
            require_admitted(session, "operator", "某餐饮", DAY)
        require_admitted(session, "site", "某餐饮", DAY)
        let_in(session, entry.entry_id, "申诉成立", **given)
        require_admitted(session, "operator", "某餐饮", DAY)
        (ended,) = load_blacklist(session)
        assert (ended.replaces, ended.shut.to_on) == (entry.entry_id, DAY - timedelta(days=1))
        with pytest.raises(Conflict, match="blacklist_ended"):
            let_in(session, ended.entry_id, "x", **given)
        with pytest.raises(BadInput, match="blacklist_days"):
            entry_for("site", "C01", DAY, date(2026, 1, 1), "x")


def test_thresholds_are_changed_as_a_revision(sqlite: Database) -> None:
    """Tests that the operator's figure counts from then on, and nonsense is refused."""
    admin = who("admin")
    with sqlite.begin() as session:
        build(session)
        serve(session, MEALS)
        assert oversight_rules(session).revision == 0
        changed = change_rules(
            session, flags={"over_capacity": 1}, days={"food": 3}, actor=admin, now_at=NOW_AT
        )
        assert (changed.revision, changed.complaints["food"].days) == (1, 3)
        for flags in ({"no_such": 1}, {"burst_servings": 1}):
            with pytest.raises(BadInput, match="oversight_rule"):
                change_rules(session, flags=flags, actor=admin, now_at=NOW_AT)
        with pytest.raises(Forbidden):
            change_rules(session, flags={"burst_s": 5}, actor=BUREAU, now_at=NOW_AT)
    assert "above_capacity" not in look(sqlite)


def test_a_site_whose_papers_are_over_is_flagged_and_no_fee_waits(sqlite: Database) -> None:
    """Tests that the flag comes under a programme that does not name it, and voids only what is confirmed."""
    file = SiteFile("C01", "p", "城中一号", "一号", "450202", "城中", "某餐饮", "韦主任", "0772")
    over = Licence("food_operation", "1", "某餐饮", date(2020, 1, 1), DAY - timedelta(days=1))
    with sqlite.begin() as session:
        build(session, {"flags": ["deceased"]})
        serve(session, [(1, "d1", "C01", 0), (2, "d2", "C02", 0)])
        save_site_file(session, file)
        save_supply(session, "C01", Supply("lunch", "own_kitchen"))
        save_licence(session, "l1", "C01", over, recorded_at=NOW_AT)
    found = look(sqlite)
    flag_id, order_ids = found["expired_papers"]
    assert (list(found), order_ids) == (["expired_papers"], ("o1",))
    with sqlite.begin() as session:
        assert held_orders(session, ["o1"]) == {}
        decide_flag(session, flag_id, "confirmed", "示例", (), actor=BUREAU, now_at=NOW_AT, ids=ids())
        assert [one.state for one in held_orders(session, ["o1"])["o1"]] == ["confirmed"]


def test_what_a_confirmed_flag_leads_to_waits_until_somebody_did_it(sqlite: Database) -> None:
    """Tests that no consequence follows by itself, and that an old one stays listed until it is noted."""
    with sqlite.begin() as session:
        build(session, FRAUD)
        serve(session, MEALS)
    flag_id, _ = look(sqlite)["deceased"]
    given = {"actor": BUREAU, "now_at": NOW_AT, "ids": ids()}
    later_on = DAY + timedelta(days=400)
    with sqlite.begin() as session:
        decide_flag(session, flag_id, "confirmed", "示例", ["claw_back"], **given)
        waiting = [view for view in flag_views(session, later_on, actor=BUREAU) if view.to_do]
        assert [(view.flag.flag_id, view.to_do) for view in waiting] == [(flag_id, ("claw_back",))]
        carry_out(session, flag_id, "claw_back", "结算单 12 号", **given)
        assert flag_id not in {view.flag.flag_id for view in flag_views(session, later_on, actor=BUREAU)}
