"""The papers of a published service, as PDF files."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from api.day.papers import PrintedPaper, print_paper, print_papers
from api.endpoints.day import Said, ServiceHere, said
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may

router = APIRouter(prefix="/api/v1/services/{kitchen_id}/{service_on}/{meal}/papers", tags=["day"])
Printer = Annotated[Actor, may("trip.read")]


class PaperOut(BaseModel):
    """One paper: its file, pages, what stands at its foot, and what is wrong with it."""

    name: str
    kind: str
    language: str
    pages: int
    bytes: int
    totals: dict[str, int]
    findings: list[Said]


@router.get("")
def papers(service: ServiceHere, house: HouseHere, language: LanguageHere, actor: Printer) -> list[PaperOut]:
    """The papers that the asking person may print; a driver has the own van's route sheets."""
    printed = print_papers(house.database, service, actor=actor, now_at=house.clock.now())
    return [_out(paper, language) for paper in printed]


@router.get("/{name}", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
def paper(name: str, service: ServiceHere, house: HouseHere, actor: Printer) -> Response:
    """One paper by name, as the list gives it: production-sheet.zh_CN.pdf."""
    printed = print_paper(house.database, service, name, actor=actor, now_at=house.clock.now())
    shown = f"{service.key.replace('/', '-')}-{printed.name}"
    headers = {"content-disposition": f'inline; filename="{shown}"', "cache-control": "no-store"}
    return Response(printed.pdf, media_type="application/pdf", headers=headers)


def _out(paper: PrintedPaper, language: str) -> PaperOut:
    return PaperOut(
        name=paper.name,
        kind=paper.kind,
        language=paper.language,
        pages=paper.pages,
        bytes=len(paper.pdf),
        totals=dict(paper.totals),
        findings=said(paper.findings, language),
    )
