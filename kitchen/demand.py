"""Demand: the portions of a service by dish and variant."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from orders.menus import REGULAR, HoldClass
from orders.sites import Site


@dataclass(frozen=True, slots=True)
class Size:
    """
    How much of a dish somebody gets.

    Parameters
    ----------
    code
        ``"regular"``, ``"large"``, ``"small"``.
    ratio
        Part of a regular portion, above 0.
    """

    code: str
    ratio: Fraction

    def __post_init__(self) -> None:
        if self.ratio <= 0:
            raise ValueError(f"{self.code}: ratio must be > 0, got {self.ratio}.")

    def of_g(self, portion_g: int) -> int:
        """Weight of a portion of this size, whole grams, at least 1; ``portion_g`` is a regular one's."""
        return max(1, round(self.ratio * portion_g))


REGULAR_SIZE = Size(REGULAR, Fraction(1))


@dataclass(frozen=True, slots=True)
class Portion:
    """
    One dish for one diner: what is cooked, boxed, delivered and eaten.

    Parameters
    ----------
    line_id
        Order line, the key by which every stage names this portion.
    order_id, diner_id
        Whose meal.
    site_id
        Stop of the van.
    dish_id, variant
        What is cooked; ``"regular"`` is the plain variant.
    hold_class
        Hot or cold.
    second_leg
        Whether a volunteer carries it on from the site to a home.
    special
        Whether the diner is allergic: packed first, sealed, labelled, never drawn from a shared pan.
    name_label
        What stands on the sealed container; the caller decides how much of a name that is.
    avoids
        Allergens that the diner must not get.
    size
        How much of it.
    """

    line_id: str
    order_id: str
    diner_id: str
    site_id: str
    dish_id: str
    variant: str = "regular"
    hold_class: HoldClass = "hot"
    second_leg: bool = False
    special: bool = False
    name_label: str = ""
    avoids: frozenset[str] = frozenset()
    size: Size = REGULAR_SIZE


@dataclass(frozen=True, slots=True)
class DishDemand:
    """
    What is asked of one dish variant.

    Parameters
    ----------
    dish_id, variant
        What.
    portions
        All portions, specials included.
    special
        Those for allergic diners.
    by_site
        Portions by site id, in order of the ids.
    regular
        Regular portions that all of them weigh as much as.
    """

    dish_id: str
    variant: str
    portions: int
    special: int
    by_site: Mapping[str, int]
    regular: Fraction


def demand(portions: Iterable[Portion]) -> list[DishDemand]:
    """What is asked of each dish variant, in order of dish and variant."""
    groups: dict[tuple[str, str], list[Portion]] = defaultdict(list)
    for portion in portions:
        groups[portion.dish_id, portion.variant].append(portion)
    return [
        DishDemand(
            dish_id,
            variant,
            len(group),
            sum(portion.special for portion in group),
            dict(sorted(Counter(portion.site_id for portion in group).items())),
            _regular(group),
        )
        for (dish_id, variant), group in sorted(groups.items())
    ]


def _regular(portions: Iterable[Portion]) -> Fraction:
    """Regular portions that these weigh as much as; there are few sizes, and fractions are slow to add."""
    ratios = Counter(portion.size.ratio.as_integer_ratio() for portion in portions)
    return sum((Fraction(*ratio) * count for ratio, count in ratios.items()), Fraction())


def cook_order(portions: Iterable[Portion], sites: Mapping[str, Site]) -> list[Portion]:
    """
    The portions in the order in which they should come off the heat.

    Those for canteens' tables come first, by the site's earliest hand-over; those for homes last,
    since their bags have no probe and keep the short clock. One site's portions stay together.
    """

    def when(portion: Portion) -> tuple[bool, str, str, str, str]:
        site = sites[portion.site_id]
        home = portion.second_leg or site.kind == "home"
        return home, site.hours.opens.isoformat(), site.site_id, portion.diner_id, portion.line_id

    return sorted(portions, key=when)
