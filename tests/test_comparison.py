"""The accounts of a call side by side: which points they share, what each says alone, and what is contested."""

import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from itertools import product
from math import fsum, log, sqrt
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.agreeing import agreement
from app.aligning import ALIKE, ECHOING, Match, Said, match, points
from app.comparison.schemas import MOST_STATEMENTS
from app.records import Records, add_records
from app.vocabulary import Act, terms
from tests.conftest import client_of, create_database, opened, serving
from tests.factories import World
from tests.test_as_of import head, then
from tests.test_contract import OPERATIONS, validator_of
from tests.test_statement_count import statements_of

Json = dict[str, Any]
(DECLARED,) = (operation for path, operation in OPERATIONS if path == "/v1/calls/{id}/comparison")
SEED = "/v1/calls/2020-03-19-xi-jinping-vladimir-putin/comparison"

# Two leaders, and what their governments and a neighbour's agency report.
TOPICS = {"water": None, "trade": "economy", "economy": None, "prisoners": None, "territory": None}
ILVES, MOREAU = "ilves", "moreau"
OURS = [
    (
        (ILVES,),
        "The reservoir on the shared river must be filled only after both governments have agreed a schedule.",
        "request",
        ["water"],
    ),
    (
        (ILVES,),
        "Grain shipments through the northern ports will double, and inspectors will be admitted to every terminal.",
        "commit",
        ["trade"],
    ),
    ((ILVES,), "The captured crew of the trawler should be exchanged before winter.", "propose", ["prisoners"]),
    ((ILVES,), "His country respects the independence and sovereignty of the island republic.", "support", []),
    ((MOREAU,), "A new consulate will be opened.", None, []),
]
THEIRS = [
    (
        (ILVES,),
        "He warned that the reservoir of the shared river must not be filled before the governments agree a schedule.",
        "criticise",
        ["water"],
    ),
    ((ILVES,), "Grain shipments through the northern ports will be doubled.", "commit", ["trade"]),
    ((ILVES,), "Inspectors may enter every terminal of the ports.", "commit", ["trade"]),
    ((ILVES, MOREAU), "They agreed that the captured crew of the trawler be exchanged.", "agree", ["prisoners"]),
    ((MOREAU,), "She respects the sovereignty and independence of the island republic.", "support", []),
    ((MOREAU,), "She was grateful for the fire brigades that came in August.", "thank", []),
]
AGENCY = [
    ((ILVES,), "伊尔韦斯表示将扩大粮食出口。", "commit", ["economy", "trade"]),
    ((MOREAU,), "莫罗感谢消防队员。", "thank", ["economy"]),
]
CLAIMS: list[Json] = [
    {"field": "date", "value": {"edtf": "2031-10-02", "zone": "Europe/Tallinn"}, "basis": "stated", "preferred": True},
    {"field": "date", "value": {"edtf": "2031-10-03", "zone": "Asia/Tokyo"}, "basis": "stated"},
    {"field": "channel", "value": "telephone", "basis": "stated", "preferred": True},
    {"field": "channel", "value": "video", "basis": "stated"},
    {
        "field": "initiator",
        "value": {"kind": "participant", "participant": ILVES},
        "basis": "stated",
        "preferred": True,
    },
    {"field": "initiator", "value": {"kind": "party", "party": "XN"}, "basis": "stated"},
    {"field": "duration", "value": 3000, "basis": "stated", "preferred": True},
    {"field": "duration", "value": 3000, "basis": "curated"},
]


def readout(number: int, language: str, said: list[Any], **more: Any) -> tuple[Json, list[Json]]:
    """A readout of sentences, and its statements."""
    text, statements = "Telephone call\n", []
    identity = str(uuid4())
    for position, (speakers, words, act, topics) in enumerate(said, start=1):
        statements.append(
            {
                "readout": identity,
                "position": position,
                "paragraph": 1,
                "speakers": [{"participant": speaker} for speaker in speakers],
                "text": words,
                "start": len(text),
                "end": len(text) + len(words),
                "attribution": {"kind": "inherited"},
                "act": act,
                "topics": topics,
            }
        )
        text += f"{words} "
    document = {
        "id": identity,
        "title": f"Readout {number}",
        "language": language,
        "published_on": f"2031-10-0{number}",
        "versions": [{"text": text}],
        **more,
    }
    return document, statements


