"""Rows of sub-recipes and of what dishes take of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, delete
from sqlmodel import Field, Session, col, select

from kitchen.recipes import Use
from kitchen.sub_recipes import Part, SubRecipe
from orders.store.base import Row, UtcDateTime, insert_rows, upsert


class SubRecipeRow(Row, table=True):
    """A stock or a sauce as it is now; its revision rises with every change, its parts included."""

    __tablename__ = "kitchen_sub_recipes"
    __table_args__ = (CheckConstraint("yield_ratio > 0 AND minutes >= 0 AND revision >= 1", name="amounts"),)

    code: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    method: str
    minutes: int
    yield_ratio: float
    evidence: str
    revision: int
    author: str
    changed_at: datetime = Field(sa_type=UtcDateTime)


class SubRecipePartRow(Row, table=True):
    """One food, or one other sub-recipe, of a sub-recipe."""

    __tablename__ = "kitchen_sub_recipe_parts"
    __table_args__ = (
        CheckConstraint("mg > 0 AND kept_ratio BETWEEN 0 AND 1", name="amounts"),
        CheckConstraint("(food_code IS NULL) <> (part_code IS NULL)", name="one_thing"),
        CheckConstraint("part_code <> code", name="not_itself"),
    )

    code: str = Field(primary_key=True, foreign_key="kitchen_sub_recipes.code")
    position: int = Field(primary_key=True)
    food_code: str | None = Field(foreign_key="kitchen_foods.code")
    part_code: str | None = Field(foreign_key="kitchen_sub_recipes.code")
    mg: int
    kept_ratio: float


class DishSubRecipeRow(Row, table=True):
    """What one portion of a dish takes of a sub-recipe."""

    __tablename__ = "kitchen_dish_sub_recipes"
    __table_args__ = (CheckConstraint("made_mg > 0", name="made_mg"),)

    dish_id: str = Field(primary_key=True, foreign_key="kitchen_dishes.dish_id")
    position: int = Field(primary_key=True)
    sub_recipe: str = Field(foreign_key="kitchen_sub_recipes.code")
    made_mg: int


def save_sub_recipes(
    session: Session, sub_recipes: Iterable[SubRecipe], *, author: str, changed_at: datetime
) -> list[str]:
    """Keeps sub-recipes with their parts; gives the codes of those that are new or differ."""
    kept = load_sub_recipes(session)
    revisions = dict(iter(session.exec(select(SubRecipeRow.code, SubRecipeRow.revision))))
    changed = [one for one in sub_recipes if kept.get(one.code) != one]
    stamp = {"author": author, "changed_at": changed_at}
    upsert(
        session,
        SubRecipeRow,
        [{**_values(one), "revision": revisions.get(one.code, 0) + 1, **stamp} for one in changed],
    )
    codes = [one.code for one in changed]
    session.execute(delete(SubRecipePartRow).where(col(SubRecipePartRow.code).in_(codes)))
    insert_rows(session, SubRecipePartRow, [values for one in changed for values in _part_values(one)])
    session.expire_all()
    return codes


def load_sub_recipes(session: Session) -> dict[str, SubRecipe]:
    """Every sub-recipe, by code in order."""
    parts: dict[str, list[Part]] = defaultdict(list)
    for row in session.exec(select(SubRecipePartRow).order_by("code", "position")):
        parts[row.code].append(Part(row.food_code or "", row.part_code or "", row.mg, row.kept_ratio))
    rows = session.exec(select(SubRecipeRow).order_by(col(SubRecipeRow.code)))
    return {
        row.code: SubRecipe(
            row.code,
            row.name_zh,
            row.name_en,
            row.method,
            row.minutes,
            tuple(parts[row.code]),
            row.yield_ratio,
            row.evidence,
        )
        for row in rows
    }


def save_uses(session: Session, uses: Mapping[str, Iterable[Use]]) -> None:
    """Keeps what each of these dishes takes of sub-recipes, in place of what it took before."""
    session.execute(delete(DishSubRecipeRow).where(col(DishSubRecipeRow.dish_id).in_(uses)))
    rows = [
        {"dish_id": dish_id, "position": place, "sub_recipe": use.sub_recipe, "made_mg": use.made_mg}
        for dish_id, of_dish in uses.items()
        for place, use in enumerate(of_dish)
    ]
    insert_rows(session, DishSubRecipeRow, rows)


def load_uses(session: Session, dish_ids: Collection[str] | None = None) -> dict[str, tuple[Use, ...]]:
    """What dishes take of sub-recipes, by dish id: those named, or all."""
    query = select(DishSubRecipeRow).order_by("dish_id", "position")
    if dish_ids is not None:
        query = query.where(col(DishSubRecipeRow.dish_id).in_(dish_ids))
    uses: dict[str, tuple[Use, ...]] = {}
    for row in session.exec(query):
        uses[row.dish_id] = (*uses.get(row.dish_id, ()), Use(row.sub_recipe, row.made_mg))
    return uses


def _values(one: SubRecipe) -> dict[str, Any]:
    return {
        "code": one.code,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "method": one.method,
        "minutes": one.minutes,
        "yield_ratio": one.yield_ratio,
        "evidence": one.evidence,
    }


def _part_values(one: SubRecipe) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "position": place,
            "food_code": part.food_code or None,
            "part_code": part.sub_recipe or None,
            "mg": part.mg,
            "kept_ratio": part.kept_ratio,
        }
        for place, part in enumerate(one.parts)
    ]
