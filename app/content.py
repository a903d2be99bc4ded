"""The content that requests bring: how much is announced and taken, and of which kind."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from app.problems import ContentTooLarge, MalformedRequest, UnsupportedMediaType

LARGEST_CONTENT = 8 * 1024 * 1024
"""A call posted whole with its readouts fits; what is longer is imported, in parts."""
IMPORTS = "/v1/imports"
LARGEST_IMPORT = 1024 * 1024 * 1024
CHUNKED = -1
MERGE_PATCH = "application/merge-patch+json"

# The media types that each method takes. A method that is not listed is answered by no route, and so with 405.
_TAKEN: Mapping[str, frozenset[str]] = {"GET": frozenset(), "HEAD": frozenset(), "OPTIONS": frozenset()}
# More digits tell nothing that so many do not.
_MOST_DIGITS = 19


def largest_at(path: bytes) -> int:
    """How many bytes of content are taken at an address."""
    return LARGEST_IMPORT if path == IMPORTS.encode() else LARGEST_CONTENT


def announced(headers: Iterable[tuple[bytes, bytes]], largest: int = LARGEST_CONTENT) -> int:
    """How much content a request's headers announce, or CHUNKED where that is seen at its end only.

    Raises MalformedRequest for headers that two programs could understand differently, which is how requests are
    smuggled (RFC 9112, 6.3 and 11.2): both a length and a coding, more than one of either, a length that is no number,
    a coding other than `chunked`. Raises ContentTooLarge for a length over the largest (RFC 9110, 15.5.14).
    """
    lengths: list[bytes] = []
    codings: list[bytes] = []
    for name, value in headers:
        if name == b"content-length":
            lengths.append(value)
        elif name == b"transfer-encoding":
            codings.append(value.lower())
    if codings:
        if lengths or codings != [b"chunked"]:
            message = "Content is sent under one Content-Length, or in chunks and nothing else."
            raise MalformedRequest(message)
        return CHUNKED
    if not lengths:
        return 0
    length = lengths[0]
    if len(lengths) > 1 or not (length.isdigit() and length.isascii()):
        message = "Content-Length is given once, as a number."
        raise MalformedRequest(message)
    size = int(length.lstrip(b"0")[:_MOST_DIGITS] or b"0")
    if size > largest:
        raise too_large(largest)
    return size


def too_large(largest: int) -> ContentTooLarge:
    """The problem of content that is larger than so many bytes."""
    return ContentTooLarge(f"The content is larger than {largest} bytes.")


class Content:
    """The content of one request, counted while it is received."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        """Take what the headers announce; raises as `announced` does."""
        self._largest = largest_at(scope.get("raw_path") or b"")
        self.unread = announced(scope["headers"], self._largest) != 0
        """Whether some of it is still to come; then the connection is of no use for another request."""
        self._scope = scope
        self._receive = receive
        self._received = 0

    def check(self) -> None:
        """Raise UnsupportedMediaType for content of a kind that the method does not take (RFC 9110, 15.5.16)."""
        if not self.unread:
            return
        method, taken = self._scope["method"], _TAKEN.get(self._scope["method"])
        media_type = Headers(scope=self._scope).get("content-type", "").partition(";")[0].strip().lower()
        if taken is not None and media_type not in taken:
            message = f"{method} takes {' or '.join(sorted(taken)) or 'no content'} here."
            raise UnsupportedMediaType(message)

    async def take(self) -> Message:
        """Receive some more; raises HTTPException 413 when it is too much, which the framework passes on as it is."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            if self._received > self._largest:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(self._largest))
            self.unread = message.get("more_body", False)
        return message
