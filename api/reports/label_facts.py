"""Box labels, their input: what stands on each box, and how it is to be kept."""

from dataclasses import dataclass
from datetime import datetime

from api.reports.facts import Named, PaperHead
from orders.menus import HoldClass


@dataclass(frozen=True, slots=True)
class LabelDish:
    """
    One dish in a box.

    Parameters
    ----------
    dish, variant
        What it is, with its size; None is the plain variant in regular portions.
    portions
        How many of it, at least 1.
    """

    dish: Named
    variant: Named | None
    portions: int

    def __post_init__(self) -> None:
        if self.portions < 1:
            raise ValueError(f"portions must be >= 1, got {self.portions}.")


@dataclass(frozen=True, slots=True)
class LabelPan:
    """
    One pan of a bulk box.

    Parameters
    ----------
    pan, size
        Its number in the box, and its GN size; empty when none holds it.
    dish, batches
        What is in it, and the codes of the batches it comes from.
    portions, net_g
        How many, and what they weigh without the pan, grams.
    """

    pan: int
    size: str
    dish: Named
    batches: tuple[str, ...]
    portions: int
    net_g: int


@dataclass(frozen=True, slots=True)
class BoxLabel:
    """
    What stands on one box.

    Parameters
    ----------
    code, carrier_code
        Of this packing, ``"X12"``, and of the reusable carrier.
    stop
        Where it goes.
    trip
        Trip and place in it, ``"T1-3"``; empty while no route is planned.
    hold_class
        Hot or cold.
    dishes
        Its contents.
    cooked_at
        When the earliest finished pan of its contents came off the heat.
    deliver_by_at, eat_by_at
        Latest hand-over, last mouthful.
    contains, may_contain
        Allergens; one that nobody has declared stands in the second.
    qr_text
        What a scanner reads.
    for_diner
        Name label of the only diner it is for, else empty.
    avoid
        Allergens that diner must not get.
    second_leg
        Whether a volunteer carries it on from the stop.
    diner_code
        That diner's number, the end of ``for_diner``.
    colour
        Of the sealed container of an allergic diner, in words; None of every other.
    pans
        The pans of a bulk box, which together hold its ``dishes`` and ``spare``.
    spare
        What is in it for walk-ins, beyond its ``dishes``.
    """

    code: str
    carrier_code: str
    stop: str
    trip: str
    hold_class: HoldClass
    dishes: tuple[LabelDish, ...]
    cooked_at: datetime
    deliver_by_at: datetime
    eat_by_at: datetime
    contains: tuple[Named, ...]
    may_contain: tuple[Named, ...]
    qr_text: str
    for_diner: str = ""
    avoid: tuple[Named, ...] = ()
    second_leg: bool = False
    diner_code: str = ""
    colour: Named | None = None
    pans: tuple[LabelPan, ...] = ()
    spare: tuple[LabelDish, ...] = ()

    def __post_init__(self) -> None:
        if not self.cooked_at < self.deliver_by_at <= self.eat_by_at:
            raise ValueError(f"{self.code} must be cooked, handed over and eaten in this order.")

    @property
    def diner_name(self) -> str:
        """The name of the only diner it is for, without the number; empty when it is for more."""
        return self.for_diner.removesuffix(self.diner_code).strip()

    @property
    def portions(self) -> int:
        """Portions inside."""
        return sum(dish.portions for dish in (*self.dishes, *self.spare))


@dataclass(frozen=True, slots=True)
class SealedCount:
    """
    Sealed containers of one diner each, as every paper counts them.

    Parameters
    ----------
    allergic, allergic_portions
        Containers of allergic diners, a meal each with all its dishes, and the portions in them.
    others, other_portions
        Containers of other diners, of the dishes that are made otherwise for them, and the portions in them.
    """

    allergic: int
    allergic_portions: int
    others: int
    other_portions: int


@dataclass(frozen=True, slots=True)
class HoldLimits:
    """
    Temperatures at which food is to be kept, from the safety profile.

    Parameters
    ----------
    hot_min_c
        Hot food at or above.
    cold_min_c, cold_max_c
        Cold food from, to.
    """

    hot_min_c: float
    cold_min_c: float
    cold_max_c: float


@dataclass(frozen=True, slots=True)
class BoxLabels:
    """
    The labels of a service's boxes.

    Parameters
    ----------
    head
        Kitchen with its licence, service, version.
    limits
        The storage condition that is printed.
    labels
        In the order of print.
    title, counted
        What the file is, and what its labels stick to, in English.
    void
        Codes whose labels of the version before are thrown away.
    """

    head: PaperHead
    limits: HoldLimits
    labels: tuple[BoxLabel, ...]
    title: str = "Box labels"
    counted: str = "Boxes"
    void: tuple[str, ...] = ()

    @property
    def portions(self) -> int:
        """Portions in all boxes."""
        return sum(label.portions for label in self.labels)

    @property
    def sealed(self) -> SealedCount:
        """The labels that stick to one diner's container, by whose it is."""
        allergic = [label.portions for label in self.labels if label.for_diner and label.avoid]
        others = [label.portions for label in self.labels if label.for_diner and not label.avoid]
        return SealedCount(len(allergic), sum(allergic), len(others), sum(others))
