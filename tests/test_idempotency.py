"""Requests that are sent again: one effect and one answer for each key, whatever goes wrong in between."""

import asyncio
import string
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from app.idempotency import LONGEST_KEY, key_of
from app.keeping import keep_all
from app.problems import InvalidRequest
from tests.conftest import client_of, connected, opened
from tests.faults.idempotency import How, Seen, run
from tests.test_problems import is_problem
from tests.writes import writable

KEPT = ("etag", "location", "content-type", "cache-control")
PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "


@pytest.fixture
async def writer(empty_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that writes things."""
    async with writable(empty_url) as service, client_of(service) as client:
        yield client


@pytest.fixture
async def connection(writer: httpx.AsyncClient, empty_url: str) -> AsyncIterator[asyncpg.Connection]:  # noqa: ARG001
    """A connection to its database."""
    async with connected(empty_url) as connection:
        yield connection


async def post(
    client: httpx.AsyncClient, slug: str, key: str | None = "k", size: int = 1, **more: str
) -> httpx.Response:
    """Write a thing under a key."""
    headers = {} if key is None else {"Idempotency-Key": key}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return await client.post("/things", json={"slug": slug, "size": size}, headers=headers)


def same(answer: httpx.Response, other: httpx.Response) -> bool:
    """Whether two answers are one to the byte."""
    told = [(a.status_code, a.content, [a.headers.get(name) for name in KEPT]) for a in (answer, other)]
    return told[0] == told[1]


def read(*values: bytes) -> str | None:
    """The key that headers bring."""
    return key_of(Request({"type": "http", "headers": [(b"idempotency-key", value) for value in values]}))


@given(st.text(PRINTABLE, min_size=1, max_size=LONGEST_KEY))
def test_a_key_quoted(key: str) -> None:
    """Any printable ASCII."""
    escaped = key.replace("\\", r"\\").replace('"', r"\"")
    assert read(f'"{escaped}"'.encode()) == key
    if not key.startswith(('"', " ")) and not key.endswith(" "):
        assert read(key.encode()) == key


@pytest.mark.parametrize(
    "values",
    [
        [b""],
        [b'""'],
        [b'"'],
        [b'"a'],
        [b'"a"b"'],
        [b'"a";p=1'],
        [b'"a\\b"'],
        [b'"a", "b"'],
        [b"a\tb"],
        ["schlüssel".encode()],
        [b"a\x7f"],
        [b"x" * (LONGEST_KEY + 1)],
        [b'"' + b"x" * (LONGEST_KEY + 1) + b'"'],
        [b"a", b"a"],
    ],
)
def test_a_key_that_is_none(values: list[bytes]) -> None:
    """Told by the header's name."""
    with pytest.raises(InvalidRequest) as caught:
        read(*values)
    assert caught.value.members["errors"][0]["parameter"] == "Idempotency-Key"


def test_no_key() -> None:
    assert read() is None


async def test_a_request_sent_again(writer: httpx.AsyncClient) -> None:
    """The same answer, marked, and no second effect; quoted or bare is one key; without a key it is another request."""
    first = await post(writer, "a")
    assert first.status_code == 201
    assert "idempotency-replayed" not in first.headers
    for key in ("k", '"k"'):
        again = await post(writer, "a", key)
        assert same(first, again)
        assert again.headers["idempotency-replayed"] == "true"
    is_problem(await post(writer, "a", None), "conflict")
    is_problem(await post(writer, "a", "other"), "conflict")
    # Whose key it is counts.
    is_problem(await post(writer, "a", X_Principal=str(UUID(int=2))), "conflict")


async def test_another_request_under_the_key(writer: httpx.AsyncClient) -> None:
    """422, whether the body, the query or a condition is another; what was kept stays."""
    first = await post(writer, "a", If_None_Match="*")
    for answer in (
        await post(writer, "b", If_None_Match="*"),
        await post(writer, "a", size=2, If_None_Match="*"),
        await post(writer, "a"),
        await post(writer, "a", If_None_Match="*", If_Match="*"),
        await writer.post(
            "/things?x=1", json={"slug": "a", "size": 1}, headers={"Idempotency-Key": "k", "If-None-Match": "*"}
        ),
    ):
        problem = is_problem(answer, "key-reused")
        assert problem["errors"] == [{"parameter": "Idempotency-Key", "detail": "came before with another request"}]
    assert same(await post(writer, "a", If_None_Match="*"), first)


async def test_refusals_that_last_are_kept(writer: httpx.AsyncClient, connection: asyncpg.Connection) -> None:
    """With what was written before undone; also where the database refuses."""
    told = ""
    for size, detail in ((901, "This one never."), (1000, "The records have changed meanwhile")):
        first = await post(writer, "a", f"k{size}", size)
        assert detail in is_problem(first, "conflict")["detail"]
        assert await connection.fetchval("SELECT count(*) FROM things") == 0
        assert await connection.fetchval("SELECT status FROM kept_answers WHERE key = $1", f"k{size}") == 409
        again = await post(writer, "a", f"k{size}", size)
        assert same(first, again)
        assert again.headers["idempotency-replayed"] == "true"
        told += first.json()["detail"]
    for inside in ("things", "size", "check", "SELECT"):
        assert inside not in told


async def test_what_may_turn_out_otherwise_is_not_kept(
    writer: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    """Neither what time mends, nor a fault of ours, nor what was refused before it came to writing."""
    is_problem(await post(writer, "a", size=902), "unavailable")
    is_problem(await post(writer, "a", size=903), "internal-error")
    is_problem(await post(writer, "a", size=-1), "invalid-request")
    assert await connection.fetchval("SELECT count(*) FROM kept_answers") == 0
    assert await connection.fetchval("SELECT count(*) FROM things") == 0
    assert (await post(writer, "a")).status_code == 201


async def test_many_at_once(writer: httpx.AsyncClient, connection: asyncpg.Connection) -> None:
    """One record, and for each the same answer."""
    answers = await asyncio.gather(*(post(writer, "a") for _ in range(200)))
    while retried := [place for place, answer in enumerate(answers) if answer.status_code in {409, 503}]:
        for place in retried:
            assert answers[place].headers["retry-after"]
            answers[place] = await post(writer, "a")
    assert {answer.status_code for answer in answers} == {201}
    assert all(same(answer, answers[0]) for answer in answers)
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert await connection.fetchval("SELECT count(*) FROM things") == 1


async def held(connection: asyncpg.Connection, key: str) -> Any:
    """A transaction that is at a request with a key."""
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(
        "INSERT INTO kept_answers (principal_id, key, fingerprint) VALUES ($1, $2, sha256(''))", UUID(int=1), key
    )
    return transaction


async def test_a_request_that_comes_while_the_first_is_answered(
    writer: httpx.AsyncClient, connection: asyncpg.Connection
) -> None:
    """It waits a while, and is told to come again; it is answered when the first gives up."""
    transaction = await held(connection, "k")
    problem = await post(writer, "a")
    is_problem(problem, "key-in-use")
    assert problem.headers["retry-after"] == "1"
    assert (await post(writer, "b", "other")).status_code == 201
    waiting = asyncio.create_task(post(writer, "a"))
    await asyncio.sleep(0.3)
    await transaction.rollback()
    assert (await waiting).status_code == 201


async def test_kept_for_a_day(writer: httpx.AsyncClient, connection: asyncpg.Connection, empty_url: str) -> None:
    """Then it is removed, in the background."""
    for key, age in (("young", "23 hours 59 minutes"), ("old", "24 hours 1 minute")):
        first = await post(writer, key, key)
        await connection.execute(f"UPDATE kept_answers SET kept_at = now() - interval '{age}' WHERE key = $1", key)
        assert same(await post(writer, key, key), first)
    async with opened(empty_url) as database:
        await keep_all(database)
    assert [row[0] for row in await connection.fetch("SELECT key FROM kept_answers")] == ["young"]
    is_problem(await post(writer, "old", "old"), "conflict")


async def test_backends_that_end(empty_url: str) -> None:
    """At a small size: see tests/faults/idempotency.py."""
    seen = Seen()
    assert await run(empty_url, How(keys=40, duplicates=4, pause=0.04), seen) == []
    assert seen.cut > 0
