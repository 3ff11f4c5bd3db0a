"""Blocks flowing over pages: groups stay together, heads are repeated, nothing falls off the end."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from api.reports.pen import Pen

FEWEST = 3
"""Parts that a page keeps at least one less of when one goes to the next."""


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


@dataclass(frozen=True, slots=True)
class _Part:
    """Blocks that stay on one page, and what is left free above them unless they begin it."""

    blocks: Sequence[Block]
    gap_mm: float


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
    Puts groups of blocks on pages; the last page never holds one group alone that could have company.

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
    pages: list[list[_Part]] = [[]]
    at_mm, head = top_mm, None
    for group in groups:
        at_mm += gap_mm if pages[-1] else 0
        for number, part in enumerate(_parts(group, bottom_mm - top_mm)):
            strips = _with_heads(part, head)
            if pages[-1] and at_mm + _height(strips) > bottom_mm:
                pages.append([])
                at_mm, strips = top_mm, _with_heads(part, None)
            pages[-1].append(_Part(part, 0 if number else gap_mm))
            at_mm += _height(strips)
            head = part[-1].head if part else head
    _keep_company(pages, bottom_mm - top_mm)
    return [_placed(page, top_mm, bottom_mm) for page in pages]


def _keep_company(pages: list[list[_Part]], room_mm: float) -> None:
    """Moves the part before a last one that would stand alone on its page beside it, where both fit."""
    if len(pages) < 2 or len(pages[-1]) != 1 or len(pages[-2]) < FEWEST:
        return
    last, before = pages[-1][0], pages[-2][-1]
    both = [*before.blocks, *last.blocks]
    if _height(_with_heads(both, None)) + last.gap_mm <= room_mm:
        pages[-1].insert(0, pages[-2].pop())


def _placed(page: Sequence[_Part], top_mm: float, bottom_mm: float) -> list[Placed]:
    """The parts of a page at their heights, each under its head."""
    placed: list[Placed] = []
    at_mm, head = top_mm, None
    for number, part in enumerate(page):
        at_mm += part.gap_mm if number else 0
        strips = _with_heads(part.blocks, head)
        placed += _stack(strips, at_mm, bottom_mm)
        at_mm += _height(strips)
        head = part.blocks[-1].head if part.blocks else head
    return placed


def _stack(strips: Sequence[Block], top_mm: float, bottom_mm: float) -> list[Placed]:
    if top_mm + _height(strips) > bottom_mm + 0.01:
        raise ValueError(f"A block of {_height(strips):.0f} mm does not fit on a page.")
    tops_mm = accumulate((strip.height_mm for strip in strips), initial=top_mm)
    return [Placed(strip_top_mm, strip) for strip_top_mm, strip in zip(tops_mm, strips, strict=False)]
