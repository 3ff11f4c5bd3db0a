"""Every rule of a plan is a sentence with its clause, and no key that decides is left unsaid."""

import tomllib
from collections.abc import Iterator
from copy import copy, deepcopy
from typing import Any

import pytest

from api.paths import config_dir
from api.programmes.speech import missing_words, spoken
from api.words import LANGUAGES, catalog
from orders.programmes.saying import Said, Sentence, Word
from orders.programmes.schema import Programme, read_programme
from orders.programmes.sentences import about, all_sentences, sentences, touches
from orders.programmes.switches import with_settings

PLANS = {
    path.stem: tomllib.loads(path.read_text("utf-8"))
    for path in sorted((config_dir() / "programmes").glob("*.toml"))
}
# Names and marks: what they hold is shown by other means, or decides nothing.
SILENT = {"schema", "id", "cite", "party", "ambiguity", "area_name", "not_in_plan", "words", "zh"}


def told(programme: Programme) -> list[str]:
    """Every sentence in English, with its mark."""
    return [f"{spoken(one, 'en', programme.words)} {one.cite}" for one in all_sentences(programme)]


def _codes(part: Word) -> Iterator[str]:
    if isinstance(part, Said):
        yield part.code
        for inner in part.parts.values():
            yield from _codes(inner)
    elif isinstance(part, tuple):
        for inner in part:
            yield from _codes(inner)


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_a_packaged_plan_has_its_words(name: str, language: str) -> None:
    """
    Tests that no code, no value of the vocabulary and no placeholder is left without words.
    """
    programme = read_programme(PLANS[name])
    for sentence in all_sentences(programme):
        assert [code for code in _codes(sentence.said) if f"code:rule.{code}" not in catalog(language)] == []
        assert missing_words(sentence, language, programme.words) == set()
        assert len(spoken(sentence, language, programme.words)) > 3


@pytest.mark.parametrize("name", PLANS)
def test_every_switch_decides_a_sentence(name: str) -> None:
    """
    Tests that each ambiguity stands beside a rule, and taking it otherwise changes what is said.
    """
    programme = read_programme(PLANS[name])
    said = {switch for one in all_sentences(programme) for switch in one.switches}
    assert said == {one.id for one in programme.ambiguities}
    for one in programme.ambiguities:
        for option in one.options:
            text = str(option).lower() if isinstance(option, bool) else str(option)
            other = read_programme(with_settings(PLANS[name], [f"{one.id}={text}"]))
            same = other == programme.model_copy(update={"ambiguities": other.ambiguities})
            assert same or told(other) != told(programme), (one.id, option)


def _leaves(table: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    entries = table.items() if isinstance(table, dict) else enumerate(table)
    for key, value in entries:
        if key in SILENT:
            continue
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _otherwise(value: Any) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, list):
        yield from (value[:-1] if len(value) > 1 else ["other"], ["dinner"], [])
    elif isinstance(value, str):
        yield from ("7.77", "17:30", "other", "none")


def _spoilt(table: dict[str, Any], path: tuple[Any, ...], value: Any) -> Programme | None:
    changed = copy(table)
    here: Any = changed
    for step in path[:-1]:
        here[step] = copy(here[step])
        here = here[step]
    here[path[-1]] = value
    try:
        return read_programme(changed)
    except ValueError:
        return None


@pytest.mark.parametrize("name", PLANS)
def test_no_key_that_decides_is_left_unsaid(name: str) -> None:
    """
    Tests that changing any key of the file changes a sentence, whatever the key is.
    """
    before = read_programme(PLANS[name])
    sentences_before = told(before)
    unsaid = []
    for path, value in _leaves(PLANS[name]):
        spoilt = (_spoilt(PLANS[name], path, other) for other in _otherwise(value))
        after = next((one for one in spoilt if one is not None and one != before), None)
        if after is not None and told(after) == sentences_before:
            unsaid.append((path, value))
    assert unsaid == []


def test_what_the_plan_does_not_state_has_no_clause() -> None:
    """
    Tests that a key outside the plan, or left to the schema, is a system default; a cited one has a clause.
    """
    programme = read_programme(PLANS["liuzhou-2020"])
    assert {one.cite for one in about(programme, "settlement.site-monthly.due")} == {""}
    assert {one.cite for one in about(programme, "site.change_notice_days")} == {""}
    assert {one.cite for one in about(programme, "benefit.lunch-5.amount")} == {"八(一)"}
    assert {one.cite for one in about(programme, "overlay.may_raise")} == {"八 末段"}


def test_an_own_word_of_the_file_comes_first() -> None:
    """
    Tests that a city names a value that the house has no word for, in its own file.
    """
    table = deepcopy(PLANS["jianxi-2019"])
    table["class"][0]["when"]["all"].append({"fact": "flag", "has": "veteran"})
    nameless = read_programme(table)
    assert {word for one in all_sentences(nameless) for word in missing_words(one, "en", {})} == {
        "flag.veteran"
    }
    table["words"] = {"veteran": {"zh": "退役军人", "en": "a veteran"}}
    named = read_programme(table)
    assert any("a veteran" in text for text in told(named))
    assert all(missing_words(one, "en", named.words) == set() for one in all_sentences(named))


def test_chapters_keep_the_order_of_reading() -> None:
    """
    Tests that validity comes first and oversight last.
    """
    chapters = list(sentences(read_programme(PLANS["changping-2023"])))
    assert (chapters[0], chapters[-1]) == ("validity", "oversight")


@pytest.mark.parametrize(
    ("key", "own", "expected"),
    [
        ("ordering.cutoff_time", "ordering.cutoff_time", True),
        ("outcomes.no_show", "outcomes.no_show.diner", True),
        ("rate.per", "rate.volunteer.per", True),
        ("circle.mode", "circle.centre.minutes", False),
        ("benefit.a.requires[floor]", "benefit.a.requires.floor", True),
        ("benefit.meal-5", "benefit.meal-50.amount", False),
        ("class.priority.when.all[2].gte", "class.priority.when", True),
    ],
)
def test_keys_touch_when_one_leads_to_the_other(key: str, own: str, expected: bool) -> None:
    """
    Tests paths with ids, numbers and left-out ids.
    """
    assert touches(key, own) is expected


def test_a_sentence_is_a_fact() -> None:
    """
    Tests that a sentence can be compared and kept.
    """
    one = Sentence("ordering", Said("ordering.prepay"), ("ordering.prepay",), "七")
    assert one == Sentence("ordering", Said("ordering.prepay"), ("ordering.prepay",), "七")
