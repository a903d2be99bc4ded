"""Pages: what a walk sees, which cursors are taken, and that every order can be walked at all."""

import base64
import json
import pkgutil
import random
import re
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from itertools import count, repeat
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from sqlalchemy.orm import InstrumentedAttribute

import app as telcon
from app.asked import CallReference
from app.calls.schemas import CallFilters
from app.claims.schemas import ClaimFilters
from app.db import Database
from app.filters import PageFilters, Shape
from app.leaders.schemas import LeaderFilters
from app.paging import _digest, write_cursor
from app.participants.schemas import ParticipantFilters, ParticipantsOfCall
from app.parties.schemas import PartyFilters
from app.publishers.schemas import PublisherFilters
from app.readouts.schemas import ReadoutFilters, ReadoutsOfCall
from app.records import Records, add_records
from app.resource import Resource
from app.statements.schemas import StatementFilters, StatementsOfCall
from app.topics.schemas import TopicFilters
from tests.conftest import client_of, create_database, name_of, opened, serving
from tests.factories import World, generate, make_world
from tests.oracle import SORTS, Document, Oracle, ids_on, walk

RESOURCES = {
    name.lower(): value
    for module in pkgutil.walk_packages(telcon.__path__, "app.")
    if module.name.endswith(".queries")
    for name, value in vars(import_module(module.name)).items()
    # What has no order is shown one by one and never listed.
    if isinstance(value, Resource) and value.orders
}
"""Every resource there is, found by its type."""

FILTERS: dict[str, type[PageFilters]] = {
    "/v1/calls": CallFilters,
    "/v1/leaders": LeaderFilters,
    "/v1/participants": ParticipantFilters,
    "/v1/statements": StatementFilters,
    "/v1/readouts": ReadoutFilters,
    "/v1/publishers": PublisherFilters,
    "/v1/parties": PartyFilters,
    "/v1/topics": TopicFilters,
    "/v1/calls/{call}/participants": ParticipantsOfCall,
    "/v1/calls/{call}/statements": StatementsOfCall,
    "/v1/calls/{call}/readouts": ReadoutsOfCall,
    "/v1/calls/{call}/claims": ClaimFilters,
}
LISTS = [(path, sort) for path in FILTERS for sort in SORTS[path.rpartition("/")[2]]]
QUESTIONS: list[dict[str, str]] = [
    {},
    {"sort": "date"},
    {"leader": "leader-1"},
    {"leader": "leader-2"},
    {"any_leader": "leader-1"},
    {"leader": "leader-1", "role": "any"},
    {"date": "2020"},
    {"date_from": "2020"},
    {"date_to": "2020"},
    {"date_from": "2020", "date_match": "certain"},
    {"topic": "topic-1"},
    {"topic": "01980000-0000-7000-8000-000400000002"},
]
"""Questions about calls with answers of their own."""

NOT_CURSORS = [
    "[]",
    "{}",
    "null",
    "1",
    '"text"',
    "[1]",
    '["x"]',
    "[[[[]]]]",
    "[" * 700,
    "NaN",
    "{",
    "",
    "\x00",
    "[1e999]",
]
NO_KEYS: list[object] = [1, 1.5, None, True, [], {}, ["2020-01-01"]]
WRONG_KEYS = ["", "x", "?", "2020-13-45", "999999999-01-01", "٢", "\x00", "a\x00b", "\ud800", "é" * 60, "' OR 1=1 --"]
ADDED_NAMES = ("Aaa", "Leader 5", "Publisher 3", "Topic 4", "Deland", "Zzz")


@pytest.fixture(scope="module")
def busy(world: World) -> list[str]:
    """Two calls that have several of everything, by their slugs."""
    many = [
        call["slug"]
        for call in world.documents["calls"]
        if min(len(call[part]) for part in ("participants", "statements", "readouts")) > 1
    ]
    return many[:2]


def sizes(seed: object) -> Iterator[int]:
    """Limits without end, by chance."""
    chance = random.Random(str(seed))
    return (chance.choice([1, 2, 3, 7, 20, 90]) for _ in repeat(None))


async def a_cursor(client: httpx.AsyncClient, path: str, params: dict[str, str]) -> str:
    """The cursor behind the first record of a list that has more."""
    answer = await client.get(path, params={**params, "limit": 1})
    cursor = answer.json()["page"]["next"]
    assert isinstance(cursor, str), (path, params, answer.text)
    return cursor


async def is_foreign(client: httpx.AsyncClient, path: str, params: dict[str, str], cursor: str) -> bool:
    """Whether a cursor is refused as one that this query did not give out; anything but that or a page is a fault."""
    answer = await client.get(path, params={**params, "cursor": cursor})
    if answer.status_code == 200:
        return False
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "/problems#foreign-cursor"), (path, cursor, answer.text)
    assert [error["parameter"] for error in problem["errors"]] == ["cursor"]
    return True


