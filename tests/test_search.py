"""Search by words, held to a plain reading of the texts."""

import json
import random
import re
import unicodedata
from typing import Any

import asyncpg
import httpx
import pytest
import snowballstemmer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app import lists
from app.db import dsn
from app.lists import RANKED, list_statement
from app.records import Records, add_records
from app.search import MOST_WORDS, read_search
from app.statements.queries import STATEMENTS
from app.statements.schemas import StatementFilters
from bench.generate import record_generated
from tests.conftest import client_of, connected, opened, serving
from tests.factories import make_world
from tests.search_oracle import STEMMED, highlights, meets, plain, runs_of
from tests.searched import VOCABULARY, Searched, searched

__all__ = ["searched"]

STEMMING = {"ar", "el", "tr"}
"""Other languages of the tests that words have forms in."""
SEEDED: tuple[tuple[str, set[int]], ...] = (
    ('"joint scientific research"', {4}),
    ('"research scientific joint"', set()),
    ("research scientific joint", {4}),
    ("epidemic -control", {1, 4, 5, 12, 14}),
    ("epidemic or partnership", {1, 2, 3, 4, 5, 10, 12, 14}),
)


async def test_the_stemmers_are_of_one_kind(searched: Searched) -> None:
    """The words that are asked for are cut alike by PostgreSQL's and Python's releases of Snowball."""
    connection = await asyncpg.connect(dsn(searched.url))
    try:
        for language, name in STEMMED.items():
            stem = snowballstemmer.stemmer(name).stemWord
            for word in sorted({plain(run.text) for run in runs_of(VOCABULARY[language])}):
                cut = await connection.fetchval(f"SELECT (ts_lexize('search_{name}', $1))[1]", word)
                assert cut == stem(word), (language, word)
    finally:
        await connection.close()


@pytest.mark.parametrize(("question", "positions"), SEEDED)
async def test_the_seed(client: httpx.AsyncClient, question: str, positions: set[int]) -> None:
    """As its text reads: a plain reading finds the same statements, and the same places in them."""
    everything = (await client.get("/v1/statements?limit=200")).json()["data"]
    answer = await client.get("/v1/statements", params={"q": question, "count": "exact"})
    found = answer.json()
    assert {statement["position"] for statement in found["data"]} == positions
    assert found["page"]["total"] == len(positions)
    alternatives = read_search(question)
    assert {
        statement["position"] for statement in everything if meets(alternatives, [("en", statement["text"])])
    } == positions
    for statement in found["data"]:
        assert statement["highlights"] == highlights(alternatives, statement["text"], "en")
    assert all("highlights" not in statement for statement in everything)


