"""How pages write instants, dates, money and numbers: one way each, in both languages."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.words import ZONE, gettext
from orders.money import yuan

NOTHING = "–"
WEEKDAYS = {
    "zh_CN": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def filters(language: str) -> dict[str, Callable[..., str]]:
    """
    The templates' filters of a language.

    Returns
    -------
    dict[str, Callable[..., str]]
        ``hm`` (24 h, no seconds), ``day``, ``local_day`` (of an instant), ``yuan``, ``num``, ``celsius``,
        ``span`` (minutes of seconds),
        ``phone`` (the number in a contact), ``signed`` (yuan with its sign), ``day_time`` (of an instant).
    """

    def day(on: date) -> str:
        weekday = WEEKDAYS[language][on.weekday()]
        if language == "zh_CN":
            return f"{on.month}月{on.day}日 {weekday}"
        return f"{weekday} {on.day} {MONTHS[on.month - 1]}"

    def local_day(at: datetime, zone: str) -> str:
        return day(at.astimezone(ZoneInfo(zone)).date())

    def span(seconds: float | None) -> str:
        if seconds is None:
            return NOTHING
        return gettext("{minutes} min", language).format(minutes=int(seconds // 60))

    return {
        "hm": hm,
        "day": day,
        "local_day": local_day,
        "yuan": yuan,
        "num": num,
        "celsius": celsius,
        "span": span,
        "phone": phone,
        "signed": signed,
        "day_time": day_time,
    }


def hm(at: datetime | None, zone: str) -> str:
    """The wall time of an instant, ``10:05``."""
    return NOTHING if at is None else at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def day_time(at: datetime, zone: str = ZONE) -> str:
    """The wall day and time of an instant, ``2023-07-03 10:05``."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def signed(amount_fen: int) -> str:
    """A difference in yuan with its sign, ``+5.00``."""
    return f"{'+' if amount_fen > 0 else ''}{yuan(amount_fen)}"


def num(count: int | None) -> str:
    """A count with a thin space between thousands, ``12 345``."""
    return NOTHING if count is None else f"{count:,}".replace(",", "\u202f")


def celsius(value_c: float | None) -> str:
    """A temperature to one decimal with its unit; what is judged is never rounded."""
    return NOTHING if value_c is None else f"{value_c:.1f} °C"


def phone(contact: str) -> str:
    """The telephone number in a contact, digits only; empty when it has none."""
    found = re.search(r"\+?\d[\d -]{5,}\d", contact)
    return re.sub(r"[ -]", "", found[0]) if found else ""


def pick(language: str, zh: Any, en: Any) -> Any:
    """Of two names the one in this language, else the other."""
    return (zh or en) if language == "zh_CN" else (en or zh)
