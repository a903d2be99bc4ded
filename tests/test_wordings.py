"""A readout gets a newer wording: what is quoted goes along where that has the words, and what was edited is told."""

import hashlib
import json
import random
import re
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx
import pytest

from app import anchoring, diffing, rewording
from app.anchoring import Anchoring
from app.db import Database, driver_connection
from app.diffing import MOST_EDITS, Edit, diff
from app.keeping import keep_all
from app.records import Records, add_records
from app.revisions import Revision
from app.rewording import Rewording
from app.verifying import verify
from app.writings import Author
from tests.conftest import client_of, connected, create_database, give_key, opened, serving
from tests.factories import make_world
from tests.test_as_of import head, then
from tests.test_contract import OPERATIONS, validator_of
from tests.test_merging import check_all
from tests.test_statement_count import statements_of

Json = dict[str, Any]
(DECLARED,) = (operation for path, operation in OPERATIONS if path == "/v1/readouts/{id}/diff")

# How wordings differ.


def applied(old: str, new: str, edits: list[Edit]) -> str:
    """The old wording with the edits made."""
    parts, place = [], 0
    for edit in edits:
        assert place <= edit.from_start <= edit.from_end
        parts += [old[place : edit.from_start], new[edit.to_start : edit.to_end]]
        place = edit.from_end
    return "".join([*parts, old[place:]])


def shown(old: str, new: str) -> list[tuple[str, str, str]]:
    """The edits by their words."""
    by, edits = diff(old, new)
    assert by == "words"
    assert applied(old, new, edits) == new
    return [(e.kind, old[e.from_start : e.from_end], new[e.to_start : e.to_end]) for e in edits]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Same.", "Same.", []),
        ("Grain will double.", "Grain may double.", [("replace", "will", "may")]),
        ("Grain will double.", "Grain will surely double.", [("insert", "", "surely ")]),
        ("Grain will surely double.", "Grain will double.", [("delete", "surely ", "")]),
        # What stands between the two is nothing to read.
        ("He said: no, thanks.", "He said: yes. Please.", [("replace", "no, thanks", "yes. Please")]),
        ("One.\nTwo.\nThree.\n", "One.\nThree.\n", [("delete", "Two.\n", "")]),
        ("One.\nTwo.\n", "Two.\nOne.\n", [("insert", "", "Two.\n"), ("delete", "Two.\n", "")]),
        ("中方愿加强合作。", "中方愿深化合作。", [("replace", "加强", "深化")]),
        ("Старый текст. Другой.", "Новый текст. Другой.", [("replace", "Старый", "Новый")]),
        ("a", "b", [("replace", "a", "b")]),
        ("naïve 👩‍👩‍👧 end", "naïve 👩‍👩‍👧‍👦 end", [("insert", "", "‍👦")]),
    ],
)
def test_what_was_edited(old: str, new: str, expected: list[tuple[str, str, str]]) -> None:
    """By words, and where there are no spaces by characters."""
    assert shown(old, new) == expected


@pytest.mark.parametrize("seed", range(40))
def test_edits_lead_from_one_wording_to_the_other(seed: int) -> None:
    """Whatever the texts are; and nothing is told as edited that begins or ends alike, word by word."""
    chance = random.Random(seed)
    alphabet = ["grain", "river", "the", " ", " ", ". ", "\n", "协", "议", "。", "“", "!"]
    old = "".join(chance.choices(alphabet, k=chance.randint(1, 120)))
    new = "".join(
        chance.choice(["", "new ", part, part, part]) if chance.random() < 0.3 else part
        for part in re.split(r"(?<=[ .\n])", old)
    )
    new = new or "x"
    edits = diff(old, new)[1]
    assert applied(old, new, edits) == new
    assert applied(new, old, [Edit(e.to_start, e.to_end, e.from_start, e.from_end) for e in edits]) == old
    for one, other in pairwise(edits):
        between = old[one.from_end : other.from_start]
        assert between == new[one.to_end : other.to_start]
        assert re.search(r"[\w\n]", between)
    assert diff(old, old) == ("words", [])


