"""The store room's papers are read back: every line, every sum, every page with its heads."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.reports import purchase_list, receiving_log
from api.reports.facts import Named
from api.reports.stock_facts import (
    BuyLine,
    LogRow,
    NeedNote,
    PurchaseList,
    ReceivingLog,
    StockHead,
    SupplierOrder,
)
from api.words import LANGUAGES, gettext
from orders.codes import Coded
from orders.money import yuan
from tests.api.reports.readback import figures, pages_text, squeezed

ON = date(2026, 11, 23)
AT = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
HEAD = StockHead("示例厨房", "Asia/Shanghai", ON, ON + timedelta(days=2), AT)
LONG = Named(
    "名字特别特别特别特别特别特别长的示例食材", "A food whose name is so long that it takes several lines"
)
WRONG = (Coded("receipt_paper_missing", {"paper": "meat_inspection"}), Coded("receipt_expiry_missing"))


def line(number: int) -> BuyLine:
    """A food to buy, its name made of its number."""
    name = LONG if number % 5 == 4 else Named(f"食材{number:03d}", f"Food{number:03d}")
    return BuyLine(name, 1_230_000 * number + 1, 1_300_000 * (number + 1), ON, 100 * number)


def row(number: int, verdict: str = "accepted") -> LogRow:
    """A delivery."""
    wrong = () if verdict == "accepted" else WRONG
    papers = ((Named("合格证明", "Lot certificate"), f"C{number}"),)
    return LogRow(
        AT,
        f"L{number:04d}",
        LONG if number % 5 == 4 else Named("猪瘦肉", "Pork"),
        "示例肉行",
        "X1",
        20_000_000,
        3.5,
        ON,
        papers,
        verdict,
        wrong,
        "李",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_purchase_list_names_every_food_and_sum(language):
    """
    Tests 60 lines of two suppliers over several pages: each line once, sums, heads on every page.
    """
    orders = (
        SupplierOrder("示例肉行", "韦 0772-1", tuple(map(line, range(50)))),
        SupplierOrder("", "", tuple(map(line, range(50, 60)))),
    )
    note = NeedNote(ON, "lunch", "expected", 12, 340, 4)
    paper = PurchaseList(HEAD, orders, (note,), (Coded("lots_not_watched"),))
    made = purchase_list.render(paper, language)
    pages = pages_text(made.pdf)
    text = squeezed("".join(pages))
    assert made.findings == () and made.pages == len(pages) >= 3
    for order in orders:
        assert yuan(order.cost_fen) in text
        assert all(squeezed(one.food.called(language)) in text for one in order.lines)
    assert all(
        text.count(squeezed(one.food.called(language))) == 1 for one in orders[0].lines if one.food != LONG
    )
    assert "340" in text and squeezed(gettext("No supplier known", language)) in text
    for page in pages:
        assert gettext("Purchase list", language) in page
    assert sum("示例肉行" in page for page in pages) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_to_buy_is_said(language):
    """
    Tests an empty list.
    """
    made = purchase_list.render(PurchaseList(HEAD, (), (), ()), language)
    assert squeezed(gettext("Nothing is lacking.", language)) in squeezed("".join(pages_text(made.pdf)))


@settings(max_examples=15)
@given(st.lists(st.sampled_from(["accepted", "held", "refused"]), max_size=40), st.sampled_from(LANGUAGES))
def test_a_receiving_log_counts_what_it_lists(verdicts, language):
    """
    Tests that every delivery stands in the log and the counts at its foot are those of its rows.
    """
    made = receiving_log.render(ReceivingLog(HEAD, tuple(map(row, range(len(verdicts)), verdicts))), language)
    text = "".join(pages_text(made.pdf))
    assert all(f"L{number:04d}" in text for number in range(len(verdicts)))
    words = {name: gettext(f"verdict.{name}", language) for name in ("accepted", "held", "refused")}
    label = gettext("Deliveries {count}", language).partition("{")[0].strip()
    assert figures(made.pdf, [label])[label][-1] == len(verdicts)
    for name, word in words.items():
        assert figures(made.pdf, [word])[word][-1] == verdicts.count(name)
