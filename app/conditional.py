"""Answers that can be asked for conditionally: entity tags, 304, and what a cache may keep."""

import hashlib
import json
import re
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from fastapi.responses import Response

from app.paging import Item, Page
from app.problems import NotAcceptable

JSON = "application/json"
CACHE_CONTROL = "public, no-cache"
VARY = "Accept, Accept-Encoding"
_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_TAKES_JSON = frozenset({"*/*", "application/*", JSON})


class Answer:
    """How a GET answers: with a tag of its bytes, or with 304 where the client has them already (RFC 9110, 13.1.2)."""

    def __init__(self, request: Request) -> None:
        """Raise NotAcceptable at once where the client takes no JSON."""
        self.request = request
        if not _accepts_json(", ".join(request.headers.getlist("accept"))):
            message = f"This address answers {JSON}."
            raise NotAcceptable(message)

    def item(self, item: Item) -> Response:
        """One record; its tag starts with its version."""
        return self._answer(item.data.encode(), f"v{item.version}.")

    def page(self, page: Page) -> Response:
        """A page of records, with a link to the next one (RFC 8288)."""
        described: dict[str, object] = {"limit": page.limit, "next": page.next}
        if page.total is not None:
            described["total"] = page.total
        if page.ranked is not None:
            described["ranked"] = page.ranked
        body = f'{{"data":[{page.data}],"page":{json.dumps(described, separators=(",", ":"))}}}'.encode()
        link = None
        if page.next is not None:
            asked = [(name, value) for name, value in self.request.query_params.multi_items() if name != "cursor"]
            query = urlencode([*asked, ("cursor", page.next)])
            link = f'<{quote(self.request.url.path)}?{query}>; rel="next"'
        return self._answer(body, "", link)

    def _answer(self, body: bytes, prefix: str, link: str | None = None) -> Response:
        headers = {"Cache-Control": CACHE_CONTROL, "Vary": VARY}
        if link is not None:
            headers["Link"] = link
        return tagged(self.request, body, JSON, headers, prefix)


def tagged(request: Request, body: bytes, media_type: str, headers: dict[str, str], prefix: str = "") -> Response:
    """The body under a strong tag made of its bytes, or 304 where the client has them already."""
    tag = f'"{prefix}{hashlib.sha256(body).hexdigest()[:32]}"'
    headers["ETag"] = tag
    wanted = ", ".join(request.headers.getlist("if-none-match"))
    if wanted.strip() == "*" or tag in _TAG.findall(wanted):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _accepts_json(accept: str) -> bool:
    if not accept.strip() or accept in _TAKES_JSON:
        return True
    best = ("", -1.0)
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((_weight(piece[2:]) for piece in parameters if piece.startswith("q=")), 1.0)
        # The most specific range that matches decides (RFC 9110, 12.5.1), and these sort by how specific they are.
        if media in _TAKES_JSON and media >= best[0]:
            best = (media, weight)
    return best[1] > 0


def _weight(text: str) -> float:
    return float(text) if re.fullmatch(r"[01](\.[0-9]{0,3})?", text, re.ASCII) else 0.0


async def _answer(request: Request) -> Answer:
    return Answer(request)


Answering = Annotated[Answer, Depends(_answer)]