def test_many_edits_are_told_by_larger_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences, lines, and at last the whole text."""
    old = "".join(f"One {n}. Two {n}. Three {n}.\n" for n in range(40))
    new = old.replace("One", "Other").replace("Three", "Third")
    told = {}
    for most in (200, 79, 40, 0):
        monkeypatch.setattr(diffing, "MOST_EDITS", most)
        by, edits = diff(old, new)
        assert applied(old, new, edits) == new
        told[most] = (by, len(edits))
    assert told == {200: ("words", 80), 79: ("sentences", 41), 40: ("lines", 1), 0: ("whole", 1)}
    assert MOST_EDITS == 10_000


def test_what_is_too_much_to_be_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts as replaced, between what both begin and end with."""
    monkeypatch.setattr(diffing, "_MOST_COMPARED", 10)
    old, new = "same a b c d e f same", "same u b v d w f same"
    assert shown(old, new) == [("replace", "a b c d e", "u b v d w")]


# Where quotations stand.


def by_hand(old: str, new: str, start: int, end: int, context: int) -> int | None:
    """The place of a quotation in another wording, as it is defined, by looking at every place."""
    words = old[start:end]

    def alike(one: int, other: int) -> int:
        before = after = 0
        while before < context and min(one, other) > before and old[one - before - 1] == new[other - before - 1]:
            before += 1
        one, other = one + len(words), other + len(words)
        while (
            after < context
            and max(one + after - len(old), other + after - len(new)) < 0
            and old[one + after] == new[other + after]
        ):
            after += 1
        return before + after

    head = next((n for n in range(min(len(old), len(new))) if old[n] != new[n]), min(len(old), len(new)))
    longest = min(len(old), len(new)) - head
    tail = next((n for n in range(longest) if old[-1 - n] != new[-1 - n]), longest)
    if end + context <= head:
        return start
    if start - context >= len(old) - tail:
        return start + len(new) - len(old)
    ours = [n for n in range(len(old)) if old.startswith(words, n)]
    theirs = [n for n in range(len(new)) if new.startswith(words, n)]
    best = max((alike(start, other) for other in theirs), default=-1)
    best_of = [other for other in theirs if alike(start, other) == best]
    if len(best_of) != 1:
        return None
    (place,) = best_of
    return None if any(alike(one, place) >= best for one in ours if one != start) else place


