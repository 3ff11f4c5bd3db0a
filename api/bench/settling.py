"""A month of servings settled from files, beside a program written for this one plan."""

import hashlib
import os
import platform
import random
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.bench.one_plan import subsidy_by_pandas
from api.programmes.files import find_programme
from api.settling.run import read_input, settle_input

PROGRAMME = "changping-2023"
FROM_ON, TO_ON = date(2023, 4, 1), date(2023, 4, 30)
MEALS_A_PERSON = 20
SITE_PEOPLE = 500
GOAL_S, GOAL_SERVINGS = 60.0, 2_000_000
PEOPLE_HEADER = "person_id,fact,value,from_on,to_on\n"
ORDERS_HEADER = (
    "order_id,person_id,site_id,service_on,meal,channel,price,payments,bound,placed_at,paid_at,event,event_at,"
    "delivered_by,proof\n"
)


@dataclass(frozen=True, slots=True)
class Month:
    """
    The problem.

    Parameters
    ----------
    servings, seed
        How many meals; same number and seed, same files.
    people, orders
        The files.
    digest
        Of both.
    """

    servings: int
    seed: int
    people: Path
    orders: Path
    digest: str


def bench_settling(servings: int, seed: int) -> dict[str, Any]:
    """
    Settles an invented month twice: by the house from the plan's file, and by the peer.

    Returns
    -------
    dict[str, Any]
        ``problem``, ``machine``, ``ours`` and ``peer`` (seconds, subsidy), ``ratio``, ``to_reach``.
    """
    with TemporaryDirectory(prefix="holdchain-bench-") as name:
        folder = Path(name)
        month = _invent(folder, servings, seed)
        before = os.getloadavg()[0]
        peer = _timed(lambda: subsidy_by_pandas(month.people, month.orders))
        ours = _timed(lambda: _settle(month, folder))
    seconds = ours["s"] * GOAL_SERVINGS / servings
    return {
        "problem": {
            "programme": PROGRAMME,
            "servings": servings,
            "people": -(-servings // MEALS_A_PERSON),
            "seed": seed,
            "digest": month.digest,
        },
        "machine": {"cores": os.cpu_count(), "load": before, "python": platform.python_version()},
        "ours": ours,
        "peer": peer,
        "same": ours["subsidy_fen"] == peer["subsidy_fen"],
        "ratio": round(ours["s"] / peer["s"], 2),
        "to_reach": {"value_s": round(seconds, 1), "limit_s": GOAL_S, "reached": seconds <= GOAL_S},
    }


def _settle(month: Month, folder: Path) -> int:
    table = find_programme(PROGRAMME)
    given = read_input([month.people], [month.orders], None, table["programme"]["timezone"])
    days = FROM_ON, TO_ON
    settled = settle_input(given, [table], (), days, effects=False, language="en", folder=folder)
    return settled.totals["subsidy_fen"]


def _timed(work: Any) -> dict[str, Any]:
    started, used = time.perf_counter(), _used_s()
    subsidy_fen = work()
    return {
        "s": round(time.perf_counter() - started, 2),
        "cpu_s": round(_used_s() - used, 2),
        "subsidy_fen": subsidy_fen,
    }


def _used_s() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _invent(folder: Path, servings: int, seed: int) -> Month:
    dice = random.Random(seed)
    people, orders = folder / "people.csv", folder / "orders.csv"
    digest = hashlib.sha256()
    for path, lines in ((people, _people(servings, dice)), (orders, _orders(servings, dice))):
        with path.open("w", encoding="utf-8") as file:
            for line in lines:
                file.write(line)
                digest.update(line.encode())
    return Month(servings, seed, people, orders, digest.hexdigest()[:12])


def _people(servings: int, dice: random.Random) -> Iterator[str]:
    yield PEOPLE_HEADER
    for number in range(-(-servings // MEALS_A_PERSON)):
        born = date(dice.randint(1930, 1964), dice.randint(1, 12), dice.randint(1, 28))
        facts = {"born": born.isoformat(), "hukou": dice.choice(("110114", "110108", "310101"))}
        facts |= {"residence": dice.choice(("110114", "110114", "110108"))}
        facts |= {"card": "beijing_elderly_disabled_card"} if dice.random() < 0.9 else {}
        facts |= {"flag": dice.choice(("loses_ability", "empty_nest"))} if dice.random() < 0.5 else {}
        for name, value in facts.items():
            yield f"P{number:06d},{name},{value},,\n"


def _orders(servings: int, dice: random.Random) -> Iterator[str]:
    yield ORDERS_HEADER
    people = -(-servings // MEALS_A_PERSON)
    for number in range(servings):
        turn, person = divmod(number, people)
        day = FROM_ON.replace(day=turn + 1)
        price = dice.choice(("4.00", "5.00", "9.50", "12.00", "15.00"))
        meal, hour = dice.choice((("lunch", 9), ("lunch", 10), ("dinner", 15), ("breakfast", 6)))
        event = "served" if dice.random() < 0.97 else "no_show"
        bound = "yes" if dice.random() < 0.95 else "no"
        paid_at = f"{day}T{hour:02d}:{number % 60:02d}:{number * 7 % 60:02d}+08:00"
        yield (
            f"O{number:08d},P{person:06d},S{person // SITE_PEOPLE:04d},{day},{meal},platform,{price},,"
            f"{bound},{day}T05:00:00+08:00,{paid_at},{event},{day}T19:00:00+08:00,,\n"
        )
