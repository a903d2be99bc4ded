"""The one way to create, change and remove a record, by which each change becomes a revision with its history."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from app.asked import is_id
from app.calls.rows import readouts_of
from app.calls.schemas import CallBase
from app.copying import Rows
from app.entries import Entry, Fault, Line, RecordKind
from app.known import Known
from app.lines import read_document
from app.pointers import pointer
from app.problems import AlreadyRecorded, InvalidRequest, NotFound, StillReferredTo
from app.quoting import Quoting, quoting, wordings_of
from app.recording import NEW, Recorder
from app.references import NAMINGS
from app.rewriting import ROOTS, Changed, remove, rewrite
from app.vocabulary import ChangeKind, ResourceName
from app.writings import CHANGES, Author, Writing
from app.written import Lines

Json = dict[str, Any]
Check = Callable[[int], None]
"""Looks at the version of a record that is locked, and raises the problem of a client that expects another."""
Change = Callable[[Json], Json]
"""Makes a record's document another; the one it is given is its own to change."""
LINES = Lines(by_id=True)
NOWHERE: Mapping[UUID, UUID] = {}
"""That nothing was merged."""
RESOURCES: dict[RecordKind, ResourceName] = {
    "party": "parties",
    "topic": "topics",
    "publisher": "publishers",
    "leader": "leaders",
    "readout": "readouts",
    "call": "calls",
}
_VERSIONED: tuple[ResourceName, ...] = ("participants", "statements")
_KEPT = "SELECT document FROM snapshots WHERE record_id = $1 AND version = $2 AND resource = $3"
# Whoever changes a readout comes to its calls from there (`quoting`, and the triggers that keep what is searched), and
# a call's statements have their readouts' languages. So first the accounts, in one order, then the call.
_ACCOUNTS: Mapping[RecordKind, str] = {
    "readout": """
        SELECT FROM readouts WHERE id = $1 OR id IN (
            SELECT other.readout_id FROM call_readouts AS one JOIN call_readouts AS other USING (call_id)
            WHERE one.readout_id = $1
        ) ORDER BY id FOR UPDATE
    """,
    "call": """
        SELECT FROM readouts WHERE id IN (SELECT readout_id FROM call_readouts WHERE call_id = $1)
        ORDER BY id FOR NO KEY UPDATE
    """,
}
_NEW_ACCOUNTS = "SELECT FROM readouts WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
# Locked, so that only one brings the record back.
_REMOVED = "SELECT version FROM tombstones WHERE resource = $1 AND key = $2 AND record_id = $3 FOR UPDATE"
_VERSIONS = "SELECT record_id, max(version) FROM tombstones WHERE record_id = ANY ($1::uuid[]) GROUP BY record_id"


