"""The command `telcon`."""

import asyncio
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Literal, NoReturn

import asyncpg
import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app import downloads, schema, server, transfer
from app.db import Database, DatabaseRefused, check_server, open_database
from app.embedded import embedded_postgres, ensure_database
from app.importing import Imported, ImportRefused
from app.keeping import recount_calls
from app.main import create_app
from app.seed import load_seed
from app.settings import Settings
from app.verifying import verify as verify_derived

_BACKLOG = 2048
Exported = Literal[
    "records", "calls", "leaders", "participants", "statements", "readouts", "publishers", "parties", "topics"
]
_EXAMPLE = "/v1/calls?leader=Putin&date=2020-03"
_KEYS_TOLD = 5

cli = typer.Typer(
    help="Telcon: an open records service for diplomatic communication.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The database's schema, its seed, and what is derived from it.", no_args_is_help=True)
cli.add_typer(db, name="db")

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where the embedded PostgreSQL keeps its data.", show_default="the user's data folder"),
]


def _fail(message: str) -> NoReturn:
    typer.echo(f"telcon: {' '.join(message.split())}", err=True)
    raise typer.Exit(1)


def _settings(**given: object) -> Settings:
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
        _fail(f"a setting is wrong: {faults}")


@contextmanager
def _database(settings: Settings) -> Iterator[Settings]:
    """The settings with the address of a database that is running and fit, the embedded one if none is given."""
    # From here on SIGTERM ends the command as Ctrl-C does, so that whatever was started is stopped.
    signal.signal(signal.SIGTERM, _leave)
    try:
        if settings.database_url is not None:
            asyncio.run(check_server(settings.database_url))
            yield settings
            return
        with embedded_postgres(settings.data_dir) as url:
            try:
                asyncio.run(ensure_database(url))
                yield settings.model_copy(update={"database_url": url})
            finally:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                signal.signal(signal.SIGINT, signal.SIG_IGN)
    except DatabaseRefused as error:
        _fail(str(error))
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        _fail(f"The database failed: {getattr(error, 'orig', None) or error}")
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _leave(_number: int, _frame: FrameType | None) -> None:
    # The event loop ends its work in order at Ctrl-C only.
    signal.raise_signal(signal.SIGINT)


async def _with_database(settings: Settings, work: Any) -> Any:
    assert settings.database_url is not None
    async with open_database(settings.database_url, settings) as database:
        return await work(database)


def _run(settings: Settings, work: Any) -> Any:
    return asyncio.run(_with_database(settings, work))


@contextmanager
def _told() -> Iterator[None]:
    """Say in one line why records were not moved, and end with a status that says that they were not."""
    try:
        yield
    except ImportRefused as error:
        _fail(str(error))
    except BrokenPipeError:
        _fail("standard output was closed before all was written.")
    except OSError as error:
        if error.filename is None:
            raise
        _fail(f"{error.filename}: {error.strerror}.")
    except KeyboardInterrupt:
        _fail("interrupted.")


async def _seed(database: Database) -> None:
    async with database.writing() as connection:
        await load_seed(connection)


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(help="The port to listen on; 0 takes a free one.", show_default="8000")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="How many processes serve.", show_default="1")] = None,
    data_dir: DataDir = None,
    *,
    no_seed: Annotated[bool, typer.Option("--no-seed", help="Leave an empty database empty.")] = False,
) -> None:
    """Serve the records: start or use a database, bring it up to date, and answer."""
    settings = _settings(host=host, port=port, workers=workers, data_dir=data_dir)
    with _listening(settings) as listener, _database(settings) as ready:

        async def prepare(database: Database) -> None:
            await schema.upgrade(database)
            async with database.writing() as connection:
                if not no_seed:
                    await load_seed(connection, only_if_empty=True)

        _run(ready, prepare)
        _announce(listener)
        server.run(ready, listener)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """A listening socket, taken before anything is started; clients that come early wait in its queue."""
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        _fail(f"{settings.host} port {settings.port} cannot be listened on: {error.strerror}.")
    with listener:
        yield listener


