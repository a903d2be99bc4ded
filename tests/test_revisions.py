"""Records are changed and removed as whole documents, and the history says what became of each and of its parts."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest

from app.db import Database, driver_connection
from app.entries import RecordKind
from app.keeping import keep_all
from app.problems import AlreadyRecorded, InvalidRequest, PreconditionFailed, Problem, StillReferredTo
from app.revisions import LINES, RESOURCES, Revision
from app.verifying import verify
from app.writings import Author
from tests.conftest import create_database, opened
from tests.factories import make_world
from tests.test_records import contents
from tests.test_transfer import export, import_, timeless

Json = dict[str, Any]
EDITOR = Author("editor", note="As the archive has it.")
CALLS = 30


async def document(database: Database, kind: RecordKind, record_id: str) -> Json:
    """A record as its history has it."""
    async with database.writing() as writing:
        told = await (await driver_connection(writing)).fetchval(LINES.one_of(kind), UUID(record_id))
        given: Json = json.loads(told)
        return given


async def revise(database: Database, kind: RecordKind, record_id: str, change: Callable[[Json], Any]) -> int:
    """The version of a record after a change."""

    def changed(given: Json) -> Json:
        change(given)
        return given

    async with database.writing() as writing:
        revision = Revision(await driver_connection(writing), EDITOR)
        version = await revision.change(kind, UUID(record_id), lambda _: None, changed)
        await revision.finish()
        return version


def anything(given: Json, kind: RecordKind, chance: random.Random, world: dict[str, list[str]]) -> None:
    """Change a document at random, so that it stays one that is taken."""
    _CHANGES[kind](given, chance, world)


def _party(given: Json, chance: random.Random, _: Any) -> None:
    given["name"] = f"{given['name']} {chance.randint(1, 9)}"
    given["aliases"] = chance.sample([f"{given['code']}-{number}" for number in range(4)], chance.randint(0, 4))


def _leader(given: Json, chance: random.Random, world: Any) -> None:
    chance.shuffle(given["names"])
    kinds = [name["kind"] for name in given["names"]]
    chance.shuffle(kinds)
    for name, kind in zip(given["names"], kinds, strict=True):
        name["kind"] = kind
    given["offices"] = [
        {"title": f"Office {number}", "party": chance.choice(world["party"]), "from": "2001"}
        for number in range(chance.randint(0, 3))
    ]
    _slug(given, chance)


def _publisher(given: Json, chance: random.Random, world: Any) -> None:
    given["party"] = chance.choice([None, *world["party"]])
    _slug(given, chance)


def _topic(given: Json, chance: random.Random, _: Any) -> None:
    given["definition"] = chance.choice([None, "What it is about.", "Something else."])
    _slug(given, chance)


def _slug(given: Json, chance: random.Random) -> None:
    given["slug"] = chance.choice([given["slug"], *given.get("former_keys", ()), f"slug-{chance.randrange(10**9)}"])
    given["identifiers"] = [
        {"scheme": "test", "value": f"{given['id']}-{number}"}
        for number in chance.sample(range(4), chance.randint(0, 3))
    ]


def _readout(given: Json, chance: random.Random, world: Any) -> None:
    given["language"] = chance.choice(["en", "ru", "zh-Hans"])
    given["published_on"] = chance.choice([None, "2020-01-01", "2021-01-01"])
    publishers = chance.sample(world["publisher"], chance.randint(0, 2))
    claims = [{"field": "publisher", "value": publisher, "basis": "stated"} for publisher in publishers]
    for claim in claims[:1]:
        claim["preferred"] = True
    given["claims"] = chance.choice([given.get("claims", []), claims])
    if chance.random() < 0.2:
        text = f"{given['versions'][-1]['text']} {chance.random()}"
        given["versions"].append({"version": len(given["versions"]) + 1, "text": text})


def _call(given: Json, chance: random.Random, world: Any) -> None:
    given["title"] = f"{given['title'][:20]} {chance.randint(1, 9)}"
    _slug(given, chance)
    dates = [claim for claim in given["claims"] if claim["field"] == "date"]
    for claim, preferred in zip(dates, chance.choice([(True, False), (False, True)]), strict=True):
        claim["preferred"] = preferred
    chance.shuffle(given["claims"])
    if len(dates) == len(given["claims"]) - 1:
        given["claims"].append({"field": "initiator", "value": {"kind": "mutual"}, "basis": "curated"})
    people = given["participants"]
    for person in people:
        person["office"] = chance.choice([person.get("office"), None, "King"])
    free = world["leader"] - {person.get("leader") for person in people}
    if chance.random() < 0.5:
        people.append({"ref": "new", "leader": chance.choice(sorted(free))})
    chance.shuffle(people)
    statements = given.get("statements", [])
    if statements and chance.random() < 0.5:
        # One goes, and another takes its place under an id of its own.
        statements[0].pop("id")
    if len(statements) > 1 and chance.random() < 0.5:
        statements[-1]["position"], statements[-2]["position"] = (statements[k]["position"] for k in (-2, -1))
    for statement in chance.sample(statements, min(2, len(statements))):
        statement["act"] = chance.choice(["praise", "thank", None])
        speakers = chance.sample([person["ref"] for person in people], chance.randint(1, min(3, len(people))))
        statement["speakers"] = [{"participant": ref} for ref in speakers]
        statement["topics"] = chance.sample(world["topic"], chance.randint(0, 3))
    if statements and chance.random() < 0.3:
        statements.pop(chance.randrange(len(statements)))
    spoken = {speaker["participant"] for statement in statements for speaker in statement["speakers"]}
    spoken |= {claim["value"].get("participant") for claim in given["claims"] if claim["field"] == "initiator"}
    silent = [person for person in people if person["ref"] not in spoken]
    if silent and len(people) > 1 and chance.random() < 0.5:
        people.remove(silent[0])


_CHANGES: dict[RecordKind, Any] = {
    "party": _party,
    "leader": _leader,
    "publisher": _publisher,
    "topic": _topic,
    "readout": _readout,
    "call": _call,
}


def of_part(given: Json, resource: str, record_id: str) -> tuple[Any, ...]:
    """All that a call's document says of one part."""
    own = next(((place, part) for place, part in enumerate(given.get(resource, ())) if part["id"] == record_id), None)
    mentions = [mention for mention in given.get("mentions", ()) if mention["participant"] == record_id]
    # Statements have their place among those of the readout, not in the document.
    return (own and own[1], mentions) if resource == "statements" else (own, mentions)


