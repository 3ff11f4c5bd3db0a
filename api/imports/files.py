"""Bytes of a CSV or a workbook into rows of text, each with the line a person sees."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import PureWindowsPath

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from orders.errors import BadInput

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
MOST_BYTES = 50_000_000
MOST_UNPACKED_BYTES = 500_000_000
DELIMITERS = ",\t;"
INVISIBLE = "\u200b\u200e\u200f\u2060\ufeff"
FORMULA_STARTS = "=+-@"
START = datetime(1, 1, 1, tzinfo=UTC)

Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """
    A file's header and rows, all text.

    Parameters
    ----------
    name
        The file's name, without folders.
    header
        Column titles as written, stripped; a column without one is named by its letter.
    rows
        Line number in the file and the cells of each row that is not empty; at least as wide as the header.
    other_sheets
        Visible sheets with rows that were not read, since only the first one is.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    other_sheets: tuple[str, ...] = ()


def read_table(name: str, content: bytes) -> Table:
    """
    Reads a CSV (UTF-8, UTF-16 with its mark, GB18030) or the first visible sheet of a workbook.

    Parameters
    ----------
    name
        The file's name; only its last part is kept.
    content
        The file, whole.

    Returns
    -------
    Table
        Its header is the first line with at least two cells, so that a title may stand above it.

    Raises
    ------
    BadInput
        When the file is empty, too large, broken, holds a header only, or is in no encoding we read.
    """
    name = PureWindowsPath(name).name
    if not content.strip():
        raise BadInput("import_empty", file=name)
    if len(content) > MOST_BYTES:
        raise BadInput("import_too_large", file=name, most=MOST_BYTES // 1_000_000)
    if content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        return _workbook(name, content)
    return _table(name, list(_csv_lines(name, _decoded(name, content))))


def _table(name: str, lines: list[Line], others: tuple[str, ...] = (), *, is_sheet: bool = False) -> Table:
    stripped = [(line, [_stripped(cell) for cell in cells]) for line, cells in lines]
    filled = [(line, cells) for line, cells in stripped if any(cells)]
    if not filled:
        raise BadInput("import_empty", file=name)
    titles = next((i for i, (_, cells) in enumerate(filled) if sum(map(bool, cells)) > 1), 0)
    header = _header(filled[titles][1], filled[titles + 1 :], is_sheet=is_sheet)
    rows = tuple((line, _fitted(cells, len(header))) for line, cells in filled[titles + 1 :])
    if not rows:
        raise BadInput("import_no_rows", file=name)
    return Table(name, header, rows, others)


def _stripped(cell: str) -> str:
    return cell.strip().strip(INVISIBLE).strip()


def _header(titles: list[str], lines: list[Line], *, is_sheet: bool) -> tuple[str, ...]:
    width = max((i + 1 for i, title in enumerate(titles) if title), default=0)
    if is_sheet:
        width = max([width, *(i + 1 for _, cells in lines for i, cell in enumerate(cells) if cell)])
    padded = titles + [""] * (width - len(titles))
    return tuple(title or _letters(i) for i, title in enumerate(padded[:width]))


def _letters(index: int) -> str:
    name = ""
    while index >= 0:
        name = chr(ord("A") + index % 26) + name
        index = index // 26 - 1
    return name


def _fitted(cells: list[str], width: int) -> tuple[str, ...]:
    beyond = max((i + 1 for i, cell in enumerate(cells) if cell), default=0)
    return tuple((cells + [""] * (width - len(cells)))[: max(width, beyond)])


def _csv_lines(name: str, text: str) -> Iterator[Line]:
    head = "".join(text.splitlines()[:3])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=head.count), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, [_unguarded(cell) for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadInput("import_csv_broken", file=name, line=begins) from error


def _unguarded(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running text as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS else cell


def _decoded(name: str, content: bytes) -> str:
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, errors="ignore")
        raise BadInput("import_encoding", file=name, line=before.count("\n") + 1) from error
    if "\x00" in text.partition("\n")[0]:
        raise BadInput("import_encoding", file=name, line=1)
    return text


def _encoding(content: bytes) -> str:
    """By its mark, else by what most lines beyond ASCII are: so one broken byte cannot garble a file."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    foreign = [line for line in content.split(b"\n") if not line.isascii()]
    return "utf-8" if 2 * sum(map(_is_utf8, foreign)) >= len(foreign) else "gb18030"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _workbook(name: str, content: bytes) -> Table:
    try:
        if content.startswith(ZIP_MAGIC):
            _require_small(name, content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        sheets = [sheet for sheet in map(book.get_sheet_by_name, visible) if sheet.height > 0]
        lines = list(_sheet_lines(sheets[0])) if sheets else []
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, OverflowError) as error:
        raise BadInput("import_xlsx_broken", file=name) from error
    return _table(name, lines, tuple(sheet.name for sheet in sheets[1:]), is_sheet=True)


def _require_small(name: str, content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED_BYTES:
            raise BadInput("import_too_large", file=name, most=MOST_UNPACKED_BYTES // 1_000_000)


def _sheet_lines(sheet: CalamineSheet) -> Iterable[Line]:
    for line, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
        yield line, [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return format(cell, ".15g") if abs(cell) < 1 or not cell.is_integer() else str(int(cell))
    if isinstance(cell, datetime):
        whole = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
        return whole.strftime("%Y-%m-%d" if whole.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(cell, time | timedelta):
        return _clock(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _clock(cell: time | timedelta) -> str:
    since = datetime.combine(date.min, cell, UTC) - START if isinstance(cell, time) else cell
    minutes, seconds = divmod(round(since.total_seconds()), 60)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{clock}:{seconds:02d}" if seconds else clock
