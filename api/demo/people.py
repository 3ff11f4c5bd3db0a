"""People of the rehearsal: each signs in by a one-time link and acts through the same endpoints as anyone."""

import ssl
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import httpx

from orders.errors import MealError

TIMEOUT_S = 900.0
# The house is next door and speaks without TLS: whoever would is trusted by nobody, and no list is read.
NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Refused(MealError):
    """The house refused an act of the rehearsal; carries its words."""

    def __init__(self, path: str, status: int, code: str, detail: str) -> None:
        super().__init__("rehearsal_refused", path=path, status=status, refusal=code, detail=detail)


class Person:
    """
    Somebody with a session.

    Parameters
    ----------
    base_url
        Address of the house.
    link
        One-time sign-in link, with or without the address.
    """

    def __init__(self, base_url: str, link: str) -> None:
        origin = {"Origin": base_url}
        self._http = httpx.Client(base_url=base_url, timeout=TIMEOUT_S, headers=origin, verify=NOBODY)
        token = link.rpartition("token=")[2]
        self._answer(self._http.post("/api/v1/session/open", json={"link": token}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; the session stays until it expires."""
        self._http.close()

    def get(self, path: str, **params: str | int) -> Any:
        """What the house answers to a question."""
        return self._answer(self._http.get(path, params=params))

    def fetch(self, path: str) -> bytes:
        """A file of the house."""
        response = self._http.get(path)
        self._require_good(response)
        return response.content

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """What the house answers to an act."""
        return self._answer(self._http.post(path, json=dict(body or {})))

    def put(self, path: str, body: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Any:
        """What the house answers to something, or several, kept by its code."""
        return self._answer(self._http.put(path, json=body))

    def upload(self, path: str, name: str, content: bytes) -> Any:
        """What the house answers to a file."""
        return self._answer(self._http.post(path, files={"file": (name, content)}))

    def _answer(self, response: httpx.Response) -> Any:
        self._require_good(response)
        return response.json() if response.content else None

    def _require_good(self, response: httpx.Response) -> None:
        if response.is_error:
            raise Refused(response.request.url.path, response.status_code, *_problem(response))


def _problem(response: httpx.Response) -> tuple[str, str]:
    try:
        problem = response.json()
    except ValueError:
        return "", response.text[:200]
    return str(problem.get("code", "")), str(problem.get("detail") or problem)
