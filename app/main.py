"""The application: its routes, and what is set up around them."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from fastapi import FastAPI
from starlette.middleware import Middleware

from app import pages
from app.calls import routes as calls
from app.confirmed import Confirmed
from app.db import open_database
from app.document import describe
from app.dyads import routes as dyads
from app.failures import HANDLERS
from app.keeping import keeping
from app.leaders import routes as leaders
from app.participants import routes as participants
from app.parties import routes as parties
from app.publishers import routes as publishers
from app.readouts import routes as readouts
from app.settings import Settings
from app.statements import routes as statements
from app.streams import Streams
from app.surface import Surface
from app.topics import routes as topics

_ROUTERS = (
    calls.router,
    leaders.router,
    participants.router,
    participants.within_call,
    statements.router,
    statements.within_call,
    readouts.router,
    readouts.within_call,
    publishers.router,
    parties.router,
    topics.router,
    dyads.router,
    pages.router,
)


def create_app(settings: Settings, *, keeps: bool = False) -> FastAPI:
    """The service over the database of the settings, which has been started and migrated before.

    `keeps` makes it do in the background what there is to derive from the records.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        assert settings.database_url is not None
        _leave_with_parent()
        async with open_database(settings.database_url, settings) as database:
            app.state.database = database
            app.state.reader = database.reader
            app.state.streams = Streams(settings.database_url, settings)
            async with keeping(database) if keeps else nullcontext():
                yield

    app = FastAPI(
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        middleware=[Middleware(Surface)],
        exception_handlers=dict(HANDLERS),
    )
    app.state.confirmed = Confirmed(settings.freshness)
    for router in _ROUTERS:
        app.include_router(router)
    describe(app)
    return app


def _leave_with_parent() -> None:
    """Let a worker process end when the process that started it is gone, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        loop = asyncio.get_running_loop()

        def leave() -> None:
            loop.remove_reader(parent.sentinel)
            os.kill(os.getpid(), signal.SIGTERM)

        loop.add_reader(parent.sentinel, leave)


def create_service() -> FastAPI:
    """The service as the environment sets it, for a server that makes the application itself."""
    return create_app(Settings(), keeps=True)
