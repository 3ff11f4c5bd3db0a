"""Which topic speaks which family's payload, on which broker, and what a city calls its devices."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from msgspec import structs

from telemetry.decode import families
from telemetry.frames import Heard, Options, shown
from telemetry.readings import Decoded, Reading, Senses, summed_findings

EMBEDDED = "embedded"
DEVICE = "{device}"
_MOST_TOPICS, _LONGEST_TOPIC = 100_000, 256
_RANKS = {"+": 1, "#": 2}


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """
    A broker that readings come from.

    Parameters
    ----------
    broker_id
        Its name in the file.
    host, port
        Where it is; an empty host is the embedded one, which knows its own.
    username, password_file
        As whom to sign in, and the file whose first line is the secret; empty for nobody.
    """

    broker_id: str
    host: str = ""
    port: int = 1883
    username: str = ""
    password_file: str = ""


@dataclass(frozen=True, slots=True)
class FamilyTopics:
    """
    The topics on which one family is heard.

    Parameters
    ----------
    family
        Its name.
    topics
        Topic filters; `DEVICE` stands where the device's own id does.
    publish
        What such a device may publish to, in the same form; empty for its topics.
    bridge
        What a client may publish to that speaks for many such devices; `DEVICE` stands for its own id.
    broker_id
        On which broker.
    options
        What the frames do not say.
    """

    family: str
    topics: tuple[str, ...]
    publish: tuple[str, ...] = ()
    bridge: tuple[str, ...] = ()
    broker_id: str = EMBEDDED
    options: Options = field(default_factory=Options)

    @property
    def filters(self) -> tuple[str, ...]:
        """The topics as a broker takes them."""
        return tuple(topic.replace(DEVICE, "+") for topic in self.topics)


@dataclass(frozen=True, slots=True)
class ProbeName:
    """
    What a city calls a probe.

    Parameters
    ----------
    name
        Its name; empty keeps the frame's.
    senses
        What it senses; None leaves it to the frame, and to the probe's use.
    """

    name: str = ""
    senses: Senses | None = None


@dataclass(frozen=True, slots=True)
class DeviceName:
    """
    What a city calls a device.

    Parameters
    ----------
    family, heard
        The device as its family's decoder names it.
    device_id
        Its name with us.
    probes
        By the frame's name of each.
    """

    family: str
    heard: str
    device_id: str
    probes: Mapping[str, ProbeName] = field(default_factory=dict)

    def renamed(self, reading: Reading) -> Reading:
        """The reading under the city's names."""
        probe = self.probes.get(reading.probe, ProbeName())
        return structs.replace(
            reading,
            device_id=self.device_id,
            probe=probe.name or reading.probe,
            senses=probe.senses or reading.senses,
        )


@dataclass(frozen=True, slots=True)
class Sensors:
    """
    The sensors of a house, as ``sensors.toml`` has them.

    Parameters
    ----------
    brokers
        Where to listen.
    families
        Who speaks there.
    devices
        Those with a name of the city's own.
    """

    brokers: tuple[BrokerAddress, ...]
    families: tuple[FamilyTopics, ...]
    devices: tuple[DeviceName, ...] = ()

    def filters(self, broker_id: str = EMBEDDED) -> list[str]:
        """The topic filters to subscribe to at a broker, in order."""
        return sorted({one for family in self._at(broker_id) for one in family.filters})

    def topics(self) -> list[str]:
        """The topics heard at the embedded broker, in order, with `DEVICE` where the device's id stands."""
        return sorted({one for family in self._at(EMBEDDED) for one in family.topics})

    def entry_of(self, topic: str, broker_id: str = EMBEDDED) -> FamilyTopics | None:
        """Who speaks on a topic: of several filters that match, the one with a plain level first."""
        found = [
            (_rank(one), family)
            for family in self._at(broker_id)
            for one in family.filters
            if matches(one, topic)
        ]
        return min(found, key=lambda one: one[0])[1] if found else None

    def rights(self, family: str, device_id: str, *, is_bridge: bool = False) -> tuple[str, ...]:
        """What such a device, or a bridge, may publish to at the embedded broker; empty for nothing."""
        entries = [entry for entry in self._at(EMBEDDED) if entry.family == family]
        granted = (entry.bridge if is_bridge else entry.publish or entry.topics for entry in entries)
        topics = (topic for each in granted for topic in each)
        return tuple(dict.fromkeys(topic.replace(DEVICE, device_id) for topic in topics))

    def is_taken(self, device_id: str) -> bool:
        """Whether a topic begins with this word: a device of that name could publish as others."""
        return any(topic.split("/")[0] == device_id for family in self.families for topic in family.topics)

    def _at(self, broker_id: str) -> Sequence[FamilyTopics]:
        return [family for family in self.families if family.broker_id == broker_id]