async def test_within_a_call(searched: Searched) -> None:
    """A call's own statements and readouts are searched like all others."""
    for resource in ("statements", "readouts"):
        for call in ("call-7", "call-8", "call-9", "call-10"):
            everything = await searched.walk(f"calls/{call}/{resource}")
            expected = [
                one["id"] for one in everything if meets([[("COVID", True)]], searched.parts[resource][one["id"]])
            ]
            assert [one["id"] for one in await searched.walk(f"calls/{call}/{resource}", q="covid")] == expected


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ("peace", [[("peace", True)]]),
        ("  peace   talks ", [[("peace", True), ("talks", True)]]),
        ('"peace talks" now', [[("peace talks", True), ("now", True)]]),
        ("“peace talks”", [[("peace talks", True)]]),
        ("«мирные переговоры»", [[("мирные переговоры", True)]]),
        ("peace -war", [[("peace", True), ("war", False)]]),
        ('peace -"cold war"', [[("peace", True), ("cold war", False)]]),
        ("peace or talks OR war", [[("peace", True)], [("talks", True)], [("war", True)]]),
        ("a b or c", [[("a", True), ("b", True)], [("c", True)]]),
        ('"peace or war"', [[("peace or war", True)]]),
        ("or peace", [[("or", True), ("peace", True)]]),
        ("peace or", [[("peace", True), ("or", True)]]),
        ("peace or or war", [[("peace", True)], [("or", True), ("war", True)]]),
        ("peace -or war", [[("peace", True), ("or", False), ("war", True)]]),
        ('peace "never closed', [[("peace", True), ("never closed", True)]]),
        ('well"put together"', [[("well", True), ("put together", True)]]),
        ("China-Russia", [[("China-Russia", True)]]),
        ("R & D", [[("R", True), ("D", True)]]),
        ("peace －war", [[("peace", True), ("war", False)]]),
        ("peace −war –trade", [[("peace", True), ("war", False), ("trade", False)]]),
        ("＂peace talks＂ ｏｒ 「和平 会谈」", [[("peace talks", True)], [("和平 会谈", True)]]),
        ("e\u0301lan", [[("élan", True)]]),
        ("peace or !!!", [[("peace", True)]]),
        ("Ⅷ 〇", [[("Ⅷ", True), ("〇", True)]]),
        ("- peace", [[("peace", True)]]),
        ("--peace", [[("-peace", False)]]),
        ("!!!", [[]]),
        ("", [[]]),
        ('""', [[]]),
        ("-war", [[("war", False)]]),
    ],
)
def test_the_syntax(text: str, alternatives: list[list[tuple[str, bool]]]) -> None:
    """Words, phrases, or, minus; what stands alone on no side of an or; what has no letter."""
    assert read_search(text) == alternatives


@given(st.text())
@example('"or" -or or "')
def test_any_text_is_read(text: str) -> None:
    """Whatever it is, every leaf that is left holds a word."""
    for alternative in read_search(text):
        for content, _ in alternative:
            assert re.search(r"[^\W_]", content)


@pytest.mark.parametrize(
    ("question", "detail"),
    [
        ("", "should have at least 1 character"),
        ("!?", "must have a word to look for"),
        ('""', "must have a word to look for"),
        ("-war", "beside those left out"),
        ("peace or -war", "beside those left out"),
        ("\u02bc", "must have a word to look for"),
        ("\u02bc -war", "beside those left out"),
        ("a " * (MOST_WORDS + 1), f"more than {MOST_WORDS} words"),
        ("x" * 501, "at most 500 characters"),
    ],
)
@pytest.mark.parametrize("resource", ["statements", "calls", "readouts"])
async def test_what_looks_for_nothing_is_refused(
    client: httpx.AsyncClient, resource: str, question: str, detail: str
) -> None:
    """With the reason, by the parameter's name."""
    answer = await client.get(f"/v1/{resource}", params={"q": question})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["parameter"] == "q"
    assert detail in error["detail"]


async def test_relevance_needs_words(client: httpx.AsyncClient) -> None:
    """Nothing can be relevant to no question."""
    for resource in ("statements", "calls", "readouts"):
        answer = await client.get(f"/v1/{resource}?sort=relevance")
        assert answer.json()["errors"] == [{"parameter": "q", "detail": "must be given to sort by relevance"}]
    assert (await client.get("/v1/participants?sort=relevance")).status_code == 422