class Revision:
    """What one transaction changes, as one writing of its author."""

    def __init__(self, connection: Any, author: Author) -> None:
        """Take a connection of the driver's own, inside the transaction, and who changes the records."""
        self.connection = connection
        self._writing = Writing(connection, author)
        self._rows: dict[UUID, str] = {}

    async def begin(self) -> None:
        """Take the number of the writing: what it changes is locked by now, but for what a change locks by itself."""
        await self._writing.begin()

    async def finish(self) -> None:
        """Finish the writing; nothing is changed afterwards. Raises what PostgreSQL refuses only at the end."""
        await self.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        await self._writing.finish()

    async def create(self, kind: RecordKind, document: Json) -> UUID:
        """Record a new record, whole; gives its id.

        Raises InvalidRequest with every fault, and AlreadyRecorded where the id, an identifier, or the slug or code is
        that of a record.
        """
        return await self._record(kind, document, NEW)

    async def _record(self, kind: RecordKind, document: Json, versions: Mapping[UUID, int]) -> UUID:
        line = _read(kind, document)
        recorder = Recorder(self.connection, self._writing, checked=True, versions=versions)
        await self._look_up(recorder, line)
        there = recorder.known.match(line.record)
        _refuse(line.faults)
        if there is not None:
            raise AlreadyRecorded.at(NAMINGS[kind].noun, f"/v1/{RESOURCES[kind]}/{there}")
        taken = recorder.take([line])
        recorder.finish()
        _refuse((*line.faults, *recorder.late))
        await recorder.write(taken)
        (record_id,) = [row[0] for row in taken.rows.of(ROOTS[kind])][-1:]
        assert isinstance(record_id, UUID)
        return record_id

    async def change(self, kind: RecordKind, record_id: UUID, check: Check, change: Change) -> int:
        """Let a record be what a change makes of its document; gives its version, the former where nothing is other.

        Whatever quotes a readout that gets a newer wording quotes that one from then on, where it has the words.

        Raises NotFound, what the check raises, InvalidRequest with every fault, and what PostgreSQL refuses.
        """
        version, before = await self.lock(kind, record_id, check)
        given = _settled(kind, record_id, json.loads(before), change(json.loads(before)))
        line = _read(kind, given)
        _refuse([_embedded(entry) for entry in line.entries[:-1]])
        quoted = await self._look_for_quotations(kind, record_id, json.loads(before), given)
        if quoted is not None:
            line = _read(kind, quoted.rewording.reword(given))
        recorder = Recorder(self.connection, self._writing, checked=True, changing=record_id)
        await self._look_up(recorder, line)
        taken = recorder.take([line])
        recorder.finish()
        _refuse((*line.faults, *recorder.late))
        other, parts = await rewrite(self.connection, kind, record_id, taken.rows)
        if not other:
            return version
        raised = f"UPDATE {RESOURCES[kind]} SET version = version + 1, content_changed_at = now() WHERE id = $1"  # noqa: S608
        await self.connection.execute(raised, record_id)
        await self.enter(kind, record_id, version + 1, "changed", parts)
        await self.keep(kind, record_id, version, before)
        if quoted is not None:
            for quoting_kind, quoting_id in quoted.records:
                await self.change(quoting_kind, quoting_id, _any, quoted.rewording.reword)
        return version + 1

    async def _look_up(self, recorder: Recorder, line: Line) -> None:
        """Find out what a document refers to; what it gives a call as accounts stays what it is until the end."""
        if isinstance(line.record.document, CallBase):
            await self.connection.execute(_NEW_ACCOUNTS, readouts_of(line.record.document))
        await recorder.look_up([line])

    async def _look_for_quotations(
        self, kind: RecordKind, record_id: UUID, before: Json, given: Json
    ) -> Quoting | None:
        """Where the newest wording of a readout has what was quoted from earlier ones; None where none is added."""
        texts = wordings_of(given) if kind == "readout" else {}
        if not texts or max(texts) <= max(wordings_of(before), default=max(texts)):
            return None
        return await quoting(self.connection, record_id, texts)

    async def revert(self, kind: RecordKind, record_id: UUID, version: int, check: Check) -> None:
        """Let a record be what it was in an earlier version; one that was removed comes back.

        Raises NotFound where there is no such version, or it has no document, and otherwise as `change` and `create`.
        """
        document = await self.document_of(kind, record_id, version)
        removed = await self.connection.fetchval(_REMOVED, RESOURCES[kind], str(record_id), record_id)
        if removed is None:
            await self.change(kind, record_id, check, lambda before: _as_before(kind, before, document))
            return
        check(removed)
        last = await self.document_of(kind, record_id, removed - 1)
        document = _settled(kind, record_id, last, _as_before(kind, last, document))
        await self._give_up_taken(kind, document)
        parts = [UUID(part["id"]) for name in _VERSIONED for part in document.get(name, ())]
        before = await self.connection.fetch(_VERSIONS, [record_id, *parts])
        await self._record(kind, document, dict(before))
        await self._unbury([record_id, *parts])

    async def _give_up_taken(self, kind: RecordKind, document: Json) -> None:
        """Leave out of a removed record's earlier keys those that are another record's by now."""
        former = document.get("former_keys")
        if former:
            known = Known(self.connection)
            await known.look_up({kind: set(former)}, set())
            document["former_keys"] = [key for key in former if known.find(kind, key) is None]

    async def document_of(self, kind: RecordKind, record_id: UUID, version: int) -> Json:
        """What a record was in a version; raises NotFound where there is no such version, or it has no document."""
        kept = await self.connection.fetchval(_KEPT, record_id, version, RESOURCES[kind])
        now = f"SELECT version = $2 FROM {RESOURCES[kind]} WHERE id = $1"  # noqa: S608
        if kept is None and await self.connection.fetchval(now, record_id, version):
            kept = await self.connection.fetchval(LINES.one_of(kind), record_id)
        if kept is None:
            message = f"The {NAMINGS[kind].noun} has no document in version {version}."
            raise NotFound(message)
        document: Json = json.loads(kept)
        del document["type"]
        return document

    async def remove(self, kind: RecordKind, record_id: UUID, check: Check) -> None:
        """Remove a record with all that belongs to it; its history stays.

        Raises NotFound, what the check raises, and StillReferredTo where other records refer to it.
        """
        version, before = await self.lock(kind, record_id, check)
        await self.end(kind, record_id, version, before)

    async def end(
        self, kind: RecordKind, record_id: UUID, version: int, before: str, *, into: Mapping[UUID, UUID] = NOWHERE
    ) -> None:
        """Delete a record that is locked, after this version and document.

        `into` are the records that it and its parts live on in, if they do. Raises StillReferredTo.
        """
        await self.begin()
        try:
            parts = await remove(self.connection, kind, record_id)
        except (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError) as error:
            raise StillReferredTo.noun(NAMINGS[kind].noun) from error
        await self.enter(kind, record_id, version + 1, "removed", parts, into=into)
        await self.keep(kind, record_id, version, before)
        document = json.loads(before)
        keys = {str(record_id), document.get("slug"), document.get("code"), *document.get("former_keys", ())} - {None}
        await self._bury(RESOURCES[kind], keys, record_id, version + 1)

    async def lock(self, kind: RecordKind, record_id: UUID, check: Check) -> tuple[int, str]:
        """Lock a record; gives its version and its document. Raises NotFound, and what the check raises."""
        if kind in _ACCOUNTS:
            await self.connection.execute(_ACCOUNTS[kind], record_id)
        locked = f"SELECT version FROM {RESOURCES[kind]} WHERE id = $1 FOR UPDATE"  # noqa: S608
        version = await self.connection.fetchval(locked, record_id)
        if version is None:
            message = f"There is no {NAMINGS[kind].noun} {record_id}."
            raise NotFound(message)
        check(version)
        return version, await self.read(kind, record_id)

    async def read(self, kind: RecordKind, record_id: UUID) -> str:
        """The document of a record that is locked; its rows are remembered, to be kept with it."""
        told = f"SELECT ({LINES.one_of(kind)}), record_rows('{RESOURCES[kind]}', $1)::text"
        document, self._rows[record_id] = await self.connection.fetchrow(told, record_id)
        return str(document)

    async def enter(  # noqa: PLR0913 - what a change is
        self,
        kind: RecordKind,
        record_id: UUID,
        version: int,
        done: ChangeKind,
        parts: Sequence[Changed],
        *,
        into: Mapping[UUID, UUID] = NOWHERE,
    ) -> None:
        """Enter into the history what became of a record and of its parts, and where merged ones live on."""
        rows = Rows()
        kept = into.get(record_id)
        self._writing.enter(rows, RESOURCES[kind], record_id, version, "merged" if kept else done, into=kept)
        for one in parts:
            if one.part in _VERSIONED:
                kept = into.get(one.id)
                become: ChangeKind = "merged" if kept else one.kind
                self._writing.enter(rows, one.part, one.id, one.version, become, within=record_id, into=kept)
        await self._writing.enter_itself()
        await rows.copy(self.connection, (CHANGES,))
        for one in parts:
            if one.part in _VERSIONED and one.kind == "removed":
                await self._bury(one.part, [str(one.id)], one.id, one.version)
        await self._unbury([one.id for one in parts if one.kind == "created"])

    async def keep(self, kind: RecordKind, record_id: UUID, version: int, document: str) -> None:
        """Keep what a record was in a version that is over, as it was read."""
        await self.connection.execute(
            "INSERT INTO snapshots (record_id, version, resource, document, rows) VALUES ($1, $2, $3, $4, $5)",
            record_id,
            version,
            RESOURCES[kind],
            document,
            self._rows.pop(record_id),
        )

    async def _bury(self, resource: ResourceName, keys: Iterable[str], record_id: UUID, version: int) -> None:
        """Remember under its keys that a record was removed.

        A record that was merged into it keeps what is remembered of itself under its id, by which its history is found.
        """
        await self.connection.execute(
            "INSERT INTO tombstones (resource, key, record_id, version) SELECT $1, key, $3, $4"
            " FROM unnest($2::text[]) AS key ON CONFLICT (resource, key)"
            " DO UPDATE SET record_id = excluded.record_id, version = excluded.version"
            " WHERE tombstones.record_id = excluded.record_id OR tombstones.key <> tombstones.record_id::text",
            resource,
            list(keys),
            record_id,
            version,
        )

    async def _unbury(self, records: Sequence[UUID]) -> None:
        """Forget that records were removed, which have come back."""
        if records:
            await self.connection.execute("DELETE FROM tombstones WHERE record_id = ANY ($1::uuid[])", records)


