"""The invariants that constraints alone cannot hold.

Checks run once a statement over all of its rows (transition tables), so that loading many records at once stays cheap.
A violation is an integrity error (SQLSTATE 23514) that names the rule as its constraint.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "20261123_invariants"
down_revision: str | Sequence[str] | None = "20261123_records"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What is quoted must stand in the readout at its offsets; columns of each table that quotes: text, start, end.
_QUOTING = {
    "statements": (("text", "start", '"end"'), ("attribution_text", "attribution_start", "attribution_end")),
    "mentions": (("name_text", "name_start", "name_end"), ("office_text", "office_start", "office_end")),
    "evidence": (("text", "start", '"end"'),),
}

_SHOWN = (
    "date_edtf, date_earliest, date_latest, date_precision, date_zone, date_text, date_part_of_day, date_basis, "
    "channel, duration_seconds, initiator_kind, initiator_participant_id, initiator_party_id, initiator_basis"
)
_CLAIMED = (
    "d.date_edtf, d.date_earliest, d.date_latest, d.date_precision, d.date_zone, d.date_text, d.date_part_of_day, "
    "d.basis, c.channel, u.duration_seconds, i.initiator_kind, i.initiator_participant_id, i.initiator_party_id, i.basis"
)
_PREFERRED = """
    LEFT JOIN claims d ON d.call_id = shown.id AND d.field = 'date' AND d.preferred
    LEFT JOIN claims c ON c.call_id = shown.id AND c.field = 'channel' AND c.preferred
    LEFT JOIN claims u ON u.call_id = shown.id AND u.field = 'duration' AND u.preferred
    LEFT JOIN claims i ON i.call_id = shown.id AND i.field = 'initiator' AND i.preferred
