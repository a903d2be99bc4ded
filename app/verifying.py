"""Whether what is derived from the records is what the records give."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import text

from app.db import Database


@dataclass(frozen=True, slots=True)
class Check:
    """A derived table, what it is compared with, and the query that gives the keys of what differs."""

    table: str
    compared: str
    query: str


CHECKS = (
    Check(
        "dyads",
        "with the principals of every call",
        """WITH derived AS MATERIALIZED (SELECT * FROM dyads_of(ARRAY(SELECT id FROM calls)))
        SELECT DISTINCT call_id::text FROM (
            (TABLE derived EXCEPT TABLE dyads) UNION ALL (TABLE dyads EXCEPT TABLE derived)
        ) AS differing""",
    ),
    Check(
        "call_documents",
        "with what every call shows now",
        """SELECT call_id::text FROM call_documents WHERE document IS NOT NULL
        AND (document, statements) IS DISTINCT FROM (call_document(call_id), call_statements(call_id))""",
    ),
    Check(
        "counted_calls",
        "with what every call that is counted adds to the facets",
        "SELECT differing_counted_calls()",
    ),
    Check("facet_counts", "with the sums of what is counted", "SELECT differing_facet_counts()"),
)


async def verify(database: Database) -> AsyncIterator[tuple[Check, list[str]]]:
    """Each check with the keys of what differs, all of one state of the records."""
    async with database.writing() as connection:
        await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        for setting in ("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout"):
            await connection.execute(text(f"SET LOCAL {setting} = 0"))
        for check in CHECKS:
            yield check, list((await connection.execute(text(check.query))).scalars())
