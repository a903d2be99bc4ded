"""What holds for every exchange before and after the routes: HEAD, requests that can be read, and safe headers."""

import re
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.chunks import HEAD_ONLY
from app.content import Content
from app.failures import internal_error, problem_answer
from app.headers import made_safe
from app.problems import InvalidRequest, MalformedRequest, NotFound, Problem, UriTooLong

REFUSED = "telcon.refused"
"""Where the server's protocol leaves the problem of a request that it could not read, to be answered here."""

LONGEST_TARGET = 8_000
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ENCODED_SLASH = re.compile(rb"%2f", re.IGNORECASE)
# uri-host, and maybe a port (RFC 9110, 7.2), but for the comma, with which two headers are joined to one.
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z\-._~!$&'()*+;=%]+)(?::[0-9]*)?")


class Surface:
    """An ASGI application around the application."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer HEAD like GET without the body, refuse what would be misread, and tell faults of ours as a problem."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        content: Content | None = None
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = made_safe(message["headers"])
                if content is None or content.unread:
                    # What is still to come must not be taken for the next request, nor is a sender to be trusted
                    # whose requests can be read in two ways (RFC 9112, 9.3 and 11.2).
                    message["headers"].append((b"connection", b"close"))
            elif head:
                message["body"] = b""
            await send(message)

        try:
            if REFUSED in scope:
                raise scope[REFUSED]
            _check_host(scope)
            content = Content(scope, receive)
            _check_target(scope)
            content.check()
        except Problem as problem:
            await problem_answer(scope, problem)(scope, receive, answer)
            return
        try:
            await self.app({**scope, "method": "GET", HEAD_ONLY: True} if head else scope, content.take, answer)
        except Exception:
            if not started:
                await problem_answer(scope, internal_error())(scope, receive, answer)
            # Onward to the log.
            raise


def _check_host(scope: Scope) -> None:
    """Raise MalformedRequest unless one host is named, in a form that one has."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    # HTTP/1.0 knew no Host; from 1.1 on there is exactly one (RFC 9112, 3.2).
    if len(hosts) > 1 or (not hosts and scope["http_version"] != "1.0") or not all(map(_HOST.fullmatch, hosts)):
        message = "The request must name its host, and once."
        raise MalformedRequest(message)


def _check_target(scope: Scope) -> None:
    """Raise the problem of an address that would be misread."""
    path, query = scope.get("raw_path") or b"", scope["query_string"]
    if len(path) + len(query) > LONGEST_TARGET:
        message = f"The address is longer than {LONGEST_TARGET} bytes."
        raise UriTooLong(message)
    for name, part in (("path", path), ("query", query)):
        if _BROKEN_ESCAPE.search(part):
            message = f"The {name} has a % that no two hexadecimal digits follow."
            raise MalformedRequest(message)
        try:
            text = unquote_to_bytes(part).decode()
        except UnicodeDecodeError:
            message = f"The {name} is not UTF-8."
            raise MalformedRequest(message) from None
        if "\x00" in text:
            raise InvalidRequest.parameter(name, "must not hold a NUL character")
    if _ENCODED_SLASH.search(path):
        # It is part of a name, and no name here has one; the framework would take it for a step.
        message = "There is nothing at this address."
        raise NotFound(message)
