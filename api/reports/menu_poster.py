"""The week's menus for the wall, A4 or A3 across: dishes in large type, nutrients and allergens below."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from api.reports.facts import Named, Rendered
from api.reports.menu_facts import PosterDay, PosterMeal, WeekMenus
from api.reports.notice_board import PAPER_RATIO, SIZES_MM, Paper
from api.reports.pen import GREY, INK, LIGHT, WHITE, Pen
from api.reports.typesetting import Fitted
from api.reports.wording import MONTHS, WEEKDAYS, Words, code_text, dish_text, names_text

TYPE_RATIOS = (1.5, 1.4, 1.3, 1.2, 1.1, 1.0, 0.92, 0.85, 0.78, 0.72)
MARGIN_MM, PAD_MM, HEAD_MM, DAYS_MM, FOOT_MM = 8.0, 1.8, 17.0, 14.0, 15.0
LINE_MM = 20.0
DISH_PT, SMALL_PT = 11.0, 7.2
SHOWN = (("energy_kcal", "protein_g"), ("sodium_mg", "calcium_mg"))
LUNAR_MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
LUNAR_TENS, LUNAR_ONES = (
    ("初", "十", "廿", "三"),
    ("十", "一", "二", "三", "四", "五", "六", "七", "八", "九"),
)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One print: its facts, words and sizes."""

    pen: Pen
    week: WeekMenus
    words: Words
    ratio: float
    type_ratio: float
    lines: tuple[tuple[str, Named], ...]

    @property
    def column_mm(self) -> float:
        """Width of a day."""
        room_mm = self.pen.width_mm - (2 * MARGIN_MM + LINE_MM) * self.ratio
        return room_mm / max(1, len(self.week.days))

    def left_mm(self, column: int) -> float:
        """Left edge of a day."""
        return (MARGIN_MM + LINE_MM) * self.ratio + column * self.column_mm

    def mm(self, a4_mm: float) -> float:
        """A length on this sheet."""
        return a4_mm * self.ratio

    def pt(self, a4_pt: float) -> tuple[float, ...]:
        """A size of type here, and smaller ones for what does not fit."""
        size_pt = a4_pt * self.ratio * self.type_ratio
        return (size_pt, size_pt * 0.92, size_pt * 0.84)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A set in its frame: fitted texts from the top, and whether each is small print."""

    texts: tuple[tuple[Fitted, bool], ...] = field(default=())

    @property
    def height_mm(self) -> float:
        return sum(text.height_mm for text, _ in self.texts)


def render(week: WeekMenus, language: str, paper: Paper = "A3") -> Rendered:
    """
    Prints the week's menus of all lines.

    Parameters
    ----------
    week
        What is served.
    language
        ``"zh_CN"`` or ``"en"``.
    paper
        ``"A3"`` or ``"A4"``, across.

    Returns
    -------
    Rendered
        In the largest type at which all lines stand on one page; else as many lines a page as fit.
    """
    words = Words(language)
    height_mm, width_mm = SIZES_MM[paper]
    pen = Pen(width_mm, height_mm, title=_title(week, words), language=language)
    pages = _pages(pen, week, words, PAPER_RATIO[paper])
    for number, (sheet, rows) in enumerate(pages, start=1):
        _draw(sheet, rows, number, len(pages))
        pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _pages(
    pen: Pen, week: WeekMenus, words: Words, ratio: float
) -> list[tuple[_Sheet, list[tuple[float, list[_Cell]]]]]:
    for a_page in range(len(week.lines), 0, -1):
        for type_ratio in TYPE_RATIOS:
            sheets = [
                _Sheet(pen, week, words, ratio, type_ratio, week.lines[at : at + a_page])
                for at in range(0, len(week.lines), a_page)
            ]
            pages = [(sheet, _rows(sheet)) for sheet in sheets]
            room_mm = pen.height_mm - ratio * (2 * MARGIN_MM + HEAD_MM + DAYS_MM + FOOT_MM)
            if all(sum(height for height, _ in rows) <= room_mm for _, rows in pages):
                return pages
    return pages


def _rows(sheet: _Sheet) -> list[tuple[float, list[_Cell]]]:
    rows = []
    for code, _ in sheet.lines:
        cells = [_cell(sheet, day.meals.get(code)) for day in sheet.week.days]
        rows.append((max(cell.height_mm for cell in cells) + 2 * sheet.mm(PAD_MM), cells))
    return rows


def _cell(sheet: _Sheet, meal: PosterMeal | None) -> _Cell:
    if meal is None:
        return _Cell()
    pen, words, width_mm = sheet.pen, sheet.words, sheet.column_mm - 2 * sheet.mm(PAD_MM)
    dishes = [
        (
            pen.fit(dish_text(dish, variant, words), sheet.pt(DISH_PT), width_mm, weight="bold", max_lines=2),
            False,
        )
        for dish, variant in _told(meal)
    ]
    held = [
        " · ".join(
            f"{code_text('nutrient_short', name, words)} {meal.nutrients[name]:.0f}"
            for name in pair
            if name in meal.nutrients
        )
        for pair in SHOWN
    ]
    small = [*held, *allergen_texts(meal, words)]
    return _Cell(
        (*dishes, *((pen.fit(one, sheet.pt(SMALL_PT), width_mm, max_lines=4), True) for one in small if one))
    )


def allergen_texts(meal: PosterMeal, words: Words) -> tuple[str, ...]:
    """What a meal contains, and what may be in it or nobody has declared; none only when all are empty."""
    perhaps = (*meal.may_contain, *meal.unknown)
    if not meal.contains and not perhaps:
        return (words("Contains none of the listed allergens"),)
    told = []
    if meal.contains:
        told.append(words("Contains: {allergens}", allergens=names_text(meal.contains, words)))
    if perhaps:
        named = names_text(perhaps, words)
        told.append(words("May contain or not declared: {allergens}", allergens=named))
    return tuple(told)


def _told(meal: PosterMeal) -> tuple[tuple[Named, Named | None], ...]:
    """The dishes; a variant that all of them share is the line's own and is not repeated."""
    variants = {variant for _, variant in meal.dishes}
    return tuple((dish, None) for dish, _ in meal.dishes) if len(variants) == 1 else meal.dishes


