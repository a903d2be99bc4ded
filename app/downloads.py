"""What the service answers to a question about a whole list, written to a file without a server."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Literal
from urllib.parse import quote_from_bytes

import typer
from fastapi import FastAPI
from starlette.types import Message

from app.main import create_app
from app.settings import Settings

Exported = Literal["calls", "leaders", "participants", "statements", "readouts", "publishers", "parties", "topics"]
ExportForm = Literal["ndjson", "csv"]
_LINE_ENDS = {"ndjson": b"\n", "csv": b"\r\n"}
_ASCII = bytes(range(128))
_FLAGS, _READABLE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666


class ExportFailed(Exception):
    """Nothing whole was written; the message is one line for the operator."""


def export(settings: Settings, resource: Exported, query: str, form: ExportForm, output: Path | None) -> None:
    """Write all records that match: the bytes that the service answers, to a file or to standard output.

    A file is there when it is whole, or not at all. Raises ExportFailed where the question is refused, or where
    something fails on the way.
    """
    with _opened(output) as write:
        asyncio.run(_export(settings, f"/v1/{resource}", query, form, write))


async def _export(settings: Settings, path: str, query: str, form: ExportForm, write: Callable[[bytes], None]) -> None:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        if not sys.stderr.isatty():
            await _ask(app, path, f"{query}&format={form}", write)
            return
        counted = bytearray()
        await _ask(app, path, f"{query}&count=exact&limit=1", counted.extend)
        total = json.loads(counted)["page"]["total"]
        with typer.progressbar(length=total, file=sys.stderr, label=path.rpartition("/")[2]) as bar:

            def write_and_tell(part: bytes) -> None:
                write(part)
                bar.update(part.count(_LINE_ENDS[form]))

            await _ask(app, path, f"{query}&format={form}", write_and_tell)


async def _ask(app: FastAPI, path: str, query: str, write: Callable[[bytes], object]) -> None:
    """Let the application answer as it would a client, so that one export is the other to the byte."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": quote_from_bytes(query.strip("&").encode(errors="surrogateescape"), safe=_ASCII).encode(),
        "root_path": "",
        "headers": [(b"host", b"telcon")],
    }
    status, whole, problem = 0, False, b""

    async def receive() -> Message:
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status, whole, problem
        if message["type"] == "http.response.start":
            status = message["status"]
        elif status == HTTPStatus.OK:
            write(message["body"])
            whole = not message.get("more_body", False)
        else:
            problem += message["body"]

    await app(scope, receive, send)
    if status != HTTPStatus.OK:
        raise ExportFailed(json.loads(problem)["detail"])
    if not whole:
        message = "The database broke off before all was written."
        raise ExportFailed(message)


@contextmanager
def _opened(output: Path | None) -> Iterator[Callable[[bytes], None]]:
    """What writes into a file, which takes its place when the block ends."""
    special = output is None or (output.exists() and not output.is_file())
    aside = None if output is None or special else output.with_name(f".{output.name}.{os.getpid()}")
    try:
        file = sys.stdout.fileno() if output is None else os.open(aside or output, _FLAGS, _READABLE)
    except OSError as error:
        raise _unwritten(error) from error

    def write(part: bytes) -> None:
        left = memoryview(part)
        try:
            while left:
                left = left[os.write(file, left) :]
        except OSError as error:
            raise _unwritten(error) from error

    try:
        yield write
        if aside is not None:
            assert output is not None
            aside.replace(output)
    finally:
        if output is not None:
            os.close(file)
        if aside is not None:
            aside.unlink(missing_ok=True)


def _unwritten(error: OSError) -> ExportFailed:
    return ExportFailed(f"The export cannot be written: {error.strerror}.")
