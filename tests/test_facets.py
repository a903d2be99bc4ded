"""Facets: counts right to the unit, whatever is counted beforehand, and equal to what the filters find."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any, get_args

import asyncpg
import httpx
import pytest

from app import counting
from app.db import dsn
from app.records import Records, add_records
from app.vocabulary import Facet
from tests.conftest import PATIENCE, client_of, create_database, opened, serving
from tests.facet_oracle import FILTERS, FacetOracle, answered
from tests.factories import make_world
from tests.oracle import Oracle
from tests.test_filters import REPEATED, Choices, Question, choices, drawn, oracle  # noqa: F401 - fixtures

FACETS: tuple[Facet, ...] = get_args(Facet)
QUESTIONS = 30
"""How many questions of several filters each list is asked."""
KEPT: Mapping[str, list[Question]] = {
    "calls": [{}, *({"leader": [f"leader-{number}"]} for number in range(1, 13))],
    "statements": [{}, *({"speaker": [f"leader-{number}"]} for number in range(1, 13))],
}
"""Questions that are answered by what is kept of all records or of one leader."""


async def count_calls(url: str, most: int) -> int:
    """Count calls that are not counted yet; gives how many were."""
    connection = await asyncpg.connect(dsn(url))
    try:
        return int(await connection.fetchval("SELECT count_calls($1)", most))
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def clients(server: str, migrated: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    """The same records three times: with no call counted, with every call, and with some."""
    async with AsyncExitStack() as stack:
        made = []
        for most in (0, 1000, 120):
            url = await create_database(server, migrated)
            async with opened(url) as database:
                await make_world(url, database)
            assert await count_calls(url, most) == min(most, 240)
            made.append(await stack.enter_async_context(client_of(await stack.enter_async_context(serving(url)))))
        yield made


@pytest.fixture(scope="module")
def facet_oracle(oracle: Oracle) -> FacetOracle:  # noqa: F811
    """The second reading of what records are counted by."""
    return FacetOracle(oracle)


@pytest.fixture(scope="module")
def questions(oracle: Oracle, choices: Choices) -> Mapping[str, list[Question]]:  # noqa: F811
    """For each list, questions that are answered in every way."""
    dated = [{"date": [date]} for date in ("2020-03", "2020", "unknown", "2020-03-19")]
    return {
        resource: [*KEPT[resource], *dated, *(drawn(oracle, choices, resource, number) for number in range(QUESTIONS))]
        for resource in KEPT
    }


async def facets_of(client: httpx.AsyncClient, path: str, asked: Question, *names: Facet) -> dict[str, dict[str, Any]]:
    """The facets that a list answers."""
    answer = await client.get(path, params={**asked, "facet": list(names), "limit": "1"})
    assert answer.status_code == 200, answer.text
    facets: dict[str, dict[str, Any]] = answer.json()["facets"]
    assert list(facets) == sorted(names)
    return facets


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a slow machine count to the end, where a test is not about the time that it takes."""
    monkeypatch.setattr(counting, "SECONDS", PATIENCE)


@pytest.mark.parametrize("resource", FILTERS)
async def test_every_count_is_that_of_the_documents(
    clients: list[httpx.AsyncClient],
    questions: Mapping[str, list[Question]],
    facet_oracle: FacetOracle,
    resource: str,
) -> None:
    """For all facets at once, in whatever state the counts are."""
    for number, asked in enumerate(questions[resource]):
        expected = facet_oracle.counts(resource, asked, FACETS)
        for client in clients if number < 8 else [clients[number % 3]]:
            facets = await facets_of(client, f"/v1/{resource}", asked, *FACETS)
            for name in FACETS:
                assert answered(facets[name]) == expected[name], (asked, name)
                assert facets[name]["value_count"] == len(expected[name][0])
                assert facets[name]["complete"] is True


@pytest.mark.parametrize("resource", FILTERS)
async def test_a_count_is_the_total_with_the_filter(
    clients: list[httpx.AsyncClient],
    questions: Mapping[str, list[Question]],
    resource: str,
) -> None:
    """Where a value is itself a filter, and the question does not ask by another value of it."""
    chance = random.Random(resource)
    asked_for = 0
    for number, asked in enumerate(questions[resource][::3]):
        client = clients[number % 3]
        facets = await facets_of(client, f"/v1/{resource}", asked, *FILTERS[resource])
        for name, parameter in FILTERS[resource].items():
            values: list[dict[str, Any]] = facets[name]["values"]
            for value in chance.sample(values, min(len(values), 2)):
                repeatable = (resource, parameter) in REPEATED
                if parameter in asked and not repeatable:
                    continue
                narrowed = {**asked, parameter: [*asked.get(parameter, []), value["value"]], "count": "exact"}
                answer = await client.get(f"/v1/{resource}", params=narrowed)
                assert answer.json()["page"]["total"] == value["count"], narrowed
                asked_for += 1
    assert asked_for > 50


async def test_the_statements_of_a_call(clients: list[httpx.AsyncClient], facet_oracle: FacetOracle) -> None:
    """Alone and with filters of either kind."""
    for number, call in enumerate(facet_oracle.oracle.records["calls"][:30]):
        for asked in ({}, {"speaker": ["leader-3"]}, {"act": ["agree"]}):
            expected = facet_oracle.counts("statements", {**asked, "call": [call["slug"]]}, FACETS)
            facets = await facets_of(clients[number % 3], f"/v1/calls/{call['slug']}/statements", asked, *FACETS)
            assert {name: answered(facets[name]) for name in FACETS} == expected


