"""Methods: which of them an address answers, and OPTIONS."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts

from app.content import MERGE_PATCH
from app.origins import PREFLIGHT_VARY, Origins


def methods_of(request: Request) -> set[str]:
    """The methods that the routes of a request's path answer together."""
    return methods_at(request.app, request.scope["path"])


def methods_at(app: FastAPI, path: str) -> set[str]:
    """The methods that the routes of a path answer together; HEAD goes with GET, and OPTIONS with any."""
    allowed: set[str] = set()
    for route in iter_route_contexts(app.routes):
        if route.methods and route.path_regex.match(path):
            allowed |= route.methods
    return allowed | {"OPTIONS"} | ({"HEAD"} if "GET" in allowed else set())


def options(request: Request) -> Response:
    """The answer to OPTIONS: what the address allows, and to a browser's preflight what is open to its page.

    RFC 9110, 9.3.7, and RFC 5789, 3.1. Raises as `preflight` does.
    """
    origins: Origins = request.app.state.origins
    allowed = methods_of(request)
    headers = {"Allow": ", ".join(sorted(allowed)), "Cache-Control": "no-store", "Vary": PREFLIGHT_VARY}
    if "PATCH" in allowed:
        headers["Accept-Patch"] = MERGE_PATCH
    return Response(status_code=204, headers=headers | origins.preflight(request))
