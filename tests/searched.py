"""Generated records of several languages to be searched, and questions about them."""

import random
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from app.db import dsn
from app.records import Records, add_records
from tests.conftest import client_of, create_database, opened, serving
from tests.search_oracle import runs_of

VOCABULARY = {
    "en": "control controls controlled epidemic epidemics partnership cooperation cooperating the of research "
    "researches scientific joint vaccine vaccines China-Russia COVID-19 president’s president having 2020 U.S. café",
    "fr": "coopération coopérations coopérer déclaré déclarée déclarer l’épidémie épidémies contrôle contrôles où "
    "œuvre président présidents été ÉTAT d'une vaccins COVID-19",
    "de": "Zusammenarbeit Vertrag Verträge Haus Häuser Präsident Präsidenten Straße Strassen für größe GRÖSSE "
    "Kontrolle Kontrollen Impfstoff COVID-19",
    "ru": "переговоры переговоров сотрудничество сотрудничества российский российского ёлка елка президент президента "
    "йод контроль контроля ВАКЦИНЫ вакцина COVID-19",
    "zh-Hans": "新冠疫情 防控 疫情防控 合作 中俄 元首 中俄元首 通话 第19次 2020年 COVID-19疫苗 中国 俄罗斯 的 "
    "人类卫生健康共同体",
    "ja": "首脳会談 協力 ワクチン 大統領は 電話で 会談した COVID-19の 日本 日露 の",
    "uk": "переговори переговорів президент президента співробітництво їжак вакцина зв’язок звʼязок COVID-19",
}


def sentence(language: str, chance: random.Random) -> str:
    """A sentence of a language's words; now and then one of another language is among them."""
    spoken = chance.choices(VOCABULARY[language].split(), k=chance.randint(3, 9))
    if chance.random() < 0.1:
        spoken.append(chance.choice(VOCABULARY[chance.choice(sorted(VOCABULARY))].split()))
    if language in {"zh-Hans", "ja"}:
        return "".join(word + chance.choice(("", "", "", "，", " ", "・", "・・・")) for word in spoken) + "。"
    return chance.choice(("", "“", "— ")) + chance.choice((" ", " ", ", ", " - ")).join(spoken) + "."


