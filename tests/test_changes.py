"""The change feed: numbers that come after commit, cursors, pages of changes, and streams of them."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jsonschema
import pytest
from fastapi import FastAPI

from app import following
from app.db import dsn
from app.exporting import exported
from app.numbering import Numbering, begin_epoch, number_all
from app.settings import Settings
from tests.changing import change, change_parties, record_parties
from tests.conftest import client_of, connected, create_database, name_of, opened, serving
from tests.test_contract import DOCUMENT, SOMETIMES, response_of, validator_of
from tests.test_problems import is_problem
from tests.test_serve import folder, names_in, run

__all__ = ["folder"]
CHANGES = "/v1/changes"
STREAM = "/v1/changes/stream"
LIST = DOCUMENT["paths"][CHANGES]["get"]
FOLLOW = DOCUMENT["paths"][STREAM]["get"]


async def parties_of(url: str) -> list[UUID]:
    """The ids of the three parties."""
    async with connected(url) as connection:
        return [row[0] for row in await connection.fetch("SELECT id FROM parties ORDER BY id")]


async def number(url: str) -> None:
    """Give all that is written its numbers."""
    async with opened(url) as database:
        await number_all(database)


async def written(url: str, *writings: list[UUID]) -> None:
    """Change parties in as many transactions, and number the changes."""
    await change_parties(dsn(url), *writings)
    await number(url)


async def walk(client: httpx.AsyncClient, after: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """All changes behind a cursor, page by page until one is empty."""
    told: list[dict[str, Any]] = []
    while True:
        page = await listed(client, after, limit)
        if not page["data"]:
            return told
        told += page["data"]
        after = page["page"]["next"]


async def listed(client: httpx.AsyncClient, after: str | None = None, limit: int = 100) -> Any:
    """One page of changes."""
    answer = await client.get(CHANGES, params={"limit": limit} | ({"after": after} if after else {}))
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def feed_url(own_seeded_url: str) -> str:
    """A database of a test's own with the seed and one more party, whose feed has begun."""
    async with opened(own_seeded_url) as database:
        await record_parties(database, "ZZ")
    await number(own_seeded_url)
    return own_seeded_url


@pytest.fixture
async def followed(feed_url: str) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    """A database of a test's own with the seed, and a client of the service over it."""
    async with serving(feed_url) as app, client_of(app) as client:
        yield feed_url, client


Followed = tuple[str, httpx.AsyncClient]


async def test_what_is_recorded_is_told_from_the_beginning(followed: Followed) -> None:
    """Every record once, numbered without gaps, as the tables have them."""
    url, client = followed
    told = await walk(client, limit=7)
    assert [change["number"] for change in told] == list(range(1, len(told) + 1))
    async with connected(url) as connection:
        rows = await connection.fetch("SELECT resource, record_id, version, kind, within_id, into_id FROM changes")
    assert len({(change["resource"], change["id"]) for change in told}) == len(told)
    assert {(c["resource"], c["id"], c["version"], c["kind"], c["within"], c["into"]) for c in told} == {
        tuple(str(value) if isinstance(value, UUID) else value for value in row) for row in rows
    }


async def test_each_change_is_an_address(followed: Followed) -> None:
    """Where the record answers in the version that is told."""
    _, client = followed
    for told in await walk(client):
        answer = await client.get(f"/v1/{told['resource']}/{told['id']}")
        assert (answer.status_code, answer.json()["version"]) == (200, told["version"])


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 1000])
async def test_pages_join_whatever_their_size(followed: Followed, limit: int) -> None:
    """Writings of several sizes, cut at any place."""
    url, client = followed
    one, two, three = await parties_of(url)
    await written(url, [one], [one, two, three], [two], [three, two], [one])
    told = await walk(client, limit=limit)
    assert [change["number"] for change in told] == list(range(1, len(told) + 1))
    assert [(c["id"], c["version"]) for c in told[-8:]] == [
        (str(topic), version)
        for topic, version in [(one, 2), (one, 3), (two, 2), (three, 2), (two, 3), (two, 4), (three, 3), (one, 4)]
    ]
    for one_told in told:
        behind = await listed(client, one_told["cursor"], 1)
        assert [other["number"] for other in behind["data"]] == [one_told["number"] + 1][: len(behind["data"])]
    assert told == await walk(client, limit=100)


