"""What is derived from the records and how each of it is compared with them; docs/data-model.md lists the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.claims.rows import dated
from app.names import folded


@dataclass(frozen=True, slots=True)
class Check:
    """A derived table or column, what it is compared with, and the query that gives the keys of what differs.

    With `part_of`, the query is about the records of that table whose ids it is given, some at a time. With `is_right`,
    it gives each key with what was written and what is derived, and the function tells whether that is right.
    """

    derived: str
    compared: str
    query: str
    part_of: Literal["calls", "readouts"] | None = None
    is_right: Callable[[str | None, str | None], bool] | None = None


def _is_folded(written: str | None, kept: str | None) -> bool:
    return kept == (None if written is None else folded(written))


def _is_dated(edtf: str | None, kept: str | None) -> bool:
    return edtf is not None and kept == " ".join(dated(edtf)[1:])


def _folded(table: str, key: str = "id::text", written: str = "name", kept: str = "folded") -> Check:
    # The names are those of our own tables.
    query = f"SELECT {key}, {written}, {kept} FROM {table} WHERE num_nonnulls({written}, {kept}) > 0"  # noqa: S608
    return Check(f"{table}.{kept}", f"with `{written}`, folded", query, is_right=_is_folded)


def _quoted(table: str, key: str, *quotes: tuple[str, str, str]) -> Check:
    """That what is quoted stands in the readout; the columns of each quotation are its text, start and end."""
    misquoted = " OR ".join(
        f"quoting.{words} IS DISTINCT FROM substr(read.text, quoting.{start} + 1, quoting.{end} - quoting.{start})"
        for words, start, end in quotes
    )
    # Each text is read once; one that is long would be unpacked for each of its quotations.
    query = f"""WITH read AS MATERIALIZED (
            SELECT readout_id, version, text || '' AS text FROM readout_versions WHERE readout_id = ANY (:ids)
        )
        SELECT {key} FROM {table} AS quoting
        JOIN read ON (read.readout_id, read.version) = (quoting.readout_id, quoting.readout_version)
        WHERE quoting.readout_id = ANY (:ids) AND ({misquoted})"""  # noqa: S608
    return Check(table, "with the words of the readouts that they quote", query, "readouts")


def _searched(kind: str, ids: Literal["calls", "readouts"], compared: str) -> Check:
    return Check(
        f"{kind}_words",
        compared,
        f"""SELECT {ids}.id::text FROM {ids}
        LEFT JOIN words_of_{ids}(:ids) AS derived ON derived.{kind}_id = {ids}.id
        LEFT JOIN {kind}_words AS kept ON kept.{kind}_id = {ids}.id
        WHERE {ids}.id = ANY (:ids) AND derived.words IS DISTINCT FROM kept.words""",  # noqa: S608
        ids,
    )


CHECKS = (
    Check(
        "calls",
        "with their preferred claims",
        """SELECT shown.id::text FROM calls AS shown
        LEFT JOIN claims AS d ON d.call_id = shown.id AND d.field = 'date' AND d.preferred
        LEFT JOIN claims AS c ON c.call_id = shown.id AND c.field = 'channel' AND c.preferred
        LEFT JOIN claims AS u ON u.call_id = shown.id AND u.field = 'duration' AND u.preferred
        LEFT JOIN claims AS i ON i.call_id = shown.id AND i.field = 'initiator' AND i.preferred
        WHERE shown.id = ANY (:ids) AND (
            shown.date_edtf, shown.date_earliest, shown.date_latest, shown.date_precision, shown.date_zone,
            shown.date_text, shown.date_part_of_day, shown.date_basis, shown.channel, shown.duration_seconds,
            shown.initiator_kind, shown.initiator_participant_id, shown.initiator_party_id, shown.initiator_basis
        ) IS DISTINCT FROM (
            d.date_edtf, d.date_earliest, d.date_latest, d.date_precision, d.date_zone,
            d.date_text, d.date_part_of_day, d.basis, c.channel, u.duration_seconds,
            i.initiator_kind, i.initiator_participant_id, i.initiator_party_id, i.basis
        )""",
        "calls",
    ),
    Check(
        "readouts",
        "with their preferred claims",
        """SELECT shown.id::text FROM readouts AS shown
        LEFT JOIN claims AS p ON p.readout_id = shown.id AND p.field = 'publisher' AND p.preferred
        WHERE shown.id = ANY (:ids)
        AND (shown.publisher_id, shown.publisher_basis) IS DISTINCT FROM (p.publisher_id, p.basis)""",
        "readouts",
    ),
    Check(
        "claims.date_earliest",
        "to latest, and precision, with `date_edtf`",
        "SELECT id::text, date_edtf, concat_ws(' ', date_earliest, date_latest, date_precision)"
        " FROM claims WHERE date_edtf IS NOT NULL",
        is_right=_is_dated,
    ),
    _quoted(
        "statements",
        "id::text",
        ("text", "start", '"end"'),
        ("attribution_text", "attribution_start", "attribution_end"),
    ),
    _quoted(
        "mentions",
        "concat_ws(' ', call_id, quoting.readout_id, readout_version, position)",
        ("name_text", "name_start", "name_end"),
        ("office_text", "office_start", "office_end"),
    ),
    _quoted("evidence", "concat_ws(' ', claim_id, position)", ("text", "start", '"end"')),
    *(_folded(table) for table in ("leaders", "parties", "publishers", "topics")),
    _folded("leader_names", "concat_ws(' ', leader_id, position)"),
    _folded("party_aliases", "concat_ws(' ', party_id, alias)", "alias"),
    _folded("identifiers", "concat_ws(':', scheme, value)", "value"),
    _folded("participants", written="office", kept="office_folded"),
    _folded("statements", written="attribution_verb", kept="attribution_verb_folded"),
    _searched("readout", "readouts", "with the title and the newest text of every readout"),
    _searched("call", "calls", "with the title of every call and the words of its readouts"),
    Check(
        "dyads",
        "with the principals of every call",
        """WITH derived AS MATERIALIZED (SELECT * FROM dyads_of(:ids)),
        kept AS MATERIALIZED (SELECT * FROM dyads WHERE call_id = ANY (:ids))
        SELECT DISTINCT call_id::text FROM (
            (TABLE derived EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE derived)
        ) AS differing""",
        "calls",
    ),
    Check(
        "call_documents",
        "with what every call shows now",
        """SELECT calls.id::text FROM calls LEFT JOIN call_documents AS kept ON kept.call_id = calls.id
        WHERE calls.id = ANY (:ids) AND (kept.call_id IS NULL OR kept.document IS NOT NULL
        AND (kept.document, kept.statements) IS DISTINCT FROM (call_document(calls.id), call_statements(calls.id)))""",
        "calls",
    ),
    Check(
        "counted_calls",
        "with what every call that is counted adds to the facets",
        "SELECT differing_counted_calls()",
    ),
    Check("facet_counts", "with the sums of what is counted", "SELECT differing_facet_counts()"),
    Check(
        "writings.size",
        "with the changes of every writing",
        """SELECT writings.id::text FROM writings
        LEFT JOIN (SELECT writing_id, count(*) AS size FROM changes GROUP BY writing_id) AS derived
        ON derived.writing_id = writings.id
        WHERE writings.size <> COALESCE(derived.size, 0)""",
    ),
    Check(
        "writings.first",
        "with the sizes of those that were numbered before",
        """SELECT id::text FROM (
            SELECT id, first, COALESCE(lag(first + size) OVER (ORDER BY first, id), 1) AS derived
            FROM writings WHERE first IS NOT NULL
        ) AS numbered WHERE first <> derived""",
    ),
    Check(
        "feed.head",
        "with the last number that was given",
        "SELECT head::text FROM feed WHERE head <> (SELECT COALESCE(max(first + size), 1) - 1 FROM writings)",
    ),
)
"""What rests on something else that is derived comes after it."""
