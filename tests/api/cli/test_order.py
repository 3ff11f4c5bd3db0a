"""The commands about one meal: what may be ordered, and what is said of a choice that cannot be."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from api.clock import RehearsalClock
from api.house import open_data
from tests.api.cli.in_process import run
from tests.api.ordering.house import LUNCH, NOW_AT, fill

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"
DATE = ["--date", LUNCH.service_on.isoformat()]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small house as a data folder, its clock standing on the Sunday morning."""
    folder = tmp_path_factory.mktemp("data")
    RehearsalClock.start(folder / "clock.json", NOW_AT, 0)
    opened = open_data(folder)
    fill(opened.database, opened.ids)
    opened.database.close()
    return folder


def test_the_menu_of_a_day_lists_what_can_be_ordered(data: Path) -> None:
    """Tests codes, courses and names, the cut-off, a site's places, and what does not suit a diner."""
    told = run(data, "order", "menu", *DATE, "--site", "C01", "--diner", "LZ2").stdout
    assert "orders until 2026-11-22 16:00" in told
    assert "C01: 2 of 2 places free, 0 wait" in told
    assert "soy" in told
    shown = run(data, "order", "menu", *DATE, "--diner", "LZ2", "--json")
    document = json.loads(shown.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / "order-menu.json").read_text("utf-8")), document)
    assert {one["suits"] for one in document["dishes"]} == {True, False}
    assert document["site"]["site_id"] == "C01"
    dish = document["dishes"][0]
    assert (
        f"{dish['dish_id']}  主菜  {dish['name_zh']}"
        in run(data, "order", "menu", *DATE, language="zh_CN").stdout
    )


def test_an_unknown_dish_is_refused_with_the_choices(data: Path) -> None:
    """Tests that the refusal names the dishes there are, by code and name."""
    menu = json.loads(run(data, "order", "menu", *DATE, "--json").stdout)
    done = run(data, "order", "place", "LZ1", "--dish", "D999", *DATE)
    assert done.returncode == 1
    for dish in menu["dishes"]:
        assert f"{dish['dish_id']} {dish['name_zh']}" in done.stderr
