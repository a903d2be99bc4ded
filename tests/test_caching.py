"""What caches may keep: for how long in sum, what is confirmed without asking the database, and what never is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from app import confirmed as module
from app.confirmed import Confirmed
from app.db import dsn
from app.main import create_app
from app.settings import Settings
from tests.conftest import client_of
from tests.test_statement_count import statements_of

CALL = "/v1/calls/2020-03-19-xi-jinping-vladimir-putin"
FRESHNESS = 10


@dataclass
class Clock:
    """A clock that stands still unless it is told to go on."""

    now: float = 1000.0

    def __call__(self) -> float:
        """The seconds."""
        return self.now


@dataclass
class Cached:
    """A service of a test's own, its clock and its records."""

    app: FastAPI
    client: httpx.AsyncClient
    clock: Clock
    writing: asyncpg.Connection = field(repr=False)

    async def rename(self, name: str) -> None:
        """Change what the call shows."""
        await self.writing.execute("UPDATE calls SET title = $1", name)

    async def get(self, path: str = CALL, **headers: str) -> tuple[httpx.Response, int]:
        """An answer, and how many statements it took."""
        with statements_of(self.app) as sent:
            answer = await self.client.get(
                path, headers={name.replace("_", "-"): text for name, text in headers.items()}
            )
        return answer, len(sent)


@pytest.fixture
async def cached(own_seeded_url: str) -> AsyncIterator[Cached]:
    """Over the seed, which the test may change."""
    app = create_app(Settings(database_url=own_seeded_url, freshness=FRESHNESS))
    writing = await asyncpg.connect(dsn(own_seeded_url))
    async with app.router.lifespan_context(app), client_of(app) as client:
        clock = app.state.confirmed.clock = Clock()
        yield Cached(app, client, clock, writing)
    await writing.close()


def max_age(answer: httpx.Response) -> int:
    """For how long a cache may give the answer."""
    public, age, must = answer.headers["cache-control"].split(", ")
    assert (public, must) == ("public", "must-revalidate")
    return int(age.removeprefix("max-age="))


async def test_an_answer_says_how_long_it_may_be_kept(cached: Cached) -> None:
    """A record, a list and a 304 likewise; problems, streams and the service's state are not kept."""
    for path in (CALL, "/v1/calls", f"{CALL}/statements?limit=3"):
        answer, _ = await cached.get(path)
        assert max_age(answer) == FRESHNESS
        again, _ = await cached.get(path, If_None_Match=answer.headers["etag"])
        assert again.status_code == 304
        for name in ("cache-control", "vary", "etag"):
            assert again.headers[name] == answer.headers[name]
    for path in ("/v1/calls/none", "/v1/calls?colour=red", "/v1/calls?format=csv", "/healthz"):
        assert (await cached.get(path))[0].headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [CALL, "/v1/calls", f"{CALL}/claims"])
async def test_what_was_confirmed_takes_no_statement(cached: Cached, path: str) -> None:
    """For as long as it is fresh; in any coding that the client has."""
    plain = (await cached.get(path, Accept_Encoding="identity"))[0].headers["etag"]
    zipped = (await cached.get(path, Accept_Encoding="gzip"))[0].headers["etag"]
    assert plain != zipped
    asked = [(plain, "identity"), (zipped, "gzip"), (f'"other", W/{zipped}', "gzip, br"), (plain, "br, identity")]
    # An answer that was given tells nothing of what is asked again; the first condition does.
    for number, (tag, coding) in enumerate(asked):
        answer, statements = await cached.get(path, If_None_Match=tag, Accept_Encoding=coding)
        assert (answer.status_code, statements) == (304, 0 if number else 1)
        assert answer.headers["etag"] in tag
        assert answer.content == b""
    # A coding that is not accepted is not what the client can use.
    answer, statements = await cached.get(path, If_None_Match=zipped, Accept_Encoding="gzip;q=0")
    assert (answer.status_code, statements) == (200, 1)
    cached.clock.now += FRESHNESS
    answer, statements = await cached.get(path, If_None_Match=plain)
    assert (answer.status_code, statements) == (304, 1)


@pytest.mark.parametrize(
    "asks_anyway",
    [
        {"Cache_Control": "no-cache"},
        {"Cache_Control": "max-age=0"},
        {"Cache_Control": "min-fresh=3"},
        {"Pragma": "no-cache"},
        {"If_Match": "*"},
    ],
)
async def test_who_asks_for_the_present_gets_it(cached: Cached, asks_anyway: dict[str, str]) -> None:
    """The database is asked whatever was confirmed; whoever writes reads what was written."""
    tag = (await cached.get())[0].headers["etag"]
    for statements in (1, 0):
        assert (await cached.get(If_None_Match=tag))[1] == statements
    answer, statements = await cached.get(If_None_Match=tag, **asks_anyway)
    assert (answer.status_code, statements) == (304, 1)
    await cached.rename("Another title")
    answer, statements = await cached.get(If_None_Match=tag, **asks_anyway)
    assert (answer.status_code, statements, answer.json()["title"]) == (200, 1, "Another title")


