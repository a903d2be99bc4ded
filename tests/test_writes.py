"""Records are created, changed and removed over HTTP, and nothing of a refused request is kept."""

import asyncio
from typing import Any

import httpx

from tests.examples import BODIES
from tests.test_contract import WRITES, address, examples_of
from tests.test_hostile import checksums
from tests.test_problems import is_problem

RECORDS = {
    "parties": ("Party", "US"),
    "topics": ("Topic", "one-china-policy"),
    "publishers": ("Publisher", "white-house"),
    "leaders": ("Leader", "donald-trump"),
    "readouts": ("Readout", BODIES["createReadout"]["id"]),
    "calls": ("Call", "2017-02-09-donald-trump-xi-jinping"),
    "participants": ("Participant", BODIES["createParticipant"]["id"]),
    "statements": ("Statement", BODIES["createStatement"]["id"]),
}
PATCHES: dict[str, dict[str, Any]] = {
    "parties": {"name": "United States of America"},
    "topics": {"name": "One China"},
    "publishers": {"name": "White House"},
    "leaders": {"names": [{"name": "Donald J. Trump", "kind": "preferred"}]},
    "readouts": {"rights": "Of a government."},
    "calls": {"title": "Another title"},
    "participants": {"role": "aide"},
    "statements": {"act": "inform"},
}
PATCH = {"Content-Type": "application/merge-patch+json"}
XI = "/v1/leaders/xi-jinping"


async def record_all(client: httpx.AsyncClient) -> dict[str, httpx.Response]:
    """What the examples create, in their order; the answers."""
    told = {}
    for resource, (name, _) in RECORDS.items():
        told[resource] = await client.post(f"/v1/{resource}", json=BODIES[f"create{name}"])
        assert told[resource].status_code == 201, told[resource].text
    return told


async def change(client: httpx.AsyncClient, path: str, patch: Any, match: str | None = "*", **more: str) -> Any:
    """Change a record."""
    headers = PATCH | ({} if match is None else {"If-Match": match}) | more
    return await client.patch(path, json=patch, headers=headers)


async def test_every_resource_is_created_changed_and_removed(editor: httpx.AsyncClient) -> None:
    """Read back each time, under the tag that the write told; removed it is gone by its id and by its key."""
    told = await record_all(editor)
    for resource, (_, key) in RECORDS.items():
        path = f"/v1/{resource}/{key}"
        made = told[resource]
        assert made.headers["location"] == f"/v1/{resource}/{made.json()['id']}"
        before = await editor.get(path, headers={"Accept-Encoding": "identity"})
        tag = before.headers["etag"]
        changed = await change(editor, path, PATCHES[resource], tag, **{"X-Change-Note": "Mended."})
        assert changed.status_code == 200, changed.text
        read = await editor.get(path, headers={"Accept-Encoding": "identity"})
        assert (read.json(), read.headers["etag"]) == (changed.json(), changed.headers["etag"])
        assert read.json()["version"] == before.json()["version"] + 1
        for name, member in PATCHES[resource].items():
            if name != "names":
                assert read.json()[name] == member
        history = (await editor.get(f"{path}/history")).json()["data"]
        assert (history[0]["author"], history[0]["note"]) == ("Editor", "Mended.")
        is_problem(await change(editor, path, {}, tag), "precondition-failed")
    for resource in ("statements", "participants", "calls", "readouts", "leaders", "publishers", "topics", "parties"):
        key, record_id = RECORDS[resource][1], told[resource].json()["id"]
        removed = await editor.delete(
            f"/v1/{resource}/{key}", headers={"If-Match": "*", "X-Change-Note": "It was none."}
        )
        assert (removed.status_code, removed.content) == (204, b""), removed.text
        for gone in (key, record_id):
            for answer in (
                await editor.get(f"/v1/{resource}/{gone}"),
                await change(editor, f"/v1/{resource}/{gone}", {}),
                await editor.delete(f"/v1/{resource}/{gone}", headers={"If-Match": "*"}),
            ):
                assert "It was none." in is_problem(answer, "gone")["detail"]


async def test_a_slug_is_used_again(editor: httpx.AsyncClient) -> None:
    """By another record, once the first is removed; it then answers again."""
    first = (await editor.post("/v1/topics", json={"slug": "news", "name": "News"})).json()
    assert (await editor.delete("/v1/topics/news", headers={"If-Match": "*"})).status_code == 204
    second = (await editor.post("/v1/topics", json={"slug": "news", "name": "News again"})).json()
    assert (await editor.get("/v1/topics/news")).json() == second
    is_problem(await editor.get(f"/v1/topics/{first['id']}"), "gone")


