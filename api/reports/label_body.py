"""The body of a label: entries in one column or two, and the rest on further labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.reports.facts import Named
from api.reports.label_facts import LabelDish
from api.reports.pen import Pen
from api.reports.typesetting import Fitted
from api.reports.wording import Words, dish_text

GAP_MM = 2.0
FIGURE_AIR_MM = 2.5
EATING = {"hot": "Ready to eat.", "cold": "Keep cold; eat as it is, or heat through once."}


@dataclass(frozen=True, slots=True)
class Strip:
    """One entry: a dish with its portions, or a line on allergens."""

    text: Fitted
    figure: str = ""

    @property
    def height_mm(self) -> float:
        """With the air below it, millimetres."""
        return self.text.height_mm + 0.25


Columns = tuple[tuple[Strip, ...], ...]


def column_mm(width_mm: float, columns: int) -> float:
    """Width of one of so many columns side by side, millimetres."""
    return (width_mm - GAP_MM * (columns - 1)) / columns


def height_mm(columns: Columns) -> float:
    """Height of the longest column, millimetres."""
    return max((sum(strip.height_mm for strip in column) for column in columns), default=0.0)


def side_by_side(strips: Sequence[Strip], columns: int) -> Columns:
    """Entries down one column, or down two as even as can be, the left rather the longer."""
    whole = tuple(strips)
    if columns == 1 or len(whole) < 2:
        return (whole,)
    splits = [(whole[:i], whole[i:]) for i in range(len(whole), 0, -1)]
    return min(splits, key=height_mm)


def on_labels(strips: Sequence[Strip], columns: int, room_mm: float) -> list[Columns]:
    """
    Entries over as many labels as they need, in order, each as full as it can be.

    Parameters
    ----------
    strips
        At least one; one that is higher than the room has a label of its own.
    columns
        One or two.
    room_mm
        Height on each label, millimetres.
    """
    labels: list[list[Strip]] = [[]]
    for strip in strips:
        if labels[-1] and height_mm(side_by_side([*labels[-1], strip], columns)) > room_mm:
            labels.append([])
        labels[-1].append(strip)
    return [side_by_side(label, columns) for label in labels]


def draw_columns(pen: Pen, x_mm: float, top_mm: float, width_mm: float, columns: Columns) -> None:
    """Draws the entries, their figures at the right edge of the column."""
    own_mm = column_mm(width_mm, len(columns))
    for number, column in enumerate(columns):
        left_mm, at_mm = x_mm + number * (own_mm + GAP_MM), top_mm
        for strip in column:
            pen.lines(left_mm, at_mm, strip.text)
            baseline_mm = at_mm + strip.text.leading_mm * 0.77
            right_mm, size_pt = left_mm + own_mm - 1, strip.text.size_pt + 0.5
            pen.text(right_mm, baseline_mm, strip.figure, size_pt, weight="bold", align="right")
            at_mm += strip.height_mm


def by_dish(dishes: Sequence[LabelDish], words: Words) -> list[tuple[str, int]]:
    """Each dish once, with all its portions; of several forms all but the plain one are counted."""
    forms: dict[Named, list[LabelDish]] = {}
    for one in dishes:
        forms.setdefault(one.dish, []).append(one)
    return [(_forms(dish, of, words), sum(one.portions for one in of)) for dish, of in forms.items()]


def _forms(dish: Named, forms: Sequence[LabelDish], words: Words) -> str:
    if len(forms) == 1:
        return dish_text(dish, forms[0].variant, words)
    others = [(one.variant, one.portions) for one in forms if one.variant is not None]
    counted = [f"{variant.called(words.language)}\u00a0{portions}" for variant, portions in others]
    told = words("; ").join(counted)
    return words("{dish} ({variant})", dish=dish.called(words.language), variant=told)
