"""What the pages of all papers share: the head, the fill-in box, the check box, the figure in a tile."""

from dataclasses import dataclass

from api.reports.facts import PaperHead
from api.reports.pen import GREY, INK, WHITE, Pen
from api.reports.wording import Words, service_text, time_text

MARGIN_MM = 12.0
HEAD_BOTTOM_MM = 30.0


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
    right_mm = pen.width_mm - MARGIN_MM
    service_mm = pen.text(right_mm, 19, service_text(head.service, words), 19, weight="bold", align="right")
    pen.lines(MARGIN_MM, 12.4, pen.fit(title, (19, 17, 15, 13), right_mm - service_mm - 20, weight="bold"))

    printed = words("printed {time}", time=time_text(head.printed_at, head.service, words))
    page = words("page {page} / {pages}", page=page_of.page, pages=page_of.pages)
    imprint = "  ·  ".join((words("version {version}", version=head.version), printed, page))
    imprint_mm = pen.text(right_mm, 26, imprint, 9.5, align="right")
    room_mm = right_mm - MARGIN_MM - imprint_mm - 6
    pen.lines(MARGIN_MM, 22.6, pen.fit(head.kitchen.name, (9.5, 8.5, 7.5, 6.5), room_mm))
    pen.rule(MARGIN_MM, 28.6, right_mm, 28.6, width_pt=1.5)


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
