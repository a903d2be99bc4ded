"""The server process: how uvicorn is set up, and request lines with letters beyond ASCII."""

import os
import socket
from urllib.parse import quote_from_bytes

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.supervisors import Multiprocess

from app.settings import Settings

_GRACE_SECONDS = 10
_ASCII = bytes(range(128))


class UnescapedTargets(HttpToolsProtocol):
    """HTTP/1.1 that also takes `?leader=普京` as people type it, where the parser wants it percent-encoded."""

    def connection_made(self, transport: object) -> None:
        """Expect a request line first."""
        self.expects_request_line = True
        super().connection_made(transport)  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Escape what is not ASCII in a request line at the start of the data, and nothing else."""
        if self.expects_request_line and not data.isascii():
            line, end, rest = data.partition(b"\r\n")
            data = quote_from_bytes(line, safe=_ASCII).encode() + end + rest
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request has begun; what follows may be a body."""
        self.expects_request_line = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """The request is whole; the next data begin another."""
        super().on_message_complete()
        self.expects_request_line = True


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve on a listening socket until a signal ends it; requests in flight are answered first."""
    # Worker processes make the application anew, from the environment.
    os.environ["DATABASE_URL"] = settings.database_url or ""
    config = uvicorn.Config(
        "app.main:create_service",
        factory=True,
        workers=settings.workers,
        http=UnescapedTargets,
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    if settings.workers == 1:
        uvicorn.Server(config).run(sockets=[listener])
    else:
        Multiprocess(config, sockets=[listener]).run()
