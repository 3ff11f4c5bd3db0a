"""Messages to webhooks over real HTTP: signed, tried again, kept secret."""

import hashlib
import hmac
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from api.outbox import GIVE_UP_S, Hook, Message, load_hooks, put, save_hook, send_due
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
    for url, secret in (("https://duty.example/", "short"), ("ftp://duty.example/", SECRET)):
        with pytest.raises(BadInput, match="webhook_unusable"):
            save_hook(tmp_path, Hook("duty", url, secret))
