"""Writers who meet at one call and its accounts: the second waits for the first, and none for each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.conftest import connected
from tests.examples import BODIES
from tests.test_writes import change, record_all

CALL = "/v1/calls/2017-02-09-donald-trump-xi-jinping"
READOUT = f"/v1/readouts/{BODIES['createReadout']['id']}"
ACCOUNT = {name: BODIES["createReadout"][name] for name in ("kind", "language", "publisher")}
BEGUN = 0.3
"""How many seconds a writer is given to come as far as it can: less than the second that a lock is waited for."""


@asynccontextmanager
async def holding(url: str, *locks: str) -> AsyncIterator[None]:
    """Somebody else has these rows meanwhile."""
    async with connected(url) as other, other.transaction():
        for lock in locks:
            await other.execute(lock)
        yield


async def one_after_the_other(held: Any, *writes: Any) -> list[int]:
    """The statuses of writes that begin in their order while rows are held that the first of them wants."""
    async with held:
        tasks = []
        for write in writes:
            tasks.append(asyncio.create_task(write))
            await asyncio.sleep(BEGUN)
    return [answer.status_code for answer in await asyncio.gather(*tasks)]


@pytest.fixture
async def own(editor: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that writes; a call with a readout and a statement is recorded."""
    await record_all(editor)
    return editor


async def test_a_call_and_the_language_of_its_readout(own: httpx.AsyncClient, own_seeded_url: str) -> None:
    """A new language goes into the statements, and then into what is searched of the call."""
    held = holding(own_seeded_url, "SELECT FROM participants FOR UPDATE")
    writes = (change(own, CALL, {"title": "Another"}), change(own, READOUT, {"language": "de"}))
    assert await one_after_the_other(held, *writes) == [200, 200]
    held = holding(own_seeded_url, "SELECT FROM calls FOR UPDATE")
    writes = (change(own, READOUT, {"language": "fr"}), change(own, CALL, {"title": "A third"}))
    assert await one_after_the_other(held, *writes) == [200, 200]
    shown = (await own.get(READOUT)).json()
    found = (await own.get("/v1/statements", params={"language": "fr"})).json()["data"]
    assert (shown["language"], {one["readout"]["id"] for one in found}) == ("fr", {shown["id"]})


async def test_two_accounts_of_a_call(own: httpx.AsyncClient, own_seeded_url: str) -> None:
    """One gets a newer wording, which the call quotes from then on, while the language of the other changes."""
    (words,) = BODIES["createReadout"]["versions"]
    given = {**ACCOUNT, "title": "The other account", "versions": [words]}
    other = (await own.post("/v1/readouts", json=given)).json()["id"]
    (first,) = BODIES["createCall"]["statements"]
    said = {**first, "speakers": [{"participant": BODIES["createCall"]["participants"][0]["id"]}]}
    accounts = [first["readout"], other]
    patch = {"readouts": accounts, "statements": [{**said, "id": None, "readout": account} for account in accounts]}
    assert (await change(own, CALL, patch)).status_code == 200
    newer = {"version": 2, "text": f"Today: {words['text']}"}
    held = holding(own_seeded_url, "SELECT FROM participants FOR UPDATE")
    writes = (
        change(own, READOUT, {"versions": [words, newer]}),
        change(own, f"/v1/readouts/{other}", {"language": "de"}),
    )
    assert await one_after_the_other(held, *writes) == [200, 200]
    statements = (await own.get(f"{CALL}/statements")).json()["data"]
    assert sorted(one["readout"]["version"] for one in statements) == [1, 2]


async def test_two_calls_of_one_account(own: httpx.AsyncClient, own_seeded_url: str) -> None:
    """Both are recorded at once as told in it."""
    (account,) = BODIES["createCall"]["readouts"]
    given = {
        "title": "Another call",
        "participants": [{"ref": "trump", "leader": "donald-trump", "party": "US", "office": "President"}],
        "date": {"edtf": "2017"},
        "channel": "unknown",
        "readouts": [account],
    }
    held = holding(own_seeded_url, "SELECT FROM readouts FOR SHARE")
    writes = [own.post("/v1/calls", json={**given, "slug": slug}) for slug in ("one", "other")]
    assert await one_after_the_other(held, *writes) == [201, 201]
    assert {call["slug"] for call in (await own.get(f"/v1/readouts/{account}")).json()["calls"]} > {"one", "other"}
