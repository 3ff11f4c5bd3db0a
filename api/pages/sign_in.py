"""The sign-in page, signing out, and the choice of language."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.endpoints.session import LONGEST_PASSWORD, SignIn, set_session_cookie, sign_in
from api.security import digest
from api.store.users import end_session, set_language
from api.web.access import COOKIE, LANGUAGE_COOKIE, HouseHere, UserHere
from api.web.render import render
from api.words import LANGUAGES
from orders.errors import BadInput

router = APIRouter(include_in_schema=False)
YEAR_S = 365 * 24 * 3600


@router.get("/sign-in")
def sign_in_page(request: Request, token: str = "", next: str = "/") -> Response:
    """The form; a one-time link only fills it in, since previews of links open them too."""
    return render(request, "sign_in.html", token=token, next=local_path(next))


@router.post("/sign-in")
def sign_in_here(
    request: Request,
    house: HouseHere,
    token: Annotated[str, Form()] = "",
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form(max_length=LONGEST_PASSWORD)] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Opens a session and goes on to where the person wanted to go."""
    asked = SignIn(link=token or None, login=login or None, password=password or None)
    session_token, _ = sign_in(request, house, asked)
    response = RedirectResponse(local_path(next), status_code=303)
    set_session_cookie(house, response, session_token)
    return response


@router.post("/sign-out")
def sign_out(request: Request, house: HouseHere, _: UserHere) -> Response:
    """Ends the session."""
    with house.database.begin() as session:
        end_session(session, digest(request.state.token), house.clock.now())
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE)
    return response


@router.post("/language")
def choose_language(
    request: Request, house: HouseHere, language: Annotated[str, Form()], next: Annotated[str, Form()] = "/"
) -> Response:
    """Remembers the language, for the user and on this device."""
    if language not in LANGUAGES:
        raise BadInput("language_unknown", language=language)
    if request.state.user is not None:
        with house.database.begin() as session:
            set_language(session, request.state.user.actor.user_id, language)
    response = RedirectResponse(local_path(next), status_code=303)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_S, samesite="strict")
    return response


def local_path(path: str) -> str:
    """The path if it stays in this house, else the start page."""
    inside = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if inside and path.isprintable() else "/"
