"""The notice board of a site, A4 or A3: large type, one frame a notice, what is missing in red."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from api.reports.facts import Rendered
from api.reports.flow import Block, Placed, paginate
from api.reports.fonts import text_width_pt
from api.reports.notice_facts import BoardItem, BoardLine, NoticeBoard
from api.reports.pen import GREY, HOT, INK, LIGHT, WHITE, Pen
from api.reports.typesetting import PT_PER_MM, Fitted
from api.reports.wording import Words
from api.words import say
from orders.codes import Coded
from orders.money import yuan
from orders.oversight.site_file import Graded

Paper = Literal["A4", "A3"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
SIZES_MM: dict[Paper, tuple[float, float]] = {"A4": (210.0, 297.0), "A3": (297.0, 420.0)}
PAPER_RATIO: dict[Paper, float] = {"A4": 1.0, "A3": 2**0.5}
TYPE_RATIOS = (1.8, 1.65, 1.5, 1.4, 1.3, 1.25, 1.2, 1.15, 1.1, 1.05, 1.0, 0.95, 0.9, 0.85, 0.8)
MARGIN_MM, GAP_MM, PAD_MM = 11.0, 4.0, 4.0
TITLE_PT, TEXT_PT, AMOUNT_PT = 17.0, 13.5, 16.0
FOOT_MM = 9.0


@dataclass(frozen=True, slots=True)
class Layout:
    """
    Sizes of one print.

    Parameters
    ----------
    paper
        Sheet.
    type_ratio
        By how much the type is larger than at its plain size.
    """

    paper: Paper
    type_ratio: float

    @property
    def ratio(self) -> float:
        """By how much the sheet is larger than A4."""
        return PAPER_RATIO[self.paper]

    def mm(self, a4_mm: float) -> float:
        """A length on this sheet."""
        return a4_mm * self.ratio

    def pt(self, a4_pt: float) -> tuple[float, ...]:
        """A size of type on this sheet, and two smaller ones for what does not fit."""
        size_pt = a4_pt * self.ratio * self.type_ratio
        return (size_pt, size_pt * 0.9, size_pt * 0.8)


def render(board: NoticeBoard, language: str, paper: Paper = "A3") -> Rendered:
    """
    Prints the notice board of a site.

    Parameters
    ----------
    board
        What hangs there.
    language
        ``"zh_CN"`` or ``"en"``.
    paper
        ``"A3"``, or ``"A4"`` for a small wall.

    Returns
    -------
    Rendered
        In the largest type at which it is one page; findings are ``board_lacks``, one for each notice that is
        not complete, and ``glyph_missing``.
    """
    words = Words(language)
    width_mm, height_mm = SIZES_MM[paper]
    title = words("{site}: notice board", site=board.site_name)
    pen = Pen(width_mm, height_mm, title=title, language=language)
    layout, pages = _laid_out(pen, board, paper, words)
    for number, page in enumerate(pages, start=1):
        _foot(pen, board, layout, words, number, len(pages))
        for placed in page:
            placed.block.draw(pen, placed.top_mm)
        pen.end_page()
    return Rendered(pen.pdf(), (*_findings(board, language), *pen.findings()), pen.pages)


def _laid_out(pen: Pen, board: NoticeBoard, paper: Paper, words: Words) -> tuple[Layout, list[list[Placed]]]:
    for type_ratio in TYPE_RATIOS:
        layout = Layout(paper, type_ratio)
        groups = [[_head(pen, board, layout, words)], *([row] for row in _rows(pen, board, layout, words))]
        bottom_mm = pen.height_mm - layout.mm(MARGIN_MM + FOOT_MM)
        pages = paginate(groups, top_mm=layout.mm(MARGIN_MM), bottom_mm=bottom_mm, gap_mm=layout.mm(GAP_MM))
        if len(pages) == 1:
            break
    return layout, pages


def _findings(board: NoticeBoard, language: str) -> Iterator[Coded]:
    for item in board.items:
        for lack in item.lacks:
            said = say(lack, language)
            yield Coded("board_lacks", {"title": item.title.called(language), "lack": said})


def _head(pen: Pen, board: NoticeBoard, layout: Layout, words: Words) -> Block:
    """Name of the site white on black, the grade in a square at its right end."""
    left_mm, width_mm = layout.mm(MARGIN_MM), pen.width_mm - 2 * layout.mm(MARGIN_MM)
    grade_mm = layout.mm(34)
    room_mm = width_mm - 2 * layout.mm(PAD_MM) - (grade_mm if board.grade else 0)
    large = tuple(size * layout.ratio for size in (34.0, 30.0, 26.0, 22.0, 19.0))
    name = pen.fit(board.site_name, large, room_mm, weight="bold", max_lines=2)
    small = tuple(size * layout.ratio for size in (12.5, 11.5, 10.5))
    under = [
        pen.fit(text, small, room_mm, max_lines=2)
        for text in (board.programme.called(words.language), f"{board.operator}　{board.address}")
    ]
    text_mm = name.height_mm + sum(line.height_mm for line in under)
    height_mm = max(text_mm + 2 * layout.mm(PAD_MM), layout.mm(32))

    def draw(pen: Pen, top_mm: float) -> None:
        pen.box(left_mm, top_mm, width_mm, height_mm, width_pt=0, fill=INK, radius_mm=layout.mm(2))
        at_mm = top_mm + (height_mm - text_mm) / 2
        for fitted in (name, *under):
            at_mm += pen.lines(left_mm + layout.mm(PAD_MM), at_mm, fitted, color=WHITE)
        if board.grade:
            edge_mm = (height_mm - layout.mm(27)) / 2
            _grade(pen, board.grade, layout, words, left_mm + width_mm - grade_mm, top_mm + edge_mm)

    return Block(height_mm, draw)


def _grade(pen: Pen, graded: Graded, layout: Layout, words: Words, left_mm: float, top_mm: float) -> None:
    """The grade in its square: label, letter, day."""
    width_mm, height_mm = layout.mm(31.5), layout.mm(27)
    pen.box(left_mm, top_mm, width_mm, height_mm, width_pt=0, fill=WHITE, radius_mm=layout.mm(1.5))
    middle_mm, room_mm = left_mm + width_mm / 2, width_mm - layout.mm(2)
    small = tuple(size * layout.ratio for size in (9.0, 8.0, 7.0))
    label = pen.fit(words("Food-safety grade"), small, room_mm)
    pen.lines(middle_mm, top_mm + layout.mm(1.2), label, align="center")
    size_pt = 42 * layout.ratio
    pen.text(middle_mm, top_mm + layout.mm(18.6), graded.grade, size_pt, weight="bold", align="center")
    day = pen.fit(_day(graded.graded_on, words), small, room_mm)
    pen.lines(middle_mm, top_mm + layout.mm(21.6), day, align="center")


def _rows(pen: Pen, board: NoticeBoard, layout: Layout, words: Words) -> list[Block]:
    """Notices in the programme's order, two narrow ones side by side; one too high for a page in parts."""
    full_mm = pen.width_mm - 2 * layout.mm(MARGIN_MM)
    half_mm = (full_mm - layout.mm(GAP_MM)) / 2
    room_mm = pen.height_mm - layout.mm(2 * MARGIN_MM + FOOT_MM)
    rows, waiting = [], list(board.items)
    while waiting:
        item = waiting.pop(0)
        if item.narrow and waiting and waiting[0].narrow:
            pair = [_card(pen, one, half_mm, layout, words) for one in (item, waiting[0])]
            if max(card.height_mm for card in pair) <= room_mm:
                waiting.pop(0)
                rows.append(_side_by_side(pair, half_mm, layout))
                continue
        card = _card(pen, item, full_mm, layout, words)
        rows += [_side_by_side([part], full_mm, layout) for part in _parts(card, room_mm, layout)]
    return rows