def records() -> Json:
    """The call, with an account in two languages, one in English, one in Chinese, and one without statements."""
    ours, of_ours = readout(3, "en", OURS, publisher="chancellery")
    original, of_original = readout(2, "et", OURS[:1], publisher="chancellery")
    ours["translation_of"] = original["id"]
    theirs, of_theirs = readout(4, "en-GB", THEIRS, publisher="palace")
    agency, of_agency = readout(5, "zh-Hans", AGENCY)
    silent, _ = readout(6, "en", OURS[:1])
    claims = [dict(claim) for claim in CLAIMS]
    claims[3]["evidence"] = [
        {"readout": theirs["id"], "version": 1, "text": "Telephone", "start": 0, "end": 9},
        {"readout": original["id"], "version": 1, "text": "call", "start": 10, "end": 14},
        {"source": "A newspaper"},
    ]
    call = {
        "slug": "a-call",
        "title": "A call",
        "participants": [
            {"ref": ILVES, "leader": ILVES, "party": "XN"},
            {"ref": MOREAU, "leader": MOREAU, "party": "XS"},
        ],
        "readouts": [one["id"] for one in (ours, original, theirs, agency, silent)],
        "statements": [*of_ours, *of_original, *of_theirs, *of_agency],
        "claims": claims,
        "identifiers": [{"scheme": "test", "value": "a-call"}],
    }
    return {
        "parties": [{"code": code, "name": name, "kind": "state"} for code, name in (("XN", "North"), ("XS", "South"))],
        "leaders": [{"slug": slug, "names": [{"name": slug.title(), "kind": "preferred"}]} for slug in (ILVES, MOREAU)],
        "publishers": [
            {"slug": "chancellery", "name": "Chancellery", "kind": "presidency", "party": "XN"},
            {"slug": "palace", "name": "Palace", "kind": "presidency", "party": "XS"},
        ],
        "topics": [{"slug": slug, "name": slug.title(), "broader": broader} for slug, broader in TOPICS.items()],
        "readouts": [original, ours, theirs, agency, silent],
        "calls": [call],
    }


@pytest.fixture(scope="module")
async def url(server: str, migrated: str) -> str:
    """A database with the call."""
    address = await create_database(server, migrated)
    async with opened(address) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate(records(), strict=False))
    return address


