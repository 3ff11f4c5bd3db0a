"""Labels from a label printer, their input: words by rank, whatever they stick to."""

from collections.abc import Collection, Mapping
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
    field
        Which field of the rules it is; empty for what every label says.
    least_pt
        It is never set smaller: what a hand writes on wants room.
    """

    text: str
    most_pt: float = 9.0
    bold: bool = False
    inverse: bool = False
    field: str = ""
    least_pt: float = 0.0


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
    rest
        What stands for fields that are left to the code's page.
    """

    code: str
    heading: str
    lines: tuple[RollLine, ...]
    qr_text: str
    heading_least_pt: float = 10.0
    rest: str = ""

    def without(self, fields: Collection[str]) -> "RollLabel":
        """The label with some fields left to the page that its code opens."""
        kept = tuple(line for line in self.lines if line.field not in fields or not line.field)
        return replace(self, lines=(*kept, RollLine(self.rest, 6.0)) if self.rest else kept)

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
    """
    Some labels say more than the printer's label holds.

    Parameters
    ----------
    too_long
        By the label's code the words that find no room.
    printer
        Whose labels they are.
    others_printed
        Whether the labels that fit are printed all the same.
    """

    def __init__(self, too_long: Mapping[str, str], printer: str, *, others_printed: bool = False) -> None:
        told = [f"{code} ({text})" for code, text in list(too_long.items())[:8]]
        shown = "; ".join(told) + (" ..." if len(too_long) > 8 else "")
        code = "label_left_out" if others_printed else "label_overflow"
        super().__init__(code, printer=printer, labels=shown, count=len(too_long))
        self.codes = tuple(too_long)
        self.too_long = dict(too_long)
        self.printer = printer
