"""The words of calls and readouts, said once: what the triggers keep is what `telcon db verify` compares with.

Nothing that is stored changes.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "20261127_words"
down_revision: str | Sequence[str] | None = "20261125_counts"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOST_OF_A_CALL = 840_000
_OF_READOUTS = """
    SELECT readouts.id, search_join(
        setweight(search_words(language, title), 'A'), search_words(language, coalesce(newest.text, ''))
    )
    FROM readouts LEFT JOIN LATERAL (
        SELECT text FROM readout_versions WHERE readout_id = readouts.id ORDER BY version DESC LIMIT 1
    ) AS newest ON true
    WHERE readouts.id = ANY (ids)
"""
# Of the languages that are read alike, the first readout's tells where the title stands in them: any of them would do,
# but it must always be the same.
_SAME_LANGUAGE = "ORDER BY search_tag(readouts.language), call_readouts.readout_id"


def _of_calls(chosen: str) -> str:
    return f"""
        SELECT calls.id, (
            SELECT search_joined(words ORDER BY place, language, readout_id)
            FROM (
                SELECT 0 AS place, language, NULL::uuid AS readout_id,
                    setweight(search_words(language, calls.title), 'A') AS words
                FROM (
                    (SELECT DISTINCT ON (search_tag(readouts.language)) readouts.language
                    FROM call_readouts JOIN readouts ON readouts.id = call_readouts.readout_id
                    WHERE call_readouts.call_id = calls.id {chosen})
                    UNION ALL
                    SELECT 'und' WHERE NOT EXISTS (SELECT FROM call_readouts WHERE call_id = calls.id)
                ) AS languages
                UNION ALL
                SELECT 1, NULL, readout_id, words
                FROM (
                    SELECT readout_id, words,
                        sum(octet_length(tsvectorsend(words))) OVER (ORDER BY readout_id) AS size
                    FROM call_readouts JOIN readout_words USING (readout_id)
                    WHERE call_readouts.call_id = calls.id
                ) AS sized
                WHERE size <= {_MOST_OF_A_CALL}
            ) AS parts
        )
        FROM calls WHERE calls.id = ANY (ids)
    """


def _keep(of_calls: str, of_readouts: str) -> None:
    op.execute(
        f"""CREATE OR REPLACE FUNCTION search_keep_calls(ids uuid[]) RETURNS void LANGUAGE sql BEGIN ATOMIC
            -- Whoever else changes what is searched of these calls waits here, and then sees what was done.
            SELECT FROM calls WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
            INSERT INTO call_words (call_id, words) {of_calls}
            ON CONFLICT (call_id) DO UPDATE SET words = EXCLUDED.words;
        END"""
    )
    op.execute(
        f"""CREATE OR REPLACE FUNCTION search_keep_readouts(ids uuid[]) RETURNS void LANGUAGE sql BEGIN ATOMIC
            SELECT FROM readouts WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
            INSERT INTO readout_words (readout_id, words) {of_readouts}
            ON CONFLICT (readout_id) DO UPDATE SET words = EXCLUDED.words;
            SELECT search_keep_calls(ARRAY(SELECT call_id FROM call_readouts WHERE readout_id = ANY (ids)));
        END"""
    )


def upgrade() -> None:
    """Let what is kept be told by functions of their own."""
    for kept, body in (("call", _of_calls(_SAME_LANGUAGE)), ("readout", _OF_READOUTS)):
        op.execute(
            f"CREATE FUNCTION words_of_{kept}s(ids uuid[]) RETURNS SETOF {kept}_words LANGUAGE sql STABLE PARALLEL SAFE"
            f" BEGIN ATOMIC {body}; END"
        )
    _keep("SELECT call_id, words FROM words_of_calls(ids)", "SELECT readout_id, words FROM words_of_readouts(ids)")


def downgrade() -> None:
    """Let what is kept be told where it is kept."""
    _keep(_of_calls(""), _OF_READOUTS)
    op.execute("DROP FUNCTION words_of_calls(uuid[]), words_of_readouts(uuid[])")
