"""Tables of the floor's papers: columns, rows that grow with their words, marks that print in grey."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.reports.check_facts import Mark
from api.reports.flow import Block
from api.reports.furniture import MARGIN_MM, bar
from api.reports.pen import GREY, INK, LIGHT, WHITE, Line, Pen
from api.reports.wording import Words

WIDTH_MM, HEIGHT_MM = 297.0, 210.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
BOTTOM_MM = HEIGHT_MM - 12.0
ROW_MM = 4.6
MARK_MM = 22.0
HAND_MM = 8.5
EMPTY = "empty"
SOLID: frozenset[str] = frozenset({"failed", "discard", "held", "rings"})
FRAMED: frozenset[str] = frozenset(
    {"missing", "again", "goes_on", "corrected", "due", "frozen", "unanswered"}
)


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column.

    Parameters
    ----------
    label
        Message id of its head.
    x_mm
        Where it starts; it ends where the next one does.
    bold
        Whether its words are.
    """

    label: str
    x_mm: float
    bold: bool = False


def section(title: str, note: str = "") -> Block:
    """A bar with the name of what follows."""
    return Block(13.0, lambda pen, top_mm: bar(pen, top_mm + 3, title, note))


def columns_head(columns: Sequence[Column], words: Words) -> Block:
    """The labels of the columns, repeated on each page."""

    def draw(pen: Pen, top_mm: float) -> None:
        for one in columns:
            pen.text(one.x_mm, top_mm + 4.6, words(one.label), 8.5, color=GREY)
        pen.rule(MARGIN_MM, top_mm + 6.2, RIGHT_MM, top_mm + 6.2, width_pt=0.8)

    return Block(7.0, draw)


def table_row(
    pen: Pen, columns: Sequence[Column], cells: Sequence[str], head: Block, mark: str, words: Words
) -> Block:
    """
    One row, as high as its longest cell.

    Parameters
    ----------
    pen
        Measures the words.
    columns, cells, head
        Where each cell stands, its words, and the labels above.
    mark
        Drawn in the last column: a word, framed or black on white by its weight; `EMPTY` leaves all of the
        row to somebody's handwriting.
    words
        Of the language.
    """
    ends = [one.x_mm for one in columns[1:]] + [RIGHT_MM]
    fitted = [
        pen.fit(
            text,
            (9, 8.5, 8),
            end_mm - one.x_mm - 2,
            weight="bold" if one.bold else "regular",
        )
        for one, end_mm, text in zip(columns, ends, (*cells, ""), strict=True)
    ]
    least_mm = HAND_MM if mark == EMPTY else ROW_MM
    height_mm = max(least_mm, *(one.height_mm for one in fitted)) + 1.0

    def draw(pen: Pen, top_mm: float) -> None:
        for one, text in zip(columns, fitted, strict=True):
            pen.lines(one.x_mm, top_mm + 0.7, text)
        _mark(pen, columns[-1].x_mm, top_mm + 0.35, mark, words)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT, width_pt=0.3)
        for one in columns[1:] if mark == EMPTY else ():
            x_mm = one.x_mm - 1.0
            pen.rule(x_mm, top_mm + 0.6, x_mm, top_mm + height_mm, color=LIGHT, width_pt=0.3)

    return Block(height_mm, draw, head)


def plain_row(pen: Pen, text: str) -> Block:
    """A sentence across the page."""
    fitted = pen.fit(text, (10,), RIGHT_MM - MARGIN_MM, max_lines=4)

    def draw(pen: Pen, top_mm: float) -> None:
        pen.lines(MARGIN_MM, top_mm + 1, fitted)

    return Block(fitted.height_mm + 2, draw)


def _mark(pen: Pen, x_mm: float, top_mm: float, mark: str, words: Words) -> None:
    """White on black for what failed, a frame for what is open, plain words for what is well."""
    if mark in ("none", EMPTY):
        return
    fitted = pen.fit(words(f"mark.{mark}"), (8.5, 8, 7), MARK_MM - 2, weight="bold")
    if mark in SOLID or mark in FRAMED:
        fill = INK if mark in SOLID else None
        line: Line = "dashed" if mark in ("missing", "due") else "solid"
        pen.box(x_mm - 0.8, top_mm, MARK_MM, 4.6, width_pt=0.8, fill=fill, radius_mm=0.7, line=line)
    pen.lines(x_mm + 0.3, top_mm + 0.35, fitted, color=WHITE if mark in SOLID else INK)


def grid_mark(pen: Pen, x_mm: float, top_mm: float, mark: Mark) -> None:
    """One square of a grid: full dot passed, cross on black failed, empty dashed missing, dot at rest."""
    size_mm = 3.6
    if mark == "passed":
        pen.rule(x_mm + 0.5, top_mm + 1.9, x_mm + 1.5, top_mm + 3.0, width_pt=1.3)
        pen.rule(x_mm + 1.5, top_mm + 3.0, x_mm + 3.2, top_mm + 0.6, width_pt=1.3)
    elif mark == "failed":
        pen.box(x_mm, top_mm, size_mm, size_mm, width_pt=0.6, fill=INK)
        pen.rule(x_mm + 0.8, top_mm + 0.8, x_mm + 2.8, top_mm + 2.8, width_pt=1.0, color=WHITE)
        pen.rule(x_mm + 2.8, top_mm + 0.8, x_mm + 0.8, top_mm + 2.8, width_pt=1.0, color=WHITE)
    elif mark == "missing":
        pen.box(x_mm, top_mm, size_mm, size_mm, width_pt=0.8, line="dashed")
    else:
        pen.rule(x_mm + 1.4, top_mm + 1.8, x_mm + 2.2, top_mm + 1.8, width_pt=0.8, color=LIGHT)
