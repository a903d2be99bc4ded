"""Whole records go from one service to another as they are, and what is wrong with a line is told with its place."""

import asyncio
import io
import json
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from sqlalchemy import text

from app import importing, rebuilding
from app.copying import Rows
from app.db import Database, driver_connection
from app.exporting import exported
from app.importing import Imported, ImportRefused, import_records
from app.lines import record_schema
from app.loading import loading
from app.seed import load_seed
from app.writings import THE_SERVICE, Writing
from tests.conftest import create_database, opened
from tests.factories import World, generate
from tests.test_migrations import described
from tests.test_records import contents, documents, quote, uuid_of

Json = dict[str, Any]
KINDS = {
    "parties": "party",
    "leaders": "leader",
    "publishers": "publisher",
    "topics": "topic",
    "readouts": "readout",
    "calls": "call",
}
VALIDATOR = jsonschema.Draft202012Validator(record_schema())


def lines_of(given: dict[str, list[Json]]) -> list[Json]:
    """Documents as lines; topics stand broader ones first."""
    ordered = given | {"topics": sorted(given["topics"], key=lambda topic: topic["id"])}
    return [{"type": KINDS[name], **document} for name, some in ordered.items() for document in some]


def written(lines: Iterable[Json]) -> bytes:
    """Lines as they stand in a file."""
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


async def export(database: Database) -> bytes:
    """All that is exported."""
    return "".join([f"{line}\n" async for lines in exported(database) for line in lines]).encode()


async def import_(database: Database, lines: bytes | Iterable[Json], *, skip_invalid: bool = False) -> Imported:
    """What becomes of lines."""
    source = io.BytesIO(lines if isinstance(lines, bytes) else written(lines))
    return await import_records(database, source, skip_invalid=skip_invalid)


async def imported(server: str, migrated: str, lines: bytes | Iterable[Json]) -> bytes:
    """What a service that was empty exports after an import without faults."""
    async with opened(await create_database(server, migrated)) as database:
        outcome = await import_(database, lines)
        assert outcome.faults == []
        return await export(database)


@pytest.fixture(scope="module")
async def empty(server: str, migrated: str) -> Any:
    """A database in which these tests leave nothing."""
    async with opened(await create_database(server, migrated)) as database:
        yield database


@pytest.fixture
async def seeded_own(own_seeded_url: str) -> Any:
    """A database of a test's own with the seed."""
    async with opened(own_seeded_url) as database:
        yield database


@pytest.fixture(params=[1, 2, 1_000])
def batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of some lines, so that what belongs together comes in one or in several."""
    monkeypatch.setattr("app.importing._LINES_A_BATCH", request.param)


# There and back.


async def test_the_seed_travels(server: str, migrated: str) -> None:
    """To the byte, and into the same rows as the seed's own file."""
    async with opened(await create_database(server, migrated)) as first:
        async with first.writing() as writing:
            await load_seed(writing)
        sent, rows = await export(first), await contents(first)
    async with opened(await create_database(server, migrated)) as second:
        assert not (await import_(second, sent)).faults
        assert await export(second) == sent
        assert timeless(await contents(second)) == timeless(rows)


def timeless(rows: dict[str, str]) -> dict[str, str]:
    """Rows without the times at which they were recorded."""
    drop = {"created_at", "content_changed_at"}
    return {
        table: json.dumps([{k: v for k, v in row.items() if k not in drop} for row in json.loads(told)])
        for table, told in rows.items()
    }


async def test_the_generated_records_travel(server: str, migrated: str, world: World) -> None:
    """Readouts of several calls, calls without readouts, joint statements, undated calls, unknown leaders."""
    async with opened(world.url) as database:
        sent, rows = await export(database), await contents(database)
    async with opened(await create_database(server, migrated)) as second:
        assert not (await import_(second, sent)).faults
        assert await export(second) == sent
        assert timeless(await contents(second)) == timeless(rows)
    for line in sent.decode().splitlines():
        VALIDATOR.validate(json.loads(line))


def everything() -> list[Json]:
    """One of each with every member, readouts that refer to each other in a circle, earlier keys everywhere."""
    given = documents()
    other = given["readouts"][1]
    # The second is withheld; a third one translates the first, and the first rests on the third.
    words = "Он сказал: нет."
    given["readouts"].append(
        {
            "id": uuid_of(5, 4),
            "title": "Third",
            "language": "ru",
            "translation_of": uuid_of(5, 1),
            "versions": [{"text": words}],
        }
    )
    evidence = {"readout": uuid_of(5, 4), "version": 1, **quote("нет", words)}
    given["readouts"][0]["claims"][0]["evidence"].append(evidence)
    given["calls"][1]["claims"][0]["evidence"] = [evidence]
    given["calls"][0]["readouts"].append(uuid_of(5, 4))
    for name, number in (("leaders", 2), ("publishers", 3), ("topics", 4), ("calls", 6)):
        given[name][0]["former_keys"] = [f"former-{number}", uuid_of(number, 99)]
    other["former_keys"] = [uuid_of(5, 98), uuid_of(5, 99)]
    given["calls"][0]["participants"][0]["former_keys"] = [uuid_of(7, 99)]
    return lines_of(given)


