"""Registering, facts, cards, family, programmes, standing orders: what is kept and what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from api.permissions import Actor
from api.register.applying import (
    Application,
    Approval,
    apply_online,
    approve_application,
    refuse_application,
    waiting,
)
from api.register.cards import cards_of, issue_missing, issue_number, issue_qr, revoke
from api.register.enrolling import end_enrolment, enrol, settle_overlap
from api.register.facts import Learnt, approve_fact, correct_fact, learn_fact, withdraw_fact
from api.register.family import NewBinding, bind, family_link, unbind
from api.register.finding import find_people, overlaps_to_settle, whole_person
from api.register.people import Needs, change_needs, set_id_number
from api.register.secret import people_keys
from api.register.standing_orders import NewStanding, end_pause, end_standing, keep_pause, keep_standing
from api.store.audit import AuditRow
from api.web.pinyin import initials
from orders.enrolment import Enrolment, from_roster
from orders.errors import BadInput, Conflict, Forbidden, MealError
from orders.store.bindings import diners_of
from orders.store.credentials import find_by_phone_tail, find_by_token
from orders.store.diner_facts import load_fact_history
from orders.store.diners import load_diners
from orders.store.enrolments import load_enrolments, save_enrolment
from orders.store.sites import save_sites
from orders.store.standing import load_pauses, load_standing
from tests.api.register.conftest import BUREAU, CLERK, KEYS, NOW_AT, TODAY, Desk, id_number
from tests.orders.store_facts import CANTEEN

MOTHERS = id_number(date(1940, 3, 1))
ELSEWHERE = Actor("other", "别站", "canteen", "K1", "C02")
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
LOSES = Learnt("flag", "loses_ability", TODAY, None, "评估表 12 号", "城中区民政局")


def refused(use_case, *args, **kwargs) -> str:
    """The code with which a use case refuses."""
    with pytest.raises(MealError) as refusal:
        use_case(*args, **kwargs)
    return refusal.value.code


def test_a_person_is_registered_by_the_id_card(desk: Desk) -> None:
    """Tests that birth and sex come from the number, and only its hash and last four are kept."""
    number = MOTHERS
    diner = desk.register(phone="138 0000 1234", card_number="6214-8300", programme_id="qidong-2022")
    assert (diner.code, diner.born_on, diner.fact("sex", TODAY)) == ("P00001", date(1940, 3, 1), "f")
    assert diner.fact("residence", TODAY) == "450202"
    with desk.database.read() as session:
        assert find_by_phone_tail(session, "C01", "1234") == [diner.diner_id]
        assert find_by_token(session, "62148300") == (diner.diner_id, None)
        assert [one.programme_id for one in load_enrolments(session)[diner.diner_id]] == ["qidong-2022"]
        kept = [
            str(tuple(row))
            for table in ("diners", "diner_facts", "diner_identities", "credentials", "audit_events")
            for row in session.connection().exec_driver_sql(f"SELECT * FROM {table}")
        ]
    assert not [row for row in kept if number in row or number[:17] in row]
    assert any(number[-4:] in row for row in kept)


def test_the_same_person_is_not_registered_twice(sqlite_desk: Desk) -> None:
    """Tests that the ID number finds the person, and the refusal names the code."""
    first = sqlite_desk.register()
    with pytest.raises(Conflict) as refusal:
        sqlite_desk.register(name="张叁")
    assert (refusal.value.code, refusal.value.params["diner"]) == ("already_registered", first.code)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"id_number": "110105194912310021"}, "id_number_check"),
        ({"id_number": ""}, "born_on_missing"),
        ({"id_number": "", "born_on": date(1940, 3, 1)}, "id_number_missing"),
        ({"born_on": date(1940, 3, 2)}, "born_on_differs"),
        ({"name": " "}, "name_missing"),
        ({"phone": "12"}, "phone_shape"),
        ({"site_id": "C99"}, "not_found"),
        ({"programme_id": "nowhere"}, "not_found"),
        ({"actor": ELSEWHERE}, "outside_scope"),
        ({"actor": BUREAU}, "role_may_not"),
    ],
)
def test_a_registration_that_cannot_be_keeps_nothing(sqlite_desk: Desk, fields: dict, code: str) -> None:
    """Tests that each refusal has its code and leaves no half of a person behind."""
    assert refused(sqlite_desk.register, **fields) == code
    with sqlite_desk.database.read() as session:
        assert load_diners(session) == {}


def test_a_programme_without_papers_takes_a_birth_alone(sqlite_desk: Desk) -> None:
    """Tests that the ID number may come later, where the programme asks for no papers."""
    diner = sqlite_desk.register(id_number="", born_on=date(1940, 3, 2), programme_id="changping-2023")
    sqlite_desk.act(set_id_number, CLERK, KEYS, diner.diner_id, id_number(date(1940, 3, 1)))
    assert sqlite_desk.diner(diner.diner_id).born_on == date(1940, 3, 1)
    other = sqlite_desk.register(id_number="", born_on=date(1940, 3, 1), programme_id="changping-2023")
    code = refused(sqlite_desk.act, set_id_number, CLERK, KEYS, other.diner_id, id_number(date(1940, 3, 1)))
    assert code == "already_registered"


def test_a_fact_is_learnt_with_evidence_and_approved_later(sqlite_desk: Desk) -> None:
    """Tests that flags stand side by side, and an approval is a row of its own by somebody else."""
    diner = sqlite_desk.register()
    at = sqlite_desk.act(learn_fact, CLERK, sqlite_desk.ids, diner.diner_id, replace(LOSES, approved_by=""))
    sqlite_desk.act(
        learn_fact,
        CLERK,
        sqlite_desk.ids,
        diner.diner_id,
        Learnt("flag", "disability_card", None, None, "残疾证"),
    )
    sqlite_desk.act(approve_fact, BUREAU, diner.diner_id, at, "城中区民政局")
    held = sqlite_desk.diner(diner.diner_id)
    assert held.values("flag", TODAY) == ("disability_card", "loses_ability")
    flags = {one.value: one for one in held.facts if one.fact == "flag"}
    assert flags["loses_ability"].approved_by == "城中区民政局"
    assert (flags["disability_card"].approved_by, flags["disability_card"].evidence) == ("", "残疾证")
    assert refused(sqlite_desk.act, learn_fact, CLERK, sqlite_desk.ids, diner.diner_id, LOSES) == "fact_known"
    assert refused(sqlite_desk.act, approve_fact, BUREAU, diner.diner_id, at, "再批") == "fact_replaced"


def test_a_backdated_fact_says_when_it_was_learnt(sqlite_desk: Desk) -> None:
    """Tests that the days before the new value stay, and what was known yesterday can be asked."""
    diner = sqlite_desk.register()
    moved_on = TODAY - timedelta(days=40)
    sqlite_desk.act(
        learn_fact,
        CLERK,
        sqlite_desk.ids,
        diner.diner_id,
        Learnt("residence", "450203", moved_on, None, "居住证"),
    )
    held = sqlite_desk.diner(diner.diner_id)
    assert held.fact("residence", moved_on) == held.fact("residence", TODAY) == "450203"
    assert held.fact("residence", moved_on - timedelta(days=1)) == "450202"
    learnt = next(one for one in held.facts if one.value == "450203")
    assert learnt.recorded_at == NOW_AT
    with sqlite_desk.database.read() as session:
        before = load_diners(session, known_at=NOW_AT - timedelta(days=1))[diner.diner_id]
    assert before.facts == ()


def test_a_stay_in_an_institution_has_its_days_only(sqlite_desk: Desk) -> None:
    """Tests that a stay ends by itself, and what held before holds again."""
    diner = sqlite_desk.register()
    sqlite_desk.act(learn_fact, CLERK, sqlite_desk.ids, diner.diner_id, Learnt("institution_resident", "否"))
    stay = Learnt("institution_resident", "是", TODAY, TOMORROW, "入住协议")
    sqlite_desk.act(learn_fact, CLERK, sqlite_desk.ids, diner.diner_id, stay)
    held = sqlite_desk.diner(diner.diner_id)
    days = [YESTERDAY, TODAY, TOMORROW, TOMORROW + timedelta(days=1)]
    assert [held.fact("institution_resident", day) for day in days] == ["false", "true", "true", "false"]
    assert [held.stopped_by(day) for day in days] == [None, *["institution_resident"] * 2, None]


def test_a_wrong_fact_is_corrected_or_withdrawn_and_stays_readable(desk: Desk) -> None:
    """Tests that nothing is erased: the wrong row, its correction and the reason are all there."""
    diner = desk.register()
    at = desk.act(learn_fact, CLERK, desk.ids, diner.diner_id, LOSES)
    right = desk.act(
        correct_fact,
        CLERK,
        desk.ids,
        diner.diner_id,
        at,
        replace(LOSES, from_on=TOMORROW, evidence="改为 13 号"),
    )
    assert desk.diner(diner.diner_id).values("flag", TODAY) == ()
    desk.act(withdraw_fact, CLERK, diner.diner_id, right, "录错了人")
    assert desk.diner(diner.diner_id).values("flag", TOMORROW) == ()
    with desk.database.read() as session:
        flags = load_fact_history(session, [diner.diner_id])[diner.diner_id][-3:]
    assert [(one.replaces, one.withdrawn, one.fact.evidence) for one in flags] == [
        (None, False, "评估表 12 号"),
        (at, False, "改为 13 号"),
        (right, True, "录错了人"),
    ]
    assert refused(desk.act, correct_fact, CLERK, desk.ids, diner.diner_id, at, LOSES) == "fact_replaced"
    assert refused(desk.act, withdraw_fact, CLERK, diner.diner_id, 0, " ") == "reason_missing"


@pytest.mark.parametrize(
    ("learnt", "code"),
    [
        (Learnt("flagg", "x"), "fact_unknown"),
        (Learnt("flag", " "), "fact_value_missing"),
        (Learnt("institution_resident", "maybe"), "fact_value_yes_no"),
        (Learnt("entitlement.gov_purchased_care.monthly_amount", "1.234"), "fact_value_amount"),
        (Learnt("died", "last week"), "fact_value_date"),
        (Learnt("died", "2026-12-01"), "died_later"),
        (Learnt("flag", "tekun", TODAY, YESTERDAY), "days_backwards"),
        (Learnt("residence", "450203"), "fact_days_taken"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(sqlite_desk: Desk, learnt: Learnt, code: str) -> None:
    """Tests that each fault has its own sentence."""
    diner = sqlite_desk.register()
    assert refused(sqlite_desk.act, learn_fact, CLERK, sqlite_desk.ids, diner.diner_id, learnt) == code


def test_a_death_stops_everything(desk: Desk) -> None:
    """Tests that card, telephone, programme, standing orders and family end with the day of death."""
    diner = desk.register(phone="13800001234", programme_id="qidong-2022")
    desk.act(issue_qr, CLERK, desk.ids, KEYS, diner.diner_id)
    binding = desk.act(bind, CLERK, desk.ids, diner.diner_id, NewBinding("son", "family", "signed_form"))
    desk.act(keep_standing, CLERK, desk.ids, diner.diner_id, NewStanding("lunch", (1, 2)))
    card = desk.act(cards_of, CLERK, KEYS, [diner.diner_id])[0]
    desk.act(
        learn_fact, BUREAU, desk.ids, diner.diner_id, Learnt("died", TODAY.isoformat(), evidence="死亡证明")
    )
    with desk.database.read() as session:
        found = find_by_token(session, card.text)
        assert found is not None
        assert found[1] is not None
        assert found[1].reason == "died"
        assert find_by_phone_tail(session, None, "1234") == []
        assert load_enrolments(session)[diner.diner_id][0].to_on == TODAY
        assert load_standing(session)[diner.diner_id][0].to_on == TODAY
        assert diners_of(session, binding.user_id, TOMORROW) == ()
    assert desk.diner(diner.diner_id).stopped_by(TOMORROW) == "died"
    assert refused(desk.act, issue_qr, CLERK, desk.ids, KEYS, diner.diner_id) == "diner_died"
    code = refused(desk.act, keep_standing, CLERK, desk.ids, diner.diner_id, NewStanding("lunch", (3,)))
    assert code == "diner_died"


def test_a_lost_card_is_replaced(desk: Desk) -> None:
    """Tests that the new card works, the old one is known as lost, and a card prints the same again."""
    diner = desk.register()
    assert desk.act(issue_missing, CLERK, desk.ids, KEYS, "C01") == [diner.diner_id]
    old = desk.act(cards_of, CLERK, KEYS, [diner.diner_id])
    assert old == desk.act(cards_of, CLERK, KEYS, [diner.diner_id])
    with desk.database.read() as session:
        acts = [row.act for row in session.exec(select(AuditRow)) if row.subject == diner.diner_id]
    assert acts.count("people.card/print") == 2
    assert (old[0].name, old[0].site, old[0].phone) == ("张三", "城中一号", "0772")
    with desk.database.read() as session:
        whole = whole_person(session, CLERK, NOW_AT, diner.diner_id)
    desk.act(revoke, CLERK, whole.credentials[0].credential_id, "lost")
    assert desk.act(cards_of, CLERK, KEYS, [diner.diner_id]) == []
    desk.act(issue_qr, CLERK, desk.ids, KEYS, diner.diner_id)
    new = desk.act(cards_of, CLERK, KEYS, [diner.diner_id])
    with desk.database.read() as session:
        assert find_by_token(session, new[0].text) == (diner.diner_id, None)
        hits = find_people(session, CLERK, old[0].text, initials)
    assert [(hit.entry.name, hit.revoked.reason if hit.revoked else "") for hit in hits] == [("张三", "lost")]
    assert refused(desk.act, revoke, CLERK, whole.credentials[0].credential_id, "lost") == "card_revoked"


def test_a_card_in_use_is_not_given_to_another(sqlite_desk: Desk) -> None:
    """Tests that the refusal names who holds the card."""
    sqlite_desk.register(card_number="62148300")
    other = sqlite_desk.register(name="李四", id_number=id_number(date(1941, 1, 1)))
    args = (CLERK, sqlite_desk.ids, other.diner_id, "card", "6214 8300")
    assert refused(sqlite_desk.act, issue_number, *args) == "card_held"


def test_people_are_found_as_staff_ask(sqlite_desk: Desk) -> None:
    """Tests name, initials, code, telephone's tail and card, within the own site."""
    diner = sqlite_desk.register(phone="13800001234", card_number="62148300")
    with sqlite_desk.database.read() as session:
        for asked in ("张", "zs", "ZS", "p00001", "1234", "6214 8300", "13800001234"):
            hits = find_people(session, CLERK, asked, initials)
            assert [hit.entry.diner_id for hit in hits] == [diner.diner_id], asked
            assert hits[0].last_four == MOTHERS[-4:]
        assert find_people(session, CLERK, "李", initials) == find_people(session, CLERK, " ", initials) == []
        assert find_people(session, ELSEWHERE, "张", initials) == []
        with pytest.raises(Forbidden):
            whole_person(session, ELSEWHERE, NOW_AT, diner.diner_id)


