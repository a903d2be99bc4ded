"""What the routes of every resource share: their routers, keys in paths, and the answers that any of them can give."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path
from fastapi.routing import APIRoute

from app.asked import Asked, CallReference
from app.fields import ProblemOut
from app.problems import (
    ContentTooLarge,
    HeadersTooLarge,
    InternalError,
    InvalidRequest,
    MalformedRequest,
    NotAcceptable,
    NotFound,
    PreconditionFailed,
    Problem,
    RequestTimeout,
    Unavailable,
    UnsupportedMediaType,
    UriTooLong,
)

R = TypeVar("R", bound=Asked)
_TAGGED = ("ETag", "Cache-Control", "Vary")


def operation_id(route: APIRoute) -> str:
    """The name of a route's function as `listCalls`."""
    first, *rest = route.name.split("_")
    return first + "".join(word.title() for word in rest)


def headers(*names: str) -> dict[str, Any]:
    """Headers of an answer by reference to the document's, and the one that lets a page of any origin read it."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "Access-Control-Allow-Origin")}


def problem_response(problem: type[Problem]) -> dict[str, Any]:
    """How the document describes a problem as an answer."""
    return {"model": ProblemOut, "description": problem.title, "headers": headers("Cache-Control", *problem.headers)}


ANYWHERE: dict[int | str, dict[str, Any]] = {
    200: {"headers": headers(*_TAGGED)},
    304: {"description": "The client has it already.", "headers": headers(*_TAGGED)},
    **{
        problem.status: problem_response(problem)
        for problem in (
            MalformedRequest,
            NotAcceptable,
            RequestTimeout,
            PreconditionFailed,
            ContentTooLarge,
            UriTooLong,
            UnsupportedMediaType,
            InvalidRequest,
            HeadersTooLarge,
            InternalError,
        )
    },
}
"""What every address can answer, whatever stands there."""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    **ANYWHERE,
    503: problem_response(Unavailable),
}
KEY_ANSWERS: dict[int | str, dict[str, Any]] = {
    308: {
        "description": "The record was merged into another, which answers at `Location`.",
        "headers": headers("Location", "Cache-Control"),
    },
    404: problem_response(NotFound),
}


def resource_router(name: str) -> APIRouter:
    """The router of a resource."""
    return APIRouter(
        prefix=f"/v1/{name}",
        tags=[name],
        responses=_ANSWERS,
        generate_unique_id_function=operation_id,
    )


def call_router(name: str) -> APIRouter:
    """The router of a list that belongs to one call."""
    return APIRouter(
        prefix=f"/v1/calls/{{id}}/{name}",
        tags=["calls"],
        responses=_ANSWERS | KEY_ANSWERS,
        generate_unique_id_function=operation_id,
    )


def path_key(reference: type[R], description: str, example: str) -> Any:
    """A dependency that reads a record's key from the path's `{id}`."""

    async def read(
        id: Annotated[  # noqa: A002 - the name in the path
            str,
            Path(
                min_length=1,
                max_length=reference.longest,
                description=description,
                examples=[example],
                json_schema_extra={"pattern": reference.pattern},
            ),
        ],
    ) -> R:
        return reference.read(id)

    return Depends(read)


CallKey = Annotated[
    CallReference, path_key(CallReference, "The call, by id or slug.", "2020-03-19-xi-jinping-vladimir-putin")
]
