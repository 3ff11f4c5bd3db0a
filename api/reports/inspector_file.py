"""The file for an inspector at the door: today's gaps, thirty days at a glance, then each date in full."""

from collections.abc import Sequence
from datetime import date

from api.reports.check_facts import InspectorFile, Mark, PersonLine, StepLine
from api.reports.check_table import (
    BOTTOM_MM,
    HEIGHT_MM,
    RIGHT_MM,
    WIDTH_MM,
    Column,
    grid_mark,
    plain_row,
    section,
)
from api.reports.facts import Named, Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import MARGIN_MM
from api.reports.haccp_record import (
    ENTRIES,
    HELD,
    LAST_MM,
    SAMPLES,
    STEPS,
    day_groups,
    entry_cells,
    held_cells,
    sample_cells,
    step_cells,
    table_groups,
)
from api.reports.pen import GREY, Pen
from api.reports.stock_page import TOP_MM, date_text, draw_pages
from api.reports.wording import Words
from api.words import say

GRID_MM, NAME_MM = 78.0, 64.0
GAPS = (
    Column("Date", 12.0, bold=True),
    Column("What is missing", 42.0),
    Column("Dish, variant", 180.0),
    Column("", RIGHT_MM),
)
OVERDUE = (
    Column("Date", 12.0, bold=True),
    Column("Probe", 42.0, bold=True),
    Column("What is wrong", 62.0),
    Column("Batch, box", 130.0),
    Column("", RIGHT_MM),
)
PEOPLE = (Column("Name", 12.0, bold=True), Column("Valid to", 110.0), Column("Result", LAST_MM))
MOST_GAPS = 200


