"""
Sealed chunks: the readings of one probe and quantity over a stretch of time, small, exact and hashed.

A chunk's bytes are deflated columns. Each column is whole numbers: their least, their common step, and the
rest as bytes by place, so that what is regular costs nothing. The digest is of the columns before they are
deflated: another version of the library may deflate otherwise.
"""

import hashlib
import math
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

from orders.errors import MealError
from telemetry.instants import instant, microseconds
from telemetry.readings import DOUBTS, SENSES, Doubt, Reading, Senses

VERSION = 1
LONGEST = timedelta(hours=24)
MOST_TOGETHER = 256
_SCALES = (1, 2, 4, 8, 16, 10, 100, 1_000, 10_000, 128, 256, 200)
_AS_BITS = 255
_MOST_BYTES = 16_000_000
_SENSES: tuple[Senses | None, ...] = (None, *SENSES)


@dataclass(frozen=True, slots=True)
class Chunk:
    """
    Readings of one device, probe and quantity, packed.

    Parameters
    ----------
    device_id, probe, quantity
        Whose they are.
    from_at, to_at
        Instants of the first and the last, at most `LONGEST` apart.
    count
        How many.
    digest
        SHA-256 of what the body says.
    body
        The readings, see `unpack`.
    """

    device_id: str
    probe: str
    quantity: str
    from_at: datetime
    to_at: datetime
    count: int
    digest: bytes
    body: bytes


class ChunkBroken(MealError):
    """The bytes are not what was sealed."""

    def __init__(self, chunk: Chunk, found: str) -> None:
        super().__init__(
            "chunk_broken",
            device_id=chunk.device_id,
            probe=chunk.probe,
            from_at=chunk.from_at.isoformat(),
            found=found,
        )


def chunks_of(readings: Iterable[Reading]) -> list[Chunk]:
    """
    Packs any readings: one chunk or more for each device, probe and quantity, in this order, then by time.

    A chunk gets at most `MOST_TOGETHER`, so that a few hours are read without their whole day and several
    chunks fit a page of the database.

    Raises
    ------
    ValueError
        When two of them have one key.
    """
    series: dict[tuple[str, str, str], list[Reading]] = defaultdict(list)
    for reading in sorted(readings, key=lambda one: one.key):
        own = series[reading.device_id, reading.probe, reading.quantity]
        own.append(reading)
    return [pack(part) for _, own in sorted(series.items()) for part in _days(own)]


def pack(readings: Sequence[Reading]) -> Chunk:
    """
    Packs readings of one series.

    Parameters
    ----------
    readings
        At least one, of one device, probe and quantity, in order of instant and counter.

    Raises
    ------
    ValueError
        When they are of several series, out of order, doubled, or span more than `LONGEST`.
    """
    first, last = readings[0], readings[-1]
    if any(one.key >= other.key or one.key[:3] != other.key[:3] for one, other in pairwise(readings)):
        raise ValueError("A chunk holds readings of one series, each once, in order.")
    if last.measured_at - first.measured_at > LONGEST:
        raise ValueError(f"A chunk spans at most {LONGEST}, not {first.measured_at} to {last.measured_at}.")
    measured = [microseconds(one.measured_at) for one in readings]
    received = [microseconds(one.received_at) for one in readings]
    said = b"".join(
        (
            bytes([VERSION]),
            *(_text(name) for name in first.key[:3]),
            _varint(len(readings)),
            _column(_steps(measured)),
            _column([late - at for at, late in zip(measured, received, strict=True)]),
            _column(_steps([one.sequence for one in readings])),
            _values([one.value for one in readings]),
            _column([one.backfill for one in readings]),
            _column([DOUBTS.index(one.doubt) for one in readings]),
            _column([_SENSES.index(one.senses) for one in readings]),
        )
    )
    body = zlib.compress(said, 9, wbits=-15)
    digest = hashlib.sha256(said).digest()
    return Chunk(*first.key[:3], first.measured_at, last.measured_at, len(readings), digest, body)


def unpack(chunk: Chunk) -> list[Reading]:
    """
    The readings of a chunk, exactly as they were packed.

    Raises
    ------
    ChunkBroken
        When the digest does not fit, or the bytes are no chunk of a version that we know.
    """
    said = _inflated(chunk)
    if hashlib.sha256(said).digest() != chunk.digest:
        raise ChunkBroken(chunk, "another digest")
    if said[0] != VERSION:
        raise ChunkBroken(chunk, f"version {said[0]}")
    source = _Source(said)
    device_id, probe, quantity = (source.text() for _ in range(3))
    count = source.varint()
    measured = list(accumulate(source.column(count)))
    late, sequences = source.column(count), list(accumulate(source.column(count)))
    values, backfill = source.values(count), source.column(count)
    doubts: list[Doubt] = [DOUBTS[place] for place in source.column(count)]
    senses = [_SENSES[place] for place in source.column(count)]
    return [
        Reading(
            device_id,
            probe,
            senses[n],
            quantity,
            values[n],
            at,
            at + timedelta(0, 0, late[n]),
            sequences[n],
            bool(backfill[n]),
            doubts[n],
        )
        for n, at in enumerate(map(instant, measured))
    ]


