"""Followers: streams of the change feed as Server-Sent Events, which wait for what is yet to come."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress

import asyncpg
from fastapi.sse import format_sse_event

from app.changes.queries import Stretch, list_changes
from app.db import Reader, connecting
from app.problems import CursorGone, StreamsTaken
from app.settings import Settings

ENDLESS = "telcon.followers"
"""Under which name the server finds the followers of the application, to end their streams when it ends."""
EVENT = "change"
"""What the events are called."""
CHANNEL = "telcon_feed"
"""Where the numbering, a function of the database, says that there is more."""
_AT_ONCE = 200
_LOOK = 5.0
"""After how many seconds a follower looks by itself, however much is said."""
_PING = 15.0
"""After how many seconds something is sent, so that nobody on the way takes the connection for a dead one."""
_PAUSE = 1.0
_RETRY_MS = 1_000
_COMMENT = b":\n\n"
_FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)


class Followers:
    """All followers of this process: they hold no connection to the database while they wait, and listen over one."""

    def __init__(self, url: str, settings: Settings, reader: Reader) -> None:
        """Set up for as many as the settings allow; listening begins with the first one."""
        self._free = settings.followers
        self._reader = reader
        self._connecting = connecting(url, settings, reading=True)
        self._listener: asyncio.Task[None] | None = None
        self._rung = asyncio.Event()
        self._looks: dict[str | None, asyncio.Task[Stretch]] = {}
        self._ends = False

    def end(self) -> None:
        """Let all streams come to their end."""
        self._ends = True
        self._ring()

    async def close(self) -> None:
        """Listen no more."""
        self.end()
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener

    @asynccontextmanager
    async def follow(self, after: str | None) -> AsyncIterator[AsyncIterator[bytes]]:
        """The events behind a cursor and those that come, some at a time.

        Raises StreamsTaken where there are as many followers as there may be, and what `list_changes` raises.
        """
        if not self._free:
            message = "As many clients follow the change feed as the service streams to at once; poll, or try again."
            raise StreamsTaken(message)
        self._free -= 1
        try:
            if self._listener is None:
                self._listener = asyncio.create_task(self._listen())
            first = await self._look(after)
            async with aclosing(self._events(first)) as events:
                yield events
        finally:
            self._free += 1

    async def _events(self, stretch: Stretch) -> AsyncGenerator[bytes]:
        # Whoever is cut off before the first event goes on from here as well.
        yield format_sse_event(id=stretch.before, retry=_RETRY_MS)
        clock = asyncio.get_running_loop().time
        sent = clock()
        while not self._ends:
            if stretch.changes:
                yield b"".join(
                    format_sse_event(data_str=told.change, event=EVENT, id=told.cursor) for told in stretch.changes
                )
                sent = clock()
            elif clock() - sent >= _PING:
                yield _COMMENT
                sent = clock()
            rung = self._rung
            try:
                found = await self._look(stretch.next)
            except CursorGone:
                # As the client hears when it comes back.
                return
            except _FAULTS:
                # The database is restarted, say; the next look tells all the same.
                await asyncio.sleep(_PAUSE)
                stretch = Stretch(stretch.next, ())
                continue
            stretch = found
            if not stretch.changes and not self._ends:
                with suppress(TimeoutError):
                    await asyncio.wait_for(rung.wait(), _LOOK)

    async def _look(self, after: str | None) -> Stretch:
        """What is behind a cursor; those who ask for the same at the same time are answered at once."""
        look = self._looks.get(after)
        if look is None:
            look = self._looks[after] = asyncio.create_task(list_changes(self._reader, after, _AT_ONCE))
            look.add_done_callback(lambda done: self._forget(after, done))
        return await asyncio.shield(look)

    def _forget(self, after: str | None, look: "asyncio.Task[Stretch]") -> None:
        if self._looks.get(after) is look:
            del self._looks[after]
        if not look.cancelled():
            # Whoever still waits is told; where nobody does, neither is the log.
            look.exception()

    def _ring(self) -> None:
        # Whoever asks from now on has to see what this is about.
        self._looks.clear()
        self._rung.set()
        self._rung = asyncio.Event()

    async def _listen(self) -> None:
        while True:
            # Without it followers look by themselves.
            with suppress(*_FAULTS):
                await self._listen_once()
            await asyncio.sleep(_PAUSE)

    async def _listen_once(self) -> None:
        lost = asyncio.Event()
        connection = await asyncpg.connect(**self._connecting)
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, lambda *_: self._ring())
            # For whatever was said before.
            self._ring()
            await lost.wait()
        finally:
            connection.terminate()