def document(number: int, chance: random.Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A call with up to three readouts, each in a language, and statements in most of them."""
    call: dict[str, Any] = {
        "id": f"01990000-0000-7000-8000-0006{number:08d}",
        "slug": f"call-{number}",
        "title": sentence(chance.choice(sorted(VOCABULARY)), chance),
        "date": {"edtf": f"{chance.randint(1990, 2020)}"},
        "channel": chance.choice(("telephone", "video")),
        "participants": [{"ref": "a", "leader": chance.choice(("one", "two"))}],
        "readouts": [],
        "statements": [],
    }
    readouts = []
    for place in range(chance.choice((0, 1, 1, 2, 3))):
        language = chance.choice(sorted(VOCABULARY))
        sentences = [sentence(language, chance) for _ in range(chance.randint(2, 8))]
        text = "\n".join(sentences)
        readout: dict[str, Any] = {
            "id": f"01990000-0000-7000-8000-0005{number * 10 + place:08d}",
            "title": sentence(language, chance),
            "language": language,
            "versions": [{"version": 1, "text": text}] if chance.random() < 0.9 else [],
        }
        readouts.append(readout)
        call["readouts"].append(readout["id"])
        start = 0
        for position, said in enumerate(sentences if readout["versions"] else (), start=1):
            call["statements"].append(
                {
                    "id": f"01990000-0000-7000-8000-0008{(number * 10 + place) * 10 + position:08d}",
                    "readout": readout["id"],
                    "position": position,
                    "paragraph": position,
                    "speakers": [{"participant": "a"}],
                    "text": said,
                    "start": start,
                    "end": start + len(said),
                    "attribution": {"kind": "inherited"},
                    "act": chance.choice(("inform", "agree")),
                }
            )
            start += len(said) + 1
    return call, readouts


class Searched:
    """Generated records of several languages, and a client of the service over them."""

    def __init__(self, client: httpx.AsyncClient, url: str, documents: dict[str, list[dict[str, Any]]]) -> None:
        """Take what every part of a record says, by resource and id."""
        self.client = client
        self.url = url
        self.readouts = {readout["id"]: readout for readout in documents["readouts"]}
        parts = {
            key: [(readout["language"], readout["title"])]
            + [(readout["language"], version["text"]) for version in readout["versions"][-1:]]
            for key, readout in self.readouts.items()
        }
        self.parts: dict[str, dict[str, list[tuple[str, str]]]] = {"readouts": parts, "calls": {}, "statements": {}}
        for call in documents["calls"]:
            languages = sorted({self.readouts[key]["language"] for key in call["readouts"]}) or ["und"]
            self.parts["calls"][call["id"]] = [
                *((language, call["title"]) for language in languages),
                *(part for key in call["readouts"] for part in parts[key]),
            ]
            for statement in call["statements"]:
                language = self.readouts[statement["readout"]]["language"]
                self.parts["statements"][statement["id"]] = [(language, statement["text"])]

    async def walk(self, resource: str, **asked: str) -> list[dict[str, Any]]:
        """Every record that a list gives, page by page."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            answer = await self.client.get(f"/v1/{resource}", params=asked | cursor)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["data"]
            if page["page"]["next"] is None:
                return found
            cursor = {"cursor": page["page"]["next"]}

    def question(self, chance: random.Random, language: str | None = None) -> str:
        """A question of up to three alternatives, from words, phrases that may stand somewhere, and parts of both."""
        return " or ".join(self._alternative(chance, language) for _ in range(chance.choice((1, 1, 2, 3))))

    def _alternative(self, chance: random.Random, language: str | None) -> str:
        leaves = [self._leaf(chance, language)]
        others = range(chance.choice((0, 0, 1, 2)))
        leaves += [chance.choice(("", "", "-")) + self._leaf(chance, language) for _ in others]
        return " ".join(leaves)

    def _leaf(self, chance: random.Random, language: str | None) -> str:
        chosen = language or chance.choice(sorted(VOCABULARY))
        if chance.random() < 0.5:
            word = chance.choice(VOCABULARY[chosen].split())
            if chosen in {"zh-Hans", "ja"} and chance.random() < 0.5:
                start = chance.randrange(len(word))
                return word[start : start + chance.randint(1, 3)]
            return chance.choice((word, word.upper(), word.casefold()))
        texts = [text for parts in self.parts["statements"].values() for spoken, text in parts if spoken == chosen]
        text = chance.choice(texts)
        runs = runs_of(text)
        first = chance.randrange(len(runs))
        last = min(first + chance.randint(0, 2), len(runs) - 1)
        phrase = text[runs[first].start : runs[last].start + len(runs[last].text)]
        return '"' + phrase.replace('"', " ").replace("“", " ") + '"'


@pytest.fixture(scope="module")
async def searched(server: str, migrated: str) -> AsyncIterator[Searched]:
    """A few hundred calls in seven languages."""
    chance = random.Random(20201124)
    documents: dict[str, list[dict[str, Any]]] = {
        "leaders": [{"slug": slug, "names": [{"name": slug.title(), "kind": "preferred"}]} for slug in ("one", "two")],
        "readouts": [],
        "calls": [],
    }
    for number in range(300):
        call, readouts = document(number, chance)
        documents["calls"].append(call)
        documents["readouts"] += readouts
    url = await create_database(server, migrated)
    async with opened(url) as database, database.writing() as connection:
        await add_records(connection, Records.model_validate(documents, strict=False))
    connection = await asyncpg.connect(dsn(url))
    await connection.execute("ANALYZE")
    await connection.close()
    async with serving(url) as app, client_of(app) as client:
        yield Searched(client, url, documents)
