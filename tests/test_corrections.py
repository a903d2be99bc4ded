"""What editors correct: sides that were mixed up, records that were merged or removed on the way, what is no tree."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import connected
from tests.examples import BODIES
from tests.test_as_of import head, then
from tests.test_meeting import one_after_the_other
from tests.test_merging import merge
from tests.test_problems import is_problem
from tests.test_writes import change, record_all

Json = dict[str, Any]
SEED = "/v1/calls/2020-03-19-xi-jinping-vladimir-putin"
CALL = "/v1/calls/2017-02-09-donald-trump-xi-jinping"


async def document_of(client: httpx.AsyncClient, path: str) -> Json:
    """The document of a record as it is now."""
    version = (await client.get(path)).json()["version"]
    document: Json = (await client.get(f"{path}/history/{version}")).json()["after"]
    return document


async def revert(client: httpx.AsyncClient, path: str, version: int) -> httpx.Response:
    """What is answered to a revert."""
    return await client.post(f"{path}/history/{version}/revert", headers={"If-Match": "*"})


async def test_two_who_were_taken_for_each_other(editor: httpx.AsyncClient) -> None:
    """Their leaders are exchanged in one change, and put back."""
    people = (await document_of(editor, SEED))["participants"]
    first, second = people
    first["leader"], second["leader"] = second["leader"], first["leader"]
    answer = await change(editor, SEED, {"participants": people})
    assert answer.status_code == 200, answer.text
    shown = (await editor.get(SEED)).json()["participants"]
    assert [one["leader"]["id"] for one in shown] == [first["leader"], second["leader"]]
    assert (await revert(editor, SEED, 1)).status_code == 200
    shown = (await editor.get(SEED)).json()["participants"]
    assert [one["leader"]["id"] for one in shown] == [second["leader"], first["leader"]]


async def test_a_merged_record_keeps_its_history(editor: httpx.AsyncClient) -> None:
    """Also when the one that it lives on in is merged or removed in turn, and comes back."""
    ids = {}
    for slug in ("a", "b", "c"):
        made = await editor.post("/v1/leaders", json={"slug": slug, "names": [{"name": slug, "kind": "preferred"}]})
        ids[slug] = made.json()["id"]
    path = f"/v1/leaders/{ids['a']}"
    assert (await merge(editor, path, "b")).status_code == 200
    told = (await editor.get(f"{path}/history")).json()
    assert [one["kind"] for one in told["data"]] == ["merged", "created"]
    assert (await editor.delete("/v1/leaders/b", headers={"If-Match": "*"})).status_code == 204
    assert (await editor.get(f"{path}/history")).json() == told
    assert (await editor.get(f"{path}/history/1")).json()["after"]["slug"] == "a"
    of_b = is_problem(await editor.get(f"/v1/leaders/{ids['b']}"), "gone")
    assert is_problem(await editor.get(path), "gone")["detail"] == of_b["detail"]
    assert (await revert(editor, f"/v1/leaders/{ids['b']}", 2)).status_code == 200
    assert (await editor.get(f"{path}/history")).json() == told
    assert (await merge(editor, "/v1/leaders/b", "c")).status_code == 200
    assert (await editor.get(f"{path}/history")).json() == told
    assert (await editor.get(path)).headers["location"] == "/v1/leaders/c"


async def test_a_call_that_is_merged_gives_what_the_other_does_not_say(editor: httpx.AsyncClient) -> None:
    """A participant's party and office; and its statements can be put back to what they were before."""
    await record_all(editor)
    trump, _ = BODIES["createCall"]["participants"]
    other = {
        "slug": "other",
        "title": "The same call",
        "date": {"edtf": "2017"},
        "channel": "unknown",
        "participants": [
            {"ref": "trump", "id": str(uuid4()), "leader": "donald-trump"},
            {"ref": "xi", "id": str(uuid4()), "leader": "xi-jinping", "office": "Of another office"},
        ],
    }
    assert (await editor.post("/v1/calls", json=other)).status_code == 201
    (statement,) = (await editor.get(f"{CALL}/statements?limit=1")).json()["data"]
    path = f"/v1/statements/{statement['id']}"
    assert (await merge(editor, CALL, "other")).status_code == 200
    people = (await editor.get("/v1/calls/other")).json()["participants"]
    assert [(one["party"]["code"], one["office"]) for one in people[:2]] == [
        ("US", trump["office"]),
        ("CN", "Of another office"),
    ]
    merged = (await editor.get(path)).json()
    assert (
        await change(editor, path, {"act": "inform" if statement["act"] != "inform" else "assess"})
    ).status_code == 200
    answer = await revert(editor, path, statement["version"])
    assert answer.status_code == 200, answer.text
    passing = {"version": 0, "content_changed_at": ""}
    assert answer.json() | passing == merged | passing


