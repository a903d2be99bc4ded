"""One of the services in a process of its own, over DATABASE_URL: `python -m bench.service ours`.

It prints its port and serves until it is told to stop.
"""

import socket
import sys

import uvicorn

from app import server
from app.settings import Settings

OURS = "ours"
TEXTBOOK = "textbook"
DECLARED = "bare route"
ROUTE = "bare route without parameters"
UVICORN = "bare uvicorn"
_APPLICATIONS = {
    TEXTBOOK: "bench.textbook:app",
    DECLARED: "bench.bare:declared",
    ROUTE: "bench.bare:route",
    UVICORN: "bench.bare:raw",
}


def main() -> None:
    """Serve on a free port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    if sys.argv[1] == OURS:
        server.run(Settings(), listener)
        return
    config = uvicorn.Config(
        _APPLICATIONS[sys.argv[1]],
        loop="uvloop",
        http="httptools",
        ws="none",
        interface="asgi3",
        log_level="warning",
        access_log=False,
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