async def test_the_head_goes_on(followed: Followed) -> None:
    """Asking again gives nothing twice; what is new comes once; the cursor of a page is that of its last change."""
    url, client = followed
    told = await walk(client)
    head = await listed(client, "head")
    assert head == {"data": [], "page": {"limit": 100, "next": told[-1]["cursor"]}}
    for _ in range(3):
        assert await listed(client, head["page"]["next"]) == head
    parties = await parties_of(url)
    await written(url, parties[:1])
    new = await listed(client, head["page"]["next"])
    assert [change["id"] for change in new["data"]] == [str(parties[0])]
    assert new["page"]["next"] == new["data"][0]["cursor"] != head["page"]["next"]
    assert (await listed(client, new["page"]["next"]))["data"] == []


async def test_an_export_tells_where_to_go_on(followed: Followed) -> None:
    """What is written while it runs is not in it, and comes after its cursor, and nothing else does."""
    url, client = followed
    cursors: list[str] = []
    told: list[str] = []
    async with opened(url) as database:
        async for lines in exported(database, cursors.append):
            if not told:
                await record_parties(database, "YY")
                await number_all(database)
            told += lines
        again = [line async for lines in exported(database, cursors.append) for line in lines]
    (added,) = set(again) - set(told)
    (later,) = await walk(client, cursors[0])
    assert (later["id"], later["kind"]) == (json.loads(added)["id"], "created")
    assert await walk(client, cursors[1]) == []


async def test_the_command_writes_the_cursor(folder: Path, followed: Followed) -> None:
    """Into a file of its own, in a line."""
    url, client = followed
    records, cursor = folder / "records.ndjson", folder / "records.cursor"
    exporting = ("export", "--output", str(records), "--cursor", str(cursor))
    assert await run(folder, *exporting, DATABASE_URL=url) == (0, "", "")
    assert sorted(names_in(folder)) == sorted([cursor.name, records.name])
    after = cursor.read_text("ascii").removesuffix("\n")
    assert await walk(client, after) == []
    party, *_ = await parties_of(url)
    await written(url, [party])
    assert [change["id"] for change in await walk(client, after)] == [str(party)]


async def test_a_feed_without_changes(empty_url: str) -> None:
    """It has a cursor too, which leads to the first change."""
    await number(empty_url)
    async with serving(empty_url) as app, client_of(app) as client:
        page = await listed(client)
        assert page["data"] == []
        assert page == await listed(client, "head") == await listed(client, page["page"]["next"])
        await record_parties(app.state.database, "ZZ")
        assert (await listed(client, page["page"]["next"]))["data"] == []
        await number(empty_url)
        (told,) = (await listed(client, page["page"]["next"]))["data"]
        assert (told["number"], told["resource"], told["kind"], told["author"]) == (1, "parties", "created", "telcon")


async def test_an_answer_is_as_it_is_declared(followed: Followed) -> None:
    """A page, its headers, and a link as long as there is anything on it."""
    url, client = followed
    validator = validator_of(LIST, 200, "application/json")
    first = await client.get(CHANGES, params={"limit": 2})
    validator.validate(first.json())
    assert first.headers["link"] == f'</v1/changes?limit=2&after={first.json()["page"]["next"]}>; rel="next"'
    assert first.headers["cache-control"] == "public, no-cache"
    held = {"If-None-Match": first.headers["etag"]}
    assert (await client.get(CHANGES, params={"limit": 2}, headers=held)).status_code == 304
    last = await client.get(CHANGES, params={"after": "head"})
    validator.validate(last.json())
    assert "link" not in last.headers
    # What a cache holds of the head is asked for before it is used, and then is no longer right.
    held = {"If-None-Match": last.headers["etag"]}
    asked = {"after": last.json()["page"]["next"]}
    assert (await client.get(CHANGES, params=asked, headers=held)).status_code == 304
    await written(url, (await parties_of(url))[:1])
    assert len((await client.get(CHANGES, params=asked, headers=held)).json()["data"]) == 1


