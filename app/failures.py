"""How the application fails: every error as a problem, and what it answers with."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import asyncpg
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from app.conditional import VARY, Unchanged
from app.content import too_large
from app.methods import methods_of, options
from app.problems import (
    PROBLEM_JSON,
    CrossOriginRefused,
    InternalError,
    InvalidRequest,
    MalformedRequest,
    MethodNotAllowed,
    Moved,
    NotFound,
    Problem,
    database_problem,
)

_LOG = logging.getLogger("telcon")
_LONGEST_INSTANCE = 1_000


def problem_answer(scope: Scope, problem: Problem) -> Response:
    """The answer that tells a problem."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(problem.document(_address(scope)[:_LONGEST_INSTANCE]), problem.status, headers, PROBLEM_JSON)


async def fault(request: Request, _error: Exception) -> Response:
    """The answer to any fault of ours, which the server logs."""
    return problem_answer(request.scope, InternalError("The service failed to answer; the fault is logged."))


def _address(scope: Scope) -> str:
    """The path as it was sent; a request's URL would bring in the Host that the client claims."""
    return str((scope.get("raw_path") or b"/").decode("ascii", "replace"))


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_answer(request.scope, error)


async def _moved(request: Request, error: Exception) -> Response:
    assert isinstance(error, Moved)
    # /v1/<resource>/<key>, and what may follow
    steps = _address(request.scope).split("/")
    path = "/".join([*steps[:3], error.key, *steps[4:]])
    query = request.scope["query_string"].decode("ascii")
    headers = {
        "Location": f"{path}?{query}" if query else path,
        "Cache-Control": request.app.state.confirmed.always_asked,
        "Vary": VARY,
    }
    return Response(status_code=HTTPStatus.PERMANENT_REDIRECT, headers=headers)


async def _unchanged(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Unchanged)
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors: list[dict[str, str]] = []
    for fault in error.errors():
        place, *rest = fault["loc"]
        detail = "is not a parameter here" if fault["type"] == "extra_forbidden" else _sentence(fault["msg"])
        if place == "body":
            errors.append({"pointer": "".join(f"/{step}" for step in rest), "detail": detail})
        else:
            errors.append({"parameter": str(rest[0] if rest else place), "detail": detail})
    return problem_answer(request.scope, InvalidRequest(errors))


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:]


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem_answer(request.scope, _http_problem(error))


async def _method_not_allowed(request: Request, _error: Exception) -> Response:
    if request.method == "OPTIONS":
        try:
            return options(request)
        except CrossOriginRefused as refused:
            return problem_answer(request.scope, refused)
    return problem_answer(request.scope, MethodNotAllowed(methods_of(request)))


def _http_problem(error: HTTPException) -> Problem:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return NotFound("There is nothing at this address.")
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return too_large(int(error.detail))
    return MalformedRequest(str(error.detail))


async def _database_error(request: Request, error: Exception) -> Response:
    problem = database_problem(error)
    if problem is None:
        raise error
    _LOG.warning("database: %s", " ".join(str(error).split())[:500])
    return problem_answer(request.scope, problem)


HANDLERS: Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    Problem: _problem,
    Moved: _moved,
    Unchanged: _unchanged,
    RequestValidationError: _invalid,
    HTTPStatus.METHOD_NOT_ALLOWED: _method_not_allowed,
    HTTPException: _http_error,
    SQLAlchemyError: _database_error,
    asyncpg.PostgresError: _database_error,
    asyncpg.InterfaceError: _database_error,
    asyncpg.InternalClientError: _database_error,
    OSError: _database_error,
}


async def failure(request: Request, error: Exception) -> Response:
    """The answer to what an operation raised, by the nearest of its classes; raises it again where none is answered."""
    for kind in type(error).__mro__:
        if kind in HANDLERS:
            return await HANDLERS[kind](request, error)
    raise error
