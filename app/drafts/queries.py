"""Questions about drafts, and how they are kept: each version with who made it, when and why."""

import json
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from app.asked import DraftReference, PublisherReference
from app.db import Prepared, Reader, Within
from app.drafts.schemas import DraftFilters, DraftHistoryFilters
from app.paging import NEWEST, Item, Page, key_in, version_number, write_cursor
from app.problems import Conflict, NotFound
from app.references import unknown_reference
from app.resources import find_id
from app.vocabulary import DraftDone, DraftStatus
from app.writings import Author

Json = dict[str, Any]
_BASE = "d.id, d.sha256, d.number, d.status, d.language, d.call_id, d.readout_id"
_RECORD = "d.version, d.created_at, d.content_changed_at"
_ASKED = "d.id = $1 OR d.sha256 = $2 AND d.number = 1"
_FURTHER = """
    SELECT coalesce(json_agg(json_build_object(
        'id', o.id, 'number', o.number, 'status', o.status, 'call', o.document::json #>> '{call,title}'
    ) ORDER BY o.number), '[]') FROM drafts AS o WHERE o.sha256 = d.sha256 AND o.id <> d.id
"""
_ITEM = Prepared(
    f"""
    SELECT version, (SELECT row_to_json(made)::text FROM (
        SELECT {_BASE}, d.text, d.document::json AS document, ({_FURTHER}) AS further, {_RECORD}
    ) AS made) FROM drafts AS d WHERE {_ASKED}
    """,  # noqa: S608 - of constants of the file
    ("id", "sha256"),
    {},
)
_LIST = Prepared(
    f"""
    SELECT d.id::text, (SELECT row_to_json(made)::text FROM (
        SELECT {_BASE}, told #>> '{{readout,title}}' AS title, told #>> '{{readout,publisher}}' AS publisher,
            told #>> '{{readout,published_on}}' AS published_on, told #>> '{{call,title}}' AS call,
            told #> '{{call,further_account_of}}' AS further_account_of, {_RECORD}
    ) AS made)
    FROM drafts AS d, LATERAL (SELECT d.document::json AS told) AS read
    WHERE ($1::text IS NULL OR status = $1) AND ($2::uuid IS NULL OR publisher_id = $2)
      AND ($3::uuid IS NULL OR id < $3)
    ORDER BY id DESC LIMIT $4::integer + 1
    """,  # noqa: S608 - of constants of the file
    ("status", "publisher", "after", "limit"),
    {},
)
_FIND = Prepared(f"SELECT id, number, sha256 FROM drafts AS d WHERE {_ASKED}", ("id", "sha256"), {})  # noqa: S608 - of a constant
_COUNT = Prepared("SELECT count(*) FROM drafts WHERE sha256 = $1", ("sha256",), {})
_REVISION = "r.version, r.kind, r.proposal, r.content_changed_at, r.author, r.note"
_HISTORY = Prepared(
    f"""
    SELECT r.version, (SELECT row_to_json(made)::text FROM (SELECT {_REVISION}) AS made) FROM draft_revisions AS r
    WHERE r.draft_id = $1 AND r.version < $2::integer ORDER BY r.version DESC LIMIT $3::integer + 1
    """,  # noqa: S608 - of constants of the file
    ("id", "before", "limit"),
    {},
)
_ONE_REVISION = Prepared(
    f"""
    SELECT (SELECT row_to_json(made)::text FROM (
        SELECT {_REVISION}, r.document::json AS before, coalesce(
            (SELECT document FROM draft_revisions WHERE draft_id = r.draft_id AND version = r.version + 1),
            (SELECT document FROM drafts WHERE id = r.draft_id)
        )::json AS after
    ) AS made) FROM draft_revisions AS r WHERE r.draft_id = $1 AND r.version = $2::integer
    """,  # noqa: S608 - of constants of the file
    ("id", "version"),
    {},
)
# A version and what is told of it go in by one statement, at whose end each is held to the other. Whoever keeps the
# same text at once waits here for the other.
_ADD = """
    WITH made AS (
        INSERT INTO drafts (sha256, number, text, language, document, publisher_id) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (sha256, number) DO NOTHING RETURNING id
    )
    INSERT INTO draft_revisions (draft_id, version, kind, author, key_id, note)
    SELECT id, 1, 'created', $7, $8, $9 FROM made RETURNING true
"""
_CHANGE = """
    WITH changed AS (
        UPDATE drafts SET version = version + 1, content_changed_at = now(), document = $2, status = $3,
            publisher_id = $4, call_id = $5, readout_id = $6
        WHERE id = $1 RETURNING id, version
    )
    INSERT INTO draft_revisions (draft_id, version, kind, proposal, author, key_id, note, document)
    SELECT id, version, $7, $8, $9, $10, $11, $12 FROM changed
"""
# All drafts of a text in one order, so that of two that are accepted at once one knows the readout of the other.
_LOCK = f"""
    SELECT FROM drafts WHERE sha256 IN (SELECT sha256 FROM drafts AS d WHERE {_ASKED}) ORDER BY number FOR UPDATE
"""  # noqa: S608 - of a constant
_LOCKED = f"""
    SELECT id, version, status, text, document, (
        SELECT DISTINCT readout_id FROM drafts WHERE sha256 = d.sha256 AND readout_id IS NOT NULL
    ) AS readout_id FROM drafts AS d WHERE {_ASKED}
"""  # noqa: S608 - of a constant


