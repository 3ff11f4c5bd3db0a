"""Box labels: eight on an A4 sheet with cut marks, each with what the law and the driver want to read."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.reports.facts import Rendered
from api.reports.furniture import PageOf, version_text
from api.reports.label_body import (
    EATING,
    FIGURE_AIR_MM,
    Columns,
    Strip,
    by_dish,
    column_mm,
    draw_columns,
    height_mm,
    on_labels,
    side_by_side,
)
from api.reports.label_facts import BoxLabel, BoxLabels, LabelPan, SealedCount
from api.reports.pen import COLD, GREY, HOT, INK, WHITE, Pen
from api.reports.roll_facts import LabelOverflow
from api.reports.typesetting import Fitted
from api.reports.wording import (
    Words,
    list_text,
    names_text,
    other_day_text,
    portions_text,
    service_text,
    spare_text,
    time_text,
    weight_text,
)

COLUMNS, ROWS = 2, 4
LABEL_MM = (99.1, 67.7)  # the common ready-cut sheet of eight
SHEET_LEFT_MM, SHEET_TOP_MM, COLUMN_PITCH_MM = 4.65, 13.1, 101.6

PAD_MM = 4.0
QR_MM = 21.0
BODY_WIDTH_MM = 65.0
SIDE_X_MM, SIDE_WIDTH_MM = 72.1, 23.0
STOP_TOP_MM = 14.6
STOP_PT = ((14.0, 12.5, 11.0, 10.0), (10.0, 9.0, 8.0, 7.0))  # on one line, on two
NAMED_STOP_PT = ((10.0,), (8.0, 7.5, 7.0))
NAME_PT, NAME_LINES = 14.0, 2
BODY_SIZES_PT = (11.0, 10.0, 9.0, 8.0, 7.5)  # what finds no room even so goes on over further labels


@dataclass(frozen=True, slots=True)
class _Frame:
    """What surrounds a label's body, measured: the stop, the band of a named diner, the legal lines."""

    stop: Fitted
    band: tuple[Fitted, ...]
    legal: tuple[Fitted, ...]
    beside: Fitted | None = None  # the diner's number and container, right of a short name

    @property
    def band_top_mm(self) -> float:
        return STOP_TOP_MM + self.stop.height_mm + 0.8

    @property
    def band_mm(self) -> float:
        return sum(line.height_mm for line in self.band) + 1.2 if self.band else 0.0

    @property
    def body_top_mm(self) -> float:
        return self.band_top_mm + self.band_mm + 0.8

    @property
    def legal_top_mm(self) -> float:
        return LABEL_MM[1] - PAD_MM + 1.2 - sum(line.height_mm for line in self.legal)


@dataclass(frozen=True, slots=True)
class _Part:
    """One label of a box: a long content goes on over several."""

    label: BoxLabel
    frame: _Frame
    columns: Columns
    notes: tuple[Strip, ...]
    part_of: PageOf


