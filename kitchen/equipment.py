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
    setup_s
        Seconds that it is taken before a cook, for heating and loading.
    empty_s
        Seconds that food lies in it after it is done, until it is emptied.
    deep_clean_s
        Seconds of the clean that takes an allergen off it; never shorter than its changeover.
    attended_s
        Seconds from the start that a cook stands at it; None for the whole cook.
    """

    equipment_id: str
    kind: str
    name_zh: str
    name_en: str
    capacity_ratio: float = 1.0
    changeover_s: int = 0
    specials_only: bool = False
    setup_s: int = 0
    empty_s: int = 0
    deep_clean_s: int = 0
    attended_s: int | None = None

    def __post_init__(self) -> None:
        if self.capacity_ratio <= 0 or min(self.changeover_s, self.setup_s, self.empty_s) < 0:
            raise ValueError("capacity_ratio must be > 0, changeover_s, setup_s and empty_s >= 0.")
        if self.attended_s is not None and self.attended_s < 0:
            raise ValueError(f"attended_s must be >= 0, got {self.attended_s}.")

    @property
    def clean_s(self) -> int:
        """Seconds of a clean that takes an allergen off it."""
        return max(self.changeover_s, self.deep_clean_s)

    def attends_s(self, cook_s: int) -> int:
        """Seconds from the start of a cook of this length that somebody stands at it."""
        return cook_s if self.attended_s is None else min(cook_s, self.attended_s)


@dataclass(frozen=True, slots=True)
class Cook:
    """
    Somebody who may cook in this service.

    Parameters
    ----------
    cook_id
        Row id.
    skills
        Kinds of equipment.
    from_s, to_s
        At work, seconds from `Service.start_at`.
    """

    cook_id: str
    skills: frozenset[str]
    from_s: int
    to_s: int


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
    cook_id
        Who cooks it, empty when nobody is named.
    deep_clean
        Whether an allergen is cleaned off its equipment before it.
    """

    batch_id: str
    equipment_id: str
    start_s: int
    ready_s: int
    cook_id: str = ""
    deep_clean: bool = False

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
            60 * whole(kind, "setup_minutes", 0),
            60 * whole(kind, "empty_minutes", 0),
            60 * whole(kind, "deep_clean_minutes", 0),
            60 * whole(kind, "attended_minutes") if "attended_minutes" in kind else None,
        )
    except ValueError as error:
        raise ValueError(f"equipment {code}: {error}") from error
