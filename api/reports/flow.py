"""Blocks flowing over pages: groups stay together, heads are repeated, nothing falls off the end."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from api.reports.pen import Pen


@dataclass(frozen=True, slots=True)
class Block:
    """
    A strip across the page.

    Parameters
    ----------
    height_mm
        Its height.
    draw
        Draws it with its top at a height, millimetres from the top of the page.
    head
        The strip that must stand above it: drawn where the one before has another head, and again at the
        top of each page.
    """

    height_mm: float
    draw: Callable[[Pen, float], None]
    head: "Block | None" = None


@dataclass(frozen=True, slots=True)
class Placed:
    """
    A block at its height on a page.

    Parameters
    ----------
    top_mm
        From the top of the page.
    block
        What stands there.
    """

    top_mm: float
    block: Block


def _with_heads(blocks: Sequence[Block], before: Block | None) -> list[Block]:
    strips: list[Block] = []
    head = before
    for block in blocks:
        if block.head is not None and block.head is not head:
            strips.append(block.head)
        head = block.head
        strips.append(block)
    return strips


def _height(blocks: Iterable[Block]) -> float:
    return sum(block.height_mm for block in blocks)


def _parts(group: Sequence[Block], room_mm: float) -> list[Sequence[Block]]:
    """The group whole, or block by block when no page holds it."""
    if _height(_with_heads(group, None)) <= room_mm:
        return [group]
    return [[block] for block in group]


def paginate(
    groups: Iterable[Sequence[Block]], *, top_mm: float, bottom_mm: float, gap_mm: float = 0
) -> list[list[Placed]]:
    """
    Puts groups of blocks on pages.

    Parameters
    ----------
    groups
        Blocks that should stand on one page together; a group higher than a page is broken between blocks.
    top_mm, bottom_mm
        Where the flow starts and ends on each page.
    gap_mm
        Left free between groups.

    Returns
    -------
    list[list[Placed]]
        Pages, at least one, in the order of print.

    Raises
    ------
    ValueError
        When one block with its head is higher than a page.
    """
    pages: list[list[Placed]] = [[]]
    at_mm, head = top_mm, None
    for group in groups:
        at_mm += gap_mm if pages[-1] else 0
        for part in _parts(group, bottom_mm - top_mm):
            strips = _with_heads(part, head)
            if pages[-1] and at_mm + _height(strips) > bottom_mm:
                pages.append([])
                at_mm, strips = top_mm, _with_heads(part, None)
            pages[-1] += _stack(strips, at_mm, bottom_mm)
            at_mm += _height(strips)
            head = part[-1].head if part else head
    return pages


def _stack(strips: Sequence[Block], top_mm: float, bottom_mm: float) -> list[Placed]:
    if top_mm + _height(strips) > bottom_mm + 0.01:
        raise ValueError(f"A block of {_height(strips):.0f} mm does not fit on a page.")
    tops_mm = accumulate((strip.height_mm for strip in strips), initial=top_mm)
    return [Placed(strip_top_mm, strip) for strip_top_mm, strip in zip(tops_mm, strips, strict=False)]