"""
_SHOWN_OF_SHOWN = ", ".join(f"shown.{column.strip()}" for column in _SHOWN.split(","))


def _raise(message: str, rule: str, detail: str) -> str:
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation', CONSTRAINT = '{rule}', DETAIL = {detail};"


def _function(name: str, body: str, declare: str = "") -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ {declare} BEGIN {body}"
        " RETURN NULL; END $body$"
    )


def _after(table: str, event: str, function: str) -> None:
    tables = {
        "INSERT": "NEW TABLE AS changed",
        "UPDATE": "OLD TABLE AS before NEW TABLE AS changed",
        "DELETE": "OLD TABLE AS changed",
    }[event]
    op.execute(
        f"CREATE TRIGGER {function}_after_{event.lower()} AFTER {event} ON {table} REFERENCING {tables}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


def upgrade() -> None:
    """Add the triggers."""
    for table, quotes in _QUOTING.items():
        rule = f"{table}_quote_their_readout"
        misquoted = " OR ".join(
            f"changed.{text} <> substr(v.text, changed.{start} + 1, changed.{end} - changed.{start})"
            f" OR changed.{end} > char_length(v.text) OR (changed.{text} IS NOT NULL AND v.text IS NULL)"
            for text, start, end in quotes
        )
        _function(
            rule,
            f"""
            SELECT changed.readout_id INTO wrong FROM changed
            JOIN readout_versions v ON (v.readout_id, v.version) = (changed.readout_id, changed.readout_version)
            WHERE {misquoted} LIMIT 1;
            IF FOUND THEN {_raise("words do not stand in the readout at their offsets", rule, "wrong::text")} END IF;
            """,
            "DECLARE wrong uuid;",
        )
        _after(table, "INSERT", rule)
        _after(table, "UPDATE", rule)

    _function(
        "readout_versions_never_change",
        _raise("a version of a readout is never changed", "readout_versions_never_change", "OLD.readout_id::text"),
    )
    op.execute(
        "CREATE TRIGGER readout_versions_never_change BEFORE UPDATE ON readout_versions FOR EACH ROW"
        " WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION readout_versions_never_change()"
    )

    _function(
        "calls_show_preferred_claims",
        f"""
        SELECT shown.id INTO wrong FROM changed shown {_PREFERRED}
        WHERE ({_SHOWN_OF_SHOWN}) IS DISTINCT FROM ({_CLAIMED}) LIMIT 1;
        IF FOUND THEN
            {_raise("a call shows other values than its preferred claims", "calls_show_preferred_claims", "wrong::text")}
        END IF;
        """,
        "DECLARE wrong uuid;",
    )
    _function(
        "readouts_show_preferred_claims",
        f"""
        SELECT shown.id INTO wrong FROM changed shown
        LEFT JOIN claims p ON p.readout_id = shown.id AND p.field = 'publisher' AND p.preferred
        WHERE (shown.publisher_id, shown.publisher_basis) IS DISTINCT FROM (p.publisher_id, p.basis) LIMIT 1;
        IF FOUND THEN
            {_raise("a readout shows another publisher than its preferred claim", "readouts_show_preferred_claims", "wrong::text")}
        END IF;
        """,
        "DECLARE wrong uuid;",
    )
    for table in ("calls", "readouts"):
        _after(table, "INSERT", f"{table}_show_preferred_claims")
        _after(table, "UPDATE", f"{table}_show_preferred_claims")

    # The other direction: a claim that changes carries its value to what it speaks of.
    _function(
        "claims_are_shown",
        f"""
        IF TG_OP = 'UPDATE' THEN
            calls_touched := ARRAY(SELECT call_id FROM changed UNION SELECT call_id FROM before);
            readouts_touched := ARRAY(SELECT readout_id FROM changed UNION SELECT readout_id FROM before);
        ELSE
            calls_touched := ARRAY(SELECT call_id FROM changed);
            readouts_touched := ARRAY(SELECT readout_id FROM changed);
        END IF;
        -- Two claims of one call that change at once wait for each other here, and each then sees the other's value.
        PERFORM FROM calls WHERE id = ANY (calls_touched) ORDER BY id FOR UPDATE;
        PERFORM FROM readouts WHERE id = ANY (readouts_touched) ORDER BY id FOR UPDATE;
        UPDATE calls SET ({_SHOWN}) = ROW ({_CLAIMED})
        FROM calls shown {_PREFERRED}
        WHERE calls.id = shown.id AND shown.id = ANY (calls_touched)
          AND ({_SHOWN_OF_SHOWN}) IS DISTINCT FROM ({_CLAIMED});
        UPDATE readouts SET (publisher_id, publisher_basis) = (p.publisher_id, p.basis)
        FROM readouts shown
        LEFT JOIN claims p ON p.readout_id = shown.id AND p.field = 'publisher' AND p.preferred
        WHERE readouts.id = shown.id AND shown.id = ANY (readouts_touched)
          AND (shown.publisher_id, shown.publisher_basis) IS DISTINCT FROM (p.publisher_id, p.basis);
        """,
        "DECLARE calls_touched uuid[]; readouts_touched uuid[];",
    )
    for event in ("INSERT", "UPDATE", "DELETE"):
        _after("claims", event, "claims_are_shown")

    _function(
        "statements_have_speakers",
        f"""
        SELECT id INTO wrong FROM changed
        WHERE NOT EXISTS (SELECT FROM statement_speakers s WHERE s.statement_id = changed.id) LIMIT 1;
        IF FOUND THEN {_raise("a statement has no speaker", "statements_have_speakers", "wrong::text")} END IF;
        """,
        "DECLARE wrong uuid;",
    )
    _after("statements", "INSERT", "statements_have_speakers")
    _after("statements", "UPDATE", "statements_have_speakers")
    _function(
        "statements_keep_a_speaker",
        f"""
        -- Whoever takes away another speaker of the same statement waits here.
        PERFORM FROM statements WHERE id IN (SELECT statement_id FROM changed) ORDER BY id FOR UPDATE;
        SELECT s.id INTO wrong FROM changed JOIN statements s ON s.id = changed.statement_id
        WHERE NOT EXISTS (SELECT FROM statement_speakers o WHERE o.statement_id = s.id) LIMIT 1;
        IF FOUND THEN {_raise("a statement has no speaker", "statements_have_speakers", "wrong::text")} END IF;
        """,
        "DECLARE wrong uuid;",
    )
    _after("statement_speakers", "DELETE", "statements_keep_a_speaker")
    _function(
        "speakers_stay_with_their_statement",
        _raise(
            "a speaker is not moved to another statement",
            "speakers_stay_with_their_statement",
            "OLD.statement_id::text",
        ),
    )
    op.execute(
        "CREATE TRIGGER speakers_stay_with_their_statement BEFORE UPDATE OF statement_id ON statement_speakers"
        " FOR EACH ROW WHEN (OLD.statement_id <> NEW.statement_id)"
        " EXECUTE FUNCTION speakers_stay_with_their_statement()"
    )

    _function(
        "topics_form_no_circle",
        f"""
        -- Two topics could otherwise be put below each other at once. Any number that nothing else locks.
        PERFORM pg_advisory_xact_lock(7351853);
        WITH RECURSIVE above (start, id) AS (
            SELECT changed.id, changed.broader_id FROM changed WHERE changed.broader_id IS NOT NULL
            UNION
            SELECT above.start, topics.broader_id FROM above JOIN topics ON topics.id = above.id
            WHERE topics.broader_id IS NOT NULL
        )
        SELECT id INTO wrong FROM above WHERE id = start LIMIT 1;
        IF FOUND THEN {_raise("a topic is broader than itself", "topics_form_no_circle", "wrong::text")} END IF;
        """,
        "DECLARE wrong uuid;",
    )
    _after("topics", "INSERT", "topics_form_no_circle")
    _after("topics", "UPDATE", "topics_form_no_circle")

    _function(
        "aliases_are_no_codes",
        f"""
        SELECT a.folded INTO wrong
        FROM party_aliases a JOIN parties p ON lower(p.code) = a.folded AND p.id <> a.party_id LIMIT 1;
        IF FOUND THEN {_raise("an alias of a party is the code of another", "aliases_are_no_codes", "wrong")} END IF;
        """,
        "DECLARE wrong text;",
    )
    _after("parties", "INSERT", "aliases_are_no_codes")
    _after("parties", "UPDATE", "aliases_are_no_codes")
    _after("party_aliases", "INSERT", "aliases_are_no_codes")
    _after("party_aliases", "UPDATE", "aliases_are_no_codes")

    for table, target in (
        ("calls", "call_id"),
        ("leaders", "leader_id"),
        ("publishers", "publisher_id"),
        ("topics", "topic_id"),
    ):
        _function(
            f"{table}_keep_their_slugs",
            f"""
            IF TG_OP = 'UPDATE' THEN
                IF NEW.slug = OLD.slug THEN RETURN NULL; END IF;
                INSERT INTO redirects (resource, key, {target}) VALUES ('{table}', OLD.slug, OLD.id);
            END IF;
            IF EXISTS (SELECT FROM redirects WHERE resource = '{table}' AND key = NEW.slug) THEN
                {_raise("a slug that was given before is not given again", f"{table}_keep_their_slugs", "NEW.slug")}
            END IF;
            """,
        )
        op.execute(
            f"CREATE TRIGGER {table}_keep_their_slugs AFTER INSERT OR UPDATE OF slug ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION {table}_keep_their_slugs()"
        )


_FUNCTIONS = (
    "statements_quote_their_readout",
    "mentions_quote_their_readout",
    "evidence_quote_their_readout",
    "readout_versions_never_change",
    "calls_show_preferred_claims",
    "readouts_show_preferred_claims",
    "claims_are_shown",
    "statements_have_speakers",
    "statements_keep_a_speaker",
    "speakers_stay_with_their_statement",
    "topics_form_no_circle",
    "aliases_are_no_codes",
    "calls_keep_their_slugs",
    "leaders_keep_their_slugs",
    "publishers_keep_their_slugs",
    "topics_keep_their_slugs",
)


def downgrade() -> None:
    """Remove the functions, and the triggers with them."""
    for name in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}() CASCADE")
