"""Where everything stands on a label of a roll: one layout for the PDF and for the printer's dots."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from api.reports.fonts import Weight, legible, text_width_pt
from api.reports.printers import LabelPrinter
from api.reports.qr import QrCode, qr_for
from api.reports.roll_facts import RollLabel, RollLine
from api.reports.typesetting import PT_PER_MM, wrap

# Heading and body, from comfortable to the smallest that a thermal printer still prints legibly (1.9 mm).
SIZES_PT = (
    (20.0, 10.0),
    (18.0, 9.0),
    (16.0, 8.5),
    (14.0, 8.0),
    (13.0, 7.5),
    (12.0, 7.0),
    (11.0, 6.5),
    (11.0, 6.0),
    (10.0, 5.5),
)
LEADING_RATIO = 1.22
HEADING_LEADING_RATIO = 1.16
TIGHT_LEADING_RATIO = 1.02  # of a heading: two rows of 14 pt stand above the code of a 40x30 label
ASCENT_RATIO = 0.93
BAND_PAD_MM = 0.6
TIGHT_BELOW_MM = 35.0


@dataclass(frozen=True, slots=True)
class Text:
    """One line: its left end and baseline, millimetres from the top left corner."""

    x_mm: float
    baseline_mm: float
    text: str
    size_pt: float
    weight: Weight
    white: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A black rectangle."""

    x_mm: float
    top_mm: float
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code, its corner on a dot."""

    x_mm: float
    top_mm: float
    qr: QrCode


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    One label, ready to draw.

    Parameters
    ----------
    bands, texts, code
        In the order of drawing.
    missing
        Characters that the typefaces lack.
    by_code
        Fields that were left to the page of its code.
    """

    bands: tuple[Band, ...]
    texts: tuple[Text, ...]
    code: Code
    missing: tuple[str, ...]
    by_code: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    line: RollLine
    size_pt: float
    top_mm: float
    width_mm: float
    height_mm: float


def layout(label: RollLabel, printer: LabelPrinter) -> Sheet | None:
    """
    Puts a label's words and code on the label of a printer.

    Parameters
    ----------
    label
        What it says.
    printer
        How large its labels are, and how fine its dots.

    Returns
    -------
    Sheet | None
        At the largest sizes at which everything fits, nothing smaller than 5.5 pt; where it does not fit with
        fields left to the page of its code, as the printer allows. None when it does not fit even so: nothing
        is ever cut off.
    """
    code = _placed_code(label, printer)
    if code is None:
        return None
    for told, gone in _shorter(label, printer):
        if (sheet := _laid(told, printer, code)) is not None:
            return _restored(label, printer, code, replace(sheet, by_code=gone))
    return None


def _restored(label: RollLabel, printer: LabelPrinter, code: Code, found: Sheet) -> Sheet:
    """The sheet with what has room again once the last field is gone, the most important of them first."""
    for field in reversed(found.by_code[:-1]):
        gone = tuple(one for one in found.by_code if one != field)
        if (sheet := _laid(label.without(gone), printer, code)) is not None:
            found = replace(sheet, by_code=gone)
    return found


def _laid(told: RollLabel, printer: LabelPrinter, code: Code) -> Sheet | None:
    """These words at the largest sizes at which all of them fit."""
    for heading_pt, body_pt in SIZES_PT:
        rows = list(_rows(told, printer, code, max(heading_pt, told.heading_least_pt), body_pt))
        if _fits(rows, printer):
            missing = legible(" ".join((told.heading, *(line.text for line in told.lines))))[1]
            return _sheet(rows, printer, code, missing)
    return None


def too_long(label: RollLabel, printer: LabelPrinter) -> str:
    """The longest words of a label that has no room on a printer's label, its code's page being used."""
    code = _placed_code(label, printer)
    if code is None:
        return label.qr_text
    gone = list(_shorter(label, printer))[-1][1]
    told = [label.heading, *(line.text for line in label.lines if not line.field or line.field not in gone)]
    return max(told, key=len)


