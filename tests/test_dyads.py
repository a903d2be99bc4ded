"""With whom a leader spoke, and what two parties or leaders had to do with each other, held to the documents."""

import random
from collections import Counter
from datetime import date
from itertools import combinations, repeat
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from app.asked import DyadReference
from app.records import Records, add_records
from tests.conftest import client_of, create_database, opened, serving
from tests.factories import World
from tests.oracle import OPEN_END, OPEN_START, UNKNOWN, Document, Oracle, bounds_of, forms, shown, walk
from tests.test_filters import few, redirect  # noqa: F401 - a fixture
from tests.test_statement_count import statements_of

_CYCLE = 146_097
"""The days of 400 years."""


@pytest.fixture(scope="module")
def oracle(world: World) -> Oracle:
    """The second reading of the generated documents."""
    return Oracle(world.documents)


def together(oracle: Oracle, member: str, one: str, other: str) -> list[Document]:
    """The calls in which two took part as principals, in the order of their dates."""
    return sorted(
        (
            call
            for call in oracle.records["calls"]
            if {one, other} <= {person[member] for person in call["participants"] if person["role"] == "principal"}
        ),
        key=lambda call: (bounds_of(call), call["id"]),
    )


def told(call: Document) -> Document:
    """A call as it is told: by its date and a reference."""
    reference = {"id": call["id"], "slug": call["slug"], "name": call["title"]}
    return {"date": shown(call, "date")["edtf"], "call": reference}


def ends(calls: list[Document]) -> dict[str, Document | None]:
    """The first and the last call, of those that are dated."""
    dated = [told(call) for call in calls if bounds_of(call) != UNKNOWN]
    return {"first": dated[0] if dated else None, "last": dated[-1] if dated else None}


def counterparts(oracle: Oracle, leader: str) -> list[Document]:
    """Those with whom a leader spoke, the most frequent first."""
    found = []
    for other in oracle.records["leaders"]:
        calls = together(oracle, "leader", leader, other["slug"])
        if calls and other["slug"] != leader:
            reference = {"id": other["id"], "slug": other["slug"], "name": other["names"][0]["name"]}
            found.append({"leader": reference, "call_count": len(calls), **ends(calls)})
    return sorted(found, key=lambda one: (-one["call_count"], one["leader"]["slug"]))


@pytest.mark.parametrize("number", range(1, 13))
async def test_the_counterparts_of_a_leader(world_client: httpx.AsyncClient, oracle: Oracle, number: int) -> None:
    """In every order, in steps of every size, and counted."""
    expected = counterparts(oracle, f"leader-{number}")
    orders = {
        "-count": expected,
        "count": sorted(expected, key=lambda one: (one["call_count"], one["leader"]["slug"])),
        "name": sorted(expected, key=lambda one: one["leader"]["name"].casefold()),
        "-name": sorted(expected, key=lambda one: one["leader"]["name"].casefold(), reverse=True),
    }
    path = f"/v1/leaders/leader-{number}/counterparts"
    for sort, ordered in orders.items():
        for limit in (1, 3, 200) if sort == "-count" else (4,):
            asked = [("sort", sort), ("count", "exact")]
            pages = await walk(world_client, path, asked, repeat(limit))
            assert [one for page in pages for one in page["data"]] == ordered
            assert {page["page"]["total"] for page in pages} == {len(ordered)}
    assert (await world_client.get(path)).json()["data"] == expected[:20]
    qid = f"wikidata:Q{1000 + int(expected[0]['leader']['slug'].removeprefix('leader-'))}"
    assert (await world_client.get(path, params={"identifier": qid})).json()["data"] == expected[:1]


async def test_a_leader_who_spoke_with_nobody(world_client: httpx.AsyncClient, few: World) -> None:  # noqa: F811
    """And one who is nobody, or somebody else by now."""
    loner = {"slug": "loner", "names": [{"name": "Loner", "kind": "preferred"}]}
    async with opened(few.url) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate({"leaders": [loner]}))
    await redirect(few.url, "leaders", "gone", few.documents["leaders"][0]["id"])
    async with serving(few.url) as app, client_of(app) as client:
        answer = await client.get("/v1/leaders/loner/counterparts?count=exact")
        assert answer.json() == {"data": [], "page": {"limit": 20, "next": None, "total": 0}}
        answer = await client.get("/v1/leaders/gone/counterparts?limit=3")
        assert (answer.status_code, answer.headers["Location"]) == (308, "/v1/leaders/leader-1/counterparts?limit=3")
    assert (await world_client.get("/v1/leaders/nobody/counterparts")).json()["type"] == "/problems#not-found"
    assert (await world_client.get("/v1/leaders/Shared/counterparts")).json()["type"] == "/problems#ambiguous-name"
    for wrong in ("cursor=WyJ4Il0", "sort=date", "colour=red", "limit=0", "format=csv&limit=1", "format=xml"):
        assert (await world_client.get(f"/v1/leaders/leader-1/counterparts?{wrong}")).status_code == 422
    for form in ("ndjson", "csv"):
        for leader, problem in (("nobody", "not-found"), ("Shared", "ambiguous-name")):
            refused = await world_client.get(f"/v1/leaders/{leader}/counterparts?format={form}")
            assert refused.json()["type"] == f"/problems#{problem}"
    page = (await world_client.get("/v1/leaders/leader-1/counterparts?limit=1")).json()["page"]
    foreign = await world_client.get(f"/v1/leaders/leader-2/counterparts?limit=1&cursor={page['next']}")
    assert foreign.json()["type"] == "/problems#foreign-cursor"


