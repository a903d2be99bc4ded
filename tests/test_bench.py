"""The benchmark: what it generates, and how it counts; `tests/test_benchmarks.py` runs it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import asyncpg
import httpx
import pytest

from app.db import dsn
from bench.captured import capturing
from bench.documents import Generator
from bench.generate import lines, record_generated
from bench.goals import Goal
from bench.load import Plan, Seen
from bench.measuring import growth, ratio
from bench.pgbench import write_scripts
from bench.running import load
from bench.tables import reached
from tests.conftest import connected, opened

CALLS = 40


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    """Generated records, each with its type."""
    return [json.loads(line) for line in lines(CALLS, seed=1)]


def test_the_same_seed_gives_the_same_records_however_many(records: list[dict[str, Any]]) -> None:
    """Fewer calls are the first of more, and another seed gives others."""
    fewer = [json.loads(line) for line in lines(CALLS // 2, seed=1)]
    assert fewer == records[: len(fewer)]
    assert records[-1] == {"type": "call", **Generator(1).call(CALLS - 1)}
    assert records[-1] != {"type": "call", **Generator(2).call(CALLS - 1)}


async def test_a_recording_goes_on_where_it_was_broken_off(records: list[dict[str, Any]], empty_url: str) -> None:
    """What is recorded in two goes are the same calls, and all is derived from them that lists and counts need."""
    assert [json.loads(line) for line in lines(CALLS, seed=1, there=CALLS // 2)] == records[-(CALLS // 2) :]
    async with opened(empty_url) as database:
        await record_generated(database, CALLS // 2, seed=1)
        await record_generated(database, CALLS, seed=1, there=CALLS // 2)
    ready = "SELECT call_id FROM call_documents WHERE document IS NOT NULL ORDER BY call_id"
    async with connected(empty_url) as connection:
        found = await connection.fetch(ready)
        uncounted = await connection.fetchval("SELECT count(*) FROM uncounted_calls")
    assert [str(row["call_id"]) for row in found] == [call["id"] for call in records[-CALLS:]]
    assert uncounted == 0


def test_a_record_comes_after_those_it_refers_to(records: list[dict[str, Any]]) -> None:
    """Ids, slugs and codes are known before they are used, and no id is given twice."""
    known: set[str | None] = {None}
    for record in records:
        referred = {record.get("party"), record.get("broader")}
        referred |= {office["party"] for office in record.get("offices", ())}
        for readout in record.get("readouts", ()):
            referred |= {claim["value"] for claim in readout["claims"]}
        for person in record.get("participants", ()):
            referred |= {person["leader"], person["party"]}
        for statement in record.get("statements", ()):
            referred |= set(statement["topics"])
        assert referred <= known, record
        known |= {record["id"], record.get("slug"), record.get("code")}
    parts = [part for record in records for name in ("readouts", "participants") for part in record.get(name, ())]
    parts += [statement for record in records for statement in record.get("statements", ())]
    ids = Counter(part["id"] for part in (*records, *parts))
    assert max(ids.values()) == 1


def test_calls_are_of_the_size_that_is_said(records: list[dict[str, Any]]) -> None:
    """2 to 4 participants who differ, 8 to 16 statements of about 30 words that stand in the readout."""
    for call in records[-CALLS:]:
        people = [person["leader"] for person in call["participants"]]
        assert 2 <= len(people) == len(set(people)) <= 4
        assert 8 <= len(call["statements"]) <= 16
        [readout] = call["readouts"]
        text = readout["versions"][0]["text"]
        for statement in call["statements"]:
            assert 20 <= len(statement["text"].split()) <= 42
            assert text[statement["start"] : statement["end"]] == statement["text"]
            attribution = statement["attribution"]
            if attribution["kind"] == "explicit":
                assert text[attribution["start"] : attribution["end"]] == attribution["text"]


def test_the_words_of_a_phrase_meet_in_few_statements(records: list[dict[str, Any]]) -> None:
    """In as many, whatever the number of calls."""
    generator = Generator(1)
    said = [statement["text"] for call in records[-CALLS:] for statement in call["statements"]]
    assert generator.phrases(CALLS) == 5
    for number in range(generator.phrases(CALLS)):
        assert sum(generator.phrase(number) in text for text in said) == 8
    common = generator.vocabulary[0]
    assert sum(common in text for text in said) > len(said) / 2


class Answering(BaseHTTPRequestHandler):
    """Answers one request in four by a fault."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    asked: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        """Answer 100 letters in two pieces."""
        self.asked[self.path] += 1
        body = b"x" * 100
        self.wfile.write(f"HTTP/1.1 {500 if self.path == '/3' else 200} OK\r\ncontent-length: 100\r\n\r\n".encode())
        self.wfile.write(body[:40])
        self.wfile.flush()
        self.wfile.write(body[40:])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


@pytest.fixture
def answering() -> Iterator[int]:
    """The port of a service that answers in pieces, and now and then by a fault."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_the_load_counts_answers_sizes_and_errors(answering: int) -> None:
    """Every target is asked as often, beginning with the one that the plan says."""
    seen = load(Plan(answering, [f"/{number}" for number in range(4)], 1, 0.3, 2, 0.0))
    asked = Answering.asked
    assert seen.requests > 40
    assert seen.per_second == pytest.approx(seen.requests / 0.3)
    assert seen.size == 100
    assert seen.errors == asked["/3"]
    assert max(asked.values()) - min(asked.values()) <= 1
    assert asked["/1"] >= asked["/0"]
    assert 0 < seen.p50 <= seen.p99


