"""`telcon export` and `telcon import` as they are run."""

import asyncio
import json
import os
import signal
from pathlib import Path

import asyncpg
import pytest

from app.db import dsn
from tests.conftest import create_database
from tests.test_records import uuid_of
from tests.test_serve import PATIENCE, TELCON, assert_refused, environment, folder, names_in, run
from tests.test_transfer import base, readout, written

__all__ = ["folder"]
FAULTS = [{"line": 2, "pointer": "/names/0/name", "detail": "input should be a valid string"}]


async def test_from_one_service_to_another(folder: Path, server: str, migrated: str, seeded_url: str) -> None:
    """Through a file, or from one standard stream into the other; the second time nothing changes."""
    url = await create_database(server, migrated)
    file = folder / "records.ndjson"
    assert await run(folder, "export", "--output", str(file), DATABASE_URL=seeded_url) == (0, "", "")
    assert names_in(folder) == [file.name]
    assert file.stat().st_mode & 0o777 == 0o666 & ~_umask()
    sent = file.read_bytes()
    code, summary, errors = await run(folder, "import", str(file), DATABASE_URL=url)
    assert (code, errors) == (0, "")
    assert summary.split() == [
        *("recorded", "already", "there", "skipped"),
        *("party", "2", "0", "0", "leader", "2", "0", "0", "publisher", "1", "0", "0"),
        *("topic", "63", "0", "0", "readout", "1", "0", "0", "call", "1", "0", "0"),
    ]
    process = await asyncio.create_subprocess_exec(
        *TELCON,
        "import",
        "-",
        env=environment(folder, DATABASE_URL=url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    again, _ = await asyncio.wait_for(process.communicate(sent), PATIENCE)
    assert (process.returncode, again.split()[4:8]) == (0, [b"party", b"0", b"2", b"0"])
    back = await run(folder, "export", DATABASE_URL=url)
    assert back == (0, sent.decode(), "")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


async def test_faults_on_the_command_line(folder: Path, server: str, migrated: str) -> None:
    """Each in one line, and in the report; with the rest recorded or not, the status says that not all is well."""
    url = await create_database(server, migrated)
    lines = base()
    lines[1]["names"][0]["name"] = 1
    file, report = folder / "records.ndjson", folder / "faults.ndjson"
    file.write_bytes(written(lines))
    code, summary, errors = await run(folder, "import", str(file), "--report", str(report), DATABASE_URL=url)
    assert code == 1
    told = errors.splitlines()
    assert told[0] == "line 2, /names/0/name: input should be a valid string"
    assert told[1].startswith("line 8, /participants/0/leader: no leader is recorded under leader-1, since line 2 has")
    assert told[2:] == ["telcon: Nothing was recorded."]
    assert [json.loads(line) for line in report.read_text().splitlines()][:1] == FAULTS
    assert [line.split() for line in summary.splitlines()[1:]] == [
        ["leader", "0", "0", "1"],
        ["readout", "0", "0", "1"],
        ["call", "0", "0", "1"],
    ]
    code, summary, errors = await run(folder, "import", str(file), "--skip-invalid", DATABASE_URL=url)
    assert (code, errors.splitlines()[-1]) == (1, "telcon: The lines with faults were skipped.")
    assert "party                   1              0              0" in summary
    assert "call                    0              0              1" in summary


async def test_a_great_many_faults(folder: Path, server: str, migrated: str) -> None:
    """The first hundred are printed and the number of the others; the report has all.

    What shows only at the end comes last, unless all is gone through once more.
    """
    url = await create_database(server, migrated)
    waiting = {"type": "readout", **readout(50, "A.", translation_of=uuid_of(5, 51))}
    wrong = {"type": "topic", "slug": "A", "name": ""}
    file, report = folder / "records.ndjson", folder / "faults.ndjson"
    file.write_bytes(written([*base(), waiting, *(wrong for _ in range(6_000))]))
    first = len(base()) + 1
    ordered = [number for number in range(first + 1, first + 6_001) for _ in ("slug", "name")]
    for options, lines in [((), [*ordered, first]), (("--skip-invalid",), [first, *ordered])]:
        # What an earlier one reported is not of this one.
        report.write_text("nonsense\n" * 10_000)
        code, _, errors = await run(folder, "import", str(file), *options, "--report", str(report), DATABASE_URL=url)
        *shown, more, _ = errors.splitlines()
        assert (code, len(shown), more) == (1, 100, "and 11,901 more faults")
        reported = [json.loads(line) for line in report.read_text().splitlines()]
        assert [fault["line"] for fault in reported] == lines
        assert {fault["pointer"] for fault in reported} == {"/translation_of", "/slug", "/name"}


async def test_a_report_does_not_replace_what_is_read(folder: Path, server: str, migrated: str) -> None:
    url = await create_database(server, migrated)
    file = folder / "records.ndjson"
    sent = written(base())
    file.write_bytes(sent)
    await assert_refused(folder, ["import", str(file), "--report", str(file)], "would replace", DATABASE_URL=url)
    assert file.read_bytes() == sent


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="is a device of Linux")
async def test_a_report_that_cannot_be_kept(folder: Path, server: str, migrated: str) -> None:
    """It is named, after what became of the records was told."""
    url = await create_database(server, migrated)
    file = folder / "records.ndjson"
    file.write_bytes(written([*base(), {"type": "topic", "slug": "A", "name": ""}]))
    options = ("--skip-invalid", "--report", "/dev/full")
    code, summary, errors = await run(folder, "import", str(file), *options, DATABASE_URL=url)
    assert (code, errors.splitlines()[-1]) == (1, "telcon: /dev/full: No space left on device.")
    assert f"line {len(base()) + 1}, /slug" in errors
    assert "party                   1              0              0" in summary


async def test_what_cannot_be_moved(folder: Path, server: str, migrated: str, seeded_url: str) -> None:
    """One line says why; a schema that is not the newest, files that cannot be read or written."""
    url, bare = await create_database(server, migrated), await create_database(server)
    file = folder / "records.ndjson"
    file.write_bytes(written(base()))
    await asyncio.gather(
        assert_refused(folder, ["import", str(file)], "telcon db upgrade", DATABASE_URL=bare),
        assert_refused(folder, ["export"], "telcon db upgrade", DATABASE_URL=bare),
        assert_refused(folder, ["import", str(file), "--report", "/nowhere/x"], "/nowhere/x", DATABASE_URL=url),
        assert_refused(folder, ["import", str(folder / "none.ndjson")], "none.ndjson: No such", DATABASE_URL=url),
        assert_refused(folder, ["import", str(folder)], "directory", DATABASE_URL=url),
        assert_refused(folder, ["export", "--output", "/nowhere/x"], "/nowhere", DATABASE_URL=seeded_url),
        assert_refused(folder, ["export", "--query", "date=2020"], "are for lists", DATABASE_URL=seeded_url),
        assert_refused(folder, ["export", "--format", "csv"], "are for lists", DATABASE_URL=seeded_url),
        assert_refused(folder, ["export", "calls", "--cursor", "x"], "--cursor", DATABASE_URL=seeded_url),
    )


@pytest.mark.parametrize("output", ["file", "stream"])
async def test_a_broken_export_is_not_taken_for_a_whole_one(
    folder: Path, server: str, seeded: str, output: str
) -> None:
    """It leaves the file of before as it was, and ends with a status that says so."""
    url = await create_database(server, seeded)
    connection = await asyncpg.connect(dsn(url))
    # The export waits for the calls, after it wrote what comes before them.
    await connection.execute("BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE")
    file = folder / "records.ndjson"
    file.write_text("whole")
    process = await asyncio.create_subprocess_exec(
        *TELCON,
        "export",
        *(["--output", str(file)] if output == "file" else []),
        env=environment(folder, DATABASE_URL=url),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    for _ in range(int(PATIENCE * 50)):
        if await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            break
        await asyncio.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    await connection.close()
    assert (process.returncode, errors.decode()) == (1, "telcon: interrupted.\n")
    assert file.read_text() == "whole"
    assert names_in(folder) == [file.name]


async def test_a_reader_that_goes_away(folder: Path, seeded_url: str) -> None:
    """The status says that not all was read."""
    reading, writing = os.pipe()
    os.close(reading)
    process = await asyncio.create_subprocess_exec(
        *TELCON,
        "export",
        env=environment(folder, DATABASE_URL=seeded_url),
        stdout=writing,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writing)
    _, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert (process.returncode, errors.decode()) == (1, "telcon: standard output was closed before all was written.\n")
