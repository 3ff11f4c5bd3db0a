"""Facts with their history, credentials, enrolments, bindings and standing orders come back as kept."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from api.db import Database
from orders.bindings import Binding
from orders.credentials import Credential, qr_token, token_digest
from orders.diners import DinerFact, with_fact
from orders.enrolment import Enrolment
from orders.standing import Pause, StandingOrder
from orders.store.bindings import diners_of, end_binding, load_binding, load_bindings, save_binding
from orders.store.credentials import (
    find_by_phone_tail,
    find_by_token,
    load_credential,
    load_credentials,
    revoke_credential,
    save_credential,
)
from orders.store.diner_facts import load_fact_history, record_fact
from orders.store.diners import load_diner, load_diners, save_diners
from orders.store.enrolments import (
    change_enrolment,
    load_disputed,
    load_enrolment,
    load_enrolments,
    save_enrolment,
)
from orders.store.standing import load_pauses, load_standing, save_pause, save_standing
from tests.orders.store_facts import LI, NOW_AT, keep_registers

TODAY = date(2026, 11, 22)
LATER_AT = NOW_AT + timedelta(days=3)
TOKEN = qr_token("c1", b"k" * 32)
CARD = Credential("c1", "qr", "d1", token_digest(TOKEN), NOW_AT)
BANK_CARD = Credential("c2", "card", "d1", "621483001234", NOW_AT)
PHONES = (
    Credential("c3", "phone", "d1", "13800001234", NOW_AT),
    Credential("c4", "phone", "d2", "13900001234", NOW_AT),
)


@pytest.fixture
def people(database: Database) -> Database:
    """A database with two diners."""
    with database.begin() as session:
        keep_registers(session)
    return database


def test_a_corrected_fact_leaves_its_history(people: Database) -> None:
    """Tests that a roster's change adds rows, and what was known before can still be asked."""
    moved = replace(LI, facts=with_fact(LI.facts, "residence", "450203", TODAY))
    with people.begin() as session:
        save_diners(session, [moved], "import", recorded_at=LATER_AT)
        save_diners(session, [moved], "import", recorded_at=LATER_AT + timedelta(days=1))
    with people.read() as session:
        now = load_diner(session, "d1")
        assert now is not None
        history = load_fact_history(session, ["d1"])["d1"]
        before = load_diners(session, codes=["LZ1"], known_at=NOW_AT)["d1"]
        assert load_diners(session, ids={"d1", "nobody"}) == {"d1": now}
        assert load_diners(session, ids=set()) == {}
        assert load_diners(session, ids={"d1"}, facts=("residence",))["d1"].facts == tuple(
            fact for fact in now.facts if fact.fact == "residence"
        )
        assert load_diners(session, ids={"d1"}, facts=()) == {"d1": replace(now, facts=())}
        assert load_diners(session, ids={"d1", *map(str, range(40_000))}) == {"d1": now}
    assert (now.fact("residence", TODAY), before.fact("residence", TODAY)) == ("450203", "450202")
    assert now.fact("residence", TODAY - timedelta(days=1)) == "450202"
    assert [one.stands for one in history] == [True, False, True, True]
    assert [one.replaces for one in history] == [None, None, 1, None]
    assert [one.fact.recorded_at for one in history] == [None, None, LATER_AT, LATER_AT]
    assert {one.recorded_by for one in history} == {"import"}


def test_a_fact_that_is_gone_is_withdrawn_not_deleted(people: Database) -> None:
    """Tests that a fact taken away no longer counts and is still there to be read."""
    with people.begin() as session:
        save_diners(session, [replace(LI, facts=())], "import", recorded_at=LATER_AT)
    with people.read() as session:
        diner = load_diner(session, "d1")
        history = load_fact_history(session, ["d1"])["d1"]
    assert diner is not None
    assert diner.facts == ()
    assert [(one.fact.fact, one.withdrawn) for one in history][2:] == [("hukou", True), ("residence", True)]


def test_a_fact_keeps_evidence_and_approver(people: Database) -> None:
    """Tests that evidence, approver and instant come back, and a correction replaces one row only once."""
    flag = DinerFact("flag", "loses_ability", TODAY, None, "评估表 12 号", "城中区民政局", NOW_AT)
    with people.begin() as session:
        at = record_fact(session, "d1", flag, recorded_by="u1")
        record_fact(session, "d1", replace(flag, to_on=TODAY), recorded_by="u2", replaces=at)
    with people.read() as session:
        diner = load_diner(session, "d1")
    assert diner is not None
    kept = diner.facts[-1]
    assert (kept.evidence, kept.approved_by, kept.recorded_at) == ("评估表 12 号", "城中区民政局", NOW_AT)
    assert kept.to_on == TODAY
    with pytest.raises(IntegrityError), people.begin() as session:
        record_fact(session, "d1", flag, recorded_by="u3", replaces=at)


def test_a_fact_row_cannot_be_changed(people: Database) -> None:
    """Tests that the database itself refuses to rewrite what was recorded."""
    with pytest.raises(DBAPIError, match="evidence"), people.begin() as session:
        session.execute(text("UPDATE diner_facts SET value = 'x'"))