async def test_a_record_comes_back_without_a_key_that_is_taken(editor: httpx.AsyncClient) -> None:
    """An earlier slug that another record has by now, or had."""
    for renamed in (False, True):
        old, new = f"old-{renamed}".lower(), f"new-{renamed}".lower()
        assert (await editor.post("/v1/topics", json={"slug": old, "name": "First"})).status_code == 201
        assert (await change(editor, f"/v1/topics/{old}", {"slug": new})).status_code == 200
        gone = (await editor.get(f"/v1/topics/{new}")).json()["id"]
        assert (await editor.delete(f"/v1/topics/{new}", headers={"If-Match": "*"})).status_code == 204
        second = (await editor.post("/v1/topics", json={"slug": old, "name": "Second"})).json()
        if renamed:
            assert (await change(editor, f"/v1/topics/{old}", {"slug": f"{old}-er"})).status_code == 200
        answer = await revert(editor, f"/v1/topics/{gone}", 2)
        assert (answer.status_code, answer.json()["slug"]) == (200, new), answer.text
        assert (await editor.get(f"/v1/topics/{old}", follow_redirects=True)).json()["id"] == second["id"]


async def test_a_party_comes_back(editor: httpx.AsyncClient) -> None:
    """Which has no earlier keys."""
    party = (await editor.post("/v1/parties", json={"code": "JO", "name": "Jordan", "kind": "state"})).json()
    assert (await editor.delete("/v1/parties/JO", headers={"If-Match": "*"})).status_code == 204
    answer = await revert(editor, f"/v1/parties/{party['id']}", 1)
    assert (answer.status_code, answer.json()["code"]) == (200, "JO"), answer.text


async def test_a_topic_of_the_past_has_its_broader_one(editor: httpx.AsyncClient, own_seeded_url: str) -> None:
    """As it has now."""
    moment = await head(own_seeded_url)
    now = (await editor.get("/v1/topics/public-health")).json()
    assert now["broader"]
    assert (await editor.get(then("/v1/topics/public-health", moment))).json() == now


async def test_a_circle_of_topics(editor: httpx.AsyncClient) -> None:
    """Is a fault of what was sent, however long it is."""
    for slug, broader in (("a", None), ("b", "a"), ("c", "b")):
        made = await editor.post("/v1/topics", json={"slug": slug, "name": slug, "broader": broader})
        assert made.status_code == 201
    for broader in ("a", "b", "c"):
        (error,) = is_problem(await change(editor, "/v1/topics/a", {"broader": broader}), "invalid-request")["errors"]
        assert (error["pointer"], "itself" in error["detail"]) == ("/broader", True)
    assert (await change(editor, "/v1/topics/c", {"broader": "a"})).status_code == 200


@pytest.mark.parametrize("number", ["2", "3"])
async def test_a_fault_of_a_part_is_told_of_the_part(editor: httpx.AsyncClient, number: str) -> None:
    """Also where the part that stands in the way comes after it, whichever place that has."""
    path = f"/v1/statements/01970000-0000-7000-8000-00080000000{number}"
    (error,) = is_problem(await change(editor, path, {"position": 11}), "invalid-request")["errors"]
    assert error["pointer"] == "/position"


async def test_what_is_there_is_not_created(editor: httpx.AsyncClient) -> None:
    """409, and 412 to whoever asks for none to be there."""
    given = {"slug": "public-health", "name": "Health"}
    is_problem(await editor.post("/v1/topics", json=given), "already-recorded")
    wanted = {"If-None-Match": "*"}
    is_problem(await editor.post("/v1/topics", json=given, headers=wanted), "precondition-failed")
    borne = given | {"identifiers": [{"scheme": "test", "value": "1"}]}
    path = "/v1/topics?identifier=test:1"
    is_problem(await editor.put(path, json=borne), "already-recorded")
    is_problem(await editor.put(path, json=borne, headers=wanted), "precondition-failed")


