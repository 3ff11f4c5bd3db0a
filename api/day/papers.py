"""Print: the papers of a published service, each in each language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from api.audit import record
from api.day.changes import changes_view
from api.day.paper_changes import change_sheet
from api.day.paper_facts import PaperFacts, load_paper_facts
from api.day.paper_labels import box_labels, container_labels
from api.day.paper_production import production_sheet
from api.day.paper_routes import route_sheets
from api.db import Database
from api.permissions import Actor, ensure
from api.reports import box_labels as labels_paper
from api.reports import change_sheet as changes_paper
from api.reports import production_sheet as production_paper
from api.reports import route_sheet as route_paper
from api.reports.facts import Rendered
from api.words import LANGUAGES
from orders.codes import Coded
from orders.errors import NotFound
from orders.service import Service

PaperKind = Literal["production-sheet", "container-labels", "box-labels", "route-sheets", "change-sheet"]
KINDS: tuple[PaperKind, ...] = get_args(PaperKind)
CHANGES: PaperKind = "change-sheet"


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """
    One paper in one language.

    Parameters
    ----------
    name
        File name: ``"production-sheet.zh_CN.pdf"``.
    kind, language
        Its two parts.
    pdf, pages
        The file, and how many pages it has.
    findings
        What is wrong with the print.
    totals
        What stands at its foot, by name.
    """

    name: str
    kind: PaperKind
    language: str
    pdf: bytes
    pages: int
    findings: tuple[Coded, ...]
    totals: Mapping[str, int]


def print_papers(
    database: Database,
    service: Service,
    *,
    actor: Actor,
    now_at: datetime,
    languages: Sequence[str] = LANGUAGES,
) -> list[PrintedPaper]:
    """
    Every paper of a published service that the actor may have, in each language.

    The files are made outside any transaction, since a printer must not stop the day.

    Parameters
    ----------
    database
        Where from.
    service
        Whose papers.
    actor, now_at
        Who prints, and when; a driver gets the own van's route sheets only.
    languages
        In which languages.

    Raises
    ------
    Forbidden
        When the actor may print nothing of it.
    NotFound
        When nothing is published.
    """
    kinds: Sequence[PaperKind] = ("route-sheets",) if actor.role == "driver" else _wanted(database, service)
    return _print(database, service, [(k, lang) for k in kinds for lang in languages], actor, now_at)


def print_paper(
    database: Database, service: Service, name: str, *, actor: Actor, now_at: datetime
) -> PrintedPaper:
    """
    One paper by its file name.

    Raises
    ------
    Forbidden
        When the actor may not print it.
    NotFound
        When there is no such paper, nothing is published, or the actor's van does not drive.
    """
    kind = next((one for one in KINDS if name.startswith(f"{one}.")), None)
    language = next((one for one in LANGUAGES if name == f"{kind}.{one}.pdf"), None)
    if kind is None or language is None:
        raise NotFound("paper", name)
    (paper,) = _print(database, service, [(kind, language)], actor, now_at)
    return paper


def _print(
    database: Database,
    service: Service,
    wanted: Iterable[tuple[PaperKind, str]],
    actor: Actor,
    now_at: datetime,
) -> list[PrintedPaper]:
    asked = list(wanted)
    for kind, _ in asked:
        _ensure(actor, kind, service)
    with database.read() as session:
        facts = load_paper_facts(session, service, now_at)
    printed = [_paper(facts, kind, language, actor) for kind, language in asked]
    with database.begin() as session:
        detail = {"production": facts.production_version, "plan": facts.plan_version}
        papers = {"papers": [paper.name for paper in printed]}
        record(session, actor, "day.print", service.key, now_at, detail | papers)
    return printed


def _wanted(database: Database, service: Service) -> Sequence[PaperKind]:
    """Every paper; the change sheet only when something has changed since the plan."""
    with database.read() as session:
        changed = changes_view(session, service).changes
    return KINDS if changed else [kind for kind in KINDS if kind != CHANGES]


def _ensure(actor: Actor, kind: PaperKind, service: Service) -> None:
    is_own = actor.role == "driver" and kind == "route-sheets"
    ensure(actor, "trip.read" if is_own else "day.print", kitchen_id=service.kitchen_id)


def _paper(facts: PaperFacts, kind: PaperKind, language: str, actor: Actor) -> PrintedPaper:
    rendered, totals = _PRINTERS[kind](facts, language, actor)
    name = f"{kind}.{language}.pdf"
    return PrintedPaper(name, kind, language, rendered.pdf, rendered.pages, rendered.findings, totals)


def _production(facts: PaperFacts, language: str, actor: Actor) -> tuple[Rendered, dict[str, int]]:
    sheet = production_sheet(facts, language)
    totals = {
        "portions_ordered": sheet.portions_ordered,
        "portions_on_sheet": sheet.portions_on_sheet,
        "portions_extra": sheet.portions_extra,
        "portions_cooked": sheet.portions_cooked,
        "portions_left_out": sheet.portions_left_out,
    }
    return production_paper.render(sheet, language), totals


def _labels(facts: PaperFacts, language: str, actor: Actor) -> tuple[Rendered, dict[str, int]]:
    labels = box_labels(facts)
    return labels_paper.render(labels, language), {"boxes": len(labels.labels), "portions": labels.portions}


def _containers(facts: PaperFacts, language: str, actor: Actor) -> tuple[Rendered, dict[str, int]]:
    labels = container_labels(facts)
    totals = {"containers": len(labels.labels), "portions": labels.portions}
    return labels_paper.render(labels, language), totals


def _routes(facts: PaperFacts, language: str, actor: Actor) -> tuple[Rendered, dict[str, int]]:
    own = None if actor.vehicle_id is None else {actor.vehicle_id}
    sheets = route_sheets(facts, language, own)
    if own is not None and not sheets.trips:
        raise NotFound("trip", f"{facts.service.key} {actor.vehicle_id}")
    totals = {
        "trips": len(sheets.trips),
        "stops": sum(len(trip.stops) for trip in sheets.trips),
        "boxes": sum(trip.boxes for trip in sheets.trips),
        "portions": sum(trip.portions for trip in sheets.trips),
    }
    return route_paper.render(sheets, language), totals


def _changes(facts: PaperFacts, language: str, actor: Actor) -> tuple[Rendered, dict[str, int]]:
    sheet = change_sheet(facts, language)
    return changes_paper.render(sheet, language), {"changes": len(sheet.rows), "portions": sheet.portions}


_PRINTERS = {
    "production-sheet": _production,
    "container-labels": _containers,
    "box-labels": _labels,
    "route-sheets": _routes,
    "change-sheet": _changes,
}
