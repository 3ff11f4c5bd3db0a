"""A printed sheet and what has become of it: what its QR code says, and whether it still holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from sqlmodel import Session

from api.day.changes import changes_view
from api.day.services import find_service
from api.permissions import Actor, ensure
from kitchen.store.production import Production, load_production
from orders.codes import Coded
from orders.errors import BadInput, NotFound
from orders.service import MEALS, Service

PaperKind = Literal[
    "production-sheet",
    "batch-matrix",
    "sample-labels",
    "container-labels",
    "box-labels",
    "route-sheets",
    "loading-list",
    "volunteer-lists",
    "change-sheet",
]
KINDS: tuple[PaperKind, ...] = get_args(PaperKind)
LABELS: Mapping[str, str] = {
    "box-labels": "box",
    "container-labels": "meal",
    "meal-labels": "meal",
    "sample-labels": "sample",
}
State = Literal["current", "superseded", "draft"]
PREFIX = "holdchain:sheet:"


@dataclass(frozen=True, slots=True)
class SheetName:
    """
    Which sheet it is.

    Parameters
    ----------
    service_key, kind, version
        Of which service, which paper, which version.
    """

    service_key: str
    kind: PaperKind
    version: int


@dataclass(frozen=True, slots=True)
class SheetState:
    """
    What has become of a sheet.

    Parameters
    ----------
    sheet
        Which one.
    state
        Whether it is the version in force.
    current_version
        The version in force, 0 while none is.
    changes
        Orders changed since the version in force; they stand on its change sheet.
    differs
        Codes of what a superseded sheet says otherwise than the version in force, void ones too; None where
        nobody knows what was printed.
    """

    sheet: SheetName
    state: State
    current_version: int
    changes: int
    differs: tuple[str, ...] | None = None


def sheet_text(service: Service, kind: PaperKind, version: int) -> str:
    """What a scanner reads on a sheet: ``holdchain:sheet:K1/2026-11-23/lunch:production-sheet:2``."""
    return f"{PREFIX}{service.key}:{kind}:{version}"


def sheet_named(text: str) -> SheetName:
    """
    The sheet that a scanned text names.

    Raises
    ------
    BadInput
        ``sheet_unreadable`` when it is the text of anything else.
    """
    body = text.strip()
    parts = body.removeprefix(PREFIX).split(":")
    if not body.startswith(PREFIX) or len(parts) != 3 or parts[1] not in KINDS or not parts[2].isdecimal():
        raise BadInput("sheet_unreadable", text=body[:80])
    return SheetName(parts[0], parts[1], int(parts[2]))


def versions_scanned(
    session: Session, service_key: str, version: int, actor: Actor
) -> tuple[Service, Production, Production | None]:
    """
    What a scanned code is of: its service, its version, and the version in force, None when there is none.

    Raises
    ------
    Forbidden
        When the actor may not read the day.
    NotFound
        When there never was such a version.
    """
    service = service_named(session, service_key)
    ensure(actor, "day.read", kitchen_id=service.kitchen_id)
    of_code = load_production(session, service.key, version)
    if of_code is None:
        raise NotFound("sheet", f"{service_key} {version}")
    return service, of_code, load_production(session, service.key)


def sheet_state(session: Session, text: str, *, actor: Actor) -> SheetState:
    """
    Whether a scanned sheet still holds.

    Raises
    ------
    BadInput
        When the text is not a sheet's.
    NotFound
        When there never was such a version.
    """
    sheet = sheet_named(text)
    service, of_sheet, current = versions_scanned(session, sheet.service_key, sheet.version, actor)
    state: State = "current" if of_sheet.status == "published" else of_sheet.status
    changes = len(changes_view(session, service).changes) if current else 0
    return SheetState(sheet, state, current.version if current else 0, changes)


def told(found: SheetState) -> tuple[Coded, ...]:
    """What there is to say about a sheet."""
    facts: dict[str, str | int | float] = {
        "version": found.sheet.version,
        "current": found.current_version,
    }
    if found.differs is not None:
        codes = ", ".join(found.differs)
        return (Coded("sheet_partly", facts | {"codes": codes}) if codes else Coded("sheet_same", facts),)
    said = Coded(f"sheet_{found.state}", facts)
    if found.state == "current" and found.changes:
        return said, Coded("sheet_changed_since", {"changes": found.changes})
    return (said,)


def print_runs(names: Sequence[str]) -> list[list[str]]:
    """File names as they are noted: each file of labels by itself, since it may be spare."""
    runs: dict[str, list[str]] = {}
    for name in names:
        runs.setdefault(name if labels_in(name) else "", []).append(name)
    return list(runs.values())


def labels_in(name: str) -> str:
    """What the labels in a file are of: ``"box"``, ``"meal"``, ``"sample"``; empty for any other paper."""
    return LABELS.get(name.partition(".")[0], "")


def labels_like(name: str) -> tuple[str, str]:
    """The printer that a file of labels is for, and its language: ``("60x40", "zh_CN")``; else A4."""
    _, *printer, language, _ = name.split(".")
    return (printer[0] if printer else "A4"), language


def service_named(session: Session, key: str) -> Service:
    """
    The service that a code names.

    Raises
    ------
    BadInput
        ``sheet_unreadable`` when there can be no such service.
    """
    kitchen_id, _, rest = key.partition("/")
    day, _, meal = rest.partition("/")
    known = next((one for one in MEALS if one == meal), None)
    try:
        service_on = date.fromisoformat(day)
    except ValueError as error:
        raise BadInput("sheet_unreadable", text=key[:80]) from error
    if known is None:
        raise BadInput("sheet_unreadable", text=key[:80])
    return find_service(session, kitchen_id, service_on, known)
