"""Rows of foods and dishes, each with the revision of its figures."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, delete, update
from sqlmodel import Field, Session, col, select

from kitchen.foods import Food
from kitchen.recipes import Dish, Ingredient, Making, ServiceMode, Swap, Use
from kitchen.store.sub_recipes import load_sub_recipes, load_uses, save_sub_recipes, save_uses
from kitchen.sub_recipes import SubRecipe, foods_of, users_of
from orders.menus import Category, Supply
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows, upsert

STAMP = ("revision", "author", "changed_at")


class FoodRow(Row, table=True):
    """A food as it is now; its revision rises with every change."""

    __tablename__ = "kitchen_foods"
    __table_args__ = (
        CheckConstraint("edible_ratio > 0 AND edible_ratio <= 1", name="edible_ratio"),
        CheckConstraint("price_fen_per_kg >= 0 AND revision >= 1", name="amounts"),
        CheckConstraint("density_g_per_ml > 0", name="density_g_per_ml"),
    )

    code: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    group: str
    edible_ratio: float
    contains: list[str] = Field(sa_type=JsonColumn)
    may_contain: list[str] = Field(sa_type=JsonColumn)
    unknown: list[str] = Field(sa_type=JsonColumn)
    price_fen_per_kg: int
    nutrients: dict[str, float] = Field(sa_type=JsonColumn)
    source: str
    evidence: str
    tags: list[str] = Field(sa_type=JsonColumn)
    free: list[str] = Field(sa_type=JsonColumn)
    season: list[int] = Field(sa_type=JsonColumn)
    supplier: str
    density_g_per_ml: float | None
    revision: int
    author: str
    changed_at: datetime = Field(sa_type=UtcDateTime)


class DishRow(Row, table=True):
    """A dish as it is now; its revision rises with every change, its ingredients included."""

    __tablename__ = "kitchen_dishes"
    __table_args__ = (
        CheckConstraint("yield_ratio > 0 AND batch_minutes >= 1 AND batch_portions >= 1", name="amounts"),
        CheckConstraint("iddsi_level BETWEEN 0 AND 7", name="iddsi_level"),
        CheckConstraint("service_mode IN ('both', 'cook_serve', 'cold')", name="service_mode"),
        CheckConstraint("supply IN ('serve_hot', 'cook_chill')", name="supply"),
        CheckConstraint("popularity BETWEEN 0 AND 1", name="popularity"),
    )

    dish_id: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    category: str
    method: str
    equipment_kind: str
    yield_ratio: float
    batch_minutes: int
    batch_portions: int
    hot_quality_minutes: int
    service_mode: str
    iddsi_level: int
    tags: list[str] = Field(sa_type=JsonColumn)
    extra_allergens: list[str] = Field(sa_type=JsonColumn)
    evidence: str
    supply: str
    makings: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    main_food: str
    colour: str
    popularity: float | None
    revision: int
    author: str
    changed_at: datetime = Field(sa_type=UtcDateTime)


class IngredientRow(Row, table=True):
    """One food of a dish's bill of materials."""

    __tablename__ = "kitchen_ingredients"
    __table_args__ = (CheckConstraint("edible_mg > 0", name="edible_mg"),)

    dish_id: str = Field(primary_key=True, foreign_key="kitchen_dishes.dish_id")
    position: int = Field(primary_key=True)
    food_code: str = Field(foreign_key="kitchen_foods.code")
    edible_mg: int


def save_foods(session: Session, foods: Iterable[Food], *, author: str, changed_at: datetime) -> list[str]:
    """Keeps foods; gives the codes of those that are new or differ from what was kept."""
    kept = {row.code: row for row in session.exec(select(FoodRow))}
    changed = []
    for food in foods:
        values = _food_values(food)
        row = kept.get(food.code)
        if row is None or _differs(row, values):
            changed.append(_stamped(values, row, author, changed_at))
    upsert(session, FoodRow, changed)
    session.expire_all()
    return [str(values["code"]) for values in changed]


def load_foods(session: Session, codes: Collection[str] | None = None) -> dict[str, Food]:
    """Foods by code in order: those named, or all."""
    query = select(FoodRow).order_by(col(FoodRow.code))
    if codes is not None:
        query = query.where(col(FoodRow.code).in_(codes))
    return {row.code: _food(row) for row in session.exec(query)}


def save_dishes(session: Session, dishes: Iterable[Dish], *, author: str, changed_at: datetime) -> list[str]:
    """Keeps dishes with their ingredients; gives the ids of those that are new or differ."""
    rows = {row.dish_id: row for row in session.exec(select(DishRow))}
    kept = load_dishes(session)
    changed = [dish for dish in dishes if kept.get(dish.dish_id) != dish]
    upsert(
        session,
        DishRow,
        [_stamped(_dish_values(dish), rows.get(dish.dish_id), author, changed_at) for dish in changed],
    )
    ids = [dish.dish_id for dish in changed]
    session.execute(delete(IngredientRow).where(col(IngredientRow.dish_id).in_(ids)))
    insert_rows(session, IngredientRow, [values for dish in changed for values in _ingredient_values(dish)])
    save_uses(session, {dish.dish_id: dish.uses for dish in changed})
    session.expire_all()
    return ids


