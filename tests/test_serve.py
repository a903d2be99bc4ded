"""The command as people run it: a process of its own, from the first start to the last signal."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO, Any

import asyncpg
import httpx
import pytest

from app import schema
from app.db import dsn
from app.seed import load_seed
from tests import prepared
from tests.conftest import create_database, opened

ROOT = Path(__file__).parents[1]
TELCON = [sys.executable, "-c", "from app.cli import cli; cli()"]
CALL = "2020-03-19-xi-jinping-vladimir-putin"
RESOURCES = ("calls", "leaders", "participants", "statements", "readouts", "publishers", "parties", "topics")
# Far more than anything takes; a test that hangs shall fail.
PATIENCE = 60


def environment(home: Path, **settings: str) -> dict[str, str]:
    """An environment of the command's own: nothing of ours but where the code is."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), **settings}


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder, and at the end no PostgreSQL in it."""
    # A short path, since it holds a socket.
    made = Path(tempfile.mkdtemp(prefix="telcon-"))
    yield made
    for left in made.rglob("postmaster.pid"):
        with suppress(ProcessLookupError):
            os.kill(pid_in(left), signal.SIGINT)
            # The last thing it does is to remove this file.
            wait_for(left.parent, left.name, there=False)
    shutil.rmtree(made)


def pid_in(file: Path) -> int:
    """The process id that PostgreSQL leaves in a file."""
    return int(file.read_text().split()[0])


def wait_for(folder: Path, pattern: str, *, there: bool = True) -> None:
    """Wait until a file is there, or is there no longer."""
    late = time.monotonic() + PATIENCE
    while any(folder.glob(pattern)) != there and time.monotonic() < late:
        time.sleep(0.002)


def names_in(folder: Path) -> list[str]:
    """What a folder holds."""
    return [path.name for path in folder.iterdir()]


@dataclass
class Service:
    """A service that was started."""

    process: subprocess.Popen[str] | prepared.Running
    errors: IO[str]
    printed: str = ""
    address: str = ""

    def send(self, number: int) -> None:
        """Send a signal; as a terminal does it, Ctrl-C reaches whatever the command started too."""
        if number == signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and give the exit code."""
        self.send(number)
        return self.process.wait(PATIENCE)

    def said(self) -> str:
        """What it wrote as errors."""
        self.errors.seek(0)
        return self.errors.read()


