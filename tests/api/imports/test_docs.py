"""The published headers are those of the config, and the published examples import without a bad row."""

import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType

from api.imports.schema import KINDS, columns_of
from api.paths import config_dir
from tests.api.imports.desk import Desk
from tests.services import ROOT

EXAMPLES = ROOT / "docs" / "examples" / "import"


def headers_tool() -> ModuleType:
    """The tool that writes the tables."""
    spec = importlib.util.spec_from_file_location("import_headers", ROOT / "tools" / "import_headers.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def config() -> dict[str, dict[str, dict[str, object]]]:
    """The config's tables by kind."""
    tables = tomllib.loads((config_dir() / "import-headers.toml").read_text("utf-8"))
    return {kind: tables[kind] for kind in KINDS}


def test_the_page_has_the_config_s_headers():
    """
    Tests that docs/import.md is what ``tools/import_headers.py`` would write.
    """
    tool = headers_tool()
    page = (ROOT / "docs" / "import.md").read_text("utf-8")
    assert tool.page_with_tables(page, config(), tool.vocabularies()) == page
    assert set(tool.KINDS) == set(KINDS)


def test_english_headers_are_the_field_names():
    """
    Tests the promise of the config's first lines.
    """
    assert {
        (f, c["en"]) for columns in config().values() for f, c in columns.items() if f != c["en"]
    } == set()


def test_every_published_example_imports_whole_and_twice_is_once(town: Desk):
    """
    Tests one file of each kind and a workbook, in the order that the page gives.
    """
    for kind in headers_tool().KINDS:
        content = (EXAMPLES / f"{kind}.csv").read_bytes()
        report = town.bring(kind, content)  # type: ignore[arg-type]
        assert (report.added, report.problems, report.ignored_columns) == (report.rows, (), ()), kind
        assert town.bring(kind, content).unchanged == report.rows, kind  # type: ignore[arg-type]
    book = (EXAMPLES / "orders.xlsx").read_bytes()
    assert town.bring("orders", book, "orders.xlsx").unchanged == 4


def test_an_example_has_every_column():
    """
    Tests that each published file shows all headers of its kind in the page's order.
    """
    for kind in KINDS:
        header = (EXAMPLES / f"{kind}.csv").read_text("utf-8-sig").splitlines()[0]
        assert header.split(",") == [column.zh for column in columns_of(kind)]
        assert {path.stem for path in Path(EXAMPLES).iterdir()} == set(KINDS)
