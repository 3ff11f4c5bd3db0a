"""What the programmes' pages show: rules by chapter, switches, revisions, and one before it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from api.errors import in_words
from api.programmes.explain import SwitchView, switch_views
from api.programmes.files import check_table, read_programme_text
from api.programmes.findings import findings
from api.programmes.revisions import refuse_overlap, revised_table
from api.programmes.speech import marked, names_in, say_named, spoken
from api.words import catalog
from orders.errors import MealError, NotFound
from orders.programmes.differences import Difference, differences, held
from orders.programmes.saying import Sentence
from orders.programmes.schema import Programme
from orders.programmes.sections import FOREVER_ON
from orders.programmes.sentences import sentences
from orders.store.programmes import ProgrammeRevision, load_newest_revisions, load_revisions


@dataclass(frozen=True, slots=True)
class Line:
    """One rule in words, its clause or mark, and the switches that decide it."""

    text: str
    cite: str
    is_ours: bool
    switches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading and its rules."""

    key: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One revision: from when to when, by whom, why."""

    revision: int
    valid_from_on: date | None
    valid_to_on: date | None
    author: str
    reason: str
    made_at: datetime
    rules_now: bool


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """A revision of a programme as the page shows it."""

    programme: Programme
    shown: RevisionView
    chapters: tuple[Chapter, ...]
    switches: tuple[SwitchView, ...]
    findings: tuple[str, ...]
    revisions: tuple[RevisionView, ...]


@dataclass(frozen=True, slots=True)
class EditView:
    """The next revision's number, the plan as it is, its switches, and its single keys with their values."""

    revision: int
    programme: Programme
    switches: tuple[SwitchView, ...]
    keys: dict[str, str]

    @property
    def assumed(self) -> dict[str, str]:
        """Switch to the option that is in force."""
        return {
            one.switch: option.option for one in self.switches for option in one.options if option.is_chosen
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """A revision that is not kept yet: what differs, which rules change, and what speaks against it."""

    settings: tuple[str, ...]
    differences: tuple[Difference, ...]
    says: tuple[Line, ...]
    said: tuple[Line, ...]
    fault: str


@dataclass(frozen=True, slots=True)
class SentView:
    """
    A plan that was sent as a file and is not kept yet.

    Parameters
    ----------
    text
        The file.
    programme, chapters, findings
        What it says; None and nothing when it cannot be used.
    fault
        What is wrong with it, a line each.
    is_kept
        Whether its id is kept here already, so that it would be a revision.
    """

    text: str
    programme: Programme | None
    chapters: tuple[Chapter, ...]
    findings: tuple[str, ...]
    fault: str
    is_kept: bool


def list_view(session: Session) -> list[tuple[ProgrammeRevision, Programme]]:
    """Every kept programme with its newest revision."""
    return [(kept, check_table(kept.body)[1]) for kept in load_newest_revisions(session)]


def programme_view(
    session: Session, programme_id: str, revision: int | None, language: str, today_on: date
) -> ProgrammeView:
    """
    One revision of a programme, the one that rules today where none is named.

    Raises
    ------
    NotFound
        When the programme or the revision is not kept here.
    """
    kept = _revisions(session, programme_id)
    ruling = _ruling(kept, today_on)
    chosen = next((one for one in kept if one.revision == (revision or ruling)), None)
    if chosen is None:
        raise NotFound("programme", f"{programme_id}@{revision}")
    table, programme = check_table(chosen.body)
    names = names_in([programme], language)
    views = tuple(_revision(one, one.revision == ruling) for one in reversed(kept))
    return ProgrammeView(
        programme=programme,
        shown=next(one for one in views if one.revision == chosen.revision),
        chapters=_chapters(programme, language),
        switches=switch_views(table, programme, language),
        findings=tuple(say_named(one, names, language) for one in findings(table, programme)),
        revisions=views,
    )


def difference_view(session: Session, programme_id: str, before: int, after: int) -> tuple[Difference, ...]:
    """
    The keys that two revisions hold differently.

    Raises
    ------
    NotFound
        When one of them is not kept here.
    """
    kept = {one.revision: one for one in _revisions(session, programme_id)}
    for revision in (before, after):
        if revision not in kept:
            raise NotFound("programme", f"{programme_id}@{revision}")
    return differences(kept[before].body, kept[after].body)


def edit_view(session: Session, programme_id: str, language: str) -> EditView:
    """
    What the form for a new revision offers.

    Raises
    ------
    NotFound
        When the programme is not kept here.
    """
    newest = _revisions(session, programme_id)[-1]
    table, programme = check_table(newest.body)
    keys = {
        key: value
        for key, value in held(newest.body).items()
        if not key.startswith("ambiguity.") and "(" not in key
    }
    return EditView(newest.revision + 1, programme, switch_views(table, programme, language), keys)


def preview(
    session: Session,
    programme_id: str,
    settings: Sequence[str],
    *,
    valid_from: date | None,
    reason: str,
    language: str,
    now_at: datetime,
) -> Preview:
    """
    What a new revision would change, or why it cannot be kept.

    Parameters
    ----------
    session
        Reading is enough.
    programme_id
        Which programme.
    settings
        ``SWITCH=OPTION`` or ``KEY=VALUE``.
    valid_from, reason
        Its first day, and why.
    language, now_at
        For the words, and to see which days are ruled already.
    """
    last = _revisions(session, programme_id)[-1]
    try:
        changed = revised_table(last, table=None, settings=settings, valid_from=valid_from, reason=reason)
        refuse_overlap(last, changed, now_at)
    except MealError as refused:
        return Preview(tuple(settings), (), (), (), in_words(refused, language))
    old, new = (_lines(check_table(table)[1], language) for table in (last.body, changed))
    return Preview(
        settings=tuple(settings),
        differences=differences(last.body, _plain(changed)),
        says=tuple(line for line in new if line not in old),
        said=tuple(line for line in old if line not in new),
        fault="",
    )


def sent_view(session: Session, text: str, name: str, language: str) -> SentView:
    """A plan that was sent as a file, in words, or what is wrong with it; nothing is kept."""
    try:
        table, programme = check_table(read_programme_text(text, name), name=name)
    except MealError as refused:
        return SentView(text, None, (), (), in_words(refused, language), is_kept=False)
    names = names_in([programme], language)
    return SentView(
        text=text,
        programme=programme,
        chapters=_chapters(programme, language),
        findings=tuple(say_named(one, names, language) for one in findings(table, programme)),
        fault="",
        is_kept=bool(load_revisions(session, programme.id)),
    )


def _plain(table: Mapping[str, Any]) -> Mapping[str, Any]:
    from_on = table["programme"]["valid_from"]
    return {**table, "programme": {**table["programme"], "valid_from": str(from_on)}}


def _revisions(session: Session, programme_id: str) -> tuple[ProgrammeRevision, ...]:
    kept = load_revisions(session, programme_id)
    if not kept:
        raise NotFound("programme", programme_id)
    return kept


def _ruling(kept: Sequence[ProgrammeRevision], today_on: date) -> int:
    """The revision that rules today, else the newest."""
    begun = [one for one in kept if one.valid_from_on <= today_on]
    return (begun or list(kept))[-1].revision


def _revision(kept: ProgrammeRevision, rules_now: bool) -> RevisionView:
    return RevisionView(
        kept.revision,
        kept.valid_from_on if kept.valid_from_on.year > 1 else None,
        kept.valid_to_on if kept.valid_to_on != FOREVER_ON else None,
        kept.author,
        str(kept.body.get("revision_note", "")),
        kept.made_at,
        rules_now,
    )


def _chapters(programme: Programme, language: str) -> tuple[Chapter, ...]:
    titles = catalog(language)
    return tuple(
        Chapter(name, titles[f"code:chapter.{name}"], tuple(_line(one, programme, language) for one in rules))
        for name, rules in sentences(programme).items()
        if rules
    )


def _lines(programme: Programme, language: str) -> list[Line]:
    return [line for chapter in _chapters(programme, language) for line in chapter.lines]


def _line(rule: Sentence, programme: Programme, language: str) -> Line:
    is_ours = not rule.cite and bool(marked(rule, language))
    return Line(spoken(rule, language, programme.words), rule.cite, is_ours, rule.switches)
