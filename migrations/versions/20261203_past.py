"""The past: with each former version of a record its rows, and what puts the rows of a time into tables of its own.

A connection that answers for the past has temporary tables under the names of those that records are kept in. What is
asked there by these names is asked of the past, by the same statements; functions whose bodies are bound to the tables
themselves stand in the schema `past` once more, bound to names.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261203_past"
down_revision: str | Sequence[str] | None = "20261202_idempotency"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OWNED = {
    "leaders": {"leader_names": "leader_id = wanted", "offices": "leader_id = wanted"},
    "parties": {"party_aliases": "party_id = wanted"},
    "publishers": {},
    "topics": {},
    "readouts": {
        "readout_versions": "readout_id = wanted",
        "claims": "readout_id = wanted",
        "evidence": "claim_id IN (SELECT id FROM claims WHERE claims.readout_id = wanted)",
    },
    "calls": {
        "participants": "call_id = wanted",
        "call_readouts": "call_id = wanted",
        "mentions": "call_id = wanted",
        "statements": "call_id = wanted",
        "statement_speakers": "call_id = wanted",
        "statement_topics": "statement_id IN (SELECT id FROM statements WHERE call_id = wanted)",
        "claims": "call_id = wanted",
        "evidence": "claim_id IN (SELECT id FROM claims WHERE call_id = wanted)",
    },
}
_SINGULAR = {
    "leaders": "leader",
    "parties": "party",
    "publishers": "publisher",
    "topics": "topic",
    "readouts": "readout",
    "calls": "call",
}
# What is asked for by name and is not of one record, or is not kept with one.
_BESIDE = ("dyads", "call_documents", "tombstones")
_PAST = ("call_document", "call_statements", "dyads_of")
_TERMS = {
    "key:": "$.*[*].slug, $.parties[*].code, $.redirects[*].key",
    "name:": "$.leader_names[*].folded, $.party_aliases[*].folded",
    "wikidata:": '$.identifiers[*] ? (@.scheme == "wikidata").folded',
    "principal:": '$.participants[*] ? (@.role == "principal").leader_id,'
    ' $.participants[*] ? (@.role == "principal").party_id',
    "readout:": "$.call_readouts[*].readout_id",
    "broader:": "$.topics[*].broader_id",
}


def _owned(resource: str) -> dict[str, str]:
    """The tables that hold a resource's records, each with which rows are one's own."""
    owner = f"{_SINGULAR[resource]}_id"
    owned = {resource: "id = wanted"} | _OWNED[resource] | {"identifiers": f"{owner} = wanted"}
    if resource == "calls":
        people = "participant_id IN (SELECT id FROM participants WHERE participants.call_id = wanted)"
        owned["redirects"] = f"(call_id = wanted OR {people})"
    elif resource != "parties":
        owned["redirects"] = f"{owner} = wanted"
    return owned


def upgrade() -> None:
    """Add them."""
    op.execute("CREATE SCHEMA past")
    _rows()
    _terms()
    op.add_column("snapshots", sa.Column("rows", postgresql.JSONB(), nullable=False))
    for name, kind, value in (
        ("terms", postgresql.ARRAY(sa.Text()), "snapshot_terms(rows)"),
        ("call_earliest", sa.Date(), "snapshot_day((((rows -> 'calls'::text) -> 0) ->> 'date_earliest'::text))"),
        ("call_latest", sa.Date(), "snapshot_day((((rows -> 'calls'::text) -> 0) ->> 'date_latest'::text))"),
        ("call_edtf", sa.Text(), "(((rows -> 'calls'::text) -> 0) ->> 'date_edtf'::text)"),
    ):
        op.add_column("snapshots", sa.Column(name, kind, sa.Computed(value, persisted=True), nullable=True))
    op.create_index("snapshots_terms_idx", "snapshots", ["terms"], postgresql_using="gin")
    op.create_index(
        "snapshots_dates_idx",
        "snapshots",
        ["call_earliest", "call_latest", "record_id"],
        postgresql_where="call_earliest IS NOT NULL",
    )
    _rows_then()
    _candidates()
    _bind_to_names()
    _open()
    _load()


def _rows() -> None:
    cases = []
    for resource in _OWNED:
        members = ", ".join(
            f"'{table}', (SELECT jsonb_agg(to_jsonb({table}) - 'words') FROM {table} WHERE {own})"
            for table, own in _owned(resource).items()
        )
        cases.append(f"WHEN '{resource}' THEN jsonb_strip_nulls(jsonb_build_object({members}))")
    op.execute(
        "CREATE FUNCTION record_rows(resource text, wanted uuid) RETURNS jsonb LANGUAGE sql STABLE BEGIN ATOMIC"
        f" SELECT CASE resource {' '.join(cases)} END; END"
    )


def _terms() -> None:
    parts = [
        f"SELECT '{kind}' || (found #>> '{{}}') FROM jsonb_path_query(rows, '{path.strip()}') AS found"
        for kind, paths in _TERMS.items()
        for path in paths.split(", ")
    ]
    spoken = """
        SELECT 'speaker:' || told.id FROM jsonb_path_query(rows, '$.statement_speakers[*].participant_id') AS spoke
            JOIN jsonb_path_query(rows, '$.participants[*]') AS part ON part -> 'id' = spoke,
            LATERAL (VALUES (part ->> 'leader_id'), (part ->> 'party_id')) AS told (id)
        UNION ALL SELECT 'statement' WHERE rows ? 'statements'
    """
    op.execute(
        "CREATE FUNCTION snapshot_terms(rows jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT"
        f" coalesce(array_agg(DISTINCT term), '{{}}') FROM ({' UNION ALL '.join([*parts, spoken])}) AS terms (term)"
        " WHERE term IS NOT NULL; END"
    )
    # As rows are written in JSON, which is one way whatever the settings.
    op.execute(
        "CREATE FUNCTION snapshot_day(written text) RETURNS date LANGUAGE sql IMMUTABLE BEGIN ATOMIC"
        " SELECT CAST(written AS date); END"
    )


def _rows_then() -> None:
    op.execute(
        """CREATE FUNCTION past_rows(wanted_resource text, wanted uuid[], moment timestamptz) RETURNS SETOF jsonb
        LANGUAGE sql STABLE BEGIN ATOMIC
            SELECT coalesce(
                (
                    SELECT s.rows FROM snapshots AS s
                    WHERE s.record_id = asked.id AND s.version = standing.version AND s.resource = wanted_resource
                ),
                record_rows(wanted_resource, asked.id)
            )
            FROM unnest(wanted) AS asked (id), LATERAL (
                SELECT c.version, c.kind FROM changes AS c JOIN writings AS w ON w.id = c.writing_id
                WHERE c.record_id = asked.id AND c.resource = wanted_resource AND w.numbered_at <= moment
                ORDER BY c.version DESC LIMIT 1
            ) AS standing
            WHERE standing.kind IN ('created', 'changed');
        END"""
    )


def _candidates() -> None:
    # All that ever bore a key; which of them bears it at a time is told once they are what they were then.
    op.execute(
        """CREATE FUNCTION past_bearers(wanted_resource text, wanted text, name text) RETURNS SETOF uuid
        LANGUAGE sql STABLE BEGIN ATOMIC
            SELECT DISTINCT id FROM (
                SELECT 'calls' AS resource, id FROM calls WHERE slug = wanted
                UNION ALL SELECT 'leaders', id FROM leaders WHERE slug = wanted
                UNION ALL SELECT 'leaders', leader_id FROM leader_names WHERE folded = name
                UNION ALL SELECT 'leaders', leader_id FROM identifiers
                    WHERE scheme = 'wikidata' AND identifiers.folded = name AND leader_id IS NOT NULL
                UNION ALL SELECT 'parties', id FROM parties WHERE code = wanted
                UNION ALL SELECT 'parties', party_id FROM party_aliases WHERE folded = name
                UNION ALL SELECT 'publishers', id FROM publishers WHERE slug = wanted
                UNION ALL SELECT 'topics', id FROM topics WHERE slug = wanted
                UNION ALL SELECT resource, coalesce(call_id, leader_id, publisher_id, readout_id, topic_id)
                    FROM redirects WHERE key = wanted AND participant_id IS NULL
                UNION ALL SELECT resource, record_id FROM snapshots
                    WHERE terms && ARRAY['key:' || wanted, 'name:' || name, 'wikidata:' || name]
            ) AS bearers WHERE resource = wanted_resource;
        END"""
    )
    op.execute(
        """CREATE FUNCTION past_calls_of(wanted_resource text, wanted uuid) RETURNS SETOF uuid
        LANGUAGE sql STABLE BEGIN ATOMIC
            WITH RECURSIVE parts (id) AS (
                SELECT wanted
                UNION
                SELECT c.into_id FROM parts JOIN changes AS c ON c.record_id = parts.id
                WHERE c.resource = wanted_resource AND c.into_id IS NOT NULL
            )
            SELECT DISTINCT c.within_id FROM parts JOIN changes AS c ON c.record_id = parts.id
            WHERE c.resource = wanted_resource AND c.within_id IS NOT NULL;
        END"""
    )
    op.execute(
        """CREATE FUNCTION past_reports_of(wanted uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE BEGIN ATOMIC
            SELECT call_id FROM call_readouts WHERE readout_id = ANY (wanted)
            UNION
            SELECT record_id FROM snapshots
            WHERE resource = 'calls' AND terms && ARRAY(SELECT 'readout:' || id FROM unnest(wanted) AS id);
        END"""
    )
    op.execute(
        """CREATE FUNCTION past_narrower(wanted uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE BEGIN ATOMIC
            SELECT id FROM topics WHERE broader_id = ANY (wanted)
            UNION
            SELECT record_id FROM snapshots
            WHERE resource = 'topics' AND terms && ARRAY(SELECT 'broader:' || id FROM unnest(wanted) AS id);
        END"""
    )
    op.execute(
        """CREATE FUNCTION past_gone(wanted_resource text, wanted uuid[], moment timestamptz)
        RETURNS TABLE (record_id uuid, version integer, writing_id bigint) LANGUAGE sql STABLE BEGIN ATOMIC
            SELECT asked.id, standing.version, standing.writing_id
            FROM unnest(wanted) AS asked (id), LATERAL (
                SELECT c.version, c.kind, c.writing_id FROM changes AS c JOIN writings AS w ON w.id = c.writing_id
                WHERE c.record_id = asked.id AND c.resource = wanted_resource AND w.numbered_at <= moment
                ORDER BY c.version DESC LIMIT 1
            ) AS standing
            WHERE standing.kind IN ('removed', 'merged');
        END"""
    )


def _bind_to_names() -> None:
    for name, argument in zip(_PAST, ("wanted uuid", "wanted uuid", "ids uuid[]"), strict=True):
        (kind,) = argument.split()[1:]
        body = (
            op.get_bind()
            .execute(sa.text(f"SELECT pg_get_function_sqlbody('{name}({kind})'::regprocedure)"))
            .scalar_one()
        )
        body = body.strip().removeprefix("BEGIN ATOMIC").removesuffix("END").strip().rstrip(";")
        returns = "SETOF dyads" if name == "dyads_of" else "text"
        op.execute(
            f"CREATE FUNCTION past.{name}({argument}) RETURNS {returns} LANGUAGE sql STABLE AS $body$ {body} $body$"
        )


def _open() -> None:
    tables = sorted({table for resource in _OWNED for table in _owned(resource)} | set(_BESIDE))
    listed = ", ".join(f"'{table}'" for table in tables)
    op.execute(
        f"""CREATE FUNCTION open_past() RETURNS void LANGUAGE plpgsql AS $body$ DECLARE name text; BEGIN
            FOREACH name IN ARRAY ARRAY[{listed}] LOOP
                EXECUTE format('CREATE TEMPORARY TABLE %1$I (LIKE %1$I INCLUDING INDEXES)', name);
            END LOOP;
            ALTER TABLE pg_temp.statements ALTER words DROP NOT NULL;
            PERFORM set_config('search_path', 'past, ' || current_setting('search_path'), false);
        END $body$"""
    )


def _load() -> None:
    tables = sorted({table for resource in _OWNED for table in _owned(resource)})
    # Statements of their own, since the database keeps the plans of these.
    inserts = " ".join(
        f"""IF EXISTS (SELECT FROM unnest(found) AS rows WHERE rows ? '{table}') THEN
                INSERT INTO pg_temp.{table} SELECT r.* FROM unnest(found) AS rows,
                    jsonb_populate_recordset(NULL::pg_temp.{table}, rows -> '{table}') AS r;
            END IF;"""
        for table in tables
    )
    op.execute(
        f"""CREATE FUNCTION load_past(wanted_resource text, wanted uuid[], moment timestamptz) RETURNS void
        LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan
        AS $body$ DECLARE missing uuid[]; found jsonb[]; BEGIN
            EXECUTE format(
                'SELECT ARRAY(SELECT id FROM unnest($1) AS id WHERE id IS NOT NULL EXCEPT SELECT id FROM pg_temp.%I)',
                wanted_resource
            ) INTO missing USING wanted;
            IF missing = '{{}}' THEN RETURN; END IF;
            found := ARRAY(SELECT past_rows(wanted_resource, missing, moment));
            {inserts}
            IF wanted_resource = 'calls' THEN
                INSERT INTO pg_temp.dyads SELECT * FROM past.dyads_of(missing);
            END IF;
        END $body$"""
    )
    # What the records that are loaded refer to and show of others, each kind before those that it refers to.
    op.execute(
        """CREATE FUNCTION complete_past(moment timestamptz) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $body$ BEGIN
            PERFORM load_past('readouts', ARRAY(SELECT readout_id FROM pg_temp.call_readouts), moment);
            PERFORM load_past('publishers', ARRAY(
                SELECT publisher_id FROM pg_temp.readouts UNION SELECT publisher_id FROM pg_temp.claims), moment);
            PERFORM load_past('leaders', ARRAY(SELECT leader_id FROM pg_temp.participants), moment);
            PERFORM load_past('topics', ARRAY(
                SELECT topic_id FROM pg_temp.statement_topics UNION SELECT broader_id FROM pg_temp.topics), moment);
            PERFORM load_past('parties', ARRAY(
                SELECT party_id FROM pg_temp.participants UNION SELECT party_id FROM pg_temp.publishers
                UNION SELECT party_id FROM pg_temp.offices UNION SELECT initiator_party_id FROM pg_temp.claims), moment);
        END $body$"""
    )


def downgrade() -> None:
    """Remove them."""
    op.execute(
        "DROP FUNCTION complete_past(timestamptz), load_past(text, uuid[], timestamptz), open_past(),"
        " past_gone(text, uuid[], timestamptz), past_narrower(uuid[]), past_reports_of(uuid[]),"
        " past_calls_of(text, uuid), past_bearers(text, text, text), past_rows(text, uuid[], timestamptz),"
        " record_rows(text, uuid)"
    )
    op.drop_index("snapshots_dates_idx", table_name="snapshots")
    op.drop_index("snapshots_terms_idx", table_name="snapshots")
    for column in ("call_edtf", "call_latest", "call_earliest", "terms", "rows"):
        op.drop_column("snapshots", column)
    op.execute("DROP FUNCTION snapshot_day(text), snapshot_terms(jsonb)")
    op.execute("DROP SCHEMA past CASCADE")
