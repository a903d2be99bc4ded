"""The keys by which clients say who they are, of each only a hash."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261130_keys"
down_revision: str | Sequence[str] | None = "20261129_history"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "keys",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("label ~ '\\S'", name=op.f("keys_label_check")),
        sa.CheckConstraint("octet_length(hash) = 32", name=op.f("keys_hash_check")),
        sa.CheckConstraint(
            "cardinality(scopes) >= 1 AND scopes <@ ARRAY['records:read', 'records:write', 'admin']",
            name=op.f("keys_scopes_check"),
        ),
        sa.CheckConstraint("expires_at > created_at", name=op.f("keys_expires_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("keys_pkey")),
        sa.UniqueConstraint("hash", name=op.f("keys_hash_key")),
    )


def downgrade() -> None:
    """Drop the table, and with it every key."""
    op.drop_table("keys")
