"""Records written as the lines that tell them whole, by PostgreSQL: as exports have them, or as the history keeps them.

What an import would fill in by itself is left out: members that are null, empty or at their default, the hash of a text
that is there, and whatever a claim tells. An export names records by their slugs and codes and embeds a call's
readouts; the history names every record by its id, which lasts, and also a call's participants where a document of its
own would make names up for them.
"""

from functools import cached_property

from app.entries import RecordKind


def _list(rows: str) -> str:
    """The rows of a select, in its order, as an array of objects; null where there are none."""
    return f"(SELECT json_agg(row_to_json(listed)) FROM ({rows}) AS listed)"


def _object(columns: str) -> str:
    return f"(SELECT row_to_json(made) FROM (SELECT {columns}) AS made)"


def _identifiers(owner: str, record: str) -> str:
    return _list(f"SELECT scheme, value FROM identifiers WHERE {owner} = {record}.id ORDER BY scheme, folded")


def _former_keys(owner: str, record: str) -> str:
    return f"(SELECT json_agg(key ORDER BY key) FROM redirects WHERE {owner} = {record}.id)"


_VERSIONS = _list("""
    SELECT NULLIF(version, 1) AS version, text, CASE WHEN text IS NULL THEN sha256 END AS sha256, source_sha256
    FROM readout_versions AS v WHERE readout_id = r.id ORDER BY v.version
""")
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
_QUOTED = _object('name_text AS text, name_start AS start, name_end AS "end"')
_OFFICE = _object('office_text AS text, office_start AS start, office_end AS "end"')
_INITIATOR = "(SELECT ref FROM people WHERE people.id = initiator_participant_id)"


