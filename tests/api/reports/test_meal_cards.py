"""Tests of the QR meal cards."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from api.reports.card_facts import MealCard
from api.reports.meal_cards import render
from tests.api.reports.papers import LANGUAGES
from tests.api.reports.readback import pages_text, squeezed

NAMES = (
    "张三",
    "阿卜杜拉·买买提·吐尔逊江",
    "Maximilian Alexander",
    "李四",
    "王五",
    "赵六",
    "孙七",
    "周八",
    "吴九",
)
CARDS = [
    MealCard(f"P{number:05d}", name, "示例社区长者饭堂", "0772-0000101", f"HC1:{number:026d}")
    for number, name in enumerate(NAMES, 1)
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_eight_cards_fill_a_sheet(language: str) -> None:
    """Tests that each card has name, number, canteen and telephone, and the ninth begins a second sheet."""
    printed = render(CARDS, language)
    texts = [squeezed(text) for text in pages_text(printed.pdf)]
    assert (printed.pages, len(texts), printed.findings) == (2, 2, ())
    for page, cards in zip(texts, (CARDS[:8], CARDS[8:]), strict=True):
        for card in cards:
            assert squeezed(card.name) in page
            assert card.code in page
        assert page.count("示例社区长者饭堂") == page.count("0772-0000101") == len(cards)
    assert not [card for card in CARDS if card.text in "".join(texts)]


def test_the_sheet_is_a4_and_the_same_each_time() -> None:
    """Tests that printing again gives the same bytes on A4."""
    pdf = render(CARDS, "zh_CN").pdf
    assert pdf == render(CARDS, "zh_CN").pdf
    box = PdfReader(BytesIO(pdf)).pages[0].mediabox
    assert [round(float(side) / 72 * 25.4) for side in (box.width, box.height)] == [210, 297]


def test_no_card_is_an_empty_sheet() -> None:
    """Tests that nobody to print for gives a sheet and no error."""
    assert render([], "en").pages == 1
