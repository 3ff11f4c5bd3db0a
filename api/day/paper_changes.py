"""The change sheet of a published service."""

from api.day.changes import ChangesView, ChangeView
from api.day.paper_facts import PaperFacts
from api.people import OPERATOR
from api.reports.change_sheet import ChangeRow, ChangeSheet
from api.reports.wording import Words, time_text
from orders.service import Service


def change_sheet(facts: PaperFacts, language: str) -> ChangeSheet:
    """What the published plan does not know, for the kitchen's wall."""
    view: ChangesView = facts.changes
    words = Words(language)
    rows = tuple(_row(one, facts.service, words) for one in view.changes)
    return ChangeSheet(facts.production_head, view.sums, rows)


def _row(one: ChangeView, service: Service, words: Words) -> ChangeRow:
    done = words(f"change.{one.kind}")
    head = "  ".join((time_text(one.at, service, words), one.order_code, one.diner, done))
    by = words("the command line") if one.by == OPERATOR.user_id else one.by
    who = by + (words(": ") + one.reason if one.reason else "")
    return ChangeRow(head, who)
