"""Lines that are sent are recorded by the loader of the command, and each is told what became of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app import content
from app.content import LARGEST_CONTENT
from app.imports import receiving
from app.keys import Key, add_key
from tests.conftest import client_of, connected, create_database, opened, serving
from tests.factories import World
from tests.test_records import contents
from tests.test_transfer import export, timeless

Json = dict[str, Any]
HEADERS = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
async def url(server: str, migrated: str) -> str:
    """A database of a test's own, without records."""
    return await create_database(server, migrated)


@pytest.fixture
async def editor(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client who may write there."""
    key = Key.new()
    async with opened(url) as database, database.writing() as connection:
        await add_key(connection, key, "editor", ["records:write"], None)
    async with serving(url) as app, client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {key.text}"
        yield client


async def send(client: httpx.AsyncClient, lines: bytes | list[Json], **asked: str) -> httpx.Response:
    """What is answered to lines."""
    body = lines if isinstance(lines, bytes) else b"\n".join(json.dumps(line).encode() for line in lines)
    return await client.post("/v1/imports", content=body, params=asked, headers=HEADERS)


def outcomes(answer: httpx.Response) -> list[Json]:
    """What became of each line."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def party(code: str, **more: Any) -> Json:
    """The line of a party."""
    return {"type": "party", "code": code, "name": f"Party {code}", "kind": "state", **more}


async def test_an_export_is_imported(editor: httpx.AsyncClient, url: str, world: World) -> None:
    """As by the command: line by line it is new, and the second time it is there."""
    async with opened(world.url) as database:
        sent, rows = await export(database), await contents(database)
    told = outcomes(await send(editor, sent))
    assert [one["line"] for one in told] == list(range(1, len(told) + 1))
    assert {one["outcome"] for one in told} == {"recorded"}
    for one, line in zip(told, sent.splitlines(), strict=True):
        record = json.loads(line)
        assert (one["id"], one["resource"], one["errors"]) == (record["id"], one["resource"], [])
    async with opened(url) as database:
        assert await export(database) == sent
        assert timeless(await contents(database)) == timeless(rows)
    again = outcomes(await send(editor, sent))
    assert [one | {"outcome": "recorded"} for one in again] == told
    assert {one["outcome"] for one in again} == {"there"}
    newest = (await editor.get(f"/v1/{told[-1]['resource']}/{told[-1]['id']}/history")).json()["data"]
    assert [(one["author"], one["version"]) for one in newest] == [("editor", 1)]


async def test_all_or_none(editor: httpx.AsyncClient, url: str) -> None:
    """A fault is told with its line and its place, and nothing is recorded; or the rest is, if so wished."""
    lines = [party("AA"), party("BB", kind="kingdom"), {"type": "nothing"}, party("CC", aliases=["AA"])]
    answer = await send(editor, lines)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/2/kind", "/3/type", "/4/aliases/0"]
    async with opened(url) as database:
        assert await export(database) == b""
    told = outcomes(await send(editor, lines, skip_invalid="true"))
    assert [(one["line"], one["outcome"], [error["pointer"] for error in one["errors"]]) for one in told] == [
        (1, "recorded", []),
        (2, "refused", ["/kind"]),
        (3, "refused", ["/type"]),
        (4, "refused", ["/aliases/0"]),
    ]
    async with opened(url) as database:
        assert json.loads(await export(database))["code"] == "AA"


async def test_what_comes_out_late(editor: httpx.AsyncClient) -> None:
    """A line that refers to one that never comes is refused, though it was taken at first."""
    readout = {"type": "readout", "id": "01990000-0000-7000-8000-000000000001", "title": "R", "language": "en"}
    late = {**readout, "translation_of": "01990000-0000-7000-8000-000000000002"}
    told = outcomes(await send(editor, [party("AA"), late], skip_invalid="true"))
    assert [(one["line"], one["outcome"]) for one in told] == [(1, "recorded"), (2, "refused")]


async def test_much_is_taken(editor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than by any other operation, announced or in chunks; what is beyond the bound is not."""
    padding = b" " * 1024
    line = json.dumps(party("AA")).encode() + padding + b"\n"
    body = line * (LARGEST_CONTENT // len(line) + 2)
    assert len(body) > LARGEST_CONTENT
    told = outcomes(await send(editor, body))
    assert [one["outcome"] for one in told[:2]] == ["recorded", "there"]

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100_000):
            yield body[start : start + 100_000]

    sent = await editor.post("/v1/imports", content=parts(), headers=HEADERS)
    assert {one["outcome"] for one in outcomes(sent)} == {"there"}
    monkeypatch.setattr(content, "LARGEST_IMPORT", 10_000)
    for given in (body, parts()):
        refused = await editor.post("/v1/imports", content=given, headers=HEADERS)
        assert (refused.status_code, "10000 bytes" in refused.json()["detail"]) == (413, True)


async def test_imports_take_turns(editor: httpx.AsyncClient) -> None:
    """Whoever comes while one is under way is told to come again."""
    async with receiving._places:  # noqa: SLF001 - what one holds that is under way
        answer = await send(editor, [party("AA")])
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert answer.json()["type"] == "/problems#imports-taken"
    outcomes(await send(editor, [party("AA")]))


@pytest.mark.parametrize(("name", "saying"), [("CONTENT_SECONDS", "Nothing"), ("_RECEIVING_SECONDS", "did not arrive")])
async def test_content_that_does_not_arrive(
    editor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, name: str, saying: str
) -> None:
    """Holds the place up for so long only, and the next one is taken."""
    monkeypatch.setattr(receiving, name, 0.2)

    async def parts() -> AsyncIterator[bytes]:
        yield json.dumps(party("AA")).encode() + b"\n"
        for _ in range(100):
            await asyncio.sleep(5 if name == "CONTENT_SECONDS" else 0.05)
            yield b"\n"

    refused = await editor.post("/v1/imports", content=parts(), headers=HEADERS)
    assert (refused.status_code, saying in refused.json()["detail"]) == (408, True)
    assert [one["outcome"] for one in outcomes(await send(editor, [party("AA")]))] == ["recorded"]


async def test_what_the_database_alone_refuses(editor: httpx.AsyncClient, url: str) -> None:
    """Is a conflict, and nothing is recorded."""
    async with connected(url) as connection:
        await connection.execute("ALTER TABLE parties ADD CONSTRAINT not_bb CHECK (code <> 'BB')")
    refused = await send(editor, [party("AA"), party("BB")], skip_invalid="true")
    assert (refused.status_code, "not_bb" in refused.json()["detail"]) == (409, True)
    async with opened(url) as database:
        assert await export(database) == b""


async def test_what_is_no_import(editor: httpx.AsyncClient) -> None:
    """Content of another kind, parameters that are none, lines that are no JSON; and nothing is nothing."""
    assert (await editor.post("/v1/imports", json={})).status_code == 415
    assert (await send(editor, [], limit="2")).status_code == 422
    assert (await send(editor, [], skip_invalid="yes")).status_code == 422
    told = await send(editor, b'{"type": "party", \n\xff\xfe\n"\\ud800"\n')
    assert [error["pointer"] for error in told.json()["errors"]] == ["/1", "/2", "/3"]
    assert outcomes(await send(editor, b"")) == []
    assert outcomes(await send(editor, b"\n\n")) == []
    del editor.headers["Authorization"]
    assert (await send(editor, [party("AA")])).status_code == 401
