"""Refusals on the wire: problem documents for programs, fragments and pages for people."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.errors import NotUnderstood, TooManyTries, WebRefusal, database_refusal, has_other_tables, problem
from api.web.render import render
from orders.errors import MealError

log = structlog.get_logger(__name__)


def refuse(request: Request, error: MealError) -> Response:
    """A refusal as its asker can read it: problem document, htmx fragment or page."""
    language = getattr(request.state, "language", request.app.state.house.settings.language)
    document = problem(error, language)
    response = _shown(request, document)
    if isinstance(error, TooManyTries):
        response.headers["retry-after"] = str(error.wait_s)
    return response


def _shown(request: Request, document: dict[str, Any]) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse(document, document["status"], media_type="application/problem+json")
    fragment = "hx-request" in request.headers
    template = "error_fragment.html" if fragment else "error.html"
    response = render(request, template, status=document["status"], problem=document)
    if fragment and document["status"] == 401:
        response.headers["hx-redirect"] = "/sign-in"
    return response


def install(app: FastAPI) -> None:
    """Makes an app answer every refusal and mishap in words."""
    app.add_exception_handler(MealError, _meal_error)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(IntegrityError, _database_error)
    app.add_exception_handler(OperationalError, _database_error)
    app.add_exception_handler(ProgrammingError, _database_error)
    app.add_exception_handler(Exception, _mishap)


async def _meal_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MealError)
    return refuse(request, error)


async def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return refuse(request, NotUnderstood(where=where, what=str(first["msg"])))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refuse(request, WebRefusal(error.status_code))


async def _database_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, IntegrityError | OperationalError | ProgrammingError)
    if isinstance(error, ProgrammingError) and not has_other_tables(error):
        return await _mishap(request, error)
    # PostgreSQL shows the refused row, names of persons included, from the second line on.
    log.warning("database refused", path=request.url.path, error=str(error.orig).partition("\n")[0])
    return refuse(request, database_refusal(error))


async def _mishap(request: Request, error: Exception) -> Response:
    log.error("mishap", path=request.url.path, method=request.method, exc_info=error)
    return refuse(request, WebRefusal(500))