def ordinal(day: str) -> int:
    """The number of a day, also in the year 0, and of the open ends."""
    if day in {OPEN_START, OPEN_END}:
        return 10**9 if day == OPEN_END else -(10**9)
    return (
        date.fromisoformat(day).toordinal()
        if day >= "0001"
        else date.fromisoformat(f"0400{day[4:]}").toordinal() - _CYCLE
    )


def iso(number: int) -> str:
    """The day of a number."""
    return (
        date.fromordinal(number).isoformat()
        if number > 0
        else f"0000{date.fromordinal(number + _CYCLE).isoformat()[4:]}"
    )


def gaps(calls: list[Document]) -> list[Document]:
    """The longest runs of days without a call, sought from every day after a call's last one."""
    spans = [tuple(map(ordinal, bounds_of(call))) for call in calls if bounds_of(call) != UNKNOWN]
    found: list[Document] = []
    for start in {latest + 1 for _, latest in spans}:
        later = [earliest for earliest, _ in spans if earliest > start]
        if later and not any(earliest <= start <= latest for earliest, latest in spans):
            found.append({"from": iso(start), "to": iso(min(later) - 1), "days": min(later) - start})
    return sorted(found, key=lambda gap: (-gap["days"], gap["from"]))[:5]


def dyad(oracle: Oracle, kind: str, one: Document, other: Document) -> Document:
    """All about two."""
    name, key = ("parties", "code") if kind == "party" else ("leaders", "slug")
    both = sorted((one, other), key=lambda record: str(record[key]))
    references = [
        {"id": record["id"], key: record[key], "name": record.get("name") or record["names"][0]["name"]}
        for record in both
    ]
    calls = together(oracle, kind, one[key], other[key])
    started = {
        record[key]: [oracle.tests["calls"]["initiator"](call, {"initiator": [record[key]]}) for call in calls]
        for record in both
    }
    kinds = [(shown(call, "initiator") or {}).get("kind") for call in calls]
    years = Counter(bounds_of(call)[0][:4] for call in calls if has_year(call))
    neither = [not any(by) for by in zip(*started.values(), strict=True)]
    return {
        "parties": None,
        "leaders": None,
        name: references,
        "call_count": len(calls),
        **ends(calls),
        "years": [{"year": year, "count": years[year]} for year in sorted(years)],
        "without_year": sum(not has_year(call) for call in calls),
        "gaps": gaps(calls),
        "initiated": [
            *({"kind": kind, "by": by, "count": sum(started[by[key]])} for by in references),
            {"kind": "mutual", "by": None, "count": kinds.count("mutual")},
            {
                "kind": "other",
                "by": None,
                "count": sum(
                    alone and what not in {None, "mutual"} for alone, what in zip(neither, kinds, strict=True)
                ),
            },
            {"kind": "unknown", "by": None, "count": kinds.count(None)},
        ],
        "latest_calls": [told(call) for call in reversed(calls)][:5],
    }


def has_year(call: Document) -> bool:
    """Whether a call is known to lie in one year."""
    earliest, latest = bounds_of(call)
    return earliest[:4] == latest[:4] and len(earliest) == 10


@pytest.mark.parametrize("kind", ["party", "leader"])
async def test_every_two(world_client: httpx.AsyncClient, oracle: Oracle, kind: str) -> None:
    """Whichever is named first, and in whatever form."""
    chance = random.Random(kind)
    key, records = ("code", oracle.records["parties"]) if kind == "party" else ("slug", oracle.records["leaders"])
    met = 0
    for one, other in combinations(records, 2):
        expected = dyad(oracle, kind, one, other)
        met += expected["call_count"] > 0
        ways = [[one[key], other[key]], [other[key], one[key]], [one["id"], other["id"]], [one[key], other["id"]]]
        ways.append([chance.choice(forms(kind, record)) for record in (one, other)])
        for way in ways if chance.random() < 0.3 else ways[:1]:
            answer = await world_client.get(f"/v1/dyads/{quote('-'.join(way))}")
            assert answer.status_code == 200, way
            assert answer.json() == expected, way
    assert met > 10


async def test_the_initiators_are_those_that_the_filter_finds(world_client: httpx.AsyncClient) -> None:
    """And the number of calls is that of the list."""
    answer = (await world_client.get("/v1/dyads/leader-1-leader-2")).json()
    both = {"leader": ["leader-1", "leader-2"], "count": "exact"}
    assert (await world_client.get("/v1/calls", params=both)).json()["page"]["total"] == answer["call_count"]
    for told_by in answer["initiated"][:2]:
        asked = both | {"initiator": told_by["by"]["slug"]}
        assert (await world_client.get("/v1/calls", params=asked)).json()["page"]["total"] == told_by["count"]


