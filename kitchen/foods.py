"""Food: what dishes are made of."""

from collections.abc import Mapping
from dataclasses import dataclass

MONTHS = frozenset(range(1, 13))


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
    free
        Allergen codes that are declared absent; a code in none of the four sets is unknown too.
    season
        Months, 1 to 12, in which it is good and fairly priced; empty for all year.
    supplier
        Code of who usually delivers it, empty when nobody is named.
    density_g_per_ml
        Grams a millilitre; None when nobody has stated it, so that it has no volume.
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
    free: frozenset[str] = frozenset()
    season: frozenset[int] = frozenset()
    supplier: str = ""
    density_g_per_ml: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.edible_ratio <= 1:
            raise ValueError(f"edible_ratio must lie in (0, 1], got {self.edible_ratio}.")
        if self.price_fen_per_kg < 0:
            raise ValueError(f"price_fen_per_kg must be >= 0, got {self.price_fen_per_kg}.")
        if self.density_g_per_ml is not None and self.density_g_per_ml <= 0:
            raise ValueError(f"density_g_per_ml must be > 0, got {self.density_g_per_ml}.")
        if not self.season <= MONTHS:
            raise ValueError(f"season must name months 1 to 12, got {sorted(self.season)}.")
        if self.free & (self.contains | self.may_contain | self.unknown):
            raise ValueError(f"{self.code} is declared free of what it contains, may contain or is unknown.")

    def in_season(self, month: int) -> bool:
        """Whether it is good in this month, 1 to 12."""
        return not self.season or month in self.season
