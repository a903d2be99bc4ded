"""How records get into the tables: the one loader, which resolves references a batch at a time and copies the rows."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.calls.rows import (
    CALL_READOUTS,
    CALLS,
    MENTIONS,
    PARTICIPANTS,
    SPEAKERS,
    STATEMENT_TOPICS,
    STATEMENTS,
    CallRows,
    readouts_of,
)
from app.calls.schemas import CallBase
from app.claims.rows import CLAIMS, EVIDENCE
from app.copying import Rows, Sheet
from app.entries import RECORD_KINDS, Entry, Fault, Line, RecordKind
from app.ids import new_id
from app.known import Identified, Key, Known, Standing, former_keys_of, ids_of, key_of
from app.leaders.rows import LEADERS, NAMES, OFFICES, add_leader
from app.leaders.schemas import LeaderIn
from app.names import folded
from app.parties.rows import ALIASES, PARTIES, add_party
from app.parties.schemas import PartyIn
from app.publishers.rows import PUBLISHERS, add_publisher
from app.publishers.schemas import PublisherIn
from app.readouts.rows import READOUTS, VERSIONS, add_readout
from app.readouts.schemas import ReadoutIn
from app.references import NAMINGS
from app.rules import Rules
from app.tables import Identifier, Redirect
from app.topics.rows import TOPICS, add_topic
from app.topics.schemas import TopicIn
from app.vocabulary import ResourceName
from app.waiting import Waiting
from app.writings import CHANGES, Writing

IDENTIFIERS = Sheet(Identifier, ("scheme", "folded", "value", *(f"{kind}_id" for kind in RECORD_KINDS)))
_TARGETS = ("call", "leader", "participant", "publisher", "readout", "topic")
REDIRECTS = Sheet(Redirect, ("resource", "key", *(f"{kind}_id" for kind in _TARGETS)))
# Claims come before what shows them, and speakers before their statements: triggers look at what is there.
ORDER = (
    PARTIES,
    ALIASES,
    LEADERS,
    NAMES,
    OFFICES,
    PUBLISHERS,
    TOPICS,
    CLAIMS,
    READOUTS,
    VERSIONS,
    CALLS,
    PARTICIPANTS,
    CALL_READOUTS,
    EVIDENCE,
    MENTIONS,
    SPEAKERS,
    STATEMENTS,
    STATEMENT_TOPICS,
    IDENTIFIERS,
    REDIRECTS,
    CHANGES,
)
# What has versions of its own; the ids come first in their rows, after which a part has that of its call.
_VERSIONED: tuple[tuple[Sheet, ResourceName], ...] = (
    (PARTIES, "parties"),
    (TOPICS, "topics"),
    (PUBLISHERS, "publishers"),
    (LEADERS, "leaders"),
    (READOUTS, "readouts"),
    (CALLS, "calls"),
    (PARTICIPANTS, "participants"),
    (STATEMENTS, "statements"),
)
_PARTS = (PARTICIPANTS, STATEMENTS)


NEW: Mapping[UUID, int] = {}
"""That no record was there before."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a batch puts into the tables, and what has to be known of it until the end."""

    rows: Rows
    translations: Sequence[tuple[UUID, UUID]]
    standing: Sequence[Standing]


