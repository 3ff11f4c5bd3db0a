"""Tables out: text stays text, dates are dates, the mark of UTF-8 stands."""

from datetime import date, datetime, time
from pathlib import Path

from python_calamine import CalamineWorkbook

from api.reports.workbook import write_csv, write_workbook

ORDERED_AT = datetime.combine(date(2026, 11, 22), time(15, 4))


def test_a_workbook_reads_back_as_it_was(tmp_path: Path):
    """
    Tests that text, numbers, dates and instants survive, and None is an empty cell.
    """
    rows = [["=1+1", 0.5, date(2026, 11, 23), ORDERED_AT, None, "0026"]]
    write_workbook(tmp_path / "a.xlsx", "表", ["a", "b", "c", "d", "e", "f"], rows)
    (sheet,) = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).sheet_names
    read = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_name(sheet).to_python()
    assert sheet == "表"
    assert read[1] == ["=1+1", 0.5, date(2026, 11, 23), ORDERED_AT, "", "0026"]


def test_csv_opens_as_utf_8_and_runs_nothing(tmp_path: Path):
    """
    Tests the byte-order mark, the line ends, and that a formula becomes text while a negative number stays.
    """
    write_csv(tmp_path / "a.csv", ["名"], [["=cmd()"], ["-5.00"], ["@x"], [None], ["甲,乙"]])
    assert (
        tmp_path / "a.csv"
    ).read_bytes() == '\ufeff名\r\n\'=cmd()\r\n-5.00\r\n\'@x\r\n""\r\n"甲,乙"\r\n'.encode()
