"""What is written about programmes: every key, and every command of the walk-through with what it prints."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.programmes.key_words import meaning
from api.words import LANGUAGES, catalog
from orders.programmes.keys import keys_of
from orders.programmes.schema import Programme
from tests.api.cli.in_process import run
from tools import programme_keys

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "programmes.md").read_text("utf-8")


def console() -> Iterator[tuple[str, list[str]]]:
    """Each command of the guide that shows what it prints, with those lines."""
    for block in re.findall(r"```console\n\$ (.*?)```", GUIDE, re.DOTALL):
        command, *printed = block.rstrip().split("\n")
        yield command, printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_of_the_schema_is_undocumented(language: str) -> None:
    """
    Tests that each key is explained in both languages, and no word is left of a key that is gone.
    """
    paths = [key.path for key in keys_of(Programme)]
    assert [path for path in paths if not meaning(path, language)] == []
    said = {key.removeprefix("key:") for key in catalog(language) if key.startswith("key:")}
    assert {one for one in said if not one.startswith("*.")} - set(paths) == set()


def test_the_reference_of_keys_is_up_to_date() -> None:
    """
    Tests that docs/programme-keys.md is what the schema says; `python -m tools.programme_keys` writes it.
    """
    assert programme_keys.PAGE.read_text("utf-8") == programme_keys.page()


@pytest.mark.parametrize(("command", "printed"), list(console()), ids=lambda one: str(one)[:60])
def test_the_walk_through_prints_what_it_says(
    command: str, printed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Tests that a reader who follows the guide sees the same lines.
    """
    monkeypatch.chdir(ROOT)
    done = run(tmp_path, *shlex.split(command)[1:])
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in printed if line not in lines] == []


def test_every_finding_is_described() -> None:
    """
    Tests that the guide names each code that a check may find.
    """
    source = (ROOT / "api/programmes/findings.py").read_text("utf-8")
    codes = re.findall(r'Coded\("(\w+)"', source)
    assert [code for code in codes if f"`{code}`" not in GUIDE] == []
