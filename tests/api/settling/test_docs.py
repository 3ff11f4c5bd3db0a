"""What docs/settlement.md says of settling from files: every key, code and column."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from api.limits import EFFECTS_UP_TO
from api.settling.files import FUND_COLUMNS, MORE_COLUMNS, ORDER_COLUMNS, PEOPLE_COLUMNS
from api.words import catalog
from tests.api.settling.desk import SCHEMAS, facts, meal, settled

ROOT = SCHEMAS.parents[1]
PAGE = (ROOT / "docs" / "settlement.md").read_text("utf-8")
CITY = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def keys(schema: dict[str, Any]) -> set[str]:
    """Every key that a document may hold."""
    own = set(schema.get("properties", ()))
    inner = [*schema.get("properties", {}).values(), schema.get("items", {}), *schema.get("anyOf", ())]
    return own.union(*(keys(one) for one in inner if isinstance(one, dict) and one))


@pytest.mark.parametrize("name", ["settle", "award"])
def test_every_key_of_the_document_is_described(name: str) -> None:
    """Tests both schemas; `schema` itself is every command's."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    assert {key for key in keys(schema) - {"schema"} if f"`{key}`" not in PAGE} == set()


def test_every_column_is_described() -> None:
    """Tests the columns of all files."""
    columns = {*PEOPLE_COLUMNS, *ORDER_COLUMNS, *MORE_COLUMNS, *FUND_COLUMNS}
    assert {name for name in columns if not re.search(rf"[`, ]{name}[`,]", PAGE)} == set()


@pytest.mark.parametrize("module", ["files", "awards", "run"])
def test_every_code_is_described(module: str) -> None:
    """Tests that a code of a rejected row, or of a refusal, stands on the page."""
    source = (ROOT / "api" / "settling" / f"{module}.py").read_text("utf-8")
    words = {
        word for word in re.findall(r'"([a-z]+(?:_[a-z]+)+)"', source) if f"code:{word}" in catalog("en")
    }
    assert words
    assert {word for word in words if f"`{word}`" not in PAGE} == set()


def test_the_page_s_city_settles(tmp_path: Path) -> None:
    """Tests that the example of a city's file works as it is printed."""
    assert CITY is not None
    path = tmp_path / "city.toml"
    path.write_text(CITY[1], "utf-8")
    people = facts("P", born="1950-01-01", residence="440105")
    orders = [meal("X", "P", "2021-03-02", "15.00")]
    document = settled(tmp_path, path, people, orders, ("2021-03-01", "2021-03-31"))
    assert document["programme"] == "our-city"
    assert document["totals"]["diner_fen"] == 1000


def test_the_page_tells_the_default_of_effects() -> None:
    """Tests that the page knows up to how many meals other readings are worked out."""
    assert f"{EFFECTS_UP_TO:,} meals" in PAGE
