"""Menus: planned as drafts, swapped, published, read."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.day.menus import plan_weeks
from api.day.menus_documents import menu_document, outcome_document
from api.day.menus_paper import menu_paper, week_paper
from api.day.menus_publish import publish_draft
from api.day.menus_swap import swap_dish
from api.day.menus_swap_document import swap_document
from api.day.menus_week import monday_of
from api.day.menus_wish import MenuWish, Pin
from api.day.services import find_kitchen
from api.endpoints.day import MOST_SEED, Said
from api.permissions import Actor
from api.reports.notice_board import Paper
from api.web.access import HouseHere, LanguageHere, may
from api.web.downloads import download
from kitchen.menu_plan import MenuParams
from orders.service import Meal
from orders.store.menus import load_menus

router = APIRouter(prefix="/api/v1/menus", tags=["menus"])
MOST_DAYS, MOST_SECONDS = 62, 120


class PinIn(BaseModel):
    """A dish that must stand."""

    day_on: date
    dish: str
    line: str = ""


class WeekIn(BaseModel):
    """Which dates are to be planned, and for which lines; without seconds the search takes a fixed effort."""

    kitchen_id: str
    from_on: date
    days: int = Field(default=5, ge=1, le=MOST_DAYS)
    meal: Meal = "lunch"
    seed: int = Field(default=1, ge=0, le=MOST_SEED)
    lines: list[str] = Field(default=["regular"], min_length=1, max_length=6)
    pins: list[PinIn] = []
    standing: list[str] = []
    seconds: float | None = Field(default=None, gt=0, le=MOST_SECONDS)


class DishOut(BaseModel):
    """One dish of a menu."""

    dish_id: str
    name_zh: str
    name_en: str
    category: str
    contains: list[str]
    may_contain: list[str]


class MenuOut(BaseModel):
    """A menu of one service; ``lines`` holds dish and variant of each line's set, empty for one set."""

    service: str
    service_on: date
    version: int
    price_fen: int
    lines: dict[str, list[tuple[str, str]]]
    dishes: list[DishOut]


class NameOut(BaseModel):
    """A name in both languages."""

    zh: str
    en: str


class CalendarOut(BaseModel):
    """A date in the Chinese calendar."""

    lunar_month: int
    lunar_day: int
    leap: bool
    term: NameOut | None
    festivals: list[NameOut]


class CookedOut(BaseModel):
    """One dish of a line's set, as it is made for that line."""

    dish_id: str
    variant: str
    category: str
    name_zh: str
    name_en: str


class MealOut(BaseModel):
    """A line's set, with what one meal holds and its food costs."""

    line: str
    dishes: list[CookedOut]
    nutrients: dict[str, float]
    food_fen: int


class DraftOut(MenuOut):
    """A draft."""

    menu_id: str
    calendar: CalendarOut
    meals: list[MealOut]


class TargetOut(BaseModel):
    """
    A target of a line and the mean of its week.

    ``partly_unknown`` where a food's amount is not known; ``weighed`` unless the search leaves it out, wholly
    or in part.
    """

    nutrient: str
    strength: str
    weighed: bool
    least: float | None
    most: float | None
    target: float | None
    mean: float | None
    partly_unknown: bool
    missed_percent: float
    met: bool


class LineWeekOut(BaseModel):
    """A line's week."""

    week: str
    line: str
    days: int
    kinds: int
    kinds_least: int
    targets: list[TargetOut]


class LineOut(BaseModel):
    """A line, with its meals a day."""

    code: str
    name_zh: str
    name_en: str
    meals: int
    targets: str


class LeftOut(BaseModel):
    """A dish that a rule keeps off a line, or off every line where ``line`` is empty; no days: off all."""

    dish_id: str
    name_zh: str
    name_en: str
    line: str
    reason: str
    days: list[date]
    ban: str
    why: str


class ClosedOut(Said):
    """A date without service, closed, or ordered for already."""

    service_on: date


class PlanOut(BaseModel):
    """
    Drafts, and how good they are.

    ``objective_fen`` is food and penalties over all meals, ``bound_fen`` what that is at least. Without menus
    the reasons say which rules are in the way. ``unweighed`` names weekly targets that no price weighs.
    ``standing`` names dates whose published menu stands until the draft is published, ``changed`` what
    changed while the planner ran and dates whose menus were not kept; cost and gap are of what was planned.
    """

    status: str
    objective_fen: int
    bound_fen: int
    gap_ratio: float
    gap_fen: int
    gap_fen_a_meal: float
    food_fen: int
    penalty_fen: int
    penalty_fen_a_meal: float
    penalty_ratio: float
    penalty_gap_ratio: float
    penalties: dict[str, int]
    seconds: float
    first_menu_seconds: float
    moves: int
    days: int
    meals: int
    lines: list[LineOut]
    menus: list[DraftOut]
    weeks: list[LineWeekOut]
    closed: list[ClosedOut]
    left_out: list[LeftOut]
    reasons: list[Said]
    unweighed: list[Said]
    standing: list[Said]
    changed: list[Said]


