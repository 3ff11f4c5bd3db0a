"""Counts and times of requests, for Prometheus."""

from time import perf_counter

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter("holdchain_http_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("holdchain_http_seconds", "Seconds to the first byte of the answer.", ["route"])


class Metrics:
    """Counts every answer under its route's pattern, so that no id becomes a label."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began_s = perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                REQUESTS.labels(scope["method"], route, message["status"]).inc()
                SECONDS.labels(route).observe(perf_counter() - began_s)
            await send(message)

        await self.app(scope, receive, counted)
