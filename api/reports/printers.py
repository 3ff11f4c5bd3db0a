"""Label printers: what they hold, how finely they print, what else their labels say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from kitchen.tables import Table, number, part, whole
from orders.errors import BadInput

MM_PER_INCH = 25.4
DOTS_PER_MM = {203: 8.0, 300: 300 / MM_PER_INCH}
FIELDS = frozenset(
    {
        "food",
        "cooked",
        "eat_by",
        "eating",
        "allergens",
        "place",
        "storage",
        "kitchen",
        "licence",
        "address",
        "phone",
        "seal",
        "amount",
        "taken",
        "taken_by",
        "destroyed",
        "destroyed_by",
    }
)


@dataclass(frozen=True, slots=True)
class LabelPrinter:
    """
    A printer with the roll of labels in it.

    Parameters
    ----------
    name
        What it is asked for by: ``"60x40"``.
    width_mm, height_mm
        One label.
    dpi
        203 or 300.
    gap_mm, pad_mm
        Between two labels on the roll, and left free at each edge of one.
    also
        Fields beyond those that a rule asks for.
    by_code
        Fields that are left to the page of the label's code where there is no room, the first of them first.
    """

    name: str
    width_mm: float
    height_mm: float
    dpi: int
    gap_mm: float
    pad_mm: float
    also: tuple[str, ...]
    by_code: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.dpi not in DOTS_PER_MM:
            raise ValueError(
                f"printer {self.name}: dpi must be one of {sorted(DOTS_PER_MM)}, got {self.dpi}."
            )
        if min(self.width_mm, self.height_mm) < 20 or min(self.gap_mm, self.pad_mm) < 0:
            raise ValueError(f"printer {self.name}: a label is at least 20 mm wide and high.")
        if unknown := sorted({*self.also, *self.by_code} - FIELDS):
            raise ValueError(f"printer {self.name}: fields {unknown} are not there.")

    @property
    def dots_per_mm(self) -> float:
        """Dots on a millimetre of the roll."""
        return DOTS_PER_MM[self.dpi]


@dataclass(frozen=True, slots=True)
class PrinterRules:
    """
    The printers of a house and the words that rules have for the fields of a label.

    Parameters
    ----------
    printers
        By name.
    fields
        Our field by the rule's word for it.
    labels
        Which label of a safety profile each kind of ours is, by the kitchen's licence.
    """

    printers: Mapping[str, LabelPrinter]
    fields: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]


def printers_from_table(table: Table) -> PrinterRules:
    """
    The content of ``printers.toml``.

    Raises
    ------
    ValueError
        Naming the printer or the field that cannot be used.
    """
    printers = {name: _printer(name, part(part(table, "printer"), name)) for name in part(table, "printer")}
    fields = {word: str(field) for word, field in part(table, "field").items()}
    if unknown := sorted(set(fields.values()) - FIELDS):
        raise ValueError(f"label fields {unknown} are not there.")
    labels = {kind: _strings(part(part(table, "label"), kind)) for kind in part(table, "label")}
    return PrinterRules(printers, fields, labels)


def asked_fields(rules: PrinterRules, profile: Table, kind: str, licence: str) -> tuple[str, ...]:
    """
    The fields that a safety profile asks of a label, in its order.

    Parameters
    ----------
    rules
        Which of our fields a word of the profile is.
    profile
        The profile's table.
    kind, licence
        ``"box"``, ``"meal"`` or ``"sample"``, of a kitchen with which licence.

    Raises
    ------
    BadInput
        ``label_field_unknown`` naming a word that no field of ours is for.
    """
    if kind == "sample":
        table = part(profile, "sample")
    else:
        table = part(part(profile, "label"), rules.labels[licence][kind])
    words = [str(word) for word in cast("list[object]", table.get("fields", []))]
    for word in words:
        if word not in rules.fields:
            raise BadInput("label_field_unknown", field=word)
    return tuple(dict.fromkeys(rules.fields[word] for word in words))


def _strings(table: Table) -> dict[str, str]:
    return {key: str(value) for key, value in table.items()}


def _printer(name: str, table: Table) -> LabelPrinter:
    return LabelPrinter(
        name=name,
        width_mm=number(table, "width_mm"),
        height_mm=number(table, "height_mm"),
        dpi=whole(table, "dpi"),
        gap_mm=number(table, "gap_mm"),
        pad_mm=number(table, "pad_mm"),
        also=tuple(str(field) for field in cast("list[object]", table.get("also", []))),
        by_code=tuple(str(field) for field in cast("list[object]", table.get("by_code", []))),
    )