class SwapIn(BaseModel):
    """Which dish goes, and which comes; without ``to`` the best are shown."""

    kitchen_id: str
    day_on: date
    dish: str
    to: str = ""
    line: str = ""
    meal: Meal = "lunch"


class BalanceOut(BaseModel):
    """How many more percent of a weekly target a line then misses."""

    line: str
    nutrient: str
    missed_percent: float


class OptionOut(BaseModel):
    """A substitute, what it costs over the week, and the rules that it would break."""

    dish_id: str
    name_zh: str
    name_en: str
    food_fen: int
    penalty_fen: int
    total_fen: int
    balance: list[BalanceOut]
    meals: list[MealOut]
    broken: list[Said]
    words: str


class SwapOut(BaseModel):
    """
    The three best substitutes, filled up with those that come nearest; without any the rules that clash.

    The new draft when one was chosen.
    """

    service: str
    service_on: date
    calendar: CalendarOut
    dish_id: str
    name_zh: str
    name_en: str
    lines: list[str]
    by_hand: bool
    options: list[OptionOut]
    nearest: list[OptionOut]
    clashing: list[Said]
    draft: dict[str, Any] | None


class Published(BaseModel):
    """A published menu."""

    service: str
    version: int


@router.post("/plan")
def plan(
    wanted: WeekIn,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("menu.plan")],
) -> PlanOut:
    """Plans sets of some lines within the nutrition targets; keeps them as drafts."""
    outcome = plan_weeks(
        house.database,
        wanted.kitchen_id,
        [wanted.from_on + timedelta(days=step) for step in range(wanted.days)],
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        seed=wanted.seed,
        meal=wanted.meal,
        wish=MenuWish(
            lines=tuple(dict.fromkeys(wanted.lines)),
            pins=tuple(Pin(pin.day_on, pin.dish, pin.line) for pin in wanted.pins),
            standing=frozenset(wanted.standing),
        ),
        params=MenuParams(seconds=wanted.seconds),
    )
    return PlanOut.model_validate(outcome_document(outcome, language))


@router.post("/swap")
def swap(
    wanted: SwapIn,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("menu.plan")],
) -> SwapOut:
    """Shows the best substitutes of a dish of a planned menu, or keeps a draft with the one named."""
    outcome = swap_dish(
        house.database,
        wanted.kitchen_id,
        wanted.day_on,
        wanted.dish,
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        line=wanted.line,
        to=wanted.to,
        meal=wanted.meal,
    )
    return SwapOut.model_validate(swap_document(outcome, language))


@router.post("/{menu_id}/publish")
def publish(menu_id: str, house: HouseHere, actor: Annotated[Actor, may("menu.publish")]) -> Published:
    """Publishes a draft; the version before is superseded."""
    with house.database.begin(lock="menus") as session:
        menu = publish_draft(session, menu_id, actor=actor, now_at=house.clock.now())
    return Published(service=menu.service.key, version=menu.version)


@router.get(
    "/{kitchen_id}/{monday_on}/papers/{name}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "text/csv": {}}}},
)
def paper(
    kitchen_id: str,
    monday_on: date,
    name: str,
    house: HouseHere,
    actor: Annotated[Actor, may("menu.read")],
    paper: Paper = "A3",
    meal: Meal = "lunch",
) -> Response:
    """A week's paper: ``poster.zh_CN.pdf``, ``report.en.pdf``, ``dishes.csv`` or ``nutrients.csv``."""
    with house.database.read() as session:
        week = week_paper(session, kitchen_id, monday_of(monday_on), meal, now_at=house.clock.now())
    content, media_type = menu_paper(week, name, paper)
    return download(f"menus-{monday_of(monday_on).isoformat()}-{name}", content, media_type)


@router.get("")
def menus(
    kitchen_id: str,
    from_on: date,
    to_on: date,
    house: HouseHere,
    _: Annotated[Actor, may("menu.read")],
) -> list[MenuOut]:
    """Published menus of a kitchen between two dates, both included."""
    with house.database.read() as session:
        zone = find_kitchen(session, kitchen_id).zone
        return [
            MenuOut.model_validate(menu_document(menu))
            for menu in load_menus(session, kitchen_id, from_on, to_on, zone)
        ]
