"""Volunteers' list: one round's doors in their order, with what is brought, until when, and room to write."""

from collections.abc import Sequence

from api.reports.facts import Rendered
from api.reports.flow import Block, paginate
from api.reports.furniture import HEAD_BOTTOM_MM, MARGIN_MM, PageOf, bar, check_box, fill_in, page_head
from api.reports.pen import GREY, LIGHT, Pen
from api.reports.trip_map import Frame, draw_map
from api.reports.typesetting import Fitted
from api.reports.volunteer_facts import RoundDoor, RoundMeal, RoundSheet, RoundsLeft, VolunteerLists
from api.reports.wording import Words, dish_text, list_text, names_text, time_text
from api.words import say
from orders.codes import Coded
from orders.service import Service

TITLE = "Volunteers' list"
WIDTH_MM, HEIGHT_MM = 210.0, 297.0
RIGHT_MM = WIDTH_MM - MARGIN_MM
WHO_MM, DISHES_MM, TIME_MM, GIVEN_MM = MARGIN_MM + 10, MARGIN_MM + 78, MARGIN_MM + 128, MARGIN_MM + 149
COVER_MM, MAP_LEFT_MM = 52.0, RIGHT_MM - 72
ROW_MM, GIVEN_BOX_MM = 21.0, 15.5


def render(paper: VolunteerLists, language: str) -> Rendered:
    """
    Prints the volunteers' lists, A4 upright; each round starts on a new page, what is in none comes last.

    Parameters
    ----------
    paper
        The rounds.
    language
        ``"zh_CN"`` or ``"en"``.
    """
    words = Words(language)
    pen = Pen(WIDTH_MM, HEIGHT_MM, title=words(TITLE), language=language)
    for sheet in paper.rounds:
        title = f"{words(TITLE)}  {sheet.code}"
        _print(pen, title, _round_groups(pen, sheet, paper.head.service, words), paper, words)
    if paper.left:
        title = words("In no round")
        _print(
            pen, title, [group for one in paper.left for group in _left_groups(pen, one, words)], paper, words
        )
    if not (paper.rounds or paper.left):
        page_head(pen, words(TITLE), paper.head, PageOf(1, 1), words)
        pen.text(MARGIN_MM, HEAD_BOTTOM_MM + 10, words("Nothing goes on to doors."), 14)
        pen.end_page()
    lost = tuple(
        Coded("meals_in_no_round", {"site": one.site, "meals": len(one.meals)}) for one in paper.left
    )
    return Rendered(pen.pdf(), (*pen.findings(), *lost), pen.pages)


def _print(
    pen: Pen, title: str, groups: Sequence[Sequence[Block]], paper: VolunteerLists, words: Words
) -> None:
    pages = paginate(groups, top_mm=HEAD_BOTTOM_MM + 2, bottom_mm=HEIGHT_MM - MARGIN_MM)
    for number, page in enumerate(pages, start=1):
        page_head(pen, title, paper.head, PageOf(number, len(pages)), words)
        for placed in page:
            placed.block.draw(pen, placed.top_mm)
        pen.end_page()


def _round_groups(pen: Pen, sheet: RoundSheet, service: Service, words: Words) -> list[Sequence[Block]]:
    columns = Block(8, lambda pen, top_mm: _columns(pen, top_mm, words))
    cover = Block(COVER_MM, lambda pen, top_mm: _draw_cover(pen, top_mm, sheet, service, words))
    rows = [_row(pen, n, door, columns, service, words) for n, door in enumerate(sheet.doors, start=1)]
    return [[cover], *([row] for row in rows)]


