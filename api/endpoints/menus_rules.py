"""The rules of the menus: points, bans, lines and targets, read and changed."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.day.menus_rules import change_rules, read_rules
from api.day.menus_rules_document import rules_document
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may

router = APIRouter(prefix="/api/v1/menus", tags=["menus"])


class SettingOut(BaseModel):
    """A rule or target: its path, what it is, and its value."""

    path: str
    group: str
    words: str
    value: Any


class BanOut(BaseModel):
    """Dishes that stand on no menu."""

    code: str
    name_zh: str
    name_en: str
    words: list[str]
    foods: list[str]
    service_modes: list[str]
    methods: list[str]
    unless_scope: list[str]


class RulesOut(BaseModel):
    """What menus are planned by; ``targets`` has the revision of each block."""

    revision: int
    targets: dict[str, int]
    settings: list[SettingOut]
    bans: list[BanOut]


class RulesIn(BaseModel):
    """Path to new value; null takes a field or a ban out, ``ban.CODE`` takes a whole row."""

    changes: dict[str, Any] = Field(min_length=1, max_length=200)
    why: str = Field(default="", max_length=500)


@router.get("/rules")
def rules(house: HouseHere, language: LanguageHere, _: Annotated[Actor, may("menu.read")]) -> RulesOut:
    """The points, bans, lines and targets that menus are planned by."""
    with house.database.read() as session:
        return RulesOut.model_validate(rules_document(read_rules(session), language))


@router.patch("/rules")
def change(
    wanted: RulesIn, house: HouseHere, language: LanguageHere, actor: Annotated[Actor, may("menu.rules")]
) -> RulesOut:
    """Changes some of them, all or none, as a new revision."""
    with house.database.begin(lock="menus") as session:
        found = change_rules(session, wanted.changes, actor=actor, now_at=house.clock.now(), why=wanted.why)
        return RulesOut.model_validate(rules_document(found, language))
