"""Who spoke with whom in which call, kept beside the participants by triggers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_listings"
down_revision: str | Sequence[str] | None = "20261124_search"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TOUCHED = {
    "INSERT": "SELECT call_id FROM changed",
    "UPDATE": "SELECT call_id FROM changed UNION SELECT call_id FROM before",
    "DELETE": "SELECT call_id FROM changed",
}
_TABLES = {
    "INSERT": "NEW TABLE AS changed",
    "UPDATE": "OLD TABLE AS before NEW TABLE AS changed",
    "DELETE": "OLD TABLE AS changed",
}


def upgrade() -> None:
    """Add the table and what keeps it."""
    op.create_table(
        "dyads",
        sa.Column("first", sa.Uuid(), nullable=False),
        sa.Column("second", sa.Uuid(), nullable=False),
        sa.Column("call_earliest", sa.Date(), nullable=False),
        sa.Column("call_latest", sa.Date(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id", "call_earliest", "call_latest"],
            ["calls.id", "calls.date_earliest", "calls.date_latest"],
            name=op.f("dyads_call_id_fkey"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("first", "second", "call_earliest", "call_latest", "call_id", name=op.f("dyads_pkey")),
    )
    op.create_index(op.f("dyads_call_id_idx"), "dyads", ["call_id"], unique=False)
    op.execute(
        """CREATE FUNCTION dyads_keep(ids uuid[]) RETURNS void LANGUAGE sql BEGIN ATOMIC
            SELECT FROM calls WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
            DELETE FROM dyads WHERE call_id = ANY (ids);
            INSERT INTO dyads (first, second, call_earliest, call_latest, call_id)
            SELECT DISTINCT a.leader_id, b.leader_id, a.call_earliest, a.call_latest, a.call_id
            FROM participants a JOIN participants b ON b.call_id = a.call_id AND a.leader_id < b.leader_id
            WHERE a.call_id = ANY (ids) AND a.role = 'principal' AND b.role = 'principal'
            UNION
            SELECT DISTINCT a.party_id, b.party_id, a.call_earliest, a.call_latest, a.call_id
            FROM participants a JOIN participants b ON b.call_id = a.call_id AND a.party_id <= b.party_id
            WHERE a.call_id = ANY (ids) AND a.role = 'principal' AND b.role = 'principal';
        END"""
    )
    for event, touched in _TOUCHED.items():
        name = f"participants_are_paired_after_{event.lower()}"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT"
            f" AS $body$ BEGIN PERFORM dyads_keep(ARRAY({touched})); RETURN NULL; END $body$"
        )
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON participants REFERENCING {_TABLES[event]}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
    op.execute("SELECT dyads_keep(ARRAY(SELECT id FROM calls))")


def downgrade() -> None:
    """Remove them."""
    for event in _TOUCHED:
        op.execute(f"DROP FUNCTION participants_are_paired_after_{event.lower()}() CASCADE")
    op.execute("DROP FUNCTION dyads_keep(uuid[])")
    op.drop_table("dyads")
