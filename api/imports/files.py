"""Bytes of a CSV or XLSX file into rows of text, each with the line a person sees."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import PurePath

import pandas as pd
from python_calamine import CalamineError

from orders.errors import BadInput

ENCODINGS = ("utf-8-sig", "gb18030")
XLSX_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Table:
    """
    A file's header and rows, all text.

    Parameters
    ----------
    name
        The file's name, without folders.
    header
        Column titles as written, stripped.
    rows
        Line number in the file and the cells of each row that is not empty; as wide as the header.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(name: str, content: bytes) -> Table:
    """
    Reads a CSV (UTF-8 with or without BOM, GB18030) or the first sheet of an XLSX.

    Parameters
    ----------
    name
        The file's name; only its last part is kept.
    content
        The file, whole.

    Raises
    ------
    BadInput
        When the file is empty, holds a header only, or is in no encoding that can be read.
    """
    name = PurePath(name).name
    if not content.strip():
        raise BadInput("import_empty", file=name)
    lines = list(_xlsx_rows(name, content) if content.startswith(XLSX_MAGIC) else _csv_rows(name, content))
    if not lines:
        raise BadInput("import_empty", file=name)
    header = tuple(cell.strip() for cell in lines[0][1])
    rows = tuple(
        _fitted(line, cells, len(header)) for line, cells in lines[1:] if any(c.strip() for c in cells)
    )
    if not rows:
        raise BadInput("import_no_rows", file=name)
    return Table(name, header, rows)


def _fitted(line: int, cells: list[str], width: int) -> tuple[int, tuple[str, ...]]:
    stripped = [cell.strip() for cell in cells]
    return line, tuple(stripped + [""] * (width - len(stripped)))


def _csv_rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(_decoded(name, content), newline=""))
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadInput("import_csv_broken", file=name, line=begins, detail=str(error)) from error


def _decoded(name: str, content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BadInput("import_encoding", file=name, line=_first_broken_line(content))


def _first_broken_line(content: bytes) -> int:
    lines = content.split(b"\n")
    return next((number for number, line in enumerate(lines, 1) if not _readable(line)), 1)


def _readable(line: bytes) -> bool:
    try:
        return "\x00" not in line.decode("gb18030")
    except UnicodeDecodeError:
        return False


def _xlsx_rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        frame = pd.read_excel(io.BytesIO(content), engine="calamine", header=None, dtype=object)
    except (CalamineError, ValueError, zipfile.BadZipFile) as error:
        raise BadInput("import_xlsx_broken", file=name, detail=str(error)) from error
    for line, cells in enumerate(frame.itertuples(index=False, name=None), 1):
        yield line, [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d" if cell.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