async def test_nothing_is_given_but_what_a_client_has(cached: Cached) -> None:
    """Neither an older answer to one that has a newer, nor any to one that has none."""
    old = (await cached.get())[0].headers["etag"]
    await cached.get(If_None_Match=old)
    await cached.rename("Another title")
    for held in ({}, {"If_None_Match": '"other"'}, {"If_None_Match": "*"}):
        answer, statements = await cached.get(**held)
        assert statements == 1
        assert answer.status_code == (304 if "*" in held.values() else 200)
    new = (await cached.get())[0].headers["etag"]
    assert new != old
    assert (await cached.get(If_None_Match=new))[0].status_code == 304
    # One tag of an address is kept in mind, so that the database is asked about the other.
    answer, statements = await cached.get(If_None_Match=old)
    assert (answer.status_code, statements) == (200, 1)


async def test_another_question_is_another_answer(cached: Cached) -> None:
    """Also where it differs in one parameter, or in the media type."""
    tag = (await cached.get())[0].headers["etag"]
    await cached.get(If_None_Match=tag)
    for path in (f"{CALL}?include=claims", f"{CALL}/claims", "/v1/calls"):
        answer, statements = await cached.get(path, If_None_Match=tag)
        assert (answer.status_code, statements) == (200, 1)
    page = (await cached.get("/v1/calls"))[0].headers["etag"]
    await cached.get("/v1/calls", If_None_Match=page)
    for form in ({"Accept": "text/csv"}, {"Accept": "application/x-ndjson"}):
        answer, _ = await cached.get("/v1/calls", If_None_Match=page, **form)
        assert answer.status_code == 200
    assert (await cached.get("/v1/calls?format=ndjson", If_None_Match=page))[0].status_code == 200
    assert (await cached.get("/v1/calls", If_None_Match=page, Accept="image/png"))[0].status_code == 406


@given(steps=st.lists(st.tuples(st.sampled_from(["wait", "write", "ask", "reload"]), st.integers(1, 8)), max_size=30))
def test_no_cache_is_ever_later_than_stated(steps: list[tuple[str, int]]) -> None:
    """However answers are kept here and by a cache, what is shown was true less than the freshness ago."""
    clock = Clock()
    confirmed = Confirmed(FRESHNESS, clock)
    written = {0: clock.now}
    current = 0
    kept: tuple[int, float] | None = None
    for step, seconds in steps:
        if step == "wait":
            clock.now += seconds / 3
        elif step == "write":
            current += 1
            written[current] = clock.now
        elif kept is None or clock.now >= kept[1] or step == "reload":
            found = confirmed.find(b"/", b"") if kept is not None and step == "ask" else None
            spared = found is not None and kept is not None and found[0] == str(kept[0])
            asked_at = found[1] if found is not None and spared else clock.now
            shown = kept[0] if kept is not None and spared else current
            if kept is not None and not spared and shown == kept[0]:
                confirmed.note(b"/", b"", str(shown), asked_at)
            left = int(confirmed.cache_control(asked_at).split("max-age=")[1].split(",")[0])
            kept = shown, clock.now + left
        if kept is not None and clock.now < kept[1]:
            replaced = written.get(kept[0] + 1)
            assert replaced is None or clock.now - replaced <= FRESHNESS


async def test_time_here_and_there_adds_up(cached: Cached) -> None:
    """A 304 that took no statement may be kept for what is left, not for the whole time once more."""
    tag = (await cached.get())[0].headers["etag"]
    await cached.get(If_None_Match=tag)
    await cached.rename("Another title")
    for waited, left in ((0.0, 10), (0.5, 9), (5.6, 3), (3.0, 0)):
        cached.clock.now += waited
        answer, statements = await cached.get(If_None_Match=tag)
        assert (answer.status_code, statements, max_age(answer)) == (304, 0, left)
    cached.clock.now += 0.9
    answer, statements = await cached.get(If_None_Match=tag)
    assert (answer.status_code, statements, max_age(answer)) == (200, 1, FRESHNESS)


async def test_a_slow_answer_may_be_kept_for_less(cached: Cached, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time that the database took is counted."""
    rows = type(cached.app.state.reader).rows

    async def slowly(reader: Any, *given: Any) -> Any:
        cached.clock.now += 3
        return await rows(reader, *given)

    monkeypatch.setattr(type(cached.app.state.reader), "rows", slowly)
    answer, _ = await cached.get()
    assert max_age(answer) == FRESHNESS - 3
    again, _ = await cached.get(If_None_Match=answer.headers["etag"])
    assert (again.status_code, max_age(again)) == (304, FRESHNESS - 3)
    spared, statements = await cached.get(If_None_Match=answer.headers["etag"])
    assert (spared.status_code, statements, max_age(spared)) == (304, 0, FRESHNESS - 3)


async def test_without_freshness(own_seeded_url: str) -> None:
    """Caches ask before each use, and so is the database."""
    app = create_app(Settings(database_url=own_seeded_url, freshness=0))
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.get(CALL)
        assert answer.headers["cache-control"] == "public, no-cache"
        for _ in range(3):
            with statements_of(app) as sent:
                again = await client.get(CALL, headers={"If-None-Match": answer.headers["etag"]})
            assert (again.status_code, len(sent)) == (304, 1)


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first, however often they are noted anew."""
    monkeypatch.setattr(module, "MOST", 3)
    clock = Clock()
    confirmed = Confirmed(FRESHNESS, clock)
    for path in (b"/a", b"/b", b"/c", b"/a", b"/d"):
        clock.now += 1
        confirmed.note(path, b"", path.decode(), clock.now)
    kept = [path for path in (b"/a", b"/b", b"/c", b"/d") if confirmed.find(path, b"") is not None]
    assert kept == [b"/a", b"/c", b"/d"]
    assert confirmed.find(b"/a", b"limit=1") is None