@pytest.mark.parametrize("seed", range(60))
def test_quotations_are_found_as_defined(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """In texts that repeat themselves, so that the words around them decide; no two are found in one place."""
    chance = random.Random(seed)
    context = chance.choice([1, 2, 3, 5])
    monkeypatch.setattr(anchoring, "CONTEXT", context)
    old = "".join(chance.choices("ab. ", k=chance.randint(2, 40)))
    place = chance.randrange(len(old))
    new = old[:place] + "".join(chance.choices("ab.", k=chance.randint(0, 3))) + old[place + chance.randint(0, 3) :]
    if chance.random() < 0.3:
        middle = chance.randrange(len(new) + 1)
        new = new[middle:] + new[:middle]
    found = Anchoring(old, new)
    spans = [(start, end) for start in range(len(old)) for end in range(start + 1, min(start + 6, len(old)) + 1)]
    taken: dict[tuple[int, int], int] = {}
    for start, end in spans:
        there = found.find(start, end)
        assert there == by_hand(old, new, start, end, context), (old, new, start, end, context)
        if there is not None:
            assert new[there : there + end - start] == old[start:end]
            assert taken.setdefault((there, end - start), start) == start
    same = Anchoring(old, old)
    assert all(same.find(start, end) == start for start, end in spans if old.count(old[start:end]) == 1)


def test_words_in_too_many_places_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a text of one word costs no more than others."""
    monkeypatch.setattr(anchoring, "CONTEXT", 2)
    old = "no " * 300
    assert Anchoring(old, "x" + old[1:-1] + "x").find(450, 452) is None


def test_only_so_much_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what stands before or after all edits it is known anyway where it stands."""
    text = " ".join(f"word-{number}" for number in range(200))
    new = text.replace("word-100", "other")
    spans = [(1, start, text.index(" ", start)) for start in (0, text.index("word-95"), text.index("word-190"))]
    shift = len(new) - len(text)
    expected = {spans[0]: 0, spans[1]: spans[1][1], spans[2]: spans[2][1] + shift}
    assert Rewording.of(READOUT, {1: text, 2: new}, spans).places == expected
    monkeypatch.setattr(rewording, "MOST_LOOKED_AT", -1)
    del expected[spans[1]]
    assert Rewording.of(READOUT, {1: text, 2: new}, spans).places == expected


@pytest.mark.parametrize(
    ("old", "new", "words", "more"),
    [
        ("Title\nOne.\n\nTwo.", "Title\nNew.\nOne.\nTwo.", "Two", 1),
        ("Title\nOne.\nTwo.", "Title\nOne. Two.", "Two", -1),
        ("Title\nOne.\nTwo.", "Title\n\n\nOne.\n \nTwo!", "Two", 0),
    ],
)
def test_paragraphs_are_counted(old: str, new: str, words: str, more: int) -> None:
    """By how many more or fewer stand before a place; blank lines are none."""
    assert Anchoring(old, new).paragraphs_between(old.index(words), new.index(words)) == more


# A readout of two paragraphs, of which each opens with who speaks.

FIRST = """A call of two presidents
President Ilves and President Moreau spoke by telephone on Tuesday.
Ilves said that the dam would be repaired before the spring. The neighbours would be told of every test. The costs would be shared.
Moreau replied that her engineers were ready. They had read the plans. Thank you, she said twice. Thank you.
"""  # noqa: E501
ILVES, MOREAU = "ilves", "moreau"
SAID: list[tuple[str, str, str | None, int]] = [
    (ILVES, "the dam would be repaired before the spring.", "Ilves said that", 2),
    (ILVES, "The neighbours would be told of every test.", None, 2),
    (ILVES, "The costs would be shared.", None, 2),
    (MOREAU, "her engineers were ready.", "Moreau replied that", 3),
    (MOREAU, "They had read the plans.", None, 3),
    (MOREAU, "Thank you, she said twice.", "she said", 3),
]
READOUT, OTHER = "01990000-0000-7000-8000-000500000001", "01990000-0000-7000-8000-000500000002"
CALL, ELSEWHERE = "01990000-0000-7000-8000-000600000001", "01990000-0000-7000-8000-000600000002"


def quoted(words: str, text: str = FIRST, last: bool = False) -> Json:  # noqa: FBT001, FBT002 - a matter of taste
    """Words with their offsets."""
    start = text.rindex(words) if last else text.index(words)
    return {"text": words, "start": start, "end": start + len(words)}


def evidence(words: str) -> Json:
    """Words as evidence."""
    return {"readout": READOUT, "version": 1, **quoted(words)}


def records() -> Json:
    """The call with its readout; another call and another readout have claims that rest on it."""
    statements = [
        {
            "id": f"01990000-0000-7000-8000-00080000000{position}",
            "readout": READOUT,
            "position": position,
            "paragraph": paragraph,
            "speakers": [{"participant": speaker}],
            **quoted(words),
            "attribution": {"kind": "inherited"}
            if attribution is None
            else {"kind": "explicit", "verb": "said", **quoted(attribution)},
        }
        for position, (speaker, words, attribution, paragraph) in enumerate(SAID, start=1)
    ]
    date = {
        "field": "date",
        "value": {"edtf": "2031-10-07"},
        "basis": "derived",
        "preferred": True,
        "evidence": [evidence("on Tuesday"), {"source": "A newspaper"}],
    }
    channel = {"field": "channel", "value": "telephone", "basis": "stated", "preferred": True}
    call = {
        "id": CALL,
        "slug": "a-call",
        "title": "A call",
        "participants": [{"ref": ILVES, "leader": ILVES}, {"ref": MOREAU, "leader": MOREAU}],
        "readouts": [READOUT],
        "mentions": [
            {
                "participant": ILVES,
                "readout": READOUT,
                "name": quoted("Ilves"),
                "office": quoted("President"),
            },
            {"participant": MOREAU, "readout": READOUT, "name": quoted("Moreau")},
        ],
        "statements": statements,
        "claims": [date, {**channel, "evidence": [evidence("by telephone")]}],
    }
    other = {
        "id": ELSEWHERE,
        "slug": "another-call",
        "title": "Another call",
        "participants": [{"ref": ILVES, "leader": ILVES}],
        "claims": [{**date, "evidence": [evidence("before the spring")]}, channel],
    }
    publisher = {"field": "publisher", "value": "palace", "basis": "derived", "preferred": True}
    return {
        "leaders": [{"slug": slug, "names": [{"name": slug.title(), "kind": "preferred"}]} for slug in (ILVES, MOREAU)],
        "publishers": [{"slug": "palace", "name": "Palace", "kind": "presidency"}],
        "readouts": [
            {
                "id": READOUT,
                "title": "A call of two presidents",
                "language": "en",
                "versions": [{"text": FIRST}],
                "claims": [{**publisher, "evidence": [evidence("two presidents")]}],
            },
            {
                "id": OTHER,
                "title": "Something else",
                "language": "en",
                "versions": [{"text": "Nothing."}],
                "claims": [{**publisher, "evidence": [evidence("President Moreau")]}],
            },
        ],
        "calls": [call, other],
    }


@pytest.fixture
async def url(server: str, migrated: str) -> str:
    """A database with these."""
    address = await create_database(server, migrated)
    async with opened(address) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate(records(), strict=False))
    return address


