"""The embedded broker's log: what it refused, and whether it took what it was told."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from orders.codes import Coded
from telemetry.partitions import topic_of_subject

LOG = "nats.log"
_REFUSALS = (
    ("mqtt_publish_refused", re.compile(r'"(?P<client>.*)" - Publish Violation - Subject "(?P<detail>.*)"')),
    (
        "mqtt_subscribe_refused",
        re.compile(r'"(?P<client>.*)" - Subscription Violation - Subject "(?P<detail>.*)", SID'),
    ),
    (
        "mqtt_topic_refused",
        re.compile(r'"(?P<client>.*)" - (?P<detail>character not supported for MQTT topics)'),
    ),
    (
        "mqtt_client_id_refused",
        re.compile(r'"(?P<client>.*)" - (?P<detail>invalid character in client ID) '),
    ),
    (
        "mqtt_payload_refused",
        re.compile(r'"(?P<client>.*)" - (?P<detail>maximum payload exceeded: \d+ vs \d+)'),
    ),
    (
        "mqtt_login_refused",
        re.compile(r'"(?P<client>.*)" - authentication error - User "(?P<detail>.*)"'),
    ),
)
_CONNECTION = re.compile(r" - mid:(\d+) - ")
_OF_A_SUBJECT = ("mqtt_publish_refused", "mqtt_subscribe_refused")
_NO_ROOM = ("no space left on device", "JetStream out of resources", "insufficient resources")


class Tail:
    """New lines of a log that another process writes, and may rotate."""

    def __init__(self, path: Path) -> None:
        self._path, self._offset, self._inode = path, 0, 0

    def fresh(self) -> list[str]:
        """Complete lines since the last call."""
        try:
            with self._path.open("rb") as file:
                stat = os.fstat(file.fileno())
                if stat.st_ino != self._inode or stat.st_size < self._offset:
                    self._inode, self._offset = stat.st_ino, 0
                file.seek(self._offset)
                text = file.read()
        except FileNotFoundError:
            return []
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        return whole.decode("utf-8", "replace").splitlines()


def refusals_in(lines: Iterable[str], user: Callable[[int], str] = lambda _: "") -> Iterator[Coded]:
    """
    What the server refused, by its log's lines.

    MQTT 3.1.1 cannot tell a device that its message was refused, so only the log knows.

    Parameters
    ----------
    lines
        Of the log.
    user
        As whom a connection signed in, by its number; empty when nobody knows.

    Yields
    ------
    Coded
        With the client: its user and, where it differs, the MQTT client id in brackets, which a device
        chooses as it likes, or that id where no user is known; and as the detail the topic, the user or the
        rule.
    """
    for line in lines:
        for code, pattern in _REFUSALS:
            if (told := pattern.search(line)) is not None:
                number = _CONNECTION.search(line)
                client_id, detail = told["client"][:120], told["detail"][:200]
                if code in _OF_A_SUBJECT:
                    detail = topic_of_subject(detail)
                name = user(int(number[1])) if number else ""
                client = f"{name} ({client_id})" if name not in ("", client_id) else client_id
                yield Coded(code, {"client": client, "client_id": client_id, "detail": detail})


def refused_names(folder: Path) -> dict[str, Coded]:
    """
    Who cannot be heard since the server last started because of a name: topics with a space, client ids.

    Parameters
    ----------
    folder
        The broker's.

    Returns
    -------
    dict[str, Coded]
        By the client id, as `refusals_in` tells it.
    """
    found: dict[str, Coded] = {}
    for line in Tail(folder / LOG).fresh():
        if "Server is ready" in line:
            found = {}
        for refusal in refusals_in([line]):
            if refusal.code in ("mqtt_topic_refused", "mqtt_client_id_refused"):
                found[str(refusal.params["client_id"])] = refusal
    return found


def tell_no_room(lines: Iterable[str]) -> bool:
    """Whether the server says that it could not store a message for want of room."""
    return any(sign in line for line in lines for sign in _NO_ROOM)


def last_line(path: Path) -> str:
    """The newest line of a log, cut to what a sentence can quote; empty when there is none."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return lines[-1][:200] if lines else ""