@pytest.mark.usefixtures("batches")
async def test_everything_travels(server: str, migrated: str) -> None:
    """However it came in, it goes out in one form, and that form comes in as it is."""
    lines = everything()
    for line in lines:
        VALIDATOR.validate(line)
    async with opened(await create_database(server, migrated)) as first:
        assert not (await import_(first, lines)).faults
        sent, rows = await export(first), await contents(first)
    async with opened(await create_database(server, migrated)) as second:
        assert not (await import_(second, sent)).faults
        assert await export(second) == sent
        # Mentions and claims keep their order, though not the gaps in it.
        assert timeless(await contents(second)) == timeless(rows)
    # Drafts are no records, and stay where they are.
    assert {table for table, told in rows.items() if told == "[]"} == {"draft_revisions", "drafts"}
    for told in sent.decode().splitlines():
        VALIDATOR.validate(json.loads(told))


@pytest.mark.parametrize("seed", range(3))
async def test_readouts_stand_in_their_calls_or_before(server: str, migrated: str, seed: int) -> None:
    """Random documents, of which some refer to readouts of other calls; every line comes after what it refers to."""
    chance = random.Random(seed)
    given = generate(40, chance)
    for call in given["calls"]:
        readout = chance.choice(given["readouts"])
        version = readout["versions"][0]
        call["claims"][0]["evidence"] = [
            {"readout": readout["id"], "version": 1, "text": version["text"][2:7], "start": 2, "end": 7}
        ]
    sent = await imported(server, migrated, lines_of(given))
    assert await imported(server, migrated, sent) == sent
    known: set[str] = set()
    for line in map(json.loads, sent.decode().splitlines()):
        readouts = line.get("readouts", [])
        known |= {readout["id"] for readout in readouts if isinstance(readout, dict)}
        if line["type"] == "readout":
            known.add(line["id"])
        named = {readout for readout in readouts if isinstance(readout, str)}
        named |= {e["readout"] for claim in line.get("claims", []) for e in claim.get("evidence", []) if "readout" in e}
        assert named <= known
    assert known == {readout["id"] for readout in given["readouts"]}


@pytest.mark.usefixtures("batches")
async def test_twice_is_once(seeded_own: Database) -> None:
    """Ids, versions and times included; also where a file says everything twice."""
    lines = everything()
    first = await import_(seeded_own, lines)
    before = await contents(seeded_own)
    for again in (lines, [*lines, *lines]):
        second = await import_(seeded_own, again)
        assert (second.faults, second.recorded.total()) == ([], 0)
        assert second.there.total() == first.recorded.total() * len(again) // len(lines)
        assert await contents(seeded_own) == before


@pytest.mark.usefixtures("batches")
async def test_a_record_is_met_under_another_id(server: str, migrated: str) -> None:
    """It is left as it is, and stands for the file's own wherever the file refers to that, by whatever key."""
    async with opened(await create_database(server, migrated)) as database:
        recorded = {
            "parties": [{"id": uuid_of(1, 50), "code": "SUHH", "name": "USSR", "kind": "former_state"}],
            # The one is met by an identifier, though the other has its slug.
            "leaders": [leader(50, "another-slug", "Q1"), leader(51, "somebody", "Q2")],
            "publishers": [{"id": uuid_of(3, 50), "slug": "agency", "name": "Agency", "kind": "agency"}],
            "topics": [{"id": uuid_of(4, 50), "slug": "peace", "name": "Peace"}],
            "readouts": [readout(50, "Kept.", identifiers=[{"scheme": "press", "value": "1"}])],
            "calls": [],
        }
        assert not (await import_(database, lines_of(recorded))).faults
        given = {
            "parties": [{"id": uuid_of(1, 60), "code": "SUHH", "name": "Soviet Union", "kind": "former_state"}],
            "leaders": [leader(60, "somebody", "Q1")],
            "publishers": [{"id": uuid_of(3, 60), "slug": "agency", "name": "Other", "kind": "other"}],
            "topics": [{"id": uuid_of(4, 60), "slug": "peace", "name": "Other"}],
            "readouts": [readout(60, "Other.", identifiers=[{"scheme": "press", "value": "1"}])],
            "calls": [
                call(60, leader="somebody", readouts=[uuid_of(5, 60)], statements=[said(60, "Kept.")])
                | {"id": uuid_of(6, 60)},
                call(61, leader=uuid_of(2, 60), party=uuid_of(1, 60), readouts=[uuid_of(5, 60)]),
            ],
        }
        outcome = await import_(database, lines_of(given))
        assert outcome.faults == []
        assert dict(outcome.there) == {"party": 1, "leader": 1, "publisher": 1, "topic": 1, "readout": 1}
        async with database.writing() as writing:
            people = (await writing.execute(text("SELECT leader_id::text, party_id::text FROM participants"))).all()
            readouts = (await writing.execute(text("SELECT DISTINCT readout_id::text FROM call_readouts"))).scalars()
            assert [tuple(row) for row in people] == [(uuid_of(2, 50), uuid_of(1, 50))] * 2
            assert list(readouts) == [uuid_of(5, 50)]


