"""The page of menus: weeks and lines, nutrients against targets, one dish for another, plan and publish."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.day.menus import plan_weeks
from api.day.menus_documents import (
    calendar_document,
    left_out_documents,
    plan_document,
    weeks_document,
)
from api.day.menus_gather import load_book
from api.day.menus_publish import publish_drafts
from api.day.menus_swap import swap_dish
from api.day.menus_swap_document import swap_document
from api.day.menus_week import WEEK, StoredWeek, monday_of, stored_week
from api.day.menus_wish import MenuWish, Pin
from api.house import House
from api.names import variant_names
from api.pages.shell import answer
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import OpenDay
from api.web.render import render
from kitchen.menu_plan import MenuParams
from orders.errors import NotFound
from orders.service import Meal
from orders.sites import Kitchen
from orders.store.sites import load_kitchens

router = APIRouter(prefix="/menus", include_in_schema=False)
Planner = Annotated[Actor, may("menu.plan")]
MOST_WEEKS = 4
SEARCHES = (10, 30, 60)
SEED = 1
SHOWN = ("energy_kcal", "protein_g", "sodium_mg", "calcium_mg", "fibre_g")


@router.get("")
def page(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Planner,
    week: OpenDay = None,
    kitchen: str = "",
    meal: Meal = "lunch",
) -> Response:
    """A week of menus."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen, week, meal, language)
    return render(request, "menus.html", **facts)


@router.get("/swap")
def swaps(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Planner,
    day_on: date,
    dish: str,
    line: str = "",
    kitchen: str = "",
    meal: Meal = "lunch",
) -> Response:
    """What can take a dish's place, and what each costs the balance."""
    with house.database.read() as session:
        place = _kitchen(session, actor, kitchen)
    outcome = swap_dish(
        house.database,
        place.kitchen_id,
        day_on,
        dish,
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        line=line,
        meal=meal,
    )
    found = swap_document(outcome, language)
    return render(
        request,
        "menus_swap.html",
        kitchen=place,
        found=found,
        line=line,
        meal=meal,
        clashing=outcome.clashing,
        monday_on=monday_of(day_on),
        lines={one.code: outcome.work.book.lines[one.code].name for one in outcome.work.task.lines},
        variants=variant_names(),
        day_on=day_on,
        shown=SHOWN,
        zone=place.zone,
    )


@router.post("/swap")
def swap(
    house: HouseHere,
    actor: Planner,
    day_on: Annotated[date, Form()],
    dish: Annotated[str, Form(max_length=100)],
    to: Annotated[str, Form(max_length=100)],
    line: Annotated[str, Form(max_length=50)] = "",
    kitchen: Annotated[str, Form()] = "",
    meal: Annotated[Meal, Form()] = "lunch",
) -> Response:
    """Puts one dish in the place of another, as a new draft."""
    swap_dish(
        house.database,
        kitchen,
        day_on,
        dish,
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        line=line,
        to=to,
        meal=meal,
    )
    return RedirectResponse(_address(kitchen, monday_of(day_on), meal), status_code=303)


@router.post("/plan")
def plan(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Planner,
    from_on: Annotated[date, Form()],
    kitchen: Annotated[str, Form()],
    line: Annotated[list[str], Form()],
    weeks: Annotated[int, Form(ge=1, le=MOST_WEEKS)] = 1,
    seconds: Annotated[int, Form(ge=1, le=120)] = 10,
    standing: Annotated[list[str] | None, Form()] = None,
    pin: Annotated[list[str] | None, Form()] = None,
    meal: Annotated[Meal, Form()] = "lunch",
) -> Response:
    """Plans weeks of menus for some lines; keeps them as drafts."""
    first_on = monday_of(from_on)
    dates = [first_on + timedelta(days=step) for step in range(WEEK * weeks)]
    outcome = plan_weeks(
        house.database,
        kitchen,
        dates,
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        seed=SEED,
        meal=meal,
        wish=MenuWish(tuple(dict.fromkeys(line)), _pins(pin or (), dates), frozenset(standing or ())),
        params=MenuParams(seconds=seconds),
    )
    with house.database.read() as session:
        facts = _facts(session, house, actor, kitchen, first_on, meal, language)
    facts |= {
        "reasons": outcome.plan.reasons,
        "proved": outcome.plan.proved_none,
        "planned": plan_document(outcome.plan, outcome.work) if outcome.drafts else None,
        "told": (*outcome.changed, *outcome.work.closed.values(), *outcome.standing),
    }
    done = "The menus are planned, as drafts." if outcome.drafts else "No menu was planned."
    return answer(request, _address(kitchen, first_on, meal), "menus_live.html", done, **facts)


