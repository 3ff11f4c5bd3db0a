"""QR meal cards: wallet size, eight on an A4 sheet, with cut marks."""

from collections.abc import Sequence

from api.reports.card_facts import MealCard
from api.reports.facts import Rendered
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.wording import Words

COLUMNS, ROWS = 2, 4
CARD_MM = (85.6, 54.0)  # ISO/IEC 7810 ID-1, as a bank card
LEFT_MM, TOP_MM = (210 - COLUMNS * CARD_MM[0]) / 2, 40.0
PAD_MM, QR_MM = 5.0, 34.0
TEXT_X_MM = PAD_MM + QR_MM + 4.5
TEXT_WIDTH_MM = CARD_MM[0] - TEXT_X_MM - PAD_MM


def render(cards: Sequence[MealCard], language: str) -> Rendered:
    """
    Prints the cards, A4 upright, in the order given.

    Parameters
    ----------
    cards
        Whose; none gives one empty sheet.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    pen = Pen(210, 297, title=words("Meal cards"), language=language)
    per_page = COLUMNS * ROWS
    pages = [cards[i : i + per_page] for i in range(0, len(cards), per_page)] or [[]]
    for number, page in enumerate(pages, start=1):
        _draw_page(pen, page, len(cards), (number, len(pages)), words)
        pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _draw_page(
    pen: Pen, page: Sequence[MealCard], cards: int, page_of: tuple[int, int], words: Words
) -> None:
    right_mm = LEFT_MM + COLUMNS * CARD_MM[0]
    pen.text(LEFT_MM, 22, words("Meal cards"), 14, weight="bold")
    pen.text(LEFT_MM, 29, words("Print at 100 %, cut along the marks; laminate if you can."), 9, color=GREY)
    pen.text(right_mm, 22, f"{cards}", 14, weight="bold", align="right")
    number = words("page {page} / {pages}", page=page_of[0], pages=page_of[1])
    pen.text(right_mm, 29, number, 9, align="right", color=GREY)
    for i, card in enumerate(page):
        row, column = divmod(i, COLUMNS)
        _draw_card(pen, LEFT_MM + column * CARD_MM[0], TOP_MM + row * CARD_MM[1], card, words)
    _cut_marks(pen)


def _draw_card(pen: Pen, left_mm: float, top_mm: float, card: MealCard, words: Words) -> None:
    pen.box(left_mm + 1, top_mm + 1, CARD_MM[0] - 2, CARD_MM[1] - 2, color=LIGHT, radius_mm=3)
    pen.qr(card.text, left_mm + PAD_MM, top_mm + (CARD_MM[1] - QR_MM) / 2, QR_MM)
    x_mm = left_mm + TEXT_X_MM
    pen.text(x_mm, top_mm + 10.5, words("Meal card"), 9, color=GREY)
    name = pen.fit(card.name, (22, 18, 15, 12, 10), TEXT_WIDTH_MM, weight="bold")
    if len(name.lines) > 1:
        name = pen.fit(card.name, (12, 10, 8), TEXT_WIDTH_MM, weight="bold", max_lines=2)
    below_mm = top_mm + 13.0 + pen.lines(x_mm, top_mm + 13.0, name)
    pen.text(x_mm, below_mm + 5.0, card.code, 11)
    site = pen.fit(card.site, (10, 9, 8, 7), TEXT_WIDTH_MM, max_lines=2)
    pen.lines(x_mm, below_mm + 7.5, site)
    if card.phone:
        lost = words("Lost or found: {phone}", phone=card.phone)
        fitted = pen.fit(lost, (8, 7, 6), TEXT_WIDTH_MM, max_lines=2)
        pen.lines(x_mm, top_mm + CARD_MM[1] - 4.5 - fitted.height_mm, fitted, color=GREY)


def _cut_marks(pen: Pen) -> None:
    """Ticks at every corner of every card, outside its print."""
    for column in range(COLUMNS + 1):
        for row in range(ROWS + 1):
            x_mm, y_mm = LEFT_MM + column * CARD_MM[0], TOP_MM + row * CARD_MM[1]
            pen.rule(x_mm - 1.5, y_mm, x_mm + 1.5, y_mm, width_pt=0.4, color=GREY)
            pen.rule(x_mm, y_mm - 1.5, x_mm, y_mm + 1.5, width_pt=0.4, color=GREY)
