"""Texts are read and kept as drafts, reviewed by people, and become records, all of a draft or nothing."""

import asyncio
import dataclasses
import hashlib
import json
import re
import shlex
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.drafts import reading
from app.ingest.draft import Draft, Suggestion
from app.ingest.reading import read_readout
from app.keys import Key
from app.main import create_app
from app.settings import Settings
from tests.conftest import client_of, connected, give_key, serving
from tests.examples import BODIES
from tests.faults.writers import call_document
from tests.test_contract import DOCUMENT, KEYED, address, validator_of
from tests.test_hostile import checksums
from tests.test_paging import forged
from tests.test_problems import is_problem
from tests.test_readme import shortened, shows

Json = dict[str, Any]
Post = Callable[..., Awaitable[httpx.Response]]
SEED = Path(__file__).parents[1] / "seed_data" / "2020-03-19-xi-jinping-vladimir-putin.txt"
CALL = "2020-03-19-xi-jinping-vladimir-putin"
OURS = """\
President Elena Marchetti speaks with Prime Minister Tomas Lindqvist

On May 4, 2021, President Elena Marchetti of Italy spoke by telephone with Prime Minister Tomas Lindqvist of Sweden.

President Marchetti stressed that the two countries must work together on energy security. She added that Italy would
host a conference in the autumn.

Prime Minister Lindqvist said that Sweden supports the proposal.
"""
THEIRS = """\
Prime Minister Lindqvist spoke with the President of Italy

On May 4, 2021, Prime Minister Tomas Lindqvist of Sweden spoke by telephone with President Elena Marchetti of Italy.

Prime Minister Lindqvist underlined that Sweden will send its energy minister to the conference.

President Marchetti thanked Sweden for its support.
"""
BOTH = """\
President Elena Marchetti speaks with the Prime Minister of Sweden and the President of Austria

On May 4, 2021, President Elena Marchetti of Italy spoke by telephone with Prime Minister Tomas Lindqvist of Sweden.
President Marchetti stressed that the two countries must work together on energy security.

President Marchetti also spoke by telephone with President Ilse Brandt of Austria. President Brandt said that Austria
supports the proposal. President Marchetti thanked Austria for its support.
"""
GIVEN = {"text": OURS, "publisher": "Office of the President of Italy", "published_on": "2021-05-04"}
OTHER = {"text": THEIRS, "publisher": "Government of Sweden", "published_on": "2021-05-05"}
TWO = {"text": BOTH, "publisher": "Office of the President of Italy", "published_on": "2021-05-04"}
ANY = {"If-Match": "*"}
PATCH = {"Content-Type": "application/merge-patch+json"}


async def ingest(client: httpx.AsyncClient, given: Json, status: int = 201) -> Json:
    """The draft of a text."""
    answer = await client.post("/v1/readouts/ingest", json=given)
    assert answer.status_code == status, answer.text
    validator_of(DOCUMENT["paths"]["/v1/readouts/ingest"]["post"], status, "application/json").validate(answer.json())
    draft: Json = answer.json()
    return draft


async def decide(client: httpx.AsyncClient, draft: Json, what: str, **headers: str) -> httpx.Response:
    """What is answered to a decision, such as `accept` or `proposals/statement-1/reject`."""
    return await client.post(f"/v1/drafts/{draft['id']}/{what}", headers=ANY | headers)


async def correct(
    client: httpx.AsyncClient, draft: Json, patch: Json, proposal: str = "", **more: str
) -> httpx.Response:
    """What is answered to a correction of a draft, or of one proposal in it."""
    path = f"/v1/drafts/{draft['id']}" + (f"/proposals/{proposal}" if proposal else "")
    return await client.patch(path, json=patch, headers=ANY | PATCH | more)


async def done(asked: Awaitable[httpx.Response]) -> Json:
    """The draft that is answered."""
    answer = await asked
    assert answer.status_code == 200, answer.text
    draft: Json = answer.json()
    return draft


async def pointers(asked: Awaitable[httpx.Response]) -> list[str]:
    """Where the faults are that are told."""
    return [error["pointer"] for error in is_problem(await asked, "invalid-request")["errors"]]


def proposal(draft: Json, name: str) -> Json:
    """One proposal of a draft."""
    document = draft["document"]
    lists = (document[name] for name in ("parties", "leaders", "participants", "claims", "statements"))
    alone = [document[one] for one in ("readout", "publisher", "call") if document[one]]
    (found,) = [one for some in (*lists, alone) for one in some if one["id"] == name]
    return dict(found)


async def call_of(client: httpx.AsyncClient, draft: Json) -> Json:
    """The call that an accepted draft's account is of."""
    answer = await client.get(f"/v1/calls/{draft['call_id']}?include=statements,readouts,claims")
    assert answer.status_code == 200, answer.text
    call: Json = answer.json()
    return call


# Reading.


async def test_a_text_is_read_and_nothing_is_kept(editor: httpx.AsyncClient, own_seeded_url: str) -> None:
    """Every proposal by an id, with words that are the text's; the seed's text as the seed has it."""
    before = await checksums(own_seeded_url)
    text = SEED.read_text("utf-8")
    answer = await editor.post("/v1/readouts/draft", json={"text": text, "published_on": "2020-03-19"})
    assert answer.status_code == 200, answer.text
    validator_of(DOCUMENT["paths"]["/v1/readouts/draft"]["post"], 200, "application/json").validate(answer.json())
    read = answer.json()
    assert read["text"] == text
    seed = (await editor.get(f"/v1/calls/{CALL}/statements?limit=200")).json()["data"]
    assert [(one["start"], one["end"]) for one in read["statements"]] == [(one["start"], one["end"]) for one in seed]
    quotes = [
        quote for name in ("participants", "statements", "claims") for one in read[name] for quote in one["evidence"]
    ]
    assert quotes
    assert all(text[quote["start"] : quote["end"]] == quote["text"] for quote in [*quotes, *read["statements"]])
    refs = {person["ref"] for person in read["participants"]}
    assert {speaker["participant"] for one in read["statements"] for speaker in one["speakers"]} <= refs
    ids = [one["id"] for name in ("participants", "statements", "claims") for one in read[name]]
    assert len(set(ids)) == len(ids)
    assert await checksums(own_seeded_url) == before


async def test_a_text_is_read_as_it_is_stored(editor: httpx.AsyncClient) -> None:
    """In form C with line feeds, whichever way it came; by its hash it is one text."""
    odd = OURS.replace("\n", "\r\n").replace("Tomas", "Toma\u0301s")
    read = (await editor.post("/v1/readouts/draft", json={"text": odd})).json()
    assert read["text"] == OURS.replace("Tomas", "Tom\u00e1s")
    draft = await ingest(editor, {"text": odd})
    assert draft["sha256"] == hashlib.sha256(read["text"].encode()).hexdigest()
    assert (await ingest(editor, {"text": read["text"]}, status=200))["id"] == draft["id"]


