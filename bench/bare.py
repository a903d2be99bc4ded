"""What nothing can be faster than: FastAPI's and uvicorn's answers with a ready body, by question, and nothing behind them.

The sizes of the bodies come as JSON in BENCH_SIZES; the question is the first part of the path.
"""

import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Response

_BODIES = {
    f"/{question}": json.dumps("x" * (size - 2)).encode()
    for question, size in json.loads(os.environ["BENCH_SIZES"]).items()
}

app = FastAPI()


def _add(path: str, body: bytes) -> None:
    @app.get(path)
    async def answer() -> Response:
        return Response(body, media_type="application/json")


for _path, _body in _BODIES.items():
    _add(_path, _body)


async def raw(scope: dict[str, Any], _receive: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    """Answer as an ASGI application does, without any framework."""
    body = _BODIES[scope["path"]]
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
