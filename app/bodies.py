"""The documents that requests bring: content of the kind that is taken, read strictly."""

import asyncio
import re
from typing import Any, TypeVar

from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect

from app.codings import aside
from app.conditional import JSON, field_of
from app.content import MERGE_PATCH, announced
from app.json_texts import read_json
from app.negotiation import IDENTITY
from app.pointers import WHOLE, pointer, wrong_in
from app.problems import InvalidRequest, MalformedRequest, RequestTimeout, UnsupportedMediaType

D = TypeVar("D")

TAKEN = {"POST": JSON, "PUT": JSON, "PATCH": MERGE_PATCH}
"""The media type that each method takes."""
# Where a refusal tells it (RFC 5789, 3.1, and RFC 9110, 15.5.16).
_TELLING = {"POST": "accept_post", "PUT": "accept", "PATCH": "accept_patch"}
CONTENT_SECONDS = 60
# With so many faults, telling the first of them would take longer than finding them.
_MOST_FOUND = 10_000
_CHARSET = re.compile(r"""[ \t]*(;[ \t]*charset=("?)utf-8\2[ \t]*)?;?""", re.IGNORECASE)


async def read_document(request: Request, adapter: TypeAdapter[D]) -> D:
    """The document that the content is; raises as `read_content`, `read_json` and `as_document` do."""
    content = await read_content(request)

    def read() -> D:
        read_json(content)
        return as_document(adapter, content)

    return await aside(read, len(content))


async def read_object(request: Request) -> dict[str, Any]:
    """The object that the content is: a document, or a merge patch; raises as `read_content` and `read_json` do.

    Raises InvalidRequest for anything else: no other patch makes an object of an object (RFC 7396, 2).
    """
    content = await read_content(request)
    patch = await aside(lambda: read_json(content), len(content))
    if not isinstance(patch, dict):
        raise InvalidRequest.pointer(WHOLE, "must be an object")
    return patch


def as_document(adapter: TypeAdapter[D], content: bytes) -> D:
    """The document that a JSON text without ambiguities is.

    Raises InvalidRequest with the pointer to each fault and what is wrong there, which never repeats what was given.
    """
    try:
        return adapter.validate_json(content)
    except ValidationError as error:
        if error.error_count() > _MOST_FOUND:
            raise InvalidRequest.pointer(WHOLE, f"has {error.error_count():,} faults, too many to tell") from None
        raise InvalidRequest([{"pointer": pointer(way), "detail": detail} for way, detail in wrong_in(error)]) from None


async def read_content(request: Request) -> bytes:
    """The content of a request, whole.

    Raises UnsupportedMediaType for any but that which the method takes, in UTF-8 and as it is; RequestTimeout where it
    does not come within CONTENT_SECONDS, and MalformedRequest where it breaks off.
    """
    check_kind(request, TAKEN[request.method])
    try:
        async with asyncio.timeout(CONTENT_SECONDS):
            return await request.body()
    except TimeoutError:
        message = f"The content did not arrive within {CONTENT_SECONDS} seconds."
        raise RequestTimeout(message) from None
    except ClientDisconnect:
        message = "The content broke off."
        raise MalformedRequest(message) from None


def check_kind(request: Request, media_type: str) -> None:
    """Raise UnsupportedMediaType for any content but that of a media type, in UTF-8 and as it is."""
    method = request.method
    given = (field_of(request, "content-type") or "").lower()
    if not (given.startswith(media_type) and _CHARSET.fullmatch(given, len(media_type))):
        message = f"{method} takes {media_type} here, in UTF-8."
        raise UnsupportedMediaType(message, **{_TELLING[method]: media_type})
    coding = field_of(request, "content-encoding")
    if coding is not None and coding.lower() != IDENTITY:
        message = "Content is taken as it is, without a content coding."
        raise UnsupportedMediaType(message, accept_encoding=IDENTITY)


async def take_nothing(request: Request) -> None:
    """Raise UnsupportedMediaType where a request brings content that has no meaning here (RFC 9110, 9.3.5)."""
    if announced(request.scope["headers"]) != 0:
        message = f"{request.method} takes no content here."
        raise UnsupportedMediaType(message)
