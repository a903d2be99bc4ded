"""One statement answers each item and each page, whatever is embedded and however it is asked for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from app.db import dsn
from tests.conftest import client_of, name_of, opened, serving
from tests.factories import World, make_world

Params = dict[str, str | list[str]]

# What each list can embed, and a question that nothing matches.
LISTS: dict[str, tuple[str | None, Params]] = {
    "/v1/calls": ("statements,readouts,claims", {"identifier": "test:nothing"}),
    "/v1/leaders": (None, {"name": "Nobody"}),
    "/v1/participants": ("mentions", {"office": "Nothing"}),
    "/v1/statements": (None, {"verb": "never said"}),
    "/v1/readouts": ("statements,mentions,claims", {"language": "tlh"}),
    "/v1/publishers": (None, {"name": "Nobody"}),
    "/v1/parties": (None, {"name": "Nobody"}),
    "/v1/topics": (None, {"name": "Nothing"}),
    "/v1/leaders/leader-3/counterparts": (None, {"identifier": "wikidata:Q1003"}),
    "/v1/calls/{call}/participants": ("mentions", {"office": "Nothing"}),
    "/v1/calls/{call}/statements": (None, {"verb": "never said"}),
    "/v1/calls/{call}/readouts": ("statements,mentions,claims", {"language": "tlh"}),
    "/v1/calls/{call}/claims": (None, {"basis": "stated", "field": "initiator"}),
}
FACETED = ("/v1/calls", "/v1/statements", "/v1/calls/{call}/statements")
ITEMS: list[tuple[str, Params]] = [
    ("/v1/calls/call-8", {}),
    ("/v1/calls/01980000-0000-7000-8000-000600000008", {"include": "statements,readouts,claims"}),
    ("/v1/calls/call-8/comparison", {}),
    ("/v1/calls/01980000-0000-7000-8000-000600000008/comparison", {}),
    ("/v1/leaders/leader-3", {}),
    ("/v1/leaders/01980000-0000-7000-8000-000200000003", {}),
    ("/v1/leaders/Q1003", {}),
    ("/v1/leaders/Лидер 3", {}),
    ("/v1/leaders/unique3", {"identifier": "wikidata:Q1003"}),
    ("/v1/participants/01980000-0000-7000-8000-000700000081", {}),
    ("/v1/readouts/01980000-0000-7000-8000-000500000080", {}),
    ("/v1/readouts/01980000-0000-7000-8000-000500000080", {"include": "versions,statements,mentions,claims"}),
    ("/v1/readouts/01980000-0000-7000-8000-000500000080/diff", {}),
    ("/v1/readouts/01980000-0000-7000-8000-000500000080/diff", {"from": "1", "to": "1"}),
    ("/v1/statements/01980000-0000-7000-8000-000800000801", {}),
    ("/v1/publishers/publisher-1", {}),
    ("/v1/publishers/01980000-0000-7000-8000-000300000001", {}),
    ("/v1/parties/AA", {}),
    ("/v1/parties/åland", {}),
    ("/v1/parties/01980000-0000-7000-8000-000100000001", {}),
    ("/v1/topics/topic-1", {}),
    ("/v1/topics/01980000-0000-7000-8000-000400000001", {}),
]
QUESTIONS: list[tuple[str, Params]] = [
    ("/v1/calls", {"leader": ["Лидер 3", "Q1004"], "role": "any"}),
    ("/v1/calls", {"any_leader": ["unique3", "LEADER 4", "leader-5", "01980000-0000-7000-8000-000200000006"]}),
    ("/v1/calls", {"party": ["su", "Åland", "EU"], "topic": "topic-1", "publisher": "publisher-1", "language": "zh"}),
    ("/v1/calls", {"initiator": "Лидер 3", "date": "2020", "date_match": "certain", "channel": "video"}),
    ("/v1/calls", {"initiator": "aaa", "identifier": "test:call-8", "include": "statements,readouts,claims"}),
    ("/v1/calls", {"date": "unknown", "date_from": "2020", "date_to": "2021", "sort": "date"}),
    ("/v1/statements", {"speaker": ["Лидер 3", "Q1004"], "counterpart": "leader-5", "party": "su", "topic": "topic-2"}),
    ("/v1/statements", {"attributed_by": "publisher-1", "call": "call-8", "identifier": "wikidata:Q1003"}),
    ("/v1/participants", {"leader": "unique3", "party": "aaa", "call": "call-8", "identifier": "test:party-AA"}),
    ("/v1/readouts", {"publisher": "publisher-1", "party": "aaa", "call": "call-8", "language": "zh"}),
    ("/v1/calls", {"q": 'peace or "on trade"', "leader": "leader-3", "language": "en"}),
    ("/v1/statements", {"q": "peace -energy", "speaker": "leader-3", "sort": "relevance"}),
    ("/v1/readouts", {"q": "energy", "sort": "relevance"}),
    ("/v1/leaders", {"name": "Shared", "party": "su"}),
    ("/v1/publishers", {"party": "aaa", "name": "PUBLISHER 1"}),
    ("/v1/topics", {"broader": "topic-1"}),
]


def embedding(embedded: str | None) -> Params:
    """The question that embeds what can be embedded."""
    return {} if embedded is None else {"include": embedded}


@contextmanager
def statements_of(app: FastAPI) -> Iterator[list[str]]:
    """The statements that either engine of a service sends while the block runs."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    engines = [app.state.database.read.sync_engine, app.state.database.write.sync_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


