"""What lists are found and shown by: dyads, ready documents, an index of the calls of several days, quick highlights.

Both tables are derived, and kept by triggers that run once a statement. Whoever changes what they tell of a call locks
the call first, and so waits for others who change the same call, but for nobody who changes another call of the same
leader.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_listings"
down_revision: str | Sequence[str] | None = "20261124_search"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLES = {
    "INSERT": "NEW TABLE AS changed",
    "UPDATE": "OLD TABLE AS before NEW TABLE AS changed",
    "DELETE": "OLD TABLE AS changed",
}
_OF_CALL = {
    "INSERT": "SELECT call_id FROM changed",
    "UPDATE": "SELECT call_id FROM changed UNION SELECT call_id FROM before",
    "DELETE": "SELECT call_id FROM changed",
}
_OF_STATEMENT = {
    event: f"SELECT statements.call_id FROM ({touched.replace('call_id', 'statement_id')}) AS touched"
    " JOIN statements ON statements.id = touched.statement_id"
    for event, touched in _OF_CALL.items()
}


def _renamed(columns: str, *ways: str) -> Mapping[str, str]:
    """The calls that show a record some of whose columns changed; each way is a select of them by `renamed.id`."""
    new, old = (", ".join(f"{row}.{column}" for column in columns.split()) for row in ("changed", "before"))
    renamed = f"SELECT id FROM changed JOIN before USING (id) WHERE ({new}) IS DISTINCT FROM ({old})"
    return {"UPDATE": f"WITH renamed AS ({renamed}) {' UNION '.join(ways)}"}


# Shared by transactions that rename what calls show: whoever makes documents holds it alone. Any number that nothing
# else locks.
_RENAMING = 7351856


# The calls whose dyads may have changed, by table and event.
_BROUGHT_TOGETHER = {
    "participants": {
        **_OF_CALL,
        "UPDATE": "SELECT unnest(ARRAY[changed.call_id, before.call_id]) FROM changed JOIN before USING (id)"
        " WHERE (changed.call_id, changed.leader_id, changed.party_id, changed.role)"
        " IS DISTINCT FROM (before.call_id, before.leader_id, before.party_id, before.role)",
    }
}
# The calls whose documents show what changed, by table and event.
_SHOWN = {
    "calls": {"UPDATE": "SELECT id FROM changed"},
    "participants": _OF_CALL,
    "call_readouts": _OF_CALL,
    # One that is added or removed has speakers who are, too.
    "statements": {"UPDATE": _OF_CALL["UPDATE"]},
    "statement_speakers": _OF_CALL,
    "statement_topics": _OF_STATEMENT,
    "identifiers": _OF_CALL,
    "readouts": _renamed(
        "publisher_id", "SELECT call_id FROM call_readouts JOIN renamed ON renamed.id = call_readouts.readout_id"
    ),
    "leaders": _renamed("slug name", "SELECT call_id FROM participants JOIN renamed ON renamed.id = leader_id"),
    "parties": _renamed(
        "code name",
        "SELECT call_id FROM participants JOIN renamed ON renamed.id = party_id",
        "SELECT calls.id FROM calls JOIN renamed ON renamed.id = initiator_party_id",
    ),
    "publishers": _renamed(
        "slug name",
        "SELECT call_id FROM readouts JOIN renamed ON renamed.id = publisher_id"
        " JOIN call_readouts ON call_readouts.readout_id = readouts.id",
    ),
    "topics": _renamed(
        "slug name",
        "SELECT call_id FROM statement_topics JOIN renamed ON renamed.id = topic_id"
        " JOIN statements ON statements.id = statement_topics.statement_id",
    ),
}


def _reference(kind: str, key: str, record_id: str, name: str = "name") -> str:
    """The reference to a record, `{id, slug or code, name}`; null where the id is."""
    return f"(SELECT row_to_json(r) FROM (SELECT id, {key}, {name} AS name FROM {kind} WHERE id = {record_id}) AS r)"


def _day(bound: str) -> str:
    """A bound as an ISO day, which may lie in the year 0; null where it is open."""
    return (
        f"CASE WHEN NOT isfinite({bound}) THEN NULL WHEN {bound} < DATE '0001-01-01'"
        f" THEN '0000' || to_char({bound}, '-MM-DD') ELSE {bound}::text END"
    )


# What a list shows of a call. An item of a million is put together in a tenth of a millisecond, so that a page of them
# is not worth waiting for; hence the ready documents.
_CALL_DOCUMENT = f"""
    SELECT row_to_json(shown)::text FROM (
        SELECT c.id, c.slug, c.channel, c.title,
            (SELECT row_to_json(r) FROM (
                SELECT c.date_edtf AS edtf, {_day("c.date_earliest")} AS earliest, {_day("c.date_latest")} AS latest,
                    c.date_precision AS precision, c.date_zone AS zone, c.date_text AS text,
                    c.date_part_of_day AS part_of_day, c.date_basis AS basis
            ) AS r) AS date,
            c.duration_seconds,
            CASE WHEN c.initiator_kind IS NOT NULL THEN (SELECT row_to_json(r) FROM (
                SELECT c.initiator_kind AS kind,
                    (SELECT row_to_json(r) FROM (
                        SELECT p.id, l.slug, l.name FROM participants AS p LEFT JOIN leaders AS l ON l.id = p.leader_id
                        WHERE p.id = c.initiator_participant_id
                    ) AS r) AS participant,
                    {_reference("parties", "code", "c.initiator_party_id")} AS party,
                    c.initiator_basis AS basis
            ) AS r) END AS initiator,
            coalesce((SELECT json_agg(row_to_json(r)) FROM (
                SELECT p.id, {_reference("leaders", "slug", "p.leader_id")} AS leader,
                    {_reference("parties", "code", "p.party_id")} AS party, p.office, p.role,
                    coalesce(c.initiator_participant_id = p.id
                        OR c.initiator_party_id = p.party_id AND p.role = 'principal', false) AS initiator
                FROM participants AS p WHERE p.call_id = c.id ORDER BY p.position
            ) AS r), '[]'::json) AS participants,
            coalesce((SELECT json_agg(row_to_json(r)) FROM (
                SELECT t.id, t.slug, t.name FROM topics AS t
                WHERE t.id IN (
                    SELECT st.topic_id FROM statements AS s JOIN statement_topics AS st ON st.statement_id = s.id
                    WHERE s.call_id = c.id
                ) ORDER BY t.slug
            ) AS r), '[]'::json) AS topics,
            coalesce((SELECT json_agg(row_to_json(r)) FROM (
                SELECT b.id, b.slug, b.name FROM publishers AS b
                WHERE b.id IN (
                    SELECT ro.publisher_id FROM call_readouts AS cr JOIN readouts AS ro ON ro.id = cr.readout_id
                    WHERE cr.call_id = c.id
                ) ORDER BY b.slug
            ) AS r), '[]'::json) AS publishers,
            (SELECT count(*) FROM call_readouts AS cr WHERE cr.call_id = c.id) AS readout_count,
            (SELECT count(*) FROM statements AS s WHERE s.call_id = c.id) AS statement_count,
            coalesce((SELECT json_agg(row_to_json(r)) FROM (
                SELECT i.scheme, i.value FROM identifiers AS i WHERE i.call_id = c.id ORDER BY i.scheme, i.folded
            ) AS r), '[]'::json) AS identifiers,
            c.version, c.created_at, c.content_changed_at
        FROM calls AS c WHERE c.id = wanted
    ) AS shown;
