"""Production sheet, its input: pan loads, named special meals, who is on no sheet."""

from dataclasses import dataclass
from datetime import datetime

from api.reports.facts import Named, PaperHead
from api.reports.label_facts import SealedCount
from kitchen.batches import Extra
from orders.codes import Coded


@dataclass(frozen=True, slots=True)
class Amount:
    """
    One ingredient of a pan load.

    Parameters
    ----------
    food
        What to weigh.
    amount_mg
        For the whole load, as weighed in the kitchen, milligrams.
    """

    food: Named
    amount_mg: int

    def __post_init__(self) -> None:
        if self.amount_mg < 0:
            raise ValueError(f"amount_mg must be >= 0, got {self.amount_mg}.")


@dataclass(frozen=True, slots=True)
class PanLoad:
    """
    One batch: one cook of one dish variant in one piece of equipment.

    Parameters
    ----------
    code
        Human code, ``"B07"``.
    dish, variant
        What is cooked; None is the plain variant.
    equipment
        Name of the pan, kettle or oven.
    start_at, ready_at
        When it goes on and comes off the heat.
    portions_ordered
        Portions of it that somebody ordered.
    extras
        Portions beyond those, by purpose.
    amounts
        Ingredients, in the order of the recipe.
    core_min_c
        Core temperature to reach, degrees Celsius; None for a dish without heat.
    allergens
        What the dish contains or may contain.
    portions_special
        Ordered portions among them that go into sealed containers before all others.
    sizes
        Ordered portions among them that are not regular, by size.
    cooked_g
        What it weighs cooked, grams; None when the recipe is gone.
    taken_out
        Whether it was cooked the day before and is taken out of the cold store.
    begun
        Whether it is on the heat or off it: its planned minutes are nothing to print again.
    notes
        When its stocks and sauces are begun; by how much it is ready outside its window, and what holds it.
    """

    code: str
    dish: Named
    variant: Named | None
    equipment: str
    start_at: datetime
    ready_at: datetime
    portions_ordered: int
    extras: tuple[Extra, ...]
    amounts: tuple[Amount, ...]
    core_min_c: float | None
    allergens: tuple[Named, ...] = ()
    portions_special: int = 0
    sizes: tuple[tuple[Named, int], ...] = ()
    cooked_g: int | None = None
    taken_out: bool = False
    begun: bool = False
    notes: tuple[Coded, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.portions_special <= self.portions_ordered:
            raise ValueError(
                f"{self.code}: {self.portions_special} of {self.portions_ordered} portions are special."
            )

    @property
    def portions_extra(self) -> int:
        """Portions cooked beyond the ordered ones."""
        return sum(extra.portions for extra in self.extras)

    @property
    def only_special(self) -> bool:
        """Whether it is cooked for allergic diners alone."""
        return 0 < self.portions_special == self.portions_ordered

    @property
    def portions_cooked(self) -> int:
        """Portions that this load yields."""
        return self.portions_ordered + self.portions_extra


@dataclass(frozen=True, slots=True)
class SpecialDish:
    """
    One dish of a special meal.

    Parameters
    ----------
    dish, variant
        What goes into the container, with its size; None is the plain variant in a regular portion.
    load_code
        The pan load it comes from.
    """

    dish: Named
    variant: Named | None
    load_code: str


@dataclass(frozen=True, slots=True)
class SpecialMeal:
    """
    One sealed container of one named allergic diner.

    Parameters
    ----------
    diner
        Name label, as the canteen calls the diner.
    stop
        Where it goes.
    avoid
        Allergens the diner must not get.
    container_code
        Code on the sealed container.
    dishes
        One portion each.
    answered
        Who decided that a portion is given in spite of a clash, and why; empty for most.
    colour
        Of the container, in words; None where the house has not chosen one.
    """

    diner: str
    stop: str
    avoid: tuple[Named, ...]
    container_code: str
    dishes: tuple[SpecialDish, ...]
    answered: tuple[tuple[str, str], ...] = ()
    colour: Named | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """
    Ordered portions that no pan load cooks.

    Parameters
    ----------
    ref
        Human code of the order.
    who
        Name label of the diner.
    dish
        What was ordered.
    portions
        How many.
    """

    ref: str
    who: str
    dish: Named
    portions: int


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """
    What differs from the sheets that lie in the kitchen already.

    Parameters
    ----------
    loads, specials
        Codes of the loads and containers that are new or otherwise than before.
    void
        Codes of loads that are cooked no more.
    """

    loads: frozenset[str]
    specials: frozenset[str]
    void: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductionSheet:
    """
    Everything the kitchen cooks for one service.

    Parameters
    ----------
    head
        Kitchen, service, version, print time.
    loads
        Pan loads, in any order.
    specials
        Sealed containers of named diners.
    portions_ordered
        Counted from the orders, not from the loads, so that the foot shows what was lost between.
    left_out
        Those portions, by name.
    changes
        What alone is printed, the sums aside; None prints everything.
    jin
        Whether weights stand in 斤 (500 g) too.
    title
        What stands at its head.
    helps
        What would help where loads are ready outside their windows.
    sealed
        All containers of one diner: those of ``specials``, and those of others; None where nobody counts.
    """

    head: PaperHead
    loads: tuple[PanLoad, ...]
    specials: tuple[SpecialMeal, ...]
    portions_ordered: int
    left_out: tuple[LeftOut, ...]
    changes: SheetChanges | None = None
    jin: bool = False
    title: str = "Production sheet"
    helps: tuple[Coded, ...] = ()
    sealed: SealedCount | None = None

    @property
    def portions_on_sheet(self) -> int:
        """Ordered portions that stand on a pan load."""
        return sum(load.portions_ordered for load in self.loads)

    @property
    def portions_extra(self) -> int:
        """Portions beyond the ordered ones."""
        return sum(load.portions_extra for load in self.loads)

    @property
    def portions_cooked(self) -> int:
        """Portions that all loads yield."""
        return sum(load.portions_cooked for load in self.loads)

    @property
    def cooked_g(self) -> int:
        """What all loads weigh cooked, grams; loads without a recipe left out."""
        return sum(load.cooked_g or 0 for load in self.loads)

    @property
    def portions_left_out(self) -> int:
        """Ordered portions that stand on no pan load."""
        return sum(lost.portions for lost in self.left_out)
