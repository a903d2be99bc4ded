"""What the routes of every resource share: their routers, keys in paths, and the answers that any of them can give."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from fastapi.routing import APIRoute
from pydantic_core import PydanticCustomError

from app.asked import Asked, CallReference, IdentifierValue
from app.fields import Out, ProblemOut
from app.problems import (
    PROBLEM_JSON,
    Conflict,
    ContentTooLarge,
    Gone,
    HeadersTooLarge,
    InternalError,
    InvalidRequest,
    MalformedRequest,
    NotAcceptable,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    RequestTimeout,
    Unavailable,
    UnsupportedMediaType,
    UpgradeRequired,
    UriTooLong,
)

R = TypeVar("R", bound=Asked)
_REPLAYED = "Idempotency-Replayed"
_TAGGED = ("ETag", "Cache-Control", "Vary")


def operation_id(route: APIRoute) -> str:
    """The name of a route's function as `listCalls`."""
    first, *rest = route.name.split("_")
    return first + "".join(word.title() for word in rest)


def headers(*names: str) -> dict[str, Any]:
    """Headers of an answer by reference to the document's, and the one that lets a page of any origin read it."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "Access-Control-Allow-Origin")}


# What problems tell beside their document where there is something to tell.
_TOLD_BESIDE: dict[type[Problem], tuple[str, ...]] = {
    Conflict: ("Location", "Retry-After"),
    UnsupportedMediaType: ("Accept", "Accept-Encoding", "Accept-Patch", "Accept-Post"),
}
# Those that are kept under an Idempotency-Key.
_KEPT = (NotFound, Conflict, Gone, PreconditionFailed, InvalidRequest, PreconditionRequired)


def problem_response(problem: type[Problem]) -> dict[str, Any]:
    """How the document describes a problem as an answer."""
    beside = (*problem.headers, *_TOLD_BESIDE.get(problem, ()), *([_REPLAYED] if problem in _KEPT else ()))
    # As a model, it would be read and written by the framework for every operation that can answer it, and is by none.
    content = {PROBLEM_JSON: {"schema": {"$ref": f"#/components/schemas/{ProblemOut.__name__}"}}}
    return {"content": content, "description": problem.title, "headers": headers("Cache-Control", *beside)}


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
    410: problem_response(Gone),
}


WRITTEN: dict[int | str, dict[str, Any]] = {
    problem.status: problem_response(problem)
    for problem in (
        MalformedRequest,
        RequestTimeout,
        Conflict,
        PreconditionFailed,
        ContentTooLarge,
        UriTooLong,
        UnsupportedMediaType,
        InvalidRequest,
        HeadersTooLarge,
        InternalError,
        Unavailable,
    )
}
"""What every request that writes can be answered."""
_OF_CHANGES = {Conflict.status, PreconditionFailed.status}
_TOLD = headers("ETag", "Cache-Control", _REPLAYED)
CREATED: dict[int | str, dict[str, Any]] = {201: {"headers": _TOLD | headers("Location")}}
CHANGED: dict[int | str, dict[str, Any]] = {
    200: {"headers": _TOLD},
    428: problem_response(PreconditionRequired),
}
REMOVED: dict[int | str, dict[str, Any]] = {
    204: {"description": "The record is removed.", "headers": headers("Cache-Control", _REPLAYED)},
    428: problem_response(PreconditionRequired),
}


def put_answers(model: type[Out]) -> dict[int | str, dict[str, Any]]:
    """What is answered where a record of this form is changed, or recorded."""
    return CHANGED | {201: CREATED[201] | {"model": model, "description": "The record is new."}}


def writing_router(name: str) -> APIRouter:
    """The router of what changes the records of a resource."""
    return APIRouter(prefix=f"/v1/{name}", tags=[name], responses=WRITTEN, generate_unique_id_function=operation_id)


def asking_router(name: str) -> APIRouter:
    """The router of what is asked of a resource with content, and changes none of its records."""
    responses = {status: answer for status, answer in WRITTEN.items() if status not in _OF_CHANGES}
    return APIRouter(prefix=f"/v1/{name}", tags=[name], responses=responses, generate_unique_id_function=operation_id)


def resource_router(name: str) -> APIRouter:
    """The router of a resource."""
    return APIRouter(
        prefix=f"/v1/{name}",
        tags=[name],
        responses=_ANSWERS,
        generate_unique_id_function=operation_id,
    )


def stream_router(name: str) -> APIRouter:
    """The router of what is streamed of a resource and nothing else, and so has no tag and is never unchanged."""
    return APIRouter(
        prefix=f"/v1/{name}",
        tags=[name],
        responses={status: answer for status, answer in _ANSWERS.items() if status not in {200, 304}}
        | {
            200: {"headers": headers("Cache-Control", "Vary")},
            UpgradeRequired.status: problem_response(UpgradeRequired),
        },
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


def borne_identifier(example: str) -> Any:
    """A dependency that reads the identifier of a record from the query."""

    async def read(
        identifier: Annotated[
            str,
            Query(
                min_length=1,
                max_length=IdentifierValue.longest,
                description="The identifier under which the record is known, as `scheme:value`.",
                examples=[example],
                json_schema_extra={"pattern": IdentifierValue.pattern},
            ),
        ],
    ) -> IdentifierValue:
        try:
            return IdentifierValue.read(identifier)
        except PydanticCustomError as error:
            name = "identifier"
            raise InvalidRequest.parameter(name, error.message()) from error

    return Depends(read)


def path_key(reference: type[R], example: str) -> Any:
    """A dependency that reads a record's key from the path's `{id}`."""

    async def read(
        id: Annotated[  # noqa: A002 - the name in the path
            str,
            Path(
                min_length=1,
                max_length=reference.longest,
                description=reference.described,
                examples=[example],
                json_schema_extra={"pattern": reference.pattern},
            ),
        ],
    ) -> R:
        return reference.read(id)

    return Depends(read)


CallKey = Annotated[CallReference, path_key(CallReference, "2020-03-19-xi-jinping-vladimir-putin")]
