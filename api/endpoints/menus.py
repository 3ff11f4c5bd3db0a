"""Menus: planned as drafts, published, read."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.day.documents import menu_document, week_document
from api.day.menus import plan_week, publish_draft
from api.day.services import find_kitchen
from api.endpoints.day import MOST_SEED, Said
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from orders.service import Meal
from orders.store.menus import load_menus

router = APIRouter(prefix="/api/v1/menus", tags=["menus"])
MOST_DAYS = 35


class WeekIn(BaseModel):
    """Which dates are to be planned."""

    kitchen_id: str
    from_on: date
    days: int = Field(default=5, ge=1, le=MOST_DAYS)
    meal: Meal = "lunch"
    seed: int = Field(default=1, ge=0, le=MOST_SEED)


class DishOut(BaseModel):
    """One dish of a menu."""

    dish_id: str
    name_zh: str
    name_en: str
    category: str
    contains: list[str]
    may_contain: list[str]


class MenuOut(BaseModel):
    """A menu of one service."""

    service: str
    service_on: date
    version: int
    price_fen: int
    dishes: list[DishOut]


class DraftOut(MenuOut):
    """A draft, with what one meal holds and its food costs."""

    menu_id: str
    nutrients: dict[str, float]
    food_fen: int


class ClosedOut(Said):
    """A date without service."""

    service_on: date


class WeekOut(BaseModel):
    """
    Drafts, and how good they are.

    ``objective_fen`` is the food of all meals and the price of missed weekly targets, ``bound_fen`` what that
    is at least. ``missed_percent`` is of the worst week. Without menus the reasons say which rules are in the
    way.
    """

    menus: list[DraftOut]
    meals: int
    food_fen: int
    objective_fen: int
    bound_fen: int
    missed_percent: dict[str, float]
    closed: list[ClosedOut]
    reasons: list[Said]


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
) -> WeekOut:
    """Plans set menus within the nutrition targets; keeps them as drafts."""
    outcome = plan_week(
        house.database,
        wanted.kitchen_id,
        wanted.from_on,
        wanted.days,
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        seed=wanted.seed,
        meal=wanted.meal,
    )
    return WeekOut.model_validate(week_document(outcome, language))


@router.post("/{menu_id}/publish")
def publish(menu_id: str, house: HouseHere, actor: Annotated[Actor, may("menu.publish")]) -> Published:
    """Publishes a draft; the version before is superseded."""
    with house.database.begin(lock="menus") as session:
        menu = publish_draft(session, menu_id, actor=actor, now_at=house.clock.now())
    return Published(service=menu.service.key, version=menu.version)


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
