"""Every code of the kitchen has its sentence in both languages."""

import re
from pathlib import Path

import pytest

import kitchen
from api.words import LANGUAGES, catalog

CODES = sorted(
    {
        code
        for path in Path(kitchen.__file__).parent.glob("*.py")
        for code in re.findall(r'Coded\(\s*"(\w+)"', path.read_text("utf-8"))
    }
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentence(language):
    """
    Tests that no finding of the kitchen reaches a page as a bare code.
    """
    assert len(CODES) > 15
    assert [code for code in CODES if f"code:{code}" not in catalog(language)] == []