"""
# The statements of a call, as a list of them shows each. They share their speakers, readouts and topics, which are
# therefore put together once.
_CALL_STATEMENTS = f"""
    WITH part AS MATERIALIZED (
        SELECT p.id, (SELECT row_to_json(r) FROM (
            SELECT p.id AS participant, {_reference("leaders", "slug", "p.leader_id")} AS leader,
                {_reference("parties", "code", "p.party_id")} AS party
        ) AS r) AS speaker
        FROM participants AS p WHERE p.call_id = wanted
    ),
    source AS MATERIALIZED (
        SELECT ro.id, {_reference("publishers", "slug", "ro.publisher_id")} AS publisher
        FROM call_readouts AS cr JOIN readouts AS ro ON ro.id = cr.readout_id WHERE cr.call_id = wanted
    ),
    quoted AS MATERIALIZED (SELECT * FROM statements WHERE call_id = wanted),
    spoken AS MATERIALIZED (
        SELECT ss.statement_id, json_agg(part.speaker ORDER BY ss.position, ss.participant_id) AS speakers
        FROM part JOIN statement_speakers AS ss ON ss.participant_id = part.id GROUP BY ss.statement_id
    ),
    about AS MATERIALIZED (
        SELECT st.statement_id, json_agg({_reference("topics", "slug", "t.id")} ORDER BY t.slug) AS topics
        FROM quoted JOIN statement_topics AS st ON st.statement_id = quoted.id JOIN topics AS t ON t.id = st.topic_id
        GROUP BY st.statement_id
    )
    SELECT coalesce(json_agg(row_to_json(shown)), '[]'::json)::text FROM (
        SELECT s.id, c.reference AS call, c.date_edtf AS date,
            (SELECT row_to_json(r) FROM (
                SELECT s.readout_id AS id, s.readout_version AS version,
                    (SELECT publisher FROM source WHERE source.id = s.readout_id) AS publisher
            ) AS r) AS readout,
            s.position, s.paragraph,
            (SELECT speakers FROM spoken WHERE spoken.statement_id = s.id) AS speakers,
            s.text, s.start, s."end",
            (SELECT row_to_json(r) FROM (
                SELECT s.attribution_kind AS kind, s.attribution_verb AS verb, s.attribution_text AS text,
                    s.attribution_start AS start, s.attribution_end AS "end"
            ) AS r) AS attribution,
            s.mode, s.speaker_as, s.act,
            coalesce((SELECT topics FROM about WHERE about.statement_id = s.id), '[]'::json) AS topics,
            s.version, s.created_at, s.content_changed_at
        FROM (
            SELECT date_edtf, {_reference("calls", "slug", "wanted", "title")} AS reference
            FROM calls WHERE id = wanted OFFSET 0
        ) AS c, quoted AS s
        ORDER BY s.readout_id, s.readout_version, s.position
    ) AS shown;
