"""Files as offices save them: encodings, quotes, titles, typed cells, and what cannot be read."""

import codecs
import zipfile
from datetime import date, datetime, time
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports import files
from api.imports.files import MOST_BYTES, read_table
from orders.errors import BadInput
from tests.api.imports.desk import xlsx_of

PLAIN = "编号,姓名\nA1,韦桂兰\nA2,覃秀英\n"


def refused(content: bytes, name: str = "a.csv") -> tuple[str, dict[str, object]]:
    """Code and parameters of the refusal."""
    with pytest.raises(BadInput) as caught:
        read_table(name, content)
    return caught.value.code, dict(caught.value.params)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encodings_of_offices_read_alike(encoding):
    """
    Tests UTF-8 with and without its mark, GB18030, and UTF-16 with its mark.
    """
    table = read_table("a.csv", PLAIN.encode(encoding))
    assert table.header == ("编号", "姓名")
    assert table.rows == ((2, ("A1", "韦桂兰")), (3, ("A2", "覃秀英")))


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_of_every_program(delimiter, ending):
    """
    Tests commas, tabs and semicolons with three kinds of line ends.
    """
    table = read_table("a.csv", PLAIN.replace(",", delimiter).replace("\n", ending).encode())
    assert table.rows[-1] == (3, ("A2", "覃秀英"))


def test_one_broken_byte_is_named_and_garbles_nothing():
    """
    Tests that a UTF-8 file with one bad byte is refused with its line, not read as GB18030.
    """
    content = PLAIN.encode() + b"A3,\xe9\x9f,\n" + "A4,黄玉珍\n".encode()
    assert refused(content) == ("import_encoding", {"file": "a.csv", "line": 4})


def test_broken_gb18030_is_named():
    """
    Tests that a GB18030 file with a byte of no character is refused with its line.
    """
    content = PLAIN.encode("gb18030") + b"A3,\xff\xff\n"
    assert refused(content) == ("import_encoding", {"file": "a.csv", "line": 4})


def test_utf_16_without_its_mark_is_refused():
    """
    Tests that text with a NUL in its header is taken for no encoding.
    """
    assert refused(PLAIN.encode("utf-16-le"))[0] == "import_encoding"
    assert refused("a,b\n1,2\n".encode("utf-16-be"))[0] == "import_encoding"


