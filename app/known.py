"""Which records keys mean while many are recorded: those of before, and those on the lines before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.asked import is_id
from app.entries import RECORD_KINDS, Entry, Line, RecordKind
from app.names import folded
from app.references import NAMINGS
from app.waiting import WaitingRoom

Key = UUID | str
Identified = tuple[str, str]
"""An identifier's scheme and folded value."""

Standing = tuple[RecordKind, str, UUID]
"""A key of a file by its kind, and the id of the record that it means."""
_MOST_KEPT = 200_000
_MOST_SKIPPED = 100_000
_STANDING = "telcon_standing"


class Known:
    """The records that keys mean. It is asked about batches of lines, and told what becomes of each of them.

    A batch may be looked up while the one before is not yet written, which is therefore kept here.
    """

    def __init__(self, connection: Any, changing: UUID | None = None) -> None:
        """Take a connection of the driver's own, inside the transaction in which the records are recorded.

        `changing` is the record that is given anew: its document is of no record that is there, and its keys are free.
        """
        self._connection = connection
        self.changing = changing
        self._keys: dict[RecordKind, dict[Key, UUID]] = {kind: {} for kind in RECORD_KINDS}
        self._aliases: dict[str, UUID] = {}
        self._owners: dict[Identified, tuple[RecordKind, UUID]] = {}
        self._skipped: dict[tuple[RecordKind, Key], int] = {}
        self._trail: list[tuple[dict[Any, Any], Any, Any]] = []
        self._unwritten: list[tuple[dict[Any, Any], Any]] = []
        self._standing: list[Standing] = []
        self._stands = False
        self.waiting = WaitingRoom()
        self.languages: dict[UUID | None, str] = {}

    # What is looked up for a batch.

    async def look_up(self, wanted: Mapping[RecordKind, set[Key]], identifiers: set[Identified]) -> None:
        """Find out which records keys and identifiers mean."""
        self._forget()
        for kind, keys in wanted.items():
            known = self._keys[kind]
            missing = {UUID(key) if isinstance(key, str) and is_id(key) else key for key in keys} - known.keys()
            if missing and self._stands:
                found = await self._connection.fetch(
                    f"SELECT key, id FROM {_STANDING} WHERE kind = $1 AND key = ANY ($2::text[])",  # noqa: S608
                    kind,
                    [str(key) for key in missing],
                )
                self._learn(kind, missing, found)
                missing -= known.keys()
            if missing:
                await self._look_up(kind, missing)
        if identifiers:
            owners = ", ".join(f"{kind}_id" for kind in RECORD_KINDS)
            for scheme, value, *ids in await self._connection.fetch(
                f"SELECT scheme, folded, {owners} FROM identifiers"  # noqa: S608
                " JOIN unnest($1::text[], $2::text[]) AS asked (scheme, folded) USING (scheme, folded)",
                *map(list, zip(*sorted(identifiers), strict=True)),
            ):
                self._owners[scheme, value] = next(
                    (kind, owner) for kind, owner in zip(RECORD_KINDS, ids, strict=True) if owner
                )
        await self._look_up_languages()

    def _forget(self) -> None:
        """Forget what may be much, but for what the last batch added, since it may not be written yet."""
        kept = [(there, key, there[key]) for there, key in self._unwritten]
        self._unwritten = []
        for much in (self._keys["readout"], self._keys["call"], self._owners, self.languages):
            much.clear()
        for few in self._keys.values():
            if len(few) > _MOST_KEPT:
                few.clear()
        for there, key, value in kept:
            there[key] = value

    async def _look_up(self, kind: RecordKind, keys: set[Key]) -> None:
        naming = NAMINGS[kind]
        table = naming.table.__tablename__
        ids, texts = [key for key in keys if isinstance(key, UUID)], [key for key in keys if isinstance(key, str)]
        asked = [f"SELECT id::text AS key, id FROM {table} WHERE id = ANY ($1::uuid[])"]  # noqa: S608
        if naming.key:
            asked.append(f"SELECT {naming.key}, id FROM {table} WHERE {naming.key} = ANY ($2::text[])")  # noqa: S608
        if naming.moved_to is not None:
            asked.append(
                f"SELECT key, {naming.moved_to.key} FROM redirects WHERE resource = '{naming.resource}'"  # noqa: S608
                " AND key = ANY ($2::text[] || $1::text[])"
            )
        self._learn(kind, keys, await self._connection.fetch(" UNION ALL ".join(asked), ids, texts))
        missing = {folded(key) for key in set(texts) - self._keys[kind].keys()} - self._aliases.keys()
        if kind == "party" and missing:
            found = await self._connection.fetch(
                "SELECT folded, party_id FROM party_aliases WHERE folded = ANY ($1::text[])",
                list(missing),
            )
            self._aliases.update(found)

    async def _look_up_languages(self) -> None:
        readouts = {
            *self._keys["readout"].values(),
            *(owner for kind, owner in self._owners.values() if kind == "readout"),
        }
        if readouts:
            self.languages.update(
                await self._connection.fetch(
                    "SELECT id, language FROM readouts WHERE id = ANY ($1::uuid[])", list(readouts)
                )
            )

    def _learn(self, kind: RecordKind, keys: Iterable[Key], found: Iterable[Sequence[Any]]) -> None:
        by_text = {str(key): key for key in keys}
        for text, record_id in found:
            self._keys[kind].setdefault(by_text[text], record_id)

    # What is asked for a line.

    def find(self, kind: RecordKind, key: Key | None) -> UUID | None:
        """The id of the record that a key means; None where there is no key, or none means it."""
        if key is None:
            return None
        known = self._keys[kind]
        found = known.get(key)
        if found is None and isinstance(key, str):
            if is_id(key):
                found = known.get(UUID(key))
            elif kind == "party":
                found = self._aliases.get(folded(key))
        return found

    def refer(self, entry: Entry, kind: RecordKind, key: Key | None, *steps: str | int) -> UUID | None:
        """The same for a reference of a document at some steps, where it is a fault if none means it."""
        found = self.find(kind, key)
        if found is None and key is not None:
            entry.fault(steps, *self.unknown(kind, key))
        return found

    def unknown(self, kind: RecordKind, key: Key) -> tuple[str, int | None]:
        """What is wrong with a key that means no record, and the line with faults that would have recorded it."""
        line = self._skipped.get((kind, UUID(key) if isinstance(key, str) and is_id(key) else key))
        told = f"no {NAMINGS[kind].noun} is recorded under {key}"
        return (told if line is None else f"{told}, since line {line} has faults"), line

    def match(self, entry: Entry) -> UUID | None:
        """The record that a document is of, by its id, its identifiers, or its slug or code."""
        document = entry.document
        if self.changing is not None:
            return None
        if document.id is not None and (found := self._keys[entry.kind].get(document.id)):
            return found
        bears = {self._owners.get((given.scheme, folded(given.value))) for given in document.identifiers}
        owners = sorted(owner for owned in bears if owned for kind, owner in [owned] if kind == entry.kind)
        if len(owners) > 1:
            entry.fault(("identifiers",), "belong to different records")
        if owners:
            return owners[0]
        return self._keys[entry.kind].get(key_of(entry) or "")

    def owner_of(self, identifier: Identified) -> UUID | None:
        """The other record that an identifier is of."""
        owned = self._owners.get(identifier)
        return self._other(owned and owned[1])

    def party_of(self, alias: str) -> UUID | None:
        """The other party that has an alias, given in its folded form."""
        return self._other(self._aliases.get(alias))

    def other(self, kind: RecordKind, key: Key) -> UUID | None:
        """The other record that a key means."""
        return self._other(self.find(kind, key))

    def _other(self, found: UUID | None) -> UUID | None:
        return None if found == self.changing else found

    # What becomes of a line.

    def add(self, entry: Entry, record_id: UUID) -> None:
        """Take a document for the record of an id: a new one, or one that is recorded already."""
        known = self._keys[entry.kind]
        for key in (*ids_of(entry.document), key_of(entry), *former_keys_of(entry.document)):
            if key is not None and known.get(key) != record_id:
                self._set(known, key, record_id)
        if entry.kind == "readout":
            self._set(self.languages, record_id, entry.document.language)  # type: ignore[attr-defined]
        for given in entry.document.identifiers:
            self._set(self._owners, (given.scheme, folded(given.value)), (entry.kind, record_id))
        for alias in getattr(entry.document, "aliases", ()):
            self._set(self._aliases, folded(alias), record_id)

    def stand_for(self, entry: Entry, record_id: UUID) -> None:
        """Let the keys of a document mean, on all lines to come, the record that it is of."""
        known = self._keys[entry.kind]
        for key in (entry.document.id, key_of(entry)):
            if key is not None and known.get(key) != record_id:
                self._set(known, key, record_id)
                self._standing.append((entry.kind, str(key), record_id))

    def _set(self, there: dict[Any, Any], key: Any, value: Any) -> None:
        self._trail.append((there, key, there.get(key)))
        there[key] = value

    def keep(self) -> None:
        """Keep what the last line added."""
        self.waiting.keep()
        self._unwritten += [(there, key) for there, key, _ in self._trail]
        self._trail = []

    def take_back(self, line: Line) -> None:
        """Forget what the last line added, and that it is there."""
        for there, key, before in reversed(self._trail):
            if before is None:
                del there[key]
            else:
                there[key] = before
        self._trail = []
        self.waiting.take_back()
        for entry in line.entries:
            self._skip(line.number, entry.kind, entry.document.id, key_of(entry))
        for kind, key in line.seems:
            self._skip(line.number, kind, UUID(key) if is_id(key) else key)

    def _skip(self, line: int, kind: RecordKind, *keys: Key | None) -> None:
        """Remember that the record of some keys is on a line with faults."""
        if len(self._skipped) < _MOST_SKIPPED:
            self._skipped.update({(kind, key): line for key in keys if key is not None})

    def standing(self) -> list[Standing]:
        """What the last batch says that has to be known until the last line."""
        standing, self._standing = self._standing, []
        return standing

    async def put_away(self, standing: Sequence[Standing]) -> None:
        """Keep it in a table, since it may be much."""
        if not standing:
            return
        if not self._stands:
            await self._connection.execute(
                f"CREATE TEMPORARY TABLE {_STANDING} (kind text, key text, id uuid, PRIMARY KEY (kind, key))"
                " ON COMMIT DROP"
            )
            self._stands = True
        await self._connection.executemany(
            f"INSERT INTO {_STANDING} VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",  # noqa: S608
            standing,
        )


def former_keys_of(document: Any) -> Sequence[str]:
    """The slugs and ids that a document gives as earlier ones."""
    keys: Sequence[str] = getattr(document, "former_keys", ())
    return keys


def ids_of(document: Any) -> Iterator[UUID]:
    """The id of a document, where it gives one, and the earlier ones."""
    if document.id is not None:
        yield document.id
    yield from (UUID(key) for key in former_keys_of(document) if is_id(key))


def key_of(entry: Entry) -> str | None:
    """The slug or code of a document; a readout has none."""
    name = NAMINGS[entry.kind].key
    return getattr(entry.document, name) if name else None
