"""The commands that move whole records: `telcon export` and `telcon import`."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO, TextIO

from rich.progress import DownloadColumn, MofNCompleteColumn, Progress

from app.db import Database
from app.entries import RECORD_KINDS, Fault, Line
from app.exporting import count_lines, exported
from app.importing import Imported, Told, import_records
from app.outputs import progress_bar, whole_output

_MOST_SHOWN = 100


async def export(database: Database, output: Path | None, cursor: Path | None = None) -> None:
    """Write every record into a file, which is there only once it is whole, or to standard output.

    `cursor` is a file for the place in the change feed from which on it tells what is not in the records yet.
    """
    told: list[str] = []
    total = await count_lines(database)
    with whole_output(output) as out, progress_bar("exporting", total, MofNCompleteColumn()) as progress:
        await _write(exported(database, told.append), out, progress)
    if cursor is not None:
        with whole_output(cursor) as out:
            out.write(f"{told[0]}\n".encode())


async def _write(lines: AsyncIterator[list[str]], out: BinaryIO, progress: Progress) -> None:
    async for some in lines:
        out.write("\n".join([*some, ""]).encode())
        progress.advance(progress.task_ids[0], len(some))


@contextmanager
def _seekable(source: Path | None) -> Iterator[BinaryIO]:
    """A file, or what comes from standard input, so that it can be read again."""
    if source is not None:
        with source.open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        yield file


async def import_(
    database: Database, source: Path | None, faults: TextIO | None = None, *, skip_invalid: bool
) -> Imported:
    """Record what stands in a file, or comes from standard input; raises ImportRefused and OSError.

    Into `faults` are written all that are found, as NDJSON: in the order of their lines, but that without
    `skip_invalid` those come last that show only at the end.
    """
    with _seekable(source) as file:
        size = file.seek(0, os.SEEK_END)
        with progress_bar("importing", size, DownloadColumn()) as progress:
            return await import_records(database, file, skip_invalid=skip_invalid, told=_Shown(progress, faults))


def write_report(faults: TextIO, report: Path) -> None:
    """Copy the faults that were found into the file that was asked for; raises OSError with its name."""
    faults.seek(0)
    try:
        with report.open("w", encoding="utf-8") as file:
            shutil.copyfileobj(faults, file)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(report)) from error


class _Shown(Told):
    """A progress bar, and a file for all faults, that are told of an import."""

    def __init__(self, progress: Progress, faults: TextIO | None) -> None:
        self._progress = progress
        self._faults = faults

    def begin(self) -> None:
        """Begin anew."""
        self._progress.reset(self._progress.task_ids[0])
        if self._faults is not None:
            self._faults.seek(0)
            self._faults.truncate()

    def take_faults(self, faults: Sequence[Fault]) -> None:
        """Write faults, a line each."""
        if self._faults is None:
            return
        for fault in faults:
            told = {name: member for name, member in asdict(fault).items() if member is not None}
            self._faults.write(f"{json.dumps(told, ensure_ascii=False)}\n")

    def add(self, lines: Sequence[Line], size: int) -> None:  # noqa: ARG002 - which others are told
        """Go on by the size of some lines."""
        self._progress.advance(self._progress.task_ids[0], size)


def _in_one_line(fault: Fault) -> str:
    """A fault in one line."""
    place = f"line {fault.line}, {fault.pointer}" if fault.pointer else f"line {fault.line}"
    return f"{place}: {' '.join(fault.detail.split())}"


def faults_told(imported: Imported) -> Iterator[str]:
    """The first faults of an import a line each, and how many more there are."""
    yield from map(_in_one_line, imported.faults[:_MOST_SHOWN])
    if imported.faulty > _MOST_SHOWN:
        yield f"and {imported.faulty - _MOST_SHOWN:,} more faults"


def summary(imported: Imported) -> Iterator[str]:
    """What became of the records, a line for each kind that there were any of."""
    yield f"{'':10}{'recorded':>15}{'already there':>15}{'skipped':>15}"
    for kind in RECORD_KINDS:
        counts = [counted[kind] for counted in (imported.recorded, imported.there, imported.skipped)]
        if any(counts):
            yield f"{kind:10}" + "".join(f"{count:15,}" for count in counts)
