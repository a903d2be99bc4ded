"""The command `telcon`.

A command imports what it does when it is run: all of it together takes longer to import than most of them take to run.
"""

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import keyring, schema
from app.commands import DataDir, fail, read_settings, run, running_database
from app.db import Database
from app.outputs import Exported, ExportForm
from app.settings import Settings

if TYPE_CHECKING:
    from app.importing import Imported
    from app.ingesting import Ingested

_BACKLOG = 2048
_EXAMPLE = "/v1/calls?leader=Putin&date=2020-03"
_KEYS_TOLD = 5
_WIDE = 200

cli = typer.Typer(
    help="Telcon: an open records service for diplomatic communication.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The database's schema, its seed, and what is derived from it.", no_args_is_help=True)
cli.add_typer(db, name="db")
cli.add_typer(keyring.keys, name="keys")


@contextmanager
def _told() -> Iterator[None]:
    """Say in one line why records were not moved, and end with a status that says that they were not."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            fail(f"{error.filename}: {error.strerror}.")
        if isinstance(error, BrokenPipeError):
            fail("standard output was closed before all was written.")
        raise
    except KeyboardInterrupt:
        fail("interrupted.")


async def _seed(database: Database, *, topics_only: bool) -> None:
    from app.problems import InvalidRequest
    from app.seed import load_seed

    try:
        async with database.writing() as connection:
            await load_seed(connection, topics_only=topics_only)
    except InvalidRequest as error:
        fail(f"The seed was not recorded: {error.detail}")


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
    settings = read_settings(host=host, port=port, workers=workers, data_dir=data_dir)
    with _listening(settings) as listener, running_database(settings) as ready:

        async def prepare(database: Database) -> None:
            from app.numbering import number_all
            from app.seed import load_seed

            await schema.upgrade(database)
            async with database.writing() as connection:
                if not no_seed:
                    await load_seed(connection, only_if_empty=True)
            # Before anybody follows: a restored database begins its own epoch here.
            await number_all(database)

        run(ready, prepare)

        from app import server

        # An empty service knows no leader to ask for.
        _announce(listener, "/v1/calls" if no_seed else _EXAMPLE)
        server.run(ready, listener)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """A listening socket, taken before anything is started; clients that come early wait in its queue."""
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        fail(f"{settings.host} port {settings.port} cannot be listened on: {error.strerror}.")
    with listener:
        yield listener


def _announce(listener: socket.socket, example: str) -> None:
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    typer.echo(f"Telcon is at {address}")
    typer.echo(f"  docs   {address}/docs")
    typer.echo(f"  try    curl '{address}{example}'")
    typer.echo("  stop   Ctrl-C")


@db.command()
def upgrade(
    revision: Annotated[str, typer.Argument(help="The revision to go to.")] = "head", data_dir: DataDir = None
) -> None:
    """Bring the schema up to date."""
    with running_database(read_settings(data_dir=data_dir)) as settings:
        run(settings, lambda database: schema.upgrade(database, revision))
        typer.echo(run(settings, schema.revision_of))


@db.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="The revision to go back to; `base` empties the database.")],
    data_dir: DataDir = None,
) -> None:
    """Take the schema back, with the data that only newer revisions hold."""
    with running_database(read_settings(data_dir=data_dir)) as settings:
        run(settings, lambda database: schema.downgrade(database, revision))
        typer.echo(run(settings, schema.revision_of))


@db.command()
def current(data_dir: DataDir = None) -> None:
    """Print the schema's revision."""
    with running_database(read_settings(data_dir=data_dir)) as settings:
        typer.echo(run(settings, schema.revision_of))


@db.command()
def recount(data_dir: DataDir = None) -> None:
    """Count anew what the facets tell of the calls."""
    with running_database(read_settings(data_dir=data_dir)) as settings:
        typer.echo(f"{run(settings, _recount)} calls are counted")


@db.command()
def verify(data_dir: DataDir = None) -> None:
    """Compare all that is derived from the records with them; the exit code is 1 where anything differs."""
    with running_database(read_settings(data_dir=data_dir)) as settings:
        if run(settings, _verify):
            raise typer.Exit(1)


@db.command("new-epoch")
def new_epoch(data_dir: DataDir = None) -> None:
    """Let the change feed be followed anew, as after a copy of the files was put in their place.

    A restore into another database, and a promotion, are noticed without it.
    """
    from app.numbering import begin_epoch

    with running_database(read_settings(data_dir=data_dir)) as settings:
        run(settings, begin_epoch)
        typer.echo("the cursors that were given out before lead on no longer")


async def _recount(database: Database) -> int:
    from app.keeping import recount_calls

    async with database.writing() as connection:
        return await recount_calls(connection)


async def _verify(database: Database) -> int:
    from app.verifying import verify as verify_derived

    differing = 0
    async for check, keys in verify_derived(database):
        number, told = 0, []
        async for key in keys:
            number += 1
            if number <= _KEYS_TOLD:
                told.append(key)
        such = f", such as {', '.join(told)}" if told else ""
        typer.echo(f"{check.derived} {check.compared}: {number} differ{such}")
        differing += number
    return differing


@db.command()
def seed(
    data_dir: DataDir = None,
    *,
    topics: Annotated[
        bool, typer.Option("--topics", help="Only the topics, without which drafts suggest none.")
    ] = False,
) -> None:
    """Record the seed; where it is recorded already, nothing changes."""
    with running_database(read_settings(data_dir=data_dir)) as settings:
        run(settings, lambda database: _seed(database, topics_only=topics))


