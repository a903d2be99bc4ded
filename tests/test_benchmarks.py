"""The benchmarks run as they are documented, at their smallest."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_all_of_it_runs() -> None:
    """Every contender answers without errors, and alike where they are to."""
    asked = ("Q1", "Q6", "Q7")
    contenders = ["ours", "textbook", "bare route", "bare route without parameters", "bare uvicorn", "pgbench"]
    command = [sys.executable, "-m", "bench", "--quick", *(part for name in asked for part in ("--only", name))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines() if "|" in line]
    tables = [rows[start : start + 2 + len(asked)] for start in range(0, len(rows), 2 + len(asked))]
    _, rates, times, sizes = ({row[0]: row[1:] for row in table} for table in tables)
    for table, what in ((rates, "answers a second"), (times, "p50 / p99 in ms"), (sizes, "bytes / errors")):
        assert table[what] == contenders
        for name in asked:
            assert len(table[name]) == len(contenders)
    for name in asked:
        for which, rate, size in zip(contenders, rates[name], sizes[name], strict=True):
            # The textbook's answers were compared before; in so short a turn it may finish none.
            assert rate != "0" or which == "textbook", (name, which)
            assert size.endswith(" / 0"), (name, which)
            assert size != "0 / 0" or which in {"textbook", "pgbench"}, (name, which)
    assert done.stderr.count("alike") == len(asked)


def test_posts_beside_bare_transactions() -> None:
    """Both are measured, and one is told over the other."""
    command = [sys.executable, "-m", "bench.writing", "--recorded", "50", "--seconds", "0.2", "--rounds", "1"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout
    assert re.search(r"\*\*POST over bare\*\* \| \*\*\d+\.\d\d\*\*", told)


def test_an_import_beside_a_copy() -> None:
    """Both are measured, and one is told over the other."""
    command = [sys.executable, "-m", "bench.loading", "--calls", "50"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout
    assert re.search(r"\*\*import over both\*\* \| \*\*\d+\.\d\d\*\*", told)
    assert re.search(r"bytes of NDJSON: \*\*\d+\.\d\d\*\*", told)