@pytest.mark.parametrize(("path", "sort"), LISTS)
async def test_a_walk_is_the_whole_list(
    world_client: httpx.AsyncClient, world: World, busy: list[str], path: str, sort: str
) -> None:
    """In small steps and in large ones; nothing twice, and as many as are counted."""
    asked = [("sort", sort), ("count", "exact")]
    small = await walk(world_client, path.format(call=busy[0]), asked, sizes(path))
    large = await walk(world_client, path.format(call=busy[0]), asked, repeat(200))
    ids = ids_on(small)
    assert ids == ids_on(large)
    assert len(set(ids)) == len(ids) == small[0]["page"]["total"] > 1
    inside = {"call": busy[:1]} if "{call}" in path else {}
    assert ids == Oracle(world.documents).answer(path.rpartition("/")[2], {"sort": [sort], **inside})


async def test_a_page_holds_as_many_as_its_limit(world_client: httpx.AsyncClient) -> None:
    """And the last page, where it is full, has no next one."""
    for limit, most in (("1", 1), ("11", 11), ("12", 12), ("13", 12), ("200", 12)):
        page = (await world_client.get("/v1/leaders", params={"limit": limit})).json()
        assert (len(page["data"]), page["page"]["limit"]) == (most, int(limit))
        assert (page["page"]["next"] is None) == (int(limit) >= 12)
    assert len((await world_client.get("/v1/calls")).json()["data"]) == 20
    for limit in ("0", "201", "-1", "1.5", "+5", " 5", "1_0", "x", "", "9" * 30):
        answer = await world_client.get("/v1/leaders", params={"limit": limit})
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "limit")


async def test_limit_count_and_include_may_change_along_a_walk(world_client: httpx.AsyncClient) -> None:
    asked = {"leader": "leader-1", "limit": "9"}
    whole = (await world_client.get("/v1/calls", params={**asked, "limit": "200", "count": "exact"})).json()
    cursor = await a_cursor(world_client, "/v1/calls", asked)
    changes: list[dict[str, str]] = [{}, {"limit": "30"}, {"count": "exact"}, {"include": "claims"}, {"sort": "-date"}]
    for changed in changes:
        answer = (await world_client.get("/v1/calls", params={**asked, **changed, "cursor": cursor})).json()
        limit = answer["page"]["limit"]
        assert ids_on([answer]) == ids_on([whole])[1 : limit + 1]
        assert answer["page"].get("total") == (whole["page"]["total"] if "count" in changed else None)
        assert all(("claims" in call) == ("include" in changed) for call in answer["data"])


@pytest.fixture(scope="module")
async def small_world(server: str, migrated: str) -> str:
    """The name of a database with a few generated records, to be copied."""
    url = await create_database(server, migrated)
    async with opened(url) as database:
        await make_world(url, database, calls=30)
    return name_of(url)


async def grow(database: Database, step: int) -> None:
    """Add a few records of every kind, of which some belong before those that are there and some behind them."""
    documents: Document = generate(30 + 4 * step, random.Random(20200319))
    named = [(f"{name} {step}", f"{name} {step}".lower().replace(" ", "-") + "-new") for name in ADDED_NAMES]
    documents["parties"] += [
        {"code": f"N{step}{place}", "name": name, "kind": "other"} for place, (name, _) in enumerate(named)
    ]
    documents["leaders"] += [{"slug": slug, "names": [{"name": name, "kind": "preferred"}]} for name, slug in named]
    documents["publishers"] += [{"slug": slug, "name": name, "kind": "other"} for name, slug in named]
    documents["topics"] += [{"slug": slug, "name": name} for name, slug in named]
    async with database.writing() as connection:
        await add_records(connection, Records.model_validate(documents, strict=False))


