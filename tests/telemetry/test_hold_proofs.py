"""The list of what proves each sentence about holds names tests that are there."""

import re

from tests.services import ROOT


def test_every_proof_that_is_listed_exists():
    """
    Tests that each test named in docs/hold-chain.md stands in the file that is named before it.
    """
    page = (ROOT / "docs/hold-chain.md").read_text("utf-8")
    table = page.split("## Every sentence and its proof")[1].split("\n## ")[0]
    named, file = [], ""
    for word in re.findall(r"`(tests/\S+\.py|test_\w+)`", table):
        file, name = (word, "") if word.endswith(".py") else (file, word)
        named += [(file, name)] if name else []
    assert len(named) > 30
    assert [one for one in named if f"def {one[1]}(" not in (ROOT / one[0]).read_text("utf-8")] == []