def _draw_cover(pen: Pen, top_mm: float, sheet: RoundSheet, service: Service, words: Words) -> None:
    room_mm = MAP_LEFT_MM - MARGIN_MM - 4
    pen.lines(MARGIN_MM, top_mm, pen.fit(sheet.site, (12, 11, 10, 9, 8), room_mm, weight="bold"))
    who = (
        words("Volunteer {number}", number=sheet.volunteer)
        if sheet.volunteer.isdecimal()
        else sheet.volunteer
    )
    name_mm = pen.lines(MARGIN_MM, top_mm + 6, pen.fit(who, (20, 17, 14, 12), 56, weight="bold", max_lines=2))
    pen.rule(MARGIN_MM + 58, top_mm + 6 + name_mm, MARGIN_MM + room_mm, top_mm + 6 + name_mm, width_pt=0.7)
    figures = (
        ("Leaves", time_text(sheet.leave_at, service, words)),
        ("Last door", time_text(sheet.last_door_at, service, words)),
        ("Back", time_text(sheet.return_at, service, words)),
        ("Doors", str(len(sheet.doors))),
        ("Way", f"{sheet.distance_m / 1000:.1f} km"),
    )
    width_mm = room_mm / len(figures)
    for i, (msgid, figure) in enumerate(figures):
        x_mm = MARGIN_MM + i * width_mm
        pen.lines(x_mm, top_mm + 18, pen.fit(words(msgid), (9.5, 8.5, 7.5), width_mm - 1), color=GREY)
        pen.lines(x_mm, top_mm + 22, pen.fit(figure, (15, 13, 11, 9), width_mm - 1.5, weight="bold"))
    _draw_bags(pen, top_mm + 30, sheet, words)
    for i, msgid in enumerate(("Left: volunteer, time", "Back: volunteer, time")):
        fill_in(
            pen, MARGIN_MM + i * (room_mm / 2 + 1), top_mm + 37, room_mm / 2 - 1, words(msgid), height_mm=13
        )
    places = [sheet.site_place, *(door.place for door in sheet.doors)]
    draw_map(pen, Frame(MAP_LEFT_MM, top_mm, RIGHT_MM - MAP_LEFT_MM, COVER_MM - 2), places, words)


def _draw_bags(pen: Pen, top_mm: float, sheet: RoundSheet, words: Words) -> None:
    """The bags to take along, each to be ticked, and the minutes that the round may take."""
    x_mm = MARGIN_MM
    for code, hold_class in sheet.boxes:
        check_box(pen, x_mm, top_mm + 0.4, 4)
        pen.hold_mark(x_mm + 5.2, top_mm + 0.7, 3.4, hold_class)
        x_mm += 10 + pen.text(x_mm + 9.6, top_mm + 4, code, 13, weight="bold") + 3
    told = words("last door within {minutes} min", minutes=sheet.most_minutes)
    pen.lines(x_mm, top_mm + 0.4, pen.fit(told, (10, 9, 8), MAP_LEFT_MM - x_mm - 4))


def _columns(pen: Pen, top_mm: float, words: Words) -> None:
    pen.rule(MARGIN_MM, top_mm, RIGHT_MM, top_mm, width_pt=1)
    labels = (
        (WHO_MM, "Door", 60.0),
        (DISHES_MM, "Meal", 48.0),
        (TIME_MM, "Planned, eat by", 20.0),
        (GIVEN_MM, "Given at, signed", RIGHT_MM - GIVEN_MM),
    )
    for x_mm, msgid, width_mm in labels:
        pen.lines(x_mm, top_mm + 1.7, pen.fit(words(msgid), (9.5, 8.5, 7.5, 6.5), width_mm), color=GREY)
    pen.rule(MARGIN_MM, top_mm + 7.2, RIGHT_MM, top_mm + 7.2, width_pt=0.8)


