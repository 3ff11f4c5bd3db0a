"""Breaking text into lines and finding the size at which it fits; nothing is ever cut."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.reports.fonts import GETA, Weight, text_width_pt

PT_PER_MM = 72 / 25.4
LEADING_RATIO = 1.28

NOT_FIRST = frozenset("，。、；：？！）》」』】〕…·,.;:?!)]}%℃")
NOT_LAST = frozenset("（《「『【〔([{≥≤" + GETA)
BRACKETED = 9
"""Longest part that stays together with its brackets where a line has room for it: ``（低盐·大份）``."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """
    Text broken into lines at one size.

    Parameters
    ----------
    lines
        From the top.
    size_pt
        Font size, points.
    weight
        ``"regular"`` or ``"bold"``.
    """

    lines: tuple[str, ...]
    size_pt: float
    weight: Weight

    @property
    def leading_mm(self) -> float:
        """From one baseline to the next, millimetres."""
        return self.size_pt * LEADING_RATIO / PT_PER_MM

    @property
    def height_mm(self) -> float:
        """Height of all lines, millimetres."""
        return len(self.lines) * self.leading_mm


def _wide(char: str) -> bool:
    return ord(char) >= 0x2E80


def _pieces(text: str, bracketed: int = BRACKETED) -> Iterator[str]:
    """
    Parts between which a line may break: words with the space after them, and single CJK characters.

    Up to ``bracketed`` characters in brackets, as a dish's variant, stay together.
    """
    piece = ""
    kept_to = 0
    for at, char in enumerate(text):
        breaks = bool(piece) and (piece[-1] == " " or _wide(char) or _wide(piece[-1]))
        if breaks and at >= kept_to and char != " " and char not in NOT_FIRST and piece[-1] not in NOT_LAST:
            yield piece
            piece = ""
        if char == "（":
            kept_to = max(kept_to, text.find("）", at, at + bracketed) + 1)
        piece += char
    if piece:
        yield piece


def _parts(text: str, weight: Weight, size_pt: float, width_pt: float) -> Iterator[str]:
    """The pieces of a text; what stays together in brackets is broken where no line has room for it."""
    for piece in _pieces(text):
        if text_width_pt(piece.rstrip(), weight, size_pt) > width_pt:
            yield from _pieces(piece, bracketed=0)
        else:
            yield piece


def _split_wide(piece: str, weight: Weight, size_pt: float, width_pt: float) -> Iterator[str]:
    """A piece wider than the line, in parts that fit; a single character always stands."""
    part = ""
    for char in piece:
        if part and text_width_pt(part + char, weight, size_pt) > width_pt:
            yield part
            part = ""
        part += char
    yield part


def wrap(text: str, weight: Weight, size_pt: float, width_mm: float) -> tuple[str, ...]:
    """
    Breaks text into lines no wider than the column.

    Parameters
    ----------
    text
        One paragraph, drawable (see `fonts.legible`).
    weight, size_pt
        Its type.
    width_mm
        The column, millimetres.

    Returns
    -------
    tuple[str, ...]
        At least one line; joined without spaces they hold every character of ``text`` but spaces.
    """
    width_pt = width_mm * PT_PER_MM
    if text_width_pt(text, weight, size_pt) <= width_pt:
        return (text,)

    lines: list[str] = []
    line = ""
    for piece in _parts(text, weight, size_pt, width_pt):
        if text_width_pt((line + piece).rstrip(), weight, size_pt) <= width_pt:
            line += piece
            continue
        if line:
            lines.append(line.rstrip())
        *full, line = _split_wide(piece, weight, size_pt, width_pt)
        lines.extend(full)
    return (*lines, line.rstrip())


def fit(
    text: str, sizes_pt: tuple[float, ...], width_mm: float, *, weight: Weight = "regular", max_lines: int = 1
) -> Fitted:
    """
    The largest size at which the text takes no more lines than wished, else the smallest with all its lines.

    Parameters
    ----------
    text
        One paragraph, drawable.
    sizes_pt
        Sizes to try, largest first.
    width_mm
        The column, millimetres.
    weight
        ``"regular"`` or ``"bold"``.
    max_lines
        Lines wished for; a longer text takes more, at the smallest size.
    """
    for size_pt in sizes_pt:
        lines = wrap(text, weight, size_pt, width_mm)
        if len(lines) <= max_lines:
            break
    return Fitted(lines, size_pt, weight)
