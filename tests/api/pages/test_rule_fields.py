"""The menu rules as fields: what a form shows comes back as what stands, and slips stay visible."""

import shutil

import pytest

from api.day.menus_rules import HouseRules, old_value, read_rules, settings_of
from api.db import Database
from api.pages.menus_rules import ban_code
from api.pages.rule_fields import RuleField, named_settings, rule_fields, typed_value
from api.words import LANGUAGES
from orders.errors import BadInput
from tests.kitchen.builders import packaged_foods


@pytest.fixture(scope="module")
def rules(tmp_path_factory, sqlite_template) -> HouseRules:
    """The packaged rules."""
    path = tmp_path_factory.mktemp("rules") / "holdchain.sqlite3"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    with database.read() as session:
        found = read_rules(session)
    database.close()
    return found


def fields_of(rules: HouseRules, language: str) -> list[RuleField]:
    """All fields, whatever they stand in."""
    groups = rule_fields(rules, packaged_foods(), language).values()
    return [one for own in groups for blocks in own.values() for block in blocks for one in block.fields]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(rules, language):
    """
    Tests that each setting is one field, labelled in words, and that its values mean what stands.
    """
    fields = fields_of(rules, language)
    assert sorted(one.path for one in fields) == sorted(path for path, _ in settings_of(rules))
    for one in fields:
        old = old_value(rules, one.path)
        kept = list(old) if isinstance(old, tuple) else old
        assert typed_value(one.path, list(one.values), old) == kept, one.path
        chosen = {code for code, _ in one.options}
        assert not one.options or set(one.values) <= chosen, one.path
        assert "_" not in one.label and "." not in one.label, one.label
        assert not [words for _, words in one.options if "_" in words]
    assert set(named_settings(rules, language)) == {one.path for one in fields}


@pytest.mark.parametrize(
    ("path", "sent", "kept"),
    [
        ("line.soft.share", ["28.5"], 0.285),
        ("line.soft.share", ["half"], "half"),
        ("line.soft.most_food_fen", ["9.5"], 950),
        ("line.soft.most_food_fen", ["9.555"], 955.5),
        ("line.soft.most_food_fen", ["inf"], "inf"),
        ("line.soft.share", ["NaN"], "NaN"),
        ("line.soft.softest", [""], None),
        ("line.low-salt.variants", ["low_salt", "soft", ""], ["low_salt", "soft"]),
        ("line.no-allergens.barred_allergens", [""], []),
        ("line.no-allergens.barred_allergens", ["", "milk", "egg", "celery"], ["egg", "milk", "celery"]),
        ("parts.main", ["1", "2"], [1, 2]),
        ("kinds_bind", ["false"], False),
    ],
)
def test_what_is_typed_is_kept_in_the_units_of_the_rules(rules, path, sent, kept):
    """
    Tests percent, yuan, an order that matters and one that does not, and that no number is made of a word.
    """
    assert typed_value(path, sent, old_value(rules, path)) == kept


@pytest.mark.parametrize(
    ("path", "sent"),
    [("line.soft.most_food_fen", ["1,200"]), ("parts.main", ["1", "1,200"]), ("look.missed_fen", ["1,200"])],
)
def test_a_comma_that_may_be_either_is_asked_back(rules, path, sent):
    """
    Tests that 1,200 yuan is not kept as 1.2, nor a range read as three numbers.
    """
    old = old_value(rules, path)
    with pytest.raises(BadInput, match="number_comma"):
        typed_value(path, sent, 12 if old is None else old)


def test_a_new_ban_takes_no_other_bans_place(rules):
    """
    Tests that a ban that is named as one that stands gets a code of its own, and so leaves that one as it is.
    """
    taken = {one.code for one in rules.book.bans}
    assert "green_bean" in taken and ban_code("Green bean", taken) == "green_bean_2"
    assert ban_code("Green bean", {*taken, "green_bean_2"}) == "green_bean_3"
    assert (ban_code("Bitter gourd!", taken), ban_code("苦瓜", taken)) == ("bitter_gourd", "")
