"""What a sheet showed when it was printed, kept so that the next version prints only what differs from it."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlmodel import Session

from api.permissions import Actor
from api.reports.roll_facts import RollLabel
from api.store.prints import PrintRow, last_print, prints_of, save_print
from orders.service import Service

Sheet = TypeVar("Sheet")
OF_THE_HOUSE = frozenset({"head", "printer"})
ROLL: TypeAdapter[tuple[RollLabel, ...]] = TypeAdapter(tuple[RollLabel, ...])


def keep_sheet(
    session: Session, sheet: Any, kind: str, language: str, scope: str, actor: Actor, now_at: datetime
) -> None:
    """
    Keeps what a sheet says, all of it, though only a part was printed: the rest lies in the kitchen already.

    Parameters
    ----------
    session
        Open transaction.
    sheet
        The facts of a paper with its head.
    kind, language, scope
        Which paper, in which language, of which van; an empty scope is all of it.
    actor, now_at
        Who prints, and when.
    """
    body = _adapter(sheet.__class__).dump_json(sheet, exclude=set(OF_THE_HOUSE))
    _keep(session, sheet.head.service, sheet.head.version, (kind, language, scope), body, actor, now_at)


def sheet_before(session: Session, now: Sheet, kind: str, language: str, scope: str = "") -> Sheet | None:
    """
    The sheet as it was printed last of an earlier version; None when none was.

    Its head is that of the sheet as it is ``now``, with the version that it had.
    """
    sheet: Any = now
    row = last_print(session, sheet.head.service.key, kind, language, scope, before=sheet.head.version)
    return None if row is None else sheet_of(row, now)


def sheet_of(row: PrintRow, like: Sheet) -> Sheet:
    """What was printed, with the head of a like sheet."""
    sheet: Any = like
    body = json.loads(zlib.decompress(row.body))
    for name in OF_THE_HOUSE & set(type(sheet).__dataclass_fields__):
        body[name] = getattr(sheet, name)
    body["head"] = replace(sheet.head, version=row.version)
    found: Sheet = _adapter(sheet.__class__).validate_python(body)
    return found


def keep_roll(
    session: Session,
    service: Service,
    version: int,
    labels: Sequence[RollLabel],
    kind: str,
    language: str,
    actor: Actor,
    now_at: datetime,
) -> None:
    """Keeps all labels of a version for a label printer, though only some of them were printed."""
    body = ROLL.dump_json(tuple(labels))
    _keep(session, service, version, (kind, language, ""), body, actor, now_at)


def roll_before(
    session: Session, service: Service, version: int, kind: str, language: str
) -> tuple[RollLabel, ...] | None:
    """The labels of a label printer as they were printed last of an earlier version; None when none were."""
    row = last_print(session, service.key, kind, language, before=version)
    return None if row is None else roll_of(row)


def roll_of(row: PrintRow) -> tuple[RollLabel, ...]:
    """The labels that were printed."""
    return ROLL.validate_json(zlib.decompress(row.body))


def printed_of(session: Session, service: Service, version: int) -> list[PrintRow]:
    """Everything that was printed of a version, the last first."""
    return prints_of(session, service.key, version)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _keep(
    session: Session,
    service: Service,
    version: int,
    paper: tuple[str, str, str],
    body: bytes,
    actor: Actor,
    now_at: datetime,
) -> None:
    kind, language, scope = paper
    row = PrintRow(
        service_key=service.key,
        kind=kind,
        language=language,
        scope=scope,
        version=version,
        printed_at=now_at,
        actor=actor.user_id,
        body=zlib.compress(body, 6),
    )
    save_print(session, row)