def test_one_programme_a_person_and_day(sqlite_desk: Desk) -> None:
    """Tests that a second programme is refused until the first has ended."""
    diner = sqlite_desk.register(programme_id="qidong-2022")
    args = (CLERK, sqlite_desk.ids, diner.diner_id, "changping-2023")
    assert refused(sqlite_desk.act, enrol, *args, from_on=TOMORROW) == "enrolled_elsewhere"
    with sqlite_desk.database.read() as session:
        first = load_enrolments(session)[diner.diner_id][0]
    sqlite_desk.act(end_enrolment, CLERK, first.enrolment_id, TODAY)
    sqlite_desk.act(enrol, *args, from_on=TOMORROW)
    assert refused(sqlite_desk.act, enrol, *args, from_on=TODAY, to_on=YESTERDAY) == "days_backwards"


@pytest.mark.parametrize(("keep", "programme"), [("old", "qidong-2022"), ("new", "changping-2023")])
def test_an_imported_overlap_waits_for_a_decision(sqlite_desk: Desk, keep: str, programme: str) -> None:
    """Tests that it is listed and takes no day, and the decision is carried out once."""
    diner = sqlite_desk.register(programme_id="qidong-2022")
    with sqlite_desk.database.begin() as session:
        known = load_enrolments(session)[diner.diner_id]
        said = from_roster(known, Enrolment("e2", diner.diner_id, "changping-2023", TODAY))
        assert said is not None
        save_enrolment(session, said, recorded_at=NOW_AT)
    with sqlite_desk.database.read() as session:
        listed = overlaps_to_settle(session, CLERK)
        assert whole_person(session, CLERK, NOW_AT, diner.diner_id).programme_id == "qidong-2022"
    assert [(entry.code, new.programme_id, old[0].programme_id) for entry, new, old in listed] == [
        ("P00001", "changping-2023", "qidong-2022")
    ]
    sqlite_desk.act(settle_overlap, CLERK, listed[0][1].enrolment_id, keep)
    with sqlite_desk.database.read() as session:
        assert whole_person(session, CLERK, NOW_AT, diner.diner_id).programme_id == programme
        assert overlaps_to_settle(session, CLERK) == []
    assert (
        refused(sqlite_desk.act, settle_overlap, CLERK, listed[0][1].enrolment_id, keep) == "overlap_settled"
    )


