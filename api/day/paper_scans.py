"""A label that is scanned: whether it still holds, and everything that its food's label has to say."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session

from api.day.label_marks import still_holds
from api.day.paper_facts import PaperFacts, load_paper_facts
from api.day.paper_kept import masked, printed_of, roll_of, roll_print, sheet_of
from api.day.paper_labels import box_labels, container_labels
from api.day.paper_rolls import (
    LABEL_KINDS,
    SAMPLE_PRINTER,
    LabelKind,
    LabelRules,
    load_label_rules,
    printer_named,
    roll_labels,
    sample_labels,
)
from api.day.paper_sheets import versions_scanned
from api.permissions import Actor
from api.reports.label_facts import BoxLabel
from api.reports.printers import asked_fields
from api.reports.roll_facts import ImposedLabels, RollLabel
from api.reports.roll_labels import BOX_FIELDS, box_rolls, sample_rolls
from api.reports.sample_facts import SampleLabel
from api.store.prints import PrintRow
from api.words import LANGUAGES
from kitchen.samples import event_words
from kitchen.store.floor import load_floor_batches
from kitchen.store.production import load_production
from kitchen.store.samples import load_sample_events, load_samples
from orders.codes import Coded
from orders.errors import BadInput
from orders.service import Service

LabelState = Literal["current", "superseded", "void", "draft"]
PREFIX = "holdchain:"
LABEL = re.compile(
    r"holdchain:(?P<kind>\w+):(?P<service>[^:]+):(?P<code>[^:]+):(?P<version>\d{1,9})"
    r"(:(?P<mark>[0-9a-f]{4})(?P<minute>\d{1,6})?)?",
    re.ASCII,
)
PRINTED_AS: Mapping[LabelKind, tuple[str, ...]] = {
    "box": ("box-labels",),
    "meal": ("container-labels", "meal-labels"),
    "sample": ("sample-labels",),
}


@dataclass(frozen=True, slots=True)
class LabelName:
    """
    Which label it is.

    Parameters
    ----------
    service_key, kind, code, version
        Of which service, of a box, a meal or a sample, with what code, of which version.
    mark
        What was on it when it was printed (`label_marks`); empty on one that was typed without it.
    """

    service_key: str
    kind: LabelKind
    code: str
    version: int
    mark: str = ""

    @property
    def plain(self) -> str:
        """What a scanner reads on it, without its mark."""
        return f"{PREFIX}{self.kind}:{self.service_key}:{self.code}:{self.version}"

    @property
    def text(self) -> str:
        """What a scanner reads on it."""
        return f"{self.plain}:{self.mark}" if self.mark else self.plain


@dataclass(frozen=True, slots=True)
class LabelScan:
    """
    What has become of a label, and what the one in force says.

    Parameters
    ----------
    name, state, current_version
        Which one; whether what it says is what holds; the version in force, 0 while none is.
    zone
        Of its service.
    label
        The label in force with every field; None when there is none any more.
    story
        What became of the sample that it is on, each with its instant.
    """

    name: LabelName
    state: LabelState
    current_version: int
    zone: str
    label: RollLabel | None = None
    story: tuple[tuple[datetime, Coded], ...] = ()

    @property
    def said(self) -> Coded:
        """What there is to say about it."""
        params: dict[str, str | int | float] = {
            "version": self.name.version,
            "current": self.current_version,
            "label": self.name.code,
        }
        since = self.state == "superseded" and self.name.version == self.current_version
        return Coded("label_changed_since" if since else f"label_{self.state}", params)


def is_label(text: str) -> bool:
    """Whether a scanned text is that of a label."""
    return text.strip().removeprefix(PREFIX).partition(":")[0] in LABEL_KINDS and text.strip().startswith(
        PREFIX
    )


def label_named(text: str) -> LabelName:
    """
    The label that a scanned text names.

    Raises
    ------
    BadInput
        ``label_unreadable`` when it is the text of anything else, or of a label without its version.
    """
    found = LABEL.fullmatch(text.strip())
    kind = next((one for one in LABEL_KINDS if found and one == found["kind"]), None)
    if found is None or kind is None or (found["mark"] and bool(found["minute"]) == (kind == "sample")):
        raise BadInput("label_unreadable", text=text.strip()[:80])
    mark = (found["mark"] or "") + (found["minute"] or "")
    return LabelName(found["service"], kind, found["code"], int(found["version"]), mark)


def scan_label(session: Session, text: str, language: str, *, actor: Actor, now_at: datetime) -> LabelScan:
    """
    Whether a scanned label still holds: it does while the version in force says the same on it.

    Raises
    ------
    BadInput
        When the text is not a label's.
    NotFound
        When there never was such a version.
    """
    name = label_named(text)
    service, of_label, current = versions_scanned(session, name.service_key, name.version, actor)
    if current is None:
        return LabelScan(name, "draft", 0, service.zone)
    label = _label(session, service, name, language, now_at, current.version)
    told = label[1] if label else None
    story = _story(session, service, name) if name.kind == "sample" else ()
    if of_label.status == "draft":
        state: LabelState = "draft"
    elif label is None:
        state = "void"
    else:
        is_newest = name.version == current.version
        same = _holds(session, service, name, now_at, label[0], is_newest=is_newest)
        state = "current" if same else "superseded"
    return LabelScan(name, state, current.version, service.zone, told, story)


def _holds(
    session: Session,
    service: Service,
    name: LabelName,
    now_at: datetime,
    now: BoxLabel | SampleLabel,
    *,
    is_newest: bool,
) -> bool:
    """Whether what stands on a label holds: by its mark within a version, else by what was printed."""
    if is_newest and (not name.mark or still_holds(name.mark, now, service)):
        return True
    printed = [
        row
        for row in printed_of(session, service, name.version)
        if row.kind.partition(".")[0] in PRINTED_AS[name.kind]
    ]
    if not printed and not is_newest:
        before = _label(session, service, name, LANGUAGES[0], now_at, name.version)
        return before is not None and before[0] == now
    facts = load_paper_facts(session, service, now_at)
    rules = load_label_rules(session, service.kitchen_id)
    return any(_printed_holds(row, name, facts, rules) for row in printed)


def _printed_holds(row: PrintRow, name: LabelName, facts: PaperFacts, rules: LabelRules) -> bool:
    """Whether this very label is in a print, and the print of now says the same on it."""
    if "." in row.kind:
        printer = printer_named(row.kind.partition(".")[2])
        rolls = roll_labels(facts, rules, name.kind, printer, row.language)
        said = {one.code: roll_print(one).said for one in rolls}
        return any(_is_of(one.qr_text, name) and said.get(one.code) == one.said for one in roll_of(row))
    makers: dict[str, Callable[[PaperFacts], Any]] = {"box": box_labels, "meal": container_labels}
    sheet = makers.get(name.kind, _imposed(rules, row.language))(facts)
    told = next((one for one in sheet_of(row, sheet).labels if _is_of(one.qr_text, name)), None)
    says = next((one for one in masked(sheet).labels if one.code == name.code), None)
    return told is not None and says is not None and replace(told, qr_text=says.qr_text) == says


def _is_of(qr_text: str, name: LabelName) -> bool:
    """Whether a code is that of a label; of one typed without its mark, whatever the mark."""
    return qr_text == name.text or (not name.mark and label_named(qr_text).plain == name.plain)


def _imposed(rules: LabelRules, language: str) -> Callable[[PaperFacts], ImposedLabels]:
    """The samples' labels on A4, in a language."""
    printer = printer_named(SAMPLE_PRINTER)
    return lambda facts: ImposedLabels(
        facts.production_head, roll_labels(facts, rules, "sample", printer, language), printer, ""
    )


