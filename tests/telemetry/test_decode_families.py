"""What every family's decoder must stand: garbage of every kind, and random changes of sound frames."""

import json
import os
import random
import re
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import telemetry.decode
from telemetry.decode import families
from telemetry.frames import MAX_BYTES, Heard, Options
from telemetry.readings import QUANTITIES, Decoded, bad_frames, is_name, is_possible
from tests.telemetry.decoding import AT

NAMES = sorted(families())
RUNS = int(os.environ.get("HOLDCHAIN_FUZZ", "1000000"))
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "adding-a-sensor.md"
HARM = [
    "'; DROP TABLE readings;--",
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "+",
    "#",
    "a/b",
    "\x00",
    "\ud800",
]
NUMBERS = [float("nan"), float("inf"), -float("inf"), 10**400, -(10**400), 1e308, -0.0, 2**63, -1, True, None]
GARBAGE = {
    "nothing": b"",
    "no text": b"\xff\xfe\x00\x80",
    "ten megabytes": b"1" * 10_000_000,
    "just too large": b" " * (MAX_BYTES + 1),
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 40_000,
    "not a number": b"NaN",
    "too large a number": b"1e400",
    "too long a number": b"1" * 5_000,
    "a key twice": b'{"a": 1, "a": 2}',
    "half a character": b'{"a": "\\ud800"}',
    "SQL": HARM[0].encode(),
    "HTML": HARM[1].encode(),
    "a formula": HARM[2].encode(),
}


def examples(name: str) -> list[tuple[str, bytes]]:
    """Sound frames of a family, from its own test."""
    module = import_module(f"tests.telemetry.test_decode_{name.replace('-', '_')}")
    found: list[tuple[str, bytes]] = module.EXAMPLES
    return found


def read(name: str, topic: str, payload: bytes, *, retained: bool = False) -> Decoded:
    """What a frame gives, checked for what must hold of any frame."""
    options = Options(profiles={"em300-th": "milesight-em300", "lht65n": "dragino-lht65n"})
    found = families()[name].decode(Heard(topic, payload, AT, retained, options))
    for reading in found.readings:
        assert is_name(reading.device_id) and is_name(reading.probe)
        assert reading.quantity in QUANTITIES and is_possible(reading.quantity, reading.value)
    for kept in bad_frames(topic, payload, AT, found):
        assert all(str(value).isascii() for value in kept.reason.params.values())
    return found


@pytest.mark.parametrize("name", NAMES)
def test_sound_frames_give_readings_and_the_same_again(name: str) -> None:
    """
    Tests that the examples that the others change are sound, and a frame that comes again has its keys.
    """
    for topic, payload in examples(name):
        found = read(name, topic, payload)
        assert found.readings and not found.findings, (topic, found.findings)
        assert found == read(name, topic, payload)


@pytest.mark.parametrize("kind", GARBAGE)
@pytest.mark.parametrize("name", NAMES)
def test_garbage_is_a_finding_and_never_a_reading(name: str, kind: str) -> None:
    """
    Tests that whatever a payload is, there is a finding and no exception; of bare bytes nobody can tell.
    """
    for topic, sound in examples(name):
        found = read(name, topic, GARBAGE[kind])
        assert found.readings or found.findings
        if sound.isascii() or len(GARBAGE[kind]) > MAX_BYTES:
            assert found.readings == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_frame_cut_short_never_gives_more_than_the_whole(name: str) -> None:
    """
    Tests every truncation of every example: a value that is not in the frame is not made up.
    """
    for topic, payload in examples(name):
        whole = {(one.probe, one.quantity) for one in read(name, topic, payload).readings}
        for size in range(len(payload)):
            cut = read(name, topic, payload[:size])
            assert cut.readings or cut.findings
            if payload.startswith(b"{"):
                assert not cut.readings
            assert {(one.probe, one.quantity) for one in cut.readings} <= whole


@pytest.mark.parametrize("name", NAMES)
def test_harmful_names_and_numbers_never_reach_a_reading(name: str) -> None:
    """
    Tests SQL, HTML, formulas, wildcards and numbers that are none, in every place of every example.
    """
    for topic, payload in examples(name):
        if not payload.startswith(b"{"):
            continue
        body = json.loads(payload)
        for changed in _changed(body, [*HARM, *NUMBERS, [], {}]):
            read(name, topic, json.dumps(changed).encode())
    for topic, payload in examples(name):
        for harm in HARM:
            for level in topic.split("/"):
                read(name, topic.replace(level, harm), payload)


@pytest.mark.parametrize("name", NAMES)
def test_a_kept_frame_tells_its_time_or_gives_nothing(name: str) -> None:
    """
    Tests that a retained frame is never dated by its arrival.
    """
    for topic, payload in examples(name):
        for reading in read(name, topic, payload, retained=True).readings:
            assert reading.measured_at != reading.received_at or reading.doubt


