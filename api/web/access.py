"""Who is asking: every request needs a session except the few paths named here."""

from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from anyio.to_thread import run_sync
from fastapi import Depends, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import NotSignedIn
from api.house import House
from api.permissions import Actor, ensure
from api.security import digest
from api.store.users import User, user_of_session
from api.web.refusals import refuse
from api.words import LANGUAGES, best_language
from orders.errors import Forbidden

COOKIE = "holdchain_session"
LANGUAGE_COOKIE = "holdchain_language"
PUBLIC_PATHS = frozenset(
    {"/sign-in", "/healthz", "/readyz", "/metrics", "/language", "/survey", "/apply", "/api/v1/session/open"}
)
PUBLIC_FOLDER = "/static/"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SessionGate:
    """Finds out who is asking, turns strangers away and refuses acts that another site asked for."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self.app = app
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith(PUBLIC_FOLDER):
            await self.app(scope, receive, send)
            return
        token = token_of(HTTPConnection(scope))
        user = await run_sync(self._user, token) if token else None
        state = scope.setdefault("state", {})
        state["user"], state["token"] = user, token
        state["language"] = _language(HTTPConnection(scope), user, self.house.settings.language)
        refusal = _refusal(Request(scope), user)
        await (refusal or self.app)(scope, receive, send)

    def _user(self, token: str) -> User | None:
        with self.house.database.read() as session:
            return user_of_session(session, digest(token), self.house.clock.now())


def token_of(connection: HTTPConnection) -> str | None:
    """The session's token: of the ``Authorization: Bearer`` header, else of the cookie."""
    scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()
    return connection.cookies.get(COOKIE)


def from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that another site made it send this request."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc != headers.get("host")
    return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def house_of(request: Request) -> House:
    """The house that serves this request."""
    house: House = request.app.state.house
    return house


def language_of(request: Request) -> str:
    """The asking person's language."""
    language: str = request.state.language
    return language


def user_of(request: Request) -> User:
    """The asking user."""
    user: User | None = request.state.user
    if user is None:
        raise NotSignedIn()
    return user


class May:
    """Dependency that gives the `Actor` when the role allows the act, and refuses otherwise."""

    def __init__(self, act: str) -> None:
        self.act = act

    def __call__(self, request: Request) -> Actor:
        actor = user_of(request).actor
        ensure(actor, self.act)
        return actor


def may(act: str) -> Any:
    """For a parameter: ``actor: Annotated[Actor, may("day.close")]``; the act is a key of `ACTS`."""
    return Depends(May(act))


HouseHere = Annotated[House, Depends(house_of)]
LanguageHere = Annotated[str, Depends(language_of)]
UserHere = Annotated[User, Depends(user_of)]


def _language(connection: HTTPConnection, user: User | None, default: str) -> str:
    chosen = (user.language if user else None) or connection.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return best_language(connection.headers.get("accept-language", ""), default)


def _refusal(request: Request, user: User | None) -> Response | None:
    path = request.url.path
    if request.method not in SAFE_METHODS and from_elsewhere(request.headers):
        return refuse(request, Forbidden("asked_from_elsewhere"))
    if user is not None or path in PUBLIC_PATHS:
        return None
    wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if wants_page and not path.startswith("/api/") and "hx-request" not in request.headers:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/sign-in?next={quote(path + query)}", status_code=303)
    response = refuse(request, NotSignedIn())
    MutableHeaders(raw=response.raw_headers)["www-authenticate"] = "Bearer"
    return response