async def test_if_match(editor: httpx.AsyncClient) -> None:
    """It is needed, compared strongly, and by the version alone."""
    tag = (await editor.get(XI)).headers["etag"]
    is_problem(await change(editor, XI, {}, None), "precondition-required")
    for wrong in ('"v2.x"', f"W/{tag}", '"x"', "nonsense", '"v1"'):
        is_problem(await change(editor, XI, {}, wrong), "precondition-failed")
    for right in (tag, f'"x", {tag}', '"v1.other"', "*"):
        assert (await change(editor, XI, {}, right)).status_code == 200
    is_problem(await editor.delete(XI), "precondition-required")
    is_problem(await editor.delete(XI, headers={"If-Match": '"v9.x"'}), "precondition-failed")
    is_problem(
        await editor.post("/v1/topics", json={"slug": "a", "name": "A"}, headers={"If-Match": "*"}),
        "precondition-failed",
    )


async def test_one_of_many_changes_wins(editor: httpx.AsyncClient) -> None:
    """64 at once under one tag, in several rounds: one is made, and the others are told that it was."""
    for number in range(3):
        tag = (await editor.get("/v1/topics/public-health")).headers["etag"]
        asked = [change(editor, "/v1/topics/public-health", {"name": f"Health {number}, {k}"}, tag) for k in range(64)]
        answers = await asyncio.gather(*asked)
        assert sorted(answer.status_code for answer in answers) == [200, *[412] * 63]
        (won,) = (answer.json() for answer in answers if answer.status_code == 200)
        assert (await editor.get("/v1/topics/public-health")).json() == won
        assert won["version"] == number + 2


async def test_one_key_is_one_record(editor: httpx.AsyncClient) -> None:
    """200 times the same at once: one record, and one answer to all."""

    async def post() -> httpx.Response:
        while True:
            topic = {"slug": "once", "name": "Once"}
            answer = await editor.post("/v1/topics", json=topic, headers={"Idempotency-Key": "one"})
            # What a client sends again: the first one is under way, or no connection is free on a busy machine.
            if not answer.is_error or answer.json()["type"] not in {"/problems#key-in-use", "/problems#unavailable"}:
                return answer

    answers = await asyncio.gather(*(post() for _ in range(200)))
    assert {(answer.status_code, answer.content, answer.headers["etag"]) for answer in answers} == {
        (201, answers[0].content, answers[0].headers["etag"])
    }
    assert [answer.headers.get("idempotency-replayed") for answer in answers].count("true") == 199
    assert (await editor.get("/v1/topics?name=Once&count=exact")).json()["page"]["total"] == 1
    other = await editor.post("/v1/topics", json={"slug": "b", "name": "B"}, headers={"Idempotency-Key": "one"})
    is_problem(other, "key-reused")


async def test_a_removal_is_sent_again(editor: httpx.AsyncClient) -> None:
    """It is answered as before, though the record is gone."""
    await editor.post("/v1/topics", json={"slug": "gone", "name": "Gone"})
    headers = {"If-Match": "*", "Idempotency-Key": "k"}
    first, second = [await editor.delete("/v1/topics/gone", headers=headers) for _ in range(2)]
    assert (first.status_code, second.status_code) == (204, 204)
    assert second.headers["idempotency-replayed"] == "true"


async def test_an_earlier_slug_leads_on(editor: httpx.AsyncClient) -> None:
    """308 for reading and for changing, once the slug is another."""
    assert (await change(editor, XI, {"slug": "xi"})).status_code == 200
    for answer in (await editor.get(XI), await change(editor, XI, {})):
        assert (answer.status_code, answer.headers["location"]) == (308, "/v1/leaders/xi")
    assert (await change(editor, "/v1/leaders/xi", {"slug": "xi-jinping"})).json()["slug"] == "xi-jinping"
    assert (await editor.get(XI)).status_code == 200