def usual_sensors() -> Sensors:
    """Every family on the embedded broker and on the topics that it publishes to by default."""
    spoken = (family for family in families().values() if family.topic_filters)
    return Sensors(
        (BrokerAddress(EMBEDDED),), tuple(FamilyTopics(one.name, one.topic_filters) for one in spoken)
    )


class Reader:
    """
    Reads each frame by the family whose filter its topic matches, and names its device as the city does.

    Parameters
    ----------
    sensors
        The house's.
    """

    def __init__(self, sensors: Sensors) -> None:
        self._sensors = sensors
        self._decoders = {name: family.decode for name, family in families().items()}
        self._named = {(device.family, device.heard): device for device in sensors.devices}
        self._renaming = frozenset(device.family for device in sensors.devices)
        self._registered: Mapping[str, str] = {}
        self._entries: dict[tuple[str, str], FamilyTopics | None] = {}

    def know(self, registered: Mapping[str, str]) -> None:
        """
        From now on no family speaks for a device that is registered as another's.

        Parameters
        ----------
        registered
            Family of each device that was let in; those whose payload travels in another's frames are any's.
        """
        travelling = {name for name, family in families().items() if not family.topic_filters}
        self._registered = {one: family for one, family in registered.items() if family not in travelling}

    def read(
        self,
        topic: str,
        payload: bytes,
        received_at: datetime,
        *,
        is_retained: bool = False,
        broker_id: str = EMBEDDED,
    ) -> Decoded:
        """
        What a frame gives.

        Parameters
        ----------
        topic, payload, received_at, is_retained
            The frame, as `Heard` has it.
        broker_id
            Whose it is.

        Returns
        -------
        Decoded
            Under the city's names; a topic that no filter matches is a finding, and so are readings under the
            name of another family's device, unless the city gave that name.
        """
        entry = self._entry(topic, broker_id)
        if entry is None:
            return Decoded((), summed_findings({"topic_unknown": [shown(topic)]}))
        heard = Heard(topic, payload, received_at, is_retained, entry.options)
        found = self._decoders[entry.family](heard)
        if entry.family in self._renaming:
            return self._named_by_city(entry.family, found)
        return self._own(entry.family, found)

    def _entry(self, topic: str, broker_id: str) -> FamilyTopics | None:
        try:
            return self._entries[broker_id, topic]
        except KeyError:
            if len(self._entries) >= _MOST_TOPICS:
                self._entries.clear()
            entry = self._sensors.entry_of(topic, broker_id)
            if len(topic) <= _LONGEST_TOPIC:
                self._entries[broker_id, topic] = entry
            return entry

    def _named_by_city(self, family: str, found: Decoded) -> Decoded:
        """Under the city's names, which its operator answers for; what has none must be the family's own."""
        renamed: list[Reading] = []
        rest: list[Reading] = []
        for reading in found.readings:
            device = self._named.get((family, reading.device_id))
            if device is None:
                rest.append(reading)
            else:
                renamed.append(device.renamed(reading))
        own = self._own(family, replace(found, readings=tuple(rest)))
        return replace(own, readings=(*renamed, *own.readings))

    def _own(self, family: str, found: Decoded) -> Decoded:
        """Without readings of devices that are registered as another family's; those become a finding."""
        registered = self._registered
        strange = [one.device_id for one in found.readings if registered.get(one.device_id, family) != family]
        if not strange:
            return found
        kept = tuple(one for one in found.readings if registered.get(one.device_id, family) == family)
        findings = summed_findings({"device_mismatch": [shown(one) for one in strange]})
        return Decoded(kept, (*found.findings, *findings))


def is_filter(text: str) -> bool:
    """Whether a text is a topic filter: no empty one, ``+`` and ``#`` alone on their levels, ``#`` last."""
    levels = text.split("/")
    return (
        bool(text.strip("/"))
        and all(level in _RANKS or not re.search(r"[+#\x00\s]", level) for level in levels)
        and "#" not in levels[:-1]
    )


def matches(topic_filter: str, topic: str) -> bool:
    """Whether a topic is one of a filter's (MQTT 3.1.1, 4.7: a first level of ``$`` needs its own name)."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in _RANKS:
        return False
    if wanted[-1] == "#":
        wanted, levels = wanted[:-1], levels[: len(wanted) - 1]
    return len(wanted) == len(levels) and all(
        one in ("+", level) for one, level in zip(wanted, levels, strict=True)
    )


def _rank(topic_filter: str) -> tuple[list[int], int]:
    levels = topic_filter.split("/")
    return [_RANKS.get(level, 0) for level in levels], -len(levels)