async def asks_once(app: FastAPI, client: httpx.AsyncClient, path: str, params: Params) -> httpx.Response:
    """The answer to a question, after making sure that one statement gave it."""
    with statements_of(app) as sent:
        answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert len(sent) == 1, (path, params, sent)
    return answer


@pytest.mark.parametrize("path", LISTS)
async def test_a_list(world_app: FastAPI, world_client: httpx.AsyncClient, path: str) -> None:
    """Plain, counted, with everything embedded, further on, and where nothing matches."""
    embedded, nothing = LISTS[path]
    for call in ("call-8", "01980000-0000-7000-8000-000600000008") if "{call}" in path else ("",):
        where = path.format(call=call)
        plain: list[Params] = [{}, {"count": "exact"}, embedding(embedded)]
        for asked in [*plain, {**embedding(embedded), "limit": "200", "count": "exact"}]:
            assert (await asks_once(world_app, world_client, where, asked)).json()["data"]
        first = (await asks_once(world_app, world_client, where, {"limit": "1"})).json()
        for asked in plain:
            further: Params = {**asked, "limit": "1", "cursor": first["page"]["next"]}
            assert (await asks_once(world_app, world_client, where, further)).json()["data"]
        assert (await asks_once(world_app, world_client, where, {**nothing, "count": "exact"})).json() == {
            "data": [],
            "page": {"limit": 20, "next": None, "total": 0},
        }


@pytest.mark.parametrize(("path", "params"), QUESTIONS)
async def test_a_question(world_app: FastAPI, world_client: httpx.AsyncClient, path: str, params: Params) -> None:
    """However many records it names, and in whatever form."""
    await asks_once(world_app, world_client, path, params)
    await asks_once(world_app, world_client, path, {**params, "count": "exact"})


@pytest.mark.parametrize(
    ("path", "params", "statements"),
    [
        *((path, {}, 1 + path.endswith("/{call}/statements")) for path in FACETED),
        ("/v1/calls", {"leader": "Лидер 3", "count": "exact", "include": "claims", "sort": "date"}, 1),
        ("/v1/statements", {"speaker": "unique3", "date_match": "certain", "limit": "1"}, 1),
        *((*one, 2) for one in QUESTIONS if one[0] in FACETED),
    ],
)
async def test_facets(
    world_app: FastAPI, world_client: httpx.AsyncClient, path: str, params: Params, statements: int
) -> None:
    """None more where counts are kept of just what is asked, else one, however many facets are asked for."""
    for facets in ("leader", "leader,party,year,month,channel,topic,publisher,act,speaker"):
        with statements_of(world_app) as sent:
            answer = await world_client.get(path.format(call="call-8"), params={**params, "facet": facets})
        assert (answer.status_code, len(answer.json()["facets"])) == (200, facets.count(",") + 1)
        assert len(sent) == statements, sent


@pytest.mark.parametrize(("path", "params"), ITEMS)
async def test_an_item(world_app: FastAPI, world_client: httpx.AsyncClient, path: str, params: Params) -> None:
    """Also where the client only wants to know whether it changed."""
    answer = await asks_once(world_app, world_client, path, params)
    for method, headers in (("HEAD", {}), ("GET", {"If-None-Match": answer.headers["ETag"]})):
        with statements_of(world_app) as sent:
            again = await world_client.request(method, path, params=params, headers=headers)
        assert (again.status_code, len(sent)) == (304 if headers else 200, 1)


async def test_the_count_sees_more_than_one(world_app: FastAPI, world_client: httpx.AsyncClient) -> None:
    """To tell why a question cannot be answered takes a second statement, and one that cannot be read takes none."""
    for name, words, statements in (("leader", "Nobody", 2), ("leader", "Shared", 2), ("channel", "pigeon", 0)):
        with statements_of(world_app) as sent:
            assert (await world_client.get("/v1/calls", params={name: words})).status_code == 422
        assert len(sent) == statements


async def test_the_server_counts_the_same(empty_url: str) -> None:
    """By its own log, which also shows what the driver or the engine would add, such as BEGIN and ROLLBACK."""
    async with opened(empty_url) as database:
        world: World = await make_world(empty_url, database, calls=20)
    connection = await asyncpg.connect(dsn(world.url))
    await connection.execute(f"ALTER DATABASE {name_of(world.url)} SET log_statement = 'all'")
    await connection.close()
    log = Path(parse_qs(urlsplit(world.url).query)["host"][0]) / "log"
    everything: list[tuple[str, Params]] = [
        *ITEMS,
        *QUESTIONS,
        *((path.format(call="call-8"), embedding(embedded)) for path, (embedded, _) in LISTS.items()),
    ]
    async with serving(world.url) as app, client_of(app) as client:
        # The driver asks for the types it meets once a connection.
        for path, params in everything:
            assert (await client.get(path, params=params)).status_code == 200, path
        for path, params in everything:
            start = log.stat().st_size
            await client.get(path, params=params)
            written = log.read_bytes()[start:].decode()
            assert len(re.findall(r"LOG:  (?:execute [^:]*|statement): ", written)) == 1, (path, written)
