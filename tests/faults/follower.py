"""A follower: applies the changes of a service, and stores its cursor with what it applied in one transaction.

    python -m tests.faults.follower ADDRESS FILE poll|stream

It can be killed at any moment and started again, and ends only so. A cursor that is gone ends it with exit code 3.
"""

import json
import random
import sqlite3
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

GONE = 3


class Applied:
    """What was applied, in a file."""

    def __init__(self, file: Path) -> None:
        """Open the file, or begin it."""
        self._database = sqlite3.connect(file, isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
            "CREATE TABLE IF NOT EXISTS applied (place INTEGER PRIMARY KEY AUTOINCREMENT, change TEXT, lag REAL);"
            "CREATE TABLE IF NOT EXISTS standing (cursor TEXT);"
        )

    @property
    def cursor(self) -> str | None:
        """Where to go on; None at the beginning."""
        row = self._database.execute("SELECT cursor FROM standing").fetchone()
        return row[0] if row else None

    def apply(self, changes: Sequence[dict[str, Any]]) -> None:
        """Apply changes and store the last one's cursor, both or neither."""
        now = time.time()
        self._database.execute("BEGIN")
        for change in changes:
            written = datetime.fromisoformat(change["content_changed_at"]).timestamp()
            self._database.execute(
                "INSERT INTO applied (change, lag) VALUES (?, ?)", (json.dumps(change), now - written)
            )
        self._database.execute("DELETE FROM standing")
        self._database.execute("INSERT INTO standing VALUES (?)", (changes[-1]["cursor"],))
        self._database.execute("COMMIT")

    def rows(self) -> list[tuple[dict[str, Any], float]]:
        """All that was applied, in its order, and how many seconds after it was written."""
        rows = self._database.execute("SELECT change, lag FROM applied ORDER BY place")
        return [(json.loads(change), lag) for change, lag in rows]


def poll(client: httpx.Client, applied: Applied) -> None:
    """Ask for what is new, at whatever times."""
    asked: dict[str, Any] = {"limit": random.choice([1, 10, 200])}
    if applied.cursor is not None:
        asked["after"] = applied.cursor
    answer = client.get("/v1/changes", params=asked)
    _check(answer)
    if changes := answer.json()["data"]:
        applied.apply(changes)
    else:
        time.sleep(random.uniform(0, 0.1))


def stream(client: httpx.Client, applied: Applied) -> None:
    """Take what comes as long as it comes."""
    headers = {} if applied.cursor is None else {"Last-Event-ID": applied.cursor}
    with client.stream("GET", "/v1/changes/stream", headers=headers) as answer:
        _check(answer)
        for line in answer.iter_lines():
            if line.startswith("data: "):
                applied.apply([json.loads(line[6:])])


def _check(answer: httpx.Response) -> None:
    if answer.status_code == httpx.codes.GONE:
        sys.exit(GONE)
    answer.raise_for_status()


def main() -> None:
    """Follow until killed."""
    address, file, how = sys.argv[1:]
    applied = Applied(Path(file))
    step = {"poll": poll, "stream": stream}[how]
    while True:
        try:
            with httpx.Client(base_url=address, timeout=20) as client:
                while True:
                    step(client, applied)
        except httpx.HTTPError:
            time.sleep(0.1)


if __name__ == "__main__":
    main()