@pytest.fixture(scope="module")
async def own(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service over it."""
    async with serving(url) as app, client_of(app) as client:
        yield client


@pytest.fixture(scope="module")
async def compared(own: httpx.AsyncClient) -> Json:
    """The comparison of the call, in the shape that is declared."""
    answer = await own.get("/v1/calls/a-call/comparison")
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    validator_of(DECLARED, 200, "application/json").validate(told)
    return told


def texts(point: Json) -> dict[int, list[str]]:
    """The sentences of a point, by account."""
    return {report["account"]: [one["text"] for one in report["statements"]] for report in point["reports"]}


def sentence(said: list[Any], *places: int) -> list[str]:
    """Sentences of an account."""
    return [said[place][1] for place in places]


def test_the_accounts(compared: Json) -> None:
    """A translation belongs to its original; the text is compared that is in the language of most others."""
    shown = [
        (one["number"], one["publisher"] and one["publisher"]["slug"], one["party"] and one["party"]["code"])
        for one in compared["accounts"]
    ]
    assert shown == [(1, "chancellery", "XN"), (2, "palace", "XS"), (3, None, None), (4, None, None)]
    first = compared["accounts"][0]
    assert (first["readout"]["language"], first["readout"]["statement_count"]) == ("en", 5)
    (original,) = first["translations"]
    assert (original["language"], original["statement_count"]) == ("et", 1)
    assert first["readout"]["translation_of"] == original["id"]
    assert [(one["points"], one["points_alone"]) for one in compared["accounts"]] == [(5, 2), (5, 2), (2, 1), (0, 0)]


def test_the_points(compared: Json) -> None:
    """What both report, also split or jointly; what one alone reports; and what another language's account reports."""
    told = [(texts(point), point["absent_from"], point["differs"]) for point in compared["points"]]
    assert told == [
        ({1: sentence(OURS, 0), 2: sentence(THEIRS, 0)}, [3], ["act"]),
        ({1: sentence(OURS, 1), 2: sentence(THEIRS, 1, 2), 3: sentence(AGENCY, 0)}, [], []),
        ({1: sentence(OURS, 2), 2: sentence(THEIRS, 3)}, [3], ["speakers", "act"]),
        # That is not coded, so nobody knows whether an account in another language has it.
        ({1: sentence(OURS, 3)}, [2], []),
        ({1: sentence(OURS, 4)}, [2], []),
        ({2: sentence(THEIRS, 4)}, [1], []),
        ({2: sentence(THEIRS, 5)}, [1], []),
        ({3: sentence(AGENCY, 1)}, [], []),
    ]
    assert [point["number"] for point in compared["points"]] == list(range(1, 9))
    assert [point["accounts"] for point in compared["points"]] == [sorted(one[0]) for one in told]
    (joint,) = compared["points"][2]["matches"]
    assert (joint["by"], joint["speakers"]) == ("words", "joint")
    by = Counter((one["by"], one["speakers"]) for one in compared["points"][1]["matches"])
    assert by == {("words", "same"): 2, ("codes", "same"): 3}


def test_echoes(compared: Json) -> None:
    """The two leaders say much the same of the island, each by one account alone."""
    (echo,) = compared["echoes"]
    ids = {
        one["id"]: one["text"]
        for point in compared["points"]
        for told in point["reports"]
        for one in told["statements"]
    }
    assert [ids[one] for one in echo["statements"]] == [*sentence(OURS, 3), *sentence(THEIRS, 4)]
    assert (echo["speakers"], echo["score"] >= ECHOING) == ("other", True)


def test_contested_fields(compared: Json) -> None:
    """An evening is the next morning elsewhere, a leader initiates for his party, and a channel is only one."""
    told = [
        (one["field"], one["agreement"], [(value["accounts"], len(value["claims"])) for value in one["values"]])
        for one in compared["fields"]
    ]
    assert told == [
        ("date", "compatible", [([], 1), ([], 1)]),
        ("channel", "conflicting", [([], 1), ([1, 2], 1)]),
        ("initiator", "compatible", [([], 1), ([], 1)]),
        ("duration", "one", [([], 2)]),
    ]


def test_speakers_and_topics(compared: Json) -> None:
    """How much each account has each leader say, and on what."""
    ilves, moreau = compared["speakers"]
    assert [speaker["speaker"]["leader"]["slug"] for speaker in (ilves, moreau)] == [ILVES, MOREAU]
    shares = [(one["account"], one["statements"], one["joint"]) for one in ilves["accounts"]]
    assert shares == [(1, 4, 0), (2, 4, 1), (3, 1, 0)]
    assert ilves["accounts"][2]["characters"] == len(AGENCY[0][1])
    grid = {
        topic["topic"] and topic["topic"]["slug"]: {
            told["speaker"]["leader"]["slug"]: {one["account"]: len(one["statements"]) for one in told["accounts"]}
            for told in topic["speakers"]
        }
        for topic in compared["topics"]
    }
    assert list(grid) == ["economy", "trade", "prisoners", "water", None]
    assert grid["trade"] == {ILVES: {1: 1, 2: 2, 3: 1}}
    assert grid["prisoners"] == {ILVES: {1: 1, 2: 1}, MOREAU: {2: 1}}
    assert grid[None] == {ILVES: {1: 1}, MOREAU: {1: 1, 2: 2}}
    assert [topic["broader"] and topic["broader"]["slug"] for topic in compared["topics"]][:2] == [None, "economy"]


async def test_what_one_side_says_that_a_leader_said(own: httpx.AsyncClient) -> None:
    """Also jointly with others."""
    for speaker, publisher, expected in (
        (ILVES, "palace", sentence(THEIRS, 0, 1, 2, 3)),
        (MOREAU, "palace", sentence(THEIRS, 3, 4, 5)),
        (MOREAU, "chancellery", sentence(OURS, 4)),
    ):
        answer = await own.get("/v1/statements", params={"speaker": speaker, "attributed_by": publisher})
        assert [one["text"] for one in answer.json()["data"]] == expected


async def test_a_single_account(client: httpx.AsyncClient) -> None:
    """The seed's: all of it is told by nobody else, and nobody was looked through for it."""
    told = (await client.get(SEED)).json()
    assert len(told["points"]) == 14
    assert {(tuple(point["accounts"]), tuple(point["absent_from"])) for point in told["points"]} == {((1,), ())}
    assert [(one["field"], one["agreement"]) for one in told["fields"]] == [
        ("date", "compatible"),
        ("channel", "one"),
        ("initiator", "one"),
    ]
    assert told["echoes"] == []


async def test_as_of_a_time(url: str, own: httpx.AsyncClient) -> None:
    """The comparison of the past is that of then."""
    moment = await head(url)
    now = await own.get("/v1/calls/a-call/comparison")
    answer = await own.get(then("/v1/calls/a-call/comparison", moment))
    assert answer.json() == now.json()
    early = await own.get("/v1/calls/a-call/comparison?as_of=2001-01-01T00:00:00Z")
    assert early.status_code == 404


async def test_as_of_a_time_with_topics_that_are_nowhere_coded(seeded_url: str) -> None:
    """Their broader ones are those of then, too."""
    moment = await head(seeded_url)
    async with serving(seeded_url) as app, client_of(app) as client:
        now = (await client.get(SEED)).json()
        assert any(topic["broader"] for topic in now["topics"])
        assert (await client.get(then(SEED, moment))).json() == now


async def test_topics_far_above_and_originals_elsewhere(server: str, migrated: str) -> None:
    """Two statements meet at a topic two levels up; two translations are one account without their original."""
    url = await create_database(server, migrated)
    given = records()
    given["topics"] += [
        {"slug": slug, "name": slug, "broader": broader} for slug, broader in (("top", None), ("a", "top"), ("b", "a"))
    ]
    original, _ = readout(1, "et", OURS[:1])
    ours, of_ours = readout(
        2, "en", [((ILVES,), "Ships sail north.", "support", ["top"])], translation_of=original["id"]
    )
    again, _ = readout(3, "fr", OURS[:1], translation_of=original["id"])
    theirs, of_theirs = readout(4, "en", [((ILVES,), "Other words entirely.", "support", ["b"])])
    given["readouts"] += [original, ours, again, theirs]
    call = {**given["calls"][0], "slug": "another", "identifiers": [], "claims": CLAIMS[:3]}
    call |= {"readouts": [one["id"] for one in (ours, again, theirs)], "statements": [*of_ours, *of_theirs]}
    given["calls"].append(call)
    async with opened(url) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate(given, strict=False))
    async with serving(url) as app, client_of(app) as client:
        told = (await client.get("/v1/calls/another/comparison")).json()
    assert [[one["id"] for one in account["translations"]] for account in told["accounts"]] == [[again["id"]], []]
    assert [point["accounts"] for point in told["points"]] == [[1, 2]]


