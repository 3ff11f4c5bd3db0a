"""People, orders and funds as files, and what `holdchain settle` and `award` make of them."""

import csv
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.api.cli.in_process import run

Row = Mapping[str, str]
PEOPLE = ("person_id", "fact", "value", "from_on", "to_on")
ORDERS = (
    *("order_id", "person_id", "site_id", "service_on", "meal", "channel", "price", "payments", "bound"),
    *("placed_at", "paid_at", "event", "event_at", "delivered_by", "proof"),
)
FUNDS = ("fund", "at", "amount")
SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"
SCHEMA = jsonschema_rs.validator_for(json.loads((SCHEMAS / "settle.json").read_text("utf-8")))
AWARD_SCHEMA = jsonschema_rs.validator_for(json.loads((SCHEMAS / "award.json").read_text("utf-8")))
SHARES = ("subsidy_fen", "diner_fen", "site_bears_fen", "operator_fen", "charity_fen")


def facts(person_id: str, **values: str) -> list[Row]:
    """Facts that always hold; a name's double underscore is a dot, ``flag_2`` is a second flag."""
    named = ((name.replace("__", "."), value) for name, value in values.items())
    return [fact(person_id, name.removesuffix("_2"), value) for name, value in named]


def fact(person_id: str, name: str, value: str, from_on: str = "", to_on: str = "") -> Row:
    """One dated fact."""
    return dict(zip(PEOPLE, (person_id, name, value, from_on, to_on), strict=True))


def meal(order_id: str, person_id: str, service_on: str, price: str = "12.00", **other: str) -> Row:
    """One person's meal of an order: a served lunch at S1, paid at ten on the platform unless it says so."""
    at = other.pop("paid", "10:00")
    row = {
        "order_id": order_id,
        "person_id": person_id,
        "site_id": "S1",
        "service_on": service_on,
        "meal": "lunch",
        "channel": "platform",
        "price": price,
        "bound": "yes",
        "placed_at": f"{service_on}T08:00:00+08:00",
        "paid_at": f"{service_on}T{at}:00+08:00",
        "event": "served",
        "event_at": f"{service_on}T20:00:00+08:00",
    }
    return dict.fromkeys(ORDERS, "") | row | other


def write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def settle(
    folder: Path,
    programme: str | Path,
    people: Sequence[Row],
    orders: Sequence[Row],
    days: tuple[str, str],
    *more: str,
    funds: Sequence[Row] = (),
) -> subprocess.CompletedProcess[str]:
    """The command as it ends."""
    given = ["--people", str(write(folder / "people.csv", PEOPLE, people))]
    given += ["--orders", str(write(folder / "orders.csv", ORDERS, orders))]
    if funds:
        given += ["--funds", str(write(folder / "funds.csv", FUNDS, funds))]
    options = ["--programme", str(programme), *given, "--from", days[0], "--to", days[1]]
    effects = [] if "--effects" in more else ["--no-effects"]
    return run(folder, "settle", *options, *effects, "--json", *more)


def settled(
    folder: Path,
    programme: str | Path,
    people: Sequence[Row],
    orders: Sequence[Row],
    days: tuple[str, str],
    *more: str,
    funds: Sequence[Row] = (),
) -> dict[str, Any]:
    """The document, by its schema; each charged row's shares add up to its price."""
    done = settle(folder, programme, people, orders, days, *more, funds=funds)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    SCHEMA.validate(document)
    for row in document["rows"]:
        paid = sum(row[name] for name in SHARES)
        assert paid in (0, row["price_fen"]), row
    return document


def switched(*settings: str) -> list[str]:
    """Options that take clauses otherwise."""
    return [part for one in settings for part in ("--set", one)]


def shares(document: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Order to subsidy, diner, site fee and what the site bears, fen; of several diners the sums."""
    names = ("subsidy_fen", "diner_fen", "site_fee_fen", "site_bears_fen")
    found: dict[str, tuple[int, ...]] = {}
    for row in document["rows"]:
        before = found.get(row["order_id"], (0, 0, 0, 0))
        found[row["order_id"]] = tuple(a + row[name] for a, name in zip(before, names, strict=True))
    return found


def owed(document: Mapping[str, Any]) -> dict[tuple[str, str, str], int]:
    """Payer, payee and period to what their statements pay, fen."""
    found: dict[tuple[str, str, str], int] = {}
    for one in document["statements"]:
        key = (one["payer"], one["payee"], one["period"])
        found[key] = found.get(key, 0) + one["total_fen"]
    return found
