"""The card of one pan load on the production sheet: what, when, how many, of what, how hot."""

from api.reports.flow import Block
from api.reports.furniture import MARGIN_MM, check_box, fill_in
from api.reports.pen import GREY, INK, LIGHT, WHITE, Pen
from api.reports.production_facts import PanLoad
from api.reports.typesetting import Fitted
from api.reports.wording import Words, code_text, jin_text, list_text, names_text, time_text, weight_text
from api.words import say
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
MG_PER_G = 1000
NAME_SIZES_PT = (13.0, 12.0, 11.0)


def load_card(pen: Pen, load: PanLoad, service: Service, words: Words, *, jin: bool = False) -> list[Block]:
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
    jin
        Whether weights stand in 斤 too.
    """
    head = _head(pen, load, service, words)
    foot = Block(FOOT_MM, lambda pen, top_mm: _draw_foot(pen, top_mm, load, words), head)
    notes = [_notes(pen, load, head, words)] if load.notes else []
    return [*notes, *_amount_rows(pen, load, head, words, jin), foot]


def _outline_pt(load: PanLoad) -> float:
    return 2.2 if load.portions_special else 0.9


def _draw_sides(pen: Pen, top_mm: float, height_mm: float, load: PanLoad) -> None:
    for x_mm in (LEFT_MM, RIGHT_MM):
        pen.rule(x_mm, top_mm, x_mm, top_mm + height_mm, width_pt=_outline_pt(load))


def _head(pen: Pen, load: PanLoad, service: Service, words: Words) -> Block:
    name = load.dish.called(words.language)
    dish = pen.fit(name, (18, 16, 14, 12.5), DISH_WIDTH_MM, weight="bold", max_lines=2)
    under = _under_dish(pen, load, words)
    breakdown = _breakdown(pen, load, words)
    height_mm = max(16 + breakdown.height_mm, 4.5 + dish.height_mm + sum(line.height_mm for line in under))

    def draw(pen: Pen, top_mm: float) -> None:
        _draw_code(pen, top_mm, height_mm, load, words)
        at_mm = top_mm + 2 + pen.lines(DISH_X_MM, top_mm + 1.6, dish)
        for line in under:
            at_mm += pen.lines(DISH_X_MM, at_mm, line)
        _draw_times(pen, top_mm, load, service, words)
        pen.lines(RIGHT_MM - 3, top_mm + 14, breakdown, align="right")
        pen.rule(LEFT_MM, top_mm, RIGHT_MM, top_mm, width_pt=_outline_pt(load))
        pen.rule(LEFT_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, width_pt=0.9)
        _draw_sides(pen, top_mm, height_mm, load)

    return Block(height_mm, draw)


def _draw_code(pen: Pen, top_mm: float, height_mm: float, load: PanLoad, words: Words) -> None:
    code = pen.fit(load.code, (25, 21, 17, 13), CODE_WIDTH_MM - 4, weight="bold")
    pen.box(LEFT_MM, top_mm, CODE_WIDTH_MM, height_mm, width_pt=0, fill=INK)
    middle_mm = LEFT_MM + CODE_WIDTH_MM / 2
    code_top_mm = top_mm + height_mm / 2 - code.height_mm / 2 - (2.5 if load.portions_special else 0)
    pen.lines(middle_mm, code_top_mm, code, align="center", color=WHITE)
    if load.portions_special:
        special = words("{portions} special", portions=load.portions_special)
        fitted = pen.fit(special, (11, 9.5, 8), CODE_WIDTH_MM - 3, weight="bold")
        pen.lines(middle_mm, code_top_mm + code.height_mm, fitted, align="center", color=WHITE)


def _draw_times(pen: Pen, top_mm: float, load: PanLoad, service: Service, words: Words) -> None:
    times = "  –  ".join(time_text(at, service, words) for at in (load.start_at, load.ready_at))
    pen.text(TIMES_X_MM, top_mm + 4.7, words("Start – ready"), 9, color=GREY)
    pen.lines(TIMES_X_MM, top_mm + 6, pen.fit(times, (16, 14, 12, 10), 44, weight="bold"))
    pen.text(RIGHT_MM - 3, top_mm + 4.7, words("Portions"), 9, align="right", color=GREY)
    pen.text(RIGHT_MM - 3, top_mm + 11.9, str(load.portions_cooked), 20, weight="bold", align="right")


def _under_dish(pen: Pen, load: PanLoad, words: Words) -> list[Fitted]:
    """Variant in bold, equipment, allergens: the lines below the dish's name."""
    lines = []
    if load.variant is not None:
        lines.append(pen.fit(load.variant.called(words.language), (13, 11.5), DISH_WIDTH_MM, weight="bold"))
    lines.append(pen.fit(load.equipment, (12, 11, 10), DISH_WIDTH_MM))
    if load.taken_out:
        told = words("Cooked the day before: take out of the cold store")
        lines.append(pen.fit(told, (11, 10, 9), DISH_WIDTH_MM, weight="bold", max_lines=2))
    if load.allergens:
        contains = words("Contains: {allergens}", allergens=names_text(load.allergens, words))
        lines.append(pen.fit(contains, (10, 9), DISH_WIDTH_MM, max_lines=2))
    return lines