def _any(_version: int) -> None:
    """Whatever the version is: a record that quotes another one changes with it."""


def _read(kind: RecordKind, document: Json) -> Line:
    """The document of a kind as a line; raises InvalidRequest with every fault of its shape."""
    if "type" in document:
        pointer, detail = "/type", "is not a member here"
        raise InvalidRequest.pointer(pointer, detail)
    line = read_document(1, json.dumps({**document, "type": kind}).encode())
    _refuse(line.faults)
    return line


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise InvalidRequest([{"pointer": fault.pointer, "detail": fault.detail} for fault in faults])


def _settled(kind: RecordKind, record_id: UUID, before: Json, given: Json) -> Json:
    """A changed document with what does not change: its id, what it was called before, and a readout's wordings."""
    given.pop("type", None)
    keep_id(given, record_id)
    # By its earlier slugs a record is found for ever, and it may take one of them again.
    former = [*before.get("former_keys", ()), before.get("slug")]
    if kind != "party":
        _keep_former(given, [key for key in former if key is not None])
    if kind == "call":
        people = {person["id"]: person for person in before["participants"]}
        for person in _objects(given.get("participants")):
            if person.get("id") is None and isinstance(person.get("ref"), str) and person["ref"] in people:
                person["id"] = person["ref"]
            if isinstance(person.get("id"), str) and person["id"] in people:
                _keep_former(person, people[person["id"]].get("former_keys", []))
    if kind == "readout":
        _keep_wordings(before.get("versions", []), _objects(given.get("versions")))
    return given


