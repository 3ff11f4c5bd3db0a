"""How each paper is made: its facts, its sums, its differences from an older version, its print."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from api.day.paper_changes import change_sheet
from api.day.paper_differences import (
    label_changes,
    loading_changes,
    matrix_changes,
    production_changes,
    route_changes,
)
from api.day.paper_facts import PaperFacts
from api.day.paper_labels import box_labels, container_labels
from api.day.paper_loading import loading_list
from api.day.paper_matrix import batch_matrix
from api.day.paper_production import production_sheet
from api.day.paper_rolls import SAMPLE_PRINTER, LabelRules, printer_named, roll_labels
from api.day.paper_routes import route_sheets
from api.day.paper_sheets import PaperKind, sheet_text
from api.day.paper_volunteers import volunteer_lists
from api.reports import batch_matrix as matrix_paper
from api.reports import box_labels as labels_paper
from api.reports import change_sheet as changes_paper
from api.reports import imposed as imposed_paper
from api.reports import loading_list as loading_paper
from api.reports import production_sheet as production_paper
from api.reports import route_sheet as route_paper
from api.reports import volunteer_list as volunteer_paper
from api.reports.change_sheet import ChangeSheet
from api.reports.facts import Rendered
from api.reports.label_facts import BoxLabels
from api.reports.loading_facts import LoadingList
from api.reports.matrix_facts import BatchMatrix
from api.reports.production_facts import ProductionSheet
from api.reports.roll_facts import ImposedLabels
from api.reports.route_facts import RouteSheets
from api.reports.volunteer_facts import VolunteerLists

Totals = dict[str, int]


@dataclass(frozen=True, slots=True)
class Copy:
    """
    What is put on the press.

    Parameters
    ----------
    facts, rules
        A published service, and what its labels say.
    jin
        Whether weights stand in 斤 too.
    vehicle_id
        The van whose trips alone are printed; None prints all.
    """

    facts: PaperFacts
    rules: LabelRules
    jin: bool = False
    vehicle_id: str | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """
    One kind of paper. What ``build`` gives is what the others take.

    Parameters
    ----------
    build
        Its facts, in a language.
    totals
        What stands at its foot.
    render
        Its print in a language.
    changes
        Of the facts of two versions those that differ; None where the paper is printed whole.
    codes
        What stands on a paper that ``changes`` gave, and what it says is void.
    """

    build: Callable[[Copy, str], Any]
    totals: Callable[[Any], Totals]
    render: Callable[[Any, str], Rendered]
    changes: Callable[[Any, Any], Any] | None = None
    codes: Callable[[Any], Iterable[str]] = tuple


def built(copy: Copy, kind: PaperKind, language: str) -> Any:
    """A paper's facts, with the code in its head that tells which sheet it is."""
    sheet = PRESSES[kind].build(copy, language)
    qr_text = sheet_text(copy.facts.service, kind, sheet.head.version)
    return replace(sheet, head=replace(sheet.head, qr_text=qr_text))


def _production(copy: Copy, language: str) -> ProductionSheet:
    sealed = container_labels(copy.facts).sealed
    return replace(production_sheet(copy.facts, language), jin=copy.jin, sealed=sealed)


def _production_totals(sheet: ProductionSheet) -> Totals:
    return {
        "portions_ordered": sheet.portions_ordered,
        "portions_on_sheet": sheet.portions_on_sheet,
        "portions_extra": sheet.portions_extra,
        "portions_cooked": sheet.portions_cooked,
        "portions_left_out": sheet.portions_left_out,
        "cooked_g": sheet.cooked_g,
    }


def _matrix_totals(matrix: BatchMatrix) -> Totals:
    return {
        "loads": len(matrix.loads),
        "foods": len(matrix.rows),
        "net_mg": matrix.net_mg,
        "gross_mg": matrix.gross_mg,
    }


def _samples(copy: Copy, language: str) -> ImposedLabels:
    printer = printer_named(SAMPLE_PRINTER)
    labels = roll_labels(copy.facts, copy.rules, "sample", printer, language)
    return ImposedLabels(copy.facts.production_head, labels, printer, "Sample labels")


