"""Papers of a date that are written on: serving lists, HACCP record, registers, receiving log, purchases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlmodel import Session

from api.audit import record
from api.checks.desk import CheckDesk
from api.checks.forms import print_forms
from api.checks.paper import print_record
from api.day.asked import asked_of
from api.day.paper_facts import PaperFacts, load_paper_facts
from api.day.paper_serving import serving_lists
from api.db import Database
from api.permissions import Actor, ensure
from api.reports import serving_list
from api.reports.facts import Rendered
from api.stock.desk import StockDesk
from api.stock.paper import print_log, print_purchase
from api.stock.purchase import purchase_plan
from kitchen.store.lots import lots_watched
from orders.ids import IdSource
from orders.service import Service

FloorKind = Literal["serving-list", "haccp-record", "register-forms", "receiving-log", "purchase-list"]
FLOOR_KINDS: tuple[FloorKind, ...] = get_args(FloorKind)
TITLES: Mapping[FloorKind, str] = {
    "serving-list": "Serving list",
    "haccp-record": "HACCP record",
    "register-forms": "Register forms",
    "receiving-log": "Receiving log",
    "purchase-list": "Purchase list",
}
SPARE_ROWS = 10


@dataclass(frozen=True, slots=True)
class FloorPaper:
    """One paper of a date in one language."""

    kind: FloorKind
    language: str
    printed: Rendered

    @property
    def name(self) -> str:
        """File name."""
        return f"{self.kind}.{self.language}.pdf"


@dataclass(frozen=True, slots=True)
class _Table:
    """A published service, who prints of it, in which words, and whether an empty paper is printed too."""

    session: Session
    facts: PaperFacts
    actor: Actor
    now_at: datetime
    ids: IdSource
    language: str
    even_empty: bool


def print_floor(
    database: Database,
    service: Service,
    languages: Sequence[str],
    kinds: Sequence[FloorKind] | None = None,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> list[FloorPaper]:
    """
    The papers of a published service's date, with room for what is not measured and not in yet.

    Parameters
    ----------
    database, service
        Where from, and of which service.
    languages
        In which languages.
    kinds
        Which; None is every one that the actor may have and that there is something on.
    actor, now_at, ids
        Who prints, when, and ids for what the reading needs.

    Raises
    ------
    Forbidden
        When the actor may not print.
    NotFound
        When nothing is published.
    """
    ensure(actor, "day.print", kitchen_id=service.kitchen_id)
    with database.read() as session:
        facts = load_paper_facts(session, service, now_at)
        papers = [
            FloorPaper(kind, language, printed)
            for language in languages
            for kind in kinds or FLOOR_KINDS
            for printed in _MADE[kind](_Table(session, facts, actor, now_at, ids, language, bool(kinds)))
        ]
    if papers:
        with database.begin() as session:
            detail = {"production": facts.production_version, "papers": [paper.name for paper in papers]}
            record(session, actor, "day.print_floor", service.key, now_at, detail)
    return papers


def _serving(table: _Table) -> Iterator[Rendered]:
    lists = serving_lists(table.facts)
    if lists.tables or table.even_empty:
        yield serving_list.render(lists, table.language)


def _haccp(table: _Table) -> Iterator[Rendered]:
    """What was measured on the date so far, to be written on."""
    if table.even_empty or table.actor.may("checks.read"):
        on = table.facts.service.service_on
        desk = CheckDesk(table.facts.kitchen, table.actor, table.now_at, table.ids)
        yield print_record(table.session, desk, on, on, table.language, to_write=True)


def _forms(table: _Table) -> Iterator[Rendered]:
    """The registers that are to be written on the date, each with its own columns."""
    if table.even_empty or table.actor.may("checks.read"):
        desk = CheckDesk(table.facts.kitchen, table.actor, table.now_at, table.ids)
        yield print_forms(table.session, desk, table.facts.service.service_on, table.language)


def _log(table: _Table) -> Iterator[Rendered]:
    if table.even_empty or table.actor.may("stock.read"):
        on = table.facts.service.service_on
        yield print_log(table.session, _stock(table), on, on, table.language, spare_rows=SPARE_ROWS)


def _purchase(table: _Table) -> Iterator[Rendered]:
    """What is to be bought, where the house counts its stock and lacks something."""
    counted = lots_watched(table.session, table.facts.kitchen.kitchen_id)
    if table.even_empty or (counted and table.actor.may("stock.read")):
        desk = _stock(table)
        lacking = purchase_plan(table.session, desk, asked_of, table.facts.service.service_on, 1)
        if lacking.supplier_ids or table.even_empty:
            yield print_purchase(lacking, desk, table.language)


def _stock(table: _Table) -> StockDesk:
    return StockDesk(table.facts.kitchen, table.actor, table.now_at, table.ids)


_MADE: Mapping[FloorKind, Callable[[_Table], Iterator[Rendered]]] = {
    "serving-list": _serving,
    "haccp-record": _haccp,
    "register-forms": _forms,
    "receiving-log": _log,
    "purchase-list": _purchase,
}
