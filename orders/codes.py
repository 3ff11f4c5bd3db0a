"""Codes with parameters: what pure code says, before `api` puts it into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Param = str | int | float


@dataclass(frozen=True, slots=True)
class Coded:
    """
    One thing to say, language left open.

    Parameters
    ----------
    code
        Stable name; ``code:<code>`` is its message id in every language.
    params
        Values that the sentence names.
    """

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Excepted:
    """
    Portions that did not go the way of the others, and why.

    Parameters
    ----------
    reason
        Code and parameters.
    ref
        Human code of what it concerns: an order, a box, a stop.
    portions
        How many portions it concerns; 0 when none is lost.
    """

    reason: Coded
    ref: str
    portions: int

    def __post_init__(self) -> None:
        if self.portions < 0:
            raise ValueError(f"portions must be >= 0, got {self.portions}.")
