"""What every section of a programme's file is made of: strict tables, names, money as text."""

import re
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict

from orders.money import fen
from orders.programmes.faults import fault

UNSET = "unset"
_PERCENT = re.compile(r"(\d{1,2}(?:\.\d{1,2})?|100)%")
Texts: TypeAlias = tuple[str, ...]


def _read_fen(value: Any) -> Any:
    try:
        return fen(value)
    except (AttributeError, ValueError) as error:
        raise fault("fault_money", name=str(value)) from error


def _read_open_fen(value: Any) -> Any:
    return None if value in (UNSET, None) else _read_fen(value)


def _read_ratio(value: Any) -> Any:
    match = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise fault("fault_percent", name=str(value))
    return Decimal(match[1]) / 100


Fen = Annotated[int, BeforeValidator(_read_fen)]
OpenFen = Annotated[int | None, BeforeValidator(_read_open_fen)]
Ratio = Annotated[Decimal, BeforeValidator(_read_ratio)]


class Strict(BaseModel):
    """A table that refuses a key it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Name(Strict):
    """A name in both languages."""

    zh: str
    en: str
