"""The answers to requests that brought an Idempotency-Key, kept for a day."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261202_idempotency"
down_revision: str | Sequence[str] | None = "20261201_feed"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the table, and what removes from it."""
    op.create_table(
        "kept_answers",
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255, collation="C"), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("key ~ '^[ -~]+$'", name=op.f("kept_answers_key_check")),
        sa.CheckConstraint("length(fingerprint) = 32", name=op.f("kept_answers_fingerprint_check")),
        sa.CheckConstraint("status BETWEEN 200 AND 499", name=op.f("kept_answers_status_check")),
        sa.CheckConstraint("headers IS JSON OBJECT", name=op.f("kept_answers_headers_check")),
        sa.CheckConstraint("num_nulls(status, headers, body) IN (0, 3)", name=op.f("kept_answers_whole_check")),
        sa.PrimaryKeyConstraint("principal_id", "key", name=op.f("kept_answers_pkey")),
    )
    op.create_index(op.f("kept_answers_kept_at_idx"), "kept_answers", ["kept_at"])
    op.execute(
        """
        CREATE FUNCTION forget_answers(most integer) RETURNS integer LANGUAGE plpgsql AS $body$
        DECLARE
            forgotten integer;
        BEGIN
            DELETE FROM kept_answers WHERE (principal_id, key) IN (
                SELECT principal_id, key FROM kept_answers
                WHERE kept_at < now() - interval '24 hours' ORDER BY kept_at LIMIT most
            );
            GET DIAGNOSTICS forgotten = ROW_COUNT;
            RETURN forgotten;
        END $body$
        """
    )


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP FUNCTION forget_answers(integer)")
    op.drop_table("kept_answers")
