"""What `telcon db verify` finds: whatever is derived and was broken past the triggers, and nothing else."""

import re
from pathlib import Path

import pytest

from app import keeping, verifying
from app.checks import CHECKS
from app.db import Database
from app.numbering import number_all
from app.tables import Base
from app.verifying import verify
from tests.conftest import connected, create_database, name_of, opened
from tests.factories import make_world

MODEL = (Path(__file__).parents[1] / "docs" / "data-model.md").read_text("utf-8")
FIRST_CALLS = "(SELECT id FROM calls ORDER BY id LIMIT 2)"


def misfolded(table: str, key: str = "id::text", kept: str = "folded", only: str = "true") -> str:
    """A change of a folded form, or of two."""
    return (
        f"UPDATE {table} SET {kept} = {kept} || 'x' WHERE ctid IN"
        f" (SELECT ctid FROM {table} WHERE {only} ORDER BY ctid LIMIT 2) RETURNING {key}"
    )


BREAKS = [
    ("calls", f"UPDATE calls SET date_text = 'another' WHERE id IN {FIRST_CALLS} RETURNING id::text", "call_documents"),
    (
        "readouts",
        (
            "UPDATE readouts SET publisher_basis = 'derived' WHERE id IN"
            " (SELECT id FROM readouts WHERE publisher_id IS NOT NULL LIMIT 2) RETURNING id::text"
        ),
        "",
    ),
    (
        "claims.date_earliest",
        (
            "UPDATE claims SET date_latest = '9999-12-31' WHERE id IN"
            " (SELECT id FROM claims WHERE field = 'date' AND date_latest < '9999-12-31' AND NOT preferred LIMIT 2)"
            " RETURNING id::text"
        ),
        "",
    ),
    (
        "statements",
        """UPDATE statements SET text = text || '!' WHERE id IN (SELECT id FROM statements LIMIT 2)
        RETURNING id::text""",
        "call_documents",
    ),
    (
        "statements",
        (
            "UPDATE statements SET attribution_text = 'nobody' WHERE id IN"
            " (SELECT id FROM statements WHERE attribution_kind = 'explicit' LIMIT 2) RETURNING id::text"
        ),
        "call_documents",
    ),
    (
        "mentions",
        """INSERT INTO mentions (call_id, readout_id, readout_version, position, participant_id, name_text, name_start,
            name_end)
        SELECT DISTINCT ON (call_id) call_id, readout_id, 1, 1, participants.id, 'Nobody', 0, 6
        FROM call_readouts JOIN participants USING (call_id) ORDER BY call_id LIMIT 2
        RETURNING concat_ws(' ', call_id, readout_id, readout_version, position)""",
        "",
    ),
    (
        "evidence",
        """INSERT INTO evidence (claim_id, position, readout_id, readout_version, text, start, "end")
        SELECT id, 1, (SELECT min(id::text)::uuid FROM readouts), 1, 'Nobody', 0, 6 FROM claims LIMIT 2
        RETURNING concat_ws(' ', claim_id, position)""",
        "",
    ),
    *((f"{table}.folded", misfolded(table), "") for table in ("leaders", "parties", "publishers", "topics")),
    ("leader_names.folded", misfolded("leader_names", "concat_ws(' ', leader_id, position)"), ""),
    ("party_aliases.folded", misfolded("party_aliases", "concat_ws(' ', party_id, alias)"), ""),
    ("identifiers.folded", misfolded("identifiers", "concat_ws(':', scheme, value)"), ""),
    (
        "participants.office_folded",
        misfolded("participants", kept="office_folded", only="office IS NOT NULL"),
        "",
    ),
    (
        "participants.office_folded",
        (
            "UPDATE participants SET office_folded = NULL WHERE id IN"
            " (SELECT id FROM participants WHERE office IS NOT NULL LIMIT 2) RETURNING id::text"
        ),
        "",
    ),
    (
        "statements.attribution_verb_folded",
        misfolded("statements", kept="attribution_verb_folded", only="attribution_verb IS NOT NULL"),
        "",
    ),
    (
        "readout_words",
        (
            "UPDATE readout_words SET words = 'other:1'"
            " WHERE readout_id IN (SELECT readout_id FROM call_readouts LIMIT 2) RETURNING readout_id::text"
        ),
        "call_words",
    ),
    (
        "readout_words",
        (
            "DELETE FROM readout_words WHERE readout_id IN (SELECT readout_id FROM call_readouts LIMIT 2)"
            " RETURNING readout_id::text"
        ),
        "call_words",
    ),
    (
        "call_words",
        f"UPDATE call_words SET words = setweight(words, 'D') WHERE call_id IN {FIRST_CALLS} RETURNING call_id::text",
        "",
    ),
    ("call_words", f"DELETE FROM call_words WHERE call_id IN {FIRST_CALLS} RETURNING call_id::text", ""),
    ("dyads", f"DELETE FROM dyads WHERE call_id IN {FIRST_CALLS} RETURNING call_id::text", ""),
    (
        "dyads",
        (
            "INSERT INTO dyads SELECT id, id, date_earliest, date_latest, id FROM calls ORDER BY id LIMIT 2"
            " RETURNING call_id::text"
        ),
        "",
    ),
    (
        "call_documents",
        (
            f"UPDATE call_documents SET statements = '[]' || statements WHERE call_id IN {FIRST_CALLS}"
            " RETURNING call_id::text"
        ),
        "",
    ),
    ("call_documents", f"DELETE FROM call_documents WHERE call_id IN {FIRST_CALLS} RETURNING call_id::text", ""),
    (
        "counted_calls",
        f"UPDATE counted_calls SET counts = counts[2:] WHERE call_id IN {FIRST_CALLS} RETURNING call_id::text",
        "facet_counts",
    ),
    (
        "counted_calls",
        f"DELETE FROM counted_calls WHERE call_id IN {FIRST_CALLS} RETURNING call_id::text",
        "facet_counts",
    ),
    (
        "facet_counts",
        (
            "UPDATE facet_counts SET statements = statements + 1"
            " WHERE (scope, value) IN (SELECT scope, value FROM facet_counts LIMIT 2) RETURNING scope || ' ' || value"
        ),
        "",
    ),
    (
        "writings.size",
        """DELETE FROM changes WHERE (writing_id, ordinal) IN (SELECT min(writing_id), 1 FROM changes)
        RETURNING writing_id::text""",
        "",
    ),
    (
        "writings.first",
        "UPDATE writings SET first = first + 1 WHERE first = (SELECT max(first) FROM writings) RETURNING id::text",
        "feed.head",
    ),
    ("feed.head", "UPDATE feed SET head = head + 1 RETURNING head::text", ""),
]
"""What is derived, a change of it that gives the keys of what it broke, and what is found because of that."""


