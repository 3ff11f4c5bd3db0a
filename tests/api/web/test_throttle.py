"""Guessing passwords: how many tries, from where, for how long."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.db import Database
from api.errors import TooManyTries
from api.house import House
from api.people import OPERATOR, NewUser, add_user
from api.security import issue_link, set_password
from api.settings import Settings
from api.web.throttle import SignInThrottle, ThrottleParams
from orders.ids import IdSource
from tests.api.register.conftest import NOW_AT

WORDS = "four calm words here"


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        """The present second."""
        return self.now_s


@pytest.fixture
def seconds() -> Seconds:
    """At a thousand seconds."""
    return Seconds()


def tries(throttle: SignInThrottle, login: str, address: str) -> int:
    """Failures until somebody is refused, at most a hundred."""
    for number in count():
        try:
            throttle.attempt(login, address)
        except TooManyTries:
            return number
        if number == 99:
            return 100
    raise AssertionError


def test_five_failures_of_a_login_from_one_address_then_a_wait(seconds: Seconds) -> None:
    """Tests the limit, that the case of letters is no way round, and that the wait ends and says how long."""
    throttle = SignInThrottle(seconds=seconds)
    assert tries(throttle, "li", "10.0.0.1") == 5
    seconds.now_s += 60
    with pytest.raises(TooManyTries) as refused:
        throttle.attempt("LI ", "10.0.0.1")
    assert (refused.value.wait_s, refused.value.params["minutes"]) == (841, 15)
    throttle.attempt("li", "10.0.0.2")
    throttle.attempt("wang", "10.0.0.1")
    seconds.now_s += 841
    throttle.attempt("li", "10.0.0.1")


def test_guessing_around_is_limited_too(seconds: Seconds) -> None:
    """Tests many logins from one address, and one login from many addresses."""
    throttle = SignInThrottle(ThrottleParams(of_login=7, of_address=9), seconds)
    assert sum(tries(throttle, f"login{number}", "10.0.0.1") for number in range(9)) == 9
    assert sum(tries(throttle, "li", f"10.0.1.{number}") for number in range(9)) == 7


def test_a_good_sign_in_starts_anew_for_itself_alone(seconds: Seconds) -> None:
    """Tests that knowing one password gives no further guesses at others."""
    throttle = SignInThrottle(ThrottleParams(of_address=9), seconds)
    for _ in range(4):
        throttle.attempt("own", "10.0.0.1")
    throttle.passed("own", "10.0.0.1")
    assert tries(throttle, "own", "10.0.0.1") == 5
    assert tries(throttle, "li", "10.0.0.1") == 1


def test_the_memory_has_an_end(seconds: Seconds) -> None:
    """Tests that made-up logins push out the oldest, never grow without bound."""
    throttle = SignInThrottle(ThrottleParams(most_keys=100), seconds)
    for number in range(500):
        seconds.now_s += 1
        throttle.attempt(f"login{number}", f"10.1.{number}")
    assert len(throttle._tried) <= 103


@pytest.fixture
def stranger(sqlite_template: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A client that is not signed in; one user has a password and a link in hand."""
    clock = RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'house.db')}")
    house = House(Settings(data=tmp_path), database, clock, IdSource(lambda: NOW_AT, 3))
    with house.database.begin() as session:
        user = add_user(session, OPERATOR, NOW_AT, house.ids, NewUser("li", "Li", "kitchen", kitchen_id="K1"))
        set_password(session, OPERATOR, user.actor.user_id, WORDS, NOW_AT)
        link = issue_link(session, OPERATOR, "li", NOW_AT, 1)
    with TestClient(create_app(house), raise_server_exceptions=False) as client:
        client.headers["x-link"] = link
        yield client
    database.close()


def test_the_sixth_password_is_refused_in_words_and_a_link_still_works(stranger: TestClient) -> None:
    """Tests page and endpoint together: status, sentence, when to come back, and the other way in."""
    path, wrong = "/api/v1/session/open", {"login": "li", "password": "wrong"}
    assert [stranger.post(path, json=wrong).status_code for _ in range(6)] == [403] * 5 + [429]
    told = stranger.post(path, json=wrong | {"password": WORDS})
    assert (told.status_code, told.json()["code"]) == (429, "too_many_tries")
    assert 0 < int(told.headers["retry-after"]) <= 901
    page = stranger.post("/sign-in", data=wrong, headers={"accept-language": "en"})
    assert page.status_code == 429 and "Try again in 15 min" in page.text
    assert stranger.post(path, json={"link": stranger.headers["x-link"]}).status_code == 200
