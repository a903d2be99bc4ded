"""Proposed records of texts, apart from the records, with what each person did to them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261205_drafts"
down_revision: str | Sequence[str] | None = "20261203_past"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables, and what holds them together."""
    op.create_table(
        "draft_revisions",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("proposal", sa.String(length=300), nullable=True),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("draft_revisions_version_check")),
        sa.CheckConstraint(
            "kind IN ('created', 'corrected', 'accepted', 'rejected')", name=op.f("draft_revisions_kind_check")
        ),
        sa.CheckConstraint("author ~ '\\S'", name=op.f("draft_revisions_author_check")),
        sa.CheckConstraint("note ~ '\\S'", name=op.f("draft_revisions_note_check")),
        sa.CheckConstraint("document IS JSON OBJECT", name=op.f("draft_revisions_document_check")),
        sa.CheckConstraint(
            "(version = 1) = (kind = 'created') AND (version = 1) = (document IS NULL)"
            " AND (proposal IS NULL OR kind <> 'created')",
            name=op.f("draft_revisions_begins_check"),
        ),
        sa.PrimaryKeyConstraint("draft_id", "version", name=op.f("draft_revisions_pkey")),
    )
    op.create_table(
        "drafts",
        sa.Column("sha256", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("status", sa.String(length=20), server_default="open", nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("readout_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("drafts_version_check")),
        sa.CheckConstraint(
            "sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name=op.f("drafts_sha256_check")
        ),
        sa.CheckConstraint("status IN ('open', 'accepted', 'rejected')", name=op.f("drafts_status_check")),
        sa.CheckConstraint("document IS JSON OBJECT", name=op.f("drafts_document_check")),
        sa.CheckConstraint(
            "(status = 'accepted') = (call_id IS NOT NULL) AND (status = 'accepted') = (readout_id IS NOT NULL)",
            name=op.f("drafts_became_check"),
        ),
        sa.ForeignKeyConstraint(
            ["id", "version"],
            ["draft_revisions.draft_id", "draft_revisions.version"],
            name=op.f("drafts_id_fkey"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("drafts_pkey")),
        sa.UniqueConstraint("sha256", name=op.f("drafts_sha256_key")),
    )
    op.create_index("drafts_status_idx", "drafts", ["status", "id"])
    # What was done stays, also to a draft that came to nothing.
    op.execute(
        "CREATE TRIGGER draft_revisions_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON draft_revisions"
        " FOR EACH STATEMENT EXECUTE FUNCTION history_never_changes()"
    )
    op.execute(
        "CREATE TRIGGER drafts_never_go BEFORE DELETE OR TRUNCATE ON drafts FOR EACH STATEMENT"
        " EXECUTE FUNCTION history_never_changes()"
    )
    op.execute(
        "CREATE TRIGGER drafts_never_change BEFORE UPDATE ON drafts FOR EACH ROW"
        " WHEN (OLD.status = 'accepted' OR OLD.id <> NEW.id OR OLD.sha256 <> NEW.sha256"
        " OR OLD.created_at <> NEW.created_at OR NEW.version <> OLD.version + 1)"
        " EXECUTE FUNCTION history_never_changes()"
    )
    op.execute(
        """
        CREATE FUNCTION draft_revisions_are_of_drafts() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
            IF NOT EXISTS (SELECT FROM drafts WHERE id = NEW.draft_id AND version = NEW.version) THEN
                RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', TABLE = 'draft_revisions',
                    CONSTRAINT = 'draft_revisions_are_of_drafts', MESSAGE = 'the draft does not have this version';
            END IF;
            RETURN NULL;
        END $body$
        """
    )
    op.execute(
        "CREATE TRIGGER draft_revisions_are_of_drafts AFTER INSERT ON draft_revisions FOR EACH ROW"
        " EXECUTE FUNCTION draft_revisions_are_of_drafts()"
    )


def downgrade() -> None:
    """Drop them, and with them every draft."""
    op.drop_table("drafts")
    op.drop_table("draft_revisions")
    op.execute("DROP FUNCTION draft_revisions_are_of_drafts()")
