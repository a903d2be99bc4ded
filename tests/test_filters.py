"""What every filter of every list finds, alone and together with others, held to a second reading of the documents."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from urllib.parse import quote

import asyncpg
import httpx
import pytest

from app.db import dsn
from app.records import Records, add_records
from app.vocabulary import (
    Act,
    Basis,
    Channel,
    ClaimField,
    Mode,
    PartyKind,
    PublisherKind,
    ReadoutKind,
    Role,
    Translation,
    terms,
)
from tests.conftest import client_of, opened, serving
from tests.factories import World, make_world
from tests.oracle import DATES, INTERVALS, KINDS, SORTS, SPANS, Oracle, forms, ids_on, walk
from tests.test_contract import DOCUMENT

PAGING = frozenset({"limit", "cursor", "count", "include", "sort", "date_match", "format", "facet", "as_of"})
"""The parameters that choose no records, or, as of a time, those of the past, which have tests of their own."""

LISTS: Mapping[str, frozenset[str]] = {
    path: frozenset(parameter["name"] for parameter in operations["get"]["parameters"] if parameter["in"] == "query")
    for path, operations in DOCUMENT["paths"].items()
    if "get" in operations
    and any(parameter["name"] == "format" for parameter in operations["get"].get("parameters", ()))
    and not path.endswith("/counterparts")
}
"""The parameters of every list of records, as the document declares them."""

ALONE = [(path, name) for path, names in LISTS.items() for name in sorted(names - PAGING)]
NESTED = sorted(path for path in LISTS if "{id}" in path)
REPEATED = {("calls", "leader"), ("calls", "any_leader"), ("calls", "party"), ("statements", "speaker")}
LEADING = {"leader", "any_leader", "initiator", "speaker", "counterpart"}
REFERRING = {*LEADING, "party", "publisher", "attributed_by", "topic", "broader", "call"}
NO_ID = "01980000-0000-7000-8000-00ab00000001"
COMBINED = {
    "calls": 150,
    "statements": 150,
    "participants": 30,
    "readouts": 30,
    "leaders": 12,
    "publishers": 12,
    "parties": 12,
    "topics": 12,
}
"""How many questions of several filters each resource is asked."""

MERGED = {
    "calls": [("/v1/statements", "call"), ("/v1/participants", "call"), ("/v1/readouts", "call")],
    "leaders": [
        *(("/v1/calls", name) for name in ("leader", "any_leader", "initiator")),
        *(("/v1/statements", name) for name in ("speaker", "counterpart")),
        ("/v1/participants", "leader"),
    ],
    "publishers": [("/v1/calls", "publisher"), ("/v1/statements", "attributed_by"), ("/v1/readouts", "publisher")],
    "topics": [("/v1/calls", "topic"), ("/v1/statements", "topic"), ("/v1/topics", "broader")],
}
"""The filters that follow a record to the one it was merged into."""

Question = dict[str, list[str]]
Choices = Mapping[str, Mapping[str, Sequence[str]]]


@pytest.fixture(scope="module")
def oracle(world: World) -> Oracle:
    """The second reading of the generated documents."""
    return Oracle(world.documents)


@pytest.fixture(scope="module")
def choices(oracle: Oracle) -> Choices:
    """For each resource and filter, the values that make sense over the generated records."""
    means = {kind: list(meanings) for kind, meanings in oracle.meanings.items()}
    languages = ["en", "EN", "zh", "ZH", "zh-Hans", "ZH-hans", "zh-Han", "zh-Hant", "ru", "fr", "de"]
    dates = {"date": [*SPANS, *INTERVALS, "unknown"], "date_from": list(SPANS), "date_to": list(SPANS)}
    questions = [
        "peace",
        "NOTED",
        "sides dialogue",
        '"peace trade"',
        '"and dialogue must"',
        "energy -health",
        "trade or peace -must",
        '"on peace" or "readout 21"',
        "call",
        "nowhere",
    ]
    called = {
        "q": questions,
        "publisher": means["publisher"],
        "topic": means["topic"],
        "language": languages,
        "call": means["call"][::17],
        "party": means["party"],
    }
    return {
        "calls": {
            **dates,
            "leader": means["leader"],
            "any_leader": means["leader"],
            "party": called["party"],
            "role": [*terms(Role), "any", "aide,other", "interpreter,any"],
            "initiator": ["mutual", *means["party"], *means["leader"]],
            "channel": terms(Channel),
            **_some(called, "topic", "publisher", "language", "q"),
            "identifier": _identifiers(oracle, "calls")[::5],
        },
        "participants": {
            **dates,
            "leader": means["leader"],
            "role": terms(Role),
            "office": ["President", "PRESIDENT", "prime minister", "Prïme Mínister", "Minister"],
            **_some(called, "party", "call"),
            "identifier": _identifiers(oracle, "calls", "leaders", "parties")[::4],
        },
        "statements": {
            **dates,
            "speaker": means["leader"],
            "counterpart": means["leader"],
            "attributed_by": means["publisher"],
            "act": terms(Act),
            "mode": terms(Mode),
            "wording": ["newest", "earlier"],
            "verb": ["said", "SAID", "stréssed", "pointed out", "pointed", "denied"],
            **_some(called, "party", "topic", "language", "call", "q"),
            "identifier": _identifiers(oracle, "calls", "leaders", "readouts", "parties")[::6],
        },
        "readouts": {
            "kind": terms(ReadoutKind),
            "translation": terms(Translation),
            **_some(called, "publisher", "party", "language", "call", "q"),
            "identifier": _identifiers(oracle, "readouts")[::6],
        },
        "leaders": {
            "name": ["Shared", "SHARED", "share", *(form for form in means["leader"] if not form.startswith("0198"))],
            "party": called["party"],
            "identifier": _identifiers(oracle, "leaders"),
        },
        "publishers": {
            "name": ["Publisher 1", "PUBLISHER 2", "Públisher 3", "publisher-4", "Publisher"],
            "kind": terms(PublisherKind),
            "party": called["party"],
            "identifier": _identifiers(oracle, "publishers"),
        },
        "parties": {
            "name": ["Aland", "ÅLAND", "aaa", "su", "Former Union", "former", "FLAND", "European Union", "EU"],
            "kind": terms(PartyKind),
            "identifier": _identifiers(oracle, "parties"),
        },
        "topics": {
            "name": ["Topic 1", "TOPIC 7", "tópic 3", "topic-1", "Topic"],
            "broader": means["topic"],
            "identifier": ["test:topic-1"],
        },
        "claims": {
            "field": [field for field in terms(ClaimField) if field != "publisher"],
            "basis": terms(Basis),
            "preferred": ["true", "false"],
            "identifier": _identifiers(oracle, "calls")[::5],
        },
    }


def _some(values: Mapping[str, Sequence[str]], *names: str) -> dict[str, Sequence[str]]:
    return {name: values[name] for name in names}


def _identifiers(oracle: Oracle, *resources: str) -> list[str]:
    given = [
        f"{one['scheme']}:{one['value']}"
        for resource in resources
        for record in oracle.records[resource]
        for one in record.get("identifiers", ())
    ]
    return [*given, *(text.upper() for text in given), "test:nothing", "other:call-1"]


async def check(
    client: httpx.AsyncClient,
    oracle: Oracle,
    resource: str,
    asked: Mapping[str, Sequence[str]],
    limits: Iterator[int],
    within: str | None = None,
) -> None:
    """Ask for a list, of one call where it is given, and compare it with the second reading of the documents."""
    inside = {} if within is None else {"call": [within]}
    expected = oracle.answer(resource, {**asked, **inside})
    path = f"/v1/{resource}" if within is None else f"/v1/calls/{within}/{resource}"
    pages = await walk(
        client, path, [("count", "exact"), *((name, text) for name in asked for text in asked[name])], limits
    )
    assert ids_on(pages) == expected, (path, asked)
    assert {page["page"]["total"] for page in pages} == {len(expected)}, (path, asked)


@pytest.mark.parametrize(("path", "name"), ALONE)
async def test_a_filter_alone(
    world_client: httpx.AsyncClient, oracle: Oracle, choices: Choices, path: str, name: str
) -> None:
    chance = random.Random(f"{path} {name}")
    resource = path.rpartition("/")[2]
    calls = list(oracle.meanings["call"])
    values = choices[resource][name]
    # All forms of all leaders once, elsewhere each leader in some form.
    if len(values) > 60 and (path, name) != ("/v1/calls", "leader"):
        values = values[::7]
    # The list of one call is asked by the same code, and few values find anything there.
    if path in NESTED and len(values) > 12:
        values = values[::3]
    for value in values:
        asked = {name: [value], "sort": [chance.choice(SORTS[resource])]}
        within = chance.choice(calls) if path in NESTED else None
        await check(world_client, oracle, resource, asked, repeat(200), within)
        if name in DATES:
            await check(world_client, oracle, resource, {**asked, "date_match": ["certain"]}, repeat(200), within)


@pytest.mark.parametrize("path", LISTS)
async def test_everything(world_client: httpx.AsyncClient, oracle: Oracle, path: str) -> None:
    """Without any filter, in every order; of a dozen calls where the list is of one."""
    resource = path.rpartition("/")[2]
    for sort in SORTS[resource]:
        for within in [*oracle.meanings["call"]][:36] if path in NESTED else [None]:
            await check(world_client, oracle, resource, {"sort": [sort]}, repeat(200), within)
    await check(world_client, oracle, resource, {}, repeat(200), "call-2" if path in NESTED else None)


def draw(chance: random.Random, oracle: Oracle, resource: str, values: Mapping[str, Sequence[str]]) -> Question:
    """A question of a few filters; most questions are made so that one record, chosen beforehand, passes them."""
    anchor = chance.choice(oracle.records[resource])
    blind = chance.random() < 0.2
    asked: Question = {}
    for name in chance.sample(sorted(values), min(len(values), chance.choice([1, 2, 2, 3, 3, 4, 5]))):
        pool = [value for value in values[name] if blind or oracle.matches(resource, anchor, {name: [value]})]
        times = chance.choice([1, 1, 2, 3]) if (resource, name) in REPEATED else 1
        if pool:
            asked[name] = [chance.choice(pool) for _ in range(times)]
    if asked.keys() & set(DATES):
        asked["date_match"] = [chance.choice(["possible", "possible", "certain"])]
    asked["sort"] = [chance.choice(SORTS[resource])]
    return asked


def drawn(oracle: Oracle, choices: Choices, resource: str, number: int) -> Question:
    """The question of a number, the same in every run."""
    asked = draw(random.Random(f"{resource} {number}"), oracle, resource, choices[resource])
    if {"date_from", "date_to"} <= asked.keys() and SPANS[asked["date_from"][0]][0] > SPANS[asked["date_to"][0]][1]:
        # A span that ends before it starts is refused.
        asked["date_from"], asked["date_to"] = asked["date_to"], asked["date_from"]
    return asked


@pytest.mark.parametrize(
    ("resource", "number"), [(resource, number) for resource, most in COMBINED.items() for number in range(most)]
)
async def test_filters_together(
    world_client: httpx.AsyncClient, oracle: Oracle, choices: Choices, resource: str, number: int
) -> None:
    """Every second one in small steps; a further page is another statement to compose, which takes the most time."""
    chance = random.Random(number)
    steps = (chance.choice([1, 2, 3, 5, 8, 50]) for _ in repeat(None))
    limits = steps if number % 2 else repeat(200)
    await check(world_client, oracle, resource, drawn(oracle, choices, resource, number), limits)


def test_the_questions_drawn_tell_records_apart(oracle: Oracle, choices: Choices) -> None:
    """Were nearly all answers empty, or everything, they would not show a filter that fails."""
    for resource, most in COMBINED.items():
        found = [len(oracle.answer(resource, drawn(oracle, choices, resource, number))) for number in range(most)]
        telling = [size for size in found if 0 < size < len(oracle.records[resource])]
        assert len(telling) > most / 3, resource


@pytest.mark.parametrize(
    ("path", "name"), [one for one in ALONE if one[1] not in {*REFERRING, "name", "office", "q", "verb"}]
)
async def test_a_value_that_means_nothing(world_client: httpx.AsyncClient, path: str, name: str) -> None:
    for text in ("?!", "2020-02-30", ""):
        answer = await world_client.get(path.format(id="call-1"), params={name: text})
        refused(answer, "invalid-request", name)


@pytest.mark.parametrize(("path", "name"), [one for one in ALONE if one[1] in REFERRING])
async def test_a_reference_to_nothing(world_client: httpx.AsyncClient, path: str, name: str) -> None:
    """Also a record of another kind is nothing here, and one good reference does not make up for a bad one."""
    where = path.format(id="call-1")
    good = {"leader": "leader-1", "party": "AA"}.get(name)
    for text in (NO_ID, "01980000-0000-7000-8000-000500000010", "nobody", "Nobody", "Q424242", "Никто", "readout-1"):
        refused(await world_client.get(where, params={name: text}), "unknown-reference", name)
        if (path.rpartition("/")[2], name) in REPEATED and good is not None:
            refused(await world_client.get(where, params={name: [good, text]}), "unknown-reference", name)


@pytest.mark.parametrize(("path", "name"), [one for one in ALONE if one[1] in LEADING])
@pytest.mark.parametrize("text", ["Shared", "SHARED", "sháred"])
async def test_a_name_that_leaders_share(
    world_client: httpx.AsyncClient, oracle: Oracle, path: str, name: str, text: str
) -> None:
    answer = await world_client.get(path.format(id="call-1"), params={name: text})
    refused(answer, "ambiguous-name", name)
    assert answer.json()["candidates"] == [
        {"id": leader["id"], "slug": leader["slug"], "name": leader["names"][0]["name"]}
        for leader in oracle.records["leaders"][:2]
    ]


async def test_a_name_that_leaders_share_in_a_path(world_client: httpx.AsyncClient) -> None:
    answer = await world_client.get("/v1/leaders/Shared")
    refused(answer, "ambiguous-name", "id")
    assert [one["slug"] for one in answer.json()["candidates"]] == ["leader-1", "leader-2"]


async def test_a_name_in_a_path_with_the_identifier_of_another(world_client: httpx.AsyncClient) -> None:
    answer = await world_client.get("/v1/leaders/Лидер 3", params={"identifier": "wikidata:Q1004"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems#not-found")


async def test_who_initiated_is_asked_as_it_is_shown(world_client: httpx.AsyncClient, oracle: Oracle) -> None:
    """A leader's calls on its initiative are those that show it among their participants as an initiator."""
    shown = [call for page in await walk(world_client, "/v1/calls", [], repeat(200)) for call in page["data"]]
    for leader in oracle.records["leaders"]:
        initiated = [
            call["id"]
            for call in shown
            for person in call["participants"]
            if person["initiator"] and person["leader"] is not None and person["leader"]["id"] == leader["id"]
        ]
        assert initiated
        assert ids_on(await walk(world_client, "/v1/calls", [("initiator", leader["slug"])], repeat(200))) == initiated


