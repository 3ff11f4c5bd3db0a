"""Labels of a published service as files for a label printer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.paper_facts import PaperFacts, load_paper_facts
from api.day.paper_kept import RollPrint, keep_roll, roll_before, roll_print
from api.day.paper_rolls import LabelKind, load_label_rules, printer_named, roll_labels
from api.db import Database
from api.permissions import Actor, ensure
from api.reports.roll_facts import LabelOverflow, RollLabel
from api.reports.roll_print import LabelFormat, PrintJob, print_job
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
    others
        Whether the labels that fit are printed where some do not; else nothing of that kind is.
    """

    kinds: Sequence[LabelKind]
    printer: str
    format: LabelFormat
    language: str
    whole: bool = False
    deliberate: bool = True
    others: bool = False


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
    left_out
        The labels that do not fit and are not in it, where the others are.
    """

    name: str
    content: bytes
    labels: int
    findings: tuple[Coded, ...]
    left_out: LabelOverflow | None = None


@dataclass(frozen=True, slots=True)
class LabelRun:
    """
    What came of a wish.

    Parameters
    ----------
    jobs
        One file for each kind of label that fits.
    refused
        For each kind of which some labels do not, which those are.
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
    jobs: dict[LabelKind, LabelJob] = {}
    refused: list[LabelOverflow] = []
    printer = printer_named(wish.printer)
    every = {kind: roll_labels(facts, rules, kind, printer, wish.language) for kind in wish.kinds}
    for kind in wish.kinds:
        try:
            jobs[kind] = label_job(every[kind], before[kind], kind, wish)
        except LabelOverflow as overflow:
            refused.append(overflow)
    refused += [job.left_out for job in jobs.values() if job.left_out is not None]
    with database.begin() as session:
        version = facts.production_version
        detail = {"production": version, "plan": facts.plan_version}
        for kind, job in jobs.items():
            told = detail | {"papers": [job.name], "labels": job.labels, "deliberate": wish.deliberate}
            record(session, actor, ACT, service.key, now_at, told)
            if wish.deliberate:
                kept = _paper(kind, wish), wish.language, actor, now_at
                lacking = job.left_out.codes if job.left_out else ()
                out = [label for label in every[kind] if label.code not in lacking]
                keep_roll(session, service, version, out, *kept)
    return LabelRun(tuple(jobs.values()), tuple(refused))


def label_job(
    every: Sequence[RollLabel], before: Sequence[RollPrint], kind: LabelKind, wish: LabelWish
) -> LabelJob:
    """
    The labels of one kind that say something else than those that were printed before.

    Raises
    ------
    LabelOverflow
        When one does not fit and the others are not wished for without it, or there are none.
    """
    known = {label.said for label in before}
    new = [label for label in every if roll_print(label).said not in known]
    job, left_out = _printable(new, kind, wish)
    void = sorted({one.code for one in before} - {one.code for one in every})
    gone = (Coded("labels_void", {"codes": ", ".join(void)}),) if void else ()
    name = f"{_paper(kind, wish)}.{wish.language}.{wish.format}"
    return LabelJob(name, job.content, job.labels, (*job.findings, *gone), left_out)


def _printable(
    labels: Sequence[RollLabel], kind: LabelKind, wish: LabelWish
) -> tuple[PrintJob, LabelOverflow | None]:
    printer, title = printer_named(wish.printer), Words(wish.language)(TITLES[kind])
    told = {"title": title, "language": wish.language}
    try:
        return print_job(labels, printer, wish.format, **told), None
    except LabelOverflow as overflow:
        fitting = [label for label in labels if label.code not in overflow.codes]
        if not (wish.others and fitting):
            raise
        left_out = LabelOverflow(overflow.too_long, printer.name, others_printed=True)
        return print_job(fitting, printer, wish.format, **told), left_out


def _paper(kind: LabelKind, wish: LabelWish) -> str:
    return f"{kind}-labels.{wish.printer}"


def _before(session: Session, facts: PaperFacts, kind: LabelKind, wish: LabelWish) -> tuple[RollPrint, ...]:
    """These labels as they were last printed for this printer; none where all of them are to be."""
    if wish.whole:
        return ()
    version = facts.production_version
    return roll_before(session, facts.service, version, _paper(kind, wish), wish.language) or ()
