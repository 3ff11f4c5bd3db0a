"""The same ``Idempotency-Key`` of the same user gets the same answer, and the act is done once."""

import hashlib
import re
from dataclasses import dataclass

from anyio.to_thread import run_sync
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.house import House
from api.store.idempotency import Answer, claim, keep_answer, load_claim, release
from api.web.refusals import refuse
from orders.errors import BadInput, Conflict, MealError

HEADER = "idempotency-key"
LONGEST_KEY = 200
ANSWERED_AGAIN = "idempotency-replayed"
SHOWN_ONCE = re.compile(
    r"/api/v1/(session/open|devices/secrets|users/[^/]+/link)|/people/[^/]+/family/[^/]+/link"
)


class Idempotency:
    """
    Answers a repeated request from its kept answer.

    Only answers that succeeded are kept: a refused act changed nothing, so it may be sent again. What shows a
    secret is never kept, so there a key is passed over: asked again, it makes a new one. A key whose request
    a crash cut short is free again after a restart; the use cases' own unique keys then keep the act from
    being done twice.
    """

    def __init__(self, app: ASGIApp, house: House) -> None:
        self.app = app
        self.house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        key, user = request.headers.get(HEADER), request.state.user if "state" in scope else None
        if key is None or user is None or SHOWN_ONCE.fullmatch(request.url.path):
            await self.app(scope, receive, send)
            return
        body = await request.body()
        asked = _Asked(user.actor.user_id, key, _fingerprint(request, body))
        earlier = await run_sync(self._earlier, asked)
        if earlier is not None:
            response = refuse(request, earlier) if isinstance(earlier, MealError) else _again(earlier)
            await response(scope, receive, send)
            return
        await self._answer(scope, body, send, asked)

    async def _answer(self, scope: Scope, body: bytes, send: Send, asked: "_Asked") -> None:
        taped = _Tape()
        sent = False

        async def replay() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def tape(message: Message) -> None:
            taped.note(message)
            if taped.complete:
                await run_sync(self._settle, asked, taped.answer())
            await send(message)

        try:
            await self.app(scope, replay, tape)
        finally:
            if not taped.complete:
                await run_sync(self._settle, asked, None)

    def _earlier(self, asked: "_Asked") -> Answer | MealError | None:
        if len(asked.key) > LONGEST_KEY:
            return BadInput("idempotency_key_too_long", longest=LONGEST_KEY)
        try:
            with self.house.database.begin() as session:
                claim(session, asked.user_id, asked.key, asked.fingerprint, self.house.clock.now())
            return None
        except IntegrityError:
            with self.house.database.read() as session:
                held = load_claim(session, asked.user_id, asked.key)
        if held is not None and held[0] != asked.fingerprint:
            return BadInput("idempotency_key_reused", key=asked.key)
        if held is None or held[1] is None:
            return Conflict("request_under_way", key=asked.key)
        return held[1]

    def _settle(self, asked: "_Asked", answer: Answer | None) -> None:
        with self.house.database.begin() as session:
            if answer is None or answer.status >= 400:
                release(session, asked.user_id, asked.key)
            else:
                keep_answer(session, asked.user_id, asked.key, answer)


@dataclass(frozen=True, slots=True)
class _Asked:
    user_id: str
    key: str
    fingerprint: str


class _Tape:
    """Records an answer while it is sent."""

    def __init__(self) -> None:
        self.status = 0
        self.media_type = ""
        self.parts: list[bytes] = []
        self.complete = False

    def note(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = dict(message.get("headers", []))
            self.media_type = headers.get(b"content-type", b"").decode("latin-1")
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))
            self.complete = not message.get("more_body", False)

    def answer(self) -> Answer:
        return Answer(self.status, self.media_type, b"".join(self.parts))


def _again(answer: Answer) -> Response:
    headers = {ANSWERED_AGAIN: "true"}
    if answer.media_type:
        headers["content-type"] = answer.media_type
    return Response(answer.body, answer.status, headers)


def _fingerprint(request: Request, body: bytes) -> str:
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(asked + body).hexdigest()
