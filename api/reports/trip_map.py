"""The small map of a trip: numbered stops, the kitchen, north and a scale; no tile, no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, pi, radians, sin

from api.reports.pen import GREY, INK, WHITE, Pen
from api.reports.wording import Words
from orders.sites import EARTH_RADIUS_M, Place

Point = tuple[float, float]

MARK_MM, DOT_MM = 2.2, 0.55
PAD_MM = 5.0
LEAST_M_PER_MM = 4.0
TURNS, RINGS = 16, 7
ARROW_MM, ARROW_FROM_MM = 1.7, 7.0
BAR_RATIO = 0.3
CORNER_MM = 8.0
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Frame:
    """
    Where a map stands on its page.

    Parameters
    ----------
    left_mm, top_mm
        Its upper left corner.
    width_mm, height_mm
        Its size.
    """

    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float

    @property
    def right_mm(self) -> float:
        """Its right edge."""
        return self.left_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        """Its lower edge."""
        return self.top_mm + self.height_mm

    def holds(self, point: Point, around_mm: float) -> bool:
        """Whether a disc of this radius lies inside, clear of the corners with north and scale."""
        x_mm, y_mm = point
        inside = (
            self.left_mm + around_mm <= x_mm <= self.right_mm - around_mm
            and self.top_mm + around_mm <= y_mm <= self.bottom_mm - around_mm
        )
        by_north = x_mm > self.right_mm - CORNER_MM and y_mm < self.top_mm + CORNER_MM
        by_scale = y_mm > self.bottom_mm - CORNER_MM + around_mm
        return inside and not by_north and not by_scale


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    A trip's places on paper.

    Parameters
    ----------
    points
        The kitchen first, then the stops, millimetres on the page.
    marks
        Centre of each stop's number: on its point where there is room, else beside it.
    m_per_mm
        Metres in a millimetre.
    """

    points: tuple[Point, ...]
    marks: tuple[Point, ...]
    m_per_mm: float


def laid_out(frame: Frame, places: Sequence[Place]) -> Drawn:
    """
    Where places and their numbers stand in a map, north up.

    Parameters
    ----------
    frame
        The map.
    places
        The kitchen first, then the stops.

    Returns
    -------
    Drawn
        No number on another or on the kitchen while there is room for all.
    """
    middle = Place(_middle([one.lat for one in places]), _middle([one.lon for one in places]))
    east_m = [_metres(one.lon - middle.lon) * cos(radians(middle.lat)) for one in places]
    north_m = [_metres(one.lat - middle.lat) for one in places]
    spans = ((east_m, frame.width_mm), (north_m, frame.height_mm - PAD_MM))
    m_per_mm = max(LEAST_M_PER_MM, *(2 * max(map(abs, own)) / (room - 2 * PAD_MM) for own, room in spans))
    x_mm, y_mm = frame.left_mm + frame.width_mm / 2, frame.top_mm + (frame.height_mm - PAD_MM) / 2 + 1
    points = tuple((x_mm + e / m_per_mm, y_mm - n / m_per_mm) for e, n in zip(east_m, north_m, strict=True))
    return Drawn(points, _marks(frame, points), m_per_mm)


def draw_map(pen: Pen, frame: Frame, places: Sequence[Place], words: Words) -> None:
    """
    Draws a trip's map: straight lines from place to place, the way back broken.

    Parameters
    ----------
    pen, frame
        On what, and where.
    places
        The kitchen first, then the stops in the order of driving.
    words
        The language.
    """
    drawn = laid_out(frame, places)
    pen.box(frame.left_mm, frame.top_mm, frame.width_mm, frame.height_mm, width_pt=0.7, radius_mm=0.8)
    for start, end in pairwise(drawn.points):
        pen.rule(*start, *end, width_pt=0.9, color=GREY)
        _draw_arrow(pen, start, end)
    pen.rule(*drawn.points[-1], *drawn.points[0], width_pt=0.7, color=GREY, line="dashed")
    _draw_stops(pen, drawn)
    _draw_kitchen(pen, drawn.points[0])
    _draw_north(pen, frame, words)
    _draw_scale(pen, frame, drawn.m_per_mm, words)


def bar_m(most_m: float) -> int:
    """The longest length of the scale, 1, 2 or 5 times a power of ten, that is not longer than this."""
    power = 1
    while power * 10 <= most_m:
        power *= 10
    return max(step * power for step in STEPS if step * power <= max(most_m, 1))


def _middle(values: Sequence[float]) -> float:
    return (min(values) + max(values)) / 2


def _metres(degrees: float) -> float:
    return radians(degrees) * EARTH_RADIUS_M


