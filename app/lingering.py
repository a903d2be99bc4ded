"""A transport that waits for the client when it is closed before all was read (RFC 9112, 9.6).

Otherwise what still arrives makes the system reset the connection, and the answer may be lost on the way.
"""

import asyncio
from collections.abc import Callable
from typing import Any

LINGER_SECONDS = 2


class Lingering:
    """A transport around a transport."""

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, is_unread: Callable[[], bool]
    ) -> None:
        """Wrap the transport; `is_unread` says whether something was not read."""
        self._transport = transport
        # What is used for every answer is not looked up each time.
        self.write = transport.write
        self._loop = loop
        self._is_unread = is_unread
        self._lingers = False

    def __getattr__(self, name: str) -> Any:
        """Be the transport in everything else."""
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Whether nothing more will be sent."""
        return self._lingers or self._transport.is_closing()

    def close(self) -> None:
        """Close at once, or send that this is all and give the client some time to close; a second time, at once."""
        if self.is_closing() or not self._is_unread():
            self._transport.close()
            return
        self._lingers = True
        self._transport.write_eof()
        self._transport.resume_reading()
        self._loop.call_later(LINGER_SECONDS, self._transport.close)
