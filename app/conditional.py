"""Answers that can be asked for conditionally: entity tags, 304, and what a cache may keep."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote, urlencode

import xxhash
from fastapi import Depends, Request
from fastapi.responses import Response

from app.asking import Asking, F, given_in
from app.codings import Compressed, compress, compress_once
from app.confirmed import Confirmed
from app.filters import Filters, moment_of
from app.negotiation import IDENTITY, codings, media_type
from app.paging import Item, Page
from app.problems import NotAcceptable, PreconditionFailed

JSON = "application/json"
CACHE_CONTROL = "public, no-cache"
VARY = "Accept, Accept-Encoding"
# A smaller answer fits into one packet as it is.
_LEAST_COMPRESSED = 1_000
_ASKS_ANYWAY = ("if-match", "cache-control", "pragma")
TAG = r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")'
"""An entity tag, and whether it is a weak one (RFC 9110, 8.8.3)."""
_TAG = re.compile(TAG)


@dataclass(frozen=True, slots=True)
class Representation:
    """What is answered before it is compressed, with what its tag starts with."""

    body: bytes
    content_type: str
    prefix: str = ""
    lasting: bool = False
    """Whether the body lasts as long as the process, so that it is hashed and compressed but once."""

    @property
    def tag(self) -> str:
        """What its tags have in common, whatever the coding."""
        return f"{self.prefix}{(_hash_once if self.lasting else _hash)(self.body)}"


class Answer(Asking[F]):
    """How a GET answers: in JSON, compressed as the client likes it, and only where the client has it not already."""

    def __init__(self, request: Request) -> None:
        """Take what the request asks, and when; raises as Asking does."""
        super().__init__(request)
        assert isinstance(request.app.state.confirmed, Confirmed)
        self.confirmed = request.app.state.confirmed
        self.asked_at = self.confirmed.clock()

    def spare(self) -> None:
        """Raise Unchanged where the client holds what the database confirmed a moment ago, so that it is not asked.

        It is asked whatever was confirmed when the request has a word on caches (RFC 9111, 5.2.1), or names what it is
        about to change.
        """
        headers = self.request.headers
        held = field_of(self.request, "if-none-match")
        if held is None or held == "*" or any(name in headers for name in _ASKS_ANYWAY):
            return
        confirmed = self.confirmed.find(*self._address)
        if confirmed is None:
            return
        accepted = codings(field_of(self.request, "accept-encoding"))
        tag = _held_among(held, _tags(confirmed[0], accepted))
        if tag is not None:
            raise Unchanged({"Cache-Control": self.confirmed.cache_control(confirmed[1]), "Vary": VARY, "ETag": tag})

    @property
    def _address(self) -> tuple[bytes, bytes]:
        return self.request.scope["raw_path"], self.request.scope["query_string"]

    def item(self, item: Item) -> Response:
        """One record; its tag starts with its version."""
        return self._answer(item.data.encode(), f"v{item.version}.")

    def document(self, data: str) -> Response:
        """What has no version of its own."""
        return self._answer(data.encode(), "")

    def page(self, page: Page) -> Response:
        """A page of records, with a link to the next one (RFC 8288)."""
        # A cursor has no character that JSON would escape.
        following = "null" if page.next is None else f'"{page.next}"'
        total = "" if page.total is None else f',"total":{page.total}'
        ranked = "" if page.ranked is None else f',"ranked":{page.ranked}'
        facets = "" if page.facets is None else f',"facets":{page.facets}'
        described = f'{{"limit":{page.limit},"next":{following}{total}{ranked}}}'
        body = f'{{"data":[{page.data}],"page":{described}{facets}}}'.encode()
        link = None
        if page.next is not None:
            link = next_link(self.request, "cursor", page.next)
        return self._answer(body, "", link)

    def _answer(self, body: bytes, prefix: str, link: str | None = None) -> Response:
        lasts = moment_of(self.filters) is not None
        cached = self.confirmed.lasting if lasts else self.confirmed.cache_control(self.asked_at)
        headers = {"Cache-Control": cached}
        if link is not None:
            headers["Link"] = link
        given = Representation(body, JSON, prefix)
        response = tagged(self.request, given, headers)
        if response.status_code == HTTPStatus.NOT_MODIFIED and not lasts:
            self.confirmed.note(*self._address, given.tag, self.asked_at)
        return response


class Reserved(Answer[F]):
    """The same to those only who bear the key that is asked for: no cache keeps it for others."""

    def _answer(self, body: bytes, prefix: str, link: str | None = None) -> Response:
        headers = {"Cache-Control": "private, no-cache"}
        if link is not None:
            headers["Link"] = link
        return tagged(self.request, Representation(body, JSON, prefix), headers)


class Unchanged(Exception):
    """The client holds the answer already, and needs none but its headers."""

    def __init__(self, headers: dict[str, str]) -> None:
        """Take the headers of the 304."""
        super().__init__(headers)
        self.headers = headers


def acceptable(request: Request, *offered: str, by_name: tuple[str, ...] = ()) -> str:
    """The media type to answer in; raises NotAcceptable where the client takes none of those offered.

    What is offered `by_name` is given to those only who name it.
    """
    chosen = media_type(field_of(request, "accept") or "", offered, by_name)
    if chosen is None:
        message = f"This address answers {' or '.join([*offered, *by_name])}."
        raise NotAcceptable(message)
    return chosen


def codings_of(request: Request) -> tuple[str, ...]:
    """The content codings that the client takes, the best first; raises NotAcceptable where there is none."""
    accepted = codings(field_of(request, "accept-encoding"))
    if not accepted:
        message = "This address answers in the codings identity, gzip, br or zstd."
        raise NotAcceptable(message)
    return accepted


def check_match(request: Request, tags: Collection[str] = ()) -> None:
    """Raise PreconditionFailed where If-Match names none of these tags (RFC 9110, 13.1.1)."""
    wanted = field_of(request, "if-match")
    if wanted is not None and wanted != "*":
        # Compared strongly: a weak tag never matches.
        listed = {tag for weak, tag in _TAG.findall(wanted) if not weak}
        if listed.isdisjoint(tags):
            message = "The answer is not the one that If-Match names."
            raise PreconditionFailed(message)


def _tags(plain: str, accepted: Iterable[str]) -> list[str]:
    """The tags of an answer in the codings that are accepted, each its own (RFC 9110, 8.8.3.3)."""
    return [f'"{plain}"' if known == IDENTITY else f'"{plain}-{known}"' for known in accepted]


def _held_among(held: str, tags: Iterable[str]) -> str | None:
    """The first tag that If-None-Match names, compared weakly, so that the client knows which of its own to use."""
    listed = {tag for _, tag in _TAG.findall(held)}
    return next((tag for tag in tags if tag in listed or held == "*"), None)


def tagged(request: Request, given: Representation, headers: dict[str, str]) -> Response:
    """What is given under a strong tag of its bytes and coding, or 304 where the client has them already.

    Each coding has its own tag (RFC 9110, 8.8.3.3): the plain one's with `-gzip`, `-br` or `-zstd` at its end. The
    client has what it needs when it holds any coding that it still accepts. Raises PreconditionFailed where If-Match
    names none of these (13.1.1), and NotAcceptable where no coding will do. There are no modification dates, so that
    conditions on them are ignored (13.1.3 and 13.1.4), and no ranges (14.2).
    """
    accepted = codings_of(request)
    coding = IDENTITY if len(given.body) < _LEAST_COMPRESSED and IDENTITY in accepted else accepted[0]
    tags = _tags(given.tag, (coding, *accepted))
    headers = {**headers, "Vary": VARY, "ETag": tags[0]}
    check_match(request, tags)
    held = field_of(request, "if-none-match")
    tag = None if held is None else _held_among(held, tags)
    if tag is not None:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={**headers, "ETag": tag})
    if coding == IDENTITY:
        return Response(given.body, media_type=given.content_type, headers=headers)
    compressing = compress_once if given.lasting else compress
    return Compressed(given.body, coding, compressing, headers | {"Content-Type": given.content_type})


def next_link(request: Request, parameter: str, cursor: str) -> str:
    """The link to the next page (RFC 8288), whose query is the request's but for the cursor, in a parameter."""
    query: bytes = request.scope["query_string"]
    # Its name is in there as it is, or with an escape.
    if parameter.encode() in query or b"%" in query:
        given = given_in(query)
        others = [item for item in given if item[0] != parameter]
        if len(others) < len(given):
            query = urlencode(others).encode()
    asked = f"{_quoted(query)}&" if query else ""
    # Of the path alone: the request's URL would bring in the Host that the client claims.
    return f'<{_quoted(request.scope["raw_path"])}?{asked}{parameter}={cursor}>; rel="next"'


def _quoted(sent: bytes) -> str:
    """A part of an address as it was sent, but for characters that no address has (RFC 3986, 2)."""
    return quote(sent, safe="%/?:@!$&'()*+,;=-._~")


def field_of(request: Request, name: str) -> str | None:
    """A header's value; several lines count as one (RFC 9110, 5.3)."""
    wanted = name.encode()
    lines = [value for given, value in request.scope["headers"] if given == wanted]
    return b", ".join(lines).decode("latin-1").strip() if lines else None


def _hash(body: bytes) -> str:
    # Of the bytes as they are, which nobody has a reason to forge: a cryptographic hash would take 60 times as long.
    return xxhash.xxh3_128_hexdigest(body)


_hash_once = lru_cache(maxsize=64)(_hash)


async def _answer(request: Request) -> Answer[Filters]:
    acceptable(request, JSON)
    answer: Answer[Filters] = Answer(request)
    answer.spare()
    return answer


Answering = Annotated[Answer[F], Depends(_answer)]


async def _reserved(request: Request) -> Reserved[Filters]:
    acceptable(request, JSON)
    return Reserved(request)


Reserving = Annotated[Reserved[F], Depends(_reserved)]