@pytest.mark.parametrize("seed", range(3))
async def test_records_become_what_their_documents_say(server: str, migrated: str, seed: int) -> None:
    """Random changes: each record is what its document says, as if it had been recorded so; nothing else changes."""
    chance = random.Random(seed)
    url = await create_database(server, migrated)
    async with opened(url) as database:
        world = await make_world(url, database, CALLS, seed)
        names = {"leaders": "leader", "parties": "party", "publishers": "publisher", "topics": "topic"}
        ids: Any = {kind: [one["id"] for one in world.documents[name]] for name, kind in names.items()}
        ids["leader"] = set(ids["leader"])
        told: dict[tuple[str, str], list[Json]] = {}
        versions: dict[tuple[str, str], int] = {}
        for _ in range(60):
            kind = chance.choice([*RESOURCES, "call", "call"])
            record_id = chance.choice(world.documents[RESOURCES[kind]])["id"]
            quoting: list[tuple[RecordKind, str]] = [
                ("call", call["id"]) for call in world.documents["calls"] if record_id in call["readouts"]
            ]
            changed: list[tuple[RecordKind, str]] = [(kind, record_id), *(quoting if kind == "readout" else [])]
            befores = [await document(database, *one) for one in changed]
            wanted: Json = {}

            def change(given: Json, kind: RecordKind = kind, wanted: Json = wanted) -> None:
                anything(given, kind, chance, ids)
                wanted.update(deepcopy(given))

            version = await revise(database, kind, record_id, change)
            for (kind_of_one, one), before in zip(changed, befores, strict=True):
                after = await document(database, kind_of_one, one)
                history = told.setdefault((RESOURCES[kind_of_one], one), [before])
                assert history[-1] == before
                if one == record_id:
                    assert version == len(history) + (after != before)
                    _same(after, wanted)
                elif after != before:
                    # What it quotes stands in the newer wording of the readout as well.
                    assert befores[0]["versions"] != wanted["versions"]
                if after != before:
                    history.append(after)
                for resource in ("participants", "statements") if kind_of_one == "call" else ():
                    for part in {one["id"] for one in (*before.get(resource, ()), *after.get(resource, ()))}:
                        if of_part(before, resource, part) != of_part(after, resource, part):
                            versions[resource, part] = versions.get((resource, part), 0) + 1
        await _check_history(database, told, versions)
        await keep_all(database)
        assert [key async for check in verify(database) async for key in check[1]] == []
        sent, rows = await export(database), await contents(database)
        async with opened(await create_database(server, migrated)) as second:
            assert not (await import_(second, sent)).faults
            assert unversioned(await contents(second)) == unversioned(rows)