async def test_kinds_tell_what_they_are_about(followed: Followed) -> None:
    """Where a record is merged to, and the call that a statement belongs to."""
    url, client = followed
    async with connected(url) as connection, connection.transaction():
        kept, gone, _ = await parties_of(url)
        statement, call = await connection.fetchrow("SELECT id, call_id FROM statements LIMIT 1")
        writing = await connection.fetchval("INSERT INTO writings (author, size) VALUES ('who', 2) RETURNING id")
        await connection.execute(
            "INSERT INTO changes (writing_id, ordinal, resource, record_id, version, kind, within_id, into_id)"
            " VALUES ($1, 1, 'parties', $2, 2, 'merged', NULL, $3), ($1, 2, 'statements', $4, 2, 'removed', $5, NULL)",
            *(writing, gone, kept, statement, call),
        )
    await number(url)
    merged, removed = (await walk(client))[-2:]
    assert (merged["kind"], merged["id"], merged["into"], merged["within"]) == ("merged", str(gone), str(kept), None)
    assert (removed["kind"], removed["id"], removed["into"]) == ("removed", str(statement), None)
    assert (removed["within"], removed["author"]) == (str(call), "who")
    assert merged["numbered_at"] == removed["numbered_at"]


async def test_a_cursor_that_is_none(followed: Followed) -> None:
    """422 for what no cursor looks like, 410 for any other than was given out, and each letter counts."""
    _, client = followed
    told = await walk(client)
    cursor = told[3]["cursor"]
    for wrong in ("", "x", cursor[:-1], cursor + "A", "HEAD", cursor[:-1] + "=", cursor[:-1] + "\u00e9", "head "):
        is_problem(await client.get(CHANGES, params={"after": wrong}), "invalid-request")
    is_problem(await client.get(f"{CHANGES}?after={cursor}&after={cursor}"), "invalid-request")
    for place in range(64):
        other = "B" if cursor[place] != "B" else "C"
        is_problem(
            await client.get(CHANGES, params={"after": cursor[:place] + other + cursor[place + 1 :]}), "cursor-gone"
        )
    raw = base64.urlsafe_b64decode(cursor)
    for forged in (4, 5, len(told), len(told) + 1, 2**53, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 0):
        number = raw[:16] + forged.to_bytes(8) + raw[24:]
        given = base64.urlsafe_b64encode(number).decode()
        answer = await client.get(CHANGES, params={"after": given})
        assert answer.status_code == (200 if forged == 4 else 410), forged


async def test_a_cursor_beyond_the_head(server: str, feed_url: str) -> None:
    """A copy that went less far than the original is not followed from where the original went."""
    async with connected(feed_url) as connection:
        epoch, home = await connection.fetchrow("SELECT epoch, home FROM feed")
    copy = await create_database(server, name_of(feed_url))
    await written(feed_url, await parties_of(feed_url))
    async with serving(feed_url) as app, client_of(app) as client:
        after = (await listed(client, "head"))["page"]["next"]
    async with serving(copy) as app, client_of(app) as client:
        is_problem(await client.get(CHANGES, params={"after": after}), "cursor-gone")
        # And neither where the copy has gone as far on a way of its own, and passes for the original.
        await written(copy, await parties_of(copy))
        async with connected(copy) as connection:
            await connection.execute("UPDATE feed SET epoch = $1, home = $2", epoch, home)
        is_problem(await client.get(CHANGES, params={"after": after}), "cursor-gone")


async def test_a_copy_begins_anew(server: str, feed_url: str) -> None:
    """The cursors of the original are answered 410 by the first look of the numbering, and its own lead on."""
    async with serving(feed_url) as app, client_of(app) as client:
        cursors = [change["cursor"] for change in await walk(client)]
    copy = await create_database(server, name_of(feed_url))
    await number(copy)
    async with serving(copy) as app, client_of(app) as client:
        for cursor in (cursors[0], cursors[-1]):
            is_problem(await client.get(CHANGES, params={"after": cursor}), "cursor-gone")
            is_problem(await client.get(STREAM, params={"after": cursor}), "cursor-gone")
            is_problem(await client.get(STREAM, headers={"Last-Event-ID": cursor}), "cursor-gone")
        told = await walk(client)
        assert len(told) == len(cursors)
        await number(copy)
        assert await walk(client) == told


async def test_a_new_epoch_on_demand(followed: Followed) -> None:
    """For what the database cannot notice."""
    url, client = followed
    before = await walk(client)
    async with opened(url) as database:
        await begin_epoch(database)
    is_problem(await client.get(CHANGES, params={"after": before[0]["cursor"]}), "cursor-gone")
    after = await walk(client)
    assert [change["cursor"] for change in before] != [change["cursor"] for change in after]
    assert [change["number"] for change in before] == [change["number"] for change in after]


async def test_the_command_begins_an_epoch(folder: Path, followed: Followed) -> None:
    """As before a copy of the files serves: what was given out before leads on no more."""
    url, client = followed
    before = (await listed(client, "head"))["page"]["next"]
    told = "the cursors that were given out before lead on no longer\n"
    assert await run(folder, "db", "new-epoch", DATABASE_URL=url) == (0, told, "")
    is_problem(await client.get(CHANGES, params={"after": before}), "cursor-gone")


