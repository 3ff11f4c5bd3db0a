"""Late changes of a published day: told to the kitchen, on its page and on paper, while the plan stays."""

from datetime import timedelta
from pathlib import Path

from api.day.changes import changes_view
from api.day.paper_sheets import KINDS
from api.day.papers import print_paper, print_papers
from api.day.summary import summarise
from api.ordering.amend import Amendment, amend, cancel, what_if_cancelled
from api.ordering.record import Acting
from api.people import OPERATOR
from orders.store.orders import load_orders
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay
from tests.api.reports.readback import pages_text


def test_the_published_plan_stays_and_its_changes_are_told(own_day: ExampleDay, tmp_path: Path) -> None:
    """Tests a late cancellation and another soup: sums, reasons, papers and the day's counts."""
    acting = Acting(OPERATOR, PUBLISHED_AT, own_day.ids, reason="住院")
    with own_day.database.read() as session:
        before = summarise(session, SERVICE)
        orders = load_orders(session, SERVICE, ("locked",))
    names = {paper.kind for paper in printed(own_day)}
    first = next(order for order in orders if {"D088", "D100"} <= set(order.dish_ids))
    second = next(o for o in orders if "D088" in o.dish_ids and o.order_id != first.order_id)
    soup = tuple("D098" if dish == "D088" else dish for dish in second.dish_ids)
    with own_day.database.begin() as session:
        shown = what_if_cancelled(session, SERVICE, first.order_id, acting)
        owed_fen = shown.quote.diner_fen
        cancel(session, SERVICE, first.order_id, acting, shown_fen=owed_fen)
        later = Acting(OPERATOR, PUBLISHED_AT + timedelta(minutes=1), own_day.ids, reason="住院")
        amend(session, SERVICE, second.order_id, Amendment(soup), later)
    with own_day.database.read() as session:
        view, after = changes_view(session, SERVICE), summarise(session, SERVICE)
    assert (view.version, [one.kind for one in view.changes]) == (1, ["cancelled", "amended"])
    assert view.changes[0].reason == "住院"
    assert sum(portions for _, _, portions in view.sums) == -len(first.dish_ids)
    assert after.counts == before.counts
    assert names == set(KINDS) - {"change-sheet"}
    papers = {paper.name: paper for paper in printed(own_day)}
    assert papers["change-sheet.en.pdf"].totals["changes"] == 2
    assert papers["production-sheet.en.pdf"].findings == ()
    sheet = print_paper(
        own_day.database, SERVICE, "change-sheet.zh_CN.pdf", actor=OPERATOR, now_at=PUBLISHED_AT
    )
    (tmp_path / sheet.name).write_bytes(sheet.pdf)
    assert (sheet.pages, sheet.findings) == (1, ())
    said = "".join(pages_text(sheet.pdf))
    assert "命令行：住院" in said and OPERATOR.user_id not in said


def printed(day: ExampleDay):
    """Every paper there is."""
    return print_papers(day.database, SERVICE, actor=OPERATOR, now_at=PUBLISHED_AT)
