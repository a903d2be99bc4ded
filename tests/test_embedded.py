"""How the embedded PostgreSQL is set up."""

import shutil
import tempfile
from pathlib import Path

import asyncpg
import psutil

from app.embedded import embedded_postgres, ensure_database

_MEMORY = "SELECT setting::bigint * 8192 FROM pg_settings WHERE name = 'shared_buffers'"


async def _buffers(folder: Path) -> int:
    with embedded_postgres(folder) as url:
        await ensure_database(url)
        connection = await asyncpg.connect(url)
        try:
            return int(await connection.fetchval(_MEMORY))
        finally:
            await connection.close()


async def test_it_uses_the_machine_unless_it_is_told_otherwise() -> None:
    """An eighth of the memory for what is read often; what the operator writes into its settings goes before."""
    # A short path, since it holds a socket.
    folder = Path(tempfile.mkdtemp(prefix="telcon-"))
    try:
        eighth = psutil.virtual_memory().total // 8
        assert abs(await _buffers(folder) - min(max(eighth, 2**27), 2**33)) < 2**21
        with (folder / "postgres" / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("shared_buffers = '64MB'\n")
        assert await _buffers(folder) == 2**26
        assert await _buffers(folder) == 2**26
    finally:
        shutil.rmtree(folder)
