"""The start page sends everybody to their own."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.web.access import UserHere
from api.web.tabs import FIRST

router = APIRouter(include_in_schema=False)


@router.get("/")
def start(user: UserHere) -> Response:
    """The first page of the person's role."""
    return RedirectResponse(FIRST.get(user.actor.role, "/design"), status_code=303)
