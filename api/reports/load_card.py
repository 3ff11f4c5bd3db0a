"""The card of one pan load on the production sheet: what, when, how many, of what, how hot."""

from api.reports.flow import Block
from api.reports.furniture import MARGIN_MM, check_box, fill_in
from api.reports.pen import GREY, INK, LIGHT, WHITE, Pen
from api.reports.production_facts import Amount, PanLoad
from api.reports.typesetting import Fitted
from api.reports.wording import Words, code_text, names_text, time_text, weight_text
from orders.service import Service

LEFT_MM = MARGIN_MM
WIDTH_MM = 210 - 2 * MARGIN_MM
RIGHT_MM = LEFT_MM + WIDTH_MM
CODE_WIDTH_MM = 29.0
DISH_X_MM = LEFT_MM + CODE_WIDTH_MM + 4
DISH_WIDTH_MM = 79.0
TIMES_X_MM = DISH_X_MM + DISH_WIDTH_MM + 3
ROW_MM = 8.0
FOOT_MM = 14.5
GAP_MM = 3.0
NAME_SIZES_PT = (13.0, 12.0, 11.0)


def load_card(pen: Pen, load: PanLoad, service: Service, words: Words) -> list[Block]:
    """
    The strips of one pan load's card, to be kept on one page.

    Parameters
    ----------
    pen
        Measures the text.
    load
        The batch.
    service
        Its wall clock.
    words
        The language.
    """
    head = _head(pen, load, service, words)
    foot = Block(FOOT_MM, lambda pen, top_mm: _draw_foot(pen, top_mm, load, words), head)
    return [*_amount_rows(pen, load, head, words), foot]


def _frame(pen: Pen, top_mm: float, height_mm: float, special: bool) -> None:
    for x_mm in (LEFT_MM, RIGHT_MM):
        pen.rule(x_mm, top_mm, x_mm, top_mm + height_mm, width_pt=2.2 if special else 0.9)


def _head(pen: Pen, load: PanLoad, service: Service, words: Words) -> Block:
    code = pen.fit(load.code, (25, 21, 17, 13), CODE_WIDTH_MM - 4, weight="bold")
    dish = pen.fit(
        load.dish.called(words.language), (18, 16, 14, 12.5), DISH_WIDTH_MM, weight="bold", max_lines=2
    )
    under = _under_dish(pen, load, words)
    times = "  ".join(
        (time_text(load.start_at, service, words), "–", time_text(load.ready_at, service, words))
    )
    breakdown = _breakdown(pen, load, words)
    height_mm = max(16 + breakdown.height_mm, 4.5 + dish.height_mm + sum(line.height_mm for line in under))

    def draw(pen: Pen, top_mm: float) -> None:
        pen.box(LEFT_MM, top_mm, CODE_WIDTH_MM, height_mm, width_pt=0, fill=INK)
        middle_mm = LEFT_MM + CODE_WIDTH_MM / 2
        code_top_mm = top_mm + height_mm / 2 - code.height_mm / 2 - (2.5 if load.portions_special else 0)
        pen.lines(middle_mm, code_top_mm, code, align="center", color=WHITE)
        if load.portions_special:
            label_mm = code_top_mm + code.height_mm + 3.6
            pen.text(
                middle_mm,
                label_mm,
                words("{portions} special", portions=load.portions_special),
                11,
                weight="bold",
                align="center",
                color=WHITE,
            )
        at_mm = top_mm + 2 + pen.lines(DISH_X_MM, top_mm + 1.6, dish)
        for line in under:
            at_mm += pen.lines(DISH_X_MM, at_mm, line)
        pen.text(TIMES_X_MM, top_mm + 4.7, words("Start – ready"), 9, color=GREY)
        pen.lines(TIMES_X_MM, top_mm + 6, pen.fit(times, (16, 14, 12, 10), 44, weight="bold"))
        pen.text(RIGHT_MM - 3, top_mm + 4.7, words("Portions"), 9, align="right", color=GREY)
        pen.text(RIGHT_MM - 3, top_mm + 11.9, str(load.portions_cooked), 20, weight="bold", align="right")
        pen.lines(RIGHT_MM - 3, top_mm + 14, breakdown, align="right")
        thick_pt = 2.2 if load.portions_special else 0.9
        pen.rule(LEFT_MM, top_mm, RIGHT_MM, top_mm, width_pt=thick_pt)
        pen.rule(LEFT_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, width_pt=0.9)
        _frame(pen, top_mm, height_mm, load.portions_special > 0)

    return Block(height_mm, draw)


