"""The application: its routes, and what is set up around them."""

import asyncio
import gc
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app import pages
from app.calls import routes as calls
from app.changes import routes as changes
from app.comparison import routes as comparison
from app.confirmed import Confirmed
from app.db import open_database
from app.direct import Direct
from app.document import describe
from app.drafts import routes as drafts
from app.dyads import routes as dyads
from app.failures import HANDLERS, fault
from app.following import ENDLESS, Followers
from app.imports import routes as imports
from app.keeping import keeping
from app.leaders import routes as leaders
from app.numbering import Numbering
from app.origins import Origins
from app.participants import routes as participants
from app.parties import routes as parties
from app.publishers import routes as publishers
from app.readouts import routes as readouts
from app.settings import Settings
from app.statements import routes as statements
from app.streams import Streams
from app.surface import PrivateSurface, Surface
from app.topics import routes as topics

_ROUTERS = (
    calls.router,
    calls.writes,
    calls.history,
    leaders.router,
    leaders.writes,
    leaders.history,
    participants.router,
    participants.writes,
    participants.history,
    participants.within_call,
    statements.router,
    statements.writes,
    statements.history,
    statements.within_call,
    readouts.router,
    readouts.writes,
    readouts.history,
    readouts.within_call,
    comparison.within_call,
    publishers.router,
    publishers.writes,
    publishers.history,
    parties.router,
    parties.writes,
    parties.history,
    topics.router,
    topics.writes,
    topics.history,
    dyads.router,
    drafts.router,
    drafts.writes,
    drafts.reading,
    drafts.ingesting,
    changes.router,
    changes.streams,
    imports.writes,
    pages.schemas,
    pages.router,
)


class Service(FastAPI):
    """The framework's application behind the surface, which passes on to it what is not answered before."""

    surface: Surface

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or follow the life of the server."""
        await self.surface(scope, receive, send)

    async def framework(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do so by the framework alone."""
        await super().__call__(scope, receive, send)


def create_app(settings: Settings, *, keeps: bool = False) -> FastAPI:
    """The service over the database of the settings, which has been started and migrated before.

    `keeps` makes it do in the background what there is to derive from the records.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Followers]]:
        assert settings.database_url is not None
        _leave_with_parent()
        async with open_database(settings.database_url, settings) as database:
            app.state.database = database
            app.state.reader = database.reader
            app.state.streams = Streams(settings.database_url, settings)
            app.state.numbering = Numbering(settings.database_url, settings)
            app.state.followers = Followers(settings.database_url, settings, database.reader)
            async with AsyncExitStack() as stack:
                stack.push_async_callback(app.state.followers.close)
                if keeps:
                    await stack.enter_async_context(keeping(database))
                    await stack.enter_async_context(app.state.numbering.running())
                # The server ends them when it ends, since they would not end by themselves.
                yield {ENDLESS: app.state.followers}

    app = Service(
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers=dict(HANDLERS),
    )
    app.add_exception_handler(Exception, fault)
    app.state.confirmed = Confirmed(settings.freshness, audience=settings.reads)
    for router in _ROUTERS:
        app.include_router(router)
    private = settings.reads == "private"
    app.state.origins = Origins(settings.write_origins, private=private)
    direct = Direct(app)
    app.surface = (
        PrivateSurface(app.framework, direct, app.state.origins, app)
        if private
        else Surface(app.framework, direct, app.state.origins)
    )
    describe(app, private=private)
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
    app = create_app(Settings(), keeps=True)
    # What is there from the beginning stays. Going through it again for garbage is most of what a large body costs.
    gc.freeze()
    return app
