"""What nothing can be faster than: FastAPI's and uvicorn's answers with a ready body, and nothing behind them.

The sizes of the bodies come by path as JSON in BENCH_SIZES; a path that ends in `{id}` is that of an item.
"""

import json
import os
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import FastAPI, Query, Response

_BODIES: dict[str, bytes] = {
    path: json.dumps("x" * (size - 2)).encode() for path, size in json.loads(os.environ["BENCH_SIZES"]).items()
}
_BY_FIRST_PART = {path.split("/")[1]: body for path, body in _BODIES.items()}

declared = FastAPI()
"""Its routes declare the parameters that such a question has, as the textbook does."""
route = FastAPI()
"""Its routes declare none, so that nothing is read or checked."""


def _ready(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def _declare_item(path: str, body: bytes) -> None:
    @declared.get(path)
    async def answer(id: str, include: str | None = None) -> Response:  # noqa: A002, ARG001
        return _ready(body)


def _declare_list(path: str, body: bytes) -> None:
    @declared.get(path)
    async def answer(  # noqa: PLR0913, PLR0917
        leader: Annotated[list[str] | None, Query()] = None,  # noqa: ARG001
        date: str | None = None,  # noqa: ARG001
        date_from: str | None = None,  # noqa: ARG001
        date_to: str | None = None,  # noqa: ARG001
        q: str | None = None,  # noqa: ARG001
        facet: str | None = None,  # noqa: ARG001
        limit: Annotated[int, Query(ge=1, le=200)] = 20,  # noqa: ARG001
        cursor: str | None = None,  # noqa: ARG001
    ) -> Response:
        return _ready(body)


def _add(path: str, body: bytes) -> None:
    @route.get(path)
    async def answer() -> Response:
        return _ready(body)


for _path, _body in _BODIES.items():
    (_declare_item if _path.endswith("{id}") else _declare_list)(_path, _body)
    _add(_path, _body)


async def raw(scope: dict[str, Any], _receive: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
    """Answer as an ASGI application does, without any framework."""
    body = _BY_FIRST_PART[scope["path"].split("/")[1]]
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
