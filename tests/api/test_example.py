"""The invented city: seeded, shaped like a clerk's files, with clashes to settle."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from api.example.city import City, read_city
from api.example.files import ExampleTable, generate_city, write_example
from api.example.ordering import Ordered, allergens_met, compose, invent_orders, suits
from api.example.people import Person, invent_people
from api.imports.files import read_table
from api.imports.schema import Kind, match_columns
from orders.diners import age_on
from orders.errors import NotFound, ServiceClosed

MONDAY = date(2026, 11, 23)
KINDS: tuple[Kind, ...] = ("canteens", "diners", "orders")


@pytest.fixture(scope="module")
def city() -> City:
    """The packaged example."""
    return read_city("liuzhou")


@pytest.fixture(scope="module")
def people(city: City) -> list[Person]:
    """Its 900 diners."""
    return invent_people(city, 900, 1, MONDAY)


@pytest.fixture(scope="module")
def orders(city: City, people: list[Person]) -> list[Ordered]:
    """Their orders of the default date."""
    return invent_orders(city, people, 1, MONDAY)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path):
    """
    Tests that two runs with one seed write equal files, and another seed does not.
    """
    first, again, other = (
        write_example(tmp_path / name, "liuzhou", 60, seed, MONDAY)
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert [first[kind].read_bytes() for kind in KINDS] == [again[kind].read_bytes() for kind in KINDS]
    assert first["orders"].read_bytes() != other["orders"].read_bytes()


@pytest.mark.parametrize("fmt", ["xlsx", "csv"])
def test_the_import_knows_every_column_of_the_files(tmp_path: Path, fmt):
    """
    Tests that each file reads back whole under the published headers, with no column ignored.
    """
    tables = generate_city("liuzhou", 90, 1, MONDAY)
    for kind, path in write_example(tmp_path, "liuzhou", 90, 1, MONDAY, fmt).items():
        read = read_table(path.name, path.read_bytes())
        assert match_columns(kind, read).ignored == ()
        assert read.header == tables[kind].header
        assert len(read.rows) == len(tables[kind].rows)


def test_canteens_stand_in_the_plan_s_districts(city: City):
    """
    Tests the plan's quota of 12 canteens by district; three of them take packed meals.
    """
    quota = Counter(site.district for site in city.sites)
    assert quota == {"城中区": 3, "柳南区": 3, "鱼峰区": 3, "柳北区": 2, "柳江区": 1}
    assert Counter(site.row["form"] for site in city.sites) == {"bulk": 9, "packed": 3}


def test_diners_are_old_and_some_eat_at_home(people: list[Person]):
    """
    Tests ages from 60 to 98, about 45 % of 80 and over, 120 at home of whom 12 are the van's own stops.
    """
    ages = [age_on(person.born_on, MONDAY) for person in people]
    assert min(ages) >= 60
    assert max(ages) <= 98
    assert 0.40 < sum(age >= 80 for age in ages) / len(ages) < 0.50
    assert Counter(person.delivery for person in people) == {"dine_in": 780, "volunteer": 108, "direct": 12}
    assert all((person.lat is not None) == person.at_home for person in people)


def test_one_diner_turns_80_on_the_day_and_one_the_day_after(people: list[Person]):
    """
    Tests that the first day of a class is in every example.
    """
    assert [person.born_on for person in people[:2]] == [date(1946, 11, 23), date(1946, 11, 24)]


def test_diners_carry_needs(people: list[Person]):
    """
    Tests that about 8 % are allergic to one or two things and that soft food and diets occur.
    """
    allergic = [person for person in people if person.allergens]
    assert len(allergic) == 72
    assert {len(person.allergens) for person in allergic} == {1, 2}
    assert any(person.texture == "soft" for person in people)
    diets = {diet for person in people for diet in person.diets}
    assert diets >= {"low_salt", "diabetic", "vegetarian", "halal"}


def test_about_700_of_900_order_a_whole_set(city: City, orders: list[Ordered]):
    """
    Tests that each order is one of the day's sets at that set's price, once a diner.
    """
    assert len(orders) == 702
    assert len({order.person.code for order in orders}) == len(orders)
    assert len({order.code for order in orders}) == len(orders)
    sets = {(meal.price_fen, tuple(sorted(Counter(meal.parts).items()))) for meal in city.sets.values()}
    assert {
        (order.price_fen, tuple(sorted(Counter(item.category for item in order.items).items())))
        for order in orders
    } <= sets
    assert Counter(order.price_fen for order in orders)[1200] > 600


@pytest.mark.parametrize("seed", [1, 2, 7])
@pytest.mark.parametrize("day", range(23, 28))
def test_a_few_orders_clash_and_each_can_be_settled(city: City, seed, day):
    """
    Tests that 6 to 10 orders hold the diner's own allergen, and the menu has a dish in its place that suits.
    """
    service_on = date(2026, 11, day)
    menu = city.menu_on(service_on)
    people = invent_people(city, 900, seed, service_on)
    clashes = [
        (order.person, item)
        for order in invent_orders(city, people, seed, service_on)
        for item in order.items
        if allergens_met(order.person, item)
    ]
    assert 6 <= len(clashes) <= 10
    for person, item in clashes:
        assert any(other.category == item.category and suits(city, person, other) for other in menu)


def test_all_other_dishes_suit_their_diners(city: City, orders: list[Ordered]):
    """
    Tests that texture and diets are kept everywhere except in the few clashing dishes.
    """
    for order in orders:
        if not any(allergens_met(order.person, item) for item in order.items):
            assert all(suits(city, order.person, item) for item in order.items)


def test_orders_come_before_the_cut_off(orders: list[Ordered]):
    """
    Tests that nobody orders after 16:00 of the day before.
    """
    assert all(f"{order.ordered_at:%Y-%m-%d %H:%M}" < "2026-11-22 16:00" for order in orders)


@pytest.mark.parametrize("weekday", range(1, 6))
def test_every_meat_eater_can_be_served(city: City, people: list[Person], weekday):
    """
    Tests that any pair of allergens together with soft food leaves a whole set on every day's menu.
    """
    plain = next(person for person in people if not person.diets)
    allergens = sorted({code for item in city.menus[weekday] for code in item.counts_as_containing})
    for one in allergens:
        for other in allergens:
            person = _needing(plain, (one, other))
            assert compose(random.Random(0), city, person, city.menus[weekday], city.sets["standard"])


def test_vegetarians_and_pork_refusers_can_be_served(city: City, people: list[Person]):
    """
    Tests that each weekday's menu composes for diners without an allergen who keep a diet.
    """
    for menu in city.menus.values():
        for person in people:
            if person.diets and not person.allergens and person.texture == "regular":
                meal = city.sets["vegetarian" if "vegetarian" in person.diets else "standard"]
                assert compose(random.Random(0), city, person, menu, meal), person.diets


@pytest.mark.parametrize(
    ("service_on", "reason", "next_on"),
    [
        (date(2026, 11, 22), "weekend", "2026-11-23"),
        (date(2026, 10, 1), "holiday", "2026-10-08"),
        (date(2026, 10, 10), "makeup_workday", "2026-10-12"),
        (date(2020, 1, 1), "outside_validity", "-"),
    ],
)
def test_a_closed_day_is_refused_and_the_next_named(service_on, reason, next_on, tmp_path: Path):
    """
    Tests that no file is written for a weekend, a holiday or a make-up workday.
    """
    with pytest.raises(ServiceClosed) as refused:
        write_example(tmp_path / "out", "liuzhou", 10, 1, service_on)
    assert refused.value.params == {
        "service_on": service_on.isoformat(),
        "reason": reason,
        "next_on": next_on,
    }
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["nowhere", "../liuzhou", ""])
def test_an_unknown_city_is_refused(name):
    """
    Tests that only a folder of the examples is a city.
    """
    with pytest.raises(NotFound):
        generate_city(name, 10, 1, MONDAY)


@pytest.mark.parametrize("diners", [1, 2, 400, 3000])
def test_any_number_of_diners(diners):
    """
    Tests that small and large cities keep the share of orders.
    """
    tables = generate_city("liuzhou", diners, 3, MONDAY)
    assert len(tables["diners"].rows) == diners
    assert abs(len(tables["orders"].rows) - 0.78 * diners) <= max(1, 0.01 * diners)


def test_everything_invented_says_so():
    """
    Tests that every row of every table carries the mark.
    """
    tables = generate_city("liuzhou", 30, 1, MONDAY)
    assert all(row[-1] == "虚构示例" for table in tables.values() for row in table.rows)


def test_no_whole_id_number_is_ever_made():
    """
    Tests that the clerk's sheet holds four characters of an identity document, no more.
    """
    assert {
        len(part) for part in _column(generate_city("liuzhou", 30, 1, MONDAY)["diners"], "证件后四位")
    } == {4}


def _column(table: ExampleTable, title: str) -> list[str]:
    return [str(row[table.header.index(title)]) for row in table.rows]


def _needing(person: Person, allergens: tuple[str, ...]) -> Person:
    return replace(person, allergens=allergens, texture="soft")