@pytest.mark.parametrize("kind", KINDS)
async def test_an_item_answers_to_every_form(world_client: httpx.AsyncClient, oracle: Oracle, kind: str) -> None:
    resource = KINDS[kind]
    for record in oracle.records[resource][:12]:
        for form in forms(kind, record):
            answer = await world_client.get(f"/v1/{resource}/{quote(form)}")
            assert answer.status_code == 200, form
            assert answer.json()["id"] == record["id"], form


@pytest.mark.parametrize("resource", COMBINED)
async def test_an_item_by_its_identifier(
    world_client: httpx.AsyncClient, oracle: Oracle, choices: Choices, resource: str
) -> None:
    """A record that does not bear the identifier is not found."""
    for record in oracle.records[resource][:3]:
        for text in choices[resource]["identifier"]:
            answer = await world_client.get(f"/v1/{resource}/{record['id']}", params={"identifier": text})
            expected = 200 if oracle.matches(resource, record, {"identifier": [text]}) else 404
            assert answer.status_code == expected, (record["id"], text)


def test_every_list_takes_an_identifier() -> None:
    assert [path for path, names in LISTS.items() if "identifier" not in names] == []


@pytest.fixture
async def few(empty_url: str) -> World:
    """A few records in a database of a test's own."""
    async with opened(empty_url) as database:
        return await make_world(empty_url, database, calls=12)


