"""Labels of a published service as files for a label printer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.paper_facts import PaperFacts, load_paper_facts
from api.day.paper_rolls import LabelKind, LabelRules, load_label_rules, printer_named, roll_labels
from api.day.paper_sheets import printed_before
from api.db import Database
from api.permissions import Actor, ensure
from api.reports.roll_facts import LabelOverflow
from api.reports.roll_print import LabelFormat, print_job
from api.reports.wording import Words
from orders.codes import Coded
from orders.service import Service

ACT = "day.print_labels"
TITLES: dict[LabelKind, str] = {"box": "Box labels", "meal": "Container labels", "sample": "Sample labels"}


@dataclass(frozen=True, slots=True)
class LabelWish:
    """
    Which labels somebody wants.

    Parameters
    ----------
    kinds
        Of boxes, sealed meals, samples.
    printer, format
        For which printer of the house, in which language of printers.
    language
        Of the words.
    whole
        Whether all labels of a new version are printed, else only those that say something else than those
        that were printed before it.
    deliberate
        Whether they go to the printer; a file that is only looked at brings no label into the kitchen.
    """

    kinds: Sequence[LabelKind]
    printer: str
    format: LabelFormat
    language: str
    whole: bool = False
    deliberate: bool = True


@dataclass(frozen=True, slots=True)
class LabelJob:
    """
    One file for the printer.

    Parameters
    ----------
    name
        File name: ``"box-labels.60x40.zh_CN.zpl"``.
    content, labels
        The file, and how many labels it prints.
    findings
        What is wrong with the print, and ``labels_void`` with the codes whose old labels are thrown away.
    """

    name: str
    content: bytes
    labels: int
    findings: tuple[Coded, ...]


@dataclass(frozen=True, slots=True)
class LabelRun:
    """
    What came of a wish.

    Parameters
    ----------
    jobs
        One file for each kind of label that fits.
    refused
        The kinds of which some labels do not, each naming them: nothing of those is printed.
    """

    jobs: tuple[LabelJob, ...]
    refused: tuple[LabelOverflow, ...]

    def only(self) -> LabelJob:
        """The file of the one kind that was wished for; `LabelOverflow` when it does not fit."""
        for refusal in self.refused:
            raise refusal
        return self.jobs[0]


def print_labels(
    database: Database, service: Service, wish: LabelWish, *, actor: Actor, now_at: datetime
) -> LabelRun:
    """
    One file for each kind of label, made outside any transaction; a kind that does not fit bars no other.

    Raises
    ------
    Forbidden
        When the actor may not print.
    NotFound
        When nothing is published, or the house has no such printer.
    """
    ensure(actor, "day.print", kitchen_id=service.kitchen_id)
    printer_named(wish.printer)
    with database.read() as session:
        facts = load_paper_facts(session, service, now_at)
        rules = load_label_rules(session, service.kitchen_id)
        before = {kind: _before(session, facts, kind, wish) for kind in wish.kinds}
    jobs: list[LabelJob] = []
    refused: list[LabelOverflow] = []
    for kind in wish.kinds:
        try:
            jobs.append(_job(facts, before[kind], rules, kind, wish))
        except LabelOverflow as overflow:
            refused.append(overflow)
    with database.begin() as session:
        detail = {"production": facts.production_version, "plan": facts.plan_version}
        for job in jobs:
            told = detail | {"papers": [job.name], "deliberate": wish.deliberate}
            record(session, actor, ACT, service.key, now_at, told)
    return LabelRun(tuple(jobs), tuple(refused))


def _job(
    facts: PaperFacts, before: PaperFacts | None, rules: LabelRules, kind: LabelKind, wish: LabelWish
) -> LabelJob:
    """The labels of one kind that say something else than those that were printed before."""
    printer = printer_named(wish.printer)
    every = roll_labels(facts, rules, kind, printer, wish.language)
    told = roll_labels(before, rules, kind, printer, wish.language) if before else ()
    known = {label.words for label in told}
    title = Words(wish.language)(TITLES[kind])
    new = [label for label in every if label.words not in known]
    job = print_job(new, printer, wish.format, title=title, language=wish.language)
    void = sorted({one.code for one in told} - {one.code for one in every})
    gone = (Coded("labels_void", {"codes": ", ".join(void)}),) if void else ()
    name = f"{kind}-labels.{wish.printer}.{wish.language}.{wish.format}"
    return LabelJob(name, job.content, job.labels, (*job.findings, *gone))


def _before(session: Session, facts: PaperFacts, kind: LabelKind, wish: LabelWish) -> PaperFacts | None:
    """The day as these labels were last printed for this printer; None when all of them are."""
    prefix = f"{kind}-labels.{wish.printer}.{wish.language}"
    version = printed_before(session, facts.service, prefix, facts.production_version, ACT)
    if wish.whole or version is None:
        return None
    return load_paper_facts(session, facts.service, facts.printed_at, version)
