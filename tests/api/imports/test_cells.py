"""Cells as people type them: what reads, and what is said of what does not."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.cells import READERS, Record, RowProblem, read_records
from api.imports.files import Table
from api.imports.schema import Column, Matched

WORDS = {"egg": "egg", "蛋类": "egg", "tree_nut": "tree_nut", "坚果": "tree_nut", "tree nuts": "tree_nut"}


def read(kind: str, cell: str, *, required: bool = True, words: dict[str, str] | None = None) -> object:
    """The value of one cell, or the code of what is wrong with it."""
    column = Column("f", "列", (), required, kind, words or {}, "like this")
    table = Table("a.csv", ("列",), ((2, (cell,)),))
    records, problems = read_records(table, Matched(((0, column),), ()), "Asia/Shanghai")
    if records:
        assert not problems
        return records[0].values["f"]
    assert [problem.line for problem in problems] == [2]
    return problems[0].wrong.code


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("code", "LZ-00.1_x", "LZ-00.1_x"),
        ("code", "ＬＺ００１", "LZ001"),
        ("int", "090", 90),
        ("int", "４５", 45),
        ("decimal", "-24.5", -24.5),
        ("decimal", "1e-05", 0.00001),
        ("ratio", "90%", 0.9),
        ("ratio", "９０％", 0.9),
        ("ratio", "2.4", 2.4),
        ("yuan", "12", 1200),
        ("yuan", "12.5", 1250),
        ("yuan", "￥12.05", 1205),
        ("yuan", "12元", 1200),
        ("yuan", "0", 0),
        ("date", "2026-11-23", date(2026, 11, 23)),
        ("date", "2026/1/3", date(2026, 1, 3)),
        ("date", "2026年11月23日", date(2026, 11, 23)),
        ("date", "2026-11-23 00:00:00", date(2026, 11, 23)),
        ("datetime", "2026-11-22 10:12", datetime(2026, 11, 22, 2, 12, tzinfo=UTC)),
        ("datetime", "2026/11/22 9:05:07", datetime(2026, 11, 22, 1, 5, 7, tzinfo=UTC)),
        ("datetime", "2026年11月22日 10：12", datetime(2026, 11, 22, 2, 12, tzinfo=UTC)),
        ("datetime", "2026-11-22T10:12:00+00:00", datetime(2026, 11, 22, 10, 12, tzinfo=UTC)),
        ("datetime", "2026-11-22T10:12:00Z", datetime(2026, 11, 22, 10, 12, tzinfo=UTC)),
        ("datetime", "2026-11-22", datetime(2026, 11, 21, 16, 0, tzinfo=UTC)),
        ("clock", "9:05", time(9, 5)),
        ("clock", "10：20", time(10, 20)),
        ("clock", "10:20:30", time(10, 20, 30)),
        ("names", "红烧肉、 米饭，汤", ("红烧肉", "米饭", "汤")),
        ("amounts", "土豆:80、大豆油：3.5克", (("土豆", 80.0), ("大豆油", 3.5))),
        ("text", "=1+1", "=1+1"),
    ],
)
def test_a_cell_reads_as_it_was_meant(kind, cell, value):
    """
    Tests each kind with the widths, signs and orders that offices use.
    """
    assert read(kind, cell) == value


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        ("text", "", "cell_missing"),
        ("text", "a\x00b", "cell_unprintable"),
        ("text", "a" * 501, "cell_unprintable"),
        ("code", "A 1", "cell_not_code"),
        ("code", "A" * 41, "cell_not_code"),
        ("int", "-1", "cell_not_int"),
        ("int", "1.5", "cell_not_int"),
        ("int", "9999999999", "cell_not_int"),
        ("decimal", "nan", "cell_not_number"),
        ("decimal", "1e400", "cell_not_number"),
        ("decimal", "1_000", "cell_not_number"),
        ("ratio", "0", "cell_not_ratio"),
        ("ratio", "2100%", "cell_not_ratio"),
        ("yuan", "-12.00", "cell_not_yuan"),
        ("yuan", "12.005", "cell_not_yuan"),
        ("yuan", "1e999999999", "cell_not_yuan"),
        ("yuan", "99999999.99", "cell_not_yuan"),
        ("yuan", "12,50", "cell_not_yuan"),
        ("date", "23.11.2026", "cell_not_date"),
        ("date", "2026-02-30", "cell_not_date"),
        ("date", "0001-01-01", "cell_not_date"),
        ("date", "46349", "cell_not_date"),
        ("datetime", "2026-11-22 25:00", "cell_not_datetime"),
        ("datetime", "2026-11-22 noon", "cell_not_datetime"),
        ("datetime", "0001-01-01 00:00", "cell_not_datetime"),
        ("clock", "24:30", "cell_not_clock"),
        ("clock", "10.20", "cell_not_clock"),
        ("amounts", "土豆", "cell_not_amounts"),
        ("amounts", "土豆:0", "cell_not_amounts"),
        ("amounts", "土豆:999999999", "cell_not_amounts"),
        ("amounts", ":80", "cell_not_amounts"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(kind, cell, code):
    """
    Tests that nothing is guessed: what cannot be meant is said, with its kind.
    """
    assert read(kind, cell) == code


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("蛋类、坚果", ("egg", "tree_nut")),
        ("Tree nuts, egg", ("tree_nut", "egg")),
        ("egg 坚果", ("egg", "tree_nut")),
        ("EGG；egg", ("egg",)),
        ("无", ()),
        ("None", ()),
    ],
)
def test_a_list_takes_words_of_both_languages(cell, codes):
    """
    Tests codes and words, of several parts too, joined by any usual mark; 无 is said, not left out.
    """
    assert read("list", cell, words=WORDS) == codes


def test_an_unknown_word_of_a_list_is_named_with_the_choices():
    """
    Tests that one unknown word refuses the cell and that the choices stand in both languages.
    """
    column = Column("f", "列", (), False, "list", WORDS, "")
    table = Table("a.csv", ("列",), ((2, ("蛋类、鸡旦",)),))
    _, problems = read_records(table, Matched(((0, column),), ()), "Asia/Shanghai")
    assert dict(problems[0].wrong.params) == {"words": "鸡旦", "choices": "蛋类/egg、坚果/tree_nut"}


def test_an_empty_optional_cell_is_none_and_an_absent_column_is_nothing():
    """
    Tests that a file without a column can be told from one with an empty cell.
    """
    assert read("text", "", required=False) is None
    record = Record(2, {"a": None}, {"a": ""})
    assert (record.given("a", "known"), record.given("b", "known")) == (None, "known")


def test_every_problem_of_a_row_is_named_with_its_column():
    """
    Tests two bad cells and a cell too many in one line.
    """
    columns = tuple(
        (index, Column(field, field, (), True, kind, {}, "x"))
        for index, (field, kind) in enumerate([("n", "int"), ("on", "date")])
    )
    table = Table("a.csv", ("n", "on"), ((7, ("x", "y", "z")),))
    records, problems = read_records(table, Matched(columns, ()), "Asia/Shanghai")
    assert records == []
    assert [(p.line, p.column, p.wrong.code) for p in problems] == [
        (7, "n", "cell_not_int"),
        (7, "on", "cell_not_date"),
        (7, "", "cell_too_many"),
    ]


def test_what_is_shown_of_a_cell_cannot_steer_a_terminal():
    """
    Tests that control characters are shown as such and long cells are cut.
    """
    column = Column("f", "列", (), True, "int", {}, "1")
    table = Table("a.csv", ("列",), ((2, ("\x1b[2J",)), (3, ("9" * 400,))))
    _, problems = read_records(table, Matched(((0, column),), ()), "Asia/Shanghai")
    assert isinstance(problems[0], RowProblem)
    assert problems[0].value == "\ufffd[2J"
    assert len(problems[1].value) < 70


@given(st.sampled_from([*READERS, "datetime"]), st.text(max_size=30))
def test_any_text_is_a_value_or_a_problem(kind, cell):
    """
    Tests that no cell makes a reader fail otherwise.
    """
    read(kind, cell, words=WORDS if kind in ("choice", "list") else None)
