"""A PostgreSQL for the tests, databases on it, and clients of the service over them."""

import gc
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from app import schema
from app.db import Database, dsn, open_database
from app.embedded import embedded_postgres, ensure_database
from app.keys import Key, add_key
from app.main import create_app
from app.numbering import number_all
from app.seed import load_seed
from app.settings import Settings
from app.vocabulary import KeyScope
from tests.factories import World, make_world

ORIGIN = "https://editors.example.org"
"""Whose pages may write."""
PATIENCE = 60.0
"""How many seconds a statement may take, in place of the default: what is not about time shall not fail by it."""
_numbers = count(1)


def pytest_collection_finish() -> None:
    """Leave out of the search for garbage what stays to the end, which is most of what it goes through."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[str]:
    """The address of the embedded PostgreSQL, on a database that nobody uses."""
    # A short path, since it holds a socket.
    with tempfile.TemporaryDirectory(prefix="telcon-") as folder, embedded_postgres(Path(folder)) as url:
        await ensure_database(url)
        async with connected(url) as connection:
            # What they save would only be missed after the power fails; a database is copied in half the time.
            await connection.execute("ALTER SYSTEM SET fsync = off")
            await connection.execute("ALTER SYSTEM SET full_page_writes = off")
            await connection.execute("SELECT pg_reload_conf()")
        yield url


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database at an address."""
    async with open_database(url, Settings(statement_timeout=PATIENCE)) as database:
        yield database


@asynccontextmanager
async def connected(url: str, **settings: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of a test's own."""
    connection = await asyncpg.connect(dsn(url), server_settings=settings)
    try:
        yield connection
    finally:
        await connection.close()


async def create_database(server: str, template: str | None = None) -> str:
    """A new database, empty or a copy of another; its address."""
    name = f"test_{next(_numbers)}"
    source = (
        f"TEMPLATE {template} STRATEGY FILE_COPY"
        if template
        else (
            "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST'"
        )
    )
    async with connected(server) as connection:
        await connection.execute(f"CREATE DATABASE {name} {source}")
    return server.replace("/telcon?", f"/{name}?")


def name_of(url: str) -> str:
    """The name of the database at an address."""
    return url.rpartition("/test_")[2].partition("?")[0].join(("test_", ""))


@pytest.fixture(scope="session")
async def migrated(server: str) -> str:
    """The name of a database with the schema and no records, to be copied."""
    url = await create_database(server)
    async with opened(url) as database:
        await schema.upgrade(database)
    return name_of(url)


@pytest.fixture(scope="session")
async def seeded(server: str, migrated: str) -> str:
    """The name of a database with the seed, to be copied."""
    url = await create_database(server, migrated)
    async with opened(url) as database:
        async with database.writing() as connection:
            await load_seed(connection)
        await number_all(database)
    return name_of(url)


@pytest.fixture(scope="session")
async def seeded_url(server: str, seeded: str) -> str:
    """A database with the seed, which no test changes."""
    return await create_database(server, seeded)


async def drop_database(server: str, url: str) -> None:
    """Remove a database, whoever is still connected to it."""
    async with connected(server) as connection:
        await connection.execute(f"DROP DATABASE {name_of(url)} WITH (FORCE)")


@pytest.fixture
async def empty_url(server: str, migrated: str) -> AsyncIterator[str]:
    """A database of a test's own, with the schema and no records."""
    url = await create_database(server, migrated)
    yield url
    await drop_database(server, url)


@pytest.fixture
async def own_seeded_url(server: str, seeded: str) -> AsyncIterator[str]:
    """A database of a test's own, with the seed."""
    url = await create_database(server, seeded)
    yield url
    await drop_database(server, url)


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[FastAPI]:
    """The service over a database."""
    app = create_app(Settings(database_url=url, write_origins=(ORIGIN,), statement_timeout=PATIENCE))
    async with app.router.lifespan_context(app):
        yield app


async def give_key(database: Database, label: str = "Editor", scope: KeyScope = "records:write") -> Key:
    """A new key of the service over a database."""
    key = Key.new()
    async with database.writing() as connection:
        await add_key(connection, key, label, [scope], None)
    return key


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service in this process; faults of the service are answers, as they are to a real client."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://telcon") as client:
        yield client


@pytest.fixture(scope="session")
async def app(seeded_url: str) -> AsyncIterator[FastAPI]:
    """The service over the seed."""
    async with serving(seeded_url) as app:
        yield app


@pytest.fixture(scope="session")
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service over the seed."""
    async with client_of(app) as client:
        yield client


@pytest.fixture(scope="session")
async def world(server: str, migrated: str) -> World:
    """A few hundred generated records and the address of the database that holds them."""
    url = await create_database(server, migrated)
    async with opened(url) as database:
        return await make_world(url, database)


@pytest.fixture(scope="session")
async def world_app(world: World) -> AsyncIterator[FastAPI]:
    """The service over the generated records."""
    async with serving(world.url) as app:
        yield app


@pytest.fixture(scope="session")
async def world_client(world_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service over the generated records."""
    async with client_of(world_app) as client:
        yield client


@pytest.fixture
async def editor(own_seeded_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key that writes, of a service over a database of the test's own with the seed."""
    async with serving(own_seeded_url) as app, client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {(await give_key(app.state.database)).text}"
        yield client
