"""Fills an empty house from the packaged config; what is there already and equal stays as it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from api.audit import record
from api.catalogue import packaged_catalogue
from api.city_files import converted, need_dishes, need_targets, read_city_file
from api.day.diets import load_rules
from api.day.services import find_kitchen
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor, ensure
from api.programmes.files import check_table, read_programme_table
from api.store.config import config_names, load_config, save_config
from kitchen.boxes import carriers_from_document
from kitchen.equipment import equipment_from_document
from kitchen.overlays import expanded
from kitchen.store.catalogue import (
    DishRow,
    FoodRow,
    change_sub_recipes,
    load_dishes,
    load_foods,
    save_dishes,
    save_foods,
)
from kitchen.store.equipment import save_carriers, save_equipment
from kitchen.store.sub_recipes import SubRecipeRow
from kitchen.variants import item_with_variants
from orders.errors import NotFound
from orders.ids import IdSource
from orders.menus import Menu
from orders.service import Meal, Service
from orders.sites import Kitchen, Place
from orders.store.menus import latest_menu_version, load_menu, publish_menu, save_menu
from orders.store.programmes import load_revisions, save_programme
from orders.store.sites import save_kitchen
from routing.store.fleet import save_vans
from routing.vans import vans_from_document
from telemetry.store.devices import add_device, devices

AUTHOR = "package"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Seeded:
    """
    What a house has after it was filled.

    Parameters
    ----------
    foods, dishes
        How many there are.
    kitchens
        Codes of the city's kitchens.
    menus
        How many menus were published now.
    """

    foods: int
    dishes: int
    kitchens: tuple[str, ...]
    menus: int


def seed_house(
    session: Session,
    city: str,
    from_on: date | None,
    days: int,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> Seeded:
    """
    Fills a house with the packaged catalogue and one city; a second time changes nothing.

    Parameters
    ----------
    session
        Open transaction.
    city
        Name of a folder under ``config/examples``.
    from_on, days
        First date with a menu, today in a kitchen's zone when None, and how many dates.
    actor, now_at, ids
        Who, when, with which row ids.

    Raises
    ------
    NotFound
        When no such city is packaged.
    """
    ensure(actor, "config.edit")
    seed_catalogue(session, now_at)
    kitchens = [find_kitchen(session, code) for code in seed_city(session, city, now_at)]
    menus = 0
    for kitchen in kitchens:
        code, zone = kitchen.kitchen_id, kitchen.zone
        first_on = from_on or now_at.astimezone(ZoneInfo(zone)).date()
        menus += publish_cycle_menus(session, city, code, zone, first_on, days, now_at=now_at, ids=ids)
    record(session, actor, "config.edit/seed", city, now_at, {"menus": menus})
    codes = tuple(kitchen.kitchen_id for kitchen in kitchens)
    return Seeded(len(load_foods(session)), len(load_dishes(session)), codes, menus)


def seed_catalogue(session: Session, now_at: datetime) -> None:
    """
    Foods, dishes, safety profiles, nutrition targets and programmes, as the package has them.

    What the operator has edited since stays as edited.
    """
    folder = config_dir()
    foods, sub_recipes, dishes = packaged_catalogue()
    edited_foods = session.exec(select(FoodRow.code).where(FoodRow.author != AUTHOR)).all()
    edited_sauces = session.exec(select(SubRecipeRow.code).where(SubRecipeRow.author != AUTHOR)).all()
    edited_dishes = session.exec(select(DishRow.dish_id).where(DishRow.author != AUTHOR)).all()
    packaged_foods = [food for code, food in foods.items() if code not in edited_foods]
    packaged_sauces = [one for code, one in sub_recipes.items() if code not in edited_sauces]
    packaged_dishes = [dish for dish_id, dish in dishes.items() if dish_id not in edited_dishes]
    save_foods(session, packaged_foods, author=AUTHOR, changed_at=now_at)
    change_sub_recipes(session, packaged_sauces, author=AUTHOR, changed_at=now_at)
    save_dishes(session, packaged_dishes, author=AUTHOR, changed_at=now_at)
    for kind, file, section in (
        ("safety_profile", "safety-profiles.toml", "profile"),
        ("nutrition_target", "nutrition-targets.toml", "target"),
        ("menu_rules", "menu-rules.toml", "rules"),
    ):
        tables = read_toml(folder / file)[section]
        for name, table in (expanded(tables) if kind == "safety_profile" else tables).items():
            if load_config(session, kind, name) is None:
                save_config(session, kind, name, _plain(table), author=AUTHOR, made_at=now_at)
    for path in sorted((folder / "programmes").glob("*.toml")):
        _save_programme(session, path, now_at)


def seed_city(session: Session, city: str, now_at: datetime) -> list[str]:
    """
    A packaged city: its kitchens with equipment, carriers, sensors and fleet, and its programme.

    Returns
    -------
    list[str]
        Codes of its kitchens.

    Raises
    ------
    NotFound
        When no such city is packaged.
    BadInput
        When a file of it cannot be used.
    """
    folder = city_folder(city)
    _save_programme(session, folder / "programme.toml", now_at)
    fleet = read_city_file(folder, "fleet.toml")
    sets = _plain(read_city_file(folder, "menu.toml")["set"])
    equipment = converted(folder, "equipment.toml", equipment_from_document)
    carriers = converted(folder, "carriers.toml", carriers_from_document)
    vans = converted(folder, "fleet.toml", vans_from_document)
    codes = []
    kitchens = read_city_file(folder, "kitchen.toml")["kitchen"]
    packaged = read_toml(config_dir() / "nutrition-targets.toml")["target"]
    need_targets(folder, kitchens, {*packaged, *config_names(session, "nutrition_target")})
    for table in kitchens:
        kitchen = _kitchen(table)
        settings = _plain(table) | {"travel": _plain(fleet["travel"]), "city": city, "sets": sets}
        settings["volunteer"] = _plain(fleet.get("volunteer", {}))
        save_kitchen(session, kitchen, settings, now_at)
        save_equipment(session, kitchen.kitchen_id, equipment)
        save_carriers(session, kitchen.kitchen_id, carriers)
        save_vans(session, kitchen.kitchen_id, vans)
        senses = {c.sensor_id: c.senses for c in carriers if c.sensor_id and c.senses}
        _let_in(session, senses, now_at)
        codes.append(kitchen.kitchen_id)
    return codes


def publish_cycle_menus(
    session: Session,
    city: str,
    kitchen_id: str,
    zone: str,
    from_on: date,
    days: int,
    *,
    now_at: datetime,
    ids: IdSource,
) -> int:
    """
    Publishes a city's weekly menu for the days that have none yet.

    Parameters
    ----------
    session
        Open transaction.
    city
        Whose packaged menu.
    kitchen_id, zone
        For which kitchen.
    from_on, days
        First date, and how many dates.
    now_at, ids
        When, with which row ids.

    Returns
    -------
    int
        Menus published.

    Raises
    ------
    BadInput
        When the menu names a dish that there is not.
    """
    folder = city_folder(city)
    table = read_city_file(folder, "menu.toml")
    by_weekday = {entry["weekday"]: entry["items"] for entry in table["day"]}
    price_fen = min(int(one["price_fen"]) for one in table["set"])
    meal: Meal = table["meal"]
    foods, dishes, rules = load_foods(session), load_dishes(session), load_rules()
    need_dishes(folder, table, dishes)
    published = 0
    for day_on in (from_on + timedelta(days=step) for step in range(days)):
        service = Service(kitchen_id, day_on, meal, zone)
        dish_ids = by_weekday.get(WEEKDAYS[day_on.weekday()])
        if dish_ids is None or load_menu(session, service) is not None:
            continue
        items = tuple(item_with_variants(dishes[dish_id], foods, rules) for dish_id in dish_ids)
        menu = Menu(service, items, price_fen, latest_menu_version(session, service) + 1)
        menu_id = ids.new()
        save_menu(session, menu_id, menu, author=AUTHOR, made_at=now_at)
        publish_menu(session, menu_id)
        published += 1
    return published


def city_folder(city: str) -> Path:
    """Where a packaged city's files are; `NotFound` when there is none of that name."""
    folder = config_dir() / "examples" / city
    if not (folder / "kitchen.toml").exists():
        raise NotFound("city", city)
    return folder