def _draw(sheet: _Sheet, rows: Sequence[tuple[float, list[_Cell]]], number: int, pages: int) -> None:
    pen, at_mm = sheet.pen, sheet.mm(MARGIN_MM)
    _head(sheet, number, pages)
    at_mm += sheet.mm(HEAD_MM)
    for column, day in enumerate(sheet.week.days):
        _day(sheet, column, day, at_mm)
    at_mm += sheet.mm(DAYS_MM)
    room_mm = pen.height_mm - sheet.mm(MARGIN_MM + FOOT_MM) - at_mm
    spare_mm = max(0.0, room_mm - sum(height for height, _ in rows)) / len(rows)
    for (_, name), (height_mm, cells) in zip(sheet.lines, rows, strict=True):
        _line(sheet, name, at_mm, height_mm + spare_mm)
        for column, cell in enumerate(cells):
            _set(sheet, column, cell, at_mm, height_mm + spare_mm)
        at_mm += height_mm + spare_mm
    _foot(sheet)


def _head(sheet: _Sheet, number: int, pages: int) -> None:
    """Title white on black; a draft says so."""
    pen, words, left_mm = sheet.pen, sheet.words, sheet.mm(MARGIN_MM)
    width_mm, top_mm = pen.width_mm - 2 * left_mm, sheet.mm(MARGIN_MM)
    pen.box(left_mm, top_mm, width_mm, sheet.mm(HEAD_MM - 2), width_pt=0, fill=INK, radius_mm=sheet.mm(1.5))
    notes = [words("page {page} / {pages}", page=number, pages=pages)] if pages > 1 else []
    if sheet.week.is_draft:
        notes.insert(0, words("DRAFT"))
    sizes = tuple(size * sheet.ratio for size in (21.0, 19.0, 17.0, 15.0, 13.0))
    title = pen.fit(_title(sheet.week, words), sizes, width_mm - sheet.mm(44), weight="bold")
    pen.lines(left_mm + sheet.mm(4), top_mm + sheet.mm(3.4), title, color=WHITE)
    pen.text(
        left_mm + width_mm - sheet.mm(4), top_mm + sheet.mm(9.6), "  ".join(notes), 14 * sheet.ratio,
        weight="bold", align="right", color=WHITE,
    )  # fmt: skip


