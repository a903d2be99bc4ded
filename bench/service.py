"""One of the two services in a process of its own: `python -m bench.service ours|textbook`, over DATABASE_URL.

It prints its port and serves until it is told to stop.
"""

import socket
import sys

import uvicorn

from app import server
from app.settings import Settings


def main() -> None:
    """Serve on a free port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    if sys.argv[1] == "ours":
        server.run(Settings(), listener)
        return
    config = uvicorn.Config(
        "bench.textbook:app", loop="uvloop", http="httptools", ws="none", log_level="warning", access_log=False
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