def unversioned(rows: dict[str, str]) -> Any:
    """Rows without what tells of their history."""
    told = {table: json.loads(some) for table, some in timeless(rows).items()}
    for table, some in told.items():
        for row in some:
            if table != "readout_versions":
                row.pop("version", None)
        some.sort(key=json.dumps)
    return told


def _same(after: Json, wanted: Json) -> None:
    """A record says what was wanted, but for the ids and defaults that are filled in."""
    people = zip(wanted.get("participants", ()), after.get("participants", ()), strict=True)
    refs = {asked["ref"]: shown["id"] for asked, shown in people}
    for name, member in wanted.items():
        given = after.get(name, [])
        if name == "statements":
            assert len(given) == len(member)
            told = {one["id"]: one for one in given}
            for other in member:
                for speaker in other["speakers"]:
                    speaker["participant"] = refs[speaker["participant"]]
                if "id" in other:
                    _same_part(told[other["id"]], other)
        elif name in {"aliases", "identifiers"}:
            assert sorted(given, key=str) == sorted(member, key=str)
        elif isinstance(member, list) and name != "former_keys":
            for one, other in zip(given, member, strict=True):
                _same_part(one, other)
        elif member is not None and name != "former_keys":
            assert given == member


def _same_part(one: object, other: object) -> None:
    if not (isinstance(one, dict) and isinstance(other, dict)):
        assert one == other
        return
    for key, value in other.items():
        if key == "topics":
            assert sorted(one.get(key, [])) == sorted(value)
        elif key not in {"ref", "evidence"} and value not in (None, False):
            assert one[key] == value, key


async def _check_history(
    database: Database, told: dict[tuple[str, str], list[Json]], versions: dict[tuple[str, str], int]
) -> None:
    """The history has every version once, and the documents of those that are over."""
    async with database.writing() as writing:
        connection = await driver_connection(writing)
        changes = await connection.fetch(
            "SELECT resource, record_id, version, kind, author, note, size, ordinal, within_id, writing_id"
            " FROM changes JOIN writings ON writings.id = writing_id ORDER BY writing_id, ordinal"
        )
        kept = {
            (resource, str(record_id), version): json.loads(given)
            for resource, record_id, version, given in await connection.fetch(
                "SELECT resource, record_id, version, document FROM snapshots"
            )
        }
        now = {
            (resource, str(record_id)): version
            for resource in (*RESOURCES.values(), "participants", "statements")
            for record_id, version in await connection.fetch(f"SELECT id, version FROM {resource}")
        }
    assert kept == {
        (*key, version): given
        for key, documents in told.items()
        for version, given in enumerate(documents[:-1], start=1)
    }
    last: dict[tuple[str, str], int] = {}
    ordinals: dict[int, int] = {}
    for resource, record_id, version, kind, author, note, size, ordinal, *_, writing in changes:
        key = (resource, str(record_id))
        assert version == last.get(key, 0) + 1
        assert (kind == "created") == (version == 1)
        last[key] = version
        ordinals[writing] = ordinals.get(writing, 0) + 1
        assert ordinal == ordinals[writing] <= size
        assert (author, note) == (("telcon", None) if writing == 1 else (EDITOR.label, EDITOR.note))
    assert {key: version for key, version in last.items() if key in now} == now
    later = {
        (resource, str(key)) for resource, key, _, kind, *_, writing in changes if kind == "created" and writing > 1
    }
    for key, times in versions.items():
        # Of a part that was there from the beginning the first version is no change.
        assert last[key] == times + (key not in later)


async def revising(database: Database, what: Callable[[Revision], Any]) -> Any:
    """What comes of something that is done in one transaction."""
    async with database.writing() as writing:
        revision = Revision(await driver_connection(writing), EDITOR)
        done = await what(revision)
        await revision.finish()
        return done


async def refused(database: Database, what: Callable[[Revision], Any]) -> Problem:
    """The problem that something ends in, by which nothing is changed."""
    before = await contents(database)
    with pytest.raises(Problem) as caught:
        await revising(database, what)
    assert await contents(database) == before
    return caught.value


