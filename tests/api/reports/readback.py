"""Reading printed papers back: their text, and the figures that stand after a label."""

import re
from collections.abc import Iterable
from io import BytesIO

from pypdf import PdfReader


def pages_text(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    """The text without any white space, since a long name may stand on two lines."""
    return re.sub(r"\s", "", text)


def figures(pdf: bytes, labels: Iterable[str]) -> dict[str, list[int]]:
    """For each label the numbers printed right after it, in the order of print."""
    text = "\n".join(pages_text(pdf))
    return {label: [int(n) for n in re.findall(rf"{re.escape(label)}\s+(\d+)\b", text)] for label in labels}
