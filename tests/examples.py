"""The examples in the document: each operation's parameters, and what the seed answers to them.

Run as a module, it writes the answers into the file that the document takes them from.
"""

import asyncio
import json
import re
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from app import schema
from app.changes.schemas import EXAMPLE
from app.document import EXAMPLES
from app.embedded import embedded_postgres, ensure_database
from app.lines import record_schema
from app.numbering import number_all
from app.seed import load_seed
from tests.conftest import client_of, give_key, opened, serving
from tests.test_contract import KEYED, OPERATIONS, WRITES, address, examples_of

BODIES: dict[str, Any] = json.loads((Path(__file__).parent / "bodies.json").read_text("utf-8"))
"""What is sent to the operations that write, by their ids."""
_VERBS = ("put", "create", "change", "revert", "merge", "remove")
_NOUNS = ("Party", "Topic", "Publisher", "Leader", "Readout", "Call", "Participant", "Statement")
_TIMES = ("created_at", "content_changed_at", "numbered_at")
_DRAFTED = (
    *("draftReadout", "ingestReadout", "changeDraft", "changeDraftProposal", "acceptDraftProposal"),
    *("rejectDraftProposal", "rejectDraft", "acceptDraft", "listDrafts", "getDraft", "listDraftHistory"),
    "getDraftRevision",
)
"""The operations of drafts, in an order that works; the last ones ask for what the others did."""
_GIVEN_OUT = "01970000-0000-7000-8000-"
SCHEMA = Path(__file__).parents[1] / "docs" / "record.schema.json"
"""The JSON Schema of the lines that records travel in."""


def timeless(answer: Any) -> Any:
    """The answer as if it had been recorded when the year began, and where the example of a cursor comes from.

    When and where it was recorded is not the seed's.
    """
    if isinstance(answer, list):
        return [timeless(item) for item in answer]
    if not isinstance(answer, dict):
        return answer
    recorded = {name: "2026-01-01T00:00:00Z" for name in _TIMES if name in answer}
    # A draft has an id of its own, as what it becomes has.
    own = ("id", "call_id", "readout_id") if "call_id" in answer else ()
    recorded |= {name: f"{_GIVEN_OUT}{number:012}" for number, name in enumerate(own) if answer[name] is not None}
    recorded |= {name: EXAMPLE for name in ("cursor", "next") if len(str(answer.get(name))) == len(EXAMPLE)}
    return {name: timeless(member) for name, member in answer.items()} | recorded


def abridged(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with members emptied that have references of its own: they would be taken for the document's."""
    return {name: type(member)() if '"#/' in json.dumps(member) else member for name, member in answer.items()}


async def answers(client: httpx.AsyncClient) -> dict[str, Any]:
    """What a service answers to each operation that reads, asked with all its examples together."""
    given = {}
    for path, operation in OPERATIONS:
        asked, headers = examples_of(operation, "query"), examples_of(operation, "header")
        answer = await client.get(address(path, operation), params=asked, headers=headers)
        given[operation["operationId"]] = timeless(abridged(answer.raise_for_status().json()))
    return given


class Written(NamedTuple):
    """An operation that writes, and what a service answered to its example."""

    path: str
    operation: dict[str, Any]
    answer: httpx.Response


async def written(client: httpx.AsyncClient) -> list[Written]:
    """What a service over the seed answers to the examples of all operations that write, in an order that works.

    PUT comes twice: first it records, and then it lets what is there be what is given.
    """
    told: list[Written] = []
    known = {write[2]["operationId"]: write for write in WRITES if write[1] != "/v1/imports"}
    known |= {operation["operationId"]: ("get", path, operation) for path, operation in KEYED}
    drafted = [known.pop(name) for name in _DRAFTED]
    steps = sorted(known.values(), key=lambda write: _rank(write[2]["operationId"]))
    again = [step for step in steps if step[0] == "put"]
    puts = len(again)
    for method, path, operation in [*steps[:puts], *again, *steps[puts:], *drafted]:
        name, headers = operation["operationId"], examples_of(operation, "header")
        headers.pop("If-None-Match", None)
        if method != "get":
            headers["Idempotency-Key"] = f"{name} {len(told)}"
        if len(told) < puts:
            del headers["If-Match"]
        content: str | None = None
        if name in BODIES:
            (media_type,) = operation["requestBody"]["content"]
            content, headers["Content-Type"] = json.dumps(BODIES[name]), media_type
        query = examples_of(operation, "query")
        answer = await client.request(method, address(path, operation), params=query, headers=headers, content=content)
        told.append(Written(path, operation, answer))
    return told


def _rank(name: str) -> tuple[int, int]:
    """When an operation comes: records after those that they refer to, and removed before them."""
    verb, noun = re.fullmatch("([a-z]+)([A-Z][a-z]+)", name).groups()  # type: ignore[union-attr]
    place = _NOUNS.index(noun)
    return _VERBS.index(verb), -place if verb == "remove" else place


def examples_written(told: list[Written]) -> dict[str, Any]:
    """The contents and answers as the document has them."""
    given: dict[str, Any] = {}
    for _, operation, answer in told:
        name = operation["operationId"]
        answer.raise_for_status()
        if answer.content:
            key = f"{name} 201" if name.startswith("put") and answer.status_code == HTTPStatus.CREATED else name
            given[key] = timeless(answer.json())
    return given | {f"{name} body": body for name, body in BODIES.items()}


async def every_answer(url: str) -> dict[str, Any]:
    """All of it, of a service over a database with the seed, which is changed."""
    async with serving(url) as app, client_of(app) as client:
        read = await answers(client)
        client.headers["Authorization"] = f"Bearer {(await give_key(app.state.database)).text}"
        return read | examples_written(await written(client))


async def main() -> None:
    """Ask a service over a database of its own."""
    with tempfile.TemporaryDirectory(prefix="telcon-") as folder, embedded_postgres(Path(folder)) as url:
        await ensure_database(url)
        async with opened(url) as database:
            await schema.upgrade(database)
            async with database.writing() as connection:
                await load_seed(connection)
            await number_all(database)
        SCHEMA.write_text(json.dumps(record_schema(), ensure_ascii=False, indent=1) + "\n", "utf-8")
        EXAMPLES.write_text(json.dumps(await every_answer(url), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
