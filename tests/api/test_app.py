"""The web face: one gate, one voice for refusals, one answer to a repeated request."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlmodel import Session, select
from starlette.routing import Mount

from api.app import create_app
from api.clock import RehearsalClock
from api.db import Database
from api.house import House
from api.pages.sign_in import local_path
from api.people import AT_A_SITE, OPERATOR, NewUser, add_user, link_for
from api.permissions import ACTS, ROLES
from api.security import set_password, user_by_password
from api.settings import Settings
from api.store.idempotency import AnswerRow
from api.store.users import User, user_by_login
from api.web.access import PUBLIC_PATHS, May, user_of
from api.web.idempotency import SHOWN_ONCE
from orders.codes import Coded
from orders.ids import IdSource

EPOCH_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ORIGIN = "http://testserver"


@pytest.fixture
def house(database: Database, tmp_path) -> House:
    """A house with one user a role, its clock standing still."""
    clock = RehearsalClock.start(tmp_path / "clock.json", EPOCH_AT, 0)
    ids = IdSource(clock.now, 1)
    with database.begin() as session:
        for role in ROLES:
            site_id = "C01" if role in AT_A_SITE else None
            new = NewUser(role, role, role, site_id=site_id)
            add_user(session, OPERATOR, clock.now(), ids, new)
    return House(Settings(data=tmp_path), database, clock, ids)


@pytest.fixture
def app(house: House) -> FastAPI:
    """The application of that house."""
    return create_app(house)


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[TestClient]:
    """A client without a session."""
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def admin(app: FastAPI, house: House) -> Iterator[TestClient]:
    """A client signed in as administrator."""
    yield from signed_in(app, house, "admin")


@pytest.fixture
def cook(app: FastAPI, house: House) -> Iterator[TestClient]:
    """A client signed in for the kitchen."""
    yield from signed_in(app, house, "kitchen")


def signed_in(app: FastAPI, house: House, login: str) -> Iterator[TestClient]:
    """A client with the session of a user, by a fresh link."""
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        answer = client.post("/api/v1/session/open", json={"link": new_link(house, login)})
        assert answer.status_code == 200, answer.text
        yield client


def new_link(house: House, login: str) -> str:
    """Token of a fresh one-time link."""
    with house.database.begin() as session:
        return link_for(session, OPERATOR, house.clock.now(), login, 24).rpartition("token=")[2]


def api_routes(app: FastAPI) -> list[APIRoute]:
    """Every route of our own, from every router that the application finds."""
    found: list[APIRoute] = []

    def walk(routes: list) -> None:
        for route in routes:
            if isinstance(route, APIRoute):
                found.append(route)
            elif not isinstance(route, Mount) and hasattr(route, "original_router"):
                walk(route.original_router.routes)

    walk(app.routes)
    return found


def test_every_route_needs_a_session(app: FastAPI, stranger: TestClient) -> None:
    """Tests that no page and no endpoint answers a stranger, but for the paths named as public."""
    routes = [route for route in api_routes(app) if route.path not in PUBLIC_PATHS]
    assert len(routes) >= 8
    for route in routes:
        path = route.path.replace("{", "").replace("}", "").replace(":path", "")
        for method in sorted(route.methods):
            assert stranger.request(method, path).status_code == 401, f"{method} {path}"
    assert stranger.get("/api/v1/openapi.json").status_code == 401
    assert stranger.get("/no/such/page").status_code == 401


def test_every_route_names_who_may(app: FastAPI) -> None:
    """Tests that each route asks for an act of the table, or at least for a user."""
    for route in api_routes(app):
        if route.path in PUBLIC_PATHS:
            continue
        asked = [one.call for one in route.dependant.dependencies]
        acts = [one.act for one in asked if isinstance(one, May)]
        assert acts or user_of in asked, f"{route.path} names no act"
        assert set(acts) <= ACTS.keys(), route.path


def test_public_paths_answer_strangers(stranger: TestClient) -> None:
    """Tests that a supervisor and a person without a session get an answer."""
    assert stranger.get("/healthz").json() == {"status": "ok"}
    assert stranger.get("/sign-in").status_code == 200


def test_readiness_names_what_is_lacking(house: House) -> None:
    """Tests that a house whose tables are old, or whose broker is down, is not ready."""
    with TestClient(create_app(house)) as client:
        assert client.get("/readyz").json() == {"status": "old tables"}
    with house.database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0001')")
    with TestClient(create_app(house, lambda: ["broker"])) as client:
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["lacking"]) == (503, ["broker"])
    away = Coded("trouble_broker_unheard", {"broker": "kitchen", "since_at": "2026-11-23T02:10:00+00:00"})
    with TestClient(create_app(house, troubles=lambda: [away])) as client:
        answer = client.get("/readyz")
    (trouble,) = answer.json()["troubles"]
    assert answer.status_code == 200 and "kitchen has not been connected since" in trouble["words"]


def test_a_stranger_is_led_to_the_sign_in_page_and_back(stranger: TestClient) -> None:
    """Tests that a person's page request leads to the sign-in page with the way back in it."""
    answer = stranger.get("/api-docs?x=1", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/api-docs%3Fx%3D1")


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", ""])
def test_the_way_back_stays_in_the_house(away: str) -> None:
    """Tests that a crafted link cannot send a person elsewhere after signing in."""
    assert local_path(away) == "/"
    assert local_path("/canteen?x=1") == "/canteen?x=1"


def test_signing_in_on_the_page_sets_a_guarded_cookie(house: House, stranger: TestClient) -> None:
    """Tests that the link's page only offers to sign in, and that its button does, once."""
    token = new_link(house, "kitchen")
    assert token in stranger.get(f"/sign-in?token={token}").text
    answer = stranger.post("/sign-in", data={"token": token, "next": "/kitchen"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/kitchen")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert stranger.get("/api/v1/session").json()["role"] == "kitchen"
    assert stranger.post("/sign-in", data={"token": token}).status_code == 403
    assert stranger.post("/sign-out").status_code == 303
    assert stranger.get("/api/v1/session").status_code == 401


def test_programs_use_a_bearer_token(house: House, stranger: TestClient) -> None:
    """Tests that a token opens the API without a cookie."""
    token = stranger.post("/api/v1/session/open", json={"link": new_link(house, "device")}).json()["token"]
    stranger.cookies.clear()
    answer = stranger.get("/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["role"] == "device"
    assert stranger.get("/api/v1/session", headers={"Authorization": "Bearer x"}).status_code == 401


def test_another_site_cannot_act_for_a_person(admin: TestClient) -> None:
    """Tests that an unsafe request made by another site is refused, and one of our own is not."""
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = admin.post("/api/v1/users/driver/link", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "asked_from_elsewhere")
    assert admin.post("/api/v1/users/driver/link", headers={"Origin": ORIGIN}).status_code == 201


def test_every_answer_carries_the_guarding_headers(stranger: TestClient) -> None:
    """Tests that neither inline scripts nor other hosts nor frames are allowed."""
    for path in ("/sign-in", "/api/v1/session", "/static/no-such-file"):
        headers = stranger.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")


def test_refusals_are_problem_documents_in_the_persons_language(cook: TestClient) -> None:
    """Tests that a program gets a stable code and a person the sentence in the language asked for."""
    answer = cook.get("/api/v1/users", headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "role_may_not"
    assert "The role “kitchen” may not do this" in answer.json()["detail"]
    assert "厨房" in cook.get("/api/v1/users", headers={"Accept-Language": "zh-CN"}).json()["detail"]


def test_unknown_addresses_and_bad_bodies_are_answered_in_words(admin: TestClient) -> None:
    """Tests that the framework's own refusals are problem documents too."""
    unknown = admin.get("/api/v1/no-such-thing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "web_refusal")
    bad = admin.post("/api/v1/users", json={"login": "x y", "name": "x", "role": "king"})
    assert (bad.status_code, bad.json()["code"]) == (422, "not_understood")
    assert admin.request("PATCH", "/api/v1/users").status_code == 405


def test_htmx_gets_a_fragment(cook: TestClient, stranger: TestClient) -> None:
    """Tests that a refusal to htmx is a piece of page, and a lost session sends to the sign-in page."""
    fragment = cook.get("/no/such/page", headers={"HX-Request": "true"})
    assert fragment.status_code == 404
    assert 'data-code="web_refusal"' in fragment.text
    assert "<html" not in fragment.text
    lost = stranger.get("/kitchen", headers={"HX-Request": "true"})
    assert (lost.status_code, lost.headers["hx-redirect"]) == (401, "/sign-in")


def test_a_mishap_is_logged_and_answered_in_words(house: House) -> None:
    """Tests that a programming error shows no trace to the user."""
    app = create_app(house)
    router = APIRouter()

    @router.get("/healthz/broken")
    def broken() -> None:
        raise ZeroDivisionError("secret detail")

    app.include_router(router)
    client = next(signed_in(app, house, "admin"))
    answer = client.get("/healthz/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text


def test_a_repeated_key_is_answered_again_and_done_once(admin: TestClient) -> None:
    """Tests that the same request with the same key adds one user and gets the same answer twice."""
    new = {"login": "zhao", "name": "Zhao", "role": "driver"}
    first = admin.post("/api/v1/users", json=new, headers={"Idempotency-Key": "k1"})
    again = admin.post("/api/v1/users", json=new, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = admin.post("/api/v1/users", json=new | {"login": "qian"}, headers={"Idempotency-Key": "k1"})
    assert other.json()["code"] == "idempotency_key_reused"


def test_a_secret_that_is_shown_once_is_not_kept(house: House, admin: TestClient) -> None:
    """Tests that no answer with a sign-in link or a session lies in the database for whoever reads it."""
    key = {"Idempotency-Key": "k1"}
    first, again = (admin.post("/api/v1/users/driver/link", headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() != again.json()
    assert SHOWN_ONCE.fullmatch("/people/d1/family/b1/link")
    link = {"link": new_link(house, "admin")}
    assert admin.post("/api/v1/session/open", json=link, headers=key).status_code == 200
    with house.database.read() as session:
        assert session.exec(select(AnswerRow)).all() == []


def test_a_password_is_weighed_while_others_write(
    house: House, stranger: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that the slow hash keeps no transaction waiting, and that a password signs in."""
    with house.database.begin() as session:
        user = user_by_login(session, "kitchen")
        assert user is not None
        set_password(session, OPERATOR, user.actor.user_id, "four calm words here", EPOCH_AT)
    wrote = []

    def meanwhile(session: Session, login: str, password: str) -> User:
        with ThreadPoolExecutor(1) as pool:
            wrote.append(pool.submit(new_link, house, "driver").result(timeout=60))
        return user_by_password(session, login, password)

    monkeypatch.setattr("api.endpoints.session.user_by_password", meanwhile)
    said = {"login": "kitchen", "password": "four calm words here"}
    assert stranger.post("/api/v1/session/open", json=said).status_code == 200
    assert wrote
    too_long = said | {"password": "x" * 1001}
    assert stranger.post("/api/v1/session/open", json=too_long).status_code == 422


def test_a_refused_request_frees_its_key(admin: TestClient) -> None:
    """Tests that a refusal, which changed nothing, may be followed by the same key."""
    headers = {"Idempotency-Key": "k2"}
    taken = {"login": "driver", "name": "D", "role": "driver"}
    assert admin.post("/api/v1/users", json=taken, headers=headers).status_code == 409
    assert admin.post("/api/v1/users", json=taken | {"login": "sun"}, headers=headers).status_code == 201


def test_keys_of_two_users_are_apart(app: FastAPI, house: House, admin: TestClient) -> None:
    """Tests that one user's key gives nothing of another's answer away."""
    new = {"login": "li", "name": "Li", "role": "driver"}
    assert admin.post("/api/v1/users", json=new, headers={"Idempotency-Key": "k"}).status_code == 201
    cook = next(signed_in(app, house, "kitchen"))
    assert cook.post("/api/v1/users", json=new, headers={"Idempotency-Key": "k"}).status_code == 403


def test_the_language_is_remembered(cook: TestClient) -> None:
    """Tests that a chosen language wins over the browser's, and that only ours can be chosen."""
    assert cook.post("/language", data={"language": "en", "next": "/x"}).headers["location"] == "/x"
    answer = cook.get("/api/v1/users", headers={"Accept-Language": "zh-CN"})
    assert "may not" in answer.json()["detail"]
    assert cook.post("/language", data={"language": "tlh"}).status_code == 422


def test_a_rehearsal_is_moved_on_by_the_administrator_only(cook: TestClient, admin: TestClient) -> None:
    """Tests that the clock can be read by all, moved by one, and never back."""
    assert cook.get("/api/v1/clock").json() == {
        "now_at": "2026-11-22T08:00:00Z",
        "rehearsal": True,
        "speed": 0.0,
    }
    later_at = EPOCH_AT + timedelta(hours=2)
    assert cook.post("/api/v1/clock/advance", json={"to": later_at.isoformat()}).status_code == 403
    admin.post("/api/v1/clock/advance", json={"to": later_at.isoformat()})
    admin.post("/api/v1/clock/advance", json={"to": EPOCH_AT.isoformat()})
    assert cook.get("/api/v1/clock").json()["now_at"] == "2026-11-22T10:00:00Z"


def test_metrics_are_for_this_machine(app: FastAPI) -> None:
    """Tests that counts are given on the loopback and to nobody else."""
    with TestClient(app, client=("127.0.0.1", 5000)) as near:
        near.get("/healthz")
        assert 'route="/healthz"' in near.get("/metrics").text
    with TestClient(app, client=("192.0.2.7", 5000)) as far:
        assert far.get("/metrics").status_code == 403


def test_the_docs_list_every_endpoint_from_our_own_files(admin: TestClient) -> None:
    """Tests that the page names each path of the OpenAPI document and loads nothing from elsewhere."""
    paths = admin.get("/api/v1/openapi.json").json()["paths"]
    page = admin.get("/api-docs").text
    assert {"/api/v1/users", "/api/v1/clock"} <= paths.keys()
    assert [path for path in paths if f"{path}</code>" not in page] == []
    assert "https://" not in page
