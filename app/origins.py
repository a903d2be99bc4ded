"""What pages of other origins may do with the service (CORS, of the Fetch standard): keys are sent by a page itself."""

from collections.abc import Collection

from fastapi import Request
from starlette.types import Scope

from app.problems import CrossOriginRefused

_READING = ("GET", "HEAD")
_WRITING = ("POST", "PUT", "PATCH", "DELETE")
_READING_HEADERS = (
    "Accept",
    "Accept-Language",
    "Content-Language",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
)
_OF_KEYS = ("Authorization",)
_WRITING_HEADERS = (*_READING_HEADERS, *_OF_KEYS, "Idempotency-Key", "X-Change-Note")
_TO_ALL = {
    b"access-control-allow-origin": b"*",
    b"access-control-expose-headers": b"Allow, ETag, Link, Retry-After, WWW-Authenticate",
}
_TOLD_WRITERS = b"Allow, ETag, Idempotency-Replayed, Link, Location, Retry-After, WWW-Authenticate"
_DAY = "86400"
PREFLIGHT_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"


class Origins:
    """Whose pages may write: those of the origins that the operator names. Reading is open to all."""

    def __init__(self, named: Collection[str] = (), *, private: bool = False) -> None:
        """Take the origins, as browsers write them, and whether reading takes a key, which any page may then send."""
        self._named = frozenset(origin.encode() for origin in named)
        self._reading = (*_READING_HEADERS, *_OF_KEYS) if private else _READING_HEADERS

    def headers(self, scope: Scope) -> dict[bytes, bytes]:
        """The headers of an answer that let a page read it; those of answers to writing differ by the origin."""
        if scope["method"] not in _WRITING:
            return _TO_ALL
        origin = self._named_in(scope)
        told = {b"vary": b"Origin"}
        if origin:
            told |= {b"access-control-allow-origin": origin, b"access-control-expose-headers": _TOLD_WRITERS}
        return told

    def preflight(self, request: Request) -> dict[str, str]:
        """The headers of the answer to a browser that asks first; none where it does not ask.

        Raises CrossOriginRefused for a method or header that is not open to the page's origin.
        """
        method = request.headers.get("access-control-request-method")
        if "origin" not in request.headers or method is None:
            return {}
        origin = self._named_in(request.scope)
        methods = (*_READING, *_WRITING) if origin else _READING
        open_headers = _WRITING_HEADERS if origin else self._reading
        asked = ",".join(request.headers.getlist("access-control-request-headers")).lower()
        closed = {name.strip() for name in asked.split(",")} - {name.lower() for name in (*open_headers, "")}
        if method not in methods or closed:
            whose = "this origin" if origin else "other origins"
            message = f"Pages of {whose} may use {', '.join(methods)} with the headers {', '.join(open_headers)}."
            raise CrossOriginRefused(message)
        told = {
            "Access-Control-Allow-Methods": ", ".join(methods),
            "Access-Control-Allow-Headers": ", ".join(open_headers),
            "Access-Control-Max-Age": _DAY,
        }
        return {**told, "Access-Control-Allow-Origin": origin.decode()} if origin else told

    def _named_in(self, scope: Scope) -> bytes:
        """The origin that a request comes from if it is one of those named; otherwise nothing."""
        given = [value for name, value in scope["headers"] if name == b"origin"]
        return given[0] if len(given) == 1 and given[0] in self._named else b""
