"""Names as people type them: compared without width, case and blanks, with the nearest one offered."""

import difflib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MOST_ALIKE = 3
LEAST_ALIKE_RATIO = 0.4
MOST_OFFERED = 10


def folded(name: str) -> str:
    """The name for comparison: full-width letters made narrow, lower case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def nearest(names: Iterable[str], known: Iterable[str]) -> str:
    """For each name the known ones most like it, best first; the first few when none is. Joined by 、."""
    listed = tuple(dict.fromkeys(known))
    found = [name for wanted in names for name in _nearest(wanted, listed)]
    return "、".join(dict.fromkeys(found) or listed[:MOST_OFFERED])


@lru_cache(maxsize=4096)
def _nearest(name: str, known: tuple[str, ...]) -> list[str]:
    return difflib.get_close_matches(name, known, n=MOST_ALIKE, cutoff=LEAST_ALIKE_RATIO)
