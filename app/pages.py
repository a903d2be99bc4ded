"""The pages for people, the schema of lines, and whether the service is well."""

import html
import inspect
import json
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import asyncpg
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response
from pydantic import Field

from app.asking import Asking
from app.conditional import CACHE_CONTROL, JSON, Representation, acceptable, tagged
from app.fields import Note, Out, Title
from app.filters import Filters
from app.headers import PAGE
from app.lines import record_schema
from app.problems import NotFound, Unavailable, every_problem
from app.routing import ANYWHERE, operation_id, problem_response, resource_router
from app.schema import newest_revision, recorded_revision

if TYPE_CHECKING:
    from app.db import Reader

router = APIRouter(generate_unique_id_function=operation_id)
schemas = resource_router("schemas")

_HTML = "text/html; charset=utf-8"
_HTML_TYPE = "text/html"
_SCHEMA_JSON = "application/schema+json"
_ASSET_CACHE_CONTROL = "public, max-age=3600"
_HEALTHY = b'{"status":"ok"}'
_CODE, _AS_HTML = re.compile("`(.+?)`"), r"<code>\1</code>"

_ASSETS = frozenset({"telcon.css", "docs.css", "docs.js", "icon.svg", "swagger-ui.css", "swagger-ui-bundle.js"})
_CONTENT_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
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


class Health(Out):
    """That the service is well."""

    status: Literal["ok"]


class RecordSchema(Out):
    """The JSON Schema of a line."""

    schema_: Annotated[Literal["https://json-schema.org/draft/2020-12/schema"], Field(alias="$schema")]
    id: Annotated[Literal["/v1/schemas/record.json"], Field(alias="$id")]
    title: Title
    description: Note
    one_of: Annotated[Any, Field(alias="oneOf", description="The kinds of lines, as references to `$defs`.")]
    discriminator: Annotated[Any, Field(description="By which member a line tells its kind.")]
    defs: Annotated[Any, Field(alias="$defs", description="The lines and their parts, each a JSON Schema.")]


@lru_cache
def _static(name: str) -> bytes:
    if name.startswith("swagger-ui"):
        # This package carries the current Swagger UI; nothing of its code runs.
        package = find_spec("fastapi_offline")
        assert package is not None
        assert package.origin is not None
        return (FilePath(package.origin).parent / "static" / name).read_bytes()
    return (FilePath(__file__).parent / "static" / name).read_bytes()


@lru_cache
def _problems_page() -> bytes:
    described = "".join(
        f'<dt id="{problem.kind()}">{html.escape(problem.title)} <code>{problem.status}</code></dt>'
        f"<dd>{_CODE.sub(_AS_HTML, html.escape(inspect.getdoc(problem) or ''))}</dd>"
        for problem in every_problem()
    )
    return _static("problems.html").replace(b"<!--problems-->", described.encode())


@lru_cache
def _links() -> bytes:
    return json.dumps({"name": "Telcon", "links": _LINKS}).encode()


@lru_cache(maxsize=8)
def _document(app: FastAPI) -> bytes:
    return json.dumps(app.openapi(), ensure_ascii=False).encode()


@lru_cache
def _record_schema() -> bytes:
    return json.dumps(record_schema(), ensure_ascii=False).encode()


def _page(request: Request, body: bytes) -> Response:
    acceptable(request, _HTML_TYPE)
    return tagged(request, Representation(body, _HTML, lasting=True), {"Cache-Control": CACHE_CONTROL, **PAGE})


def _json(request: Request, body: bytes, cache_control: str = CACHE_CONTROL) -> Response:
    acceptable(request, JSON)
    return tagged(request, Representation(body, JSON, lasting=True), {"Cache-Control": cache_control})


@router.get("/", include_in_schema=False)
async def show_start(request: Request) -> Response:
    """Say what this is: a page to a browser, links to a client."""
    if acceptable(request, JSON, _HTML_TYPE) == _HTML_TYPE:
        return _page(request, _static("index.html"))
    return _json(request, _links())


@router.get("/docs", include_in_schema=False)
async def show_docs(request: Request) -> Response:
    """Show the document as a page on which the operations can be tried."""
    return _page(request, _static("docs.html"))


@router.get("/problems", include_in_schema=False)
async def show_problems(request: Request) -> Response:
    """Describe every type of problem that the service answers with."""
    return _page(request, _problems_page())


@router.get("/assets/{name}", include_in_schema=False)
async def get_asset(request: Request, name: str) -> Response:
    """Serve what the pages are made of, all of it from here."""
    if name not in _ASSETS:
        message = "There is nothing at this address."
        raise NotFound(message)
    content_type = _CONTENT_TYPES[FilePath(name).suffix]
    acceptable(request, content_type.partition(";")[0])
    asset = Representation(_static(name), content_type, lasting=True)
    return tagged(request, asset, {"Cache-Control": _ASSET_CACHE_CONTROL})


@router.get("/openapi.json", include_in_schema=False)
async def get_document(request: Request) -> Response:
    """Serve the OpenAPI document."""
    return _json(request, _document(request.app))


async def _asking(request: Request) -> Asking[Filters]:
    return Asking[Filters](request)


@schemas.get(
    "/record.json",
    response_model=RecordSchema,
    responses={
        200: ANYWHERE[200]
        | {"content": {_SCHEMA_JSON: {"schema": {"$ref": f"#/components/schemas/{RecordSchema.__name__}"}}}}
    },
)
async def get_schema(answer: Annotated[Asking[Filters], Depends(_asking)]) -> Response:
    """Get the JSON Schema of the lines that `telcon export` writes and `telcon import` reads."""
    content_type = acceptable(answer.request, _SCHEMA_JSON, JSON)
    # The same bytes are one answer in each type, with a tag of its own.
    prefix = "schema." if content_type == _SCHEMA_JSON else ""
    schema = Representation(_record_schema(), content_type, prefix, lasting=True)
    return tagged(answer.request, schema, {"Cache-Control": _ASSET_CACHE_CONTROL})


@router.get("/healthz", tags=["service"], response_model=Health, responses=ANYWHERE)
async def check_health(request: Request) -> Response:
    """Say that the process answers; the database is not asked."""
    return _json(request, _HEALTHY, "no-store")


@router.get(
    "/readyz", tags=["service"], response_model=Health, responses=ANYWHERE | {503: problem_response(Unavailable)}
)
async def check_readiness(request: Request) -> Response:
    """Say that the database can be reached and has the schema that this code is written for."""
    try:
        revision = await recorded_revision(cast("Reader", request.app.state.reader))
    except asyncpg.UndefinedTableError:
        revision = None
    if revision != newest_revision():
        message = "The database does not have the schema that this version needs."
        raise Unavailable(message)
    return _json(request, _HEALTHY, "no-store")