def render(paper: BoxLabels, language: str) -> Rendered:
    """
    Prints the labels, A4 upright, 99.1 x 67.7 mm each.

    Parameters
    ----------
    paper
        The boxes.
    language
        ``"zh_CN"`` or ``"en"``.

    Returns
    -------
    Rendered
        A box whose contents do not fit on one label has several, marked 1 / 2, 2 / 2.

    Raises
    ------
    LabelOverflow
        When a diner's name finds no room in 14 pt.
    """
    words = Words(language)
    pen = Pen(210, 297, title=words(paper.title), language=language)
    _require_room(pen, paper.labels)
    parts = [part for label in paper.labels for part in _parts(pen, label, paper, words)]
    per_page = COLUMNS * ROWS
    pages = [parts[i : i + per_page] for i in range(0, len(parts), per_page)] or [[]]
    for number, page in enumerate(pages, start=1):
        _draw_page(pen, page, paper, PageOf(number, len(pages)), words)
        pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _draw_page(pen: Pen, page: Sequence[_Part], paper: BoxLabels, page_of: PageOf, words: Words) -> None:
    head = paper.head
    title = f"{words(paper.title)}  ·  {service_text(head.service, words)}  ·  {version_text(head, words)}"
    pen.text(SHEET_LEFT_MM + PAD_MM, 8, title, 9)
    number = words("page {page} / {pages}", page=page_of.page, pages=page_of.pages)
    pen.text(210 - SHEET_LEFT_MM - PAD_MM, 8, number, 9, align="right")
    sums = ((paper.counted, len(paper.labels)), ("Portions", paper.portions))
    for i, (label, figure) in enumerate(sums):
        counted = words(label)
        if head.since is not None:
            counted = words("{counted} printed here", counted=counted)
        pen.text(SHEET_LEFT_MM + PAD_MM + i * 45, 292, f"{counted} {figure}", 9)

    if paper.sealed.allergic + paper.sealed.others == len(paper.labels) > 0:
        whose = _sealed_text(paper.sealed, words)
        pen.lines(SHEET_LEFT_MM + PAD_MM, 285.2, pen.fit(whose, (8, 7), 90 if paper.void else 190))
    if paper.void:
        void = words("Void, throw away: {codes}", codes=list_text(paper.void, words))
        pen.lines(SHEET_LEFT_MM + PAD_MM + 95, 287.5, pen.fit(void, (9, 8, 7, 6), 98, max_lines=2))
    if head.since is not None and not paper.labels:
        pen.text(SHEET_LEFT_MM + PAD_MM, 22, words("Nothing differs."), 14)

    for i, part in enumerate(page):
        row, column = divmod(i, COLUMNS)
        left_mm = SHEET_LEFT_MM + column * COLUMN_PITCH_MM
        _draw_label(pen, left_mm, SHEET_TOP_MM + row * LABEL_MM[1], part, paper, words)
    _cut_marks(pen)


def _sealed_text(sealed: SealedCount, words: Words) -> str:
    """Whose the containers are: ``of these 24 ... with 122 portions, 32 ... with 118``."""
    return words(
        "Whole meals of allergic diners: {allergic} with {allergic_portions} portions; dishes made otherwise"
        " for other diners: {others} with {other_portions}.",
        allergic=sealed.allergic,
        allergic_portions=sealed.allergic_portions,
        others=sealed.others,
        other_portions=sealed.other_portions,
    )


def _cut_marks(pen: Pen) -> None:
    """Ticks at every corner of every label, outside its print."""
    lefts = [SHEET_LEFT_MM + column * COLUMN_PITCH_MM for column in range(COLUMNS)]
    edges_mm = [edge for left in lefts for edge in (left, left + LABEL_MM[0])]
    heights_mm = [SHEET_TOP_MM + row * LABEL_MM[1] for row in range(ROWS + 1)]
    for y_mm in heights_mm:
        for x_mm in edges_mm:
            pen.rule(x_mm - 1.2, y_mm, x_mm + 1.2, y_mm, width_pt=0.4, color=GREY)
            pen.rule(x_mm, y_mm - 1.2, x_mm, y_mm + 1.2, width_pt=0.4, color=GREY)


def _frame(pen: Pen, label: BoxLabel, paper: BoxLabels, words: Words) -> _Frame:
    stop = words("{stop}, then by volunteer", stop=label.stop) if label.second_leg else label.stop
    legal = tuple(pen.fit(line, (6.5, 6.0), LABEL_MM[0] - 2 * PAD_MM) for line in _legal(label, paper, words))
    band, beside = _whom(pen, label, words) if label.for_diner else ([], None)
    if label.avoid:
        avoid = words("Must not get: {allergens}", allergens=names_text(label.avoid, words))
        band.append(pen.fit(avoid, (9.5, 8.5, 7.5, 6.5), BODY_WIDTH_MM - 4, weight="bold"))
    whole_pt, broken_pt = NAMED_STOP_PT if label.for_diner else STOP_PT
    fitted_stop = pen.fit(stop, whole_pt, BODY_WIDTH_MM, weight="bold")
    if len(fitted_stop.lines) > 1:
        fitted_stop = pen.fit(stop, broken_pt, BODY_WIDTH_MM, weight="bold", max_lines=2)
    return _Frame(fitted_stop, tuple(band), legal, beside)


