"""What every section of a programme's file is made of: strict tables, names, money as text."""

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict

from orders.money import fen

UNSET = "unset"
Texts: TypeAlias = tuple[str, ...]


def _read_fen(value: Any) -> Any:
    if isinstance(value, str):
        return fen(value)
    raise ValueError(f'money is written as text with two decimals, like "5.00", got {value!r}')


def _read_open_fen(value: Any) -> Any:
    return None if value in (UNSET, None) else _read_fen(value)


Fen = Annotated[int, BeforeValidator(_read_fen)]
OpenFen = Annotated[int | None, BeforeValidator(_read_open_fen)]


class Strict(BaseModel):
    """A table that refuses a key it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Name(Strict):
    """A name in both languages."""

    zh: str
    en: str
