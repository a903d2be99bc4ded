"""The content that requests bring: how much is announced and taken, and of which kind."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from app.problems import ContentTooLarge, MalformedRequest, UnsupportedMediaType

LARGEST_CONTENT = 1024 * 1024
CHUNKED = -1

# The media types that each method takes. A method that is not listed is answered by no route, and so with 405.
_TAKEN: Mapping[str, frozenset[str]] = {"GET": frozenset(), "HEAD": frozenset(), "OPTIONS": frozenset()}
# More digits tell nothing that so many do not.
_MOST_DIGITS = 19


def announced(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """How much content a request's headers announce, or CHUNKED where that is seen at its end only.

    Raises MalformedRequest for headers that two programs could understand differently, which is how requests are
    smuggled (RFC 9112, 6.3 and 11.2): both a length and a coding, more than one of either, a length that is no number,
    a coding other than `chunked`. Raises ContentTooLarge for a length over LARGEST_CONTENT (RFC 9110, 15.5.14).
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
    if size > LARGEST_CONTENT:
        raise too_large()
    return size


def too_large() -> ContentTooLarge:
    """The problem of content that is too large."""
    return ContentTooLarge(f"The content is larger than {LARGEST_CONTENT} bytes.")


class Content:
    """The content of one request, counted while it is received."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        """Take what the headers announce; raises as `announced` does."""
        self.unread = announced(scope["headers"]) != 0
        """Whether some of it is still to come; then the connection is of no use for another request."""
        self._method = scope["method"]
        self._media_type = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
        self._receive = receive
        self._received = 0

    def check(self) -> None:
        """Raise UnsupportedMediaType for content of a kind that the method does not take (RFC 9110, 15.5.16)."""
        taken = _TAKEN.get(self._method)
        if self.unread and taken is not None and self._media_type not in taken:
            message = f"{self._method} takes {' or '.join(sorted(taken)) or 'no content'} here."
            raise UnsupportedMediaType(message)

    async def take(self) -> Message:
        """Receive some more; raises HTTPException 413 when it is too much, which the framework passes on as it is."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            if self._received > LARGEST_CONTENT:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            self.unread = message.get("more_body", False)
        return message
