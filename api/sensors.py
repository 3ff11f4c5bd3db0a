"""``sensors.toml`` read strictly: a topic that nobody decodes would lose readings without a word."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic import Strict as Exact

from api.paths import config_dir
from orders.codes import Coded
from orders.errors import BadInput
from orders.programmes.faults import ProgrammeFaults, fault, faults_in, near
from orders.programmes.parts import Strict
from orders.programmes.tables import parse_table
from telemetry.decode import families
from telemetry.frames import Options, TemperatureUnit, is_zone
from telemetry.plain_values import plain_id
from telemetry.readings import Senses, is_name
from telemetry.sensors import (
    DEVICE,
    EMBEDDED,
    BrokerAddress,
    DeviceName,
    FamilyTopics,
    ProbeName,
    Sensors,
    is_filter,
)

FILE = "sensors.toml"


def sensors_file(data: Path) -> Path:
    """A house's own ``sensors.toml`` in its data folder, else the packaged one."""
    own = data / FILE
    return own if own.is_file() else config_dir() / FILE


def read_sensors(data: Path) -> Sensors:
    """
    The sensors of a house.

    Parameters
    ----------
    data
        Its data folder.

    Raises
    ------
    BadInput
        ``sensors_file_unreadable``, or ``sensors_file_faulty`` with every fault among its reasons.
    """
    path = sensors_file(data)
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("sensors_file_unreadable", file=str(path)) from error
    return sensors_from(text, str(path))


def sensors_from(text: str, file: str = FILE) -> Sensors:
    """The sensors of a file's text; `BadInput` as `read_sensors`, naming ``file``."""
    try:
        table = parse_table(text, file)
        return _SensorsFile.model_validate(table).sensors()
    except ProgrammeFaults as error:
        raise _refusal(file, *error.faults) from error
    except ValidationError as error:
        raise _refusal(file, *faults_in(error, table, _SensorsFile)) from error


def _family(name: str) -> str:
    if name not in families():
        raise ProgrammeFaults(near("fault_unlisted", name, families()))
    return name


def _topic(text: str) -> str:
    if not is_filter(text.replace(DEVICE, "device")):
        raise fault("fault_topic", name=text)
    return text


def _name(text: str) -> str:
    if not is_name(text):
        raise fault("fault_name_unusable", name=text)
    return text


def _heard(text: str) -> str:
    return _name(plain_id(text))


def _zone(text: str) -> str:
    if not is_zone(text):
        raise fault("fault_timezone", name=text)
    return text


_Name = Annotated[str, AfterValidator(_name)]
_FamilyName = Annotated[str, AfterValidator(_family)]
_Topics = tuple[Annotated[str, AfterValidator(_topic)], ...]


class _Broker(Strict):
    id: _Name
    kind: Literal["embedded", "mqtt"]
    host: str = ""
    port: Annotated[int, Exact(), Field(ge=1, le=65535)] = 1883
    username: str = ""
    password_file: str = ""


class _FamilyEntry(Strict):
    family: _FamilyName
    broker: str = EMBEDDED
    topics: Annotated[_Topics, Field(min_length=1)]
    publish: _Topics = ()
    bridge: _Topics = ()
    zone: Annotated[str, AfterValidator(_zone)] = Options().zone
    temperature_unit: TemperatureUnit = "C"
    profiles: dict[str, _FamilyName] = Field(default_factory=dict)

    def topics_of(self) -> FamilyTopics:
        """The same as a fact."""
        options = Options(self.zone, self.temperature_unit, self.profiles)
        return FamilyTopics(self.family, self.topics, self.publish, self.bridge, self.broker, options)


class _Probe(Strict):
    name: str = ""
    senses: Senses | None = None


class _Device(Strict):
    family: _FamilyName
    heard: Annotated[str, AfterValidator(_heard)]
    device: _Name
    probes: dict[str, _Probe] = Field(default_factory=dict)

    def name_of(self) -> DeviceName:
        """The same as a fact."""
        probes = {heard: ProbeName(one.name, one.senses) for heard, one in self.probes.items()}
        return DeviceName(self.family, self.heard, self.device, probes)


class _SensorsFile(Strict):
    schema_: Literal[1] = Field(default=1, alias="schema")
    broker: tuple[_Broker, ...] = ()
    family: tuple[_FamilyEntry, ...] = ()
    device: tuple[_Device, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = [*self._of_brokers(), *self._of_topics(), *self._of_devices()]
        if faults:
            raise ProgrammeFaults(*faults)
        return self

    def _of_brokers(self) -> Iterator[Coded]:
        known = [one.id for one in self.broker]
        yield from _twice("broker", known)
        for one in self.broker:
            if one.kind == "mqtt" and not one.host:
                yield Coded("fault_missing", {"key": f"broker.{one.id}.host"})
        for at, entry in enumerate(self.family):
            if entry.broker not in known:
                yield near("fault_unlisted", entry.broker, known, key=f"family[{at}].broker")

    def _of_topics(self) -> Iterator[Coded]:
        filters: dict[tuple[str, str], int] = {}
        for at, entry in enumerate(self.family):
            key = f"family[{at}].topics"
            for topic, wanted in zip(entry.topics, entry.topics_of().filters, strict=True):
                if filters.setdefault((entry.broker, wanted), at) != at:
                    yield Coded("fault_topic_twice", {"key": key, "name": topic})
            for name, topics in (("topics", entry.topics), ("publish", entry.publish)):
                for topic in topics:
                    if entry.broker == EMBEDDED and topic.split("/").count(DEVICE) != 1:
                        yield Coded("fault_topic_device", {"key": f"family[{at}].{name}", "name": topic})

    def _of_devices(self) -> Iterator[Coded]:
        yield from _twice("device", [f"{one.family} {one.heard}" for one in self.device])
        yield from _twice("device", [one.device for one in self.device])
        for one in self.device:
            key = f"device.{one.device}.probes"
            yield from (
                Coded("fault_name_unusable", {"key": key, "name": probe.name})
                for probe in one.probes.values()
                if probe.name and not is_name(probe.name)
            )
            yield from _twice(key, [probe.name or heard for heard, probe in one.probes.items()])

    def sensors(self) -> Sensors:
        """The same as facts."""
        return Sensors(
            tuple(
                BrokerAddress(one.id, one.host, one.port, one.username, one.password_file)
                for one in self.broker
            ),
            tuple(one.topics_of() for one in self.family),
            tuple(one.name_of() for one in self.device),
        )


def _twice(key: str, names: Sequence[str]) -> list[Coded]:
    again = sorted({name for name in names if names.count(name) > 1})
    return [Coded("fault_code_twice", {"key": key, "name": name}) for name in again]


def _refusal(file: str, *faults: Coded) -> BadInput:
    refusal = BadInput("sensors_file_faulty", file=file, count=len(faults))
    refusal.reasons = faults
    return refusal