@pytest.fixture
async def editor(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client who may write there."""
    async with serving(url) as app, client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {(await give_key(app.state.database)).text}"
        yield client


async def patch(client: httpx.AsyncClient, address: str, given: Json) -> httpx.Response:
    """What is answered to a patch."""
    headers = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
    return await client.patch(address, content=json.dumps(given), headers=headers)


async def reword(client: httpx.AsyncClient, *texts: str | None) -> Json:
    """Let the readout have these wordings."""
    versions = [
        {"version": number, "text": text} if text is not None else {"version": number, "sha256": "0" * 64}
        for number, text in enumerate(texts, start=1)
    ]
    answer = await patch(client, f"/v1/readouts/{READOUT}", {"versions": versions})
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


async def told(client: httpx.AsyncClient, address: str, **params: str) -> Any:
    """What an address answers."""
    answer = await client.get(address, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def statements(client: httpx.AsyncClient, **params: str) -> list[Json]:
    """The statements of the call, in reading order."""
    found: list[Json] = (await told(client, f"/v1/calls/{CALL}/statements", **params))["data"]
    return found


async def versions(client: httpx.AsyncClient) -> dict[int, list[int]]:
    """The numbers of the sentences that are quoted from each wording, all of which stand there."""
    texts = {
        one["version"]: one["text"]
        for one in (await told(client, f"/v1/readouts/{READOUT}", include="versions"))["versions"]
    }
    found: dict[int, list[int]] = {}
    sentences = [words for _, words, _, _ in SAID]
    for one in await statements(client):
        text = texts[one["readout"]["version"]]
        assert text[one["start"] : one["end"]] == one["text"]
        clause = one["attribution"]
        if clause["kind"] == "explicit":
            assert text[clause["start"] : clause["end"]] == clause["text"]
        found.setdefault(one["readout"]["version"], []).append(sentences.index(one["text"]) + 1)
    return found


async def test_what_is_quoted_goes_along(editor: httpx.AsyncClient, url: str, server: str, migrated: str) -> None:
    """All of it, where something is added; in one revision, which the history of each tells."""
    moment = await head(url)
    second = FIRST.replace("on Tuesday", "late on Tuesday").replace("Moreau replied", "An aide left.\nMoreau replied")
    readout = await reword(editor, FIRST, second)
    assert (readout["version"], readout["text_version"]) == (2, 2)
    assert await versions(editor) == {2: [1, 2, 3, 4, 5, 6]}
    assert [one["paragraph"] for one in await statements(editor)] == [2, 2, 2, 4, 4, 4]
    assert {one["version"] for one in await statements(editor)} == {2}
    call = await told(editor, f"/v1/calls/{CALL}", include="claims")
    assert call["version"] == 2
    moved = [one for claim in call["claims"] for one in claim["evidence"] if one["readout"]]
    moved += (await told(editor, f"/v1/calls/{ELSEWHERE}", include="claims"))["claims"][0]["evidence"]
    for readout_id in (READOUT, OTHER):
        shown = await told(editor, f"/v1/readouts/{readout_id}", include="claims,mentions")
        moved += shown["claims"][0]["evidence"]
        for mention in shown["mentions"]:
            moved += [
                {**words, "readout": mention["readout"]} for words in (mention["name"], mention["office"]) if words
            ]
    assert len(moved) == 2 + 1 + 2 + 3
    for one in moved:
        assert one["readout"] == {"id": READOUT, "version": 2}
        assert second[one["start"] : one["end"]] == one["text"]
    async with connected(url) as connection:
        rows = await connection.fetch(
            "SELECT resource, kind, count(*) FROM changes"
            " WHERE writing_id = (SELECT max(id) FROM writings) GROUP BY 1, 2 ORDER BY 1"
        )
    assert [tuple(row) for row in rows] == [
        ("calls", "changed", 2),
        ("participants", "changed", 2),
        ("readouts", "changed", 2),
        ("statements", "changed", 6),
    ]
    first = (await statements(editor))[0]["id"]
    history = await told(editor, f"/v1/statements/{first}/history/2")
    assert (history["before"].get("version"), history["after"]["version"]) == (None, 2)
    then_told = await editor.get(then(f"/v1/calls/{CALL}/statements", moment))
    assert {one["readout"]["version"] for one in then_told.json()["data"]} == {1}
    async with opened(url) as database:
        await check_all(database, server, migrated)


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        # What a statement says.
        ("every test", "every trial", [2]),
        # Who says it, also of those that go on in the same voice.
        ("Ilves said that", "Moreau said that", [1, 2, 3]),
        ("Ilves said that the dam", "Ilves said that soon the dam", [1]),
        ("Moreau replied that", "Moreau was told that", [4, 5]),
        # Who says it, in the middle.
        ("she said", "she wrote", [6]),
        # It stands somewhere else, before who says it.
        ("Ilves said that", "The costs would be shared. Ilves said that", []),
        (" The costs would be shared.", "", [3]),
        (FIRST, "Nothing of it.", [1, 2, 3, 4, 5, 6]),
    ],
)
async def test_what_does_not_stand_there_is_left(
    editor: httpx.AsyncClient, url: str, old: str, new: str, left: list[int]
) -> None:
    """In the wording where it stands, and it is found by that, until a wording has the words again."""
    second = FIRST.replace(old, new)
    await reword(editor, FIRST, second)
    found = await versions(editor)
    assert found.get(1, []) == left
    earlier = await statements(editor, wording="earlier")
    assert [one["position"] for one in earlier] == left
    assert len(await statements(editor, wording="newest")) == 6 - len(left)
    counted = await told(editor, f"/v1/calls/{CALL}/statements", wording="earlier", facet="speaker", count="exact")
    assert counted["page"]["total"] == len(left)
    difference = await told(editor, f"/v1/readouts/{READOUT}/diff")
    assert difference["left_statements"] == [one["id"] for one in earlier]
    await reword(editor, FIRST, second, FIRST)
    assert await versions(editor) == {3: [1, 2, 3, 4, 5, 6]}
    async with opened(url) as database:
        await keep_all(database)
        assert [key async for check in verify(database) async for key in check[1]] == []


async def test_the_order_of_reading_is_that_of_the_newest(editor: httpx.AsyncClient) -> None:
    """Where its paragraphs come in another order."""
    title, opening, one, other, _ = FIRST.split("\n")
    await reword(editor, FIRST, f"{title}\n{opening}\n{other}\n{one}")
    assert await versions(editor) == {2: [4, 5, 6, 1, 2, 3]}
    found = await statements(editor)
    assert [statement["position"] for statement in found] == [1, 2, 3, 4, 5, 6]
    assert [statement["paragraph"] for statement in found] == [2, 2, 2, 3, 3, 3]


async def test_words_that_are_not_recorded(editor: httpx.AsyncClient) -> None:
    """Nothing can be quoted from a wording of which only the hash is known, nor compared with it."""
    await reword(editor, FIRST, None)
    assert await versions(editor) == {1: [1, 2, 3, 4, 5, 6]}
    refused = await editor.get(f"/v1/readouts/{READOUT}/diff")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["parameter"] == "to"
    await reword(editor, FIRST, None, FIRST + "More.\n")
    assert await versions(editor) == {3: [1, 2, 3, 4, 5, 6]}


async def test_the_hash_of_the_source_stays(editor: httpx.AsyncClient) -> None:
    """It need not be given again with a wording that is as it was, and cannot be another."""
    source = hashlib.sha256(b"as it was published").hexdigest()
    document = {"title": "T", "language": "en", "versions": [{"text": "One.", "source_sha256": source}]}
    made = await editor.post("/v1/readouts", json=document)
    address = f"/v1/readouts/{made.json()['id']}"
    before = (await told(editor, address, include="versions"))["versions"]
    await patch(editor, address, {"versions": [{"text": "One."}, {"version": 2, "text": "Two."}]})
    after = (await told(editor, address, include="versions"))["versions"]
    assert [one for one in after if one["version"] == 1] == before
    assert before[0]["source_sha256"] == source
    other = {"versions": [{"text": "One.", "source_sha256": "0" * 64}, {"version": 2, "text": "Two."}]}
    headers = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
    refused = await editor.patch(address, json=other, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/versions")


async def test_other_changes_leave_quotations_alone(editor: httpx.AsyncClient) -> None:
    """A readout that is changed otherwise, or gets the wording it has, or one that was before its newest."""
    await patch(editor, f"/v1/readouts/{READOUT}", {"title": "Another title"})
    assert (await told(editor, f"/v1/calls/{CALL}"))["version"] == 1
    await reword(editor, FIRST, "Nothing.", FIRST.replace("ready", "willing"))
    assert await versions(editor) == {1: [4], 3: [1, 2, 3, 5, 6]}


async def test_going_back(editor: httpx.AsyncClient) -> None:
    """A call whose statements went along can be what it was: they quote the earlier wording again."""
    await reword(editor, FIRST, FIRST + "More.\n")
    tag = (await editor.get(f"/v1/calls/{CALL}")).headers["etag"]
    answer = await editor.post(f"/v1/calls/{CALL}/history/1/revert", headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    assert await versions(editor) == {1: [1, 2, 3, 4, 5, 6]}
    # Of the readout the wordings stay, and with them what is quoted.
    tag = (await editor.get(f"/v1/readouts/{READOUT}")).headers["etag"]
    answer = await editor.post(f"/v1/readouts/{READOUT}/history/1/revert", headers={"If-Match": tag})
    assert answer.json()["text_version"] == 2


async def test_a_position_that_is_taken(editor: httpx.AsyncClient) -> None:
    """A statement is left where another one has its position in the newest wording."""
    second = FIRST.replace("every test", "every trial")
    await reword(editor, FIRST, second)
    (old,) = await statements(editor, wording="earlier")
    new = {
        "call": CALL,
        "readout": READOUT,
        "version": 2,
        "position": old["position"],
        "paragraph": 2,
        "speakers": [{"participant": old["speakers"][0]["participant"]}],
        **quoted("The neighbours would be told of every trial.", second),
        "attribution": {"kind": "inherited"},
    }
    headers = {"Content-Type": "application/json"}
    answer = await editor.post("/v1/statements", content=json.dumps(new), headers=headers)
    assert answer.status_code == 201, answer.text
    third = second + "The neighbours would be told of every test.\n"
    await reword(editor, FIRST, second, third)
    left = await statements(editor, wording="earlier")
    assert [one["id"] for one in left] == [old["id"]]


async def test_the_difference(editor: httpx.AsyncClient) -> None:
    """In the declared shape, by one statement, both ways, and of named wordings; what is wrong is told by its name."""
    second = FIRST.replace("would be repaired", "will be rebuilt").replace(" on Tuesday", "")
    third = second + "它是新的。\n"
    await reword(editor, FIRST, second, third)
    address = f"/v1/readouts/{READOUT}/diff"
    texts = {1: FIRST, 2: second, 3: third}
    for asked, (one, other) in (
        ({}, (2, 3)),
        ({"to": "2"}, (1, 2)),
        ({"from": "1"}, (1, 3)),
        ({"from": "3", "to": "1"}, (3, 1)),
        ({"to": "1"}, (1, 1)),
    ):
        answer = await told(editor, address, **asked)
        validator_of(DECLARED, 200, "application/json").validate(answer)
        assert (answer["id"], answer["from"]["version"], answer["to"]["version"]) == (READOUT, one, other)
        edits = []
        for edit in answer["edits"]:
            edits.append(Edit(edit["from"]["start"], edit["from"]["end"], edit["to"]["start"], edit["to"]["end"]))
            assert edit["kind"] == edits[-1].kind
            for text, side in ((texts[one], edit["from"]), (texts[other], edit["to"])):
                assert text[side["start"] : side["end"]] == side["text"]
        assert applied(texts[one], texts[other], edits) == texts[other]
    both = await told(editor, address, **{"from": "1", "to": "2"})
    assert [(edit["from"]["text"], edit["to"]["text"]) for edit in both["edits"]] == [
        (" on Tuesday", ""),
        ("would", "will"),
        ("repaired", "rebuilt"),
    ]
    for wrong in ("from=4", "to=0", "from=+1", "to=x", "from=1&from=2", "from_=1", "as_of=2001-01-01T00:00:00Z"):
        refused = await editor.get(f"{address}?{wrong}")
        assert refused.status_code == 422, wrong
        assert refused.json()["errors"][0]["parameter"] == wrong.partition("=")[0]
    assert (await editor.get("/v1/readouts/01990000-0000-7000-8000-0005000000ff/diff")).status_code == 404


async def test_one_statement(url: str) -> None:
    """Gives both wordings, and what still quotes the first."""
    async with serving(url) as app, client_of(app) as client:
        with statements_of(app) as sent:
            await told(client, f"/v1/readouts/{READOUT}/diff")
        assert len(sent) == 1
        for version in ({}, {"from": "1", "to": "1"}):
            assert (await told(client, f"/v1/readouts/{READOUT}/diff", **version))["edits"] == []


async def add(database: Database, readout: str, text: str) -> None:
    """Add a wording of a readout."""

    def change(given: Json) -> Json:
        given["versions"].append({"version": len(given["versions"]) + 1, "text": text})
        return given

    async with database.writing() as writing:
        revision = Revision(await driver_connection(writing), Author("editor"))
        await revision.change("readout", UUID(readout), lambda _: None, change)
        await revision.finish()


@pytest.mark.parametrize("seed", range(2))
async def test_generated_readouts_are_reworded(server: str, migrated: str, seed: int) -> None:
    """Again and again, with sentences gone, new and in another order: what is quoted always stands where it is said to.

    What stands in one place of both wordings goes along, but for what goes on in a voice that is not found.
    """
    chance = random.Random(seed)
    url = await create_database(server, migrated)
    async with opened(url) as database:
        world = await make_world(url, database, 12, seed)
        readouts = {one["id"]: [one["versions"][0]["text"]] for one in world.documents["readouts"]}
        moved = left = 0
        for _ in range(40):
            readout = chance.choice(list(readouts))
            old = readouts[readout][-1]
            title, *lines = re.split(r"(?<=\n)|(?<=\. )", old)
            done = chance.random()
            if done < 0.4 and lines:
                lines.pop(chance.randrange(len(lines)))
            elif done < 0.7:
                lines.insert(chance.randint(0, len(lines)), f"Something new {chance.random()}.\n")
            else:
                chance.shuffle(lines)
            new = "".join([title, *lines]) or "x"
            if new == old:
                continue
            await add(database, readout, new)
            readouts[readout].append(new)
            async with connected(url) as connection:
                rows = await connection.fetch(
                    "SELECT readout_version AS version, text, attribution_kind AS kind FROM statements"
                    " WHERE readout_id = $1",
                    UUID(readout),
                )
            newest = len(readouts[readout])
            for row in rows:
                assert row["text"] in readouts[readout][row["version"] - 1]
                moved += row["version"] == newest
                left += row["version"] < newest
                unique = new.count(row["text"]) == 1 == readouts[readout][row["version"] - 1].count(row["text"])
                if row["version"] < newest and row["kind"] == "explicit":
                    assert not unique
        assert moved > left > 0
        await check_all(database, server, migrated)
