"""Equipment that cooks, and the minutes it is taken."""

from dataclasses import dataclass

from kitchen.tables import Table, number, part, rows, text, whole


@dataclass(frozen=True, slots=True)
class Equipment:
    """
    One piece of equipment that cooks.

    Parameters
    ----------
    equipment_id
        Short code, for example ``"W1"``.
    kind
        What dishes ask for: ``"wok"``, ``"kettle"`` ...
    name_zh, name_en
        As the cooks call it.
    capacity_ratio
        Its size as a part of the size for which dishes state ``batch_portions``.
    changeover_s
        Seconds between two cooks, for emptying and cleaning.
    specials_only
        Whether it is kept for the food of allergic diners.
    """

    equipment_id: str
    kind: str
    name_zh: str
    name_en: str
    capacity_ratio: float = 1.0
    changeover_s: int = 0
    specials_only: bool = False

    def __post_init__(self) -> None:
        if self.capacity_ratio <= 0 or self.changeover_s < 0:
            raise ValueError("capacity_ratio must be > 0 and changeover_s >= 0.")


@dataclass(frozen=True, slots=True)
class Slot:
    """
    When and on what a batch is cooked.

    Parameters
    ----------
    batch_id, equipment_id
        What, where.
    start_s, ready_s
        On and off the heat, seconds from `Service.start_at`.
    """

    batch_id: str
    equipment_id: str
    start_s: int
    ready_s: int

    def __post_init__(self) -> None:
        if self.ready_s <= self.start_s:
            raise ValueError(f"Batch {self.batch_id} must be ready after its start.")


def equipment_from_document(document: Table) -> list[Equipment]:
    """
    The pieces of an ``equipment.toml``: each ``[[equipment]]`` with what its ``[kind.*]`` says.

    Raises
    ------
    ValueError
        Naming the piece and the field that cannot be used.
    """
    kinds = part(document, "kind")
    return [equipment_from_table(row, part(kinds, text(row, "kind"))) for row in rows(document, "equipment")]


def equipment_from_table(row: Table, kind: Table) -> Equipment:
    """
    One piece of equipment from its row and the table of its kind.

    Raises
    ------
    ValueError
        Naming the piece and the field that cannot be used.
    """
    code = text(row, "code")
    try:
        name = part(row, "name")
        return Equipment(
            code,
            text(row, "kind"),
            text(name, "zh"),
            text(name, "en"),
            number(row, "capacity_ratio", 1.0),
            60 * whole(kind, "changeover_minutes", 0),
            row.get("specials_only") is True,
        )
    except ValueError as error:
        raise ValueError(f"equipment {code}: {error}") from error
