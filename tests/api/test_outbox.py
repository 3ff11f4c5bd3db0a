"""Messages to webhooks over real HTTP: signed, tried again, kept secret."""

import hashlib
import hmac
import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from shutil import copyfile

import httpx
import pytest
import structlog

from api.house import open_house
from api.outbox import (
    GIVE_UP_S,
    Hook,
    Message,
    _send_of_house,
    is_usable,
    load_hooks,
    put,
    save_hook,
    send_due,
)
from api.settings import Settings
from api.store.outbox import OutboxRow
from orders.errors import BadInput

NOW_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SECRET = "a secret of more than 16"


@pytest.fixture
def other_side():
    """A webhook that answers with the next of its statuses and keeps what it hears."""

    class Duty(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.heard.append((dict(self.headers), body))
            self.send_response(self.server.statuses.pop(0))
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Duty)
    server.heard, server.statuses = [], []
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def never(*_):
    """A post that must not happen."""
    raise AssertionError


def failure_of(database, message_id):
    """What stands against the message."""
    with database.read() as session:
        return session.get_one(OutboxRow, message_id).failure


def drip(server, answer):
    """Answers one request with this and then a letter every 50 ms, until nobody listens."""
    connection, _ = server.accept()
    with connection, suppress(OSError):
        connection.recv(65536)
        connection.sendall(answer)
        while True:
            time.sleep(0.05)
            connection.sendall(b"x")


def told(database, ref="alarm/1/0"):
    """Asks for the message, as often as it is called."""
    with database.begin() as session:
        put(session, Message(f"m-{ref}", "duty", ref, {"words": "停", "n": 1}), NOW_AT)


def test_a_message_is_signed_and_tried_again_until_it_is_taken(database, other_side):
    """Tests by the receiver's own arithmetic, after a 500 and a redirect that nobody follows."""
    told(database)
    told(database)
    hooks = {"duty": Hook("duty", f"http://127.0.0.1:{other_side.server_port}/", SECRET)}
    other_side.statuses = [500, 302, 200]
    waits_s = (0, 10, 30, 600)
    sent = [send_due(database, hooks, NOW_AT + timedelta(seconds=one)) for one in waits_s]
    assert sent == [0, 0, 1, 0]
    assert len({headers["Holdchain-Delivery"] for headers, _ in other_side.heard}) == 1
    headers, body = other_side.heard[-1]
    signed = headers["Holdchain-Timestamp"].encode() + b"." + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Holdchain-Signature"] == f"sha256={expected}"
    assert int(headers["Holdchain-Timestamp"]) == int(NOW_AT.timestamp()) + 30


def test_a_webhook_that_nobody_set_fails_by_name_and_is_given_up_after_a_day(database):
    """Tests that the message stays listed with its reason."""
    told(database)
    assert send_due(database, {}, NOW_AT) == 0
    assert send_due(database, {}, NOW_AT + timedelta(minutes=14)) == 0
    send_due(database, {}, NOW_AT + timedelta(seconds=GIVE_UP_S))
    assert send_due(database, {}, NOW_AT + timedelta(seconds=2 * GIVE_UP_S)) == 0
    with database.read() as session:
        row = session.get_one(OutboxRow, "m-alarm/1/0")
        assert (row.tries, row.failure, row.given_up_at is not None) == (2, "webhook_not_set", True)


def test_a_refusal_shows_no_token_of_the_address(database, other_side):
    """Tests the failure that pages show, and a hook in a log."""
    told(database)
    hook = Hook("duty", f"http://127.0.0.1:{other_side.server_port}/?key=token", SECRET)
    other_side.statuses = [404]
    send_due(database, {"duty": hook}, NOW_AT)
    with database.read() as session:
        assert session.get_one(OutboxRow, "m-alarm/1/0").failure == "HTTP 404"
    assert repr(hook) == "Hook(name='duty')"


def test_secrets_lie_in_a_file_of_the_owners(tmp_path):
    """Tests that the file is 0600, that a name is changed in place, and that a short secret is refused."""
    save_hook(tmp_path, Hook("duty", "https://duty.example/", SECRET))
    save_hook(tmp_path, Hook("duty", "https://duty.example/2", SECRET))
    assert [one.url for one in load_hooks(tmp_path).values()] == ["https://duty.example/2"]
    assert (tmp_path / "webhooks.json").stat().st_mode & 0o777 == 0o600
    for url, secret in (("https://duty.example/", "short"), ("http://duty.example/", SECRET)):
        with pytest.raises(BadInput, match="webhook_unusable"):
            save_hook(tmp_path, Hook("duty", url, secret))


