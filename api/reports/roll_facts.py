"""Labels from a label printer, their input: words by rank, whatever they stick to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.reports.facts import PaperHead
from api.reports.printers import LabelPrinter
from orders.errors import BadInput


@dataclass(frozen=True, slots=True)
class RollLine:
    """
    One paragraph of a label.

    Parameters
    ----------
    text
        What it says.
    most_pt
        Largest size it is set in, points.
    bold, inverse
        In heavy type; white on black across the column.
    """

    text: str
    most_pt: float = 9.0
    bold: bool = False
    inverse: bool = False


@dataclass(frozen=True, slots=True)
class RollLabel:
    """
    What stands on one label of a roll.

    Parameters
    ----------
    code
        What people call it; a refusal names it.
    heading
        Whose or where.
    lines
        In the order of importance.
    qr_text
        What a scanner reads.
    heading_least_pt
        The heading is never set smaller.
    """

    code: str
    heading: str
    lines: tuple[RollLine, ...]
    qr_text: str
    heading_least_pt: float = 10.0

    @property
    def words(self) -> "RollLabel":
        """What it says, whatever its code: of two versions alike in this one label holds for both."""
        return replace(self, qr_text="")


@dataclass(frozen=True, slots=True)
class ImposedLabels:
    """
    Small labels to be printed on A4 sheets and cut.

    Parameters
    ----------
    head
        Service and version.
    labels
        In the order of print.
    printer
        Whose labels they are like.
    title
        What they are, in English.
    """

    head: PaperHead
    labels: tuple[RollLabel, ...]
    printer: LabelPrinter
    title: str


class LabelOverflow(BadInput):
    """Some labels say more than the printer's label holds."""

    def __init__(self, codes: Sequence[str], printer: str) -> None:
        shown = ", ".join(codes[:8]) + (" ..." if len(codes) > 8 else "")
        super().__init__("label_overflow", printer=printer, labels=shown, count=len(codes))
        self.codes = tuple(codes)
        self.printer = printer
