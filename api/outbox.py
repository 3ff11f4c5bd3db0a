"""Messages to webhooks: signed, sent until the other side says yes, at least once each."""

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from api.db import Database
from api.house import House
from api.store.outbox import OutboxRow
from orders.errors import BadInput

FIRST_DELAY_S = 10
LONGEST_DELAY_S = 900
GIVE_UP_S = 24 * 3600
LEASE_S = 60
ANSWER_WITHIN_S = 5.0
TICK_S = 0.5
FILE = "webhooks.json"
NOT_SET = "webhook_not_set"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hook:
    """
    Where messages of one name go.

    Parameters
    ----------
    name
        As the timetable calls it.
    url
        Address; ``https``, or ``http`` within a network of one's own.
    secret
        What signs the messages; known to the other side too. Like the address, not shown when printed.
    """

    name: str
    url: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """
    What a webhook is to be told.

    Parameters
    ----------
    message_id, hook, ref
        Row id; to which webhook; what it is about, one message each.
    body
        Sent as JSON.
    """

    message_id: str
    hook: str
    ref: str
    body: Mapping[str, Any]


Post = Callable[[Hook, bytes, Mapping[str, str]], None]


def put(session: Session, message: Message, now_at: datetime) -> None:
    """Keeps a message in the caller's transaction; one with the same reference is kept once."""
    query = select(OutboxRow.message_id).where(OutboxRow.hook == message.hook, OutboxRow.ref == message.ref)
    if session.exec(query).first() is None:
        row = OutboxRow(
            message_id=message.message_id,
            hook=message.hook,
            ref=message.ref,
            body=dict(message.body),
            made_at=now_at,
            due_at=now_at,
        )
        session.add(row)
        session.flush()


def send_due(
    database: Database, hooks: Mapping[str, Hook], now_at: datetime, post: Post | None = None
) -> int:
    """
    Sends every message that is due, outside of any transaction.

    A message is leased first, so that two processes do not send it side by side; who dies between sending
    and noting it lets it be sent again, under the same ``Holdchain-Delivery``.

    Parameters
    ----------
    database, hooks
        Where messages are; where they go, by name.
    now_at
        The present instant; it stands in the signature.
    post
        Sends one; None is over HTTP.

    Returns
    -------
    int
        How many were taken by the other side.
    """
    sent = 0
    for message_id, hook in _due(database, now_at):
        if hook not in hooks:
            with database.begin() as session:
                _note(session.get_one(OutboxRow, message_id), NOT_SET, now_at)
            continue
        row = _leased(database, message_id, now_at)
        if row is None:
            continue
        failure = _sent(hooks[hook], row, now_at, post or _over_http)
        with database.begin() as session:
            _note(session.get_one(OutboxRow, message_id), failure, now_at)
        sent += failure is None
    return sent


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of ``timestamp.body`` under a secret, as hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def load_hooks(folder: Path) -> dict[str, Hook]:
    """The webhooks of a house, by name, from the 0600 file in its data folder."""
    path = folder / FILE
    if not path.exists():
        return {}
    return {one["name"]: Hook(**one) for one in json.loads(path.read_text("utf-8"))}


def save_hook(folder: Path, hook: Hook) -> None:
    """
    Keeps a webhook, new or changed; nobody but the owner of the file reads its secret.

    Raises
    ------
    BadInput
        When the address is none of the web, or the secret is shorter than 16 characters.
    """
    if not hook.url.startswith(("https://", "http://")) or len(hook.secret) < 16 or not hook.name:
        raise BadInput("webhook_unusable", name=hook.name)
    known = load_hooks(folder) | {hook.name: hook}
    path, fresh = folder / FILE, folder / f"{FILE}.new"
    text = json.dumps([asdict(one) for one in known.values()], ensure_ascii=False, indent=1)
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    fresh.replace(path)


@contextmanager
def posting(house: House) -> Iterator[None]:
    """Sends what is due for as long as the block lasts, in a thread of its own: webhooks may be slow."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(TICK_S):
            try:
                send_due(house.database, load_hooks(house.settings.data), house.clock.now())
            except (SQLAlchemyError, OSError, ValueError) as error:
                log.error("messages not sent", error=str(error)[:300])

    thread = threading.Thread(target=work, name="outbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(2 * ANSWER_WITHIN_S)


def _due(database: Database, now_at: datetime) -> list[tuple[str, str]]:
    query = select(OutboxRow.message_id, OutboxRow.hook).where(
        col(OutboxRow.sent_at).is_(None),
        col(OutboxRow.given_up_at).is_(None),
        col(OutboxRow.due_at) <= now_at,
    )
    with database.read() as session:
        return [(*row,) for row in session.exec(query.order_by(col(OutboxRow.due_at)).limit(50))]


def _leased(database: Database, message_id: str, now_at: datetime) -> OutboxRow | None:
    with database.begin(lock=f"outbox/{message_id}") as session:
        row = session.get_one(OutboxRow, message_id)
        if row.sent_at is not None or row.due_at > now_at:
            return None
        row.due_at = now_at + timedelta(seconds=LEASE_S)
        session.flush()
        session.expunge(row)
        return row


def _sent(hook: Hook, row: OutboxRow, now_at: datetime, post: Post) -> str | None:
    """What went wrong, None when the other side took it."""
    body = json.dumps(row.body, ensure_ascii=False, sort_keys=True).encode()
    timestamp = str(int(now_at.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "Holdchain-Delivery": row.message_id,
        "Holdchain-Timestamp": timestamp,
        "Holdchain-Signature": f"sha256={signature(hook.secret, timestamp, body)}",
    }
    try:
        post(hook, body, headers)
    except httpx.HTTPStatusError as refusal:  # its own words would show the address, and a token in it
        return f"HTTP {refusal.response.status_code}"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{type(error).__name__}: {error}"[:300]
    return None


def _over_http(hook: Hook, body: bytes, headers: Mapping[str, str]) -> None:
    answer = httpx.post(hook.url, content=body, headers=dict(headers), timeout=ANSWER_WITHIN_S)
    answer.raise_for_status()


def _note(row: OutboxRow, failure: str | None, now_at: datetime) -> None:
    if failure is None:
        row.sent_at, row.failure = now_at, None
        return
    row.tries, row.failure = row.tries + 1, failure
    doubled_s = FIRST_DELAY_S * 2 ** min(row.tries - 1, 20)
    wait_s = LONGEST_DELAY_S if failure == NOT_SET else min(LONGEST_DELAY_S, doubled_s)
    row.due_at = now_at + timedelta(seconds=wait_s)
    if now_at - row.made_at >= timedelta(seconds=GIVE_UP_S):
        row.given_up_at = now_at
    if row.tries == 1 or row.given_up_at is not None:
        log.warning("webhook failed", hook=row.hook, tries=row.tries, failure=failure)
