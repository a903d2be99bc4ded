"""The rules that PostgreSQL holds records to, checked beforehand, so that each breach is told with its place."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.calls.rows import readouts_of
from app.calls.schemas import CallBase
from app.entries import Entry, Line
from app.known import Known, former_keys_of, ids_of, key_of
from app.leaders.schemas import LeaderIn
from app.names import folded
from app.parties.schemas import PartyIn
from app.quoted import Quote
from app.quotes import Texts, quotes_of
from app.readouts.schemas import ReadoutIn
from app.references import NAMINGS
from app.statements.schemas import StatementIn
from app.topics.schemas import TopicIn

_TWICE = "is given twice"
_TAKEN = "is taken by another record"
_GONE = "is that of a record that was removed"
# PostgreSQL's indexes take no longer text; folding makes ligatures longer.
_LONGEST_FOLDED = 2_600
_RETRIEVED = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))
_POSITIONS = """
    SELECT readout_id, readout_version, position FROM statements
    JOIN unnest($1::uuid[], $2::int[], $3::int[]) AS asked (readout_id, readout_version, position)
    USING (readout_id, readout_version, position)
    WHERE call_id IS DISTINCT FROM $4
"""
_BELOW = """
    WITH RECURSIVE below (id) AS (
        SELECT $1::uuid UNION SELECT topics.id FROM topics JOIN below ON topics.broader_id = below.id
    )
    SELECT id FROM below
