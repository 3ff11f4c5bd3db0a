"""Route sheet: one trip's stops in the order of driving, with what the driver hands over and writes down."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.reports.facts import Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import HEAD_BOTTOM_MM, MARGIN_MM, PageOf, check_box, fill_in, page_head
from api.reports.pen import GREY, INK, LIGHT, WHITE, Pen
from api.reports.route_facts import RouteBox, RouteSheets, RouteStop, RouteTrip
from api.reports.trip_map import Frame, draw_map
from api.reports.typesetting import Fitted
from api.reports.wording import Words, list_text, time_text
from orders.service import Service

WIDTH_MM, HEIGHT_MM = 297.0, 210.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
NUMBER_MM, STOP_MM, ARRIVE_MM, DELIVER_MM, BOXES_MM, PORTIONS_MM, HEAT_MM, SIGN_MM = (
    MARGIN_MM,
    MARGIN_MM + 11,
    MARGIN_MM + 82,
    MARGIN_MM + 112,
    MARGIN_MM + 140,
    MARGIN_MM + 211,
    MARGIN_MM + 213,
    MARGIN_MM + 241,
)
CHIP_MM, CHIP_ROW_MM = 29.0, 7.0
QR_MM = 23.0
COVER_MM, MAP_LEFT_MM = 45.0, RIGHT_MM - 71.0
SIGN_BOX_MM, CAME_MM = 15.5, 11.5


@dataclass(frozen=True, slots=True)
class _Chip:
    """One box in a stop's list: a box to tick, its mark, its code and what to know."""

    box: RouteBox
    text: Fitted
    columns: int

    @property
    def height_mm(self) -> float:
        return max(CHIP_ROW_MM, self.text.height_mm + 1.6)


