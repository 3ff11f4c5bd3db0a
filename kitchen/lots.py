"""Lots: what came in under like conditions, used first-expired-first-out, and what they declare."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

LotState = Literal["ok", "held", "destroyed"]
MoveKind = Literal["receive", "issue", "put_back", "waste", "return", "count", "destroy"]
ExpiryState = Literal["good", "soon", "today", "past", "none"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """
    What a label says of allergens; no code stands in two sets.

    Parameters
    ----------
    contains, may_contain, unknown
        Allergen codes: declared, possible, and those nobody has declared. All others are declared free.
    """

    contains: frozenset[str] = frozenset()
    may_contain: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        both = (self.contains & self.may_contain) | (self.contains & self.unknown)
        if both | (self.may_contain & self.unknown):
            raise ValueError("An allergen stands in one set of a declaration.")

    @property
    def counts_as_containing(self) -> frozenset[str]:
        """Allergens that an allergic diner must avoid here."""
        return self.contains | self.may_contain | self.unknown


@dataclass(frozen=True, slots=True)
class Lot:
    """
    A quantity of one food received under like conditions.

    Parameters
    ----------
    lot_id, code
        Row id, and what people call it: ``"L0007"``.
    food_code, supplier_id
        What, and from whom.
    received_at
        When it came.
    expires_on
        Last date on which it may be used; None for what does not spoil.
    received_mg, left_mg
        As bought (gross), then and now, milligrams.
    papers
        Number of each paper by its kind.
    temperature_c
        At receipt, degrees Celsius; None when nobody measured.
    declared
        Its own declaration of allergens; None means the food's holds.
    state
        ``"ok"``, ``"held"`` (a complaint, a paper that is missing) or ``"destroyed"``.
    use_first
        Whether somebody said that it is to be used now, before lots that expire earlier.
    """

    lot_id: str
    code: str
    food_code: str
    supplier_id: str
    received_at: datetime
    expires_on: date | None
    received_mg: int
    left_mg: int
    papers: Mapping[str, str] = field(default_factory=dict)
    temperature_c: float | None = None
    declared: Declaration | None = None
    state: LotState = "ok"
    use_first: bool = False

    def __post_init__(self) -> None:
        if self.received_mg < 1 or self.left_mg < 0:
            raise ValueError(f"{self.code}: received_mg must be >= 1 and left_mg >= 0.")

    def usable_on(self, on: date) -> bool:
        """Whether it may go into food on a date."""
        return self.state == "ok" and self.left_mg > 0 and (self.expires_on is None or on <= self.expires_on)


@dataclass(frozen=True, slots=True)
class Need:
    """
    What one batch needs of one food.

    Parameters
    ----------
    batch_id
        Which batch; empty where no batch is known yet.
    food_code, mg
        What, and how much as bought (gross), milligrams.
    """

    batch_id: str
    food_code: str
    mg: int

    def __post_init__(self) -> None:
        if self.mg < 1:
            raise ValueError(f"mg must be >= 1, got {self.mg}.")


@dataclass(frozen=True, slots=True)
class Pick:
    """
    What is taken from one lot for one batch.

    Parameters
    ----------
    batch_id, lot_id, food_code
        For which batch, from which lot, of which food.
    mg
        How much as bought (gross), milligrams.
    """

    batch_id: str
    lot_id: str
    food_code: str
    mg: int


@dataclass(frozen=True, slots=True)
class IssuePlan:
    """
    What is taken from which lot, and what is lacking.

    Parameters
    ----------
    picks
        In the order of the needs; of one need, the lot that expires first comes first.
    short
        What no usable lot covers, by batch and food.
    """

    picks: tuple[Pick, ...]
    short: tuple[Need, ...]

    @property
    def short_mg(self) -> dict[str, int]:
        """What is lacking of each food, milligrams."""
        found: dict[str, int] = {}
        for need in self.short:
            found[need.food_code] = found.get(need.food_code, 0) + need.mg
        return found


def first_expired_first(lots: Iterable[Lot]) -> list[Lot]:
    """Lots in the order of use: those to be used now, then by expiry and receipt; what never spoils last."""
    return sorted(
        lots,
        key=lambda lot: (not lot.use_first, lot.expires_on or date.max, lot.received_at, lot.code),
    )


def issue(demand_mg: Mapping[str, int], lots: Iterable[Lot], on: date) -> IssuePlan:
    """
    Covers a demand from the lots that may be used on a date, first expired first out.

    Parameters
    ----------
    demand_mg
        Needed by food, as bought (gross), milligrams.
    lots
        What is in stock.
    on
        The date of use.
    """
    return pick([Need("", food_code, mg) for food_code, mg in demand_mg.items() if mg > 0], lots, on)


def pick(needs: Sequence[Need], lots: Iterable[Lot], on: date) -> IssuePlan:
    """
    Covers the needs of batches one after another, first expired first out.

    Parameters
    ----------
    needs
        In the order in which they are served.
    lots
        What is in stock; held, destroyed and expired ones are passed over.
    on
        The date of use.

    References
    ----------
    docs/stock.md, "First expired, first out".
    """
    by_food: dict[str, list[Lot]] = {}
    for lot in first_expired_first(lot for lot in lots if lot.usable_on(on)):
        by_food.setdefault(lot.food_code, []).append(lot)
    left_mg = {lot.lot_id: lot.left_mg for of_food in by_food.values() for lot in of_food}
    picks: list[Pick] = []
    short: list[Need] = []
    for need in needs:
        wanted_mg = need.mg
        for lot in by_food.get(need.food_code, ()):
            taken_mg = min(wanted_mg, left_mg[lot.lot_id])
            if taken_mg:
                picks.append(Pick(need.batch_id, lot.lot_id, need.food_code, taken_mg))
                left_mg[lot.lot_id] -= taken_mg
                wanted_mg -= taken_mg
        if wanted_mg:
            short.append(Need(need.batch_id, need.food_code, wanted_mg))
    return IssuePlan(tuple(picks), tuple(short))


def expiry_state(lot: Lot, on: date, soon_days: int) -> ExpiryState:
    """How near its last day is: ``"soon"`` within so many days, ``"today"`` on it, ``"past"`` after it."""
    if lot.expires_on is None:
        return "none"
    days = (lot.expires_on - on).days
    if days < 0:
        return "past"
    if days == 0:
        return "today"
    return "soon" if days <= soon_days else "good"
