"""What holds under faults, at a small size; docs/reliability.md has the figures of the full one."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults import concurrency, crashes

ROOT = Path(__file__).parents[1]
# Far more than any takes; a run that hangs shall fail.
PATIENCE = 180


def run(module: str, *options: str) -> tuple[int, Any]:
    """The exit code of a script, and what it found."""
    command = [sys.executable, "-m", f"tests.faults.{module}", *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ran.stdout, ran.stderr
    return ran.returncode, json.loads(ran.stdout)


def test_followers_of_the_feed() -> None:
    """Each applies each change once and in order, whatever is killed, frozen and restarted."""
    code, found = run("feed", "--changes", "400", "--faults", "2")
    assert (code, found["changes"]) == (0, 400)
    assert sum(found["met"].values()) > 0
    assert len(found["followers"]) == 4
    assert not any(sum(wrong.values()) for wrong in found["followers"].values())


def test_followers_of_a_bare_sequence() -> None:
    """They lose changes where these get their numbers when they are written: the run above would see it."""
    code, found = run("feed", "--changes", "2000", "--bare-sequence")
    assert (code, found["changes"]) == (1, 2000)
    assert sum(wrong["lost"] for wrong in found["followers"].values()) > 0
    assert not any(wrong["doubled"] + wrong["invented"] for wrong in found["followers"].values())


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder."""
    # A short path, since it holds a socket.
    with tempfile.TemporaryDirectory(prefix="telcon-") as made:
        yield Path(made)


async def test_killed_while_eight_write(folder: Path) -> None:
    """Nothing that was acknowledged is lost, nothing is done twice, and no record is half there."""
    seen = crashes.Seen()
    how = crashes.How(database_kills=2, worker_kills=1, workers=1, longest_pause=0.3)
    assert await crashes.run(folder, how, seen) == []
    assert len(seen.back[crashes.DATABASE]) == how.database_kills
    assert seen.log.acknowledged > 0


async def test_many_at_once(folder: Path) -> None:
    """One of many changes under one tag is made, and one of many equal requests under one key."""
    seen = concurrency.Seen()
    how = concurrency.How(rounds=3, seconds=60, posts=1, writers=32, duplicates=40)
    assert await concurrency.run(folder, how, seen) == []
    assert seen.rounds == how.rounds
