"""Menu: what may be ordered for one service."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from orders.service import Service

Category = Literal["main", "half_main", "vegetable", "soup", "staple"]
HoldClass = Literal["hot", "cold"]
Supply = Literal["serve_hot", "cook_chill"]
CATEGORIES: tuple[Category, ...] = ("main", "half_main", "vegetable", "soup", "staple")
REGULAR = "regular"


@dataclass(frozen=True, slots=True)
class Made:
    """
    An item made otherwise, with what then decides who may eat it.

    Parameters
    ----------
    variant
        How: ``"minced"``, ``"low_salt"``, ``"low_salt+minced"`` ...
    iddsi_level
        Its texture, 0 to 7.
    contains, may_contain, unknown
        Allergen codes of the changed bill of materials.
    tags
        What is left of ``pork``, ``added_sugar`` and the like.
    """

    variant: str
    iddsi_level: int
    contains: frozenset[str] = frozenset()
    may_contain: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MenuItem:
    """
    One dish on a menu, with what decides who may eat it.

    Parameters
    ----------
    dish_id
        The dish's code.
    name_zh, name_en
        As printed.
    category
        Its place in the meal.
    contains, may_contain
        Allergen codes; both count for an allergic diner, and so does ``unknown``.
    unknown
        Allergen codes nobody has declared for some ingredient.
    iddsi_level
        Texture, 0 to 7 (IDDSI framework).
    tags
        ``pork``, ``alcohol`` and the like, for diets.
    hold_class
        Whether it travels hot or cold.
    supply
        Served hot from the pan, or cooked, chilled and reheated.
    variants
        What else it can be made as.
    made
        Each variant that differs in texture, allergens or tags.
    lots
        Allergen and the code of a lot that brings it in on the day, whatever the recipe says.
    """

    dish_id: str
    name_zh: str
    name_en: str
    category: Category
    contains: frozenset[str] = frozenset()
    may_contain: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    iddsi_level: int = 7
    tags: frozenset[str] = frozenset()
    hold_class: HoldClass = "hot"
    supply: Supply = "serve_hot"
    variants: frozenset[str] = frozenset()
    made: tuple[Made, ...] = ()
    lots: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.variants.issuperset(one.variant for one in self.made):
            raise ValueError(f"{self.dish_id}: each thing it is made as must be among its variants.")

    @property
    def declared(self) -> frozenset[str]:
        """Allergens that its recipe contains, may contain or leaves open."""
        return self.contains | self.may_contain | self.unknown

    @property
    def counts_as_containing(self) -> frozenset[str]:
        """Allergens an allergic diner must avoid here."""
        return self.declared | {allergen for allergen, _ in self.lots}

    def made_as(self, variant: str) -> "MenuItem":
        """
        The item as one of its variants is served, itself without variants.

        An allergen of the plain dish stays one of the variant, since both are cooked in the same kitchen.

        Raises
        ------
        ValueError
            When the item is not made so.
        """
        if variant != REGULAR and variant not in self.variants:
            raise ValueError(f"{self.dish_id} is not made as {variant!r}.")
        plain = replace(self, variants=frozenset(), made=())
        made = next((one for one in self.made if one.variant == variant), None)
        if made is None:
            return plain
        contains = self.contains | made.contains
        may_contain = (self.may_contain | made.may_contain) - contains
        return replace(
            plain,
            contains=contains,
            may_contain=may_contain,
            unknown=(self.unknown | made.unknown) - contains - may_contain,
            iddsi_level=made.iddsi_level,
            tags=made.tags,
        )


@dataclass(frozen=True, slots=True)
class Menu:
    """
    The dishes of one service at one price.

    Parameters
    ----------
    service
        When and where.
    items
        Dishes, in the order of print.
    price_fen
        List price of one set meal, fen.
    version
        Rises with every published change.
    lines
        By line, its set: dish and variant of each part. Empty means one set, all items.
    """

    service: Service
    items: tuple[MenuItem, ...]
    price_fen: int
    version: int = 1
    lines: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.price_fen < 0:
            raise ValueError(f"price_fen must be >= 0, got {self.price_fen}.")
        if len({item.dish_id for item in self.items}) != len(self.items):
            raise ValueError(f"A dish stands twice on the menu of {self.service.key}.")
        missing = {dish_id for parts in self.lines.values() for dish_id, _ in parts if not self.item(dish_id)}
        if missing:
            raise ValueError(f"The menu of {self.service.key} lacks its lines' dishes {sorted(missing)}.")

    def item(self, dish_id: str) -> MenuItem | None:
        """The item with this dish, or None when the menu has it not."""
        return next((item for item in self.items if item.dish_id == dish_id), None)

    @property
    def plain(self) -> "Menu":
        """The menu of what lies in a shared pan: each dish as it is, made in no other way."""
        return replace(self, items=tuple(replace(item, variants=frozenset(), made=()) for item in self.items))

    @property
    def choices(self) -> str:
        """Its dishes by code and name, for whoever named another one."""
        return "、".join(f"{item.dish_id} {item.name_zh}" for item in self.items) or "-"
