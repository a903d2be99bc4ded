"""How answers are sent on a connection."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from app.heads import PRINTABLE

_WITHOUT_BODY = (204, 304)


class Cycle(RequestResponseCycle):
    """An exchange whose answer's head is checked and written in one go, instead of header by header."""

    async def send(self, message: Any) -> None:
        """Send a part of the answer; names of headers are in lower case."""
        if self.response_started or message["type"] != "http.response.start":
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        self.response_started = True
        self.waiting_for_100_continue = False
        status, headers = message["status"], [*self.default_headers, *message["headers"]]
        named = dict(headers)
        if b"close" in named.get(b"connection", b""):
            self.keep_alive = False
        elif not self.keep_alive:
            headers.append((b"connection", b"close"))
        if b"content-length" in named:
            self.chunked_encoding = False
            self.expected_content_length = int(named[b"content-length"])
        elif self.scope["method"] != "HEAD" and status not in _WITHOUT_BODY:
            self.chunked_encoding = True
            headers.append((b"transfer-encoding", b"chunked"))
        lines = b"".join([b"%s: %s\r\n" % header for header in headers])
        if lines.translate(None, PRINTABLE) != b"\r\n" * len(headers):
            fault = "A header holds a control character."
            raise RuntimeError(fault)
        self.transport.write(b"%s%s\r\n" % (STATUS_LINE[status], lines))