def test_percentiles() -> None:
    """The middle one, and the one that 99 of 100 do not exceed; in milliseconds."""
    seen = Seen.of([number / 1000 for number in range(1, 101)], 2.0)
    assert (seen.requests, seen.per_second, seen.p50, seen.p99) == (100, 50, 51, 100)
    assert Seen.of([], 1.0).per_second == 0


def test_goals_are_told_by_whether_they_hold() -> None:
    """By kind, with what was seen and the bound; those asked for more calls are marked."""
    goals = [
        Goal("ours / theirs", "Q2", 3.0, 4.0, 1_000),
        Goal("ours / theirs", "Q1", 4.0, 4.0, 1_000),
        Goal("time", "Q1", 4.5, 4.0, 2_000, upper=True),
    ]
    assert list(reached(goals, 1_000)) == [
        "- ours / theirs: holds for Q1 4.00 (at least 4); does not hold for Q2 3.00 (at least 4)",
        "- time (asked at 2,000 calls): does not hold for Q1 4.50 (at most 4)",
    ]


def test_ratios_are_those_of_the_rounds() -> None:
    """The median round counts, not the ratio of medians; growth is how many times as long the larger takes."""
    ours, theirs = (
        [Seen(1, 0, rate, 1000 / rate, 2000 / rate, 9.0) for rate in rates] for rates in ((10, 30, 50), (10, 5, 50))
    )
    rounds = {"ours": ours, "theirs": theirs}
    assert ratio(rounds, "ours", "theirs") == 1
    assert ratio(rounds, "theirs", "ours") == 1
    assert growth({"ours": ours[:1], "theirs": theirs[1:2]}, "theirs", "ours", "p50") == 2


async def test_pgbench_asks_what_the_service_asks(seeded_url: str, client: httpx.AsyncClient, tmp_path: Path) -> None:
    """The script's statement with its arguments gives the records of the service's answer."""
    targets = ["/v1/calls?leader=Putin&date=2020-03", "/v1/statements?q=epidemic+-control&limit=3"]
    async with capturing(seeded_url) as captured:
        asked = await captured.statements(targets)
    assert "-c default_transaction_read_only=on" in captured.options
    connection = await asyncpg.connect(dsn(seeded_url))
    try:
        for number, target in enumerate(targets):
            script = write_scripts(tmp_path / str(number), asked[number : number + 1], captured.options)
            text = (script.folder / "0.sql").read_text("utf-8")
            [prepare] = re.findall(r"^PREPARE .*?;$", text, re.MULTILINE | re.DOTALL)
            [execute] = re.findall(r"^EXECUTE .*;$", text, re.MULTILINE)
            await connection.execute(prepare)
            row = await connection.fetchrow(execute)
            await connection.execute("DEALLOCATE ALL")
            assert json.loads(f"[{row[0]}]") == (await client.get(target)).json()["data"] != []
    finally:
        await connection.close()