def _days(own: Sequence[Reading]) -> Iterable[Sequence[Reading]]:
    """One series in order, cut where it would grow longer than `LONGEST`, and each part evenly."""
    start = 0
    for number, reading in enumerate(own):
        if reading.measured_at - own[start].measured_at > LONGEST:
            yield from _even(own[start:number])
            start = number
    yield from _even(own[start:])


def _even(own: Sequence[Reading]) -> Iterable[Sequence[Reading]]:
    parts = -(-len(own) // MOST_TOGETHER)  # ceiling
    return (own[len(own) * n // parts : len(own) * (n + 1) // parts] for n in range(parts))


def _inflated(chunk: Chunk) -> bytes:
    inflating = zlib.decompressobj(wbits=-15)
    try:
        said = inflating.decompress(chunk.body, _MOST_BYTES)
    except zlib.error as error:
        raise ChunkBroken(chunk, str(error)) from error
    if not said or not inflating.eof or inflating.unused_data:
        raise ChunkBroken(chunk, "cut, too long, or followed by something")
    return said


def _steps(numbers: Sequence[int]) -> list[int]:
    """The first number and then the differences."""
    return [numbers[0], *(after - before for before, after in pairwise(numbers))]


def _column(numbers: Sequence[int]) -> bytes:
    """The first number, and of the others least, step, width in bytes and the rest, byte by place."""
    first, others = numbers[0], numbers[1:]
    least = min(others, default=0)
    step = math.gcd(*(number - least for number in others)) or 1
    rest = [(number - least) // step for number in others]
    width = (max(rest, default=0).bit_length() + 7) // 8
    places = (bytes(number >> 8 * place & 255 for number in rest) for place in range(width))
    return b"".join(
        (_varint(_folded(first)), _varint(_folded(least)), _varint(step), bytes([width]), *places)
    )


def _values(values: Sequence[float]) -> bytes:
    """Values as whole parts where one scale gives every one back exactly, else as the bits of the numbers."""
    for place, scale in enumerate(_SCALES):
        whole = [round(value * scale) for value in values]
        if all(_same(number / scale, value) for number, value in zip(whole, values, strict=True)):
            return bytes([place]) + _column(_steps(whole))
    bits = struct.unpack(f"<{len(values)}Q", struct.pack(f"<{len(values)}d", *values))
    return bytes([_AS_BITS]) + _column(bits)


def _same(one: float, other: float) -> bool:
    """Whether two numbers are the same to the bit: -0.0 is not 0.0."""
    return one == other and math.copysign(1, one) == math.copysign(1, other)


class _Source:
    """Reads what `pack` wrote; the digest has vouched for it."""

    def __init__(self, said: bytes) -> None:
        self._said, self._place = said, 1

    def take(self, count: int) -> bytes:
        """The next bytes."""
        taken = self._said[self._place : self._place + count]
        self._place += count
        return taken

    def varint(self) -> int:
        """A number of any size, seven bits a byte."""
        number = shift = 0
        while True:
            (low,) = self.take(1)
            number |= (low & 127) << shift
            shift += 7
            if low < 128:
                return number

    def text(self) -> str:
        """A name."""
        return self.take(self.varint()).decode()

    def column(self, count: int) -> list[int]:
        """As many numbers."""
        first, least = (_unfolded(self.varint()) for _ in range(2))
        step, (width,) = self.varint(), self.take(1)
        if not width:
            return [first, *[least] * (count - 1)]
        rest = list(self.take(count - 1))
        for place in range(1, width):
            rest = [
                number | byte << 8 * place for number, byte in zip(rest, self.take(count - 1), strict=True)
            ]
        return [first, *[least + step * number for number in rest]]

    def values(self, count: int) -> list[float]:
        """As many values."""
        (kind,) = self.take(1)
        numbers = self.column(count)
        if kind == _AS_BITS:
            return list(struct.unpack(f"<{count}d", struct.pack(f"<{count}Q", *numbers)))
        return [number / _SCALES[kind] for number in accumulate(numbers)]


def _text(name: str) -> bytes:
    return _varint(len(name)) + name.encode()


def _varint(number: int) -> bytes:
    parts = bytearray()
    while True:
        number, low = number >> 7, number & 127
        parts.append(low | (128 if number else 0))
        if not number:
            return bytes(parts)


def _folded(number: int) -> int:
    """Whole numbers of both signs as counts: 0, -1, 1, -2, ..."""
    return 2 * number if number >= 0 else -2 * number - 1


def _unfolded(number: int) -> int:
    return -(number + 1) // 2 if number & 1 else number // 2