async def test_one_statement(world_app: FastAPI, world_client: httpx.AsyncClient) -> None:
    """Also for the list of counterparts."""
    for path in ("/v1/dyads/AA-BB", "/v1/dyads/leader-1-leader-2", "/v1/leaders/leader-1/counterparts?count=exact"):
        with statements_of(world_app) as sent:
            assert (await world_client.get(path)).status_code == 200
        assert len(sent) == 1


@pytest.mark.parametrize(
    ("text", "status", "kind"),
    [
        ("AA", 404, "not-found"),
        ("-", 404, "not-found"),
        ("--", 404, "not-found"),
        ("AA-", 404, "not-found"),
        ("AA-leader-1", 404, "not-found"),
        ("AA-nobody", 404, "not-found"),
        ("Shared-nobody", 404, "not-found"),
        ("Shared-leader-3", 422, "ambiguous-name"),
        ("leader-3-Shared", 422, "ambiguous-name"),
        ("Shared-Shared", 422, "ambiguous-name"),
        ("a" * 401, 404, "not-found"),
        ("a-" * 200, 404, "not-found"),
        ("a-" * 200 + "bb", 422, "invalid-request"),
        ("AA-AA", 422, "invalid-request"),
        ("AA-aland", 422, "invalid-request"),
        ("leader-1-leader-1", 422, "invalid-request"),
        ("leader-1-%D0%9B%D0%B8%D0%B4%D0%B5%D1%80 1", 422, "invalid-request"),
        ("AA-BB?date=2020", 422, "invalid-request"),
        ("AA-BB%00", 422, "invalid-request"),
        ("' OR 1=1 -- ", 404, "not-found"),
    ],
)
async def test_no_two(world_client: httpx.AsyncClient, text: str, status: int, kind: str) -> None:
    """What names nobody, one alone, one twice, or one of each kind."""
    answer = await world_client.get(f"/v1/dyads/{text}")
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems#{kind}"), answer.text


async def test_codes_and_slugs_with_hyphens(server: str, migrated: str) -> None:
    """Every hyphen may be the one that joins; where two would do, ids tell."""
    url = await create_database(server, migrated)
    parties = [{"code": code, "name": code, "kind": "other"} for code in ("A", "A-B", "B-C", "C")]
    leaders = [
        {"slug": slug, "names": [{"name": slug, "kind": "preferred"}]} for slug in ("xi", "xi-jinping", "li-keqiang")
    ]
    async with opened(url) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate({"parties": parties, "leaders": leaders}))
    async with serving(url) as app, client_of(app) as client:
        ids = {one["code"]: one["id"] for one in (await client.get("/v1/parties")).json()["data"]}
        for text, found in {
            "A-B-C-C": None,
            "A-C": ["A", "C"],
            "c-a-b": ["A-B", "C"],
            f"{ids['A']}-B-C": ["A", "B-C"],
            f"A-B-{ids['C']}": ["A-B", "C"],
            f"{ids['C']}-{ids['A-B']}".upper(): ["A-B", "C"],
        }.items():
            answer = await client.get(f"/v1/dyads/{text}")
            assert [one["code"] for one in answer.json().get("parties", [])] == (found or []), text
            assert answer.status_code == (200 if found else 404)
        ambiguous = (await client.get("/v1/dyads/A-B-C")).json()
        assert ambiguous["type"] == "/problems#ambiguous-name"
        assert sorted(one["code"] for one in ambiguous["candidates"]) == ["A", "A-B", "B-C", "C"]
        answer = (await client.get("/v1/dyads/xi-jinping-li-keqiang")).json()
        assert [one["slug"] for one in answer["leaders"]] == ["li-keqiang", "xi-jinping"]
        assert (answer["call_count"], answer["first"], answer["gaps"]) == (0, None, [])


async def test_a_leader_who_was_merged_away(few: World) -> None:  # noqa: F811
    """The address leads to the one of who answers now."""
    await redirect(few.url, "leaders", "gone-by-now", few.documents["leaders"][0]["id"])
    async with serving(few.url) as app, client_of(app) as client:
        answer = await client.get("/v1/dyads/gone-by-now-leader-2")
        assert (answer.status_code, answer.headers["Location"]) == (308, "/v1/dyads/leader-1-leader-2")


def test_how_often_a_text_is_taken_apart() -> None:
    """Not more often than makes sense, whatever comes."""
    assert len(DyadReference.read("a-" * 200).readings) == DyadReference.most_readings
    assert DyadReference.read("xi-jinping-putin").readings == (("text", "text"),) * 2
    one = "01980000-0000-7000-8000-000200000001"
    assert DyadReference.read(f"{one}-putin").readings == (("id", "text"),)
