"""What our service asks PostgreSQL for a target: the statements and their arguments, told by the service itself."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx

from app.db import Prepared, Reader
from app.main import create_app
from app.settings import Settings

_AT_ONCE = 8
_SETTINGS = Prepared(
    "SELECT name, setting FROM pg_settings WHERE source = 'client' AND name <> 'client_encoding'", (), {}
)
_asked: ContextVar[list["Statement"]] = ContextVar("asked")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with its arguments."""

    sql: str
    arguments: tuple[object, ...]


class _Noting:
    """Notes what a reader is asked, and lets it answer."""

    def __init__(self, reader: Reader) -> None:
        """Take the reader that answers."""
        self._reader = reader

    async def rows(self, statement: Prepared, values: Mapping[str, object]) -> Sequence[Sequence[Any]]:
        """Note a statement, and give its rows."""
        _asked.get().append(Statement(statement.sql, statement.arguments(values)))
        return await self._reader.rows(statement, values)

    def __getattr__(self, name: str) -> Any:
        """Whatever else is asked of the reader."""
        return getattr(self._reader, name)


class Captured:
    """Our service in this process, which tells what it asks."""

    def __init__(self, client: httpx.AsyncClient, options: str) -> None:
        """Take a client of the service, and the settings of its connections as an option of PostgreSQL's programs."""
        self._client = client
        self.options = options

    async def statements(self, targets: Sequence[str]) -> list[list[Statement]]:
        """The statements that answer each target."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def ask(target: str) -> list[Statement]:
            async with places:
                asked: list[Statement] = []
                _asked.set(asked)
                (await self._client.get(target)).raise_for_status()
                return asked

        return await asyncio.gather(*map(ask, targets))


@asynccontextmanager
async def capturing(url: str) -> AsyncIterator[Captured]:
    """Our service over a database, in this process."""
    app = create_app(Settings(database_url=url))
    async with app.router.lifespan_context(app):
        options = " ".join(f"-c {name}={_escaped(value)}" for name, value in await app.state.reader.rows(_SETTINGS, {}))
        app.state.reader = _Noting(app.state.reader)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://telcon") as client:
            yield Captured(client, options)


def _escaped(setting: str) -> str:
    return setting.replace(" ", "\\ ")