def _whom(pen: Pen, label: BoxLabel, words: Words) -> tuple[list[Fitted], Fitted | None]:
    """The name, and number and container below it, or beside it where both have room on one line."""
    name = _name(pen, label)
    if len(name.lines) == 1:
        room_mm = BODY_WIDTH_MM - 7 - pen.width_of(name.lines[0], NAME_PT, "bold")
        beside = _whose(pen, label, room_mm, words)
        if len(beside.lines) == 1:
            return [name], beside
    return [name, _whose(pen, label, BODY_WIDTH_MM - 4, words)], None


def _name(pen: Pen, label: BoxLabel) -> Fitted:
    """The diner's name, never set smaller than can be read at arm's length."""
    return pen.fit(label.diner_name, (NAME_PT,), BODY_WIDTH_MM - 4, weight="bold", max_lines=NAME_LINES)


def _whose(pen: Pen, label: BoxLabel, width_mm: float, words: Words) -> Fitted:
    if label.colour is None:
        sealed = words("Sealed for one")
    else:
        sealed = words("Sealed {colour} container", colour=label.colour.called(words.language))
    text = f"{label.diner_code}  {sealed}".strip()
    return pen.fit(text, (7.5, 7), max(width_mm, 1), weight="bold")


def _require_room(pen: Pen, labels: Sequence[BoxLabel]) -> None:
    long = {
        label.code: label.diner_name
        for label in labels
        if label.for_diner and len(_name(pen, label).lines) > NAME_LINES
    }
    if long:
        raise LabelOverflow(long, "A4")


def _parts(pen: Pen, label: BoxLabel, paper: BoxLabels, words: Words) -> list[_Part]:
    """
    The labels of one box, at the largest size at which one is enough, else several at the smallest.

    Pans stand on a line each, weight and all, where any size allows that.
    """
    frame = _frame(pen, label, paper, words)
    room_mm = frame.legal_top_mm - 1 - frame.body_top_mm
    for whole in (True, False) if label.pans else (False,):
        for size_pt in BODY_SIZES_PT:
            notes = _allergens(pen, label, size_pt, words)
            notes_mm = sum(note.height_mm for note in notes)
            for count in (1, 2):
                strips = _dishes(pen, label, size_pt, count, words)
                columns = side_by_side(strips, count)
                on_one_line = all(len(strip.text.lines) == 1 for strip in strips)
                if height_mm(columns) + notes_mm <= room_mm and (on_one_line or not whole):
                    return [_Part(label, frame, columns, tuple(notes), PageOf(1, 1))]
    laid = [_over_labels(pen, label, room_mm, (notes, count), words) for count in (2, 1)]
    labels, told = min(laid, key=lambda one: len(one[0]))
    return [_Part(label, frame, held, told, PageOf(i, len(labels))) for i, held in enumerate(labels, start=1)]


def _over_labels(
    pen: Pen, label: BoxLabel, room_mm: float, shape: tuple[list[Strip], int], words: Words
) -> tuple[list[Columns], tuple[Strip, ...]]:
    """A content too long for one label over several, in so many columns, its notes on each if they can be."""
    notes, count = shape
    dishes = _dishes(pen, label, BODY_SIZES_PT[-1], count, words)
    notes_mm = sum(note.height_mm for note in notes)
    if notes_mm + max((dish.height_mm for dish in dishes), default=0.0) > room_mm:
        return on_labels([*notes, *_dishes(pen, label, BODY_SIZES_PT[-1], 1, words)], 1, room_mm), ()
    return on_labels(dishes, count, room_mm - notes_mm), tuple(notes)


