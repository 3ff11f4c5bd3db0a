"""Sets a rehearsal up, plays it, and stays for those who want to look around."""

import signal
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from api.demo.params import DemoParams
from api.demo.run import Rehearsed
from api.demo.server import Rehearsal, alone_in, fresh_folder, rehearsal
from api.demo.story import Story
from api.example.files import write_example
from api.imports.cells import read_records
from api.imports.files import read_table
from api.imports.schema import match_columns
from api.settings import load_settings

CITY = "liuzhou"
EXAMPLE_ON = date(2026, 11, 23)
DINERS = 900
ZONE = "Asia/Shanghai"
SUFFIXES = ("xlsx", "csv")


@dataclass(frozen=True, slots=True)
class DemoAsked:
    """
    What somebody asked to see.

    Parameters
    ----------
    service_on
        Date of the lunch; None is the date of the order book, else that of the example.
    orders
        An order book of one's own, None for the example's.
    seed, speed
        Of the rehearsal.
    out
        Folder for the papers, None for one in the rehearsal's folder.
    port
        Of the pages; 0 takes a free one.
    stay
        Whether to keep serving until interrupted.
    language
        Of what is told.
    """

    service_on: date | None
    orders: Path | None
    seed: int
    speed: float
    out: Path | None
    port: int
    stay: bool
    language: str


def play(asked: DemoAsked, say: Callable[[str], None], result: Callable[[Mapping[str, Any]], None]) -> None:
    """
    Plays one day and gives its summary.

    Parameters
    ----------
    asked
        What is played.
    say
        Takes each line that is told.
    result
        Takes the summary.
    """
    # Ended by one of these it would leave its server behind; Ctrl-C is ignored below a script's background.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    service_on = asked.service_on or _date_of(asked.orders)
    with alone_in(load_settings().data):
        _play(asked, service_on, say, result)


def _play(
    asked: DemoAsked,
    service_on: date,
    say: Callable[[str], None],
    result: Callable[[Mapping[str, Any]], None],
) -> None:
    began_s, data = monotonic(), fresh_folder(load_settings().data / "demo")
    files = _files(asked, service_on, data / "files")
    params = DemoParams(service_on, files, asked.seed, asked.speed, asked.out or data / "papers")
    with rehearsal(
        data / "house",
        city=CITY,
        starts_at=params.starts_at,
        port=asked.port,
        seed=asked.seed,
        language=asked.language,
    ) as house:
        story = Story(say, asked.language, house.base_url if asked.stay else "", ZONE)
        day = Rehearsed(house, params, story)
        summary = day.run(finale=lambda: _show_around(day, house, story) if asked.stay else None)
        story.note("The day took {seconds} s, its setting up included.", seconds=round(monotonic() - began_s))
        result(summary)
        if asked.stay:
            _stay(house, story)


def _date_of(orders: Path | None) -> date:
    """The date that most rows of an order book ask for; the example's where there is none to read."""
    if orders is None:
        return EXAMPLE_ON
    table = read_table(orders.name, orders.read_bytes())
    records, _ = read_records(table, match_columns("orders", table), ZONE)
    dates = Counter(on for record in records if isinstance(on := record.values["service_on"], date))
    return dates.most_common(1)[0][0] if dates else EXAMPLE_ON


def _files(asked: DemoAsked, service_on: date, folder: Path) -> dict[str, Path]:
    """The example's files; with an order book of one's own, that and the registers beside it."""
    example = write_example(folder, CITY, DINERS, asked.seed, service_on)
    files = {str(kind): path for kind, path in example.items()}
    if asked.orders is None:
        return files
    files["orders"] = asked.orders
    for kind in ("diners", "canteens"):
        for suffix in SUFFIXES:
            beside = asked.orders.parent / f"{kind}.{suffix}"
            if beside.exists():
                files[kind] = beside
    return files


def _show_around(day: Rehearsed, house: Rehearsal, story: Story) -> None:
    story.note("Sign in once by each link:")
    for role, link in day.links().items():
        story.note("  {role}: {link}", role=role, link=link)


def _stay(house: Rehearsal, story: Story) -> None:
    story.note("Serving {url} until Ctrl-C", url=house.base_url)
    try:
        house.process.wait()
    except KeyboardInterrupt:
        story.note("Stopped.")
