"""Pans of a bulk box: which dish of which batches is in each, how heavy, and how many portions that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kitchen.tables import Table, number, part, whole


@dataclass(frozen=True, slots=True)
class PanSize:
    """
    A gastronorm size in one depth.

    Parameters
    ----------
    code
        ``"1/1-100"``: size and depth in millimetres.
    length_mm, width_mm, depth_mm
        Outer measures.
    litres
        Useful room.
    """

    code: str
    length_mm: int
    width_mm: int
    depth_mm: int
    litres: float


@dataclass(frozen=True, slots=True)
class PanRules:
    """
    Pans as data.

    Parameters
    ----------
    sizes
        By code, smallest first.
    rest_ratio
        A rest of at least this part of a portion counts as one.
    """

    sizes: Mapping[str, PanSize]
    rest_ratio: float

    def __post_init__(self) -> None:
        if not 0 < self.rest_ratio <= 1:
            raise ValueError(f"rest_ratio must be above 0 and at most 1, got {self.rest_ratio}.")


@dataclass(frozen=True, slots=True)
class PanLoad:
    """
    What is to be in one pan.

    Parameters
    ----------
    pan
        Its number in the box, from 1.
    size
        Code of the smallest size that holds it; empty when none does.
    dish_id
        Its dish.
    batch_ids
        Batches it comes from, in the order of filling.
    portions, net_g
        How many, and what they weigh together, grams.
    """

    pan: int
    size: str
    dish_id: str
    batch_ids: tuple[str, ...]
    portions: int
    net_g: int

    @property
    def portion_g(self) -> int:
        """Weight of one of its portions on the mean, whole grams, at least 1."""
        return max(1, round(self.net_g / self.portions))


@dataclass(frozen=True, slots=True)
class WeighedPan:
    """
    What the scales said.

    Parameters
    ----------
    box_id, pan
        Which pan of which box.
    net_g
        Food without the pan, grams.
    actor, recorded_at
        Who says so, as a user id, and when.
    """

    box_id: str
    pan: int
    net_g: int
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PanLine:
    """One portion in a bulk box: its dish, its batch, its cooked weight in grams, its size counted in."""

    dish_id: str
    batch_id: str
    portion_g: int


def pan_loads(lines: Sequence[PanLine], pans: int, max_food_g: int, rules: PanRules) -> tuple[PanLoad, ...]:
    """
    The pans of a bulk box, as packing fills them: one dish a pan, at most ``max_food_g / pans`` grams.

    Parameters
    ----------
    lines
        Portions in the order of packing.
    pans, max_food_g
        Of the carrier: pans it takes, and most food in grams.
    rules
        The sizes there are.

    Returns
    -------
    tuple[PanLoad, ...]
        Their portions add up to ``lines``.

    References
    ----------
    docs/carriers.md, "Pans".
    """
    return tuple(_load(i, run, rules) for i, run in enumerate(pan_runs(lines, max_food_g // pans), 1))


def pan_runs(lines: Sequence[PanLine], most_g: int) -> list[list[PanLine]]:
    """These portions by pan, in their order: one dish a pan, at most so many grams."""
    runs: list[list[PanLine]] = []
    full_g = 0
    for line in lines:
        fits = runs and runs[-1][0].dish_id == line.dish_id and full_g + line.portion_g <= most_g
        if fits:
            runs[-1].append(line)
            full_g += line.portion_g
        else:
            runs.append([line])
            full_g = line.portion_g
    return runs


def with_spare(lines: Sequence[PanLine], spare: Sequence[PanLine]) -> list[PanLine]:
    """Portions in the order of packing with the spare ones of each dish after its last ordered one."""
    places = {line.dish_id: place for place, line in enumerate(lines)}
    after: dict[int, list[PanLine]] = {}
    for line in spare:
        after.setdefault(places.get(line.dish_id, len(lines)), []).append(line)
    rest = sorted(after.pop(len(lines), ()), key=lambda line: line.dish_id)
    return [one for place, line in enumerate(lines) for one in (line, *after.get(place, ()))] + rest


def portions_in(net_g: int, portion_g: int, rest_ratio: float) -> int:
    """
    Portions that a weight gives: whole ones, and one more when the rest is nearly a portion.

    Parameters
    ----------
    net_g, portion_g
        Food in the pan, and cooked weight of one portion (at least 1), grams.
    rest_ratio
        Part of a portion that still counts as one.

    References
    ----------
    docs/carriers.md, "Pans".
    """
    if portion_g < 1 or net_g < 0:
        raise ValueError(f"Cannot share {net_g} g in portions of {portion_g} g.")
    whole_ones, rest_g = divmod(net_g, portion_g)
    return whole_ones + (rest_g >= rest_ratio * portion_g)


def pan_rules(document: Table) -> PanRules:
    """
    The sizes of a ``pans.toml``.

    Raises
    ------
    ValueError
        Naming the field that cannot be used.
    """
    sizes = [
        PanSize(f"{name}-{depth}", whole(table, "length_mm"), whole(table, "width_mm"), int(depth), litres)
        for name, table in ((one, part(part(document, "size"), one)) for one in part(document, "size"))
        for depth, litres in ((key, number(part(table, "litres"), key)) for key in part(table, "litres"))
    ]
    by_room = sorted(sizes, key=lambda size: (size.litres, size.code))
    return PanRules({size.code: size for size in by_room}, number(document, "rest_ratio"))


def _load(pan: int, run: Sequence[PanLine], rules: PanRules) -> PanLoad:
    net_g = sum(line.portion_g for line in run)
    # A litre of cooked food weighs about a kilogram; the smallest size that holds it is used.
    size = next((one.code for one in rules.sizes.values() if one.litres * 1000 >= net_g), "")
    batches = tuple(dict.fromkeys(line.batch_id for line in run))
    return PanLoad(pan, size, run[0].dish_id, batches, len(run), net_g)