@pytest.mark.parametrize(("path", "sort"), [one for one in LISTS if "{call}" not in one[0]])
async def test_a_walk_while_records_are_added(server: str, small_world: str, path: str, sort: str) -> None:
    """Those that were there at the start are seen once, in their order, and nothing is seen twice."""
    async with serving(await create_database(server, small_world)) as app, client_of(app) as client:
        before = ids_on(await walk(client, path, [("sort", sort)], repeat(200)))
        seen: list[str] = []
        cursor: str | None = ""
        for step in count(1):
            page = (
                await client.get(
                    path,
                    params={"sort": sort, "limit": len(before) // 5, **({"cursor": cursor} if cursor else {})},
                )
            ).json()
            seen += ids_on([page])
            cursor = page["page"]["next"]
            if cursor is None:
                break
            if step <= 3:
                await grow(app.state.database, step)
        after = ids_on(await walk(client, path, [("sort", sort)], repeat(200)))
    assert len(set(seen)) == len(seen)
    assert [record for record in seen if record in set(before)] == before
    assert [record for record in after if record in set(seen)] == seen
    assert len(after) > len(before)


async def test_a_cursor_of_another_question(world_client: httpx.AsyncClient) -> None:
    for given in QUESTIONS:
        cursor = await a_cursor(world_client, "/v1/calls", given)
        for asked in QUESTIONS:
            assert await is_foreign(world_client, "/v1/calls", asked, cursor) == (asked != given), (given, asked)


async def test_a_cursor_of_another_list(world_client: httpx.AsyncClient, busy: list[str]) -> None:
    """Of another resource, of another call, or in another order."""
    paths = dict.fromkeys((path.format(call=call), sort) for path, sort in LISTS for call in busy)
    cursors = {(path, sort): await a_cursor(world_client, path, {"sort": sort}) for path, sort in paths}
    for given, cursor in cursors.items():
        for path, sort in paths:
            assert await is_foreign(world_client, path, {"sort": sort}, cursor) == ((path, sort) != given)


async def test_a_damaged_cursor(world_client: httpx.AsyncClient) -> None:
    """Every single letter changed, every length, and what never was a cursor."""
    cursor = await a_cursor(world_client, "/v1/calls", {})
    chance = random.Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    damaged = [
        f"{cursor[:place]}{chance.choice(letters.replace(letter, ''))}{cursor[place + 1 :]}"
        for place, letter in enumerate(cursor)
    ]
    damaged += [cursor[:length] for length in range(1, len(cursor))]
    damaged += [cursor + letter for letter in "A_-"] + [cursor * 2]
    damaged += ["".join(chance.choices(letters, k=chance.randint(1, 200))) for _ in range(100)]
    damaged += [base64.urlsafe_b64encode(one.encode()).decode().rstrip("=") or "A" for one in NOT_CURSORS]
    damaged += ["A" * 1000, "_" * 1000, "gICA"]
    for one in damaged:
        assert await is_foreign(world_client, "/v1/calls", {}, one) != _reads_as(one, cursor), one


def _reads_as(one: str, other: str) -> bool:
    """Whether the bytes are the same: the last letter has bits that mean nothing."""
    with suppress(ValueError):
        first, second = (base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) for text in (one, other))
        return first == second
    return False


@pytest.mark.parametrize("cursor", ["", "a+b", "a=", "a b", "é", "a" * 4001, "a/b", "\n", "abcd\n"])
async def test_what_is_not_even_written_like_a_cursor(world_client: httpx.AsyncClient, cursor: str) -> None:
    answer = await world_client.get("/v1/calls", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "cursor")


async def test_a_cursor_of_the_longest_names(editor: httpx.AsyncClient) -> None:
    """It can be sent back, however long a name is where a page ends."""
    # Of four bytes each in UTF-8, and as many in their folded form; and one letter that is folded into eighteen.
    for number, name in enumerate(("\U00020000" * 200, "\ufdfa" * 70)):
        names = [{"name": name, "kind": "preferred"}]
        made = await editor.post("/v1/leaders", json={"slug": f"long-{number}", "names": names})
        assert made.status_code == 201, made.text
    following: str | None = "/v1/leaders?sort=name&limit=1"
    seen = []
    while following:
        answer = await editor.get(following)
        assert answer.status_code == 200, answer.text
        seen += [leader["slug"] for leader in answer.json()["data"]]
        following = answer.links["next"]["url"] if "next" in answer.links else None
    assert sorted(seen) == ["long-0", "long-1", "vladimir-putin", "xi-jinping"]


@pytest.mark.parametrize(("path", "sort"), LISTS)
async def test_a_forged_cursor(world_client: httpx.AsyncClient, busy: list[str], path: str, sort: str) -> None:
    """The digest is right, but the keys are not of their types, or not as many: never a fault of the service."""
    resource = RESOURCES[path.rpartition("/")[2]]
    inside = ("call", CallReference.read(busy[0])) if "{call}" in path else None
    identity = f"{resource.kind} {inside} {FILTERS[path].model_validate({'sort': sort}).identity()}"
    path = path.format(call=busy[0])
    genuine = await a_cursor(world_client, path, {"sort": sort})
    _, *keys = json.loads(base64.urlsafe_b64decode(genuine + "=" * (-len(genuine) % 4)))
    assert write_cursor(identity, keys) == genuine
    assert not await is_foreign(world_client, path, {"sort": sort}, genuine)

    for wrong in (keys[:-1], [*keys, keys[-1]], []):
        assert await is_foreign(world_client, path, {"sort": sort}, forged(identity, wrong))
    for place, key in enumerate(keys):
        before, behind = keys[:place], keys[place + 1 :]
        for value in NO_KEYS:
            assert await is_foreign(world_client, path, {"sort": sort}, forged(identity, [*before, value, *behind]))
        for words in WRONG_KEYS:
            cursor = forged(identity, [*before, words, *behind])
            # A name may be any text that PostgreSQL can hold.
            is_name = sort.endswith("name") and place == 0 and "\x00" not in words and words != "\ud800"
            assert await is_foreign(world_client, path, {"sort": sort}, cursor) != is_name, (key, words)