def executed(
    arguments: list[str], *, folder: Path, environment: dict[str, str], stderr: IO[str]
) -> subprocess.Popen[str]:
    """A command that is started as a shell does it."""
    return subprocess.Popen(
        [*TELCON, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        start_new_session=True,
    )


@contextmanager
def _started(start: Any, home: Path, arguments: tuple[str, ...], settings: dict[str, str]) -> Iterator[Service]:
    command = ["serve", "--port", "0", *arguments]
    with (
        tempfile.TemporaryFile("w+") as errors,
        start(command, folder=home, environment=environment(home, **settings), stderr=errors) as process,
    ):
        service = Service(process, errors)
        try:
            yield service
        finally:
            if process.poll() is None:
                process.terminate()
                impatient = Timer(PATIENCE, process.kill)
                impatient.start()
                process.wait()
                impatient.cancel()


def started(home: Path, *arguments: str, **settings: str) -> AbstractContextManager[Service]:
    """A service from its start until its end, which it is brought to at the latest here."""
    return _started(prepared.start, home, arguments, settings)


def started_by_shell(home: Path, *arguments: str, **settings: str) -> AbstractContextManager[Service]:
    """The same, with all that starting takes."""
    return _started(executed, home, arguments, settings)


def serving(home: Path, *arguments: str, **settings: str) -> AbstractContextManager[Service]:
    """A service that is ready to answer."""
    return ready(started(home, *arguments, **settings))


@contextmanager
def ready(starting: AbstractContextManager[Service]) -> Iterator[Service]:
    """A service that was started, when it is ready to answer."""
    with starting as service:
        assert service.process.stdout is not None
        impatient = Timer(PATIENCE, service.process.kill)
        impatient.start()
        for line in service.process.stdout:
            service.printed += line
            if "Ctrl-C" in line:
                break
        impatient.cancel()
        found = re.match(r"Telcon is at (http://\S+)\n", service.printed)
        assert found, service.said()
        service.address = found[1]
        yield service


def fetch(address: str, **parameters: str) -> httpx.Response:
    """What an address answers."""
    answer = httpx.get(address, params=parameters or None, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    return answer


def ask(service: Service, path: str, **parameters: str) -> Any:
    """What a service answers."""
    return fetch(f"{service.address}/v1/{path}", **parameters).json()


def answers(service: Service) -> bool:
    """Whether anything listens where a service did."""
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", httpx.URL(service.address).port or 0)) == 0


def socket_of_postgres(home: Path) -> str:
    """The folder of the socket of the PostgreSQL that a service started."""
    (pid_file,) = home.rglob("postmaster.pid")
    return pid_file.read_text().splitlines()[4]


@asynccontextmanager
async def embedded(home: Path) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the PostgreSQL that a service started."""
    connection = await asyncpg.connect(host=socket_of_postgres(home), user="postgres", database="telcon", ssl=False)
    try:
        yield connection
    finally:
        connection.terminate()


def postgres_was_in(data: Path) -> bool:
    """Whether a PostgreSQL keeps its data below a folder."""
    return (data / "postgres" / "PG_VERSION").is_file()


def postgres_runs(home: Path) -> bool:
    """Whether a PostgreSQL has not stopped in order."""
    return any(home.rglob("postmaster.pid"))


async def end_amid_requests(service: Service, home: Path, number: int) -> tuple[list[int], int]:
    """The answers to requests that a signal finds in flight, waiting for a lock, and the exit code."""
    async with httpx.AsyncClient(base_url=service.address) as client, embedded(home) as connection:
        await connection.execute("BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE")
        requests = [asyncio.create_task(client.get("/v1/calls")) for _ in range(3)]
        while await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted") < len(requests):
            await asyncio.wait(requests, timeout=0.01)
        service.send(number)
        await asyncio.wait(requests, timeout=0.2)
        assert service.process.poll() is None
        await connection.execute("ROLLBACK")
        answers = await asyncio.gather(*requests)
    return [answer.status_code for answer in answers], await asyncio.to_thread(service.process.wait, PATIENCE)


def raw_answer(service: Service, request: bytes) -> bytes:
    """The status line that bytes on a socket are answered with."""
    url = httpx.URL(service.address)
    with socket.create_connection((url.host, url.port or 0), timeout=PATIENCE) as connection:
        connection.sendall(request)
        return connection.makefile("rb").readline()


async def test_from_the_first_start_to_the_second(folder: Path) -> None:
    """In an empty folder, without anything given: it says where it is, answers, stops, and finds all again."""
    with ready(started_by_shell(folder)) as service:
        port = httpx.URL(service.address).port
        assert service.address == f"http://127.0.0.1:{port}"
        assert f"{service.address}/docs" in service.printed
        assert "<html" in fetch(f"{service.address}/docs").text
        # The very address it suggests.
        (suggested,) = re.findall(r"curl '([^']+)'", service.printed)
        (found,) = fetch(suggested).json()["data"]
        assert found["slug"] == CALL
        # As people type it, and not as programs escape it.
        typed = "GET /v1/calls?leader=普京 HTTP/1.1\r\nHost: telcon\r\nConnection: close\r\n\r\n"
        assert raw_answer(service, typed.encode()) == b"HTTP/1.1 200 OK\r\n"
        # One address only: another of this machine's own is refused.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=PATIENCE)
        totals = {name: ask(service, name, count="exact", limit="1")["page"]["total"] for name in RESOURCES}
        assert totals["statements"] == 14
        assert await end_amid_requests(service, folder, signal.SIGTERM) == ([200] * 3, 0)
        assert service.said() == ""
        assert not answers(service)
        assert not postgres_runs(folder)
    assert postgres_was_in(folder / ".local/share/telcon")

    with serving(folder) as service:
        (found_again,) = ask(service, "calls")["data"]
        assert found_again == found
        again = {name: ask(service, name, count="exact", limit="1")["page"]["total"] for name in RESOURCES}
        assert again == totals
        assert await end_amid_requests(service, folder, signal.SIGINT) == ([200] * 3, 0)
        assert service.said() == ""
        assert not postgres_runs(folder)


def test_without_the_seed(folder: Path) -> None:
    """Empty it stays; the next start of the usual kind records the seed."""
    place = ("--data-dir", str(folder / "data"))
    for arguments, calls in ((("--no-seed",), 0), ((), 1)):
        with serving(folder, *place, *arguments) as service:
            (suggested,) = re.findall(r"curl '([^']+)'", service.printed)
            assert len(fetch(suggested).json()["data"]) == calls
            assert ask(service, "calls", count="exact")["page"]["total"] == calls
            assert (ask(service, "topics")["data"] == []) == (calls == 0)
            assert service.end() == 0
    assert not postgres_runs(folder)


def test_several_workers(folder: Path) -> None:
    """They serve one address, and all of them end with the command."""
    with ready(started_by_shell(folder, "--workers", "2")) as service:
        for _ in range(20):
            assert ask(service, "calls")["data"][0]["slug"] == CALL
        assert service.end() == 0
        assert service.said() == ""
        assert not answers(service)
    assert not postgres_runs(folder)


def test_after_it_was_killed(folder: Path) -> None:
    """The next start goes on with the database that was left running, and stops it in the end; so after a power cut."""
    with serving(folder) as service:
        before = ask(service, f"calls/{CALL}")
        assert service.end(signal.SIGKILL) == -signal.SIGKILL
        assert postgres_runs(folder)
    with serving(folder) as service:
        assert ask(service, f"calls/{CALL}") == before
        postgres = pid_in(next(folder.rglob("postmaster.pid")))
        os.kill(postgres, signal.SIGKILL)
        assert service.end(signal.SIGKILL) == -signal.SIGKILL
        # Until the system has seen to it, a killed process passes for one that runs.
        wait_for(Path("/proc"), str(postgres), there=False)
    with serving(folder) as service:
        assert ask(service, f"calls/{CALL}") == before
        assert service.end() == 0
    assert not postgres_runs(folder)


def test_two_on_one_folder(folder: Path) -> None:
    """They share the database, and the last one to leave stops it."""
    with serving(folder) as one, serving(folder) as two:
        assert one.end() == 0
        assert ask(two, f"calls/{CALL}")["slug"] == CALL
        assert two.end() == 0
    assert not postgres_runs(folder)


@pytest.mark.parametrize(
    ("number", "sign", "before"),
    [
        pytest.param(signal.SIGTERM, "postgres*/PG_VERSION", 0, id="while the database is made"),
        pytest.param(signal.SIGTERM, "postgres/postmaster.pid", 1, id="while the database starts"),
    ],
)
async def test_ended_while_it_starts(folder: Path, number: int, sign: str, before: int) -> None:
    """Nothing stays that runs or lies about, and the next start finds all well."""
    data = folder / ".local/share/telcon"
    current = ("db", "current")
    for _ in range(before):
        assert await run(folder, *current) == (0, "base\n", "")
    with started(folder) as service:
        wait_for(data, sign)
        assert service.end(number) == 0
        assert service.said() == ""
    assert not postgres_runs(folder)
    assert await run(folder, *current) == (0, "base\n", "")
    assert sorted(names_in(data)) == ["lock", "postgres", "start"]


async def test_ended_in_the_background_of_a_shell(folder: Path) -> None:
    """Where SIGINT is switched off, as for what a script starts with `&`, SIGTERM ends it all the same."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with started_by_shell(folder) as service:
            wait_for(folder / ".local/share/telcon", "postgres/postmaster.pid")
            assert service.end(signal.SIGTERM) == 0
            assert service.said() == ""
    finally:
        signal.signal(signal.SIGINT, before)
    assert not postgres_runs(folder)


@pytest.mark.usefixtures("migrated")
async def test_a_database_of_ones_own(folder: Path, server: str) -> None:
    """It is migrated, seeded and served from; nothing else is started, and it runs on afterwards."""
    url = await create_database(server)
    with serving(folder, DATABASE_URL=url) as service:
        assert ask(service, "calls")["data"][0]["slug"] == CALL
        assert service.end() == 0
        assert service.said() == ""
    assert names_in(folder) == []
    async with opened(url) as database:
        assert await schema.revision_of(database) == schema.newest_revision()


async def run(home: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    """The exit code, output and errors of a command that ends by itself."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as output,
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        prepared.start(
            arguments, folder=home, environment=environment(home, **settings), stdout=output, stderr=errors
        ) as command,
    ):
        code = await asyncio.to_thread(command.wait, PATIENCE)
        output.seek(0)
        errors.seek(0)
        return code, output.read(), errors.read()


async def assert_refused(home: Path, arguments: list[str], saying: str, **settings: str) -> None:
    """A command ends with one line that says why, and no more."""
    code, output, errors = await run(home, *arguments, **settings)
    assert code != 0
    assert output == ""
    assert re.fullmatch(r"telcon: [^\n]+\n", errors), errors
    assert saying in errors
    assert "Traceback" not in errors
    assert "secret" not in errors


async def create_with_encoding(server: str, encoding: str) -> str:
    """The address of a new database that does not keep UTF-8."""
    connection = await asyncpg.connect(dsn(server))
    name = f"kept_in_{encoding.lower()}"
    await connection.execute(
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
        " LOCALE_PROVIDER libc"
    )
    await connection.close()
    return server.replace("/telcon?", f"/{name}?")


@pytest.mark.usefixtures("migrated")
async def test_a_database_that_will_not_do(folder: Path, server: str) -> None:
    """One that is down, is mute, is not there, is not named at all, or does not keep UTF-8."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        refusals = {
            "postgresql://user:secret@127.0.0.1:1/telcon": "cannot be reached",
            f"postgresql://user:secret@127.0.0.1:{mute.getsockname()[1]}/telcon": "cannot be reached",
            server.replace("/telcon?", "/nowhere?"): "nowhere",
            "nonsense": "cannot be reached",
            "mysql://user:secret@127.0.0.1/telcon": "cannot be reached",
            await create_with_encoding(server, "SQL_ASCII"): "SQL_ASCII",
            await create_with_encoding(server, "LATIN1"): "LATIN1",
        }
        command = ["serve", "--port", "0"]
        await asyncio.gather(*(assert_refused(folder, command, why, DATABASE_URL=url) for url, why in refusals.items()))
    assert names_in(folder) == []


async def test_a_schema_newer_than_the_code(folder: Path, server: str, migrated: str) -> None:
    url = await create_database(server, migrated)
    connection = await asyncpg.connect(dsn(url))
    await connection.execute("UPDATE alembic_version SET version_num = '20991231_future'")
    await connection.close()
    commands = (["serve", "--port", "0"], ["db", "upgrade"])
    await asyncio.gather(*(assert_refused(folder, given, "20991231_future", DATABASE_URL=url) for given in commands))


async def test_a_place_that_will_not_do(folder: Path) -> None:
    """A port that is taken, an address of another machine, a folder that cannot be made, a setting without sense."""
    file = folder / "file"
    file.touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refusals = [
            (["--port", port], port),
            (["--port", "0", "--host", "192.0.2.1"], "192.0.2.1"),
            (["--port", "0", "--data-dir", str(file)], str(file)),
            (["--port", "0", "--data-dir", str(file / "below")], str(file)),
        ]
        await asyncio.gather(
            *(assert_refused(folder, ["serve", *given], why) for given, why in refusals),
            assert_refused(folder, ["serve"], "pool_size", TELCON_POOL_SIZE="many"),
        )
    assert names_in(folder) == ["file"]


@pytest.mark.usefixtures("migrated")
async def test_the_commands_for_the_database(folder: Path, server: str) -> None:
    """Up, seeded, and down; a revision that is unknown is refused, as is to seed what has no tables."""
    url = await create_database(server)
    newest = f"{schema.newest_revision()}\n"
    assert await run(folder, "db", "upgrade", DATABASE_URL=url) == (0, newest, "")
    for options, statements in ((["--topics"], 0), ([], 14)):
        assert await run(folder, "db", "seed", *options, DATABASE_URL=url) == (0, "", "")
        async with opened(url) as database, database.writing() as connection:
            assert (await connection.exec_driver_sql("SELECT count(*) FROM statements")).scalar_one() == statements
            assert (await connection.exec_driver_sql("SELECT count(*) FROM topics")).scalar_one() > 50
    current, _ = await asyncio.gather(
        run(folder, "db", "current", DATABASE_URL=url),
        assert_refused(folder, ["db", "upgrade", "nonsense"], "nonsense", DATABASE_URL=url),
    )
    assert current == (0, newest, "")
    assert await run(folder, "db", "downgrade", "base", DATABASE_URL=url) == (0, "base\n", "")
    await assert_refused(folder, ["db", "seed"], "The database failed", DATABASE_URL=url)


async def test_what_was_removed_of_the_seed_stays_removed(
    folder: Path, own_seeded_url: str, editor: httpx.AsyncClient
) -> None:
    """A start leaves a database alone that had a call once, and the command says why it records nothing."""
    gone = await editor.delete(f"/v1/calls/{CALL}", headers={"If-Match": "*"})
    assert gone.status_code == 204
    async with opened(own_seeded_url) as database, database.writing() as connection:
        await load_seed(connection, only_if_empty=True)
        assert (await connection.exec_driver_sql("SELECT count(*) FROM calls")).scalar_one() == 0
    refusal = "is that of a record that was removed"
    await assert_refused(folder, ["db", "seed"], refusal, DATABASE_URL=own_seeded_url)
    assert await run(folder, "db", "seed", "--topics", DATABASE_URL=own_seeded_url) == (0, "", "")


async def test_a_command_on_the_embedded_database(folder: Path) -> None:
    """It starts it and stops it again."""
    arguments = ("db", "upgrade", "--data-dir", str(folder / "data"))
    assert await run(folder, *arguments) == (0, f"{schema.newest_revision()}\n", "")
    assert not postgres_runs(folder)


async def test_what_needs_no_database(folder: Path) -> None:
    """The document is printed, and the help lists every option."""
    (code, output, errors), (help_code, help_output, help_errors) = await asyncio.gather(
        run(folder, "openapi"), run(folder, "serve", "--help", COLUMNS="200")
    )
    assert (code, errors, help_code, help_errors) == (0, "", 0, "")
    document = json.loads(output)
    assert document["openapi"].startswith("3.1")
    assert {f"/v1/{name}" for name in RESOURCES} <= document["paths"].keys()
    assert all(option in help_output for option in ("--host", "--port", "--workers", "--data-dir", "--no-seed"))
    assert names_in(folder) == []