def test_a_sign_in_link_opens_nobody_of_another_canteen(sqlite_desk: Desk) -> None:
    """Tests that a clerk who binds another canteen's family member gets no link to sign in as that person."""
    mother = sqlite_desk.register()
    new = NewBinding("daughter", "family", "in_person")
    own = sqlite_desk.act(bind, CLERK, sqlite_desk.ids, mother.diner_id, new)
    assert sqlite_desk.act(family_link, CLERK, own.binding_id, 24).startswith("/sign-in?token=")
    with sqlite_desk.database.begin() as session:
        save_sites(session, "K1", "lunch", [replace(CANTEEN, site_id="C02", name="别的饭堂")])
    number = id_number(date(1939, 1, 1))
    stranger = sqlite_desk.register("李四", ELSEWHERE, site_id="C02", id_number=number)
    lured = sqlite_desk.act(bind, ELSEWHERE, sqlite_desk.ids, stranger.diner_id, new)
    assert refused(sqlite_desk.act, family_link, ELSEWHERE, lured.binding_id, 24) == "outside_scope"


def test_family_acts_for_the_elders_bound_to_them(sqlite_desk: Desk) -> None:
    """Tests that one user keeps the orders of two elders, and of nobody else, until the binding ends."""
    mother = sqlite_desk.register()
    father = sqlite_desk.register(name="李四", id_number=id_number(date(1939, 1, 1)))
    neighbour = sqlite_desk.register(name="王五", id_number=id_number(date(1938, 1, 1)))
    new = NewBinding("daughter", "family", "in_person", "张女士")
    bound = [sqlite_desk.act(bind, CLERK, sqlite_desk.ids, one.diner_id, new) for one in (mother, father)]
    daughter = Actor(bound[0].user_id, "张女士", "diner")
    with sqlite_desk.database.read() as session:
        assert diners_of(session, daughter.user_id, TODAY) == (mother.diner_id, father.diner_id)
    sqlite_desk.act(keep_standing, daughter, sqlite_desk.ids, father.diner_id, NewStanding("lunch", (1,)))
    code = refused(
        sqlite_desk.act,
        keep_standing,
        daughter,
        sqlite_desk.ids,
        neighbour.diner_id,
        NewStanding("lunch", (1,)),
    )
    assert code == "not_bound_to_diner"
    assert refused(sqlite_desk.act, bind, CLERK, sqlite_desk.ids, mother.diner_id, new) == "bound_already"
    sqlite_desk.act(unbind, CLERK, bound[1].binding_id)
    code = refused(
        sqlite_desk.act, keep_standing, daughter, sqlite_desk.ids, father.diner_id, NewStanding("lunch", (2,))
    )
    assert code == "not_bound_to_diner"
    assert refused(sqlite_desk.act, unbind, CLERK, bound[1].binding_id) == "binding_ended"
    assert (
        refused(sqlite_desk.act, learn_fact, daughter, sqlite_desk.ids, mother.diner_id, LOSES)
        == "role_may_not"
    )


