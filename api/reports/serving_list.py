"""Serving list: who gets what at one table, to be ticked by hand when no screen works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.reports.facts import Named, PaperHead, Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import HEAD_BOTTOM_MM, MARGIN_MM, PageOf, bar, check_box, page_head
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.wording import Words, dish_text, spare_text, time_text

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
NAME_MM, DISHES_MM, TIME_MM = MARGIN_MM + 8.0, 76.0, 170.0
WALK_IN_ROWS = 6


@dataclass(frozen=True, slots=True)
class ServingRow:
    """
    One diner's meal.

    Parameters
    ----------
    diner, order_code
        Name with number, and the number of the order.
    dishes
        By name, each with its variant or size and portions.
    avoid
        What the diner must not get.
    sealed
        Whether the meal is in a container of its own.
    colour
        Of that container, in words; None where the house has not chosen one.
    """

    diner: str
    order_code: str
    dishes: tuple[tuple[Named, Named | None, int], ...]
    avoid: tuple[Named, ...]
    sealed: bool
    colour: Named | None = None


@dataclass(frozen=True, slots=True)
class ServingTable:
    """
    One site.

    Parameters
    ----------
    site
        By name.
    eat_by_at
        The earliest last moment of its boxes; None when nothing was packed for it.
    rows
        By name.
    spare
        Dishes and portions that were packed for walk-ins.
    """

    site: str
    eat_by_at: datetime | None
    rows: tuple[ServingRow, ...]
    spare: tuple[tuple[Named, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ServingLists:
    """
    The lists of a service, one a site.

    Parameters
    ----------
    head
        Service, kitchen, version and print.
    tables
        By site.
    """

    head: PaperHead
    tables: tuple[ServingTable, ...]


def render(paper: ServingLists, language: str) -> Rendered:
    """
    Prints the serving lists, A4 upright; each site starts on a new page.

    Parameters
    ----------
    paper
        The tables.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    title = words("Serving list")
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=title, language=language)
    for table in paper.tables:
        groups = _groups(pen, table, paper.head, words)
        pages = paginate(groups, top_mm=HEAD_BOTTOM_MM + 3, bottom_mm=HEIGHT_MM - MARGIN_MM)
        for number, page in enumerate(pages, start=1):
            page_head(pen, f"{title} {table.site}", paper.head, PageOf(number, len(pages)), words)
            for placed in page:
                placed.block.draw(pen, placed.top_mm)
            pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _groups(pen: Pen, table: ServingTable, head: PaperHead, words: Words) -> list[Sequence[Block]]:
    until = table.eat_by_at
    note = words("eat by {time}", time=time_text(until, head.service, words)) if until else ""
    columns = Block(8.0, lambda pen, top_mm: _columns(pen, top_mm, words))
    title = words("{site}: {count} meals", site=table.site, count=len(table.rows))
    first = Block(13.0, lambda pen, top_mm: bar(pen, top_mm + 1, title, note))
    rows = [_row(pen, one, columns, words) for one in table.rows]
    spare = [_spare_line(pen, table, columns, words)] if table.spare else []
    blank = Block(11.0, _blank, columns)
    return [[first, *rows[:1]], *([one] for one in (*rows[1:], *spare, *[blank] * WALK_IN_ROWS))]


def _columns(pen: Pen, top_mm: float, words: Words) -> None:
    for label, x_mm in (("Diner", NAME_MM), ("Gets", DISHES_MM), ("Given at, note", TIME_MM)):
        pen.text(x_mm, top_mm + 5, words(label), 9, color=GREY)
    pen.rule(MARGIN_MM, top_mm + 7, RIGHT_MM, top_mm + 7, width_pt=0.8)


def _row(pen: Pen, row: ServingRow, columns: Block, words: Words) -> Block:
    name = pen.fit(row.diner, (11, 10, 9), DISHES_MM - NAME_MM - 3, weight="bold", max_lines=2)
    gets = words("; ").join(_portion(one, words) for one in row.dishes)
    dishes = [pen.fit(gets, (10, 9, 8.5), TIME_MM - DISHES_MM - 3, max_lines=4)]
    if row.avoid:
        without = words(", ").join(one.called(words.language) for one in row.avoid)
        text = words("! not: {allergens}", allergens=without)
        dishes.append(pen.fit(text, (10, 9), TIME_MM - DISHES_MM - 3, weight="bold", max_lines=3))
    if row.sealed:
        told = words("sealed container with this name only")
        if row.colour is not None:
            told = words("{colour} container", colour=row.colour.called(words.language)) + " · " + told
        dishes.append(pen.fit(told, (9,), TIME_MM - DISHES_MM - 3, weight="bold", max_lines=2))
    height_mm = 3.0 + max(name.height_mm + 5.0, sum(one.height_mm for one in dishes))

    def draw(pen: Pen, top_mm: float) -> None:
        check_box(pen, MARGIN_MM, top_mm + 1.6)
        at_mm = top_mm + 1.2
        at_mm += pen.lines(NAME_MM, at_mm, name)
        pen.text(NAME_MM, at_mm + 3.4, row.order_code, 8.5, color=GREY)
        at_mm = top_mm + 1.2
        for one in dishes:
            at_mm += pen.lines(DISHES_MM, at_mm, one)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, columns)


def _portion(one: tuple[Named, Named | None, int], words: Words) -> str:
    dish, served, portions = one
    said = dish_text(dish, served, words)
    return said if portions == 1 else f"{portions} × {said}"


def _spare_line(pen: Pen, table: ServingTable, columns: Block, words: Words) -> Block:
    """What walk-ins may have, above the rows in which they are written down."""
    told = pen.fit(spare_text(table.spare, words), (10, 9), RIGHT_MM - NAME_MM, weight="bold", max_lines=4)
    height_mm = 4.0 + told.height_mm

    def draw(pen: Pen, top_mm: float) -> None:
        pen.lines(NAME_MM, top_mm + 2.0, told)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, columns)


def _blank(pen: Pen, top_mm: float) -> None:
    """A row for a walk-in."""
    check_box(pen, MARGIN_MM, top_mm + 3.0)
    pen.rule(MARGIN_MM, top_mm + 11.0, RIGHT_MM, top_mm + 11.0, color=LIGHT)