async def test_conflicts(editor: httpx.AsyncClient) -> None:
    """With what is there, and with what refers to a record."""
    there = (await editor.get(XI)).json()
    document = {"slug": "xi-jinping", "names": [{"name": "X", "kind": "preferred"}]}
    refused = await editor.post("/v1/leaders", json=document)
    is_problem(refused, "already-recorded")
    assert refused.headers["location"] == f"/v1/leaders/{there['id']}"
    is_problem(await editor.delete(XI, headers={"If-Match": "*"}), "still-referred-to")
    is_problem(await editor.delete("/v1/parties/CN", headers={"If-Match": "*"}), "still-referred-to")


async def test_put_records_and_then_changes(editor: httpx.AsyncClient) -> None:
    """By the identifier, under which the content has to be known."""
    topic = {"slug": "x", "name": "X", "identifiers": [{"scheme": "test", "value": "1"}]}
    asked = "/v1/topics?identifier=test:1"
    made = await editor.put(asked, json=topic, headers={"If-None-Match": "*"})
    assert made.status_code == 201
    is_problem(await editor.put(asked, json=topic, headers={"If-None-Match": "*"}), "precondition-failed")
    is_problem(await editor.put(asked, json=topic), "precondition-required")
    changed = await editor.put(asked, json=topic | {"name": "Y"}, headers={"If-Match": made.headers["etag"]})
    assert (changed.status_code, changed.json()["id"], changed.json()["name"]) == (200, made.json()["id"], "Y")
    is_problem(await editor.put(asked, json={"slug": "z", "name": "Z"}), "invalid-request")
    is_problem(await editor.put("/v1/topics", json=topic), "invalid-request")


async def test_what_is_no_identifier(editor: httpx.AsyncClient) -> None:
    """Is refused by the parameter's name, before anything else is looked at."""
    for resource in ("calls", "leaders", "parties", "publishers", "readouts", "topics"):
        for given in ("", "\u00e8u", "example", ":", "example:", "1:2", "a:" + "b" * 400):
            answer = await editor.put(f"/v1/{resource}", params={"identifier": given}, json={"slug": "x"})
            (error,) = is_problem(answer, "invalid-request")["errors"]
            assert error["parameter"] == "identifier"


async def test_a_call_comes_whole(editor: httpx.AsyncClient) -> None:
    """With its readout embedded, and the statements that it reports."""
    for name in ("Party", "Topic", "Publisher", "Leader"):
        resource = next(resource for resource, (of, _) in RECORDS.items() if of == name)
        await editor.post(f"/v1/{resource}", json=BODIES[f"create{name}"])
    answer = await editor.post("/v1/calls", json=BODIES["createCall"] | {"readouts": [BODIES["createReadout"]]})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["readout_count"], answer.json()["statement_count"]) == (1, 1)
    read = await editor.get(f"/v1/calls/{answer.json()['id']}?include=statements,readouts,claims")
    (statement,) = read.json()["statements"]
    assert statement["speakers"][0]["leader"]["slug"] == "donald-trump"


async def test_a_recorded_readout_is_changed_by_itself(editor: httpx.AsyncClient) -> None:
    """A change of its call names it: whole it would be changed without a version of its own."""
    told = await record_all(editor)
    call, readout = (f"/v1/{name}/{told[name].json()['id']}" for name in ("calls", "readouts"))
    before = await editor.get(readout)
    new = {"title": "New", "language": "en", "versions": [{"text": "Words."}]}
    for embedded in (BODIES["createReadout"] | {"title": "Another"}, new):
        refused = await change(editor, call, {"readouts": [embedded]})
        (error,) = is_problem(refused, "invalid-request")["errors"]
        assert error["pointer"] == "/readouts/0"
    assert (await editor.get(readout)).headers["etag"] == before.headers["etag"]
    assert (await change(editor, call, {"readouts": [before.json()["id"]]})).status_code == 200


async def test_an_id_may_be_left_open(editor: httpx.AsyncClient) -> None:
    """With null as by leaving it out, however often; or written in other letters."""
    topic = {"id": None, "slug": "x", "name": "X", "identifiers": [{"scheme": "test", "value": "1"}]}
    asked = "/v1/topics?identifier=test:1"
    made = await editor.put(asked, json=topic)
    assert made.status_code == 201
    for given in (None, made.json()["id"], made.json()["id"].upper()):
        again = await editor.put(asked, json=topic | {"id": given}, headers={"If-Match": made.headers["etag"]})
        assert (again.status_code, again.json()["version"]) == (200, 1), again.text
    await record_all(editor)
    told = await editor.get(f"/v1/statements/{BODIES['createCall']['statements'][0]['id']}/history/1")
    document = told.json()["after"] | {"id": None, "position": 50}
    answer = await editor.post("/v1/statements", json=document)
    assert answer.status_code == 201, answer.text


