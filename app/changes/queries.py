"""What the change feed tells, and from where on."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from app.changes.schemas import HEAD
from app.db import Prepared, Reader
from app.problems import CursorGone

HEAD_CURSOR = "SELECT feed_cursor_at(head) FROM feed"
"""The cursor of the last change that has its number, in the state that the statement sees."""

# Writings in the order of their numbers, each with its changes in theirs: both are read off indexes, and no more of
# either than the page holds.
_CHANGES = Prepared(
    """
    WITH asked AS MATERIALIZED (SELECT feed_cursor_at($2::bigint) AS cursor, epoch FROM feed)
    SELECT asked.cursor = coalesce($1::text, asked.cursor), asked.cursor, told.cursor, told.change
    FROM asked LEFT JOIN LATERAL (
        SELECT number, feed_cursor(asked.epoch, number, id, numbered_at) AS cursor,
            (SELECT row_to_json(made)::text FROM (
                SELECT number, feed_cursor(asked.epoch, number, id, numbered_at) AS cursor, resource, id, version,
                    kind, within, "into", content_changed_at, numbered_at, author
            ) AS made) AS change
        FROM (
            SELECT numbered.first + ordinal - 1 AS number, resource, record_id AS id, version, kind,
                within_id AS within, into_id AS "into", content_changed_at, numbered_at, author
            FROM (
                SELECT id, first, numbered_at, author FROM writings
                WHERE first >= (SELECT max(first) FROM writings WHERE first <= $2::bigint + 1)
                ORDER BY first LIMIT $3::integer + 1
            ) AS numbered, LATERAL (
                SELECT * FROM changes WHERE writing_id = numbered.id AND ordinal > $2::bigint - numbered.first + 1
                ORDER BY ordinal LIMIT $3::integer
            ) AS its
            ORDER BY numbered.first, ordinal LIMIT $3::integer
        ) AS changed
    ) AS told ON asked.cursor = coalesce($1::text, asked.cursor)
    ORDER BY told.number
    """,
    ("cursor", "number", "limit"),
    {},
)
_HEAD = Prepared(HEAD_CURSOR, (), {})
_NUMBER = slice(16, 24)
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Told:
    """A change as JSON text, with the cursor behind it."""

    cursor: str
    change: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some changes, and the cursors before the first and behind the last of them."""

    before: str
    changes: Sequence[Told]

    @property
    def next(self) -> str:
        """Where to go on."""
        return self.changes[-1].cursor if self.changes else self.before


async def list_changes(reader: Reader, after: str | None, limit: int) -> Stretch:
    """The changes behind a cursor, which are none behind the last of them; without one, from the first on.

    Raises CursorGone for a cursor that this feed did not give out, or no longer stands by.
    """
    if after == HEAD:
        ((head,),) = await reader.rows(_HEAD, {})
        return Stretch(head, ())
    number = 0 if after is None else int.from_bytes(base64.urlsafe_b64decode(after)[_NUMBER])
    if number >= _LARGEST:
        raise _gone()
    rows = await reader.rows(_CHANGES, {"cursor": after, "number": number, "limit": limit})
    belongs, before, *_ = rows[0]
    if not belongs:
        raise _gone()
    return Stretch(before, [Told(cursor, change) for _, _, cursor, change in rows if change is not None])


def _gone() -> CursorGone:
    return CursorGone(
        "This cursor is of another feed than the one that stands now, as after the records were restored: what was"
        " applied by it may never have happened. Take all records anew, and follow from there."
    )
