"""Signing in: links work once, passwords are optional, sessions end."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from api.db import Database
from api.people import OPERATOR, NewUser, add_user, link_for, shut_out
from api.permissions import ACTS, ROLES, Actor, Role, ensure
from api.security import (
    digest,
    issue_link,
    new_token,
    set_password,
    sign_in_by_link,
    user_by_password,
)
from api.store.users import end_session, user_of_session
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.ids import IdSource

NOW_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
IDS = IdSource(lambda: NOW_AT, seed=1)


@pytest.fixture
def people(database: Database) -> Database:
    """A database with one user, ``li`` of the kitchen."""
    with database.begin() as session:
        add_user(session, OPERATOR, NOW_AT, IDS, NewUser("li", "Li", "kitchen", kitchen_id="K1"))
    return database


def link(database: Database, hours: int = 24) -> str:
    with database.begin() as session:
        return issue_link(session, OPERATOR, "li", NOW_AT, hours)


def test_a_link_signs_in_once(people: Database) -> None:
    """Tests that a link opens one session and is used up by it."""
    token = link(people)
    with people.begin() as session:
        session_token, user = sign_in_by_link(session, token, NOW_AT, 12)
    assert (user.actor.name, user.actor.role, user.actor.kitchen_id) == ("Li", "kitchen", "K1")
    with people.read() as session:
        assert user_of_session(session, digest(session_token), NOW_AT) == user
    with pytest.raises(Forbidden, match="link_not_valid"), people.begin() as session:
        sign_in_by_link(session, token, NOW_AT, 12)


def test_a_link_expires_by_the_clock(people: Database) -> None:
    """Tests that a link older than its hours is refused."""
    token = link(people)
    with pytest.raises(Forbidden, match="link_not_valid"), people.begin() as session:
        sign_in_by_link(session, token, NOW_AT + timedelta(hours=24), 12)


def test_tokens_are_long_and_not_stored(people: Database) -> None:
    """Tests that a stolen copy of the database signs nobody in."""
    token = link(people)
    assert len(token) >= 43
    assert new_token() != new_token()
    with people.engine.connect() as connection:
        stored = connection.execute(text("SELECT token_digest FROM sign_in_links")).scalars().all()
    assert stored == [digest(token)]
    assert token not in stored


def test_a_session_expires_and_ends(people: Database) -> None:
    """Tests that neither an old nor an ended session lets anyone in."""
    with people.begin() as session:
        token, _ = sign_in_by_link(session, issue_link(session, OPERATOR, "li", NOW_AT, 1), NOW_AT, 12)
    with people.read() as session:
        assert user_of_session(session, digest(token), NOW_AT + timedelta(hours=12)) is None
    with people.begin() as session:
        end_session(session, digest(token), NOW_AT)
    with people.read() as session:
        assert user_of_session(session, digest(token), NOW_AT) is None


def test_nobody_has_a_password_until_it_is_set(people: Database) -> None:
    """Tests that there is no default password, and that wrong and missing ones look alike."""
    for login in ("li", "nobody"):
        with pytest.raises(Forbidden, match="sign_in_refused"), people.begin() as session:
            user_by_password(session, login, "")
    with people.begin() as session:
        user_id = sign_in_by_link(session, issue_link(session, OPERATOR, "li", NOW_AT, 1), NOW_AT, 1)[1]
        with pytest.raises(BadInput, match="password_too_short"):
            set_password(session, OPERATOR, user_id.actor.user_id, "short", NOW_AT)
        set_password(session, OPERATOR, user_id.actor.user_id, "four calm words here", NOW_AT)
    with people.begin() as session:
        assert user_by_password(session, "li", "four calm words here").has_password
    with pytest.raises(Forbidden, match="sign_in_refused"), people.begin() as session:
        user_by_password(session, "li", "four calm words")


def test_who_is_shut_out_is_out_at_once(people: Database) -> None:
    """Tests that shutting a user out ends sessions and links."""
    unused = link(people)
    with people.begin() as session:
        token, _ = sign_in_by_link(session, issue_link(session, OPERATOR, "li", NOW_AT, 1), NOW_AT, 12)
        shut_out(session, OPERATOR, NOW_AT, "li")
    with people.read() as session:
        assert user_of_session(session, digest(token), NOW_AT) is None
    with pytest.raises(Forbidden), people.begin() as session:
        sign_in_by_link(session, unused, NOW_AT, 12)
    with pytest.raises(NotFound), people.begin() as session:
        link_for(session, OPERATOR, NOW_AT, "li", 1)


def test_a_login_is_taken_once(people: Database) -> None:
    """Tests that a second user of the same login is refused in words."""
    with pytest.raises(Conflict, match="login_taken"), people.begin() as session:
        add_user(session, OPERATOR, NOW_AT, IDS, NewUser("li", "Another Li", "canteen"))


@pytest.mark.parametrize("role", ["canteen", "volunteer"])
def test_who_works_at_a_site_is_bound_to_it(people: Database, role: Role) -> None:
    """Tests that no site, which would open every site, is refused, and one is taken."""
    for site_id in (None, ""):
        with pytest.raises(BadInput, match="user_needs_site"), people.begin() as session:
            add_user(session, OPERATOR, NOW_AT, IDS, NewUser("wu", "Wu", role, site_id=site_id))
    with people.begin() as session:
        added = add_user(session, OPERATOR, NOW_AT, IDS, NewUser("wu", "Wu", role, site_id="C01"))
    assert added.actor.site_id == "C01"


def test_only_managers_add_users(people: Database) -> None:
    """Tests that the use case itself asks for the right."""
    cook = Actor("u1", "Li", "kitchen")
    with pytest.raises(Forbidden, match="role_may_not"), people.begin() as session:
        add_user(session, cook, NOW_AT, IDS, NewUser("wu", "Wu", "admin"))


def test_scope_binds_an_actor_to_its_own() -> None:
    """Tests that a canteen's user acts for that canteen only, and an unbound one for all."""
    bound = Actor("u1", "C03", "canteen", site_id="C03")
    ensure(bound, "meal.serve", site_id="C03")
    ensure(Actor("u2", "any", "canteen"), "meal.serve", site_id="C04")
    with pytest.raises(Forbidden, match="outside_scope"):
        ensure(bound, "meal.serve", site_id="C04")


def test_every_act_is_allowed_to_somebody_and_to_known_roles() -> None:
    """Tests that the table of acts names real roles, and the administrator in all that is not one's own."""
    for act, roles in ACTS.items():
        assert roles <= set(ROLES), act
        assert "admin" in roles or act == "self" or act.endswith(".own"), act
