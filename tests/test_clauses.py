"""Every numbered clause of the five plans is answered, by something that exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import routers
from api.packaged import read_toml
from api.paths import config_dir
from tools import commands as reference

ROOT = Path(__file__).parents[1]
CLAUSES = (ROOT / "docs" / "clauses.md").read_text("utf-8")
PLANS = ROOT.parent / "shared" / "plans"
NOTHING = re.compile(r"Administrative, no software|issue to come")
NUMERAL = "[一二三四五六七八九十]+"
SECTION = re.compile(rf"^\s*(?P<cn>{NUMERAL})、|^\s*(?P<digit>\d+)、")
PART = re.compile(rf"^\s*[（(](?P<cn>{NUMERAL}|\d+)[）)]")
ARTICLE = re.compile(rf"^\s*(?P<cn>第{NUMERAL}条)")
POINT = re.compile(r"^\s*(?P<digit>\d+)\s*[.．](?!\d)")
ANNEX = re.compile(r"^\s*(?P<cn>附\s*件\s*\d?)\s*$")
DIGITS = dict(zip("123456789", "一二三四五六七八九", strict=True))
# Points that are clauses; elsewhere a number and a full stop counts attachments.
POINTED = {"liuzhou-2020": ("三",), "jianxi-2019": ("附件 一", "附件 二")}


def rows(programme: str) -> dict[str, str]:
    """Clause to what meets it."""
    section = CLAUSES.split(f"({programme})", 1)[1].split("\n## ", 1)[0]
    cells = (line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| "))
    return {cell[0]: cell[-1] for cell in cells if len(cell) == 3 and cell[0] not in ("Clause", "---")}


PROGRAMMES = sorted(path.stem for path in (config_dir() / "programmes").glob("*.toml"))


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_clause_is_met_by_something_that_exists(programme: str) -> None:
    """
    Tests that each row names commands, pages and tests that are there, or says why there are none.
    """
    pages = {route.path for router in routers() for route in router.routes}  # type: ignore[attr-defined]
    known = set(dict(reference.commands()))
    for clause, met_by in rows(programme).items():
        named = re.findall(r"`([^`]+)`", met_by)
        assert named or NOTHING.search(met_by), clause
        for name in named:
            if name.startswith("holdchain "):
                assert name.removeprefix("holdchain ") in known, (clause, name)
            elif name.startswith("/"):
                assert any(page == name or page.startswith(f"{name}/") for page in pages), (clause, name)
            else:
                assert (ROOT / name).exists(), (clause, name)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_citation_is_a_clause(programme: str) -> None:
    """
    Tests that what a packaged programme cites is in the list.
    """
    listed = "".join(rows(programme))
    cited = set(_cites(read_toml(config_dir() / "programmes" / f"{programme}.toml")))
    numbers = {number for cite in cited for number in re.findall(rf"第?{NUMERAL}条?", cite)}
    assert {number for number in numbers if number not in listed} == set()


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_no_clause_of_the_text_is_missing(programme: str) -> None:
    """
    Tests the list against the plan's own text, where it lies beside the project.
    """
    path = PLANS / f"{programme}.txt"
    if not path.exists():
        pytest.skip(f"The plan's text is not here ({path}).")
    listed = rows(programme)
    bare = {clause for clause in _numbers(path.read_text("utf-8"), programme) if clause not in listed}
    missing = {clause for clause in bare if not any(one.startswith(clause) for one in listed)}
    assert missing == set()


def _cites(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from ([part["cite"]] if isinstance(part.get("cite"), str) else [])
        for inner in part.values():
            yield from _cites(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _cites(inner)


def _numbers(text: str, programme: str) -> Iterator[str]:
    """Clause numbers in the order of a text; a section with parts is named by its parts."""
    annex, section = "", ""
    for line in text.splitlines():
        if found := ANNEX.match(line):
            annex = found["cn"].replace(" ", "") + " "
        elif found := ARTICLE.match(line):
            section = found["cn"]
            yield annex + section
        elif found := SECTION.match(line):
            section = annex + (found["cn"] or DIGITS[found["digit"]])
            yield section
        elif found := PART.match(line):
            yield f"{section}({DIGITS.get(found['cn'], found['cn'])})"
        elif (found := POINT.match(line)) and section in POINTED.get(programme, ()):
            yield f"{section}.{found['digit']}"
