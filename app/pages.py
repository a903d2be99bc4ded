"""The pages for people, and whether the service is well."""

import html
import inspect
import json
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path as FilePath
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError

from app.conditional import CACHE_CONTROL, JSON, VARY, tagged
from app.db import Reading
from app.fields import Out
from app.problems import Unavailable, every_problem
from app.routing import ANYWHERE, headers, operation_id, problem_response
from app.schema import newest_revision, recorded_revision

router = APIRouter(generate_unique_id_function=operation_id)

_HTML = "text/html; charset=utf-8"
_PAGE_HEADERS = {
    "Cache-Control": CACHE_CONTROL,
    "Vary": VARY,
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_CODE, _AS_HTML = re.compile("`(.+?)`"), r"<code>\1</code>"
_ASSET_HEADERS = {"Cache-Control": "public, max-age=3600", "Vary": VARY}

Asset = Literal["telcon.css", "docs.css", "docs.js", "icon.svg", "swagger-ui.css", "swagger-ui-bundle.js"]
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_LINKS = {
    "calls": "/v1/calls",
    "leaders": "/v1/leaders",
    "participants": "/v1/participants",
    "statements": "/v1/statements",
    "readouts": "/v1/readouts",
    "publishers": "/v1/publishers",
    "parties": "/v1/parties",
    "topics": "/v1/topics",
    "docs": "/docs",
    "openapi": "/openapi.json",
    "problems": "/problems",
    "health": "/healthz",
    "readiness": "/readyz",
}
_ALIVE = {200: {"headers": headers("Cache-Control")}, **ANYWHERE}
_READY = _ALIVE | {503: problem_response(Unavailable)}


class Health(Out):
    """That the service is well."""

    status: Literal["ok"]


@lru_cache
def _static(name: str) -> bytes:
    if name.startswith("swagger-ui"):
        # This package carries the current Swagger UI; nothing of its code runs.
        package = find_spec("fastapi_offline")
        assert package is not None
        assert package.origin is not None
        return (FilePath(package.origin).parent / "static" / name).read_bytes()
    return (FilePath(__file__).parent / "static" / name).read_bytes()


def _page(request: Request, name: str, **parts: str) -> Response:
    body = _static(name).decode()
    for part, content in parts.items():
        body = body.replace(f"<!--{part}-->", content)
    return tagged(request, body.encode(), _HTML, dict(_PAGE_HEADERS))


@router.get("/", include_in_schema=False)
async def show_start(request: Request) -> Response:
    """Say what this is: a page to a browser, links to a client."""
    if "text/html" in request.headers.get("accept", ""):
        return _page(request, "index.html")
    return tagged(request, json.dumps({"name": "Telcon", "links": _LINKS}).encode(), JSON, _headers())


@router.get("/docs", include_in_schema=False)
async def show_docs(request: Request) -> Response:
    """Show the document as a page on which the operations can be tried."""
    return _page(request, "docs.html")


@router.get("/problems", include_in_schema=False)
async def show_problems(request: Request) -> Response:
    """Describe every type of problem that the service answers with."""
    described = "".join(
        f'<dt id="{problem.kind()}">{html.escape(problem.title)} <code>{problem.status}</code></dt>'
        f"<dd>{_CODE.sub(_AS_HTML, html.escape(inspect.getdoc(problem) or ''))}</dd>"
        for problem in every_problem()
    )
    return _page(request, "problems.html", problems=described)


@router.get("/assets/{name}", include_in_schema=False)
async def get_asset(request: Request, name: Annotated[Asset, Path()]) -> Response:
    """Serve what the pages are made of, all of it from here."""
    return tagged(request, _static(name), _MEDIA_TYPES[FilePath(name).suffix], dict(_ASSET_HEADERS))


@router.get("/openapi.json", include_in_schema=False)
async def get_document(request: Request) -> Response:
    """Serve the OpenAPI document."""
    body = json.dumps(request.app.openapi(), ensure_ascii=False).encode()
    return tagged(request, body, JSON, _headers())


@router.get("/healthz", tags=["service"], response_model=Health, responses=_ALIVE)
async def check_health() -> Response:
    """Say that the process answers; the database is not asked."""
    return Response(b'{"status":"ok"}', media_type=JSON, headers={"Cache-Control": "no-store"})


@router.get("/readyz", tags=["service"], response_model=Health, responses=_READY)
async def check_readiness(reading: Reading) -> Response:
    """Say that the database can be reached and has the schema that this code is written for."""
    try:
        revision = await recorded_revision(reading)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != "42P01":
            raise
        revision = None
    if revision != newest_revision():
        message = "The database does not have the schema that this version needs."
        raise Unavailable(message)
    return Response(b'{"status":"ok"}', media_type=JSON, headers={"Cache-Control": "no-store"})


def _headers() -> dict[str, str]:
    return {"Cache-Control": CACHE_CONTROL, "Vary": VARY}
