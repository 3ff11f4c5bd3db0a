"""Several papers bound into one file: a page of contents, running sheet numbers, an outline."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from pypdf import PdfReader, PdfWriter

from api.reports.facts import PaperHead, Rendered
from api.reports.furniture import HEAD_BOTTOM_MM, MARGIN_MM, PageOf, check_box, page_head
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.typesetting import PT_PER_MM
from api.reports.wording import Words
from orders.codes import Coded

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
ROW_MM = 12.0
STAMP_MM = 4.0


@dataclass(frozen=True, slots=True)
class Section:
    """
    One paper of a book.

    Parameters
    ----------
    title
        In the book's language.
    paper
        Its print.
    """

    title: str
    paper: Rendered


def bind(sections: Sequence[Section], head: PaperHead, title: str, note: str, language: str) -> Rendered:
    """
    Binds papers, A4, in their order.

    Parameters
    ----------
    sections
        The papers; at most 18 stand on the page of contents.
    head
        Of the page of contents.
    title, note
        What the book is, and how it is used, in its language.
    language
        ``"zh_CN"`` or ``"en"``.

    Returns
    -------
    Rendered
        Each page has its place among all sheets at its lower edge, so that a stack that fell can be put in
        order again.
    """
    words = Words(language)
    contents = _contents(sections, head, title, note, words)
    writer = PdfWriter()
    writer.append(BytesIO(contents.pdf), outline_item=title)
    for section in sections:
        writer.append(BytesIO(section.paper.pdf), outline_item=section.title)
    _stamp(writer, words)
    writer.add_metadata({"/Title": title, "/Creator": "holdchain"})
    out = BytesIO()
    writer.write(out)
    findings = [finding for section in sections for finding in section.paper.findings]
    return Rendered(out.getvalue(), _once(findings), len(writer.pages))


def _once(findings: Sequence[Coded]) -> tuple[Coded, ...]:
    known: dict[str, Coded] = {}
    for finding in findings:
        known.setdefault(f"{finding.code} {sorted(finding.params.items())}", finding)
    return tuple(known.values())


def _contents(sections: Sequence[Section], head: PaperHead, title: str, note: str, words: Words) -> Rendered:
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=title, language=words.language)
    page_head(pen, title, head, PageOf(1, 1), words)
    at_mm = HEAD_BOTTOM_MM + 4
    fitted = pen.fit(note, (12, 11), WIDTH_MM - 2 * MARGIN_MM, max_lines=2)
    at_mm += pen.lines(MARGIN_MM, at_mm, fitted) + 8
    right_mm = WIDTH_MM - MARGIN_MM
    for x_mm, label, align in ((MARGIN_MM, "Paper", "left"), (right_mm, "Sheets", "right")):
        pen.text(x_mm, at_mm, words(label), 10, color=GREY, align="left" if align == "left" else "right")
    pen.rule(MARGIN_MM, at_mm + 2, right_mm, at_mm + 2, width_pt=1)
    at_mm += 2
    first = 2
    for number, section in enumerate(sections, start=1):
        last = first + section.paper.pages - 1
        check_box(pen, MARGIN_MM + 1, at_mm + 4)
        name = pen.fit(f"{number}. {section.title}", (15, 13, 11), 120, weight="bold")
        pen.lines(MARGIN_MM + 10, at_mm + 3, name)
        sheets = str(first) if first == last else f"{first} – {last}"
        pen.text(right_mm, at_mm + 8, sheets, 14, weight="bold", align="right")
        pages = words("1 page") if first == last else words("{pages} pages", pages=section.paper.pages)
        pen.text(right_mm - 32, at_mm + 8, pages, 11, align="right", color=GREY)
        pen.rule(MARGIN_MM, at_mm + ROW_MM, right_mm, at_mm + ROW_MM, color=LIGHT)
        at_mm += ROW_MM
        first = last + 1
    pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _stamp(writer: PdfWriter, words: Words) -> None:
    """Writes each page's place among all at its lower right edge."""
    pages = len(writer.pages)
    sizes = [(float(page.mediabox.width), float(page.mediabox.height)) for page in writer.pages]
    pens = {
        size: Pen(size[0] / PT_PER_MM, size[1] / PT_PER_MM, title="", language=words.language)
        for size in sizes
    }
    for sheet, size in enumerate(sizes, start=1):
        pen = pens[size]
        told = words("sheet {sheet} / {sheets}", sheet=sheet, sheets=pages)
        pen.text(pen.width_mm - MARGIN_MM, pen.height_mm - STAMP_MM, told, 8.5, align="right")
        pen.end_page()
    stamps = {size: iter(PdfReader(BytesIO(pen.pdf())).pages) for size, pen in pens.items()}
    for page, size in zip(writer.pages, sizes, strict=True):
        page.merge_page(next(stamps[size]))
