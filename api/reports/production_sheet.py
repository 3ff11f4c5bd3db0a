"""Production sheet: what the kitchen cooks, pan load by pan load, specials first, the sums at the foot."""

from collections.abc import Sequence

from api.reports.facts import Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import (
    HEAD_BOTTOM_MM,
    MARGIN_MM,
    PageOf,
    bar,
    change_note,
    check_box,
    page_head,
    tile,
)
from api.reports.load_card import load_card
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.production_facts import LeftOut, PanLoad, ProductionSheet, SpecialMeal
from api.reports.typesetting import Fitted
from api.reports.wording import Words, dish_text, list_text, names_text, portions_text
from api.words import say
from orders.codes import Coded

WIDTH_MM = 210.0
HEIGHT_MM = 297.0
BOTTOM_MM = HEIGHT_MM - MARGIN_MM
RIGHT_MM = WIDTH_MM - MARGIN_MM

TILE_MM = 23.0
SPECIAL_HEADS = ("Container", "Diner, stop", "Must not get", "Pan loads and dishes")
SPECIAL_COLUMNS_MM = (20.0, 40.0, 84.0, 126.0, 138.0, RIGHT_MM)
NO_SHEET_COLUMNS_MM = (MARGIN_MM + 9, MARGIN_MM + 42, MARGIN_MM + 92)
TOTAL_COLUMNS_MM = (RIGHT_MM - 52, RIGHT_MM - 28, RIGHT_MM - 2)


def render(paper: ProductionSheet, language: str) -> Rendered:
    """
    Prints the production sheet, A4 upright, black on white.

    Parameters
    ----------
    paper
        What is cooked.
    language
        ``"zh_CN"`` or ``"en"``.

    Returns
    -------
    Rendered
        Findings are ``glyph_missing`` and, when orders, loads and named losses do not add up,
        ``sheet_totals_differ``.
    """
    words = Words(language)
    title = words(paper.title)
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=title, language=language)
    groups = [
        *_change_groups(pen, paper, words),
        *_special_groups(pen, paper, words),
        *_load_groups(pen, paper, words),
        *_help_groups(pen, paper, words),
        *_foot_groups(pen, paper, words),
    ]
    pages = paginate(groups, top_mm=HEAD_BOTTOM_MM + 3, bottom_mm=BOTTOM_MM, gap_mm=4)
    for number, page in enumerate(pages, start=1):
        page_head(pen, title, paper.head, PageOf(number, len(pages)), words)
        for placed in page:
            placed.block.draw(pen, placed.top_mm)
        pen.end_page()
    return Rendered(pen.pdf(), (*_totals_finding(paper), *pen.findings()), pen.pages)


def _totals_finding(paper: ProductionSheet) -> tuple[Coded, ...]:
    if paper.portions_ordered == paper.portions_on_sheet + paper.portions_left_out:
        return ()
    params = {
        "ordered": paper.portions_ordered,
        "on_sheet": paper.portions_on_sheet,
        "left_out": paper.portions_left_out,
    }
    return (Coded("sheet_totals_differ", params),)


def _change_groups(pen: Pen, paper: ProductionSheet, words: Words) -> list[Sequence[Block]]:
    """What to do with the sheets of the version before."""
    if paper.changes is None:
        return []
    told = [
        words(
            "Only what differs from version {since} is printed; keep its other sheets.",
            since=paper.head.since,
        )
    ]
    if paper.changes.void:
        told.append(words("Void, throw away: {codes}", codes=list_text(paper.changes.void, words)))
    if not (paper.changes.loads or paper.changes.specials or paper.changes.void):
        told.append(words("Nothing differs."))
    return [[change_note(pen, told)]]


def _special_groups(pen: Pen, paper: ProductionSheet, words: Words) -> list[Sequence[Block]]:
    changes = paper.changes
    specials = [one for one in paper.specials if changes is None or one.container_code in changes.specials]
    if not specials:
        return []
    portions = sum(len(meal.dishes) for meal in paper.specials)
    title = words("Specials first: sealed, named containers")
    diners = len(paper.specials)
    count = words("allergic diners {diners}, portions {portions}", diners=diners, portions=portions)

    def draw_head(pen: Pen, top_mm: float) -> None:
        bar(pen, top_mm, title, count)
        for x_mm, label in zip(SPECIAL_COLUMNS_MM, SPECIAL_HEADS, strict=False):
            pen.text(x_mm, top_mm + 13.6, words(label), 9, color=GREY)
        pen.rule(MARGIN_MM, top_mm + 15.2, RIGHT_MM, top_mm + 15.2, width_pt=0.8)

    head = Block(15.6, draw_head)
    return [[*(_special_row(pen, meal, head, words) for meal in specials), *_others(pen, paper, words)]]


