"""Every code an import can say has a sentence in both languages, with the same blanks to fill."""

import re
from pathlib import Path
from string import Formatter

import api.imports
from api.imports.cells import RowProblem
from api.words import LANGUAGES, catalog, say
from orders.codes import Coded
from orders.errors import ServiceClosed

SOURCES = sorted(Path(api.imports.__path__[0]).glob("*.py"))
COMMANDS = [Path(api.imports.__path__[0]).parent / "cli" / name for name in ("imports.py", "example.py")]
CODE = re.compile(r'"((?:import|cell|row|example)_[a-z_]+)"')


def codes() -> set[str]:
    """Every code that the sources name."""
    return {
        code
        for path in [*SOURCES, *COMMANDS[0].parent.glob("*.py")]
        for code in CODE.findall(path.read_text("utf-8"))
    }


def blanks(sentence: str) -> set[str]:
    """Names in braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_code_has_its_sentence_in_both_languages():
    """
    Tests that no report falls back on a bare code, and that both sentences say the same things.
    """
    assert len(codes()) > 40
    for code in sorted(codes()):
        chinese, english = (catalog(language).get(f"code:{code}", "") for language in ("zh_CN", "en"))
        assert chinese and english, code
        assert blanks(chinese) == blanks(english), code


def test_no_sentence_of_imports_is_left_over():
    """
    Tests that the files of words hold no code that nothing says.
    """
    for language in LANGUAGES:
        said = {key.removeprefix("code:") for key in catalog(language) if CODE.fullmatch(f'"{key[5:]}"')}
        own = {code for code in said if code.split("_")[0] in ("import", "cell", "row")}
        assert own <= codes()


def test_texts_of_the_commands_are_translated():
    """
    Tests that what the commands print has a Chinese translation.
    """
    texts = set()
    for path in COMMANDS:
        source = path.read_text("utf-8")
        texts |= set(re.findall(r'gettext\("([^"]+)"', source))
        texts |= set(re.findall(r'^[A-Z_]+ = "([^"]* [^"]*)"$', source, re.MULTILINE))
    assert len(texts) >= 8
    assert {
        text for text in texts if not re.search("[\u4e00-\u9fff]", catalog("zh_CN").get(text, ""))
    } == set()


def test_a_closed_day_is_said_with_the_next_open_one():
    """
    Tests the shared sentence that a row on a day without service gets.
    """
    closed = ServiceClosed("2026-11-28", "weekend", "2026-11-30")
    problem = RowProblem(2, "服务日期", "2026-11-28", Coded(closed.code, closed.params))
    for language in LANGUAGES:
        words = say(problem.wrong, language)
        assert "2026-11-30" in words
        assert "{" not in words and "service_closed" not in words
