"""An answer whose length nobody knows: sent in chunks while it is made, and broken off where that fails."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager

import asyncpg
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from app.codings import aside, in_parts
from app.negotiation import IDENTITY

HEAD_ONLY = "telcon.head"
"""Tells in the scope of a GET that it stands for a HEAD, so that nothing is made which is not sent."""

_LOG = logging.getLogger("telcon")


class Chunked(Response):
    """An answer in chunks (RFC 9112, 7.1).

    A fault before the first of them is raised, to be answered as a problem. After it the last chunk is never sent,
    which is how a client knows that something is missing.
    """

    def __init__(
        self, parts: AbstractAsyncContextManager[AsyncIterator[bytes]], coding: str, headers: Mapping[str, str]
    ) -> None:
        """Take the parts of the plain body, which are held open as long as the client is there to take them."""
        super().__init__(headers=headers)
        del self.headers["Content-Length"]
        if coding != IDENTITY:
            self.headers["Content-Encoding"] = coding
        self.parts = parts
        self.coding = coding

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until all is sent or the client is gone."""
        sending = asyncio.create_task(self._send(send, head_only=HEAD_ONLY in scope))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.wait((sending, leaving))
        if not sending.cancelled():
            sending.result()

    async def _send(self, send: Send, *, head_only: bool) -> None:
        add, end = in_parts(self.coding)
        started = False

        async def start() -> None:
            nonlocal started
            started = True
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

        try:
            async with self.parts as parts:
                async for part in parts:
                    if not started:
                        await start()
                    if head_only:
                        break
                    coded = await aside(lambda part=part: add(part), len(part))  # type: ignore[misc]
                    if coded:
                        await send({"type": "http.response.body", "body": coded, "more_body": True})
        except (asyncpg.PostgresError, OSError) as error:
            if not started:
                raise
            _LOG.warning("a stream is broken off: %s", " ".join(str(error).split())[:500] or type(error).__name__)
            return
        if not started:
            await start()
        await send({"type": "http.response.body", "body": end(), "more_body": False})


class EventStream(Chunked):
    """Server-Sent Events as they come: a compressor would hold them back, and a cache has no use for them."""

    media_type = "text/event-stream"

    def __init__(self, parts: AbstractAsyncContextManager[AsyncIterator[bytes]]) -> None:
        """Take the events, likewise."""
        # The last header is for nginx, which otherwise waits until there is more.
        headers = {"Cache-Control": "no-store", "Vary": "Accept", "X-Accel-Buffering": "no"}
        super().__init__(parts, IDENTITY, {"Content-Type": f"{self.media_type}; charset=utf-8", **headers})


async def _gone(receive: Receive) -> None:
    message = await receive()
    while message["type"] != "http.disconnect":
        # Let the answer be made, whatever is received.
        await asyncio.sleep(0)
        message = await receive()
