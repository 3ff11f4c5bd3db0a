"""Labels of a roll as files: PDF pages of the exact size, or the dots of a TSPL or ZPL printer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from PIL import Image, ImageDraw, ImageFont

from api.paths import fonts_dir
from api.reports.fonts import FILES, Weight
from api.reports.pen import INK, WHITE, Pen
from api.reports.printers import MM_PER_INCH, LabelPrinter
from api.reports.roll_facts import LabelOverflow, RollLabel
from api.reports.roll_layout import Sheet, layout, too_long
from orders.codes import Coded

LabelFormat = Literal["pdf", "tspl", "zpl"]
FORMATS: tuple[LabelFormat, ...] = get_args(LabelFormat)
PT_PER_INCH = 72.0
DARK_BELOW = 150  # of 255: the edge between a black and a white dot


@dataclass(frozen=True, slots=True)
class PrintJob:
    """
    Labels, ready for the printer.

    Parameters
    ----------
    content
        The file.
    labels
        How many it prints.
    findings
        ``glyph_missing`` for each character that the typefaces lack; ``label_fields_by_code`` with the labels
        that leave fields to the page of their code.
    """

    content: bytes
    labels: int
    findings: tuple[Coded, ...]


def print_job(
    labels: Sequence[RollLabel], printer: LabelPrinter, kind: LabelFormat, *, title: str, language: str
) -> PrintJob:
    """
    The file that prints these labels, one after the other.

    Parameters
    ----------
    labels
        In the order of print.
    printer
        For which labels.
    kind
        ``"pdf"``, ``"tspl"`` or ``"zpl"``; the latter two carry each label as one bitmap, since their
        typefaces have no Chinese.
    title, language
        Of the PDF.

    Raises
    ------
    LabelOverflow
        Naming each label that does not fit; then nothing is printed.
    """
    sheets = [layout(label, printer) for label in labels]
    if overflown := {
        label.code: too_long(label, printer)
        for label, sheet in zip(labels, sheets, strict=True)
        if sheet is None
    }:
        raise LabelOverflow(overflown, printer.name)
    ready = [sheet for sheet in sheets if sheet is not None]
    if kind == "pdf":
        content = _pdf(ready, printer, title, language)
    else:
        content = b"".join(_WRITERS[kind](raster(sheet, printer), printer) for sheet in ready)
    return PrintJob(content, len(ready), tuple(_findings(labels, ready)))


def raster(sheet: Sheet, printer: LabelPrinter) -> Image.Image:
    """A label as the printer's dots: black and white, its rows filled up to whole bytes at the right."""
    scale = printer.dots_per_mm
    width = -(-round(printer.width_mm * scale) // 8) * 8
    image = Image.new("L", (width, round(printer.height_mm * scale)), 255)
    pen = ImageDraw.Draw(image)
    for band in sheet.bands:
        right_mm, bottom_mm = band.x_mm + band.width_mm, band.top_mm + band.height_mm
        corners = (band.x_mm, band.top_mm, right_mm, bottom_mm)
        pen.rectangle([round(at_mm * scale) for at_mm in corners], fill=0)
    for text in sheet.texts:
        at = (text.x_mm * scale, text.baseline_mm * scale)
        dots = text.size_pt / PT_PER_INCH * MM_PER_INCH * scale
        pen.text(at, text.text, font=_font(text.weight, dots), fill=255 if text.white else 0, anchor="ls")
    _draw_code(pen, sheet, scale)
    return image.point(lambda dot: 255 if dot >= DARK_BELOW else 0).convert("1", dither=Image.Dither.NONE)


def _draw_code(pen: ImageDraw.ImageDraw, sheet: Sheet, scale: float) -> None:
    qr = sheet.code.qr
    left, top = round(sheet.code.x_mm * scale), round(sheet.code.top_mm * scale)
    for r, row in enumerate(qr.rows):
        for c, dark in enumerate(row):
            if dark:
                x, y = left + c * qr.dots, top + r * qr.dots
                pen.rectangle([x, y, x + qr.dots - 1, y + qr.dots - 1], fill=0)


@lru_cache(maxsize=64)
def _font(weight: Weight, dots: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fonts_dir() / FILES[weight], dots, layout_engine=ImageFont.Layout.BASIC)


def _tspl(image: Image.Image, printer: LabelPrinter) -> bytes:
    """One label in TSPL: a dot that is 0 is printed."""
    head = (
        f"SIZE {printer.width_mm:g} mm,{printer.height_mm:g} mm\r\n"
        f"GAP {printer.gap_mm:g} mm,0 mm\r\nDIRECTION 1\r\nREFERENCE 0,0\r\nCLS\r\n"
        f"BITMAP 0,0,{image.width // 8},{image.height},0,"
    )
    return head.encode() + image.tobytes() + b"\r\nPRINT 1,1\r\n"


def _zpl(image: Image.Image, printer: LabelPrinter) -> bytes:
    """One label in ZPL: a dot that is 1 is printed; a row like the one before is a colon."""
    stride = image.width // 8
    dots = bytes(255 - byte for byte in image.tobytes())
    rows = [dots[at : at + stride].hex().upper() for at in range(0, len(dots), stride)]
    told = [":" if i and row == rows[i - 1] else _short(row) for i, row in enumerate(rows)]
    size = f"^PW{image.width}^LL{image.height}^LH0,0^FO0,0"
    return f"^XA{size}^GFA,{len(dots)},{len(dots)},{stride},{''.join(told)}^FS^PQ1^XZ\n".encode()


def _short(row: str) -> str:
    """A row without the zeros at its end, which a comma stands for."""
    cut = row.rstrip("0")
    return row if len(row) - len(cut) < 2 else cut + ","


_WRITERS: dict[LabelFormat, Callable[[Image.Image, LabelPrinter], bytes]] = {"tspl": _tspl, "zpl": _zpl}


def draw_sheet(pen: Pen, sheet: Sheet, x_mm: float, top_mm: float) -> None:
    """Draws a label with its corner here."""
    for band in sheet.bands:
        at_mm = x_mm + band.x_mm, top_mm + band.top_mm
        pen.box(*at_mm, band.width_mm, band.height_mm, width_pt=0, fill=INK)
    for text in sheet.texts:
        at_mm = x_mm + text.x_mm, top_mm + text.baseline_mm
        pen.text(*at_mm, text.text, text.size_pt, weight=text.weight, color=WHITE if text.white else INK)
    code = sheet.code
    pen.modules(code.qr.rows, x_mm + code.x_mm, top_mm + code.top_mm, code.qr.size_mm)


def _pdf(sheets: Sequence[Sheet], printer: LabelPrinter, title: str, language: str) -> bytes:
    pen = Pen(printer.width_mm, printer.height_mm, title=title, language=language)
    for sheet in sheets:
        draw_sheet(pen, sheet, 0, 0)
        pen.end_page()
    if not sheets:
        pen.end_page()
    return pen.pdf()


def _findings(labels: Sequence[RollLabel], sheets: Sequence[Sheet]) -> Iterator[Coded]:
    seen: dict[str, str] = {}
    for label, sheet in zip(labels, sheets, strict=True):
        for char in sheet.missing:
            seen.setdefault(char, label.heading)
    for char, text in sorted(seen.items()):
        yield Coded("glyph_missing", {"code_point": f"U+{ord(char):04X}", "text": text})
    shorter = [label.code for label, sheet in zip(labels, sheets, strict=True) if sheet.by_code]
    if shorter:
        yield Coded("label_fields_by_code", {"labels": ", ".join(shorter), "count": len(shorter)})
