"""The past has all broader topics of those that it shows, as comparisons take them in."""

from collections.abc import Sequence

from alembic import op

revision: str = "20261210_broader"
down_revision: str | Sequence[str] | None = "20261209_ascii"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Each step up is known once the one below it is there; what is not there then is asked for once.
_ALL = """
    wanted := ARRAY(
        SELECT topic_id FROM pg_temp.statement_topics
        UNION SELECT broader_id FROM pg_temp.topics WHERE broader_id IS NOT NULL
    );
    WHILE wanted <> '{}' LOOP
        PERFORM load_past('topics', wanted, moment);
        tried := tried || wanted;
        wanted := ARRAY(
            SELECT broader_id FROM pg_temp.topics WHERE broader_id IS NOT NULL EXCEPT SELECT unnest(tried)
        );
    END LOOP;
"""
_THEIR_OWN = """
    PERFORM load_past('topics', ARRAY(
        SELECT topic_id FROM pg_temp.statement_topics UNION SELECT broader_id FROM pg_temp.topics), moment);
"""


def _complete(topics: str) -> None:
    op.execute(
        f"""CREATE OR REPLACE FUNCTION complete_past(moment timestamptz) RETURNS void LANGUAGE plpgsql
        SET plan_cache_mode = force_generic_plan AS $body$ DECLARE wanted uuid[]; tried uuid[] := '{{}}'; BEGIN
            PERFORM load_past('readouts', ARRAY(SELECT readout_id FROM pg_temp.call_readouts), moment);
            PERFORM load_past('publishers', ARRAY(
                SELECT publisher_id FROM pg_temp.readouts UNION SELECT publisher_id FROM pg_temp.claims), moment);
            PERFORM load_past('leaders', ARRAY(SELECT leader_id FROM pg_temp.participants), moment);
            {topics}
            PERFORM load_past('parties', ARRAY(
                SELECT party_id FROM pg_temp.participants UNION SELECT party_id FROM pg_temp.publishers
                UNION SELECT party_id FROM pg_temp.offices UNION SELECT initiator_party_id FROM pg_temp.claims), moment);
        END $body$"""
    )


def upgrade() -> None:
    """Load them step by step."""
    _complete(_ALL)


def downgrade() -> None:
    """Load one step."""
    _complete(_THEIR_OWN)
