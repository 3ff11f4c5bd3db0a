"""HACCP record: what was measured, checked and kept on each date, and what was done when it failed."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from api.reports.check_facts import (
    AlarmLine,
    DayRecord,
    EntryLine,
    HaccpRecord,
    HeldLine,
    SampleLine,
    StepLine,
)
from api.reports.check_table import (
    BOTTOM_MM,
    EMPTY,
    HEIGHT_MM,
    WIDTH_MM,
    Column,
    columns_head,
    plain_row,
    section,
    table_row,
)
from api.reports.facts import Named, Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import MARGIN_MM
from api.reports.pen import GREY, Pen
from api.reports.stock_page import TOP_MM, date_text, draw_pages
from api.reports.wording import Words
from api.words import gettext, say
from orders.codes import Coded

LAST_MM = 262.0
SPARE_ROWS = 3
STEPS = (
    Column("Time", 12.0),
    Column("Batch, box", 28.0, bold=True),
    Column("Dish, variant", 47.0),
    Column("Control point", 91.0),
    Column("Limit", 133.0),
    Column("°C", 156.0, bold=True),
    Column("Probe", 169.0),
    Column("By", 186.0),
    Column("What is wrong, what was done", 206.0),
    Column("Result", LAST_MM),
)
ENTRIES = (
    Column("Time", 12.0),
    Column("Register", 31.0, bold=True),
    Column("About", 74.0),
    Column("Answers", 96.0),
    Column("By", 166.0),
    Column("Signed by", 186.0),
    Column("What is wrong, what was done", 206.0),
    Column("Result", LAST_MM),
)
SAMPLES = (
    Column("Sample", 12.0, bold=True),
    Column("Batch", 27.0, bold=True),
    Column("Dish, variant", 42.0),
    Column("Weight", 94.0),
    Column("Where", 109.0),
    Column("Taken", 145.0),
    Column("By", 167.0),
    Column("Kept until", 187.0),
    Column("What became of it", 209.0),
    Column("State", LAST_MM),
)


HELD = (
    Column("Since", 12.0),
    Column("Batch, box", 36.0, bold=True),
    Column("Dish, variant", 53.0),
    Column("Reason", 118.0),
    Column("By", 174.0),
    Column("How it ended", 196.0),
    Column("State", LAST_MM),
)
ALARMS = (
    Column("Rang", 12.0),
    Column("Box, asset", 30.0, bold=True),
    Column("Alarm", 52.0),
    Column("Who answered, what was done", 126.0),
    Column("What became of the food", 188.0),
    Column("State", LAST_MM),
)


def render(paper: HaccpRecord, language: str) -> Rendered:
    """
    Prints a HACCP record, A4 across.

    Parameters
    ----------
    paper
        The dates.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    title = words("HACCP record")
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=f"{title} {paper.head.from_on}", language=language)
    groups: list[Sequence[Block]] = [[plain_row(pen, say(one, language))] for one in paper.unwatched]
    for day in paper.days:
        groups += day_groups(pen, day, paper.head.zone, words, to_write=paper.to_write)
    groups.append([Block(16, lambda pen, top_mm: _signature(pen, top_mm, words))])
    pages = paginate(groups, top_mm=TOP_MM, bottom_mm=BOTTOM_MM)
    draw_pages(pen, pages, title, paper.head, words)
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def day_groups(
    pen: Pen, day: DayRecord, zone: str, words: Words, *, to_write: bool = False
) -> list[Sequence[Block]]:
    """A date's tables: control points, registers, samples; each may break, and have rows to write on."""
    on = date_text(day.on, words)
    steps = [
        (_to_fill(one, words), EMPTY)
        if to_write and one.mark == "missing"
        else (step_cells(one, zone, words), one.mark)
        for one in day.steps
    ]
    entries = [(entry_cells(one, zone, words), str(one.mark)) for one in day.entries]
    samples = [(sample_cells(one, zone, words), one.state) for one in day.samples]
    if to_write:
        steps += [([""] * (len(STEPS) - 1), EMPTY)] * SPARE_ROWS
        open_ = [(code, name.called(words.language)) for code, name in day.unsampled]
        rest = [""] * (len(SAMPLES) - 4)
        samples += [(["", code, name, *rest], EMPTY) for code, name in (*open_, *[("", "")] * SPARE_ROWS)]
    tables = (
        (words("Control points"), STEPS, steps),
        (words("Registers"), ENTRIES, entries),
        (words("Samples kept"), SAMPLES, samples),
    )
    groups: list[Sequence[Block]] = []
    if day.withheld:
        held = [(held_cells(one, zone, words), one.state) for one in day.withheld]
        groups += table_groups(pen, f"{on}  ·  {words('Food on hold')}", HELD, held, words)
    if day.alarms:
        rang = [(alarm_cells(one, zone, words), one.mark) for one in day.alarms]
        groups += table_groups(pen, f"{on}  ·  {words('Alarms')}", ALARMS, rang, words)
    for title, columns, rows in tables:
        if to_write and not rows:
            continue
        groups += table_groups(pen, f"{on}  ·  {title}", columns, rows, words)
    return groups