"""
_REMOVED = "SELECT DISTINCT record_id FROM tombstones WHERE record_id = ANY ($1::uuid[])"
# Whose it is, of what has an id of its own: that stays.
OWNERS = {"participants": ("call_id",), "statements": ("call_id",), "claims": ("call_id", "readout_id")}
Place = tuple[UUID, int, int]
"""The readout, version and position of a statement."""
_Met = Mapping[UUID | None, UUID]
"""The readouts of a batch that are recorded already, by the ids that the batch gives to them."""


class Rules:
    """Checks the records of a batch, each against what is recorded and what came before it."""

    def __init__(self, connection: Any, known: Known, coming_back: Collection[UUID] = ()) -> None:
        """Take a connection of the driver's own, what is known, and which removed records may come back."""
        self._connection = connection
        self._known = known
        self.texts = Texts(connection)
        self._ids: set[UUID] = set()
        self._removed: set[UUID] = set()
        self._coming_back = coming_back
        self._places: set[Place] = set()
        self._codes: set[str] = set()
        self._former: set[str] = set()
        self._below: set[UUID] = set()
        self._line: list[tuple[set[Any], Any]] = []
        self._unwritten: list[tuple[set[Any], Any]] = []

    async def look_up(self, lines: Sequence[Line]) -> None:
        """Find out what of a batch is taken; the batch is known already."""
        new = [line for line in lines if not line.faults and self._known.match(line.record) is None]
        entries = [entry for line in new for entry in line.entries]
        # The keys that a readout of this batch has do not stand for one that is recorded yet.
        met = {
            entry.document.id: found
            for line in lines
            for entry in line.entries
            if entry.kind == "readout" and not line.faults and (found := self._known.match(entry)) is not None
        }
        await self.texts.look_up(self._quotes(entries, met))
        for much in (self._ids, self._places, self._codes, self._former):
            much.clear()
        # What the last batch took may not be written yet.
        for unwritten, value in self._unwritten:
            unwritten.add(value)
        self._unwritten = []
        documents = [entry.document for entry in entries]
        changing = self._known.changing
        if changing is not None and any(isinstance(document, TopicIn) for document in documents):
            self._below = {row[0] for row in await self._connection.fetch(_BELOW, changing)}
        given_ids = [document.id for document in documents if document.id is not None]
        for table, owners in OWNERS.items():
            ids = [given.id for document in documents for given in getattr(document, table, ()) if given.id is not None]
            if ids:
                elsewhere = " AND ".join(f"{owner} IS DISTINCT FROM $2" for owner in owners)
                # The names are those of our own tables.
                taken = f"SELECT id FROM {table} WHERE id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR ({elsewhere}))"  # noqa: S608
                self._ids.update(row[0] for row in await self._connection.fetch(taken, ids, changing))
                given_ids += ids
        self._removed = set()
        if given_ids:
            removed = {row[0] for row in await self._connection.fetch(_REMOVED, given_ids)}
            self._removed.update(removed.difference(self._coming_back))
        places = {place for document in documents for place in self._places_of(document, met)}
        if places:
            found = await self._connection.fetch(_POSITIONS, *map(list, zip(*places, strict=True)), changing)
            self._places.update(tuple(row) for row in found)
        aliases = [folded(alias) for document in documents for alias in getattr(document, "aliases", ())]
        if aliases:
            found = await self._connection.fetch(
                "SELECT lower(code) FROM parties WHERE lower(code) = ANY ($1::text[]) AND id IS DISTINCT FROM $2",
                aliases,
                changing,
            )
            self._codes.update(row[0] for row in found)
        former = [
            key
            for document in documents
            for person in getattr(document, "participants", ())
            for key in person.former_keys
        ]
        if former:
            found = await self._connection.fetch(
                "SELECT key FROM redirects JOIN participants ON participants.id = participant_id"
                " WHERE resource = 'participants' AND key = ANY ($1::text[])"
                " AND participants.call_id IS DISTINCT FROM $2",
                former,
                changing,
            )
            self._former.update(row[0] for row in found)

    def _quotes(self, entries: Sequence[Entry], met: _Met) -> Iterator[tuple[UUID, Quote]]:
        """What is quoted from readouts that are recorded, by new records, and by what waited for one of these."""
        for entry in entries:
            for quote in quotes_of(entry.document):
                if (readout := self._readout(quote.readout, met)) is not None:
                    yield readout, quote
        for given, readout in met.items():
            yield from ((readout, one.quote) for one in self._known.waiting.of(given) if one.quote is not None)

    def _places_of(self, document: Any, met: _Met) -> Iterator[Place]:
        for said in getattr(document, "statements", ()):
            if (readout := self._readout(said.readout, met)) is not None:
                yield readout, said.version, said.position

    def _readout(self, given: UUID, met: _Met) -> UUID | None:
        return met.get(given) or self._known.find("readout", given)

    def keep(self) -> None:
        """Keep what the last line took."""
        self._unwritten += self._line
        self._line = []

    def take_back(self) -> None:
        """Give free what the last line took."""
        for taken, value in self._line:
            taken.discard(value)
        self._line = []

    def _claim(self, taken: set[Any], value: Any) -> bool:
        """Whether a value is free, and is taken now."""
        if value in taken:
            return False
        taken.add(value)
        self._line.append((taken, value))
        return True

    def check(self, entry: Entry, record_id: UUID) -> None:
        """Note every breach by a new record; what it refers to is known by now, if it will ever be."""
        document: Any = entry.document
        self._check_keys(entry)
        self._check_identifiers(entry)
        self._check_former_keys(entry)
        if hasattr(document, "name"):
            _not_too_long(entry, folded(document.name), "name")
        self._check_own(entry, document, record_id)
        for place, claim in enumerate(getattr(document, "claims", ())):
            self._check_id(entry, claim.id, "claims", place)
        for quote in quotes_of(document):
            readout = record_id if quote.readout == document.id else self._known.find("readout", quote.readout)
            if readout is not None and (fault := self.texts.fault(readout, quote)):
                entry.fault(*fault)

    def _check_own(self, entry: Entry, document: Any, record_id: UUID) -> None:
        match document:
            case PartyIn():
                self._check_party(entry, document)
            case TopicIn():
                if self._known.find("topic", document.broader) in self._below:
                    entry.fault(("broader",), "is the topic itself, or one below it")
            case LeaderIn():
                _check_leader(entry, document)
            case ReadoutIn():
                self._check_readout(entry, document, record_id)
            case CallBase():
                self._check_call(entry, document)

    def _check_keys(self, entry: Entry) -> None:
        key = key_of(entry)
        if self._known.changing is None:
            # One that is recorded by its key is known to be there, and not new.
            if entry.document.id in self._removed:
                entry.fault(("id",), _GONE)
        elif key is not None and self._known.other(entry.kind, key) is not None:
            entry.fault((NAMINGS[entry.kind].key,), _TAKEN)

    def _check_id(self, entry: Entry, given: UUID | None, *steps: str | int) -> None:
        if given is not None and not self._claim(self._ids, given):
            entry.fault((*steps, "id"), _TAKEN)
        if given in self._removed and self._known.changing is None:
            entry.fault((*steps, "id"), _GONE)

    def _check_former_keys(self, entry: Entry) -> None:
        former = former_keys_of(entry.document)
        _no_two(entry, former, "former_keys")
        own = {str(entry.document.id), key_of(entry)}
        for place, key in enumerate(former):
            if key in own or self._known.other(entry.kind, key) is not None:
                entry.fault(("former_keys", place), "is the key of a record")

    def _check_identifiers(self, entry: Entry) -> None:
        borne = [(given.scheme, folded(given.value)) for given in entry.document.identifiers]
        _no_two(entry, borne, "identifiers")
        for place, identifier in enumerate(borne):
            if self._known.owner_of(identifier) is not None:
                entry.fault(("identifiers", place), _TAKEN)
            _not_too_long(entry, identifier[1], "identifiers", place, "value")

    def _check_party(self, entry: Entry, party: PartyIn) -> None:
        aliases = [folded(alias) for alias in party.aliases]
        _no_two(entry, aliases, "aliases")
        for place, alias in enumerate(aliases):
            _not_too_long(entry, alias, "aliases", place)
            if self._known.party_of(alias) is not None:
                entry.fault(("aliases", place), "is an alias of another party")
            if alias in self._codes and alias != party.code.lower():
                entry.fault(("aliases", place), "is the code of another party")
        if self._known.party_of(party.code.lower()) is not None:
            entry.fault(("code",), "is an alias of another party")
        self._claim(self._codes, party.code.lower())

    def _check_readout(self, entry: Entry, readout: ReadoutIn, record_id: UUID) -> None:
        self.texts.add(record_id, readout)
        _no_two(entry, [version.version for version in readout.versions], "versions")
        if readout.translation_of is not None and readout.translation_of in ids_of(readout):
            entry.fault(("translation_of",), "is the readout itself")
        if readout.retrieved_at is not None and not _RETRIEVED[0] <= readout.retrieved_at < _RETRIEVED[1]:
            entry.fault(("retrieved_at",), "must lie between the years 1 and 9999")

    def _check_call(self, entry: Entry, call: CallBase) -> None:
        readouts = [
            self._known.refer(entry, "readout", given, "readouts", place)
            for place, given in enumerate(readouts_of(call))
        ]
        _no_two(entry, readouts, "readouts")
        leaders = [self._known.find("leader", person.leader) for person in call.participants]
        _no_two(entry, leaders, "participants", member="leader")
        for place, person in enumerate(call.participants):
            self._check_id(entry, person.id, "participants", place)
            for number, key in enumerate(person.former_keys):
                if not self._claim(self._former, key):
                    entry.fault(("participants", place, "former_keys", number), _TAKEN)
            if person.office is not None:
                _not_too_long(entry, folded(person.office), "participants", place, "office")
        for place, mention in enumerate(call.mentions):
            self._known.refer(entry, "readout", mention.readout, "mentions", place, "readout")
            self._check_reported(entry, mention.readout, readouts, "mentions", place)
        for place, said in enumerate(call.statements):
            self._check_reported(entry, said.readout, readouts, "statements", place)
            self._check_statement(entry, said, "statements", place)

    def _check_reported(self, entry: Entry, given: UUID, readouts: Sequence[UUID | None], *steps: str | int) -> None:
        readout = self._known.find("readout", given)
        if readout is not None and readout not in readouts:
            entry.fault((*steps, "readout"), "is not among the readouts of the call")

    def _check_statement(self, entry: Entry, said: StatementIn, *steps: str | int) -> None:
        self._check_id(entry, said.id, *steps)
        readout = self._known.find("readout", said.readout)
        if readout is not None and not self._claim(self._places, (readout, said.version, said.position)):
            entry.fault((*steps, "position"), "is taken by another statement in this version of the readout")
        _no_two(entry, [speaker.participant for speaker in said.speakers], *steps, "speakers")
        _no_two(entry, [self._known.find("topic", topic) for topic in said.topics], *steps, "topics")
        clause = said.attribution
        if clause.verb is not None:
            _not_too_long(entry, folded(clause.verb), *steps, "attribution", "verb")
        told = {"text": clause.text, "start": clause.start, "end": clause.end}
        for name, member in told.items():
            if (member is None) == (clause.kind == "explicit"):
                detail = "is missing from an explicit attribution" if member is None else "is not for an inherited one"
                entry.fault((*steps, "attribution", name), detail)
        if clause.kind != "explicit" and clause.verb is not None:
            entry.fault((*steps, "attribution", "verb"), "is not for an inherited one")


def _check_leader(entry: Entry, leader: LeaderIn) -> None:
    _no_two(entry, [(name.name, name.kind) for name in leader.names], "names")
    for place, name in enumerate(leader.names):
        _not_too_long(entry, folded(name.name), "names", place, "name")
    for place, office in enumerate(leader.offices):
        start, end = office.from_, office.to
        if end is not None and end.startswith("9999"):
            entry.fault(("offices", place, "to"), "is left out where the end is open")
        elif start is not None and end is not None and start[: len(end)] > end[: len(start)]:
            entry.fault(("offices", place, "to"), "lies before the beginning")


def _no_two(entry: Entry, values: Sequence[object], *steps: str | int, member: str | None = None) -> None:
    """Note each value that is there a second time."""
    if len(set(values)) == len(values):
        return
    seen: set[object] = {None}
    for place, value in enumerate(values):
        if value in seen and value is not None:
            entry.fault((*steps, place, member) if member else (*steps, place), _TWICE)
        seen.add(value)


def _not_too_long(entry: Entry, text: str, *steps: str | int) -> None:
    if len(text) > _LONGEST_FOLDED // 4 and len(text.encode()) > _LONGEST_FOLDED:
        entry.fault(steps, "is too long in the form in which it is compared")
