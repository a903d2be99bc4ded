"""What the tables give when they are counted row by row, in plain Python, and records that are changed meanwhile."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import asyncpg

Counts = Counter[tuple[str, str]]
"""How many records there are by facet and value; the empty value stands for none."""

_DECIDING = {
    # As text, since Python's dates know no year 0.
    "calls": "id, channel, date_earliest::text, date_latest::text",
    "participants": "id, call_id, leader_id, party_id, role",
    "readouts": "id, publisher_id",
    "topics": "id, broader_id",
    "statements": "id, call_id, readout_id, act",
    "call_readouts": "call_id, readout_id",
    "statement_speakers": "statement_id, participant_id",
    "statement_topics": "statement_id, topic_id",
}
_EXPECTED_FAILURES = (
    # Two writers of one call met, or what was to be changed is gone.
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.IntegrityConstraintViolationError,
)


def _iso(day: str) -> str:
    return f"0000{day[4:10]}" if day.endswith("BC") else day


class Rows:
    """The rows of one state of the records."""

    def __init__(self, rows: Mapping[str, list[asyncpg.Record]]) -> None:
        """Arrange them by what they belong to."""
        self.calls = {call["id"]: call for call in rows["calls"]}
        self.people = {person["id"]: person for person in rows["participants"]}
        self.publisher = {readout["id"]: readout["publisher_id"] for readout in rows["readouts"]}
        self.broader = {topic["id"]: topic["broader_id"] for topic in rows["topics"]}
        self.statements = rows["statements"]
        self.of_call: dict[UUID, list[asyncpg.Record]] = {key: [] for key in self.calls}
        self.said: dict[UUID, list[asyncpg.Record]] = {key: [] for key in self.calls}
        self.readouts: dict[UUID, list[UUID]] = {key: [] for key in self.calls}
        self.speakers: dict[UUID, list[asyncpg.Record]] = {one["id"]: [] for one in rows["statements"]}
        self.topics: dict[UUID, list[UUID]] = {one["id"]: [] for one in rows["statements"]}
        for person in rows["participants"]:
            self.of_call[person["call_id"]].append(person)
        for statement in rows["statements"]:
            self.said[statement["call_id"]].append(statement)
        for link in rows["call_readouts"]:
            self.readouts[link["call_id"]].append(link["readout_id"])
        for speaker in rows["statement_speakers"]:
            self.speakers[speaker["statement_id"]].append(self.people[speaker["participant_id"]])
        for topic in rows["statement_topics"]:
            self.topics[topic["statement_id"]].append(topic["topic_id"])

    @classmethod
    async def read(cls, connection: asyncpg.Connection) -> "Rows":
        """Read all tables that decide."""
        return cls({table: await connection.fetch(f"SELECT {row} FROM {table}") for table, row in _DECIDING.items()})

    def of_calls(self, leader: UUID | None, ids: Iterable[UUID] | None = None) -> Counts:
        """The counts of calls: of all, or of those with the leader as principal."""
        counts: Counts = Counter()
        for key in self.calls if ids is None else ids:
            principals = [person for person in self.of_call[key] if person["role"] == "principal"]
            if leader is not None and leader not in [person["leader_id"] for person in principals]:
                continue
            said = self.said[key]
            self._add(counts, "leader", [person["leader_id"] for person in principals])
            self._add(counts, "party", [person["party_id"] for person in principals])
            self._add(counts, "publisher", [self.publisher[one] for one in self.readouts[key]])
            self._add(counts, "act", [one["act"] for one in said])
            self._add(counts, "topic", [topic for one in said for topic in self._about(one)])
            self._add(counts, "speaker", [who["leader_id"] for one in said for who in self.speakers[one["id"]]])
            self._add_date(counts, key)
        return counts

    def of_statements(self, leader: UUID | None, ids: Iterable[UUID] | None = None) -> Counts:
        """The counts of statements: of all, or of those that the leader speaks."""
        counts: Counts = Counter()
        for key in self.calls if ids is None else ids:
            principals = [one["leader_id"] for one in self.of_call[key] if one["role"] == "principal"]
            for one in self.said[key]:
                speakers = self.speakers[one["id"]]
                if leader is not None and leader not in [who["leader_id"] for who in speakers]:
                    continue
                self._add(counts, "leader", principals)
                self._add(counts, "party", [who["party_id"] for who in speakers])
                self._add(counts, "speaker", [who["leader_id"] for who in speakers])
                self._add(counts, "publisher", [self.publisher[one["readout_id"]]])
                self._add(counts, "act", [one["act"]])
                self._add(counts, "topic", self._about(one))
                self._add_date(counts, key)
        return counts

    def _add(self, counts: Counts, facet: str, values: Iterable[Any]) -> None:
        some = {str(value) for value in values if value is not None}
        counts.update((facet, value) for value in some or {""})

    def _add_date(self, counts: Counts, key: UUID) -> None:
        call = self.calls[key]
        bounds = [_iso(call["date_earliest"]), _iso(call["date_latest"])]
        for facet, length in (("year", 4), ("month", 7)):
            earliest, latest = (bound[:length] for bound in bounds)
            known = earliest == latest and "infinity" not in bounds[0] + bounds[1]
            self._add(counts, facet, [earliest] if known else [])
        self._add(counts, "channel", [call["channel"]])

    def _about(self, statement: asyncpg.Record) -> list[UUID]:
        found: list[UUID] = []
        for topic in self.topics[statement["id"]]:
            above: UUID | None = topic
            while above is not None:
                found.append(above)
                above = self.broader[above]
        return found


class Changes:
    """Changes of the records by SQL, of every kind that the counts depend on, drawn by chance."""

    def __init__(self, seed: object, leader: UUID) -> None:
        """Draw by a seed; one leader takes part more often than others."""
        self.chance = random.Random(str(seed))
        self.leader = leader

    def draw(self) -> str:
        """A kind of change; few calls are removed, so that enough remain."""
        return self.chance.choice([name for name in CHANGES if name != "a call less" or self.chance.random() < 0.1])

    async def make(self, connection: asyncpg.Connection, change: str) -> bool:
        """Make a change in a transaction; false where it was undone, by chance or because it was refused."""
        transaction = connection.transaction()
        await transaction.start()
        try:
            for statement in CHANGES[change]:
                used = [value for name, value in self._values().items() if f":{name}" in statement]
                names = [name for name in self._values() if f":{name}" in statement]
                for number, name in enumerate(names, start=1):
                    statement = statement.replace(f":{name}", f"${number}")  # noqa: PLW2901
                await connection.execute(statement, *used)
            # As long as others need to come in between.
            await connection.execute("SELECT pg_sleep($1)", self.chance.choice([0, 0, 0.01]))
            if self.chance.random() < 0.1:
                await transaction.rollback()
                return False
            await transaction.commit()
        except _EXPECTED_FAILURES:
            if connection.is_in_transaction():
                await transaction.rollback()
            return False
        return True

    def _values(self) -> dict[str, object]:
        return {"leader": self.leader}


_ANY_CALL = "(SELECT id FROM calls ORDER BY random() LIMIT 1)"
_ANY_STATEMENT = "(SELECT id FROM statements ORDER BY random() LIMIT 1)"
_ANY_TOPIC = "(SELECT id FROM topics ORDER BY random() LIMIT 1)"
_ANY_PARTICIPANT = "(SELECT id FROM participants ORDER BY random() LIMIT 1)"
_DATES = """(VALUES ('2020-03-19', DATE '2020-03-19', DATE '2020-03-19'), ('2020', '2020-01-01', '2020-12-31'),
    ('1987-06', '1987-06-01', '1987-06-30'), ('XXXX', '-infinity', '-infinity'))"""
CHANGES: Mapping[str, list[str]] = {
    "join": [
        f"""INSERT INTO participants (call_id, call_earliest, call_latest, position, leader_id, party_id, role)
        SELECT id, date_earliest, date_latest, (random() * 1000000)::integer + 10,
            CASE WHEN random() < 0.5 THEN :leader::uuid ELSE (SELECT id FROM leaders ORDER BY random() LIMIT 1) END,
            (SELECT id FROM parties ORDER BY random() LIMIT 1), 'principal'
        FROM calls WHERE id = {_ANY_CALL}"""
    ],
    "leave": [f"DELETE FROM participants WHERE id = {_ANY_PARTICIPANT}"],
    "another role": [
        f"""UPDATE participants SET role = (ARRAY['principal', 'aide'])[1 + (random())::integer]
        WHERE id = {_ANY_PARTICIPANT}"""
    ],
    "another leader": [
        f"""UPDATE participants SET leader_id = CASE WHEN random() < 0.7 THEN :leader::uuid END,
        party_id = (SELECT id FROM parties ORDER BY random() LIMIT 1) WHERE id = {_ANY_PARTICIPANT}"""
    ],
    "another act": [
        f"""UPDATE statements SET act = (ARRAY['praise', 'agree', NULL])[1 + (random() * 2)::integer]
        WHERE id = {_ANY_STATEMENT}"""
    ],
    "all acts of a call": [f"UPDATE statements SET act = 'thank' WHERE call_id = {_ANY_CALL}"],
    "another speaker": [
        f"""INSERT INTO statement_speakers (statement_id, participant_id, call_id, position)
        SELECT statements.id, participants.id, statements.call_id, 9
        FROM statements JOIN participants USING (call_id)
        WHERE statements.id = {_ANY_STATEMENT} ORDER BY random() LIMIT 1"""
    ],
    "a speaker less": [
        """DELETE FROM statement_speakers WHERE (statement_id, participant_id) = (
            SELECT statement_id, participant_id FROM statement_speakers ORDER BY random() LIMIT 1)"""
    ],
    "another topic": [f"INSERT INTO statement_topics (statement_id, topic_id) SELECT {_ANY_STATEMENT}, {_ANY_TOPIC}"],
    "topics less": [f"DELETE FROM statement_topics WHERE statement_id = {_ANY_STATEMENT}"],
    "another broader topic": [f"UPDATE topics SET broader_id = {_ANY_TOPIC} WHERE id = {_ANY_TOPIC}"],
    "a narrower topic less": [f"UPDATE topics SET broader_id = NULL WHERE id = {_ANY_TOPIC}"],
    "another date": [
        f"""UPDATE claims SET (date_edtf, date_earliest, date_latest, date_precision) = (
            SELECT edtf, earliest, latest, 'day' FROM {_DATES} AS dates (edtf, earliest, latest)
            ORDER BY random() LIMIT 1)
        WHERE preferred AND field = 'date' AND call_id = {_ANY_CALL}"""
    ],
    "another channel": [
        f"""UPDATE claims SET channel = (ARRAY['video', 'meeting'])[1 + (random())::integer]
        WHERE preferred AND field = 'channel' AND call_id = {_ANY_CALL}"""
    ],
    "another publisher": [
        """UPDATE claims SET publisher_id = (SELECT id FROM publishers ORDER BY random() LIMIT 1)
        WHERE preferred AND readout_id = (SELECT id FROM readouts ORDER BY random() LIMIT 1)"""
    ],
    "another readout": [
        f"""INSERT INTO call_readouts (call_id, readout_id)
        SELECT {_ANY_CALL}, (SELECT id FROM readouts ORDER BY random() LIMIT 1)"""
    ],
    "a readout less": [
        """DELETE FROM call_readouts WHERE (call_id, readout_id) = (
            SELECT call_id, readout_id FROM call_readouts ORDER BY random() LIMIT 1)"""
    ],
    "a statement less": [
        "SELECT set_config('test.gone', (SELECT id FROM statements ORDER BY random() LIMIT 1)::text, true)",
        "DELETE FROM statement_topics WHERE statement_id = current_setting('test.gone')::uuid",
        "DELETE FROM statements WHERE id = current_setting('test.gone')::uuid",
        "DELETE FROM statement_speakers WHERE statement_id = current_setting('test.gone')::uuid",
    ],
    "another statement": [
        "SELECT set_config('test.new', uuidv7()::text, true)",
        f"""INSERT INTO statement_speakers (statement_id, participant_id, call_id, position)
        SELECT current_setting('test.new')::uuid, speaker.participant_id, speaker.call_id, 1
        FROM statement_speakers AS speaker WHERE speaker.statement_id = {_ANY_STATEMENT}""",
        """INSERT INTO statements (id, call_id, readout_id, readout_version, position, paragraph, language, text, start,
            "end", mode, speaker_as, act, attribution_kind)
        SELECT current_setting('test.new')::uuid, call_id, readout_id, readout_version,
            (random() * 1000000)::integer + 100, paragraph, language, text, start, "end", mode, speaker_as, 'request',
            'inherited'
        FROM statements WHERE call_id = (
            SELECT call_id FROM statement_speakers WHERE statement_id = current_setting('test.new')::uuid LIMIT 1)
        LIMIT 1""",
    ],
    "a call less": [
        f"SELECT set_config('test.gone', {_ANY_CALL}::text, true)",
        """DELETE FROM statement_topics WHERE statement_id IN (
            SELECT id FROM statements WHERE call_id = current_setting('test.gone')::uuid)""",
        *(
            f"DELETE FROM {table} WHERE call_id = current_setting('test.gone')::uuid"
            for table in ("statements", "statement_speakers", "mentions", "call_readouts")
        ),
        "DELETE FROM claims WHERE call_id = current_setting('test.gone')::uuid AND NOT preferred",
        "DELETE FROM participants WHERE call_id = current_setting('test.gone')::uuid",
        "DELETE FROM calls WHERE id = current_setting('test.gone')::uuid",
        "DELETE FROM claims WHERE call_id = current_setting('test.gone')::uuid",
    ],
}
