"""Registers on paper: each with its own columns, the names that are known filled in."""

from dataclasses import replace

import pytest

from api.checks.forms import forms_of, print_forms
from api.checks.records import Entry, write_check
from orders.errors import Forbidden
from tests.api.checks.room import furnished, later
from tests.api.reports.readback import pages_text

WELL = {"temperature_c": "36.5", "no_illness": "yes", "no_wound": "yes", "clean_dress": "yes"}


@pytest.fixture
def floor(database):
    """A day with one of two morning checks written."""
    with database.begin() as session:
        at = furnished(session)
        write_check(session, at, Entry("morning_check", "S1", WELL, "S2"))
        yield session


def test_each_register_asks_its_own_of_whoever_lacks_it(floor):
    """
    Tests fields, names, carriers and signers of the forms, and that what is written has no row.
    """
    at = later()
    forms = {one.name.en: one for one in forms_of(floor, at, at.today_on).forms}
    morning, washed = forms["Morning check of each person"], forms["Carriers washed and disinfected"]
    first = morning.fields[0]
    assert (morning.subjects, first.name.en, first.limits) == (("乙",), "Body temperature", "34–37.2°C")
    assert (washed.lists, [one.kind for one in washed.fields]) == (("K01",), ["number", "choice", "yes"])
    assert forms["Fridge temperature"].subjects == ("F1 留样冰箱",)
    assert forms["Daily food-safety control"].signer.en == "Food-safety director"
    assert (forms["Training"].rhythm, forms["Training"].subjects) == ("when", ())
    write_check(floor, at, Entry("morning_check", "S2", WELL, "S1"))
    assert "Morning check of each person" not in {
        one.name.en for one in forms_of(floor, at, at.today_on).forms
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh_CN", ("体温", "乙", "□是", "发现风险隐患", "签字（食品安全总监）")),
        ("en", ("Bodytemperature", "乙", "□yes", "Ariskwasfound")),
    ],
)
def test_the_forms_are_printed_in_both_languages(floor, language, words):
    """
    Tests that the columns are those of each register, read back from the PDF.
    """
    at = later()
    made = print_forms(floor, at, at.today_on, language)
    said = "".join("".join(pages_text(made.pdf)).split())
    assert made.findings == ()
    assert [one for one in words if one not in said] == []


def test_forms_are_for_who_may_read_the_checks(floor):
    """
    Tests that a driver gets none.
    """
    at = later()
    driver = replace(at, actor=replace(at.actor, role="driver"))
    with pytest.raises(Forbidden):
        forms_of(floor, driver, at.today_on)
