"""Purchase list: what each supplier is asked for, with room to write what came."""

from collections.abc import Sequence

from api.reports.facts import Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import MARGIN_MM, bar, check_box
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.stock_facts import BuyLine, NeedNote, PurchaseList, SupplierOrder
from api.reports.stock_page import TOP_MM, date_text, draw_pages
from api.reports.wording import Words, bought_text
from api.words import say
from orders.codes import Coded
from orders.money import yuan

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
ROOM_MM = RIGHT_MM - MARGIN_MM
BOTTOM_MM = HEIGHT_MM - 12.0
HEADS = ("Food", "Needed on", "Lacking", "To order", "Yuan", "Came in")
FOOD_MM, DATE_MM, SHORT_MM, ORDER_MM, YUAN_MM, CAME_MM = 21.0, 92.0, 139.0, 158.0, 174.0, 178.0


def render(paper: PurchaseList, language: str) -> Rendered:
    """
    Prints a purchase list, A4 upright.

    Parameters
    ----------
    paper
        What to buy.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    title = words("Purchase list")
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=f"{title} {paper.head.from_on}", language=language)
    groups: list[Sequence[Block]] = [row for order in paper.orders for row in _order(pen, order, words)]
    if not paper.orders:
        groups.append([_sentence(pen, words("Nothing is lacking."))])
    groups.append(_notes(pen, paper, words))
    pages = paginate(groups, top_mm=TOP_MM, bottom_mm=BOTTOM_MM, gap_mm=0)
    draw_pages(pen, pages, title, paper.head, words)
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _order(pen: Pen, order: SupplierOrder, words: Words) -> list[list[Block]]:
    """One group a line, so that a long list breaks between lines and each page repeats the supplier."""
    name = order.name or words("No supplier known")
    total = words("{yuan} yuan", yuan=yuan(order.cost_fen))
    note = "  ·  ".join(part for part in (order.contact, total) if part)

    def draw(pen: Pen, top_mm: float) -> None:
        bar(pen, top_mm + 3, name, note)
        for x_mm, label in zip((FOOD_MM, DATE_MM), HEADS[:2], strict=True):
            pen.text(x_mm, top_mm + 16.4, words(label), 9, color=GREY)
        for x_mm, label in zip((SHORT_MM, ORDER_MM, YUAN_MM), HEADS[2:5], strict=True):
            pen.text(x_mm, top_mm + 16.4, words(label), 9, align="right", color=GREY)
        pen.text(CAME_MM, top_mm + 16.4, words(HEADS[5]), 9, color=GREY)
        pen.rule(MARGIN_MM, top_mm + 18, RIGHT_MM, top_mm + 18, width_pt=0.8)

    head = Block(18.4, draw)
    return [[_line(pen, line, head, words)] for line in order.lines]


def _line(pen: Pen, line: BuyLine, head: Block, words: Words) -> Block:
    food = pen.fit(
        line.food.called(words.language), (13, 11.5, 10), DATE_MM - FOOD_MM - 3, weight="bold", max_lines=2
    )
    height_mm = max(9.0, food.height_mm + 3.4)

    def draw(pen: Pen, top_mm: float) -> None:
        check_box(pen, MARGIN_MM + 1, top_mm + 2)
        pen.lines(FOOD_MM, top_mm + 1.6, food)
        pen.text(DATE_MM, top_mm + 6, date_text(line.needed_on, words), 10)
        pen.text(SHORT_MM, top_mm + 6, bought_text(line.short_mg), 10, align="right")
        pen.text(ORDER_MM, top_mm + 6, bought_text(line.order_mg), 12, weight="bold", align="right")
        pen.text(YUAN_MM, top_mm + 6, yuan(line.cost_fen), 10, align="right")
        pen.rule(CAME_MM, top_mm + height_mm - 1.4, RIGHT_MM, top_mm + height_mm - 1.4, width_pt=0.6)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, head)


def _notes(pen: Pen, paper: PurchaseList, words: Words) -> list[Block]:
    rule = words(
        "Weights are as bought: net weight over the edible part, less what the lots cover until then, "
        "first expired first out. Ordered amounts are rounded up to 100 g."
    )
    texts = [rule, *(text for note in paper.notes for text in _need(note, words))]
    texts += [_finding(one, words) for one in paper.findings]
    return [Block(5, lambda pen, top_mm: None), *(_sentence(pen, text) for text in texts)]


def _need(note: NeedNote, words: Words) -> list[str]:
    """The portions of one service, and a line for each purpose beyond them."""
    when = f"{date_text(note.service_on, words)} {words(f'meal:{note.meal}')}"
    reckoned = words(
        "{when}: {basis}; {ordered} ordered, {expected} reckoned with, {past} past services",
        when=when,
        basis=words(f"basis:{note.basis}"),
        ordered=note.ordered,
        expected=note.expected,
        past=note.past,
    )
    extras = [f"    + {words(f'purpose:{purpose}')}: {portions}" for purpose, portions in note.extras]
    return [reckoned, *extras]


def _finding(one: Coded, words: Words) -> str:
    return f"! {say(one, words.language)}"


def _sentence(pen: Pen, text: str) -> Block:
    fitted = pen.fit(text, (9.5,), ROOM_MM, max_lines=9)
    return Block(fitted.height_mm + 1.2, lambda pen, top_mm: (pen.lines(MARGIN_MM, top_mm, fitted), None)[1])