async def test_every_fault_is_told(editor: httpx.AsyncClient) -> None:
    """By its pointer into what was sent, also into a part's own document."""
    await record_all(editor)
    wrong = {**BODIES["createCall"], "id": None, "slug": "other", "identifiers": []}
    wrong = {name: member for name, member in wrong.items() if member is not None}
    wrong["participants"] = [{"ref": "trump", "leader": "nobody"}, {"ref": "xi", "party": "XX"}]
    wrong["claims"], wrong["date"], wrong["mentions"] = [], {"edtf": "2017"}, []
    wrong["statements"] = [{**BODIES["createCall"]["statements"][0], "text": "never said", "topics": ["none"]}]
    del wrong["statements"][0]["id"]
    told = is_problem(await editor.post("/v1/calls", json=wrong), "invalid-request")
    assert {error["pointer"] for error in told["errors"]} >= {
        "/participants/0/leader",
        "/participants/1/party",
        "/statements/0/text",
        "/statements/0/topics/0",
    }
    for path, patch, pointer in (
        ("statements", {"topics": ["none"]}, "/topics/0"),
        ("statements", {"colour": 1}, "/colour"),
        ("participants", {"leader": "nobody"}, "/leader"),
        ("participants", {"role": "king"}, "/role"),
        ("calls", {"title": None}, "/title"),
        ("calls", {"participants": 5}, "/participants"),
        ("calls", {"participants": [5]}, "/participants/0"),
        ("readouts", {"versions": [{"text": []}]}, "/versions"),
        ("readouts", {"versions": 5}, "/versions"),
        ("leaders", {"id": BODIES["putLeader"]["id"]}, "/id"),
    ):
        answer = await change(editor, f"/v1/{path}/{RECORDS[path][1]}", patch)
        assert [error["pointer"] for error in is_problem(answer, "invalid-request")["errors"]] == [pointer], path


HOSTILE = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"5",
    b"NaN",
    b'{"name": "a\\u0000b"}',
    b'{"name": "\\ud800"}',
    b'{"name": NaN}',
    b'{"slug": 1e999}',
    b'{"a": 99999999999999999999999999}',
    b'{"slug": "a", "slug": "b"}',
    b"[" * 100_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b'{"__proto__": {"admin": true}}',
    b'{"type": "party"}',
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b'{"names": [{"name": "x", "kind": "preferred"}], "slug": "' + b"x" * 300 + b'"}',
    b'{"date": {"edtf": "9999-12-31T23:59:59-14:00"}}',
    b'{"id": "\' OR 1=1 --"}',
)


async def test_bad_contents_change_nothing(editor: httpx.AsyncClient, own_seeded_url: str) -> None:
    """Of every operation that writes: always a 4xx, and every table as it was."""
    before = await checksums(own_seeded_url)
    for method, path, operation in WRITES:
        if path == "/v1/imports":
            continue
        headers, asked = {"If-Match": "*"}, examples_of(operation, "query")
        target = address(path, operation)
        content = next(iter(operation.get("requestBody", {"content": {"application/json": {}}})["content"]))
        for hostile in HOSTILE:
            answer = await editor.request(
                method, target, params=asked, content=hostile, headers=headers | {"Content-Type": content}
            )
            if (not hostile and method == "delete") or (not hostile and "revert" in path):
                continue
            assert 400 <= answer.status_code < 500, (operation["operationId"], hostile[:40], answer.text)
            is_problem(answer, answer.json()["type"].partition("#")[2])
        typed = await editor.request(
            method, target, params=asked, content=b"<x/>", headers={"Content-Type": "text/xml"}
        )
        is_problem(typed, "unsupported-media-type")
        extra = await editor.request(method, target, params=asked | {"colour": "red"}, headers=headers)
        assert extra.status_code == 422, operation["operationId"]
        assert extra.json()["errors"] == [{"parameter": "colour", "detail": "is not a parameter here"}]
        keyless = await editor.request(method, target, params=asked, headers={"Authorization": ""})
        is_problem(keyless, "unauthorised")
    assert await checksums(own_seeded_url) == before