@pytest.mark.parametrize("path", ["/v1/readouts/draft", "/v1/readouts/ingest"])
async def test_what_cannot_be_read(editor: httpx.AsyncClient, own_seeded_url: str, path: str) -> None:
    """Is told by its pointer, or as too long, and nothing is kept."""
    before = await checksums(own_seeded_url)
    for given, pointer in (
        ({}, "/text"),
        ({"text": ""}, "/text"),
        ({"text": " \n"}, "/text"),
        ({"text": 5}, "/text"),
        ({"text": OURS, "colour": "red"}, "/colour"),
        ({"text": OURS, "language": "!"}, "/language"),
        ({"text": OURS, "title": " "}, "/title"),
        ({"text": OURS, "published_on": "2021-02-30"}, "/published_on"),
        ({"text": OURS, "publisher": ""}, "/publisher"),
    ):
        assert await pointers(editor.post(path, json=given)) == [pointer], given
    is_problem(await editor.post(path, json={"text": "a" * 1_000_001}), "content-too-large")
    is_problem(await editor.post(path, json={"text": "a" * 9_000_000}), "content-too-large")
    for content in (b'{"text": "a\\u0000"}', b'{"text": "\\ud800"}'):
        is_problem(
            await editor.post(path, content=content, headers={"Content-Type": "application/json"}), "invalid-request"
        )
    assert await checksums(own_seeded_url) == before


async def test_long_texts_hold_nobody_up(editor: httpx.AsyncClient) -> None:
    """While one is read, others are answered."""
    reads = asyncio.create_task(editor.post("/v1/readouts/draft", json={"text": OURS * 60}))
    answered = 0
    while not reads.done():
        assert (await editor.get("/healthz")).status_code == 200
        answered += not reads.done()
        await asyncio.sleep(0.001)
    assert (await reads).status_code == 200
    assert answered


# Keeping.


async def test_a_draft_is_kept_and_resolved(editor: httpx.AsyncClient, own_seeded_url: str) -> None:
    """Who is recorded is named by slug; who is not is proposed as new; and no record is written."""
    draft = await ingest(editor, BODIES["ingestReadout"])
    document = draft["document"]
    assert [(one["slug"], one["new"]) for one in document["leaders"]] == [
        ("donald-j-trump", True),
        ("xi-jinping", False),
    ]
    assert [(one["code"], one["new"]) for one in document["parties"]] == [("US", True), ("CN", False)]
    assert (document["publisher"]["slug"], document["publisher"]["new"]) == ("the-white-house", True)
    assert document["readout"]["publisher"] == "the-white-house"
    assert [(person["leader"], person["party"]) for person in document["participants"]] == [
        ("donald-j-trump", "US"),
        ("xi-jinping", "CN"),
    ]
    assert (draft["status"], draft["version"], draft["call_id"], draft["readout_id"]) == ("open", 1, None, None)
    assert document["call"]["further_account_of"] is None
    async with connected(own_seeded_url) as connection:
        assert await connection.fetchval("SELECT count(*) FROM calls") == 1
        assert await connection.fetchval("SELECT count(*) FROM parties WHERE code = 'US'") == 0
        # Apart from the records, and no part of their changes.
        assert await connection.fetchval("SELECT count(*) FROM changes WHERE record_id = $1", draft["id"]) == 0