@pytest.mark.parametrize(
    "question",
    [
        "'; DROP TABLE calls; --",
        "a & b | !c",
        "a:* <-> b",
        "(((((",
        "\\",
        "'''",
        "%_*?.+[]{}^$",
        "or or or or",
        "-" * 400 + "a",
        '"' * 500,
        "😀 peace 👩‍👩‍👧",
        "e\u0301pide\u0301mie",
        "\u202eecaep",
        "a\u200db",
        "ﷺ",
        "ﷴ" * 400,
        "a-\u0301",
        '"a \u0301"',
        "epidemic -a-\u0301",
        "中\u0301 -國\u0345",
        "½ ②",
        "ﬁrst",
        "𝓅𝑒𝒶𝒸𝑒",
        "İstanbul ıı",
        "x" * 500,
        "中" * 500,
        "한국 대통령",
        "ประธานาธิบดี",
        "राष्ट्रपति",
        "الرئيس",
        " ".join(["a"] * MOST_WORDS),
        " or ".join(["a"] * (MOST_WORDS // 2)),
    ],
)
async def test_absurd_questions_are_answered(searched: Searched, question: str) -> None:
    """With an empty list, or with the reason why not; never with a fault."""
    for resource in ("statements", "calls", "readouts"):
        answer = await searched.client.get(f"/v1/{resource}", params={"q": question})
        assert answer.status_code in {200, 422}, answer.text
        if answer.status_code == 200:
            assert isinstance(answer.json()["data"], list)


@pytest.mark.parametrize(
    ("language", "text", "question", "found"),
    [
        ("ja", "そう・・・大統領は会談", "大統領", "大統領"),
        ("ja", "ガス供給", "ガス", "ガス"),
        ("ko", "문재인 대통령은 통화", unicodedata.normalize("NFD", "대통령"), "대통령"),
        ("uk", "новий зв’язок", "звʼязок", "зв’язок"),
        ("uk", "новий звʼязок", "зв'язок", "звʼязок"),
        ("vi", "Ðối thoại", "ðối", "Ðối"),
        ("tr", "İstanbul’da ışık", "istanbul isik", "İstanbul"),
        ("el", "Ο ΛΌΓΟΣ του", "λόγος", "ΛΌΓΟΣ"),
        ("ar", "قال الرئيس إن", "الرئيس", "الرئيس"),
        ("th", "ประธานาธิบดีกล่าว", "กล่าว", "กล่าว"),
        ("en", "😀 The 👩‍👩‍👧 café’s co\u00adoperation", "cafe cooperation", "café"),
        ("en", "ＣＯＶＩＤ－１９ in full width", "covid-19", "ＣＯＶＩＤ－１９"),
        ("en", f"Data: {'QUJD' * 900} and words", "words", "words"),
        ("ru", "ж" * 3000 + " слова", "слово", "слова"),
        ("de", "Straßen und GROẞE", "strasse", "Straßen"),
    ],
)
async def test_scripts_and_what_is_typed_in_them(
    searched: Searched, language: str, text: str, question: str, found: str
) -> None:
    """What is found, and where its first place is."""
    connection = await asyncpg.connect(dsn(searched.url))
    try:
        met, places = await connection.fetchrow(
            "SELECT search_words($1, $2) @@ search_query($3::jsonb), search_highlights($1, $2, $3::jsonb)",
            language,
            text,
            json.dumps(read_search(question)),
        )
        # Questions are asked in the languages of the readouts; some of these have none.
        if language in VOCABULARY or language not in STEMMING:
            assert met
        start, end = json.loads(places)[0]
        assert text[start:end] == found
    finally:
        await connection.close()


async def test_every_character_can_be_read(searched: Searched) -> None:
    """Alone, behind a letter and after a gap, no character makes a word of nothing or breaks a question."""
    connection = await asyncpg.connect(dsn(searched.url))
    try:
        assert (
            await connection.fetchval(
                "SELECT count(*) FROM generate_series(1, 65535) AS n, LATERAL (SELECT"
                " search_words('fr', 'a-' || chr(n) || ' ' || chr(n) || 'b 中' || chr(n)) AS words) AS read"
                " WHERE n NOT BETWEEN 55296 AND 57343 AND tsvector_to_array(words) && ARRAY['', 'FR']"
            )
            == 0
        )
        for first in (0x0300, 0x0340, 0x0483, 0x0591, 0x093C, 0x0E31, 0x1037, 0x1DC0, 0x20D0, 0x3099, 0xFE00, 0xFE20):
            question = [
                [[f"a-{chr(number)} {chr(number)}b 中{chr(number)}", True]] for number in range(first, first + 48)
            ]
            assert await connection.fetchval("SELECT search_query($1::jsonb)::text", json.dumps(question))
    finally:
        await connection.close()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
@example("l’épidémie “COVID-19” 新冠COVID疫情, ｶﾀｶﾅ Straße ﷺ № ½ co\u00adoperate")
@example("중국 ประธานาธิบดี राष्ट्रपति İı ŉ ǆ ﬃ ①②")
async def test_a_text_is_read_alike_for_the_index_and_for_its_highlights(searched: Searched, text: str) -> None:
    """A question made of a text's own words finds the text, and whatever is found is highlighted."""
    text = text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    connection = await asyncpg.connect(dsn(searched.url))
    try:
        for language in ("en", "ru", "zh-Hans"):
            for run in runs_of(text):
                question = json.dumps([[[run.text, True]]])
                met, places = await connection.fetchrow(
                    "SELECT search_words($1, $2) @@ search_query($3::jsonb), search_highlights($1, $2, $3::jsonb)",
                    language,
                    text,
                    question,
                )
                assert met == (places != "[]"), (language, run)
                # Unicode has grown since this Python was made, and compatibility characters may be words of their own.
                if met:
                    assert any(start <= run.start < end or run.start <= start for start, end in json.loads(places))
    finally:
        await connection.close()


def call_of(text: str, sentences: list[str], language: str = "en") -> dict[str, Any]:
    """Records of one call with one readout, and its sentences as statements."""
    statements = []
    start = 0
    for position, said in enumerate(sentences, start=1):
        start = text.index(said, start)
        statements.append(
            {
                "readout": "01990000-0000-7000-8000-000500000001",
                "position": position,
                "paragraph": 1,
                "speakers": [{"participant": "a"}],
                "text": said,
                "start": start,
                "end": start + len(said),
                "attribution": {"kind": "inherited"},
            }
        )
        start += len(said)
    return {
        "readouts": [
            {
                "id": "01990000-0000-7000-8000-000500000001",
                "title": "A readout",
                "language": language,
                "versions": [{"text": text}],
            }
        ],
        "calls": [
            {
                "slug": "a-call",
                "title": "A call",
                "date": {"edtf": "2020"},
                "channel": "video",
                "participants": [{"ref": "a"}],
                "readouts": ["01990000-0000-7000-8000-000500000001"],
                "statements": statements,
            }
        ],
    }


async def record(url: str, documents: dict[str, Any]) -> None:
    """Put records in."""
    async with opened(url) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate(documents, strict=False))


async def test_the_most_relevant_comes_first(empty_url: str) -> None:
    """The oftener the words, the nearer to each other and the shorter the text, the better; only so many are ranked."""
    sentences = [f"They spoke of peace, trade and many other things, number {number}." for number in range(RANKED + 40)]
    sentences[700 % len(sentences)] = "Peace, peace and trade."
    text = "\n".join(sentences)
    await record(empty_url, call_of(text, sentences))
    async with serving(empty_url) as app, client_of(app) as client:
        searched = Searched(client, empty_url, {"readouts": [], "calls": []})
        found = await searched.walk("statements", q="peace trade", sort="relevance", limit="200")
        assert found[0]["text"] == "Peace, peace and trade."
        assert len({one["id"] for one in found}) == len(found) == RANKED
        page = (await client.get("/v1/statements?q=peace trade&sort=relevance&count=exact&limit=1")).json()["page"]
        assert (page["ranked"], page["total"]) == (RANKED, len(sentences))
        assert len(await searched.walk("statements", q="peace trade", limit="200")) == len(sentences)


@pytest.mark.parametrize(
    ("language", "alphabet"),
    [
        ("en", "abcdefghijklmnopqrstuvwxyz     "),
        ("en", "𠀀"),
        ("zh", "一"),
        ("hi", "अआइईउऊऋएऐओऔकखगघङचछजझञ  "),
        ("yi", "אבגדהוזחט "),
    ],
)
async def test_the_longest_text_is_recorded_and_searched(empty_url: str, language: str, alphabet: str) -> None:
    """Whatever it is made of; its first 55,000 characters are searched."""
    chance = random.Random(3)
    first = ord(alphabet[0])
    # One character stands for the many that follow it, so that no two pairs are alike.
    letters = [chr(first + number) for number in range(20_000)] if len(alphabet) == 1 else list(alphabet)
    body = "".join(chance.choices(letters, k=999_000))
    text = f"Anfang {body[:54_000]} Mitte {body[54_000:]} Ende"[:1_000_000]
    await record(empty_url, call_of(text, [text[:60_000]], language))
    async with serving(empty_url) as app, client_of(app) as client:
        for resource in ("calls", "readouts", "statements"):
            for word, number in (("Anfang", 1), ("Mitte", 1), ("Ende", 0)):
                found = (await client.get(f"/v1/{resource}?q={word}")).json()["data"]
                assert len(found) == number, (resource, word)


async def test_a_call_of_many_long_texts_is_recorded(empty_url: str) -> None:
    """PostgreSQL keeps 1 MB of words of a call; the texts that fit are searched, and the others by themselves."""
    chance = random.Random(4)
    documents = call_of("Erster Text", [])
    for number in range(2, 12):
        text = "".join(chr(0x4E00 + chance.randrange(20_000)) for _ in range(55_000))
        documents["readouts"].append(
            {
                "id": f"01990000-0000-7000-8000-0005{number:08d}",
                "title": f"Nummer{number}",
                "language": "zh",
                "versions": [{"text": text}],
            }
        )
    documents["calls"][0]["readouts"] = [readout["id"] for readout in documents["readouts"]]
    await record(empty_url, documents)
    async with serving(empty_url) as app, client_of(app) as client:
        for word, calls, readouts in (("Erster", 1, 1), ("Nummer2", 1, 1), ("Nummer11", 0, 1)):
            assert len((await client.get(f"/v1/calls?q={word}")).json()["data"]) == calls
            assert len((await client.get(f"/v1/readouts?q={word}")).json()["data"]) == readouts


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=60),
    language=st.sampled_from([*STEMMED, "und", "en-GB", "nb", "zh-Hans", None]),
)
@example("Vaccines! " * 6_000, "en")
@example(f"{'studies' * 40} {'X' * 199}ies running", "en")
async def test_a_text_in_ascii_is_read_as_any_other(searched: Searched, text: str, language: str | None) -> None:
    """What is quicker for it gives the same words in the same places."""
    async with connected(searched.url) as connection:
        told = "SELECT search_words($1, $2)::text, search_any_words($1, $2)::text, $2::text ~ '[[:alnum:]]'"
        quick, thorough, has_words = await connection.fetchrow(told, language, text)
    assert (quick, bool(quick)) == (thorough, has_words)


