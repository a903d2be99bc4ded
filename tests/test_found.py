"""What a search finds in generated records of several languages: what a plain reading of their texts finds."""

import random

import pytest

from app.lists import RANKED
from app.search import read_search
from tests.search_oracle import highlights, meets
from tests.searched import VOCABULARY, Searched, searched

__all__ = ["searched"]


@pytest.mark.parametrize("resource", ["statements", "readouts", "calls"])
@pytest.mark.parametrize("language", [*VOCABULARY, None])
async def test_what_is_found(searched: Searched, resource: str, language: str | None) -> None:
    """Every question, in one language or several, finds what a plain reading finds, in the list's own order."""
    chance = random.Random(f"{resource} {language}")
    only = {} if language is None else {"language": language}
    in_order = [record["id"] for record in await searched.walk(resource, limit="200", **only)]
    hits = 0
    for _ in range(40):
        question = searched.question(chance, language)
        alternatives = read_search(question)
        expected = [key for key in in_order if meets(alternatives, searched.parts[resource][key])]
        limit = chance.choice(("1", "7", "50", "200")) if len(expected) < 30 else "50"
        found = await searched.walk(resource, q=question, limit=limit, **only)
        assert [record["id"] for record in found] == expected, question
        hits += bool(expected)
        for record in found if resource != "calls" else ():
            readout = searched.readouts[record["id"] if resource == "readouts" else record["readout"]["id"]]
            text = record.get("text") or (readout["versions"] or [{"text": ""}])[-1]["text"]
            assert record["highlights"] == highlights(alternatives, text, readout["language"]), (question, text)
    assert hits > 20


async def test_with_other_filters(searched: Searched) -> None:
    """All of them hold at once, counted and uncounted, forwards and backwards, and by relevance."""
    chance = random.Random(7)
    filters = [{"speaker": "one"}, {"act": "agree"}, {"date_from": "2000"}, {"date": "1990/2005", "language": "en"}]
    for _ in range(30):
        asked = {name: value for some in chance.sample(filters, 2) for name, value in some.items()}
        question = searched.question(chance)
        everything = await searched.walk("statements", limit="200", **asked)
        alternatives = read_search(question)
        expected = [one["id"] for one in everything if meets(alternatives, searched.parts["statements"][one["id"]])]
        assert [one["id"] for one in await searched.walk("statements", q=question, **asked)] == expected
        backwards = await searched.walk("statements", q=question, sort="date", **asked)
        assert sorted(one["id"] for one in backwards) == sorted(expected)
        best = await searched.walk("statements", q=question, sort="relevance", limit="3", **asked)
        assert sorted(one["id"] for one in best) == sorted(expected[:RANKED])
        first = await searched.client.get(
            "/v1/statements", params={"q": question, "sort": "relevance", "count": "exact", "limit": "1", **asked}
        )
        page = first.json()["page"]
        assert (page["total"], page["ranked"]) == (len(expected), min(len(expected), RANKED))
