"""A paper day: everything that a kitchen needs to get through a service without power, in one file."""

from datetime import datetime

from api.day.paper_facts import load_paper_facts
from api.day.paper_sheets import PaperKind
from api.day.papers import PrintWish, print_papers
from api.db import Database
from api.permissions import Actor
from api.reports.book import Section, bind
from api.reports.facts import Rendered
from api.reports.wording import Words
from orders.service import Service

TITLES: dict[PaperKind, str] = {
    "production-sheet": "Production sheet",
    "batch-matrix": "Ingredients by batch",
    "sample-labels": "Sample labels",
    "container-labels": "Container labels",
    "box-labels": "Box labels",
    "route-sheets": "Route sheet",
    "change-sheet": "Change sheet",
}
NOTE = "For a day without power: print it all, write by hand, enter it later."


def print_paper_day(
    database: Database,
    service: Service,
    language: str,
    *,
    actor: Actor,
    now_at: datetime,
    jin: bool | None = None,
) -> Rendered:
    """
    All papers of a published service in one language, whole, with a page of contents.

    Raises
    ------
    Forbidden
        When the actor may not print.
    NotFound
        When nothing is published.
    """
    wish = PrintWish(languages=[language], whole=True, jin=jin)
    papers = print_papers(database, service, actor=actor, now_at=now_at, wish=wish)
    with database.read() as session:
        head = load_paper_facts(session, service, now_at).production_head
    words = Words(language)
    sections = [
        Section(words(TITLES[paper.kind]), Rendered(paper.pdf, paper.findings, paper.pages))
        for paper in papers
    ]
    return bind(sections, head, words("Paper day"), words(NOTE), language)
