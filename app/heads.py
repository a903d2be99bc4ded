"""The heads of requests: a request line and headers, read line by line and held against RFC 9112."""

import re
from urllib.parse import quote_from_bytes

from app.content import CHUNKED, announced
from app.problems import HeadersTooLarge, MalformedRequest, MethodNotAllowed, UriTooLong
from app.surface import LONGEST_TARGET

LARGEST_HEADERS = 32 * 1024
LONGEST_HEADER = 8_000
MOST_HEADERS = 100
_LONGEST_LINE = LONGEST_TARGET + 100
_ASCII = bytes(range(128))
_END = b"\r\n"

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
_REQUEST_LINE = re.compile(rb"(" + _TOKEN + rb"{1,40}) ([^\x00-\x20\x7f]+) HTTP/(1\.[01])\r\n")
_ORIGIN_FORM = re.compile(rb"/[^#]*")
_ABSOLUTE_FORM = re.compile(rb"https?://[^/?#@]+((?:/[^?#]*)?(?:\?[^#]*)?)", re.IGNORECASE)
_NAME = re.compile(_TOKEN + rb"+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class Head:
    """One request's head, while it is received."""

    def __init__(self) -> None:
        """Nothing of it is there yet."""
        self.method = b"GET"
        self.is_whole = False
        self._line = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._size = 0
        self._searched = 0

    def __bool__(self) -> bool:
        """Whether some of it is there."""
        return bool(self._line)

    @property
    def content(self) -> int:
        """How much content it announces; raises as `announced` does."""
        content = announced(self._fields)
        if content == CHUNKED and self._line.endswith(b"1.0\r\n"):
            message = "HTTP/1.0 knows no chunks."
            raise MalformedRequest(message)
        return content

    def written(self) -> bytes:
        """The head for the parser: with a method that it knows in place of the true one, and no wish to upgrade."""
        lines = [b"%s: %s\r\n" % field for field in self._fields if field[0] != b"upgrade"]
        return b"".join([self._line, *lines, _END])

    def read(self, received: bytearray) -> bool:
        """Take one line off what was received, if it is there; raises the problem of one that is not as it should be.

        Lines are bounded whether they are whole or not (RFC 9110, 15.5.15, and RFC 6585, 5).
        """
        size = received.find(b"\n", self._searched) + 1
        self._searched = 0 if size else len(received)
        if not self:
            if (size or self._searched) > _LONGEST_LINE:
                message = f"The address is longer than {LONGEST_TARGET} bytes."
                raise UriTooLong(message)
        elif self._size + (size or self._searched) > LARGEST_HEADERS or len(self._fields) > MOST_HEADERS:
            raise _too_large()
        if not size:
            return False
        line = bytes(received[:size])
        del received[:size]
        if self:
            self._read_field(line)
        elif line != _END:
            # Empty lines before a request are passed over (RFC 9112, 2.2).
            self._read_request_line(line)
        return True

    def _read_request_line(self, line: bytes) -> None:
        """Read the method, the target in one of its forms, and the version (RFC 9112, 3)."""
        found = _REQUEST_LINE.fullmatch(line)
        if found is None:
            message = "The request line is not one of HTTP/1.1."
            raise MalformedRequest(message)
        self.method, target, version = found.groups()
        if self.method == b"CONNECT":
            raise MethodNotAllowed(["GET", "HEAD", "OPTIONS"])
        absolute = _ABSOLUTE_FORM.fullmatch(target)
        if absolute is not None:
            target = absolute[1] if absolute[1].startswith(b"/") else b"/" + absolute[1]
        elif target == b"*" and self.method == b"OPTIONS":
            target = b"/"
        elif not _ORIGIN_FORM.fullmatch(target):
            message = "The target is no address of this service."
            raise MalformedRequest(message)
        if not target.isascii():
            target = quote_from_bytes(target, safe=_ASCII).encode()
        self._line = b"POST %s HTTP/%s\r\n" % (target, version)

    def _read_field(self, line: bytes) -> None:
        """Read a header: no folded line, no space before the colon, no control characters (RFC 9112, 5)."""
        if line == _END:
            self.is_whole = True
            return
        # A line that ends otherwise keeps its line feed, which is a control character.
        name, colon, value = line.removesuffix(_END).partition(b":")
        if not colon or not _NAME.fullmatch(name) or _CONTROL.search(value):
            message = "A header is not a name, a colon and a value of printable characters."
            raise MalformedRequest(message)
        value = value.strip(b" \t")
        if len(value) > LONGEST_HEADER:
            raise _too_large()
        self._fields.append((name.lower(), value))
        self._size += len(line)


def _too_large() -> HeadersTooLarge:
    bounds = f"{MOST_HEADERS} headers of {LONGEST_HEADER} bytes each, and {LARGEST_HEADERS} bytes together"
    return HeadersTooLarge(f"The service reads at most {bounds}.")
