"""The import of records from NDJSON: all of it or nothing, or all but the lines with faults."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from os import SEEK_END
from typing import BinaryIO

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from app.copying import refusal
from app.db import Database
from app.entries import Fault, Line, RecordKind, faults_of
from app.keeping import keep_all
from app.lines import read_line
from app.loading import Load, loading
from app.numbering import number_all
from app.recording import Taken
from app.writings import Author

MOST_TOLD = 10_000
BY_COMMAND = Author("telcon import")
_LONGEST_LINE = 64 * 1024 * 1024
_LINES_A_BATCH = 500
_BYTES_A_BATCH = 8 * 1024 * 1024


class ImportRefused(Exception):
    """The database refused what no rule was found against; the message is one line for the operator."""

    def __init__(self, message: str, imported: "Imported") -> None:
        """Say why; `imported` has the faults that had been found by then."""
        super().__init__(message)
        self.imported = imported


class Told:
    """Whoever is told line by line what becomes of them."""

    apart = True
    """Whether the import may keep readers waiting where it is much, which is quicker, and does at its end what the
    background of a service would do."""

    def begin(self) -> None:
        """Forget what was told: it is done from the first line on."""

    def add(self, lines: Sequence[Line], size: int) -> None:
        """Take lines that were recorded, left as they are, or found to be faulty, and how many bytes they are."""

    def take_faults(self, faults: Sequence[Fault]) -> None:
        """Take all faults of some lines, or those that show only when all lines are recorded."""


class _Undone(Exception):
    """There are faults, so that nothing is recorded, or all of it is done anew without them."""


@dataclass(slots=True)
class Imported:
    """What became of the records, by kind, and what was wrong; of a great many faults, the first 10,000."""

    recorded: Counter[RecordKind] = field(default_factory=Counter)
    there: Counter[RecordKind] = field(default_factory=Counter)
    skipped: Counter[RecordKind] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    faulty: int = 0
    """How many faults there are, which may be more than are told."""
    left: str | None = None
    """Why what follows from the records was not derived when they were recorded, where that failed."""

    def tell(self, faults: list[Fault]) -> None:
        """Note faults, and tell the first of them."""
        self.faulty += len(faults)
        self.faults += faults[: max(MOST_TOLD - len(self.faults), 0)]


NOBODY = Told()
_NONE_LATE: Mapping[int, list[Fault]] = {}


@dataclass(frozen=True, slots=True)
class _Batch:
    lines: list[Line]
    size: int


async def import_records(
    database: Database,
    source: BinaryIO,
    author: Author = BY_COMMAND,
    *,
    skip_invalid: bool,
    told: Told = NOBODY,
) -> Imported:
    """Record what stands in a file that can be read again.

    Raises ImportRefused where the database refuses a batch; then, as with any fault that is not skipped, nothing is
    recorded.
    """
    late: dict[int, list[Fault]] = {}
    while True:
        imported = Imported()
        size = source.seek(0, SEEK_END) if told.apart else 0
        source.seek(0)
        told.begin()
        with suppress(_Undone):
            async with loading(database, author, size=size, checked=True) as load:
                await import_lines(load, source, imported, late, told)
                _decide(load.recorder.late, late, imported, told, skip_invalid=skip_invalid)
            break
        if not skip_invalid:
            imported.recorded.clear()
            break
    imported.faults.sort(key=lambda fault: fault.line)
    if imported.recorded and told.apart:
        try:
            await keep_all(database)
            await number_all(database)
        except (SQLAlchemyError, asyncpg.InterfaceError, OSError) as error:
            imported.left = " ".join(str(error).split())[:500] or type(error).__name__
    return imported


def _decide(
    found: list[Fault], late: dict[int, list[Fault]], imported: Imported, told: Told, *, skip_invalid: bool
) -> None:
    """Raise _Undone where what was recorded cannot stay."""
    if skip_invalid:
        # What is wrong with these lines was seen only when they were recorded already.
        for fault in found:
            late.setdefault(fault.line, []).append(fault)
        if found:
            raise _Undone
        return
    imported.tell(found)
    told.take_faults(found)
    if imported.faulty:
        raise _Undone


async def import_lines(
    load: Load,
    source: BinaryIO,
    imported: Imported,
    late: Mapping[int, list[Fault]] = _NONE_LATE,
    told: Told = NOBODY,
) -> None:
    """Record the lines of a file within a load, and tell what becomes of them; `late` are faults by their lines.

    Raises ImportRefused where the database refuses a batch.
    """
    batches = _batches(source, late)
    recorder = load.recorder

    def take(batch: _Batch) -> tuple[Taken, _Batch | None]:
        """What a batch puts into the tables, and the next batch."""
        return recorder.take(batch.lines), next(batches, None)

    batch = next(batches, None)
    before: tuple[_Batch, Taken] | None = None
    while batch is not None:
        await recorder.look_up(batch.lines)
        # The database takes in the batch before, while this one is gone through and the next one is read.
        writing = asyncio.create_task(_write(load, imported, *before)) if before else None
        try:
            taken, following = await asyncio.to_thread(take, batch)
        finally:
            if writing:
                await writing
        faults = faults_of(batch.lines)
        imported.tell(faults)
        told.take_faults(faults)
        told.add(batch.lines, batch.size)
        before, batch = (batch, taken), following
    if before:
        await _write(load, imported, *before)
    recorder.finish()
    imported.recorded, imported.there, imported.skipped = recorder.recorded, recorder.there, recorder.skipped


async def _write(load: Load, imported: Imported, batch: _Batch, taken: Taken) -> None:
    try:
        await load.write(taken)
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, asyncpg.ProgramLimitExceededError) as error:
        first, last = batch.lines[0].number, batch.lines[-1].number
        message = f"The database refused lines {first} to {last}, so that nothing was recorded: {refusal(error)}"
        raise ImportRefused(message, imported) from error


def _batches(source: BinaryIO, late: Mapping[int, list[Fault]]) -> Iterator[_Batch]:
    lines: list[Line] = []
    size = 0
    for number, written in enumerate(_lines(source), start=1):
        size += len(written)
        if written.strip():
            line = _read(number, written)
            line.faults += late.get(number, ())
            lines.append(line)
        if len(lines) >= _LINES_A_BATCH or size >= _BYTES_A_BATCH:
            yield _Batch(lines, size)
            lines, size = [], 0
    if lines:
        yield _Batch(lines, size)


def _read(number: int, written: bytes) -> Line:
    if len(written) > _LONGEST_LINE:
        return Line(number, faults=[Fault(number, "", f"is longer than {_LONGEST_LINE:,} bytes")])
    return read_line(number, written)


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is too long only as much as shows it."""
    while written := source.readline(_LONGEST_LINE + 1):
        rest = written
        while len(rest) > _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = source.readline(_LONGEST_LINE + 1)
        yield written