def test_standing_orders_and_pauses_are_kept_and_ended(sqlite_desk: Desk) -> None:
    """Tests that a standing order begins today at the earliest, and a pause can be taken back."""
    diner = sqlite_desk.register()
    new = NewStanding("lunch", (5, 1, 1), from_on=YESTERDAY)
    standing = sqlite_desk.act(keep_standing, CLERK, sqlite_desk.ids, diner.diner_id, new)
    assert (standing.weekdays, standing.from_on) == ((1, 5), TODAY)
    args = (CLERK, sqlite_desk.ids, diner.diner_id)
    assert (
        refused(sqlite_desk.act, keep_standing, *args, NewStanding("lunch", (1,))) == "standing_order_twice"
    )
    assert refused(sqlite_desk.act, keep_standing, *args, NewStanding("lunch", ())) == "weekdays_missing"
    days = {"from_on": TODAY, "to_on": TOMORROW}
    pause = sqlite_desk.act(keep_pause, *args, **days, reason="住院")
    assert refused(sqlite_desk.act, keep_pause, *args, **days, reason="") == "reason_missing"
    assert (
        refused(sqlite_desk.act, keep_pause, *args, from_on=YESTERDAY, to_on=YESTERDAY, reason="x")
        == "pause_past"
    )
    sqlite_desk.act(end_pause, CLERK, diner.diner_id, pause.pause_id)
    sqlite_desk.act(end_standing, CLERK, diner.diner_id, standing.standing_id)
    with sqlite_desk.database.read() as session:
        assert load_pauses(session) == {}
        assert load_standing(session)[diner.diner_id][0].to_on == TODAY


