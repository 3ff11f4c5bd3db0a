"""Food: what dishes are made of."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Food:
    """
    One ingredient with its composition and its allergens.

    Parameters
    ----------
    code
        Stable code, for example ``"pork-belly-skin-on"``.
    name_zh, name_en
        As printed.
    group
        Food group, for variety: ``"red_meat"``, ``"dark_veg"`` ...
    edible_ratio
        Edible part of what is bought.
    contains, may_contain, unknown
        Allergen codes: declared, possible, and those nobody has declared.
    price_fen_per_kg
        Price of a kilogram as bought, fen.
    nutrients
        Amount in 100 g of the edible part by name with unit (``"protein_g"``); one that nobody
        has measured is absent, never 0.
    source, evidence
        Which table the figures come from, and how they were seen.
    tags
        ``"pork"``, ``"alcohol"`` ... for diets: a dish made of it has them too.
    """

    code: str
    name_zh: str
    name_en: str
    group: str
    edible_ratio: float
    contains: frozenset[str]
    may_contain: frozenset[str]
    unknown: frozenset[str]
    price_fen_per_kg: int
    nutrients: Mapping[str, float]
    source: str = ""
    evidence: str = "draft"
    tags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not 0 < self.edible_ratio <= 1:
            raise ValueError(f"edible_ratio must lie in (0, 1], got {self.edible_ratio}.")
        if self.price_fen_per_kg < 0:
            raise ValueError(f"price_fen_per_kg must be >= 0, got {self.price_fen_per_kg}.")