async def test_conditions_and_keys(own: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    """Asked as other items are."""
    answer = await own.get("/v1/calls/a-call/comparison?identifier=test:a-call")
    tag = answer.headers["etag"]
    assert tag.startswith('"v1.')
    again = await own.get("/v1/calls/a-call/comparison?identifier=test:a-call", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert (await own.get("/v1/calls/a-call/comparison?identifier=test:other")).status_code == 404
    for wrong, status in (("/v1/calls/nothing/comparison", 404), (f"{SEED}?limit=1", 422), (f"{SEED}?as_of=x", 422)):
        assert (await client.get(wrong)).status_code == status


async def test_more_than_is_compared(server: str, migrated: str) -> None:
    """A call of as many statements is, and one with one more is refused in words."""
    url = await create_database(server, migrated)
    many = records()
    said: list[Any] = [((ILVES,), f"Sentence number {number}.", None, []) for number in range(MOST_STATEMENTS + 1)]
    for slug, number in (("enough", MOST_STATEMENTS), ("too-many", MOST_STATEMENTS + 1)):
        document, statements = readout(7, "en", said[:number])
        many["readouts"].append(document)
        call = {**many["calls"][0], "slug": slug, "readouts": [document["id"]], "statements": statements}
        many["calls"].append({**call, "claims": CLAIMS[:3], "identifiers": []})
    async with opened(url) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate(many, strict=False))
    async with serving(url) as app, client_of(app) as client:
        assert (await client.get("/v1/calls/enough/comparison")).status_code == 200
        refused = await client.get("/v1/calls/too-many/comparison")
        assert refused.status_code == 422
        assert "more than 500 statements" in refused.json()["errors"][0]["detail"]


async def test_every_generated_call(world_app: FastAPI, world_client: httpx.AsyncClient, world: World) -> None:
    """Of one statement each; every statement makes one point, and all that is told goes with the documents."""
    validator = validator_of(DECLARED, 200, "application/json")
    readouts = {one["id"]: one for one in world.documents["readouts"]}
    shared = 0
    for call in world.documents["calls"]:
        with statements_of(world_app) as sent:
            told = (await world_client.get(f"/v1/calls/{call['slug']}/comparison")).json()
        assert len(sent) == 1
        validator.validate(told)
        accounts = {one["number"]: one for one in told["accounts"]}
        assert {one["readout"]["id"] for one in accounts.values()} == set(call["readouts"])
        place = {
            one["id"]: (point["number"], report["account"])
            for point in told["points"]
            for report in point["reports"]
            for one in report["statements"]
        }
        numbers = {one["readout"]["id"]: one["number"] for one in accounts.values()}
        assert {one: account for one, (_, account) in place.items()} == {
            one["id"]: numbers[one["readout"]] for one in call["statements"]
        }
        assert sum(len(report["statements"]) for point in told["points"] for report in point["reports"]) == len(place)
        for point in told["points"]:
            for one in point["matches"]:
                first, second = (place[statement] for statement in one["statements"])
                assert first[0] == second[0] == point["number"]
                assert first[1] != second[1]
            shared += len(point["accounts"]) > 1
            languages = {readouts[accounts[one]["readout"]["id"]]["language"][:2] for one in point["accounts"]}
            assert {one["by"] for one in point["matches"]} <= ({"words"} if len(languages) == 1 else {"words", "codes"})
        topics = {one["slug"]: one["id"] for one in world.documents["topics"]}
        spoken = {
            (topics.get(topic), speaker["participant"], one["id"])
            for one in call["statements"]
            for topic in (one["topics"] or [None])
            for speaker in one["speakers"]
        }
        refs = {person["id"]: person["ref"] for person in call["participants"]}
        assert spoken == {
            (topic["topic"] and topic["topic"]["id"], refs[speaker["speaker"]["participant"]], statement)
            for topic in told["topics"]
            for speaker in topic["speakers"]
            for one in speaker["accounts"]
            for statement in one["statements"]
        }
    assert shared > 20


# The alignment by itself.


def anything(chance: random.Random) -> list[Said]:
    """Statements of up to four accounts, with few words, so that many are alike."""
    languages = [chance.choice(["en", "en", "zh"]) for _ in range(4)]
    said = []
    for _ in range(chance.randint(0, 25)):
        account = chance.randrange(4)
        language = languages[account]
        said.append(
            Said(
                account,
                language,
                frozenset(chance.sample("ABC", chance.randint(1, 2))),
                frozenset(f"{language}{word}" for word in chance.sample("abcdefghijklm", chance.randint(0, 6))),
                frozenset(chance.sample(["t1", "t2", "t3", "t4"], chance.randint(0, 2))),
                chance.choice([*terms(Act)[:2], None]),
            )
        )
    return sorted(said, key=lambda one: one.account)


def wordy(one: Said, other: Said) -> bool:
    """Whether they have words in common."""
    return one.language == other.language and bool(one.words & other.words)


def likeness(said: list[Said], one: Said, other: Said) -> float:
    """The cosine of two statements, term by term as it is defined."""
    every = sorted({term for some in said for term in some.words | some.topics})

    def vector(some: Said, *, topics_only: bool) -> list[float]:
        weights = []
        for term in every:
            times = sum(term in each.words | each.topics for each in said)
            has = term in some.topics or (term in some.words and not topics_only)
            weights.append(log(1 + len(said) / times) * (2 if term in some.topics else 1) * has)
        return weights

    across = one.language != other.language
    if not wordy(one, other) and (one.act is None or one.act != other.act):
        return 0
    mine, its = vector(one, topics_only=across), vector(other, topics_only=across)
    lengths = sqrt(fsum(w * w for w in mine)) * sqrt(fsum(w * w for w in its))
    return round(fsum(a * b for a, b in zip(mine, its, strict=True)) / lengths, 3) if lengths else 0


def kind(one: Said, other: Said) -> str:
    """Who speaks."""
    if one.speakers == other.speakers:
        return "same"
    return "joint" if one.speakers < other.speakers or other.speakers < one.speakers else "other"


def by_hand(said: list[Said]) -> list[Match]:
    """The matches by going through all pairs, and asking of each whether another is better for both."""
    scores = {}
    for (one, mine), (other, its) in product(enumerate(said), repeat=2):
        if mine.account == its.account:
            continue
        score, who = likeness(said, mine, its), kind(mine, its)
        if who == "other" and not wordy(mine, its):
            continue
        if score >= (ECHOING if who == "other" else ALIKE):
            scores[one, other] = (score, who)
    found = []
    for (one, other), (score, who) in scores.items():
        rivals = [
            [
                rival
                for (first, second), (rival, whose) in scores.items()
                if first == place and said[second].account == said[against].account
                if (whose == "other") == (who == "other")
            ]
            for place, against in ((one, other), (other, one))
        ]
        if one < other and any(score == max(some) for some in rivals):
            by: Any = "words" if said[one].language == said[other].language else "codes"
            found.append(Match(one, other, score, by, who))  # type: ignore[arg-type]
    return sorted(found, key=lambda one: (one.one, one.other))


@pytest.mark.parametrize("seed", range(60))
def test_matches_are_those_found_by_hand(seed: int) -> None:
    """Also those across languages, of joint speakers, and of different ones."""
    said = anything(random.Random(seed))
    assert match(said) == by_hand(said)


@pytest.mark.parametrize("seed", range(30))
def test_points_hang_together(seed: int) -> None:
    """Every statement makes one, and two make the same if a chain of matches leads from one to the other."""
    said = anything(random.Random(seed))
    matches = match(said)
    reached = {place: {place} for place in range(len(said))}
    for _ in said:
        for one in matches:
            if one.speakers != "other":
                both = reached[one.one] | reached[one.other]
                for place in both:
                    reached[place] = reached[place] | both
    told = points(said, matches)
    assert sorted(place for point in told for place in point) == list(range(len(said)))
    for point in told:
        assert point == sorted(point)
        assert all(reached[place] == set(point) for place in point)
    assert [point[0] for point in told] == sorted(point[0] for point in told)


def test_the_order_makes_no_difference() -> None:
    """Whatever order the statements come in, the same ones match."""
    chance = random.Random(7)
    said = anything(chance)
    places = list(range(len(said)))
    chance.shuffle(places)
    mixed = match([said[place] for place in places])
    assert {frozenset((places[one.one], places[one.other])) for one in mixed} == {
        frozenset((one.one, one.other)) for one in match(said)
    }


def date(edtf: str, earliest: str | None, latest: str | None, zone: str | None = None) -> Json:
    """A date as a claim has it."""
    return {"edtf": edtf, "earliest": earliest, "latest": latest, "zone": zone}


def day(edtf: str, zone: str | None = None) -> Json:
    """A date of one day."""
    return date(edtf, edtf, edtf, zone)


PARTIES: dict[str, str | None] = {"p": "x", "q": None}
BY_P = {"kind": "participant", "participant": {"id": "p"}, "party": None}
BY_Q = {"kind": "participant", "participant": {"id": "q"}, "party": None}
MUTUAL = {"kind": "mutual", "participant": None, "party": None}


def by_party(party: str) -> Json:
    """A party as initiator."""
    return {"kind": "party", "participant": None, "party": {"id": party}}


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("date", [day("2020-03-19")], "one"),
        ("date", [day("2020-03-19"), date("2020-03", "2020-03-01", "2020-03-31")], "compatible"),
        ("date", [day("2020-03-19"), day("2020-03-20")], "compatible"),
        ("date", [day("2020-03-19", "Asia/Shanghai"), day("2020-03-20", "America/New_York")], "compatible"),
        ("date", [day("2020-03-19", "Asia/Shanghai"), day("2020-03-20", "Asia/Shanghai")], "conflicting"),
        ("date", [day("2020-03-19"), day("2020-03-21")], "conflicting"),
        ("date", [day("2020-03-21"), day("2020-03-19")], "conflicting"),
        ("date", [day("2020-03-19"), day("2020-03-20"), day("2020-03-21")], "conflicting"),
        ("date", [date("XXXX-XX-19", None, None), day("2020-03-19")], "compatible"),
        ("date", [date("XXXX-XX-19", None, None), day("2020-03-17")], "conflicting"),
        ("date", [date("XXXX-XX-19", None, None), day("2020-03-18")], "compatible"),
        ("date", [date("XXXX-XX-19", None, None, "Asia/Shanghai"), day("2020-03-18", "Asia/Shanghai")], "conflicting"),
        ("date", [date("XXXX-XX-19?", None, None), date("2020-03-25?", "2020-03-25", "2020-03-25")], "conflicting"),
        (
            "date",
            [date("XXXX-XX-19", None, None), date("2020-03-24/2020-03-25", "2020-03-24", "2020-03-25")],
            "conflicting",
        ),
        ("date", [date("XXXX-XX-30", None, None), date("2020-02", "2020-02-01", "2020-02-29")], "conflicting"),
        ("date", [date("XXXX-02-29", None, None), date("1897/1903", "1897-01-01", "1903-12-31")], "conflicting"),
        ("date", [date("XXXX-02-29", None, None), date("1897/1904", "1897-01-01", "1904-12-31")], "compatible"),
        ("date", [date("XXXX-12-31", None, None), date("XXXX-01", None, None)], "compatible"),
        ("date", [date("XXXX-03-1X", None, None), date("XXXX-03-08", None, None)], "conflicting"),
        ("date", [date("XXXX-03-1X", None, None), date("2021-03-09/..", "2021-03-09", None)], "compatible"),
        ("date", [date("XXXX", None, None), day("0000-03-01")], "compatible"),
        ("date", [date("../..", None, None), day("2020-03-19")], "compatible"),
        ("date", [date("XXXX-XX-19", None, None), date("2020-03", "2020-03-01", "2020-03-31")], "compatible"),
        ("date", [date("2020/..", "2020-01-01", None), day("2021-03-18")], "compatible"),
        ("date", [date("2020-05/..", "2020-05-01", None), day("2019-03-01")], "conflicting"),
        ("date", [date("../2018", None, "2018-12-31"), day("2020-03-19")], "conflicting"),
        ("date", [date("../2018", None, "2018-12-31"), date("2017/..", "2017-01-01", None)], "compatible"),
        ("date", [date("../2018", None, "2018-12-31"), date("XXXX-XX-19", None, None)], "compatible"),
        ("date", [day("0000-12-31"), day("0001-01-01")], "compatible"),
        ("date", [day("0000-12-31"), day("0001-01-02")], "conflicting"),
        ("date", [day("0000-02-29"), day("0000-03-01")], "compatible"),
        ("channel", ["telephone", "unknown"], "compatible"),
        ("channel", ["telephone", "video"], "conflicting"),
        ("channel", ["telephone", "unknown", "video"], "conflicting"),
        ("duration", [3000, 3001], "conflicting"),
        ("initiator", [BY_P, by_party("x")], "compatible"),
        ("initiator", [by_party("x"), BY_P], "compatible"),
        ("initiator", [BY_P, by_party("y")], "conflicting"),
        ("initiator", [BY_Q, by_party("y")], "conflicting"),
        ("initiator", [BY_P, BY_Q], "conflicting"),
        ("initiator", [by_party("x"), by_party("y")], "conflicting"),
        ("initiator", [BY_P, MUTUAL], "conflicting"),
    ],
)
def test_what_can_all_be_right(field: str, values: list[Any], expected: str) -> None:
    """Dates that overlap or are a day apart in other zones, an initiator with his party, and what is not known."""
    assert agreement(field, values, PARTIES) == expected


