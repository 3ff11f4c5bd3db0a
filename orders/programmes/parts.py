"""What every section of a programme's file is made of: strict tables, names, money as text."""

from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from orders.money import fen

UNSET = "unset"


def _read_fen(value: Any) -> Any:
    if isinstance(value, str):
        return fen(value)
    raise ValueError(f'money is written as text with two decimals, like "5.00", got {value!r}')


def _read_open_fen(value: Any) -> Any:
    return None if value in (UNSET, None) else _read_fen(value)


Fen = Annotated[int, BeforeValidator(_read_fen)]
OpenFen = Annotated[int | None, BeforeValidator(_read_open_fen)]


class Strict(BaseModel):
    """A table that refuses a key it does not know and names the nearest one that it does."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, table: Any) -> Any:
        if not isinstance(table, dict):
            return table
        known = {field.alias or name for name, field in cls.model_fields.items()}
        for key in table:
            if key not in known and key not in cls.model_fields:
                near = get_close_matches(str(key), sorted(known), n=1, cutoff=0.4)
                hint = f", the nearest is {near[0]!r}" if near else f", known are {', '.join(sorted(known))}"
                raise ValueError(f"there is no key {key!r} here{hint}")
        return table


class Name(Strict):
    """A name in both languages."""

    zh: str
    en: str
