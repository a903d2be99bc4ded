"""The export of records: lines that an import takes, made by PostgreSQL, each after the lines that it refers to.

What an import would fill in by itself is left out: members that are null, empty or at their default, the hash of a text
that is there, and whatever a claim tells.
"""

from collections.abc import AsyncIterator
from typing import Any

from app.db import Database
from app.records import driver_connection

_SETTINGS = """
    SET LOCAL statement_timeout = 0;
    SET LOCAL transaction_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
"""
_LINES_A_FETCH = 200


def _list(rows: str) -> str:
    """The rows of a select, in its order, as an array of objects; null where there are none."""
    return f"(SELECT json_agg(row_to_json(listed)) FROM ({rows}) AS listed)"


def _object(columns: str) -> str:
    return f"(SELECT row_to_json(made) FROM (SELECT {columns}) AS made)"


def _identifiers(owner: str, record: str) -> str:
    return _list(f"SELECT scheme, value FROM identifiers WHERE {owner} = {record}.id ORDER BY scheme, folded")


def _former_keys(owner: str, record: str) -> str:
    return f"(SELECT json_agg(key ORDER BY key) FROM redirects WHERE {owner} = {record}.id)"


def _code(party: str) -> str:
    return f"(SELECT code FROM parties WHERE id = {party})"


def _claims(subject: str, participant: str) -> str:
    evidence = _list(
        'SELECT readout_id AS readout, readout_version AS version, text, start, "end", source, url'
        " FROM evidence WHERE claim_id = claims.id ORDER BY position"
    )
    date = "date_edtf AS edtf, date_zone AS zone, date_text AS text, date_part_of_day AS part_of_day"
    initiator = f"initiator_kind AS kind, {participant} AS participant, {_code('initiator_party_id')} AS party"
    return _list(f"""
        SELECT id, field, CASE field
            WHEN 'date' THEN {_object(date)}
            WHEN 'channel' THEN to_json(channel)
            WHEN 'duration' THEN to_json(duration_seconds)
            WHEN 'initiator' THEN {_object(initiator)}
            ELSE to_json((SELECT slug FROM publishers WHERE publishers.id = publisher_id))
        END AS value, basis, NULLIF(preferred, false) AS preferred, note, {evidence} AS evidence
        FROM claims WHERE {subject} ORDER BY position
    """)


_VERSIONS = _list("""
    SELECT NULLIF(version, 1) AS version, text, CASE WHEN text IS NULL THEN sha256 END AS sha256, source_sha256
    FROM readout_versions WHERE readout_id = r.id ORDER BY version
""")
_READOUT = f"""
    r.id, NULLIF(r.kind, 'readout') AS kind, r.title, r.language, r.url, r.archived_url, r.published_on, r.retrieved_at,
    r.rights, r.licence, r.original_language, NULLIF(r.translation, 'unknown') AS translation, r.translation_of,
    {_VERSIONS} AS versions, {_claims("readout_id = r.id", "NULL")} AS claims,
    {_identifiers("readout_id", "r")} AS identifiers, {_former_keys("readout_id", "r")} AS former_keys
"""
# A readout stands in its call, unless it reports several or none, or is referred to from other lines.
_REFERRED_TO = """(
    EXISTS (
        SELECT FROM evidence JOIN claims ON claims.id = claim_id
        WHERE evidence.readout_id = r.id AND claims.readout_id IS DISTINCT FROM r.id
          AND claims.call_id IS DISTINCT FROM reported.call_id
    )
    OR EXISTS (
        SELECT FROM readouts AS other WHERE other.translation_of = r.id AND NOT EXISTS (
            SELECT FROM call_readouts WHERE readout_id = other.id AND call_id = reported.call_id
        )
    )
)"""
_REPORTED = """LATERAL (
    SELECT CASE count(*) WHEN 1 THEN (array_agg(call_id))[1] END AS call_id FROM call_readouts WHERE readout_id = r.id
) AS reported"""
_REFERS = """(
    translation_of IS NOT NULL OR EXISTS (
        SELECT FROM claims JOIN evidence ON claim_id = claims.id
        WHERE claims.readout_id = r.id AND evidence.readout_id <> r.id
    )
)"""
_STATEMENTS = _list("""
    SELECT s.id, s.readout_id AS readout, NULLIF(s.readout_version, 1) AS version, s.position, s.paragraph,
        (
            SELECT json_agg(json_build_object('participant', ref) ORDER BY o.position)
            FROM statement_speakers o JOIN people ON people.id = participant_id WHERE statement_id = s.id
        ) AS speakers,
        s.text, s.start, s."end",
        (SELECT row_to_json(made) FROM (
            SELECT s.attribution_kind AS kind, s.attribution_verb AS verb, s.attribution_text AS text,
                s.attribution_start AS start, s.attribution_end AS "end"
        ) AS made) AS attribution,
        NULLIF(s.mode, 'indirect') AS mode, NULLIF(s.speaker_as, 'person') AS speaker_as, s.act,
        (
            SELECT json_agg(slug ORDER BY slug) FROM statement_topics JOIN topics ON topics.id = topic_id
            WHERE statement_id = s.id
        ) AS topics
    FROM statements s WHERE s.call_id = c.id ORDER BY s.readout_id, s.readout_version, s.position
""")
_QUOTED = _object('name_text AS text, name_start AS start, name_end AS "end"')
_OFFICE = _object('office_text AS text, office_start AS start, office_end AS "end"')
_MENTIONS = _list(f"""
    SELECT ref AS participant, readout_id AS readout, NULLIF(readout_version, 1) AS version, {_QUOTED} AS name,
        CASE WHEN office_text IS NOT NULL THEN {_OFFICE} END AS office
    FROM mentions m JOIN people ON people.id = m.participant_id WHERE m.call_id = c.id
    ORDER BY m.position, readout_id, readout_version
""")
_PEOPLE = _list(f"""
    SELECT ref, id, (SELECT slug FROM leaders WHERE leaders.id = leader_id) AS leader, {_code("party_id")} AS party,
        office, NULLIF(role, 'principal') AS role, {_former_keys("participant_id", "people")} AS former_keys
    FROM people ORDER BY place
""")
_READOUTS = f"""(
    SELECT json_agg(
        CASE WHEN reported.call_id IS NULL OR {_REFERRED_TO} THEN to_json(r.id) ELSE {_object(_READOUT)} END
        ORDER BY r.id
    )
    FROM call_readouts l JOIN readouts r ON r.id = l.readout_id, {_REPORTED} WHERE l.call_id = c.id
)"""
_INITIATOR = "(SELECT ref FROM people WHERE people.id = initiator_participant_id)"

