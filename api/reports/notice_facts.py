"""What a site hangs on its wall, for print."""

from dataclasses import dataclass, field
from datetime import date

from api.reports.facts import Named
from orders.codes import Coded
from orders.oversight.site_file import Graded


@dataclass(frozen=True, slots=True)
class BoardLine:
    """
    One line under a title.

    Parameters
    ----------
    text
        As somebody wrote it, or a code with its parameters.
    amount_fen
        Printed at the right end, None for none.
    was_fen
        Of a lower price, the price for everybody.
    """

    text: str | Coded
    amount_fen: int | None = None
    was_fen: int | None = None


@dataclass(frozen=True, slots=True)
class BoardItem:
    """
    One notice.

    Parameters
    ----------
    title
        As the programme calls it; in English where there is a word.
    lines
        What is printed under it.
    lacks
        Why it is not complete: nothing there, over on a day, nobody's certificate.
    narrow
        Whether it stands beside another.
    """

    title: Named
    lines: tuple[BoardLine, ...]
    lacks: tuple[Coded, ...] = ()
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class NoticeBoard:
    """
    A site's whole wall.

    Parameters
    ----------
    site_name, programme
        Whose wall, and by whose rules.
    operator, address
        Who runs it, and where.
    grade
        Food-safety grade, None for none.
    printed_on
        Day of the print.
    items
        In the programme's order.
    defaulted
        Whether the plan names no notices and the list is the register's own.
    """

    site_name: str
    programme: Named
    operator: str
    address: str
    grade: Graded | None
    printed_on: date
    items: tuple[BoardItem, ...] = field(default=())
    defaulted: bool = False
