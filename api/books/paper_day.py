"""A paper day: everything that a kitchen needs to get through a service without power, in one file."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from api.checks.desk import CheckDesk
from api.checks.paper import print_record
from api.day.paper_facts import load_paper_facts
from api.day.paper_serving import serving_lists
from api.day.paper_sheets import PaperKind
from api.day.papers import PrintWish, print_papers
from api.db import Database
from api.permissions import Actor
from api.reports import serving_list
from api.reports.book import Section, bind
from api.reports.facts import Rendered
from api.reports.wording import Words
from api.stock.desk import StockDesk
from api.stock.paper import print_log, print_purchase
from api.stock.purchase import purchase_plan
from kitchen.store.lots import lots_watched
from orders.ids import IdSource
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
SPARE_ROWS = 10
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
    papers = print_papers(database, service, actor=actor, now_at=now_at, wish=wish)
    words = Words(language)
    with database.read() as session:
        facts = load_paper_facts(session, service, now_at)
        desk = StockDesk(facts.kitchen, actor, now_at, ids)
        stock = list(_stock(session, desk, service, words)) if actor.may("stock.read") else []
        floor = _haccp(session, CheckDesk(facts.kitchen, actor, now_at, ids), service, language)
    sections = [
        Section(words(TITLES[paper.kind]), Rendered(paper.pdf, paper.findings, paper.pages))
        for paper in papers
    ]
    if (tables := serving_lists(facts)).tables:
        sections.append(Section(words("Serving list"), serving_list.render(tables, language)))
    if floor is not None:
        sections.append(Section(words("HACCP record"), floor))
    sections += stock
    return bind(sections, facts.production_head, words("Paper day"), words(NOTE), language)


def _stock(session: Session, desk: StockDesk, service: Service, words: Words) -> Iterator[Section]:
    """The receiving log with room; what is to be bought, where the house counts its stock."""
    on = service.service_on
    log = print_log(session, desk, on, on, words.language, spare_rows=SPARE_ROWS)
    yield Section(words("Receiving log"), log)
    if lots_watched(session, desk.kitchen.kitchen_id):
        lacking = purchase_plan(session, desk, on, 1)
        if lacking.supplier_ids:
            yield Section(words("Purchase list"), print_purchase(lacking, desk, words.language))


def _haccp(session: Session, desk: CheckDesk, service: Service, language: str) -> Rendered | None:
    """What was measured on the date so far, to be written on; None for somebody who may not read it."""
    if not desk.actor.may("checks.read"):
        return None
    return print_record(session, desk, service.service_on, service.service_on, language, to_write=True)
