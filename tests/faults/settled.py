"""Whether the records and their history are what was acknowledged to writers, and whole."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

import asyncpg
import httpx

from app.db import dsn
from app.lines import read_line
from tests.faults.writers import Log, Sent

_INCLUDES = {"calls": "statements,readouts,claims", "readouts": "versions,statements,mentions,claims"}
_RESOURCES = ("parties", "topics", "publishers", "leaders", "readouts", "calls", "participants", "statements")
_PARTS = ("participants", "statements")
_LAST = """
last AS (
    SELECT DISTINCT ON (resource, record_id) resource, record_id, version, kind FROM changes
    ORDER BY resource, record_id, version DESC
)
"""
_TABLES = " UNION ALL ".join(f"SELECT '{name}' AS resource, id, version FROM {name}" for name in _RESOURCES)
FAULTS = {
    "the size of a writing is not the number of its changes": """
        SELECT w.id::text FROM writings w LEFT JOIN changes c ON c.writing_id = w.id
        GROUP BY w.id HAVING count(c.ordinal) <> w.size OR coalesce(max(c.ordinal), 0) <> w.size OR w.size = 0
    """,
    "numbers have gaps": """
        SELECT id::text FROM (
            SELECT id, first, sum(size) OVER (ORDER BY first) - size + 1 AS due FROM writings WHERE first IS NOT NULL
        ) AS numbered WHERE first <> due
    """,
    "versions have gaps": """
        SELECT resource || ' ' || record_id FROM changes
        GROUP BY resource, record_id HAVING min(version) <> 1 OR max(version) <> count(*)
    """,
    "a record does not have the version of its last change": f"""
        WITH {_LAST}, live AS ({_TABLES})
        SELECT concat_ws(' ', coalesce(last.resource, live.resource), coalesce(record_id, id)) FROM last
        FULL JOIN live ON (live.resource, live.id) = (last.resource, last.record_id)
        WHERE (last.kind IN ('removed', 'merged')) IS DISTINCT FROM (live.id IS NULL)
            OR (live.id IS NOT NULL AND live.version IS DISTINCT FROM last.version)
    """,
    "a version that is over is not kept, or another one is": f"""
        WITH over AS (
            SELECT c.resource, c.record_id, c.version FROM changes c JOIN changes n
                ON (n.resource, n.record_id, n.version) = (c.resource, c.record_id, c.version + 1)
            WHERE c.kind IN ('created', 'changed') AND c.resource NOT IN {_PARTS}
        )
        SELECT concat_ws(' ', coalesce(o.resource, s.resource), coalesce(o.record_id, s.record_id)) FROM over o
        FULL JOIN snapshots s USING (resource, record_id, version) WHERE o.version IS NULL OR s.document IS NULL
    """,
    "a removed record has no tombstone, or one that is there has": f"""
        WITH {_LAST}
        SELECT last.resource || ' ' || last.record_id FROM last WHERE (kind = 'removed') <> EXISTS (
            SELECT FROM tombstones t WHERE (t.resource, t.record_id, t.version)
                = (last.resource, last.record_id, last.version)
        )
    """,
    "a key is kept without its answer": "SELECT key FROM kept_answers WHERE status IS NULL",
}
"""Queries that give what should not be there."""
_DOCUMENTS = "SELECT resource, document FROM snapshots"
_NOTES = "SELECT note, count(*) FROM writings WHERE note IS NOT NULL GROUP BY note"


async def faults_in(url: str) -> list[str]:
    """What is half, doubled or missing in the database."""
    connection = await asyncpg.connect(dsn(url))
    try:
        wrong = [f"{fault}: {row[0]}" for fault, query in FAULTS.items() for row in (await connection.fetch(query))[:5]]
        for resource, document in await connection.fetch(_DOCUMENTS):
            line = read_line(1, document.encode())
            wrong += [f"a kept document of {resource} is no record: {fault}" for fault in line.faults[:1]]
        return wrong
    finally:
        await connection.close()


async def lost_or_doubled(url: str, log: Log) -> list[str]:
    """Requests that were not done once if they succeeded, at all if they did not, or more than once if unknown."""
    connection = await asyncpg.connect(dsn(url))
    try:
        done = Counter(dict(await connection.fetch(_NOTES)))
    finally:
        await connection.close()
    wrong = []
    for sent in log.sent:
        times = done.pop(sent.note, 0)
        if times != _wanted(sent) and (sent.status is not None or times > 1):
            wrong.append(f"{sent.note}: {sent.method} was answered {sent.status} and done {times} times")
    return [*wrong, *(f"nobody sent {note}" for note in done)]


def _wanted(sent: Sent) -> bool:
    """Whether a request has to have been done."""
    return sent.status is not None and sent.status < HTTPStatus.BAD_REQUEST


async def unlike_history(client: httpx.AsyncClient, log: Log) -> list[str]:
    """Acknowledged versions that the history tells otherwise, and records that are not what was acknowledged last."""
    by_record: dict[str, list[Sent]] = {}
    for sent in log.sent:
        if _wanted(sent):
            by_record.setdefault(sent.address, []).append(sent)
    wrong: list[str] = []
    for address, answered in by_record.items():
        wrong += [f"{address}: {fault}" async for fault in _unlike(client, address, answered)]
    return wrong


async def _unlike(client: httpx.AsyncClient, address: str, answered: list[Sent]) -> Any:
    told = {revision["version"]: revision for revision in await _history(client, address)}
    if sorted(told) != list(range(1, len(told) + 1)):
        yield f"the history tells versions {sorted(told)}"
    last: Sent | None = None
    for sent in answered:
        if sent.method == "DELETE":
            (gone,) = [one for one in told.values() if one["note"] == sent.note] or [None]
            if gone is None or gone["kind"] != "removed":
                yield f"{sent.note} is not told as a removal"
            continue
        revision = (await client.get(f"{address}/history/{sent.version}")).json()
        if revision.get("note") != sent.note or sent.note not in json.dumps(revision.get("after")):
            yield f"version {sent.version} is not that of {sent.note}: {revision}"
        if last is None or last.version < sent.version:
            last = sent
    async for fault in _unlike_last(client, address, told[max(told)], last):
        yield fault


async def _unlike_last(client: httpx.AsyncClient, address: str, newest: Any, last: Sent | None) -> Any:
    answer = await client.get(address, headers={"Cache-Control": "no-cache"})
    if newest["kind"] == "removed":
        if answer.status_code != HTTPStatus.GONE:
            yield f"it was removed, and is answered {answer.status_code}"
    elif not answer.headers.get("etag", "").startswith(f'"v{newest["version"]}.'):
        yield f"the last version is {newest['version']}, and {answer.headers.get('etag')} is answered"
    elif last is not None and last.version == newest["version"] and _own(last.content) != _own(answer.content):
        yield f"what is answered is not what {last.note} was"


def _own(content: bytes) -> Any:
    """What a record is by itself: how a participant's call is called changes without it."""
    record = json.loads(content)
    record.pop("call", None)
    return record