class Recorder:
    """Records lines within one transaction, batch by batch; a line with a fault is left out, and told.

    A record that is there already, by its id, one of its identifiers, or its slug or code, is left as it is. What the
    database refuses raises its own error.
    """

    def __init__(
        self,
        connection: Any,
        writing: Writing,
        *,
        checked: bool,
        changing: UUID | None = None,
        versions: Mapping[UUID, int] = NEW,
    ) -> None:
        """Take a connection of the driver's own, inside a transaction, and the writing that it makes.

        `checked`: whether the rules are checked here, so that each breach is a fault with its place; else PostgreSQL
        alone holds them. `changing` is the record whose document is given anew, which is taken but not written here.
        `versions` are those after which records go on that were removed.
        """
        self._connection = connection
        self._writing = writing
        self._versions = versions
        self.known = Known(connection, changing)
        self._rules = Rules(connection, self.known, versions.keys()) if checked else None
        self._rows = Rows()
        self.recorded: Counter[RecordKind] = Counter()
        self.there: Counter[RecordKind] = Counter()
        self.skipped: Counter[RecordKind] = Counter()
        self.late: list[Fault] = []
        """What turned out to be wrong with lines that are recorded already."""
        self._translations: list[tuple[UUID, UUID]] = []

    async def look_up(self, lines: Sequence[Line]) -> None:
        """Find out what the lines of a batch refer to, and what of theirs is there already.

        The batch before is taken by then, though it need not be written.
        """
        wanted: defaultdict[RecordKind, set[Key]] = defaultdict(set)
        identifiers: set[Identified] = set()
        for line in lines:
            for entry in line.entries:
                keys: tuple[Key | None, ...] = (entry.document.id, key_of(entry), *former_keys_of(entry.document))
                wanted[entry.kind].update(key for key in keys if key is not None)
                if isinstance(entry.document, PartyIn):
                    wanted["party"].update(entry.document.aliases)
                identifiers.update((given.scheme, folded(given.value)) for given in entry.document.identifiers)
                for kind, key in _references(entry.document):
                    if key is not None:
                        wanted[kind].add(key)
        await self._writing.begin()
        await self.known.look_up(wanted, identifiers)
        if self._rules:
            await self._rules.look_up(lines)

    def take(self, lines: Sequence[Line]) -> Taken:
        """Take the lines of a batch that was looked up; those that turn out to have faults are left out."""
        for line in lines:
            self._take(line)
        self._enter_changes()
        taken = Taken(self._rows, self._translations, self.known.standing())
        self._rows, self._translations = Rows(), []
        return taken

    async def write(self, taken: Taken) -> None:
        """Put what was taken into the tables."""
        await self._writing.enter_itself()
        await taken.rows.copy(self._connection, ORDER)
        if self._versions:
            await self._go_on(taken.rows)
        if taken.translations:
            await self._connection.execute(
                "UPDATE readouts SET translation_of = late.translated"
                " FROM unnest($1::uuid[], $2::uuid[]) AS late (id, translated) WHERE readouts.id = late.id",
                *map(list, zip(*taken.translations, strict=True)),
            )
        await self.known.put_away(taken.standing)

    async def _go_on(self, rows: Rows) -> None:
        """Let records that were removed have their next versions."""
        for sheet, resource in _VERSIONED:
            ids: list[Any] = [row[0] for row in rows.of(sheet) if row[0] in self._versions]
            if ids:
                # The names are those of our own tables.
                await self._connection.execute(
                    f"UPDATE {resource} SET version = former.version + 1"  # noqa: S608
                    f" FROM unnest($1::uuid[], $2::int[]) AS former (id, version) WHERE {resource}.id = former.id",
                    ids,
                    [self._versions[record_id] for record_id in ids],
                )

    def finish(self) -> None:
        """Tell which readouts that lines waited for never came, and what falls with the lines that have late faults."""
        for one in self.known.waiting.left():
            self.late.append(one.fault(one.steps, *self.known.unknown("readout", one.readout)))
        for fault in self.late:
            # The list grows meanwhile, by what waited for a readout of such a line.
            for one in self.known.waiting.served_by(fault.line):
                detail = f"no readout is recorded under {one.readout}, since line {fault.line} has faults"
                self.late.append(one.fault(one.steps, detail, fault.line))

    def _enter_changes(self) -> None:
        """Enter that the records of a batch were created."""
        if self.known.changing is not None:
            return
        for sheet, resource in _VERSIONED:
            for row in self._rows.of(sheet):
                within: Any = row[1] if sheet in _PARTS else None
                record_id: Any = row[0]
                version = self._versions.get(record_id, 0) + 1
                self._writing.enter(self._rows, resource, record_id, version, "created", within=within)

    def _take(self, line: Line) -> None:
        mark = self._rows.mark()
        added: Counter[RecordKind] = Counter()
        there: Counter[RecordKind] = Counter()
        if not line.faults:
            found = self.known.match(line.record)
            if found is None:
                for entry in line.entries:
                    line.record_id, line.is_new = self._take_entry(entry)
                    (added if line.is_new else there)[entry.kind] += 1
            else:
                line.record_id, line.is_new = found, False
                self._leave(line, found)
        if line.faults:
            self._rows.take_back(mark)
            self.known.take_back(line)
            if self._rules:
                self._rules.take_back()
            self.skipped.update([entry.kind for entry in line.entries] or [kind for kind, _ in line.seems[:1]])
            return
        self.recorded += added
        self.there += there
        self.known.keep()
        if self._rules:
            self._rules.keep()
        for entry in line.entries:
            self._serve_waiting(entry)

    def _leave(self, line: Line, record_id: UUID) -> None:
        """Leave a record that is there as it is, and with it what the line embeds."""
        for entry in line.entries:
            there = record_id if entry is line.record else self.known.match(entry)
            if there is not None:
                self.known.stand_for(entry, there)
                self.there[entry.kind] += 1

    def _take_entry(self, entry: Entry) -> tuple[UUID, bool]:
        """Take one record of a line that is not there as a whole; its id, and whether it was new itself."""
        there = self.known.match(entry)
        if there is not None:
            self.known.stand_for(entry, there)
            return there, False
        record_id = entry.document.id or new_id()
        if self._rules:
            self._rules.check(entry, record_id)
        if entry.kind == "readout":
            # Its claims may rest on its own text.
            self.known.add(entry, record_id)
        self._add(entry, record_id, self._rows)
        self.known.add(entry, record_id)
        return record_id, True

    def _add(self, entry: Entry, record_id: UUID, rows: Rows) -> None:
        document = entry.document
        match document:
            case PartyIn():
                add_party(rows, record_id, entry)
            case LeaderIn():
                add_leader(rows, record_id, entry, self.known)
            case PublisherIn():
                add_publisher(rows, record_id, entry, self.known)
            case TopicIn():
                add_topic(rows, record_id, entry, self.known)
            case ReadoutIn():
                add_readout(rows, record_id, entry, self.known)
            case CallBase():
                parts = CallRows(rows, record_id, entry, self.known).add()
                for person in document.participants:
                    part = parts[person.ref]
                    assert part is not None
                    _add_redirects(rows, "participant", part, person.former_keys)
        for given in document.identifiers:
            owners = (record_id if kind == entry.kind else None for kind in RECORD_KINDS)
            rows.add(IDENTIFIERS, (given.scheme, folded(given.value), given.value, *owners))
        _add_redirects(rows, entry.kind, record_id, former_keys_of(document))

    def _serve_waiting(self, entry: Entry) -> None:
        """Complete what earlier lines said of a readout that has come."""
        if entry.kind != "readout":
            return
        for given in ids_of(entry.document):
            readout = self.known.find("readout", given)
            if readout is not None:
                self._serve(self.known.waiting.release(given, entry.line.number), readout)

    def _serve(self, released: Sequence[Waiting], readout: UUID) -> None:
        for one in released:
            if one.translation == readout:
                self.late.append(one.fault(one.steps, "is the readout itself"))
            elif one.translation is not None:
                self._translations.append((one.translation, readout))
            elif one.quote is not None:
                if self._rules and (wrong := self._rules.texts.fault(readout, one.quote)):
                    # What is recorded of that line cannot stay, and the database would refuse this.
                    self.late.append(one.fault(*wrong))
                    continue
                told = (one.quote.version, one.quote.text, one.quote.start, one.quote.end, None, None)
                self._rows.add(EVIDENCE, (*one.claim, readout, *told))