def _announce(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    typer.echo(f"Telcon is at {address}")
    typer.echo(f"  docs   {address}/docs")
    typer.echo(f"  try    curl '{address}{_EXAMPLE}'")
    typer.echo("  stop   Ctrl-C")


@db.command()
def upgrade(
    revision: Annotated[str, typer.Argument(help="The revision to go to.")] = "head", data_dir: DataDir = None
) -> None:
    """Bring the schema up to date."""
    with _database(_settings(data_dir=data_dir)) as settings:
        _run(settings, lambda database: schema.upgrade(database, revision))
        typer.echo(_run(settings, schema.revision_of))


@db.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="The revision to go back to; `base` empties the database.")],
    data_dir: DataDir = None,
) -> None:
    """Take the schema back, with the data that only newer revisions hold."""
    with _database(_settings(data_dir=data_dir)) as settings:
        _run(settings, lambda database: schema.downgrade(database, revision))
        typer.echo(_run(settings, schema.revision_of))


@db.command()
def current(data_dir: DataDir = None) -> None:
    """Print the schema's revision."""
    with _database(_settings(data_dir=data_dir)) as settings:
        typer.echo(_run(settings, schema.revision_of))


@db.command()
def recount(data_dir: DataDir = None) -> None:
    """Count anew what the facets tell of the calls."""
    with _database(_settings(data_dir=data_dir)) as settings:
        typer.echo(f"{_run(settings, _recount)} calls are counted")


@db.command()
def verify(data_dir: DataDir = None) -> None:
    """Compare all that is derived from the records with them; the exit code is 1 where anything differs."""
    with _database(_settings(data_dir=data_dir)) as settings:
        if _run(settings, _verify):
            raise typer.Exit(1)


async def _recount(database: Database) -> int:
    async with database.writing() as connection:
        return await recount_calls(connection)


async def _verify(database: Database) -> int:
    differing = 0
    async for check, keys in verify_derived(database):
        such = f", such as {', '.join(keys[:_KEYS_TOLD])}" if keys else ""
        typer.echo(f"{check.table} {check.compared}: {len(keys)} differ{such}")
        differing += len(keys)
    return differing


@db.command()
def seed(data_dir: DataDir = None) -> None:
    """Record the seed; where it is recorded already, nothing changes."""
    with _database(_settings(data_dir=data_dir)) as settings:
        _run(settings, _seed)


@cli.command()
def export(
    resource: Annotated[
        Exported,
        typer.Argument(help="What to export: a list, or `records`, which is all that an import takes."),
    ] = "records",
    query: Annotated[str, typer.Option(help="Only what matches, as in an address: `leader=Putin&date=2020`.")] = "",
    form: Annotated[
        downloads.ExportForm, typer.Option("--format", help="A record a line as JSON, or as CSV.")
    ] = "ndjson",
    output: Annotated[Path | None, typer.Option(help="The file to write.", show_default="standard output")] = None,
    data_dir: DataDir = None,
) -> None:
    """Write every record as NDJSON, each after those that it refers to, or all of a list that match.

    Of a list, it is what the service answers at `/v1/RESOURCE?QUERY&format=FORMAT`, to the byte.
    """
    if resource == "records" and (query or form != "ndjson"):
        _fail("all records are written whole, and as NDJSON; --query and --format=csv are for lists.")

    async def write(database: Database) -> None:
        await schema.check_newest(database)
        await transfer.export(database, output)

    with _database(_settings(data_dir=data_dir)) as settings, _told():
        try:
            if resource == "records":
                _run(settings, write)
            else:
                downloads.export(settings, resource, query, form, output)
        except downloads.ExportFailed as failed:
            _fail(str(failed))


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The NDJSON to read; `-` is standard input.", metavar="FILE")],
    report: Annotated[Path | None, typer.Option(help="Write the faults into this file, as NDJSON.")] = None,
    data_dir: DataDir = None,
    *,
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Record the rest where lines have faults.")
    ] = False,
) -> None:
    """Record what an export wrote, or a file like it: all of it, or nothing where a line has a fault."""
    source = None if str(file) == "-" else file

    async def record(database: Database) -> Imported:
        await schema.check_newest(database)
        return await transfer.import_(database, source, skip_invalid=skip_invalid)

    with _database(_settings(data_dir=data_dir)) as settings, _told():
        if report is not None:
            # Better now than after a long import.
            report.touch()
        imported = _run(settings, record)
    for line in transfer.faults_told(imported):
        typer.echo(line, err=True)
    if report is not None:
        report.write_text("".join(f"{line}\n" for line in transfer.report(imported)), "utf-8")
    for line in transfer.summary(imported):
        typer.echo(line)
    if imported.faulty:
        _fail("The lines with faults were skipped." if skip_invalid else "Nothing was recorded.")


@cli.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    typer.echo(json.dumps(create_app(Settings()).openapi(), indent=2, ensure_ascii=False))