async def test_numbers_follow_the_ids(feed_url: str) -> None:
    """Of what is committed, whatever came first; what is under way is passed over and delays nobody."""
    url = feed_url
    one, two, three = await parties_of(url)
    async with connected(url) as slow, connected(url) as quick, connected(url) as looking:
        head = await looking.fetchval("SELECT head FROM feed")
        under_way = slow.transaction()
        await under_way.start()
        await change(slow, [one, two])
        for _ in range(2):
            async with quick.transaction():
                await change(quick, [three])
        await number(url)
        assert await looking.fetchval("SELECT head FROM feed") == head + 2
        await under_way.commit()
        await number(url)
        rows = await looking.fetch("SELECT id, size, first, numbered_at FROM writings WHERE first > $1", head)
    assert [row["first"] for row in sorted(rows, key=lambda row: row["id"])] == [head + 3, head + 1, head + 2]
    assert sorted(rows, key=lambda row: row["first"]) == sorted(rows, key=lambda row: row["numbered_at"])


async def test_the_times_of_numbers_never_go_back(feed_url: str) -> None:
    """Also where the clock does."""
    url = feed_url
    parties = await parties_of(url)
    async with connected(url) as connection:
        await connection.execute("UPDATE feed SET head_at = clock_timestamp() + interval '1 day'")
        before = await connection.fetchval("SELECT head_at FROM feed")
        for _ in range(3):
            await written(url, parties[:1])
            after = await connection.fetchval("SELECT head_at FROM feed")
            assert after > before
            assert await connection.fetchval("SELECT max(numbered_at) FROM writings") == after
            before = after


async def test_the_head_is_not_left_behind(feed_url: str) -> None:
    """Where nothing happens, the past still reaches up to a minute ago."""
    async with connected(feed_url) as connection:
        head = await connection.fetchval("SELECT head FROM feed")
        await connection.execute("UPDATE feed SET head_at = clock_timestamp() - interval '59 s'")
        before = await connection.fetchval("SELECT head_at FROM feed")
        await number(feed_url)
        assert await connection.fetchval("SELECT head_at FROM feed") == before
        await connection.execute("UPDATE feed SET head_at = clock_timestamp() - interval '61 s'")
        await number(feed_url)
        assert await connection.fetchval("SELECT clock_timestamp() - head_at < interval '1 s' FROM feed")
        assert await connection.fetchval("SELECT head FROM feed") == head


async def test_one_numbers_at_a_time(feed_url: str) -> None:
    """Whoever comes second leaves it to the first, and sees so; what stays empty has no number."""
    url = feed_url
    parties = await parties_of(url)
    await change_parties(dsn(url), parties, parties)
    async with connected(url) as first, connected(url) as second:
        await first.execute("INSERT INTO writings (author) VALUES ('nobody')")
        async with first.transaction():
            assert await first.fetchval("SELECT number_writings(1)") == 1
            assert await second.fetchval("SELECT number_writings(1)") is None
        assert await second.fetchval("SELECT number_writings(1000)") == 1
        assert await second.fetchval("SELECT number_writings(1000)") == 0
        assert await second.fetchval("SELECT count(*) FROM writings WHERE first IS NULL") == 1
        assert await second.fetchval("SELECT head = (SELECT sum(size) FROM writings) FROM feed")


async def test_whoever_writes_wakes_the_numbering(feed_url: str) -> None:
    """It numbers at once, looks by itself as well, and survives the end of its connection."""
    url = feed_url
    parties = await parties_of(url)
    numbering = Numbering(url, Settings())
    async with connected(url) as connection, numbering.running():

        async def numbered(within: float) -> None:
            async with asyncio.timeout(within):
                while await connection.fetchval("SELECT EXISTS (SELECT FROM writings WHERE first IS NULL)"):  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.005)

        await asyncio.sleep(0.3)
        for _ in range(3):
            await change_parties(dsn(url), parties)
            numbering.wake()
            await numbered(0.5)
        await change_parties(dsn(url), parties)
        await numbered(3)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await change_parties(dsn(url), parties)
        await numbered(5)


# Streams.