"""


# Short enough that each of its words has all its places in a tsvector, and of letters and marks that mean the same to
# every step of reading a text: only what is neither a letter nor a digit stands beside ASCII.
_PLAIN = r"^[\u0001-\u007E\u00A0\u00AB\u00BB\u2010-\u2015\u2018-\u201F\u2026]*$"


# How closely PostgreSQL looks at the words: ten times as many of the commonest are told.
_STATISTICS = {"statements": 400, "call_words": 200, "readout_words": 200}
_SEARCHED = {"statements": "statement", "call_words": "call", "readout_words": "readout"}


def _search() -> None:
    """Tell beforehand whether many records meet a question, and find highlights by the places of words.

    Such a place is kept with the words of each statement, so that the text has not to be read anew.
    """
    op.create_table(
        "word_shares",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("lexeme", sa.Text(collation="C"), nullable=False),
        sa.Column("share", sa.REAL(), nullable=False),
        sa.CheckConstraint("kind IN ('call', 'readout', 'statement')", name=op.f("word_shares_kind_check")),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("word_shares_share_check")),
        sa.PrimaryKeyConstraint("kind", "lexeme", name=op.f("word_shares_pkey")),
    )
    for table, target in _STATISTICS.items():
        op.execute(f"ALTER TABLE {table} ALTER COLUMN words SET STATISTICS {target}")
    # A word that is not among the common ones has next to no share. Where none are known yet, the share is not known.
    # To sort a handful of words is quicker than to set up tables for as many as the planner fears.
    op.execute(
        """CREATE FUNCTION search_wanted(asked jsonb, kind text, OUT lexemes jsonb, OUT share real)
        LANGUAGE sql STABLE PARALLEL SAFE SET enable_hashagg = off BEGIN ATOMIC
            WITH RECURSIVE spoken (language) AS (
                SELECT min(language) FROM readouts
                UNION ALL
                SELECT (SELECT min(language) FROM readouts WHERE language > spoken.language)
                FROM spoken WHERE spoken.language IS NOT NULL
            ),
            tags (tag) AS (SELECT search_tag(language) FROM spoken UNION SELECT NULL),
            sought AS (
                SELECT alternative, leaf, place, word, prefix, count(*) OVER (PARTITION BY alternative, leaf) AS elements
                FROM search_sought(asked) WHERE wanted
            ),
            forms AS MATERIALIZED (
                SELECT DISTINCT alternative, leaf, place, elements, prefix, lexeme
                FROM sought, tags, unnest(search_lexemes(tag, search_stemmer(tag), word)) AS lexeme
            ),
            places (alternative, share) AS (
                SELECT alternative, CASE WHEN bool_or(prefix) THEN 1 ELSE least(coalesce(sum((
                    SELECT common.share FROM word_shares AS common
                    WHERE common.kind = search_wanted.kind AND common.lexeme = forms.lexeme
                )), 0), 1) END
                FROM forms GROUP BY alternative, leaf, place
            ),
            alternatives (share) AS (
                SELECT CASE WHEN bool_or(share = 0) THEN 0 ELSE exp(sum(ln(nullif(share, 0)))) END
                FROM places GROUP BY alternative
            )
            SELECT
                (SELECT coalesce(jsonb_agg(jsonb_build_array(alternative, leaf, place, elements, lexeme)), '[]')
                    FROM forms WHERE NOT prefix),
                CASE WHEN EXISTS (SELECT FROM word_shares WHERE word_shares.kind = search_wanted.kind)
                    THEN (SELECT least(sum(share), 1) FROM alternatives) END;
        END"""
    )
    # From what the planner was told of the commonest words when the tables were last looked at.
    kinds = ", ".join(f"('{table}', '{kind}')" for table, kind in _SEARCHED.items())
    op.execute(
        f"""CREATE FUNCTION note_word_shares(most integer) RETURNS integer LANGUAGE plpgsql SET search_path FROM CURRENT
        AS $body$ DECLARE noted integer; BEGIN
            CREATE TEMPORARY TABLE told ON COMMIT DROP AS
                SELECT kinds.kind, told.lexeme, told.share
                FROM (VALUES {kinds}) AS kinds (tablename, kind) JOIN pg_stats USING (tablename),
                    ROWS FROM (unnest(most_common_elems::text::text[]), unnest(most_common_elem_freqs))
                    AS told (lexeme, share)
                WHERE schemaname = current_schema AND attname = 'words' AND lexeme IS NOT NULL;
            DELETE FROM word_shares WHERE NOT EXISTS (
                SELECT FROM told WHERE (told.kind, told.lexeme) = (word_shares.kind, word_shares.lexeme)
            );
            MERGE INTO word_shares USING told ON (told.kind, told.lexeme) = (word_shares.kind, word_shares.lexeme)
            WHEN MATCHED AND word_shares.share <> told.share THEN UPDATE SET share = told.share
            WHEN NOT MATCHED THEN INSERT VALUES (told.kind, told.lexeme, told.share);
            GET DIAGNOSTICS noted = ROW_COUNT;
            RETURN noted;
        END $body$"""
    )
    op.execute(
        f"""CREATE FUNCTION search_marks(language text, content text, words tsvector, asked jsonb, wanted jsonb)
        RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE BEGIN ATOMIC
            SELECT CASE WHEN char_length(content) <= 500 AND content ~ U&'{_PLAIN.replace(chr(92) + "u", chr(92))}' THEN (
                WITH met (first, last) AS (
                    SELECT position - (asked ->> 2)::integer + 1, position - (asked ->> 2)::integer + (asked ->> 3)::integer
                    FROM jsonb_array_elements(wanted) AS sought (asked)
                        JOIN unnest(words) AS found (lexeme, positions, weights) ON found.lexeme = asked ->> 4,
                        unnest(positions) AS position
                    GROUP BY asked -> 0, asked -> 1, asked ->> 3, position - (asked ->> 2)::integer, 1, 2
                    HAVING count(DISTINCT asked -> 2) = (asked ->> 3)::integer
                ),
                parts (n, size) AS (
                    SELECT n, char_length(part)
                    FROM string_to_table(regexp_replace(content, '[^[:alnum:]]', ' ', 'g'), ' ') WITH ORDINALITY
                        AS read (part, n)
                ),
                placed (size, place, "end") AS (
                    SELECT size, count(*) FILTER (WHERE size > 0) OVER so_far, sum(size + 1) OVER so_far - 1
                    FROM parts WINDOW so_far AS (ORDER BY n)
                ),
                opened (first, last, opens) AS (
                    SELECT first, last, first > coalesce(max(last) OVER (
                        ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                    FROM met
                ),
                islands (first, last, island) AS (
                    SELECT first, last, count(*) FILTER (WHERE opens) OVER (ORDER BY first, last) FROM opened
                ),
                merged (first, last) AS (SELECT min(first), max(last) FROM islands GROUP BY island)
                SELECT coalesce(json_agg(json_build_array(start.end - start.size, stop.end) ORDER BY first), '[]'::json)
                FROM merged
                    JOIN placed AS start ON start.place = first AND start.size > 0
                    JOIN placed AS stop ON stop.place = last AND stop.size > 0
            ) ELSE search_highlights(language, content, asked) END;
        END"""
    )


def _keep(purpose: str, keeper: str, kept: Mapping[str, Mapping[str, str]]) -> None:
    """Let a function keep what is derived from the tables, given the ids of the calls that a statement touches."""
    for table, events in kept.items():
        for event, touched in events.items():
            name = f"{table}_{purpose}_after_{event.lower()}"
            lock = f"PERFORM pg_advisory_xact_lock_shared({_RENAMING});" if touched.startswith("WITH renamed") else ""
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT"
                f" AS $body$ BEGIN {lock} PERFORM {keeper}(ARRAY({touched})); RETURN NULL; END $body$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {_TABLES[event]}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )


def _keep_no_more(purpose: str, kept: Mapping[str, Mapping[str, str]]) -> None:
    for table, events in kept.items():
        for event in events:
            op.execute(f"DROP FUNCTION {table}_{purpose}_after_{event.lower()}() CASCADE")


def upgrade() -> None:
    """Add the tables and the triggers, and derive what is there."""
    _search()
    op.create_index(
        "calls_of_several_days_idx",
        "calls",
        ["date_earliest", "date_latest", "id"],
        postgresql_where=sa.text("date_earliest < date_latest"),
    )
    op.create_table(
        "dyads",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("call_earliest", sa.Date(), nullable=False),
        sa.Column("call_latest", sa.Date(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("first_id <= second_id", name=op.f("dyads_in_order_check")),
        sa.ForeignKeyConstraint(
            ["call_id", "call_earliest", "call_latest"],
            ["calls.id", "calls.date_earliest", "calls.date_latest"],
            name=op.f("dyads_call_id_fkey"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "first_id", "second_id", "call_earliest", "call_latest", "call_id", name=op.f("dyads_pkey")
        ),
    )
    op.create_index(op.f("dyads_call_id_idx"), "dyads", ["call_id"])
    op.create_table(
        "call_documents",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("statements", sa.Text(), nullable=True),
        sa.CheckConstraint("(document IS NULL) = (statements IS NULL)", name=op.f("call_documents_made_check")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("call_documents_call_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("call_documents_pkey")),
    )
    op.create_index(
        "call_documents_wanting_idx", "call_documents", ["call_id"], postgresql_where=sa.text("document IS NULL")
    )
    # A call that the same transaction made is seen by nobody else, so there is nobody to wait for.
    op.execute(
        """CREATE FUNCTION lock_calls(ids uuid[]) RETURNS void LANGUAGE sql BEGIN ATOMIC
            SELECT FROM calls WHERE id = ANY (ids) AND xmin <> pg_current_xact_id()::xid ORDER BY id FOR NO KEY UPDATE;
        END"""
    )
    op.execute(
        """CREATE FUNCTION dyads_of(ids uuid[]) RETURNS SETOF dyads LANGUAGE sql STABLE BEGIN ATOMIC
            SELECT DISTINCT least(one, other), greatest(one, other), p.call_earliest, p.call_latest, p.call_id
            FROM participants AS p JOIN participants AS q ON q.call_id = p.call_id,
                LATERAL (VALUES (p.leader_id, q.leader_id), (p.party_id, q.party_id)) AS together (one, other)
            WHERE p.call_id = ANY (ids) AND p.role = 'principal' AND q.role = 'principal'
                AND one IS NOT NULL AND other IS NOT NULL;
        END"""
    )
    op.execute(
        """CREATE FUNCTION keep_dyads(ids uuid[]) RETURNS void LANGUAGE sql BEGIN ATOMIC
            SELECT lock_calls(ids);
            DELETE FROM dyads WHERE call_id = ANY (ids);
            INSERT INTO dyads SELECT * FROM dyads_of(ids);
        END"""
    )
    op.execute(
        """CREATE FUNCTION forget_call_documents(ids uuid[]) RETURNS void LANGUAGE sql BEGIN ATOMIC
            SELECT lock_calls(ids);
            UPDATE call_documents SET document = NULL, statements = NULL
            WHERE call_id = ANY (ids) AND document IS NOT NULL;
        END"""
    )
    for name, body in (("call_document", _CALL_DOCUMENT), ("call_statements", _CALL_STATEMENTS)):
        op.execute(f"CREATE FUNCTION {name}(wanted uuid) RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC {body} END")
    # The calls stay locked from before they are looked at until the transaction ends, so that whoever changes one of
    # them forgets the new document, too; and nothing is made while something is renamed that calls show.
    op.execute(
        f"""CREATE FUNCTION make_call_documents(most integer) RETURNS integer LANGUAGE plpgsql SET search_path FROM CURRENT
        AS $body$ DECLARE ids uuid[]; BEGIN
            IF NOT pg_try_advisory_xact_lock({_RENAMING}) THEN RETURN 0; END IF;
            ids := ARRAY(
                SELECT d.call_id FROM call_documents AS d JOIN calls AS c ON c.id = d.call_id
                WHERE d.document IS NULL LIMIT most FOR NO KEY UPDATE OF c SKIP LOCKED
            );
            UPDATE call_documents SET document = call_document(call_id), statements = call_statements(call_id)
            WHERE call_id = ANY (ids);
            RETURN cardinality(ids);
        END $body$"""
    )
    op.execute(
        "CREATE FUNCTION calls_have_documents() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT"
        " AS $body$ BEGIN INSERT INTO call_documents (call_id) SELECT id FROM changed; RETURN NULL; END $body$"
    )
    op.execute(
        "CREATE TRIGGER calls_have_documents AFTER INSERT ON calls REFERENCING NEW TABLE AS changed"
        " FOR EACH STATEMENT EXECUTE FUNCTION calls_have_documents()"
    )
    _keep("bring_together", "keep_dyads", _BROUGHT_TOGETHER)
    _keep("forget_documents", "forget_call_documents", _SHOWN)
    op.execute("INSERT INTO dyads SELECT * FROM dyads_of(ARRAY(SELECT id FROM calls))")
    op.execute("INSERT INTO call_documents (call_id) SELECT id FROM calls")


def downgrade() -> None:
    """Remove them."""
    _keep_no_more("forget_documents", _SHOWN)
    _keep_no_more("bring_together", _BROUGHT_TOGETHER)
    op.execute("DROP FUNCTION calls_have_documents() CASCADE")
    op.execute(
        "DROP FUNCTION search_marks(text, text, tsvector, jsonb, jsonb), note_word_shares(integer), search_wanted(jsonb, text)"
    )
    for table in _STATISTICS:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN words SET STATISTICS DEFAULT")
    op.drop_table("word_shares")
    op.execute(
        "DROP FUNCTION make_call_documents(integer), call_statements(uuid), call_document(uuid),"
        " forget_call_documents(uuid[]), keep_dyads(uuid[]), dyads_of(uuid[]), lock_calls(uuid[])"
    )
    op.drop_table("call_documents")
    op.drop_table("dyads")
    op.drop_index("calls_of_several_days_idx", table_name="calls")
