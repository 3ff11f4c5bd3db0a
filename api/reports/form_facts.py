"""What the blank forms of the registers print."""

from dataclasses import dataclass
from datetime import time
from typing import Literal

from api.reports.facts import Named
from api.reports.stock_facts import StockHead


@dataclass(frozen=True, slots=True)
class FormField:
    """
    One thing that a register asks.

    Parameters
    ----------
    name, kind
        What it is called, and how it is answered.
    limits
        Unit or right numbers as figures; empty for none.
    choices
        Of a choice: the answers by name.
    """

    name: Named
    kind: Literal["yes", "number", "text", "date", "choice"]
    limits: str = ""
    choices: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterForm:
    """
    One register to be written by hand.

    Parameters
    ----------
    name, rhythm, due_by, who
        What it is called, how often, until when, whose work.
    signer
        Who signs it off; None when nobody has to.
    fields, actions
        What it asks, and what may be done when it fails.
    about
        Whether each row is about a person, a probe or a fridge.
    subjects
        Those that still lack their entry, by name.
    lists
        What the form names beside its rows: carriers of the date.
    clause
        Where it comes from.
    """

    name: Named
    rhythm: Literal["day", "week", "month", "when"]
    due_by: time | None
    who: Named
    signer: Named | None
    fields: tuple[FormField, ...]
    actions: tuple[Named, ...]
    about: bool
    subjects: tuple[str, ...]
    lists: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class RegisterForms:
    """
    The forms of a date.

    Parameters
    ----------
    head, forms
        Whose, of which date; in the order of the registers.
    """

    head: StockHead
    forms: tuple[RegisterForm, ...]
