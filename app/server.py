"""The server process: how uvicorn is set up."""

import os
import socket

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.framing import Framing
from app.settings import Settings

_GRACE_SECONDS = 10


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve on a listening socket until a signal ends it; requests in flight are answered first."""
    # Worker processes make the application anew, from the environment.
    os.environ["DATABASE_URL"] = settings.database_url or ""
    config = uvicorn.Config(
        "app.main:create_service",
        factory=True,
        workers=settings.workers,
        http=Framing,
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
