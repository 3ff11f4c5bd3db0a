"""Source: the lines of an instance file, and refusals that name one of them."""

from dataclasses import dataclass
from math import isfinite

from orders.errors import BadInput

MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """
    A file's text as lines.

    Parameters
    ----------
    file
        Its name in refusals.
    lines
        Without their ends; line 1 is the first.
    """

    file: str
    lines: tuple[str, ...]

    def numbers(self, line: int) -> list[float]:
        """
        The numbers of a line, apart by blanks.

        Raises
        ------
        BadInput
            When a word is no number, or one that is not finite or beyond 10^9.
        """
        return [self.number(word, line) for word in self.lines[line - 1].split()]

    def number(self, word: str, line: int) -> float:
        """One number of a line, refused as in `numbers`."""
        try:
            value = float(word)
        except ValueError:
            value = float("nan")
        if not isfinite(value) or abs(value) > MOST:
            raise BadInput("instance_number", file=self.file, line=line, word=word[:40])
        return value

    def row(self, line: int, columns: int) -> list[float]:
        """The numbers of a line that must be so many."""
        found = self.numbers(line)
        if len(found) != columns:
            raise BadInput("instance_columns", file=self.file, line=line, columns=columns, found=len(found))
        return found

    def whole(self, value: float, line: int, least: int = 0) -> int:
        """A number that must be whole and not below the least."""
        if value != int(value) or value < least:
            raise BadInput("instance_whole", file=self.file, line=line, word=f"{value:g}", least=least)
        return int(value)


def source_of(text: str, file: str) -> Source:
    """A text as numbered lines; CR LF and a byte order mark are taken off."""
    return Source(file, tuple(text.removeprefix("\ufeff").splitlines()))
