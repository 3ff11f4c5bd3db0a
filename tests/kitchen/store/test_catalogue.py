"""Foods and dishes survive the database as they are."""

from dataclasses import replace
from datetime import UTC, datetime

from kitchen.store.catalogue import dish_revisions, load_dishes, load_foods, save_dishes, save_foods
from tests.kitchen.builders import packaged_dishes, packaged_foods

NOW_AT = datetime(2026, 11, 20, 1, tzinfo=UTC)


def test_foods_and_dishes_come_back_as_they_went(database):
    """
    Tests the packaged catalogue through both databases, and that the same again changes nothing.
    """
    foods = packaged_foods()
    dishes = packaged_dishes(foods)
    with database.begin() as session:
        assert len(save_foods(session, foods.values(), author="u1", changed_at=NOW_AT)) == len(foods)
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
    changed = replace(dishes["D001"], ingredients=dishes["D001"].ingredients[:3])
    with database.begin() as session:
        save_foods(session, foods.values(), author="u1", changed_at=NOW_AT)
        save_dishes(session, dishes.values(), author="u1", changed_at=NOW_AT)
        assert save_dishes(session, [changed, dishes["D002"]], author="u2", changed_at=NOW_AT) == ["D001"]
        assert load_dishes(session, {"D001"}) == {"D001": changed}
        assert dish_revisions(session, ["D001", "D002"]) == {"D001": 2, "D002": 1}
        dearer = replace(foods["potato"], price_fen_per_kg=foods["potato"].price_fen_per_kg + 1)
        assert save_foods(session, [dearer], author="u2", changed_at=NOW_AT) == ["potato"]
        assert load_foods(session)["potato"] == dearer
