"""Small labels on A4 sheets, for a house without a label printer: cut along the marks."""

from api.reports.facts import PaperHead, Rendered
from api.reports.furniture import PageOf, version_text
from api.reports.pen import GREY, Pen
from api.reports.printers import LabelPrinter
from api.reports.roll_facts import ImposedLabels, LabelOverflow
from api.reports.roll_layout import layout, too_long
from api.reports.roll_print import draw_sheet
from api.reports.wording import Words, service_text

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
TOP_MM, MARGIN_MM = 12.0, 8.0
TICK_MM = 1.2


def render(paper: ImposedLabels, language: str) -> Rendered:
    """
    Prints as many labels on a sheet as it holds.

    Parameters
    ----------
    paper
        The labels.
    language
        ``"zh_CN"`` or ``"en"``.

    Raises
    ------
    LabelOverflow
        Naming each label that does not fit.
    """
    words, labels, printer, title = Words(language), paper.labels, paper.printer, paper.title
    columns = int((WIDTH_MM - 2 * MARGIN_MM) // printer.width_mm)
    rows = int((HEIGHT_MM - TOP_MM - MARGIN_MM) // printer.height_mm)
    sheets = [layout(label, printer) for label in labels]
    if overflown := {
        label.code: too_long(label, printer)
        for label, sheet in zip(labels, sheets, strict=True)
        if sheet is None
    }:
        raise LabelOverflow(overflown, printer.name)
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=words(title), language=language)
    left_mm = (WIDTH_MM - columns * printer.width_mm) / 2
    pages = max(1, -(-len(sheets) // (columns * rows)))
    for page in range(pages):
        _draw_head(pen, paper.head, title, PageOf(page + 1, pages), words)
        for i, sheet in enumerate(sheets[page * columns * rows : (page + 1) * columns * rows]):
            row, column = divmod(i, columns)
            x_mm, top_mm = left_mm + column * printer.width_mm, TOP_MM + row * printer.height_mm
            if sheet is not None:
                draw_sheet(pen, sheet, x_mm, top_mm)
            _ticks(pen, x_mm, top_mm, printer)
        pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _draw_head(pen: Pen, head: PaperHead, title: str, page_of: PageOf, words: Words) -> None:
    told = f"{words(title)}  ·  {service_text(head.service, words)}  ·  {version_text(head, words)}"
    pen.text(15, 8, told, 9)
    page = words("page {page} / {pages}", page=page_of.page, pages=page_of.pages)
    pen.text(WIDTH_MM - 15, 8, page, 9, align="right")


def _ticks(pen: Pen, x_mm: float, top_mm: float, printer: LabelPrinter) -> None:
    for corner_mm in (x_mm, x_mm + printer.width_mm):
        for edge_mm in (top_mm, top_mm + printer.height_mm):
            pen.rule(corner_mm - TICK_MM, edge_mm, corner_mm + TICK_MM, edge_mm, width_pt=0.4, color=GREY)
            pen.rule(corner_mm, edge_mm - TICK_MM, corner_mm, edge_mm + TICK_MM, width_pt=0.4, color=GREY)