def test_a_broken_utf_16_file_is_refused():
    """
    Tests half a character at the end.
    """
    assert refused(codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le") + b"\x00")[0] == "import_encoding"


def test_a_nul_in_a_row_leaves_the_other_rows_readable():
    """
    Tests that one control character is the row's matter, not the file's.
    """
    assert read_table("a.csv", b"code,name\nA1,x\x00y\nA2,z\n").rows[1] == (3, ("A2", "z"))


def test_lines_are_counted_through_quoted_line_breaks():
    """
    Tests that a row is named by the line on which it begins, blank lines counted.
    """
    table = read_table("a.csv", b'code,note\nA1,"two\nlines"\n\nA2,"say ""x"""\n')
    assert table.rows == ((2, ("A1", "two\nlines")), (5, ("A2", 'say "x"')))


@pytest.mark.parametrize("row", ['A1,"never closed\n', 'A1,"closed"then text\n'])
def test_a_quote_without_its_pair_swallows_nothing(row):
    """
    Tests that the file is refused with the line of the quote instead of losing the rows after it.
    """
    content = f"code,note\nA0,x\n{row}A2,y\n".encode()
    assert refused(content) == ("import_csv_broken", {"file": "a.csv", "line": 3})


@pytest.mark.parametrize("content", [b"", b"\n\n", b" \n", codecs.BOM_UTF8, codecs.BOM_UTF8 + b",,\n,\n"])
def test_an_empty_file_is_said_to_be_empty(content):
    """
    Tests nothing, blank lines, a mark alone, and commas alone.
    """
    assert refused(content)[0] == "import_empty"


@pytest.mark.parametrize("content", [b"code,name\n", b"code,name", b"code,name\n,\n\n"])
def test_a_header_alone_is_said_to_have_no_rows(content):
    """
    Tests a header without rows, and with empty ones.
    """
    assert refused(content)[0] == "import_no_rows"


def test_a_title_may_stand_above_the_header():
    """
    Tests that the header is the first line with two cells, and lines still count from the top.
    """
    table = read_table("a.csv", "订餐表,,\n,,\n编号,姓名,\nA1,韦桂兰,\n".encode())
    assert table.header == ("编号", "姓名")
    assert table.rows == ((4, ("A1", "韦桂兰")),)


def test_cells_beyond_the_header_are_kept_for_the_report():
    """
    Tests that a stray comma in a CSV leaves a row that is wider than the header.
    """
    assert read_table("a.csv", b"code,price\nA1,1,200\n").rows == ((2, ("A1", "1", "200")),)


def test_text_guarded_against_formulas_is_itself_again():
    """
    Tests that the apostrophe our own CSV writes before ``=`` is taken off, and text is never computed.
    """
    table = read_table("a.csv", b"code,note\nA1,'=1+1\nA2,=2+2\nA3,'quoted'\n")
    assert [cells[1] for _, cells in table.rows] == ["=1+1", "=2+2", "'quoted'"]


def test_only_the_last_part_of_a_name_is_kept():
    """
    Tests paths of both kinds.
    """
    assert read_table("C:\\tmp\\a.csv", b"a,b\n1,2\n").name == "a.csv"
    assert read_table("/tmp/../b.csv", b"a,b\n1,2\n").name == "b.csv"


def test_a_workbook_s_typed_cells_read_as_they_are_shown():
    """
    Tests dates, instants, clock times, whole and broken numbers, blanks and truth values.
    """
    content = xlsx_of(
        ["code", "on", "at", "from", "n", "price", "sum", "blank", "yes", "none", "text"],
        [
            7,
            date(2026, 11, 23),
            datetime.fromisoformat("2026-11-22 10:12:30"),
            time(10, 20),
            45.0,
            12.5,
            0.1 + 0.2,
            None,
            True,
            "None",
            "=1+1",
        ],
    )
    table = read_table("a.xlsx", content)
    assert table.rows == (
        (
            2,
            (
                "7",
                "2026-11-23",
                "2026-11-22 10:12:30",
                "10:20",
                "45",
                "12.5",
                "0.3",
                "",
                "TRUE",
                "None",
                "=1+1",
            ),
        ),
    )


def test_a_workbook_s_lines_are_those_of_the_sheet():
    """
    Tests that empty rows above and between count, and untitled columns are named by their letter.
    """
    content = xlsx_of([], ["orders"], ["code", "name"], [], ["A1", "x", None, "remark"])
    table = read_table("a.xlsx", content)
    assert table.header == ("code", "name", "C", "D")
    assert table.rows == ((5, ("A1", "x", "", "remark")),)


def test_the_first_visible_sheet_is_read_and_the_others_are_named():
    """
    Tests that a hidden sheet is passed over and a second one is not dropped in silence.
    """
    content = xlsx_of(["code", "name"], ["A1", "x"], hidden_first=True, others={"C02": 3, "empty": 0})
    table = read_table("a.xlsx", content)
    assert table.rows == ((2, ("A1", "x")),)
    assert table.other_sheets == ("C02",)


def test_workbooks_that_cannot_be_opened_say_so():
    """
    Tests a cut workbook, a zip of something else, an old locked one, and an empty sheet.
    """
    whole = xlsx_of(["code", "name"], ["A1", "x"])
    other = BytesIO()
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("x.txt", "x")
    for content in (whole[:500], other.getvalue(), b"\xd0\xcf\x11\xe0" + b"\x00" * 600):
        assert refused(content, "a.xlsx")[0] == "import_xlsx_broken"
    assert refused(xlsx_of(), "a.xlsx")[0] == "import_empty"


def test_a_file_larger_than_any_roster_is_refused_unread(monkeypatch):
    """
    Tests the limit in bytes, and the limit of what a workbook unpacks to.
    """
    assert refused(b"a" * (MOST_BYTES + 1))[0] == "import_too_large"
    monkeypatch.setattr(files, "MOST_UNPACKED_BYTES", 1000)
    assert refused(xlsx_of(["code", "name"], ["A1", "x"]), "a.xlsx")[0] == "import_too_large"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    """
    Tests that no file makes the reader fail otherwise.
    """
    try:
        table = read_table("a", content)
    except BadInput:
        return
    assert all(len(cells) >= len(table.header) for _, cells in table.rows)


@given(st.binary(max_size=200), st.integers(0, 3000))
def test_any_damaged_workbook_is_read_or_refused(damage, at):
    """
    Tests a workbook with bytes of its middle overwritten.
    """
    whole = xlsx_of(["code", "name"], ["A1", "x"])
    try:
        read_table("a.xlsx", whole[:at] + damage + whole[at + len(damage) :])
    except BadInput as refusal:
        assert refusal.code.startswith("import_")