def render(paper: RouteSheets, language: str) -> Rendered:
    """
    Prints the route sheets, A4 across, each trip with its own page numbers.

    Parameters
    ----------
    paper
        The trips.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=words("Route sheet"), language=language)
    for trip in paper.trips:
        pages = paginate(
            _groups(pen, trip, paper, words),
            top_mm=HEAD_BOTTOM_MM + 2,
            bottom_mm=HEIGHT_MM - MARGIN_MM,
            gap_mm=0,
        )
        title = f"{words('Route sheet')}  {trip.code}"
        for number, page in enumerate(pages, start=1):
            page_head(pen, title, paper.head, PageOf(number, len(pages)), words)
            for placed in page:
                placed.block.draw(pen, placed.top_mm)
            pen.end_page()
    if paper.void or not paper.trips:
        page_head(pen, words("Route sheet"), paper.head, PageOf(1, 1), words)
        told = "No trip is planned." if paper.head.since is None else "Nothing differs."
        void = words("Void, throw away: {codes}", codes=list_text(paper.void, words))
        pen.text(MARGIN_MM, HEAD_BOTTOM_MM + 10, void if paper.void else words(told), 14)
        pen.end_page()
    return Rendered(pen.pdf(), pen.findings(), pen.pages)


def _groups(pen: Pen, trip: RouteTrip, paper: RouteSheets, words: Words) -> list[Sequence[Block]]:
    def draw_head(pen: Pen, top_mm: float) -> None:
        _draw_columns(pen, top_mm, paper, words)

    head = Block(8, draw_head)
    cover = Block(COVER_MM, lambda pen, top_mm: _draw_cover(pen, top_mm, trip, paper, words))
    rows = [[_stop_row(pen, i, stop, head, paper, words)] for i, stop in enumerate(trip.stops, start=1)]
    return [[cover], *rows]


def _draw_cover(pen: Pen, top_mm: float, trip: RouteTrip, paper: RouteSheets, words: Words) -> None:
    pen.box(MARGIN_MM, top_mm, 32, QR_MM - 1, width_pt=0, fill=INK, radius_mm=1.2)
    code = pen.fit(trip.code, (34, 28, 22, 16), 28, weight="bold")
    middle_mm = top_mm + (QR_MM - 1) / 2
    pen.lines(MARGIN_MM + 16, middle_mm - code.height_mm / 2 - 0.5, code, align="center", color=WHITE)
    _draw_who_and_when(pen, top_mm, trip, paper.head.service, words)
    pen.qr(trip.qr_text, MAP_LEFT_MM - 3 - QR_MM, top_mm - 0.5, QR_MM)
    _draw_totals(pen, top_mm + QR_MM + 1, trip, words)
    places = [paper.head.kitchen.place, *(stop.place for stop in trip.stops if stop.place)]
    if len(places) == len(trip.stops) + 1:
        frame = Frame(MAP_LEFT_MM, top_mm - 0.5, RIGHT_MM - MAP_LEFT_MM, COVER_MM - 2)
        draw_map(pen, frame, places, words)


def _draw_who_and_when(pen: Pen, top_mm: float, trip: RouteTrip, service: Service, words: Words) -> None:
    fields = (
        ("Vehicle", trip.vehicle, 50.0),
        ("Driver", trip.driver, 42.0),
        ("Leaves", time_text(trip.depart_at, service, words), 27.0),
        ("Back", time_text(trip.return_at, service, words), 19.0),
    )
    x_mm = MARGIN_MM + 36
    for msgid, value, width_mm in fields:
        pen.text(x_mm, top_mm + 4.5, words(msgid), 10, color=GREY)
        sizes_pt = (24.0, 20.0, 16.0, 12.0) if msgid == "Leaves" else (17.0, 15.0, 13.0, 11.0, 9.0)
        lines = 2 if msgid in ("Vehicle", "Driver") else 1
        fitted = pen.fit(value, sizes_pt, width_mm - 2, weight="bold", max_lines=lines)
        at_mm = top_mm + (6.2 if msgid == "Leaves" else 7.2)
        if not value:
            pen.rule(x_mm, top_mm + 14, x_mm + width_mm - 4, top_mm + 14, width_pt=0.7)
        elif msgid == "Driver" and trip.phone:
            at_mm += pen.lines(x_mm, at_mm, fitted)
            pen.lines(x_mm, at_mm, pen.fit(trip.phone, (11, 10, 9), width_mm - 2))
        else:
            pen.lines(x_mm, at_mm, fitted)
        x_mm += width_mm


def _draw_totals(pen: Pen, top_mm: float, trip: RouteTrip, words: Words) -> None:
    figures = (
        ("Stops", str(len(trip.stops)), 17.0),
        ("Boxes", str(trip.boxes), 16.0),
        ("Portions", str(trip.portions), 19.0),
        ("Empties", str(trip.owed), 16.0),
        ("Way", f"{trip.distance_m / 1000:.1f} km", 26.0),
    )
    x_mm = MARGIN_MM
    for msgid, figure, width_mm in figures:
        pen.text(x_mm, top_mm + 6, words(msgid), 9.5, color=GREY)
        pen.lines(x_mm, top_mm + 7.6, pen.fit(figure, (19, 16, 13, 11), width_mm - 2, weight="bold"))
        x_mm += width_mm
    gap_mm = 2.0
    width_mm = (MAP_LEFT_MM - 3 - x_mm - 2 * gap_mm) / 3
    for i, msgid in enumerate(("Loaded: dispatcher", "Left: driver, time", "Back: driver, time")):
        fill_in(pen, x_mm + i * (width_mm + gap_mm), top_mm + 2.4, width_mm, words(msgid), height_mm=15)


def _draw_columns(pen: Pen, top_mm: float, paper: RouteSheets, words: Words) -> None:
    pen.rule(MARGIN_MM, top_mm, RIGHT_MM, top_mm, width_pt=1)
    pen.text(PORTIONS_MM, top_mm + 5, words("Portions"), 9.5, align="right", color=GREY)
    heat = words("Core ≥ {limit} ℃", limit=f"{paper.core_min_c:g}")
    labels = (
        (STOP_MM, words("Stop"), 70),
        (ARRIVE_MM, words("Arrive: plan, real"), 27),
        (DELIVER_MM, words("Deliver by"), 24),
        (BOXES_MM, words("Boxes, portions in each"), 50),
        (HEAT_MM + 2, heat, 25),
        (SIGN_MM + 1, words("Signed, time"), 31),
    )
    for x_mm, label, width_mm in labels:
        pen.lines(x_mm, top_mm + 1.7, pen.fit(label, (9.5, 8.5, 7.5, 6.5), width_mm), color=GREY)
    pen.rule(MARGIN_MM, top_mm + 7.4, RIGHT_MM, top_mm + 7.4, width_pt=0.8)


def _chips(pen: Pen, stop: RouteStop, words: Words) -> list[list[_Chip]]:
    """The boxes of a stop in rows of two, then those with something to read, each in a row of its own."""
    rows: list[list[_Chip]] = []
    for box in sorted(stop.boxes, key=lambda box: bool(box.for_diner or box.second_leg)):
        notes = [box.for_diner] if box.for_diner else []
        notes += [words("by volunteer")] if box.second_leg else []
        notes += [words("spare {count}", count=box.spare)] if box.spare else []
        text = "  ".join([box.code, str(box.portions), *notes])
        columns = 2 if box.for_diner or box.second_leg else 1
        fitted = pen.fit(text, (12, 11, 10), CHIP_MM * columns - 12, weight="bold")
        if columns == 1 and rows and len(rows[-1]) == 1 and rows[-1][0].columns == 1:
            rows[-1].append(_Chip(box, fitted, columns))
        else:
            rows.append([_Chip(box, fitted, columns)])
    return rows


def _stop_row(pen: Pen, number: int, stop: RouteStop, head: Block, paper: RouteSheets, words: Words) -> Block:
    width_mm = ARRIVE_MM - STOP_MM - 4
    text = [pen.fit(stop.name, (15, 13.5, 12), width_mm, weight="bold", max_lines=2)]
    text += [pen.fit(line, (10.5, 9.5, 8.5), width_mm) for line in (stop.address, stop.contact) if line]
    if door := _door_text(stop, words):
        note = words("Door: {note}", note=door)
        text.append(pen.fit(note, (10.5, 9.5, 8.5), width_mm, weight="bold", max_lines=2))
    if stop.owed:
        owed = words("Bring back: {carriers}", carriers=" ".join(stop.owed))
        text.append(pen.fit(owed, (11, 10, 9), width_mm, weight="bold", max_lines=3))
    chips = _chips(pen, stop, words)
    chips_mm = sum(max(chip.height_mm for chip in row) for row in chips)
    height_mm = max(SIGN_BOX_MM + 4, 4 + sum(line.height_mm for line in text), 4 + chips_mm)

    def draw(pen: Pen, top_mm: float) -> None:
        pen.text(NUMBER_MM + 4.5, top_mm + 8.2, str(number), 18, weight="bold", align="center")
        at_mm = top_mm + 2
        for line in text:
            at_mm += pen.lines(STOP_MM, at_mm, line)
        _draw_times(pen, top_mm, stop, paper, words)
        _draw_chips(pen, top_mm + 2, chips)
        pen.text(PORTIONS_MM, top_mm + 7.6, str(stop.portions), 16, weight="bold", align="right")
        for x_mm, to_mm in ((HEAT_MM + 2, SIGN_MM - 2), (SIGN_MM + 1, RIGHT_MM)):
            pen.box(x_mm, top_mm + 2, to_mm - x_mm, SIGN_BOX_MM, width_pt=0.8, radius_mm=0.8)
        pen.text(SIGN_MM - 4, top_mm + SIGN_BOX_MM - 0.6, "℃", 13, align="right")
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, head)


def _door_text(stop: RouteStop, words: Words) -> str:
    """Floor, stairs or lift, and how to get in."""
    way = words("lift") if stop.lift else words("stairs")
    floor = words("floor {floor}, {way}", floor=f"{stop.floor:+d}", way=way) if stop.floor else ""
    return words("; ").join(part for part in (floor, stop.door_note) if part)


def _draw_times(pen: Pen, top_mm: float, stop: RouteStop, paper: RouteSheets, words: Words) -> None:
    service = paper.head.service
    room_mm = DELIVER_MM - ARRIVE_MM - CAME_MM - 3
    arrive = pen.fit(time_text(stop.arrive_at, service, words), (15, 13, 11, 9), room_mm, weight="bold")
    pen.lines(ARRIVE_MM, top_mm + 2.6, arrive)
    pen.box(DELIVER_MM - 2 - CAME_MM, top_mm + 2, CAME_MM, 9, width_pt=0.8, radius_mm=0.8)
    hours = ((stop.opens_at, stop.closes_at), *stop.more_windows)
    told = ("–".join(time_text(at, service, words) for at in one) for one in hours)
    opening = words("open {window}", window=list_text(told, words))
    pen.lines(ARRIVE_MM, top_mm + 12, pen.fit(opening, (9.5, 8.5, 7.5), DELIVER_MM - ARRIVE_MM - 2))
    pen.box(DELIVER_MM, top_mm + 2, 24, 9, width_pt=1.6, radius_mm=1)
    by = pen.fit(time_text(stop.deliver_by_at, service, words), (17, 14, 11, 9, 8), 21, weight="bold")
    pen.lines(DELIVER_MM + 12, top_mm + 6.6 - by.height_mm / 2, by, align="center")


def _draw_chips(pen: Pen, top_mm: float, rows: list[list[_Chip]]) -> None:
    at_mm = top_mm
    for row in rows:
        for i, chip in enumerate(row):
            x_mm = BOXES_MM + i * CHIP_MM
            check_box(pen, x_mm, at_mm + 1, 4)
            pen.hold_mark(x_mm + 5.4, at_mm + 1.3, 3.4, chip.box.hold_class)
            pen.lines(x_mm + 10.3, at_mm + 0.4, chip.text)
        at_mm += max(chip.height_mm for chip in row)
