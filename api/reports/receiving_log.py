"""Receiving log: every delivery with its papers, temperature, last date and what became of it."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from api.reports.facts import Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import MARGIN_MM
from api.reports.pen import GREY, INK, LIGHT, WHITE, Pen
from api.reports.stock_facts import LogRow, ReceivingLog
from api.reports.stock_page import TOP_MM, draw_pages
from api.reports.wording import Words, weight_text
from api.words import say

WIDTH_MM, HEIGHT_MM = 297.0, 210.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
BOTTOM_MM = HEIGHT_MM - 12.0
SPARE_MM = 13.0
COLUMNS = (
    ("Received", 12.0),
    ("Lot", 33.0),
    ("Food", 50.0),
    ("Delivered by", 90.0),
    ("Weight", 131.0),
    ("°C", 151.0),
    ("Use by", 164.0),
    ("Papers shown", 186.0),
    ("Result", 246.0),
    ("By", 268.0),
)
AT_MM = dict(COLUMNS)


def render(paper: ReceivingLog, language: str) -> Rendered:
    """
    Prints a receiving log, A4 across.

    Parameters
    ----------
    paper
        The deliveries.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    title = words("Receiving log")
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=f"{title} {paper.head.from_on}", language=language)
    head = Block(8, lambda pen, top_mm: _columns(pen, top_mm, words))
    rows = [_row(pen, row, paper.head.zone, head, words) for row in paper.rows]
    groups: list[Sequence[Block]] = [
        [row] for row in (*rows, *[Block(SPARE_MM, _spare, head)] * paper.spare_rows)
    ]
    groups.append([Block(24, lambda pen, top_mm: _foot(pen, top_mm, paper, words))])
    pages = paginate(groups, top_mm=TOP_MM, bottom_mm=BOTTOM_MM)
    draw_pages(pen, pages, title, paper.head, words)
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _columns(pen: Pen, top_mm: float, words: Words) -> None:
    for label, x_mm in COLUMNS:
        pen.text(x_mm, top_mm + 5, words(label), 9, color=GREY)
    pen.rule(MARGIN_MM, top_mm + 7, RIGHT_MM, top_mm + 7, width_pt=0.8)


def _row(pen: Pen, row: LogRow, zone: str, head: Block, words: Words) -> Block:
    papers = [f"{name.called(words.language)} {number}" for name, number in row.papers]
    wrong = [f"! {say(one, words.language)}" for one in row.wanting]
    name = row.food.called(words.language)
    food = pen.fit(name, (11, 10, 9), AT_MM["Delivered by"] - AT_MM["Food"] - 2, weight="bold", max_lines=2)
    supplier = " ".join(part for part in (row.supplier, row.supplier_lot) if part)
    whom = pen.fit(supplier, (10, 9, 8), AT_MM["Weight"] - AT_MM["Delivered by"] - 2, max_lines=2)
    notes = [
        pen.fit(text, (8.5,), AT_MM["Result"] - AT_MM["Papers shown"] - 2, max_lines=3)
        for text in (*papers, *wrong)
    ]
    person = pen.fit(row.person, (9, 8), RIGHT_MM - AT_MM["By"], max_lines=2)
    height_mm = 3.6 + max(9.0, food.height_mm, whom.height_mm, sum(one.height_mm for one in notes))
    local = row.received_at.astimezone(ZoneInfo(zone))

    def draw(pen: Pen, top_mm: float) -> None:
        base_mm = top_mm + 5.6
        pen.text(AT_MM["Received"], base_mm, f"{local:%m-%d %H:%M}", 9)
        pen.text(AT_MM["Lot"], base_mm, row.code, 10, weight="bold")
        pen.lines(AT_MM["Food"], top_mm + 1.8, food)
        pen.lines(AT_MM["Delivered by"], top_mm + 1.8, whom)
        pen.text(AT_MM["Weight"], base_mm, weight_text(row.mg), 10)
        pen.text(AT_MM["°C"], base_mm, "–" if row.temperature_c is None else f"{row.temperature_c:.1f}", 10)
        pen.text(AT_MM["Use by"], base_mm, row.expires_on.isoformat() if row.expires_on else "–", 9)
        at_mm = top_mm + 1.8
        for one in notes:
            at_mm += pen.lines(AT_MM["Papers shown"], at_mm, one)
        _verdict(pen, top_mm, row.verdict, words)
        pen.lines(AT_MM["By"], top_mm + 1.8, person)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, head)


def _spare(pen: Pen, top_mm: float) -> None:
    """A row for somebody's handwriting."""
    foot_mm = top_mm + SPARE_MM
    for _, x_mm in COLUMNS[1:]:
        pen.rule(x_mm - 1.5, top_mm + 1, x_mm - 1.5, foot_mm, color=LIGHT)
    pen.rule(MARGIN_MM, foot_mm, RIGHT_MM, foot_mm, color=LIGHT)


def _verdict(pen: Pen, top_mm: float, verdict: str, words: Words) -> None:
    """Plain word for what came in, a frame for what is held, white on black for what went back."""
    x_mm, width_mm = AT_MM["Result"] - 1, AT_MM["By"] - AT_MM["Result"] - 1
    fitted = pen.fit(words(f"verdict.{verdict}"), (10, 9, 8, 7), width_mm - 2, weight="bold")
    if verdict != "accepted":
        fill = INK if verdict == "refused" else None
        pen.box(x_mm, top_mm + 1.2, width_mm, 6.6, width_pt=1.2, fill=fill, radius_mm=0.8)
    pen.lines(x_mm + 1, top_mm + 2.2, fitted, color=WHITE if verdict == "refused" else INK)


def _foot(pen: Pen, top_mm: float, paper: ReceivingLog, words: Words) -> None:
    counts = [f"{words(f'verdict.{name}')} {paper.count(name)}" for name in ("accepted", "held", "refused")]
    text = words("Deliveries {count}", count=len(paper.rows))
    pen.text(MARGIN_MM, top_mm + 8, "  ·  ".join((text, *counts)), 11, weight="bold")
    pen.text(MARGIN_MM, top_mm + 19, words("Checked by, signature"), 9, color=GREY)
    pen.rule(MARGIN_MM + 42, top_mm + 19.6, MARGIN_MM + 120, top_mm + 19.6, width_pt=0.6)
