"""The values of facets in the indexes themselves: who counts looks up dozens of them, and need not read the table."""

from collections.abc import Sequence

from alembic import op

revision: str = "20261207_values"
down_revision: str | Sequence[str] | None = "20261206_further"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEYS = """
    ALTER TABLE facet_values
        DROP CONSTRAINT facet_values_pkey,
        DROP CONSTRAINT facet_values_facet_value_key,
        ADD CONSTRAINT facet_values_pkey PRIMARY KEY (id){},
        ADD CONSTRAINT facet_values_facet_value_key UNIQUE (facet, value){}
"""


def upgrade() -> None:
    """Put what is read beside the keys into their indexes."""
    op.execute(_KEYS.format(" INCLUDE (facet, value)", " INCLUDE (id)"))


def downgrade() -> None:
    """Leave the keys alone in them."""
    op.execute(_KEYS.format("", ""))