def _breakdown(pen: Pen, load: PanLoad, words: Words) -> Fitted:
    parts = [_ordered(load, words)]
    parts += [
        f"{extra.portions} {code_text('purpose', extra.purpose, words)}"
        for extra in load.extras
        if extra.portions
    ]
    told = " + ".join(parts)
    if load.cooked_g is not None:
        weight = weight_text(load.cooked_g * MG_PER_G).replace(" ", "\u00a0")
        told = f"{told} · {weight}"
    width_mm = RIGHT_MM - TIMES_X_MM - 3
    on_one = pen.fit(told, (11, 10, 9), width_mm)
    return on_one if len(on_one.lines) == 1 else pen.fit(told, (10, 9), width_mm, max_lines=2)


def _ordered(load: PanLoad, words: Words) -> str:
    """Ordered portions, those of other sizes than the regular one named: ``84 ordered (3 large)``."""
    ordered = words("{portions} ordered", portions=load.portions_ordered)
    if not load.sizes:
        return ordered
    sizes = list_text((f"{count} {size.called(words.language)}" for size, count in load.sizes), words)
    return words("{ordered} ({sizes})", ordered=ordered, sizes=sizes)


def _notes(pen: Pen, load: PanLoad, head: Block, words: Words) -> Block:
    """What is said of the load's minutes, across the card."""
    told = [f"! {say(one, words.language)}" for one in load.notes]
    lines = [pen.fit(text, (10.5, 9.5), WIDTH_MM - 6, weight="bold", max_lines=2) for text in told]
    height_mm = 2.4 + sum(line.height_mm for line in lines)

    def draw(pen: Pen, top_mm: float) -> None:
        at_mm = top_mm + 1.2
        for line in lines:
            at_mm += pen.lines(LEFT_MM + 3, at_mm, line)
        pen.rule(LEFT_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, width_pt=0.9)
        _draw_sides(pen, top_mm, height_mm, load)

    return Block(height_mm, draw, head)


def _amount_rows(pen: Pen, load: PanLoad, head: Block, words: Words, jin: bool) -> list[Block]:
    """The ingredients in rows of three where every name fits on one line, else of two."""
    for columns in (2,) if jin else (3, 2):
        name_mm = WIDTH_MM / columns - (54 if jin else 33)
        names = [
            pen.fit(amount.food.called(words.language), NAME_SIZES_PT, name_mm) for amount in load.amounts
        ]
        if all(len(name.lines) == 1 for name in names):
            break
    written = jin_text if jin else weight_text
    cells = [(name, written(amount.amount_mg)) for name, amount in zip(names, load.amounts, strict=True)]
    rows = [cells[i : i + columns] for i in range(0, len(cells), columns)]
    return [_amount_row(row, columns, load, head) for row in rows]


def _amount_row(cells: list[tuple[Fitted, str]], columns: int, load: PanLoad, head: Block) -> Block:
    column_mm = WIDTH_MM / columns
    height_mm = max(ROW_MM, *(name.height_mm + 3 for name, _ in cells))

    def draw(pen: Pen, top_mm: float) -> None:
        for i, (name, weight) in enumerate(cells):
            left_mm = LEFT_MM + i * column_mm
            check_box(pen, left_mm + 3, top_mm + 1.8)
            pen.lines(left_mm + 10, top_mm + 1.2 + (0.1 * (NAME_SIZES_PT[0] - name.size_pt)), name)
            pen.text(left_mm + column_mm - 3, top_mm + 5.7, weight, 13, weight="bold", align="right")
            if i:
                pen.rule(left_mm, top_mm, left_mm, top_mm + height_mm, color=LIGHT)
        pen.rule(LEFT_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)
        _draw_sides(pen, top_mm, height_mm, load)

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
    _draw_sides(pen, top_mm, FOOT_MM, load)
    pen.rule(LEFT_MM, top_mm + FOOT_MM, RIGHT_MM, top_mm + FOOT_MM, width_pt=_outline_pt(load))
