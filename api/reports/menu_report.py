"""The nutrition report of a week's menus: each line's days and mean against its targets, A4 across."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from api.reports.facts import Named, Rendered
from api.reports.menu_facts import TargetRow, WeekMenus, amount_text
from api.reports.menu_poster import allergen_texts
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.wording import MONTHS, WEEKDAYS, Words, dish_text
from api.reports.workbook import Cell

WIDTH_MM, HEIGHT_MM, MARGIN_MM, ROW_MM = 297.0, 210.0, 12.0, 8.2
NAME_MM = 58.0
UNWEIGHED = "*"
CSV_HEADER = (
    *("date", "line", "category_place", "dish_zh", "dish_en", "variant_zh", "variant_en"),
    *("contains", "may_contain", "not_declared"),
)


def render(week: WeekMenus, language: str) -> Rendered:
    """
    Prints the nutrition report, one page a line.

    Parameters
    ----------
    week
        What is served.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=words("Nutrition report"), language=language)
    for code, name in week.lines:
        _page(pen, week, code, name, words)
        pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def dish_rows(week: WeekMenus) -> Iterator[tuple[Cell, ...]]:
    """One row a dish, for a spreadsheet."""
    for day in week.days:
        for code, _ in week.lines:
            meal = day.meals.get(code)
            for place, (dish, variant) in enumerate(meal.dishes if meal else (), start=1):
                made = variant or Named("普通", "regular")
                sets = (meal.contains, meal.may_contain, meal.unknown) if meal and place == 1 else ((),) * 3
                named = ("; ".join(one.en for one in own) for own in sets)
                yield day.service_on, code, place, dish.zh, dish.en, made.zh, made.en, *named


def nutrient_rows(week: WeekMenus) -> Iterator[tuple[Cell, ...]]:
    """One row a line and nutrient: its mean, its target, and each day's meal."""
    for code, _ in week.lines:
        for row in week.targets.get(code, ()):
            days = [
                day.meals[code].nutrients.get(row.nutrient) if code in day.meals else None
                for day in week.days
            ]
            judged = ("yes" if row.met else "no", "yes" if row.weighed else "no")
            at_least = "yes" if row.partly_unknown else "no"
            yield code, row.nutrient, row.mean, at_least, row.least, row.target, row.most, *judged, *days


def nutrient_header(week: WeekMenus) -> tuple[str, ...]:
    """Titles of `nutrient_rows`."""
    return (
        "line",
        "nutrient",
        "mean",
        "mean_is_at_least",
        "least",
        "target",
        "most",
        "met",
        "weighed",
        *(str(day.service_on) for day in week.days),
    )


def _page(pen: Pen, week: WeekMenus, code: str, name: Named, words: Words) -> None:
    right_mm = WIDTH_MM - MARGIN_MM
    title = words("{line}: nutrients of the week", line=name.called(words.language))
    pen.lines(MARGIN_MM, 10, pen.fit(title, (19, 17, 15), right_mm - MARGIN_MM - 60, weight="bold"))
    printed = week.printed_at.astimezone(ZoneInfo(week.zone))
    pen.text(right_mm, 15.5, f"{week.kitchen}  ·  {printed:%Y-%m-%d %H:%M}", 9.5, align="right", color=GREY)
    kinds = words("{kinds} kinds of food", kinds=week.kinds.get(code, 0))
    pen.text(right_mm, 20.5, kinds, 9.5, align="right", color=GREY)
    columns = _columns(week, words)
    at_mm = 26.0
    pen.box(MARGIN_MM, at_mm, right_mm - MARGIN_MM, ROW_MM, width_pt=0, fill=LIGHT)
    _row(pen, at_mm, [title for title, _ in columns], bold=True)
    for row in week.targets.get(code, ()):
        at_mm += ROW_MM
        pen.rule(MARGIN_MM, at_mm, right_mm, at_mm, width_pt=0.3)
        days = [
            day.meals[code].nutrients.get(row.nutrient) if code in day.meals else None for day in week.days
        ]
        _row(pen, at_mm, _cells(row, days, words), bold=not row.met and row.strength != "report")
    at_mm += ROW_MM
    notes = [words("met: the mean, rounded as printed, reaches what is asked")]
    if not all(row.weighed for row in week.targets.get(code, ())):
        notes.append(
            words("{mark} judged, and not or not fully weighed when the menus were chosen", mark=UNWEIGHED)
        )
    pen.text(MARGIN_MM, at_mm + 4.0, " · ".join(notes), 8.5, color=GREY)
    _dishes(pen, week, code, words, at_mm + ROW_MM)


def _columns(week: WeekMenus, words: Words) -> list[tuple[str, float]]:
    days = [
        words(
            "{weekday} {day} {month}",
            weekday=words(WEEKDAYS[day.service_on.weekday()]),
            day=day.service_on.day,
            month=words(MONTHS[day.service_on.month - 1]),
        )
        for day in week.days
    ]
    titles = [words("Nutrient"), *days, words("Mean"), words("Asked"), words("Met")]
    return [(title, 0.0) for title in titles]


def _cells(row: TargetRow, days: Iterable[float | None], words: Words) -> list[str]:
    """A row's texts; a mean of which something is unknown is marked as what the meals hold at least."""
    known = [words(f"code:nutrient.{row.nutrient}"), *(amount_text(row.nutrient, one) for one in days)]
    mean = ("≥ " if row.partly_unknown and row.mean is not None else "") + amount_text(row.nutrient, row.mean)
    met = "✓" if row.met else words("not met")
    return [*known, mean, _asked(row, words), met if row.weighed else f"{met} {UNWEIGHED}"]


def _asked(row: TargetRow, words: Words) -> str:
    parts = []
    if row.target is not None:
        parts.append(amount_text(row.nutrient, row.target))
    if row.least is not None and row.least != row.target:
        parts.append(words("at least {amount}", amount=amount_text(row.nutrient, row.least)))
    if row.most is not None:
        parts.append(words("at most {amount}", amount=amount_text(row.nutrient, row.most)))
    return ", ".join(parts)


def _row(pen: Pen, top_mm: float, texts: list[str], *, bold: bool) -> None:
    asked_mm = 62.0
    days = len(texts) - 4
    width_mm = (WIDTH_MM - 2 * MARGIN_MM - NAME_MM - asked_mm - 18) / (days + 1)
    widths = [NAME_MM, *[width_mm] * (days + 1), asked_mm, 18.0]
    at_mm = MARGIN_MM
    for text, room_mm in zip(texts, widths, strict=True):
        fitted = pen.fit(text, (9.5, 8.5, 7.5, 6.5), room_mm - 3, weight="bold" if bold else "regular")
        pen.lines(at_mm + 1.5, top_mm + 1.8, fitted)
        at_mm += room_mm


def _dishes(pen: Pen, week: WeekMenus, code: str, words: Words, top_mm: float) -> None:
    """What stands on each day, under the table, as far as the page goes."""
    at_mm = top_mm
    for day in week.days:
        meal = day.meals.get(code)
        if meal is None:
            continue
        dishes = " · ".join(dish_text(dish, variant, words) for dish, variant in meal.dishes)
        inside = " · ".join(allergen_texts(meal, words))
        text = f"{day.service_on.isoformat()}  {dishes}  ({inside})"
        fitted = pen.fit(text, (8.5, 7.5, 6.5), WIDTH_MM - 2 * MARGIN_MM, max_lines=2)
        at_mm += pen.lines(MARGIN_MM, at_mm, fitted, color=GREY)
