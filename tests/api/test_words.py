"""Every code has its sentence, and every text its translation."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from api.paths import config_dir
from api.words import LANGUAGES, LOCALE, best_language, catalog, counted, gettext, say
from orders.codes import Coded

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("orders", "kitchen", "routing", "telemetry", "api")
CODE = re.compile(r"^[a-z][a-z0-9_.]*$")


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the house, parsed."""
    for stage in STAGES:
        for path in sorted((ROOT / stage).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def refusal_classes() -> dict[str, ast.ClassDef]:
    """`MealError` and the classes below it, by name."""
    every = {
        node.name: node for _, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }
    found = {"MealError": every["MealError"]}
    while grown := {
        name: node
        for name, node in every.items()
        if name not in found and any(ast.unparse(base).split(".")[-1] in found for base in node.bases)
    }:
        found |= grown
    return found


def own_codes(node: ast.ClassDef) -> list[str]:
    """Codes that a refusal's own ``__init__`` hands on."""
    calls = (one for one in ast.walk(node) if isinstance(one, ast.Call))
    return [
        str(call.args[0].value)
        for call in calls
        if ast.unparse(call.func) == "super().__init__"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]


def used_codes() -> dict[str, tuple[str, frozenset[str]]]:
    """Code to the place that says it and the parameters it gives there, where they stand in the source."""
    classes = refusal_classes()
    plain = {name for name, node in classes.items() if not own_codes(node)} | {"Coded"}
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for path, tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = ast.unparse(call.func).split(".")[-1]
            first = call.args[0] if call.args else None
            says = name in plain or ast.unparse(call.func) == "super().__init__"
            if says and isinstance(first, ast.Constant) and CODE.match(str(first.value)):
                found[str(first.value)] = (f"{path.relative_to(ROOT)}:{call.lineno}", given(call))
    return found


def given(call: ast.Call) -> frozenset[str]:
    """Names of the parameters in a call; those in two languages plainly too; none where a dict is spread."""
    if any(word.arg is None for word in call.keywords):
        return frozenset()
    names = {word.arg for word in call.keywords if word.arg}
    for argument in call.args[1:]:
        if isinstance(argument, ast.Dict):
            if None in argument.keys:
                return frozenset()
            names |= {str(key.value) for key in argument.keys if isinstance(key, ast.Constant)}
    return frozenset(names | {name.removesuffix("_en") for name in names})


def placeholders(sentence: str) -> set[str]:
    """Names in braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


USED = used_codes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_in_the_source_has_a_sentence(language: str) -> None:
    """Tests that whatever the code can say exists in both languages."""
    words = catalog(language)
    missing = [f"{code} ({place})" for code, (place, _) in USED.items() if f"code:{code}" not in words]
    assert missing == []


def test_the_scan_sees_codes() -> None:
    """Tests that the scan itself finds what is known to be said."""
    assert {"not_found", "clash_allergen", "role_may_not", "not_signed_in"} <= USED.keys()


def test_both_languages_have_the_same_codes_and_placeholders() -> None:
    """Tests that a sentence names the same facts in both languages."""
    chinese, english = ({k: v for k, v in catalog(one).items() if k.startswith("code:")} for one in LANGUAGES)
    assert sorted(chinese) == sorted(english)
    differing = [code for code in chinese if placeholders(chinese[code]) != placeholders(english[code])]
    assert differing == []


def test_sentences_name_only_parameters_that_are_given() -> None:
    """Tests that no sentence waits for a value that the source never gives."""
    words = catalog("en")
    lacking = [
        f"{code} ({place}): {sorted(placeholders(words[f'code:{code}']) - params)}"
        for code, (place, params) in USED.items()
        if params and f"code:{code}" in words and placeholders(words[f"code:{code}"]) - params
    ]
    assert lacking == []


def test_every_text_is_translated_into_chinese() -> None:
    """Tests that no entry of a Chinese file is empty or fuzzy."""
    empty = []
    for path in sorted((LOCALE / "zh_CN").glob("*.po")):
        with path.open("rb") as file:
            messages = list(read_po(file, locale="zh_CN", abort_invalid=True))
        empty += [f"{path.name}: {one.id}" for one in messages if one.id and (one.fuzzy or not one.string)]
    assert empty == []


def template_texts() -> dict[str, str]:
    """Texts in ``_("...")`` of templates and in ``gettext("...")`` of modules, with the place of each."""
    found = {}
    for path in sorted((ROOT / "api" / "pages" / "templates").rglob("*.html")):
        for text in re.findall(r"""\b_\(\s*"((?:[^"\\]|\\.)+)\"""", path.read_text(encoding="utf-8")):
            found[text] = path.name
    for path, tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            first = call.args[0] if call.args else None
            name = ast.unparse(call.func).split(".")[-1]
            if name == "gettext" and isinstance(first, ast.Constant):
                found[str(first.value)] = path.name
    return found


def test_every_text_of_pages_and_commands_has_its_chinese() -> None:
    """Tests that each text in a template or a command stands in a Chinese file."""
    words = catalog("zh_CN")
    assert {text: place for text, place in template_texts().items() if text not in words} == {}


def test_say_fills_in_and_never_fails() -> None:
    """Tests that a lacking value leaves its name, and an unknown code is shown as it is."""
    assert "C03" in say(Coded("not_found", {"kind": "site", "ref": "C03"}), "zh_CN")
    assert "{ref}" in say(Coded("not_found", {"kind": "site"}), "en")
    assert say(Coded("no_such_code", {"a": 1}), "en") == "no_such_code (a=1)"


def test_say_puts_codes_among_the_parameters_into_words() -> None:
    """Tests that a parameter which is itself a code is said in the person's language."""
    closed = Coded(
        "service_closed", {"service_on": "2026-11-22", "reason": "weekend", "next_on": "2026-11-23"}
    )
    assert "周末" in say(closed, "zh_CN")
    assert "weekend" in say(closed, "en")
    more = Coded("late_help_cook", {"equipment": "bratt wok", "minutes": 9})
    assert say(more, "zh_CN").startswith("可倾式炒锅、炒锅 ")
    assert say(more, "en").startswith("One more cook for bratt pan, wok ")


