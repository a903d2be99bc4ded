"""The headers that tell browsers what they may do with an answer: with every one, and with pages."""

from collections.abc import Iterable

Headers = Iterable[tuple[bytes, bytes]]

# Records are read by pages of any origin (CORS), but shown as a page or run as a script by none.
_EVERYWHERE = {
    b"access-control-allow-origin": b"*",
    b"access-control-expose-headers": b"Allow, ETag, Link, Retry-After",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cross-origin-resource-policy": b"cross-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}

PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def made_safe(headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, with those that every answer has and this one does not set otherwise."""
    given = list(headers)
    names = {name.lower() for name, _ in given}
    return [*given, *(header for header in _EVERYWHERE.items() if header[0] not in names)]
