"""What every paper is given and gives back."""

from dataclasses import dataclass
from datetime import datetime

from orders.codes import Coded
from orders.service import Service
from orders.sites import Kitchen


@dataclass(frozen=True, slots=True)
class Named:
    """
    A dish or a food by its names.

    Parameters
    ----------
    zh, en
        In each language; an empty one is printed in the other.
    """

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not (self.zh or self.en):
            raise ValueError("A dish or a food needs a name in one language at least.")

    def called(self, language: str) -> str:
        """The name in this language, else in the other."""
        return (self.zh or self.en) if language == "zh_CN" else (self.en or self.zh)


@dataclass(frozen=True, slots=True)
class PaperHead:
    """
    What stands at the head of every paper of a service.

    Parameters
    ----------
    service
        Whose papers they are; its zone is the wall clock of the print.
    kitchen
        Who prints, with its licence.
    version
        Of the production or the plan that is printed.
    printed_at
        Instant of the print.
    qr_text
        What a scanner reads in the head, so that an old sheet can say that it is old; empty for none.
    since
        The version whose sheets lie in the kitchen already, of which only what differs is printed; None
        prints everything.
    """

    service: Service
    kitchen: Kitchen
    version: int
    printed_at: datetime
    qr_text: str = ""
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """
    A paper, ready for the printer.

    Parameters
    ----------
    pdf
        The file.
    findings
        What is wrong with the print: ``glyph_missing``, ``sheet_totals_differ``.
    pages
        Pages in the file.
    """

    pdf: bytes
    findings: tuple[Coded, ...]
    pages: int
