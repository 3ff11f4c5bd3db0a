"""Ingredients by batch: for the store room what to fetch, for the bench what to weigh into which pan."""

from collections.abc import Mapping, Sequence

from api.reports.facts import Named, Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import HEAD_BOTTOM_MM, MARGIN_MM, PageOf, check_box, page_head
from api.reports.matrix_facts import BatchMatrix, MatrixLoad, MatrixRow, Taken
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.wording import Words, dish_text, fetched_text, list_text, time_text, weight_text

WIDTH_MM, HEIGHT_MM = 297.0, 210.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
FOOD_MM, TOTAL_MM, COLUMNS = 52.0, 27.0, 7
LOADS_MM = MARGIN_MM + FOOD_MM + TOTAL_MM
COLUMN_MM = (RIGHT_MM - LOADS_MM) / COLUMNS
HEAD_MM, ROW_MM = 34.5, 9.6
WAS_MM = 3.6


def render(paper: BatchMatrix, language: str) -> Rendered:
    """
    Prints the matrix, A4 across: seven loads a page, each food with its net weight and below it the gross.

    After a new version only the loads that differ are printed, each weight that is another with the old one.

    Parameters
    ----------
    paper
        What is weighed and fetched.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    title = words("Ingredients by batch")
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=title, language=language)
    loads, told = paper.printed, _told(pen, paper, words)
    groups = [
        [*told, *_rows(pen, paper, loads[at : at + COLUMNS], words)]
        if at == 0
        else _rows(pen, paper, loads[at : at + COLUMNS], words)
        for at in range(0, max(1, len(loads)), COLUMNS)
    ]
    pages = [
        page
        for blocks in groups
        for page in paginate(
            [[block] for block in blocks], top_mm=HEAD_BOTTOM_MM + 1, bottom_mm=HEIGHT_MM - MARGIN_MM
        )
    ]
    for number, page in enumerate(pages, start=1):
        page_head(pen, title, paper.head, PageOf(number, len(pages)), words)
        for placed in page:
            placed.block.draw(pen, placed.top_mm)
        pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _told(pen: Pen, paper: BatchMatrix, words: Words) -> list[Block]:
    """What an incomplete print says of the sheets that stay in use."""
    if paper.changes is None:
        return []
    told = [
        words(
            "Only the loads that differ from version {since} are printed; keep its other sheets.",
            since=paper.head.since or 0,
        )
    ]
    if paper.changes.loads:
        told.append(words("Changed: {codes}", codes=list_text([one.code for one in paper.printed], words)))
    if paper.changes.void:
        told.append(words("Void, throw away: {codes}", codes=list_text(paper.changes.void, words)))
    if not (paper.changes.loads or paper.changes.void):
        told.append(words("Nothing differs."))
    fitted = [pen.fit(one, (12, 11, 10), RIGHT_MM - MARGIN_MM, weight="bold", max_lines=4) for one in told]

    def draw(pen: Pen, top_mm: float) -> None:
        for one in fitted:
            pen.lines(MARGIN_MM, top_mm, one)
            top_mm += one.height_mm + 1

    return [Block(sum(one.height_mm + 1 for one in fitted) + 2, draw)]


def _rows(pen: Pen, paper: BatchMatrix, loads: Sequence[MatrixLoad], words: Words) -> list[Block]:
    """The rows of the foods that these loads take, under the loads' heads."""
    head = Block(HEAD_MM, lambda pen, top_mm: _draw_head(pen, top_mm, loads, paper, words))
    was = paper.changes.was if paper.changes else {}
    rows = [
        _row(pen, row, loads, (head, was), words)
        for row in paper.rows
        if any(load.code in row.cells or (load.code, row.food) in was for load in loads)
    ]
    return rows or ([Block(0, lambda pen, top_mm: None, head)] if loads else [])


