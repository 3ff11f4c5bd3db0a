"""Menu: what may be ordered for one service."""

from dataclasses import dataclass
from typing import Literal

from orders.service import Service

Category = Literal["main", "half_main", "vegetable", "soup", "staple"]
HoldClass = Literal["hot", "cold"]
CATEGORIES: tuple[Category, ...] = ("main", "half_main", "vegetable", "soup", "staple")


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

    @property
    def counts_as_containing(self) -> frozenset[str]:
        """Allergens an allergic diner must avoid here."""
        return self.contains | self.may_contain | self.unknown


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
    """

    service: Service
    items: tuple[MenuItem, ...]
    price_fen: int
    version: int = 1

    def __post_init__(self) -> None:
        if self.price_fen < 0:
            raise ValueError(f"price_fen must be >= 0, got {self.price_fen}.")
        if len({item.dish_id for item in self.items}) != len(self.items):
            raise ValueError(f"A dish stands twice on the menu of {self.service.key}.")

    def item(self, dish_id: str) -> MenuItem | None:
        """The item with this dish, or None when the menu has it not."""
        return next((item for item in self.items if item.dish_id == dish_id), None)
