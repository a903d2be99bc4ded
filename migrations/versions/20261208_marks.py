"""Highlights of plain statements as a part of the list's plan: set up once for all records of a page, not at each."""

from collections.abc import Sequence

from alembic import op

revision: str = "20261208_marks"
down_revision: str | Sequence[str] | None = "20261207_values"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MARKS = """
    SELECT coalesce(json_agg(json_build_array(stop - size, stop)), '[]')
    FROM (
        SELECT size, count(*) FILTER (WHERE size > 0) OVER so_far AS place, sum(size + 1) OVER so_far - 1 AS stop
        FROM (
            SELECT char_length(part) AS size
            FROM string_to_table(regexp_replace(content, '[^[:alnum:]]', ' ', 'g'), ' ') AS read (part)
        ) AS parts
        WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
    ) AS placed
    WHERE size > 0 AND place = ANY (ARRAY(
        SELECT unnest(positions) FROM unnest(words) AS found (lexeme, positions, weights)
        WHERE lexeme = ANY (lexemes)
    ))
"""
_ARGUMENTS = "content text, words tsvector, lexemes text[]"


def upgrade() -> None:
    """Let the function be read as a table of one row, which PostgreSQL takes into the plan around it."""
    op.execute("DROP FUNCTION search_word_marks(text, tsvector, text[])")
    op.execute(
        f"CREATE FUNCTION search_word_marks({_ARGUMENTS}) RETURNS TABLE (marks json)"
        f" LANGUAGE sql IMMUTABLE PARALLEL SAFE BEGIN ATOMIC {_MARKS}; END"
    )


def downgrade() -> None:
    """Let it be called."""
    op.execute("DROP FUNCTION search_word_marks(text, tsvector, text[])")
    op.execute(
        f"CREATE FUNCTION search_word_marks({_ARGUMENTS}) RETURNS json"
        f" LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $body$ BEGIN RETURN ({_MARKS}); END $body$"
    )
