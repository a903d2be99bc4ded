"""What the service answers to a question about a whole list, written to a file without a server."""

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote_from_bytes

from fastapi import FastAPI
from rich.progress import MofNCompleteColumn
from starlette.types import Message

from app.main import create_app
from app.outputs import ExportedList, ExportForm, progress_bar, whole_output
from app.settings import Settings

_LINE_ENDS = {"ndjson": b"\n", "csv": b"\r\n"}
_ASCII = bytes(range(128))


class ExportFailed(Exception):
    """Nothing whole was written; the message is one line for the operator."""


def export(settings: Settings, resource: ExportedList, query: str, form: ExportForm, output: Path | None) -> None:
    """Write all records that match: the bytes that the service answers, to a file or to standard output.

    A file is there when it is whole, or not at all. Raises ExportFailed where the question is refused, or where
    something fails on the way.
    """
    try:
        with whole_output(output) as out:

            def write(part: bytes) -> None:
                try:
                    out.write(part)
                except OSError as error:
                    # Told apart from a fault of the database, which the application would take it for.
                    raise _unwritten(error) from error

            asyncio.run(_export(settings, f"/v1/{resource}", query, form, write))
    except OSError as error:
        raise _unwritten(error) from error


def _unwritten(error: OSError) -> ExportFailed:
    return ExportFailed(f"The export cannot be written: {error.strerror}.")


class _Heard(logging.Handler):
    """Keeps what the service last said of itself, which the command tells in a line of its own."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.last = record.getMessage()


async def _export(
    settings: Settings, path: str, query: str, form: ExportForm, write: Callable[[bytes], object]
) -> None:
    # Who has the database asks nobody.
    app = create_app(settings.model_copy(update={"reads": "public"}))
    async with app.router.lifespan_context(app):
        if not sys.stderr.isatty():
            await _ask(app, path, f"{query}&format={form}", write)
            return
        total = await _total(app, path, query)
        with progress_bar(path.rpartition("/")[2], total, MofNCompleteColumn()) as progress:

            def write_and_tell(part: bytes) -> None:
                write(part)
                progress.advance(progress.task_ids[0], part.count(_LINE_ENDS[form]))

            await _ask(app, path, f"{query}&format={form}", write_and_tell)


async def _total(app: FastAPI, path: str, query: str) -> int | None:
    """How many records match, unless to count them takes longer than a page may take."""
    counted = bytearray()
    try:
        await _ask(app, path, f"{query}&count=exact&limit=1", counted.extend)
    except ExportFailed:
        # What is wrong with the question itself is told by the export.
        return None
    return int(json.loads(counted)["page"]["total"])


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

    heard, log = _Heard(), logging.getLogger("telcon")
    log.addHandler(heard)
    try:
        await app(scope, receive, send)
    finally:
        log.removeHandler(heard)
    if status != HTTPStatus.OK:
        raise ExportFailed(json.loads(problem)["detail"])
    if not whole:
        message = f"The export is not whole: {heard.last}."
        raise ExportFailed(message)
