"""The page that shows every component in its states."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.web.access import UserHere
from api.web.render import render

router = APIRouter(include_in_schema=False)


@router.get("/design")
def design(request: Request, _: UserHere) -> Response:
    """Every component, for those who build pages."""
    return render(request, "design.html")
