"""What is written about the project: every command, setting, word and document is there."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import pytest

from api.day.reconcile import Counts
from api.permissions import ROLES
from api.settings import Settings
from api.web.tabs import TABS
from api.words import catalog
from tests.api.cli.in_process import run
from tools import commands as reference
from tools.check_docs import ROOT, broken_links, markdown_files

DOCS = ROOT / "docs"
STAGES = ("orders", "kitchen", "routing", "telemetry")
GLOSSARY = (DOCS / "glossary.md").read_text("utf-8")
DAY = (DOCS / "the-day.md").read_text("utf-8")
COMMANDS = dict(reference.commands())
DESIGN_WORDS = (
    """
Service, site, form of supply, portion, variant, batch, lot, Carrier, Box, Hold, leg, release_at,
deliver_by_at, eat_by_at, depot, stop, demand, load, trip, route, visit, time window, service_s,
unserved, CCP, critical limit, deviation, excursion, gap, corrective action, disposition, verdict,
probe, ProbeUse, senses, TRU, one step back / forward, programme, class, benefit, payer, overlay,
ambiguity, ledger line, statement, adjustment, claw-back, Receipt, Serving, revision, version
""".replace("\n", " ")
    .strip()
    .split(", ")
)
MACHINERY = {
    "Frame",
    "Tail",
    "Endpoint",
    "Player",
    "Track",
    "Packer",
}  # parts of one module; the glossary may name them


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_of_itself(name: str) -> None:
    """
    Tests that the help says what a command does and how it is written.
    """
    said, found, example = " ".join(COMMANDS[name].help.split()).partition(" Example: ")
    assert said and found
    assert example == f"holdchain {name}" or example.startswith(f"holdchain {name} ")


def test_every_option_says_what_it_means() -> None:
    """
    Tests that no argument and no option stands in a help without a word.
    """
    silent = [
        (name, one.name) for name, command in COMMANDS.items() for one in command.params if not one.help
    ]
    assert silent == []


def test_the_command_reference_is_up_to_date() -> None:
    """
    Tests that docs/commands.md is what the commands say; `.venv/bin/python -m tools.commands` writes it anew.
    """
    assert reference.PAGE.read_text("utf-8") == reference.page()


def test_every_document_has_a_schema() -> None:
    """
    Tests that each command with --json has its schema in docs/schemas, and no schema is left over.
    """
    speaking = {name for name, one in COMMANDS.items() if any("--json" in p.opts for p in one.params)}
    wanted = {name.replace(" ", "-") for name in speaking} | {"refused"}
    kept = {path.stem: json.loads(path.read_text("utf-8")) for path in (DOCS / "schemas").glob("*.json")}
    assert set(kept) == wanted
    for schema in kept.values():
        jsonschema_rs.validator_for(schema)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a user."""
    folder = tmp_path_factory.mktemp("house")
    assert run(folder, "user", "add", "li", "--role", "kitchen").returncode == 0
    return folder


def test_devices_users_and_alarms_print_what_their_schemas_say(house: Path) -> None:
    """
    Tests those of a sensor let in, listed, given a new secret, shut out, of a user shut out, and of alarms.
    """
    for line in (
        "device add BOX-0001 --probe core=core",
        "device list",
        "device issue BOX-0001",
        "device revoke BOX-0001",
        "user disable li",
        "alarm webhook duty --url https://duty.example/alarms",
        "alarm list",
    ):
        schema = json.loads((DOCS / "schemas" / f"{'-'.join(line.split()[:2])}.json").read_text("utf-8"))
        done = run(house, *line.split(), "--json")
        assert done.returncode == 0, done.stderr
        jsonschema_rs.validate(schema, json.loads(done.stdout))


def test_every_setting_is_described() -> None:
    """
    Tests that docs/operations.md names each environment variable.
    """
    text = (DOCS / "operations.md").read_text("utf-8")
    assert [name for name in Settings.model_fields if f"`HOLDCHAIN_{name.upper()}`" not in text] == []


def test_every_number_of_the_day_is_explained() -> None:
    """
    Tests that the-day.md has each key of the documents of `day status` and `demo`, and each count.
    """
    keys = set(Counts.__dataclass_fields__) - {"missing"}
    for name in ("day-status", "demo"):
        schema = json.loads((DOCS / "schemas" / f"{name}.json").read_text("utf-8"))
        keys |= set(schema["properties"])
    assert {key for key in keys if f"`{key}`" not in DAY} == set()


