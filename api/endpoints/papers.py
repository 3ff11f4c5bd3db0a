"""The papers of a published service: sheets and labels as files, and what has become of a printed sheet."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from api.books.paper_day import print_paper_day
from api.day.label_jobs import LabelWish, print_labels
from api.day.paper_rolls import LabelKind
from api.day.paper_scans import scan_label
from api.day.paper_sheets import SheetState, told
from api.day.paper_since import sheet_since
from api.day.papers import ListedPaper, PrintWish, list_papers, print_paper
from api.endpoints.day import ServiceHere
from api.permissions import Actor
from api.reports.roll_print import LabelFormat
from api.web.access import HouseHere, LanguageHere, may
from api.words import LANGUAGES, say, say_all
from orders.errors import NotFound

router = APIRouter(tags=["day"])
Printer = Annotated[Actor, may("trip.read")]
PATH = "/api/v1/services/{kitchen_id}/{service_on}/{meal}/papers"
MEDIA: dict[LabelFormat, str] = {
    "pdf": "application/pdf",
    "tspl": "application/octet-stream",
    "zpl": "application/octet-stream",
}
BOOK = "paper-day"


class PaperOut(BaseModel):
    """One paper that can be printed: its file, its version, since which it tells the changes, its sums."""

    name: str
    kind: str
    language: str
    version: int
    since: int | None
    totals: dict[str, int]
    differs: bool


class SheetOut(BaseModel):
    """What has become of a printed sheet, in a sentence too."""

    service: str
    kind: str
    version: int
    state: str
    current_version: int
    changes: int
    differs: list[str] | None
    words: str


class LabelOut(BaseModel):
    """What has become of a label, in a sentence too, and what the one in force says."""

    service: str
    kind: str
    code: str
    version: int
    state: str
    current_version: int
    words: str
    says: list[str]


@router.get(PATH)
def papers(service: ServiceHere, house: HouseHere, actor: Printer, whole: bool = False) -> list[PaperOut]:
    """The papers that the asking person may print; none of them is made for it."""
    wish = PrintWish(whole=whole)
    found = list_papers(house.database, service, actor=actor, now_at=house.clock.now(), wish=wish)
    return [_out(one) for one in found]


@router.get(
    PATH + "/labels/{kind}.{printer}.{language}.{kind_of_file}",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "application/octet-stream": {}}}},
)
def labels(
    kind: LabelKind,
    printer: str,
    language: str,
    kind_of_file: LabelFormat,
    service: ServiceHere,
    house: HouseHere,
    actor: Annotated[Actor, may("day.print")],
    whole: bool = False,
    printed: bool = False,
) -> Response:
    """Labels for a label printer: box.60x40.zh_CN.zpl; printed: they go to it, not to a screen."""
    if language not in LANGUAGES:
        raise NotFound("paper", language)
    wish = LabelWish((kind,), printer, kind_of_file, language, whole, printed)
    job = print_labels(house.database, service, wish, actor=actor, now_at=house.clock.now()).only()
    return _file(job.content, f"{service.key.replace('/', '-')}-{job.name}", MEDIA[kind_of_file])


@router.get(PATH + "/{name}", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
def paper(
    name: str,
    service: ServiceHere,
    house: HouseHere,
    actor: Printer,
    whole: bool = False,
    jin: bool | None = None,
    printed: bool = False,
) -> Response:
    """
    One paper by name, as the list gives it: production-sheet.zh_CN.pdf; paper-day.zh_CN.pdf binds all.

    Whoever sends labels to the printer says so (printed): prints of labels are counted, looks are not.
    """
    now_at = house.clock.now()
    shown = f"{service.key.replace('/', '-')}-{name}"
    language = next((one for one in LANGUAGES if name == f"{BOOK}.{one}.pdf"), None)
    if language is not None:
        book = print_paper_day(
            house.database, service, language, actor=actor, now_at=now_at, ids=house.ids, jin=jin
        )
        return _file(book.pdf, shown, MEDIA["pdf"])
    wish = PrintWish(whole=whole, jin=jin, deliberate=printed)
    made = print_paper(house.database, service, name, actor=actor, now_at=now_at, wish=wish)
    return _file(made.pdf, shown, MEDIA["pdf"])


@router.get("/api/v1/sheets")
def sheet(
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("day.read")],
    text: Annotated[str, Query(max_length=200)],
) -> SheetOut:
    """Whether a sheet still holds, by what its QR code says."""
    with house.database.read() as session:
        found = sheet_since(session, text, actor=actor, now_at=house.clock.now())
    return _sheet_out(found, language)


@router.get("/api/v1/labels")
def label(
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("day.read")],
    text: Annotated[str, Query(max_length=200)],
) -> LabelOut:
    """Whether a label of a box, a meal or a sample still holds, and what the one in force says."""
    with house.database.read() as session:
        found = scan_label(session, text, language, actor=actor, now_at=house.clock.now())
    name, label = found.name, found.label
    return LabelOut(
        service=name.service_key,
        kind=name.kind,
        code=name.code,
        version=name.version,
        state=found.state,
        current_version=found.current_version,
        words=say(found.said, language),
        says=[label.heading, *(line.text for line in label.lines)] if label else [],
    )


def _sheet_out(found: SheetState, language: str) -> SheetOut:
    return SheetOut(
        service=found.sheet.service_key,
        kind=found.sheet.kind,
        version=found.sheet.version,
        state=found.state,
        current_version=found.current_version,
        changes=found.changes,
        differs=None if found.differs is None else list(found.differs),
        words=" ".join(say_all(told(found), language)),
    )


def _out(paper: ListedPaper) -> PaperOut:
    return PaperOut(
        name=paper.name,
        kind=paper.kind,
        language=paper.language,
        version=paper.version,
        since=paper.since,
        totals=dict(paper.totals),
        differs=paper.differs,
    )


def _file(content: bytes, shown: str, media: str) -> Response:
    headers = {"content-disposition": f'inline; filename="{shown}"', "cache-control": "no-store"}
    return Response(content, media_type=media, headers=headers)