def forged(identity: str, keys: list[object]) -> str:
    """A cursor with the right digest for these keys, whatever they are."""
    packed = json.dumps([_digest(identity, keys), *keys])  # type: ignore[arg-type]
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


@pytest.mark.parametrize(("path", "sort"), LISTS)
async def test_the_link_header(world_client: httpx.AsyncClient, busy: list[str], path: str, sort: str) -> None:
    """It leads to the same page as `page.next`, and is there exactly when that is."""
    path = path.format(call=busy[0])
    asked = [("sort", sort), ("limit", "1"), ("count", "exact")]
    answer = await world_client.get(path, params=tuple(asked))
    for _ in range(5):
        following = answer.json()["page"]["next"]
        assert ("Link" in answer.headers) == (following is not None)
        if following is None:
            break
        target = urlsplit(linked(answer))
        assert (target.scheme, target.netloc, target.path) == ("", "", path)
        assert parse_qsl(target.query) == [*asked, ("cursor", following)]
        answer = await world_client.get(linked(answer))
        assert answer.json() == (await world_client.get(path, params=(*asked, ("cursor", following)))).json()


def linked(answer: httpx.Response) -> str:
    """Where the header leads."""
    match = re.fullmatch(r'<([^<>]+)>; rel="next"', answer.headers["Link"])
    assert match is not None
    return match[1]


async def test_the_link_header_keeps_every_parameter(world_client: httpx.AsyncClient) -> None:
    """Repeated ones, in any script, with letters that mean something in an address; following it walks the list."""
    asked = [
        ("any_leader", "Лидер 3"),
        ("any_leader", "ÜNÏQUE4"),
        ("any_leader", "leader-5"),
        ("role", "aide,other"),
        ("include", "claims,readouts"),
        ("include", "statements"),
        ("date", "1900/2100"),
        ("limit", "7"),
    ]
    pages = [await world_client.get("/v1/calls", params=tuple(asked))]
    while "Link" in pages[-1].headers:
        target = linked(pages[-1])
        assert target.isascii()
        assert [one for one in parse_qsl(urlsplit(target).query) if one[0] != "cursor"] == asked
        pages.append(await world_client.get(target))
    assert len(pages) > 5
    assert pages[-1].json()["page"]["next"] is None
    whole = await walk(world_client, "/v1/calls", asked[:-1], repeat(200))
    assert ids_on([page.json() for page in pages]) == ids_on(whole)


def test_every_order_is_walked() -> None:
    assert {name: set(resource.orders) for name, resource in RESOURCES.items()} == {
        name: set(sorts) for name, sorts in SORTS.items()
    }


@pytest.mark.parametrize(("name", "sort"), [(name, sort) for name in RESOURCES for sort in RESOURCES[name].orders])
async def test_an_order_is_total(world_app: FastAPI, name: str, sort: str) -> None:
    """No ties and no nulls, in what is recorded and by what the tables allow."""
    resource = RESOURCES[name]
    order = resource.orders[sort]
    rows = resource.matching(Shape(), None).with_only_columns(*order.keys, maintain_column_froms=True).subquery()
    apart = select(*rows.c).distinct().subquery()
    unique = text(
        "SELECT array_agg(attname::text) FROM pg_index"
        " JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)"
        " WHERE indrelid = CAST(:name AS regclass) AND indisunique AND indpred IS NULL GROUP BY indexrelid"
    )
    async with world_app.state.database.read.connect() as connection:
        total = (await connection.execute(select(func.count()).select_from(rows))).scalar_one()
        different = (await connection.execute(select(func.count()).select_from(apart))).scalar_one()
        nulls = select(func.count()).select_from(rows).where(func.num_nulls(*rows.c) > 0)
        assert (await connection.execute(nulls)).scalar_one() == 0
        keys = (await connection.execute(unique, {"name": resource.table.__tablename__})).scalars().all()
    assert total == different > 0

    columns = [column.property.columns[0] for column, _ in order.columns if isinstance(column, InstrumentedAttribute)]
    assert not any(column.nullable for column in columns)
    table = resource.table.__table__
    sorted_by = {column.name for column in columns if column.table is table}
    # What the table refers to stands for its own column.
    sorted_by |= {reference.parent.name for reference in table.foreign_keys if reference.column in columns}
    assert any(set(key) <= sorted_by for key in keys), (keys, sorted_by)
