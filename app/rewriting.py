"""How a record's rows become those of its new document: what is gone is deleted, and what is new or other put in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal
from uuid import UUID

from app.calls.rows import CALL_READOUTS, CALLS, MENTIONS, PARTICIPANTS, SPEAKERS, STATEMENT_TOPICS, STATEMENTS
from app.claims.rows import CLAIMS, EVIDENCE
from app.copying import Rows, Sheet
from app.entries import RecordKind
from app.leaders.rows import LEADERS, NAMES, OFFICES
from app.parties.rows import ALIASES, PARTIES
from app.publishers.rows import PUBLISHERS
from app.readouts.rows import READOUTS, VERSIONS
from app.recording import IDENTIFIERS, REDIRECTS
from app.rules import OWNERS
from app.topics.rows import TOPICS
from app.vocabulary import ChangeKind

Part = Literal["participants", "statements", "claims"]
PARTS: dict[Sheet, Part] = {PARTICIPANTS: "participants", STATEMENTS: "statements", CLAIMS: "claims"}
ROOTS: dict[RecordKind, Sheet] = {
    "party": PARTIES,
    "topic": TOPICS,
    "publisher": PUBLISHERS,
    "leader": LEADERS,
    "readout": READOUTS,
    "call": CALLS,
}
# What belongs to a part, by the column that names it.
_OF_PARTS: dict[Sheet, tuple[Part, str]] = {
    EVIDENCE: ("claims", "claim_id"),
    MENTIONS: ("participants", "participant_id"),
    SPEAKERS: ("statements", "statement_id"),
    STATEMENT_TOPICS: ("statements", "statement_id"),
    REDIRECTS: ("participants", "participant_id"),
}
# A leader who goes to another participant is set free first: that nobody takes part twice is held row by row, so that
# the planner can count on it.
_EXCHANGED = """
    UPDATE participants SET leader_id = NULL
    FROM json_populate_recordset(NULL::participants, $2::json) AS given
    WHERE participants.call_id = $1 AND given.leader_id = participants.leader_id AND given.id <> participants.id