def test_only_a_network_of_ones_own_is_told_in_the_clear():
    """Tests addresses and names, and numbers that a resolver takes for an address."""
    hosts = [
        "127.0.0.1",
        "[::1]",
        "10.1.2.3",
        "192.168.0.9:1880",
        "nodered",
        "nodered:1880",
        "localhost",
        "pager.local",
    ]
    assert [one for one in hosts if not is_usable(f"http://{one}/alarms")] == []
    strange = ["8.8.8.8", "duty.example", "134744072", "0x08080808", "[::ffff:8.8.8.8]", "10.1.2.3.example"]
    assert [one for one in strange if is_usable(f"http://{one}/")] == []
    assert is_usable("https://duty.example/")
    assert not any(
        is_usable(one) for one in ("ftp://10.1.2.3/", "https://", "http://", "duty", "http://[::1")
    )


def test_a_webhook_set_earlier_in_the_clear_fails_by_name(database):
    """Tests that nothing is posted to it."""
    told(database)
    assert send_due(database, {"duty": Hook("duty", "http://8.8.8.8/", SECRET)}, NOW_AT, never) == 0
    assert failure_of(database, "m-alarm/1/0") == "webhook_unusable"


@pytest.mark.parametrize(
    "text", ["", "{", "null", '{"name": "duty"}', '[{"name": "duty"}]', "[[]]", "\udcff"]
)
def test_a_file_of_webhooks_that_cannot_be_read_is_named(tmp_path, text):
    """Tests that it is a clear refusal, also where a further webhook is to be set, and that it stays."""
    path = tmp_path / "webhooks.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    for ask in (load_hooks, lambda one: save_hook(one, Hook("duty", "https://duty.example/", SECRET))):
        with pytest.raises(BadInput, match="webhooks_unreadable"):
            ask(tmp_path)
    assert path.read_bytes() == text.encode(errors="surrogateescape")


def test_a_house_says_that_its_webhooks_cannot_be_read_and_sends_once_they_can(
    tmp_path, sqlite_template, other_side
):
    """Tests the thread of a served house over a broken file that is then put right."""
    copyfile(sqlite_template, tmp_path / "holdchain.sqlite3")
    house = open_house(Settings(data=tmp_path), upgrade=False)
    (tmp_path / "webhooks.json").write_text("[{}]")
    with house.database.begin() as session:
        put(session, Message("m1", "duty", "alarm/1/0", {}), house.clock.now() - timedelta(minutes=1))
    with structlog.testing.capture_logs() as logs:
        assert "webhooks_unreadable" in _send_of_house(house)
    assert failure_of(house.database, "m1") == "webhooks_unreadable"
    assert [one["failure"] for one in logs] == ["webhooks_unreadable"]
    (tmp_path / "webhooks.json").unlink()
    assert _send_of_house(house) == ""
    house.database.close()


def test_a_dead_webhook_keeps_no_other_waiting(database):
    """Tests that many older messages to it cost one try a round, while the other's is sent."""
    with database.begin() as session:
        for number in range(60):
            put(session, Message(f"d{number}", "dead", f"alarm/{number}/0", {}), NOW_AT)
        put(session, Message("m1", "duty", "alarm/1/0", {}), NOW_AT + timedelta(seconds=1))
    tried = []

    def post(hook, body, headers):
        tried.append(hook.name)
        if hook.name == "dead":
            raise httpx.ConnectTimeout("nobody there")

    hooks = {one: Hook(one, "https://duty.example/", SECRET) for one in ("dead", "duty")}
    assert send_due(database, hooks, NOW_AT + timedelta(seconds=2), post) == 1
    assert sorted(tried) == ["dead", "duty"]


@pytest.mark.parametrize("answer", [b"H", b"HTTP/1.1 200 OK\r\nX-Wait: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_answer_that_never_ends_has_one_time_limit(database, monkeypatch, answer):
    """Tests a receiver that sends a byte now and then; one whose body never ends has taken the message."""
    monkeypatch.setattr("api.outbox.ANSWER_WITHIN_S", 0.3)
    told(database)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server, answer), daemon=True).start()
        hook = Hook("duty", f"http://127.0.0.1:{server.getsockname()[1]}/", SECRET)
        began_s = time.monotonic()
        taken = send_due(database, {"duty": hook}, NOW_AT)
    assert time.monotonic() - began_s < 5.0
    assert taken == (answer.endswith(b"\r\n\r\n"))
    assert failure_of(database, "m-alarm/1/0") == (None if taken else "ReadTimeout: no answer within 0 s")