@pytest.fixture
async def few(server: str, migrated: str) -> Any:
    """A database of a test's own with a few records, and their documents."""
    url = await create_database(server, migrated)
    async with opened(url) as database:
        world = await make_world(url, database, CALLS)
        yield database, world.documents


def unchecked(_: int) -> None:
    """Take any version."""


def created(kind: RecordKind, given: Json) -> Callable[[Revision], Any]:
    """What creates a record."""
    return lambda revision: revision.create(kind, given)


def removed(kind: RecordKind, record_id: str) -> Callable[[Revision], Any]:
    """What removes one."""
    return lambda revision: revision.remove(kind, UUID(record_id), unchecked)


def changed(kind: RecordKind, record_id: str, given: Json) -> Callable[[Revision], Any]:
    """What gives one other members."""
    return lambda revision: revision.change(kind, UUID(record_id), unchecked, lambda before: before | given)


async def test_a_record_is_created(few: Any) -> None:
    """Whole, with one change for each record; its parts lie within it."""
    database, documents = few
    call: Json = deepcopy(documents["calls"][0]) | {"slug": "new", "identifiers": [], "statements": []}
    for owner in (call, *call["participants"], *call["claims"]):
        owner.pop("id", None)
    record_id = await revising(database, lambda revision: revision.create("call", call))
    made = await document(database, "call", str(record_id))
    assert (made["slug"], len(made["participants"])) == ("new", len(call["participants"]))
    async with database.writing() as writing:
        entered = await (await driver_connection(writing)).fetch(
            "SELECT resource, version, kind, within_id, size FROM changes JOIN writings ON id = writing_id"
            " WHERE record_id = $1 OR within_id = $1 ORDER BY resource",
            record_id,
        )
    size = 1 + len(call["participants"])
    assert [tuple(row) for row in entered] == [
        ("calls", 1, "created", None, size),
        *[("participants", 1, "created", record_id, size)] * len(call["participants"]),
    ]


@pytest.mark.parametrize("kind", RESOURCES)
async def test_a_record_that_is_there_is_not_created(few: Any, kind: RecordKind) -> None:
    """Whether it is met by its id, its slug or code, or an identifier; its address is told."""
    database, documents = few
    there = next(one for one in documents[RESOURCES[kind]] if one.get("identifiers") or kind == "topic")
    key = {"party": {"code": "ZZ"}, "readout": {}}.get(kind, {"slug": "zz"})
    met = [there, there if kind == "readout" else {**there, "id": None, "identifiers": []}]
    if kind != "topic":
        met.append({**there, "id": None, **key})
    for given in met:
        told = {name: member for name, member in given.items() if member is not None}
        problem = await refused(database, created(kind, told))
        assert isinstance(problem, AlreadyRecorded)
        assert problem.headers["Location"] == f"/v1/{RESOURCES[kind]}/{there['id']}"


async def test_every_fault_of_a_change_is_told(few: Any) -> None:
    """By its pointer into the document, and nothing is changed."""
    database, documents = few
    call = next(call for call in documents["calls"] if len(call["statements"]) > 1 and len(call["participants"]) > 1)
    other = next(one for one in documents["calls"] if one is not call and one["identifiers"])

    def change(given: Json) -> Json:
        given["slug"] = other["slug"]
        given["identifiers"] = other["identifiers"]
        given["participants"][0]["leader"] = "nobody"
        given["statements"][0]["text"] = "never said"
        given["statements"][1]["topics"] = ["nothing"]
        return given

    problem = await refused(database, lambda revision: revision.change("call", UUID(call["id"]), unchecked, change))
    assert {error["pointer"] for error in problem.members["errors"]} == {
        "/slug",
        "/identifiers/0",
        "/participants/0/leader",
        "/statements/0/text",
        "/statements/1/topics/0",
    }
    shapes: list[tuple[RecordKind, Json, str]] = [
        ("call", {"id": other["id"]}, "/id"),
        ("call", {"participants": []}, "/participants"),
        ("call", {"unknown": 1}, "/unknown"),
        ("leader", {"names": [{"name": "A", "kind": "native"}]}, ""),
        ("readout", {"versions": [{"text": "Another wording."}]}, "/versions"),
        ("readout", {"versions": "none"}, "/versions"),
        ("party", {"aliases": ["BB"]}, "/aliases/0"),
    ]
    for kind, given, pointer in shapes:
        record_id = call["id"] if kind == "call" else documents[RESOURCES[kind]][0]["id"]
        problem = await refused(database, changed(kind, record_id, given))
        assert [error["pointer"] for error in problem.members["errors"]] == [pointer], (kind, given)


