"""The oversight's look at servings: believed without network, taken back, claimed twice, brought home."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.day.proofs import proof_for
from api.day.views_review import review_of
from api.pages.shell import chosen
from api.permissions import Actor
from api.web.access import HouseHere, may
from api.web.render import render

router = APIRouter(prefix="/servings", include_in_schema=False)
Reviewer = Annotated[Actor, may("servings.review")]
Shown = Literal["", "offline", "taken_back", "second_claim", "turned_away", "drop"]


@router.get("")
def page(
    request: Request, house: HouseHere, actor: Reviewer, service: str = "", shown: Shown = ""
) -> Response:
    """What asks for a look in the servings of a service."""
    with house.database.read() as session:
        choice, wanted = chosen(session, actor, request, service)
        rows = review_of(session, wanted)
    return render(
        request, "servings.html", choice=choice, service=wanted, zone=wanted.zone, rows=rows, shown=shown
    )


@router.get("/proofs/{digest}")
def proof(house: HouseHere, actor: Annotated[Actor, may("proof.read")], digest: str) -> Response:
    """The picture that proves a hand-over."""
    with house.database.begin() as session:
        kept = proof_for(session, digest, actor=actor, now_at=house.clock.now())
    return Response(kept.body, media_type=kept.media_type, headers={"content-disposition": "inline"})
