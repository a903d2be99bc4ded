"""Search by words: how a text is read, what is kept of it, and how a question is put to it.

The functions are written in SQL with bodies that PostgreSQL parses once and binds to what they name, so that they work
whatever the search path is, also while a dump is restored.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261124_search"
down_revision: str | Sequence[str] | None = "20261123_invariants"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The languages that PostgreSQL has a Snowball stemmer for, by their ISO 639-1 codes.
_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
# Letters, digits and, since no class of a regular expression has them, the marks of living scripts and three invisible
# characters that stand inside words; but none of the letters that are written for an apostrophe.
_WORD = (
    r"[:alnum:]\u0300-\u036F\u0483-\u0489\u0591-\u05AF\u0900-\u0963\u0966-\u0DFF\u0E47-\u0E4E\u0EBA-\u0ECC"
    r"\u1037-\u103A\u17B4-\u17D3\u3099\u309A\u00AD\u200C\u200D"
)
_APOSTROPHES = r"\u02B9\u02BB\u02BC"
# The letters and marks of scripts that set no space between words (Thai, Lao, Burmese, Khmer, kana, bopomofo, Han), and
# of Korean, which adds particles to them.
_UNSPACED = (
    r"\u0E01-\u0E3A\u0E40-\u0E4E\u0E50-\u0E59\u0E81-\u0EDF\u1000-\u1049\u1050-\u109D\u1780-\u17D3\u17D7\u17DC"
    r"\u17DE-\u17E9\u3005-\u3007\u3041-\u309A\u309D-\u309F\u30A1-\u30FA\u30FC-\u30FF\u3105-\u312F\u3400-\u4DBF"
    r"\u4E00-\u9FFF\uAC00-\uD7A3\uF900-\uFAD9\uFF66-\uFF9F\U00020000-\U000323AF"
)
# Then no text can have more words than a tsvector holds (1 MB), whatever its script, nor one that is too long for it.
_MOST_CHARACTERS = 55_000
_LONGEST_WORD = 200
# What is left of the 1 MB is for the call's title, in all languages of its readouts.
_MOST_OF_A_CALL = 840_000
# To bound what a page of long texts costs.
_HIGHLIGHTED_CHARACTERS = 5_000
_MOST_HIGHLIGHTS = 200
# What decides the words of calls and of readouts: by table and event, whose words change, and which.
_TITLES = "SELECT id FROM changed JOIN before USING (id) WHERE "
_KEPT = {
    "calls": {
        "INSERT": "search_keep_calls(ARRAY(SELECT id FROM changed))",
        "UPDATE": f"search_keep_calls(ARRAY({_TITLES}changed.title <> before.title))",
    },
    "call_readouts": {
        "INSERT": "search_keep_links(ARRAY(SELECT call_id FROM changed), ARRAY(SELECT readout_id FROM changed))",
        "UPDATE": "search_keep_links(ARRAY(SELECT call_id FROM changed UNION SELECT call_id FROM before),"
        " ARRAY(SELECT readout_id FROM changed))",
        "DELETE": "search_keep_links(ARRAY(SELECT call_id FROM changed), ARRAY(SELECT readout_id FROM changed))",
    },
    "readouts": {
        "INSERT": "search_keep_readouts(ARRAY(SELECT id FROM changed))",
        "UPDATE": f"search_keep_readouts(ARRAY({_TITLES}"
        "(changed.title, changed.language) <> (before.title, before.language)))",
    },
    "readout_versions": {
        "INSERT": "search_keep_readouts(ARRAY(SELECT readout_id FROM changed))",
        "DELETE": "search_keep_readouts(ARRAY(SELECT readout_id FROM changed))",
    },
}
# In the order in which they can be removed.
_FUNCTIONS = (
    "search_highlights(text, text, jsonb)",
    "search_ranking(jsonb)",
    "search_query(jsonb)",
    "search_places(jsonb)",
    "search_sought(jsonb)",
    "search_words(text, text)",
    "search_lexemes(text, regdictionary, text)",
    "search_stem(text, regdictionary, text)",
    "search_fold(text)",
    "search_read(text)",
    "search_stemmer(text)",
    "search_tag(text)",
)


def _function(signature: str, returns: str, body: str, volatility: str = "IMMUTABLE") -> None:
    op.execute(f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql {volatility} PARALLEL SAFE {body}")


def _reading() -> None:
    """How a text becomes words, and words become what they are compared by."""
    for name in _STEMMERS.values():
        # PostgreSQL's own dictionaries leave out the commonest words, which a phrase may have.
        op.execute(f"CREATE TEXT SEARCH DICTIONARY search_{name} (TEMPLATE = snowball, LANGUAGE = {name})")
    tags = ", ".join(f"'{code}'" for code in _STEMMERS)
    _function(
        "search_tag(language text)",
        "text",
        f"""RETURN CASE
            WHEN split_part(language, '-', 1) IN ('nb', 'nn') THEN 'NO'
            WHEN split_part(language, '-', 1) IN ({tags}) THEN upper(split_part(language, '-', 1))
        END""",
    )
    stemmers = " ".join(
        f"WHEN '{code.upper()}' THEN 'search_{name}'::regdictionary" for code, name in _STEMMERS.items()
    )
    _function("search_stemmer(tag text)", "regdictionary", f"RETURN CASE tag {stemmers} END")
    # A run of characters without spaces becomes the pairs of which it consists, its ends being paired with a line.
    _function(
        "search_read(content text)",
        "text",
        rf"""RETURN CASE
            WHEN octet_length(content) = char_length(content)
            THEN btrim(lower(regexp_replace(content COLLATE pg_unicode_fast, '[^[:alnum:]]+', ' ', 'g')))
            ELSE btrim(regexp_replace(regexp_replace(normalize(casefold(normalize(translate(
                regexp_replace(regexp_replace(regexp_replace(
                    content COLLATE pg_unicode_fast, '[^{_WORD}]+|[{_APOSTROPHES}]+', ' ', 'g'),
                    '[{_UNSPACED}]+', ' _\&_ ', 'g'),
                    '[{_UNSPACED}]', '\& \&', 'g'),
                U&'\00AD\200C\200D', ''), NFKC)), NFKC),
                '(?<![^ ])[\u0300-\u036F]+(?![^ ])', '', 'g'), ' +', ' ', 'g'))
        END""",
    )
    _function(
        "search_fold(word text)",
        "text",
        r"""RETURN CASE
            WHEN octet_length(word) = char_length(word) OR word !~ '[\u00C0-\u052F\u1E00-\u1FFF\u0300-\u036F]' THEN word
            ELSE normalize(replace(replace(replace(translate(regexp_replace(
                replace(normalize(word, NFKD), U&'\0438\0306', U&'\0439'),
                U&'[\0300-\036F]', '', 'g'),
                'łđðħŧøıŋəǝɨƶ', 'lddhtoinaaiz'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), NFKC)
        END""",
    )
    _function(
        "search_stem(tag text, stemmer regdictionary, word text)",
        "text",
        "RETURN tag || coalesce((ts_lexize(stemmer, word))[1], word)",
    )
    _function(
        "search_lexemes(tag text, stemmer regdictionary, word text)",
        "text[]",
        """RETURN CASE
            WHEN tag IS NULL THEN ARRAY[search_fold(word)]
            WHEN search_fold(word) = word THEN ARRAY[search_stem(tag, stemmer, word)]
            ELSE ARRAY[
                search_fold(search_stem(tag, stemmer, word)), search_stem(tag, stemmer, search_fold(word))
            ]
        END""",
    )
    _function(
        "search_words(language text, content text)",
        "tsvector",
        f"""BEGIN ATOMIC
            SELECT coalesce(string_agg(
                array_to_string(search_lexemes(tag, stemmer, left(word, {_LONGEST_WORD})), ':' || place || ' ')
                || ':' || place, ' '), '')::tsvector
            FROM (SELECT search_tag(language) AS tag OFFSET 0) AS tags,
                LATERAL (SELECT search_stemmer(tag) AS stemmer OFFSET 0) AS stemmers,
                string_to_table(search_read(left(content, {_MOST_CHARACTERS})), ' ') WITH ORDINALITY
                    AS words (word, place)
            WHERE word <> '';
        END""",
    )


def _asking() -> None:
    """How a question becomes a tsquery, and where a text answers it.

    A question is JSON: alternatives, each a list of `[text, wanted]`, whose texts are words or phrases.
    """
    # Of a run of characters without spaces, a question looks for its ends only where it meets another word of the
    # phrase. One character by itself is looked for as the beginning of a pair.
    _function(
        "search_sought(asked jsonb)",
        "TABLE (alternative bigint, leaf bigint, wanted boolean, place bigint, word text, prefix boolean)",
        f"""BEGIN ATOMIC
            SELECT alternative, leaf, wanted, place,
                CASE WHEN single THEN rtrim(word, '_') ELSE left(word, {_LONGEST_WORD}) END, single
            FROM (
                SELECT *, total = 2 AND word ~ '^[^_]_$' AS single
                FROM (
                    SELECT alternatives.n AS alternative, leaves.n AS leaf, (leaves.asked ->> 1)::boolean AS wanted,
                        words.place, words.word, count(*) OVER (PARTITION BY alternatives.n, leaves.n) AS total
                    FROM jsonb_array_elements(asked) WITH ORDINALITY AS alternatives (asked, n),
                        jsonb_array_elements(alternatives.asked) WITH ORDINALITY AS leaves (asked, n),
                        string_to_table(search_read(leaves.asked ->> 0), ' ') WITH ORDINALITY AS words (word, place)
                    WHERE words.word <> ''
                ) AS counted
            ) AS told
            WHERE single OR NOT ((word ~ '^_' AND place = 1) OR (word ~ '_$' AND place = total));
        END""",
    )
    # What a question looks for in every language that there are readouts in: the words in each place of a leaf.
    _function(
        "search_places(asked jsonb)",
        "TABLE (alternative bigint, leaf bigint, wanted boolean, place bigint, lexemes text)",
        """BEGIN ATOMIC
            WITH RECURSIVE spoken (language) AS (
                SELECT min(language) FROM readouts
                UNION ALL
                SELECT (SELECT min(language) FROM readouts WHERE language > spoken.language)
                FROM spoken WHERE spoken.language IS NOT NULL
            ),
            tags (tag) AS (SELECT search_tag(language) FROM spoken UNION SELECT NULL)
            SELECT alternative, leaf, wanted, place,
                string_agg(DISTINCT quote_literal(lexeme) || CASE WHEN prefix THEN ':*' ELSE '' END, '|')
            FROM search_sought(asked), tags, unnest(search_lexemes(tag, search_stemmer(tag), word)) AS lexeme
            GROUP BY alternative, leaf, wanted, place;
        END""",
        "STABLE",
    )
    _function(
        "search_query(asked jsonb)",
        "tsquery",
        """BEGIN ATOMIC
            WITH linked (alternative, leaf, wanted, place, lexemes, link) AS (
                SELECT *, '<' || place - lag(place) OVER (PARTITION BY alternative, leaf ORDER BY place) || '>'
                FROM search_places(asked)
            ),
            leaves (alternative, leaf, phrase) AS (
                SELECT alternative, leaf, CASE WHEN wanted THEN '(' ELSE '!(' END
                    || string_agg(coalesce(link, '') || '(' || lexemes || ')', '' ORDER BY place) || ')'
                FROM linked GROUP BY alternative, leaf, wanted
            ),
            alternatives (conjunction) AS (
                SELECT string_agg(phrase, '&' ORDER BY leaf) FROM leaves GROUP BY alternative
            )
            SELECT coalesce(string_agg('(' || conjunction || ')', '|'), '')::tsquery FROM alternatives;
        END""",
        "STABLE",
    )
    # By any of the wanted words: ranking takes time in proportion to them, and by all of them, to each pair of places.
    _function(
        "search_ranking(asked jsonb)",
        "tsquery",
        """BEGIN ATOMIC
            SELECT coalesce(string_agg(DISTINCT lexemes, '|'), '')::tsquery FROM search_places(asked) WHERE wanted;
        END""",
        "STABLE",
    )
    _function(
        "search_highlights(language text, content text, asked jsonb)",
        "json",
        rf"""BEGIN ATOMIC
            WITH stemmed (tag, stemmer) AS MATERIALIZED (
                SELECT search_tag(language), search_stemmer(search_tag(language))
            ),
            runs (n, run, start, size, unspaced) AS MATERIALIZED (
                SELECT n, found[2], sum(char_length(found[1]) + char_length(found[2])) OVER (ORDER BY n)
                    - char_length(found[2]), char_length(found[2]), found[2] ~ '^[{_UNSPACED}]'
                FROM regexp_matches(left(content, {_HIGHLIGHTED_CHARACTERS}) COLLATE pg_unicode_fast,
                    '((?:[^{_WORD}]|[{_APOSTROPHES}])*)'
                    '([{_UNSPACED}]+|(?:(?![{_UNSPACED}{_APOSTROPHES}])[{_WORD}])+)', 'g')
                    WITH ORDINALITY AS matches (found, n)
            ),
            words (place, word, start, "end") AS MATERIALIZED (
                SELECT row_number() OVER (ORDER BY n, k), left(word, {_LONGEST_WORD}),
                    CASE WHEN unspaced THEN start + greatest(k - 2, 0) ELSE start END,
                    CASE WHEN unspaced THEN start + least(k, size) ELSE start + size END
                FROM runs, string_to_table(search_read(run), ' ') WITH ORDINALITY AS read (word, k)
                WHERE word <> ''
            ),
            sought (alternative, leaf, place, word, prefix, elements) AS MATERIALIZED (
                SELECT alternative, leaf, place, word, prefix, count(*) OVER (PARTITION BY alternative, leaf)
                FROM search_sought(asked) WHERE wanted
            ),
            -- Each by itself, so that they are made once and met by hashing.
            wanted AS MATERIALIZED (
                SELECT sought.*, lexeme FROM stemmed, sought, unnest(search_lexemes(tag, stemmer, word)) AS lexeme
                WHERE NOT prefix
            ),
            there AS MATERIALIZED (
                SELECT words.*, lexeme FROM stemmed, words, unnest(search_lexemes(tag, stemmer, word)) AS lexeme
            ),
            met (alternative, leaf, elements, base, place, start, "end") AS (
                SELECT alternative, leaf, elements, words.place - sought.place, sought.place, start, start + 1
                FROM sought, words WHERE prefix AND starts_with(words.word, sought.word)
                UNION
                SELECT alternative, leaf, elements, there.place - wanted.place, wanted.place, start, "end"
                FROM wanted JOIN there USING (lexeme)
            ),
            occurrences (start, "end") AS (
                SELECT min(start), max("end") FROM met
                GROUP BY alternative, leaf, elements, base HAVING count(*) = elements
            ),
            opened (start, "end", opens) AS (
                SELECT start, "end", start > coalesce(max("end") OVER (
                    ORDER BY start, "end" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1)
                FROM occurrences
            ),
            merged (start, "end") AS (
                SELECT min(start), max("end")
                FROM (
                    SELECT start, "end", count(*) FILTER (WHERE opens) OVER (ORDER BY start, "end") AS island FROM opened
                ) AS islands
                GROUP BY island ORDER BY 1 LIMIT {_MOST_HIGHLIGHTS}
            )
            SELECT coalesce(json_agg(json_build_array(start, "end") ORDER BY start), '[]'::json) FROM merged;
        END""",
    )


def _keeping() -> None:
    """What is kept of whole readouts and calls, and the triggers that keep it.

    Between two texts stands a word that nobody can ask for, so that no phrase is found across them.
    """
    op.execute(
        "CREATE FUNCTION search_join(before tsvector, next tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT"
        " PARALLEL SAFE RETURN before || '_:1'::tsvector || next"
    )
    op.execute("CREATE AGGREGATE search_joined(tsvector) (SFUNC = search_join, STYPE = tsvector, PARALLEL = SAFE)")
    op.execute(
        f"""CREATE FUNCTION search_keep_calls(ids uuid[]) RETURNS void LANGUAGE sql BEGIN ATOMIC
            -- Whoever else changes what is searched of these calls waits here, and then sees what was done.
            SELECT FROM calls WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
            INSERT INTO call_words (call_id, words)
            SELECT calls.id, (
                SELECT search_joined(words ORDER BY place, language, readout_id)
                FROM (
                    SELECT 0 AS place, language, NULL::uuid AS readout_id,
                        setweight(search_words(language, calls.title), 'A') AS words
                    FROM (
                        SELECT DISTINCT ON (search_tag(readouts.language)) readouts.language
                        FROM call_readouts JOIN readouts ON readouts.id = call_readouts.readout_id
                        WHERE call_readouts.call_id = calls.id
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
            ON CONFLICT (call_id) DO UPDATE SET words = EXCLUDED.words;
        END"""
    )
    op.execute(
        """CREATE FUNCTION search_keep_readouts(ids uuid[]) RETURNS void LANGUAGE sql BEGIN ATOMIC
            SELECT FROM readouts WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
            INSERT INTO readout_words (readout_id, words)
            SELECT readouts.id, search_join(
                setweight(search_words(language, title), 'A'), search_words(language, coalesce(newest.text, ''))
            )
            FROM readouts LEFT JOIN LATERAL (
                SELECT text FROM readout_versions WHERE readout_id = readouts.id ORDER BY version DESC LIMIT 1
            ) AS newest ON true
            WHERE readouts.id = ANY (ids)
            ON CONFLICT (readout_id) DO UPDATE SET words = EXCLUDED.words;
            SELECT search_keep_calls(ARRAY(SELECT call_id FROM call_readouts WHERE readout_id = ANY (ids)));
        END"""
    )
    # The readouts first, as whoever changes a readout does: else neither would see what the other did.
    op.execute(
        """CREATE FUNCTION search_keep_links(calls uuid[], linked uuid[]) RETURNS void LANGUAGE sql BEGIN ATOMIC
            SELECT FROM readouts WHERE id = ANY (linked) ORDER BY id FOR NO KEY UPDATE;
            SELECT search_keep_calls(calls);
        END"""
    )
    for table, events in _KEPT.items():
        for event, keep in events.items():
            name = f"{table}_are_searched_after_{event.lower()}"
            tables = {
                "INSERT": "NEW TABLE AS changed",
                "UPDATE": "OLD TABLE AS before NEW TABLE AS changed",
                "DELETE": "OLD TABLE AS changed",
            }[event]
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT"
                f" AS $body$ BEGIN PERFORM {keep}; RETURN NULL; END $body$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {tables}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )


def _index(table: str) -> None:
    # Without a list of what is yet to be put in, which every search would have to read as well.
    op.create_index(
        f"{table}_words_idx", table, ["words"], postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    )


def upgrade() -> None:
    """Add the functions, the words, and the triggers that keep them."""
    _reading()
    _asking()
    op.create_unique_constraint(op.f("readouts_id_language_key"), "readouts", ["id", "language"])
    op.add_column("statements", sa.Column("language", sa.String(length=35), nullable=True))
    op.execute("UPDATE statements SET language = readouts.language FROM readouts WHERE readouts.id = readout_id")
    op.alter_column("statements", "language", nullable=False)
    op.create_foreign_key(
        op.f("statements_readout_language_fkey"),
        "statements",
        "readouts",
        ["readout_id", "language"],
        ["id", "language"],
        onupdate="CASCADE",
    )
    op.add_column(
        "statements",
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed("search_words((language)::text, text)", persisted=True),
            nullable=False,
        ),
    )
    _index("statements")
    for kept in ("call", "readout"):
        table = f"{kept}_words"
        op.create_table(
            table,
            sa.Column(f"{kept}_id", sa.Uuid(), nullable=False),
            sa.Column("words", postgresql.TSVECTOR(), nullable=False),
            sa.ForeignKeyConstraint(
                [f"{kept}_id"], [f"{kept}s.id"], name=op.f(f"{table}_{kept}_id_fkey"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint(f"{kept}_id", name=op.f(f"{table}_pkey")),
        )
        _index(table)
    _keeping()
    op.execute("SELECT search_keep_readouts(ARRAY(SELECT id FROM readouts))")
    op.execute("SELECT search_keep_calls(ARRAY(SELECT id FROM calls EXCEPT SELECT call_id FROM call_words))")


def downgrade() -> None:
    """Remove them."""
    for table, events in _KEPT.items():
        for event in events:
            op.execute(f"DROP FUNCTION {table}_are_searched_after_{event.lower()}() CASCADE")
    op.execute(
        "DROP FUNCTION search_keep_links(uuid[], uuid[]), search_keep_readouts(uuid[]), search_keep_calls(uuid[])"
    )
    op.drop_table("readout_words")
    op.drop_table("call_words")
    op.drop_column("statements", "words")
    op.drop_constraint(op.f("statements_readout_language_fkey"), "statements")
    op.drop_column("statements", "language")
    op.drop_constraint(op.f("readouts_id_language_key"), "readouts")
    op.execute("DROP AGGREGATE search_joined(tsvector)")
    op.execute("DROP FUNCTION search_join(tsvector, tsvector)")
    for function in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    for name in _STEMMERS.values():
        op.execute(f"DROP TEXT SEARCH DICTIONARY search_{name}")
