"""Where commands write records to, and how they tell how far they are."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn

ExportForm = Literal["ndjson", "csv"]
"""What a list is written as."""
ExportedList = Literal["calls", "leaders", "participants", "statements", "readouts", "publishers", "parties", "topics"]
Exported = Literal["records", ExportedList]
"""A list, or the records themselves, each with all that belongs to it."""


@contextmanager
def progress_bar(what: str, total: int | None, counted: ProgressColumn) -> Iterator[Progress]:
    """A bar on standard error with one task, only where that is a terminal; the total may be unknown."""
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), counted)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        progress.add_task(what, total=total)
        yield progress


@contextmanager
def whole_output(output: Path | None) -> Iterator[BinaryIO]:
    """A file that is there only once it is whole, or standard output; raises OSError where it cannot be written."""
    if output is None:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BaseException:
            # Python would write what is left, and tell that it cannot, when it closes standard output.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise
        return
    if output.exists() and not output.is_file():
        # A pipe or a device is written to as it is.
        with output.open("wb") as file:
            yield file
        return
    aside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with aside.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.replace(output)
    finally:
        aside.unlink(missing_ok=True)
