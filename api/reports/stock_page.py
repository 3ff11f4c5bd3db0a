"""What the pages of the store room's papers share: head, dates, a column's words."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from api.reports.flow import Placed
from api.reports.furniture import MARGIN_MM
from api.reports.pen import Pen
from api.reports.stock_facts import StockHead
from api.reports.wording import MONTHS, WEEKDAYS, Words

TOP_MM = 27.0


def date_text(on: date, words: Words) -> str:
    """A date as ``11月23日 周一`` or ``Mon 23 Nov``."""
    weekday, month = words(WEEKDAYS[on.weekday()]), words(MONTHS[on.month - 1])
    return words("{weekday} {day} {month}", weekday=weekday, day=on.day, month=month)


def span_text(head: StockHead, words: Words) -> str:
    """The dates that a paper is about, one or from - to."""
    first = date_text(head.from_on, words)
    return first if head.from_on == head.to_on else f"{first} – {date_text(head.to_on, words)}"


def draw_pages(
    pen: Pen, pages: Sequence[Sequence[Placed]], title: str, head: StockHead, words: Words
) -> None:
    """Draws every page under the same head: paper, kitchen, dates, time of print, page n / m."""
    for number, page in enumerate(pages, start=1):
        _head(pen, title, head, words("page {page} / {pages}", page=number, pages=len(pages)), words)
        for placed in page:
            placed.block.draw(pen, placed.top_mm)
        pen.end_page()


def _head(pen: Pen, title: str, head: StockHead, page: str, words: Words) -> None:
    right_mm = pen.width_mm - MARGIN_MM
    room_mm = right_mm - MARGIN_MM
    span_mm = pen.text(right_mm, 16.5, span_text(head, words), 14, weight="bold", align="right")
    pen.lines(MARGIN_MM, 10.4, pen.fit(title, (18, 16, 14), room_mm - span_mm - 8, weight="bold"))
    printed_at = head.printed_at.astimezone(ZoneInfo(head.zone))
    imprint = "  ·  ".join((words("printed {time}", time=f"{printed_at:%Y-%m-%d %H:%M}"), page))
    imprint_mm = pen.text(right_mm, 22.6, imprint, 9, align="right")
    pen.lines(MARGIN_MM, 19.4, pen.fit(head.kitchen, (9.5, 8.5, 7.5), room_mm - imprint_mm - 5))
    pen.rule(MARGIN_MM, 24.8, right_mm, 24.8, width_pt=1.5)
