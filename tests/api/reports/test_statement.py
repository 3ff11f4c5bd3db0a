"""The statement on paper and in tables: sums, capitals, assumptions, signatures, equal bytes."""

import csv
import io

import pandas as pd
import pytest

from api.reports.check_list import render as render_check
from api.reports.statement import render
from api.reports.statement_tables import statement_csv, statement_xlsx
from tests.api.reports.readback import pages_text, squeezed
from tests.api.reports.statements import GRANT, paper


@pytest.mark.parametrize("grouping", ["day", "person"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_paper_says_everything(language, grouping):
    """
    Tests total, capitals, each line's number, the unclear clause, the held line, the signatures, page n of m.
    """
    printed = render(paper(), language, grouping)
    text = squeezed("\n".join(pages_text(printed.pdf)))
    assert printed.findings == ()
    for part in (
        "640.00",
        "人民币陆佰肆拾元整",
        "C2",
        "+15.00",
        "2023-Q1/17",
        "王小明",
        "2023-07-30",
        "付款时抵扣或事后返还" if language == "zh_CN" else "takenoffatpayment,orpaidbacktothediner",
    ):
        assert part in text
    assert ("核查中" if language == "zh_CN" else "held") in text
    assert ("3/3页" if language == "zh_CN" else "page3/3") in text
    assert all(f"20230403-{number:04d}" in text for number in range(1, 131) if grouping == "day")


def test_an_empty_statement_is_a_page():
    """
    Tests that a period without a line is printed, with 0.00 in figures and capitals.
    """
    printed = render(paper(0, assumptions=()), "zh_CN")
    text = squeezed("\n".join(pages_text(printed.pdf)))
    assert printed.pages == 1 and "0.00" in text and "人民币零元整" in text and "本期没有发生结算" in text


def test_a_grant_names_its_assets():
    """
    Tests that what was bought is printed with its price and owner.
    """
    text = squeezed("\n".join(pages_text(render(paper(1, **GRANT), "en").pdf)))
    assert "双门蒸饭柜" in text and "12800.00" in text and "Districtcivil-affairsbureau" in text


def test_the_same_statement_has_the_same_bytes():
    """
    Tests that every file of a statement is repeatable to the byte.
    """
    for make in (statement_csv, statement_xlsx, lambda one, language: render(one, language).pdf):
        assert make(paper(), "zh_CN") == make(paper(), "zh_CN")


def test_the_tables_add_up():
    """
    Tests that the CSV's amounts and the spreadsheet's make the paper's total, held lines left out.
    """
    shown = paper()
    rows = list(csv.DictReader(io.StringIO(statement_csv(shown, "en").decode("utf-8-sig"))))
    paid = [row for row in rows if not row["Under review"]]
    assert round(100 * sum(float(row["Amount, yuan"]) for row in paid)) == shown.total_fen
    lines = pd.read_excel(io.BytesIO(statement_xlsx(shown, "en")), sheet_name="Lines", engine="calamine")
    assert round(100 * lines["Amount, yuan"].sum()) == shown.total_fen + shown.held_fen


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_check_list_names_its_seed_on_every_page(language):
    """
    Tests that each drawn line is on the paper once, with its person and the seed at the head of its page.
    """
    shown = paper()
    printed = render_check(shown, shown.lines[:25], "2023-Q2/7", language)
    pages = [squeezed(one) for one in pages_text(printed.pdf)]
    assert len(pages) == 3 and all("2023-Q2/7" in page for page in pages)
    assert all("".join(pages).count(line.order_code) == 1 for line in shown.lines[:25])
