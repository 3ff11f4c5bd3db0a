"""Statement for signature: who owes whom what, line by line, by which assumptions, and who signs."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from api.reports.capitals import capital_yuan
from api.reports.facts import Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import MARGIN_MM, PageOf, check_box
from api.reports.pen import GREY, INK, LIGHT, Pen
from api.reports.statement_facts import (
    Asset,
    Assumption,
    PaperLine,
    SignatureBox,
    StatementPaper,
    partial_text,
)
from api.reports.wording import WEEKDAYS, Words
from orders.money import yuan

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
ROOM_MM = RIGHT_MM - MARGIN_MM
COLUMN_GAP_MM = 8.0
COLUMN_MM = (ROOM_MM - COLUMN_GAP_MM) / 2
TOP_MM, BOTTOM_MM = 27.0, HEIGHT_MM - 12.0
ROW_MM = 5.4
SIGNATURE_MM = 30.0
Grouping = Literal["day", "person"]


def render(paper: StatementPaper, language: str, grouping: Grouping = "day") -> Rendered:
    """
    Prints a statement, A4 upright.

    Parameters
    ----------
    paper
        The statement.
    language
        ``"zh_CN"`` or ``"en"``.
    grouping
        Lines by day, or by person.
    """
    words = Words(language)
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=f"{words('Settlement statement')} {paper.number}", language=language)
    groups: list[Sequence[Block]] = [[_summary(pen, paper, words), *_partial(pen, paper, words)]]
    groups += _line_groups(pen, paper, words, grouping)
    groups += _foot(pen, paper, words)
    pages = paginate(groups, top_mm=TOP_MM, bottom_mm=BOTTOM_MM, gap_mm=1.5)
    for number, page in enumerate(pages, start=1):
        _page_head(pen, paper, PageOf(number, len(pages)), words)
        for placed in page:
            placed.block.draw(pen, placed.top_mm)
        pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _page_head(pen: Pen, paper: StatementPaper, page_of: PageOf, words: Words) -> None:
    period_mm = pen.text(RIGHT_MM, 16.5, period_text(paper, words), 17, weight="bold", align="right")
    name = words("Partial settlement statement") if paper.unsettled else words("Settlement statement")
    title = pen.fit(name, (17, 15, 13), ROOM_MM - period_mm - 8, weight="bold")
    pen.lines(MARGIN_MM, 10.6, title)
    printed_at = paper.printed_at.astimezone(ZoneInfo(paper.zone))
    imprint = "  ·  ".join(
        (
            words("No. {number}", number=paper.number),
            words("version {version}", version=paper.version),
            words("printed {time}", time=f"{printed_at:%Y-%m-%d %H:%M}"),
            words("page {page} / {pages}", page=page_of.page, pages=page_of.pages),
        )
    )
    imprint_mm = pen.text(RIGHT_MM, 22.6, imprint, 8.5, align="right")
    programme = paper.programme.called(words.language)
    pen.lines(MARGIN_MM, 19.6, pen.fit(programme, (8.5, 7.5, 6.5), ROOM_MM - imprint_mm - 5))
    pen.rule(MARGIN_MM, 24.6, RIGHT_MM, 24.6, width_pt=1.5)


def period_text(paper: StatementPaper, words: Words) -> str:
    """The period's label; a grant's in words."""
    return words("period.once") if paper.period == "once" else paper.period


def _summary(pen: Pen, paper: StatementPaper, words: Words) -> Block:
    """Parties and period, the total in figures and capitals, the state."""
    language = words.language
    due = f"{paper.due_on:%Y-%m-%d}" if paper.due_on else words("not set by the plan")
    due += f" ({words('system default')})" if paper.due_on and paper.due_is_default else ""
    fields = [
        (words("Settled"), paper.title.called(language)),
        (words("Payer"), paper.payer.called(language)),
        (words("Payee"), paper.payee.called(language)),
        (words("Days"), f"{paper.from_on:%Y-%m-%d} – {paper.to_on:%Y-%m-%d}"),
        (words("Pay by"), due),
        (words("State"), words(f"statement_state.{paper.state}")),
    ]
    fields += [(words("Fund"), paper.fund.called(language))] if paper.fund else []
    fitted = [(label, pen.fit(value, (11, 10, 9), COLUMN_MM - 24, max_lines=2)) for label, value in fields]
    rows = [fitted[i : i + 2] for i in range(0, len(fitted), 2)]
    heights_mm = [max(7.0, *(value.height_mm + 2 for _, value in row)) for row in rows]
    capitals = pen.fit(capital_yuan(paper.total_fen), (11, 10, 9, 8), 88, max_lines=2)
    box_mm = 22.0

    def draw(pen: Pen, top_mm: float) -> None:
        y_mm = top_mm
        for row, height_mm in zip(rows, heights_mm, strict=True):
            for column, (label, value) in enumerate(row):
                x_mm = MARGIN_MM + column * (COLUMN_MM + COLUMN_GAP_MM)
                pen.text(x_mm, y_mm + 5, label, 9, color=GREY)
                pen.lines(x_mm + 24, y_mm + 1.1, value)
            y_mm += height_mm
        y_mm += 1.5
        pen.box(MARGIN_MM, y_mm, ROOM_MM, box_mm - 3, width_pt=1.2, radius_mm=1.2)
        pen.text(MARGIN_MM + 4, y_mm + 5.6, words("Total, yuan"), 9, color=GREY)
        pen.text(MARGIN_MM + 4, y_mm + 15, yuan(paper.total_fen), 22, weight="bold")
        pen.text(MARGIN_MM + 66, y_mm + 5.6, words("In capitals"), 9, color=GREY)
        pen.lines(MARGIN_MM + 66, y_mm + 8, capitals)
        if paper.minutes:
            time = words("and {minutes} minutes for the time bank", minutes=paper.minutes)
            pen.text(MARGIN_MM + 66, y_mm + 17.4, time, 8)
        counts = words("{lines} lines, {persons} people", lines=len(paper.lines), persons=paper.persons)
        pen.text(RIGHT_MM - 4, y_mm + 5.6, counts, 9, align="right", color=GREY)
        if paper.held_fen or any(line.held for line in paper.lines):
            held = words("under review and not in the total: {amount}", amount=yuan(paper.held_fen))
            pen.text(RIGHT_MM - 4, y_mm + 16.6, held, 8, align="right")

    return Block(sum(heights_mm) + box_mm, draw)


def _partial(pen: Pen, paper: StatementPaper, words: Words) -> list[Block]:
    """What a statement lacks, in a frame under its total; nothing of a whole one."""
    if not paper.unsettled:
        return []
    said = pen.fit(partial_text(paper, words), (10, 9, 8), ROOM_MM - 8, weight="bold", max_lines=3)

    def draw(pen: Pen, top_mm: float) -> None:
        pen.box(MARGIN_MM, top_mm, ROOM_MM, said.height_mm + 3.6, width_pt=1.2, radius_mm=1.2)
        pen.lines(MARGIN_MM + 4, top_mm + 1.6, said)

    return [Block(said.height_mm + 5.6, draw)]


def _line_groups(pen: Pen, paper: StatementPaper, words: Words, grouping: Grouping) -> list[Sequence[Block]]:
    several = len({line.benefit for line in paper.lines}) > 1

    def told(text: str, line: PaperLine) -> str:
        return f"{text}  {line.benefit.called(words.language)}" if several or not line.order_code else text

    own = [line for line in paper.lines if not line.adjusts]
    later = [line for line in paper.lines if line.adjusts]
    if not paper.lines:
        note = words("Nothing was settled in this period.")
        return [[Block(9, lambda pen, top_mm: _text(pen, top_mm + 6, note, 11))]]
    found: list[Sequence[Block]] = []
    if grouping == "person":
        own.sort(key=lambda line: (line.diner_code, line.service_on, line.line_no))
        for _, some in groupby(own, key=lambda line: line.diner_code):
            lines = list(some)
            title = f"{lines[0].diner} {lines[0].diner_code}".strip() or words("Without a person")
            found.append(
                _group(pen, title, lines, words, lambda line: told(_day(line.service_on, words), line))
            )
    else:
        for day_on, some in groupby(own, key=lambda line: line.service_on):
            found.append(
                _group(
                    pen, _day(day_on, words), list(some), words, lambda line: told(_who(line, words), line)
                )
            )
    if later:
        title = words("Adjustments of earlier statements")
        found.append(
            _group(pen, title, later, words, lambda line: told(_adjusted(line, words), line), columns=1)
        )
    return found


def _group(
    pen: Pen,
    title: str,
    lines: Sequence[PaperLine],
    words: Words,
    label: Callable[[PaperLine], str],
    *,
    columns: int = 2,
) -> list[Block]:
    """One day's or person's lines in columns, under a head with their count and sum."""
    sum_fen = sum(line.amount_fen for line in lines if not line.held)

    def draw_head(pen: Pen, top_mm: float) -> None:
        pen.box(MARGIN_MM, top_mm + 0.8, ROOM_MM, 6.2, width_pt=0, fill="#ECECEC", radius_mm=0.6)
        note_mm = pen.text(RIGHT_MM - 2, top_mm + 5.2, yuan(sum_fen), 10.5, weight="bold", align="right")
        pen.text(RIGHT_MM - note_mm - 6, top_mm + 5.2, str(len(lines)), 9, align="right", color=GREY)
        fitted = pen.fit(title, (10.5, 9.5, 8.5, 7), ROOM_MM - note_mm - 22, weight="bold")
        pen.lines(MARGIN_MM + 2, top_mm + 1.5, fitted)

    head = Block(7.6, draw_head)
    width_mm = ROOM_MM if columns == 1 else COLUMN_MM
    rows = [lines[i : i + columns] for i in range(0, len(lines), columns)]
    return [Block(ROW_MM, _draw_row(row, words, label, width_mm), head) for row in rows]


def _draw_row(
    row: Sequence[PaperLine], words: Words, label: Callable[[PaperLine], str], width_mm: float
) -> Callable[[Pen, float], None]:
    def draw(pen: Pen, top_mm: float) -> None:
        for column, line in enumerate(row):
            x_mm = MARGIN_MM + column * (width_mm + COLUMN_GAP_MM)
            color = GREY if line.held else INK
            amount_mm = pen.text(
                x_mm + width_mm - 2, top_mm + 4, _amount(line, words), 9, align="right", color=color
            )
            pen.text(x_mm + 9, top_mm + 4, str(line.line_no), 7.5, align="right", color=GREY)
            fitted = pen.fit(label(line), (9, 8, 7, 6), width_mm - amount_mm - 15)
            pen.text(x_mm + 11, top_mm + 4, fitted.lines[0], fitted.size_pt, color=color)
        pen.rule(MARGIN_MM, top_mm + ROW_MM, RIGHT_MM, top_mm + ROW_MM, width_pt=0.25, color=LIGHT)

    return draw


def _amount(line: PaperLine, words: Words) -> str:
    parts = [yuan(line.amount_fen)] if line.amount_fen or not line.minutes else []
    parts += [words("{minutes} min", minutes=line.minutes)] if line.minutes else []
    return " ".join([*parts, words("held")] if line.held else parts)


def _foot(pen: Pen, paper: StatementPaper, words: Words) -> list[Sequence[Block]]:
    """Assets, assumptions, what is no more than a default, and the signatures on one page together."""
    found: list[Sequence[Block]] = []
    if paper.assets:
        rows = [_asset(pen, asset, words) for asset in paper.assets]
        found.append([_title(words("Bought with the grant")), *rows])
    if paper.assumptions:
        title = _title(words("Unclear clauses that decide this amount"))
        blocks = [_assumption(pen, one, words) for one in paper.assumptions]
        found += [[title, blocks[0]], *([block] for block in blocks[1:])]
    else:
        note = words(paper.note_on_readings)
        found.append([Block(7, lambda pen, top_mm: _text(pen, top_mm + 5, note, 8.5, GREY))])
    if paper.defaults:
        keys = words("; ").join(one.called(words.language) for one in paper.default_words)
        said = words("Not in the plan, system default: {keys}", keys=keys)
        fitted = pen.fit(said, (8.5,), ROOM_MM, max_lines=4)

        def draw(pen: Pen, top_mm: float) -> None:
            pen.lines(MARGIN_MM, top_mm + 1, fitted, color=GREY)

        found.append([Block(fitted.height_mm + 2, draw)])
    revisions = ", ".join(str(revision) for revision in paper.revisions)
    by = words(
        "Revision {revisions} of the plan; lines' SHA-256 {digest}",
        revisions=revisions or "–",
        digest=paper.digest[:16],
    )
    found.append([Block(6, lambda pen, top_mm: _text(pen, top_mm + 4, by, 7.5, GREY))])
    found.append(_signatures(pen, paper, words))
    return found


def _signatures(pen: Pen, paper: StatementPaper, words: Words) -> list[Block]:
    boxes = list(paper.signatures)
    rows = [boxes[i : i + 2] for i in range(0, len(boxes), 2)]
    blocks = [_title(words("Signatures, in this order"))]
    blocks += [_signature_row(row, index * 2, paper.zone, words) for index, row in enumerate(rows)]
    if paper.checks:
        names = [party.called(words.language) for party in paper.checks]

        def draw(pen: Pen, top_mm: float) -> None:
            x_mm = MARGIN_MM + pen.text(MARGIN_MM, top_mm + 6, words("May check it:"), 9, color=GREY) + 4
            for name in names:
                check_box(pen, x_mm, top_mm + 2.6)
                x_mm += 6 + pen.text(x_mm + 6, top_mm + 6, name, 9) + 6

        blocks.append(Block(9, draw))
    return blocks


def _signature_row(row: Sequence[SignatureBox], before: int, zone: str, words: Words) -> Block:
    def draw(pen: Pen, top_mm: float) -> None:
        for column, box in enumerate(row):
            x_mm = MARGIN_MM + column * (COLUMN_MM + COLUMN_GAP_MM)
            pen.box(x_mm, top_mm + 1, COLUMN_MM, SIGNATURE_MM - 3, width_pt=0.8, radius_mm=0.8)
            label = f"{before + column + 1}  {box.party.called(words.language)}"
            pen.lines(x_mm + 2, top_mm + 1.8, pen.fit(label, (10, 9, 8), COLUMN_MM - 4, weight="bold"))
            pen.text(x_mm + 2, top_mm + SIGNATURE_MM - 4, words("Signature, seal"), 8, color=GREY)
            pen.text(x_mm + COLUMN_MM - 26, top_mm + SIGNATURE_MM - 4, words("Date"), 8, color=GREY)
            if box.signed_at is not None:
                said = _signed(box.signed_by, box.signed_at, zone, words)
                pen.lines(x_mm + 2, top_mm + 11, pen.fit(said, (10, 9, 8), COLUMN_MM - 4, max_lines=2))

    return Block(SIGNATURE_MM, draw)


def _signed(name: str, at: datetime, zone: str, words: Words) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return words("signed on screen by {name}, {time}", name=name, time=f"{local:%Y-%m-%d %H:%M}")


def _title(text: str) -> Block:
    def draw(pen: Pen, top_mm: float) -> None:
        pen.text(MARGIN_MM, top_mm + 6.4, text, 11, weight="bold")
        pen.rule(MARGIN_MM, top_mm + 8.2, RIGHT_MM, top_mm + 8.2, width_pt=0.8)

    return Block(10, draw)


def _assumption(pen: Pen, one: Assumption, words: Words) -> Block:
    question = pen.fit(
        f"{one.code}  “{one.clause}”  {one.question.called(words.language)}", (9,), ROOM_MM, max_lines=3
    )
    others = words("; ").join(
        f"{other.option.called(words.language)} {other.difference_fen / 100:+.2f}" for other in one.others
    )
    answer = pen.fit(
        words(
            "Assumed: {chosen}. Otherwise, in yuan: {others}.",
            chosen=one.chosen.called(words.language),
            others=others,
        ),
        (9,),
        ROOM_MM - 8,
        max_lines=3,
    )

    def draw(pen: Pen, top_mm: float) -> None:
        used_mm = pen.lines(MARGIN_MM, top_mm + 0.6, question)
        pen.lines(MARGIN_MM + 8, top_mm + 0.8 + used_mm, answer)

    return Block(question.height_mm + answer.height_mm + 2.4, draw)


def _asset(pen: Pen, asset: Asset, words: Words) -> Block:
    text = words(
        "{name} ({purpose}), owner: {owner}",
        name=asset.name,
        purpose=asset.purpose,
        owner=asset.owner.called(words.language),
    )
    fitted = pen.fit(text, (9.5, 8.5, 7.5), ROOM_MM - 34, max_lines=2)

    def draw(pen: Pen, top_mm: float) -> None:
        pen.lines(MARGIN_MM, top_mm + 0.8, fitted)
        pen.text(RIGHT_MM, top_mm + 4.2, yuan(asset.cost_fen), 9.5, align="right")

    return Block(max(ROW_MM, fitted.height_mm + 1.6), draw)


def _text(pen: Pen, baseline_mm: float, text: str, size_pt: float, color: str = INK) -> None:
    pen.text(MARGIN_MM, baseline_mm, text, size_pt, color=color)


def _day(day_on: date, words: Words) -> str:
    return f"{day_on:%Y-%m-%d} {words(WEEKDAYS[day_on.weekday()])}"


def _who(line: PaperLine, words: Words) -> str:
    return "  ".join(part for part in (line.order_code, line.diner) if part) or line.site.called(
        words.language
    )


def _adjusted(line: PaperLine, words: Words) -> str:
    return f"{_day(line.service_on, words)} {_who(line, words)} ({line.adjusts})"