@pytest.fixture(scope="module")
async def kept(server: str, migrated: str) -> str:
    """The name of a database with some generated records, all that is derived from them being there."""
    url = await create_database(server, migrated)
    async with opened(url) as database:
        await make_world(url, database, calls=40)
        await keeping.keep_all(database)
        await number_all(database)
    return name_of(url)


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for so few records at a time that there are several parts."""
    monkeypatch.setattr(verifying, "_AT_ONCE", 7)


async def differing(database: Database) -> dict[str, set[str]]:
    """The keys of what differs, by what is derived."""
    found: dict[str, set[str]] = {}
    async for check, keys in verify(database):
        told = [key async for key in keys]
        assert len(told) == len(set(told))
        if told:
            found[check.derived] = set(told)
    return found


async def test_what_is_kept_is_right(server: str, kept: str) -> None:
    async with opened(await create_database(server, kept)) as database:
        assert await differing(database) == {}


@pytest.mark.parametrize(("derived", "change", "also"), BREAKS)
async def test_what_is_broken_is_named(server: str, kept: str, derived: str, change: str, also: str) -> None:
    """To the key, and nothing else but what rests on it."""
    url = await create_database(server, kept)
    async with connected(url, session_replication_role="replica") as connection:
        broken = {str(row[0]) for row in await connection.fetch(change)}
    assert broken
    async with opened(url) as database:
        found = await differing(database)
    assert found.pop(derived) == broken
    assert set(found) == ({also} if also else set())


def test_every_check_is_tried() -> None:
    assert {derived for derived, _, _ in BREAKS} == {check.derived for check in CHECKS}


def listed(section: str) -> list[list[str]]:
    """The rows of a section's table."""
    body = MODEL.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines() if line[:3] == "| `"]


def names(cell: str) -> set[str]:
    """The tables and columns that a cell names."""
    return set(re.findall(r"`([a-z0-9_.]+)`", cell))


def test_the_data_model_lists_what_is_derived() -> None:
    """Each is verified, or it says why not."""
    verified = {name for row in listed("What is derived") if row[-1] == "yes" for name in names(row[0])}
    assert verified == {check.derived for check in CHECKS}
    for row in listed("What is derived"):
        assert row[-1] == "yes" or len(row[-1].split()) > 2, row


async def test_the_data_model_lists_all(server: str, kept: str) -> None:
    """Every table, and every column that PostgreSQL says is derived or that is the folded form of another."""
    recorded, derived = (
        {name for row in listed(section) for name in names(row[0])}
        for section in ("What is recorded", "What is derived")
    )
    assert recorded | {name for name in derived if "." not in name} == set(Base.metadata.tables)
    async with connected(await create_database(server, kept)) as connection:
        found = await connection.fetch(
            """SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
            AND (attgenerated <> '' OR attname ~ 'folded$')
            UNION
            SELECT conrelid::regclass || '.' || attname FROM pg_constraint
            JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey[2:])
            WHERE contype = 'f' AND confupdtype = 'c'"""
        )
    columns = {row[0] for row in found}
    assert len(columns) > 10
    assert columns <= derived