async def test_what_is_searched_follows_the_records(own_seeded_url: str) -> None:
    """A new title, language or wording, a readout that is taken away or added: found by what they are now."""
    connection = await asyncpg.connect(dsn(own_seeded_url))
    async with serving(own_seeded_url) as app, client_of(app) as client:

        async def found(resource: str, words: str) -> int:
            answer = await client.get(f"/v1/{resource}", params={"q": words, "count": "exact"})
            return int(answer.json()["page"]["total"])

        assert [await found(resource, "Telephony") for resource in ("calls", "readouts", "statements")] == [1, 1, 0]
        await connection.execute("UPDATE calls SET title = 'Renamed'")
        assert [await found(resource, "renamed") for resource in ("calls", "readouts")] == [1, 0]
        await connection.execute("UPDATE readouts SET title = 'Headline'")
        assert [await found(resource, "headlines") for resource in ("calls", "readouts")] == [1, 1]
        assert await found("statements", "epidemics") > 0
        await connection.execute("UPDATE readouts SET language = 'und'")
        assert [await found(resource, "epidemics") for resource in ("calls", "readouts", "statements")] == [0, 0, 0]
        assert [await found(resource, "epidemic") > 0 for resource in ("calls", "readouts", "statements")] == [True] * 3
        await connection.execute(
            "INSERT INTO readout_versions (readout_id, version, text, sha256)"
            " SELECT id, 2, 'Reworded', encode(sha256('Reworded'), 'hex') FROM readouts"
        )
        assert [await found(resource, "reworded") for resource in ("calls", "readouts")] == [1, 1]
        assert [await found(resource, "epidemic") for resource in ("calls", "readouts")] == [0, 0]
        await connection.execute("DELETE FROM readout_versions WHERE version = 2")
        assert [await found(resource, "epidemic") for resource in ("calls", "readouts")] == [1, 1]
    await connection.close()


