"""Messages to webhooks: signed, sent until the other side says yes, at least once each."""

import asyncio
import hashlib
import hmac
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any

import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from api.db import Database
from api.house import House
from api.store.outbox import OutboxRow
from orders.errors import BadInput, MealError

FIRST_DELAY_S = 10
LONGEST_DELAY_S = 900
GIVE_UP_S = 24 * 3600
LEASE_S = 60
ANSWER_WITHIN_S = 10.0
TICK_S = 0.5
MOST_AT_ONCE = 8
OWN_DOMAINS = (".local", ".localhost", ".internal", ".home.arpa")
FILE = "webhooks.json"
NOT_SET = "webhook_not_set"
UNUSABLE = "webhook_unusable"
UNREADABLE = "webhooks_unreadable"
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
        Address; ``https``, or ``http`` within a network of one's own (see `is_usable`).
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
    database: Database,
    hooks: Mapping[str, Hook],
    now_at: datetime,
    post: Post | None = None,
    *,
    lacks: str = NOT_SET,
) -> int:
    """
    Sends every message that is due, outside of any transaction.

    A message is leased first, so that two processes do not send it side by side; who dies between sending
    and noting it lets it be sent again, under the same ``Holdchain-Delivery``. Webhooks are posted to side by
    side; one that fails or is slow is left for the next round, so that it keeps no other waiting.

    Parameters
    ----------
    database, hooks
        Where messages are; where they go, by name.
    now_at
        The present instant; it stands in the signature.
    post
        Sends one; None is over HTTP.
    lacks
        Why a webhook is not among ``hooks``.

    Returns
    -------
    int
        How many were taken by the other side.
    """
    due = _due(database, now_at)
    for name in due.keys() - hooks.keys():
        for message_id in due.pop(name):
            _noted(database, message_id, lacks, now_at)
    each = partial(_send_of, database, now_at=now_at, post=post or _over_http)
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        return sum(pool.map(each, [hooks[name] for name in due], due.values()))


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of ``timestamp.body`` under a secret, as hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def load_hooks(folder: Path) -> dict[str, Hook]:
    """
    The webhooks of a house, by name, from the 0600 file in its data folder.

    Raises
    ------
    BadInput
        When the file is there and cannot be read, or lists anything but names, addresses and secrets.
    """
    path = folder / FILE
    try:
        hooks = [Hook(**one) for one in json.loads(path.read_text("utf-8"))]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(UNREADABLE, file=str(path)) from error
    if not all(isinstance(part, str) for one in hooks for part in (one.name, one.url, one.secret)):
        raise BadInput(UNREADABLE, file=str(path))
    return {one.name: one for one in hooks}


def is_usable(url: str) -> bool:
    """
    Whether messages may be posted there.

    ``https`` anywhere; ``http``, which anybody on the way can read, only to a private or loopback address, to
    a name without a dot, and under the domains kept for networks of one's own (RFC 6761, 6762, 8375).
    """
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if address.scheme == "https":
        return bool(address.host)
    return address.scheme == "http" and _is_own(address.host)


def _is_own(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host.endswith(OWN_DOMAINS) or (host[:1].isalpha() and "." not in host)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_private


def save_hook(folder: Path, hook: Hook) -> None:
    """
    Keeps a webhook, new or changed; nobody but the owner of the file reads its secret.

    Raises
    ------
    BadInput
        When messages may not be posted to the address, the secret is shorter than 16 characters, or the file
        as it is cannot be read.
    """
    if not is_usable(hook.url) or len(hook.secret) < 16 or not hook.name:
        raise BadInput(UNUSABLE, name=hook.name)
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
        said = ""
        while not stop.wait(TICK_S):
            trouble = _send_of_house(house)
            if trouble and trouble != said:
                log.error("messages not sent", error=trouble)
            said = trouble

    thread = threading.Thread(target=work, name="outbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(2 * ANSWER_WITHIN_S)


def _send_of_house(house: House) -> str:
    """Sends what is due in a house; says what kept it from being sent, empty when nothing did."""
    hooks, trouble = dict[str, Hook](), ""
    try:
        hooks = load_hooks(house.settings.data)
    except BadInput as refusal:
        trouble = str(refusal)
    try:
        send_due(house.database, hooks, house.clock.now(), lacks=UNREADABLE if trouble else NOT_SET)
    except (MealError, SQLAlchemyError, OSError, ValueError) as error:
        trouble = str(error)
    return trouble[:300]


def _due(database: Database, now_at: datetime) -> dict[str, list[str]]:
    """Messages that are due, oldest first, by webhook: many to one leave room for another's."""
    is_due = (
        col(OutboxRow.sent_at).is_(None),
        col(OutboxRow.given_up_at).is_(None),
        col(OutboxRow.due_at) <= now_at,
    )
    with database.read() as session:
        names = session.exec(select(OutboxRow.hook).where(*is_due).distinct()).all()
        query = select(OutboxRow.message_id).where(*is_due).order_by(col(OutboxRow.due_at)).limit(50)
        return {name: list(session.exec(query.where(OutboxRow.hook == name))) for name in names}


def _send_of(database: Database, hook: Hook, message_ids: Sequence[str], now_at: datetime, post: Post) -> int:
    """Sends one webhook's messages until one fails or as much time is gone as one answer may take."""
    sent, began_s = 0, time.monotonic()
    for message_id in message_ids:
        row = _leased(database, message_id, now_at)
        if row is None:
            continue
        failure = _sent(hook, row, now_at, post) if is_usable(hook.url) else UNUSABLE
        _noted(database, message_id, failure, now_at)
        if failure is not None:
            break
        sent += 1
        if time.monotonic() - began_s >= ANSWER_WITHIN_S:
            break
    return sent


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
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"[:300]
    return None


def _over_http(hook: Hook, body: bytes, headers: Mapping[str, str]) -> None:
    asyncio.run(_posted(hook, body, headers))


async def _posted(hook: Hook, body: bytes, headers: Mapping[str, str]) -> None:
    """Posts and looks at the status; no more of the answer is read, and all of it within one time limit."""
    try:
        async with (
            asyncio.timeout(ANSWER_WITHIN_S),
            httpx.AsyncClient(timeout=ANSWER_WITHIN_S) as client,
            client.stream("POST", hook.url, content=body, headers=dict(headers)) as answer,
        ):
            answer.raise_for_status()
    except TimeoutError as error:
        raise httpx.ReadTimeout(f"no answer within {ANSWER_WITHIN_S:.0f} s") from error


def _noted(database: Database, message_id: str, failure: str | None, now_at: datetime) -> None:
    with database.begin() as session:
        _note(session.get_one(OutboxRow, message_id), failure, now_at)


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