def _day(sheet: _Sheet, column: int, day: PosterDay, top_mm: float) -> None:
    """Weekday and date, the moon's day, and what falls on it."""
    pen, words = sheet.pen, sheet.words
    left_mm, width_mm = sheet.left_mm(column), sheet.column_mm
    pen.box(left_mm, top_mm, width_mm, sheet.mm(DAYS_MM), width_pt=0.6, fill=LIGHT)
    on = day.service_on
    text = words(
        "{weekday} {day} {month}",
        weekday=words(WEEKDAYS[on.weekday()]),
        day=on.day,
        month=words(MONTHS[on.month - 1]),
    )
    large = tuple(size * sheet.ratio for size in (13.0, 12.0, 11.0, 9.5))
    room_mm = width_mm - 2 * sheet.mm(PAD_MM)
    pen.lines(
        left_mm + width_mm / 2,
        top_mm + sheet.mm(1.2),
        pen.fit(text, large, room_mm, weight="bold"),
        align="center",
    )
    small = tuple(size * sheet.ratio for size in (8.6, 7.8, 7.0))
    under = " · ".join((_moon(day.lunar, words), *(mark.called(words.language) for mark in day.marks)))
    fitted = pen.fit(under, small, room_mm, weight="bold" if day.marks else "regular", max_lines=2)
    pen.lines(left_mm + width_mm / 2, top_mm + sheet.mm(7.2), fitted, align="center")


def _line(sheet: _Sheet, name: Named, top_mm: float, height_mm: float) -> None:
    pen, left_mm = sheet.pen, sheet.mm(MARGIN_MM)
    pen.box(left_mm, top_mm, sheet.mm(LINE_MM), height_mm, width_pt=0.6, fill=LIGHT)
    sizes = tuple(size * sheet.ratio for size in (12.0, 11.0, 10.0, 8.5))
    called = name.called(sheet.words.language)
    fitted = pen.fit(called, sizes, sheet.mm(LINE_MM - 2), weight="bold", max_lines=4)
    at_mm = top_mm + (height_mm - fitted.height_mm) / 2
    pen.lines(left_mm + sheet.mm(LINE_MM) / 2, at_mm, fitted, align="center")


def _set(sheet: _Sheet, column: int, cell: _Cell, top_mm: float, height_mm: float) -> None:
    pen, left_mm = sheet.pen, sheet.left_mm(column)
    pen.box(left_mm, top_mm, sheet.column_mm, height_mm, width_pt=0.6)
    at_mm = top_mm + sheet.mm(PAD_MM)
    dishes = [text for text, small in cell.texts if not small]
    for text in dishes:
        at_mm += pen.lines(left_mm + sheet.mm(PAD_MM), at_mm, text)
    small = [text for text, is_small in cell.texts if is_small]
    at_mm = top_mm + height_mm - sheet.mm(PAD_MM) - sum(text.height_mm for text in small)
    for text in small:
        at_mm += pen.lines(left_mm + sheet.mm(PAD_MM), at_mm, text, color=GREY)


def _foot(sheet: _Sheet) -> None:
    pen, words, week = sheet.pen, sheet.words, sheet.week
    left_mm, room_mm = sheet.mm(MARGIN_MM), pen.width_mm - 2 * sheet.mm(MARGIN_MM)
    at_mm = pen.height_mm - sheet.mm(MARGIN_MM + FOOT_MM - 2)
    printed = week.printed_at.astimezone(ZoneInfo(week.zone))
    texts = (
        words(
            "Energy in kcal, protein in g, sodium and calcium in mg, of one meal, reckoned from recipes. "
            "With an allergy, ask before you eat."
        ),
        words(
            "{kitchen} · {phone} · printed {time}",
            kitchen=week.kitchen,
            phone=week.phone,
            time=f"{printed:%Y-%m-%d %H:%M}",
        ),
    )
    for text in texts:
        sizes = tuple(size * sheet.ratio for size in (8.6, 7.8, 7.0))
        at_mm += pen.lines(left_mm, at_mm, pen.fit(text, sizes, room_mm, max_lines=2), color=GREY)


def _title(week: WeekMenus, words: Words) -> str:
    first, last = week.days[0].service_on, week.days[-1].service_on
    both = [words("{day} {month}", day=on.day, month=words(MONTHS[on.month - 1])) for on in (first, last)]
    meal = words(f"meal:{week.meal}")
    return words("{meal} menus, {first} to {last}", meal=meal, first=both[0], last=both[1])


def _moon(lunar: tuple[int, int, bool], words: Words) -> str:
    """The moon's day: ``十月廿二`` or ``moon 10/22``."""
    month, day, leap = lunar
    if words.language != "zh_CN":
        return words("moon {month}/{day}", month=month, day=day)
    tens = (
        "二十"
        if day == 20
        else "三十"
        if day == 30
        else LUNAR_TENS[0 if day == 10 else day // 10] + LUNAR_ONES[day % 10]
    )
    return f"{'闰' if leap else ''}{LUNAR_MONTHS[month - 1]}月{tens}"
