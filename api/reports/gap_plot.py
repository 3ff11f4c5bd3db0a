"""A plot of gap over time: one chart a kind of work, one line a side, as SVG or PDF."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path
from typing import Literal

from reportlab.graphics import renderPDF, renderSVG
from reportlab.graphics.shapes import Drawing, Line, PolyLine, String
from reportlab.lib.colors import Color, HexColor

from api.reports.fonts import NAMES, typeface

SUFFIXES = (".svg", ".pdf")
WIDTH, HEIGHT, COLUMNS = 300.0, 200.0, 2
LEFT, RIGHT, BOTTOM, TOP = 44.0, 12.0, 34.0, 30.0
COLOURS = ("#0B57D0", "#B3261E", "#8A5A00", "#1B7F3B")
INK, GRID = HexColor("#1B1F23"), HexColor("#D0D7DE")
SIZE = 8
MOST_GAP = 0.1
Anchor = Literal["start", "middle", "end"]
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """
    One kind's curves.

    Parameters
    ----------
    title
        Above it.
    seconds
        Where the axis of time ends.
    lines
        Side in words to its seconds and gaps (parts of 1), from its first complete plan on.
    """

    title: str
    seconds: float
    lines: Mapping[str, Points]


def draw_gaps(charts: Sequence[Chart], path: Path, words: Callable[[str], str]) -> None:
    """
    Writes the plot into a file, by its suffix.

    Parameters
    ----------
    charts
        At least one.
    path
        Ends in one of `SUFFIXES`.
    words
        Puts the axes' names into the reader's language.
    """
    typeface("regular")
    rows = -(-len(charts) // COLUMNS)
    page = Drawing(WIDTH * min(COLUMNS, len(charts)), HEIGHT * rows)
    for number, chart in enumerate(charts):
        across, down = number % COLUMNS, number // COLUMNS
        _draw(page, chart, WIDTH * across, HEIGHT * (rows - 1 - down), words)
    render = renderSVG if path.suffix.lower() == ".svg" else renderPDF
    render.drawToFile(page, str(path))


def _draw(page: Drawing, chart: Chart, left: float, bottom: float, words: Callable[[str], str]) -> None:
    x0, y0, x1, y1 = left + LEFT, bottom + BOTTOM, left + WIDTH - RIGHT, bottom + HEIGHT - TOP
    first_s = chart.seconds / 100
    top = _top(chart.lines)

    def at(second_s: float, gap: float) -> tuple[float, float]:
        share = log10(max(second_s, first_s) / first_s) / 2
        return x0 + share * (x1 - x0), y0 + min(1.0, max(0.0, gap) / top) * (y1 - y0)

    _write(page, x0, y1 + 16, chart.title)
    for part in range(5):
        height = y0 + part / 4 * (y1 - y0)
        page.add(Line(x0, height, x1, height, strokeColor=GRID, strokeWidth=0.5))
        _write(page, x0 - 4, height - 3, f"{100 * top * part / 4:.2g} %", anchor="end")
    for second_s in (first_s, first_s * 10, chart.seconds):
        _write(page, at(second_s, 0)[0], y0 - 11, f"{second_s:g}", anchor="middle")
    _write(page, x1, y0 - 23, words("seconds"), anchor="end")
    _write(page, x0, y1 + 5, words("gap to the best"))
    for number, (name, points) in enumerate(chart.lines.items()):
        colour = HexColor(COLOURS[number % len(COLOURS)])
        dash = [4.0, 2.0 * number] if number else []
        flat = [value for point in points for value in at(*point)]
        if len(points) > 1:
            page.add(PolyLine(flat, strokeColor=colour, strokeWidth=1.4, strokeDashArray=dash or [1.0, 0.0]))
        _write(page, x1 - 52 * number, y1 + 5, name, anchor="end", colour=colour)


def _top(lines: Mapping[str, Points]) -> float:
    """Where the axis of gaps ends: the first moments are cut off, so that the rest is seen."""
    middles = [points[len(points) // 3][1] for points in lines.values() if points]
    return min(MOST_GAP, max(0.002, 1.5 * max(middles, default=0.0)))


def _write(
    page: Drawing, x: float, y: float, text: str, *, anchor: Anchor = "start", colour: Color = INK
) -> None:
    page.add(
        String(x, y, text, fontName=NAMES["regular"], fontSize=SIZE, fillColor=colour, textAnchor=anchor)
    )
