"""Writers who meet at one call and its accounts: the second waits for the first, and none for each other."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.conftest import connected
from tests.examples import BODIES
from tests.test_writes import change, record_all

CALL = "/v1/calls/2017-02-09-donald-trump-xi-jinping"
READOUT = f"/v1/readouts/{BODIES['createReadout']['id']}"
ACCOUNT = {name: BODIES["createReadout"][name] for name in ("kind", "language", "publisher")}
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def one_after_the_other(url: str, held: str, *writes: Any) -> list[int]:
    """The statuses of writes that begin in their order, each when those before wait, while somebody holds some rows."""
    async with connected(url) as other, connected(url) as watch:
        async with other.transaction():
            await other.execute(held)
            tasks = []
            for number, write in enumerate(writes, 1):
                tasks.append(asyncio.create_task(write))
                while await watch.fetchval(WAITING) < number and not tasks[-1].done():
                    pass
            assert not any(task.done() for task in tasks)
        return [answer.status_code for answer in await asyncio.gather(*tasks)]


@pytest.fixture
async def own(editor: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that writes; a call with a readout and a statement is recorded."""
    await record_all(editor)
    return editor


async def test_a_call_and_the_language_of_its_readout(own: httpx.AsyncClient, own_seeded_url: str) -> None:
    """A new language goes into the statements, and then into what is searched of the call."""
    held = "SELECT FROM participants FOR UPDATE"
    writes = (change(own, CALL, {"title": "Another"}), change(own, READOUT, {"language": "de"}))
    assert await one_after_the_other(own_seeded_url, held, *writes) == [200, 200]
    held = "SELECT FROM calls FOR UPDATE"
    writes = (change(own, READOUT, {"language": "fr"}), change(own, CALL, {"title": "A third"}))
    assert await one_after_the_other(own_seeded_url, held, *writes) == [200, 200]
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
    held = "SELECT FROM participants FOR UPDATE"
    writes = (
        change(own, READOUT, {"versions": [words, newer]}),
        change(own, f"/v1/readouts/{other}", {"language": "de"}),
    )
    assert await one_after_the_other(own_seeded_url, held, *writes) == [200, 200]
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
    held = "SELECT FROM readouts FOR SHARE"
    writes = [own.post("/v1/calls", json={**given, "slug": slug}) for slug in ("one", "other")]
    assert await one_after_the_other(own_seeded_url, held, *writes) == [201, 201]
    assert {call["slug"] for call in (await own.get(f"/v1/readouts/{account}")).json()["calls"]} > {"one", "other"}