async def test_highlights_are_bounded(empty_url: str) -> None:
    """In the first 5,000 characters, and 200 at most."""
    text = "peace " * 850 + "trade " * 100
    await record(empty_url, call_of(text.strip(), []))
    async with serving(empty_url) as app, client_of(app) as client:
        for words, number in (("peace", 200), ("trade", 0)):
            (found,) = (await client.get(f"/v1/readouts?q={words}")).json()["data"]
            assert len(found["highlights"]) == number


async def test_the_plan_uses_the_index(empty_url: str) -> None:
    """Over thousands of statements PostgreSQL reads the words, and the newest records, by their indexes.

    Also once it plans without looking at the question, as it does from the sixth time on.
    """
    async with opened(empty_url) as database:
        await record_generated(database, 1_000, seed=1)
    filters = StatementFilters(q="peace")  # type: ignore[arg-type]
    statement = list_statement(STATEMENTS, filters.shape(), None, after=False)
    arguments = ", ".join(f"'{value}'" for value in statement.arguments(filters.values()))
    connection = await asyncpg.connect(dsn(empty_url))
    try:
        await connection.execute("ANALYZE")
        await connection.execute(f"PREPARE asked AS {statement.sql}")
        for mode in ("force_custom_plan", "force_generic_plan"):
            await connection.execute(f"SET plan_cache_mode = {mode}")
            rows = await connection.fetch(f"EXPLAIN EXECUTE asked ({arguments})")
            # What comes after the page is found looks up single records.
            plan = "\n".join(row[0] for row in rows).partition("CTE placed")[0]
            walked, _, indexed = plan.partition("CTE indexed")
            assert re.search("Index (Only )?Scan Backward using calls_date_order_idx", walked), plan
            assert "Bitmap Index Scan on statements_words_idx" in indexed, plan
            assert "Seq Scan on statements" not in plan, plan
            assert "Materialize" not in plan, plan
    finally:
        await connection.close()


