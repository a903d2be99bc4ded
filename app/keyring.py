"""The commands `telcon keys`, by which an operator gives keys out and takes them back."""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar, cast
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from app import schema
from app.commands import DataDir, fail, read_settings, run, running_database
from app.db import Database
from app.keys import Key, add_key, list_keys, revoke_key
from app.vocabulary import KeyScope, terms

W = TypeVar("W")

_LONGEST_LABEL = 100
# A date, or a time as RFC 3339 has it but for an offset that may be missing.
_DATE_OR_TIME = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)?)?", re.ASCII)
_SCOPES = " or ".join(terms(KeyScope)).replace(" or ", ", ", 1)
_COLUMNS = ("id", "label", "scopes", "created", "expires", "revoked")

keys = typer.Typer(help="The keys by which clients say who they are.", no_args_is_help=True)


@keys.command()
def create(
    label: Annotated[str, typer.Option(help="Who is to bear the key; what they write is told under this name.")],
    scope: Annotated[
        list[str], typer.Option(help=f"What the key is for: {_SCOPES}. Repeat it for more.", metavar="SCOPE")
    ],
    expires: Annotated[
        str | None,
        typer.Option(help="The date or time when the key ends, in UTC unless it has an offset.", show_default="never"),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a key, and print it, this once; only a hash of it is kept."""
    label = label.strip()
    if not label or len(label) > _LONGEST_LABEL or not label.isprintable():
        fail(f"a label has 1 to {_LONGEST_LABEL} characters that can be printed.")
    if not set(scope) <= set(terms(KeyScope)):
        fail(f"--scope takes {_SCOPES}.")
    scopes = cast("list[KeyScope]", scope)
    expires_at = None if expires is None else _end(expires)
    key = Key.new()

    key_id = _written(data_dir, lambda connection: add_key(connection, key, label, scopes, expires_at))
    typer.echo(f"This key of {label} is shown this once; to take it back: telcon keys revoke {key_id}", err=True)
    typer.echo(key.text)


@keys.command("list")
def list_(data_dir: DataDir = None) -> None:
    """Print every key that was given out, but not the key itself: a line each, in columns that tabs separate."""
    rows = _written(data_dir, list_keys)
    typer.echo("\t".join(_COLUMNS))
    for row in rows:
        typer.echo("\t".join(map(_told, row)))


@keys.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The id of the key, as `telcon keys list` tells it.", metavar="ID")],
    data_dir: DataDir = None,
) -> None:
    """Take a key back for good; from then on no process lets it pass."""
    try:
        wanted = UUID(key_id)
    except ValueError:
        # It is not said again: somebody may have given the key itself.
        fail("a key is revoked by its id, which `telcon keys list` tells.")
    done = _written(data_dir, lambda connection: revoke_key(connection, wanted))
    if done is None:
        fail(f"there is no key {wanted}.")
    if not done:
        fail(f"the key {wanted} is revoked already.")
    typer.echo(f"The key {wanted} is revoked.", err=True)


def _written(data_dir: Path | None, work: Callable[[AsyncConnection], Awaitable[W]]) -> W:
    """What some work gives in a transaction that was committed; ends the command with a failure where it was not."""

    async def write(database: Database) -> W:
        await schema.check_newest(database)
        async with database.writing() as connection:
            return await work(connection)

    with running_database(read_settings(data_dir=data_dir)) as settings:
        try:
            return cast("W", run(settings, write))
        except KeyboardInterrupt:
            fail("interrupted.")


def _end(text: str) -> datetime:
    """The moment that a date or time names; ends the command where it names none, or one that is past."""
    moment = None
    if _DATE_OR_TIME.fullmatch(text):
        with suppress(ValueError, OverflowError):
            named = datetime.fromisoformat(text.upper())
            moment = (named if named.tzinfo else named.replace(tzinfo=UTC)).astimezone(UTC)
    if moment is None:
        fail("--expires takes a date, as 2027-06-30, or a time, as 2027-06-30T18:00:00Z.")
    if moment <= datetime.now(UTC):
        fail("--expires takes a moment that is still to come.")
    return moment


def _told(value: object) -> str:
    match value:
        case None:
            return "-"
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case list():
            return " ".join(value)
        case _:
            return str(value)
