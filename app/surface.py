"""What holds for every exchange before and after the routes: HEAD, addresses that can be read, and safe headers."""

import re
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.problems import (
    PROBLEM_JSON,
    InvalidRequest,
    MalformedRequest,
    Problem,
    UriTooLong,
)

LONGEST_TARGET = 8_000
_SHOWN_OF_PATH = 200
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_SAFE_HEADERS = [(b"x-content-type-options", b"nosniff")]


class Surface:
    """An ASGI application around the application."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer HEAD like GET without the body, and refuse addresses that would be misread."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_SAFE_HEADERS]
            elif head:
                message["body"] = b""
            await send(message)

        problem = _unreadable(scope)
        if problem is not None:
            await _refuse(problem, (scope.get("raw_path") or b"/")[:_SHOWN_OF_PATH].decode("ascii", "replace"), answer)
            return
        await self.app({**scope, "method": "GET"} if head else scope, receive, answer)


def _unreadable(scope: Scope) -> Problem | None:
    path, query = scope.get("raw_path") or b"", scope["query_string"]
    if sum(name == b"host" for name, _ in scope["headers"]) != 1:
        return MalformedRequest("The request must name its host once.")
    if len(path) + len(query) > LONGEST_TARGET:
        return UriTooLong(f"The address is longer than {LONGEST_TARGET} bytes.")
    for name, part in (("path", path), ("query", query)):
        if _BROKEN_ESCAPE.search(part):
            return MalformedRequest(f"The {name} has a % that no two hexadecimal digits follow.")
        try:
            text = unquote_to_bytes(part).decode()
        except UnicodeDecodeError:
            return MalformedRequest(f"The {name} is not UTF-8.")
        if "\x00" in text:
            return InvalidRequest.parameter(name, "must not hold a NUL character")
    return None


async def _refuse(problem: Problem, instance: str, send: Send) -> None:
    body = problem.document(instance)
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"access-control-allow-origin", b"*"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
