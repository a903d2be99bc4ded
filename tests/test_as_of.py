"""The past is told as it was told then, to the byte, whatever was written since."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.db import Database, driver_connection
from app.merging import merge
from app.numbering import number_all
from app.problems import Problem
from app.revisions import RESOURCES, Revision
from app.writings import Author
from tests.conftest import client_of, connected, create_database, opened, serving
from tests.factories import World, make_world
from tests.test_revisions import anything

EDITOR = Author("editor")
CALLS = 30
INCLUDED = {
    "calls": "?include=statements,readouts,claims",
    "readouts": "?include=versions,statements,mentions,claims",
}
Kept = dict[str, tuple[int, str | None, str]]


async def head(url: str) -> datetime:
    """Number what was written; up to when the past reaches."""
    async with opened(url) as database:
        await number_all(database)
    async with connected(url) as connection:
        moment: datetime = await connection.fetchval("SELECT head_at FROM feed")
        return moment


def then(address: str, moment: datetime) -> str:
    """The address of the same at a time."""
    joined = "&" if "?" in address else "?"
    return f"{address}{joined}as_of={moment.isoformat().replace('+00:00', 'Z')}"


async def told(client: httpx.AsyncClient, address: str, moment: datetime | None = None) -> tuple[int, str | None, str]:
    """What an address answers: the status, where to, and the members."""
    answer = await client.get(address if moment is None else then(address, moment))
    location = answer.headers.get("location")
    body: Any = answer.json() if answer.content else None
    if answer.status_code == 200 and "page" in body:
        # Its cursor is of another question.
        body["page"]["next"] = body["page"]["next"] is not None
    elif answer.status_code >= 400:
        body = {name: member for name, member in body.items() if name not in {"instance", "errors", "detail"}}
    return answer.status_code, location and location.partition("?")[0], json.dumps(body)


def items(world: World) -> list[str]:
    """The addresses of all records that there are, and of their parts, by their ids and keys."""
    addresses = []
    for resource, documents in world.documents.items():
        for document in documents:
            addresses.append(f"/v1/{resource}/{document['id']}{INCLUDED.get(resource, '')}")
            key = document.get("slug") or document.get("code")
            addresses += [f"/v1/{resource}/{key}"] if key else []
            for part in ("participants", "statements"):
                addresses += [f"/v1/{part}/{one['id']}" for one in document.get(part, ()) if "id" in one]
    return addresses


def lists(world: World, chance: random.Random) -> list[str]:
    """Lists with each filter that the past can be asked by."""
    leaders = [one["slug"] for one in world.documents["leaders"]]
    parties = [one["code"] for one in world.documents["parties"]]
    calls = [one["id"] for one in world.documents["calls"]]
    found = ["/v1/calls?limit=200", "/v1/calls?sort=date&limit=3", "/v1/statements?limit=7", "/v1/statements?sort=date"]
    for _ in range(8):
        one, other, party = chance.choice(leaders), chance.choice(leaders), chance.choice(parties)
        year = chance.randint(1990, 2024)
        found += [
            f"/v1/calls?leader={one}&include=readouts,statements,claims",
            f"/v1/calls?leader={one}&leader={other}",
            f"/v1/calls?any_leader={one}&any_leader={other}&limit=2",
            f"/v1/calls?party={party}&sort=date&limit=4",
            f"/v1/calls?leader={one}&party={party}",
            f"/v1/calls?date={year}",
            f"/v1/calls?date_from={year}&date_match=certain&limit=5",
            f"/v1/calls?date_to={year}&party={party}",
            f"/v1/statements?speaker={one}&limit=5",
            f"/v1/statements?speaker={one}&speaker={other}",
            f"/v1/statements?party={party}&date_from={year}&limit=6",
            f"/v1/statements?speaker={one}&party={party}&sort=date",
            f"/v1/statements?call={chance.choice(calls)}",
            f"/v1/calls/{chance.choice(calls)}/statements?limit=3",
        ]
    return [*found, "/v1/calls?date=unknown"]


async def write(database: Database, world: World, chance: random.Random) -> None:
    """Change, remove, bring back or merge a record at random, as far as it can be."""
    names = {"leaders": "leader", "parties": "party", "publishers": "publisher", "topics": "topic"}
    ids: Any = {kind: [one["id"] for one in world.documents[name]] for name, kind in names.items()}
    ids["leader"] = set(ids["leader"])
    kind: Any = chance.choice([*RESOURCES, "call", "call", "call"])
    record_id = UUID(chance.choice(world.documents[RESOURCES[kind]])["id"])
    try:
        async with database.writing() as writing:
            revision = Revision(await driver_connection(writing), EDITOR)
            done = chance.random()
            if done < 0.6:

                def change(given: dict[str, Any]) -> dict[str, Any]:
                    anything(given, kind, chance, ids)
                    return given

                await revision.change(kind, record_id, lambda _: None, change)
            elif done < 0.7:
                await revision.remove(kind, record_id, lambda _: None)
            elif done < 0.9:
                await revision.revert(kind, record_id, chance.randint(1, 4), lambda _: None)
            else:
                merged: Any = chance.choice(["leader", "call"])
                one, other = chance.sample(world.documents[RESOURCES[merged]], 2)
                await merge(revision, merged, UUID(one["id"]), UUID(other["id"]), lambda _: None)
            await revision.finish()
    except (Problem, ValueError):
        # It is gone, say, or others refer to it.
        return


async def kept_now(client: httpx.AsyncClient, addresses: list[str]) -> Kept:
    """What the addresses answer now."""
    return {address: await told(client, address) for address in addresses}


async def differing(client: httpx.AsyncClient, moment: datetime, kept: Kept) -> list[tuple[Any, ...]]:
    """What is not told of a time as it was told then."""
    found = []
    for address, answer in kept.items():
        now = await told(client, address, moment)
        if now != answer:
            found.append((address, moment, answer, now))
    return found


async def test_what_was_told_is_told_again(server: str, migrated: str) -> None:
    """Of all records, and of lists by each filter, while records are changed, removed, merged and brought back."""
    chance = random.Random(0)
    url = await create_database(server, migrated)
    async with opened(url) as database:
        world = await make_world(url, database, CALLS, 0)
        every = [*items(world), *lists(world, chance)]
        past: list[tuple[datetime, Kept]] = []
        async with serving(url) as app, client_of(app) as client:
            for _ in range(6):
                for _ in range(15):
                    await write(database, world, chance)
                moment = await head(url)
                kept = await kept_now(client, chance.sample(every, 100))
                past.append((moment, kept))
                for earlier, answers in chance.sample(past, min(3, len(past))):
                    some = dict(chance.sample(sorted(answers.items()), 20))
                    assert await differing(client, earlier, some) == []
            for moment, kept in past:
                assert await differing(client, moment, kept) == []
            statuses = {answer[0] for _, kept in past for answer in kept.values()}
            assert {200, 308, 410} <= statuses


@pytest.fixture(scope="module")
async def standing(server: str, seeded: str) -> tuple[str, datetime]:
    """A database with the seed, and up to when its past reaches."""
    url = await create_database(server, seeded)
    return url, await head(url)


CALL = "/v1/calls/2020-03-19-xi-jinping-vladimir-putin"
REFUSED = [
    ("/v1/calls", "q", "virus"),
    ("/v1/calls", "role", "any"),
    ("/v1/calls", "initiator", "mutual"),
    ("/v1/calls", "channel", "telephone"),
    ("/v1/calls", "topic", "public-health"),
    ("/v1/calls", "publisher", "dalian-municipal-government"),
    ("/v1/calls", "language", "en"),
    ("/v1/calls", "identifier", "telcon:CN-RU-2020-03-19"),
    ("/v1/calls", "count", "exact"),
    ("/v1/calls", "facet", "year"),
    ("/v1/statements", "q", "virus"),
    ("/v1/statements", "attributed_by", "dalian-municipal-government"),
    ("/v1/statements", "counterpart", "xi-jinping"),
    ("/v1/statements", "topic", "public-health"),
    ("/v1/statements", "act", "praise"),
    ("/v1/statements", "mode", "indirect"),
    ("/v1/statements", "wording", "newest"),
    ("/v1/statements", "verb", "said"),
    ("/v1/statements", "language", "en"),
    ("/v1/statements", "identifier", "wikidata:Q7747"),
    ("/v1/statements", "count", "exact"),
    ("/v1/statements", "facet", "year"),
    (f"{CALL}/statements", "act", "praise"),
]


@pytest.mark.parametrize(("address", "parameter", "value"), REFUSED)
async def test_what_is_not_asked_of_the_past(
    standing: tuple[str, datetime], address: str, parameter: str, value: str
) -> None:
    """It is refused by its name."""
    async with serving(standing[0]) as app, client_of(app) as client:
        answer = await client.get(then(f"{address}?{parameter}={value}", standing[1]))
        assert answer.status_code == 422
        assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


async def test_streams_are_of_now(standing: tuple[str, datetime]) -> None:
    """A stream of the past is refused, and so is the past of lists that have none."""
    async with serving(standing[0]) as app, client_of(app) as client:
        for address in (
            "/v1/calls?format=ndjson",
            "/v1/leaders",
            "/v1/participants",
            f"{CALL}/claims",
            f"{CALL}/history",
        ):
            answer = await client.get(then(address, standing[1]))
            assert answer.status_code == 422
            assert [error["parameter"] for error in answer.json()["errors"]] == ["as_of"]


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-24",
        "2026-11-24T10:00:00",
        "2026-11-24 10:00:00Z",
        "2026-13-24T10:00:00Z",
        "2026-11-24T25:00:00Z",
        "2026-11-24T10:00:00.1234567Z",
        "2026-11-24T10:00:00+0100",
        "0001-01-01T00:00:00%2B14:00",
        "\u0662026-11-24T10:00:00Z",
        "now",
        "",
    ],
)
async def test_malformed_times(standing: tuple[str, datetime], moment: str) -> None:
    """They are refused."""
    async with serving(standing[0]) as app, client_of(app) as client:
        for address in (CALL, "/v1/calls"):
            answer = await client.get(f"{address}?as_of={moment}")
            assert answer.status_code == 422
            assert [error["parameter"] for error in answer.json()["errors"]] == ["as_of"]


async def test_the_ends_of_the_past(standing: tuple[str, datetime]) -> None:
    """Before everything there is nothing, and after the head of the feed there is no past yet."""
    url, moment = standing
    async with serving(url) as app, client_of(app) as client:
        for written in ("1990-01-01T00:00:00Z", "1990-01-01t00:00:00z", "1990-01-01T00:00:00-03:30"):
            assert (await client.get(f"{CALL}?as_of={written}")).status_code == 404
            assert (await client.get(f"/v1/calls?as_of={written}")).json()["data"] == []
        refused = await client.get("/v1/calls?leader=Putin&as_of=1990-01-01T00:00:00Z")
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "leader")
        late = await client.get(then(CALL, moment + timedelta(microseconds=1)))
        assert late.status_code == 422
        assert moment.isoformat()[:26] in late.json()["errors"][0]["detail"]
        zoned = moment.astimezone(UTC).isoformat().replace("+00:00", "%2B00:00")
        plain = await client.get(CALL)
        past = await client.get(f"{CALL}?as_of={zoned}")
        assert (past.status_code, past.content) == (200, plain.content)
        assert past.headers["cache-control"] == "public, max-age=86400, immutable"
        assert past.headers["etag"] == plain.headers["etag"]
        again = await client.get(f"{CALL}?as_of={zoned}", headers={"If-None-Match": past.headers["etag"]})
        assert (again.status_code, again.headers["cache-control"]) == (304, past.headers["cache-control"])


async def test_pages_of_the_past(server: str, migrated: str) -> None:
    """A walk sees what there was, each record once, though records change meanwhile; its cursor is of its time."""
    url = await create_database(server, migrated)
    chance = random.Random(7)
    async with opened(url) as database:
        world = await make_world(url, database, CALLS, 7)
        async with serving(url) as app, client_of(app) as client:
            for _ in range(20):
                await write(database, world, chance)
            moment = await head(url)
            plain = {name: (await client.get(f"/v1/{name}?limit=200")).json() for name in ("calls", "statements")}
            for resource, everything in plain.items():
                assert everything["page"]["next"] is None
                seen: list[Any] = []
                address: str | None = then(f"/v1/{resource}?limit=7", moment)
                while address:
                    answer = await client.get(address)
                    seen += answer.json()["data"]
                    address = answer.links["next"]["url"] if "next" in answer.links else None
                    await write(database, world, chance)
                assert seen == everything["data"]
            cursor = (await client.get(then("/v1/calls?limit=7", moment))).json()["page"]["next"]
            for other in ("/v1/calls?limit=7", then("/v1/calls?limit=7", moment - timedelta(microseconds=1))):
                assert (await client.get(f"{other}&cursor={cursor}")).status_code == 422
