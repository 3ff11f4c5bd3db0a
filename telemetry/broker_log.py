"""The embedded broker's log: what it refused, and whether it took what it was told."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from orders.codes import Coded

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


def refusals_in(lines: Iterable[str]) -> Iterator[Coded]:
    """
    What the server refused, by its log's lines.

    The client named is the MQTT client id, which a device chooses; the detail is the server's subject,
    the user or the rule. MQTT 3.1.1 cannot tell a device that its message was refused, so only the log
    knows.
    """
    for line in lines:
        for code, pattern in _REFUSALS:
            if (told := pattern.search(line)) is not None:
                yield Coded(code, {"client": told["client"][:120], "detail": told["detail"][:200]})


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
        By the client, as `refusals_in` tells it.
    """
    found: dict[str, Coded] = {}
    for line in Tail(folder / LOG).fresh():
        if "Server is ready" in line:
            found = {}
        for refusal in refusals_in([line]):
            if refusal.code in ("mqtt_topic_refused", "mqtt_client_id_refused"):
                found[str(refusal.params["client"])] = refusal
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