class Lines:
    """The selects that give lines: of all records of a kind, each after those it refers to, or of one record."""

    def __init__(self, *, by_id: bool) -> None:
        """Name records by their ids, or by what people name them by."""
        self._by_id = by_id

    def all_of(self, kind: RecordKind) -> str:
        """The lines of a kind as JSON; those that stand in the line of another record are left out."""
        return self._written(kind, where="")

    def one_of(self, kind: RecordKind, record_id: str = "$1") -> str:
        """The line of the record of an id as JSON; no row where there is none."""
        return self._written(kind, where=f"WHERE id = {record_id}")

    def _written(self, kind: RecordKind, where: str) -> str:
        line = getattr(self, f"_{kind}")(where)
        return f"SELECT json_strip_nulls(row_to_json(line))::text FROM ({line}) AS line"

    def _named(self, record_id: str, table: str, key: str) -> str:
        return record_id if self._by_id else f"(SELECT {key} FROM {table} WHERE {table}.id = {record_id})"

    def _code(self, party: str) -> str:
        return self._named(party, "parties", "code")

    def _claims(self, subject: str, participant: str) -> str:
        evidence = _list(
            'SELECT readout_id AS readout, readout_version AS version, text, start, "end", source, url'
            " FROM evidence WHERE claim_id = claims.id ORDER BY position"
        )
        date = "date_edtf AS edtf, date_zone AS zone, date_text AS text, date_part_of_day AS part_of_day"
        initiator = f"initiator_kind AS kind, {participant} AS participant, {self._code('initiator_party_id')} AS party"
        return _list(f"""
            SELECT id, field, CASE field
                WHEN 'date' THEN {_object(date)}
                WHEN 'channel' THEN to_json(channel)
                WHEN 'duration' THEN to_json(duration_seconds)
                WHEN 'initiator' THEN {_object(initiator)}
                ELSE to_json({self._named("publisher_id", "publishers", "slug")})
            END AS value, basis, NULLIF(preferred, false) AS preferred, note, {evidence} AS evidence
            FROM claims WHERE {subject} ORDER BY position
        """)

    def _party(self, where: str) -> str:
        return f"""
            SELECT 'party' AS type, p.id, p.code, p.name, p.kind,
                (SELECT json_agg(alias ORDER BY folded) FROM party_aliases WHERE party_id = p.id) AS aliases,
                {_identifiers("party_id", "p")} AS identifiers
            FROM parties p {where} ORDER BY p.code
        """

    def _topic(self, where: str) -> str:
        return f"""
            SELECT 'topic' AS type, t.id, t.slug, t.name, t.definition,
                {self._named("t.broader_id", "topics", "slug")} AS broader,
                {_identifiers("topic_id", "t")} AS identifiers, {_former_keys("topic_id", "t")} AS former_keys
            FROM (
                WITH RECURSIVE above (id, depth) AS (
                    SELECT id, 0 FROM topics WHERE broader_id IS NULL
                    UNION ALL
                    SELECT topics.id, depth + 1 FROM above JOIN topics ON broader_id = above.id
                )
                SELECT topics.*, depth FROM topics JOIN above USING (id)
            ) AS t {where} ORDER BY depth, t.slug
        """

    def _publisher(self, where: str) -> str:
        return f"""
            SELECT 'publisher' AS type, p.id, p.slug, p.name, p.kind, {self._code("p.party_id")} AS party, p.url,
                {_identifiers("publisher_id", "p")} AS identifiers, {_former_keys("publisher_id", "p")} AS former_keys
            FROM publishers p {where} ORDER BY p.slug
        """

    def _leader(self, where: str) -> str:
        names = "SELECT name, language, kind FROM leader_names WHERE leader_id = l.id ORDER BY position"
        offices = (
            f'SELECT title, {self._code("party_id")} AS party, held_from AS "from", held_to AS "to" FROM offices'
            " WHERE leader_id = l.id ORDER BY position"
        )
        return f"""
            SELECT 'leader' AS type, l.id, l.slug, {_list(names)} AS names, {_list(offices)} AS offices,
                {_identifiers("leader_id", "l")} AS identifiers, {_former_keys("leader_id", "l")} AS former_keys
            FROM leaders l {where} ORDER BY l.slug
        """

    @cached_property
    def _columns_of_readout(self) -> str:
        return f"""
            r.id, NULLIF(r.kind, 'readout') AS kind, r.title, r.language, r.url, r.archived_url, r.published_on,
            r.retrieved_at, r.rights, r.licence, r.original_language, NULLIF(r.translation, 'unknown') AS translation,
            r.translation_of, {_VERSIONS} AS versions, {self._claims("readout_id = r.id", "NULL")} AS claims,
            {_identifiers("readout_id", "r")} AS identifiers, {_former_keys("readout_id", "r")} AS former_keys
        """

    def _readout(self, where: str) -> str:
        if where:
            return f"SELECT 'readout' AS type, {self._columns_of_readout} FROM readouts r {where}"
        return f"""
            SELECT 'readout' AS type, {self._columns_of_readout}
            FROM readouts r, {_REPORTED} WHERE reported.call_id IS NULL OR {_REFERRED_TO} ORDER BY {_REFERS}, r.id
        """

    def _call(self, where: str) -> str:
        ref = "id::text" if self._by_id else "'p' || row_number() OVER by_position"
        return f"""
            SELECT told.*
            FROM (SELECT * FROM calls {where} ORDER BY date_earliest, date_latest, id) AS c, LATERAL (
                WITH people AS MATERIALIZED (
                    SELECT id, row_number() OVER by_position AS place, {ref} AS ref, leader_id, party_id, office, role
                    FROM participants WHERE call_id = c.id WINDOW by_position AS (ORDER BY position)
                )
                SELECT 'call' AS type, c.id, c.slug, c.title, {self._people} AS participants,
                    {self._readouts_of_call} AS readouts, {self._mentions} AS mentions,
                    {self._statements} AS statements, {self._claims("call_id = c.id", _INITIATOR)} AS claims,
                    {_identifiers("call_id", "c")} AS identifiers, {_former_keys("call_id", "c")} AS former_keys
            ) AS told
            ORDER BY c.date_earliest, c.date_latest, c.id
        """

    @cached_property
    def _people(self) -> str:
        return _list(f"""
            SELECT ref, id, {self._named("leader_id", "leaders", "slug")} AS leader, {self._code("party_id")} AS party,
                office, NULLIF(role, 'principal') AS role, {_former_keys("participant_id", "people")} AS former_keys
            FROM people ORDER BY place
        """)

    @cached_property
    def _readouts_of_call(self) -> str:
        if self._by_id:
            return "(SELECT json_agg(readout_id ORDER BY readout_id) FROM call_readouts WHERE call_id = c.id)"
        return f"""(
            SELECT json_agg(
                CASE WHEN reported.call_id IS NULL OR {_REFERRED_TO} THEN to_json(r.id)
                ELSE {_object(self._columns_of_readout)} END ORDER BY r.id
            )
            FROM call_readouts l JOIN readouts r ON r.id = l.readout_id, {_REPORTED} WHERE l.call_id = c.id
        )"""

    @cached_property
    def _mentions(self) -> str:
        return _list(f"""
            SELECT ref AS participant, readout_id AS readout, NULLIF(readout_version, 1) AS version, {_QUOTED} AS name,
                CASE WHEN office_text IS NOT NULL THEN {_OFFICE} END AS office
            FROM mentions m JOIN people ON people.id = m.participant_id WHERE m.call_id = c.id
            ORDER BY m.position, readout_id, readout_version
        """)

    @cached_property
    def _statements(self) -> str:
        topic = self._named("topic_id", "topics", "slug")
        return _list(f"""
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
                    SELECT json_agg(topic ORDER BY topic)
                    FROM (SELECT {topic} AS topic FROM statement_topics WHERE statement_id = s.id) AS named
                ) AS topics
            FROM statements s WHERE s.call_id = c.id ORDER BY s.readout_id, s.readout_version, s.position
        """)
