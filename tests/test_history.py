"""What became of a record is told, version by version, and each version can be had again."""

import json
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import httpx
import pytest

from app.keys import Key, add_key
from tests.conftest import client_of, create_database, opened, serving
from tests.test_paging import forged
from tests.test_records import contents
from tests.test_revisions import unversioned

Json = dict[str, Any]
CALL = "/v1/calls/2020-03-19-xi-jinping-vladimir-putin"
STATEMENT = "/v1/statements/01970000-0000-7000-8000-000800000010"
ANY = {"If-Match": "*"}


@pytest.fixture
async def url(server: str, seeded: str) -> str:
    """A database of a test's own, with the seed."""
    return await create_database(server, seeded)


@pytest.fixture
async def editor(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client who may write."""
    key = Key.new()
    async with opened(url) as database, database.writing() as connection:
        await add_key(connection, key, "editor", ["records:write"], None)
    async with serving(url) as app, client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {key.text}"
        yield client


async def change(client: httpx.AsyncClient, address: str, patch: Json, **headers: str) -> Json:
    """What a record is after a patch."""
    sent = {"Content-Type": "application/merge-patch+json", **ANY, **headers}
    answer = await client.patch(address, content=json.dumps(patch), headers=sent)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


async def told(client: httpx.AsyncClient, address: str) -> Any:
    """What an address answers."""
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_who_changed_what_when_and_why(editor: httpx.AsyncClient) -> None:
    """Of a topic, from the seed on; the documents before and after each revision are chained."""
    address = "/v1/topics/public-health"
    for number in range(1, 4):
        await change(editor, address, {"definition": f"Meaning {number}."}, **{"X-Change-Note": f"Reason {number}"})
    removed = await editor.delete(address, headers=ANY)
    assert removed.status_code == 409
    history = (await told(editor, f"{address}/history"))["data"]
    assert [(one["version"], one["kind"], one["author"], one["note"]) for one in history] == [
        (4, "changed", "editor", "Reason 3"),
        (3, "changed", "editor", "Reason 2"),
        (2, "changed", "editor", "Reason 1"),
        (1, "created", "telcon", None),
    ]
    revisions = [await told(editor, f"{address}/history/{version}") for version in range(1, 5)]
    assert revisions[0]["before"] is None
    for earlier, later in pairwise(revisions):
        assert later["before"] == earlier["after"]
    assert [one["after"].get("definition") for one in revisions[1:]] == [f"Meaning {number}." for number in (1, 2, 3)]
    for revision, one in zip(revisions, reversed(history), strict=True):
        assert {name: revision[name] for name in one} == one
    now = await told(editor, address)
    assert (now["version"], now["content_changed_at"]) == (4, history[0]["content_changed_at"])


async def test_the_last_document_is_what_a_patch_changes(editor: httpx.AsyncClient) -> None:
    """It can be sent back as it is, which is no change; of a part it is the part's own."""
    for address in (
        CALL,
        STATEMENT,
        "/v1/leaders/putin",
        "/v1/parties/RU",
        "/v1/publishers/dalian-municipal-government",
    ):
        version = (await told(editor, address))["version"]
        document = (await told(editor, f"{address}/history/{version}"))["after"]
        assert "type" not in document
        assert (await change(editor, address, document))["version"] == version


async def test_pages_of_revisions(editor: httpx.AsyncClient) -> None:
    """Every one once, the newest first."""
    address = "/v1/leaders/xi-jinping"
    for number in range(6):
        await change(editor, address, {"offices": [{"title": f"Office {number}"}]})
    seen: list[int] = []
    following: str | None = f"{address}/history?limit=2"
    while following:
        answer = await editor.get(following)
        seen += [one["version"] for one in answer.json()["data"]]
        assert ("next" in answer.links) == (answer.json()["page"]["next"] is not None)
        following = answer.links["next"]["url"] if "next" in answer.links else None
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    cursor = (await told(editor, f"{address}/history?limit=2"))["page"]["next"]
    assert (await editor.get(f"/v1/leaders/putin/history?cursor={cursor}")).status_code == 422
    identity = f"history {(await told(editor, address))['id']}"
    for key in ("x", "", "99999999999", "-1", "1.5"):
        assert (await editor.get(f"{address}/history?cursor={forged(identity, [key])}")).status_code == 422


async def test_a_removed_record_keeps_its_history_and_comes_back(editor: httpx.AsyncClient, url: str) -> None:
    """With all its parts, under every key that it ever had, as its next version."""
    async with opened(url) as database:
        before = unversioned(await contents(database))
    await change(editor, CALL, {"slug": "another-slug"})
    removed = await editor.delete("/v1/calls/another-slug", headers={**ANY, "X-Change-Note": "Recorded twice."})
    assert removed.status_code == 204
    for address in (CALL, "/v1/calls/another-slug", STATEMENT):
        answer = await editor.get(address)
        assert (answer.status_code, "Recorded twice." in answer.json()["detail"]) == (410, True)
    history = (await told(editor, f"{CALL}/history"))["data"]
    assert [(one["version"], one["kind"], one["note"]) for one in history[:1]] == [(3, "removed", "Recorded twice.")]
    last = await told(editor, f"{CALL}/history/3")
    assert (last["before"]["slug"], last["after"]) == ("another-slug", None)
    gone = await told(editor, f"{STATEMENT}/history/2")
    assert (gone["kind"], gone["after"], gone["before"]["position"]) == ("removed", None, 10)
    for headers, status in (({}, 428), ({"If-Match": '"v2.x"'}, 412)):
        assert (await editor.post(f"{CALL}/history/1/revert", headers=headers)).status_code == status
    back = (await editor.post(f"{CALL}/history/1/revert", headers={"If-Match": '"v3.x"'})).json()
    assert (back["slug"], back["version"]) == ("2020-03-19-xi-jinping-vladimir-putin", 4)
    assert (await editor.get("/v1/calls/another-slug")).headers["location"] == CALL
    assert (await told(editor, STATEMENT))["version"] == 3
    async with opened(url) as database:
        after = unversioned(await contents(database))
    (redirect,) = after.pop("redirects")
    assert (redirect["key"], before.pop("redirects")) == ("another-slug", [])
    assert after == before
    again = await editor.post(f"{CALL}/history/1/revert", headers=ANY)
    assert (again.status_code, again.json()["version"]) == (200, 4)


async def test_a_record_is_reverted(editor: httpx.AsyncClient) -> None:
    """Its document is that of the earlier version, but for the keys by which it was found since, and later wordings."""
    address = "/v1/leaders/xi-jinping"
    first = (await told(editor, f"{address}/history/1"))["after"]
    await change(editor, address, {"slug": "xi", "offices": []})
    answer = await editor.post("/v1/leaders/xi/history/1/revert", headers=ANY)
    assert (answer.status_code, answer.json()["slug"], answer.json()["version"]) == (200, "xi-jinping", 3)
    assert (await told(editor, f"{address}/history/3"))["after"] == first | {"former_keys": ["xi"]}
    (readout,) = (await told(editor, "/v1/readouts"))["data"]
    address = f"/v1/readouts/{readout['id']}"
    document = (await told(editor, f"{address}/history/1"))["after"]
    versions = [*document["versions"], {"version": 2, "text": "Withdrawn."}]
    await change(editor, address, {"title": "Another title", "versions": versions})
    answer = await editor.post(f"{address}/history/1/revert", headers=ANY)
    assert (answer.status_code, answer.json()["title"]) == (200, readout["title"])
    assert [one["version"] for one in (await told(editor, f"{address}?include=versions"))["versions"]] == [1, 2]


async def test_a_part_is_reverted(editor: httpx.AsyncClient) -> None:
    """Within its call, whether it is there or was removed."""
    first = await told(editor, STATEMENT)
    await change(editor, STATEMENT, {"act": "condole", "topics": []})
    answer = await editor.post(f"{STATEMENT}/history/1/revert", headers=ANY)
    assert answer.status_code == 200
    await editor.delete(STATEMENT, headers=ANY)
    answer = await editor.post(f"{STATEMENT}/history/2/revert", headers={"If-Match": '"v4.x"'})
    assert (answer.status_code, answer.json()["act"], answer.json()["version"]) == (200, "condole", 5)
    answer = await editor.post(f"{STATEMENT}/history/3/revert", headers=ANY)
    kept = {name: member for name, member in answer.json().items() if name not in {"version", "content_changed_at"}}
    assert kept | {"created_at": ""} == {name: first[name] for name in kept} | {"created_at": ""}
    assert (await told(editor, CALL))["version"] == 6


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{CALL}/history/2", 404),
        (f"{CALL}/history/0", 422),
        (f"{CALL}/history/x", 422),
        ("/v1/calls/nowhere/history", 404),
        ("/v1/calls/nowhere/history/1", 404),
        (f"{CALL}/history?sort=x", 422),
        (f"{CALL}/history/1?limit=2", 422),
    ],
)
async def test_what_the_history_does_not_have(editor: httpx.AsyncClient, address: str, status: int) -> None:
    """It is refused as everywhere."""
    assert (await editor.get(address)).status_code == status
    if address.endswith("/2"):
        assert (await editor.post(f"{address}/revert", headers=ANY)).status_code == status


async def test_history_is_not_changed(url: str) -> None:
    """By no statement, whoever sends it."""
    async with opened(url) as database:
        for statement in (
            "UPDATE changes SET version = 9",
            "DELETE FROM changes",
            "TRUNCATE changes CASCADE",
            "DELETE FROM writings",
            "UPDATE writings SET author = 'nobody'",
        ):
            with pytest.raises(Exception, match="what was written is not changed"):
                async with database.writing() as connection:
                    await connection.exec_driver_sql(statement)
