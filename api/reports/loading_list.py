"""Loading list: for the kitchen's yard, by dock and minute, which boxes go into which van in which order."""

from collections.abc import Sequence
from itertools import groupby

from api.reports.facts import Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import HEAD_BOTTOM_MM, MARGIN_MM, PageOf, bar, check_box, fill_in, page_head
from api.reports.loading_facts import LoadedStop, LoadedTrip, LoadingList
from api.reports.pen import GREY, INK, LIGHT, WHITE, Pen
from api.reports.wording import Words, list_text, time_text
from orders.service import Service

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
CODE_MM, HEAD_MM, FOOT_MM = 20.0, 15.0, 4.0
STOP_MM, BOXES_MM = MARGIN_MM + 9, MARGIN_MM + 66
ACROSS, CHIP_ROW_MM = 5, 7.6
CHIP_MM = (RIGHT_MM - BOXES_MM) / ACROSS


def render(paper: LoadingList, language: str) -> Rendered:
    """
    Prints the loading list, A4 upright: by minute, and where docks are counted each dock from a new page.

    Parameters
    ----------
    paper
        The trips.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=words("Loading list"), language=language)
    trips = sorted(paper.trips, key=lambda trip: (trip.dock is None, trip.dock or 0))
    for dock, own in groupby(trips, key=lambda trip: trip.dock):
        _print_dock(pen, _place(paper, dock, words), list(own), paper, words)
    if paper.void or not paper.trips:
        page_head(pen, words("Loading list"), paper.head, PageOf(1, 1), words)
        told = "No trip is planned." if paper.head.since is None else "Nothing differs."
        void = words("Void, throw away: {codes}", codes=list_text(paper.void, words))
        pen.text(MARGIN_MM, HEAD_BOTTOM_MM + 10, void if paper.void else words(told), 14)
        pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _place(paper: LoadingList, dock: int | None, words: Words) -> str:
    if dock is not None:
        return words("Dock {number}", number=dock)
    return words("No dock is free") if paper.docks else words("By minute")


def _print_dock(pen: Pen, place: str, trips: list[LoadedTrip], paper: LoadingList, words: Words) -> None:
    service = paper.head.service
    note = words("{count} trips", count=len(trips))
    first = Block(12, lambda pen, top_mm: bar(pen, top_mm + 1, place, note))
    cards = [_card(pen, trip, service, words) for trip in trips]
    groups: list[Sequence[Block]] = [[first, *cards[0]], *cards[1:]]
    pages = paginate(groups, top_mm=HEAD_BOTTOM_MM + 2, bottom_mm=HEIGHT_MM - MARGIN_MM, gap_mm=3)
    for number, page in enumerate(pages, start=1):
        title = f"{words('Loading list')}  {place}"
        page_head(pen, title, paper.head, PageOf(number, len(pages)), words)
        for placed in page:
            placed.block.draw(pen, placed.top_mm)
        pen.end_page()


def _card(pen: Pen, trip: LoadedTrip, service: Service, words: Words) -> list[Block]:
    head = Block(HEAD_MM, lambda pen, top_mm: _draw_head(pen, top_mm, trip, service, words))
    rows = [_stop_row(pen, stop, head) for stop in trip.stops]
    foot = Block(FOOT_MM, lambda pen, top_mm: _draw_foot(pen, top_mm), head)
    return [*rows, foot]


def _draw_head(pen: Pen, top_mm: float, trip: LoadedTrip, service: Service, words: Words) -> None:
    pen.box(MARGIN_MM, top_mm, CODE_MM, HEAD_MM - 1.5, width_pt=0, fill=INK, radius_mm=1)
    code = pen.fit(trip.code, (24, 20, 16, 12), CODE_MM - 3, weight="bold")
    middle_mm = top_mm + (HEAD_MM - 1.5) / 2 - code.height_mm / 2
    pen.lines(MARGIN_MM + CODE_MM / 2, middle_mm, code, align="center", color=WHITE)
    x_mm = MARGIN_MM + CODE_MM + 3
    minutes = "–".join(time_text(at, service, words) for at in (trip.from_at, trip.to_at))
    pen.lines(x_mm, top_mm, pen.fit(minutes, (21, 17, 14, 11), 44, weight="bold"))
    closed = words("closed by {time}", time=time_text(trip.closed_at, service, words))
    told = "  ·  ".join((words("{boxes} boxes", boxes=trip.boxes), closed))
    pen.lines(x_mm, top_mm + 8.8, pen.fit(told, (10, 9, 8), 46, weight="bold"))
    x_mm += 48
    vehicle = pen.fit(trip.vehicle, (12, 11, 10, 9), 50, weight="bold", max_lines=2)
    at_mm = top_mm + 0.5 + pen.lines(x_mm, top_mm + 0.5, vehicle)
    if trip.driver:
        pen.lines(x_mm, at_mm, pen.fit(trip.driver, (10.5, 9.5, 8.5), 50))
    fill_in(pen, x_mm + 53, top_mm, RIGHT_MM - x_mm - 53, words("Loaded by, time"), height_mm=HEAD_MM - 1.5)


def _stop_row(pen: Pen, stop: LoadedStop, head: Block) -> Block:
    name = pen.fit(stop.name, (11.5, 10.5, 9.5), BOXES_MM - STOP_MM - 4, max_lines=2)
    codes = [pen.fit(box.code, (12, 11, 10, 9), CHIP_MM - 12, weight="bold") for box in stop.boxes]
    height_mm = max(3 + name.height_mm, 2 + CHIP_ROW_MM * -(-len(codes) // ACROSS))

    def draw(pen: Pen, top_mm: float) -> None:
        pen.text(MARGIN_MM + 4, top_mm + 6.6, str(stop.number), 14, weight="bold", align="center")
        pen.lines(STOP_MM, top_mm + 1.6, name)
        for nth, (box, code) in enumerate(zip(stop.boxes, codes, strict=True)):
            x_mm = BOXES_MM + nth % ACROSS * CHIP_MM
            at_mm = top_mm + 1.4 + nth // ACROSS * CHIP_ROW_MM
            check_box(pen, x_mm, at_mm + 0.6, 4.4)
            pen.hold_mark(x_mm + 5.8, at_mm + 1, 3.4, box.hold_class)
            pen.lines(x_mm + 10.4, at_mm, code)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, head)


def _draw_foot(pen: Pen, top_mm: float) -> None:
    pen.rule(MARGIN_MM, top_mm + 0.2, RIGHT_MM, top_mm + 0.2, color=GREY)
