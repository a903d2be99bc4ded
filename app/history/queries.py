"""What became of a record: its revisions, and its documents before and after each."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from app.asked import Kind, Reference
from app.db import Prepared, Reader
from app.history.schemas import HistoryFilters
from app.paging import NEWEST, Page, key_in, version_number, write_cursor
from app.parts import PARTS, of_call
from app.problems import NotFound
from app.references import NAMINGS
from app.resources import find_ever
from app.revisions import LINES

if TYPE_CHECKING:
    from app.entries import RecordKind

_REVISION = """
    c.version, c.kind, c.into_id AS "into", c.content_changed_at, w.first + c.ordinal - 1 AS number, w.numbered_at,
    w.author, w.note
"""
_OF = "FROM changes c JOIN writings w ON w.id = c.writing_id WHERE c.record_id = $1 AND c.resource = $2"
_LIST = Prepared(
    f"""
    SELECT row_to_json(made)::text, version FROM (SELECT {_REVISION} {_OF} AND c.version < $3::integer
    ORDER BY c.version DESC LIMIT $4::integer + 1) AS made ORDER BY version DESC
    """,
    ("id", "resource", "before", "limit"),
    {},
)
_KEPT = (
    "(SELECT document FROM snapshots s WHERE s.record_id = k.record_id AND s.resource = k.resource AND s.version = {})"
)


async def list_history(reader: Reader, key: Reference, filters: HistoryFilters) -> Page:
    """A page of a record's revisions, the newest first; raises as `find_ever` does."""
    record_id = await find_ever(reader, key)
    identity = f"history {record_id}"
    before = NEWEST if filters.cursor is None else key_in(filters.cursor, identity, version_number)
    values = {"id": record_id, "resource": _resource(key.kind), "before": before, "limit": filters.limit}
    rows = await reader.rows(_LIST, values)
    shown = rows[: filters.limit]
    following = write_cursor(identity, [str(shown[-1][1])]) if len(rows) > len(shown) else None
    return Page(",".join(row[0] for row in shown), filters.limit, following, None, None)


async def get_revision(reader: Reader, key: Reference, version: int) -> str:
    """One revision of a record with its documents, as JSON text; raises NotFound, and as `find_ever` does."""
    record_id = await find_ever(reader, key)
    values = {"id": record_id, "resource": _resource(key.kind), "version": version}
    rows = await reader.rows(_revision(key.kind), values)
    if not rows:
        message = f"The {NAMINGS[key.kind].noun} has no version {version}."
        raise NotFound(message)
    told, before, after = rows[0]
    documents = {"before": _document(key.kind, before, record_id), "after": _document(key.kind, after, record_id)}
    return f"{told[:-1]},{json.dumps(documents, ensure_ascii=False, separators=(',', ':'))[1:]}"


def _resource(kind: Kind) -> str:
    return str(NAMINGS[kind].table.__tablename__)


@lru_cache
def _revision(kind: Kind) -> Prepared:
    """The statement for one revision: itself, and the documents before and after it of what is kept whole."""
    is_part = kind in PARTS
    # A part stands in its call's document, which the same writing changed.
    whole = "call" if is_part else kind
    joined = (
        "JOIN changes k ON k.writing_id = c.writing_id AND k.record_id = c.within_id AND k.resource = 'calls'"
        if is_part
        else "JOIN changes k ON k.writing_id = c.writing_id AND k.ordinal = c.ordinal"
    )
    live = LINES.one_of(cast("RecordKind", whole), "k.record_id")
    return Prepared(
        f"""
        SELECT (SELECT row_to_json(made)::text FROM (SELECT {_REVISION}) AS made),
            CASE WHEN c.version > 1 THEN {_KEPT.format("k.version - 1")} END,
            CASE WHEN c.kind NOT IN ('removed', 'merged') THEN coalesce({_KEPT.format("k.version")}, ({live})) END
        FROM changes c JOIN writings w ON w.id = c.writing_id {joined}
        WHERE c.record_id = $1 AND c.resource = $2 AND c.version = $3::integer
        """,
        ("id", "resource", "version"),
        {},
    )


def _document(kind: Kind, line: str | None, record_id: UUID) -> dict[str, Any] | None:
    """The document in a line: a record's own, or that of a part of it; None for a part that is not there."""
    if line is None:
        return None
    document: dict[str, Any] = json.loads(line)
    del document["type"]
    if kind not in PARTS:
        return document
    return of_call(document, PARTS[kind], record_id)
