"""The register of sites for programs: sites, acts, papers, checks, the notice board, the export."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.oversight.rules import local_day
from api.oversight.sites import LOCK, Asked, act_on_site, apply_site
from api.oversight.sites_board import notice_board
from api.oversight.sites_documents import (
    act_document,
    checks_document,
    register_document,
    site_document,
)
from api.oversight.sites_export import oversight_sheets, sheet_named
from api.oversight.sites_forms import measures_of
from api.oversight.sites_keep import Told, keep, keep_inspection
from api.oversight.sites_views import register_view, site_view
from api.oversight.siting import checked_area, checked_site, keep_neighbourhoods
from api.permissions import Actor, ensure
from api.reports.notice_board import Paper, render
from api.reports.oversight_files import oversight_csv, oversight_xlsx
from api.web.access import HouseHere, LanguageHere, may
from orders.oversight.life_cycle import Document, Grounds, SiteAct
from orders.oversight.site_file import SiteFile
from orders.oversight.siting import Neighbourhood

router = APIRouter(prefix="/api/v1/site-register", tags=["oversight"])
Reader = Annotated[Actor, may("site.read")]
Editor = Annotated[Actor, may("site.edit")]
Inspector = Annotated[Actor, may("site.inspect")]
Exporter = Annotated[Actor, may("oversight.export")]
Line = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Fields = dict[str, Annotated[str, Field(max_length=5000, pattern=r"^[^\x00]*$")]]
PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class DocumentIn(BaseModel):
    """A paper that an act rests on."""

    kind: Line
    ref: Line
    dated_on: date


class ActIn(BaseModel):
    """Who does something on a site, when, and with which papers."""

    by: Line
    happened_on: date
    effect_on: date | None = None
    until_on: date | None = None
    grounds: Grounds = "planned"
    reason: Line = ""
    contact: Line = ""
    address: Line = ""
    documents: list[DocumentIn] = []
    answers: Fields = {}

    def asked(self) -> Asked:
        """The act as the use case takes it."""
        papers = tuple(Document(one.kind, one.ref, one.dated_on) for one in self.documents)
        told = {name: getattr(self, name) for name in self.__class__.model_fields if name != "documents"}
        return Asked(documents=papers, **told)


class SiteIn(BaseModel):
    """A site that applies; its measures may come later."""

    site_id: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
    programme_id: Line
    name: Line
    address: Line
    district: Line
    street: Line = ""
    village: Line = ""
    operator: Line
    contact: Line
    phone: Line
    measures: Fields = {}


class ApplyIn(BaseModel):
    """A site and who takes its application."""

    site: SiteIn
    act: ActIn


class NeighbourhoodIn(BaseModel):
    """A street, town or village that sites are counted in."""

    kind: Literal["street", "village"]
    name: Line
    district: Line
    households: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    centres: Annotated[int, Field(ge=0, le=10_000)] = 0


@router.get("")
def sites(house: HouseHere, actor: Reader) -> dict[str, Any]:
    """Every site with its state, its papers that are over or nearly so, and what is overdue."""
    with house.database.read() as session:
        return register_document(register_view(session, actor, local_day(session, house.clock.now())))


@router.post("", status_code=201)
def apply(asked: ApplyIn, house: HouseHere, actor: Editor) -> dict[str, Any]:
    """Puts a site on file that applies."""
    told = asked.site.model_dump(exclude={"measures"})
    file = SiteFile(**told, measures=measures_of(asked.site.measures))
    now_at = house.clock.now()
    with house.database.begin(lock=LOCK) as session:
        standing = apply_site(session, file, asked.act.asked(), actor=actor, now_at=now_at, ids=house.ids)
    return act_document(file.site_id, "apply", standing)


@router.get("/areas/{programme_id}")
def area(house: HouseHere, actor: Reader, language: LanguageHere, programme_id: str) -> dict[str, Any]:
    """A programme's area against its rules: quota, streets, villages, towns."""
    ensure(actor, "site.read")
    with house.database.read() as session:
        day_on = local_day(session, house.clock.now())
        return checks_document(checked_area(session, programme_id, day_on), language)


@router.put("/neighbourhoods", status_code=204)
def neighbourhoods(places: list[NeighbourhoodIn], house: HouseHere, actor: Editor) -> None:
    """Keeps streets, towns and villages, new or changed."""
    found = [Neighbourhood(**one.model_dump()) for one in places]
    with house.database.begin() as session:
        keep_neighbourhoods(session, found, actor=actor, now_at=house.clock.now())


@router.get("/export.{kind}", response_class=Response)
def export(
    house: HouseHere,
    actor: Exporter,
    language: LanguageHere,
    kind: Literal["xlsx", "csv"],
    from_on: date,
    to_on: date,
    sheet: Annotated[str, Query(max_length=40)] = "sites",
) -> Response:
    """The tables of some days, no person's name in them; a CSV holds one."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        day_on = local_day(session, now_at)
        tables = oversight_sheets(session, actor, from_on, to_on, day_on=day_on, now_at=now_at)
    if kind == "xlsx":
        return Response(oversight_xlsx(tables, language), media_type=XLSX)
    return Response(oversight_csv(sheet_named(tables, sheet), language), media_type="text/csv; charset=utf-8")


@router.get("/{site_id}")
def site(house: HouseHere, actor: Reader, language: LanguageHere, site_id: str) -> dict[str, Any]:
    """One site whole, without the names of its staff."""
    with house.database.read() as session:
        view = site_view(session, actor, site_id, local_day(session, house.clock.now()))
        return site_document(view, language)


@router.get("/{site_id}/checks")
def checks(house: HouseHere, actor: Reader, language: LanguageHere, site_id: str) -> dict[str, Any]:
    """A site's measures against its programme."""
    ensure(actor, "site.read", site_id=site_id)
    with house.database.read() as session:
        day_on = local_day(session, house.clock.now())
        return checks_document(checked_site(session, site_id, day_on), language)


@router.get(
    "/{site_id}/board", response_class=Response, responses={200: {"content": {"application/pdf": {}}}}
)
def board(
    house: HouseHere, actor: Reader, language: LanguageHere, site_id: str, paper: Paper = "A3"
) -> Response:
    """What hangs on the site's wall, as PDF."""
    with house.database.read() as session:
        facts = notice_board(session, actor, site_id, house.clock.now())
    return Response(render(facts, language, paper).pdf, media_type="application/pdf")


@router.post("/{site_id}/acts/{act}")
def act(house: HouseHere, actor: Editor, site_id: str, act: SiteAct, asked: ActIn) -> dict[str, Any]:
    """Does the next thing on a site, or names everything that it lacks."""
    with house.database.begin(lock=LOCK) as session:
        standing = act_on_site(
            session, site_id, act, asked.asked(), actor=actor, now_at=house.clock.now(), ids=house.ids
        )
    return act_document(site_id, act, standing)


@router.post("/{site_id}/keep/{what}", status_code=204)
def kept(house: HouseHere, actor: Editor, site_id: str, what: str, fields: Fields) -> None:
    """Keeps what one of the bureau's forms says; docs/sites.md lists forms and fields."""
    with house.database.begin() as session:
        keep(what, Told(session, site_id, fields, actor, house.clock.now(), house.ids))


@router.post("/{site_id}/inspect/{what}", status_code=204)
def inspected(house: HouseHere, actor: Inspector, site_id: str, what: str, fields: Fields) -> None:
    """Keeps what one of an inspector's forms says; docs/sites.md lists forms and fields."""
    with house.database.begin() as session:
        keep_inspection(what, Told(session, site_id, fields, actor, house.clock.now(), house.ids))