@pytest.mark.parametrize(
    "module", ["reconcile", "summary", "close", "cook", "pack_boxes", "drive", "hand_over", "serve"]
)
def test_every_code_of_the_day_is_described(module: str) -> None:
    """
    Tests that the-day.md names what a use case refuses and what a summary finds.
    """
    source = (ROOT / "api" / "day" / f"{module}.py").read_text("utf-8")
    words = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', source))
    codes = {word for word in words if f"code:{word}" in catalog("en")}
    assert {code for code in codes if f"`{code}`" not in DAY} == set()


def test_every_page_and_role_is_in_the_day() -> None:
    """
    Tests that each page with a tab, and each role of a person, is described.
    """
    assert [path for path, _, _ in TABS if f"`{path}`" not in DAY] == []
    assert [role for role in ROLES if role != "device" and role not in DAY] == []


@pytest.mark.parametrize("word", DESIGN_WORDS)
def test_the_glossary_has_the_words_of_the_design(word: str) -> None:
    """
    Tests that a word which the design begins with still has its meaning.
    """
    assert any(word in line.split("|")[1] for line in GLOSSARY.splitlines() if line.startswith("| "))


def test_the_glossary_has_every_fact() -> None:
    """
    Tests that each frozen fact of the four stages is explained; parameters are not facts.
    """
    unexplained = {name for name in _facts() if f"`{name}`" not in GLOSSARY}
    assert unexplained - MACHINERY == set()


def _facts() -> Iterator[str]:
    """Names of the frozen dataclasses of the pure modules."""
    for stage in STAGES:
        for path in sorted((ROOT / stage).rglob("*.py")):
            if "store" in path.parts:
                continue
            for node in ast.parse(path.read_text("utf-8")).body:
                is_fact = isinstance(node, ast.ClassDef) and "frozen=True" in "".join(
                    ast.unparse(one) for one in node.decorator_list
                )
                if is_fact and not node.name.startswith("_") and not node.name.endswith("Params"):
                    yield node.name


def test_every_document_is_listed() -> None:
    """
    Tests that docs/README.md leads to each page of docs, decisions included, and the READMEs say the same.
    """
    index = (DOCS / "README.md").read_text("utf-8")
    pages = [path.relative_to(DOCS).as_posix() for path in [*DOCS.glob("*.md"), *DOCS.glob("decisions/*.md")]]
    assert [page for page in pages if page != "README.md" and f"({page})" not in index] == []


def test_both_readmes_have_the_same_commands_and_links() -> None:
    """
    Tests that the Chinese README does not fall behind the English one.
    """
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    commands = [re.findall(r"^(?:make|holdchain) [^#\n]*", text, re.MULTILINE) for text in (english, chinese)]
    assert [line.strip() for line in commands[0]] == [line.strip() for line in commands[1]]
    links = [set(re.findall(r"\]\(((?!README)[^)]*\.md)\)", text)) for text in (english, chinese)]
    assert links[0] <= links[1]
    assert english.count("\n## ") == chinese.count("\n## ")


def test_the_readmes_commands_exist() -> None:
    """
    Tests that each `holdchain ...` in the READMEs and docs begins with a command there is.
    """
    words = {name.split()[0] for name in COMMANDS}
    pages = [path for path in markdown_files() if "node_modules" not in path.parts]
    said = {
        (path.name, word)
        for path in pages
        for word in re.findall(r"(?:^|`)holdchain ([a-z]+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {(page, word) for page, word in said if word not in words} == set()


def test_the_code_refers_to_headings_that_are_there() -> None:
    """
    Tests that a docstring's `docs/kitchen.md, "Schedule"` leads to a page and its heading.
    """
    said = {
        (page, heading)
        for stage in (*STAGES, "api")
        for path in (ROOT / stage).rglob("*.py")
        for page, heading in re.findall(r'docs/([a-z-]+\.md)(?:, "([^"]+)")?', path.read_text("utf-8"))
    }
    lost = {
        (page, heading)
        for page, heading in said
        if not (DOCS / page).exists() or f"# {heading}" not in f"# \n{(DOCS / page).read_text('utf-8')}"
    }
    assert lost == set()


def test_pictures_are_small() -> None:
    """
    Tests that a clone does not carry heavy pictures.
    """
    assert [path.name for path in (DOCS / "images").glob("*") if path.stat().st_size > 300_000] == []


def test_no_link_is_broken() -> None:
    """
    Tests the links of every Markdown page, as `make check` does.
    """
    assert [(page.name, link) for page in markdown_files() for link in broken_links(page)] == []
