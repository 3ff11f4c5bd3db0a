"""The web application: every router of `api.endpoints` and `api.pages`, behind one gate."""

import pkgutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

import api.endpoints
import api.pages
from api.house import House
from api.paths import static_dir
from api.store.idempotency import release_unanswered
from api.web import refusals
from api.web.access import SessionGate
from api.web.headers import SecurityHeaders
from api.web.idempotency import Idempotency
from api.web.metrics import Metrics
from api.web.news import News, mark_of
from api.web.throttle import SignInThrottle
from orders.codes import Coded

LARGEST_BODY_BYTES = 32 * 1024 * 1024


def create_app(
    house: House, lacking: Callable[[], list[str]] = list, troubles: Callable[[], list[Coded]] = list
) -> FastAPI:
    """
    The application of one house.

    Parameters
    ----------
    house
        Its database, clock and settings; closed by whoever opened it.
    lacking
        Names of the parts beside the pages that should run and do not, for ``/readyz``.
    troubles
        What is not as it should be with brokers and workers, for ``/readyz`` and the operator's page.
    """
    app = FastAPI(
        title="Holdchain",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        max_body_size=LARGEST_BODY_BYTES,
    )
    app.state.house, app.state.throttle = house, SignInThrottle()
    app.state.lacking, app.state.troubles = lacking, troubles
    app.state.news = News(partial(mark_of, house.database))
    refusals.install(app)
    for router in routers():
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=static_dir()), name="static")
    app.add_middleware(Idempotency, house=house)
    app.add_middleware(SessionGate, house=house)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Metrics)
    return app


def routers() -> list[APIRouter]:
    """The ``router`` of every module of `api.endpoints` and `api.pages` that has one, by name."""
    found = []
    for package in (api.endpoints, api.pages):
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
            router = getattr(import_module(f"{package.__name__}.{module.name}"), "router", None)
            if isinstance(router, APIRouter):
                found.append(router)
    return found


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    house: House = app.state.house
    with house.database.begin() as session:
        release_unanswered(session)
    yield
