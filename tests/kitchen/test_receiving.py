"""A delivery is asked for the papers, the temperature and the date that the rules name."""

from dataclasses import replace
from datetime import date

import pytest

from kitchen.receiving import Delivery, Supplier, SupplierLicence, rules_from_table, wanting
from tests.kitchen.builders import packaged_foods, table

ON = date(2026, 11, 23)
RULES = rules_from_table(table("receiving.toml")["rules"]["gb"])
FOODS = packaged_foods()
BUTCHER = Supplier("s1", "S01", "Butcher", licences=(SupplierLicence("food", "JY1", ON),))
PORK = {"lot_certificate": "c", "animal_quarantine": "q", "meat_inspection": "i"}
GOOD = Delivery(1_000_000, PORK, 3.5, date(2026, 11, 25), "chilled")


def codes(delivery: Delivery, food: str = "pork-lean-leg", supplier: Supplier = BUTCHER) -> list[str]:
    """What is wrong with a delivery."""
    found = wanting(delivery, supplier, RULES.rule_for(FOODS[food]), RULES, ON)
    return [str(one.params.get("paper", one.code)) for one in found]


def test_pork_with_all_its_papers_comes_in():
    """
    Tests licence, certificate, quarantine, inspection, temperature and date of pork.
    """
    assert RULES.rule_for(FOODS["pork-lean-leg"]).papers == (
        "supplier_licence",
        "lot_certificate",
        "animal_quarantine",
        "meat_inspection",
    )
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"papers": {}}, ["lot_certificate", "animal_quarantine", "meat_inspection"]),
        ({"papers": PORK | {"meat_inspection": ""}}, ["meat_inspection"]),
        ({"temperature_c": None}, ["receipt_temperature_missing"]),
        ({"temperature_c": 7.1}, ["receipt_temperature_high"]),
        ({"temperature_c": 7.0}, []),
        ({"storage": "frozen", "temperature_c": -8.9}, ["receipt_temperature_high"]),
        ({"storage": "frozen", "temperature_c": -18.0}, []),
        ({"expires_on": None}, ["receipt_expiry_missing"]),
        ({"expires_on": date(2026, 11, 22)}, ["receipt_expired"]),
    ],
)
def test_each_thing_that_is_wrong_is_named(change, wrong):
    """
    Tests every reason alone.
    """
    assert codes(replace(GOOD, **change)) == wrong


def test_a_supplier_needs_a_licence_that_holds():
    """
    Tests a supplier without a licence, and one whose licence ran out yesterday.
    """
    assert codes(GOOD, supplier=replace(BUTCHER, licences=())) == ["receipt_licence_missing"]
    over = (SupplierLicence("food", "JY1", date(2026, 11, 22)),)
    assert codes(GOOD, supplier=replace(BUTCHER, licences=over)) == ["receipt_licence_over"]


def test_fresh_greens_need_no_date_and_water_is_not_tracked():
    """
    Tests the days that greens keep, and what no lot is kept of.
    """
    greens = Delivery(5_000_000, {"lot_certificate": "c"}, None, None, "ambient")
    assert codes(greens, food="pak-choi-small-bok-choy") == []
    assert not RULES.rule_for(next(food for food in FOODS.values() if food.group == "water")).tracked


def test_a_paper_without_a_name_is_refused():
    """
    Tests that rules which ask for an unknown paper are not read.
    """
    block = table("receiving.toml")["rules"]["gb"]
    with pytest.raises(ValueError, match="no name"):
        rules_from_table({**block, "usual": {**block["usual"], "papers": ["magic"]}})
    with pytest.raises(ValueError, match="storage"):
        rules_from_table({**block, "usual": {**block["usual"], "storage": "warm"}})
