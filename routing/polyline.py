"""Polyline: a line of places as a road engine writes it: letters of five bits, steps of 0.000001 degrees."""

from collections.abc import Iterator

from orders.sites import Place

FIRST_LETTER, MORE, BITS = 63, 0x20, 5
STEPS_PER_DEGREE = 1_000_000


def decoded(line: str) -> list[Place]:
    """
    The places of an encoded line.

    Raises
    ------
    ValueError
        When the text is none.
    """
    lat = lon = 0
    places, steps = [], list(_steps(line))
    for north, east in zip(steps[::2], steps[1::2], strict=True):
        lat, lon = lat + north, lon + east
        places.append(Place(lat / STEPS_PER_DEGREE, lon / STEPS_PER_DEGREE))
    return places


def _steps(line: str) -> Iterator[int]:
    number = shift = 0
    for letter in line:
        value = ord(letter) - FIRST_LETTER
        number |= (value & (MORE - 1)) << shift
        shift += BITS
        if value < MORE:
            yield ~(number >> 1) if number & 1 else number >> 1
            number = shift = 0
    if shift:
        raise ValueError("The line ends within a number.")