async def _history(client: httpx.AsyncClient, address: str) -> list[Any]:
    found: list[Any] = []
    parameters = {"limit": "200"}
    while True:
        page = (await client.get(f"{address}/history", params=parameters)).json()
        found += page["data"]
        if page["page"]["next"] is None:
            return found
        parameters["cursor"] = page["page"]["next"]


async def unreadable(client: httpx.AsyncClient) -> list[str]:
    """Records that are not answered whole, with all that can be embedded."""
    wrong = []
    for resource in _RESOURCES:
        include = {"include": _INCLUDES[resource]} if resource in _INCLUDES else {}
        parameters = {"limit": "200"}
        while True:
            page = (await client.get(f"/v1/{resource}", params=parameters)).json()
            for record in page["data"]:
                answer = await client.get(f"/v1/{resource}/{record['id']}", params=include)
                if answer.status_code != HTTPStatus.OK:
                    wrong.append(f"{resource} {record['id']} is answered {answer.status_code}")
                elif resource == "calls":
                    wrong += _parts_missing(answer.json())
            if page["page"]["next"] is None:
                break
            parameters["cursor"] = page["page"]["next"]
    return wrong


def _parts_missing(call: Any) -> Iterator[str]:
    counts = {name: len(call[name]) for name in ("statements", "readouts")}
    if counts != {"statements": call["statement_count"], "readouts": call["readout_count"]}:
        yield f"call {call['id']} has {counts}"


def first(wrong: Iterable[str], most: int = 20) -> list[str]:
    """The first few of what is wrong."""
    return [text[:400] for text, _ in zip(wrong, range(most), strict=False)]