def _dishes(pen: Pen, label: BoxLabel, size_pt: float, columns: int, words: Words) -> list[Strip]:
    """What is in the box, in entries that are a column wide."""
    width_mm = column_mm(BODY_WIDTH_MM, columns)
    if label.pans:
        entries = [(_pan(pan, words), str(pan.portions)) for pan in label.pans]
    else:
        entries = [(text, str(portions)) for text, portions in by_dish(label.dishes, words)]
    figures_mm = max((pen.width_of(figure, size_pt + 0.5, "bold") for _, figure in entries), default=0.0)
    text_mm = width_mm - figures_mm - FIGURE_AIR_MM
    told = [Strip(pen.fit(text, (size_pt,), text_mm), figure) for text, figure in entries]
    if label.spare:
        spare = spare_text([(one.dish, one.portions) for one in label.spare], words)
        told.append(Strip(pen.fit(spare, (size_pt,), width_mm)))
    return told


def _pan(pan: LabelPan, words: Words) -> str:
    """``1 红烧肉 B03 1/1-65 5.20 kg``: which pan of the box, its dish, batches, GN size and food."""
    weighed = "  ".join(one for one in (pan.size, weight_text(pan.net_g * 1000)) if one).replace(
        " ", "\u00a0"
    )
    told = (f"{pan.pan}", pan.dish.called(words.language), " ".join(pan.batches), weighed)
    return "  ".join(one for one in told if one)


def _allergens(pen: Pen, label: BoxLabel, size_pt: float, words: Words) -> list[Strip]:
    """What stands on every label of the box: the allergens of all its contents, in one paragraph."""
    groups = (("Contains: {allergens}", label.contains), ("May contain: {allergens}", label.may_contain))
    said = [words(msgid, allergens=names_text(names, words)) for msgid, names in groups if names]
    text = "   ".join(said)
    return [Strip(pen.fit(text, (min(size_pt, 9),), BODY_WIDTH_MM, weight="bold"))] if text else []


def _legal(label: BoxLabel, paper: BoxLabels, words: Words) -> tuple[str, ...]:
    kitchen, service = paper.head.kitchen, paper.head.service
    cooked = f"{service.local(label.cooked_at):%Y-%m-%d %H:%M}"
    return (
        words(
            "Made by {kitchen}, licence {licence}, carrier {carrier}",
            kitchen=kitchen.name,
            licence=kitchen.licence_no,
            carrier=label.carrier_code,
        ),
        words("Address {address}, phone {phone}", address=kitchen.address, phone=kitchen.phone),
        words(
            "Processed {cooked}. Keep {storage}. {eating}",
            cooked=cooked,
            storage=_storage(label, paper, words),
            eating=words(EATING[label.hold_class]),
        ),
    )


def _storage(label: BoxLabel, paper: BoxLabels, words: Words) -> str:
    limits = paper.limits
    if label.hold_class == "hot":
        return words("at or above {limit} ℃", limit=f"{limits.hot_min_c:g}")
    return words("at {low} to {high} ℃", low=f"{limits.cold_min_c:g}", high=f"{limits.cold_max_c:g}")


