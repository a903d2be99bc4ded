"""The application: its routes, how it fails, and what holds for every exchange."""

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from app import pages
from app.calls import routes as calls
from app.conditional import CACHE_CONTROL
from app.db import Reader, open_database
from app.document import describe
from app.leaders import routes as leaders
from app.participants import routes as participants
from app.parties import routes as parties
from app.problems import (
    PROBLEM_JSON,
    InternalError,
    InvalidRequest,
    MalformedRequest,
    MethodNotAllowed,
    Moved,
    NotFound,
    Problem,
    database_problem,
)
from app.publishers import routes as publishers
from app.readouts import routes as readouts
from app.settings import Settings
from app.statements import routes as statements
from app.surface import Surface
from app.topics import routes as topics

_LOG = logging.getLogger("telcon")
_MOST_FAULTS = 20
_LONGEST_NAME = 200
_ROUTERS = (
    calls.router,
    leaders.router,
    participants.router,
    participants.within_call,
    statements.router,
    statements.within_call,
    readouts.router,
    readouts.within_call,
    publishers.router,
    parties.router,
    topics.router,
    pages.router,
)


def create_app(settings: Settings) -> FastAPI:
    """The service over the database of the settings, which has been started and migrated before."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        assert settings.database_url is not None
        _leave_with_parent()
        async with open_database(settings.database_url, settings) as database:
            app.state.database = database
            app.state.reader = Reader(database.read)
            yield

    app = FastAPI(
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(Surface),
            Middleware(
                CORSMiddleware,
                allow_origins=["*"],
                allow_methods=["GET", "HEAD"],
                allow_headers=["Accept", "If-None-Match"],
                expose_headers=["ETag", "Link"],
                max_age=86_400,
            ),
        ],
        exception_handlers={
            Problem: _problem,
            Moved: _moved,
            RequestValidationError: _invalid,
            HTTPException: _http_error,
            SQLAlchemyError: _database_error,
            OSError: _database_error,
            Exception: _internal_error,
        },
    )
    for router in _ROUTERS:
        app.include_router(router)
    describe(app)
    return app


def _leave_with_parent() -> None:
    """Let a worker process end when the process that started it is gone, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        loop = asyncio.get_running_loop()

        def leave() -> None:
            loop.remove_reader(parent.sentinel)
            os.kill(os.getpid(), signal.SIGTERM)

        loop.add_reader(parent.sentinel, leave)


def create_service() -> FastAPI:
    """The service as the environment sets it, for a server that makes the application itself."""
    return create_app(Settings())


def _answer(request: Request, problem: Problem) -> Response:
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(problem.document(request.url.path), problem.status, headers, PROBLEM_JSON)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _answer(request, error)


async def _moved(request: Request, error: Exception) -> Response:
    assert isinstance(error, Moved)
    # /v1/<resource>/<key>, and what may follow
    steps = request.url.path.split("/")
    path = "/".join([*steps[:3], error.key, *steps[4:]])
    query = f"?{request.url.query}" if request.url.query else ""
    return Response(
        status_code=HTTPStatus.PERMANENT_REDIRECT, headers={"Location": path + query, "Cache-Control": CACHE_CONTROL}
    )


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors: list[dict[str, str]] = []
    for fault in error.errors()[:_MOST_FAULTS]:
        place, *rest = fault["loc"]
        detail = "is not a parameter here" if fault["type"] == "extra_forbidden" else _sentence(fault["msg"])
        if place == "body":
            errors.append({"pointer": "".join(f"/{step}" for step in rest), "detail": detail})
        else:
            name = str(rest[0] if rest else place)[:_LONGEST_NAME]
            errors.append({"parameter": name, "detail": detail})
    return _answer(request, InvalidRequest(errors))


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:]


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return _answer(request, MethodNotAllowed(_methods_of(request)))
    if error.status_code == HTTPStatus.NOT_FOUND:
        return _answer(request, NotFound("There is nothing at this address."))
    return _answer(request, MalformedRequest(str(error.detail)))


def _methods_of(request: Request) -> set[str]:
    allowed: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.methods and route.path_regex.match(request.url.path):
            allowed |= route.methods
    return allowed | ({"HEAD"} if "GET" in allowed else set())


async def _database_error(request: Request, error: Exception) -> Response:
    problem = database_problem(error)
    if problem is None:
        raise error
    _LOG.warning("database: %s", " ".join(str(error).split())[:500])
    return _answer(request, problem)


async def _internal_error(request: Request, _error: Exception) -> Response:
    return _answer(request, InternalError("The service failed to answer; the fault is logged."))