async def test_a_language_takes_in_its_varieties_only(few: World) -> None:
    """A variety goes on after a hyphen: `enm` is Middle English, and no English."""
    tags = ["en", "en-GB", "en-Latn-GB", "enm", "zh-Hans", "zh-Hans-CN", "zh-Hant"]
    ids = {f"01980000-0000-7000-8000-00ac0000000{number}": tag for number, tag in enumerate(tags)}
    readouts = [{"id": one, "title": tag, "language": tag} for one, tag in ids.items()]
    async with opened(few.url) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate({"readouts": readouts}, strict=False))
    expected = {
        "en": ["en", "en-GB", "en-Latn-GB"],
        "EN-gb": ["en-GB"],
        "en-latn": ["en-Latn-GB"],
        "enm": ["enm"],
        "zh-hans": ["zh-Hans", "zh-Hans-CN"],
        "zh": ["zh-Hans", "zh-Hans-CN", "zh-Hant"],
        "zho": [],
    }
    async with serving(few.url) as app, client_of(app) as client:
        for text, found in expected.items():
            answer = await client.get("/v1/readouts", params={"language": text, "sort": "published", "limit": 200})
            assert [ids[one] for one in ids_on([answer.json()]) if one in ids] == found


async def test_the_order_in_which_a_leader_is_sought(few: World) -> None:
    """Id before QID before slug before name: a name that looks like another leader's id, QID or slug leads nowhere."""
    talking = {person["leader"] for call in few.documents["calls"] for person in call["participants"]}
    by_id, by_qid, by_slug = [leader for leader in few.documents["leaders"] if leader["slug"] in talking][:3]
    looks = [by_id["id"], by_qid["identifiers"][0]["value"], by_slug["slug"]]
    pretender = {
        "slug": "pretender",
        "names": [{"name": "Pretender", "kind": "preferred"}, *({"name": name, "kind": "alias"} for name in looks)],
    }
    async with opened(few.url) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate({"leaders": [pretender]}))
    async with serving(few.url) as app, client_of(app) as client:
        for text, leader in zip(looks, (by_id, by_qid, by_slug), strict=True):
            assert (await client.get(f"/v1/leaders/{text}")).json()["slug"] == leader["slug"]
            answer = await client.get("/v1/participants", params={"leader": text})
            assert {one["leader"]["slug"] for one in answer.json()["data"]} == {leader["slug"]}
        assert (await client.get("/v1/leaders", params={"name": looks[2]})).json()["data"][0]["slug"] == "pretender"


