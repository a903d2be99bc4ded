"""The headers that the document declares, of answers and of requests."""

from typing import Any

from app.filters import CURSOR

_TAG = r'(W/)?"[\x21\x23-\x7e]*"'
_A_TAG = '"v1.9f86d081884c7d659a2feaa0c55ad015"'


def _header(description: str, example: str | int, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": {**schema, "examples": [example]}, "example": example}


def _line(description: str, example: str, pattern: str, longest: int = 200) -> dict[str, Any]:
    return _header(description, example, type="string", maxLength=longest, pattern=f"^{pattern}$")


HEADERS = {
    "ETag": _line("The tag of this answer, for `If-None-Match`.", _A_TAG, _TAG),
    "Cache-Control": _line(
        "What a cache may do with it.",
        "public, max-age=4, must-revalidate",
        "[a-z-]+(=[0-9]+)?(, [a-z-]+(=[0-9]+)?)*",
    ),
    "Vary": _line(
        "Which request headers the answer depends on.", "Accept, Accept-Encoding, Origin", "[A-Za-z-]+(, [A-Za-z-]+)*"
    ),
    "Link": _line(
        "The next page (RFC 8288), if there is one.",
        f'</v1/topics?limit=2&cursor={CURSOR}>; rel="next"',
        r'<[^<>\s]+>; rel="next"',
        longest=10_000,
    ),
    "Location": _line(
        "The address of the surviving record.",
        "/v1/calls/2020-03-19-xi-jinping-vladimir-putin",
        "/[!-~]*",
        longest=10_000,
    ),
    "Upgrade": _line("The version of HTTP that is needed.", "HTTP/1.1", "HTTP/1.1"),
    "Connection": _line("That `Upgrade` is for this connection.", "upgrade", "upgrade"),
    "Retry-After": _header(
        "After how many seconds to try again.", 2, type="integer", format="int32", minimum=1, maximum=3600
    ),
    "Access-Control-Allow-Origin": _header(
        "That a page of any origin may read the answer, where the request names its origin.",
        "*",
        type="string",
        const="*",
    ),
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    # Members that cannot be read match nothing, so any line will do; a longer one is refused with all its headers.
    **_line(
        "The tags of answers that the client has; where one is current, the answer is a 304 without a body.",
        _A_TAG,
        r"[^\x00-\x08\x0A-\x1F\x7F]*",
        longest=8_000,
    ),
}