async def test_one_text_is_one_draft(editor: httpx.AsyncClient) -> None:
    """However often it comes, and also at once."""
    answers = await asyncio.gather(*(editor.post("/v1/readouts/ingest", json=GIVEN) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [*[200] * 11, 201]
    (new,) = [answer for answer in answers if answer.status_code == 201]
    assert {answer.json()["id"] for answer in answers} == {new.json()["id"]}
    assert new.headers["location"] == f"/v1/drafts/{new.json()['id']}"
    read = await editor.get(new.headers["location"], headers={"Accept-Encoding": "identity"})
    assert (read.json(), read.headers["etag"]) == (new.json(), new.headers["etag"])
    assert (await editor.get(f"/v1/drafts/{new.json()['sha256'].upper()}")).json() == new.json()
    (only,) = (await editor.get("/v1/drafts")).json()["data"]
    assert only["id"] == new.json()["id"]
    # Whatever else is told of the text.
    assert (await ingest(editor, {"text": OURS}, status=200))["document"] == new.json()["document"]


async def test_several_of_a_name_are_left_open(editor: httpx.AsyncClient) -> None:
    """With a warning that lists them; a correction says who it is."""
    for slug in ("marchetti-one", "marchetti-two"):
        leader = {
            "slug": slug,
            "names": [{"name": f"{slug} x", "kind": "preferred"}, {"name": "Elena Marchetti", "kind": "alias"}],
        }
        assert (await editor.post("/v1/leaders", json=leader)).status_code == 201
    draft = await ingest(editor, GIVEN)
    (person,) = [one for one in draft["document"]["participants"] if one["name"] == "Elena Marchetti"]
    assert person["leader"] is None
    (warning,) = [one for one in draft["document"]["warnings"] if one["code"] == "ambiguous-leader"]
    assert [one["key"] for one in warning["candidates"]] == ["marchetti-one", "marchetti-two"]
    after = await done(correct(editor, draft, {"leader": "marchetti-two"}, person["id"]))
    assert (proposal(after, person["id"])["leader"], proposal(after, person["id"])["review"]) == (
        "marchetti-two",
        "corrected",
    )
    call = await call_of(editor, await done(decide(editor, after, "accept")))
    assert "marchetti-two" in {one["leader"]["slug"] for one in call["participants"]}


async def test_initials_tell_people_apart(editor: httpx.AsyncClient) -> None:
    """A name without them is of whoever bears it, which is told; with others it is another's."""
    first = await ingest(editor, {"text": OURS.replace("Elena Marchetti", "Elena R. Marchetti")})
    await done(decide(editor, first, "accept"))
    names = (await editor.get("/v1/leaders/elena-r-marchetti")).json()["names"]
    assert [(one["name"], one["kind"]) for one in names] == [
        ("Elena R. Marchetti", "preferred"),
        ("Elena Marchetti", "alias"),
    ]
    for printed, slug, is_new in (
        ("Elena Marchetti", "elena-r-marchetti", False),
        ("Elena R. Marchetti", "elena-r-marchetti", False),
        ("Elena W. Marchetti", "elena-w-marchetti", True),
    ):
        draft = await ingest(editor, {"text": THEIRS.replace("Elena Marchetti", printed)})
        (leader,) = [one for one in draft["document"]["leaders"] if "marchetti" in one["slug"]]
        assert (leader["slug"], leader["new"]) == (slug, is_new)
    await editor.post("/v1/leaders", json={"slug": "john", "names": [{"name": "John Halloran", "kind": "preferred"}]})
    draft = await ingest(editor, {"text": OURS.replace("Elena Marchetti", "John P. Halloran, Jr.")})
    (warning,) = [one for one in draft["document"]["warnings"] if one["code"] == "leader-by-plain-name"]
    assert [one["key"] for one in warning["candidates"]] == ["john"]


async def test_a_publisher_is_found(editor: httpx.AsyncClient) -> None:
    """By its slug, its name and its site; of several of one name none is taken."""
    publisher = {
        "slug": "quirinale",
        "name": "The Quirinale",
        "kind": "presidency",
        "url": "https://www.quirinale.example/en",
    }
    assert (await editor.post("/v1/publishers", json=publisher)).status_code == 201
    for number, named in enumerate(
        ("quirinale", "the quirinale", "https://quirinale.example/news/1", "quirinale.example")
    ):
        draft = await ingest(editor, {"text": OURS + "x" * number, "publisher": named})
        assert (draft["document"]["publisher"]["slug"], draft["document"]["publisher"]["new"]) == ("quirinale", False)
    listed = (await editor.get("/v1/drafts?publisher=quirinale&status=open&limit=3")).json()
    assert len(listed["data"]) == 3
    rest = (
        await editor.get(
            "/v1/drafts", params={"publisher": "quirinale", "status": "open", "cursor": listed["page"]["next"]}
        )
    ).json()
    assert (len(rest["data"]), rest["page"]["next"]) == (1, None)
    assert {one["publisher"] for one in listed["data"]} == {"quirinale"}
    assert (await editor.get("/v1/drafts?publisher=quirinale&status=accepted")).json()["data"] == []
    is_problem(await editor.get("/v1/drafts?publisher=nobody"), "unknown-reference")
    patched = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
    await editor.patch("/v1/publishers/quirinale", json={"slug": "colle"}, headers=patched)
    assert (await editor.get("/v1/drafts?publisher=quirinale&status=open&limit=3")).json()["data"] == listed["data"]
    draft = await ingest(editor, {"text": OURS + "renamed", "publisher": "quirinale"})
    assert (draft["document"]["publisher"]["slug"], draft["document"]["publisher"]["new"]) == ("colle", False)
    await editor.patch("/v1/publishers/colle", json={"slug": "quirinale"}, headers=patched)
    assert (await editor.get(f"/v1/drafts?cursor={forged('drafts ', ['x'])}")).status_code == 422
    assert (
        await editor.post(
            "/v1/publishers", json={**publisher, "slug": "quirinale-two", "url": None} | {"url": "https://b.example"}
        )
    ).status_code == 201
    draft = await ingest(editor, {"text": OURS + "again", "publisher": "The Quirinale"})
    assert draft["document"]["publisher"] is None
    (warning,) = [one for one in draft["document"]["warnings"] if one["code"] == "ambiguous-publisher"]
    assert [one["key"] for one in warning["candidates"]] == ["quirinale", "quirinale-two"]


# Accepting.


async def test_a_draft_becomes_records(editor: httpx.AsyncClient) -> None:
    """Its party, leaders, publisher, readout and call, by the writes that all records come by, with who and why."""
    draft = await ingest(editor, GIVEN)
    accepted = await done(decide(editor, draft, "accept", **{"X-Change-Note": "Checked."}))
    assert (accepted["status"], accepted["version"]) == ("accepted", 2)
    call = await call_of(editor, accepted)
    assert [(one["leader"]["slug"], one["party"]["code"]) for one in call["participants"]] == [
        ("elena-marchetti", "IT"),
        ("tomas-lindqvist", "SE"),
    ]
    assert (call["channel"], call["date"]["edtf"]) == ("telephone", "2021-05-04")
    (readout,) = call["readouts"]
    assert readout["id"] == accepted["readout_id"]
    assert readout["publisher"]["slug"] == "office-of-the-president-of-italy"
    assert (await editor.get(f"/v1/readouts/{readout['id']}")).json()["text"] == OURS
    told = draft["document"]["statements"]
    assert len(told) >= 3
    assert [(one["text"], one["start"]) for one in call["statements"]] == [(one["text"], one["start"]) for one in told]
    assert all(one["evidence"] for one in call["claims"] if one["field"] in {"date", "channel"})
    for path in (f"calls/{call['id']}", "leaders/elena-marchetti", "parties/SE", f"readouts/{readout['id']}"):
        (revision,) = (await editor.get(f"/v1/{path}/history")).json()["data"]
        assert (revision["author"], revision["note"], revision["kind"]) == ("Editor", "Checked.", "created")
    mentions = (await editor.get(f"/v1/readouts/{readout['id']}?include=mentions")).json()["mentions"]
    assert {one["name"]["text"] for one in mentions} == {"Elena Marchetti", "Tomas Lindqvist"}


async def test_acceptance_is_final(editor: httpx.AsyncClient, own_seeded_url: str) -> None:
    """What became of it is changed from then on."""
    draft = await ingest(editor, GIVEN)
    await done(decide(editor, draft, "accept"))
    before = await checksums(own_seeded_url)
    for what in ("accept", "reject", "proposals/statement-1/accept", "proposals/statement-1/reject"):
        is_problem(await decide(editor, draft, what), "conflict")
    is_problem(await correct(editor, draft, {"call": {"title": "Other"}}), "conflict")
    is_problem(await correct(editor, draft, {"act": "agree"}, "statement-1"), "conflict")
    assert await checksums(own_seeded_url) == before


async def test_a_rejection_is_not(editor: httpx.AsyncClient) -> None:
    """It stays, is ingested again as it is, and opens when it is corrected."""
    draft = await ingest(editor, GIVEN)
    rejected = await done(decide(editor, draft, "reject", **{"X-Change-Note": "Not a readout."}))
    assert (rejected["status"], rejected["version"], rejected["call_id"]) == ("rejected", 2, None)
    assert (await done(decide(editor, draft, "reject")))["version"] == 2
    assert (await ingest(editor, GIVEN, status=200))["status"] == "rejected"
    opened = await done(correct(editor, draft, {"call": {"title": "Italy and Sweden"}}))
    assert (opened["status"], opened["version"]) == ("open", 3)
    assert (await call_of(editor, await done(decide(editor, draft, "accept"))))["title"] == "Italy and Sweden"


async def test_what_was_rejected_is_left_out(editor: httpx.AsyncClient) -> None:
    """A statement, a leader and the publisher; a participant only without what is said by them."""
    draft = await ingest(editor, GIVEN)
    first = draft["document"]["statements"][0]
    for name in (first["id"], "leader-tomas-lindqvist", "publisher"):
        after = await done(decide(editor, draft, f"proposals/{name}/reject"))
        assert proposal(after, name)["review"] == "rejected"
    accepted = await done(decide(editor, draft, "accept"))
    call = await call_of(editor, accepted)
    assert first["text"] not in {one["text"] for one in call["statements"]}
    assert len(call["statements"]) == len(draft["document"]["statements"]) - 1
    assert [one["leader"] and one["leader"]["slug"] for one in call["participants"]] == ["elena-marchetti", None]
    assert call["readouts"][0]["publisher"] is None
    assert (await editor.get("/v1/leaders/tomas-lindqvist")).status_code == 404
    assert proposal(accepted, first["id"])["review"] == "rejected"
    assert proposal(accepted, "readout")["review"] == "accepted"


async def test_who_speaks_is_not_left_out(editor: httpx.AsyncClient, own_seeded_url: str) -> None:
    """A participant who was rejected while statements of theirs remain is told with each of them."""
    draft = await ingest(editor, GIVEN)
    (person,) = [one for one in draft["document"]["participants"] if one["leader"] == "tomas-lindqvist"]
    await done(decide(editor, draft, f"proposals/{person['id']}/reject"))
    before = await checksums(own_seeded_url)
    said = [
        (place, one["id"])
        for place, one in enumerate(draft["document"]["statements"])
        if {"participant": person["ref"]} in one["speakers"]
    ]
    assert said
    faults = await pointers(decide(editor, draft, "accept"))
    assert faults == [f"/statements/{place}/speakers/0/participant" for place, _ in said]
    assert await checksums(own_seeded_url) == before
    for _, name in said:
        await done(decide(editor, draft, f"proposals/{name}/reject"))
    call = await call_of(editor, await done(decide(editor, draft, "accept")))
    assert [one["leader"]["slug"] for one in call["participants"]] == ["elena-marchetti"]
    for name in ("readout", "call"):
        other = await ingest(editor, {"text": THEIRS + name})
        await done(decide(editor, other, f"proposals/{name}/reject"))
        assert await pointers(decide(editor, other, "accept")) == [f"/{name}/review"]


async def test_all_or_nothing(editor: httpx.AsyncClient, own_seeded_url: str) -> None:
    """What the records' own rules find is told by pointers into the draft's document, and nothing is written."""
    draft = await ingest(editor, GIVEN)
    statements = draft["document"]["statements"]
    await done(decide(editor, draft, f"proposals/{statements[0]['id']}/reject"))
    await done(correct(editor, draft, {"topics": ["no-such-topic"]}, statements[2]["id"]))
    await done(correct(editor, draft, {"party": "XX"}, draft["document"]["participants"][1]["id"]))
    before = await checksums(own_seeded_url)
    assert sorted(await pointers(decide(editor, draft, "accept"))) == [
        "/participants/1/party",
        "/statements/2/topics/0",
    ]
    assert await checksums(own_seeded_url) == before
    await done(correct(editor, draft, {"topics": []}, statements[2]["id"]))
    await done(correct(editor, draft, {"party": None}, draft["document"]["participants"][1]["id"]))
    await done(correct(editor, draft, {"call": {"slug": CALL}}))
    is_problem(await decide(editor, draft, "accept"), "already-recorded")
    await done(correct(editor, draft, {"call": {"slug": "one-of-its-own"}}))
    assert (await call_of(editor, await done(decide(editor, draft, "accept"))))["slug"] == "one-of-its-own"


def suggesting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reader suggest acts and topics: two topics and an act for every statement, one topic nobody knows."""

    def read(text: str, **told: Any) -> Draft:
        draft = read_readout(text, **told)
        suggestions = tuple(
            Suggestion(field, value, 0.6, ())  # type: ignore[arg-type]
            for field, value in (
                ("act", "support"),
                ("topics", "energy-and-climate"),
                ("topics", "trade"),
                ("topics", "no-such"),
            )
        )
        said = tuple(dataclasses.replace(one, act=None, topics=(), suggestions=suggestions) for one in draft.statements)
        return dataclasses.replace(draft, statements=said)

    monkeypatch.setattr(reading, "read_readout", read)


async def test_suggestions_count_once_a_person_accepts_them(
    editor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By themselves or with their statement; accepting the draft alone leaves them out."""
    suggesting(monkeypatch)
    draft = await ingest(editor, GIVEN)
    first, second, third = draft["document"]["statements"][:3]
    assert [one["id"] for one in first["suggestions"]] == [
        f"{first['id']}-act-support",
        f"{first['id']}-topic-energy-and-climate",
        f"{first['id']}-topic-trade",
    ]
    assert (first["act"], first["topics"]) == (None, [])
    await done(decide(editor, draft, f"proposals/{first['id']}/accept"))
    await done(decide(editor, draft, f"proposals/{second['id']}-topic-trade/accept"))
    await done(decide(editor, draft, f"proposals/{third['id']}-act-support/reject"))
    await done(correct(editor, draft, {"act": "inform"}, third["id"]))
    call = await call_of(editor, await done(decide(editor, draft, "accept")))
    coded = [(one["act"], sorted(topic["slug"] for topic in one["topics"])) for one in call["statements"]]
    assert coded[:3] == [("support", ["energy-and-climate", "trade"]), (None, ["trade"]), ("inform", [])]
    assert {topic["slug"] for topic in call["topics"]} == {"energy-and-climate", "trade"}


async def test_all_suggestions_with_the_draft(editor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for those that were rejected, those of statements that were, and acts where one was given."""
    suggesting(monkeypatch)
    draft = await ingest(editor, GIVEN)
    first, second, third = [one["id"] for one in draft["document"]["statements"]]
    await done(decide(editor, draft, f"proposals/{second}-topic-trade/reject"))
    await done(correct(editor, draft, {"act": "inform"}, second))
    await done(decide(editor, draft, f"proposals/{third}/reject"))
    for what in ("accept?suggestions=perhaps", "accept?suggestions=true&suggestions=true", "reject?suggestions=true"):
        is_problem(await decide(editor, draft, what), "invalid-request")
    after = await done(decide(editor, draft, "accept?suggestions=true"))
    reviews = {one["id"]: one["review"] for said in after["document"]["statements"] for one in said["suggestions"]}
    assert reviews[f"{first}-act-support"] == reviews[f"{second}-topic-energy-and-climate"] == "accepted"
    assert reviews[f"{second}-topic-trade"] == "rejected"
    assert reviews[f"{second}-act-support"] == reviews[f"{third}-topic-trade"] == "open"
    call = await call_of(editor, after)
    coded = [(one["act"], sorted(topic["slug"] for topic in one["topics"])) for one in call["statements"]]
    assert coded == [("support", ["energy-and-climate", "trade"]), ("inform", ["energy-and-climate"])]


async def test_a_persons_suggestion_goes_before_others(
    editor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An act that a person adds to what is suggested is recorded, and what is wrong with it is told where it stands."""
    suggesting(monkeypatch)
    draft = await ingest(editor, GIVEN)
    first, second, _ = draft["document"]["statements"]
    added = {"id": "mine", "field": "act", "value": "inform"}
    await done(correct(editor, draft, {"suggestions": [*first["suggestions"], added]}, first["id"]))
    wrong = f"{second['id']}-topic-trade"
    await done(correct(editor, draft, {"value": "no-such"}, wrong))
    number = next(place for place, one in enumerate(second["suggestions"]) if one["id"] == wrong)
    told = await pointers(decide(editor, draft, "accept?suggestions=true"))
    assert told == [f"/statements/1/suggestions/{number}/value"]
    await done(correct(editor, draft, {"value": "trade"}, wrong))
    call = await call_of(editor, await done(decide(editor, draft, "accept?suggestions=true")))
    assert [one["act"] for one in call["statements"]][:2] == ["inform", "support"]


@pytest.mark.parametrize("corrected_first", [True, False])
async def test_a_given_act_goes_before_a_suggested_one(
    editor: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    corrected_first: bool,  # noqa: FBT001
) -> None:
    """Whether it was given before or after the statement was accepted with what was suggested for it."""
    suggesting(monkeypatch)
    draft = await ingest(editor, GIVEN)
    name = draft["document"]["statements"][0]["id"]
    if corrected_first:
        await done(correct(editor, draft, {"act": "inform"}, name))
    after = await done(decide(editor, draft, f"proposals/{name}/accept"))
    if not corrected_first:
        after = await done(correct(editor, draft, {"act": "inform"}, name))
    suggested = {one["field"]: one["review"] for one in after["document"]["statements"][0]["suggestions"]}
    assert suggested == {"act": "open" if corrected_first else "rejected", "topics": "accepted"}
    call = await call_of(editor, await done(decide(editor, draft, "accept")))
    told = call["statements"][0]
    assert (told["act"], {topic["slug"] for topic in told["topics"]}) == ("inform", {"energy-and-climate", "trade"})


# A further account.


async def test_a_further_account_of_a_recorded_call(editor: httpx.AsyncClient) -> None:
    """It is proposed as that, and accepted it is one call with both accounts, which shows what it showed."""
    first = await done(decide(editor, await ingest(editor, GIVEN), "accept"))
    before = await call_of(editor, first)
    draft = await ingest(editor, OTHER)
    reference = {"id": before["id"], "slug": before["slug"], "name": before["title"]}
    assert draft["document"]["call"]["further_account_of"] == reference
    assert [one["key"] for one in draft["document"]["call"]["candidates"]] == [before["slug"]]
    assert not any(one["new"] for one in draft["document"]["leaders"])
    second = await done(decide(editor, draft, "accept"))
    assert (
        second["call_id"],
        (await editor.get("/v1/calls?leader=elena-marchetti&count=exact")).json()["page"]["total"],
    ) == (
        before["id"],
        1,
    )
    after = await call_of(editor, second)
    assert (after["readout_count"], after["version"]) == (2, before["version"] + 1)
    assert {one["id"] for one in after["participants"]} == {one["id"] for one in before["participants"]}
    assert after["statement_count"] == before["statement_count"] + len(draft["document"]["statements"])
    for name in ("date", "channel", "initiator", "title", "slug"):
        assert after[name] == before[name]
    theirs = [one for one in after["statements"] if one["readout"]["id"] == second["readout_id"]]
    assert [one["text"] for one in theirs] == [one["text"] for one in draft["document"]["statements"]]
    assert {one["speakers"][0]["leader"]["slug"] for one in theirs} == {"tomas-lindqvist", "elena-marchetti"}
    (newest, *_) = (await editor.get(f"/v1/calls/{before['id']}/history")).json()["data"]
    assert (newest["kind"], newest["version"]) == ("changed", after["version"])


@pytest.mark.parametrize(("day", "is_one"), [("May 3", True), ("May 5", True), ("May 2", False), ("May 6", False)])
async def test_a_day_on_either_side(editor: httpx.AsyncClient, day: str, is_one: bool) -> None:  # noqa: FBT001
    """An evening in one capital is the next morning in another; two days are two calls."""
    first = await done(decide(editor, await ingest(editor, GIVEN), "accept"))
    draft = await ingest(editor, {"text": THEIRS.replace("May 4", day)})
    meant = draft["document"]["call"]["further_account_of"]
    assert (meant and meant["id"]) == (first["call_id"] if is_one else None)


async def test_the_user_decides(editor: httpx.AsyncClient) -> None:
    """That it is a call of its own, or an account of one that was not proposed."""
    await done(decide(editor, await ingest(editor, GIVEN), "accept"))
    draft = await ingest(editor, OTHER)
    after = await done(correct(editor, draft, {"call": {"further_account_of": None, "slug": "another-call"}}))
    assert proposal(after, "call")["review"] == "corrected"
    own = await done(decide(editor, draft, "accept"))
    assert (await call_of(editor, own))["slug"] == "another-call"
    seed = (await editor.get(f"/v1/calls/{CALL}")).json()
    third = await ingest(editor, {"text": OURS + "More."})
    # Two calls may be meant now, of which none is taken.
    assert third["document"]["call"]["further_account_of"] is None
    assert len(third["document"]["call"]["candidates"]) == 2
    assert "several-candidates" in {one["code"] for one in third["document"]["warnings"]}
    assert await pointers(decide(editor, third, "accept")) == ["/call/further_account_of"]
    wrong = {"call": {"further_account_of": {"id": draft["id"]}}}
    await done(correct(editor, third, wrong))
    assert await pointers(decide(editor, third, "accept")) == ["/call/further_account_of"]
    await done(correct(editor, third, {"call": {"further_account_of": {"id": seed["id"]}}}))
    after = await done(decide(editor, third, "accept"))
    call = await call_of(editor, after)
    assert (call["id"], call["readout_count"], len(call["participants"])) == (seed["id"], 2, 4)


async def test_a_call_of_its_own_among_several(editor: httpx.AsyncClient) -> None:
    """Accepting the proposal of the call says so."""
    await done(decide(editor, await ingest(editor, GIVEN), "accept"))
    draft = await ingest(editor, OTHER)
    await done(correct(editor, draft, {"call": {"further_account_of": None}}))
    await done(decide(editor, draft, "accept"))
    third = await ingest(editor, {"text": OURS + "More."})
    await done(decide(editor, third, "proposals/call/accept"))
    accepted = await done(decide(editor, third, "accept"))
    assert (await call_of(editor, accepted))["readout_count"] == 1


async def test_what_was_recorded_meanwhile(editor: httpx.AsyncClient) -> None:
    """Two accounts ingested before either is accepted: the second is not silently a second call, nor are its people."""
    first, second = await ingest(editor, GIVEN), await ingest(editor, OTHER)
    assert all(one["new"] for one in second["document"]["leaders"])
    accepted = await done(decide(editor, first, "accept"))
    slug = (await call_of(editor, accepted))["slug"]
    told = is_problem(await decide(editor, second, "accept"), "conflict")["detail"]
    assert f"{slug} (id {accepted['call_id']})" in told
    await done(correct(editor, second, {"call": {"further_account_of": {"id": accepted["call_id"]}}}))
    after = await done(decide(editor, second, "accept"))
    call = await call_of(editor, after)
    assert (call["readout_count"], len(call["participants"])) == (2, 2)
    assert (await editor.get("/v1/leaders?name=Elena Marchetti&count=exact")).json()["page"]["total"] == 1


async def test_a_text_that_is_recorded_already(editor: httpx.AsyncClient) -> None:
    """Is told with the readout that has it."""
    draft = await ingest(editor, {"text": SEED.read_text("utf-8"), "published_on": "2020-03-20"})
    (warning,) = [one for one in draft["document"]["warnings"] if one["code"] == "already-recorded"]
    assert (await editor.get(f"/v1/readouts/{warning['candidates'][0]['id']}")).status_code == 200
    assert draft["document"]["call"]["further_account_of"]["slug"] == CALL


# Several calls of one text.


async def ingest_two(client: httpx.AsyncClient) -> tuple[Json, Json]:
    """The drafts of a text that reports two calls."""
    first = await ingest(client, TWO)
    (other,) = first["further"]
    return first, await done(client.get(f"/v1/drafts/{other['id']}"))


async def accounts_in(client: httpx.AsyncClient, draft: Json) -> list[Json]:
    """The calls that the readout of an accepted draft tells of, after a look at what each takes from it."""
    assert len((await client.get("/v1/readouts?publisher=office-of-the-president-of-italy")).json()["data"]) == 1
    assert (await client.get(f"/v1/readouts/{draft['readout_id']}")).json()["text"] == BOTH
    listed = (await client.get("/v1/calls?publisher=office-of-the-president-of-italy")).json()["data"]
    calls = [(await client.get(f"/v1/calls/{one['id']}?include=statements,readouts,claims")).json() for one in listed]
    for call in calls:
        assert [one["id"] for one in call["readouts"]] == [draft["readout_id"]]
        assert {one["readout"]["id"] for one in call["statements"]} == {draft["readout_id"]}
        assert all(BOTH[one["start"] : one["end"]] == one["text"] for one in call["statements"])
        quotes = [quote for one in call["claims"] for quote in one["evidence"]]
        assert {quote["readout"]["id"] for quote in quotes} == {draft["readout_id"]}
    return calls


async def test_each_call_of_a_text_has_a_draft(editor: httpx.AsyncClient) -> None:
    """The text's address is that of the first; however often it comes, and also at once, they are those two."""
    answers = await asyncio.gather(*(editor.post("/v1/readouts/ingest", json=TWO) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [*[200] * 5, 201]
    first = await ingest(editor, TWO, status=200)
    assert [answer.json() for answer in answers] == [first] * 6
    (other,) = first["further"]
    second = await done(editor.get(f"/v1/drafts/{other['id']}"))
    assert (await editor.get(f"/v1/drafts/{first['sha256']}")).json() == first
    drafts = (first, second)
    assert [one["number"] for one in drafts] == [1, 2]
    for one, beside in (drafts, drafts[::-1]):
        told = {"id": beside["id"], "number": beside["number"], "status": "open"}
        assert one["further"] == [told | {"call": beside["document"]["call"]["title"]}]
    listed = (await editor.get("/v1/drafts")).json()["data"]
    assert [(one["id"], one["number"]) for one in listed] == [(second["id"], 2), (first["id"], 1)]
    assert [{person["leader"] for person in one["document"]["participants"]} for one in drafts] == [
        {"elena-marchetti", "tomas-lindqvist"},
        {"elena-marchetti", "ilse-brandt"},
    ]
    assert [[said["position"] for said in one["document"]["statements"]] for one in drafts] == [[1], [2, 3]]
    warnings = [warning for one in drafts for warning in one["document"]["warnings"]]
    assert [one["detail"] for one in warnings if one["code"] == "further-calls"] == [
        "The further calls that the text reports have drafts of their own."
    ]
    assert "already-recorded" not in {one["code"] for one in warnings}
    assert first["document"]["readout"] == second["document"]["readout"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_calls_of_one_text_become_one_readout(editor: httpx.AsyncClient, order: tuple[int, int]) -> None:
    """Whichever is accepted first records it, and each has its own history."""
    drafts = await ingest_two(editor)
    one, other = [drafts[place] for place in order]
    await done(correct(editor, one, {"readout": {"url": "https://italy.example/calls"}}))
    first = await done(decide(editor, one, "accept"))
    assert (await done(editor.get(f"/v1/drafts/{other['id']}")))["further"][0]["status"] == "accepted"
    second = await done(decide(editor, other, "accept"))
    assert second["readout_id"] == first["readout_id"]
    calls = await accounts_in(editor, first)
    assert {call["id"] for call in calls} == {first["call_id"], second["call_id"]}
    assert len(calls) == 2
    assert sorted(len(call["statements"]) for call in calls) == [1, 2]
    readout = (await editor.get(f"/v1/readouts/{first['readout_id']}?include=mentions")).json()
    assert (readout["url"], readout["version"]) == ("https://italy.example/calls", 1)
    assert sorted(mention["name"]["text"] for mention in readout["mentions"]) == [
        *["Elena Marchetti"] * 2,
        "Ilse Brandt",
        "Tomas Lindqvist",
    ]
    for draft, kinds in ((one, ["accepted", "corrected", "created"]), (other, ["accepted", "created"])):
        told = (await editor.get(f"/v1/drafts/{draft['id']}/history")).json()["data"]
        assert [revision["kind"] for revision in told] == kinds
    page = (await editor.get(f"/v1/drafts/{one['id']}/history?limit=1")).json()["page"]
    foreign = await editor.get(f"/v1/drafts/{other['id']}/history", params={"limit": 1, "cursor": page["next"]})
    is_problem(foreign, "foreign-cursor")


async def test_a_leader_of_both_calls_is_renamed(editor: httpx.AsyncClient) -> None:
    """The other draft does not take somebody with the same slug and another name for that leader unasked."""
    first, second = await ingest_two(editor)
    (leader,) = [one for one in first["document"]["leaders"] if one["slug"] == "elena-marchetti"]
    named = [{"name": "Elena Marchetti Rossi", "kind": "preferred"}]
    await done(correct(editor, first, {"names": named}, leader["id"]))
    accepted = await call_of(editor, await done(decide(editor, first, "accept")))
    (recorded,) = [one["leader"]["id"] for one in accepted["participants"] if one["leader"]["slug"] == leader["slug"]]
    answer = await decide(editor, second, "accept")
    is_problem(answer, "invalid-request")
    ((place, person),) = [
        (place, one) for place, one in enumerate(second["document"]["participants"]) if one["leader"] == leader["slug"]
    ]
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == f"/leaders/{place}/slug"
    assert recorded in fault["detail"]
    await done(correct(editor, second, {"leader": recorded}, person["id"]))
    call = await call_of(editor, await done(decide(editor, second, "accept")))
    assert call["participants"][place]["leader"] == {
        "id": recorded,
        "slug": leader["slug"],
        "name": "Elena Marchetti Rossi",
    }


async def test_one_call_of_a_text_is_rejected(editor: httpx.AsyncClient) -> None:
    """It keeps the other from nothing, and comes into the same readout once it is accepted after all."""
    first, second = await ingest_two(editor)
    await done(decide(editor, first, "reject"))
    accepted = await done(decide(editor, second, "accept"))
    assert [one["status"] for one in accepted["further"]] == ["rejected"]
    assert [call["id"] for call in await accounts_in(editor, accepted)] == [accepted["call_id"]]
    after = await done(decide(editor, first, "accept"))
    assert after["readout_id"] == accepted["readout_id"]
    assert len(await accounts_in(editor, after)) == 2


async def test_calls_of_one_text_accepted_at_once(editor: httpx.AsyncClient) -> None:
    """One waits for the other, whose readout it then knows, as it knows whom that one recorded."""

    async def accept(one: Json) -> Json:
        # Where the other takes longer than is waited for, it is told to come again.
        while (answer := await decide(editor, one, "accept")).status_code == 503:
            pass
        assert answer.status_code == 200, answer.text
        draft: Json = answer.json()
        return draft

    accepted = await asyncio.gather(*(accept(one) for one in await ingest_two(editor)))
    assert len({one["readout_id"] for one in accepted}) == 1
    assert len(await accounts_in(editor, accepted[0])) == 2


async def test_two_drafts_of_a_text_are_of_one_call(editor: httpx.AsyncClient) -> None:
    """Where a person says so, it lists the readout once, and has what both have read."""
    first, second = await ingest_two(editor)
    accepted = await done(decide(editor, first, "accept"))
    await done(correct(editor, second, {"call": {"further_account_of": {"id": accepted["call_id"]}}}))
    after = await done(decide(editor, second, "accept"))
    assert (after["call_id"], after["readout_id"]) == (accepted["call_id"], accepted["readout_id"])
    (call,) = await accounts_in(editor, after)
    assert (len(call["participants"]), [one["position"] for one in call["statements"]]) == (3, [1, 2, 3])


async def test_the_readout_has_another_text_meanwhile(editor: httpx.AsyncClient, own_seeded_url: str) -> None:
    """Then the other draft quotes it no more, as it quotes none that was removed until that is back."""
    first, second = await ingest_two(editor)
    accepted = await done(decide(editor, first, "accept"))
    readout, call = f"/v1/readouts/{accepted['readout_id']}", f"/v1/calls/{accepted['call_id']}"
    for path in (call, readout):
        assert (await editor.delete(path, headers=ANY)).status_code == 204
    before = await checksums(own_seeded_url)
    told = is_problem(await decide(editor, second, "accept"), "conflict")["detail"]
    assert told == (
        f"The readout {accepted['readout_id']}, which another draft of this text became, was removed since. "
        "Bring it back, and accept again."
    )
    assert await checksums(own_seeded_url) == before
    assert (await editor.post(f"{readout}/history/1/revert", headers=ANY)).status_code == 200
    versions = [{"version": 1, "text": BOTH}, {"version": 2, "text": f"Corrected.\n\n{BOTH}"}]
    assert (await editor.patch(readout, json={"versions": versions}, headers=ANY | PATCH)).status_code == 200
    told = is_problem(await decide(editor, second, "accept"), "conflict")["detail"]
    assert told == (
        f"The readout {accepted['readout_id']}, which another draft of this text became, has another text by now. "
        "Reject this draft, and record its call from that text."
    )
    versions.append({"version": 3, "text": BOTH})
    assert (await editor.patch(readout, json={"versions": versions}, headers=ANY | PATCH)).status_code == 200
    after = await done(decide(editor, second, "accept"))
    assert after["readout_id"] == accepted["readout_id"]
    quoted = {one["readout"]["version"] for one in (await call_of(editor, after))["statements"]}
    assert quoted == {3}


@pytest.mark.parametrize("further", [False, True])
async def test_another_call_takes_the_readout_meanwhile(
    editor: httpx.AsyncClient,
    own_seeded_url: str,
    further: bool,  # noqa: FBT001
) -> None:
    """Whoever is second waits, and neither for the other: a call is locked before a readout, and no lock is raised."""
    first, second = await ingest_two(editor)
    accepted = await done(decide(editor, first, "accept"))
    another = (await editor.post("/v1/calls", json=call_document("another"))).json()["id"]
    if further:
        await done(correct(editor, second, {"call": {"further_account_of": {"id": another}}}))
    async with connected(own_seeded_url) as other, other.transaction():
        # As a change of that call does which lets it have the readout.
        await other.execute("SELECT FROM calls WHERE id = $1 FOR UPDATE", another)
        if not further:
            await other.execute("SELECT FROM readouts WHERE id = $1 FOR SHARE", accepted["readout_id"])
        accepting = asyncio.create_task(decide(editor, second, "accept"))
        await asyncio.sleep(0.3)
        await other.execute("SELECT FROM readouts WHERE id = $1 FOR NO KEY UPDATE", accepted["readout_id"])
    assert (await done(accepting))["readout_id"] == accepted["readout_id"]


# Correcting.


async def test_a_correction_is_marked(editor: httpx.AsyncClient) -> None:
    """What is other is, and nothing else; a patch that changes nothing makes no version."""
    draft = await ingest(editor, GIVEN)
    after = await done(correct(editor, draft, {"call": {"title": "Other"}, "readout": {"rights": "Ours."}}))
    marked = {
        one["id"]
        for one in [after["document"][name] for name in ("call", "readout", "publisher")]
        if one["review"] == "corrected"
    }
    assert (marked, after["version"]) == ({"call", "readout"}, 2)
    assert after["document"]["statements"] == draft["document"]["statements"]
    assert (await done(correct(editor, draft, {"call": {"title": "Other"}})))["version"] == 2
    added = {**draft["document"]["statements"][0], "id": "mine", "position": 99, "suggestions": []}
    statements = [*draft["document"]["statements"], added]
    after = await done(correct(editor, draft, {"statements": statements}))
    assert [one["review"] for one in after["document"]["statements"]] == [
        *["open"] * (len(statements) - 1),
        "corrected",
    ]


async def test_a_wrong_correction(editor: httpx.AsyncClient, own_seeded_url: str) -> None:
    """By its pointer, and nothing is other."""
    draft = await ingest(editor, GIVEN)
    first, claim = draft["document"]["statements"][0], draft["document"]["claims"][0]
    before = await checksums(own_seeded_url)
    for patch, name, faults in (
        ({"call": {"title": ""}}, "", ["/call/title"]),
        ({"colour": 1}, "", ["/colour"]),
        ({"readout": None}, "", ["/readout"]),
        ({"call": {"review": "accepted"}}, "", ["/call/review"]),
        ({"review": "accepted"}, first["id"], ["/statements/0/review"]),
        ({"text": "never said"}, first["id"], ["/statements/0/text"]),
        ({"end": first["end"] + 1}, first["id"], ["/statements/0/text"]),
        ({"speakers": [{"participant": "nobody"}]}, first["id"], ["/statements/0/speakers/0/participant"]),
        ({"id": "other"}, first["id"], ["/statements/0/id"]),
        ({"colour": 1}, first["id"], ["/statements/0/colour"]),
        ({"act": "sing"}, first["id"], ["/statements/0/act"]),
        ({"claims": [claim, claim]}, "", ["/claims/0/id", "/claims/1/id"]),
        ({"value": {"edtf": "yesterday"}}, "claim-1", ["/claims/0/value/edtf"]),
    ):
        assert await pointers(correct(editor, draft, patch, name)) == faults, patch
    is_problem(await correct(editor, draft, {}, "no-such-proposal"), "not-found")
    is_problem(await decide(editor, draft, "proposals/no-such-proposal/accept"), "not-found")
    assert await checksums(own_seeded_url) == before


async def test_which_version(editor: httpx.AsyncClient) -> None:
    """Every change names it, and of many at once one is made."""
    draft = await ingest(editor, GIVEN)
    path = f"/v1/drafts/{draft['id']}"
    tag = (await editor.get(path)).headers["etag"]
    for method, what in (("POST", "/accept"), ("POST", "/reject"), ("POST", "/proposals/call/accept"), ("PATCH", "")):
        content = {"content": b"{}", "headers": PATCH} if method == "PATCH" else {}
        is_problem(await editor.request(method, path + what, **content), "precondition-required")  # type: ignore[arg-type]
    asked = [editor.post(f"{path}/proposals/call/accept", headers={"If-Match": tag}) for _ in range(10)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*asked)) == [200, *[412] * 9]
    asked = [editor.post(f"{path}/accept", headers=ANY) for _ in range(4)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*asked)) == [200, *[409] * 3]
    assert (await editor.get("/v1/calls?leader=elena-marchetti&count=exact")).json()["page"]["total"] == 1


async def test_a_decision_is_sent_again(editor: httpx.AsyncClient) -> None:
    """It is answered as before, though the draft is accepted by then."""
    draft = await ingest(editor, GIVEN)
    first, second = [await decide(editor, draft, "accept", **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert (first.status_code, second.status_code, first.content) == (200, 200, second.content)
    assert second.headers["idempotency-replayed"] == "true"


async def test_the_history_of_a_draft(editor: httpx.AsyncClient) -> None:
    """Who did what to it, when and why, and what it was before."""
    draft = await ingest(editor, GIVEN)
    await done(correct(editor, draft, {"call": {"title": "Other"}}, **{"X-Change-Note": "A better title."}))
    await done(decide(editor, draft, "proposals/statement-1/reject", **{"X-Change-Note": "Narration."}))
    await done(decide(editor, draft, "accept"))
    path = f"/v1/drafts/{draft['id']}/history"
    told = (await editor.get(path)).json()["data"]
    assert [(one["version"], one["kind"], one["proposal"], one["note"], one["author"]) for one in told] == [
        (4, "accepted", None, None, "Editor"),
        (3, "rejected", "statement-1", "Narration.", "Editor"),
        (2, "corrected", None, "A better title.", "Editor"),
        (1, "created", None, None, "Editor"),
    ]
    page = (await editor.get(path, params={"limit": 3})).json()
    rest = (await editor.get(path, params={"limit": 3, "cursor": page["page"]["next"]})).json()
    assert [one["version"] for one in [*page["data"], *rest["data"]]] == [4, 3, 2, 1]
    revisions = [(await editor.get(f"{path}/{version}")).json() for version in (1, 2, 3, 4)]
    assert revisions[0]["before"] is None
    assert revisions[0]["after"] == revisions[1]["before"] == draft["document"]
    assert revisions[1]["after"]["call"]["title"] == "Other"
    assert revisions[3]["after"] == (await editor.get(f"/v1/drafts/{draft['id']}")).json()["document"]
    is_problem(await editor.get(f"{path}/5"), "not-found")


# Who may.


async def test_drafts_are_for_those_who_may_write(own_seeded_url: str) -> None:
    """What is unchecked is read by nobody else, whether or not reads are public, and no cache keeps it for others."""
    for reads in ("public", "private"):
        app = create_app(Settings(database_url=own_seeded_url, reads=reads))
        async with app.router.lifespan_context(app), client_of(app) as client:
            writer, reader = [
                {"Authorization": f"Bearer {(await give_key(app.state.database, 'Somebody', scope)).text}"}
                for scope in ("records:write", "records:read")
            ]
            made = await client.post("/v1/readouts/ingest", json=BODIES["ingestReadout"], headers=writer)
            assert made.status_code in {200, 201}
            for path, operation in KEYED:
                here = address(path, operation)
                answer = await client.get(here, headers=writer)
                assert answer.status_code == 200, answer.text
                assert answer.headers["cache-control"] == "private, no-cache"
                validator_of(operation, 200, "application/json").validate(answer.json())
                held = await client.get(here, headers=writer | {"If-None-Match": answer.headers["etag"]})
                assert (held.status_code, held.content) == (304, b"")
                for _ in range(2):
                    # Also where somebody else was told just now.
                    tag = {"If-None-Match": answer.headers["etag"]}
                    is_problem(await client.get(here, headers=reader | tag), "forbidden")
                    is_problem(await client.get(here, headers=tag), "unauthorised")
                    stranger = {"Authorization": f"Bearer {Key.new().text}"}
                    is_problem(await client.get(here, headers=stranger | tag), "unauthorised")
                assert (await client.head(here, headers=writer)).status_code == 200
                assert (await client.get(here + "?colour=red", headers=writer)).status_code == 422
                assert (await client.get(here, headers=writer | {"Accept": "text/turtle"})).status_code == 406
            for path in ("/v1/readouts/draft", "/v1/readouts/ingest"):
                is_problem(await client.post(path, json=GIVEN), "unauthorised")
                is_problem(await client.post(path, json=GIVEN, headers=reader), "forbidden")


async def test_a_draft_that_is_none(editor: httpx.AsyncClient) -> None:
    """By whatever it is asked for."""
    for key in ("none", "0" * 64, "01970000-0000-7000-8000-000000000000", "%C3%A4"):
        for path in ("", "/history", "/history/1"):
            is_problem(await editor.get(f"/v1/drafts/{key}{path}"), "not-found")
        is_problem(await editor.post(f"/v1/drafts/{key}/accept", headers=ANY), "not-found")
    is_problem(await editor.get("/v1/drafts?cursor=WyJ4Il0"), "foreign-cursor")


async def test_two_accounts_in_an_empty_service(empty_url: str) -> None:
    """Nobody is recorded, nor any topic: one call with two accounts comes of them."""
    async with serving(empty_url) as app, client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {(await give_key(app.state.database)).text}"
        await done(decide(client, await ingest(client, GIVEN), "accept"))
        accepted = await done(decide(client, await ingest(client, OTHER), "accept"))
        (call,) = (await client.get("/v1/calls")).json()["data"]
        assert (call["readout_count"], len(call["publishers"]), call["id"]) == (2, 2, accepted["call_id"])
        asked = "/v1/statements?speaker=elena-marchetti&attributed_by=government-of-sweden"
        assert [one["text"] for one in (await client.get(asked)).json()["data"]]
        lines = [json.loads(line) for line in (await client.get("/v1/calls?format=ndjson")).text.splitlines()]
        assert len(lines) == 1


async def test_the_guide_is_true(editor: httpx.AsyncClient) -> None:
    """Its commands, one after another, answer what it shows."""
    guide = (Path(__file__).parents[1] / "docs" / "drafts.md").read_text("utf-8")
    steps = re.findall(r"```sh\n(curl .*?)\n```\n\n```json\n(.*?)\n```", guide, re.DOTALL)
    assert len(steps) == guide.count("```sh") >= 5
    for command, shown in steps:
        words = shlex.split(command)
        told = {flag: [words[at + 1] for at, word in enumerate(words) if word == flag] for flag in ("-X", "-H", "-d")}
        (url,) = [word for word in words if word.startswith("http")]
        headers = dict(line.split(": ", 1) for line in told["-H"] if "$KEY" not in line)
        content = next(iter(told["-d"]), None)
        method = next(iter(told["-X"]), "GET")
        answer = await editor.request(
            method, url.removeprefix("http://127.0.0.1:8000"), headers=headers, content=content and content.encode()
        )
        assert answer.is_success, answer.text
        assert shows(shortened(shown), answer.json()), answer.text


def test_what_is_read_on_its_own() -> None:
    """The texts of these tests are understood as they are meant, without a service."""
    draft = read_readout(OURS, published_on=date(2021, 5, 4))
    assert [(one.name, one.party) for one in draft.participants] == [
        ("Elena Marchetti", "IT"),
        ("Tomas Lindqvist", "SE"),
    ]