def _sample_totals(labels: ImposedLabels) -> Totals:
    return {"samples": len(labels.labels)}


def _sample_changes(now: ImposedLabels, before: ImposedLabels) -> ImposedLabels:
    told = {label.code: label.words for label in before.labels}
    labels = tuple(label for label in now.labels if told.get(label.code) != label.words)
    return replace(now, head=replace(now.head, since=before.head.version), labels=labels)


def _box_totals(labels: BoxLabels) -> Totals:
    return {"boxes": len(labels.labels), "portions": labels.portions}


def _container_totals(labels: BoxLabels) -> Totals:
    return {"containers": len(labels.labels), "portions": labels.portions, **asdict(labels.sealed)}


def _routes(copy: Copy, language: str) -> RouteSheets:
    return route_sheets(copy.facts, language, None if copy.vehicle_id is None else {copy.vehicle_id})


def _route_totals(sheets: RouteSheets) -> Totals:
    return {
        "trips": len(sheets.trips),
        "stops": sum(len(trip.stops) for trip in sheets.trips),
        "boxes": sum(trip.boxes for trip in sheets.trips),
        "portions": sum(trip.portions for trip in sheets.trips),
    }


def _loading_totals(paper: LoadingList) -> Totals:
    return {"trips": len(paper.trips), "boxes": sum(trip.boxes for trip in paper.trips)}


def _volunteer_totals(lists: VolunteerLists) -> Totals:
    return {
        "rounds": len(lists.rounds),
        "doors": sum(len(one.doors) for one in lists.rounds),
        "left": sum(len(one.meals) for one in lists.left),
    }


def _change_totals(sheet: ChangeSheet) -> Totals:
    return {"changes": len(sheet.rows), "portions": sheet.portions}


def _sheet_codes(sheet: ProductionSheet) -> Iterable[str]:
    changes = sheet.changes
    return () if changes is None else (*changes.loads, *changes.specials, *changes.void)


def _matrix_codes(matrix: BatchMatrix) -> Iterable[str]:
    return () if matrix.changes is None else (*matrix.changes.loads, *matrix.changes.void)


def _label_codes(labels: BoxLabels) -> Iterable[str]:
    return (*(label.code for label in labels.labels), *labels.void)


PRESSES: Mapping[PaperKind, Press] = {
    "production-sheet": Press(
        _production, _production_totals, production_paper.render, production_changes, _sheet_codes
    ),
    "batch-matrix": Press(
        lambda copy, _: batch_matrix(copy.facts),
        _matrix_totals,
        matrix_paper.render,
        matrix_changes,
        _matrix_codes,
    ),
    "sample-labels": Press(
        _samples,
        _sample_totals,
        imposed_paper.render,
        _sample_changes,
        lambda sheet: [label.code for label in sheet.labels],
    ),
    "container-labels": Press(
        lambda copy, _: container_labels(copy.facts),
        _container_totals,
        labels_paper.render,
        label_changes,
        _label_codes,
    ),
    "box-labels": Press(
        lambda copy, _: box_labels(copy.facts),
        _box_totals,
        labels_paper.render,
        label_changes,
        _label_codes,
    ),
    "route-sheets": Press(
        _routes,
        _route_totals,
        route_paper.render,
        route_changes,
        lambda sheets: [*(trip.code for trip in sheets.trips), *sheets.void],
    ),
    "loading-list": Press(
        lambda copy, language: loading_list(copy.facts, language),
        _loading_totals,
        loading_paper.render,
        loading_changes,
        lambda paper: [*(trip.code for trip in paper.trips), *paper.void],
    ),
    "volunteer-lists": Press(
        lambda copy, _: volunteer_lists(copy.facts), _volunteer_totals, volunteer_paper.render
    ),
    "change-sheet": Press(
        lambda copy, language: change_sheet(copy.facts, language), _change_totals, changes_paper.render
    ),
}
