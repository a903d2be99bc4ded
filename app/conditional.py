"""Answers that can be asked for conditionally: entity tags, 304, and what a cache may keep."""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from fastapi.responses import Response

from app.codings import Compressed, compress, compress_once
from app.negotiation import IDENTITY, codings, media_type
from app.paging import Item, Page
from app.problems import NotAcceptable, PreconditionFailed

JSON = "application/json"
CACHE_CONTROL = "public, no-cache"
VARY = "Accept, Accept-Encoding"
# A smaller answer fits into one packet as it is.
_LEAST_COMPRESSED = 1_000
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


@dataclass(frozen=True, slots=True)
class Representation:
    """What is answered before it is compressed, with what its tag starts with."""

    body: bytes
    content_type: str
    prefix: str = ""
    lasting: bool = False
    """Whether the body lasts as long as the process, so that it is hashed and compressed but once."""


class Answer:
    """How a GET answers: in JSON, compressed as the client likes it, and only where the client has it not already."""

    def __init__(self, request: Request) -> None:
        """Raise NotAcceptable at once where the client takes no JSON."""
        self.request = request
        acceptable(request, JSON)

    def item(self, item: Item) -> Response:
        """One record; its tag starts with its version."""
        return self._answer(item.data.encode(), f"v{item.version}.")

    def document(self, data: str) -> Response:
        """What has no version of its own."""
        return self._answer(data.encode(), "")

    def page(self, page: Page) -> Response:
        """A page of records, with a link to the next one (RFC 8288)."""
        described: dict[str, object] = {"limit": page.limit, "next": page.next}
        if page.total is not None:
            described["total"] = page.total
        if page.ranked is not None:
            described["ranked"] = page.ranked
        facets = "" if page.facets is None else f',"facets":{page.facets}'
        body = f'{{"data":[{page.data}],"page":{json.dumps(described, separators=(",", ":"))}{facets}}}'.encode()
        link = None
        if page.next is not None:
            # Of the path alone: the request's URL would bring in the Host that the client claims.
            link = f'<{_quoted(self.request.scope["raw_path"])}?{self._asked()}cursor={page.next}>; rel="next"'
        return self._answer(body, "", link)

    def _asked(self) -> str:
        """The query without a cursor, and what joins it to one."""
        query: bytes = self.request.scope["query_string"]
        params = self.request.query_params
        if "cursor" in params:
            query = urlencode([item for item in params.multi_items() if item[0] != "cursor"]).encode()
        return f"{_quoted(query)}&" if query else ""

    def _answer(self, body: bytes, prefix: str, link: str | None = None) -> Response:
        headers = {"Cache-Control": CACHE_CONTROL}
        if link is not None:
            headers["Link"] = link
        return tagged(self.request, Representation(body, JSON, prefix), headers)


def acceptable(request: Request, *offered: str) -> str:
    """The media type to answer in; raises NotAcceptable where the client takes none of those offered."""
    chosen = media_type(_field(request, "accept") or "", offered)
    if chosen is None:
        message = f"This address answers {' or '.join(offered)}."
        raise NotAcceptable(message)
    return chosen


def tagged(request: Request, given: Representation, headers: dict[str, str]) -> Response:
    """What is given under a strong tag of its bytes and coding, or 304 where the client has them already.

    Each coding has its own tag (RFC 9110, 8.8.3.3): the plain one's with `-gzip`, `-br` or `-zstd` at its end. The
    client has what it needs when it holds any coding that it still accepts. Raises PreconditionFailed where If-Match
    names none of these (13.1.1), and NotAcceptable where no coding will do. There are no modification dates, so that
    conditions on them are ignored (13.1.3 and 13.1.4), and no ranges (14.2).
    """
    accepted = codings(_field(request, "accept-encoding"))
    if not accepted:
        message = "This address answers in the codings identity, gzip, br or zstd."
        raise NotAcceptable(message)
    coding = IDENTITY if len(given.body) < _LEAST_COMPRESSED and IDENTITY in accepted else accepted[0]
    plain = f"{given.prefix}{(_hash_once if given.lasting else _hash)(given.body)}"
    tags = {known: f'"{plain}"' if known == IDENTITY else f'"{plain}-{known}"' for known in (coding, *accepted)}
    headers = {**headers, "Vary": VARY, "ETag": tags[coding]}
    wanted, held = _field(request, "if-match"), _field(request, "if-none-match")
    if wanted is not None and wanted != "*":
        # Compared strongly: a weak tag never matches.
        listed = {tag for weak, tag in _TAG.findall(wanted) if not weak}
        if listed.isdisjoint(tags.values()):
            message = "The answer is not the one that If-Match names."
            raise PreconditionFailed(message)
    if held is not None:
        # Compared weakly; the tag answered is the one that the client holds, so that it knows which to use.
        listed = {tag for _, tag in _TAG.findall(held)}
        found = [tag for tag in tags.values() if tag in listed or held == "*"]
        if found:
            return Response(status_code=304, headers={**headers, "ETag": found[0]})
    if coding == IDENTITY:
        return Response(given.body, media_type=given.content_type, headers=headers)
    compressing = compress_once if given.lasting else compress
    return Compressed(given.body, coding, compressing, headers | {"Content-Type": given.content_type})


def _quoted(sent: bytes) -> str:
    """A part of an address as it was sent, but for characters that no address has (RFC 3986, 2)."""
    return quote(sent, safe="%/?:@!$&'()*+,;=-._~")


def _field(request: Request, name: str) -> str | None:
    """A header's value; several lines count as one (RFC 9110, 5.3)."""
    lines = request.headers.getlist(name)
    return ", ".join(lines).strip() if lines else None


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


_hash_once = lru_cache(maxsize=64)(_hash)


async def _answer(request: Request) -> Answer:
    return Answer(request)


Answering = Annotated[Answer, Depends(_answer)]
