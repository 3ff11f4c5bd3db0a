"""A stored week of menus as the facts of its papers."""

from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session

from api.day.menus_documents import weeks_document
from api.day.menus_week import StoredDay, StoredWeek, stored_week
from api.day.services import find_kitchen
from api.names import allergen_names, variant_names
from api.reports import menu_poster, menu_report
from api.reports.facts import Named
from api.reports.menu_facts import PosterDay, PosterMeal, TargetRow, WeekMenus
from api.reports.notice_board import Paper
from api.reports.workbook import write_csv
from api.words import LANGUAGES
from kitchen.menu_calendar import calendar_day
from kitchen.recipes import allergens
from orders.errors import NotFound
from orders.menus import REGULAR
from orders.service import Meal


def week_paper(
    session: Session, kitchen_id: str, monday_on: date, meal: Meal, *, now_at: datetime
) -> WeekMenus:
    """
    What is printed of a week's menus.

    Raises
    ------
    NotFound
        When the kitchen is unknown, or the week has no planned menu.
    """
    week = stored_week(session, kitchen_id, monday_on, meal)
    kitchen = find_kitchen(session, kitchen_id)
    documents = {one["line"]: one for one in weeks_document(week.menus, week.work.task)}
    return WeekMenus(
        kitchen=kitchen.name,
        phone=kitchen.phone,
        meal=meal,
        days=tuple(_day(day, week) for day in week.days),
        lines=tuple(
            (line.code, Named(*week.work.book.lines[line.code].name)) for line in week.work.task.lines
        ),
        targets={
            line: tuple(
                TargetRow(
                    one["nutrient"],
                    one["strength"],
                    one["mean"],
                    one["partly_unknown"],
                    one["least"],
                    one["most"],
                    one["target"],
                    one["met"],
                    one["weighed"],
                )
                for one in document["targets"]
            )
            for line, document in documents.items()
        },
        kinds={line: document["kinds"] for line, document in documents.items()},
        printed_at=now_at,
        zone=kitchen.zone,
        is_draft=any(day.status == "draft" for day in week.days),
    )


def menu_paper(week: WeekMenus, name: str, paper: Paper = "A3") -> tuple[bytes, str]:
    """
    One paper of a week's menus by its file name, with its media type.

    Raises
    ------
    NotFound
        When it is no ``poster.zh_CN.pdf``, ``report.en.pdf``, ``dishes.csv`` or ``nutrients.csv``.
    """
    if name in ("dishes.csv", "nutrients.csv"):
        header = menu_report.CSV_HEADER if name == "dishes.csv" else menu_report.nutrient_header(week)
        rows = menu_report.dish_rows(week) if name == "dishes.csv" else menu_report.nutrient_rows(week)
        with TemporaryDirectory() as folder:
            write_csv(Path(folder) / name, header, rows)
            return (Path(folder) / name).read_bytes(), "text/csv; charset=utf-8"
    kind, _, rest = name.partition(".")
    language = rest.removesuffix(".pdf")
    if kind not in ("poster", "report") or language not in LANGUAGES or not rest.endswith(".pdf"):
        raise NotFound("paper", name)
    if kind == "poster":
        return menu_poster.render(week, language, paper).pdf, "application/pdf"
    return menu_report.render(week, language).pdf, "application/pdf"


def _day(day: StoredDay, week: StoredWeek) -> PosterDay:
    service_on = day.menu.service.service_on
    moon = calendar_day(service_on, week.work.book.festivals)
    marks = (*([moon.term] if moon.term else []), *moon.festivals)
    return PosterDay(
        service_on,
        (moon.lunar_month, moon.lunar_day, moon.leap),
        tuple(Named(zh, en) for zh, en in marks),
        {meal.menu.line: _meal(meal.menu.dishes, dict(meal.nutrients), week) for meal in day.meals},
    )


def _meal(dishes: tuple[tuple[str, str], ...], nutrients: dict[str, float], week: StoredWeek) -> PosterMeal:
    task, called, variants = week.work.task, allergen_names(), variant_names()
    inside = [allergens(task.made[cooked], task.foods) for cooked in dishes]
    contains, may_contain, unknown = (frozenset().union(*groups) for groups in zip(*inside, strict=True))

    def names(codes: frozenset[str]) -> tuple[Named, ...]:
        return tuple(called.get(code, Named(code, code)) for code in sorted(codes))

    return PosterMeal(
        tuple(
            (
                Named(task.made[cooked].name_zh, task.made[cooked].name_en),
                None if cooked[1] == REGULAR else variants.get(cooked[1]),
            )
            for cooked in dishes
        ),
        nutrients,
        contains=names(contains),
        may_contain=names(may_contain - contains),
        unknown=names(unknown - may_contain - contains),
    )
