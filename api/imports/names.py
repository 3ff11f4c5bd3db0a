"""Names as people type them: compared without width, case and blanks, with the nearest one offered."""

import difflib
import unicodedata
from collections.abc import Iterable


def folded(name: str) -> str:
    """The name for comparison: full-width letters made narrow, lower case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def nearest(name: str, known: Iterable[str], most: int = 1) -> str:
    """The known names most like this one, joined by 、; the first few when none is like it."""
    names = list(dict.fromkeys(known))
    found = difflib.get_close_matches(name, names, n=most, cutoff=0.3)
    return "、".join(found or names[:10])
