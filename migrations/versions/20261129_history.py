"""The history of the records: what each transaction that wrote changed, what the records were before, and what is gone.

What is recorded by now is entered as created by one writing.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261129_history"
down_revision: str | Sequence[str] | None = "20261128_questions"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_RESOURCES = ("parties", "topics", "publishers", "leaders", "readouts", "calls", "participants", "statements")
_LISTED = ", ".join(f"'{resource}'" for resource in sorted(_RESOURCES))
# What a record's parts refer to each other by, which may for a moment refer to nothing while it is written anew.
_WAIT = (
    ("statement_speakers", "statement_speakers_participant_id_fkey"),
    ("mentions", "mentions_participant_id_fkey"),
    ("mentions", "mentions_call_id_fkey"),
    ("statements", "statements_call_id_fkey"),
)
# What was written stays as it was written: by nobody's mistake does a past answer change.
_LASTING = ("changes", "snapshots")


def upgrade() -> None:
    """Create the tables, and enter what there is."""
    op.create_table(
        "writings",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("size", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=True),
        sa.Column("numbered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("author ~ '\\S'", name=op.f("writings_author_check")),
        sa.CheckConstraint("note ~ '\\S'", name=op.f("writings_note_check")),
        sa.CheckConstraint("size >= 0", name=op.f("writings_size_check")),
        sa.CheckConstraint("first >= 1", name=op.f("writings_first_check")),
        sa.CheckConstraint(
            "(first IS NULL) = (numbered_at IS NULL) AND (first IS NULL OR size > 0)",
            name=op.f("writings_numbered_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("writings_pkey")),
        sa.UniqueConstraint("first", name=op.f("writings_first_key")),
    )
    op.create_index("writings_unnumbered_idx", "writings", ["id"], postgresql_where="first IS NULL")
    op.create_index("writings_numbered_idx", "writings", ["numbered_at", "id"], postgresql_where="first IS NOT NULL")
    op.create_table(
        "changes",
        sa.Column("writing_id", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("resource", sa.String(length=20, collation="C"), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("within_id", sa.Uuid(), nullable=True),
        sa.Column("into_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("ordinal >= 1", name=op.f("changes_ordinal_check")),
        sa.CheckConstraint("version >= 1", name=op.f("changes_version_check")),
        sa.CheckConstraint(f"resource IN ({_LISTED})", name=op.f("changes_resource_check")),
        sa.CheckConstraint("kind IN ('created', 'changed', 'removed', 'merged')", name=op.f("changes_kind_check")),
        sa.CheckConstraint(
            "(within_id IS NOT NULL) = (resource IN ('participants', 'statements'))",
            name=op.f("changes_within_check"),
        ),
        sa.CheckConstraint("(into_id IS NOT NULL) = (kind = 'merged')", name=op.f("changes_into_check")),
        sa.ForeignKeyConstraint(["writing_id"], ["writings.id"], name=op.f("changes_writing_id_fkey")),
        sa.PrimaryKeyConstraint("writing_id", "ordinal", name=op.f("changes_pkey")),
        sa.UniqueConstraint("record_id", "version", "resource", name=op.f("changes_record_id_version_resource_key")),
    )
    op.create_table(
        "snapshots",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("resource", sa.String(length=20, collation="C"), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint("document IS JSON OBJECT", name=op.f("snapshots_document_check")),
        sa.ForeignKeyConstraint(
            ["record_id", "version", "resource"],
            ["changes.record_id", "changes.version", "changes.resource"],
            name=op.f("snapshots_record_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("record_id", "version", "resource", name=op.f("snapshots_pkey")),
    )
    op.create_table(
        "tombstones",
        sa.Column("resource", sa.String(length=20, collation="C"), nullable=False),
        sa.Column("key", sa.String(length=200, collation="C"), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id", "version", "resource"],
            ["changes.record_id", "changes.version", "changes.resource"],
            name=op.f("tombstones_record_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("resource", "key", name=op.f("tombstones_pkey")),
    )
    op.create_index(op.f("tombstones_record_id_idx"), "tombstones", ["record_id"])
    for table, key in _WAIT:
        op.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {key} DEFERRABLE INITIALLY IMMEDIATE")
    _enter_what_there_is()
    _let_it_last()


def _enter_what_there_is() -> None:
    records = " UNION ALL ".join(
        f"SELECT {place}, '{resource}', id, version, content_changed_at,"
        f" {'call_id' if resource in {'participants', 'statements'} else 'NULL::uuid'} FROM {resource}"
        for place, resource in enumerate(_RESOURCES)
    )
    op.execute(
        f"""
        WITH records (place, resource, id, version, content_changed_at, within_id) AS ({records}),
        counted AS (SELECT count(*) AS size FROM records),
        written AS (
            INSERT INTO writings (author, note, size)
            SELECT 'telcon', 'What was recorded before there was a history.', size FROM counted WHERE size > 0
            RETURNING id
        )
        INSERT INTO changes (writing_id, ordinal, resource, record_id, version, kind, content_changed_at, within_id)
        SELECT written.id, row_number() OVER (ORDER BY place, records.id), resource, records.id, version, 'created',
            content_changed_at, within_id
        FROM records, written
        """
    )


def _let_it_last() -> None:
    op.execute(
        """CREATE FUNCTION history_never_changes() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
            RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'history_never_changes',
                TABLE = TG_TABLE_NAME, MESSAGE = 'what was written is not changed';
        END $body$"""
    )
    for table in _LASTING:
        op.execute(
            f"CREATE TRIGGER {table}_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
            " EXECUTE FUNCTION history_never_changes()"
        )
    op.execute(
        "CREATE TRIGGER writings_never_go BEFORE DELETE OR TRUNCATE ON writings FOR EACH STATEMENT"
        " EXECUTE FUNCTION history_never_changes()"
    )
    op.execute(
        "CREATE TRIGGER writings_never_change BEFORE UPDATE ON writings FOR EACH ROW"
        " WHEN (OLD.first IS NOT NULL OR OLD.id <> NEW.id OR OLD.author <> NEW.author"
        " OR OLD.key_id IS DISTINCT FROM NEW.key_id OR OLD.note IS DISTINCT FROM NEW.note)"
        " EXECUTE FUNCTION history_never_changes()"
    )


def downgrade() -> None:
    """Drop the tables, and with them the history."""
    for table in ("tombstones", "snapshots", "changes", "writings"):
        op.drop_table(table)
    op.execute("DROP FUNCTION history_never_changes()")
    for table, key in _WAIT:
        op.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {key} NOT DEFERRABLE")