def _row(pen: Pen, number: int, door: RoundDoor, columns: Block, service: Service, words: Words) -> Block:
    who, what = _who(pen, door.meal, words), _what(pen, door.meal, words)
    height_mm = max(ROW_MM, 4 + _high(who), 4 + _high(what))

    def draw(pen: Pen, top_mm: float) -> None:
        pen.text(MARGIN_MM + 4, top_mm + 8, str(number), 17, weight="bold", align="center")
        _draw_lines(pen, WHO_MM, top_mm + 2, who)
        _draw_lines(pen, DISHES_MM, top_mm + 2, what)
        at = pen.fit(time_text(door.arrive_at, service, words), (15, 12, 10), 20, weight="bold")
        at_mm = top_mm + 2 + pen.lines(TIME_MM, top_mm + 1.6, at)
        eat_by = words("eat by {time}", time=time_text(door.eat_by_at, service, words))
        pen.lines(TIME_MM, at_mm, pen.fit(eat_by, (9.5, 8.5, 7.5), 20, max_lines=2))
        pen.box(GIVEN_MM, top_mm + 2, RIGHT_MM - GIVEN_MM, GIVEN_BOX_MM, width_pt=0.8, radius_mm=0.8)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw, columns)


def _who(pen: Pen, meal: RoundMeal, words: Words) -> list[Fitted]:
    width_mm = DISHES_MM - WHO_MM - 4
    lines = [pen.fit(meal.diner, (14, 12.5, 11), width_mm, weight="bold", max_lines=2)]
    for text in (meal.address, meal.phone):
        if text:
            lines.append(pen.fit(text, (10.5, 9.5, 8.5), width_mm, max_lines=2))
    if meal.door_note:
        note = words("Door: {note}", note=meal.door_note)
        lines.append(pen.fit(note, (10.5, 9.5, 8.5), width_mm, weight="bold", max_lines=2))
    return lines


def _what(pen: Pen, meal: RoundMeal, words: Words) -> list[Fitted]:
    width_mm = TIME_MM - DISHES_MM - 3
    codes = f"{meal.order_code}  {list_text(meal.boxes, words)}"
    dishes = words(", ").join(
        dish_text(dish, variant, words) + (f"\u00a0{count}" if count > 1 else "")
        for dish, variant, count in meal.dishes
    )
    lines = [pen.fit(codes, (10.5, 9.5, 8.5), width_mm, weight="bold")]
    lines.append(pen.fit(dishes, (9.5, 8.5, 7.5), width_mm, max_lines=3))
    if meal.avoid:
        told = words("No: {allergens}", allergens=names_text(meal.avoid, words))
        lines.append(pen.fit(told, (10.5, 9.5, 8.5), width_mm, weight="bold", max_lines=2))
    return lines


def _left_groups(pen: Pen, left: RoundsLeft, words: Words) -> list[Sequence[Block]]:
    title = words("{site}: {count} meals", site=left.site, count=len(left.meals))
    first = Block(13, lambda pen, top_mm: bar(pen, top_mm + 1, title, ""))
    rows = [_left_row(pen, meal, reason, words) for meal, reason in left.meals]
    return [[first, *rows[:1]], *([row] for row in rows[1:])]


def _left_row(pen: Pen, meal: RoundMeal, reason: Coded, words: Words) -> Block:
    who, what = _who(pen, meal, words), _what(pen, meal, words)
    room_mm = RIGHT_MM - TIME_MM
    why = [pen.fit(say(reason, words.language), (11, 10, 9), room_mm, weight="bold", max_lines=4)]
    height_mm = 5 + max(_high(who), _high(what), _high(why))

    def draw(pen: Pen, top_mm: float) -> None:
        check_box(pen, MARGIN_MM + 1, top_mm + 3, 5)
        for x_mm, lines in ((WHO_MM, who), (DISHES_MM, what), (TIME_MM, why)):
            _draw_lines(pen, x_mm, top_mm + 2, lines)
        pen.rule(MARGIN_MM, top_mm + height_mm, RIGHT_MM, top_mm + height_mm, color=LIGHT)

    return Block(height_mm, draw)


def _high(lines: Sequence[Fitted]) -> float:
    return sum(line.height_mm for line in lines)


def _draw_lines(pen: Pen, x_mm: float, top_mm: float, lines: Sequence[Fitted]) -> None:
    for line in lines:
        top_mm += pen.lines(x_mm, top_mm, line)
