"""What the pages of a service share: which one is shown, and answering an act with the live part."""

from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from api.day.views import Choice, choose
from api.permissions import Actor
from api.web.render import render
from orders.errors import NotFound
from orders.service import Service


def chosen(session: Session, actor: Actor, request: Request, wanted: str) -> tuple[Choice, Service]:
    """
    The service that a page shows.

    Raises
    ------
    NotFound
        When the house has no kitchen or no closed service yet.
    """
    choice = choose(session, actor, request.app.state.house.clock.now(), wanted)
    if choice is None or choice.service is None:
        raise NotFound("service", wanted or "-")
    return choice, choice.service


def shown_service(request: Request, actor: Actor, wanted: str) -> Service:
    """The service that a page shows, before its act begins a transaction; see `chosen`."""
    with request.app.state.house.database.read() as session:
        return chosen(session, actor, request, wanted)[1]


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of a page."""
    return "hx-request" in request.headers


def answer(request: Request, page: str, template: str, done: str, **facts: Any) -> Response:
    """
    What an act on a page is answered with: the live part, else, without scripts, the page again.

    Parameters
    ----------
    request
        The act.
    page
        Address of the whole page.
    template
        Of the live part.
    done
        What is told to the person, a message id.
    **facts
        What the live part shows.
    """
    if is_fragment(request):
        return render(request, template, done=done, **facts)
    return RedirectResponse(page, status_code=303)
