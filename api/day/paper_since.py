"""A scanned sheet: which of what was printed on it holds no more."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from api.day.paper_facts import load_paper_facts
from api.day.paper_kept import differing, printed_of, sheet_of
from api.day.paper_rolls import load_label_rules
from api.day.paper_sheets import SheetState, service_named, sheet_state
from api.day.presses import PRESSES, Copy, built
from api.permissions import Actor


def sheet_since(session: Session, text: str, *, actor: Actor, now_at: datetime) -> SheetState:
    """
    What has become of a scanned sheet, with the codes of what on it is otherwise now, where it was printed.

    Raises
    ------
    BadInput
        When the text is not a sheet's.
    NotFound
        When there never was such a version.
    """
    found = sheet_state(session, text, actor=actor)
    sheet, press = found.sheet, PRESSES[found.sheet.kind]
    if found.state != "superseded" or not found.current_version or press.changes is None:
        return found
    service = service_named(session, sheet.service_key)
    printed = printed_of(session, service, sheet.version)
    row = next((one for one in printed if (one.kind, one.scope) == (sheet.kind, "")), None)
    if row is None:
        return found
    facts = load_paper_facts(session, service, now_at)
    now = built(Copy(facts, load_label_rules(session, service.kitchen_id)), sheet.kind, row.language)
    codes = press.codes(differing(now, sheet_of(row, now), press.changes))
    return replace(found, differs=tuple(sorted(set(codes), key=lambda code: (len(code), code))))
