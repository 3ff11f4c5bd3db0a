"""
What a sheet showed when it was printed, kept so that the next version prints only what differs from it.

Names, addresses and telephones are kept as fingerprints alone: enough to see that one is another.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
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
PERSONAL = frozenset(
    {"diner", "diner_code", "for_diner", "who", "stop", "name", "address", "contact", "phone", "driver"}
    | {"door_note", "place", "volunteer", "answered"}
)


@dataclass(frozen=True, slots=True)
class RollPrint:
    """
    A label of a label printer as it was printed.

    Parameters
    ----------
    code, qr_text
        What people call it, and what a scanner reads.
    said
        Fingerprint of everything it says.
    """

    code: str
    qr_text: str
    said: str


ROLL: TypeAdapter[tuple[RollPrint, ...]] = TypeAdapter(tuple[RollPrint, ...])


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
    body = json.dumps(_body(sheet), ensure_ascii=False).encode()
    _keep(session, sheet.head.service, sheet.head.version, (kind, language, scope), body, actor, now_at)


def differing(now: Any, before: Any, changes: Callable[[Any, Any], Any]) -> Any:
    """
    What of a sheet differs from what was printed, with the names that it has now.

    Parameters
    ----------
    now, before
        The sheet, and what was printed as `sheet_before` gives it.
    changes
        Of two sheets the later with what differs alone.
    """
    found = changes(masked(now), before)
    fields = set(now.__class__.__dataclass_fields__)
    told = {name: getattr(found, name) for name in ("head", "changes", "void", "rows") if name in fields}
    for name in {"labels", "trips"} & fields:
        codes = {one.code for one in getattr(found, name)}
        told[name] = tuple(one for one in getattr(now, name) if one.code in codes)
    return replace(now, **told)


def masked(sheet: Any) -> Any:
    """A sheet whose names, addresses and telephones are fingerprints, as it is kept."""
    return _sheet(_body(sheet), sheet, sheet.head.version)


def sheet_before(session: Session, now: Sheet, kind: str, language: str, scope: str = "") -> Sheet | None:
    """
    The sheet as it was printed last of an earlier version, `masked`; None when none was.

    Its head is that of the sheet as it is ``now``, with the version that it had.
    """
    sheet: Any = now
    row = last_print(session, sheet.head.service.key, kind, language, scope, before=sheet.head.version)
    return None if row is None else sheet_of(row, now)


def sheet_of(row: PrintRow, like: Sheet) -> Sheet:
    """What was printed, `masked`, with the head of a like sheet."""
    found: Sheet = _sheet(json.loads(zlib.decompress(row.body)), like, row.version)
    return found


def _body(sheet: Any) -> Any:
    """A sheet as a document, what is personal in it as fingerprints."""
    return _hidden(_adapter(sheet.__class__).dump_python(sheet, mode="json", exclude=set(OF_THE_HOUSE)))


def _sheet(body: dict[str, Any], like: Any, version: int) -> Any:
    own = {name: getattr(like, name) for name in OF_THE_HOUSE & set(like.__class__.__dataclass_fields__)}
    own["head"] = replace(like.head, version=version)
    return _adapter(like.__class__).validate_python(body | own)


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _fingerprint(one, key) if key in PERSONAL and one else _hidden(one)
            for key, one in value.items()
        }
    return [_hidden(one) for one in value] if isinstance(value, list) else value


def _fingerprint(value: object, key: str) -> object:
    """What stands for a personal field, in the shape that the field has."""
    told = hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:24]
    if key == "place":
        return {"lat": int(told[:10], 16) % 90, "lon": int(told[10:], 16) % 180}
    return [[told, ""]] if key == "answered" else told


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
    body = ROLL.dump_json(tuple(roll_print(label) for label in labels))
    _keep(session, service, version, (kind, language, ""), body, actor, now_at)


def roll_before(
    session: Session, service: Service, version: int, kind: str, language: str
) -> tuple[RollPrint, ...] | None:
    """The labels of a label printer as they were printed last of an earlier version; None when none were."""
    row = last_print(session, service.key, kind, language, before=version)
    return None if row is None else roll_of(row)


def roll_print(label: RollLabel) -> RollPrint:
    """A label as it is kept."""
    said = json.dumps(asdict(label.words), sort_keys=True, ensure_ascii=False)
    return RollPrint(label.code, label.qr_text, hashlib.sha256(said.encode()).hexdigest())


def roll_of(row: PrintRow) -> tuple[RollPrint, ...]:
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