class Events:
    """A stream of events that is read as it comes, without a server between."""

    def __init__(self, app: FastAPI, query: str = "", headers: dict[str, str] | None = None) -> None:
        """Take what is asked."""
        given = {"host": "telcon"} | (headers or {})
        self.scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": STREAM,
            "raw_path": STREAM.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
            "client": None,
            "server": None,
        }
        self.app = app
        self.messages: asyncio.Queue[Any] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.status = 0
        self.headers = httpx.Headers()
        self.text = ""
        self.over = False

    async def _receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def take(self, within: float = 5) -> str:
        """The next part; empty at the end."""
        message = await asyncio.wait_for(self.messages.get(), within)
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = httpx.Headers(message["headers"])
            return await self.take(within)
        self.over = not message.get("more_body", False)
        part = message["body"].decode()
        self.text += part
        return str(part)

    async def changes(self, number: int) -> list[dict[str, Any]]:
        """So many changes, each under its cursor and its name."""
        found: list[dict[str, Any]] = []
        while len(found) < number:
            for block in (await self.take()).split("\n\n"):
                fields = dict(line.partition(": ")[::2] for line in block.split("\n"))
                if "data" in fields:
                    assert fields["event"] == "change"
                    told = json.loads(fields["data"])
                    assert told["cursor"] == fields["id"]
                    found.append(told)
        return found


@asynccontextmanager
async def stream(app: FastAPI, query: str = "", headers: dict[str, str] | None = None) -> AsyncIterator[Events]:
    """A stream that the client leaves when the block ends."""
    events = Events(app, query, headers)
    answering = asyncio.create_task(app(events.scope, events._receive, events.messages.put))  # noqa: SLF001 - its own
    try:
        yield events
    finally:
        events.gone.set()
        await asyncio.wait_for(answering, 5)


async def test_a_stream_tells_what_the_list_tells(feed_url: str) -> None:
    """All there is from the beginning, and then what comes, within a moment."""
    url = feed_url
    parties = await parties_of(url)
    async with serving(url) as app, client_of(app) as client, stream(app) as events:
        told = await walk(client)
        assert await events.changes(len(told)) == told
        assert events.status == 200
        assert events.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert events.headers["cache-control"] == "no-store"
        assert events.headers["access-control-allow-origin"] == "*"
        assert "content-length" not in events.headers
        for _ in range(3):
            await asyncio.sleep(0.1)
            began = asyncio.get_running_loop().time()
            await written(url, parties)
            new = await events.changes(len(parties))
            assert asyncio.get_running_loop().time() - began < following._LOOK  # noqa: SLF001 - it was told, and did not look
            assert new == await walk(client, told[-1]["cursor"])
            told += new


async def test_a_stream_goes_on(followed: Followed) -> None:
    """From the header before the parameter; from the end on demand, also where nothing had come before it broke."""
    url, client = followed
    told = await walk(client)
    parties = await parties_of(url)
    async with serving(url) as app:
        for query, headers, rest in (
            (f"after={told[4]['cursor']}", {}, told[5:]),
            (f"after={told[4]['cursor']}", {"Last-Event-ID": told[-3]["cursor"]}, told[-2:]),
            ("", {"Last-Event-ID": told[-2]["cursor"]}, told[-1:]),
            ("after=head", {"Last-Event-ID": told[-2]["cursor"]}, told[-1:]),
        ):
            async with stream(app, query, headers) as events:
                assert await events.changes(len(rest)) == rest
        async with stream(app, "after=head") as events:
            first = await events.take()
        assert first == f"id: {told[-1]['cursor']}\nretry: 1000\n\n"
        await written(url, parties[:1])
        async with stream(app, "after=head", {"Last-Event-ID": first.split("\n")[0][4:]}) as events:
            assert [change["id"] for change in await events.changes(1)] == [str(parties[0])]