@pytest.mark.usefixtures("batches")
async def test_what_waited_meets_a_recorded_readout(seeded_own: Database) -> None:
    """Under another id: evidence and a translation are of that one, if the words stand in it."""
    press = {"identifiers": [{"scheme": "press", "value": "1"}]}
    assert not (await import_(seeded_own, [{"type": "readout", **readout(50, "Kept.", **press)}])).faults
    evidence = {"readout": uuid_of(5, 60), "version": 1, "text": "Kept", "start": 0, "end": 4}
    claim = {"field": "publisher", "value": "dalian-municipal-government", "basis": "stated", "evidence": [evidence]}
    lines = [
        {"type": "readout", **readout(61, "A.", claims=[claim], translation_of=uuid_of(5, 60))},
        {"type": "readout", **readout(60, "Other.", **press)},
    ]
    wrong = changed(lines, 0, "/claims/0/evidence/0/text", "kept")
    refused = await import_(seeded_own, wrong)
    assert [(fault.line, fault.pointer) for fault in refused.faults] == [(1, "/claims/0/evidence/0/text")]
    new = await import_(seeded_own, [wrong[0], {"type": "readout", **readout(60, "Kind.")}])
    assert [(fault.line, fault.pointer) for fault in new.faults] == [(1, "/claims/0/evidence/0/text")]
    quoting = [
        lines[1],
        {"type": "call", **call(61, None, "CN", readouts=[uuid_of(5, 60)], statements=[said(60, "Kind.")])},
    ]
    refused = await import_(seeded_own, quoting)
    assert [(fault.line, fault.pointer) for fault in refused.faults] == [(2, "/statements/0/text")]
    assert (await import_(seeded_own, lines)).faults == []
    async with seeded_own.writing() as writing:
        asked = (
            "SELECT translation_of, (SELECT readout_id FROM evidence WHERE text = 'Kept') FROM readouts WHERE id = :id"
        )
        (row,) = await writing.execute(text(asked), {"id": uuid_of(5, 61)})
    assert [str(found) for found in row] == [uuid_of(5, 50)] * 2


@pytest.mark.usefixtures("batches")
async def test_former_ids_are_keys_as_any(seeded_own: Database) -> None:
    """Of a record on an earlier line, too; a readout that is waited for under one has come."""
    one = leader(50, "one", "Q50") | {"former_keys": [uuid_of(2, 51)]}
    lines = [
        {"type": "leader", **one},
        {"type": "leader", **leader(51, "two", "Q51")},
        {"type": "readout", **readout(61, "A.", translation_of=uuid_of(5, 60))},
        {"type": "readout", **readout(62, "B.", former_keys=[uuid_of(5, 60)])},
    ]
    outcome = await import_(seeded_own, lines)
    assert (outcome.faults, dict(outcome.recorded), dict(outcome.there)) == (
        [],
        {"leader": 1, "readout": 2},
        {"leader": 1},
    )
    async with seeded_own.writing() as writing:
        asked = text("SELECT translation_of::text FROM readouts WHERE id = :id")
        assert (await writing.execute(asked, {"id": uuid_of(5, 61)})).scalar_one() == uuid_of(5, 62)


@pytest.mark.usefixtures("batches")
async def test_no_readout_is_a_translation_of_itself(seeded_own: Database) -> None:
    """By an earlier id of its own, or by an id that turns out to be its own."""
    press = {"identifiers": [{"scheme": "press", "value": "1"}]}
    for lines in (
        [readout(63, "C.", former_keys=[uuid_of(5, 64)], translation_of=uuid_of(5, 64))],
        [readout(65, "D.", translation_of=uuid_of(5, 66), **press), readout(66, "E.", **press)],
    ):
        outcome = await import_(seeded_own, [{"type": "readout", **line} for line in lines])
        assert [(fault.line, fault.pointer) for fault in outcome.faults] == [(1, "/translation_of")]
        assert outcome.faults[0].detail == "is the readout itself"


