"""The programmes' pages: each plan's rules in words, its switches, and its revisions."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.permissions import Actor
from api.programmes.files import read_programme_text
from api.programmes.revisions import add_programme, revise_programme
from api.programmes.views import (
    difference_view,
    edit_view,
    list_view,
    preview,
    programme_view,
    sent_view,
)
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import FieldsHere
from api.web.render import render
from api.words import ZONE
from orders.errors import BadInput

router = APIRouter(prefix="/programmes", include_in_schema=False)
Reader = Annotated[Actor, may("programme.read")]
Editor = Annotated[Actor, may("programme.edit")]
MOST_BYTES = 1_000_000  # of a plan's file; the longest packaged one has 17 kB
NUMBERS = (1, 2, 3)  # rows for single keys in the form


@router.get("")
def programmes(request: Request, house: HouseHere, actor: Reader) -> Response:
    """Every programme that is kept here."""
    with house.database.read() as session:
        kept = list_view(session)
    return render(request, "programmes.html", kept=kept, may_edit=actor.may("programme.edit"))


@router.get("/new")
def new_programme(request: Request, actor: Editor) -> Response:
    """The form for a plan's file."""
    return render(request, "programme_new.html", seen=None, name="", reason="")


@router.post("/new")
def send_programme(
    request: Request,
    house: HouseHere,
    actor: Editor,
    language: LanguageHere,
    form: FieldsHere,
    file: UploadFile | None = None,
) -> Response:
    """Shows what a plan's file says; keeps it when that was seen, of an id that is kept as a revision."""
    text, name = _sent(file) if file and file.filename else (form.get("text", ""), form.get("name", ""))
    reason = form.get("reason", "")
    with house.database.read() as session:
        seen = sent_view(session, text, name, language)
    if "keep" not in form or seen.programme is None:
        return render(request, "programme_new.html", seen=seen, name=name, reason=reason)
    table, now_at = read_programme_text(text, name), house.clock.now()
    with house.database.begin() as session:
        kept = (
            revise_programme(session, actor, now_at, seen.programme.id, table=table, reason=reason)
            if seen.is_kept
            else add_programme(session, actor, now_at, table)
        )
    return RedirectResponse(f"/programmes/{kept.programme_id}?revision={kept.revision}", status_code=303)


@router.get("/{programme_id}")
def one_programme(
    request: Request,
    house: HouseHere,
    actor: Reader,
    language: LanguageHere,
    programme_id: str,
    revision: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """One revision in words, the one that rules today where none is named."""
    today_on = house.clock.now().astimezone(ZoneInfo(ZONE)).date()
    with house.database.read() as session:
        view = programme_view(session, programme_id, revision, language, today_on)
    return render(request, "programme.html", view=view, may_edit=actor.may("programme.edit"))


@router.get("/{programme_id}/diff")
def compare(
    request: Request,
    house: HouseHere,
    actor: Reader,
    programme_id: str,
    before: Annotated[int, Query(ge=1)],
    after: Annotated[int, Query(ge=1)],
) -> Response:
    """The keys that two revisions hold differently."""
    with house.database.read() as session:
        found = difference_view(session, programme_id, before, after)
    return render(
        request,
        "programme_diff.html",
        programme_id=programme_id,
        before=before,
        after=after,
        differences=found,
    )


@router.get("/{programme_id}/edit")
def edit(
    request: Request, house: HouseHere, actor: Editor, language: LanguageHere, programme_id: str
) -> Response:
    """The form for a new revision."""
    with house.database.read() as session:
        view = edit_view(session, programme_id, language)
    return render(request, "programme_edit.html", view=view, rows=NUMBERS, given={}, seen=None)


@router.post("/{programme_id}/edit")
def revise(
    request: Request,
    house: HouseHere,
    actor: Editor,
    language: LanguageHere,
    form: FieldsHere,
    programme_id: str,
) -> Response:
    """Shows what a revision would change; keeps it when that was seen."""
    now_at = house.clock.now()
    valid_from, reason = _day(form), form.get("reason", "")
    with house.database.read() as session:
        view = edit_view(session, programme_id, language)
        settings = settings_of(form, view.assumed)
        seen = preview(
            session,
            programme_id,
            settings,
            valid_from=valid_from,
            reason=reason,
            language=language,
            now_at=now_at,
        )
    if "keep" not in form or seen.fault:
        return render(request, "programme_edit.html", view=view, rows=NUMBERS, given=form, seen=seen)
    with house.database.begin() as session:
        kept = revise_programme(
            session, actor, now_at, programme_id, settings=settings, valid_from=valid_from, reason=reason
        )
    return RedirectResponse(f"/programmes/{programme_id}?revision={kept.revision}", status_code=303)


def settings_of(form: Mapping[str, str], assumed: Mapping[str, str]) -> list[str]:
    """The switches that are set otherwise than now, then the single keys that are filled in."""
    switches = [
        f"{switch}={form[f'switch-{switch}']}"
        for switch, now in assumed.items()
        if f"switch-{switch}" in form and form[f"switch-{switch}"] != now
    ]
    rows = [(form.get(f"key-{n}", "").strip(), form.get(f"value-{n}", "").strip()) for n in NUMBERS]
    return switches + [f"{key}={value}" for key, value in rows if key]


def _sent(file: UploadFile) -> tuple[str, str]:
    name = file.filename or "-"
    try:
        return file.file.read(MOST_BYTES).decode("utf-8-sig"), name
    except UnicodeDecodeError as error:
        raise BadInput("programme_unreadable", file=name, why="UTF-8") from error


def _day(form: Mapping[str, str]) -> date | None:
    text = form.get("valid_from", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput("programme_day_unreadable", text=text) from error
