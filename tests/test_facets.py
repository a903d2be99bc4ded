"""Facets: counts right to the unit, whatever is counted beforehand, and equal to what the filters find."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import get_args

import asyncpg
import httpx
import pytest

from app.db import dsn
from app.vocabulary import Facet
from tests.conftest import client_of, create_database, opened, serving
from tests.facet_oracle import FILTERS, FacetOracle, answered
from tests.factories import make_world
from tests.oracle import Oracle
from tests.test_filters import Choices, Question, choices, drawn, oracle  # noqa: F401 - fixtures

FACETS: tuple[Facet, ...] = get_args(Facet)
QUESTIONS = 45
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


def questions(oracle: Oracle, choices: Choices, resource: str) -> list[Question]:  # noqa: F811
    """Questions that are answered in every way."""
    combined = [drawn(oracle, choices, resource, number) for number in range(QUESTIONS)]
    dated = [{"date": [date]} for date in ("2020-03", "2020", "unknown", "2020-03-19")]
    return [*KEPT[resource], *dated, *combined]


async def facets_of(
    client: httpx.AsyncClient, path: str, asked: Question, *names: Facet
) -> dict[str, dict[str, object]]:
    """The facets that a list answers."""
    answer = await client.get(path, params={**asked, "facet": list(names), "limit": "1"})
    assert answer.status_code == 200, answer.text
    facets: dict[str, dict[str, object]] = answer.json()["facets"]
    assert list(facets) == sorted(names)
    return facets


@pytest.mark.parametrize("resource", FILTERS)
async def test_every_count_is_that_of_the_documents(
    clients: list[httpx.AsyncClient],
    oracle: Oracle,  # noqa: F811
    choices: Choices,  # noqa: F811
    facet_oracle: FacetOracle,
    resource: str,
) -> None:
    """For all facets at once, in whatever state the counts are."""
    for number, asked in enumerate(questions(oracle, choices, resource)):
        expected = facet_oracle.counts(resource, asked, FACETS)
        for client in clients if number < 20 else [clients[number % 3]]:
            facets = await facets_of(client, f"/v1/{resource}", asked, *FACETS)
            for name in FACETS:
                assert answered(facets[name]) == expected[name], (asked, name)
                assert facets[name]["value_count"] == len(expected[name][0])
                assert facets[name]["complete"] is True
