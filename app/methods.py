"""Methods: which of them an address answers, OPTIONS, and what pages of other origins may use (CORS)."""

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts

from app.problems import CrossOriginRefused

_OPEN_METHODS = ("GET", "HEAD")
_OPEN_HEADERS = ("Accept", "Accept-Language", "Content-Language", "Content-Type", "If-Match", "If-None-Match")
_METHODS = ", ".join(_OPEN_METHODS)
_HEADERS = ", ".join(_OPEN_HEADERS)
_DAY = "86400"


def methods_of(request: Request) -> set[str]:
    """The methods that the routes of a path answer together; HEAD goes with GET, and OPTIONS with any."""
    allowed: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.methods and route.path_regex.match(request.scope["path"]):
            allowed |= route.methods
    return allowed | {"OPTIONS"} | ({"HEAD"} if "GET" in allowed else set())


def options(request: Request) -> Response:
    """The answer to OPTIONS: what the address allows, and to a browser's preflight what is open to other origins.

    RFC 9110, 9.3.7, and the Fetch standard's CORS protocol. Raises CrossOriginRefused for a method or header that is
    not open. There are no credentials yet that a page could send along.
    """
    headers = {"Allow": ", ".join(sorted(methods_of(request))), "Cache-Control": "no-store"}
    method = request.headers.get("access-control-request-method")
    if "origin" in request.headers and method is not None:
        asked = ",".join(request.headers.getlist("access-control-request-headers")).lower()
        closed = {name.strip() for name in asked.split(",")} - {name.lower() for name in (*_OPEN_HEADERS, "")}
        if method not in _OPEN_METHODS or closed:
            message = f"Pages of other origins may use {_METHODS} with the headers {_HEADERS}."
            raise CrossOriginRefused(message)
        headers |= {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": _DAY,
        }
    headers["Vary"] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    return Response(status_code=204, headers=headers)