def _add_redirects(rows: Rows, kind: str, record_id: UUID, keys: Sequence[str]) -> None:
    for key in keys:
        targets = (record_id if target == kind else None for target in _TARGETS)
        rows.add(REDIRECTS, (NAMINGS[kind].resource, key, *targets))  # type: ignore[index]


def _references(document: Any) -> Iterator[tuple[RecordKind, Key | None]]:
    """What a document refers to."""
    match document:
        case LeaderIn():
            yield from (("party", office.party) for office in document.offices)
        case PublisherIn():
            yield "party", document.party
        case TopicIn():
            yield "topic", document.broader
        case ReadoutIn():
            yield "readout", document.translation_of
            yield from (("publisher", claim.value) for claim in document.all_claims())
            yield from (("readout", evidence.readout) for claim in document.claims for evidence in claim.evidence)
        case CallBase():
            yield from _references_of_call(document)


def _references_of_call(call: CallBase) -> Iterator[tuple[RecordKind, Key | None]]:
    for person in call.participants:
        yield "leader", person.leader
        yield "party", person.party
    for claim in call.all_claims():
        if claim.field == "initiator":
            yield "party", claim.value.party
        yield from (("readout", evidence.readout) for evidence in claim.evidence)
    yield from (("readout", readout) for readout in readouts_of(call))
    yield from (("readout", mention.readout) for mention in call.mentions)
    for statement in call.statements:
        yield "readout", statement.readout
        yield from (("topic", topic) for topic in statement.topics)
