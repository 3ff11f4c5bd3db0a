"""Tests of flowing blocks over pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.reports.flow import Block, Placed, paginate
from api.reports.pen import Pen


def nothing(pen: Pen, top_mm: float) -> None:
    """Draws nothing."""


def heights(pages: list[list[Placed]]) -> list[list[float]]:
    """The heights of the blocks on each page."""
    return [[placed.block.height_mm for placed in page] for page in pages]


def test_a_group_that_no_longer_fits_moves_as_a_whole():
    """Tests that three 40 mm rows that belong together leave a 100 mm page with 20 mm free."""
    group = [Block(40, nothing)] * 2

    pages = paginate([group, group], top_mm=0, bottom_mm=100)

    assert heights(pages) == [[40, 40], [40, 40]]


def test_a_head_is_repeated_on_each_page():
    """Tests that a table longer than a page starts each page with its head, and that no row ends it alone."""
    head = Block(10, nothing)
    rows = [Block(30, nothing, head)] * 7

    pages = paginate([rows], top_mm=0, bottom_mm=100)

    assert heights(pages) == [[10, 30, 30, 30], [10, 30, 30], [10, 30, 30]]


def test_a_block_higher_than_the_page_is_refused():
    """Tests that nothing is drawn beyond the foot."""
    with pytest.raises(ValueError, match="does not fit"):
        paginate([[Block(101, nothing)]], top_mm=0, bottom_mm=100)


@given(st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=6), max_size=12), st.booleans())
def test_every_block_stands_once_within_its_page(sizes: list[list[int]], headed: bool):
    """Tests that no block is lost, doubled, out of order or over the foot."""
    head = Block(9, nothing) if headed else None
    groups = [[Block(size, nothing, head) for size in group] for group in sizes]

    pages = paginate(groups, top_mm=20, bottom_mm=120, gap_mm=3)

    placed = [placed for page in pages for placed in page if placed.block is not head]
    assert [p.block for p in placed] == [block for group in groups for block in group]
    assert all(p.top_mm + p.block.height_mm <= 120.01 for p in placed)
    for page in pages:
        ends = [p.top_mm + p.block.height_mm for p in page]
        assert all(end <= after.top_mm + 0.01 for end, after in zip(ends, page[1:], strict=False))
        assert not headed or not page or page[0].block is head