def _others(pen: Pen, paper: ProductionSheet, words: Words) -> list[Block]:
    """How many containers have a label and no row here, so that the two counts are understood."""
    sealed = paper.sealed
    if sealed is None or not sealed.others:
        return []
    told = words(
        "Not listed: {others} containers of other diners, {portions} portions made otherwise for them. "
        "Container labels: {labels}.",
        others=sealed.others,
        portions=sealed.other_portions,
        labels=sealed.allergic + sealed.others,
    )
    text = pen.fit(told, (10, 9), RIGHT_MM - MARGIN_MM - 2, max_lines=2)
    return [Block(text.height_mm + 3, lambda pen, top_mm: _draw_note(pen, top_mm, text))]


def _draw_note(pen: Pen, top_mm: float, text: Fitted) -> None:
    pen.lines(MARGIN_MM + 1, top_mm + 1.6, text)


def _special_row(pen: Pen, meal: SpecialMeal, head: Block, words: Words) -> Block:
    container_mm, diner_mm, avoid_mm, load_mm, dish_mm, end_mm = SPECIAL_COLUMNS_MM
    code = pen.fit(meal.container_code, (15, 13, 11, 9), diner_mm - container_mm - 2, weight="bold")
    shade = words("{colour} container", colour=meal.colour.called(words.language)) if meal.colour else ""
    colour = pen.fit(shade, (9, 8), diner_mm - container_mm - 2, weight="bold", max_lines=2)
    diner = pen.fit(meal.diner, (14, 12.5, 11), avoid_mm - diner_mm - 4, weight="bold", max_lines=2)
    stop = pen.fit(meal.stop, (10, 9), avoid_mm - diner_mm - 4, max_lines=2)
    told = [words("Given on the word of {name}: {reason}", name=by, reason=why) for by, why in meal.answered]
    notes = [pen.fit(one, (10, 9), end_mm - container_mm, weight="bold", max_lines=2) for one in told]
    barred = names_text(meal.avoid, words)
    avoid = pen.fit(barred, (13, 11.5, 10), load_mm - avoid_mm - 7, weight="bold", max_lines=2)
    names = [dish_text(dish.dish, dish.variant, words) for dish in meal.dishes]
    dishes = [pen.fit(name, (11, 10, 9), end_mm - dish_mm, max_lines=1) for name in names]
    loads = [
        pen.fit(dish.load_code, (11, 9.5, 8), dish_mm - load_mm - 1, weight="bold") for dish in meal.dishes
    ]
    dishes_mm = sum(dish.height_mm for dish in dishes)
    code_mm, whom_mm = code.height_mm + colour.height_mm, diner.height_mm + stop.height_mm
    row_mm = 4 + max(code_mm, whom_mm, avoid.height_mm + 2, dishes_mm)
    height_mm = row_mm + sum(note.height_mm + 1 for note in notes)

    def draw(pen: Pen, top_mm: float) -> None:
        below_mm = top_mm + row_mm - 1
        for note in notes:
            below_mm += pen.lines(container_mm, below_mm, note) + 1
        check_box(pen, MARGIN_MM + 1, top_mm + 2.4)
        pen.lines(container_mm, top_mm + 1.8 + pen.lines(container_mm, top_mm + 1.8, code), colour)
        used_mm = pen.lines(diner_mm, top_mm + 1.8, diner)
        pen.lines(diner_mm, top_mm + 1.8 + used_mm, stop)
        pen.box(
            avoid_mm, top_mm + 1.8, load_mm - avoid_mm - 4, avoid.height_mm + 1.4, width_pt=1.4, radius_mm=1
        )
        pen.lines(avoid_mm + 1.5, top_mm + 2.3, avoid)
        at_mm = top_mm + 1.8
        for load, dish in zip(loads, dishes, strict=True):
            pen.lines(load_mm, at_mm, load)
            at_mm += pen.lines(dish_mm, at_mm, dish)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, head)


def _load_groups(pen: Pen, paper: ProductionSheet, words: Words) -> list[Sequence[Block]]:
    changes = paper.changes
    loads = [load for load in paper.loads if changes is None or load.code in changes.loads]
    in_order = sorted(loads, key=lambda load: (not load.only_special, load.start_at, load.code))
    return [load_card(pen, load, paper.head.service, words, jin=paper.jin) for load in in_order]


def _help_groups(pen: Pen, paper: ProductionSheet, words: Words) -> list[Sequence[Block]]:
    """What would help where loads are ready outside their windows."""
    if not paper.helps:
        return []
    title = words("Late or too early: what would help")
    head = Block(11, lambda pen, top_mm: bar(pen, top_mm, title, ""))
    return [[_help_row(pen, say(one, words.language), head) for one in paper.helps]]


def _help_row(pen: Pen, told: str, head: Block) -> Block:
    text = pen.fit(told, (11, 10), RIGHT_MM - MARGIN_MM - 4, max_lines=2)

    def draw(pen: Pen, top_mm: float) -> None:
        pen.lines(MARGIN_MM + 2, top_mm + 0.8, text)

    return Block(1.6 + text.height_mm, draw, head)