def _save_programme(session: Session, path: Path, now_at: datetime) -> None:
    table, programme = check_table(read_programme_table(path), name=str(path))
    kept = load_revisions(session, table["id"])
    if kept and kept[-1].author != AUTHOR:
        return
    head = programme.programme
    valid = (head.valid_from, head.valid_to)
    save_programme(session, table["id"], _plain(table), valid=valid, author=AUTHOR, made_at=now_at)


def _kitchen(table: Mapping[str, Any]) -> Kitchen:
    return Kitchen(
        kitchen_id=table["code"],
        name=table["name"]["zh"],
        licence_kind=table["licence"]["kind"],
        licence_no=table["licence"]["number"],
        place=Place(table["lat"], table["lon"]),
        zone=table["zone"],
        address=table["address"]["zh"],
        phone=table["phone"],
        docks=table.get("docks"),
    )


def _let_in(session: Session, senses: Mapping[str, str], now_at: datetime) -> None:
    known = {row.device_id for row in devices(session)}
    for device_id, sensed in senses.items():
        if device_id not in known:
            add_device(session, device_id, family="holdchain", probes={sensed: sensed}, now_at=now_at)


def _plain(table: Any) -> Any:
    """The table with dates and times as text, as JSON keeps it."""
    return json.loads(json.dumps(table, default=str))
