"""What a form offers: diets, allergens and textures of the operator's lists, programmes in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlmodel import Session

from api.packaged import read_toml
from api.paths import config_dir
from orders.store.programmes import load_programmes


@dataclass(frozen=True, slots=True)
class Choice:
    """One code with its words."""

    code: str
    zh: str
    en: str


@cache
def needs_offered() -> Mapping[str, tuple[Choice, ...]]:
    """Choices of ``diets``, ``allergens`` and ``textures``, in the order of the lists."""
    diets = read_toml(config_dir() / "diets.toml")
    allergens = read_toml(config_dir() / "allergens.toml")["allergen"]
    tables = {"diets": diets["diet"], "textures": diets["texture"], "allergens": allergens}
    return {
        name: tuple(Choice(code, entry["zh"], entry["en"]) for code, entry in table.items())
        for name, table in tables.items()
    }


def programmes_offered(session: Session, day_on: date) -> tuple[Choice, ...]:
    """The programmes in force on a day, by id."""
    bodies = ((key, body["programme"]["name"]) for key, (_, body) in load_programmes(session, day_on).items())
    return tuple(Choice(key, name["zh"], name["en"]) for key, name in sorted(bodies))