@dataclass(frozen=True, slots=True)
class _Row:
    """One printed line: type, where it starts beyond the frame's padding, what follows at the right end."""

    text: Fitted
    gap_mm: float
    amount: str = ""
    was: str = ""
    lack: bool = False
    first: bool = True

    @property
    def height_mm(self) -> float:
        return self.text.height_mm + self.gap_mm


@dataclass(frozen=True, slots=True)
class _Card:
    """A notice's frame: its title and its printed lines."""

    title: Fitted
    rows: tuple[_Row, ...]
    lacking: bool
    height_mm: float


def _card(pen: Pen, item: BoardItem, width_mm: float, layout: Layout, words: Words) -> _Card:
    room_mm = width_mm - 2 * layout.mm(PAD_MM)
    title = pen.fit(
        item.title.called(words.language), layout.pt(TITLE_PT), room_mm, weight="bold", max_lines=2
    )
    rows: list[_Row] = []
    for line in item.lines:
        amount, was = _amounts(line, words)
        taken_mm = _taken_mm(amount, was, layout)
        text = line.text if isinstance(line.text, str) else say(line.text, words.language)
        rows += _printed(pen.fit(text, layout.pt(TEXT_PT)[:1], room_mm - taken_mm), layout, amount, was)
    for lack in item.lacks:
        sizes_pt, lack_mm = layout.pt(TEXT_PT)[:1], room_mm - layout.mm(7)
        fitted = pen.fit(say(lack, words.language), sizes_pt, lack_mm, weight="bold")
        rows += _printed(fitted, layout, lack=True)
    return _framed(title, tuple(rows), bool(item.lacks), layout)


