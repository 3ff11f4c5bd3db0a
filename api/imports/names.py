"""Names as people type them: compared without width, case and blanks, with the nearest one offered."""

import difflib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MOST_ALIKE = 3
MOST_OFFERED = 10


def folded(name: str) -> str:
    """The name for comparison: full-width letters made narrow, lower case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def nearest(name: str, known: Iterable[str]) -> str:
    """The known names most like this one, best first; the first few when none is like it. Joined by 、."""
    return _nearest(name, tuple(dict.fromkeys(known)))


@lru_cache(maxsize=4096)
def _nearest(name: str, known: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(name, known, n=MOST_ALIKE, cutoff=0.3)
    return "、".join(found or known[:MOST_OFFERED])