async def test_a_stream_that_is_not_told(feed_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks by itself, and says from time to time that it is there."""
    monkeypatch.setattr(following, "CHANNEL", "elsewhere")
    monkeypatch.setattr(following, "_LOOK", 0.2)
    monkeypatch.setattr(following, "_PING", 0.5)
    parties = await parties_of(feed_url)
    async with serving(feed_url) as app, stream(app, "after=head") as events:
        assert (await events.take()).startswith("id: ")
        assert await events.take() == ":\n\n"
        await written(feed_url, parties)
        assert len(await events.changes(3)) == 3
        assert await events.take() == ":\n\n"


async def test_a_stream_outlives_the_connections(feed_url: str) -> None:
    """A restart of the database is not the end of it, and nothing is told twice or lost."""
    url = feed_url
    parties = await parties_of(url)
    async with serving(url) as app, stream(app, "after=head") as events, connected(url) as connection:
        await events.take()
        await written(url, parties)
        assert [change["version"] for change in await events.changes(3)] == [2, 2, 2]
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await written(url, parties)
        assert [change["version"] for change in await events.changes(3)] == [3, 3, 3]


async def test_a_stream_ends_with_its_epoch(feed_url: str) -> None:
    """In order, so that the client comes back, and hears why."""
    url = feed_url
    async with serving(url) as app, client_of(app) as client, stream(app, "after=head") as events:
        first = await events.take()
        async with opened(url) as database:
            await begin_epoch(database)
        await written(url, await parties_of(url))
        while not events.over:
            assert "data" not in await events.take()
        cursor = first.split("\n")[0][4:]
        is_problem(await client.get(STREAM, headers={"Last-Event-ID": cursor}), "cursor-gone")


async def test_streams_end_with_the_service(feed_url: str) -> None:
    """All at once, each with its last chunk."""
    async with serving(feed_url) as app, stream(app) as one, stream(app, "after=head") as other:
        for events in (one, other):
            await events.take()
        app.state.followers.end()
        for events in (one, other):
            while not events.over:
                await events.take(1)


async def test_as_many_streams_as_there_may_be(feed_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 over it, and a place is free once a client leaves; waiting takes no connection but the one that listens."""
    monkeypatch.setenv("TELCON_FOLLOWERS", "5")
    async with serving(feed_url) as app, client_of(app) as client, AsyncExitStack() as stack:
        for _ in range(4):
            await (await stack.enter_async_context(stream(app, "after=head"))).take()
        async with stream(app, "after=head") as last:
            await last.take()
            is_problem(await client.get(STREAM), "streams-taken")
            await asyncio.sleep(0.5)
            async with connected(feed_url) as connection:
                listening = await connection.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                )
                assert listening == 1
                assert await connection.fetchval(
                    "SELECT count(*) < 8 FROM pg_stat_activity WHERE datname = current_database()"
                )
        async with stream(app, "after=head") as another:
            assert (await another.take()).startswith("id: ")


async def test_what_refuses_a_stream_of_changes(client: httpx.AsyncClient, app: FastAPI) -> None:
    """Each as it is declared, with the headers that are declared."""
    for asked, status, kind in (
        ({"params": {"limit": "2"}}, 422, "invalid-request"),
        ({"params": {"after": "x"}}, 422, "invalid-request"),
        ({"headers": {"Last-Event-ID": "x"}}, 422, "invalid-request"),
        ({"headers": {"Last-Event-ID": "head"}}, 422, "invalid-request"),
        ({"headers": {"Accept": "application/json"}}, 406, "not-acceptable"),
        ({"headers": {"If-Match": '"x"'}}, 412, "precondition-failed"),
    ):
        answer = await client.get(STREAM, **asked)  # type: ignore[arg-type]
        is_problem(answer, kind)
        assert answer.status_code == status
        for name in response_of(FOLLOW, status)["headers"].keys() - SOMETIMES:
            schema = DOCUMENT["components"]["headers"][name]["schema"]
            jsonschema.Draft202012Validator(schema).validate(answer.headers[name])
    events = Events(app)
    events.scope["http_version"] = "1.0"
    await app(events.scope, events._receive, events.messages.put)  # noqa: SLF001 - its own
    is_426 = await events.take()
    assert json.loads(is_426)["type"] == "/problems#upgrade-required"
    head = await client.head(STREAM)
    assert (head.status_code, head.content) == (200, b"")
    for name in response_of(FOLLOW, 200)["headers"]:
        assert name in head.headers


async def test_the_stream_is_described() -> None:
    """As every other operation is, and with an example of what comes."""
    assert FOLLOW["operationId"] == "streamChanges"
    assert set(FOLLOW["responses"]) >= {"200", "400", "406", "410", "412", "414", "422", "426", "500", "503"}
    assert "304" not in FOLLOW["responses"]
    assert [parameter["name"] for parameter in FOLLOW["parameters"]] == ["Last-Event-ID", "after"]
    (content,) = FOLLOW["responses"]["200"]["content"].items()
    assert content[0] == "text/event-stream"
    blocks = content[1]["example"].split("\n\n")
    assert [json.loads(block.split("\n")[1][6:]) for block in blocks if block] == LIST["responses"]["200"]["content"][
        "application/json"
    ]["example"]["data"]
