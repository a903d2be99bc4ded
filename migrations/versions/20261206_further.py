"""A draft for each call that a text reports: its number in the text, so that a text has as many as it reports calls."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261206_further"
down_revision: str | Sequence[str] | None = "20261205_drafts"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NEVER_CHANGES = """
    CREATE OR REPLACE TRIGGER drafts_never_change BEFORE UPDATE ON drafts FOR EACH ROW
    WHEN (OLD.status = 'accepted' OR OLD.id <> NEW.id OR OLD.sha256 <> NEW.sha256{number}
        OR OLD.created_at <> NEW.created_at OR NEW.version <> OLD.version + 1)
    EXECUTE FUNCTION history_never_changes()
"""


def upgrade() -> None:
    """Number the drafts; those that are there are of the first call of their text."""
    op.add_column("drafts", sa.Column("number", sa.SmallInteger(), server_default="1", nullable=False))
    op.create_check_constraint(op.f("drafts_number_check"), "drafts", "number >= 1")
    op.drop_constraint(op.f("drafts_sha256_key"), "drafts")
    op.create_unique_constraint(op.f("drafts_sha256_number_key"), "drafts", ["sha256", "number"])
    op.execute(_NEVER_CHANGES.format(number=" OR OLD.number <> NEW.number"))


def downgrade() -> None:
    """Keep the drafts of the first calls, and drop the others with what was done to them."""
    op.execute(_NEVER_CHANGES.format(number=""))
    op.execute("ALTER TABLE drafts DISABLE TRIGGER drafts_never_go")
    op.execute("ALTER TABLE draft_revisions DISABLE TRIGGER draft_revisions_never_change")
    op.execute("DELETE FROM drafts WHERE number > 1")
    op.execute("DELETE FROM draft_revisions WHERE draft_id NOT IN (SELECT id FROM drafts)")
    # A table is not altered while a check of its rows is still to come.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.execute("ALTER TABLE draft_revisions ENABLE TRIGGER draft_revisions_never_change")
    op.execute("ALTER TABLE drafts ENABLE TRIGGER drafts_never_go")
    op.drop_constraint(op.f("drafts_sha256_number_key"), "drafts")
    op.create_unique_constraint(op.f("drafts_sha256_key"), "drafts", ["sha256"])
    op.drop_column("drafts", "number")
