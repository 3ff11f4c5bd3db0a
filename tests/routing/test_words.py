"""Every code of routing has its sentence in both languages."""

import re
from pathlib import Path

import pytest

import routing
from api.words import LANGUAGES, catalog

CODES = sorted(
    {
        code
        for path in Path(routing.__file__).parent.glob("*.py")
        for code in re.findall(r'(?:Coded|Violation)\(\s*"(\w+)"', path.read_text("utf-8"))
    }
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentence(language: str) -> None:
    """Tests that no reason and no violation reaches a page as a bare code."""
    assert len(CODES) > 30
    assert [code for code in CODES if f"code:{code}" not in catalog(language)] == []