def test_a_lost_card_is_known_and_refused(people: Database) -> None:
    """Tests that a scan finds the diner, and after revoking says that the card is no longer good."""
    with people.begin() as session:
        for credential in (CARD, BANK_CARD):
            save_credential(session, credential)
    with people.begin() as session:
        assert find_by_token(session, f"HC1:{TOKEN}") == ("d1", None)
        assert find_by_token(session, "6214 8300 1234") == ("d1", None)
        assert find_by_token(session, "HC1:NOBODY") is None
        assert revoke_credential(session, "c1", LATER_AT, "lost")
        assert not revoke_credential(session, "c1", LATER_AT, "lost")
    with people.read() as session:
        lost = replace(CARD, revoked_at=LATER_AT, reason="lost")
        assert find_by_token(session, f"HC1:{TOKEN}") == ("d1", lost)
        assert load_credential(session, "c1") == lost
        assert load_credentials(session, ["d1"], good_only=True) == [BANK_CARD]
        assert load_credentials(session, ["d1"], "qr") == [lost]


def test_a_card_belongs_to_one_person_until_it_is_revoked(people: Database) -> None:
    """Tests that nobody else can hold the same number at the same time, and somebody may afterwards."""
    with people.begin() as session:
        save_credential(session, BANK_CARD)
    again = replace(BANK_CARD, credential_id="c9", diner_id="d2", issued_at=LATER_AT)
    with pytest.raises(IntegrityError), people.begin() as session:
        save_credential(session, again)
    with people.begin() as session:
        revoke_credential(session, "c2", LATER_AT, "handed_back")
        save_credential(session, again)
    with people.read() as session:
        assert find_by_token(session, "621483001234") == ("d2", None)


def test_a_phone_is_found_by_its_tail(people: Database) -> None:
    """Tests that the last four digits give everybody of the site who has them."""
    with people.begin() as session:
        for credential in PHONES:
            save_credential(session, credential)
    with people.read() as session:
        assert find_by_phone_tail(session, "C01", "1234") == ["d1"]
        assert find_by_phone_tail(session, None, "1234") == ["d1", "d2"]
        assert find_by_phone_tail(session, None, "13900001234") == ["d2"]
        assert find_by_phone_tail(session, None, "9999") == []


def test_enrolments_come_back_by_diner(people: Database) -> None:
    """Tests that enrolments are kept, ended and listed while disputed."""
    first = Enrolment("e1", "d1", "liuzhou-2020")
    disputed = Enrolment("e2", "d1", "qidong-2022", TODAY, None, "disputed")
    with people.begin() as session:
        save_enrolment(session, disputed, recorded_at=NOW_AT)
        save_enrolment(session, first, recorded_at=NOW_AT, evidence="登记表", approved_by="站点")
    with people.begin() as session:
        assert load_enrolments(session) == {"d1": (first, disputed)}
        assert load_disputed(session) == [disputed]
        change_enrolment(session, replace(first, to_on=TODAY))
        change_enrolment(session, replace(disputed, state="withdrawn"))
    with people.read() as session:
        assert load_enrolment(session, "e1") == replace(first, to_on=TODAY)
        assert load_disputed(session) == []
        assert load_enrolments(session, ["d2"]) == {}


def test_a_user_acts_for_several_diners(people: Database) -> None:
    """Tests that bindings hold on their days and end."""
    bound = Binding("b1", "u1", "d1", "family", "signed_form", NOW_AT, TODAY)
    agent = Binding("b2", "u1", "d2", "agent", "phone_call", NOW_AT, TODAY, TODAY)
    with people.begin() as session:
        save_binding(session, bound)
        save_binding(session, agent)
    with people.begin() as session:
        assert diners_of(session, "u1", TODAY) == ("d1", "d2")
        assert diners_of(session, "u1", TODAY + timedelta(days=1)) == ("d1",)
        assert diners_of(session, "u2", TODAY) == ()
        assert load_bindings(session, diner_id="d2") == [agent]
        assert end_binding(session, "b1", TODAY)
        assert not end_binding(session, "b1", TODAY)
    with people.read() as session:
        assert load_binding(session, "b1") == replace(bound, to_on=TODAY)
        assert diners_of(session, "u1", TODAY + timedelta(days=1)) == ()


def test_standing_orders_and_pauses_come_back(people: Database) -> None:
    """Tests that both are kept, changed, and gone from the lists once ended."""
    lunches = StandingOrder("s1", "d1", "lunch", (1, 3), (("main", "D1"),), "volunteer", TODAY)
    away = Pause("d1", TODAY, None, "hospital", "p1")
    with people.begin() as session:
        save_standing(session, lunches)
        save_pause(session, away)
    with people.begin() as session:
        assert load_standing(session) == load_standing(session, ["d1"]) == {"d1": (lunches,)}
        assert load_pauses(session, ["d1"]) == {"d1": (away,)}
        save_standing(session, replace(lunches, to_on=TODAY))
        save_pause(session, away, ended=True)
    with people.read() as session:
        assert load_standing(session) == {"d1": (replace(lunches, to_on=TODAY),)}
        assert load_pauses(session) == {}