def _printed(
    fitted: Fitted, layout: Layout, amount: str = "", was: str = "", *, lack: bool = False
) -> list[_Row]:
    """A paragraph line by line, so that it may go on in another frame; white below its last."""
    last = len(fitted.lines) - 1
    return [
        _Row(
            Fitted((line,), fitted.size_pt, fitted.weight),
            layout.mm(1.2) if number == last else 0.0,
            amount if number == 0 else "",
            was if number == 0 else "",
            lack,
            number == 0,
        )
        for number, line in enumerate(fitted.lines)
    ]


def _framed(title: Fitted, rows: tuple[_Row, ...], lacking: bool, layout: Layout) -> _Card:
    height_mm = (
        title.height_mm + layout.mm(1.2) + sum(row.height_mm for row in rows) + layout.mm(1.5 * PAD_MM)
    )
    return _Card(title, rows, lacking, height_mm)


def _parts(card: _Card, room_mm: float, layout: Layout) -> list[_Card]:
    """The card whole, or in frames of a third of a page, the title above each of them."""
    if card.height_mm <= room_mm:
        return [card]
    bare_mm = card.height_mm - sum(row.height_mm for row in card.rows)
    parts: list[list[_Row]] = [[]]
    used_mm, most_mm = bare_mm, room_mm / 3
    for row in card.rows:
        if parts[-1] and used_mm + row.height_mm > most_mm:
            parts.append([])
            used_mm = bare_mm
        parts[-1].append(row)
        used_mm += row.height_mm
    return [_framed(card.title, tuple(rows), card.lacking, layout) for rows in parts]


def _amounts(line: BoardLine, words: Words) -> tuple[str, str]:
    if line.amount_fen is None:
        return "", ""
    was = words("{yuan} yuan", yuan=yuan(line.was_fen)) if line.was_fen is not None else ""
    return words("{yuan} yuan", yuan=yuan(line.amount_fen)), was


def _taken_mm(amount: str, was: str, layout: Layout) -> float:
    """Room that the amounts of a line take at its right end."""
    if not amount:
        return 0.0
    ratio = layout.ratio * layout.type_ratio
    points = text_width_pt(amount, "bold", AMOUNT_PT * ratio) + text_width_pt(was, "regular", TEXT_PT * ratio)
    return points / PT_PER_MM + layout.mm(5)


def _side_by_side(cards: Sequence[_Card], width_mm: float, layout: Layout) -> Block:
    height_mm = max(card.height_mm for card in cards)

    def draw(pen: Pen, top_mm: float) -> None:
        left_mm = layout.mm(MARGIN_MM)
        for card in cards:
            _draw_card(pen, card, left_mm, top_mm, width_mm, height_mm, layout)
            left_mm += width_mm + layout.mm(GAP_MM)

    return Block(height_mm, draw)


