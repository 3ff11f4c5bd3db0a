"""The volunteer's page: meals to take along, those on the way, and the word from each door with its proof."""

import binascii
from base64 import b64decode
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import Response
from sqlmodel import Session

from api.day.deliver import Told, report_drop, take_along
from api.day.hand_over import refusals_kept
from api.day.serve import Answer
from api.day.stop_boxes import lines_on_hold
from api.day.table import Desk
from api.day.views_drops import drops_view
from api.pages.shell import answer, chosen
from api.permissions import Actor, ensure
from api.register.secret import people_keys
from api.web.access import HouseHere, LanguageHere, may
from api.web.render import render
from api.words import gettext, say
from orders.drops import LARGEST_PROOF_BYTES
from orders.errors import BadInput, NotFound

router = APIRouter(prefix="/drops", include_in_schema=False)
Reader = Annotated[Actor, may("drops.read")]
Carrier = Annotated[Actor, may("drop.deliver")]
OLDEST_S = 36 * 3600
PNG_URL = "data:image/png;base64,"
DONE = {
    "handed_over": "It is handed over.",
    "nobody_home": "Nobody was home: it is noted.",
    "refused": "It was not wanted: it is noted.",
    "brought_back": "It came back: it is noted.",
}


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, service: str = "", site: str = "") -> Response:
    """The site's meals that go to a door."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service, site)
    return render(request, "drops.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader, service: str = "", site: str = "") -> Response:
    """The part of the page that changes by itself."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service, site)
    return render(request, "drops_live.html", done="", **facts)


@router.post("/take")
def take(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Carrier,
    order: Annotated[list[str], Form()],
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """The carrier takes meals along."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        shown = chosen(session, actor, request, service)[1]
        site_id = _site(actor, site)
        answers = take_along(session, Desk(shown, site_id, actor, now_at, house.ids), order)
    refused = [say(one.refused, language) for one in answers if one.refused]
    done = " ".join(refused) or gettext("Taken along. Eat-by times are on each meal.", language)
    return _done(request, house, actor, service, site, done)


@router.post("/{order_code}/told")
def told(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Carrier,
    order_code: str,
    outcome: Annotated[Literal["handed_over", "nobody_home", "refused", "brought_back"], Form()],
    signature: Annotated[str, Form(max_length=1_000_000)] = "",
    photo: UploadFile | None = None,
    word: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=300)] = "",
    age_s: Annotated[int, Form(ge=0, le=OLDEST_S)] = 0,
    service: Annotated[str, Form()] = "",
    site: Annotated[str, Form()] = "",
) -> Response:
    """The carrier's word from a door."""
    now_at = house.clock.now()
    said = Told(order_code, outcome, drawn(signature), taken(photo), word, reason)
    said, key = aged(said, age_s, now_at), people_keys(house.settings.data).word

    def work(session: Session) -> Answer:
        shown = chosen(session, actor, request, service)[1]
        return report_drop(session, Desk(shown, _site(actor, site), actor, now_at, house.ids), said, key)

    given = refusals_kept(house.database, work, actor=actor, now_at=now_at)
    done = say(given.refused, language) if given.refused else gettext(DONE[outcome], language)
    return _done(request, house, actor, service, site, done)


def aged(said: Told, age_s: int, now_at: datetime) -> Told:
    """A word that a phone without network kept for some seconds; of this moment, it is as it was."""
    return replace(said, happened_at=now_at - timedelta(seconds=age_s), offline=True) if age_s else said


def drawn(signature: str) -> bytes:
    """
    The picture that a drawn signature was sent as, empty for none.

    Raises
    ------
    BadInput
        When it is no PNG in base 64.
    """
    if not signature:
        return b""
    try:
        return b64decode(signature.removeprefix(PNG_URL), validate=True)
    except binascii.Error as error:
        raise BadInput("proof_no_picture", order="") from error


def taken(photo: UploadFile | None) -> bytes:
    """The bytes of a photo, empty for none; one byte too many is enough to refuse it."""
    return photo.file.read(LARGEST_PROOF_BYTES + 1) if photo is not None and photo.filename else b""


def _site(actor: Actor, site: str) -> str:
    if not (actor.site_id or site):
        raise NotFound("site", site)
    return actor.site_id or site


def _facts(session: Session, request: Request, actor: Actor, wanted: str, site: str) -> dict[str, Any]:
    choice, service = chosen(session, actor, request, wanted)
    ensure(actor, "drops.read", site_id=site or None)
    now_at = request.app.state.house.clock.now()
    view = drops_view(session, service, actor.site_id or site or None, actor.user_id, now_at)
    on_hold = lines_on_hold(session, service)
    return {"choice": choice, "service": service, "zone": service.zone, "view": view, "on_hold": on_hold}


def _done(request: Request, house: HouseHere, actor: Actor, wanted: str, site: str, done: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, request, actor, wanted, site)
    return answer(request, f"/drops?service={wanted}&site={site}", "drops_live.html", done, **facts)