def _foot_groups(pen: Pen, paper: ProductionSheet, words: Words) -> list[Sequence[Block]]:
    tiles = Block(TILE_MM, lambda pen, top_mm: _tiles(pen, top_mm, paper, words))
    groups: list[Sequence[Block]] = [[*_dish_totals(pen, paper, words), tiles]]
    if paper.left_out:
        groups.append(_left_out_rows(pen, paper.left_out, words))
    return groups


def _dish_totals(pen: Pen, paper: ProductionSheet, words: Words) -> list[Block]:
    def draw_head(pen: Pen, top_mm: float) -> None:
        bar(pen, top_mm, words("Totals"), words("portion = one dish for one diner"))
        pen.text(MARGIN_MM, top_mm + 13.6, words("Dish and its pan loads"), 9, color=GREY)
        for x_mm, label in zip(TOTAL_COLUMNS_MM, ("Ordered", "Extra", "Cooked"), strict=True):
            pen.text(x_mm, top_mm + 13.6, words(label), 9, align="right", color=GREY)
        pen.rule(MARGIN_MM, top_mm + 15.2, RIGHT_MM, top_mm + 15.2, width_pt=0.8)

    head = Block(15.6, draw_head)
    by_dish: dict[str, list[PanLoad]] = {}
    for load in sorted(paper.loads, key=lambda load: (load.start_at, load.code)):
        by_dish.setdefault(dish_text(load.dish, load.variant, words), []).append(load)
    rows = [_dish_row(pen, name, loads, head) for name, loads in by_dish.items()]
    return rows or [Block(0, lambda pen, top_mm: None, head)]


def _dish_row(pen: Pen, name: str, loads: list[PanLoad], head: Block) -> Block:
    dish = pen.fit(name, (12, 11, 10), 76, weight="bold", max_lines=2)
    codes = pen.fit(" ".join(load.code for load in loads), (10, 9), 44, max_lines=2)
    height_mm = 2.4 + max(dish.height_mm, codes.height_mm)
    figures = (
        sum(load.portions_ordered for load in loads),
        sum(load.portions_extra for load in loads),
        sum(load.portions_cooked for load in loads),
    )

    def draw(pen: Pen, top_mm: float) -> None:
        pen.lines(MARGIN_MM, top_mm + 1.0, dish)
        pen.lines(MARGIN_MM + 80, top_mm + 1.5, codes)
        for x_mm, figure in zip(TOTAL_COLUMNS_MM, figures, strict=True):
            pen.text(x_mm, top_mm + 5.4, str(figure), 12, weight="bold", align="right")
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, head)


def _tiles(pen: Pen, top_mm: float, paper: ProductionSheet, words: Words) -> None:
    lost = max(paper.portions_left_out, paper.portions_ordered - paper.portions_on_sheet)
    figures = (
        ("Portions ordered", paper.portions_ordered, False),
        ("On these pan loads", paper.portions_on_sheet, False),
        ("Extra portions", paper.portions_extra, False),
        ("Portions cooked", paper.portions_cooked, False),
        ("On no sheet", lost, lost > 0),
    )
    width_mm = (RIGHT_MM - MARGIN_MM - 4 * 3) / 5
    for i, (label, figure, loud) in enumerate(figures):
        tile(pen, MARGIN_MM + i * (width_mm + 3), top_mm + 3.5, width_mm, words(label), figure, loud=loud)


def _left_out_rows(pen: Pen, left_out: tuple[LeftOut, ...], words: Words) -> list[Block]:
    title = words("Ordered, but on no sheet")
    head = Block(11, lambda pen, top_mm: bar(pen, top_mm, title, ""))
    return [_left_out_row(pen, lost, head, words) for lost in left_out]


def _left_out_row(pen: Pen, lost: LeftOut, head: Block, words: Words) -> Block:
    ref_mm, who_mm, dish_mm = NO_SHEET_COLUMNS_MM
    ref = pen.fit(lost.ref, (12, 10.5, 9), who_mm - ref_mm - 2, weight="bold")
    who = pen.fit(lost.who, (12, 10.5, 9), dish_mm - who_mm - 2, max_lines=2)
    dish = pen.fit(lost.dish.called(words.language), (12, 10.5, 9), RIGHT_MM - dish_mm - 28, max_lines=2)
    portions = portions_text(lost.portions, words)
    height_mm = 3.4 + max(ref.height_mm, who.height_mm, dish.height_mm)

    def draw(pen: Pen, top_mm: float) -> None:
        check_box(pen, MARGIN_MM + 1, top_mm + 1.8)
        for x_mm, fitted in ((ref_mm, ref), (who_mm, who), (dish_mm, dish)):
            pen.lines(x_mm, top_mm + 1.6, fitted)
        pen.text(RIGHT_MM - 2, top_mm + 6, portions, 12, weight="bold", align="right")
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, head)