async def test_values_stand_in_order_with_what_they_mean(clients: list[httpx.AsyncClient]) -> None:
    """The most frequent first, ties by key; records by the usual references."""
    for client in clients:
        facets = await facets_of(client, "/v1/calls", {}, *FACETS)
        for name, facet in facets.items():
            values: list[dict[str, Any]] = facet["values"]
            assert values == sorted(values, key=lambda one: (-one["count"], one["value"])), name
        (party,) = [one for one in facets["party"]["values"] if one["value"] == "SUHH"]
        assert party["record"] == {"id": party["record"]["id"], "code": "SUHH", "name": "Former Union"}
        (leader,) = [one for one in facets["speaker"]["values"] if one["value"] == "leader-3"]
        assert leader["record"] == {"id": leader["record"]["id"], "slug": "leader-3", "name": "Leader 3"}
        terms = [one for name in ("year", "channel", "act") for one in facets[name]["values"]]
        assert [one["record"] for one in terms] == [None] * len(terms)


async def test_a_page_without_facets_has_none(clients: list[httpx.AsyncClient]) -> None:
    """And one with them is the same page beside them, wherever in the list it stands."""
    plain = (await clients[0].get("/v1/calls?limit=3&count=exact")).json()
    assert plain.keys() == {"data", "page"}
    faceted = (await clients[0].get("/v1/calls?limit=3&count=exact&facet=channel")).json()
    assert faceted == plain | {"facets": faceted["facets"]}
    further = f"/v1/calls?limit=3&cursor={plain['page']['next']}&facet=channel,channel&facet=channel"
    assert (await clients[0].get(further)).json()["facets"] == faceted["facets"]


async def test_only_the_most_frequent_values_are_told(server: str, migrated: str) -> None:
    """And how many there are in all."""
    url = await create_database(server, migrated)
    slugs = sorted(f"l-{number}" for number in range(130))
    leaders = [{"slug": slug, "names": [{"name": slug, "kind": "preferred"}]} for slug in slugs]
    call = {
        "slug": "crowd",
        "title": "Crowd",
        "date": {"edtf": "2020"},
        "channel": "video",
        "participants": [{"ref": slug, "leader": slug, "role": "principal"} for slug in slugs],
    }
    async with opened(url) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate({"leaders": leaders, "calls": [call]}, strict=False))
    async with serving(url) as app, client_of(app) as client:
        facets = await facets_of(client, "/v1/calls", {}, "leader", "month")
    assert facets["leader"]["value_count"] == 130
    assert [one["value"] for one in facets["leader"]["values"]] == slugs[:100]
    assert facets["month"] == {"values": [], "value_count": 0, "none": 1, "complete": True}


@pytest.mark.parametrize("asked", [{}, {"leader": ["leader-1"]}, {"date": ["2020"]}, {"role": ["any"]}])
async def test_what_takes_too_long_is_left_out(
    server: str, migrated: str, monkeypatch: pytest.MonkeyPatch, asked: Question
) -> None:
    """The list is answered all the same, each facet says so, and the database does not go on counting."""
    monkeypatch.setattr(counting, "SECONDS", 0.2)
    url = await create_database(server, migrated)
    async with opened(url) as database:
        await make_world(url, database, calls=5)
    connection = await asyncpg.connect(dsn(url))
    try:
        for function in (
            "facet_totals(leader uuid, facets text[])",
            "facet_sums(ids uuid[], leader uuid, facets text[])",
        ):
            await connection.execute(
                f"""CREATE OR REPLACE FUNCTION {function}
                RETURNS TABLE (facet text, value text, calls bigint, statements bigint) LANGUAGE sql
                BEGIN ATOMIC SELECT '', '', 0, 0 FROM pg_sleep(60); END"""
            )
        async with serving(url) as app, client_of(app) as client:
            for _ in range(12):
                facets = await facets_of(client, "/v1/calls", asked, "channel", "topic")
                nothing: dict[str, Any] = {"values": [], "value_count": None, "none": None, "complete": False}
                assert facets == {"channel": nothing, "topic": nothing}
            busy = 0
            for _ in range(20):
                busy = await connection.fetchval(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
                )
                if busy == 1:
                    break
                await asyncio.sleep(0.05)
            assert busy == 1
            assert (await client.get("/v1/calls", params=asked)).status_code == 200
    finally:
        await connection.close()


@pytest.mark.parametrize("facet", ["", "leaders", "leader,", ",leader", "leader;year", "LEADER", " leader", "a" * 3000])
@pytest.mark.parametrize("path", ["/v1/calls", "/v1/statements", "/v1/calls/call-1/statements"])
async def test_what_is_no_facet(clients: list[httpx.AsyncClient], path: str, facet: str) -> None:
    """It is refused by name, like any other parameter."""
    answer = await clients[0].get(path, params={"facet": facet})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems#invalid-request")
    assert {error["parameter"] for error in answer.json()["errors"]} == {"facet"}


@pytest.mark.parametrize("path", ["/v1/leaders", "/v1/calls/call-1", "/v1/participants"])
async def test_other_lists_have_no_facets(clients: list[httpx.AsyncClient], path: str) -> None:
    """Nor has a single record."""
    assert (await clients[0].get(path, params={"facet": "leader"})).status_code == 422


async def test_more_facets_than_there_are(clients: list[httpx.AsyncClient]) -> None:
    """Nine at most, also where they repeat; a leader who is nobody is refused as without facets."""
    asked = ",".join([*FACETS, "leader"])
    assert (await clients[0].get("/v1/calls", params={"facet": asked})).status_code == 422
    answer = await clients[0].get("/v1/calls", params={"facet": "leader", "leader": "nobody"})
    assert answer.json()["type"] == "/problems#unknown-reference"
