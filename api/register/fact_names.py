"""Which facts exist: those every programme may use, and those that the programmes in force name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache

from sqlmodel import Session

from api.packaged import read_toml
from api.paths import config_dir
from orders.diners import PORTION_SIZE
from orders.errors import BadInput
from orders.money import fen, yuan
from orders.programmes.conditions import Condition
from orders.programmes.schema import Programme, read_programme
from orders.store.programmes import load_programmes

MANY_VALUES = frozenset({"flag", "card"})
ALWAYS = ("hukou", "residence", "card", "flag", "income", "institution_resident", "died")
NOT_RECORDED = frozenset({"age", "born"})
YES_NO = re.compile(r"institution_resident|entitlement\.[^.]+|home_delivery\..+")
MONTHLY = re.compile(r"entitlement\.[^.]+\.monthly_amount")
PLACES = frozenset({"hukou", "residence"})
PLACE_CODE = re.compile(r"[1-8]\d{5}(\d{3}(\d{3})?)?")
PLACE_NAME = re.compile(r"[\u3400-\u9fff]")
FIGURE = re.compile(r"-?\d{1,9}(\.\d{1,4})?")
ROSTER_WORDS = {"income": "income", "flag": "flags"}


@dataclass(slots=True)
class FactNames:
    """
    The facts that a clerk may record, and the values that programmes look for.

    Parameters
    ----------
    values
        Name to the values that some condition asks for, in the order of the programmes.
    figures
        Names that some condition reads as a number.
    """

    values: dict[str, list[str]] = field(default_factory=dict)
    figures: set[str] = field(default_factory=set)

    def add(self, name: str, *values: str) -> None:
        """Notes a fact and values of it, each once."""
        known = self.values.setdefault(name, [])
        known += [value for value in dict.fromkeys(values) if value not in known]

    def require(self, name: str) -> None:
        """
        Refuses a name that nothing reads.

        Raises
        ------
        BadInput
            ``fact_unknown``, with the nearest name.
        """
        if name not in self.values:
            near = get_close_matches(name, self.values, 1, 0)
            raise BadInput("fact_unknown", fact=name, offered=near[0] if near else "-")

    def checked(self, name: str, value: str) -> str:
        """
        A fact's value as programmes read it.

        Raises
        ------
        BadInput
            ``fact_value_...``, with what would be right: of a word the words that are known.
        """
        text = checked_value(name, value)
        if name in PLACES:
            require_place(name, text, self.values.get(name, ()))
        elif name in self.figures:
            _figure(name, text)
        elif known := [*dict.fromkeys((*self.values.get(name, ()), *roster_words(name)))]:
            _require_word(name, text, known)
        return text


def fact_names(session: Session, day_on: date) -> FactNames:
    """What the programmes in force on a day read of a person."""
    in_force = load_programmes(session, day_on)
    return names_of(read_programme(body | {"revision": revision}) for revision, body in in_force.values())


def names_of(programmes: Iterable[Programme]) -> FactNames:
    """What these programmes read of a person, after the facts that every one may use."""
    names = FactNames()
    for name in ALWAYS:
        names.add(name)
    names.add("institution_resident", "true", "false")
    names.add(PORTION_SIZE, *read_toml(config_dir() / "variants.toml")["size"])
    for programme in programmes:
        for kind in programme.classes:
            _add_condition(names, kind.when)
        for need in programme.delivery.home.requires if programme.delivery.home else ():
            names.add(f"home_delivery.{need}", "true")
        if programme.choice is not None:
            names.add(f"choice.{programme.choice.id}", *programme.choice.options)
    for name in [one for one in names.values if one.startswith("entitlement.") and one.count(".") == 1]:
        names.add(f"{name}.monthly_amount")
    return names


def checked_value(name: str, value: str) -> str:
    """
    A fact's value as programmes read it.

    Raises
    ------
    BadInput
        ``fact_value_yes_no``, ``fact_value_date``, ``fact_value_amount`` or ``fact_value_missing``.
    """
    text = value.strip()
    if not text:
        raise BadInput("fact_value_missing", fact=name)
    if MONTHLY.fullmatch(name):
        return _amount(name, text)
    if YES_NO.fullmatch(name):
        said = {"yes": "true", "no": "false", "是": "true", "否": "false"}.get(text.lower(), text.lower())
        if said not in ("true", "false"):
            raise BadInput("fact_value_yes_no", fact=name)
        return said
    if name == "died":
        return _day(name, text)
    return text


def require_place(name: str, text: str, named: Iterable[str] = ()) -> None:
    """
    Refuses what is neither a division's code nor the name of a district or street.

    Raises
    ------
    BadInput
        ``fact_value_place``.
    """
    if text not in named and not PLACE_CODE.fullmatch(text) and not PLACE_NAME.search(text):
        raise BadInput("fact_value_place", fact=name, value=text)


@cache
def roster_words(name: str) -> tuple[str, ...]:
    """The values of a fact that a roster's column knows."""
    column = ROSTER_WORDS.get(name, "")
    headers = read_toml(config_dir() / "import-headers.toml")["diners"]
    return tuple(headers[column]["values"]) if column else ()


def _require_word(name: str, text: str, known: list[str]) -> None:
    is_yes_no = set(known) <= {"true", "false"}
    if text not in known and not (is_yes_no and text in ("true", "false")):
        near = get_close_matches(text, known, 1, 0)
        raise BadInput("fact_value_word", fact=name, value=text, near=near[0], known="、".join(known))


def _figure(name: str, text: str) -> None:
    if not FIGURE.fullmatch(text):
        raise BadInput("fact_value_number", fact=name, value=text)


def _amount(name: str, text: str) -> str:
    try:
        return yuan(fen(text))
    except ValueError as error:
        raise BadInput("fact_value_amount", fact=name) from error


def _day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise BadInput("fact_value_date", fact=name) from error


def _add_condition(names: FactNames, condition: Condition) -> None:
    for part in (*condition.all, *condition.any):
        _add_condition(names, part)
    if not condition.fact or condition.fact in NOT_RECORDED:
        return
    asked = [value for value in (condition.has, condition.within, *condition.in_) if value]
    if condition.fact == "entitlement":
        for value in asked:
            names.add(f"entitlement.{value}", "true", "false")
    else:
        names.add(condition.fact, *asked, *(() if condition.is_ is None else ("true", "false")))
        if condition.gte is not None or condition.gte_term:
            names.figures.add(condition.fact)
