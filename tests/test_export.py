"""`telcon export`, as people run it: what the service streams, to the byte, without a service."""

import asyncio
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.outputs import Exported
from app.vocabulary import terms
from tests.conftest import client_of, connected, create_database, serving
from tests.factories import World
from tests.test_serve import (
    PATIENCE,
    RESOURCES,
    TELCON,
    assert_refused,
    environment,
    folder,
    names_in,
    run,
)

__all__ = ["folder"]


@pytest.mark.parametrize(
    ("resource", "query", "form"),
    [
        ("calls", "", "ndjson"),
        ("calls", "leader=Лидер 3&include=claims,statements", "csv"),
        ("statements", "speaker=leader-3&q=peace+or+energy", "ndjson"),
        ("readouts", "&language=zh&", "csv"),
        ("leaders", "name=Nobody", "ndjson"),
    ],
)
async def test_an_export_is_the_stream(folder: Path, world: World, resource: str, query: str, form: str) -> None:
    """To standard output, and to a file, which takes the place of an older one."""
    async with serving(world.url) as app, client_of(app) as client:
        answer = await client.get(f"/v1/{resource}?{query.strip('&')}&format={form}".replace("?&", "?"))
    assert answer.status_code == 200
    asked = ("export", resource, "--query", query, "--format", form)
    assert await run(folder, *asked, DATABASE_URL=world.url) == (0, answer.text, "")
    file = folder / "export"
    file.write_text("older")
    assert await run(folder, *asked, "--output", "export", DATABASE_URL=world.url) == (0, "", "")
    assert file.read_bytes() == answer.content
    assert names_in(folder) == ["export"]


def test_every_list_can_be_exported() -> None:
    """The eight resources, by the names in their addresses, and all records whole."""
    assert set(terms(Exported)) == {*RESOURCES, "records"}


@pytest.mark.parametrize(
    ("arguments", "saying"),
    [
        (("--query", "leader=Nobody"), "leader: No leader is recorded under Nobody."),
        (("--query", "leader=Shared"), "Several are called Shared"),
        (("--query", "colour=red&date=2020-13"), "colour: is not a parameter here"),
        (("--query", "limit=3"), "limit: is of pages"),
        (("--query", "format=json"), "format: must be given once"),
        (("--query", "leader=%zz"), "%"),
        (("--output", "nowhere/export"), "No such file or directory"),
        (("--output", "."), "Is a directory"),
        (("--output", "/dev/full"), "No space left on device"),
    ],
)
def test_what_is_refused(
    folder: Path, world: World, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], saying: str
) -> None:
    """In one line that says why, and no file is left, nor an older one touched."""
    (folder / "kept").write_text("older")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DATABASE_URL", world.url)
    output = () if "--output" in arguments else ("--output", "kept")
    ended = CliRunner().invoke(cli, ["export", "calls", *arguments, *output])
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert re.fullmatch(r"telcon: [^\n]+\n", ended.stderr)
    assert saying in ended.stderr
    assert (folder / "kept").read_text() == "older"
    assert names_in(folder) == ["kept"]


async def test_without_a_database(folder: Path) -> None:
    """Nothing is exported of one that cannot be reached, and an older file stays."""
    (folder / "kept").write_text("older")
    asked = ["export", "calls", "--output", "kept"]
    await assert_refused(folder, asked, "cannot be reached", DATABASE_URL="postgresql://a@127.0.0.1:1/b")
    assert (folder / "kept").read_text() == "older"
    assert names_in(folder) == ["kept"]


@pytest.mark.usefixtures("migrated")
async def test_a_database_without_a_schema(folder: Path, server: str) -> None:
    """Nothing is there to be exported, which is not the same as no records."""
    url = await create_database(server)
    code, output, errors = await run(folder, "export", "calls", DATABASE_URL=url)
    assert (code, output) == (1, "")
    assert errors == 'telcon: The database failed: relation "calls" does not exist\n'


async def watched(folder: Path, *arguments: str, **settings: str) -> tuple[bytes, str]:
    """What a command that succeeds prints, and what a person sees meanwhile."""
    terminal, given = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *TELCON,
        *arguments,
        env=environment(folder, TERM="xterm", **settings),
        stdout=subprocess.PIPE,
        stderr=given,
    )
    os.close(given)
    output, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    shown = os.read(terminal, 100_000).decode()
    os.close(terminal)
    assert process.returncode == 0, shown
    return output, shown


async def test_progress_is_shown_to_a_person(folder: Path, world: World) -> None:
    """On standard error where that is a terminal; the output is the same, also where nobody can tell how much it is."""
    output, shown = await watched(folder, "export", "calls", DATABASE_URL=world.url)
    assert output.count(b"\n") == len(world.records.calls)
    assert "calls" in shown
    assert "100%" in shown
    # What the service says of that is not told.
    hurried, shown = await watched(folder, "export", "calls", DATABASE_URL=world.url, TELCON_STATEMENT_TIMEOUT="0.001")
    assert hurried == output
    assert "calls" in shown
    assert "100%" not in shown
    assert "canceling" not in shown


async def test_one_that_is_broken_off(folder: Path, server: str, migrated: str) -> None:
    """Says why in one line, and leaves no file."""
    url = await create_database(server, migrated)
    async with connected(url, session_replication_role="replica") as connection:
        await connection.execute(
            "INSERT INTO topics (slug, name, folded) SELECT 'topic-' || n, n, n FROM generate_series(1, 300000) n"
        )
    asked = ("export", "topics", "--output", "export")
    code, output, errors = await run(folder, *asked, DATABASE_URL=url, TELCON_STREAM_TIMEOUT="1")
    assert (code, output, names_in(folder)) == (1, "", [])
    (line,) = errors.splitlines()
    assert re.fullmatch(r"telcon: The export is not whole: a stream is broken off: .*timeout.*", line), line


async def test_progress_of_whole_records(folder: Path, server: str, migrated: str, seeded_url: str) -> None:
    """Out of one service, which has no statistics that tell how many there are, and into another."""
    file = folder / "records.ndjson"
    _, shown = await watched(folder, "export", "--output", str(file), DATABASE_URL=seeded_url)
    assert "exporting" in shown
    lines = file.read_bytes().count(b"\n")
    assert f"{lines}/?" in shown
    url = await create_database(server, migrated)
    _, shown = await watched(folder, "import", str(file), DATABASE_URL=url)
    assert "importing" in shown
    assert "100%" in shown
    async with connected(url) as connection:
        await connection.execute("ANALYZE")
    _, shown = await watched(folder, "export", "--output", str(file), DATABASE_URL=url)
    assert re.search(r"100%.*\d+/\d+", shown)


async def test_a_reader_that_had_enough(folder: Path, world: World) -> None:
    """Ends the command, which says so."""
    process = await asyncio.create_subprocess_exec(
        *TELCON,
        "export",
        "statements",
        env=environment(folder, DATABASE_URL=world.url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert await process.stdout.read(10)
    process.stdout._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - asyncio has no other way
    errors = await asyncio.wait_for(process.stderr.read(), PATIENCE)
    assert await process.wait() == 1
    assert errors == b"telcon: The export cannot be written: Broken pipe.\n"
