"""CSV files row by row: what can be read is given, every other row says why not."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from orders.codes import Coded
from orders.errors import BadInput

ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Rejected:
    """
    A row that could not be read.

    Parameters
    ----------
    file, line
        Where it stands; the header is line 1.
    reason
        Why, as a code.
    """

    file: str
    line: int
    reason: Coded


@dataclass(slots=True)
class Sheet:
    """
    One CSV file, read row by row.

    Parameters
    ----------
    path, required
        The file, and the columns that it must have.
    rejected
        Grows with each row that is refused.
    """

    path: Path
    required: Sequence[str]
    rejected: list[Rejected] = field(default_factory=list)

    def rows(self, *wanted: str) -> Iterator[tuple[int, Sequence[str]]]:
        """
        Line number and cells of each row that is not empty.

        Parameters
        ----------
        wanted
            Columns, in the order in which their cells are given; one that the file lacks reads as empty.

        Raises
        ------
        BadInput
            When the file cannot be read as text, or lacks a column that it must have.
        """
        text = io.StringIO(_text(self.path), newline="")
        reader = csv.reader(text)
        try:
            header = [name.strip().lower() for name in next(reader, [])]
        except csv.Error as error:
            raise BadInput("not_text", file=self.path.name) from error
        missing = [name for name in self.required if name not in header]
        if missing:
            raise BadInput("columns_missing", file=self.path.name, columns=", ".join(missing))
        width = len(header)
        pick = itemgetter(*(header.index(name) if name in header else width for name in wanted))
        for line, cells in self._records(text, reader.line_num, width):
            yield line, pick([*map(str.strip, cells), ""])

    def _records(self, text: io.StringIO, line: int, width: int) -> Iterator[tuple[int, list[str]]]:
        """
        Each row with the line on which it begins.

        A quote that nobody closes would swallow the rows below it: reading goes on with the line after it.
        """
        begins_at = text.tell()
        while True:
            reader, before = csv.reader(text, strict=True), line
            try:
                for cells in reader:
                    first, line = line + 1, before + reader.line_num
                    if len(cells) == width and any(cells):
                        yield first, cells
                    elif any(cells):
                        self.refuse(first, Coded("width_differs", {"cells": len(cells), "wanted": width}))
                        if line > first:
                            line = first - 1
                            break
                    begins_at = text.tell()
                else:
                    return
            except csv.Error as error:
                self.refuse(line + 1, Coded("line_unreadable", {"why": str(error)}))
            text.seek(begins_at)
            text.readline()
            line, begins_at = line + 1, text.tell()

    def refuse(self, line: int, reason: Coded) -> None:
        """Lists a row that is left out."""
        self.rejected.append(Rejected(self.path.name, line, reason))


def _text(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("not_text", file=path.name)