# Each gives the lines of one kind, in order; the kinds are in the order in which they refer to each other.
_LINES = (
    f"""
    SELECT 'party' AS type, p.id, p.code, p.name, p.kind,
        (SELECT json_agg(alias ORDER BY folded) FROM party_aliases WHERE party_id = p.id) AS aliases,
        {_identifiers("party_id", "p")} AS identifiers
    FROM parties p ORDER BY p.code
    """,
    f"""
    SELECT 'topic' AS type, t.id, t.slug, t.name, t.definition,
        (SELECT slug FROM topics WHERE topics.id = t.broader_id) AS broader,
        {_identifiers("topic_id", "t")} AS identifiers, {_former_keys("topic_id", "t")} AS former_keys
    FROM (
        WITH RECURSIVE above (id, depth) AS (
            SELECT id, 0 FROM topics WHERE broader_id IS NULL
            UNION ALL
            SELECT topics.id, depth + 1 FROM above JOIN topics ON broader_id = above.id
        )
        SELECT topics.*, depth FROM topics JOIN above USING (id)
    ) AS t ORDER BY depth, t.slug
    """,
    f"""
    SELECT 'publisher' AS type, p.id, p.slug, p.name, p.kind, {_code("p.party_id")} AS party, p.url,
        {_identifiers("publisher_id", "p")} AS identifiers, {_former_keys("publisher_id", "p")} AS former_keys
    FROM publishers p ORDER BY p.slug
    """,
    f"""
    SELECT 'leader' AS type, l.id, l.slug,
        {_list("SELECT name, language, kind FROM leader_names WHERE leader_id = l.id ORDER BY position")} AS names,
        {
        _list(
            f'SELECT title, {_code("party_id")} AS party, held_from AS "from", held_to AS "to" FROM offices'
            " WHERE leader_id = l.id ORDER BY position"
        )
    } AS offices,
        {_identifiers("leader_id", "l")} AS identifiers, {_former_keys("leader_id", "l")} AS former_keys
    FROM leaders l ORDER BY l.slug
    """,
    f"""
    SELECT 'readout' AS type, {_READOUT}
    FROM readouts r, {_REPORTED} WHERE reported.call_id IS NULL OR {_REFERRED_TO} ORDER BY {_REFERS}, r.id
    """,
    f"""
    SELECT told.*
    FROM (SELECT * FROM calls ORDER BY date_earliest, date_latest, id) AS c, LATERAL (
        WITH people AS MATERIALIZED (
            SELECT id, row_number() OVER by_position AS place, 'p' || row_number() OVER by_position AS ref, leader_id,
                party_id, office, role
            FROM participants WHERE call_id = c.id WINDOW by_position AS (ORDER BY position)
        )
        SELECT 'call' AS type, c.id, c.slug, c.title, {_PEOPLE} AS participants, {_READOUTS} AS readouts,
            {_MENTIONS} AS mentions, {_STATEMENTS} AS statements, {_claims("call_id = c.id", _INITIATOR)} AS claims,
            {_identifiers("call_id", "c")} AS identifiers, {_former_keys("call_id", "c")} AS former_keys
    ) AS told
    ORDER BY c.date_earliest, c.date_latest, c.id
    """,
)


async def exported(database: Database) -> AsyncIterator[list[str]]:
    """The lines of all records, some at a time, as they were at one moment."""
    async with database.write.connect() as reading:
        await reading.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection: Any = await driver_connection(reading)
        await connection.execute(_SETTINGS)
        for lines in _LINES:
            made = f"SELECT json_strip_nulls(row_to_json(line))::text FROM ({lines}) AS line"
            cursor = await connection.cursor(made)
            while rows := await cursor.fetch(_LINES_A_FETCH):
                yield [row[0] for row in rows]


async def count_lines(database: Database) -> int:
    """About how many lines there are."""
    async with database.writing() as writing:
        connection: Any = await driver_connection(writing)
        counted = await connection.fetchval(
            "SELECT sum(greatest(reltuples, 0))::bigint FROM pg_class WHERE relname = ANY ($1)"
            " AND relnamespace = current_schema()::regnamespace",
            ["parties", "topics", "publishers", "leaders", "calls"],
        )
        return int(counted or 0)