async def test_common_words_are_noted(empty_url: str) -> None:
    """By their shares, which decide how a page is sought, but not what is on it."""
    async with opened(empty_url) as database:
        await make_world(empty_url, database, calls=60)
    connection = await asyncpg.connect(dsn(empty_url))

    async def share(*alternatives: str) -> Any:
        asked = json.dumps([[[words, True] for words in alternative.split(",")] for alternative in alternatives])
        return await connection.fetchval("SELECT share FROM search_wanted($1::jsonb, 'statement')", asked)

    async def pages(client: httpx.AsyncClient) -> list[str]:
        searches = ("peace", "peace trade", '"peace on"', "peace or energy", "health -trade", "nowhere")
        return [
            (await client.get(path, params={"q": words, "limit": "200", "sort": sort})).text
            for path in ("/v1/statements", "/v1/calls", "/v1/readouts")
            for words in searches
            for sort in ("relevance", "-published" if path == "/v1/readouts" else "-date")
        ]

    async with serving(empty_url) as app, client_of(app) as client:
        before = await pages(client)
        assert await share("peace") is None
        await connection.execute("ANALYZE")
        assert await connection.fetchval("SELECT note_word_shares(1)") > 0
        assert await connection.fetchval("SELECT note_word_shares(1)") == 0
        noted = await connection.fetch("SELECT lexeme, share FROM word_shares WHERE kind = 'statement'")
        having = (
            "SELECT avg((lexeme = ANY (tsvector_to_array(words)))::int) FROM statements, (SELECT $1) AS of (lexeme)"
        )
        for lexeme, noted_share in noted:
            assert noted_share == pytest.approx(float(await connection.fetchval(having, lexeme)), abs=0.001)
        assert await share("nowhere") == 0
        assert await share("peace,nowhere") == 0
        assert 0 < await share("peace") <= 1
        assert await share("peace,trade") == pytest.approx(await share("peace") * await share("trade"))
        assert await share("peace trade") == pytest.approx(await share("peace,trade"))
        assert await share("peace", "trade") == pytest.approx(min(1, await share("peace") + await share("trade")))
        assert await pages(client) == before
        # Also when all that is noted is wrong.
        await connection.execute("UPDATE word_shares SET share = 1")
        assert await pages(client) == before
    await connection.close()