async def test_no_change_is_no_revision(few: Any) -> None:
    """What says the same leaves the version, and nothing in the history."""
    database, documents = few
    for kind in RESOURCES:
        for given in documents[RESOURCES[kind]][:5]:
            assert await revise(database, kind, given["id"], lambda _: None) == 1
    async with database.writing() as writing:
        assert await (await driver_connection(writing)).fetchval("SELECT count(*) FROM writings") == 1


async def test_another_version_is_not_changed(few: Any) -> None:
    """The check is asked of the record that is locked, and decides."""
    database, documents = few
    asked: list[int] = []

    def check(version: int) -> None:
        asked.append(version)
        message = "It is another version."
        raise PreconditionFailed(message)

    record_id = UUID(documents["leaders"][0]["id"])
    await revise(database, "leader", str(record_id), lambda given: given.update(slug="renamed"))
    await refused(database, lambda revision: revision.change("leader", record_id, check, dict))
    await refused(database, lambda revision: revision.remove("leader", record_id, check))
    assert asked == [2, 2]


@pytest.mark.parametrize("seed", range(2))
async def test_removed_records_leave_their_history_only(few: Any, server: str, migrated: str, seed: int) -> None:
    """Random ones: what is left is as if they had never been recorded; those that are referred to stay."""
    database, documents = few
    chance = random.Random(seed)
    order: list[tuple[RecordKind, Json]] = [(kind, one) for kind in RESOURCES for one in documents[RESOURCES[kind]]]
    chance.shuffle(order)
    gone: dict[tuple[str, str], Json] = {}
    for kind, one in order[: len(order) // 2]:
        before = await document(database, kind, one["id"])
        try:
            await revising(database, removed(kind, one["id"]))
        except StillReferredTo:
            assert await document(database, kind, one["id"]) == before
        else:
            gone[RESOURCES[kind], one["id"]] = before
            assert isinstance(await refused(database, created(kind, one)), InvalidRequest)
    assert {"calls", "readouts"} <= {resource for resource, _ in gone}
    async with database.writing() as writing:
        connection = await driver_connection(writing)
        kept = await connection.fetch("SELECT resource, record_id, version, document FROM snapshots")
        tombstones = await connection.fetch("SELECT resource, key, record_id, version FROM tombstones")
        ended = await connection.fetch("SELECT resource, record_id, version FROM changes WHERE kind = 'removed'")
    assert {(resource, str(key), version): json.loads(told) for resource, key, version, told in kept} == {
        (*key, 1): before for key, before in gone.items()
    }
    parts = {
        (resource, part["id"])
        for before in gone.values()
        for resource in ("participants", "statements")
        for part in before.get(resource, ())
    }
    assert {(resource, str(key), version) for resource, key, version in ended} == {
        (*key, 2) for key in gone.keys() | parts
    }
    keys = {(resource, key, UUID(key), 2) for resource, key in gone.keys() | parts}
    for (resource, key), before in gone.items():
        keys |= {(resource, before[name], UUID(key), 2) for name in ("slug", "code") if name in before}
    assert {tuple(row) for row in tombstones} == keys
    await keep_all(database)
    assert [key async for check in verify(database) async for key in check[1]] == []
    sent, rows = await export(database), await contents(database)
    async with opened(await create_database(server, migrated)) as second:
        assert not (await import_(second, sent)).faults
        assert unversioned(await contents(second)) == unversioned(rows)


async def test_a_part_comes_back_with_its_next_version(few: Any) -> None:
    """A statement that was removed and is put back is the same record, and its versions go on."""
    database, documents = few
    call = next(call for call in documents["calls"] if call["statements"])
    before = await document(database, "call", call["id"])
    await revise(database, "call", call["id"], lambda given: given.pop("statements"))
    await revise(database, "call", call["id"], lambda given: given.update(statements=before["statements"]))
    assert await document(database, "call", call["id"]) == before
    async with database.writing() as writing:
        told = await (await driver_connection(writing)).fetch(
            "SELECT version, kind FROM changes WHERE record_id = $1 ORDER BY version", UUID(call["statements"][0]["id"])
        )
    assert [tuple(row) for row in told] == [(1, "created"), (2, "removed"), (3, "created")]
