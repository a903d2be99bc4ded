"""What questions cost: counts that are read without setting up how they are amended, and searches in fewer plans.

PostgreSQL sets up all of a plan, used or not. What is seldom needed therefore stands in a function of its own, which is
given its argument by a subquery, so that it is called instead of becoming part of the plan. Functions in SQL are set up
at each call; those in PL/pgSQL keep their plans, and do without one for what is but an expression.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "20261128_questions"
down_revision: str | Sequence[str] | None = "20261127_words"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


# A text whose words' places tell where its highlights are, as `search_marks` has it.
_PLAIN = r"^[\u0001-\u007E\u00A0\u00AB\u00BB\u2010-\u2015\u2018-\u201F\u2026]*$"
_FORMER_WANTED = """CREATE FUNCTION search_wanted(asked jsonb, kind text, OUT lexemes jsonb, OUT share real)
        LANGUAGE sql STABLE PARALLEL SAFE SET enable_hashagg = off BEGIN ATOMIC
            WITH RECURSIVE spoken (language) AS (
                SELECT min(language) FROM readouts
                UNION ALL
                SELECT (SELECT min(language) FROM readouts WHERE language > spoken.language)
                FROM spoken WHERE spoken.language IS NOT NULL
            ),
            tags (tag) AS (SELECT search_tag(language) FROM spoken UNION SELECT NULL),
            sought AS (
                SELECT alternative, leaf, place, word, prefix, count(*) OVER (PARTITION BY alternative, leaf) AS elements
                FROM search_sought(asked) WHERE wanted
            ),
            forms AS MATERIALIZED (
                SELECT DISTINCT alternative, leaf, place, elements, prefix, lexeme
                FROM sought, tags, unnest(search_lexemes(tag, search_stemmer(tag), word)) AS lexeme
            ),
            places (alternative, share) AS (
                SELECT alternative, CASE WHEN bool_or(prefix) THEN 1 ELSE least(coalesce(sum((
                    SELECT common.share FROM word_shares AS common
                    WHERE common.kind = search_wanted.kind AND common.lexeme = forms.lexeme
                )), 0), 1) END
                FROM forms GROUP BY alternative, leaf, place
            ),
            alternatives (share) AS (
                SELECT CASE WHEN bool_or(share = 0) THEN 0 ELSE exp(sum(ln(nullif(share, 0)))) END
                FROM places GROUP BY alternative
            )
            SELECT
                (SELECT coalesce(jsonb_agg(jsonb_build_array(alternative, leaf, place, elements, lexeme)), '[]')
                    FROM forms WHERE NOT prefix),
                CASE WHEN EXISTS (SELECT FROM word_shares WHERE word_shares.kind = search_wanted.kind)
                    THEN (SELECT least(sum(share), 1) FROM alternatives) END;
        END"""


def _facets() -> None:
    # The values are looked up one by one: a join reads all of a leader's counts for the few of one facet.
    op.execute("ALTER FUNCTION facet_totals(uuid, text[]) RENAME TO facet_totals_amended")
    op.execute(
        """CREATE FUNCTION facet_totals(leader uuid, facets text[])
        RETURNS TABLE (facet text, value text, calls bigint, statements bigint)
        LANGUAGE sql STABLE PARALLEL SAFE BEGIN ATOMIC
            WITH kept AS MATERIALIZED (
                SELECT kept.value, kept.calls, kept.statements
                FROM facet_counts AS kept
                WHERE kept.scope = (
                    SELECT 0 WHERE leader IS NULL
                    UNION ALL SELECT id FROM facet_values AS own WHERE own.facet = 'leader' AND own.value = leader::text
                )
                AND kept.value = ANY (ARRAY(SELECT id FROM facet_values AS named WHERE named.facet = ANY (facets)))
                AND NOT EXISTS (SELECT FROM uncounted_calls)
            )
            SELECT named.facet::text, named.value, kept.calls::bigint, kept.statements::bigint
            FROM kept, LATERAL (
                SELECT named.facet, named.value FROM facet_values AS named WHERE named.id = kept.value OFFSET 0
            ) AS named
            UNION ALL
            SELECT facet, value, calls, statements FROM facet_totals_amended((SELECT leader), facets)
            WHERE EXISTS (SELECT FROM uncounted_calls);
        END"""
    )


def _searches() -> None:
    op.execute("DROP FUNCTION search_wanted(jsonb, text)")
    # The words of a question are read once, and each is looked up by itself: a plan for all of them at once takes twice
    # as long to set up as they take to find.
    op.execute(
        """CREATE FUNCTION search_wanted(
            asked jsonb, kind text, OUT query tsquery, OUT lexemes jsonb, OUT words text[], OUT share real
        ) LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path FROM CURRENT AS $body$
        DECLARE
            tags text[] := ARRAY(
                WITH RECURSIVE spoken (language) AS (
                    SELECT min(language) FROM readouts
                    UNION ALL
                    SELECT (SELECT min(language) FROM readouts WHERE language > spoken.language)
                    FROM spoken WHERE spoken.language IS NOT NULL
                )
                SELECT search_tag(language) FROM spoken UNION SELECT NULL
            );
            sought record;
            alternative bigint;
            leaf bigint;
            place bigint;
            stemmer regdictionary;
            form text;
            forms text[];
            written text := '';
            phrased boolean := false;
            of_place double precision;
            of_alternative double precision;
            of_all double precision;
        BEGIN
            lexemes := '[]';
            words := '{}';
            FOR sought IN
                SELECT told.*, count(*) OVER (PARTITION BY told.alternative, told.leaf) AS elements
                FROM search_sought(asked) AS told ORDER BY told.alternative, told.leaf, told.place
            LOOP
                IF alternative = sought.alternative AND leaf = sought.leaf THEN
                    written := written || '<' || sought.place - place || '>';
                ELSE
                    IF alternative = sought.alternative THEN
                        written := written || ')&';
                    ELSIF alternative IS NOT NULL THEN
                        written := written || '))|';
                    END IF;
                    IF alternative IS DISTINCT FROM sought.alternative THEN
                        written := written || '(';
                        of_all := coalesce(of_all + of_alternative, of_all, of_alternative);
                        of_alternative := NULL;
                    END IF;
                    written := written || CASE WHEN sought.wanted THEN '(' ELSE '!(' END;
                END IF;
                alternative := sought.alternative;
                leaf := sought.leaf;
                place := sought.place;
                forms := '{}';
                FOR n IN 1 .. cardinality(tags) LOOP
                    -- Kept, since PostgreSQL calls a function as such where it would have to repeat a long argument.
                    stemmer := search_stemmer(tags[n]);
                    FOREACH form IN ARRAY search_lexemes(tags[n], stemmer, sought.word) LOOP
                        IF form = ANY (forms) THEN
                            CONTINUE;
                        END IF;
                        written := written || CASE forms WHEN '{}' THEN '(' ELSE '|' END || quote_literal(form)
                            || CASE WHEN sought.prefix THEN ':*' ELSE '' END;
                        forms := forms || form;
                        IF sought.wanted AND NOT sought.prefix THEN
                            lexemes := lexemes || jsonb_build_array(
                                jsonb_build_array(alternative, leaf, place, sought.elements, form)
                            );
                        END IF;
                    END LOOP;
                END LOOP;
                written := written || ')';
                IF sought.wanted THEN
                    words := words || forms;
                    phrased := phrased OR sought.prefix OR sought.elements > 1;
                    SELECT CASE WHEN sought.prefix THEN 1 ELSE least(coalesce(sum(common.share), 0), 1) END INTO of_place
                    FROM word_shares AS common
                    WHERE common.kind = search_wanted.kind AND common.lexeme = ANY (forms);
                    of_alternative := coalesce(of_alternative, 1) * of_place;
                END IF;
            END LOOP;
            query := (CASE WHEN alternative IS NULL THEN '' ELSE written || '))' END)::tsquery;
            IF phrased THEN
                words := NULL;
            END IF;
            IF EXISTS (SELECT FROM word_shares AS common WHERE common.kind = search_wanted.kind) THEN
                share := least(coalesce(of_all + of_alternative, of_all, of_alternative), 1);
            END IF;
        END $body$"""
    )
    # As `search_marks`, for words that stand by themselves in the question, in a text that is plain.
    op.execute(
        f"""CREATE FUNCTION search_plain(content text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN char_length(content) <= 500 AND content ~ U&'{_PLAIN.replace(chr(92) + "u", chr(92))}'"""
    )
    op.execute(
        """CREATE FUNCTION search_word_marks(content text, words tsvector, lexemes text[]) RETURNS json
        LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $body$ BEGIN
            RETURN (
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
            );
        END $body$"""
    )


def upgrade() -> None:
    """Read counts by themselves where no call is yet to be counted, and a search's words once."""
    _facets()
    _searches()


def downgrade() -> None:
    """Read them as before."""
    op.execute("DROP FUNCTION search_word_marks(text, tsvector, text[])")
    op.execute("DROP FUNCTION search_plain(text)")
    op.execute("DROP FUNCTION search_wanted(jsonb, text)")
    op.execute(_FORMER_WANTED)
    op.execute("DROP FUNCTION facet_totals(uuid, text[])")
    op.execute("ALTER FUNCTION facet_totals_amended(uuid, text[]) RENAME TO facet_totals")