def change_sub_recipes(
    session: Session, sub_recipes: Iterable[SubRecipe], *, author: str, changed_at: datetime
) -> list[str]:
    """Keeps sub-recipes as `save_sub_recipes` does; every dish made with a changed one has a new revision."""
    changed = save_sub_recipes(session, sub_recipes, author=author, changed_at=changed_at)
    concerned = users_of(changed, load_sub_recipes(session))
    dish_ids = [
        dish_id
        for dish_id, uses in load_uses(session).items()
        if any(use.sub_recipe in concerned for use in uses)
    ]
    session.execute(
        update(DishRow)
        .where(col(DishRow.dish_id).in_(dish_ids))
        .values(revision=DishRow.revision + 1, changed_at=changed_at)
    )
    session.expire_all()
    return changed


def load_dishes(session: Session, dish_ids: Collection[str] | None = None) -> dict[str, Dish]:
    """Dishes by id in order: those named, or all."""
    if dish_ids is not None and not dish_ids:
        return {}
    query = select(DishRow).order_by(col(DishRow.dish_id))
    of_dishes = select(IngredientRow).order_by(col(IngredientRow.dish_id), col(IngredientRow.position))
    if dish_ids is not None:
        query = query.where(col(DishRow.dish_id).in_(dish_ids))
        of_dishes = of_dishes.where(col(IngredientRow.dish_id).in_(dish_ids))
    bills: dict[str, list[Ingredient]] = defaultdict(list)
    for row in session.exec(of_dishes):
        bills[row.dish_id].append(Ingredient(row.food_code, row.edible_mg))
    uses = load_uses(session, dish_ids)
    sub_recipes = load_sub_recipes(session) if uses else {}
    for dish_id, of_dish in uses.items():
        bills[dish_id] += foods_of(of_dish, sub_recipes)
    return {
        row.dish_id: _dish(row, bills[row.dish_id], uses.get(row.dish_id, ())) for row in session.exec(query)
    }


def dish_revisions(session: Session, dish_ids: Collection[str]) -> dict[str, int]:
    """Revision by dish id, for those that are kept."""
    query = select(DishRow.dish_id, DishRow.revision).where(col(DishRow.dish_id).in_(dish_ids))
    return dict(iter(session.exec(query)))


def _differs(row: Row, values: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _stamped(
    values: Mapping[str, Any], row: FoodRow | DishRow | None, author: str, changed_at: datetime
) -> dict[str, Any]:
    stamp = (1 if row is None else row.revision + 1, author, changed_at)
    return {**values, **dict(zip(STAMP, stamp, strict=True))}


def _food_values(food: Food) -> dict[str, Any]:
    return {
        "code": food.code,
        "name_zh": food.name_zh,
        "name_en": food.name_en,
        "group": food.group,
        "edible_ratio": food.edible_ratio,
        "contains": sorted(food.contains),
        "may_contain": sorted(food.may_contain),
        "unknown": sorted(food.unknown),
        "price_fen_per_kg": food.price_fen_per_kg,
        "nutrients": dict(food.nutrients),
        "source": food.source,
        "evidence": food.evidence,
        "tags": sorted(food.tags),
        "free": sorted(food.free),
        "season": sorted(food.season),
        "supplier": food.supplier,
        "density_g_per_ml": food.density_g_per_ml,
    }


def _food(row: FoodRow) -> Food:
    return Food(
        row.code,
        row.name_zh,
        row.name_en,
        row.group,
        row.edible_ratio,
        frozenset(row.contains),
        frozenset(row.may_contain),
        frozenset(row.unknown),
        row.price_fen_per_kg,
        row.nutrients,
        row.source,
        row.evidence,
        frozenset(row.tags),
        frozenset(row.free),
        frozenset(row.season),
        row.supplier,
        row.density_g_per_ml,
    )


def _dish_values(dish: Dish) -> dict[str, Any]:
    return {
        "dish_id": dish.dish_id,
        "name_zh": dish.name_zh,
        "name_en": dish.name_en,
        "category": dish.category,
        "method": dish.method,
        "equipment_kind": dish.equipment_kind,
        "yield_ratio": dish.yield_ratio,
        "batch_minutes": dish.batch_minutes,
        "batch_portions": dish.batch_portions,
        "hot_quality_minutes": dish.hot_quality_minutes,
        "service_mode": dish.service_mode,
        "iddsi_level": dish.iddsi_level,
        "tags": sorted(dish.tags),
        "extra_allergens": sorted(dish.extra_allergens),
        "evidence": dish.evidence,
        "supply": dish.supply,
        "makings": [asdict(making) for making in dish.makings],
        "main_food": dish.main_food,
        "colour": dish.colour,
        "popularity": dish.popularity,
    }


def _ingredient_values(dish: Dish) -> list[dict[str, Any]]:
    return [
        {
            "dish_id": dish.dish_id,
            "position": position,
            "food_code": item.food_code,
            "edible_mg": item.edible_mg,
        }
        for position, item in enumerate(one for one in dish.ingredients if not one.via)
    ]


def _dish(row: DishRow, ingredients: Iterable[Ingredient], uses: tuple[Use, ...]) -> Dish:
    return Dish(
        row.dish_id,
        row.name_zh,
        row.name_en,
        cast(Category, row.category),
        row.method,
        row.equipment_kind,
        tuple(ingredients),
        row.yield_ratio,
        row.batch_minutes,
        row.batch_portions,
        row.hot_quality_minutes,
        cast(ServiceMode, row.service_mode),
        row.iddsi_level,
        frozenset(row.tags),
        frozenset(row.extra_allergens),
        row.evidence,
        cast(Supply, row.supply),
        uses=uses,
        makings=tuple(_making(document) for document in row.makings),
        main_food=row.main_food,
        colour=row.colour,
        popularity=row.popularity,
    )


def _making(document: Mapping[str, Any]) -> Making:
    return Making(**{**document, "swaps": tuple(Swap(**swap) for swap in document["swaps"])})