PLAIN = st.lists(
    st.sampled_from(
        [*VOCABULARY["en"].split(), *"a I trade trade, “Trade” x-ray—so … (on) 'tis".split(), " ", ".", "-"]
    ),
    max_size=30,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(
    PLAIN, st.lists(st.sampled_from("controls epidemic 2020 trade x so -the -joint or covid-19 中".split()), min_size=1)
)
async def test_a_question_is_read_alike_for_its_words_and_its_query(
    searched: Searched, text: str, words: list[str]
) -> None:
    """What lists take from it finds the same as its plain reading, and marks the same where the words stand alone."""
    question = json.dumps(read_search(" ".join(words)))
    connection = await asyncpg.connect(dsn(searched.url))
    try:
        met, meant, plain_text, alone, marked, highlighted = await connection.fetchrow(
            "SELECT text @@ query, text @@ search_query($2::jsonb), search_plain($1), words IS NOT NULL,"
            " search_word_marks($1, text, words)::text, search_highlights('en', $1, $2::jsonb)::text"
            " FROM search_wanted($2::jsonb, 'statement'), search_words('en', $1) AS text",
            text,
            question,
        )
    finally:
        await connection.close()
    assert met == meant
    assert plain_text == (len(text) <= 500 and "é" not in text)
    assert alone == all("-" not in word and word != "中" for word in words if not word.startswith("-"))
    if plain_text and alone:
        assert json.loads(marked) == json.loads(highlighted)


async def test_a_walk_that_ends_amid_a_call(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on to the end of the call, since a call's statements come in no order of their own."""
    monkeypatch.setattr(lists, "_PATIENCE", 1)
    list_statement.cache_clear()
    sentences = [f"Peace number {number}." for number in range(40)]
    await record(empty_url, call_of(" ".join(sentences), sentences))
    connection = await asyncpg.connect(dsn(empty_url))
    # They are read in the order in which they stand, which is turned round.
    await connection.execute("CREATE INDEX backwards ON statements (position DESC)")
    await connection.execute("CLUSTER statements USING backwards")
    await connection.execute("DROP INDEX backwards, statements_reading_order_idx")
    await connection.execute(
        "ALTER TABLE statements DROP CONSTRAINT statements_readout_id_readout_version_position_key"
    )
    await connection.close()
    try:
        async with serving(empty_url) as app, client_of(app) as client:
            target, seen = "/v1/statements?q=peace&limit=5", []
            while target:
                page = (await client.get(target)).json()
                seen += [statement["position"] for statement in page["data"]]
                following = page["page"]["next"]
                target = following and f"/v1/statements?q=peace&limit=5&cursor={following}"
        assert seen == list(range(1, 41))
    finally:
        list_statement.cache_clear()