def _shorter(label: RollLabel, printer: LabelPrinter) -> Iterator[tuple[RollLabel, tuple[str, ...]]]:
    """The label as it is, then with one field after the other left to the page of its code."""
    yield label, ()
    own = [field for field in printer.by_code if any(line.field == field for line in label.lines)]
    for count in range(1, len(own) + 1):
        gone = tuple(own[:count])
        yield label.without(gone), gone


def _placed_code(label: RollLabel, printer: LabelPrinter) -> Code | None:
    """At the right end of the foot, with its quiet zone inside the label."""
    heading_mm = label.heading_least_pt * LEADING_RATIO / PT_PER_MM
    room_mm = min(printer.width_mm * 0.6, printer.height_mm - 2 * printer.pad_mm - heading_mm)
    qr = qr_for(label.qr_text, printer.dots_per_mm, room_mm, tight=printer.height_mm < TIGHT_BELOW_MM)
    if qr is None:
        return None
    edge_mm = max(printer.pad_mm, qr.quiet_mm)
    corner = (printer.width_mm - edge_mm - qr.size_mm, printer.height_mm - edge_mm - qr.size_mm)
    x_mm, top_mm = (int(at_mm * printer.dots_per_mm) / printer.dots_per_mm for at_mm in corner)
    return Code(x_mm, top_mm, qr)


def _rows(
    label: RollLabel, printer: LabelPrinter, code: Code, heading_pt: float, body_pt: float
) -> Iterator[_Row]:
    heading = RollLine(label.heading, heading_pt, bold=True)
    heading_ratio = TIGHT_LEADING_RATIO if printer.height_mm < TIGHT_BELOW_MM else HEADING_LEADING_RATIO
    at_mm = printer.pad_mm
    for line in (heading, *label.lines):
        body = min(line.most_pt, max(body_pt, line.most_pt * body_pt / 10))
        size_pt = heading_pt if line is heading else max(body, line.least_pt)
        leading = heading_ratio if line is heading else LEADING_RATIO
        rest = legible(line.text)[0].strip()
        while rest:
            height_mm = size_pt * leading / PT_PER_MM
            width_mm = _width_mm(at_mm + height_mm, printer, code)
            inside_mm = width_mm - (2 * BAND_PAD_MM if line.inverse else 0)
            text = wrap(rest, "bold" if line.bold else "regular", size_pt, inside_mm)[0]
            yield _Row(text, line, size_pt, at_mm, width_mm, height_mm)
            rest = rest[len(text) :].strip()
            at_mm += height_mm


def _width_mm(bottom_mm: float, printer: LabelPrinter, code: Code) -> float:
    """Room of a row that ends at this height: the whole label above the code, else what is left of it."""
    if bottom_mm <= code.top_mm - code.qr.quiet_mm:
        return printer.width_mm - 2 * printer.pad_mm
    return code.x_mm - code.qr.quiet_mm - printer.pad_mm


def _fits(rows: list[_Row], printer: LabelPrinter) -> bool:
    bottom_mm = printer.height_mm - printer.pad_mm
    return all(row.top_mm + row.height_mm <= bottom_mm + 0.01 and _in_width(row) for row in rows)


def _in_width(row: _Row) -> bool:
    weight: Weight = "bold" if row.line.bold else "regular"
    return text_width_pt(row.text, weight, row.size_pt) <= row.width_mm * PT_PER_MM + 0.01


def _sheet(rows: list[_Row], printer: LabelPrinter, code: Code, missing: tuple[str, ...]) -> Sheet:
    left_mm = printer.pad_mm
    bands = tuple(
        Band(left_mm, row.top_mm, row.width_mm, row.height_mm + 0.05) for row in rows if row.line.inverse
    )
    texts = tuple(
        Text(
            left_mm + (BAND_PAD_MM if row.line.inverse else 0),
            row.top_mm + row.size_pt * ASCENT_RATIO / PT_PER_MM,
            row.text,
            row.size_pt,
            "bold" if row.line.bold else "regular",
            row.line.inverse,
        )
        for row in rows
    )
    return Sheet(bands, texts, code, missing)
