"""A paper day: everything that a kitchen needs to get through a service without power, in one file."""

from dataclasses import replace
from datetime import datetime

from api.books.floor_papers import TITLES as FLOOR_TITLES
from api.books.floor_papers import print_floor
from api.day.paper_facts import load_paper_facts
from api.day.paper_sheets import PaperKind
from api.day.papers import PrintWish, print_papers
from api.db import Database
from api.permissions import Actor
from api.reports.book import Section, bind
from api.reports.facts import Rendered
from api.reports.wording import Words
from orders.codes import Coded
from orders.ids import IdSource
from orders.service import Service

TITLES: dict[PaperKind, str] = {
    "production-sheet": "Production sheet",
    "batch-matrix": "Ingredients by batch",
    "sample-labels": "Sample labels",
    "container-labels": "Container labels",
    "box-labels": "Box labels",
    "route-sheets": "Route sheet",
    "loading-list": "Loading list",
    "volunteer-lists": "Volunteers' list",
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
    ids: IdSource,
    jin: bool | None = None,
) -> Rendered:
    """
    All papers of a published service in one language, whole; then what was measured on its date, with room
    for what is not yet, the receiving log, and what is still to be bought where the house counts its stock.

    Raises
    ------
    Forbidden
        When the actor may not print.
    NotFound
        When nothing is published.
    """
    wish = PrintWish(languages=[language], whole=True, jin=jin, deliberate=False)
    refused: list[Coded] = []
    papers = print_papers(database, service, actor=actor, now_at=now_at, wish=wish, refused=refused)
    words = Words(language)
    with database.read() as session:
        head = load_paper_facts(session, service, now_at).production_head
    sections = [
        Section(words(TITLES[paper.kind]), Rendered(paper.pdf, paper.findings, paper.pages))
        for paper in papers
    ]
    floor = print_floor(database, service, [language], actor=actor, now_at=now_at, ids=ids)
    sections += [Section(words(FLOOR_TITLES[paper.kind]), paper.printed) for paper in floor]
    book = bind(sections, head, words("Paper day"), words(NOTE), language)
    return replace(book, findings=(*book.findings, *refused))