@pytest.mark.parametrize("name", NAMES)
def test_the_longest_topic_is_read_at_once(name: str) -> None:
    """
    Tests topics of 64 kB that repeat what a family looks for: no pattern looks at each part again and again.
    """
    for topic, payload in examples(name):
        for part in (*topic.split("/"), "set/x", "tele/SENSOR", "bridge"):
            long = f"{part}/" * (65_000 // (len(part) + 1))
            began_s = time.process_time()
            for one in (long, long + "\n", topic + "/" + long, long + topic):
                read(name, one, payload)
            assert time.process_time() - began_s < 1.0


@pytest.mark.parametrize("name", NAMES)
def test_random_frames_never_crash(name: str) -> None:
    """
    Tests some hundred random changes of sound frames; ``-m faults`` tries a million.
    """
    fuzz(name, 400, seed=7)


@pytest.mark.faults
@pytest.mark.parametrize("name", NAMES)
def test_a_million_random_frames_never_crash(name: str) -> None:
    """
    Tests random changes of sound frames and random bytes, seeded; ``HOLDCHAIN_FUZZ`` says how many.
    """
    fuzz(name, RUNS, seed=random.SystemRandom().randrange(2**32))


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25)
@given(value=ANY, pick=st.integers(0, 10_000))
def test_any_json_in_any_place_never_crashes(name: str, value: object, pick: int) -> None:
    """
    Tests that any JSON in any place of a sound frame gives readings or findings or nothing, and no exception.
    """
    frames = examples(name)
    topic, payload = frames[pick % len(frames)]
    if payload.startswith(b"{"):
        places = list(_changed(json.loads(payload), [value]))
        payload = json.dumps(places[pick % len(places)]).encode()
    read(name, topic, payload)


def test_the_guide_s_family_is_one_module_and_one_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Tests docs/adding-a-sensor.md: its two files, put where it says, are a family that passes its own test.
    """
    module, own_test = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "acme_thermo.py").write_text(module, "utf-8")
    monkeypatch.setattr(telemetry.decode, "__path__", [*telemetry.decode.__path__, str(tmp_path)])
    families.cache_clear()
    try:
        assert "acme-thermo" in families()
        tests: dict[str, Any] = {}
        exec(compile(own_test, str(GUIDE), "exec"), tests)
        ran = [test() for name, test in tests.items() if name.startswith("test_") and callable(test)]
        assert len(ran) == own_test.count("def test_") > 0
        for topic, payload in fuzzed(tests["EXAMPLES"], 200, seed=1):
            read("acme-thermo", topic, payload)
    finally:
        sys.modules.pop("telemetry.decode.acme_thermo", None)
        families.cache_clear()


def fuzz(name: str, runs: int, *, seed: int) -> None:
    """Reads many random frames; the seed is in the message of a failure."""
    for topic, payload in fuzzed(examples(name), runs, seed=seed):
        try:
            read(name, topic, payload)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}: {topic!r} {payload[:500]!r}") from error


def fuzzed(sound: list[tuple[str, bytes]], runs: int, *, seed: int) -> Iterator[tuple[str, bytes]]:
    """Frames with bytes changed, cut, put in or taken from others; now and then random ones."""
    chance = random.Random(seed)
    tokens = [
        b"null",
        b"NaN",
        b"-1e400",
        b'"',
        b"{",
        b"]",
        b"85.0",
        b"-127",
        b"\xff",
        b"\\ud800",
        b"true",
        b":",
    ]
    for _ in range(runs):
        topic, payload = chance.choice(sound)
        changed = bytearray(payload)
        if chance.random() < 0.05:
            changed = bytearray(chance.randbytes(chance.randrange(120)))
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(changed) + 1)
            way = chance.randrange(5)
            if way == 0 and changed:
                changed[at % len(changed)] = chance.randrange(256)
            elif way == 1:
                del changed[at : at + chance.randrange(1, 20)]
            elif way == 2:
                changed[at:at] = chance.choice(tokens)
            elif way == 3:
                changed[at:at] = str(chance.choice((0, -1, 2**31, 1e308, chance.random()))).encode()
            else:
                changed[at:at] = chance.choice(sound)[1][: chance.randrange(30)]
        yield (topic if chance.random() < 0.95 else topic[: chance.randrange(len(topic) + 1)]), bytes(changed)


def _changed(body: object, values: list[object]) -> Iterator[object]:
    """The body with each value, and each key, replaced by each of some values in turn."""
    if isinstance(body, dict):
        for key, inner in body.items():
            rest = {other: one for other, one in body.items() if other != key}
            yield from ({**rest, key: one} for one in _changed(inner, values))
            yield from ({**rest, str(one): inner} for one in values)
            yield rest
    elif isinstance(body, list):
        for at, inner in enumerate(body):
            yield from ([*body[:at], one, *body[at + 1 :]] for one in _changed(inner, values))
    yield from values
