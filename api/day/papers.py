"""Print: the papers of a published service, each in each language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.changes import changes_view
from api.day.paper_facts import load_paper_facts
from api.day.paper_rolls import load_label_rules
from api.day.paper_sheets import KINDS, PaperKind, print_runs, printed_before
from api.day.presses import PRESSES, Copy, built
from api.db import Database
from api.permissions import Actor, ensure
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
        Whether it goes to the printer; a file that is only looked at brings no label into the kitchen.
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
    """

    name: str
    kind: PaperKind
    language: str
    version: int
    since: int | None
    totals: Mapping[str, int]


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
class _Set:
    """The copies of a service: as it is published, and as it was printed before, by kind of paper."""

    kinds: tuple[PaperKind, ...]
    copy: Copy
    before: Mapping[PaperKind, Copy]


def print_papers(
    database: Database, service: Service, *, actor: Actor, now_at: datetime, wish: PrintWish = USUAL
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

    Raises
    ------
    Forbidden
        When the actor may print nothing of it.
    NotFound
        When nothing is published, or the actor's van does not drive.
    """
    with database.read() as session:
        chosen = _chosen(session, service, actor, now_at, wish)
    papers = [_printed(chosen, kind, language) for kind in chosen.kinds for language in wish.languages]
    with database.begin() as session:
        facts = chosen.copy.facts
        detail = {"production": facts.production_version, "plan": facts.plan_version}
        for names in print_runs([paper.name for paper in papers]):
            told = detail | {"papers": names, "deliberate": wish.deliberate}
            record(session, actor, "day.print", service.key, now_at, told)
    return papers


def list_papers(
    database: Database, service: Service, *, actor: Actor, now_at: datetime, wish: PrintWish = USUAL
) -> list[ListedPaper]:
    """The papers that `print_papers` would print, without printing any of them; raises what it raises."""
    with database.read() as session:
        chosen = _chosen(session, service, actor, now_at, wish)
    return [_listed(chosen, kind, language)[0] for kind in chosen.kinds for language in wish.languages]


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


def _chosen(session: Session, service: Service, actor: Actor, now_at: datetime, wish: PrintWish) -> _Set:
    kinds = tuple(wish.kinds or _wanted(session, service, actor))
    for kind in kinds:
        _ensure(actor, kind, service)
    facts = load_paper_facts(session, service, now_at)
    jin = _jin(session, service) if wish.jin is None else wish.jin
    copy = Copy(facts, load_label_rules(session, service.kitchen_id), jin, actor.vehicle_id)
    old: dict[int, Copy] = {}
    before: dict[PaperKind, Copy] = {}
    for kind in kinds if not wish.whole else ():
        version = printed_before(session, service, kind, facts.production_version)
        if version is not None and PRESSES[kind].changes is not None:
            if version not in old:
                earlier = load_paper_facts(session, service, now_at, version)
                old[version] = replace(copy, facts=earlier)
            before[kind] = old[version]
    return _Set(kinds, copy, before)


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


def _listed(chosen: _Set, kind: PaperKind, language: str) -> tuple[ListedPaper, object]:
    press, copy = PRESSES[kind], chosen.copy
    sheet = built(copy, kind, language)
    if kind == "route-sheets" and copy.vehicle_id is not None and not sheet.trips:
        raise NotFound("trip", f"{copy.facts.service.key} {copy.vehicle_id}")
    if kind in chosen.before and press.changes is not None:
        sheet = press.changes(sheet, built(chosen.before[kind], kind, language))
    name = f"{kind}.{language}.pdf"
    head = sheet.head
    return ListedPaper(name, kind, language, head.version, head.since, press.totals(sheet)), sheet


def _printed(chosen: _Set, kind: PaperKind, language: str) -> PrintedPaper:
    listed, sheet = _listed(chosen, kind, language)
    rendered = PRESSES[kind].render(sheet, language)
    return PrintedPaper(listed, rendered.pdf, rendered.pages, rendered.findings)