def render(paper: InspectorFile, language: str) -> Rendered:
    """
    Prints the file for an inspector, A4 across.

    Parameters
    ----------
    paper
        Everything that is put before the inspector.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    title, head = words("File for the inspector"), paper.record.head
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=f"{title} {head.to_on}", language=language)
    groups: list[Sequence[Block]] = [[plain_row(pen, paper.licence)]]
    groups += [[plain_row(pen, say(one, language))] for one in paper.record.unwatched]
    groups += _gaps(pen, paper, words)
    held = [one for day in paper.record.days for one in day.withheld if one.end is None]
    if held:
        rows = [(held_cells(one, head.zone, words), one.state) for one in held]
        groups += table_groups(pen, f"{words('Food on hold')}: {len(rows)}", HELD, rows, words)
    if paper.frozen:
        rows = [(sample_cells(one, head.zone, words), one.state) for one in paper.frozen]
        groups += table_groups(pen, f"{words('Samples frozen')}: {len(rows)}", SAMPLES, rows, words)
    groups.append(_grid(pen, paper, words))
    groups += _failures(pen, paper, words)
    groups += _papers_of(pen, words("Health certificates"), paper.people, words)
    groups += _papers_of(pen, words("Probes"), paper.probes, words)
    for day in reversed(paper.record.days):
        if day.steps or day.entries or day.samples or day.withheld or day.alarms:
            groups += day_groups(pen, day, head.zone, words)
    pages = paginate(groups, top_mm=TOP_MM, bottom_mm=BOTTOM_MM)
    draw_pages(pen, pages, title, head, words)
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _gaps(pen: Pen, paper: InspectorFile, words: Words) -> list[Sequence[Block]]:
    today_on, language = paper.record.head.to_on, words.language
    today = [one for one in paper.gaps if one[0] == today_on]
    earlier = [one for one in paper.gaps if one[0] != today_on]
    found: list[Sequence[Block]] = []
    for title, gaps in ((words("Gaps of today"), today), (words("Gaps of the days before"), earlier)):
        rows = [
            (
                [date_text(on, words), say(said, language).strip(), about.called(language) if about else ""],
                "none",
            )
            for on, about, said in reversed(gaps[-MOST_GAPS:])
        ]
        found += table_groups(pen, f"{title}: {len(gaps)}", GAPS, rows, words)
    return found


def _failures(pen: Pen, paper: InspectorFile, words: Words) -> list[Sequence[Block]]:
    zone = paper.record.head.zone
    steps = [
        (_dated(day.on, step_cells(one, zone, words)), one.mark)
        for day in paper.record.days
        for one in day.steps
        if one.notes
    ]
    entries = [
        (_dated(day.on, entry_cells(one, zone, words)), one.mark)
        for day in paper.record.days
        for one in day.entries
        if one.notes
    ]
    return [
        *table_groups(pen, f"{words('Control points that failed')}: {len(steps)}", STEPS, steps, words),
        *_overdue(pen, paper, words),
        *table_groups(pen, f"{words('Entries that failed')}: {len(entries)}", ENTRIES, entries, words),
    ]


def _overdue(pen: Pen, paper: InspectorFile, words: Words) -> list[Sequence[Block]]:
    """What was measured with a probe that was out of calibration that day: a row a date and probe."""
    found: dict[tuple[date, str], list[StepLine]] = {}
    for day in paper.record.days:
        for one in day.steps:
            if one.warnings:
                found.setdefault((day.on, one.probe), []).append(one)
    rows = [
        (
            [
                date_text(on, words),
                probe,
                say(steps[0].warnings[0], words.language).strip(),
                words(", ").join(one.code for one in steps),
            ],
            "none",
        )
        for (on, probe), steps in found.items()
    ]
    count = sum(len(steps) for steps in found.values())
    title = f"{words('Measured with a probe out of calibration')}: {count}"
    return table_groups(pen, title, OVERDUE, rows, words)


def _dated(on: date, cells: list[str]) -> list[str]:
    return [f"{on:%m-%d} {cells[0]}", *cells[1:]]


def _papers_of(pen: Pen, title: str, people: tuple[PersonLine, ...], words: Words) -> list[Sequence[Block]]:
    rows = [
        ([one.name, one.to_on.isoformat() if one.to_on else "–"], "passed" if one.good else "failed")
        for one in people
    ]
    return table_groups(pen, f"{title}: {len(people)}", PEOPLE, rows, words)


def _grid(pen: Pen, paper: InspectorFile, words: Words) -> list[Block]:
    """A square for each register and date, the dates above."""
    days = [day.on for day in paper.record.days]
    step_mm = (WIDTH_MM - MARGIN_MM - GRID_MM) / max(len(days), 1)
    legend = words("tick: done; cross: failed; dashed square: missing; dash: not due")
    head = Block(7.0, lambda pen, top_mm: _dates(pen, top_mm, days, step_mm))
    rows = [_grid_row(pen, name, marks, step_mm, head, words) for name, marks in paper.grid]
    return [section(words("The days at a glance"), legend), *rows]


def _dates(pen: Pen, top_mm: float, days: Sequence[date], step_mm: float) -> None:
    for index, on in enumerate(days):
        month = index == 0 or on.day == 1
        text, size_pt = (f"{on.month}/{on.day}", 6.5) if month else (f"{on.day}", 7.5)
        pen.text(GRID_MM + index * step_mm + 1.8, top_mm + 4.4, text, size_pt, align="center", color=GREY)


def _grid_row(
    pen: Pen, name: Named, marks: tuple[Mark, ...], step_mm: float, head: Block, words: Words
) -> Block:
    fitted = pen.fit(name.called(words.language), (9.5, 8.5), NAME_MM, max_lines=2)

    def draw(pen: Pen, top_mm: float) -> None:
        pen.lines(MARGIN_MM, top_mm + 0.6, fitted)
        for index, mark in enumerate(marks):
            grid_mark(pen, GRID_MM + index * step_mm, top_mm + 0.9, mark)

    return Block(max(5.4, fitted.height_mm + 1.4), draw, head)
