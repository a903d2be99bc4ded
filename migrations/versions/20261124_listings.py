"""What lists are found and shown by: dyads, ready documents of calls, and an index of the calls of several days.

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
    "statements": _OF_CALL,
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
        sa.Column("form", sa.String(length=32), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.CheckConstraint("(form IS NULL) = (document IS NULL)", name=op.f("call_documents_made_check")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("call_documents_call_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("call_documents_pkey")),
    )
    op.create_index(op.f("call_documents_form_idx"), "call_documents", ["form"])
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
            UPDATE call_documents SET form = NULL, document = NULL WHERE call_id = ANY (ids) AND form IS NOT NULL;
        END"""
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
    _keep("are_shown", "forget_call_documents", _SHOWN)
    op.execute("INSERT INTO dyads SELECT * FROM dyads_of(ARRAY(SELECT id FROM calls))")
    op.execute("INSERT INTO call_documents (call_id) SELECT id FROM calls")


def downgrade() -> None:
    """Remove them."""
    _keep_no_more("are_shown", _SHOWN)
    _keep_no_more("bring_together", _BROUGHT_TOGETHER)
    op.execute("DROP FUNCTION calls_have_documents() CASCADE")
    op.execute("DROP FUNCTION forget_call_documents(uuid[]), keep_dyads(uuid[]), dyads_of(uuid[]), lock_calls(uuid[])")
    op.drop_table("call_documents")
    op.drop_table("dyads")
    op.drop_index("calls_of_several_days_idx", table_name="calls")