def test_needs_are_changed_as_a_whole(sqlite_desk: Desk) -> None:
    """Tests that allergens are kept, facts stay, and a direct home comes by the roster only."""
    diner = sqlite_desk.register()
    needs = Needs("张三丰", "C01", "volunteer", frozenset(), frozenset({"egg"}), "soft")
    assert sqlite_desk.act(change_needs, CLERK, sqlite_desk.ids, diner.diner_id, needs) == 0
    held = sqlite_desk.diner(diner.diner_id)
    assert (held.name, held.delivery, held.allergens, held.texture) == (
        "张三丰",
        "volunteer",
        frozenset({"egg"}),
        "soft",
    )
    assert held.facts == diner.facts
    direct = replace(needs, delivery="direct")
    code = refused(sqlite_desk.act, change_needs, CLERK, sqlite_desk.ids, diner.diner_id, direct)
    assert code == "direct_by_roster"


def application(**fields: object) -> Application:
    """What a daughter says of her mother online."""
    said = {
        "name": "张三",
        "site_id": "C01",
        "id_number": id_number(date(1940, 3, 1)),
        "phone": "13800001234",
    }
    family = {"applicant": "张女士", "relation": "family", "note": "花生过敏", "consent": True}
    return Application(**(said | family | fields))  # type: ignore[arg-type]


