"""What people type about a site, read: acts with papers, measures, halts, prices, things to put right."""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any, cast, get_args

from api.oversight.sites import Asked
from orders.errors import BadInput
from orders.money import fen
from orders.oversight.life_cycle import Document, Grounds
from orders.oversight.site_file import SitePrice
from orders.oversight.siting import SiteMeasures
from orders.oversight.supply import VanStop

PAPER, PAPER_DAY, ANSWER = "paper:", "date:", "answer:"
NUMBERS: dict[str, type] = {
    "radius_m": int,
    "elderly": int,
    "minutes": int,
    "seats": int,
    "floor": int,
    "meals_per_service": int,
    "dining_area_m2": float,
}
HALT = re.compile(r"^([1-7])\s+(\d{1,2}:\d{2})\s*[-–\s]\s*(\d{1,2}:\d{2})\s+(.+)$")
DUE = re.compile(r"^(\d{4}-\d{2}-\d{2})\s+(.+)$")
SEPARATOR = re.compile(r"[,，;；\t]")


def asked_of(fields: Mapping[str, str]) -> Asked:
    """An act as a form says it; a paper without a day has the act's."""
    happened_on = need_day(fields, "happened_on")
    papers = tuple(
        Document(
            name.removeprefix(PAPER),
            ref.strip(),
            open_day(fields, f"{PAPER_DAY}{name.removeprefix(PAPER)}") or happened_on,
        )
        for name, ref in fields.items()
        if name.startswith(PAPER) and ref.strip()
    )
    grounds = fields.get("grounds") or "planned"
    if grounds not in get_args(Grounds):
        raise BadInput("not_understood", where="grounds", what=grounds)
    return Asked(
        by=fields.get("by", ""),
        happened_on=happened_on,
        effect_on=open_day(fields, "effect_on"),
        until_on=open_day(fields, "until_on"),
        grounds=cast(Grounds, grounds),
        reason=fields.get("reason", "").strip(),
        contact=fields.get("contact", "").strip(),
        address=fields.get("address", "").strip(),
        documents=papers,
        answers={
            name.removeprefix(ANSWER): value for name, value in fields.items() if name.startswith(ANSWER)
        },
    )


def measures_of(fields: Mapping[str, str]) -> SiteMeasures:
    """What was measured, as a form or a command line says it; an empty field is not measured."""
    told: dict[str, Any] = {}
    for name, value in fields.items():
        text = value.strip()
        if not text:
            continue
        if name in NUMBERS:
            told[name] = _number(name, text)
        elif name in ("lift", "ramp"):
            told[name] = _truth(name, text)
        elif name in ("neighbourhood", "zone"):
            told[name] = text
        else:
            raise BadInput("not_understood", where=name, what=text)
    return SiteMeasures(**told)


def halts_of(text: str) -> list[VanStop]:
    """A van's week, a halt a line: ``1 10:30 11:15 Square``."""
    stops = []
    for line in _lines(text):
        found = HALT.match(line)
        if found is None:
            raise BadInput("halt_unclear", line=line)
        try:
            opens, closes = (time.fromisoformat(one.zfill(5)) for one in found.group(2, 3))
            stops.append(VanStop(int(found[1]), opens, closes, found[4].strip()))
        except ValueError as error:
            raise BadInput("halt_unclear", line=line) from error
    return stops


def prices_of(text: str) -> list[SitePrice]:
    """A price list, one thing a line: what, price, price for older people, in yuan."""
    prices = []
    for line in _lines(text):
        parts = [one.strip() for one in SEPARATOR.split(line)]
        if not 2 <= len(parts) <= 3 or not parts[0]:
            raise BadInput("price_unclear", line=line)
        try:
            amounts = [fen(one) for one in parts[1:] if one]
            prices.append(SitePrice(parts[0], *amounts))
        except (ValueError, TypeError) as error:
            raise BadInput("price_unclear", line=line) from error
    return prices


def shortcomings_of(text: str, due_on: date | None) -> list[tuple[str, date]]:
    """Things to put right, one a line, each with its own last day in front or with the common one."""
    found = []
    for line in _lines(text):
        own = DUE.match(line)
        last_on = _day("due_on", own[1]) if own else due_on
        if last_on is None:
            raise BadInput("field_empty", blank="due_on")
        found.append((own[2] if own else line, last_on))
    return found


def need_day(fields: Mapping[str, str], name: str) -> date:
    """
    A day that must be there.

    Raises
    ------
    BadInput
        When the field is empty or no day.
    """
    day = open_day(fields, name)
    if day is None:
        raise BadInput("field_empty", blank=name)
    return day


def open_day(fields: Mapping[str, str], name: str) -> date | None:
    """A day that may be left empty."""
    text = fields.get(name, "").strip()
    return _day(name, text) if text else None


def whole_number(name: str, text: str) -> int:
    """
    A count from 0 on.

    Raises
    ------
    BadInput
        When it is none.
    """
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise BadInput("not_understood", where=name, what=text)
    return int(text)


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("not_understood", where=name, what=text) from error


def _number(name: str, text: str) -> float:
    try:
        number: float = NUMBERS[name](text)
    except ValueError as error:
        raise BadInput("not_understood", where=name, what=text) from error
    if number < 0 and name != "floor":
        raise BadInput("not_understood", where=name, what=text)
    return number


def _truth(name: str, text: str) -> bool:
    if text not in ("yes", "no"):
        raise BadInput("not_understood", where=name, what=text)
    return text == "yes"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