@dataclass(frozen=True, slots=True)
class Locked:
    """A draft that is locked, as it is, and the readout that a draft of its text became."""

    id: UUID
    version: int
    status: DraftStatus
    text: str
    document: str
    readout_id: UUID | None


async def list_drafts(reader: Reader, filters: DraftFilters) -> Page:
    """A page of the drafts that match, the newest first; raises as every list does."""
    identity = f"drafts {filters.identity()}"
    after = None if filters.cursor is None else key_in(filters.cursor, identity, UUID)
    publisher = None
    if filters.publisher is not None:
        publisher = await find_id(reader, filters.publisher)
        if publisher is None:
            raise await unknown_reference(reader, "publisher", filters.publisher)
    values = {"status": filters.status, "publisher": publisher, "after": after, "limit": filters.limit}
    return _page(await reader.rows(_LIST, values), filters.limit, identity)


async def get_draft(reader: Reader | Within, key: DraftReference) -> Item:
    """One draft whole; raises NotFound."""
    rows = await reader.rows(_ITEM, key.values)
    if not rows:
        raise _unknown(key)
    version, data = tuple(rows[0])
    return Item(data, version)


async def list_history(reader: Reader, key: DraftReference, filters: DraftHistoryFilters) -> Page:
    """A page of what was done to a draft, the newest first; raises NotFound."""
    draft_id, number, sha256 = await _find(reader, key)
    identity = f"history of draft {number} of {sha256}"
    before = NEWEST if filters.cursor is None else key_in(filters.cursor, identity, version_number)
    rows = await reader.rows(_HISTORY, {"id": draft_id, "before": before, "limit": filters.limit})
    return _page(rows, filters.limit, identity)


async def get_revision(reader: Reader, key: DraftReference, version: int) -> str:
    """One revision of a draft with its documents, as JSON text; raises NotFound."""
    draft_id, _, _ = await _find(reader, key)
    rows = await reader.rows(_ONE_REVISION, {"id": draft_id, "version": version})
    if not rows:
        message = f"The draft has no version {version}."
        raise NotFound(message)
    return cast("str", rows[0][0])


async def count_drafts(reader: Reader, sha256: str) -> int:
    """How many drafts a text has, by its SHA-256."""
    return cast("int", (await reader.rows(_COUNT, {"sha256": sha256}))[0][0])


async def add_draft(  # noqa: PLR0913 - what a draft is
    connection: Any, author: Author, sha256: str, text: str, document: Json, *, number: int
) -> bool:
    """Keep a new draft, and that it was made; False where the text has one of this number already."""
    publisher = await _publisher(connection, document)
    language = document["readout"]["language"]
    by = (author.label, author.key_id, author.note)
    made = await connection.fetchval(_ADD, sha256, number, text, language, _text(document), publisher, *by)
    return made is not None


async def lock_draft(connection: Any, key: DraftReference) -> Locked:
    """A draft, locked with the others of its text; raises NotFound."""
    asked = (key.values["id"], key.values["sha256"])
    await connection.execute(_LOCK, *asked)
    row = await connection.fetchrow(_LOCKED, *asked)
    if row is None:
        raise _unknown(key)
    return Locked(**row)


def check_open(draft: Locked) -> None:
    """Raise Conflict for a draft that was accepted: what it became is changed from then on."""
    if draft.status == "accepted":
        message = "The draft was accepted; change the records that it became."
        raise Conflict(message)


async def change_draft(  # noqa: PLR0913 - what a revision is
    connection: Any,
    author: Author,
    draft: Locked,
    done: DraftDone,
    document: Json,
    *,
    status: DraftStatus,
    proposal: str | None = None,
    became: tuple[UUID, UUID] | None = None,
) -> None:
    """Let a locked draft have another document or status, or have become a call and a readout, as one revision."""
    publisher = await _publisher(connection, document)
    call_id, readout_id = became or (None, None)
    after = (_text(document), status, publisher, call_id, readout_id)
    by = (author.label, author.key_id, author.note)
    await connection.execute(_CHANGE, draft.id, *after, done, proposal, *by, draft.document)


async def _publisher(connection: Any, document: Json) -> UUID | None:
    """The id of the publisher that a document names, if it is recorded."""
    key = document["readout"]["publisher"]
    return None if key is None else await find_id(Within(connection), PublisherReference.read(key))


async def _find(reader: Reader, key: DraftReference) -> tuple[UUID, int, str]:
    """The id of a draft, its number, and the hash of its text."""
    rows = await reader.rows(_FIND, key.values)
    if not rows:
        raise _unknown(key)
    return cast("tuple[UUID, int, str]", tuple(rows[0]))


def _unknown(key: DraftReference) -> NotFound:
    return NotFound(f"There is no draft {key.text}.")


def _page(rows: Any, limit: int, identity: str) -> Page:
    shown = rows[:limit]
    following = write_cursor(identity, [str(shown[-1][0])]) if len(rows) > len(shown) else None
    return Page(",".join(row[1] for row in shown), limit, following, None, None)


def _text(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False)
