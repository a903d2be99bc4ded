"""The follower of the guide, run as it stands there."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from app.db import dsn
from app.numbering import begin_epoch
from tests.changing import change_parties
from tests.conftest import connected, opened
from tests.test_serve import PATIENCE, serving

GUIDE = Path(__file__).parents[1] / "docs" / "changes.md"
(PROGRAM,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)


@contextmanager
def following(address: str, file: Path) -> Iterator[None]:
    """The follower at work, until it is killed."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM, address, str(file)]) as process:
        try:
            yield
        finally:
            still = process.poll() is None
            process.kill()
        assert still


def is_begun(file: Path) -> bool:
    """Whether the follower has set up its copy, which it does some time after the file is there."""
    if not file.exists():
        return False
    with sqlite3.connect(file) as copy:
        tables = copy.execute("SELECT name FROM sqlite_schema").fetchall()
    copy.close()
    return ("records",) in tables


def copied(file: Path) -> dict[tuple[str, str], Any]:
    """What the follower has."""
    with sqlite3.connect(file) as copy:
        rows = copy.execute("SELECT resource, id, document FROM records").fetchall()
    copy.close()
    return {(resource, record): json.loads(document) for resource, record, document in rows}


def served(address: str) -> dict[tuple[str, str], Any]:
    """What the service has, item by item."""
    found = {}
    with httpx.Client(base_url=address, headers={"Cache-Control": "no-cache"}) as client:
        for resource in "parties topics publishers leaders readouts calls participants statements".split():
            for record in client.get(f"/v1/{resource}?limit=200").json()["data"]:
                found[resource, record["id"]] = client.get(f"/v1/{resource}/{record['id']}").json()
    return found


def wait_until(right: Callable[[], bool]) -> None:
    """Wait until something holds."""
    late = time.monotonic() + PATIENCE
    while not right() and time.monotonic() < late:
        time.sleep(0.1)
    assert right()


async def test_the_follower_of_the_guide(own_seeded_url: str) -> None:
    """It has all records after a while, and again after changes, a restart and a new epoch."""
    async with connected(own_seeded_url) as connection:
        parties = [row[0] for row in await connection.fetch("SELECT id FROM parties")]
    with tempfile.TemporaryDirectory() as home, serving(Path(home), DATABASE_URL=own_seeded_url) as service:
        file = Path(home) / "copy"

        def parties_are(version: int) -> bool:
            return {copied(file).get(("parties", str(party)), {}).get("version") for party in parties} == {version}

        with following(service.address, file):
            wait_until(lambda: is_begun(file))
            wait_until(lambda: parties_are(1) and copied(file) == served(service.address))
            await change_parties(dsn(own_seeded_url), parties)
            wait_until(lambda: parties_are(2))
        await change_parties(dsn(own_seeded_url), parties, parties)
        with following(service.address, file):
            wait_until(lambda: parties_are(4))
            # A record that the new feed does not know must not stay.
            with sqlite3.connect(file, timeout=PATIENCE) as copy:
                copy.execute("INSERT INTO records VALUES ('parties', 'never', '{}')")
            copy.close()
            async with opened(own_seeded_url) as database:
                await begin_epoch(database)
            wait_until(lambda: ("parties", "never") not in copied(file) and parties_are(4))
            assert copied(file).keys() == served(service.address).keys()


async def test_the_follower_waits_for_a_service_that_is_away(own_seeded_url: str) -> None:
    """It goes on when the service is back."""
    async with connected(own_seeded_url) as connection:
        (party,) = [row[0] for row in await connection.fetch("SELECT id FROM parties WHERE code = 'CN'")]
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        file = Path(home) / "copy"

        def party_is(version: int) -> bool:
            return bool(copied(file).get(("parties", str(party)), {}).get("version") == version)

        with serving(Path(home), DATABASE_URL=own_seeded_url) as service:
            stack.enter_context(following(service.address, file))
            wait_until(lambda: is_begun(file))
            wait_until(lambda: party_is(1))
        await asyncio.sleep(2)
        port = service.address.rpartition(":")[2]
        with serving(Path(home), "--port", port, DATABASE_URL=own_seeded_url):
            await change_parties(dsn(own_seeded_url), [party])
            wait_until(lambda: party_is(2))


async def test_the_follower_ends_where_it_is_refused(own_seeded_url: str) -> None:
    """Instead of asking for ever."""
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home), DATABASE_URL=own_seeded_url, TELCON_READS="private") as service,
    ):
        ended = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROGRAM, service.address, str(Path(home) / "copy")), stderr=asyncio.subprocess.PIPE
        )
        _, told = await asyncio.wait_for(ended.communicate(), PATIENCE)
    assert ended.returncode != 0
    assert b"401" in told
