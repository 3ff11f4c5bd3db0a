"""Print: the papers of a published service, each in each language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.day.changes import changes_view
from api.day.paper_facts import load_paper_facts
from api.day.paper_kept import differing, keep_sheet, sheet_before
from api.day.paper_rolls import load_label_rules
from api.day.paper_sheets import KINDS, PaperKind, print_runs
from api.day.presses import PRESSES, Copy, built
from api.db import Database
from api.permissions import Actor, ensure
from api.reports.roll_facts import LabelOverflow
from api.words import LANGUAGES
from orders.codes import Coded
from orders.errors import NotFound
from orders.service import Service
from orders.store.sites import load_kitchen_settings

CHANGES: PaperKind = "change-sheet"


@dataclass(frozen=True, slots=True)
class PrintWish:
    """
    What somebody wants printed.

    Parameters
    ----------
    languages
        In which languages.
    kinds
        Which papers; None is every one that there is something on.
    whole
        Whether a new version is printed whole, else only what differs from the version that was printed
        before it.
    jin
        Whether weights stand in 斤 too; None is as the kitchen's settings say.
    deliberate
        Whether it goes to the printer; a file that is only looked at brings no paper into the kitchen, so
        the next version does not count on it.
    """

    languages: Sequence[str] = LANGUAGES
    kinds: Sequence[PaperKind] | None = None
    whole: bool = False
    jin: bool | None = None
    deliberate: bool = True


USUAL = PrintWish()


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """
    One paper in one language that can be printed.

    Parameters
    ----------
    name
        File name: ``"production-sheet.zh_CN.pdf"``.
    kind, language
        Its two parts.
    version
        Of the production and the plan.
    since
        The version printed before, from which only the differences are printed; None prints everything.
    totals
        What stands at its foot, by name.
    differs
        Whether there is anything on it that was not printed before.
    """

    name: str
    kind: PaperKind
    language: str
    version: int
    since: int | None
    totals: Mapping[str, int]
    differs: bool = True


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """
    One paper in one language.

    Parameters
    ----------
    listed
        Which paper it is.
    pdf, pages
        The file, and how many pages it has.
    findings
        What is wrong with the print.
    """

    listed: ListedPaper
    pdf: bytes
    pages: int
    findings: tuple[Coded, ...]

    @property
    def name(self) -> str:
        """File name."""
        return self.listed.name

    @property
    def kind(self) -> PaperKind:
        """Which paper."""
        return self.listed.kind

    @property
    def totals(self) -> Mapping[str, int]:
        """What stands at its foot."""
        return self.listed.totals


@dataclass(frozen=True, slots=True)
class _Made:
    """A paper in one language: the whole of it, and what of it is printed."""

    listed: ListedPaper
    whole: Any
    sheet: Any


def print_papers(
    database: Database,
    service: Service,
    *,
    actor: Actor,
    now_at: datetime,
    wish: PrintWish = USUAL,
    refused: list[Coded] | None = None,
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
    wish
        Which papers, in which languages.
    refused
        Takes why a paper of labels too small for their words is left out while the others are printed; None
        refuses all.

    Raises
    ------
    Forbidden
        When the actor may print nothing of it.
    LabelOverflow
        When labels are too small for their words.
    NotFound
        When nothing is published, or the actor's van does not drive.
    """
    with database.read() as session:
        copy, made = _made(session, service, actor, now_at, wish)
    if wish.kinds is None:
        made = [one for one in made if one.listed.differs]
    papers, kept = _pressed(made, refused)
    with database.begin() as session:
        facts = copy.facts
        detail = {"production": facts.production_version, "plan": facts.plan_version}
        for names in print_runs([paper.name for paper in papers]):
            told = detail | {"papers": names, "deliberate": wish.deliberate}
            record(session, actor, "day.print", service.key, now_at, told)
        for one in kept if wish.deliberate else ():
            paper = one.listed
            if PRESSES[paper.kind].changes is not None:
                keep_sheet(session, one.whole, paper.kind, paper.language, _scope(copy), actor, now_at)
    return papers