"""
_OWNED_BY: dict[RecordKind, str] = {kind: f"{kind}_id = $1" for kind in ROOTS}
_CLAIMED = "claim_id IN (SELECT id FROM claims WHERE {})"
_OWN: dict[RecordKind, dict[Sheet, str]] = {
    kind: {ROOTS[kind]: "id = $1", IDENTIFIERS: owned, REDIRECTS: owned} for kind, owned in _OWNED_BY.items()
}
"""By kind and sheet, which rows are a record's; the record's id is $1."""
del _OWN["party"][REDIRECTS]
_OWN["party"] |= {ALIASES: _OWNED_BY["party"]}
_OWN["leader"] |= {NAMES: _OWNED_BY["leader"], OFFICES: _OWNED_BY["leader"]}
_OWN["readout"] |= {
    CLAIMS: _OWNED_BY["readout"],
    VERSIONS: _OWNED_BY["readout"],
    EVIDENCE: _CLAIMED.format(_OWNED_BY["readout"]),
}
_OWN["call"] |= dict.fromkeys((CLAIMS, PARTICIPANTS, CALL_READOUTS, MENTIONS, STATEMENTS), _OWNED_BY["call"])
_OWN["call"] |= {
    SPEAKERS: _OWNED_BY["call"],
    EVIDENCE: _CLAIMED.format(_OWNED_BY["call"]),
    REDIRECTS: "call_id = $1 OR participant_id IN (SELECT id FROM participants WHERE call_id = $1)",
    STATEMENT_TOPICS: "statement_id IN (SELECT id FROM statements WHERE call_id = $1)",
}
# In which order: what refers to a statement or may become a slug goes first, and comes last.
_DELETED_FIRST = (REDIRECTS, STATEMENT_TOPICS, STATEMENTS)
_BOTH = (
    CLAIMS,
    IDENTIFIERS,
    ALIASES,
    NAMES,
    OFFICES,
    *ROOTS.values(),
    VERSIONS,
    PARTICIPANTS,
    CALL_READOUTS,
    EVIDENCE,
    MENTIONS,
    SPEAKERS,
)
_PUT_LAST = (STATEMENTS, STATEMENT_TOPICS, REDIRECTS)
_REMOVED = (
    REDIRECTS,
    IDENTIFIERS,
    ALIASES,
    NAMES,
    OFFICES,
    STATEMENT_TOPICS,
    STATEMENTS,
    SPEAKERS,
    MENTIONS,
    EVIDENCE,
    CALL_READOUTS,
    PARTICIPANTS,
    VERSIONS,
    *ROOTS.values(),
    CLAIMS,
)


@dataclass(frozen=True, slots=True)
class Changed:
    """A part that has a new version."""

    part: Part
    id: UUID
    version: int
    kind: ChangeKind


@dataclass(slots=True)
class _Found:
    """What steps of a rewriting came upon."""

    changed: list[Changed] = field(default_factory=list)
    touched: dict[Part, set[UUID]] = field(default_factory=dict)
    other: bool = False


async def rewrite(connection: Any, kind: RecordKind, record_id: UUID, rows: Rows) -> tuple[bool, list[Changed]]:
    """Let a record that is locked have these rows and no others: whether any was other, and the parts that changed.

    The record's own version is left to the caller. Raises what PostgreSQL refuses.
    """
    found = _Found()
    await connection.execute("SET CONSTRAINTS ALL DEFERRED")
    if kind == "call":
        await connection.execute(_EXCHANGED, record_id, _as_json(rows, PARTICIPANTS))
    for sheet, deletes, puts in _steps():
        own = _OWN[kind].get(sheet)
        if own is not None:
            given = _as_json(rows, sheet)
            for told in await connection.fetch(_statement(sheet, own, deletes=deletes, puts=puts), record_id, given):
                _note(found, sheet, *told)
    await _touch(connection, found)
    await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return found.other, found.changed


async def remove(connection: Any, kind: RecordKind, record_id: UUID) -> list[Changed]:
    """Delete all rows of a record that is locked; gives its parts. Raises what PostgreSQL refuses."""
    found = _Found()
    await connection.execute("SET CONSTRAINTS ALL DEFERRED")
    for sheet in _REMOVED:
        own = _OWN[kind].get(sheet)
        if own is not None:
            deleted = f"DELETE FROM {sheet.table.__tablename__} WHERE {own} RETURNING {_told(sheet, 'removed')}"  # noqa: S608
            for told in await connection.fetch(deleted, record_id):
                _note(found, sheet, *told)
    await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return found.changed


def _steps() -> Iterator[tuple[Sheet, bool, bool]]:
    """The sheets in order, each with whether rows are deleted, and whether they are put in."""
    yield from ((sheet, True, False) for sheet in _DELETED_FIRST)
    yield from ((sheet, True, True) for sheet in _BOTH)
    yield from ((sheet, False, True) for sheet in _PUT_LAST)


def _note(found: _Found, sheet: Sheet, told_kind: ChangeKind, record_id: UUID | None, version: int | None) -> None:
    found.other = True
    if sheet in PARTS:
        assert record_id is not None
        assert version is not None
        found.changed.append(Changed(PARTS[sheet], record_id, version, told_kind))
    elif sheet in _OF_PARTS and record_id is not None:
        found.touched.setdefault(_OF_PARTS[sheet][0], set()).add(record_id)


async def _touch(connection: Any, found: _Found) -> None:
    """Give those parts a new version that only differ in what belongs to them."""
    for part, ids in found.touched.items():
        left = ids - {one.id for one in found.changed if one.part == part}
        raised = f"UPDATE {part} SET {_RAISED} WHERE id = ANY ($1::uuid[]) RETURNING id, version"  # noqa: S608
        for record_id, version in await connection.fetch(raised, list(left)) if left else ():
            found.changed.append(Changed(part, record_id, version, "changed"))


_RAISED = "version = version + 1, content_changed_at = now()"


def _as_json(rows: Rows, sheet: Sheet) -> str:
    return json.dumps([dict(zip(sheet.columns, row, strict=True)) for row in rows.of(sheet)], default=str)


def _told(sheet: Sheet, kind: str) -> str:
    """What is told of each row: what became of it, and the part with its new version, or the part that it is of."""
    if sheet in PARTS:
        return f"'{kind}', id, version + {int(kind == 'removed')}"
    return f"'{kind}', {_OF_PARTS[sheet][1] if sheet in _OF_PARTS else 'NULL::uuid'}, NULL::integer"


@cache
def _statement(sheet: Sheet, own: str, *, deletes: bool, puts: bool) -> str:
    """The statement that deletes and puts in rows of a sheet; the new rows are $2, as JSON."""
    table = sheet.table.__tablename__
    names = [f'"{name}"' for name in sheet.columns]
    columns = ", ".join(names)
    # Whoever the rows are of is named in every statement, also in those that have no need of it.
    rows = f"json_populate_recordset(NULL::{table}, $2::json) WHERE $1::uuid IS NOT NULL"
    given = f"given AS MATERIALIZED (SELECT {columns} FROM {rows})"  # noqa: S608
    versioned = "version" in sheet.table.__table__.columns and sheet is not VERSIONS
    same = _same("given", table, ["id"] if versioned else names)
    gone = (
        f"DELETE FROM {table} WHERE ({own}) AND NOT EXISTS (SELECT FROM given WHERE {same})"  # noqa: S608
        f" RETURNING {_told(sheet, 'removed')}"
    )
    put = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM given WHERE "  # noqa: S608
    if sheet in PARTS:
        # One that was removed earlier goes on from the version with which that was done.
        before = f"(SELECT max(version) FROM tombstones WHERE record_id = given.id AND resource = '{table}')"  # noqa: S608
        put = f"INSERT INTO {table} ({columns}, version) SELECT {columns}, COALESCE({before}, 0) + 1 FROM given WHERE "  # noqa: S608
    # All that is to be deleted has to be before anything is put in its place.
    put += "(SELECT count(*) FROM gone) >= 0" if deletes else "true"
    if versioned:
        excluded = ", ".join(_put_in(table, name) for name in names)
        raised = f", version = {table}.version + 1, content_changed_at = now()" if sheet in PARTS else ""
        put += f" ON CONFLICT (id) DO UPDATE SET {excluded}{raised} WHERE NOT {_same(table, 'excluded', names)}"
        put += f" RETURNING {_told(sheet, 'put')}".replace(
            "'put'", "CASE xmax WHEN 0 THEN 'created' ELSE 'changed' END"
        )
    else:
        put += f" AND NOT EXISTS (SELECT FROM {table} WHERE ({own}) AND {same})"
        put += f" RETURNING {_told(sheet, 'changed')}"
    parts = [given]
    if deletes:
        parts.append(f"gone (kind, id, version) AS ({gone})")
    if puts:
        parts.append(f"put (kind, id, version) AS ({put})")
    told = [f"SELECT * FROM {name}" for name, there in (("gone", deletes), ("put", puts)) if there]  # noqa: S608
    return f"WITH {', '.join(parts)} {' UNION ALL '.join(told)}"


def _put_in(table: str, name: str) -> str:
    """How a column of a row that is there gets its new value.

    Whose a part is stays: where another record has come to have a part of this id, a constraint is to be broken.
    """
    if name.strip('"') not in OWNERS.get(table, ()):
        return f"{name} = excluded.{name}"
    return f"{name} = CASE WHEN {table}.{name} IS NOT DISTINCT FROM excluded.{name} THEN excluded.{name} END"


def _same(one: str, other: str, names: list[str]) -> str:
    ones, others = (", ".join(f"{table}.{name}" for name in names) for table in (one, other))
    return f"(({ones}) IS NOT DISTINCT FROM ({others}))"