def _label(
    session: Session, service: Service, name: LabelName, language: str, now_at: datetime, version: int
) -> tuple[BoxLabel | SampleLabel, RollLabel] | None:
    """
    The label of this code as a version says it, without its code, and with every field in words.

    None when the version has none.
    """
    facts = load_paper_facts(session, service, now_at, version)
    wanted = replace(name, version=version, mark="")
    if name.kind == "sample":
        samples = sample_labels(facts)
        found = next((one for one in samples.labels if _is_of(one.qr_text, wanted)), None)
        if found is None:
            return None
        rolls = sample_rolls(replace(samples, labels=(found,)), (), language)
        return replace(found, qr_text=""), rolls[0]
    labels = box_labels(facts) if name.kind == "box" else container_labels(facts)
    own = next((one for one in labels.labels if _is_of(one.qr_text, wanted)), None)
    if own is None:
        return None
    rules = load_label_rules(session, service.kitchen_id)
    asked = asked_fields(rules.printers, rules.profile, name.kind, facts.kitchen.licence_kind)
    rolls = box_rolls(replace(labels, labels=(own,)), (*asked, *BOX_FIELDS), language)
    return replace(own, qr_text=""), rolls[0]


def _story(session: Session, service: Service, name: LabelName) -> tuple[tuple[datetime, Coded], ...]:
    """When the sample of a load was taken and by whom, and what became of it."""
    production = load_production(session, service.key)
    batch_ids = _batches(session, production.production_id if production else "", name.code)
    found: list[tuple[datetime, Coded]] = []
    for one in load_samples(session, service.key):
        if one.batch_id not in batch_ids:
            continue
        params: dict[str, str | int | float] = {
            "sample": one.code,
            "g": one.g,
            "person": one.person,
            "place": f"{one.fridge} {one.place}",
        }
        found.append((one.taken_at, Coded("sample_was_taken", params)))
        events = load_sample_events(session, [one.sample_id]).get(one.sample_id, ())
        found += [(event.at, event_words(event)) for event in events]
    return tuple(found)


def _batches(session: Session, production_id: str, code: str) -> set[str]:
    """Loads of the dish and variant that a load of this code is of."""
    every = load_floor_batches(session, production_id)
    own = {(one.dish_id, one.variant) for one in every if one.code == code}
    return {one.batch_id for one in every if (one.dish_id, one.variant) in own}
