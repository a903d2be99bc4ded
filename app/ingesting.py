"""The command `telcon ingest`: readouts in files become drafts, one bad file or line not stopping the rest."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from rich.progress import MofNCompleteColumn

from app.bodies import as_document
from app.db import Database, driver_connection
from app.drafts.keeping import keep
from app.drafts.queries import count_drafts
from app.drafts.reading import read, stored
from app.drafts.schemas import ReadoutToRead
from app.outputs import progress_bar
from app.problems import Problem
from app.writings import Author

BY_COMMAND = Author("telcon ingest")
LINES = frozenset({".jsonl", ".ndjson"})
"""How the names of files end that have a JSON object a line; any other is a text."""
_GIVEN = TypeAdapter(ReadoutToRead)


@dataclass(slots=True)
class Ingested:
    """How many drafts of the texts of one file were made or there, and what was wrong with other texts.

    Each fault has its line where it has one.
    """

    file: Path
    made: int = 0
    there: int = 0
    faults: list[str] = field(default_factory=list)


async def ingest(database: Database, files: Sequence[Path], told: Mapping[str, Any]) -> list[Ingested]:
    """Keep the drafts of each text in some files; `told` is what holds for those that do not tell it themselves.

    Raises what the database raises; what is wrong with a file, or a text in it, is noted and the rest goes on.
    """
    outcomes = []
    with progress_bar("ingesting", len(files), MofNCompleteColumn()) as progress:
        for file in files:
            outcomes.append(await _ingest(database, Ingested(file), told))
            progress.advance(progress.task_ids[0])
    return outcomes


async def _ingest(database: Database, outcome: Ingested, told: Mapping[str, Any]) -> Ingested:
    try:
        text = outcome.file.read_bytes().decode()
    except OSError as error:
        outcome.faults.append(f"{outcome.file}: {error.strerror}")
        return outcome
    except UnicodeDecodeError:
        outcome.faults.append(f"{outcome.file}: is not UTF-8")
        return outcome
    for place, given in _given(outcome.file, text, told):
        try:
            made, there = await _keep(database, as_document(_GIVEN, given))
        except Problem as problem:
            outcome.faults.append(f"{place}: {problem.detail}")
            continue
        outcome.made += made
        outcome.there += there
    return outcome


def _given(file: Path, text: str, told: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """What is to be read, as JSON, with where it stands."""
    if file.suffix.lower() not in LINES:
        yield str(file), json.dumps({**told, "text": text}).encode()
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                given = json.loads(line)
            except (ValueError, RecursionError):
                given = None
            whole = json.dumps({**told, **given}).encode() if isinstance(given, dict) else line.encode()
            yield f"{file}, line {number}", whole


async def _keep(database: Database, given: ReadoutToRead) -> tuple[int, int]:
    """Keep a draft of each call of a text where it has none; gives how many were made, and how many were there."""
    digest = sha256(stored(given.text).encode()).hexdigest()
    there = await count_drafts(database.reader, digest)
    if there:
        return 0, there
    told = await asyncio.to_thread(lambda: read(given))
    async with database.writing() as writing:
        made = await keep(await driver_connection(writing), BY_COMMAND, given, told, digest)
    return made, await count_drafts(database.reader, digest) - made


def summary(outcomes: Sequence[Ingested]) -> Iterator[str]:
    """What became of the texts as a table: a line for each file, and one for all of them.

    Drafts are counted, of which a text has one for each call that it reports; what was refused is counted by texts.
    """
    names = [str(outcome.file) for outcome in outcomes]
    width = max(len("in all"), *map(len, names))
    yield f"{'':{width}}{'new drafts':>12}{'there':>12}{'refused':>12}"
    rows = [(outcome.made, outcome.there, len(outcome.faults)) for outcome in outcomes]
    for name, row in zip([*names, "in all"], [*rows, tuple(map(sum, zip(*rows, strict=True)))], strict=True):
        yield f"{name:{width}}" + "".join(f"{count:12,}" for count in row)