@router.post("/publish")
def publish(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("menu.publish")],
    menu_id: Annotated[list[str], Form()],
    week: Annotated[date, Form()],
    kitchen: Annotated[str, Form()] = "",
    meal: Annotated[Meal, Form()] = "lunch",
) -> Response:
    """Publishes the drafts of a week."""
    with house.database.begin(lock="menus") as session:
        publish_drafts(session, menu_id, actor=actor, now_at=house.clock.now())
        facts = _facts(session, house, actor, kitchen, week, meal, language)
    done = "The week's menus are published."
    return answer(request, _address(kitchen, week, meal), "menus_live.html", done, **facts)


def _facts(
    session: Session,
    house: House,
    actor: Actor,
    wanted: str,
    week: date | None,
    meal: Meal,
    language: str,
) -> dict[str, Any]:
    kitchen = _kitchen(session, actor, wanted)
    today_on = house.clock.now().astimezone(ZoneInfo(kitchen.zone)).date()
    monday_on = monday_of(week or today_on + timedelta(days=WEEK))
    found = _week(session, kitchen, monday_on, meal)
    book = load_book(session, monday_on)
    return {
        "kitchen": kitchen,
        "kitchens": [one for one in load_kitchens(session) if actor.kitchen_id in (None, one.kitchen_id)],
        "monday_on": monday_on,
        "sunday_on": monday_on + timedelta(days=WEEK - 1),
        "before_on": monday_on - timedelta(days=WEEK),
        "after_on": monday_on + timedelta(days=WEEK),
        "meal": meal,
        "found": found,
        "book": book,
        "lines": [line.code for line in found.work.task.lines] if found else ["regular"],
        "weeks": weeks_document(found.menus, found.work.task) if found else [],
        "left_out": left_out_documents(found.work, language) if found else [],
        "calendar": _calendar(found) if found else {},
        "drafts": [day.menu_id for day in found.days if day.status == "draft"] if found else [],
        "variants": variant_names(),
        "searches": SEARCHES,
        "most_weeks": MOST_WEEKS,
        "shown": SHOWN,
        "reasons": (),
        "proved": True,
        "planned": None,
        "told": (),
        "zone": kitchen.zone,
    }


def _calendar(week: StoredWeek) -> dict[str, dict[str, Any]]:
    """Each day in the Chinese calendar, by menu."""
    return {day.menu_id: calendar_document(day.menu.service.service_on, week.work.book) for day in week.days}


def _week(session: Session, kitchen: Kitchen, monday_on: date, meal: Meal) -> StoredWeek | None:
    try:
        return stored_week(session, kitchen.kitchen_id, monday_on, meal)
    except NotFound:
        return None


def _kitchen(session: Session, actor: Actor, wanted: str) -> Kitchen:
    """
    The kitchen of the page: the one wanted, else the actor's, else the first.

    Raises
    ------
    NotFound
        When there is none.
    """
    asked = wanted or actor.kitchen_id or ""
    kitchens = [one for one in load_kitchens(session) if not asked or one.kitchen_id == asked]
    if not kitchens:
        raise NotFound("kitchen", asked or "-")
    return kitchens[0]


def _pins(texts: Sequence[str], dates: Sequence[date]) -> tuple[Pin, ...]:
    """Pins of a form: date, line and dish with blanks between; those of other dates do not count."""
    found = []
    for text in texts:
        day, line, dish = text.split(" ", 2)
        if date.fromisoformat(day) in dates:
            found.append(Pin(date.fromisoformat(day), dish, line))
    return tuple(found)


def _address(kitchen: str, monday_on: date, meal: Meal) -> str:
    return f"/menus?kitchen={kitchen}&week={monday_on.isoformat()}&meal={meal}"
