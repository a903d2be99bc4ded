"""The seed: what the records hold of the first call."""

import httpx


async def test_calls_by_name(client: httpx.AsyncClient) -> None:
    """A leader's name finds the call."""
    answer = await client.get("/v1/calls", params={"leader": "普京", "date": "2020-03"})
    assert answer.status_code == 200
    assert [call["slug"] for call in answer.json()["data"]] == ["2020-03-19-xi-jinping-vladimir-putin"]


async def test_world(world_client: httpx.AsyncClient) -> None:
    answer = await world_client.get("/v1/calls", params={"count": "exact"})
    assert answer.json()["page"]["total"] == 240