async def test_a_part_is_not_taken_out_of_another_call(editor: httpx.AsyncClient, own_seeded_url: str) -> None:
    """By who records one under the same id at the same time."""
    await record_all(editor)
    part_id = str(uuid4())
    slug = SEED.rpartition("/")[2]
    held = f"""INSERT INTO participants (id, call_id, call_earliest, call_latest, position, role)
        SELECT '{part_id}', id, date_earliest, date_latest, 9, 'aide' FROM calls WHERE slug = '{slug}'"""
    given = {"id": part_id, "call": CALL.rpartition("/")[2], "party": "CN", "role": "aide"}
    write = editor.post("/v1/participants", json=given)
    assert await one_after_the_other(own_seeded_url, held, write) == [409]
    call = (await editor.get(f"/v1/participants/{part_id}")).json()["call"]
    assert call["slug"] == slug


async def test_a_leader_is_taken_out_of_a_call_while_being_merged(
    editor: httpx.AsyncClient, own_seeded_url: str
) -> None:
    """The call is left alone then."""
    made = await editor.post("/v1/leaders", json={"slug": "x", "names": [{"name": "X", "kind": "preferred"}]})
    assert made.status_code == 201
    held = """UPDATE participants SET leader_id = NULL WHERE leader_id = (
        SELECT id FROM leaders WHERE slug = 'vladimir-putin'
    )"""
    async with connected(own_seeded_url) as other, connected(own_seeded_url) as watch:
        async with other.transaction():
            await other.execute("SELECT FROM calls FOR UPDATE")
            await other.execute(held)
            merging = asyncio.create_task(merge(editor, "/v1/leaders/vladimir-putin", "x"))
            asked = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            while not await watch.fetchval(asked) and not merging.done():
                pass
        answer = await merging
    assert answer.status_code == 200, answer.text
    assert [name["name"] for name in answer.json()["names"]].count("Vladimir Putin") == 1


async def test_a_slug_of_before_is_no_name(editor: httpx.AsyncClient) -> None:
    """It leads where it led, or is gone, though others are called so."""
    assert (await change(editor, "/v1/leaders/xi-jinping", {"slug": "xi"})).status_code == 200
    assert (await change(editor, "/v1/leaders/xi", {"slug": "xi-jinping"})).status_code == 200
    assert (await editor.get("/v1/leaders/xi")).headers["location"] == "/v1/leaders/xi-jinping"
    for slug, name in (("moon", "A"), ("moon-b", "Moon")):
        made = await editor.post("/v1/leaders", json={"slug": slug, "names": [{"name": name, "kind": "preferred"}]})
        assert made.status_code == 201
    assert (await editor.delete("/v1/leaders/moon", headers={"If-Match": "*"})).status_code == 204
    is_problem(await editor.get("/v1/leaders/moon"), "gone")
    is_problem(await editor.delete("/v1/leaders/moon", headers={"If-Match": "*"}), "gone")
    assert (await editor.get("/v1/leaders?name=Moon")).json()["data"][0]["slug"] == "moon-b"
    is_problem(await editor.get("/v1/dyads/moon-xi-jinping"), "not-found")
    assert (await editor.get("/v1/dyads/moon-b-xi-jinping")).status_code == 200
    is_problem(await merge(editor, "/v1/leaders/xi-jinping", "moon"), "invalid-request")


async def test_an_initiator_whom_several_share_a_name_with(editor: httpx.AsyncClient) -> None:
    """Two leaders and a party: none of them is taken."""
    party = {"code": "JO", "name": "Jordan", "kind": "state", "aliases": ["Jordan"]}
    assert (await editor.post("/v1/parties", json=party)).status_code == 201
    for slug in ("a-jordan", "b-jordan"):
        leader = {"slug": slug, "names": [{"name": slug, "kind": "preferred"}, {"name": "Jordan", "kind": "surname"}]}
        assert (await editor.post("/v1/leaders", json=leader)).status_code == 201
        problem = is_problem(await editor.get("/v1/calls?initiator=Jordan"), "ambiguous-name")
        assert len(problem["candidates"]) == 2 + (slug == "b-jordan")
