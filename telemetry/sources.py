"""Several brokers heard by one worker: each frame says whose it is, and is acknowledged there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from telemetry.mqtt import Frame, Subscriber

_LEAST_S = 0.01  # a session reads only while it is asked, so that a busy broker must not silence the others


class Sources:
    """
    The sessions at several brokers as one.

    Parameters
    ----------
    subscribers
        By the broker's name; at least one.
    """

    def __init__(self, subscribers: Mapping[str, Subscriber]) -> None:
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
