"""The headers that the document declares, of answers and of requests."""

from typing import Any

from app.filters import CURSOR

_TAG = r'(W/)?"[\x21\x23-\x7e]*"'
_MEDIA_TYPE = "[a-z]+/[a-z+-]+"
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
        "The address of the record that is meant, or was made.",
        "/v1/calls/2020-03-19-xi-jinping-vladimir-putin",
        "/[!-~]*",
        longest=10_000,
    ),
    "WWW-Authenticate": _line(
        "That a key is asked for, and what is wrong with the one that was sent (RFC 6750).",
        'Bearer realm="telcon", error="invalid_token"',
        r'Bearer realm="telcon"(, error="[a-z_]+"(, scope="[a-z:]+")?)?',
    ),
    "Idempotency-Replayed": _line(
        "That the answer is the one kept of the first request with this `Idempotency-Key`.", "true", "true"
    ),
    "Accept": _line("The media type that PUT takes.", "application/json", _MEDIA_TYPE),
    "Accept-Post": _line("The media type that POST takes (RFC 9110).", "application/json", _MEDIA_TYPE),
    "Accept-Patch": _line("The media type that PATCH takes (RFC 5789).", "application/merge-patch+json", _MEDIA_TYPE),
    "Accept-Encoding": _line("The content coding that is taken: none.", "identity", "identity"),
    "Upgrade": _line("The version of HTTP that is needed.", "HTTP/1.1", "HTTP/1.1"),
    "Connection": _line("That `Upgrade` is for this connection.", "upgrade", "upgrade"),
    "Retry-After": _header(
        "After how many seconds to try again.", 2, type="integer", format="int32", minimum=1, maximum=3600
    ),
    "Access-Control-Allow-Origin": _header(
        "Whose pages may read the answer: to reading those of any origin, to writing those of origins that are named.",
        "*",
        type="string",
        maxLength=300,
        pattern=r"^(\*|https?://[!-~]+)$",
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


_ANY_LINE = r"[^\x00-\x08\x0A-\x1F\x7F]*"
NOTE = {
    "name": "X-Change-Note",
    "in": "header",
    "required": False,
    **_line(
        "Why the change is made, for the record's history; in UTF-8.",
        "As the archive has it.",
        r"[^\x00-\x1F\x7F]*[^\x00-\x20\x7F][^\x00-\x1F\x7F]*",
        longest=500,
    ),
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    **_line(
        "The tag of the record as the client knows it, or `*`; its version is compared.", "*", _ANY_LINE, longest=8_000
    ),
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    **_line("`*`: that there must be no record yet.", "*", r"\*", longest=1),
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    **_line(
        "A name of the client's own for this request, by which it can be sent again without effect, for 24 hours.",
        '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
        r"[!-~]([ -~]*[!-~])?",
        longest=255,
    ),
}
SENT = {
    "post": [_KEY, NOTE],
    "put": [{**_IF_MATCH, "required": False}, _IF_NONE_MATCH, _KEY, NOTE],
    "patch": [_IF_MATCH, _KEY, NOTE],
    "delete": [_IF_MATCH, _KEY, NOTE],
}
"""The headers of requests that write, by their methods."""
