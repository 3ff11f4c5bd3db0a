"""Kitchens, sites, diners and menus come back as they were kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from api.db import Database
from orders.menus import Made, Menu, MenuItem
from orders.sites import Kitchen, Place
from orders.store.diners import diner_ids_by_code, load_diner, load_diners, save_diners
from orders.store.menus import latest_menu_version, load_menu, load_menus, publish_menu, save_menu
from orders.store.sites import (
    kitchen_of_site,
    load_kitchen,
    load_kitchen_settings,
    load_kitchens,
    load_meals,
    load_sites,
    save_kitchen,
    save_sites,
)
from tests.orders.store_facts import CANTEEN, HOME, KITCHEN, LI, LUNCH, NOW_AT, ZHANG, keep_registers


def test_a_kitchen_comes_back_with_its_settings(database: Database) -> None:
    """Tests that a kitchen's facts and settings survive the database."""
    with database.begin() as session:
        keep_registers(session)
    with database.read() as session:
        assert load_kitchen(session, "K1") == KITCHEN
        assert load_kitchens(session) == [KITCHEN]
        assert load_kitchen_settings(session, "K1") == (1, {"programme": "p"})
        assert load_kitchen(session, "K9") is None
        assert load_kitchen_settings(session, "K9") == (0, {})


def test_a_kitchens_revision_rises_only_with_a_change(database: Database) -> None:
    """Tests that keeping the same kitchen twice changes nothing."""
    with database.begin() as session:
        assert save_kitchen(session, KITCHEN, {"a": 1}, NOW_AT) == 1
        assert save_kitchen(session, KITCHEN, {"a": 1}, NOW_AT) == 1
        assert save_kitchen(session, KITCHEN, {"a": 2}, NOW_AT) == 2
        assert save_kitchen(session, replace(KITCHEN, phone="0"), {"a": 2}, NOW_AT) == 3


def test_sites_come_back_with_the_meals_hours(database: Database) -> None:
    """Tests that a site is found for the meal it takes and for no other."""
    changed = replace(CANTEEN, name="新名", capacity=90)
    with database.begin() as session:
        keep_registers(session)
        save_sites(session, "K1", "lunch", [changed])
    with database.read() as session:
        assert load_sites(session, "K1", "lunch") == {"C01": changed, "H-LZ2": HOME}
        assert load_sites(session, "K1", "dinner") == {}
        assert load_sites(session, "K2", "lunch") == {}
        assert load_meals(session, "C01") == ["lunch"]
        assert (kitchen_of_site(session, "C01"), kitchen_of_site(session, "C99")) == ("K1", None)


def test_a_place_off_the_earth_is_refused(database: Database) -> None:
    """Tests that the database holds the bounds that the fact holds."""
    off = replace(KITCHEN)
    object.__setattr__(off, "place", _off_the_earth())
    with pytest.raises(IntegrityError), database.begin() as session:
        save_kitchen(session, off, {}, NOW_AT)


def _off_the_earth() -> Place:
    place = Place(0, 0)
    object.__setattr__(place, "lat", 91.0)
    return place


def test_diners_come_back_with_their_dated_facts(database: Database) -> None:
    """Tests that a diner's facts survive, and a change replaces them."""
    moved = replace(LI, site_id="H-LZ2", facts=LI.facts[:1])
    with database.begin() as session:
        keep_registers(session)
    with database.read() as session:
        assert load_diners(session) == {"d1": LI, "d2": ZHANG}
        assert load_diners(session, ["H-LZ2"]) == {"d2": ZHANG}
        assert load_diners(session, codes=["LZ1"]) == {"d1": LI}
        assert load_diner(session, "d2") == ZHANG
        assert load_diner(session, "d9") is None
        assert diner_ids_by_code(session) == {"LZ1": "d1", "LZ2": "d2"}
    with database.begin() as session:
        save_diners(session, [moved], "import")
    with database.read() as session:
        assert load_diner(session, "d1") == moved