def test_a_topic_alone_is_not_enough() -> None:
    """Without a word in common statements make one point only where the same is done; and they never are echoes."""

    def told(word: str, act: str | None, *, account: int, speaker: str = "A") -> Said:
        return Said(account, "en", frozenset({speaker}), frozenset({word}), frozenset({"trade"}), act)

    ours = told("tariffs", "propose", account=0)
    assert match([ours, told("tariffs", "criticise", account=1)])
    assert match([ours, told("quotas", "propose", account=1)])
    assert not match([ours, told("quotas", "criticise", account=1)])
    assert not match([told("tariffs", None, account=0), told("quotas", None, account=1)])
    assert match([ours, told("tariffs", "propose", account=1, speaker="B")])
    assert not match([ours, told("quotas", "propose", account=1, speaker="B")])


def test_words_are_few() -> None:
    """By how many words a statement is compared is bounded; those that few have go first."""
    common, rare = frozenset(f"a{number}" for number in range(500)), frozenset({"rare"})
    said = [Said(number % 2, "en", frozenset("A"), common) for number in range(20)]
    said += [Said(number, "en", frozenset("A"), common | rare) for number in range(2)]
    found: defaultdict[tuple[int, int], float] = defaultdict(float)
    found.update({(one.one, one.other): one.score for one in match(said)})
    assert found[20, 21] == 1
