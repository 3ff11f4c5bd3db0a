"""Whether the house lives and is ready, for supervisors; metrics for this machine alone."""

from ipaddress import ip_address

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from api.db import newest_migration
from api.web.access import HouseHere
from api.words import said_document
from orders.errors import Forbidden

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(request: Request, house: HouseHere) -> JSONResponse:
    """
    The database answers, its tables are up to date, broker and workers run; 503 otherwise.

    ``troubles`` names what needs somebody all the same: another broker that is not connected keeps no page
    from being served.
    """
    try:
        current = house.database.revision()
    except SQLAlchemyError:
        return JSONResponse({"status": "no database"}, 503)
    if current != newest_migration():
        return JSONResponse({"status": "old tables"}, 503)
    troubles = [said_document(one, "en") for one in request.app.state.troubles()]
    if lacking := request.app.state.lacking():
        return JSONResponse({"status": "not running", "lacking": lacking, "troubles": troubles}, 503)
    return JSONResponse({"status": "ready", "migration": current, "troubles": troubles})


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Prometheus metrics, to a client on this machine only."""
    if not is_loopback(request.client.host if request.client else ""):
        raise Forbidden("only_this_machine")
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