def _under_dish(pen: Pen, load: PanLoad, words: Words) -> list[Fitted]:
    """Variant in bold, equipment, allergens: the lines below the dish's name."""
    lines = []
    if load.variant is not None:
        lines.append(pen.fit(load.variant.called(words.language), (13, 11.5), DISH_WIDTH_MM, weight="bold"))
    lines.append(pen.fit(load.equipment, (12, 11, 10), DISH_WIDTH_MM))
    if load.allergens:
        contains = words("Contains: {allergens}", allergens=names_text(load.allergens, words))
        lines.append(pen.fit(contains, (10, 9), DISH_WIDTH_MM, max_lines=2))
    return lines


def _breakdown(pen: Pen, load: PanLoad, words: Words) -> Fitted:
    parts = [words("{portions} ordered", portions=load.portions_ordered)]
    parts += [
        f"{extra.portions} {code_text('purpose', extra.purpose, words)}"
        for extra in load.extras
        if extra.portions
    ]
    return pen.fit(" + ".join(parts), (11, 10, 9), RIGHT_MM - TIMES_X_MM - 3, max_lines=2)


def _amount_rows(pen: Pen, load: PanLoad, head: Block, words: Words) -> list[Block]:
    columns = 3 if words.language == "zh_CN" else 2
    rows = [load.amounts[i : i + columns] for i in range(0, len(load.amounts), columns)]
    return [_amount_row(pen, row, columns, load.portions_special > 0, head=head, words=words) for row in rows]


def _amount_row(
    pen: Pen, amounts: tuple[Amount, ...], columns: int, special: bool, *, head: Block, words: Words
) -> Block:
    column_mm = WIDTH_MM / columns
    cells = []
    for amount in amounts:
        weight = pen.fit(weight_text(amount.amount_mg), (13,), column_mm, weight="bold")
        name_mm = column_mm - 38 if columns == 2 else column_mm - 33
        name = pen.fit(amount.food.called(words.language), NAME_SIZES_PT, name_mm, max_lines=1)
        cells.append((name, weight))
    height_mm = max(ROW_MM, *(name.height_mm + 3 for name, _ in cells))

    def draw(pen: Pen, top_mm: float) -> None:
        for i, (name, weight) in enumerate(cells):
            left_mm = LEFT_MM + i * column_mm
            check_box(pen, left_mm + 3, top_mm + 1.8)
            pen.lines(left_mm + 10, top_mm + 1.2, name)
            pen.lines(left_mm + column_mm - 3, top_mm + 1.2, weight, align="right")
            if i:
                pen.rule(left_mm, top_mm, left_mm, top_mm + height_mm, color=LIGHT)
        pen.rule(LEFT_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)
        _frame(pen, top_mm, height_mm, special)

    return Block(height_mm, draw, head)


def _draw_foot(pen: Pen, top_mm: float, load: PanLoad, words: Words) -> None:
    fields = [(words("Started at"), "", 3), (words("Ready at"), "", 3), (words("Signed"), "", 4)]
    if load.core_min_c is not None:
        fields.insert(2, (words("Core ≥ {limit} ℃", limit=f"{load.core_min_c:g}"), "℃", 4))
    part_mm = (WIDTH_MM - GAP_MM * (len(fields) + 1)) / sum(parts for _, _, parts in fields)
    x_mm = LEFT_MM + GAP_MM
    for label, unit, parts in fields:
        fill_in(pen, x_mm, top_mm + 1.75, parts * part_mm, label, unit)
        x_mm += parts * part_mm + GAP_MM
    _frame(pen, top_mm, FOOT_MM, load.portions_special > 0)
    thick_pt = 2.2 if load.portions_special else 0.9
    pen.rule(LEFT_MM, top_mm + FOOT_MM, RIGHT_MM, top_mm + FOOT_MM, width_pt=thick_pt)
