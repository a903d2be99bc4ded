"""What the commands have in common: their settings, a database that runs, and failures told in one line."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import asyncpg
import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.db import DatabaseRefused, check_server, open_database
from app.embedded import embedded_postgres, ensure_database
from app.settings import Settings

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where the embedded PostgreSQL keeps its data.", show_default="the user's data folder"),
]


def fail(message: str) -> NoReturn:
    """End the command with one line that says why."""
    typer.echo(f"telcon: {' '.join(message.split())}", err=True)
    raise typer.Exit(1)


def read_settings(**given: object) -> Settings:
    """The settings of the environment, with those that options give in their place."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        faults = "; ".join(f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
        fail(f"a setting is wrong: {faults}")


@contextmanager
def running_database(settings: Settings) -> Iterator[Settings]:
    """The settings with the address of a database that is running and fit, the embedded one if none is given."""
    # From here on SIGTERM ends the command as Ctrl-C does, so that whatever was started is stopped; also where a shell
    # started it in the background, for which Ctrl-C is switched off.
    signal.signal(signal.SIGINT, signal.default_int_handler)
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
        fail(str(error))
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        fail(f"The database failed: {getattr(error, 'orig', None) or error}")
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _leave(_number: int, _frame: FrameType | None) -> None:
    # The event loop ends its work in order at Ctrl-C only.
    signal.raise_signal(signal.SIGINT)


async def _with_database(settings: Settings, work: Any) -> Any:
    assert settings.database_url is not None
    async with open_database(settings.database_url, settings) as database:
        return await work(database)


def run(settings: Settings, work: Any) -> Any:
    """What some work on the database gives, which is a coroutine function that takes it."""
    return asyncio.run(_with_database(settings, work))
