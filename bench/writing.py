"""`python -m bench.writing`: calls posted one by one, beside bare SQL transactions that insert the same rows.

A call has two participants, a readout and 12 statements. The rows are those that the service makes of them, history and
all; each bare transaction puts them in with one prepared INSERT a table, over as many connections as there are clients.
"""

import asyncio
import json
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import asyncpg
import httpx
import typer

from app import schema
from app.db import connecting, dsn, open_database
from app.embedded import embedded_postgres, ensure_database
from app.keys import Key, add_key
from app.lines import read_line
from app.recording import ORDER, Recorder
from app.settings import Settings
from app.writings import Author, Writing
from bench.documents import Generator
from bench.generate import SEED, record_generated
from bench.running import machine, serving
from bench.service import OURS

if TYPE_CHECKING:
    from app.copying import Rows

_CLIENTS = 8
_PER_SECOND, _SHARE = 300.0, 0.4
_PEOPLE, _STATEMENTS = 2, 12
_AUTHOR = Author("bare")
_WRITING = "INSERT INTO writings (id, author, size) VALUES ($1, $2, $3)"

writing = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def calls() -> Iterator[dict[str, Any]]:
    """Generated calls of that size, without end."""
    generator = Generator(SEED)
    for number in count(1_000_000):
        call = generator.call(number)
        if len(call["participants"]) == _PEOPLE and len(call["statements"]) >= _STATEMENTS:
            del call["statements"][_STATEMENTS:]
            yield call


async def _for(seconds: float, one: Callable[[int], Awaitable[None]]) -> float:
    """How often a second something is done by all clients at once."""
    done, start = 0, perf_counter()

    async def client(number: int) -> None:
        nonlocal done
        while perf_counter() < start + seconds:
            await one(number)
            done += 1

    await asyncio.gather(*(client(number) for number in range(_CLIENTS)))
    return done / (perf_counter() - start)


class _Bare:
    """The rows of calls, as the service makes them, and the transactions that put them in."""

    def __init__(self, connections: list[asyncpg.Connection]) -> None:
        self._connections = connections
        self._made: list[Rows] = []

    async def make(self, documents: list[dict[str, Any]]) -> None:
        """Make the rows of documents, and write none."""
        connection = self._connections[0]
        for document in documents:
            # One for each, since none may last long.
            transaction = connection.transaction()
            await transaction.start()
            recorder = Recorder(connection, Writing(connection, _AUTHOR), checked=True)
            line = read_line(1, json.dumps({"type": "call", **document}).encode())
            await recorder.look_up([line])
            taken = recorder.take([line])
            assert not line.faults, line.faults
            self._made.append(taken.rows)
            await transaction.rollback()

    @property
    def left(self) -> int:
        """How many were made and not put in yet."""
        return len(self._made)

    async def put(self, number: int) -> None:
        """Put the rows of one call in."""
        rows, connection = self._made.pop(), self._connections[number]
        async with connection.transaction():
            writing_id = None
            for sheet in ORDER:
                given = rows.of(sheet)
                if not given:
                    continue
                table = sheet.table.__tablename__
                if table == "changes":
                    writing_id = given[0][0]
                    await connection.execute(_WRITING, writing_id, _AUTHOR.label, len(given))
                names = ", ".join(f'"{name}"' for name in sheet.columns)
                told = json.dumps([dict(zip(sheet.columns, row, strict=True)) for row in given], default=str)
                insert = f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{table}, $1)"  # noqa: S608
                await connection.execute(insert, told)


async def _measure(url: str, port: int, key: str, seconds: float, rounds: int) -> Iterator[str]:
    seen: defaultdict[str, list[float]] = defaultdict(list)
    settings = connecting(url, Settings(), reading=False)
    connections = [await asyncpg.connect(**settings) for _ in range(_CLIENTS)]
    documents = calls()
    bare = _Bare(connections)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
        prepared: list[bytes] = []

        async def post(_: int) -> None:
            answer = await client.post("/v1/calls", content=prepared.pop())
            assert answer.status_code == HTTPStatus.CREATED, answer.text

        for turn in range(rounds + 1):
            prepared += [json.dumps(next(documents)).encode() for _ in range(int(600 * seconds) + 100)]
            await bare.make([next(documents) for _ in range(max(0, int(900 * seconds) + 100 - bare.left))])
            took = {"posts": await _for(seconds, post), "bare": await _for(seconds, bare.put)}
            # The first round only warms up.
            for what, rate in took.items() if turn else ():
                seen[what].append(rate)
    for connection in connections:
        await connection.close()
    posts, plain = median(seen["posts"]), median(seen["bare"])
    share = median(one / other for one, other in zip(seen["posts"], seen["bare"], strict=True))
    wanted = min(_PER_SECOND, _SHARE * plain)
    return iter(
        (
            "| | calls a second |",
            "|---|---|",
            f"| POST, {_CLIENTS} at once, one worker | {posts:.0f} |",
            f"| bare transactions, {_CLIENTS} at once | {plain:.0f} |",
            f"| **POST over bare** | **{share:.2f}** |",
            "",
            f"wanted: {wanted:.0f}, which {'holds' if posts >= wanted else 'does not hold'}",
        )
    )


async def _prepare(url: str, recorded: int) -> str:
    await ensure_database(url)
    key = Key.new()
    async with open_database(url, Settings(statement_timeout=3600)) as database:
        await schema.upgrade(database)
        await record_generated(database, recorded, SEED)
        async with database.writing() as connection:
            await add_key(connection, key, "bench", ["records:write"], None)
    connection = await asyncpg.connect(dsn(url))
    await connection.execute("VACUUM (ANALYZE)")
    await connection.close()
    return key.text


@writing.command()
def main(
    recorded: Annotated[int, typer.Option(min=50, help="How many calls are there before.")] = 2_000,
    seconds: Annotated[float, typer.Option(help="For how long each is measured in a round.")] = 3.0,
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds.")] = 5,
) -> None:
    """Measure posts and bare transactions in turn."""
    with tempfile.TemporaryDirectory(prefix="telcon-bench-") as name, embedded_postgres(Path(name) / "data") as url:
        key = asyncio.run(_prepare(url, recorded))
        with serving(OURS, url) as service:
            for line in asyncio.run(_measure(url, service.port, key, seconds, rounds)):
                print(line)
    print(f"\n{machine()}")


if __name__ == "__main__":
    writing()
