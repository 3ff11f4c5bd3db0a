"""Initials of names."""

import pytest

from api.example.people import FEMALE, MALE, RARE_GIVEN, RARE_SURNAMES, SURNAMES
from api.web.pinyin import initials


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("张三", "zs"),
        ("韦秀兰", "wxl"),
        ("覃国强", "qgq"),
        ("欧阳丽", "oyl"),
        ("单雄", "sx"),
        ("禤堃", "xk"),
        ("Li Ming", "liming"),
        ("\U00030edd", ""),
        ("", ""),
    ],
)
def test_initials(name, found):
    """
    Tests initials of common, rare and foreign names, and that an unknown character is left out.
    """
    assert initials(name) == found


def test_every_invented_name_has_initials():
    """
    Tests that no character of the example's names is unknown.
    """
    for name in (*SURNAMES, *RARE_SURNAMES, *FEMALE, *MALE, *RARE_GIVEN):
        assert len(initials(name)) == len(name), name
