"""Carrier: the reusable insulated box. Box: one packing of a carrier for one service."""

from dataclasses import dataclass
from typing import Literal, cast, get_args

from kitchen.tables import Table, part, rows, text, whole
from kitchen.thermal import CarrierModel, model_from_table
from orders.menus import HoldClass

CarrierKind = Literal["bulk", "packed", "bag", "special"]
Senses = Literal["core", "dummy", "air", "wall", "ambient"]
CARRIER_KINDS: tuple[CarrierKind, ...] = get_args(CarrierKind)
SENSES: tuple[Senses, ...] = get_args(Senses)


@dataclass(frozen=True, slots=True)
class Carrier:
    """
    A reusable insulated box, an asset with a code.

    Parameters
    ----------
    carrier_id, code
        Row id, and what stands on it.
    kind
        ``"bulk"`` holds pans of dishes, ``"packed"`` whole meals, ``"bag"`` meals for homes,
        ``"special"`` the sealed containers of allergic diners.
    capacity_portions
        Most portions inside.
    pans
        Pans it takes, each of one dish; 0 when it takes whole meals.
    meals
        Whole meals it takes, each of one order; 0 when it takes pans.
    max_food_g
        Most food, grams.
    capacity_units
        Room it takes in a van, units.
    tare_g
        Empty weight, grams.
    model
        How it cools.
    sensor_id
        Device fixed to it, None when it has none.
    senses
        What that device's probe senses.
    """

    carrier_id: str
    code: str
    kind: CarrierKind
    capacity_portions: int
    pans: int
    meals: int
    max_food_g: int
    capacity_units: int
    tare_g: int
    model: CarrierModel
    sensor_id: str | None = None
    senses: Senses | None = None

    def __post_init__(self) -> None:
        if self.kind not in CARRIER_KINDS:
            raise ValueError(f"kind must be one of {CARRIER_KINDS}, got {self.kind!r}.")
        if (self.pans < 1) == (self.meals < 1):
            raise ValueError(f"{self.code} takes either pans or meals.")
        if min(self.capacity_portions, self.max_food_g, self.capacity_units) < 1 or self.tare_g < 0:
            raise ValueError(f"{self.code}: capacities must be >= 1 and tare_g >= 0.")
        if (self.sensor_id is None) != (self.senses is None):
            raise ValueError(f"{self.code}: sensor_id and senses stand together or not at all.")

    @property
    def pan_g(self) -> int:
        """Most food in one pan, grams; 0 when it takes whole meals."""
        return self.max_food_g // self.pans if self.pans else 0


@dataclass(frozen=True, slots=True)
class Spare:
    """
    Portions in a box that nobody ordered: the buffer of the canteen that the box goes to.

    Parameters
    ----------
    batch_id, dish_id
        Batch they came from, and its dish; always the plain one in regular portions.
    portions
        How many, at least 1.
    """

    batch_id: str
    dish_id: str
    portions: int

    def __post_init__(self) -> None:
        if self.portions < 1:
            raise ValueError(f"portions must be >= 1, got {self.portions}.")


@dataclass(frozen=True, slots=True)
class Box:
    """
    One packing of one carrier for one service: the unit that travels. Seconds from `Service.start_at`.

    Parameters
    ----------
    box_id, code
        Row id, and what people call it: ``"X12"``.
    carrier_id, kind
        Its carrier.
    site_id, stop_id
        Where it goes; a stop is a site until stops are split.
    hold_class
        Hot or cold.
    line_ids
        Portions inside that were ordered, those of one meal or dish together.
    batch_ids
        Batches they came from.
    cooked_s
        When the earliest finished pan of its contents came off the heat: the start of the clock.
    packed_s, release_s
        When its packing is planned to end, and its earliest departure.
    eat_by_s, deliver_by_s
        Last mouthful, and latest hand-over.
    gross_g, units
        Weight with the carrier, and room in the van.
    second_leg
        Whether a volunteer carries it on from the site.
    for_diner
        Diner id when it holds one diner's food only, else None.
    spare
        Portions inside for walk-ins, one entry a batch.
    """

    box_id: str
    code: str
    carrier_id: str
    kind: CarrierKind
    site_id: str
    stop_id: str
    hold_class: HoldClass
    line_ids: tuple[str, ...]
    batch_ids: tuple[str, ...]
    cooked_s: int
    packed_s: int
    release_s: int
    eat_by_s: int
    deliver_by_s: int
    gross_g: int
    units: int
    second_leg: bool = False
    for_diner: str | None = None
    spare: tuple[Spare, ...] = ()

    def __post_init__(self) -> None:
        if not (self.line_ids or self.spare) or not self.batch_ids:
            raise ValueError(f"{self.code} holds nothing.")
        if not self.cooked_s < self.packed_s <= self.release_s:
            raise ValueError(f"{self.code} must be packed after cooking and before release.")
        if self.deliver_by_s > self.eat_by_s:
            raise ValueError(f"{self.code} would be handed over after it may be eaten.")

    @property
    def portions(self) -> int:
        """All portions inside: those ordered and the spare ones."""
        return len(self.line_ids) + self.spare_portions

    @property
    def spare_portions(self) -> int:
        """Portions inside for walk-ins."""
        return sum(one.portions for one in self.spare)


def carriers_from_document(document: Table) -> list[Carrier]:
    """
    The carriers of a ``carriers.toml``: each ``[[carrier]]`` with what its ``[kind.*]`` says.

    Raises
    ------
    ValueError
        Naming the carrier and the field that cannot be used.
    """
    kinds = part(document, "kind")
    return [carrier_from_table(row, part(kinds, text(row, "kind"))) for row in rows(document, "carrier")]


def carrier_from_table(row: Table, kind: Table) -> Carrier:
    """
    One carrier from its row (``code, kind, sensor, senses``) and the table of its kind.

    Raises
    ------
    ValueError
        Naming the carrier and the field that cannot be used.
    """
    code = text(row, "code")
    senses = text(row, "senses", "")
    try:
        if senses and senses not in SENSES:
            raise ValueError(f"senses must be one of {SENSES}, got {senses!r}.")
        return Carrier(
            code,
            code,
            cast(CarrierKind, text(row, "kind")),
            whole(kind, "capacity_portions"),
            whole(kind, "pans", 0),
            whole(kind, "meals", 0),
            whole(kind, "max_food_g"),
            whole(kind, "units"),
            whole(kind, "empty_g"),
            model_from_table(kind),
            text(row, "sensor", "") or None,
            senses or None,
        )
    except ValueError as error:
        raise ValueError(f"carrier {code}: {error}") from error