@pytest.mark.usefixtures("batches")
async def test_a_place_in_a_readout_that_is_met_under_another_id(seeded_own: Database) -> None:
    """It is taken, whichever line has the readout."""
    press = {"identifiers": [{"scheme": "press", "value": "1"}]}
    kept = {"readouts": [readout(50, "Kept.", **press)], "statements": [said(50, "Kept.")]}
    assert not (await import_(seeded_own, [{"type": "call", **call(50, None, "CN", **kept)}])).faults
    met = readout(60, "Kept.", **press)
    for before, held in (([], met), ([{"type": "readout", **met}], met["id"])):
        other = call(61, None, "CN", readouts=[held], statements=[said(60, "Kept.")])
        lines = [*before, {"type": "call", **other}]
        outcome = await import_(seeded_own, lines)
        assert [(fault.line, fault.pointer) for fault in outcome.faults] == [(len(lines), "/statements/0/position")]


async def test_what_is_entered_while_a_writing_is_begun(seeded_own: Database) -> None:
    """Counts as well: the next batch is gone through while the database takes in the first."""
    async with seeded_own.writing() as begun:
        connection = await driver_connection(begun)
        writing, rows = Writing(connection, THE_SERVICE), Rows()
        await writing.begin()
        writing.enter(rows, "topics", uuid4(), 1, "created")
        entering = asyncio.create_task(writing.enter_itself())
        await asyncio.sleep(0)
        writing.enter(rows, "topics", uuid4(), 1, "created")
        await entering
        await writing.finish()
        assert await connection.fetchval("SELECT size FROM writings ORDER BY id DESC LIMIT 1") == 2