def _draw_card(
    pen: Pen, card: _Card, left_mm: float, top_mm: float, width_mm: float, height_mm: float, layout: Layout
) -> None:
    pad_mm = layout.mm(PAD_MM)
    pen.box(
        left_mm,
        top_mm,
        width_mm,
        height_mm,
        width_pt=(2.0 if card.lacking else 1.2) * layout.ratio,
        color=HOT if card.lacking else INK,
        line="dashed" if card.lacking else "solid",
        radius_mm=layout.mm(2),
    )
    at_mm = top_mm + pad_mm * 0.8
    at_mm += pen.lines(left_mm + pad_mm, at_mm, card.title) + layout.mm(1.2)
    for row in card.rows:
        if row.lack:
            _draw_lack(pen, left_mm + pad_mm, at_mm, row, layout)
        else:
            pen.lines(left_mm + pad_mm, at_mm, row.text)
        if row.amount:
            _draw_amount(pen, left_mm + width_mm - pad_mm, at_mm, row, layout)
        at_mm += row.height_mm


def _draw_amount(pen: Pen, right_mm: float, at_mm: float, row: _Row, layout: Layout) -> None:
    """The price, and before it the one for everybody, struck through."""
    size_pt = AMOUNT_PT * layout.ratio * layout.type_ratio
    baseline_mm = at_mm + row.text.size_pt * 0.98 / PT_PER_MM
    used_mm = pen.text(right_mm, baseline_mm, row.amount, size_pt, weight="bold", align="right")
    if row.was:
        end_mm = right_mm - used_mm - layout.mm(2.5)
        was_mm = pen.text(end_mm, baseline_mm, row.was, row.text.size_pt, align="right", color=GREY)
        middle_mm = baseline_mm - row.text.size_pt * 0.34 / PT_PER_MM
        pen.rule(end_mm - was_mm, middle_mm, end_mm, middle_mm, width_pt=layout.ratio, color=GREY)


def _draw_lack(pen: Pen, left_mm: float, at_mm: float, row: _Row, layout: Layout) -> None:
    """A red triangle before the first line."""
    size_mm = row.text.size_pt * 0.8 / PT_PER_MM
    top_mm = at_mm + size_mm * 0.25
    if row.first:
        corners = [
            (left_mm + size_mm / 2, top_mm),
            (left_mm + size_mm, top_mm + size_mm),
            (left_mm, top_mm + size_mm),
        ]
        pen.polygon(corners, fill=HOT, color=HOT, width_pt=0.5)
    pen.lines(left_mm + layout.mm(7), at_mm, row.text, color=HOT)


def _foot(pen: Pen, board: NoticeBoard, layout: Layout, words: Words, number: int, pages: int) -> None:
    left_mm, right_mm = layout.mm(MARGIN_MM), pen.width_mm - layout.mm(MARGIN_MM)
    rule_mm = pen.height_mm - layout.mm(MARGIN_MM + 3.5)
    pen.rule(left_mm, rule_mm, right_mm, rule_mm, width_pt=0.7 * layout.ratio, color=LIGHT)
    lacking = [item.title.called(words.language) for item in board.items if item.lacks]
    parts = [words("printed on {day}", day=_day(board.printed_on, words))]
    if board.defaulted:
        parts.append(words("list of notices: system default, the plan names none"))
    if pages > 1:
        parts.append(words("page {page} / {pages}", page=number, pages=pages))
    size_pt = 9.0 * layout.ratio
    baseline_mm = pen.height_mm - layout.mm(MARGIN_MM)
    used_mm = pen.text(left_mm, baseline_mm, "  ·  ".join(parts), size_pt, color=GREY)
    if lacking:
        told = words("not complete: {titles}", titles=words(", ").join(lacking))
        fitted = pen.fit(
            told, (size_pt, size_pt * 0.85, size_pt * 0.7), right_mm - left_mm - used_mm - 6, weight="bold"
        )
        pen.lines(right_mm, baseline_mm - size_pt * 0.98 / PT_PER_MM, fitted, align="right", color=HOT)


def _day(day_on: date, words: Words) -> str:
    return words("{year}-{month}-{day}", year=day_on.year, month=f"{day_on:%m}", day=f"{day_on:%d}")
