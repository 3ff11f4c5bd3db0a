"""Blank forms of the registers, to be written by hand: each with its own columns, names filled in."""

from collections.abc import Sequence

from api.reports.check_table import BOTTOM_MM, HAND_MM, HEIGHT_MM, RIGHT_MM, WIDTH_MM, section
from api.reports.facts import Named, Rendered
from api.reports.flow import Block, paginate
from api.reports.form_facts import FormField, RegisterForm, RegisterForms
from api.reports.furniture import MARGIN_MM, check_box
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.stock_page import TOP_MM, draw_pages
from api.reports.wording import Words

RHYTHMS = {"day": "Once a day", "week": "Once a week", "month": "Once a month", "when": "When it happens"}
WEIGHTS = {"yes": 1.3, "number": 1.2, "date": 1.3, "choice": 2.6, "text": 2.2}
TIME_MM, ABOUT_MM, BY_MM, DONE_MM = 15.0, 40.0, 26.0, 48.0
ALONE_ROWS, SPARE_ROWS, WHEN_ROWS = 2, 1, 4
LINE_MM, TEXT_LINES = 9.0, 3


def render(paper: RegisterForms, language: str) -> Rendered:
    """
    Prints the forms, A4 across.

    Parameters
    ----------
    paper
        The registers of a date.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    title = words("Register forms")
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=f"{title} {paper.head.from_on}", language=language)
    groups: list[Sequence[Block]] = []
    for form in paper.forms:
        groups += _checklist(pen, form, words) if form.signer else _table(pen, form, words)
    pages = paginate(groups, top_mm=TOP_MM, bottom_mm=BOTTOM_MM)
    draw_pages(pen, pages, title, paper.head, words)
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _intro(pen: Pen, form: RegisterForm, words: Words) -> list[Block]:
    """The bar with the register's name, and below it what may be done, where it comes from, what it lists."""
    language = words.language
    due = words("by {time}", time=f"{form.due_by:%H:%M}") if form.due_by else ""
    note = "  ·  ".join(one for one in (words(RHYTHMS[form.rhythm]), due, form.who.called(language)) if one)
    told = [form.clause]
    if form.actions:
        done = words("; ").join(one.called(language) for one in form.actions)
        told.append(words("when it fails: {actions}", actions=done))
    if form.lists:
        told.append(words("carriers of the day: {codes}", codes=" ".join(form.lists)))
    fitted = pen.fit("  ·  ".join(one for one in told if one), (8.5,), RIGHT_MM - MARGIN_MM, max_lines=5)

    def draw(pen: Pen, top_mm: float) -> None:
        pen.lines(MARGIN_MM, top_mm + 0.6, fitted, color=GREY)

    return [section(form.name.called(language), note), Block(fitted.height_mm + 1.6, draw)]


def _table(pen: Pen, form: RegisterForm, words: Words) -> list[Sequence[Block]]:
    """A register with a row each: time, whom it is about, its own answers, who looked, what was done."""
    fixed = TIME_MM + (ABOUT_MM if form.about else 0) + BY_MM + DONE_MM
    share_mm = (RIGHT_MM - MARGIN_MM - fixed) / sum(WEIGHTS[one.kind] for one in form.fields)
    columns = [(words("Time"), "", TIME_MM)]
    columns += [(words("About"), "", ABOUT_MM)] if form.about else []
    columns += [
        (_asked(one, words), _answers(one, words), share_mm * WEIGHTS[one.kind]) for one in form.fields
    ]
    columns += [(words("By"), "", BY_MM), (words("What was done"), "", DONE_MM)]
    head = _head(pen, columns)
    spare = WHEN_ROWS if form.rhythm == "when" else SPARE_ROWS if form.about else ALONE_ROWS
    rows = [_row(pen, columns, name, head) for name in (*form.subjects, *[""] * spare)]
    intro = _intro(pen, form, words)
    if sum(one.height_mm for one in (*intro, head, *rows)) <= BOTTOM_MM - TOP_MM:
        return [[*intro, *rows]]
    return [[*intro, rows[0]], *([one] for one in rows[1:])]


def _asked(one: FormField, words: Words) -> str:
    name = one.name.called(words.language)
    return f"{name} ({one.limits})" if one.limits else name