def test_a_diners_number_is_unique(database: Database) -> None:
    """Tests that two people cannot share a clerk's number."""
    with pytest.raises(IntegrityError), database.begin() as session:
        keep_registers(session)
        save_diners(session, [replace(LI, diner_id="d3")], "import", {"d3": "other"})


def menu(version: int = 1, price_fen: int = 1500) -> Menu:
    egg = MenuItem(
        "D1", "番茄炒蛋", "Tomato and egg", "main", frozenset({"egg"}), tags=frozenset({"poultry"})
    )
    tofu = MenuItem(
        "D2", "豆腐", "Tofu", "half_main", frozenset({"soy"}), unknown=frozenset({"fish"}), iddsi_level=5
    )
    return Menu(LUNCH, (egg, tofu), price_fen, version)


def test_only_the_published_menu_is_in_force(database: Database) -> None:
    """Tests that a draft is not seen, and publishing one supersedes the one before."""
    with database.begin() as session:
        keep_registers(session)
        save_menu(session, "m1", menu(), author="u1", made_at=NOW_AT)
        assert load_menu(session, LUNCH) is None
        publish_menu(session, "m1")
        save_menu(session, "m2", menu(2, 1600), author="u1", made_at=NOW_AT)
    with database.read() as session:
        assert load_menu(session, LUNCH) == menu()
        assert latest_menu_version(session, LUNCH) == 2
    with database.begin() as session:
        publish_menu(session, "m2")
    with database.read() as session:
        assert load_menu(session, LUNCH) == menu(2, 1600)
        day = LUNCH.service_on
        assert load_menus(session, "K1", day, day, "Asia/Shanghai") == [menu(2, 1600)]
        assert load_menus(session, "K1", day + timedelta(1), day + timedelta(7), "Asia/Shanghai") == []


def test_a_menu_keeps_what_its_items_are_made_as_and_its_lines(database: Database) -> None:
    """Tests that variants, supply and the sets of each line survive, and that a menu from before loads."""
    plain = menu()
    minced = Made("minced", 5, frozenset({"soy"}), tags=frozenset({"poultry"}))
    made = replace(plain.items[0], supply="cook_chill", variants=frozenset({"minced"}), made=(minced,))
    full = replace(
        plain,
        items=(made, plain.items[1]),
        lines={"regular": (("D1", "regular"),), "soft": (("D1", "minced"), ("D2", "regular"))},
    )
    with database.begin() as session:
        keep_registers(session)
        save_menu(session, "m1", full, author="u1", made_at=NOW_AT)
        publish_menu(session, "m1")
    with database.read() as session:
        assert load_menu(session, LUNCH) == full
    with database.begin() as session:
        session.execute(text("UPDATE menus SET lines = NULL"))
        session.execute(text("UPDATE menu_items SET supply = NULL, variants = NULL, made = NULL"))
    with database.read() as session:
        assert load_menu(session, LUNCH) == plain


def test_a_menus_version_is_unique(database: Database) -> None:
    """Tests that two drafts cannot both be version 1."""
    with pytest.raises(IntegrityError), database.begin() as session:
        keep_registers(session)
        save_menu(session, "m1", menu(), author="u1", made_at=NOW_AT)
        save_menu(session, "m2", menu(), author="u1", made_at=NOW_AT)


def test_two_kitchens_keep_their_sites_apart(database: Database) -> None:
    """Tests that a city of two kitchens finds each kitchen's own sites."""
    other = Kitchen("K2", "二号", "canteen", "JY2", Place(24.4, 109.5), "Asia/Shanghai", "", "")
    elsewhere = replace(CANTEEN, site_id="C51")
    with database.begin() as session:
        keep_registers(session)
        save_kitchen(session, other, {}, NOW_AT)
        save_sites(session, "K2", "dinner", [elsewhere])
    with database.read() as session:
        assert list(load_sites(session, "K2", "dinner")) == ["C51"]
        assert list(load_sites(session, "K1", "lunch")) == ["C01", "H-LZ2"]
