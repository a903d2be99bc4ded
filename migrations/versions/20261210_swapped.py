"""Two participants of a call can exchange their leaders in one statement: that no leader takes part twice waits for it."""

from collections.abc import Sequence

from alembic import op

revision: str = "20261210_swapped"
down_revision: str | Sequence[str] | None = "20261209_ascii"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CONSTRAINT = "participants_leader_id_call_id_key"


def _replace(checked: str) -> None:
    op.execute(f"ALTER TABLE participants DROP CONSTRAINT {_CONSTRAINT}")
    op.execute(f"ALTER TABLE participants ADD CONSTRAINT {_CONSTRAINT} UNIQUE (leader_id, call_id) {checked}")


def upgrade() -> None:
    """Let the constraint be deferred."""
    _replace("DEFERRABLE INITIALLY IMMEDIATE")


def downgrade() -> None:
    """Check it row by row."""
    _replace("NOT DEFERRABLE")
