"""The API's own documentation: every endpoint as a plain list, from the OpenAPI document."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.permissions import Actor
from api.web.access import may
from api.web.render import render

router = APIRouter(include_in_schema=False)


@router.get("/api-docs")
def api_docs(request: Request, _: Annotated[Actor, may("self")]) -> Response:
    """Every endpoint with its parameters, by path."""
    document = request.app.openapi()
    endpoints = [
        endpoint(path, method, operation)
        for path, methods in sorted(document["paths"].items())
        for method, operation in methods.items()
    ]
    return render(request, "api_docs.html", endpoints=endpoints, address=request.app.openapi_url)


def endpoint(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """One endpoint as the page shows it."""
    body = operation.get("requestBody", {}).get("content", {})
    schemas = [one.get("schema", {}).get("$ref", "").rpartition("/")[2] for one in body.values()]
    return {
        "method": method.upper(),
        "path": path,
        "words": operation.get("description") or operation.get("summary", ""),
        "parameters": [one["name"] for one in operation.get("parameters", [])],
        "body": ", ".join(name for name in schemas if name),
    }
