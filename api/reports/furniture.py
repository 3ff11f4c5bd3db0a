"""What the pages of all papers share: the head, the fill-in box, the check box, the figure in a tile."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.reports.facts import PaperHead
from api.reports.flow import Block
from api.reports.pen import GREY, INK, WHITE, Pen
from api.reports.wording import Words, service_text, time_text

MARGIN_MM = 12.0
HEAD_BOTTOM_MM = 30.0
QR_MM, QR_BOTTOM_MM = 16.5, 26.4


@dataclass(frozen=True, slots=True)
class PageOf:
    """
    Which page of how many.

    Parameters
    ----------
    page
        From 1.
    pages
        Pages of this paper.
    """

    page: int
    pages: int


def page_head(pen: Pen, title: str, head: PaperHead, page_of: PageOf, words: Words) -> None:
    """Draws the head that every page repeats: paper, kitchen, service, version, print time, page n / m."""
    edge_mm = pen.width_mm - MARGIN_MM
    right_mm = edge_mm
    if head.qr_text:
        pen.qr(head.qr_text, edge_mm - QR_MM, QR_BOTTOM_MM - QR_MM, QR_MM)
        right_mm -= QR_MM + 4
    service_mm = pen.text(right_mm, 19, service_text(head.service, words), 19, weight="bold", align="right")
    pen.lines(MARGIN_MM, 12.4, pen.fit(title, (19, 17, 15, 13), right_mm - service_mm - 20, weight="bold"))

    printed = words("printed {time}", time=time_text(head.printed_at, head.service, words))
    page = words("page {page} / {pages}", page=page_of.page, pages=page_of.pages)
    imprint = "  ·  ".join((version_text(head, words), printed, page))
    imprint_mm = pen.text(right_mm, 26, imprint, 9.5, align="right")
    room_mm = right_mm - MARGIN_MM - imprint_mm - 6
    pen.lines(MARGIN_MM, 22.6, pen.fit(head.kitchen.name, (9.5, 8.5, 7.5, 6.5), room_mm))
    pen.rule(MARGIN_MM, 28.6, edge_mm, 28.6, width_pt=1.5)


def version_text(head: PaperHead, words: Words) -> str:
    """Which version a sheet is of, and since which it tells the changes."""
    if head.since is None:
        return words("version {version}", version=head.version)
    return words("version {version}, changes since version {since}", version=head.version, since=head.since)


def change_note(pen: Pen, told: Sequence[str]) -> Block:
    """A framed note across the page: what of an older version still holds."""
    width_mm = pen.width_mm - 2 * MARGIN_MM
    lines = [pen.fit(text, (12, 11, 10), width_mm - 8, weight="bold", max_lines=3) for text in told]
    height_mm = 4 + sum(line.height_mm for line in lines)

    def draw(pen: Pen, top_mm: float) -> None:
        pen.box(MARGIN_MM, top_mm, width_mm, height_mm, width_pt=1.6, line="dashed", radius_mm=1)
        at_mm = top_mm + 2
        for line in lines:
            at_mm += pen.lines(MARGIN_MM + 4, at_mm, line)

    return Block(height_mm, draw)


def check_box(pen: Pen, x_mm: float, top_mm: float, size_mm: float = 4.4) -> None:
    """Draws an empty box to tick."""
    pen.box(x_mm, top_mm, size_mm, size_mm, width_pt=1, radius_mm=0.5)


def fill_in(
    pen: Pen,
    x_mm: float,
    top_mm: float,
    width_mm: float,
    label: str,
    unit: str = "",
    *,
    height_mm: float = 11,
) -> None:
    """Draws a box to write in by hand, its label in its upper corner, its unit in its lower."""
    pen.box(x_mm, top_mm, width_mm, height_mm, width_pt=0.8, radius_mm=0.8)
    pen.lines(x_mm + 1.6, top_mm + 0.9, pen.fit(label, (9, 8, 7), width_mm - 3.2), color=GREY)
    if unit:
        pen.text(x_mm + width_mm - 2, top_mm + height_mm - 2, unit, 13, align="right")


def tile(
    pen: Pen, x_mm: float, top_mm: float, width_mm: float, label: str, figure: int, *, loud: bool = False
) -> None:
    """Draws a figure in large type under its label, 19 mm high; white on black if ``loud``."""
    pen.box(x_mm, top_mm, width_mm, 19, width_pt=0.9, fill=INK if loud else None, radius_mm=1.2)
    color = WHITE if loud else INK
    pen.lines(x_mm + 2.5, top_mm + 1.6, pen.fit(label, (10, 9, 8, 7), width_mm - 5), color=color)
    pen.text(x_mm + 2.5, top_mm + 16, str(figure), 24, weight="bold", color=color)


def bar(pen: Pen, top_mm: float, title: str, note: str) -> None:
    """Draws a section's title white on black across the page, 9 mm high, a note at its right end."""
    right_mm = pen.width_mm - MARGIN_MM
    pen.box(MARGIN_MM, top_mm, right_mm - MARGIN_MM, 9, width_pt=0, fill=INK, radius_mm=1)
    note_mm = pen.text(right_mm - 3, top_mm + 6.1, note, 11, align="right", color=WHITE)
    room_mm = right_mm - MARGIN_MM - note_mm - 12
    pen.lines(
        MARGIN_MM + 3, top_mm + 1.6, pen.fit(title, (14, 12.5, 11, 9), room_mm, weight="bold"), color=WHITE
    )
