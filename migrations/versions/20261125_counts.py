"""What facets are counted by, and how it is kept right.

`facet_entries` says what calls add to the counts, from the records themselves. A call that is counted has that stored
in `counted_calls`, and `facet_counts` has the sums. Whoever changes a call notes it in `uncounted_calls`, and does no
more; questions add what such calls have now and take away what is stored of them, until `count_calls` does so for good.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261125_counts"
down_revision: str | Sequence[str] | None = "20261124_quotes"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Any numbers that nothing else locks: whoever counts, and whoever changes the tree of topics.
_COUNTING = 7_351_857
_TOPIC_TREE = 7_351_858

# How an entry is packed into a bigint: from the top the number of statements, the scope, the value, and whether the
# call itself counts. Multiplied, not shifted, so that a call of more than 262,143 statements is an error instead of a
# wrong number; no value has an id of more than 22 bits.
_IDS = 2**22 - 1
_PACKED = f"statements * {2**45} + scope * {2**23}::bigint + value * 2 + calls"
_SCOPE = f"(entry >> 23 & {_IDS})::integer"
_VALUE = f"(entry >> 1 & {_IDS})::integer"
_CALLS = "(entry & 1)::integer"
_STATEMENTS = "(entry >> 45)::integer"
_CALLS_AT_ONCE = 2_000

# What of each table decides what a call is counted under: its key, the columns that count, and its calls.
_OF_CALL = "SELECT call_id FROM {}"
_DECISIVE = {
    "calls": ("id, date_earliest, date_latest, channel", "SELECT id FROM {}"),
    "participants": ("id, call_id, leader_id, party_id, role", _OF_CALL),
    "call_readouts": ("call_id, readout_id", _OF_CALL),
    "statements": ("id, call_id, readout_id, act", _OF_CALL),
    "statement_speakers": ("statement_id, participant_id, call_id", _OF_CALL),
    "statement_topics": (
        "statement_id, topic_id",
        "SELECT statements.call_id FROM {} AS of_topics JOIN statements ON statements.id = of_topics.statement_id",
    ),
    "readouts": (
        "id, publisher_id",
        "SELECT call_readouts.call_id FROM {} AS of_calls JOIN call_readouts ON call_readouts.readout_id = of_calls.id",
    ),
    "topics": (
        "id, broader_id",
        """SELECT statements.call_id FROM {} AS moved JOIN topics_above() ON topics_above.above_id = moved.id
            JOIN statement_topics ON statement_topics.topic_id = topics_above.topic_id
            JOIN statements ON statements.id = statement_topics.statement_id""",
    ),
}
# Before changes of links, and of what is shared. Whoever adds a readout to a call, or a topic to a statement, would not
# see that somebody else moves these meanwhile, nor be seen.
_LINKING = {
    "call_readouts": "PERFORM FROM readouts WHERE id IN (SELECT readout_id FROM changed) ORDER BY id FOR SHARE;",
    "statement_topics": f"PERFORM pg_advisory_xact_lock_shared({_TOPIC_TREE});",
}
_SHARED = {"readouts": "", "topics": f"PERFORM pg_advisory_xact_lock({_TOPIC_TREE});"}
_EVENTS = {
    # A new readout has no call yet and a new topic no statement; nor have those that can be removed.
    "readouts": ("UPDATE",),
    "topics": ("UPDATE",),
}
_TABLES = {
    "INSERT": "NEW TABLE AS changed",
    "UPDATE": "OLD TABLE AS before NEW TABLE AS changed",
    "DELETE": "OLD TABLE AS changed",
}
# In the order in which they can be removed.
_FUNCTIONS = (
    "differing_facet_counts()",
    "differing_counted_calls()",
    "facet_sums(uuid[], uuid, text[])",
    "facet_totals(uuid, text[])",
    "recount_calls()",
    "count_calls(integer)",
    "count_add(uuid[], integer)",
    "count_store(uuid[])",
    "counted_entries(uuid[])",
    "facet_entries(uuid[])",
    "facet_month(date, date)",
    "facet_year(date, date)",
    "topics_above()",
)


def _function(signature: str, returns: str, body: str, how: str = "LANGUAGE sql STABLE PARALLEL SAFE") -> None:
    op.execute(f"CREATE FUNCTION {signature} RETURNS {returns} {how} {body}")


def _tables() -> None:
    op.create_table(
        "facet_values",
        sa.Column("id", sa.Integer(), sa.Identity(maxvalue=_IDS), nullable=False),
        sa.Column("facet", sa.String(length=20, collation="C"), nullable=False),
        sa.Column("value", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("facet_values_pkey")),
        sa.UniqueConstraint("facet", "value", name=op.f("facet_values_facet_value_key")),
    )
    # Without foreign keys: only the functions below write here, and `differing_facet_counts` looks after them.
    op.create_table(
        "facet_counts",
        sa.Column("scope", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "value", name=op.f("facet_counts_pkey")),
    )
    op.create_table(
        "counted_calls",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("of_everything", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("counted_calls_pkey")),
    )
    op.create_table(
        "uncounted_calls",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("writer", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "writer", name=op.f("uncounted_calls_pkey")),
    )


def _entries() -> None:
    """What calls add to the counts: by the records, and as it is stored."""
    _function(
        "topics_above()",
        "TABLE (topic_id uuid, above_id uuid)",
        """BEGIN ATOMIC
            WITH RECURSIVE above (topic_id, above_id) AS (
                SELECT id, id FROM topics
                UNION
                SELECT above.topic_id, topics.broader_id FROM above JOIN topics ON topics.id = above.above_id
                WHERE topics.broader_id IS NOT NULL
            )
            SELECT topic_id, above_id FROM above;
        END""",
    )
    _function(
        "facet_year(earliest date, latest date)",
        "text",
        """RETURN CASE
            WHEN isfinite(earliest) AND isfinite(latest) AND extract(year FROM earliest) = extract(year FROM latest)
            THEN lpad(greatest(extract(year FROM earliest), 0)::text, 4, '0') ELSE ''
        END""",
        "LANGUAGE sql IMMUTABLE PARALLEL SAFE",
    )
    _function(
        "facet_month(earliest date, latest date)",
        "text",
        """RETURN CASE
            WHEN facet_year(earliest, latest) <> '' AND extract(month FROM earliest) = extract(month FROM latest)
            THEN facet_year(earliest, latest) || '-' || lpad(extract(month FROM earliest)::text, 2, '0') ELSE ''
        END""",
        "LANGUAGE sql IMMUTABLE PARALLEL SAFE",
    )
    # Each part is looked up by the calls' ids, whatever the planner knows of the tables: it is asked for few calls, or
    # for some thousands at a time. An outer join gives a record without a value the empty one.
    _function(
        "facet_entries(ids uuid[])",
        "TABLE (call_id uuid, scope uuid, facet text, value text, calls integer, statements integer)",
        """BEGIN ATOMIC
            WITH met AS MATERIALIZED (
                SELECT id, channel, facet_year(date_earliest, date_latest) AS year,
                    facet_month(date_earliest, date_latest) AS month
                FROM calls WHERE id = ANY (ids)
            ),
            people AS MATERIALIZED (
                SELECT id, call_id, leader_id, party_id, role = 'principal' AS principal
                FROM participants WHERE call_id = ANY (ids)
            ),
            said AS MATERIALIZED (
                SELECT id, call_id, readout_id, act FROM statements WHERE call_id = ANY (ids)
            ),
            spoken AS MATERIALIZED (
                SELECT said.id, said.call_id, people.leader_id, people.party_id
                FROM said JOIN statement_speakers ON statement_speakers.statement_id = said.id
                JOIN people ON people.id = statement_speakers.participant_id
            ),
            above AS MATERIALIZED (SELECT topic_id, above_id FROM topics_above()),
            about AS MATERIALIZED (
                SELECT DISTINCT said.id, said.call_id, above.above_id AS topic_id
                FROM said JOIN statement_topics ON statement_topics.statement_id = said.id
                JOIN above ON above.topic_id = statement_topics.topic_id
            ),
            released AS MATERIALIZED (
                SELECT call_readouts.call_id, call_readouts.readout_id, readouts.publisher_id
                FROM call_readouts JOIN readouts ON readouts.id = call_readouts.readout_id
                WHERE call_readouts.call_id = ANY (ids)
            ),
            of_calls (call_id, facet, value) AS MATERIALIZED (
                SELECT id, 'year', year FROM met
                UNION ALL SELECT id, 'month', month FROM met
                UNION ALL SELECT id, 'channel', channel FROM met
                UNION ALL SELECT met.id, 'leader', coalesce(leader_id::text, '') FROM met
                    LEFT JOIN people ON people.call_id = met.id AND principal AND leader_id IS NOT NULL
                UNION ALL SELECT DISTINCT met.id, 'party', coalesce(party_id::text, '') FROM met
                    LEFT JOIN people ON people.call_id = met.id AND principal AND party_id IS NOT NULL
                UNION ALL SELECT DISTINCT met.id, 'topic', coalesce(topic_id::text, '') FROM met
                    LEFT JOIN about ON about.call_id = met.id
                UNION ALL SELECT DISTINCT met.id, 'publisher', coalesce(publisher_id::text, '') FROM met
                    LEFT JOIN released ON released.call_id = met.id AND publisher_id IS NOT NULL
                UNION ALL SELECT DISTINCT met.id, 'act', coalesce(act, '') FROM met
                    LEFT JOIN said ON said.call_id = met.id AND act IS NOT NULL
                UNION ALL SELECT DISTINCT met.id, 'speaker', coalesce(leader_id::text, '') FROM met
                    LEFT JOIN spoken ON spoken.call_id = met.id AND leader_id IS NOT NULL
            ),
            of_statements (id, facet, value) AS (
                SELECT DISTINCT said.id, 'party', coalesce(party_id::text, '') FROM said
                    LEFT JOIN spoken ON spoken.id = said.id AND party_id IS NOT NULL
                UNION ALL SELECT said.id, 'topic', coalesce(topic_id::text, '') FROM said
                    LEFT JOIN about ON about.id = said.id
                UNION ALL SELECT said.id, 'publisher', coalesce(publisher_id::text, '') FROM said
                    JOIN released ON (released.call_id, released.readout_id) = (said.call_id, said.readout_id)
                UNION ALL SELECT id, 'act', coalesce(act, '') FROM said
                UNION ALL SELECT said.id, 'speaker', coalesce(leader_id::text, '') FROM said
                    LEFT JOIN spoken ON spoken.id = said.id AND leader_id IS NOT NULL
            ),
            scopes_of_calls (call_id, scope) AS (
                SELECT id, NULL::uuid FROM met
                UNION ALL SELECT call_id, leader_id FROM people WHERE principal AND leader_id IS NOT NULL
            ),
            scopes_of_statements (id, call_id, scope) AS MATERIALIZED (
                SELECT id, call_id, NULL::uuid FROM said
                UNION ALL SELECT id, call_id, leader_id FROM spoken WHERE leader_id IS NOT NULL
            ),
            added (call_id, scope, facet, value, calls, statements) AS (
                SELECT call_id, scope, facet, value, 1, 0 FROM scopes_of_calls JOIN of_calls USING (call_id)
                UNION ALL
                SELECT call_id, scope, facet, value, 0, number
                FROM (
                    SELECT call_id, scope, count(*) AS number FROM scopes_of_statements GROUP BY call_id, scope
                ) AS numbers JOIN of_calls USING (call_id)
                WHERE facet IN ('year', 'month', 'channel', 'leader')
                UNION ALL
                SELECT call_id, scope, facet, value, 0, count(*)
                FROM scopes_of_statements JOIN of_statements USING (id) GROUP BY call_id, scope, facet, value
            )
            SELECT call_id, scope, facet, value, sum(calls)::integer, sum(statements)::integer
            FROM added GROUP BY call_id, scope, facet, value;
        END""",
    )
    _function(
        "counted_entries(ids uuid[])",
        "TABLE (call_id uuid, scope integer, value integer, calls integer, statements integer)",
        f"""BEGIN ATOMIC
            SELECT call_id, {_SCOPE}, {_VALUE}, {_CALLS}, {_STATEMENTS}
            FROM counted_calls, unnest(counts) AS entry
            WHERE call_id = ANY (ids);
        END""",
    )


def _counting() -> None:
    """How calls become counted; whoever does it holds a lock, so that nobody else does."""
    _function(
        "count_store(ids uuid[])",
        "void",
        f"""BEGIN ATOMIC
            WITH entries AS MATERIALIZED (SELECT * FROM facet_entries(ids)),
            named (facet, value) AS (
                SELECT facet, value FROM entries
                UNION SELECT 'leader', scope::text FROM entries WHERE scope IS NOT NULL
            ),
            made AS (
                INSERT INTO facet_values (facet, value)
                SELECT facet, value FROM named EXCEPT SELECT facet, value FROM facet_values
                RETURNING id, facet, value
            ),
            known AS MATERIALIZED (
                SELECT id, facet, value FROM facet_values UNION ALL SELECT id, facet, value FROM made
            ),
            numbered (call_id, scope, value, calls, statements) AS (
                SELECT entries.call_id, coalesce(scopes.id, 0), known.id, entries.calls, entries.statements
                FROM entries JOIN known USING (facet, value)
                LEFT JOIN known AS scopes ON scopes.facet = 'leader' AND scopes.value = entries.scope::text
            ),
            packed AS (
                SELECT call_id, count(*) FILTER (WHERE scope = 0) AS of_everything,
                    array_agg({_PACKED} ORDER BY scope) AS counts
                FROM numbered GROUP BY call_id
            ),
            gone AS (
                DELETE FROM counted_calls
                WHERE call_id = ANY (ids) AND NOT EXISTS (SELECT FROM calls WHERE id = call_id)
            )
            INSERT INTO counted_calls (call_id, of_everything, counts)
            SELECT call_id, of_everything, counts FROM packed
            ON CONFLICT (call_id) DO UPDATE SET of_everything = EXCLUDED.of_everything, counts = EXCLUDED.counts;
        END""",
        "LANGUAGE sql",
    )
    _function(
        "count_add(ids uuid[], times integer)",
        "void",
        """BEGIN ATOMIC
            INSERT INTO facet_counts (scope, value, calls, statements)
            SELECT scope, value, sum(calls) * times, sum(statements) * times
            FROM counted_entries(ids) GROUP BY scope, value
            ON CONFLICT (scope, value) DO UPDATE
            SET calls = facet_counts.calls + EXCLUDED.calls, statements = facet_counts.statements + EXCLUDED.statements;
        END""",
        "LANGUAGE sql",
    )
    # What was noted is taken away before the records are read: a change that comes in between is noted anew.
    _function(
        "count_calls(most integer)",
        "integer",
        f"""AS $body$
        DECLARE picked uuid[];
        BEGIN
            PERFORM pg_advisory_xact_lock({_COUNTING});
            WITH gone AS (
                DELETE FROM uncounted_calls
                WHERE call_id IN (SELECT call_id FROM uncounted_calls ORDER BY call_id LIMIT most)
                RETURNING call_id
            )
            SELECT array_agg(DISTINCT call_id) INTO picked FROM gone;
            IF picked IS NULL THEN
                RETURN 0;
            END IF;
            PERFORM count_add(picked, -1);
            PERFORM count_store(picked);
            PERFORM count_add(picked, 1);
            RETURN cardinality(picked);
        END $body$""",
        "LANGUAGE plpgsql SET search_path FROM CURRENT",
    )
    _function(
        "recount_calls()",
        "integer",
        f"""AS $body$
        DECLARE
            done integer := 0;
            picked uuid[];
            last uuid := '00000000-0000-0000-0000-000000000000';
        BEGIN
            PERFORM pg_advisory_xact_lock({_COUNTING});
            DELETE FROM uncounted_calls;
            DELETE FROM counted_calls;
            DELETE FROM facet_counts;
            LOOP
                picked := ARRAY(SELECT id FROM calls WHERE id > last ORDER BY id LIMIT {_CALLS_AT_ONCE});
                EXIT WHEN cardinality(picked) = 0;
                PERFORM count_store(picked);
                done := done + cardinality(picked);
                last := picked[cardinality(picked)];
            END LOOP;
            INSERT INTO facet_counts (scope, value, calls, statements)
            SELECT {_SCOPE}, {_VALUE}, sum({_CALLS}), sum({_STATEMENTS})
            FROM counted_calls, unnest(counts) AS entry
            GROUP BY 1, 2 ORDER BY 1, 2;
            RETURN done;
        END $body$""",
        "LANGUAGE plpgsql SET search_path FROM CURRENT",
    )


def _answering() -> None:
    """What questions read, exact whatever is counted yet."""
    _function(
        "facet_totals(leader uuid, facets text[])",
        "TABLE (facet text, value text, calls bigint, statements bigint)",
        """BEGIN ATOMIC
            WITH noted (ids) AS MATERIALIZED (SELECT ARRAY(SELECT DISTINCT call_id FROM uncounted_calls)),
            open (ids) AS MATERIALIZED (SELECT ids FROM noted WHERE ids <> '{}'),
            own (scope) AS MATERIALIZED (
                SELECT 0 WHERE leader IS NULL
                UNION ALL SELECT id FROM facet_values AS own WHERE own.facet = 'leader' AND own.value = leader::text
            )
            SELECT facet, value, sum(calls), sum(statements)
            FROM (
                SELECT named.facet, named.value, kept.calls, kept.statements
                FROM facet_values AS named
                JOIN facet_counts AS kept ON (kept.scope, kept.value) = ((SELECT scope FROM own), named.id)
                WHERE named.facet = ANY (facets)
                UNION ALL
                SELECT named.facet, named.value, -entries.calls, -entries.statements
                FROM open, counted_entries(open.ids) AS entries JOIN facet_values AS named ON named.id = entries.value
                WHERE entries.scope = (SELECT scope FROM own) AND named.facet = ANY (facets)
                UNION ALL
                SELECT entries.facet, entries.value, entries.calls, entries.statements
                FROM open, facet_entries(open.ids) AS entries
                WHERE entries.scope IS NOT DISTINCT FROM leader AND entries.facet = ANY (facets)
            ) AS parts
            GROUP BY facet, value;
        END""",
    )
    _function(
        "facet_sums(ids uuid[], leader uuid, facets text[])",
        "TABLE (facet text, value text, calls bigint, statements bigint)",
        f"""BEGIN ATOMIC
            WITH noted (ids) AS MATERIALIZED (
                SELECT ARRAY(
                    SELECT asked.id FROM unnest(ids) AS asked (id)
                    WHERE asked.id IN (SELECT DISTINCT call_id FROM uncounted_calls)
                )
            ),
            open (ids) AS MATERIALIZED (SELECT noted.ids FROM noted WHERE noted.ids <> '{{}}'),
            own (scope) AS MATERIALIZED (
                SELECT 0 WHERE leader IS NULL
                UNION ALL SELECT id FROM facet_values AS own WHERE own.facet = 'leader' AND own.value = leader::text
            ),
            numbers (value, calls, statements) AS MATERIALIZED (
                SELECT {_VALUE}, sum({_CALLS}), sum({_STATEMENTS})
                FROM unnest(ids) AS asked (id)
                JOIN counted_calls ON counted_calls.call_id = asked.id,
                unnest(CASE WHEN leader IS NULL THEN counts[1:of_everything] ELSE counts END) AS entry
                WHERE {_SCOPE} = (SELECT scope FROM own)
                    AND asked.id NOT IN (SELECT call_id FROM uncounted_calls)
                GROUP BY 1
            )
            SELECT facet, value, sum(calls)::bigint, sum(statements)::bigint
            FROM (
                SELECT named.facet, named.value, numbers.calls, numbers.statements
                FROM numbers JOIN facet_values AS named ON named.id = numbers.value WHERE named.facet = ANY (facets)
                UNION ALL
                SELECT entries.facet, entries.value, entries.calls, entries.statements
                FROM open, facet_entries(open.ids) AS entries
                WHERE entries.scope IS NOT DISTINCT FROM leader AND entries.facet = ANY (facets)
            ) AS parts
            GROUP BY facet, value;
        END""",
    )


def _verifying() -> None:
    """Which rows differ from what they are derived from; calls that are yet to be counted are left out."""
    _function(
        "differing_counted_calls()",
        "SETOF text",
        f"""AS $body$
        DECLARE
            picked uuid[];
            last uuid := '00000000-0000-0000-0000-000000000000';
        BEGIN
            LOOP
                picked := ARRAY(
                    SELECT id FROM calls WHERE id > last UNION SELECT call_id FROM counted_calls WHERE call_id > last
                    ORDER BY 1 LIMIT {_CALLS_AT_ONCE}
                );
                EXIT WHEN cardinality(picked) = 0;
                last := picked[cardinality(picked)];
                picked := ARRAY(SELECT unnest(picked) EXCEPT SELECT call_id FROM uncounted_calls);
                RETURN QUERY
                WITH derived AS MATERIALIZED (SELECT * FROM facet_entries(picked)),
                stored AS MATERIALIZED (
                    SELECT entries.call_id, scopes.value::uuid AS scope, named.facet::text, named.value,
                        entries.calls, entries.statements
                    FROM counted_entries(picked) AS entries
                    LEFT JOIN facet_values AS named ON named.id = entries.value
                    LEFT JOIN facet_values AS scopes ON scopes.id = entries.scope
                )
                SELECT DISTINCT differing.call_id::text FROM (
                    (SELECT * FROM derived EXCEPT ALL SELECT * FROM stored)
                    UNION ALL (SELECT * FROM stored EXCEPT ALL SELECT * FROM derived)
                    UNION ALL SELECT call_id, NULL, NULL, NULL, NULL, NULL FROM counted_calls
                    WHERE call_id = ANY (picked) AND of_everything <> (
                        SELECT count(*) FROM unnest(counts) AS entry WHERE {_SCOPE} = 0
                    )
                ) AS differing;
            END LOOP;
        END $body$""",
        "LANGUAGE plpgsql STABLE SET search_path FROM CURRENT",
    )
    _function(
        "differing_facet_counts()",
        "SETOF text",
        f"""BEGIN ATOMIC
            WITH derived (scope, value, calls, statements) AS (
                SELECT {_SCOPE}, {_VALUE}, sum({_CALLS}), sum({_STATEMENTS})
                FROM counted_calls, unnest(counts) AS entry GROUP BY 1, 2
            )
            SELECT scope || ' ' || value
            FROM derived FULL JOIN facet_counts USING (scope, value)
            WHERE (coalesce(derived.calls, 0), coalesce(derived.statements, 0))
                IS DISTINCT FROM (coalesce(facet_counts.calls, 0), coalesce(facet_counts.statements, 0));
        END""",
    )


def _noting() -> None:
    """The triggers that note which calls a statement changed, once a statement and transaction."""
    for table, (columns, calls) in _DECISIVE.items():
        for event in _EVENTS.get(table, tuple(_TABLES)):
            touched, first = calls.format("changed"), _LINKING.get(table, "")
            if event == "UPDATE":
                changed, before = f"SELECT {columns} FROM changed", f"SELECT {columns} FROM before"
                differing = f"(({changed} EXCEPT {before}) UNION ({before} EXCEPT {changed}))"
                touched = calls.format(differing if " AS " in calls else f"{differing} AS differing")
                if table in _SHARED:
                    first = f"""IF EXISTS {differing} THEN
                        {_SHARED[table]}
                        IF current_setting('transaction_isolation') <> 'read committed' THEN
                            RAISE EXCEPTION 'publishers and broader topics are changed in READ COMMITTED only'
                                USING ERRCODE = 'object_not_in_prerequisite_state';
                        END IF;
                    END IF;"""
            name = f"{table}_are_counted_after_{event.lower()}"
            op.execute(
                f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $body$
                BEGIN
                    {first}
                    INSERT INTO uncounted_calls (call_id, writer)
                    SELECT DISTINCT touched.call_id, pg_current_xact_id()::text::bigint
                    FROM ({touched}) AS touched (call_id)
                    ON CONFLICT DO NOTHING;
                    RETURN NULL;
                END $body$"""
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {_TABLES[event]}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )


def upgrade() -> None:
    """Add the tables, the functions and the triggers; the calls that are there are counted as if they came now."""
    _tables()
    _entries()
    _counting()
    _answering()
    _verifying()
    _noting()
    op.execute("INSERT INTO uncounted_calls (call_id, writer) SELECT id, pg_current_xact_id()::text::bigint FROM calls")


def downgrade() -> None:
    """Remove them."""
    for table in _DECISIVE:
        for event in _EVENTS.get(table, tuple(_TABLES)):
            op.execute(f"DROP FUNCTION {table}_are_counted_after_{event.lower()}() CASCADE")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for table in ("uncounted_calls", "counted_calls", "facet_counts", "facet_values"):
        op.drop_table(table)