def test_say_shows_instants_and_money_as_people_write_them() -> None:
    """Tests that an instant is local and without seconds, and fen are yuan."""
    late = Coded("order_late", {"placed_at": "2026-11-22T08:30:00+00:00"})
    assert "11月22日 16:30" in say(late, "zh_CN")
    assert "22 Nov 16:30" in say(late, "en")
    given = Coded("benefit_given", {"benefit": "lunch-5", "amount_fen": 500, "cite": "3.2"})
    assert "5.00 元" in say(given, "zh_CN")
    never = "9999-12-31T23:59:59-12:00"
    assert never in say(Coded("paper_in_the_future", {"written_at": never}), "en")


def test_gettext_gives_the_english_itself() -> None:
    """Tests that English needs no file."""
    assert gettext("Sign in", "en") == "Sign in"
    assert gettext("Sign in", "zh_CN") == "登录"


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_CN"),
        ("en-GB,en;q=0.9,zh;q=0.1", "en"),
        ("fr-FR, en;q=0.2", "en"),
        ("en;q=0, zh-TW;q=0.1", "zh_CN"),
        ("fr", "zh_CN"),
        ("en;q=nonsense", "zh_CN"),
        ("", "zh_CN"),
    ],
)
def test_best_language_follows_the_browser(accept: str, language: str) -> None:
    """Tests that a browser's wishes are weighed, and the house's language stands behind them."""
    assert best_language(accept, "zh_CN") == language


def test_every_allergen_of_the_package_has_its_word() -> None:
    """Tests that a clash names the allergen, not its code."""
    codes = tomllib.loads((config_dir() / "allergens.toml").read_text("utf-8"))["allergen"]
    for language in LANGUAGES:
        assert [code for code in codes if f"code:allergen.{code}" not in catalog(language)] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 portions, 2 boxes", "1 portion, 2 boxes"),
        ("1 boxes stay behind", "1 box stays behind"),
        ("1 dishes, 1 batches, 1 copies", "1 dish, 1 batch, 1 copy"),
        (
            "11 portions of B1 meals, 0.1 meals, 1,001 meals",
            "11 portions of B1 meals, 0.1 meals, 1,001 meals",
        ),
    ],
)
def test_english_says_one_of_a_thing_without_its_s(text, said):
    """
    Tests nouns of each ending, and that numbers that only end in 1 stay.
    """
    assert counted(text, "en") == said
    assert counted(text, "zh_CN") == text
