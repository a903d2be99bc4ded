"""The headers that tell browsers what they may do with an answer: with every one, and with pages."""

from collections.abc import Iterable, Mapping

Headers = Iterable[tuple[bytes, bytes]]

# Records are read by pages of other origins, but shown as a page or run as a script by none.
_EVERYWHERE = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cross-origin-resource-policy": b"cross-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
_VARY = b"vary"

PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def made_safe(headers: Headers, opening: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, with those that every answer has and this one does not set otherwise.

    `opening` are those that open it to pages of other origins. Names are in lower case.
    """
    given = list(headers)
    own = dict(given)
    if _VARY in own and _VARY in opening:
        given.remove((_VARY, own[_VARY]))
        given.append((_VARY, own[_VARY] + b", " + opening[_VARY]))
    return given + [header for header in (*opening.items(), *_EVERYWHERE.items()) if header[0] not in own]
