"""How requests are read off a connection: which bytes are one, and what becomes of anything else."""

import socket
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.content import CHUNKED, LARGEST_CONTENT, too_large
from app.heads import Head
from app.lingering import Lingering
from app.problems import MalformedRequest, Problem, RequestTimeout
from app.surface import REFUSED

HEAD_SECONDS = 10
STALL_SECONDS = 30
"""How long a client may take for what waits to be sent to it."""
_MOST_WAITING = 64 * 1024
# What a client may send ahead of its turn.
_MOST_AHEAD = 64 * 1024


class Framing(HttpToolsProtocol):
    """HTTP/1.1 (RFC 9112), each head held against the standard before the parser sees it.

    Programs that read one request differently are what smuggling lives on, and parsers are lenient in different places.
    So nothing is repaired here. What is not as it should be is refused with its problem, and the connection is closed,
    since nobody can tell where the next request would begin. One request is read when the one before is answered.

    More is taken in three places where it harms nobody: methods that the parser does not know, which get their 405;
    letters beyond ASCII, as people type them in `?leader=普京`; and a wish to upgrade, which is passed over (RFC 9110,
    7.8).
    """

    def connection_made(self, transport: Any) -> None:
        """Expect a request, though not for ever."""
        self.received = bytearray()
        self.head = Head()
        self.content = 0
        self.content_size = 0
        self.over = False
        self.refused: Problem | None = None
        self.deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)
        self.stall: Any = None
        # What the system would take without sending it on would hide how much the client takes.
        taken = transport.get_extra_info("socket")
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _MOST_WAITING)
        super().connection_made(Lingering(transport, self.loop, self._is_unread))  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self.deadline.cancel()
        if self.stall is not None:
            self.stall.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Make no more of an answer until the client has taken what waits, though not for ever."""
        super().pause_writing()
        self.stall = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        if self.stall is not None:
            self.stall.cancel()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Read on, unless nothing more is wanted."""
        if not self.over and not self.transport.is_closing():
            self.received += data
            self._read_on()

    def on_response_complete(self) -> None:
        """Read on with what the client sent ahead."""
        super().on_response_complete()
        if self.received and not self.transport.is_closing():
            self._read_on()

    def on_message_begin(self) -> None:
        """Take headers again."""
        super().on_message_begin()
        self.in_head = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those after the content would otherwise be added to them (RFC 9110, 6.5.1)."""
        if self.in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start to answer the request, or to tell why it was refused."""
        super().on_headers_complete()
        self.in_head = False
        self.scope["method"] = self.head.method.decode()
        if self.refused is not None:
            self.scope[REFUSED] = self.refused  # type: ignore[literal-required]
        if self.content == CHUNKED:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """Leave what follows content in chunks alone: only the parser knows where that ended."""
        super().on_message_complete()
        if self.content == CHUNKED:
            self.content = 0
            self.over = True
            raise _Enough

    def _is_unread(self) -> bool:
        return self.over or self.content != 0 or bool(self.received)

    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _give_up(self) -> None:
        if self.received or self.head:
            self._refuse(RequestTimeout(f"The request did not arrive within {HEAD_SECONDS} seconds."))
        else:
            self.transport.close()

    def _read_on(self) -> None:
        self._unset_keepalive_if_required()
        try:
            while self.received and not self.over:
                if self.content:
                    self._read_content()
                elif self._is_answering():
                    if len(self.received) > _MOST_AHEAD:
                        self.flow.pause_reading()
                    break
                elif not self.head.read(self.received):
                    break
                elif self.head.is_whole:
                    self._begin()
            if self.deadline.cancelled() and not (self.over or self.content or self._is_answering()):
                self.deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)
        except Problem as problem:
            self._refuse(problem)

    def _begin(self) -> None:
        """Hand a head that is whole to the parser, which starts the answer."""
        self.deadline.cancel()
        self.content, self.content_size = self.head.content, 0
        self._parse(self.head.written())
        self.head = Head()

    def _read_content(self) -> None:
        size = len(self.received) if self.content == CHUNKED else min(self.content, len(self.received))
        part = bytes(self.received[:size])
        del self.received[:size]
        if self.content == CHUNKED:
            # With the sizes and extensions of the chunks, and what comes after them.
            self.content_size += size
            if self.content_size > 2 * LARGEST_CONTENT:
                raise too_large()
        else:
            self.content -= size
        self._parse(part)

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            if not self.over:
                message = "The request is not one of HTTP/1.1."
                raise MalformedRequest(message) from None

    def _refuse(self, problem: Problem) -> None:
        """Answer a problem in place of what was being read, and read no more."""
        self.over = True
        self.received.clear()
        self.deadline.cancel()
        if self._is_answering():
            # The content turned out to be broken.
            if self.cycle.response_started:
                self.transport.close()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.cycle = None  # type: ignore[assignment]
        self.content = 0
        self.refused = problem
        # The application answers it as it does any other problem.
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(b"POST / HTTP/1.1\r\nConnection: close\r\n\r\n")


class _Enough(Exception):
    """What the parser is stopped with."""