def test_an_application_becomes_a_diner_when_staff_approve(desk: Desk) -> None:
    """Tests that nobody is registered before, and the applicant may order afterwards."""
    with desk.database.begin() as session:
        application_id = apply_online(session, NOW_AT, desk.ids, KEYS, application())
    with desk.database.read() as session:
        assert load_diners(session) == {}
        assert waiting(session, ELSEWHERE) == []
        row = waiting(session, CLERK)[0]
    assert (row.name, row.last_four, row.said["note"]) == (
        "张三",
        MOTHERS[-4:],
        "花生过敏",
    )
    approval = Approval(
        "450200", "450202", "dine_in", "户口簿", "站点", allergens=frozenset({"peanut"}), login="zh"
    )
    diner_id = desk.act(approve_application, CLERK, desk.ids, application_id, approval)
    held = desk.diner(diner_id)
    assert (held.fact("hukou", TODAY), held.allergens) == ("450200", frozenset({"peanut"}))
    with desk.database.read() as session:
        whole = whole_person(session, CLERK, NOW_AT, diner_id)
        assert waiting(session, CLERK) == []
    assert list(whole.logins.values()) == [("zh", "张女士")]
    assert whole.bindings[0].relation == "family"
    code = refused(desk.act, refuse_application, CLERK, application_id, "x")
    assert code == "application_decided"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"consent": False}, "consent_missing"),
        ({"id_number": "1"}, "id_number_shape"),
        ({"phone": "1"}, "phone_shape"),
        ({"note": "x" * 501}, "text_too_long"),
        ({"site_id": "H-LZ2"}, "not_found"),
        ({}, "application_waits"),
    ],
)
def test_an_application_that_cannot_be_is_refused(sqlite_desk: Desk, fields: dict, code: str) -> None:
    """Tests that faults are named, and one person has one open application."""
    with sqlite_desk.database.begin() as session:
        if code == "application_waits":
            apply_online(session, NOW_AT, sqlite_desk.ids, KEYS, application())
        assert refused(apply_online, session, NOW_AT, sqlite_desk.ids, KEYS, application(**fields)) == code


