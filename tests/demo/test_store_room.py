"""What the rehearsal takes into the store room: enough of everything, with what each food's rule asks."""

from datetime import date

from api.demo.store_room import deliveries, kept, suppliers
from api.packaged import read_toml
from api.paths import config_dir
from kitchen.receiving import LICENCE, rules_from_table
from tests.kitchen.builders import packaged_foods

SERVICE_ON = date(2026, 11, 23)


def test_each_food_of_the_example_has_a_supplier_with_its_papers() -> None:
    """
    Tests that every tracked food is asked of one supplier, who is licensed and brings the papers of its rule.
    """
    rules = rules_from_table(read_toml(config_dir() / "receiving.toml")["rules"]["gb"])
    known = suppliers("liuzhou")
    for food in packaged_foods().values():
        rule = rules.rule_for(food)
        if rule.tracked:
            [asked] = [one for one in known if food.group in one["groups"]]
            assert set(rule.papers) - {LICENCE} <= set(asked["papers"]), food.code
            assert asked["licence"]["valid_to_on"] > SERVICE_ON
    assert all(kept(one)["licences"][0]["valid_to_on"] for one in known)


def test_a_delivery_brings_a_little_more_than_is_lacking() -> None:
    """
    Tests whole kilograms, more than asked, once by its own number, and nothing from nobody.
    """
    known = {one["code"]: one for one in suppliers("liuzhou")}
    lines = [{"food_code": "carrot", "order_g": 15_700.0}, {"food_code": "garlic", "order_g": 200.0}]
    asked = {"suppliers": [{"supplier": "S03", "lines": lines}, {"supplier": None, "lines": lines}]}
    found = list(deliveries(asked, known, SERVICE_ON))
    assert [one["g"] for one in found] == [18_000, 1_000]
    assert len({one["external_ref"] for one in found}) == 2
    assert {one["expires_on"] for one in found} == {"2026-11-25"}
