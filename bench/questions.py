"""The questions that the services are asked, made of what was generated: the same records give the same ones."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from http.client import HTTPConnection
from itertools import permutations
from random import Random
from urllib.parse import urlencode

from bench.documents import Generator

NAMES = {
    "Q1": "a call with its statements",
    "Q2": "newest 20 calls of a leader",
    "Q3": "a leader between two dates",
    "Q4": "newest 20 of two leaders",
    "Q5": "a day, a month",
    "Q6": "two words that seldom meet",
    "Q6c": "two common words",
    "Q7": "a page far down the list",
    "Q8": "a leader's calls a year",
    "S1": "newest 20 statements of a speaker",
    "S2": "a leader",
    "S3": "a topic with narrower ones",
}
ASKED = [name for name in NAMES if name.startswith("Q")]
"""Those that are asked where none is named."""
_MOST = 4_000
_MOST_ALIKE = 8
"""How often one target is asked in a rotation, at most."""
_COMMON = 100
_PAGE = 20
_LARGEST_PAGE = 200
_DEPTH = 100_000
_PAGES = 2_500
_FARTHEST = 5
"""How many records lie between two pages of Q7, at most."""


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of question: the targets that ask it of our service and of the textbook's, in the same order."""

    ours: list[str]
    textbook: list[str]
    comparable: bool = True
    """Whether both services are to give the same records in the same shape."""


def bare_path(name: str, target: str) -> str:
    """The path below which the bare services answer a question, as a route declares it."""
    return re.sub(r"^/v1/\w+(/)?.*", lambda match: f"/{name}/{{id}}" if match[1] else f"/{name}", target)


def bare_target(name: str, target: str) -> str:
    """A target of ours as the bare services know it: the question's name stands for the resource's."""
    return re.sub(r"^/v1/\w+", f"/{name}", target)


def make_questions(port: int, calls: int, seed: int) -> dict[str, Question]:
    """The questions by their names; whose calls are asked for goes by how often a leader takes part.

    `port` is that of our service, which gives out the cursors of pages far down; Q8 is left out where it has no facets.
    """
    generator = Generator(seed)
    chance = Random(seed)
    slugs = {leader["id"]: leader["slug"] for leader in generator.leaders}
    drawn = [generator.call(chance.randrange(calls)) for _ in range(_MOST)]
    pairs = [[slugs[person["leader"]] for person in call["participants"][:2]] for call in drawn]
    # Every leader is asked for, and those who take part often more than once.
    leaders = _seldom([*slugs.values(), *(chance.choice(pair) for pair in pairs)])
    chance.shuffle(leaders)
    days = [call["claims"][0]["value"]["edtf"] for call in drawn]
    spans = [_around(int(day[:4]), chance) for day in days]
    phrases = chance.sample(range(generator.phrases(calls)), min(_MOST, generator.phrases(calls)))
    common = chance.sample(list(permutations(generator.vocabulary[:_COMMON], 2)), _MOST)
    asked = {
        "Q1": [f"/v1/calls/{call['id']}?include=statements" for call in drawn],
        "Q2": [_calls(leader=leader) for leader in leaders],
        "Q3": [
            _calls(leader=chance.choice(pair), date_from=str(first), date_to=str(last))
            for pair, (first, last) in zip(pairs, spans, strict=True)
        ],
        "Q4": [_calls(leader=pair) for pair in pairs],
        "Q5": [_calls(date=day if number % 2 else day[:7]) for number, day in enumerate(days)],
        "Q6": [_statements(q=generator.phrase(number)) for number in phrases],
        "Q6c": [_statements(q=" ".join(words)) for words in common],
        "S1": [_statements(speaker=leader) for leader in leaders],
        "S2": [f"/v1/leaders/{slug}" for slug in slugs.values()],
        "S3": [_calls(topic=topic["slug"]) for topic in generator.topics if topic["broader"] is None],
    }
    questions = {}
    for name, targets in asked.items():
        kept = _seldom(targets)
        questions[name] = Question(kept, kept)
    pages = list(_pages(port, calls))
    chance.shuffle(pages)
    questions["Q7"] = Question(
        [_calls(cursor=cursor) for _, cursor in pages], [_calls(offset=str(depth)) for depth, _ in pages]
    )
    questions["Q8"] = Question(
        [f"/v1/calls?{urlencode({'leader': leader, 'facet': 'year', 'limit': 1})}" for leader in leaders],
        [f"/v1/leaders/{leader}/years" for leader in leaders],
        comparable=False,
    )
    return {name: questions[name] for name in NAMES}


def _calls(**parameters: str | list[str]) -> str:
    return f"/v1/calls?{urlencode({'limit': str(_PAGE), **parameters}, doseq=True)}"


def _statements(**parameters: str) -> str:
    return f"/v1/statements?{urlencode({'limit': str(_PAGE), **parameters})}"


def _seldom(asked: list[str]) -> list[str]:
    times: Counter[str] = Counter()
    kept = []
    for one in asked:
        times[one] += 1
        if times[one] <= _MOST_ALIKE:
            kept.append(one)
    return kept


def _around(year: int, chance: Random) -> tuple[date, date]:
    middle = date(year, 7, 1)
    before, after = (timedelta(days=365 * chance.randint(1, 10)) for _ in range(2))
    return middle - before, middle + after


def _pages(port: int, calls: int) -> Iterator[tuple[int, str]]:
    """How many records lie before a page far down the list, and the cursor that leads to it."""
    far = min(_DEPTH, calls // 2)
    step = max(1, min(_FARTHEST, (calls - far) // _PAGES))
    connection = HTTPConnection("127.0.0.1", port)
    depth, cursor, found = 0, "", 0
    while found < _PAGES:
        limit = min(_LARGEST_PAGE, far - depth) if depth < far else step
        connection.request("GET", f"/v1/calls?limit={limit}{cursor and '&cursor='}{cursor}")
        page = json.load(connection.getresponse())["page"]
        if page["next"] is None:
            break
        depth, cursor = depth + limit, page["next"]
        if depth >= far:
            found += 1
            yield depth, cursor
    connection.close()
