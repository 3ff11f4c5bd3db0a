"""Several brokers heard by one worker: each frame says whose it is, and is acknowledged there."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from telemetry.mqtt import Frame

_LEAST_S = 0.01  # a session reads only while it is asked, so that a busy broker must not silence the others
_LOOK_S = 0.5


class Heard(Protocol):
    """A session at a broker: `telemetry.mqtt.Subscriber`, or `InTurn` of several."""

    @property
    def connected(self) -> bool:
        """Whether the subscription stands."""
        ...

    def start(self) -> None:
        """Connects, and reconnects from now on until stopped."""
        ...

    def stop(self) -> None:
        """Disconnects."""
        ...

    def next_batch(self, timeout_s: float) -> list[Frame]:
        """The frames that came, oldest first; empty when none came in time."""
        ...

    def acknowledge(self, frames: Sequence[Frame]) -> int:
        """Tells the broker that these frames are durable; gives how many it could still tell."""
        ...


@dataclass(frozen=True, slots=True)
class Before:
    """
    What must be over before a session is read.

    Parameters
    ----------
    session
        A session that devices no longer reach; None where another worker reads it.
    is_over
        Whether nothing waits in it any more.
    end
        Ends it at the broker.
    """

    session: Heard | None
    is_over: Callable[[], bool]
    end: Callable[[], None] = lambda: None


class InTurn:
    """
    One session, read when what came before it is over, so that a device's messages keep their order.

    Parameters
    ----------
    before
        In this order; each is connected when its turn comes.
    last
        The session that stays.
    """

    def __init__(self, before: Sequence[Before], last: Heard) -> None:
        self._before, self._last = list(before), last
        self._looked_s = 0.0

    @property
    def connected(self) -> bool:
        """Whether the session whose turn it is stands; one that waits for another worker lacks nothing."""
        now = self._now()
        return now is None or now.connected

    def start(self) -> None:
        """Connects the first."""
        if (now := self._now()) is not None:
            now.start()

    def stop(self) -> None:
        """Disconnects; what is not over goes on at the next start."""
        if (now := self._now()) is not None:
            now.stop()

    def next_batch(self, timeout_s: float) -> list[Frame]:
        """The frames of the session whose turn it is."""
        now = self._now()
        if now is None:
            time.sleep(timeout_s)
            batch = []
        else:
            batch = now.next_batch(timeout_s)
        if not batch and self._before and time.monotonic() >= self._looked_s + _LOOK_S:
            self._looked_s = time.monotonic()
            if self._before[0].is_over():
                self.stop()
                self._before.pop(0).end()
                self.start()
        return batch

    def acknowledge(self, frames: Sequence[Frame]) -> int:
        """Tells the session whose turn it is; frames of another connection are passed over there."""
        now = self._now()
        return 0 if now is None else now.acknowledge(frames)

    def _now(self) -> Heard | None:
        return self._before[0].session if self._before else self._last


class Sources:
    """
    The sessions at several brokers as one.

    Parameters
    ----------
    subscribers
        By the broker's name; at least one.
    """

    def __init__(self, subscribers: Mapping[str, Heard]) -> None:
        if not subscribers:
            raise ValueError("subscribers must name a broker.")
        self._subscribers = subscribers

    def start(self) -> None:
        """Connects to each, and goes on trying where one does not answer: the others are heard meanwhile."""
        for subscriber in self._subscribers.values():
            subscriber.start()

    def stop(self) -> None:
        """Disconnects from each; their sessions remain."""
        for subscriber in self._subscribers.values():
            subscriber.stop()

    @property
    def names(self) -> list[str]:
        """The brokers that are to be heard."""
        return list(self._subscribers)

    def lacking(self) -> list[str]:
        """The brokers that are not connected now."""
        return [name for name, subscriber in self._subscribers.items() if not subscriber.connected]

    def next_batch(self, timeout_s: float) -> list[Frame]:
        """The frames that came, broker by broker, each oldest first; empty when none came in time."""
        share_s, frames = timeout_s / len(self._subscribers), list[Frame]()
        for name, subscriber in self._subscribers.items():
            batch = subscriber.next_batch(min(share_s, _LEAST_S) if frames else share_s)
            frames += [one if one.broker_id == name else replace(one, broker_id=name) for one in batch]
        return frames

    def acknowledge(self, frames: Sequence[Frame]) -> int:
        """Tells each broker that its frames are durable; gives how many could still be told."""
        return sum(
            subscriber.acknowledge([frame for frame in frames if frame.broker_id == name])
            for name, subscriber in self._subscribers.items()
        )