def _draw_label(pen: Pen, left_mm: float, top_mm: float, part: _Part, paper: BoxLabels, words: Words) -> None:
    frame, x_mm, right_mm = part.frame, left_mm + PAD_MM, left_mm + LABEL_MM[0] - PAD_MM
    _draw_top(pen, x_mm, top_mm, part, words)
    pen.qr(part.label.qr_text, right_mm - QR_MM, top_mm + PAD_MM, QR_MM)
    if frame.band:
        at_mm = top_mm + frame.band_top_mm
        pen.box(x_mm, at_mm, BODY_WIDTH_MM, frame.band_mm, width_pt=0, fill=INK, radius_mm=0.8)
        at_mm += 0.5
        for line in frame.band:
            used_mm = pen.lines(x_mm + 2, at_mm, line, color=WHITE)
            if frame.beside is not None and line is frame.band[0]:
                beside_mm = at_mm + (used_mm - frame.beside.height_mm) / 2 + 0.4
                pen.lines(x_mm + BODY_WIDTH_MM - 2, beside_mm, frame.beside, align="right", color=WHITE)
            at_mm += used_mm

    at_mm = top_mm + frame.body_top_mm
    draw_columns(pen, x_mm, at_mm, BODY_WIDTH_MM, part.columns)
    draw_columns(pen, x_mm, at_mm + height_mm(part.columns), BODY_WIDTH_MM, (part.notes,))
    _draw_times(pen, left_mm + SIDE_X_MM, top_mm + PAD_MM + QR_MM + 2.6, part.label, paper, words)

    at_mm = top_mm + frame.legal_top_mm
    pen.rule(x_mm, at_mm - 0.5, right_mm, at_mm - 0.5, width_pt=0.4)
    for line in frame.legal:
        at_mm += pen.lines(x_mm, at_mm, line)


def _draw_top(pen: Pen, x_mm: float, top_mm: float, part: _Part, words: Words) -> None:
    label = part.label
    pen.hold_mark(x_mm + 0.5, top_mm + 4.4, 7.5, label.hold_class)
    color = HOT if label.hold_class == "hot" else COLD
    pen.text(x_mm + 9.8, top_mm + 11.4, words(f"hold:{label.hold_class}"), 12, weight="bold", color=color)
    code = pen.fit(label.code, (27, 23, 19, 16, 13), 19, weight="bold")
    pen.text(x_mm + 24, top_mm + 12.2, code.lines[0], code.size_pt, weight="bold")
    pen.lines(x_mm, top_mm + STOP_TOP_MM, part.frame.stop)

    right_mm = x_mm + BODY_WIDTH_MM
    portions = pen.fit(portions_text(label.portions, words), (10.5, 9, 8, 7, 6), 20.5, weight="bold")
    pen.lines(right_mm, top_mm + 3.8, portions, align="right")
    part_of = f"({part.part_of.page}/{part.part_of.pages})" if part.part_of.pages > 1 else ""
    place = pen.fit(f"{label.trip} {part_of}".strip(), (10.5, 9, 8, 7, 6), 20.5, weight="bold")
    pen.lines(right_mm, top_mm + 8.8, place, align="right")


def _draw_times(
    pen: Pen, x_mm: float, top_mm: float, label: BoxLabel, paper: BoxLabels, words: Words
) -> None:
    service, right_mm = paper.head.service, x_mm + SIDE_WIDTH_MM
    at_mm = top_mm
    for msgid, instant_at in (("Cooked at", label.cooked_at), ("Deliver by", label.deliver_by_at)):
        name_mm = pen.text(x_mm, at_mm + 4.2, words(msgid), 7)
        room_mm = SIDE_WIDTH_MM - name_mm - 1.5
        time = pen.fit(time_text(instant_at, service, words), (11.5, 10, 8.5, 7), room_mm, weight="bold")
        first_mm = at_mm + 4.4 - time.size_pt * 0.345 if len(time.lines) == 1 else at_mm + 0.6
        pen.lines(right_mm, first_mm, time, align="right")
        at_mm += 6.6
    pen.box(x_mm - 1, at_mm + 0.6, SIDE_WIDTH_MM + 1, 12.4, width_pt=0, fill=INK, radius_mm=0.8)
    name = f"{words('Eat by')}  {other_day_text(label.eat_by_at, service, words)}".strip()
    pen.lines(x_mm + 1, at_mm + 1.5, pen.fit(name, (8, 7.5, 7, 6), SIDE_WIDTH_MM - 2), color=WHITE)
    pen.text(
        x_mm + 1, at_mm + 11.2, f"{service.local(label.eat_by_at):%H:%M}", 20, weight="bold", color=WHITE
    )
