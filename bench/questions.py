"""The questions that both services are asked, made from what is recorded: the same records give the same ones."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from http.client import HTTPConnection
from random import Random
from urllib.parse import urlencode

import asyncpg

from app.db import dsn

NAMES = {
    "Q1": "a call with its statements",
    "Q2": "newest 20 calls of a leader",
    "Q3": "a leader between two dates",
    "Q4": "newest 20 of two leaders",
    "Q5": "a day, a month",
    "Q6": "newest 20 statements of a speaker",
    "Q7": "a page far down the list",
    "Q8": "a leader",
    "Q9": "a topic with narrower ones",
}
_MOST = 4_000
_PAGE = 20


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of question: the targets that ask it of either service, in the same order."""

    ours: list[str]
    textbook: list[str]


async def make_questions(url: str, port: int, seed: int) -> dict[str, Question]:
    """The questions by their names; whose calls are asked for goes by how often a leader takes part.

    `port` is that of our service, which gives out the cursors of pages far down.
    """
    chance = Random(seed)
    connection = await asyncpg.connect(dsn(url))
    try:
        calls = await connection.fetch(
            "SELECT c.id::text, c.date_earliest AS day, array_agg(l.slug ORDER BY p.position) AS leaders"
            " FROM calls c JOIN participants p ON p.call_id = c.id JOIN leaders l ON l.id = p.leader_id"
            " WHERE p.role = 'principal' GROUP BY c.id ORDER BY c.id"
        )
        leaders = [row["slug"] for row in await connection.fetch("SELECT slug FROM leaders ORDER BY slug")]
        broad = await connection.fetch(
            "SELECT slug FROM topics WHERE id IN (SELECT broader_id FROM topics) ORDER BY slug"
        )
    finally:
        await connection.close()
    drawn = chance.choices(calls, k=_MOST)
    chance.shuffle(leaders)
    spans = [_around(row["day"], chance) for row in drawn]
    days = [f"{row['day']:%Y-%m-%d}" if number % 2 else f"{row['day']:%Y-%m}" for number, row in enumerate(drawn)]
    speakers = [chance.choice(row["leaders"]) for row in drawn]
    asked = {
        "Q1": [f"/v1/calls/{row['id']}?include=statements" for row in drawn],
        "Q2": [_calls(leader=speaker) for speaker in speakers],
        "Q3": [
            _calls(leader=speaker, date_from=str(first), date_to=str(last))
            for speaker, (first, last) in zip(speakers, spans, strict=True)
        ],
        "Q4": [_calls(leader=row["leaders"][:2]) for row in drawn],
        "Q5": [_calls(date=day) for day in days],
        "Q6": [f"/v1/statements?speaker={speaker}" for speaker in speakers],
        "Q8": [f"/v1/leaders/{leader}" for leader in leaders[:_MOST]],
        "Q9": [_calls(topic=row["slug"]) for row in broad],
    }
    questions = {name: Question(targets, targets) for name, targets in asked.items()}
    pages = [(depth, cursor) for depth, cursor in _walk(port, max(1, len(calls) // 2_500)) if depth >= len(calls) // 2]
    chance.shuffle(pages)
    questions["Q7"] = Question(
        [_calls(cursor=cursor) for _, cursor in pages], [_calls(offset=str(depth)) for depth, _ in pages]
    )
    return {name: questions[name] for name in NAMES}


def _calls(**parameters: str | list[str]) -> str:
    return f"/v1/calls?{urlencode({'limit': str(_PAGE), **parameters}, doseq=True)}"


def _around(day: date, chance: Random) -> tuple[date, date]:
    before, after = (timedelta(days=365 * chance.randint(1, 10)) for _ in range(2))
    return day - before, day + after


def _walk(port: int, step: int) -> Iterable[tuple[int, str]]:
    connection = HTTPConnection("127.0.0.1", port)
    depth, cursor = 0, ""
    while True:
        connection.request("GET", f"/v1/calls?limit={step}{cursor and '&cursor='}{cursor}")
        page = json.load(connection.getresponse())["page"]
        if page["next"] is None:
            break
        depth, cursor = depth + step, page["next"]
        yield depth, cursor
    connection.close()
