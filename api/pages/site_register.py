"""The register of sites: the bureau files and acts, inspectors inspect, the monitor reads and exports."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.house import House
from api.oversight.rules import local_day
from api.oversight.site_defaults import register_defaults
from api.oversight.sites import LOCK, act_on_site, apply_site
from api.oversight.sites_board import notice_board
from api.oversight.sites_export import SHEETS, oversight_sheets, sheet_named
from api.oversight.sites_forms import asked_of, whole_number
from api.oversight.sites_keep import Told, keep, keep_inspection
from api.oversight.sites_views import register_view, site_view
from api.oversight.siting import keep_neighbourhoods
from api.pages.shell import answer
from api.permissions import Actor
from api.reports.notice_board import Paper
from api.reports.notice_board import render as print_board
from api.reports.oversight_files import oversight_csv, oversight_xlsx
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import FieldsHere
from api.web.pinyin import initials
from api.web.render import render
from api.words import gettext
from orders.money import yuan
from orders.oversight.inspections import KINDS
from orders.oversight.life_cycle import SiteAct
from orders.oversight.site_file import SiteFile, SitePrice
from orders.oversight.site_rules import SiteRules
from orders.oversight.siting import Neighbourhood
from orders.oversight.supply import FORMS
from orders.service import MEALS

router = APIRouter(prefix="/sites", include_in_schema=False)
Reader = Annotated[Actor, may("site.read")]
Editor = Annotated[Actor, may("site.edit")]
Inspector = Annotated[Actor, may("site.inspect")]
Exporter = Annotated[Actor, may("oversight.export")]
Text = Annotated[str, Form()]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORT_DAYS = 30


@router.get("")
def sites(request: Request, house: HouseHere, actor: Reader, language: LanguageHere) -> Response:
    """Every site with its state, its papers and what is overdue; the areas against their plans."""
    with house.database.read() as session:
        day_on = local_day(session, house.clock.now())
        view = register_view(session, actor, day_on)
    return render(
        request,
        "sites.html",
        view=view,
        initials={row.file.site_id: initials(row.file.name) for row in view.rows},
        programmes=[(one, name.called(language)) for one, name in view.programmes.items()],
        from_on=(day_on - timedelta(days=EXPORT_DAYS)).isoformat(),
        sheets=[(name, gettext(f"sheet.{name}", language)) for name in SHEETS],
    )


@router.post("/apply")
def apply(house: HouseHere, actor: Editor, fields: FieldsHere) -> Response:
    """Puts a site on file that applies."""
    names = (
        "site_id",
        "programme_id",
        "name",
        "address",
        "district",
        "street",
        "operator",
        "contact",
        "phone",
    )
    told: dict[str, Any] = {name: fields.get(name, "").strip() for name in names}
    file = SiteFile(**told, village=fields.get("village", "").strip())
    with house.database.begin(lock=LOCK) as session:
        apply_site(session, file, asked_of(fields), actor=actor, now_at=house.clock.now(), ids=house.ids)
    return RedirectResponse(f"/sites/{file.site_id}", status_code=303)


@router.post("/neighbourhoods")
def neighbourhoods(
    house: HouseHere,
    actor: Editor,
    kind: Annotated[Literal["street", "village"], Form()],
    name: Text,
    district: Text,
    households: Text = "",
    centres: Annotated[int, Form(ge=0, le=10_000)] = 0,
) -> Response:
    """Keeps a street, a town or a village that sites are counted in."""
    count = whole_number("households", households.strip()) if households.strip() else None
    place = Neighbourhood(kind, name.strip(), district.strip(), count, centres)
    with house.database.begin() as session:
        keep_neighbourhoods(session, [place], actor=actor, now_at=house.clock.now())
    return RedirectResponse("/sites", status_code=303)


@router.get("/export.{kind}")
def export(
    house: HouseHere,
    actor: Exporter,
    language: LanguageHere,
    kind: Literal["xlsx", "csv"],
    from_on: date,
    to_on: date,
    sheet: str = "sites",
) -> Response:
    """The register for a spreadsheet, no person's name in it; a CSV holds one table."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        day_on = local_day(session, now_at)
        tables = oversight_sheets(session, actor, from_on, to_on, day_on=day_on, now_at=now_at)
    name = f"oversight-{from_on}-{to_on}" if kind == "xlsx" else f"{sheet}-{from_on}-{to_on}"
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    if kind == "xlsx":
        return Response(oversight_xlsx(tables, language), media_type=XLSX, headers=headers)
    file = oversight_csv(sheet_named(tables, sheet), language)
    return Response(file, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{site_id}")
def site(request: Request, house: HouseHere, actor: Reader, language: LanguageHere, site_id: str) -> Response:
    """One site whole."""
    with house.database.read() as session:
        facts = _facts(session, actor, site_id, local_day(session, house.clock.now()), language)
    return render(request, "site_file.html", **facts)


@router.get("/{site_id}/board.pdf")
def board(
    house: HouseHere, actor: Reader, language: LanguageHere, site_id: str, paper: Paper = "A3"
) -> Response:
    """What hangs on the site's wall, ready to print."""
    with house.database.read() as session:
        facts = notice_board(session, actor, site_id, house.clock.now())
    printed = print_board(facts, language, paper)
    headers = {
        "content-disposition": f'inline; filename="notice-board-{paper}.pdf"',
        "cache-control": "no-store",
    }
    return Response(printed.pdf, media_type="application/pdf", headers=headers)


@router.post("/{site_id}/acts/{act}")
def act(
    request: Request,
    house: HouseHere,
    actor: Editor,
    language: LanguageHere,
    site_id: str,
    act: SiteAct,
    fields: FieldsHere,
) -> Response:
    """Does the next thing on a site."""
    now_at = house.clock.now()
    with house.database.begin(lock=LOCK) as session:
        act_on_site(session, site_id, act, asked_of(fields), actor=actor, now_at=now_at, ids=house.ids)
        facts = _facts(session, actor, site_id, local_day(session, now_at), language)
    return answer(request, f"/sites/{site_id}", "site_file_live.html", "It is done.", **facts)


@router.post("/{site_id}/keep/{what}")
def kept(
    request: Request,
    house: HouseHere,
    actor: Editor,
    language: LanguageHere,
    site_id: str,
    what: str,
    fields: FieldsHere,
) -> Response:
    """Keeps what one of the bureau's forms says."""
    return _keep(keep, request, house, actor, language, site_id, what, fields)


@router.post("/{site_id}/inspect/{what}")
def inspected(
    request: Request,
    house: HouseHere,
    actor: Inspector,
    language: LanguageHere,
    site_id: str,
    what: str,
    fields: FieldsHere,
) -> Response:
    """Keeps what one of an inspector's forms says."""
    return _keep(keep_inspection, request, house, actor, language, site_id, what, fields)


def _keep(
    keeps: Callable[[str, Told], None],
    request: Request,
    house: House,
    actor: Actor,
    language: str,
    site_id: str,
    what: str,
    fields: Mapping[str, str],
) -> Response:
    now_at = house.clock.now()
    with house.database.begin() as session:
        keeps(what, Told(session, site_id, fields, actor, now_at, house.ids))
        facts = _facts(session, actor, site_id, local_day(session, now_at), language)
    return answer(request, f"/sites/{site_id}", "site_file_live.html", "It is kept.", **facts)


def _facts(session: Session, actor: Actor, site_id: str, day_on: date, language: str) -> dict[str, Any]:
    """What the page of a site shows, and the choices of its forms."""
    view = site_view(session, actor, site_id, day_on)
    rules = view.ruled.rules if view.ruled else SiteRules()
    words = register_defaults(session).equipment
    nothing = ("", "–")
    answers = [nothing, ("yes", gettext("Yes", language)), ("no", gettext("No", language))]
    return {
        "view": view,
        "equipment": {f"equipment:{name}": named for name, named in words.items()},
        "neighbourhoods": [nothing, *_terms("neighbourhood", [one.kind for one in rules.siting], language)],
        "zones": [nothing, *_terms("zone", [one.zone for one in rules.circles], language)],
        "yes_no": answers,
        "licences_wanted": [word for _, word in _terms("plan_word", view.licences_wanted, language)],
        "meals": _terms("meal", MEALS, language),
        "forms": _terms("form", rules.modes or FORMS, language),
        "inspection_kinds": _terms("inspection", KINDS, language),
        "timetable": "\n".join(
            f"{one.weekday} {one.opens:%H:%M} {one.closes:%H:%M} {one.place}" for one in view.stops
        ),
        "price_list": "\n".join(_price_line(one) for one in view.prices),
    }


def _terms(kind: str, values: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Choices with their words; a plan's own word without one stands as it is."""
    return [(one, gettext(f"{kind}.{one}", language).removeprefix(f"{kind}.")) for one in values]


def _price_line(price: SitePrice) -> str:
    parts = [price.name, yuan(price.price_fen)]
    if price.elderly_fen is not None:
        parts.append(yuan(price.elderly_fen))
    return ", ".join(parts)
