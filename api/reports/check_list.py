"""Check list for visits: the lines that a seed drew, with boxes to tick."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from api.reports.facts import Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import MARGIN_MM, check_box
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.statement_facts import PaperLine, StatementPaper
from api.reports.wording import WEEKDAYS, Words

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
ROOM_MM = RIGHT_MM - MARGIN_MM
TOP_MM, BOTTOM_MM, ROW_MM, FOOT_MM = 40.0, HEIGHT_MM - 12.0, 21.0, 24.0
FINDINGS = ("visit.confirmed", "visit.denied", "visit.not_met")


def render(paper: StatementPaper, lines: Sequence[PaperLine], seed: str, language: str) -> Rendered:
    """
    Prints a random check, A4 upright.

    Parameters
    ----------
    paper
        The statement that it is drawn from.
    lines
        Drawn, in the order of the statement.
    seed
        Draws them again; printed on every page.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=f"{words('Random check')} {paper.number}", language=language)
    groups: list[list[Block]] = [[_row(pen, line, words)] for line in lines]
    groups.append([Block(FOOT_MM, lambda pen, top_mm: _foot(pen, top_mm, words))])
    pages = paginate(groups, top_mm=TOP_MM, bottom_mm=BOTTOM_MM)
    for number, page in enumerate(pages, start=1):
        _head(pen, paper, seed, words("page {page} / {pages}", page=number, pages=len(pages)), words)
        for placed in page:
            placed.block.draw(pen, placed.top_mm)
        pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _head(pen: Pen, paper: StatementPaper, seed: str, page: str, words: Words) -> None:
    seed_mm = pen.text(RIGHT_MM, 16.5, words("seed {seed}", seed=seed), 13, weight="bold", align="right")
    title = pen.fit(words("Random check"), (17, 15), ROOM_MM - seed_mm - 8, weight="bold")
    pen.lines(MARGIN_MM, 10.6, title)
    printed_at = paper.printed_at.astimezone(ZoneInfo(paper.zone))
    imprint = "  ·  ".join((words("printed {time}", time=f"{printed_at:%Y-%m-%d %H:%M}"), page))
    imprint_mm = pen.text(RIGHT_MM, 22.6, imprint, 8.5, align="right")
    whom = f"{paper.payee.called(words.language)}  ·  {paper.period}  ·  {paper.number}"
    pen.lines(MARGIN_MM, 19.6, pen.fit(whom, (9.5, 8.5, 7.5), ROOM_MM - imprint_mm - 5))
    pen.rule(MARGIN_MM, 24.6, RIGHT_MM, 24.6, width_pt=1.5)
    rule = words(
        "Drawn by the seed alone: anybody who draws again gets the same lines. "
        "A line's rank is the SHA-256 of the seed, its order, benefit and diner."
    )
    pen.lines(MARGIN_MM, 27, pen.fit(rule, (8.5,), ROOM_MM, max_lines=2), color=GREY)


def _row(pen: Pen, line: PaperLine, words: Words) -> Block:
    who = pen.fit(f"{line.diner}  {line.diner_code}", (13, 11, 9), 84, weight="bold")
    day = f"{line.service_on:%Y-%m-%d} {words(WEEKDAYS[line.service_on.weekday()])}"
    what = pen.fit(
        f"{day}  ·  {line.order_code}  ·  {line.site.called(words.language)}", (9, 8, 7), ROOM_MM - 12
    )

    def draw(pen: Pen, top_mm: float) -> None:
        pen.text(MARGIN_MM + 8, top_mm + 6, str(line.line_no), 9, align="right", color=GREY)
        pen.lines(MARGIN_MM + 12, top_mm + 1.4, who)
        pen.lines(MARGIN_MM + 12, top_mm + 7.4, what, color=GREY)
        x_mm = MARGIN_MM + 100
        for finding in FINDINGS:
            check_box(pen, x_mm, top_mm + 2)
            x_mm += 6 + pen.text(x_mm + 6, top_mm + 5.6, words(finding), 9) + 5
        pen.text(MARGIN_MM + 12, top_mm + 17.4, words("In the person's words"), 8, color=GREY)
        pen.rule(MARGIN_MM + 45, top_mm + 17.8, RIGHT_MM, top_mm + 17.8, width_pt=0.5)
        pen.rule(
            MARGIN_MM, top_mm + ROW_MM - 0.6, RIGHT_MM, top_mm + ROW_MM - 0.6, width_pt=0.25, color=LIGHT
        )

    return Block(ROW_MM, draw)


def _foot(pen: Pen, top_mm: float, words: Words) -> None:
    pen.text(MARGIN_MM, top_mm + 18, words("Visited by, signature"), 9, color=GREY)
    pen.rule(MARGIN_MM + 36, top_mm + 18.6, MARGIN_MM + 110, top_mm + 18.6, width_pt=0.6)
    pen.text(MARGIN_MM + 118, top_mm + 18, words("Date"), 9, color=GREY)
    pen.rule(MARGIN_MM + 130, top_mm + 18.6, RIGHT_MM, top_mm + 18.6, width_pt=0.6)