def table_groups(
    pen: Pen, title: str, columns: Sequence[Column], rows: Sequence[tuple[list[str], str]], words: Words
) -> list[Sequence[Block]]:
    """A table under its bar; the first row stays with the bar, every page repeats the labels."""
    head = columns_head(columns, words)
    bar = section(title, "" if rows else words("nothing written"))
    if not rows:
        return [[bar]]
    blocks = [table_row(pen, columns, cells, head, mark, words) for cells, mark in rows]
    return [[bar, blocks[0]], *([one] for one in blocks[1:])]


def _to_fill(one: StepLine, words: Words) -> list[str]:
    """What is known of a point before it is measured: the rest is left to the pen."""
    language = words.language
    return ["", one.code, one.food.called(language), one.point.called(language), one.limit, *[""] * 4]


def step_cells(one: StepLine, zone: str, words: Words) -> list[str]:
    """The cells of a control point."""
    language = words.language
    return [
        _time(one.at, zone),
        one.code,
        one.food.called(language),
        one.point.called(language),
        one.limit,
        "–" if one.value_c is None else f"{one.value_c:.1f}",
        one.probe or "–",
        one.person or "–",
        _done((*one.notes, *one.warnings), one.actions, one.reason, words),
    ]


def entry_cells(one: EntryLine, zone: str, words: Words) -> list[str]:
    """The cells of an entry."""
    language = words.language
    return [
        _time(one.at, zone),
        one.register.called(language),
        one.about or "–",
        words("; ").join(f"{name.called(language)} {_value(value, words)}" for name, value in one.answers),
        one.person,
        "–" if one.signer is None else one.signer or words("not signed"),
        _done(one.notes, one.actions, one.reason, words),
    ]


def sample_cells(one: SampleLine, zone: str, words: Words) -> list[str]:
    """The cells of a sample."""
    story = [
        f"{at.astimezone(ZoneInfo(zone)):%m-%d %H:%M} {say(said, words.language).strip()}"
        for at, said in one.story
    ]
    return [
        one.code,
        one.batch,
        one.dish.called(words.language),
        f"{one.g} g",
        one.place,
        f"{one.taken_at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}",
        one.person,
        f"{one.keep_until_at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}",
        words("; ").join(story) or "–",
    ]


def held_cells(one: HeldLine, zone: str, words: Words) -> list[str]:
    """The cells of food on hold."""
    ended = say(one.end, words.language).strip() if one.end else "–"
    return [
        f"{one.at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}",
        one.code,
        one.food.called(words.language),
        one.reason,
        one.person,
        f"{one.ended_at.astimezone(ZoneInfo(zone)):%m-%d %H:%M} {ended}" if one.ended_at else ended,
    ]


def alarm_cells(one: AlarmLine, zone: str, words: Words) -> list[str]:
    """The cells of an alarm."""
    decided = [
        f"{_time(at, zone)} {words(f'disposition.{disposition}')}{words(': ')}{action} {person}".strip()
        for at, disposition, action, person in one.decisions
    ]
    until = f"–{_time(one.ended_at, zone)}" if one.ended_at else ""
    return [
        f"{_time(one.at, zone)}{until}",
        one.code,
        say(one.said, words.language),
        f"{_time(one.answered_at, zone)} {one.answer}" if one.answered_at else words("nobody"),
        words("; ").join(decided) or "–",
    ]


def _value(value: str | bool | Named, words: Words) -> str:
    if isinstance(value, bool):
        return words("yes") if value else words("no")
    return value.called(words.language) if isinstance(value, Named) else value


def _done(notes: tuple[Coded, ...], actions: tuple[tuple[Named, str], ...], reason: str, words: Words) -> str:
    wrong = [say(one, words.language) for one in notes]
    done = [f"→ {name.called(words.language)} {note}".strip() for name, note in actions]
    why = [words("corrects: {reason}", reason=gettext(reason, words.language))] if reason else []
    return " ".join((*wrong, *done, *why))


def _time(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}" if at else "–"


def _signature(pen: Pen, top_mm: float, words: Words) -> None:
    pen.text(MARGIN_MM, top_mm + 12, words("Food-safety officer, signature"), 9, color=GREY)
    pen.rule(MARGIN_MM + 52, top_mm + 12.6, MARGIN_MM + 120, top_mm + 12.6, width_pt=0.6)
