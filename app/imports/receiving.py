"""How an import is received, done, and told line by line."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from starlette.requests import ClientDisconnect

from app.bodies import CONTENT_SECONDS, check_kind
from app.entries import Line
from app.importing import ImportRefused, Told, import_records
from app.listing import NDJSON
from app.problems import Conflict, ImportsTaken, InvalidRequest, MalformedRequest, RequestTimeout
from app.revisions import RESOURCES
from app.writings import Author

if TYPE_CHECKING:
    from app.db import Database

AT_ONCE = 1
"""How many imports a process takes at once, each of which holds a connection for as long as it lasts."""
_RECEIVING_SECONDS = 1800
"""How long the content of one may take to arrive, for which others wait."""
_PART = 256 * 1024
_places = asyncio.Semaphore(AT_ONCE)


class Lines(StreamingResponse):
    """An answer that is told line by line."""

    media_type = NDJSON


class _Outcomes(Told):
    """What became of each line, as NDJSON in a file."""

    # Readers are there, and what is to be done afterwards is done while they read.
    apart = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def begin(self) -> None:
        """Forget what was told."""
        self._file.seek(0)
        self._file.truncate()

    def add(self, lines: Sequence[Line], size: int) -> None:  # noqa: ARG002 - which progress is shown by
        """Write a line for each."""
        for line in lines:
            self._file.write(json.dumps(_told(line), ensure_ascii=False).encode() + b"\n")


def _told(line: Line) -> dict[str, Any]:
    faults = [{"pointer": fault.pointer, "detail": fault.detail} for fault in line.faults[:200]]
    outcome = "refused" if faults else "recorded" if line.is_new else "there"
    kind = line.record.kind if line.entries else None
    return {
        "line": line.number,
        "outcome": outcome,
        "resource": RESOURCES[kind] if kind else None,
        "id": None if faults or line.record_id is None else str(line.record_id),
        "errors": faults,
    }


async def receive_import(request: Request, author: Author, *, skip_invalid: bool) -> Response:
    """Record the lines that are sent; raises InvalidRequest where faults are not skipped, and none is recorded then.

    Raises ImportsTaken while others are under way, and Conflict for what the database refuses.
    """
    if _places.locked():
        message = "An import is under way; try again when it is done."
        raise ImportsTaken(message)
    async with _places:
        return await _import(request, author, skip_invalid=skip_invalid)


async def _import(request: Request, author: Author, *, skip_invalid: bool) -> Response:
    database: Database = request.app.state.database
    with ExitStack() as files:
        source, outcomes = (files.enter_context(tempfile.TemporaryFile()) for _ in range(2))
        await _receive(request, source)
        try:
            told = _Outcomes(outcomes)
            imported = await import_records(database, source, author, skip_invalid=skip_invalid, told=told)
        except ImportRefused as error:
            raise Conflict(str(error)) from error
        request.app.state.numbering.wake()
        if imported.faults and not skip_invalid:
            raise InvalidRequest(
                [{"pointer": f"/{fault.line}{fault.pointer}", "detail": fault.detail} for fault in imported.faults]
            )
        size = outcomes.tell()
        outcomes.seek(0)
        headers = {"Cache-Control": "no-store", "Content-Length": str(size)}
        return Lines(_parts(outcomes, files.pop_all()), headers=headers)


async def _receive(request: Request, source: IO[bytes]) -> None:
    """Put the content into a file."""
    check_kind(request, NDJSON)
    clock = asyncio.get_running_loop().time
    until = clock() + _RECEIVING_SECONDS
    try:
        parts = request.stream()
        while True:
            async with asyncio.timeout_at(min(until, clock() + CONTENT_SECONDS)):
                part = await anext(parts, None)
            if part is None:
                break
            source.write(part)
    except TimeoutError:
        message = (
            f"The content did not arrive within {_RECEIVING_SECONDS} seconds."
            if clock() >= until
            else f"Nothing of the content arrived for {CONTENT_SECONDS} seconds."
        )
        raise RequestTimeout(message) from None
    except ClientDisconnect:
        message = "The content broke off."
        raise MalformedRequest(message) from None


async def _parts(file: IO[bytes], files: ExitStack) -> AsyncIterator[bytes]:
    with files:
        while part := file.read(_PART):
            yield part
