"""The papers of a service: what can be printed, for which printer, and whether an old sheet still holds."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from api.books.paper_day import TITLES
from api.day.label_jobs import TITLES as LABEL_TITLES
from api.day.label_jobs import LabelWish, print_labels
from api.day.paper_rolls import LABEL_KINDS, LabelKind, packaged_printers
from api.day.paper_scans import LabelScan, is_label, scan_label
from api.day.paper_sheets import LABELS, SheetState, told
from api.day.paper_since import sheet_since
from api.day.papers import PrintWish, list_papers, print_paper
from api.pages.shell import chosen
from api.permissions import Actor
from api.reports.roll_print import FORMATS, LabelFormat
from api.web.access import HouseHere, LanguageHere, may
from api.web.render import render
from orders.errors import MealError
from orders.service import Service

router = APIRouter(include_in_schema=False)
MEDIA: dict[LabelFormat, str] = {
    "pdf": "application/pdf",
    "tspl": "application/octet-stream",
    "zpl": "application/octet-stream",
}
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
        counted=LABELS,
        printers=packaged_printers().printers.values(),
        kinds=LABEL_KINDS,
        label_titles=LABEL_TITLES,
        formats=FORMATS,
    )


@router.post("/papers/labels")
def labels(
    house: HouseHere,
    actor: Annotated[Actor, may("day.print")],
    language: LanguageHere,
    request: Request,
    service: Annotated[str, Form()],
    kind: Annotated[LabelKind, Form()],
    printer: Annotated[str, Form(max_length=40)],
    form: Annotated[LabelFormat, Form()],
    whole: Annotated[bool, Form()] = False,
) -> Response:
    """The file for a label printer: it is counted as printed."""
    with house.database.read() as session:
        shown = chosen(session, actor, request, service)[1]
    wish = LabelWish((kind,), printer, form, language, whole)
    job = print_labels(house.database, shown, wish, actor=actor, now_at=house.clock.now()).only()
    return _file(job.content, shown, job.name, MEDIA[form])


@router.post("/papers/{name}")
def printed(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("day.print")],
    name: str,
    service: Annotated[str, Form()],
    whole: Annotated[bool, Form()] = False,
) -> Response:
    """A paper that goes to the printer: it is counted as printed, a look at it is not."""
    with house.database.read() as session:
        shown = chosen(session, actor, request, service)[1]
    wish = PrintWish(whole=whole)
    made = print_paper(house.database, shown, name, actor=actor, now_at=house.clock.now(), wish=wish)
    return _file(made.pdf, shown, name, MEDIA["pdf"])


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
                    found = sheet_since(session, text, actor=actor, now_at=house.clock.now())
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
        kind=_kind(found) if found else STATE_KINDS[label.state] if label else "",
        sentences=told(found) if found else (),
        title=TITLES[found.sheet.kind] if found else "",
        refusal=refusal,
    )


def _kind(found: SheetState) -> str:
    """How loud the answer about a sheet is: one of which all or a part holds is not thrown away."""
    if found.differs is None:
        return STATE_KINDS[found.state]
    return "warn" if found.differs else "good"


def _file(content: bytes, service: Service, name: str, media: str) -> Response:
    shown = f"{service.key.replace('/', '-')}-{name}"
    headers = {"content-disposition": f'inline; filename="{shown}"', "cache-control": "no-store"}
    return Response(content, media_type=media, headers=headers)