async def redirect(url: str, resource: str, key: str, record_id: str) -> None:
    """Record that a key is no longer a record's own and which record answers for it."""
    column = {resource: f"{kind}_id" for kind, resource in KINDS.items()}[resource]
    connection = await asyncpg.connect(dsn(url))
    try:
        await connection.execute(
            f"INSERT INTO redirects (resource, key, {column}) VALUES ($1, $2, $3)", resource, key, record_id
        )
    finally:
        await connection.close()


@pytest.mark.parametrize("resource", ["calls", "leaders", "publishers", "topics"])
@pytest.mark.parametrize("old", ["merged-away", "Merged-AWAY", NO_ID, NO_ID.upper()])
async def test_a_record_that_was_merged_away(few: World, resource: str, old: str) -> None:
    """Its address leads to the one that answers for it, and filters follow without a word."""
    record = few.documents[resource][1]
    await redirect(few.url, resource, old.lower(), record["id"])
    async with serving(few.url) as app, client_of(app) as client:
        answer = await client.get(f"/v1/{resource}/{old}?identifier=test%3A1")
        assert (answer.status_code, answer.headers["Location"]) == (
            308,
            f"/v1/{resource}/{record['slug']}?identifier=test%3A1",
        )
        followed = await client.get(f"/v1/{resource}/{old}", follow_redirects=True)
        assert followed.json()["id"] == record["id"]
        for path, name in MERGED[resource]:
            asked = await client.get(path, params={name: old, "count": "exact"})
            assert asked.status_code == 200, (path, name)
            own = await client.get(path, params={name: record["slug"], "count": "exact"})
            assert ids_on([asked.json()]) == ids_on([own.json()])
            assert asked.json()["page"]["total"] == own.json()["page"]["total"]


