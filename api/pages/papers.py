"""The papers of a service: what can be printed, for which printer, and whether an old sheet still holds."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.books.paper_day import TITLES
from api.day.label_jobs import TITLES as LABEL_TITLES
from api.day.paper_rolls import LABEL_KINDS, LabelKind, packaged_printers
from api.day.paper_scans import LabelScan, is_label, scan_label
from api.day.paper_sheets import SheetState, sheet_state, told
from api.day.papers import list_papers
from api.pages.shell import chosen
from api.permissions import Actor
from api.reports.roll_print import FORMATS, LabelFormat
from api.web.access import HouseHere, LanguageHere, may
from api.web.render import render
from orders.errors import MealError

router = APIRouter(include_in_schema=False)
STATE_KINDS = {"current": "good", "superseded": "hot", "void": "hot", "draft": "warn"}


@router.get("/papers")
def page(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("day.print")],
    service: str = "",
) -> Response:
    """The papers of a service; none is made before somebody asks for it."""
    with house.database.read() as session:
        choice, shown = chosen(session, actor, request, service)
    papers = list_papers(house.database, shown, actor=actor, now_at=house.clock.now())
    return render(
        request,
        "papers.html",
        choice=choice,
        service=shown,
        papers=[one for one in papers if one.language == language],
        titles=TITLES,
        printers=packaged_printers().printers.values(),
        kinds=LABEL_KINDS,
        label_titles=LABEL_TITLES,
        formats=FORMATS,
    )


@router.get("/papers/labels")
def labels(
    actor: Annotated[Actor, may("day.print")],
    service: str,
    kind: LabelKind,
    printer: str,
    form: LabelFormat,
    language: LanguageHere,
    whole: bool = False,
) -> Response:
    """To the file for a label printer."""
    name = f"{kind}.{printer}.{language}.{form}"
    return RedirectResponse(f"/api/v1/services/{service}/papers/labels/{name}?whole={whole}", status_code=303)


@router.get("/sheets")
def sheet(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("day.read")],
    text: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Whether a sheet or a label still holds: scan it, or type what its code says."""
    found: SheetState | None = None
    label: LabelScan | None = None
    refusal: MealError | None = None
    if text:
        try:
            with house.database.read() as session:
                if is_label(text):
                    label = scan_label(session, text, language, actor=actor, now_at=house.clock.now())
                else:
                    found = sheet_state(session, text, actor=actor)
        except MealError as error:
            refusal = error
    return render(
        request,
        "sheets.html",
        status=404 if refusal else 200,
        text=text,
        found=found,
        label=label,
        label_title=LABEL_TITLES[label.name.kind] if label else "",
        kind=STATE_KINDS[found.state] if found else STATE_KINDS[label.state] if label else "",
        sentences=told(found) if found else (),
        title=TITLES[found.sheet.kind] if found else "",
        refusal=refusal,
    )