async def test_what_fails_once_all_is_recorded(seeded_own: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is told as what it is: the records are there."""

    async def fails(_database: Database) -> None:
        message = "the connection\nis gone"
        raise ConnectionResetError(message)

    monkeypatch.setattr(importing, "keep_all", fails)
    outcome = await import_(seeded_own, [{"type": "topic", "slug": "one", "name": "One"}])
    assert (dict(outcome.recorded), outcome.left) == ({"topic": 1}, "the connection is gone")
    again = await import_(seeded_own, [{"type": "topic", "slug": "one", "name": "One"}])
    assert (dict(again.there), again.left) == ({"topic": 1}, None)


# What is wrong.


def leader(number: int, slug: str, qid: str) -> Json:
    """A leader."""
    return {
        "id": uuid_of(2, number),
        "slug": slug,
        "names": [{"name": slug, "kind": "preferred"}],
        "identifiers": [{"scheme": "wikidata", "value": qid}],
    }


def readout(number: int, words: str, **more: Any) -> Json:
    """A readout."""
    return {"id": uuid_of(5, number), "title": "T", "language": "en", "versions": [{"text": words}], **more}


def said(number: int, words: str, **more: Any) -> Json:
    """A statement of the whole text of a readout."""
    return {
        "id": uuid_of(8, number),
        "readout": uuid_of(5, number),
        "position": 1,
        "paragraph": 1,
        "speakers": [{"participant": "one"}],
        "text": words,
        "start": 0,
        "end": len(words),
        "attribution": {"kind": "inherited"},
        **more,
    }


def call(number: int, leader: str | None = None, party: str | None = "SUHH", **more: Any) -> Json:
    """A call."""
    return {
        "id": uuid_of(6, number),
        "slug": f"call-{number}",
        "title": "Call",
        "participants": [{"ref": "one", "id": uuid_of(7, number), "leader": leader, "party": party}],
        "date": {"edtf": "1960"},
        "channel": "telephone",
        **more,
    }


def base() -> list[Json]:
    """A party, a leader, a publisher, a topic, a readout, and a call with a readout of its own."""
    evidence = {"readout": uuid_of(5, 2), "version": 1, "text": "Peace", "start": 0, "end": 5}
    return lines_of(
        {
            "parties": [
                {"id": uuid_of(1, 1), "code": "SUHH", "name": "USSR", "kind": "former_state", "aliases": ["SU"]}
            ],
            "leaders": [leader(1, "leader-1", "Q1"), leader(2, "leader-2", "Q2")],
            "publishers": [{"id": uuid_of(3, 1), "slug": "agency", "name": "Agency", "kind": "agency"}],
            "topics": [{"id": uuid_of(4, 1), "slug": "peace", "name": "Peace"}],
            "readouts": [readout(1, "Quiet."), readout(3, "Peace, he said.")],
            "calls": [
                call(
                    2,
                    leader="leader-1",
                    readouts=[readout(2, "Peace, he said."), uuid_of(5, 1)],
                    mentions=[
                        {"participant": "one", "readout": uuid_of(5, 2), "name": {"text": "he", "start": 7, "end": 9}}
                    ],
                    statements=[
                        said(
                            2,
                            "Peace",
                            topics=["peace"],
                            attribution={"kind": "explicit", "verb": "said", "text": "he said", "start": 7, "end": 14},
                        )
                    ],
                    claims=[
                        {
                            "id": uuid_of(9, 1),
                            "field": "duration",
                            "value": 60,
                            "basis": "stated",
                            "evidence": [evidence],
                        }
                    ],
                )
            ],
        }
    )


PARTY, LEADER, OTHER, PUBLISHER, TOPIC, READOUT, CALL = 0, 1, 2, 3, 4, 5, 7
DELETED = object()
# By the line and the pointer of the fault: what is put there, and what the fault says.
WRONG: list[tuple[int, str, Any, str]] = [
    (PARTY, "/type", "state", "must be one of party, leader"),
    (PARTY, "/type", DELETED, "is missing"),
    (PARTY, "/name", DELETED, "is missing"),
    (PARTY, "/colour~1~0", 1, "is not a member here"),
    (PARTY, "/name", "a\u0000b", "NUL"),
    (PARTY, "/code", "suhh", "pattern"),
    (OTHER, "/slug", "01970000-0000-7000-8000-000000000001", "form of an id"),
    (PARTY, "/aliases/0", 1, "string"),
    (PARTY, "/id", "1", "UUID"),
    (PARTY, "/identifiers", [{"scheme": "a", "value": "B"}, {"scheme": "a", "value": "b"}], "twice"),
    (PARTY, "/aliases", ["SU", "su"], "twice"),
    (LEADER, "/names/0/kind", "native", "exactly one name must be preferred"),
    (LEADER, "/names", [{"name": "A", "kind": "preferred"}, *[{"name": "B", "kind": "alias"}] * 2], "twice"),
    (LEADER, "/offices", [{"title": "T", "party": "XX"}], "no party is recorded under XX"),
    (LEADER, "/offices", [{"title": "T", "from": "1960-05", "to": "1959"}], "before"),
    (LEADER, "/offices", [{"title": "T", "to": "9999"}], "open"),
    (LEADER, "/offices", [{"title": "T", "to": "1960-02-30"}], "calendar"),
    (OTHER, "/identifiers/1", {"scheme": "wikidata", "value": "q2"}, "twice"),
    (PUBLISHER, "/party", uuid_of(1, 9), "no party"),
    (PUBLISHER, "/identifiers", [{"scheme": "wikidata", "value": "Q1"}], "taken"),
    (PUBLISHER, "/url", "javascript:alert(1)", "pattern"),
    (TOPIC, "/broader", "peace", "no topic is recorded under peace"),
    (TOPIC, "/former_keys", ["Upper"], "pattern"),
    (TOPIC, "/former_keys", ["peace"], "key of a record"),
    (TOPIC, "/former_keys", ["war", "war"], "twice"),
    (TOPIC, "/name", "\ufdfa" * 200, "too long"),
    (READOUT, "/publisher", "nobody", "no publisher"),
    (READOUT, "/versions", [{"text": "A"}, {"text": "B"}], "twice"),
    (READOUT, "/versions", [{"text": "e\u0301"}], "normalisation"),
    (READOUT, "/translation_of", uuid_of(5, 1), "itself"),
    (READOUT, "/translation_of", uuid_of(5, 9), "no readout"),
    (READOUT, "/retrieved_at", "0001-01-01T00:00:00Z", "years"),
    (READOUT, "/retrieved_at", "2020-01-01T00:00:00", "timezone"),
    (CALL, "/participants/0/leader", "nobody", "no leader"),
    (CALL, "/participants/0/party", "XX", "no party"),
    (CALL, "/readouts/1", uuid_of(5, 9), "no readout"),
    (CALL, "/readouts/1", uuid_of(5, 2), "twice"),
    (CALL, "/readouts/1", 5, "object"),
    (CALL, "/readouts/0/title", 5, "string"),
    (CALL, "/readouts/0/publisher", "nobody", "no publisher"),
    (CALL, "/mentions/0/readout", uuid_of(5, 9), "no readout"),
    (CALL, "/mentions/0/readout", uuid_of(5, 3), "not among"),
    (CALL, "/mentions/0/version", 2, "no such version"),
    (CALL, "/mentions/0/name/text", "He", "does not stand"),
    (CALL, "/mentions/0/office", {"text": "hx", "start": 7, "end": 9}, "does not stand"),
    (CALL, "/statements/0/readout", uuid_of(5, 9), "no readout"),
    (CALL, "/statements/0/readout", uuid_of(5, 3), "not among"),
    (CALL, "/statements/1", said(3, "Peace", readout=uuid_of(5, 2)), "another statement"),
    (CALL, "/statements/1", said(2, "Peace", readout=uuid_of(5, 2), position=2), "taken"),
    (CALL, "/statements/0/text", "War!!", "does not stand"),
    (CALL, "/statements/0", said(2, "Peace", end=4), "does not stand"),
    (CALL, "/statements/0", said(2, "Peace, he said.", end=16), "does not stand"),
    (CALL, "/statements/0/topics/0", "war", "no topic"),
    (CALL, "/statements/0/topics", ["peace", uuid_of(4, 1)], "twice"),
    (CALL, "/statements/0/speakers", [{"participant": "one"}] * 2, "twice"),
    (CALL, "/statements/0/attribution/text", "he says", "does not stand"),
    (CALL, "/statements/0/attribution/text", DELETED, "missing"),
    (CALL, "/statements/0/attribution", {"kind": "inherited", "verb": "said"}, "inherited"),
    (CALL, "/claims/0/value", -1, "greater"),
    (CALL, "/claims/0/field", "weather", "must be one of"),
    (CALL, "/claims/0/evidence/0/version", 9, "no such version"),
    (CALL, "/claims/0/evidence/0/text", "peace", "does not stand"),
    (CALL, "/claims/0/evidence/0/readout", uuid_of(5, 9), "no readout"),
    (CALL, "/date/edtf", "1960-13", "calendar"),
    (CALL, "/date", DELETED, "a call needs a date"),
    (CALL, "/participants", [{"ref": "one", "leader": "leader-1"}, {"ref": "b", "leader": uuid_of(2, 1)}], "twice"),
    (CALL, "/participants/0/former_keys", ["a", "a"], "taken"),
]


def changed(lines: list[Json], number: int, where: str, value: Any) -> list[Json]:
    """Lines of which one has another value at a pointer."""
    lines = deepcopy(lines)
    at: Any = lines[number]
    *way, last = [step.replace("~1", "/").replace("~0", "~") for step in where.split("/")[1:]]
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    key: Any = int(last) if isinstance(at, list) else last
    if value is DELETED:
        del at[key]
    elif isinstance(at, list) and key == len(at):
        at.append(value)
    else:
        at[key] = value
    return lines


@pytest.mark.parametrize(("number", "where", "value", "told"), WRONG)
async def test_what_is_wrong_is_told_with_its_place(
    empty: Database, number: int, where: str, value: Any, told: str
) -> None:
    """Line and pointer; nothing is recorded, and whoever refers to the line is told of it."""
    before = await contents(empty)
    outcome = await import_(empty, changed(base(), number, where, value))
    assert await contents(empty) == before
    assert outcome.recorded.total() == 0
    own = [fault for fault in outcome.faults if fault.line == number + 1]
    assert any(told in fault.detail for fault in own), outcome.faults
    assert all(fault.pointer.startswith(where) or where.startswith(fault.pointer) for fault in own), own
    others = [fault.detail for fault in outcome.faults if fault not in own]
    assert all("is recorded under" in detail for detail in others)
    # What a line is of is seen by its type and its keys, unless it is these that are wrong.
    assert where in {"/type", "/code"} or all(f"since line {number + 1} has faults" in detail for detail in others)
    assert outcome.faulty == len(outcome.faults)


async def test_what_is_not_wrong(server: str, migrated: str) -> None:
    """The same lines as they are; a readout that one call alone refers to goes into it."""
    assert len((await imported(server, migrated, base())).splitlines()) == len(base()) - 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"nonsense", "is not JSON"),
        (b'{"type": "party", "name": "\\ud800"}', "is not JSON"),
        (b'{"type": "party", "name": "\xff"}', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[1]", "should be an object"),
        (b"null", "should be an object"),
        (b'{"type": "call", "readouts": {}, "title": NaN}', "is missing"),
    ],
)
async def test_what_is_no_record(empty: Database, line: bytes, told: str) -> None:
    """It is told in a sentence that does not repeat it; empty lines are passed over, but counted."""
    outcome = await import_(empty, b"\n\r\n" + line + b"\n")
    assert {fault.line for fault in outcome.faults} == {3}
    assert any(told in fault.detail for fault in outcome.faults)
    assert all(len(fault.detail) < 200 for fault in outcome.faults)


async def test_all_faults_of_all_lines_are_told(empty: Database) -> None:
    """Of a great many the first ones, and the number of all."""
    lines = [{"type": "topic", "slug": "A", "name": ""} for _ in range(6_000)]
    outcome = await import_(empty, lines)
    assert (len(outcome.faults), outcome.faulty) == (10_000, 12_000)
    assert [fault.line for fault in outcome.faults] == sorted([*range(1, 5_001), *range(1, 5_001)])


@pytest.mark.usefixtures("batches")
async def test_what_is_taken_by_other_records(seeded_own: Database) -> None:
    """Those of before, and those of earlier lines, whichever batch they are in."""
    await import_(seeded_own, base())
    taken: list[tuple[Json, str]] = [
        (call(70, participants=[{"ref": "one", "id": uuid_of(7, 2)}]), "/participants/0/id"),
        (call(70, readouts=[uuid_of(5, 2)], statements=[said(2, "Peace", position=2)]), "/statements/0/id"),
        (
            call(70, readouts=[uuid_of(5, 2)], statements=[said(70, "Peace", readout=uuid_of(5, 2))]),
            "/statements/0/position",
        ),
        (call(70, claims=[{"id": uuid_of(9, 1), "field": "duration", "value": 1, "basis": "stated"}]), "/claims/0/id"),
        (call(70, identifiers=[{"scheme": "wikidata", "value": "q7747"}]), "/identifiers/0"),
        (call(70, former_keys=["call-2"]), "/former_keys/0"),
        (
            call(70, readouts=[uuid_of(5, 2)], statements=[said(70, "War", readout=uuid_of(5, 2), position=9)]),
            "/statements/0/text",
        ),
    ]
    for line, pointer in taken:
        outcome = await import_(seeded_own, [{"type": "call", **line}])
        assert [fault.pointer for fault in outcome.faults] == [pointer]
        # The same of earlier lines of one file.
        sent = [{"type": "call", **line}, {"type": "call", **line, "id": uuid_of(6, 71), "slug": "call-71"}]
        sent = changed(sent, 0, "/title", "Other")
        outcome = await import_(seeded_own, sent)
        assert [(fault.line, fault.pointer) for fault in outcome.faults] == [(1, pointer), (2, pointer)]
    parties: list[tuple[Json, str]] = [
        ({"code": "XX", "aliases": ["中国"]}, "/aliases/0"),
        ({"code": "XX", "aliases": ["cn"]}, "/aliases/0"),
        ({"code": "SU"}, "/code"),
    ]
    for party, pointer in parties:
        outcome = await import_(seeded_own, [{"type": "party", "name": "X", "kind": "other", **party}])
        assert [fault.pointer for fault in outcome.faults] == [pointer]
    both = [leader(80, "one", "Q80"), leader(81, "two", "Q81")]
    torn = leader(82, "three", "Q80") | {"identifiers": [*both[0]["identifiers"], *both[1]["identifiers"]]}
    outcome = await import_(seeded_own, [{"type": "leader", **document} for document in (*both, torn)])
    assert [(fault.line, fault.pointer) for fault in outcome.faults] == [(3, "/identifiers")]


@pytest.mark.usefixtures("batches")
async def test_the_rest_is_recorded(seeded_own: Database) -> None:
    """With what refers to nothing that was skipped; a line whose fault shows only later is left out as well."""
    circle = [
        {"type": "readout", **readout(90, "A.", translation_of=uuid_of(5, 91))},
        {"type": "readout", **readout(91, "B.", translation_of=uuid_of(5, 99))},
        {"type": "readout", **readout(92, "C.", publisher="new")},
    ]
    lines = [
        {"type": "publisher", "slug": "new", "name": "New", "kind": "other", "party": "CN"},
        {"type": "leader", **leader(90, "good", "Q90")},
        {"type": "leader", **leader(91, "bad", "Q91"), "offices": [{"title": "T", "party": "XX"}]},
        {"type": "call", **call(90, leader="good", party="CN", readouts=[uuid_of(5, 92)])},
        {"type": "call", **call(91, leader="bad", party="CN")},
        {"type": "call", **call(92, leader="good", party="CN", readouts=[readout(93, "D."), uuid_of(5, 90)])},
    ]
    lines = [lines[0], *circle, *lines[1:]]
    before = await contents(seeded_own)
    refused = await import_(seeded_own, lines)
    assert await contents(seeded_own) == before
    # The third readout of the file waits in vain for one that never comes.
    assert {(fault.line, fault.pointer) for fault in refused.faults} >= {
        (6, "/offices/0/party"),
        (3, "/translation_of"),
    }
    outcome = await import_(seeded_own, lines, skip_invalid=True)
    assert {fault.line for fault in outcome.faults} == {2, 3, 6, 8, 9}
    assert dict(outcome.recorded) == {"publisher": 1, "readout": 1, "leader": 1, "call": 1}
    assert dict(outcome.skipped) == {"readout": 3, "leader": 1, "call": 2}
    assert any("since line 6 has faults" in fault.detail for fault in outcome.faults if fault.line == 8)
    again = await import_(seeded_own, lines, skip_invalid=True)
    assert (again.recorded.total(), again.faults) == (0, outcome.faults)


async def test_what_falls_with_a_late_fault_is_found_at_once(
    seeded_own: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the chain of those that wait for one another, the rest is recorded at the second go."""
    loads = 0

    @asynccontextmanager
    async def counted(*given: Any, **options: Any) -> AsyncIterator[Any]:
        nonlocal loads
        loads += 1
        async with loading(*given, **options) as load:
            yield load

    monkeypatch.setattr(importing, "loading", counted)
    chain = [
        {"type": "readout", **readout(number, f"{number}.", translation_of=uuid_of(5, number + 1))}
        for number in range(100, 130)
    ]
    lines = [{"type": "readout", **readout(99, "A.")}, *chain]
    outcome = await import_(seeded_own, lines, skip_invalid=True)
    assert loads == 2
    assert [fault.line for fault in outcome.faults] == list(range(2, 32))
    assert [fault.because for fault in outcome.faults] == [*range(3, 32), None]
    assert dict(outcome.recorded) == {"readout": 1}


async def test_a_readout_that_nothing_tells_apart(seeded_own: Database) -> None:
    """It would be recorded once more each time; an identifier will do as well as an id."""
    nameless = {"type": "readout", **readout(98, "A.")}
    del nameless["id"]
    outcome = await import_(seeded_own, [nameless])
    assert [(fault.line, fault.pointer) for fault in outcome.faults] == [(1, "")]
    assert "neither an id nor an identifier" in outcome.faults[0].detail
    borne = nameless | {"identifiers": [{"scheme": "register", "value": "98"}]}
    assert (await import_(seeded_own, [borne])).recorded == {"readout": 1}
    assert (await import_(seeded_own, [borne])).there == {"readout": 1}


async def test_what_the_database_alone_refuses(empty: Database) -> None:
    """It is one line that names the batch; nothing of it is half done."""
    async with empty.writing() as writing:
        await writing.execute(text("ALTER TABLE topics ADD CONSTRAINT not_war CHECK (slug <> 'war')"))
    before = await contents(empty)
    lines = [*base(), {"type": "topic", "slug": "war", "name": "War"}]
    with pytest.raises(ImportRefused, match=r"lines 1 to 9, .*not_war") as refused:
        await import_(empty, lines, skip_invalid=True)
    assert "\n" not in str(refused.value)
    assert await contents(empty) == before
    async with empty.writing() as writing:
        await writing.execute(text("ALTER TABLE topics DROP CONSTRAINT not_war"))


@pytest.mark.parametrize("fails", [False, True])
async def test_a_large_load_leaves_the_schema_as_it_was(
    server: str, migrated: str, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    """Whether it succeeds or not: every key, index, check and trigger; and the rows are those of a small one."""
    dropped = []

    async def is_large(_connection: Any, size: int) -> bool:
        dropped.append(size)
        return True

    lines = everything()
    async with opened(await create_database(server, migrated)) as database:
        before, nothing = await described(database), await contents(database)
        assert not (await import_(database, lines)).faults
        small = await contents(database)
    monkeypatch.setattr("app.loading.is_large", is_large)
    async with opened(await create_database(server, migrated)) as database:
        outcome = await import_(database, [*lines, {}] if fails else lines)
        assert bool(outcome.faults) == fails
        assert await described(database) == before
        rows = await contents(database)
        assert rows == nothing if fails else timeless(rows) == timeless(small)
    assert dropped == [len(written([*lines, {}] if fails else lines))]


async def test_a_load_is_large_beside_what_is_recorded(empty: Database) -> None:
    """From some tens of megabytes on."""
    async with empty.writing() as writing:
        connection = await driver_connection(writing)
        assert not await rebuilding.is_large(connection, 1_000_000)
        assert await rebuilding.is_large(connection, 100_000_000)


@pytest.mark.usefixtures("batches")
async def test_what_is_taken_on_earlier_lines(empty: Database) -> None:
    """By records that are nowhere yet."""
    second = call(3, "leader-2", participants=[{"ref": "one", "id": uuid_of(7, 3), "leader": "leader-2"}])
    taken: list[tuple[Json, str]] = [
        ({"participants": [{"ref": "one", "id": uuid_of(7, 2)}]}, "/participants/0/id"),
        ({"readouts": [uuid_of(5, 2)], "statements": [said(2, "Peace", position=2)]}, "/statements/0/id"),
        (
            {"readouts": [uuid_of(5, 2)], "statements": [said(9, "Peace", readout=uuid_of(5, 2))]},
            "/statements/0/position",
        ),
        (
            {"readouts": [uuid_of(5, 2)], "statements": [said(9, "War", readout=uuid_of(5, 2), position=2)]},
            "/statements/0/text",
        ),
        ({"claims": [{"id": uuid_of(9, 1), "field": "duration", "value": 1, "basis": "stated"}]}, "/claims/0/id"),
        ({"identifiers": [{"scheme": "wikidata", "value": "Q1"}]}, "/identifiers/0"),
        ({"former_keys": ["call-2"]}, "/former_keys/0"),
    ]
    for members, pointer in taken:
        outcome = await import_(empty, [*base(), {"type": "call", **second, **members}])
        assert [(fault.line, fault.pointer) for fault in outcome.faults] == [(9, pointer)]
