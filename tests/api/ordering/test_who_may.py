"""Who may do what in the register and with orders: each role against each page and endpoint."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.house import House
from api.ordering.place import Wanted, place
from api.people import OPERATOR
from api.permissions import ROLES, Actor
from api.register.cards import issue_number
from api.register.enrolling import enrol
from api.register.standing_orders import NewStanding, keep_pause, keep_standing
from api.security import digest
from api.settings import Settings
from api.store.users import save_session, save_user
from orders.bindings import Binding
from orders.store.bindings import load_binding, save_binding
from orders.store.programmes import load_programmes
from tests.api.ordering.house import LUNCH, NOW_AT, SmallHouse

KEY = LUNCH.key
MEAL = {"for": "d1", "service": KEY}
OF = f"for=d1&service={KEY}"
NEEDS = {"name": "李四", "site_id": "-", "delivery": "dine_in", "texture": "regular"}
FACT = {"fact": "fl", "value": "x"}
BIND = {"login": " ", "relation": "family", "consent_how": "in_person"}
ACTORS = {
    "canteen": Actor("a1", "-", "canteen", "K1", "C01"),
    "canteen elsewhere": Actor("a2", "-", "canteen", "K1", "C02"),
    "kitchen": Actor("a3", "-", "kitchen", "K1"),
    "kitchen elsewhere": Actor("a4", "-", "kitchen", "K2"),
    "bound": Actor("a5", "-", "diner"),
    "bound before": Actor("a6", "-", "diner"),
    "bound elsewhere": Actor("a7", "-", "diner"),
}
ACTORS |= {
    role: Actor(f"r-{role}", "-", role) for role in ROLES if role not in ("canteen", "kitchen", "diner")
}
DESK = frozenset({"canteen", "kitchen", "admin"})
CLERKS, WEEK = DESK | {"bureau"}, DESK | {"bound"}

# Page or endpoint about diner d1, what is sent, and who comes through; everybody else is refused with 403.
# {card} and the like stand for rows of that diner. What is sent lacks something, so that no act ends a row.
ACTS: tuple[tuple[str, dict[str, Any] | None, frozenset[str]], ...] = (
    ("/api/v1/diners/d1", None, CLERKS),
    ("PUT /api/v1/diners/d1/needs", NEEDS | {"diets": [], "allergens": []}, DESK),
    ("PUT /api/v1/diners/d1/id-number", {"id_number": "x"}, DESK),
    ("/api/v1/diners/d1/facts", FACT, CLERKS),
    ("/api/v1/diners/d1/facts/99/correct", FACT, CLERKS),
    ("/api/v1/diners/d1/facts/99/withdraw", {"reason": "x"}, CLERKS),
    ("/api/v1/diners/d1/facts/99/approve", {"approved_by": "x"}, CLERKS),
    ("/api/v1/diners/d1/cards", {"kind": "card", "number": "-"}, DESK),
    ("/api/v1/diners/d1/cards/{card}/revoke", {"reason": "lost"}, DESK),
    ("/api/v1/diners/d1/enrolments", {"programme_id": "x"}, CLERKS),
    ("/api/v1/diners/d1/enrolments/{enrolment}/end", {"to_on": "2020-01-01"}, CLERKS),
    ("/api/v1/diners/d1/enrolments/{enrolment}/settle", {"keep": "old"}, CLERKS),
    ("/api/v1/diners/d1/bindings", BIND, DESK),
    ("/api/v1/diners/d1/standing", {"meal": "lunch", "weekdays": []}, WEEK),
    ("/api/v1/diners/d1/standing/{standing}/end", {}, WEEK),
    ("/api/v1/diners/d1/pauses", {"from_on": "2026-12-01", "reason": ""}, WEEK),
    ("/api/v1/diners/d1/pauses/{pause}/end", {}, WEEK),
    ("/people/d1", None, CLERKS),
    ("/people/d1/needs", NEEDS, DESK),
    ("/people/d1/id-number", {"id_number": "x"}, DESK),
    ("/people/d1/facts", FACT, CLERKS),
    ("/people/d1/facts/99/correct", FACT, CLERKS),
    ("/people/d1/facts/99/withdraw", {"reason": "x"}, CLERKS),
    ("/people/d1/facts/99/approve", {"approved_by": "x"}, CLERKS),
    ("/people/d1/programme", {"programme_id": "x"}, CLERKS),
    ("/people/d1/programme/{enrolment}/end", {"to_on": "2020-01-01"}, CLERKS),
    ("/people/d1/cards/number", {"kind": "card", "number": "-"}, DESK),
    ("/people/d1/cards/{card}/revoke", {"reason": "lost"}, DESK),
    ("/people/d1/family", BIND, DESK),
    ("/people/d1/family/{binding}/link", {}, DESK),
    ("/people/cards.pdf?diner=d1", None, DESK),
    ("/standing?for=d1", None, frozenset({"bound"})),
    ("/standing/d1", {"meal": "lunch"}, WEEK),
    ("/standing/d1/orders/{standing}/end", {}, WEEK),
    ("/standing/d1/pauses", {"from_on": "2026-12-01"}, WEEK),
    ("/standing/d1/pauses/{pause}/end", {}, WEEK),
    (f"/order?{OF}", None, frozenset({"bound"})),
    (f"/order/live?{OF}", None, frozenset({"bound"})),
    ("/order/place", MEAL, frozenset({"bound"})),
    ("/order/amend", MEAL | {"order_id": "{order}", "site": "-"}, frozenset({"bound"})),
    ("/order/cancel", MEAL | {"order_id": "{order}", "shown_fen": "9"}, frozenset({"bound"})),
    (f"/desk/meal?{OF}", None, DESK),
    (f"/desk/meal/live?{OF}", None, DESK),
    ("/desk/usual", {"service": KEY, "diner": "d1"}, DESK),
    ("/desk/meal/place", MEAL, DESK),
    ("/desk/meal/amend", MEAL | {"order_id": "{order}", "site": "-"}, DESK),
    ("/desk/meal/cancel", MEAL | {"order_id": "{order}", "shown_fen": "9"}, DESK),
    ("/desk/meal/pay", {"order_id": "{order}", "method": "cash", "amount_fen": "1", "kind": "refund"}, DESK),
    ("/api/v1/orders/quote", {"diner_id": "d1", "service_on": "2026-11-23"}, WEEK),
    ("/api/v1/orders", {"diner_id": "d1", "service_on": "2026-11-23"}, WEEK),
    ("/api/v1/orders?diner_id=d1&from_on=2026-11-23", None, WEEK),
    ("/api/v1/orders/{order}", None, WEEK),
    ("/api/v1/orders/{order}/amend", {"site_id": "-"}, WEEK),
    ("/api/v1/orders/{order}/consequence", None, WEEK),
    ("/api/v1/orders/{order}/cancel", {"shown_fen": 9}, WEEK),
    ("/api/v1/orders/{order}/payments", {"kind": "refund", "method": "cash", "amount_fen": 1}, DESK),
    ("/people/d1/family/{binding}/end", {}, DESK),
    ("/api/v1/diners/d1/bindings/{binding}/end", {}, DESK),
)
OWN_ROWS = tuple(
    act for act in ACTS if any(f"{{{kind}}}" in act[0] for kind in ("card", "enrolment", "binding"))
)


@dataclass
class Doors:
    """
    A house that everybody knocks at.

    Parameters
    ----------
    house, clients
        The house; who asks to the client signed in as them.
    rows
        Diner to the kind and id of rows of theirs.
    """

    house: House
    clients: dict[str, TestClient]
    rows: dict[str, dict[str, str]]

    def knock(self, who: str, path: str, sent: dict[str, Any] | None, rows_of: str = "d1") -> int:
        """Status that somebody gets for a path, filled with the rows of a diner."""
        named, _, rest = path.rpartition(" ")
        method = named or ("GET" if sent is None else "POST")
        rows = self.rows[rows_of]
        filled = {
            name: rows["order"] if value == "{order}" else value for name, value in (sent or {}).items()
        }
        body = {} if sent is None else {"json" if "/api/" in path else "data": filled}
        return self.clients[who].request(method, rest.format(**rows), **body).status_code


@pytest.fixture
def doors(built_house: SmallHouse, tmp_path: Path) -> Iterator[Doors]:
    """Two diners of one canteen, each with rows; users bound to one, the other, and one until yesterday."""
    small = built_house.copied(tmp_path)
    clock = RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)
    house = House(Settings(data=tmp_path), small.database, clock, small.ids)
    with house.database.begin() as session:
        for name, actor in ACTORS.items():
            save_user(session, actor, name, NOW_AT)
            save_session(session, digest(name), actor.user_id, NOW_AT, NOW_AT + timedelta(days=9))
        for user_id, diner_id in (("a5", "d1"), ("a6", "d1"), ("a7", "d4")):
            to_on = date(2026, 11, 21) if user_id == "a6" else None
            agreed = ("family", "signed_form", NOW_AT, date(2026, 1, 1), to_on)
            save_binding(session, Binding(f"b-{user_id}", user_id, diner_id, *agreed))
        programme_id = next(iter(load_programmes(session, NOW_AT.date())))
        rows = {}
        for diner_id, user_id in (("d1", "a5"), ("d4", "a7")):
            act = (session, OPERATOR, NOW_AT, small.ids, diner_id)
            away = {"from_on": date(2026, 12, 1), "to_on": None, "reason": "x"}
            rows[diner_id] = {
                "card": issue_number(*act, "card", f"6214 99{diner_id}").credential_id,
                "enrolment": enrol(*act, programme_id).enrolment_id,
                "standing": keep_standing(*act, NewStanding("lunch", (6,))).standing_id,
                "pause": keep_pause(*act, **away).pause_id,
                "binding": f"b-{user_id}",
                "order": place(session, LUNCH, Wanted(diner_id), small.acting(OPERATOR)).order.order_id,
            }
    with TestClient(create_app(house), raise_server_exceptions=False) as client:
        tokens = {name: {"authorization": f"Bearer {name}"} for name in ACTORS}
        clients = {
            name: TestClient(client.app, headers=one, follow_redirects=False) for name, one in tokens.items()
        }
        yield Doors(house, clients, rows)
    house.database.close()


def test_each_act_lets_its_roles_through_and_nobody_else(doors: Doors) -> None:
    """Tests role by role and act by act, own site and another's, that only who may comes past the door."""
    wrong = []
    for path, sent, allowed in ACTS:
        for who in ACTORS:
            status = doors.knock(who, path, sent)
            if (status != 403) != (who in allowed) or status in (401, 500):
                wrong.append((path, who, status))
    assert wrong == []


def test_a_row_of_another_diner_is_not_found_under_this_one(doors: Doors) -> None:
    """Tests on pages and endpoints alike that card, enrolment and binding belong under their own diner."""
    found = {path: doors.knock("canteen", path, sent, rows_of="d4") for path, sent, _ in OWN_ROWS}
    assert set(found.values()) == {404}, found
    with doors.house.database.read() as session:
        kept = load_binding(session, doors.rows["d4"]["binding"])
    assert kept is not None and kept.to_on is None


def test_who_no_longer_acts_gets_no_sign_in_link(doors: Doors) -> None:
    """Tests that a link is given for a binding that holds, and refused as ended once it does not."""
    before = doors.rows["d1"] | {"binding": "b-a6"}
    doors.rows["ended"] = before
    link = "/people/d1/family/{binding}/link"
    assert doors.knock("canteen", link, {}) == 200
    assert doors.knock("canteen", link, {}, rows_of="ended") == 409
    assert doors.knock("canteen", "/people/d1/family/{binding}/end", {}) == 303
    assert doors.knock("canteen", link, {}) == 409
    assert doors.knock("bound", "/order?for=d1", None) == 403
    assert doors.knock("bound", "/api/v1/orders/{order}", None) == 403