def test_a_refused_application_may_be_sent_again(sqlite_desk: Desk) -> None:
    """Tests that a refusal has a reason and closes the application."""
    with sqlite_desk.database.begin() as session:
        first = apply_online(session, NOW_AT, sqlite_desk.ids, KEYS, application())
    assert refused(sqlite_desk.act, refuse_application, CLERK, first, " ") == "reason_missing"
    sqlite_desk.act(refuse_application, CLERK, first, "请带身份证来站点")
    with sqlite_desk.database.begin() as session:
        apply_online(session, NOW_AT, sqlite_desk.ids, KEYS, application())


def test_every_act_is_in_the_audit_without_names(sqlite_desk: Desk) -> None:
    """Tests that who did what is written, and no name, number or value with it."""
    diner = sqlite_desk.register(phone="13800001234")
    sqlite_desk.act(learn_fact, CLERK, sqlite_desk.ids, diner.diner_id, LOSES)
    with sqlite_desk.database.read() as session:
        rows = session.execute(text(f"SELECT act, subject, detail FROM {AuditRow.__tablename__}")).all()
    assert {"people.register/add", "people.card/issue", "people.fact/learn"} <= {row[0] for row in rows}
    assert not [
        row for row in rows if "张三" in str(row) or "loses_ability" in str(row) or "1380000" in str(row)
    ]


def test_the_houses_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    """Tests that two openings give the same keys, another house other ones, and the file is private."""
    keys = people_keys(tmp_path)
    assert keys == people_keys(tmp_path)
    assert keys.identity != keys.card
    assert keys != people_keys(tmp_path / "other")
    file = tmp_path / "secrets" / "people.key"
    assert (file.stat().st_mode & 0o777, len(file.read_bytes())) == (0o600, 32)
    assert "identity" not in repr(keys)


def test_a_bad_number_is_never_in_what_is_raised(sqlite_desk: Desk) -> None:
    """Tests that a traceback of a wrong ID number does not leak it."""
    with pytest.raises(BadInput) as refusal:
        sqlite_desk.register(id_number="110105194912310021")
    assert "110105194912310021" not in str(refusal.value)