def _marks(frame: Frame, points: Sequence[Point]) -> tuple[Point, ...]:
    """A place for each number, the nearest to its point that nothing stands on."""
    taken = [points[0]]
    for point in points[1:]:
        tried = [point, *(_beside(point, ring, turn) for ring in range(1, RINGS) for turn in range(TURNS))]
        free = (one for one in tried if frame.holds(one, MARK_MM) and _apart(one, taken))
        taken.append(next(free, point))
    return tuple(taken[1:])


def _beside(point: Point, ring: int, turn: int) -> Point:
    angle, away_mm = 2 * pi * turn / TURNS, MARK_MM * (0.8 + ring * 1.3)
    return point[0] + away_mm * sin(angle), point[1] - away_mm * cos(angle)


def _apart(point: Point, taken: Sequence[Point]) -> bool:
    return all(hypot(point[0] - x_mm, point[1] - y_mm) >= 2 * MARK_MM + 0.2 for x_mm, y_mm in taken)


def _draw_arrow(pen: Pen, start: Point, end: Point) -> None:
    """A small arrow in the middle of a leg that is long enough for one."""
    across_mm, down_mm = end[0] - start[0], end[1] - start[1]
    long_mm = hypot(across_mm, down_mm)
    if long_mm < ARROW_FROM_MM:
        return
    east, south = across_mm / long_mm, down_mm / long_mm
    tip = (start[0] + across_mm * 0.56, start[1] + down_mm * 0.56)
    back = (tip[0] - ARROW_MM * east, tip[1] - ARROW_MM * south)
    half_mm = ARROW_MM * 0.45
    sides = [(back[0] + half_mm * s * south, back[1] - half_mm * s * east) for s in (1, -1)]
    pen.polygon([tip, *sides], fill=INK, color=INK, width_pt=0.2)


def _draw_stops(pen: Pen, drawn: Drawn) -> None:
    for point, mark in zip(drawn.points[1:], drawn.marks, strict=True):
        if mark != point:
            pen.rule(*point, *mark, width_pt=0.5)
        pen.disc(*point, DOT_MM, fill=INK, width_pt=0.2)
    for number, (x_mm, y_mm) in enumerate(drawn.marks, start=1):
        pen.disc(x_mm, y_mm, MARK_MM, fill=WHITE, width_pt=0.8)
        pen.text(x_mm, y_mm + 1.05, str(number), 8, weight="bold", align="center")


def _draw_kitchen(pen: Pen, point: Point) -> None:
    """A black house."""
    x_mm, y_mm = point
    wall_mm, roof_mm = 1.5, 2.1
    corners = [
        (x_mm - wall_mm, y_mm + 1.8),
        (x_mm - wall_mm, y_mm - 0.2),
        (x_mm - roof_mm, y_mm - 0.2),
        (x_mm, y_mm - 2.2),
        (x_mm + roof_mm, y_mm - 0.2),
        (x_mm + wall_mm, y_mm - 0.2),
        (x_mm + wall_mm, y_mm + 1.8),
    ]
    pen.polygon(corners, fill=INK, color=WHITE, width_pt=0.6)


def _draw_north(pen: Pen, frame: Frame, words: Words) -> None:
    x_mm, top_mm = frame.right_mm - 3.6, frame.top_mm + 1.4
    corners = [(x_mm, top_mm), (x_mm + 1.3, top_mm + 3), (x_mm, top_mm + 2.3), (x_mm - 1.3, top_mm + 3)]
    pen.polygon(corners, fill=INK, color=INK, width_pt=0.2)
    pen.text(x_mm, top_mm + 6, words("map:north"), 7.5, weight="bold", align="center")


def _draw_scale(pen: Pen, frame: Frame, m_per_mm: float, words: Words) -> None:
    length_m = bar_m(frame.width_mm * BAR_RATIO * m_per_mm)
    left_mm, y_mm, long_mm = frame.left_mm + 2, frame.bottom_mm - 1.6, length_m / m_per_mm
    pen.rule(left_mm, y_mm, left_mm + long_mm, y_mm, width_pt=1.4)
    for x_mm in (left_mm, left_mm + long_mm):
        pen.rule(x_mm, y_mm - 1.2, x_mm, y_mm + 0.2, width_pt=0.8)
    length = f"{length_m} m" if length_m < 1000 else f"{length_m // 1000} km"
    long_mm += pen.text(left_mm + long_mm + 1.2, y_mm + 0.2, length, 7)
    told = pen.fit(words("straight lines, no roads"), (6.5, 6, 5.5), frame.width_mm - long_mm - 8)
    pen.lines(frame.right_mm - 2, y_mm - 2.2, told, align="right", color=GREY)
