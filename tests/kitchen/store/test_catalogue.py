"""Foods and dishes survive the database as they are."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from kitchen.foods import Food
from kitchen.recipes import Making, Swap, Use
from kitchen.store.catalogue import (
    change_sub_recipes,
    dish_revisions,
    load_dishes,
    load_foods,
    save_dishes,
    save_foods,
)
from kitchen.store.sub_recipes import load_sub_recipes, save_sub_recipes
from kitchen.sub_recipes import Part
from tests.kitchen.builders import packaged_dishes, packaged_foods, packaged_sub_recipes

NOW_AT = datetime(2026, 11, 20, 1, tzinfo=UTC)


def keep_sauces(session: Session, foods: dict[str, Food]) -> None:
    """Keeps the packaged sub-recipes."""
    change_sub_recipes(session, packaged_sub_recipes(foods).values(), author="u1", changed_at=NOW_AT)


def test_foods_and_dishes_come_back_as_they_went(database):
    """
    Tests the packaged catalogue through both databases, and that the same again changes nothing.
    """
    foods = packaged_foods()
    dishes = packaged_dishes(foods)
    with database.begin() as session:
        assert len(save_foods(session, foods.values(), author="u1", changed_at=NOW_AT)) == len(foods)
        keep_sauces(session, foods)
        assert len(save_dishes(session, dishes.values(), author="u1", changed_at=NOW_AT)) == len(dishes)
    with database.begin() as session:
        assert load_foods(session) == foods
        assert load_dishes(session) == dishes
        assert save_foods(session, foods.values(), author="u2", changed_at=NOW_AT) == []
        assert save_dishes(session, dishes.values(), author="u2", changed_at=NOW_AT) == []


def test_a_changed_dish_has_a_new_revision(database):
    """
    Tests that a shorter bill of materials replaces the old one and raises the revision of that dish alone.
    """
    foods = packaged_foods()
    dishes = packaged_dishes(foods)
    changed = replace(dishes["D003"], ingredients=dishes["D003"].ingredients[:3])
    with database.begin() as session:
        save_foods(session, foods.values(), author="u1", changed_at=NOW_AT)
        keep_sauces(session, foods)
        save_dishes(session, dishes.values(), author="u1", changed_at=NOW_AT)
        assert save_dishes(session, [changed, dishes["D002"]], author="u2", changed_at=NOW_AT) == ["D003"]
        assert load_dishes(session, {"D003"}) == {"D003": changed}
        assert dish_revisions(session, ["D003", "D002"]) == {"D003": 2, "D002": 1}
        dearer = replace(foods["potato"], price_fen_per_kg=foods["potato"].price_fen_per_kg + 1)
        assert save_foods(session, [dearer], author="u2", changed_at=NOW_AT) == ["potato"]
        assert load_foods(session)["potato"] == dearer


def test_what_a_dish_can_be_made_as_and_how_it_is_served_survive(database):
    """
    Tests swaps, an assertion with its person, cook-chill, colour and popularity.
    """
    foods = packaged_foods()
    making = Making("minced", (Swap("potato", "pumpkin", 1.2), Swap("carrot")), 5, 0.9, "马师傅", "measured")
    one = replace(
        packaged_dishes(foods)["D003"],
        makings=(making,),
        supply="cook_chill",
        main_food="beef-brisket-rib",
        popularity=0.8,
    )
    with database.begin() as session:
        save_foods(session, foods.values(), author="u1", changed_at=NOW_AT)
        save_dishes(session, [one], author="u1", changed_at=NOW_AT)
    with database.read() as session:
        assert load_dishes(session) == {"D003": one}


def test_a_changed_sauce_changes_every_dish_made_with_it(database):
    """
    Tests that a sauce's new part is in the dish, whose revision rises, and in no other's.
    """
    foods = packaged_foods()
    sauces = packaged_sub_recipes(foods)
    spicier = replace(sauces["S01"], parts=(*sauces["S01"].parts, Part("sesame-paste", "", 500)))
    with database.begin() as session:
        save_foods(session, foods.values(), author="u1", changed_at=NOW_AT)
        keep_sauces(session, foods)
        save_dishes(session, packaged_dishes(foods).values(), author="u1", changed_at=NOW_AT)
        assert change_sub_recipes(session, [spicier], author="u2", changed_at=NOW_AT) == ["S01"]
        assert load_sub_recipes(session)["S01"] == spicier
        dish = load_dishes(session, {"D001"})["D001"]
        assert dish.uses == (Use("S01", 9_100),)
        assert "sesame-paste" in {one.food_code for one in dish.ingredients}
        assert dish_revisions(session, ["D001", "D003"]) == {"D001": 2, "D003": 1}


def test_a_sauce_of_itself_is_refused_by_the_database(database):
    """
    Tests the shortest circle, and a part that is both a food and a sauce cannot even be made.
    """
    foods = packaged_foods()
    sauce = packaged_sub_recipes(foods)["S01"]
    with pytest.raises(IntegrityError), database.begin() as session:
        save_foods(session, foods.values(), author="u1", changed_at=NOW_AT)
        own = replace(sauce, parts=(Part("", "S01", 1),))
        save_sub_recipes(session, [own], author="u1", changed_at=NOW_AT)