def _draw_head(
    pen: Pen, top_mm: float, loads: Sequence[MatrixLoad], paper: BatchMatrix, words: Words
) -> None:
    pen.lines(MARGIN_MM, top_mm + 2, pen.fit(words("Food"), (11,), FOOD_MM - 2, weight="bold"))
    note = pen.fit(
        words("Upper: cleaned, into the pan; lower: fetched from the store"), (8, 7), FOOD_MM - 3, max_lines=3
    )
    pen.lines(MARGIN_MM, top_mm + 9, note, color=GREY)
    right_mm = LOADS_MM - 3
    pen.lines(
        right_mm, top_mm + 2, pen.fit(words("All loads"), (11, 9), TOTAL_MM - 3, weight="bold"), align="right"
    )
    pen.text(right_mm, top_mm + 12, weight_text(paper.net_mg), 10.5, weight="bold", align="right")
    pen.text(right_mm, top_mm + 17, fetched_text(paper.net_mg, paper.gross_mg), 9, align="right", color=GREY)
    for i, load in enumerate(loads):
        left_mm = LOADS_MM + i * COLUMN_MM
        _draw_load(pen, left_mm, top_mm, load, paper, words)
        pen.rule(left_mm, top_mm, left_mm, top_mm + HEAD_MM, color=LIGHT)
    pen.rule(MARGIN_MM, top_mm + HEAD_MM, RIGHT_MM, top_mm + HEAD_MM, width_pt=1)


def _draw_load(
    pen: Pen, left_mm: float, top_mm: float, load: MatrixLoad, paper: BatchMatrix, words: Words
) -> None:
    """The head of one load: code and portions, start, dish, what goes into the pan and what it was before."""
    x_mm, right_mm, room_mm = left_mm + 1.5, left_mm + COLUMN_MM - 1.5, COLUMN_MM - 3
    portions = pen.fit(
        words("× {portions}", portions=load.portions), (12, 11, 10), room_mm / 2, weight="bold"
    )
    pen.lines(right_mm, top_mm + 1.2, portions, align="right")
    code = pen.fit(load.code, (14, 12, 10, 8), room_mm / 2, weight="bold")
    pen.lines(x_mm, top_mm + 0.6, code)
    start = words("on at {time}", time=time_text(load.start_at, paper.head.service, words))
    pen.lines(x_mm, top_mm + 7.2, pen.fit(start, (9, 8, 7), room_mm), color=GREY)
    name = dish_text(load.dish, load.variant, words)
    pen.lines(x_mm, top_mm + 11.8, pen.fit(name, (10, 9, 8, 7), room_mm, weight="bold", max_lines=3))
    net = weight_text(paper.load_net_mg(load.code))
    pen.text(right_mm, top_mm + 29.6, net, 10.5, weight="bold", align="right")
    if paper.changes is not None and (was_mg := paper.changes.was_net_mg(load.code)) is not None:
        was = words("was {weight}", weight=weight_text(was_mg))
        pen.text(right_mm, top_mm + 33.2, was, 8, align="right")


def _row(
    pen: Pen,
    row: MatrixRow,
    loads: Sequence[MatrixLoad],
    under: tuple[Block, Mapping[tuple[str, Named], Taken]],
    words: Words,
) -> Block:
    """A food under the loads' head, with what it was where that is another."""
    head, was = under
    name = pen.fit(row.food.called(words.language), (11, 10, 9, 8), FOOD_MM - 9, weight="bold", max_lines=2)
    old = {load.code: was[load.code, row.food] for load in loads if (load.code, row.food) in was}
    other = {code: taken for code, taken in old.items() if taken != row.cells.get(code)}
    height_mm = max(ROW_MM, name.height_mm + 1.6) + (WAS_MM if other else 0)

    def draw(pen: Pen, top_mm: float) -> None:
        check_box(pen, MARGIN_MM, top_mm + 2.4)
        pen.lines(MARGIN_MM + 6.5, top_mm + (height_mm - name.height_mm) / 2, name)
        _draw_cell(pen, LOADS_MM - 3, top_mm, Taken(row.net_mg, row.gross_mg))
        for i, load in enumerate(loads):
            left_mm = LOADS_MM + i * COLUMN_MM
            right_mm = left_mm + COLUMN_MM - 1.5
            if load.code in row.cells or load.code in other:
                _draw_cell(pen, right_mm, top_mm, row.cells.get(load.code, Taken(0, 0)))
            if load.code in other:
                told = words("was {weight}", weight=weight_text(other[load.code].net_mg))
                pen.lines(right_mm, top_mm + 9.2, pen.fit(told, (8, 7, 6), COLUMN_MM - 2.5), align="right")
            pen.rule(left_mm, top_mm, left_mm, top_mm + height_mm, color=LIGHT)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, head)


def _draw_cell(pen: Pen, right_mm: float, top_mm: float, taken: Taken) -> None:
    pen.text(right_mm, top_mm + 4.4, weight_text(taken.net_mg), 10.5, weight="bold", align="right")
    pen.text(right_mm, top_mm + 8.4, fetched_text(taken.net_mg, taken.gross_mg), 9, align="right", color=GREY)
