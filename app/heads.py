"""The heads of requests, held against RFC 9112 line by line, whether they come in one piece or in many."""

import re
from urllib.parse import quote_from_bytes

from app.content import CHUNKED, announced, largest_at
from app.problems import HeadersTooLarge, MalformedRequest, MethodNotAllowed, UriTooLong
from app.surface import LONGEST_TARGET

LARGEST_HEADERS = 32 * 1024
LONGEST_HEADER = 8_000
MOST_HEADERS = 100
# A head that is longer is read line by line, each of which is bounded.
_PLAIN = 8_000
_LONGEST_LINE = LONGEST_TARGET + 100
_ASCII = bytes(range(128))
_END = b"\r\n"

_TOKEN = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# A tab, what is visible in ASCII, and all beyond it.
PRINTABLE = bytes({*b"\t", *range(0x20, 0x7F), *range(0x80, 0x100)})
_REQUEST_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,40}) ([^\x00-\x20\x7f]+) HTTP/(1\.[01])")
_ORIGIN_FORM = re.compile(rb"/[^#]*")
_ABSOLUTE_FORM = re.compile(rb"https?://[^/?#@]+((?:/[^?#]*)?(?:\?[^#]*)?)", re.IGNORECASE)


class Head:
    """One request's head, while it is received."""

    def __init__(self) -> None:
        """Nothing of it is there yet."""
        self.method = b"GET"
        self.target = b""
        self.version = b"1.1"
        self.fields: list[tuple[bytes, bytes]] = []
        self.is_whole = False
        self._lines = 0
        self._size = 0
        self._searched = 0

    def __bool__(self) -> bool:
        """Whether some of it is there."""
        return bool(self.target)

    @property
    def largest(self) -> int:
        """How many bytes of content its address takes."""
        return largest_at(self.target.partition(b"?")[0])

    @property
    def content(self) -> int:
        """How much content it announces; raises as `announced` does."""
        content = announced(self.fields, self.largest)
        if content == CHUNKED and self.version == b"1.0":
            message = "HTTP/1.0 knows no chunks."
            raise MalformedRequest(message)
        return content

    @property
    def closes(self) -> bool:
        """Whether the connection is closed after the answer; that of HTTP/1.0 always is."""
        given = [value for name, value in self.fields if name == b"connection"]
        options = b",".join(given).lower().split(b",") if given else ()
        return self.version == b"1.0" or any(option.strip(b" \t") == b"close" for option in options)

    @property
    def expects(self) -> bool:
        """Whether the client waits to be told to go on with the content (RFC 9110, 10.1.1)."""
        return any(name == b"expect" and value.lower() == b"100-continue" for name, value in self.fields)

    def written(self) -> bytes:
        """The head for the parser of content, with a method that it knows in place of the true one."""
        lines = [b"%s: %s\r\n" % field for field in self.fields]
        return b"".join([b"POST %s HTTP/%s\r\n" % (self.target, self.version), *lines, _END])

    def read_whole(self, received: bytearray) -> bool:
        """Take all lines off what was received, if they are there and few, and none was taken before.

        Raises what `read` would raise for one of them.
        """
        end = -1 if self else received.find(_END * 2, 0, _PLAIN)
        if end <= 0:
            return False
        first, *lines = bytes(received[:end]).split(_END)
        if not first or len(lines) > MOST_HEADERS:
            return False
        self._read_request_line(first)
        for line in lines:
            self._read_field(line)
        del received[: end + 2 * len(_END)]
        self.is_whole = True
        return True

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
        elif self._size + (size or self._searched) > LARGEST_HEADERS or self._lines > MOST_HEADERS:
            raise _too_large()
        if not size:
            return False
        line = bytes(received[:size])
        del received[:size]
        if self:
            self._lines += 1
            self._size += size
            self.is_whole = line == _END
            if not self.is_whole:
                # A line that ends otherwise keeps its line feed, which is a control character.
                self._read_field(line.removesuffix(_END))
        elif line != _END:
            # Empty lines before a request are passed over (RFC 9112, 2.2).
            self._read_request_line(line.removesuffix(_END))
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
        if not _ORIGIN_FORM.fullmatch(target):
            absolute = _ABSOLUTE_FORM.fullmatch(target)
            if absolute is not None:
                target = absolute[1] if absolute[1].startswith(b"/") else b"/" + absolute[1]
            elif target == b"*" and self.method == b"OPTIONS":
                target = b"/"
            else:
                message = "The target is no address of this service."
                raise MalformedRequest(message)
        if not target.isascii():
            target = quote_from_bytes(target, safe=_ASCII).encode()
        self.target, self.version = target, version

    def _read_field(self, line: bytes) -> None:
        """Read a header: no folded line, no space before the colon, no control characters (RFC 9112, 5)."""
        name, colon, value = line.partition(b":")
        if not colon or not name or name.translate(None, _TOKEN) or value.translate(None, PRINTABLE):
            message = "A header is not a name, a colon and a value of printable characters."
            raise MalformedRequest(message)
        value = value.strip(b" \t")
        if len(value) > LONGEST_HEADER:
            raise _too_large()
        # A wish to upgrade is passed over (RFC 9110, 7.8).
        if name.lower() != b"upgrade":
            self.fields.append((name.lower(), value))


def _too_large() -> HeadersTooLarge:
    bounds = f"{MOST_HEADERS} headers of {LONGEST_HEADER} bytes each, and {LARGEST_HEADERS} bytes together"
    return HeadersTooLarge(f"The service reads at most {bounds}.")
