"""Change sheet: what to cook more or less since the published plan, and who changed it, why."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.reports.facts import Named, PaperHead, Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import HEAD_BOTTOM_MM, MARGIN_MM, PageOf, bar, check_box, page_head
from api.reports.pen import LIGHT, Pen
from api.reports.wording import Words

WIDTH_MM = 210.0
HEIGHT_MM = 297.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
SUM_MM = RIGHT_MM - 4
SITE_MM = 112.0


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """
    One change as it is printed.

    Parameters
    ----------
    head
        Instant, order, diner and what was done.
    who
        Who entered it, and why.
    """

    head: str
    who: str


@dataclass(frozen=True, slots=True)
class ChangeSheet:
    """
    What a published plan does not know.

    Parameters
    ----------
    head
        Service, kitchen, version and print.
    sums
        Site, dish and portions more (positive) or fewer.
    rows
        Each change, in the order it was entered.
    """

    head: PaperHead
    sums: tuple[tuple[str, Named, int], ...]
    rows: tuple[ChangeRow, ...]

    @property
    def portions(self) -> int:
        """Portions that differ from the plan."""
        return sum(abs(portions) for _, _, portions in self.sums)


def render(paper: ChangeSheet, language: str) -> Rendered:
    """
    Prints the change sheet, A4 upright, black on white.

    Parameters
    ----------
    paper
        What has changed.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    title = words("Changes since version {version}", version=paper.head.version)
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=title, language=language)
    groups = [*_sums(pen, paper, words), *_rows(pen, paper, words)]
    pages = paginate(groups, top_mm=HEAD_BOTTOM_MM + 3, bottom_mm=HEIGHT_MM - MARGIN_MM, gap_mm=4)
    for number, page in enumerate(pages, start=1):
        page_head(pen, title, paper.head, PageOf(number, len(pages)), words)
        for placed in page:
            placed.block.draw(pen, placed.top_mm)
        pen.end_page()
    return Rendered(pen.pdf(), tuple(pen.findings()), pen.pages)


def _sums(pen: Pen, paper: ChangeSheet, words: Words) -> list[Sequence[Block]]:
    title, note = words("More or fewer than planned"), words("portions")
    head = Block(10.0, lambda pen, top_mm: bar(pen, top_mm, title, note))
    return [[_sum(pen, row, head, words) for row in paper.sums]] if paper.sums else []


def _sum(pen: Pen, row: tuple[str, Named, int], head: Block, words: Words) -> Block:
    site, dish, portions = row
    name = pen.fit(dish.called(words.language), (14, 12, 10), SITE_MM - MARGIN_MM - 10, weight="bold")
    where = pen.fit(site, (11, 10, 9), SUM_MM - SITE_MM - 22, max_lines=2)
    height_mm = 4 + max(name.height_mm, where.height_mm)

    def draw(pen: Pen, top_mm: float) -> None:
        check_box(pen, MARGIN_MM + 1, top_mm + 2)
        pen.lines(MARGIN_MM + 8, top_mm + 1.6, name)
        pen.lines(SITE_MM, top_mm + 2, where)
        sign = "+" if portions > 0 else "−"
        pen.text(SUM_MM, top_mm + 6.6, f"{sign}{abs(portions)}", 17, weight="bold", align="right")
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(max(height_mm, 9.0), draw, head)


def _rows(pen: Pen, paper: ChangeSheet, words: Words) -> list[Sequence[Block]]:
    title, note = words("Who changed what, and why"), str(len(paper.rows))
    head = Block(10.0, lambda pen, top_mm: bar(pen, top_mm, title, note))
    return [[_row(pen, row, head) for row in paper.rows]] if paper.rows else []


def _row(pen: Pen, row: ChangeRow, head: Block) -> Block:
    room_mm = RIGHT_MM - MARGIN_MM - 4
    first = pen.fit(row.head, (11, 10, 9), room_mm, weight="bold", max_lines=2)
    second = pen.fit(row.who, (10, 9, 8), room_mm, max_lines=3)
    height_mm = 4 + first.height_mm + second.height_mm

    def draw(pen: Pen, top_mm: float) -> None:
        used_mm = pen.lines(MARGIN_MM + 2, top_mm + 1.6, first)
        pen.lines(MARGIN_MM + 2, top_mm + 1.6 + used_mm, second)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, head)
