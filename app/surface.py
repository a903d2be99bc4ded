"""What holds for every exchange before and after the routes: HEAD, requests that can be read, and safe headers."""

import re
from collections.abc import Awaitable, Callable
from time import monotonic
from urllib.parse import unquote_to_bytes

import asyncpg
from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.authorisation import authorise, is_open
from app.chunks import HEAD_ONLY
from app.content import Content
from app.direct import Direct
from app.failures import failure, fault, problem_answer
from app.headers import made_safe
from app.methods import methods_at
from app.origins import Origins
from app.problems import (
    InvalidRequest,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    Problem,
    UnsupportedMediaType,
    UriTooLong,
)

REFUSED = "telcon.refused"
"""Where the server's protocol leaves the problem of a request that it could not read, to be answered here."""

LONGEST_TARGET = 8_000
LOOKED_UP_AGAIN = 4.0
"""After how many seconds of a stream its key is looked up again."""
LOOKED_UP_AT_LAST = 30.0
"""After how many seconds without an answer to that a stream is broken off."""
_NOT_ANSWERED = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ENCODED_SLASH = re.compile(rb"%2f", re.IGNORECASE)
# uri-host, and maybe a port (RFC 9110, 7.2), but for the comma, with which two headers are joined to one.
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z\-._~!$&'()*+;=%]+)(?::[0-9]*)?")


class Surface:
    """An ASGI application around the application."""

    def __init__(self, app: ASGIApp, direct: Direct | None = None, origins: Origins | None = None) -> None:
        """Wrap the application, of which some operations may be answered directly, and some by pages of `origins`."""
        self.app = app
        self.origins = origins or Origins()
        self.direct = direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer HEAD like GET without the body, refuse what would be misread, and tell faults of ours as a problem."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, send, self.origins)
        try:
            if REFUSED in scope:
                raise scope[REFUSED]
            _check_host(scope)
            content = exchange.content = Content(scope, receive)
            _check_target(scope)
            content.check()
        except UnsupportedMediaType as problem:
            refused = self._not_allowed(scope) or problem
            await problem_answer(scope, refused)(scope, receive, exchange.send)
            return
        except Problem as problem:
            await problem_answer(scope, problem)(scope, receive, exchange.send)
            return
        if exchange.head:
            scope = {**scope, "method": "GET", HEAD_ONLY: True}
        try:
            await self._pass_on(scope, content.take, exchange)
        except Exception as error:
            if not exchange.started:
                response = await fault(Request(scope), error)
                await response(scope, receive, exchange.send)
            # Onward to the log.
            raise

    def _not_allowed(self, scope: Scope) -> MethodNotAllowed | None:
        """That an address does not answer a method, which goes before what the method would take."""
        allowed = methods_at(self.direct.app, scope["path"]) if self.direct is not None else set()
        return MethodNotAllowed(allowed) if len(allowed) > 1 and scope["method"] not in allowed else None

    async def _pass_on(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        found = self.direct.find(scope) if self.direct is not None and scope["method"] == "GET" else None
        if found is None:
            await self.app(scope, receive, exchange.send)
            return
        operation, key = found
        request = Request(scope, receive)
        try:
            response = await operation.respond(request, key)
            await response(scope, receive, exchange.send)
        except Exception as error:
            if exchange.started:
                raise
            response = await failure(request, error)
            await response(scope, receive, exchange.send)


class PrivateSurface(Surface):
    """The surface of a service that only those read from who bear a key.

    Asked for before it is looked what stands at an address, so that no operation can be forgotten; one that writes asks
    by itself. A stream is broken off when its key is revoked.
    """

    def __init__(self, app: ASGIApp, direct: Direct | None, origins: Origins, service: FastAPI) -> None:
        """Wrap the application; `service` has the side of the database that keys are looked up on."""
        super().__init__(app, direct, origins)
        self._service = service

    async def _pass_on(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        if scope["method"] == "GET" and not is_open(scope["path"]):

            async def look_up() -> None:
                await authorise(scope, self._service.state.reader, "records:read")

            try:
                await look_up()
            except Exception as error:  # noqa: BLE001 - raised again where it has no answer
                response = await failure(Request(scope), error)
                await response(scope, receive, exchange.send)
                return
            exchange.hold_to(look_up)
        await super()._pass_on(scope, receive, exchange)


class _Exchange:
    """An answer on its way."""

    __slots__ = ("_opening", "_send", "content", "head", "started")

    def __init__(self, scope: Scope, send: Send, origins: Origins) -> None:
        self._send = send
        self._opening = origins.headers(scope)
        self.head = scope["method"] == "HEAD"
        self.content: Content | None = None
        self.started = False

    def hold_to(self, look_up: Callable[[], Awaitable[None]]) -> None:
        """Break off what is sent for longer once the key does not hold any more, for which `look_up` raises.

        Where it cannot be looked up, as when all connections are taken, that is tried again with the next part, for a
        while.
        """
        onward, looked_up_at = self._send, monotonic()

        async def send(message: Message) -> None:
            nonlocal looked_up_at
            since = monotonic() - looked_up_at
            if message.get("more_body") and since >= LOOKED_UP_AGAIN:
                try:
                    await look_up()
                    looked_up_at = monotonic()
                except Problem as problem:
                    # As if the client were gone: it is to get no more, nor the end.
                    raise ConnectionAbortedError(problem.detail) from problem
                except _NOT_ANSWERED as error:
                    if since >= LOOKED_UP_AT_LAST:
                        detail = "The key could not be looked up."
                        raise ConnectionAbortedError(detail) from error
            await onward(message)

        self._send = send

    async def send(self, message: Message) -> None:
        """Send a part of it, with safe headers, and without a body if none is asked for."""
        if message["type"] == "http.response.start":
            self.started = True
            message["headers"] = made_safe(message["headers"], self._opening)
            if self.content is None or self.content.unread:
                # What is still to come must not be taken for the next request, nor is a sender to be trusted
                # whose requests can be read in two ways (RFC 9112, 9.3 and 11.2).
                message["headers"].append((b"connection", b"close"))
        elif self.head:
            message["body"] = b""
        await self._send(message)


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
        if part.isascii() and b"%" not in part and b"\0" not in part:
            continue
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