def keep_id(given: Json, record_id: UUID) -> None:
    """Let a changed document have the id that its record has; raises InvalidRequest where it gives another."""
    told = given.get("id")
    if told is not None and not (isinstance(told, str) and is_id(told) and UUID(told) == record_id):
        pointer, detail = "/id", "is not changed"
        raise InvalidRequest.pointer(pointer, detail)
    given["id"] = str(record_id)


def _keep_former(given: Json, former: Sequence[str]) -> None:
    """Let what was merged into a record, or what it was called before, lead to it also after it is changed."""
    told = given.get("former_keys", [])
    if isinstance(told, list) and (told or former):
        kept = [*told, *(key for key in former if key not in told)]
        given["former_keys"] = [key for key in kept if key != given.get("slug")]


def _objects(given: object) -> list[Json]:
    """The objects in what should be a list of them; the rest is told as a fault later."""
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _embedded(entry: Entry) -> Fault:
    """That a record stands whole within the changed document of another one."""
    detail = "must be named by its id, since a readout that is recorded is changed by itself"
    return Fault(entry.line.number, pointer(entry.place), detail)


def _as_before(kind: RecordKind, last: Json, document: Json) -> Json:
    """An earlier document of a record, with what later came to stay: the wordings of a readout."""
    if kind == "readout" and "versions" in last:
        return document | {"versions": last["versions"]}
    return document


def _keep_wordings(before: Sequence[Json], given: Sequence[Json]) -> None:
    """Raise InvalidRequest where a wording is not what it was; statements and claims are held to it by offsets.

    The hash of what it was taken from need not be given again.
    """
    for kept in before:
        same = next((version for version in given if _is_wording(version, kept)), None)
        if same is None:
            where, detail = "/versions", f"must hold version {kept.get('version', 1)} as it is; add another one"
            raise InvalidRequest.pointer(where, detail)
        if kept.get("source_sha256") is not None:
            same["source_sha256"] = kept["source_sha256"]


def _is_wording(version: Json, kept: Json) -> bool:
    told = version.get("version", 1), version.get("text"), None if kept.get("text") else version.get("sha256")
    was = kept.get("version", 1), kept.get("text"), None if kept.get("text") else kept.get("sha256")
    return told == was and version.get("source_sha256") in (None, kept.get("source_sha256"))