@cli.command()
def export(  # noqa: PLR0913, PLR0917 - each option is a parameter
    resource: Annotated[
        Exported,
        typer.Argument(help="What to export: a list, or `records`, which is all that an import takes."),
    ] = "records",
    query: Annotated[str, typer.Option(help="Only what matches, as in an address: `leader=Putin&date=2020`.")] = "",
    form: Annotated[ExportForm, typer.Option("--format", help="A record a line as JSON, or as CSV.")] = "ndjson",
    output: Annotated[Path | None, typer.Option(help="The file to write.", show_default="standard output")] = None,
    cursor: Annotated[
        Path | None, typer.Option(help="Write into this file from where on the change feed is to be followed.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Write every record as NDJSON, each after those that it refers to, or all of a list that match.

    Of a list, it is what the service answers at `/v1/RESOURCE?QUERY&format=FORMAT`, to the byte.
    """
    if resource == "records" and (query or form != "ndjson"):
        fail("all records are written whole, and as NDJSON; --query and --format=csv are for lists.")
    if resource != "records" and cursor is not None:
        fail("the change feed tells of all records; --cursor goes with an export of them.")

    from app import downloads, transfer

    async def write(database: Database) -> None:
        await schema.check_newest(database)
        await transfer.export(database, output, cursor)

    with running_database(read_settings(data_dir=data_dir)) as settings, _told():
        try:
            if resource == "records":
                run(settings, write)
            else:
                downloads.export(settings, resource, query, form, output)
        except downloads.ExportFailed as failed:
            fail(str(failed))


def _empty(report: Path, source: Path | None) -> None:
    """Empty a report before its import begins: what an earlier one reported is not of this one."""
    if report.is_file() and os.path.samestat(report.stat(), source.stat() if source else os.fstat(0)):
        fail(f"{report}: the report would replace what is to be read.")
    report.write_bytes(b"")


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The NDJSON to read; `-` is standard input.", metavar="FILE")],
    report: Annotated[Path | None, typer.Option(help="Write all faults into this file, as NDJSON.")] = None,
    data_dir: DataDir = None,
    *,
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Record the rest where lines have faults.")
    ] = False,
) -> None:
    """Record what an export wrote, or a file like it: all of it, or nothing where a line has a fault."""
    from app import transfer
    from app.importing import ImportRefused

    source = None if str(file) == "-" else file

    with ExitStack() as files:
        faults = None if report is None else files.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))

        async def record(database: Database) -> "Imported":
            await schema.check_newest(database)
            return await transfer.import_(database, source, faults, skip_invalid=skip_invalid)

        with running_database(read_settings(data_dir=data_dir)) as settings, _told():
            if report is not None:
                _empty(report, source)
            refused = None
            try:
                imported = run(settings, record)
            except ImportRefused as error:
                imported, refused = error.imported, str(error)
        for line in transfer.faults_told(imported):
            typer.echo(line, err=True)
        if refused is None:
            for line in transfer.summary(imported):
                typer.echo(line)
        if report is not None and faults is not None:
            with _told():
                transfer.write_report(faults, report)
    if refused is not None:
        fail(refused)
    _fail_unless_whole(imported, skip_invalid=skip_invalid)


def _fail_unless_whole(imported: "Imported", *, skip_invalid: bool) -> None:
    if imported.left is not None:
        fail(f"Recorded, but not counted and numbered yet, which a service does when it runs: {imported.left}")
    if imported.faulty:
        fail("The lines with faults were skipped." if skip_invalid else "Nothing was recorded.")


@cli.command("evaluate")
def evaluate_(
    folder: Annotated[Path, typer.Argument(help="A folder of labelled readouts, one a .json file.", metavar="DIR")],
) -> None:
    """Measure the reader of readouts against labelled ones, publisher by publisher.

    `docs/ingest.md` says what each measure counts and what a labelled readout looks like.
    """
    from rich.console import Console
    from rich.table import Table

    from app.evaluation import EvaluationRefused, evaluate, rows

    with _told():
        try:
            evaluation = evaluate(folder)
        except EvaluationRefused as error:
            fail(str(error))
    table = Table(box=None, pad_edge=False)
    headings, *lines = rows(evaluation)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left", no_wrap=True)
    for line in lines:
        table.add_row(*line)
    # As wide as it is, also where the output is no terminal.
    Console(width=_WIDE, highlight=False, soft_wrap=True).print(table)
    typer.echo(f"{evaluation.per_second:.0f} readouts a second")


@cli.command()
def ingest(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Texts, and files of JSON lines (.jsonl, .ndjson) with `text`, `title`, `publisher`, `language` and "
            "`published_on`.",
            metavar="FILE...",
        ),
    ],
    publisher: Annotated[
        str | None, typer.Option(help="Who published them, by slug, name or the address of its site.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="The language of the texts, such as `en`.")] = None,
    published: Annotated[str | None, typer.Option(help="The day they were published, such as 2020-03-19.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Read readouts, and keep what they are understood to say as drafts, for people to review.

    One that cannot be read does not stop the rest; the exit code is 1 where there is any.
    """
    from app import ingesting

    given = {"publisher": publisher, "language": language, "published_on": published}
    told = {name: value for name, value in given.items() if value is not None}

    async def keep(database: Database) -> list["Ingested"]:
        await schema.check_newest(database)
        return await ingesting.ingest(database, files, told)

    with running_database(read_settings(data_dir=data_dir)) as settings, _told():
        outcomes = run(settings, keep)
    for fault in (fault for outcome in outcomes for fault in outcome.faults):
        typer.echo(" ".join(fault.split()), err=True)
    for line in ingesting.summary(outcomes):
        typer.echo(line)
    if any(outcome.faults for outcome in outcomes):
        raise typer.Exit(1)


@cli.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    from app.main import create_app

    typer.echo(json.dumps(create_app(Settings()).openapi(), indent=2, ensure_ascii=False))
