"""Which worker hears a device: the broker puts a partition before the topic, the worker takes it off."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from telemetry.sensors import DEVICE

MOST_WORKERS = 64
FIRST = "hc.p"
_ASKED = re.compile(r"([0-9]{1,4})/([0-9]{1,4})", re.ASCII)
_PUT_BEFORE = re.compile(r"hc\.p\.\d+\.\d+\.", re.ASCII)


@dataclass(frozen=True, slots=True)
class Partition:
    """
    One worker's share of the devices.

    Parameters
    ----------
    number
        Which, from 1 to ``count``; the first also hears the other brokers.
    count
        How many workers share the embedded broker; one alone needs no partition before a topic.
    """

    number: int = 1
    count: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.count <= MOST_WORKERS:
            raise ValueError(f"A partition is 1/N to N/N with N up to {MOST_WORKERS}, got {self}.")

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @property
    def name(self) -> str:
        """What the worker is called."""
        return "ingest" if self.count == 1 else f"ingest {self}"

    @property
    def prefix(self) -> str:
        """What stands before its topics; another count has others, so that no session mixes two divisions."""
        return "" if self.count == 1 else f"{FIRST.replace('.', '/')}/{self.count}/{self.number - 1}/"

    def filters(self, topics: Iterable[str]) -> tuple[str, ...]:
        """What its session subscribes to, of the topics that are heard."""
        if self.count > 1:
            return (f"{self.prefix}#",)
        return tuple(topic.replace(DEVICE, "+") for topic in topics)


def partition_asked(text: str) -> Partition:
    """The partition of ``i/N``; `ValueError` when it is none."""
    found = _ASKED.fullmatch(text)
    if found is None:
        raise ValueError(f"A partition is written i/N, got {text!a}.")
    return Partition(int(found[1]), int(found[2]))


def partitions(count: int) -> tuple[Partition, ...]:
    """All partitions of so many workers."""
    return tuple(Partition(number, count) for number in range(1, count + 1))


def mapping(topic: str, count: int) -> tuple[str, str]:
    """
    How the server divides a topic among workers: a device goes to the same one always.

    Parameters
    ----------
    topic
        A topic filter; `DEVICE` stands where the device's id does, else the first ``+`` counts. A filter
        with neither goes to the first worker.
    count
        How many workers.

    Returns
    -------
    tuple[str, str]
        The subject as published, and what it becomes.

    References
    ----------
    https://docs.nats.io/nats-concepts/subject_mapping, "Deterministic Subject token Partitioning".
    """
    levels = [level.replace(".", "//") if level != DEVICE else level for level in topic.split("/")]
    wild = [level for level in levels if level in ("+", DEVICE)]
    key = wild.index(DEVICE) + 1 if DEVICE in wild else 1
    place = f"{{{{partition({count},{key})}}}}" if wild else "0"
    source, mapped, seen = [], [], 0
    for level in levels:
        is_wild = level in ("+", DEVICE)
        seen += is_wild
        source.append("*" if is_wild else ">" if level == "#" else level)
        mapped.append(f"{{{{wildcard({seen})}}}}" if is_wild else source[-1])
    return ".".join(source), ".".join([FIRST, str(count), place, *mapped])


def topic_of_subject(subject: str) -> str:
    """The topic that a device published to, of the server's subject; without its partition."""
    plain = _PUT_BEFORE.sub("", subject, count=1)
    return plain.replace("//", "\0").replace(".", "/").replace("\0", ".")
