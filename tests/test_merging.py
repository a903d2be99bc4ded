"""Records that were recorded twice become one, and are found under the keys of both."""

import json
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.db import Database
from app.keeping import keep_all
from app.keys import Key, add_key
from app.verifying import verify
from tests.conftest import client_of, create_database, opened, serving
from tests.factories import World, make_world
from tests.test_records import contents
from tests.test_revisions import unversioned
from tests.test_transfer import export, import_

Json = dict[str, Any]
CALLS = 30


@pytest.fixture
async def made(server: str, migrated: str) -> World:
    """Some records in a database of a test's own."""
    url = await create_database(server, migrated)
    async with opened(url) as database:
        return await make_world(url, database, CALLS)


@pytest.fixture
async def editor(made: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client who may write there."""
    key = Key.new()
    async with opened(made.url) as database, database.writing() as connection:
        await add_key(connection, key, "editor", ["records:write"], None)
    async with serving(made.url) as app, client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {key.text}"
        yield client


async def merge(client: httpx.AsyncClient, address: str, into: str, tag: str = "*") -> httpx.Response:
    """What is answered to a merge."""
    headers = {"Content-Type": "application/json", "If-Match": tag, "X-Change-Note": "One and the same."}
    return await client.post(f"{address}/merge", content=json.dumps({"into": into}), headers=headers)


async def told(client: httpx.AsyncClient, address: str) -> Any:
    """What an address answers."""
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def everything(client: httpx.AsyncClient, resource: str) -> list[Json]:
    """All records of a resource, as a stream tells them."""
    answer = await client.get(f"/v1/{resource}", params={"format": "ndjson"})
    return [json.loads(line) for line in answer.text.splitlines()]


async def check_all(database: Database, server: str, migrated: str) -> None:
    """What is derived is right, and the records are as if they had been recorded so."""
    await keep_all(database)
    assert [key async for check in verify(database) async for key in check[1]] == []
    sent, rows = await export(database), await contents(database)
    async with opened(await create_database(server, migrated)) as second:
        assert not (await import_(second, sent)).faults
        assert unversioned(await contents(second)) == unversioned(rows)


def leaders_of(call: Json) -> set[str]:
    """Who took part in a call."""
    return {person["leader"] for person in call["participants"]} - {None}


async def test_two_leaders_become_one(editor: httpx.AsyncClient, made: World, server: str, migrated: str) -> None:
    """Whose calls, names, offices and identifiers are those of both; every call of the one that goes is changed."""
    calls = made.documents["calls"]
    pairs = [(f"leader-{one}", f"leader-{other}") for one in range(1, 13) for other in range(1, 13) if one != other]
    apart = [pair for pair in pairs if not any(set(pair) <= leaders_of(call) for call in calls)]
    together = next(pair for pair in pairs if pair not in apart)
    refused = await merge(editor, f"/v1/leaders/{together[0]}", together[1])
    assert (refused.status_code, "the same calls" in refused.json()["detail"]) == (409, True)
    going, staying = random.Random(1).choice(apart)
    mine = {call["id"] for call in calls if going in leaders_of(call)}
    assert mine
    one, other = await told(editor, f"/v1/leaders/{going}"), await told(editor, f"/v1/leaders/{staying}")
    answer = await merge(editor, f"/v1/leaders/{going}", staying, '"v1.x"')
    assert answer.status_code == 200, answer.text
    merged = answer.json()
    assert (merged["id"], merged["version"], merged["name"]) == (other["id"], 2, other["name"])
    assert {name["name"] for name in merged["names"]} == {name["name"] for name in (*one["names"], *other["names"])}
    assert merged["identifiers"] == sorted(
        [*one["identifiers"], *other["identifiers"]], key=lambda given: given["value"]
    )
    for key in (going, one["id"]):
        moved = await editor.get(f"/v1/leaders/{key}")
        assert (moved.status_code, moved.headers["location"]) == (308, f"/v1/leaders/{staying}")
    for call in await everything(editor, "calls"):
        leaders = {person["leader"]["slug"] for person in call["participants"] if person["leader"]}
        assert going not in leaders
        assert (staying in leaders) == (call["id"] in mine or staying in leaders_of(_of(calls, call["id"])))
        assert call["version"] == 1 + (call["id"] in mine)
    history = (await told(editor, f"/v1/leaders/{one['id']}/history"))["data"]
    assert [(entry["kind"], entry["into"]) for entry in history] == [("merged", other["id"]), ("created", None)]
    async with opened(made.url) as database:
        await check_all(database, server, migrated)


def _of(calls: list[Json], record_id: str) -> Json:
    return next(call for call in calls if call["id"] == record_id)


@pytest.mark.parametrize("seed", range(2))
async def test_two_calls_become_one(
    editor: httpx.AsyncClient, made: World, server: str, migrated: str, seed: int
) -> None:
    """With the accounts of both; who is the same leader is one participant, found under both ids."""
    calls = [call for call in made.documents["calls"] if call["statements"]]
    pairs = [
        (one, other)
        for one in calls
        for other in calls
        if one is not other and len(leaders_of(one) & leaders_of(other)) > seed
    ]
    going, staying = random.Random(seed).choice(pairs)
    answer = await merge(editor, f"/v1/calls/{going['slug']}", staying["id"])
    assert answer.status_code == 200, answer.text
    merged = await told(editor, f"/v1/calls/{staying['slug']}?include=statements,claims")
    assert {one["id"] for one in merged["statements"]} == {
        one["id"] for call in (going, staying) for one in call["statements"]
    }
    same = leaders_of(going) & leaders_of(staying)
    assert len(merged["participants"]) == len(going["participants"]) + len(staying["participants"]) - len(same)
    for field in ("date", "channel"):
        shown = [claim for claim in merged["claims"] if claim["field"] == field and claim["preferred"]]
        assert len(shown) == 1
    assert len(merged["claims"]) == len(going["claims"]) + len(staying["claims"])
    for person in going["participants"]:
        answer = await editor.get(f"/v1/participants/{person['id']}")
        assert answer.status_code == (308 if person["leader"] in same else 200)
    for key in (going["slug"], going["id"]):
        moved = await editor.get(f"/v1/calls/{key}")
        assert (moved.status_code, moved.headers["location"]) == (308, f"/v1/calls/{staying['slug']}")
    # Also after somebody gives the participants anew.
    version = (await told(editor, f"/v1/calls/{staying['slug']}"))["version"]
    document = (await told(editor, f"/v1/calls/{staying['slug']}/history/{version}"))["after"]
    people = [
        {name: member for name, member in one.items() if name != "former_keys"} for one in document["participants"]
    ]
    people[0]["office"] = "Of another office"
    patched = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
    answer = await editor.patch(f"/v1/calls/{staying['slug']}", json={"participants": people}, headers=patched)
    assert answer.status_code == 200, answer.text
    for person in going["participants"]:
        answer = await editor.get(f"/v1/participants/{person['id']}")
        assert answer.status_code == (308 if person["leader"] in same else 200)
    statement = going["statements"][0]["id"]
    history = (await told(editor, f"/v1/statements/{statement}/history"))["data"]
    assert [(one["version"], one["kind"]) for one in history] == [(3, "created"), (2, "removed"), (1, "created")]
    async with opened(made.url) as database:
        await check_all(database, server, migrated)


async def test_what_does_not_merge(editor: httpx.AsyncClient) -> None:
    """A record with itself, or with none; and not without saying which version is known."""
    for into, status in (("leader-1", 422), ("nobody", 422), ("Shared", 422)):
        assert (await merge(editor, "/v1/leaders/leader-1", into)).status_code == status
    assert (await merge(editor, "/v1/leaders/nobody", "leader-1")).status_code == 404
    assert (await merge(editor, "/v1/leaders/leader-1", "leader-2", '"v2.x"')).status_code == 412
    answer = await editor.post("/v1/calls/call-1/merge", json={"into": "call-2"})
    assert answer.status_code == 428
    assert (await editor.post("/v1/calls/call-1/merge", json={})).status_code == 422
