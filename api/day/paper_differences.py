"""What a new version of the papers has that the one before has not: after the lock only that is printed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from api.reports.facts import Named, PaperHead
from api.reports.label_facts import BoxLabel, BoxLabels
from api.reports.loading_facts import LoadingList
from api.reports.matrix_facts import BatchMatrix, MatrixChanges, MatrixRow, Taken
from api.reports.production_facts import PanLoad, ProductionSheet, SheetChanges
from api.reports.route_facts import RouteSheets


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


T = TypeVar("T", bound=_Coded)


def production_changes(now: ProductionSheet, before: ProductionSheet) -> ProductionSheet:
    """
    The sheet with the loads and containers that are new or otherwise; its sums stay those of the day.

    Parameters
    ----------
    now, before
        The sheets of two versions.
    """
    told = {meal.container_code: meal for meal in before.specials}
    changes = SheetChanges(
        loads=_other_loads(now.loads, before.loads),
        specials=frozenset(
            meal.container_code for meal in now.specials if told.get(meal.container_code) != meal
        ),
        void=_gone(now.loads, before.loads),
    )
    return replace(now, head=_since(now.head, before.head), changes=changes)


def _other_loads(now: Iterable[PanLoad], before: Iterable[PanLoad]) -> frozenset[str]:
    """
    Codes of loads that are new or otherwise.

    Of one on the heat, its sheet in use, the minutes aside and what is said of them.
    """
    told = {load.code: load for load in before}
    found = set()
    for load in now:
        old = told.get(load.code)
        if old is not None and load.begun:
            old = replace(old, start_at=load.start_at, ready_at=load.ready_at, notes=load.notes)
        if old is None or replace(load, begun=False) != replace(old, begun=False):
            found.add(load.code)
    return frozenset(found)


def matrix_changes(now: BatchMatrix, before: BatchMatrix) -> BatchMatrix:
    """
    The loads that are new or take otherwise of some food, with what they took; the sums stay the day's.

    A load whose minute alone moved weighs the same and is not printed again.
    """
    cells, old = _cells(now), _cells(before)
    names, told = ({load.code: (load.dish, load.variant) for load in one.loads} for one in (now, before))
    loads = {
        load.code
        for load in now.loads
        if cells[load.code] != old.get(load.code) or _other(load.code, names, told)
    }
    was = {
        (code, food): taken
        for code in loads
        if names[code] == told.get(code)
        for food, taken in old[code].items()
    }
    gone = {food for _, food in was} - {row.food for row in now.rows}
    rows = (*now.rows, *(MatrixRow(food, {}) for food in sorted(gone, key=lambda one: (one.zh, one.en))))
    changes = MatrixChanges(frozenset(loads), was, _gone(now.loads, before.loads))
    return replace(now, head=_since(now.head, before.head), rows=rows, changes=changes)


def _other(code: str, names: Mapping[str, object], told: Mapping[str, object]) -> bool:
    return code in told and names[code] != told[code]


def _cells(matrix: BatchMatrix) -> dict[str, dict[Named, Taken]]:
    return {
        load.code: {row.food: row.cells[load.code] for row in matrix.rows if load.code in row.cells}
        for load in matrix.loads
    }


def label_changes(now: BoxLabels, before: BoxLabels) -> BoxLabels:
    """The labels that are new or say something else than those of the version before."""
    return replace(
        now,
        head=_since(now.head, before.head),
        labels=_other_words(now.labels, before.labels),
        void=_gone(now.labels, before.labels),
    )


def _other_words(now: Iterable[BoxLabel], before: Iterable[BoxLabel]) -> tuple[BoxLabel, ...]:
    """Labels that are new or say something else, whatever version their codes carry."""
    told = {label.code: replace(label, qr_text="") for label in before}
    return tuple(label for label in now if told.get(label.code) != replace(label, qr_text=""))


def route_changes(now: RouteSheets, before: RouteSheets) -> RouteSheets:
    """The trips that are new or driven otherwise than in the version before, those on the road aside."""
    known = {trip.code for trip in before.trips}
    told = [replace(trip, departed=False) for trip in before.trips]
    ahead = [trip for trip in now.trips if not (trip.departed and trip.code in known)]
    return replace(
        now,
        head=_since(now.head, before.head),
        trips=tuple(_differing(ahead, told)),
        void=_gone(now.trips, before.trips),
    )


def loading_changes(now: LoadingList, before: LoadingList) -> LoadingList:
    """The trips that are loaded otherwise than in the version before, those on the road aside."""
    told = [replace(trip, departed=False) for trip in before.trips]
    ahead = [trip for trip in now.trips if not trip.departed]
    return replace(
        now,
        head=_since(now.head, before.head),
        trips=tuple(_differing(ahead, told)),
        void=_gone(now.trips, before.trips),
    )


def _differing(now: Iterable[T], before: Iterable[T]) -> list[T]:
    known = {one.code: one for one in before}
    return [one for one in now if known.get(one.code) != one]


def _gone(now: Iterable[T], before: Iterable[T]) -> tuple[str, ...]:
    left = {one.code for one in now}
    return tuple(one.code for one in before if one.code not in left)


def _since(now: PaperHead, before: PaperHead) -> PaperHead:
    return replace(now, since=before.version)
