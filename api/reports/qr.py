"""QR codes: which version and correction fit a place, and their modules."""

from dataclasses import dataclass
from functools import lru_cache

import segno

CORRECTIONS = ("q", "m", "l")
LEAST_MM = 15.0
MODULE_LEAST_MM = 0.37
QUIET_MODULES = 4
LARGER, LARGEST = 3, 40


@dataclass(frozen=True, slots=True)
class QrCode:
    """
    A QR code whose modules are whole dots.

    Parameters
    ----------
    rows
        Its modules from the top, 1 for dark, without the quiet zone.
    dots
        Dots of the printer on one side of a module.
    dots_per_mm
        Of the printer.
    """

    rows: tuple[bytes, ...]
    dots: int
    dots_per_mm: float

    @property
    def module_mm(self) -> float:
        """One side of a module, millimetres."""
        return self.dots / self.dots_per_mm

    @property
    def size_mm(self) -> float:
        """One side of the code without its quiet zone, millimetres."""
        return len(self.rows) * self.module_mm

    @property
    def quiet_mm(self) -> float:
        """What has to stay white around it, millimetres."""
        return QUIET_MODULES * self.module_mm


@lru_cache(maxsize=4096)
def modules(text: str, correction: str = "m", version: int | None = None) -> tuple[bytes, ...]:
    """Rows of a QR code, 1 for dark; kept, since each paper is printed in every language."""
    code = segno.make(text, error=correction, version=version, micro=False)
    return tuple(bytes(row) for row in code.matrix)


def qr_for(text: str, dots_per_mm: float, most_mm: float, *, tight: bool = False) -> QrCode | None:
    """
    The code of this text that takes the least room on a printer, of two as large the more robust.

    Parameters
    ----------
    text
        What a scanner reads.
    dots_per_mm
        Of the printer; modules are whole dots, so that its raster is exact.
    most_mm
        Room for its side, without the quiet zone.
    tight
        Whether versions larger than the text needs are tried too: more modules, each of fewer dots, may come
        closer to 15 mm.

    Returns
    -------
    QrCode | None
        At least 15 mm wide, its modules at least 0.37 mm; None when none fits.
    """
    least_dots = -int(-MODULE_LEAST_MM * dots_per_mm // 1)
    found = []
    for rank, correction in enumerate(CORRECTIONS):
        least = _least_version(text, correction)
        for version in range(least, min(least + (LARGER if tight else 0), LARGEST) + 1):
            side = 4 * version + 17
            dots = max(least_dots, -int(-LEAST_MM * dots_per_mm // side))
            size_mm = side * dots / dots_per_mm
            if size_mm <= most_mm:
                found.append((round(size_mm, 2), -dots, rank, version))
    if not found:
        return None
    _, less_dots, rank, version = min(found)
    return QrCode(modules(text, CORRECTIONS[rank], version), -less_dots, dots_per_mm)


@lru_cache(maxsize=4096)
def _least_version(text: str, correction: str) -> int:
    """The smallest code that holds a text, without the long search for its best mask."""
    return int(segno.make(text, error=correction, mask=0, micro=False).version)
