"""How requests are read off a connection: which bytes are one, and what becomes of anything else."""

import asyncio
import socket
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.content import CHUNKED, too_large
from app.following import ENDLESS
from app.heads import Head
from app.lingering import Lingering
from app.problems import MalformedRequest, Problem, RequestTimeout
from app.sending import Cycle
from app.surface import REFUSED

HEAD_SECONDS = 10
STALL_SECONDS = 30
"""How long a client may take nothing of what waits to be sent to it."""
_ASGI = {"version": "3.0", "spec_version": "2.3"}
_MOST_WAITING = 64 * 1024
# What a client may send ahead of its turn.
_MOST_AHEAD = 64 * 1024


class Framing(HttpToolsProtocol):
    """HTTP/1.1 (RFC 9112), each head held against the standard here; a parser reads content only.

    Programs that read one request differently are what smuggling lives on, and parsers are lenient in different places.
    So nothing is repaired here. What is not as it should be is refused with its problem, and the connection is closed,
    since nobody can tell where the next request would begin. One request is read when the one before is answered.

    More is taken in three places where it harms nobody: methods that nobody knows, which get their 405; letters beyond
    ASCII, as people type them in `?leader=普京`; and a wish to upgrade, which is passed over (RFC 9110, 7.8).
    """

    def connection_made(self, transport: Any) -> None:
        """Expect a request, though not for ever."""
        self.received = bytearray()
        self.head = Head()
        self.content = 0
        self.content_size = 0
        self.over = False
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
        self._watch(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Go on."""
        if self.stall is not None:
            self.stall.cancel()
        super().resume_writing()

    def _watch(self, waiting: int) -> None:
        """Cut the client off once it has taken nothing of so many bytes for a while, or else look again."""

        def look() -> None:
            left = self.transport.get_write_buffer_size()
            if left < waiting:
                self._watch(left)
            else:
                self.transport.abort()

        self.stall = self.loop.call_later(STALL_SECONDS, look)

    def shutdown(self) -> None:
        """Answer what is being answered to its end, and bring to their end what has none."""
        endless = self.app_state.get(ENDLESS)
        if endless is not None:
            endless.end()
        super().shutdown()

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
                elif not self.head.read_whole(self.received) and not self.head.read(self.received):
                    break
                elif self.head.is_whole:
                    self._begin()
            if self.deadline.cancelled() and not (self.over or self.content or self._is_answering()):
                self.deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)
        except Problem as problem:
            self._refuse(problem)

    def _begin(self) -> None:
        """Start to answer the request whose head is whole, and hand the head to a parser if there is content."""
        self.deadline.cancel()
        head = self.head
        self.content, self.content_size, self.largest = head.content, 0, head.largest
        if self.content:
            told = SimpleNamespace(on_body=self.on_body, on_message_complete=self.on_message_complete)
            self.parser = httptools.HttpRequestParser(told)
            self._parse(head.written())
        path, _, query = head.target.partition(b"?")
        self._answer(head, path, query, keep_alive=self.content != CHUNKED and not head.closes)
        self.head = Head()

    def _answer(self, head: Head, path: bytes, query: bytes, *, keep_alive: bool, **more: Any) -> None:
        """Let the application answer."""
        scope: Any = {
            "type": "http",
            "asgi": _ASGI,
            "http_version": head.version.decode(),
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": "",
            "method": head.method.decode(),
            "path": unquote(path.decode()),
            "raw_path": path,
            "query_string": query,
            "headers": head.fields,
            "state": self.app_state.copy(),
            **more,
        }
        self.cycle = Cycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=bool(self.content) and head.expects,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        if not self.content:
            self.cycle.more_body = False
            self.cycle.message_event.set()
        self._start_asgi_task(self.cycle, self.app)

    def _read_content(self) -> None:
        size = len(self.received) if self.content == CHUNKED else min(self.content, len(self.received))
        part = bytes(self.received[:size])
        del self.received[:size]
        if self.content == CHUNKED:
            # With the sizes and extensions of the chunks, and what comes after them.
            self.content_size += size
            if self.content_size > 2 * self.largest:
                raise too_large(self.largest)
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
        # The application answers it as it does any other problem.
        self._answer(self.head, b"/", b"", keep_alive=False, **{REFUSED: problem})


class _Enough(Exception):
    """What the parser is stopped with."""