def _pressed(made: Sequence[_Made], refused: list[Coded] | None) -> tuple[list[PrintedPaper], list[_Made]]:
    """What could be printed; labels too small for their words go to ``refused`` where there is one."""
    papers, kept = [], []
    for one in made:
        try:
            papers.append(_printed(one))
        except LabelOverflow as overflow:
            if refused is None:
                raise
            refused.append(overflow.coded)
        else:
            kept.append(one)
    return papers, kept


def list_papers(
    database: Database, service: Service, *, actor: Actor, now_at: datetime, wish: PrintWish = USUAL
) -> list[ListedPaper]:
    """The papers that there are, those on which nothing differs too; raises what `print_papers` raises."""
    with database.read() as session:
        return [one.listed for one in _made(session, service, actor, now_at, wish)[1]]


def print_paper(
    database: Database,
    service: Service,
    name: str,
    *,
    actor: Actor,
    now_at: datetime,
    wish: PrintWish = USUAL,
) -> PrintedPaper:
    """
    One paper by its file name; what is wished for beside its kind and language holds.

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
    only = replace(wish, kinds=[kind], languages=[language])
    return print_papers(database, service, actor=actor, now_at=now_at, wish=only)[0]


def _made(
    session: Session, service: Service, actor: Actor, now_at: datetime, wish: PrintWish
) -> tuple[Copy, list[_Made]]:
    kinds = tuple(wish.kinds or _wanted(session, service, actor))
    for kind in kinds:
        _ensure(actor, kind, service)
    facts = load_paper_facts(session, service, now_at)
    jin = _jin(session, service) if wish.jin is None else wish.jin
    copy = Copy(facts, load_label_rules(session, service.kitchen_id), jin, actor.vehicle_id)
    return copy, [
        _paper(session, copy, kind, language, whole=wish.whole)
        for kind in kinds
        for language in wish.languages
    ]


def _scope(copy: Copy) -> str:
    """Whose sheets they are: of one van, or of all."""
    return copy.vehicle_id or ""


def _wanted(session: Session, service: Service, actor: Actor) -> Sequence[PaperKind]:
    """Every paper; the change sheet only when something has changed since the plan."""
    if actor.role == "driver":
        return ("route-sheets",)
    changed = changes_view(session, service).changes
    return KINDS if changed else [kind for kind in KINDS if kind != CHANGES]


def _jin(session: Session, service: Service) -> bool:
    _, settings = load_kitchen_settings(session, service.kitchen_id)
    return bool(settings.get("paper", {}).get("jin", False))


def _ensure(actor: Actor, kind: PaperKind, service: Service) -> None:
    is_own = actor.role == "driver" and kind == "route-sheets"
    ensure(actor, "trip.read" if is_own else "day.print", kitchen_id=service.kitchen_id)


def _paper(session: Session, copy: Copy, kind: PaperKind, language: str, *, whole: bool) -> _Made:
    press = PRESSES[kind]
    every = built(copy, kind, language)
    if kind == "route-sheets" and copy.vehicle_id is not None and not every.trips:
        raise NotFound("trip", f"{copy.facts.service.key} {copy.vehicle_id}")
    before = None
    if press.changes is not None and not whole:
        before = sheet_before(session, every, kind, language, _scope(copy))
    sheet = every if before is None or press.changes is None else differing(every, before, press.changes)
    head = sheet.head
    differs = before is None or any(press.codes(sheet))
    name = f"{kind}.{language}.pdf"
    listed = ListedPaper(name, kind, language, head.version, head.since, press.totals(sheet), differs)
    return _Made(listed, every, sheet)


def _printed(made: _Made) -> PrintedPaper:
    rendered = PRESSES[made.listed.kind].render(made.sheet, made.listed.language)
    return PrintedPaper(made.listed, rendered.pdf, rendered.pages, rendered.findings)