def _answers(one: FormField, words: Words) -> str:
    """What is ticked rather than written."""
    if one.kind == "yes":
        return f"□ {words('yes')}  □ {words('no')}"
    return "  ".join(f"□ {choice.called(words.language)}" for choice in one.choices)


def _head(pen: Pen, columns: Sequence[tuple[str, str, float]]) -> Block:
    fitted = [pen.fit(label, (8.5, 8, 7), width_mm - 2, max_lines=4) for label, _, width_mm in columns]
    height_mm = max(one.height_mm for one in fitted) + 2.0

    def draw(pen: Pen, top_mm: float) -> None:
        x_mm = MARGIN_MM
        for label, (_, _, width_mm) in zip(fitted, columns, strict=True):
            pen.lines(x_mm, top_mm + height_mm - 1.0 - label.height_mm, label, color=GREY)
            x_mm += width_mm
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, width_pt=0.8)

    return Block(height_mm + 0.4, draw)


def _row(pen: Pen, columns: Sequence[tuple[str, str, float]], name: str, head: Block) -> Block:
    """A row to write on; whom it is about stands in the second column."""
    cells = [ticks for _, ticks, _ in columns]
    cells = [cells[0], name, *cells[2:]] if name else cells
    fitted = [
        pen.fit(text, (9.5, 8.5, 8, 7), width_mm - 2, max_lines=3)
        for text, (_, _, width_mm) in zip(cells, columns, strict=True)
    ]
    height_mm = max(HAND_MM, *(one.height_mm + 2.4 for one in fitted))

    def draw(pen: Pen, top_mm: float) -> None:
        x_mm = MARGIN_MM
        for text, (_, _, width_mm) in zip(fitted, columns, strict=True):
            pen.lines(x_mm, top_mm + (height_mm - text.height_mm) / 2, text)
            x_mm += width_mm
            if x_mm < RIGHT_MM - 1:
                pen.rule(x_mm - 1, top_mm + 1, x_mm - 1, top_mm + height_mm, color=LIGHT, width_pt=0.4)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT, width_pt=0.5)

    return Block(height_mm, draw, head)


def _checklist(pen: Pen, form: RegisterForm, words: Words) -> list[Sequence[Block]]:
    """A register that is signed off: its items one below the other, room for findings, two signatures."""
    items = [_item(pen, one, words) for one in form.fields]
    signed = Block(14.0, lambda pen, top_mm: _signatures(pen, top_mm, form, words))
    return [[*_intro(pen, form, words), *items, signed]]


def _item(pen: Pen, one: FormField, words: Words) -> Block:
    written = one.kind not in ("yes", "choice")
    name = pen.fit(_asked(one, words), (10.5, 9.5), 84, weight="bold", max_lines=2)
    lines = TEXT_LINES if one.kind == "text" else 1
    height_mm = max(name.height_mm + 4.0, LINE_MM * lines)
    choices = one.choices or (Named(words("yes"), words("yes")), Named(words("no"), words("no")))

    def draw(pen: Pen, top_mm: float) -> None:
        pen.lines(MARGIN_MM, top_mm + 3.0, name)
        x_mm = MARGIN_MM + 90
        for choice in () if written else choices:
            check_box(pen, x_mm, top_mm + 2.6)
            x_mm += 14 + pen.text(x_mm + 6.5, top_mm + 6.2, choice.called(words.language), 10)
        for line in range(1, lines + 1 if written else 1):
            y_mm = top_mm + line * LINE_MM - 1.0
            pen.rule(MARGIN_MM + 90, y_mm, RIGHT_MM, y_mm, color=GREY, width_pt=0.4)
        if lines == 1:
            pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT, width_pt=0.3)

    return Block(height_mm + 0.4, draw)


def _signatures(pen: Pen, top_mm: float, form: RegisterForm, words: Words) -> None:
    x_mm, signer = MARGIN_MM, form.signer or form.who
    for label, width_mm in (
        (words("Time"), 24),
        (form.who.called(words.language), 46),
        (words("Signed by: {who}", who=signer.called(words.language)), 46),
    ):
        x_mm += pen.text(x_mm, top_mm + 10, label, 9, color=GREY) + 2
        pen.rule(x_mm, top_mm + 10.6, x_mm + width_mm, top_mm + 10.6, width_pt=0.6)
        x_mm += width_mm + 6
