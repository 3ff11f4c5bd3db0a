"""Amounts in Chinese capitals."""

import pytest

from api.reports.capitals import capital_yuan


@pytest.mark.parametrize(
    ("amount_fen", "text"),
    [
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (50, "人民币伍角整"),
        (23500, "人民币贰佰叁拾伍元整"),
        (326000, "人民币叁仟贰佰陆拾元整"),
        (140950, "人民币壹仟肆佰零玖元伍角整"),
        (600714, "人民币陆仟零柒元壹角肆分"),
        (10000005, "人民币壹拾万元零伍分"),
        (10700053, "人民币壹拾万零柒仟元伍角叁分"),
        (1600200010, "人民币壹仟陆佰万零贰仟元壹角整"),
        (10000000000, "人民币壹亿元整"),
        (10000100000, "人民币壹亿零壹仟元整"),
        (-30000000, "人民币负叁拾万元整"),
    ],
)
def test_an_amount_in_capitals(amount_fen, text):
    """
    Tests zeros inside, at the end of a group and between groups, jiao and fen, and what is taken back.
    """
    assert capital_yuan(amount_fen) == text
