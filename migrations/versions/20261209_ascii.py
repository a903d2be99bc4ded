"""The words of texts in ASCII, which need no folding: read by a function of their own, in less time.

Nothing that is stored changes.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "20261209_ascii"
down_revision: str | Sequence[str] | None = "20261208_marks"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOST_CHARACTERS = 55_000
_LONGEST_WORD = 200
_OF_ANY = f"""BEGIN ATOMIC
    SELECT coalesce(string_agg(
        array_to_string(search_lexemes(tag, stemmer, left(word, {_LONGEST_WORD})), ':' || place || ' ')
        || ':' || place, ' '), '')::tsvector
    FROM (SELECT search_tag(language) AS tag OFFSET 0) AS tags,
        LATERAL (SELECT search_stemmer(tag) AS stemmer OFFSET 0) AS stemmers,
        string_to_table(search_read(left(content, {_MOST_CHARACTERS})), ' ') WITH ORDINALITY AS words (word, place)
    WHERE word <> '';
END"""
# What `search_lexemes` gives for such a word, which it leaves as it is where the text has no language.
_LEXEME = f"coalesce(search_stem(tag, stemmer, left(word, {_LONGEST_WORD})), left(word, {_LONGEST_WORD}))"
_OF_ASCII = f"""BEGIN ATOMIC
    SELECT coalesce(string_agg({_LEXEME} || ':' || place, ' '), '')::tsvector
    FROM string_to_table(search_read(content), ' ') WITH ORDINALITY AS words (word, place)
    WHERE word <> '';
END"""
_OF_EITHER = f"""RETURN CASE
    WHEN octet_length(content) = char_length(content)
    THEN search_ascii_words(search_tag(language), search_stemmer(search_tag(language)), left(content, {_MOST_CHARACTERS}))
    ELSE search_any_words(language, content)
END"""


def _function(signature: str, body: str) -> None:
    op.execute(f"CREATE OR REPLACE FUNCTION {signature} RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE {body}")


def upgrade() -> None:
    """Read what is all ASCII by itself."""
    _function("search_any_words(language text, content text)", _OF_ANY)
    _function("search_ascii_words(tag text, stemmer regdictionary, content text)", _OF_ASCII)
    _function("search_words(language text, content text)", _OF_EITHER)


def downgrade() -> None:
    """Read all texts alike."""
    _function("search_words(language text, content text)", _OF_ANY)
    op.execute("DROP FUNCTION search_any_words(text, text), search_ascii_words(text, regdictionary, text)")