@pytest.mark.parametrize("path", NESTED)
@pytest.mark.parametrize("old", ["merged-away", NO_ID])
async def test_a_list_of_a_call_that_was_merged_away(few: World, path: str, old: str) -> None:
    call = few.documents["calls"][1]
    await redirect(few.url, "calls", old, call["id"])
    async with serving(few.url) as app, client_of(app) as client:
        answer = await client.get(f"{path.format(id=old)}?limit=3&count=exact")
        assert (answer.status_code, answer.headers["Location"]) == (
            308,
            f"{path.format(id=call['slug'])}?limit=3&count=exact",
        )
        followed = await client.get(path.format(id=old), follow_redirects=True)
        assert followed.json() == (await client.get(path.format(id=call["id"]))).json()
        assert (await client.get(path.format(id="never-there"))).json()["type"] == "/problems#not-found"


@pytest.mark.parametrize(
    ("old", "path"), [("calls", "/v1/calls/calls"), ("statements", "/v1/calls/statements/statements")]
)
async def test_a_slug_that_reads_like_a_step_of_the_path(few: World, old: str, path: str) -> None:
    call = few.documents["calls"][1]
    await redirect(few.url, "calls", old, call["id"])
    async with serving(few.url) as app, client_of(app) as client:
        assert (await client.get(path, follow_redirects=True)).status_code == 200


def refused(answer: httpx.Response, kind: str, parameter: str) -> None:
    """That an answer is a problem of this kind with this parameter."""
    assert answer.status_code == 422, answer.url
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems#{kind}", answer.url
    assert {error["parameter"] for error in problem["errors"]} == {parameter}
    assert all(error["detail"] for error in problem["errors"])
