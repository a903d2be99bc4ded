"""The command that reads readouts out of files: what can be read becomes drafts, and the rest is told."""

import json
from pathlib import Path

from tests.conftest import connected
from tests.test_drafts import BOTH, GIVEN, OTHER, OURS, THEIRS
from tests.test_serve import folder, run

__all__ = ["folder"]


async def drafts(url: str) -> list[tuple[str, str, str | None]]:
    """The publishers, languages and days of the drafts that are kept, and who made them."""
    async with connected(url) as connection:
        rows = await connection.fetch(
            "SELECT d.document::json #>> '{readout,publisher}', author, d.document::json #>> '{readout,published_on}'"
            " FROM drafts AS d JOIN draft_revisions ON draft_id = d.id ORDER BY d.id"
        )
    return [tuple(row) for row in rows]


async def test_files_become_drafts(folder: Path, empty_url: str) -> None:
    """Texts and lines; what the options tell holds where a line does not; and the second time all are there."""
    (folder / "ours.txt").write_text(OURS, "utf-8")
    lines = [json.dumps(OTHER), "", json.dumps({"text": THEIRS + "More."})]
    (folder / "theirs.jsonl").write_text("\n".join(lines), "utf-8")
    asked = ("ingest", "ours.txt", "theirs.jsonl", "--publisher", "The Presidency", "--published", "2021-05-06")
    code, output, errors = await run(folder, *asked, DATABASE_URL=empty_url)
    assert (code, errors) == (0, "")
    assert [line.split() for line in output.splitlines()] == [
        ["new", "drafts", "there", "refused"],
        ["ours.txt", "1", "0", "0"],
        ["theirs.jsonl", "2", "0", "0"],
        ["in", "all", "3", "0", "0"],
    ]
    assert await drafts(empty_url) == [
        ("the-presidency", "telcon ingest", "2021-05-06"),
        ("government-of-sweden", "telcon ingest", "2021-05-05"),
        ("the-presidency", "telcon ingest", "2021-05-06"),
    ]
    code, output, _ = await run(folder, *asked, DATABASE_URL=empty_url)
    assert (code, output.splitlines()[-1].split()) == (0, ["in", "all", "0", "3", "0"])
    assert len(await drafts(empty_url)) == 3


async def test_drafts_are_counted(folder: Path, empty_url: str) -> None:
    """Of a text that reports two calls two, the second time as well."""
    (folder / "both.txt").write_text(BOTH, "utf-8")
    for counts in (["2", "0", "0"], ["0", "2", "0"]):
        code, output, errors = await run(folder, "ingest", "both.txt", DATABASE_URL=empty_url)
        assert (code, errors) == (0, "")
        assert output.splitlines()[-1].split() == ["in", "all", *counts]
    assert len(await drafts(empty_url)) == 2


async def test_one_bad_file_does_not_stop_the_rest(folder: Path, empty_url: str) -> None:
    """It is told with its place in one line, and the exit code says that there was one."""
    (folder / "empty.txt").write_text(" \n", "utf-8")
    (folder / "binary.txt").write_bytes(b"\xff\xfe\x00")
    bad = ["{", "[]", json.dumps({"title": "x"}), json.dumps({**GIVEN, "colour": "red"}), json.dumps(GIVEN)]
    (folder / "mixed.ndjson").write_text("\n".join(bad), "utf-8")
    (folder / "long.txt").write_text("a" * 1_000_001, "utf-8")
    (folder / "theirs.txt").write_text(THEIRS, "utf-8")
    files = ("empty.txt", "binary.txt", "missing.txt", "mixed.ndjson", "long.txt", "theirs.txt")
    code, output, errors = await run(folder, "ingest", *files, DATABASE_URL=empty_url)
    assert code == 1
    assert [line.partition(":")[0] for line in errors.splitlines()] == [
        "empty.txt",
        "binary.txt",
        "missing.txt",
        "mixed.ndjson, line 1",
        "mixed.ndjson, line 2",
        "mixed.ndjson, line 3",
        "mixed.ndjson, line 4",
        "long.txt",
    ]
    assert output.splitlines()[-1].split() == ["in", "all", "2", "0", "8"]
    assert len(await drafts(empty_url)) == 2
    code, _, errors = await run(folder, "ingest", "theirs.txt", "--published", "yesterday", DATABASE_URL=empty_url)
    assert (code, "/published_on" in errors) == (1, True)
