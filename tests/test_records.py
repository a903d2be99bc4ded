"""What is recorded is what is answered: the seed, the generated records, and one of each with every member given."""

import asyncio
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.calls.schemas import CallIn
from app.claims.schemas import CallClaimIn, PublisherClaimIn
from app.db import Database
from app.edtf import read_edtf
from app.fields import IdentifierFields
from app.leaders.schemas import LeaderIn
from app.names import fold
from app.participants.schemas import MentionIn
from app.parties.schemas import PartyIn
from app.problems import InvalidRequest
from app.publishers.schemas import PublisherIn
from app.readouts.schemas import ReadoutIn
from app.records import Records, add_records
from app.seed import load_seed, seed_records
from app.statements.schemas import StatementIn
from app.tables import Base
from app.topics.schemas import TopicIn
from tests.conftest import client_of, create_database, name_of, opened, serving
from tests.factories import World

CALL = "2020-03-19-xi-jinping-vladimir-putin"
SHA256 = "1e985e57e79e255eed94c1d75960a48eab8a52abe7e2f4b478588830298493d8"
TEXT = (Path(__file__).parents[1] / "seed_data" / f"{CALL}.txt").read_text("utf-8")
NAMES_OF_XI = ["Xi Jinping", "习近平", "Xi"]
NAMES_OF_PUTIN = [
    "Vladimir Putin",
    "Vladimir Vladimirovich Putin",
    "Владимир Путин",
    "Владимир Владимирович Путин",
    "普京",
    "Putin",
    "Путин",
]
IN_LISTS = {
    "calls": "statements,readouts,claims",
    "readouts": "statements,mentions,claims",
    "participants": "mentions",
}
ALONE = {"calls": "statements,readouts,claims", "readouts": "versions,statements,mentions,claims"}
ONLY_ALONE = {"readouts": ("text", "versions")}
RESOURCES = ("calls", "leaders", "participants", "statements", "readouts", "publishers", "parties", "topics")
Json = dict[str, Any]


async def ask(client: httpx.AsyncClient, path: str, **parameters: str) -> Any:
    """What the service answers."""
    answer = await client.get(f"/v1/{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def everything(client: httpx.AsyncClient, resource: str) -> list[Json]:
    """All records of a resource with all that can be embedded, page by page."""
    parameters = {"limit": "150"} | ({"include": IN_LISTS[resource]} if resource in IN_LISTS else {})
    found: list[Json] = []
    while True:
        answer = await ask(client, resource, **parameters)
        found += answer["data"]
        if answer["page"]["next"] is None:
            return found
        parameters["cursor"] = answer["page"]["next"]


# The seed.


@pytest.fixture(scope="module")
async def statements(client: httpx.AsyncClient) -> list[Json]:
    """The statements of the seed in reading order."""
    found: list[Json] = (await ask(client, f"calls/{CALL}/statements"))["data"]
    return found


async def test_the_text_of_the_seed(client: httpx.AsyncClient) -> None:
    """The whole file, title line included, under the hash that was given for it."""
    (listed,) = (await ask(client, "readouts"))["data"]
    readout = await ask(client, f"readouts/{listed['id']}", include="versions")
    assert hashlib.sha256(readout["text"].encode()).hexdigest() == SHA256
    assert readout["text"] == TEXT
    assert readout["text"].startswith(readout["title"] + "\n")
    assert (readout["text_version"], readout["text_sha256"], readout["source_sha256"]) == (1, SHA256, SHA256)
    assert [(version["version"], version["text"]) for version in readout["versions"]] == [(1, TEXT)]


async def test_the_readout_of_the_seed(client: httpx.AsyncClient) -> None:
    """It is a machine translation from the Chinese whose publisher was inferred, and says so."""
    (readout,) = (await ask(client, "readouts", include="claims"))["data"]
    assert (readout["language"], readout["original_language"], readout["translation"]) == ("en", "zh", "machine")
    assert readout["publisher"]["slug"] == "dalian-municipal-government"
    assert [call["slug"] for call in readout["calls"]] == [CALL]
    (claim,) = readout["claims"]
    assert (claim["field"], claim["basis"], claim["preferred"]) == ("publisher", "derived", True)
    assert claim["value"] == readout["publisher"]
    assert any("en.dl.gov.cn" in (evidence["source"] or "") for evidence in claim["evidence"])


async def test_the_call_of_the_seed(client: httpx.AsyncClient) -> None:
    """Two presidents as principals, by telephone, at the Russian side's request, on the evening of the 19th."""
    call = await ask(client, f"calls/{CALL}")
    assert (call["channel"], call["readout_count"], call["statement_count"]) == ("telephone", 1, 14)
    assert call["date"] == {
        "edtf": "2020-03-19",
        "earliest": "2020-03-19",
        "latest": "2020-03-19",
        "precision": "day",
        "zone": "Asia/Shanghai",
        "text": "On the evening of the 19th",
        "part_of_day": "evening",
        "basis": "derived",
    }
    shown = [
        (part["leader"]["slug"], part["party"]["code"], part["office"], part["role"], part["initiator"])
        for part in call["participants"]
    ]
    assert shown == [
        ("xi-jinping", "CN", "President", "principal", False),
        ("vladimir-putin", "RU", "President", "principal", True),
    ]
    assert call["initiator"]["basis"] == "derived"
    assert call["initiator"]["participant"]["slug"] == "vladimir-putin"
    assert call["initiator"]["participant"]["id"] == call["participants"][1]["id"]
    assert [publisher["slug"] for publisher in call["publishers"]] == ["dalian-municipal-government"]


@pytest.mark.parametrize("name", [*NAMES_OF_XI, *NAMES_OF_PUTIN, "Q15031", "Q7747", "xi-jinping", "vladimir-putin"])
async def test_every_name_finds_the_call(client: httpx.AsyncClient, name: str) -> None:
    """Whatever its case, and for either leader together with the other."""
    for spelling in (name, name.upper(), name.lower()):
        found = await client.get("/v1/calls", params={"leader": spelling})
        assert found.status_code == 200, spelling
        assert [call["slug"] for call in found.json()["data"]] == [CALL]
    both = await client.get("/v1/calls", params={"leader": [name, "xi-jinping", "vladimir-putin"]})
    assert [call["slug"] for call in both.json()["data"]] == [CALL]


async def test_the_leaders_of_the_seed(client: httpx.AsyncClient) -> None:
    """With all their names and Wikidata's identifiers."""
    for slug, names, qid in (("xi-jinping", NAMES_OF_XI, "Q15031"), ("vladimir-putin", NAMES_OF_PUTIN, "Q7747")):
        leader = await ask(client, f"leaders/{slug}")
        assert [name["name"] for name in leader["names"]] == names
        assert leader["identifiers"] == [{"scheme": "wikidata", "value": qid}]
        assert all(office["from"] and office["to"] != "9999" for office in leader["offices"])


async def test_who_says_what(statements: list[Json]) -> None:
    """Nine statements by Xi, five by Putin; each paragraph says once who speaks, and goes on in the same voice."""
    assert [statement["position"] for statement in statements] == list(range(1, 15))
    speakers = [[speaker["leader"]["slug"] for speaker in statement["speakers"]] for statement in statements]
    assert speakers == [["xi-jinping"]] * 9 + [["vladimir-putin"]] * 5
    assert [statement["paragraph"] for statement in statements] == [2] * 4 + [3] * 5 + [4] * 5
    explicit = {
        statement["position"]: (statement["attribution"]["verb"], statement["attribution"]["text"])
        for statement in statements
        if statement["attribution"]["kind"] == "explicit"
    }
    assert explicit == {
        1: ("pointed out", "Xi Jinping pointed out that"),
        5: ("stressed", "Xi Jinping stressed that"),
        10: ("said", "Putin said that"),
    }
    inherited = {"kind": "inherited", "verb": None, "text": None, "start": None, "end": None}
    assert all(s["attribution"] == inherited for s in statements if s["position"] not in explicit)
    assert {statement["mode"] for statement in statements} == {"indirect"}
    assert {statement["speaker_as"] for statement in statements} == {"person"}


async def test_every_quotation_can_be_checked(client: httpx.AsyncClient, statements: list[Json]) -> None:
    """By anybody, with what the service answers: statements, attributions, mentions and evidence."""
    quoted = [*statements, *(s["attribution"] for s in statements if s["attribution"]["start"] is not None)]
    for participant in (await ask(client, f"calls/{CALL}/participants", include="mentions"))["data"]:
        (mention,) = participant["mentions"]
        quoted += [mention["name"], mention["office"]]
    (listed,) = (await ask(client, "readouts"))["data"]
    readout = await ask(client, f"readouts/{listed['id']}", include="claims,mentions")
    claims = (await ask(client, f"calls/{CALL}/claims"))["data"] + readout["claims"]
    quoted += [evidence for claim in claims for evidence in claim["evidence"] if evidence["readout"] is not None]
    assert len(quoted) == 14 + 3 + 4 + 7
    for quotation in quoted:
        assert readout["text"][quotation["start"] : quotation["end"]] == quotation["text"]
    assert [(m["name"]["text"], m["office"]["text"]) for m in readout["mentions"]] == [
        ("Xi Jinping", "President"),
        ("Putin", "Russian President"),
    ]


async def test_every_sentence_after_the_narration_is_a_statement(statements: list[Json]) -> None:
    """Nothing is left between them but white space and who speaks, and each lies in its paragraph."""
    paragraphs = [match.span() for match in re.finditer(r"[^\n]+", TEXT)]
    end = paragraphs[1][1]
    for statement in statements:
        between = TEXT[end : statement["start"]].strip()
        assert between == (statement["attribution"]["text"] or "")
        first, last = paragraphs[statement["paragraph"]]
        assert first <= statement["start"] < statement["end"] <= last
        assert statement["text"].endswith(".")
        end = statement["end"]
    assert TEXT[end:].strip() == ""
    assert (statements[0]["start"], statements[0]["end"]) == (197, 455)


async def test_the_claims_of_the_seed(client: httpx.AsyncClient) -> None:
    """What the text says and what follows from it are kept apart."""
    claims = (await ask(client, f"calls/{CALL}/claims"))["data"]
    told = [(claim["field"], claim["basis"], claim["preferred"]) for claim in claims]
    assert told == [
        ("date", "derived", True),
        ("date", "stated", False),
        ("channel", "stated", True),
        ("initiator", "derived", True),
    ]
    derived, stated, channel, initiator = claims
    assert (derived["value"]["edtf"], stated["value"]["edtf"]) == ("2020-03-19", "XXXX-XX-19")
    assert (stated["value"]["earliest"], stated["value"]["latest"]) == (None, None)
    assert {stated["value"]["text"], derived["value"]["text"]} == {"On the evening of the 19th"}
    assert "2018" in derived["note"]
    sources = " ".join(evidence["source"] or "" for evidence in derived["evidence"])
    assert "China Radio International" in sources
    assert "Sputnik" in sources
    assert channel["value"] == "telephone"
    assert (initiator["value"]["kind"], initiator["value"]["participant"]["slug"]) == ("participant", "vladimir-putin")
    assert "应约" in initiator["note"]
    assert all(claim["evidence"] for claim in claims)


async def test_the_topics_of_the_seed(client: httpx.AsyncClient, statements: list[Json]) -> None:
    """About sixty in two levels; the call's are those of its statements."""
    topics = await everything(client, "topics")
    assert 50 <= len(topics) <= 70
    broad = {topic["slug"] for topic in topics if topic["broader"] is None}
    assert 5 <= len(broad) <= 20
    for topic in topics:
        if topic["broader"] is not None:
            assert topic["broader"]["slug"] in broad
            assert topic["narrower"] == []
    spoken_of = {topic["slug"] for statement in statements for topic in statement["topics"]}
    call = await ask(client, f"calls/{CALL}")
    assert [topic["slug"] for topic in call["topics"]] == sorted(spoken_of)
    assert all(statement["topics"] for statement in statements)


BY_AND_BY = {"call_documents", "uncounted_calls", "counted_calls", "facet_values", "facet_counts", "word_shares"}
"""The tables of what is derived in the background, which have tests of their own."""
HISTORY = {"writings", "changes", "snapshots", "tombstones", "feed"}
"""The tables of what became of the records, which tell of their own service only."""
OF_THE_SERVICE = {"keys", "kept_answers"}
"""The tables that tell of no record."""


async def contents(database: Database) -> dict[str, str]:
    """Every row of every table that recording fills."""
    async with database.writing() as connection:
        return {
            table: (
                await connection.execute(
                    text(f"SELECT coalesce(jsonb_agg(t ORDER BY to_jsonb(t)::text), '[]')::text FROM \"{table}\" t")
                )
            ).scalar_one()
            for table in Base.metadata.tables.keys() - BY_AND_BY - HISTORY - OF_THE_SERVICE
        }


async def test_the_seed_twice_is_the_seed_once(server: str, migrated: str) -> None:
    """Ids, versions and times included."""
    async with opened(await create_database(server, migrated)) as database:
        async with database.writing() as writing:
            await load_seed(writing)
        before = await contents(database)
        assert {table for table, rows in before.items() if rows == "[]"} == {"draft_revisions", "drafts", "redirects"}
        async with database.writing() as writing:
            await load_seed(writing)
        assert await contents(database) == before


async def test_the_seed_recorded_by_two_at_once(server: str, migrated: str) -> None:
    """The second waits for the first, and then finds all of it recorded."""
    url = await create_database(server, migrated)
    async with opened(url) as database, opened(url) as other:
        async with database.writing() as writing:
            await load_seed(writing)
            second = asyncio.create_task(seed(other))
            assert await asyncio.wait([second], timeout=0.5) == (set(), {second})
        await second
        twice = await contents(database)
    async with opened(await create_database(server, migrated)) as once:
        await seed(once)
        for table, rows in (await contents(once)).items():
            assert len(json.loads(twice[table])) == len(json.loads(rows)), table


async def seed(database: Database) -> None:
    """Record the seed as the command does."""
    async with database.writing() as writing:
        await load_seed(writing)


# What is answered for a document.


@dataclass
class Expected:
    """What the service has to answer for recorded documents."""

    records: Records
    parts: dict[tuple[str, str], Json] = field(default_factory=dict)

    def party(self, key: str | None) -> Json | None:
        """The reference to a party, given by its id, code or an alias."""
        for party in self.records.parties:
            if key in {str(party.id), party.code, *party.aliases}:
                return {"id": str(party.id), "code": party.code, "name": party.name}
        return None

    def _by_slug(self, records: Iterable[Any], key: str | None) -> Json | None:
        for record in records:
            if key in {str(record.id), record.slug}:
                return {"id": str(record.id), "slug": record.slug, "name": shown_name(record)}
        return None

    def leader(self, key: str | None) -> Json | None:
        """The reference to a leader."""
        return self._by_slug(self.records.leaders, key)

    def publisher(self, key: str | None) -> Json | None:
        """The reference to a publisher."""
        return self._by_slug(self.records.publishers, key)

    def topic(self, key: str | None) -> Json | None:
        """The reference to a topic."""
        return self._by_slug(self.records.topics, key)

    def answers(self, resource: str) -> dict[str, Json]:
        """What every record of a resource is answered with, by id."""
        made: list[Json]
        match resource:
            case "parties":
                made = [self.party_out(party) for party in self.records.parties]
            case "leaders":
                made = [self.leader_out(leader) for leader in self.records.leaders]
            case "publishers":
                made = [self.publisher_out(publisher) for publisher in self.records.publishers]
            case "topics":
                made = [self.topic_out(topic) for topic in self.records.topics]
            case "readouts":
                made = [self.readout_out(readout) for readout in self.records.readouts]
            case "calls":
                made = [self.call_out(call) for call in self.records.calls]
            case "participants":
                made = [part for call in self.records.calls for part in self.participants_out(call)]
            case _:
                made = [self.statement_out(call, said) for call in self.records.calls for said in call.statements]
        return {record["id"]: record for record in made}

    def party_out(self, party: PartyIn) -> Json:
        """A party."""
        return {
            "id": str(party.id),
            "code": party.code,
            "name": party.name,
            "kind": party.kind,
            "aliases": sorted(party.aliases, key=fold),
            "identifiers": identifiers_out(party.identifiers),
            "version": 1,
        }

    def leader_out(self, leader: LeaderIn) -> Json:
        """A leader."""
        return {
            "id": str(leader.id),
            "slug": leader.slug,
            "name": shown_name(leader),
            "names": [{"name": n.name, "language": n.language, "kind": n.kind} for n in leader.names],
            "offices": [
                {"title": office.title, "party": self.party(office.party), "from": office.from_, "to": office.to}
                for office in leader.offices
            ],
            "identifiers": identifiers_out(leader.identifiers),
            "version": 1,
        }

    def publisher_out(self, publisher: PublisherIn) -> Json:
        """A publisher."""
        return {
            "id": str(publisher.id),
            "slug": publisher.slug,
            "name": publisher.name,
            "kind": publisher.kind,
            "party": self.party(publisher.party),
            "url": publisher.url,
            "identifiers": identifiers_out(publisher.identifiers),
            "version": 1,
        }

    def topic_out(self, topic: TopicIn) -> Json:
        """A topic."""
        narrower = [below for below in self.records.topics if below.broader in {topic.slug, str(topic.id)}]
        return {
            "id": str(topic.id),
            "slug": topic.slug,
            "name": topic.name,
            "definition": topic.definition,
            "broader": self.topic(topic.broader),
            "narrower": [self.topic(below.slug) for below in sorted(narrower, key=lambda t: (fold(t.name), str(t.id)))],
            "identifiers": identifiers_out(topic.identifiers),
            "version": 1,
        }

    def readout_out(self, readout: ReadoutIn, *, whole: bool = True) -> Json:
        """A readout, whole or as a call embeds it."""
        reporting = [call for call in self.records.calls if readout.id in call.readouts]
        newest = max(readout.versions, key=lambda version: version.version)
        preferred = [claim.value for claim in readout.all_claims() if claim.preferred]
        said = [
            (statement.version, statement.position, call, statement)
            for call in reporting
            for statement in call.statements
            if statement.readout == readout.id
        ]
        made: Json = {
            "id": str(readout.id),
            **readout.model_dump(mode="json", exclude={"id", "versions", "publisher", "claims", "identifiers"}),
            "publisher": self.publisher(preferred[0]) if preferred else None,
            "calls": [call_reference(call) for call in sorted(reporting, key=order_of)],
            "text_version": newest.version,
            "text_sha256": newest.digest,
            "source_sha256": newest.source_sha256,
            "statement_count": len(said),
            "identifiers": identifiers_out(readout.identifiers),
            "version": 1,
        }
        if whole:
            made["text"] = newest.text
            made["versions"] = [v.model_dump() | {"sha256": v.digest} for v in readout.versions]
            said.sort(key=lambda row: row[:2])
            made["statements"] = [self.statement_out(call, statement) for _, _, call, statement in said]
            mentioned = sorted((m.version, m.name.start, str(c.id), m, c) for c in reporting for m in c.mentions)
            made["mentions"] = [mention_out(m, c) for *_, m, c in mentioned if m.readout == readout.id]
            made["claims"] = [self.claim_out(claim, None) for claim in readout.all_claims()]
        return made

    def call_out(self, call: CallIn) -> Json:
        """A call with all that can be embedded."""
        shown = {claim.field: self.claim_out(claim, call) for claim in call.all_claims() if claim.preferred}
        readouts = {readout.id: readout for readout in self.records.readouts}
        reported = [self.readout_out(readouts[readout], whole=False) for readout in call.readouts]
        return {
            **call_reference(call, "title"),
            "channel": shown["channel"]["value"],
            "date": shown["date"]["value"] | {"basis": shown["date"]["basis"]},
            "duration_seconds": shown["duration"]["value"] if "duration" in shown else None,
            "initiator": shown["initiator"]["value"] | {"basis": shown["initiator"]["basis"]}
            if "initiator" in shown
            else None,
            "participants": [without(part, "call", "mentions", "version") for part in self.participants_out(call)],
            "topics": ordered(self.topic(topic) for said in call.statements for topic in said.topics),
            "publishers": ordered(readout["publisher"] for readout in reported),
            "readout_count": len(reported),
            "statement_count": len(call.statements),
            "identifiers": identifiers_out(call.identifiers),
            "statements": [
                self.statement_out(call, said)
                for said in sorted(call.statements, key=lambda s: (str(s.readout), s.version, s.position))
            ],
            "readouts": sorted(reported, key=lambda readout: str(readout["id"])),
            "claims": [self.claim_out(claim, call) for claim in call.all_claims()],
            "version": 1,
        }

    def participants_out(self, call: CallIn) -> list[Json]:
        """The participants of a call."""
        initiators = [claim.value for claim in call.all_claims() if claim.field == "initiator" and claim.preferred]
        return [
            {
                "id": str(person.id),
                "call": call_reference(call),
                "leader": self.leader(person.leader),
                "party": self.party(person.party),
                "office": person.office,
                "role": person.role,
                "initiator": any(
                    initiator.participant == person.ref
                    or (
                        initiator.party is not None
                        and self.party(initiator.party) == self.party(person.party)
                        and person.role == "principal"
                    )
                    for initiator in initiators
                ),
                "mentions": [
                    mention_out(mention, call)
                    for mention in sorted(call.mentions, key=place_of)
                    if mention.participant == person.ref
                ],
                "version": 1,
            }
            for person in call.participants
        ]

    def statement_out(self, call: CallIn, said: StatementIn) -> Json:
        """A statement."""
        people = {person.ref: person for person in call.participants}
        readout = next(readout for readout in self.records.readouts if readout.id == said.readout)
        date = next(claim.value.edtf for claim in call.all_claims() if claim.field == "date" and claim.preferred)
        published = [claim.value for claim in readout.all_claims() if claim.preferred]
        return {
            "id": str(said.id),
            "call": call_reference(call),
            "date": date,
            "readout": {
                "id": str(said.readout),
                "version": said.version,
                "publisher": self.publisher(published[0]) if published else None,
            },
            **said.model_dump(
                include={"position", "paragraph", "text", "start", "end", "attribution", "mode", "speaker_as", "act"}
            ),
            "speakers": [
                {
                    "participant": str(people[speaker.participant].id),
                    "leader": self.leader(people[speaker.participant].leader),
                    "party": self.party(people[speaker.participant].party),
                }
                for speaker in said.speakers
            ],
            "topics": ordered(self.topic(topic) for topic in said.topics),
            "version": 1,
        }

    def claim_out(self, claim: CallClaimIn | PublisherClaimIn, call: CallIn | None) -> Json:
        """A claim; its id is that of the document, or whatever it was given."""
        value: Any = claim.value
        match claim.field:
            case "date":
                read = read_edtf(claim.value.edtf)
                value = claim.value.model_dump() | {
                    "earliest": read.earliest,
                    "latest": read.latest,
                    "precision": read.precision,
                }
            case "publisher":
                value = self.publisher(claim.value)
            case "initiator":
                people = {} if call is None else {person.ref: person for person in call.participants}
                person = people.get(claim.value.participant or "")
                leader = self.leader(person.leader if person else None) or {"slug": None, "name": None}
                value = {
                    "kind": claim.value.kind,
                    "participant": {**leader, "id": str(person.id)} if person else None,
                    "party": self.party(claim.value.party),
                }
        return {
            "id": str(claim.id) if claim.id else None,
            "field": claim.field,
            "value": value,
            "basis": claim.basis,
            "preferred": claim.preferred,
            "note": claim.note,
            "evidence": [
                {
                    "readout": {"id": str(given.readout), "version": given.version} if given.readout else None,
                    **given.model_dump(include={"text", "start", "end", "source", "url"}),
                }
                for given in claim.evidence
            ],
            "version": 1,
        }


def shown_name(record: Any) -> str:
    """The name that a record with a slug is shown under."""
    if isinstance(record, LeaderIn):
        return next(name.name for name in record.names if name.kind == "preferred")
    return str(record.name)


def identifiers_out(identifiers: list[IdentifierFields]) -> list[Json]:
    """Identifiers in their order."""
    return [i.model_dump() for i in sorted(identifiers, key=lambda i: (i.scheme, fold(i.value)))]


def call_reference(call: CallIn, name: str = "name") -> Json:
    """The reference to a call, or the beginning of its document."""
    return {"id": str(call.id), "slug": call.slug, name: call.title}


def mention_out(mention: MentionIn, call: CallIn) -> Json:
    """How a readout prints a participant of a call."""
    return {
        "participant": next(str(person.id) for person in call.participants if person.ref == mention.participant),
        "readout": {"id": str(mention.readout), "version": mention.version},
        "name": mention.name.model_dump(),
        "office": mention.office.model_dump() if mention.office else None,
    }


def place_of(mention: MentionIn) -> tuple[str, int]:
    """Where somebody is mentioned."""
    return (str(mention.readout), mention.version)


def order_of(call: CallIn) -> tuple[str, str, str]:
    """What calls are sorted by; a date without bounds is before all others."""
    read = read_edtf(next(claim.value.edtf for claim in call.all_claims() if claim.field == "date" and claim.preferred))
    latest = "" if read.earliest is read.latest is None else read.latest or "~"
    return (read.earliest or "", latest, str(call.id))


def ordered(references: Iterable[Json | None]) -> list[Json]:
    """References by slug, each once."""
    by_slug = {reference["slug"]: reference for reference in references if reference is not None}
    return [by_slug[slug] for slug in sorted(by_slug)]


def without(document: Mapping[str, Any], *members: str) -> Json:
    """A document but for some members."""
    return {name: value for name, value in document.items() if name not in members}


def comparable(answered: Any, expected: Any) -> Any:
    """An answer without times and ids that no document gives, once those are seen to be such."""
    if isinstance(answered, list):
        assert len(answered) == len(expected)
        return [comparable(one, other) for one, other in zip(answered, expected, strict=True)]
    if not isinstance(answered, dict):
        return answered
    made = dict(answered)
    for name in ("created_at", "content_changed_at"):
        if name in made:
            assert datetime.fromisoformat(made.pop(name)).utcoffset() is not None
    if made.get("retrieved_at"):
        made["retrieved_at"] = datetime.fromisoformat(made["retrieved_at"])
        expected["retrieved_at"] = datetime.fromisoformat(str(expected["retrieved_at"]))
    if "id" in made and expected.get("id", "") is None:
        assert UUID(made["id"]).version == 7
        made["id"] = None
    return {name: comparable(value, (expected or {}).get(name)) for name, value in made.items()}


def assert_same(answered: Json, expected: Json) -> None:
    """Member by member."""
    assert comparable(answered, expected) == expected


async def assert_all_answered(client: httpx.AsyncClient, records: Records, resource: str) -> None:
    """Every record is in the list once, and alone at its own address, as its document says."""
    expected = Expected(records).answers(resource)
    listed = await everything(client, resource)
    assert sorted(record["id"] for record in listed) == sorted(expected)
    include = {"include": ALONE[resource]} if resource in ALONE else {}
    for record in listed:
        assert_same(record, without(expected[record["id"]], *ONLY_ALONE.get(resource, ())))
        alone = await ask(client, f"{resource}/{record['id']}", **include)
        assert_same(alone, expected[record["id"]])
        assert without(alone, *ONLY_ALONE.get(resource, ())) == record


@pytest.mark.parametrize("resource", RESOURCES)
async def test_the_generated_records(world_client: httpx.AsyncClient, world: World, resource: str) -> None:
    await assert_all_answered(world_client, world.records, resource)


@pytest.mark.parametrize("resource", RESOURCES)
async def test_the_seed_as_its_file_says(client: httpx.AsyncClient, resource: str) -> None:
    await assert_all_answered(client, seed_records(), resource)


# One of each, with every member given.

OTHER_NAME = {"name": "Other", "kind": "preferred"}
_TEXT = "Разговор 🇷🇺 по телефону\n\n习近平 и В. Путин: «Мы 𠀋 едины», заявил он, добавив: да.\n"
_NEWER = _TEXT.replace("да", "нет")


def uuid_of(kind: int, number: int = 1) -> str:
    """An id of these documents."""
    return f"01990000-0000-7000-8000-{kind:04d}{number:08d}"


def quote(words: str, of: str = _TEXT) -> Json:
    """Words with their offsets, in code points."""
    return {"text": words, "start": of.index(words), "end": of.index(words) + len(words)}


def digest_of(words: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(words.encode()).hexdigest()


def identifier(value: str) -> list[Json]:
    """Two identifiers, out of their order."""
    return [{"scheme": "z-scheme_1", "value": value}, {"scheme": "archive", "value": f"№ {value}"}]


def documents() -> dict[str, list[Json]]:
    """Records of each kind with nothing left out; references are by id, key and alias in turn."""
    return {
        "parties": [
            {
                "id": uuid_of(1, number),
                "code": code,
                "name": name,
                "kind": "former_state",
                "aliases": [f"{name} ", f"{code}-X", "Ящик" if number == 1 else "ä"],
                "identifiers": identifier(code),
            }
            for number, (code, name) in enumerate([("SUHH", "Soviet Union"), ("DDDE", "East Germany")], start=1)
        ],
        "leaders": [
            {
                "id": uuid_of(2, number),
                "slug": f"leader-{number}",
                "names": [
                    {"name": f"Лидер {number}", "language": "RU-cyrl", "kind": "native"},
                    {"name": f"Leader {number}", "kind": "preferred"},
                    {"name": f"Leader {number}", "language": "en", "kind": "former"},
                ],
                "offices": [
                    {"title": "Général", "party": party, "from": "1964-10", "to": "1982-11-10"},
                    {"title": "President", "party": "SUHH", "from": "1977"},
                    {"title": "Chairman", "to": "1964"},
                    {"title": "Member"},
                ],
                "identifiers": identifier(f"leader {number}"),
            }
            for number, party in enumerate([uuid_of(1, 2), "SUHH-X", "DDDE"], start=1)
        ],
        "publishers": [
            {
                "id": uuid_of(3),
                "slug": "agency",
                "name": "Агентство",
                "kind": "agency",
                "party": "SUHH-X",
                "url": "https://example.org/%D0%B0?b=c#d",
                "identifiers": identifier("agency"),
            },
            {"id": uuid_of(3, 2), "slug": "other", "name": "Other", "kind": "other"},
        ],
        "topics": [
            {"id": uuid_of(4, 3), "slug": "narrowest", "name": "Narrowest", "broader": "narrower"},
            {"id": uuid_of(4, 2), "slug": "narrower", "name": "Ärger", "broader": "broad", "definition": "Two\nlines."},
            {"id": uuid_of(4, 1), "slug": "broad", "name": "Broad", "identifiers": identifier("topic")},
        ],
        "readouts": [
            {
                "id": uuid_of(5, 1),
                "kind": "transcript",
                "title": "Разговор по телефону",
                "language": "ru",
                "url": "http://example.org/1",
                "archived_url": "https://archive.example.org/1",
                "published_on": "0001-01-01",
                "retrieved_at": "2020-03-20T23:59:59.999999+09:30",
                "rights": "Free to quote.",
                "licence": "CC-BY-4.0",
                "original_language": "ZH-hans",
                "translation": "official",
                "translation_of": uuid_of(5, 2),
                "versions": [
                    {"version": 1, "text": _TEXT, "sha256": digest_of(_TEXT), "source_sha256": "0" * 64},
                    {"version": 2, "text": _NEWER, "sha256": digest_of(_NEWER)},
                ],
                "claims": [
                    {
                        "id": uuid_of(9, 1),
                        "field": "publisher",
                        "value": "other",
                        "basis": "derived",
                        "evidence": [{"source": "A letter", "url": "https://example.org/letter"}],
                    },
                    {
                        "id": uuid_of(9, 2),
                        "field": "publisher",
                        "value": uuid_of(3),
                        "basis": "curated",
                        "preferred": True,
                        "note": "So says\nthe archive.",
                        "evidence": [{"readout": uuid_of(5), "version": 1, **quote("𠀋")}],
                    },
                ],
                "identifiers": identifier("readout"),
            },
            {
                "id": uuid_of(5, 2),
                "title": "Withheld",
                "language": "zh-Hans",
                "published_on": "9999-12-31",
                "retrieved_at": "0001-01-02T00:00:00Z",
                "versions": [{"version": 3, "sha256": "f" * 64}],
            },
        ],
        "calls": [
            {
                "id": uuid_of(6),
                "slug": "one-call",
                "title": "Разговор",
                "participants": [
                    {
                        "ref": "one",
                        "id": uuid_of(7, 1),
                        "leader": uuid_of(2, 1),
                        "party": "Soviet Union ",
                        "office": "Général",
                    },
                    {"ref": "two", "id": uuid_of(7, 2), "leader": "leader-2", "party": "DDDE", "role": "principal"},
                    {"ref": "three", "id": uuid_of(7, 3), "party": uuid_of(1, 1), "role": "interpreter"},
                    {"ref": "four", "id": uuid_of(7, 4), "leader": "leader-3", "party": "SUHH"},
                ],
                "readouts": [uuid_of(5, 1), uuid_of(5, 2)],
                "mentions": [
                    {
                        "participant": "two",
                        "readout": uuid_of(5, 1),
                        "version": 2,
                        "name": quote("Путин", _NEWER),
                        "office": quote("В.", _NEWER),
                    },
                    {"participant": "one", "readout": uuid_of(5, 1), "name": quote("习近平")},
                ],
                "statements": [
                    {
                        "id": uuid_of(8, 1),
                        "readout": uuid_of(5, 1),
                        "position": 7,
                        "paragraph": 1,
                        "speakers": [{"participant": "three"}, {"participant": "one"}],
                        **quote("«Мы 𠀋 едины», заявил он, добавив"),
                        "attribution": {"kind": "explicit", "verb": "a Déclaré", **quote("заявил он")},
                        "mode": "direct",
                        "speaker_as": "side",
                        "act": "assess",
                        "topics": ["narrower", uuid_of(4, 1)],
                    },
                    {
                        "id": uuid_of(8, 2),
                        "readout": uuid_of(5, 1),
                        "version": 2,
                        "position": 1,
                        "paragraph": 0,
                        "speakers": [{"participant": "four"}],
                        **quote("нет.", _NEWER),
                        "attribution": {"kind": "inherited"},
                    },
                ],
                "claims": [
                    {
                        "id": uuid_of(9, 3),
                        "field": "date",
                        "value": {
                            "edtf": "1964-10-14",
                            "zone": "Etc/GMT+3",
                            "text": "14 октября",
                            "part_of_day": "night",
                        },
                        "basis": "stated",
                        "preferred": True,
                        "note": "Stated.",
                        "evidence": [
                            {"readout": uuid_of(5, 1), "version": 2, **quote("нет", _NEWER)},
                            {"source": "Pravda"},
                        ],
                    },
                    {"id": uuid_of(9, 4), "field": "channel", "value": "correspondence", "basis": "derived"},
                    {"id": uuid_of(9, 5), "field": "channel", "value": "video", "basis": "curated", "preferred": True},
                    {"id": uuid_of(9, 6), "field": "duration", "value": 0, "basis": "stated", "preferred": True},
                    {"id": uuid_of(9, 7), "field": "duration", "value": 604800, "basis": "stated"},
                    {
                        "id": uuid_of(9, 8),
                        "field": "initiator",
                        "value": {"kind": "party", "party": "SUHH-X"},
                        "basis": "stated",
                        "preferred": True,
                    },
                    {
                        "id": uuid_of(9, 9),
                        "field": "initiator",
                        "value": {"kind": "participant", "participant": "three"},
                        "basis": "derived",
                    },
                    {"id": uuid_of(9, 10), "field": "initiator", "value": {"kind": "mutual"}, "basis": "derived"},
                ],
                "identifiers": identifier("call"),
            },
            {
                "id": uuid_of(6, 2),
                "slug": "another-call",
                "title": "Without a year",
                "participants": [{"ref": "one", "id": uuid_of(7, 5)}],
                "readouts": [uuid_of(5, 1)],
                "claims": [
                    {
                        "id": uuid_of(9, 11),
                        "field": "date",
                        "value": {"edtf": "XXXX-10"},
                        "basis": "stated",
                        "preferred": True,
                    },
                    {
                        "id": uuid_of(9, 12),
                        "field": "channel",
                        "value": "unknown",
                        "basis": "stated",
                        "preferred": True,
                    },
                ],
            },
        ],
    }


def read(given: Mapping[str, list[Json]]) -> Records:
    """The documents as records."""
    return Records.model_validate(given, strict=False)


async def recorded(server: str, migrated: str, given: Mapping[str, list[Json]]) -> str:
    """The address of a new database with documents in it."""
    url = await create_database(server, migrated)
    async with opened(url) as database, database.writing() as writing:
        await add_records(writing, read(given))
    return url


@pytest.fixture(scope="module")
async def whole_url(server: str, migrated: str) -> str:
    """A database with one of each."""
    return await recorded(server, migrated, documents())


@pytest.mark.parametrize("resource", RESOURCES)
async def test_one_of_each_with_every_member(whole_url: str, resource: str) -> None:
    async with serving(whole_url) as app, client_of(app) as client:
        await assert_all_answered(client, read(documents()), resource)


async def test_plain_values_are_claims(server: str, migrated: str) -> None:
    """Preferred ones that a curator made, after those that are given as claims; a hash follows from its text."""
    given = documents()
    del given["readouts"][0]["versions"][0]["sha256"]
    given["readouts"][0]["claims"][1]["preferred"] = False
    given["readouts"][0]["publisher"] = "agency"
    given["calls"][1]["claims"] = []
    given["calls"][1] |= {
        "date": {"edtf": "1964-10~", "zone": "Europe/Moscow", "text": "in October"},
        "channel": "meeting",
        "duration_seconds": 1,
        "initiator": {"kind": "participant", "participant": "one"},
    }
    url = await recorded(server, migrated, given)
    async with serving(url) as app, client_of(app) as client:
        for resource in ("calls", "readouts", "participants"):
            await assert_all_answered(client, read(given), resource)
        call = await ask(client, "calls/another-call", include="claims")
    assert [claim["field"] for claim in call["claims"]] == ["date", "channel", "duration", "initiator"]
    assert {(claim["basis"], claim["preferred"]) for claim in call["claims"]} == {("curated", True)}


@pytest.mark.parametrize("kept", ["id", "identifiers", "slug", "code"])
async def test_what_is_recorded_already_is_left_as_it_is(server: str, whole_url: str, kept: str) -> None:
    """It is found by any one of these, so that documents which have nothing else in common with it change nothing."""
    given: dict[str, list[Json]] = {}
    for kind in ("parties", "leaders", "publishers", "topics"):
        given[kind] = [document for document in documents()[kind] if document.get(kept)]
        for number, document in enumerate(given[kind]):
            document.update({"names": [OTHER_NAME]} if "names" in document else {"name": "Other"})
            other = {"id": str(uuid4()), "identifiers": [], "slug": f"new-{number}", "code": f"NEW-{number}"}
            document.update({name: other[name] for name in document.keys() & other.keys() - {kept}})
    async with opened(await create_database(server, name_of(whole_url))) as database:
        before = await contents(database)
        async with database.writing() as writing:
            await add_records(writing, read(given))
        assert await contents(database) == before


async def test_records_come_one_by_one_as_they_come_together(server: str, migrated: str, whole_url: str) -> None:
    """What refers to records of before finds them in the database."""
    async with opened(await create_database(server, migrated)) as database, opened(whole_url) as whole:
        for kind, given in documents().items():
            # A readout refers to the one it translates, a topic to its broader one.
            for document in reversed(given):
                async with database.writing() as writing:
                    await add_records(writing, read({kind: [document]}))
        one_by_one, together = await contents(database), await contents(whole)
    for rows in (one_by_one, together):
        for table, row in rows.items():
            rows[table] = re.sub(r'"(created_at|content_changed_at)": "[^"]+"', "", row)
    assert one_by_one == together


async def test_a_verb_is_shown_as_it_is_written(whole_url: str) -> None:
    """And found in any case."""
    async with serving(whole_url) as app, client_of(app) as client:
        (statement,) = (await ask(client, "statements", verb="A DECLARE"))["data"]
    assert statement["attribution"]["verb"] == "a Déclaré"


# What is refused.

UNKNOWN: list[tuple[str, str, tuple[str | int, ...]]] = [
    ("leader", "calls", (0, "participants", 0, "leader")),
    ("party", "calls", (0, "participants", 1, "party")),
    ("party", "calls", (0, "claims", 5, "value", "party")),
    ("topic", "calls", (0, "statements", 0, "topics", 1)),
    ("party", "leaders", (1, "offices", 1, "party")),
    ("party", "publishers", (0, "party")),
    ("publisher", "readouts", (0, "claims", 1, "value")),
    ("topic", "topics", (2, "broader")),
]


def with_unknown(kind: str, place: tuple[str | int, ...], key: str) -> Records:
    """The documents, of which one refers to nothing."""
    given = documents()
    at: Any = given[kind]
    *way, last = place
    for step in way:
        at = at[step]
    at[last] = key
    return read(given)


@pytest.mark.parametrize("key", ["nobody", "0199ffff-0000-7000-8000-000000000000"])
@pytest.mark.parametrize(("noun", "kind", "place"), UNKNOWN)
async def test_what_refers_to_nothing_is_refused_whole(
    own_database: Database, noun: str, kind: str, place: tuple[str | int, ...], key: str
) -> None:
    """With a pointer and the key; nothing of what came before it stays."""
    before = await contents(own_database)
    with pytest.raises(InvalidRequest) as refused:
        async with own_database.writing() as writing:
            await add_records(writing, with_unknown(kind, place, key))
    (error,) = refused.value.members["errors"]
    assert isinstance(error["pointer"], str)
    assert noun in error["detail"]
    assert key in error["detail"]
    assert await contents(own_database) == before


@pytest.fixture(scope="module")
async def own_database(server: str, migrated: str) -> Any:
    """A database with the seed, of which these tests leave all as it is."""
    async with opened(await create_database(server, migrated)) as database:
        await seed(database)
        yield database


async def test_every_unknown_key_is_named(own_database: Database) -> None:
    given = documents()
    for person, key in zip(given["calls"][0]["participants"], ("nobody", "no-one"), strict=False):
        person["leader"] = key
    with pytest.raises(InvalidRequest, match=r"no-one.*nobody"):
        async with own_database.writing() as writing:
            await add_records(writing, read(given))


async def refused_as(database: Database, given: dict[str, list[Json]]) -> str:
    """The SQLSTATE that PostgreSQL refuses documents with; nothing of them stays."""
    before = await contents(database)
    with pytest.raises(IntegrityError) as refused:
        async with database.writing() as writing:
            await add_records(writing, read(given))
    assert await contents(database) == before
    return str(getattr(refused.value.orig, "sqlstate", None))


async def test_what_breaks_a_rule_is_refused_whole(own_database: Database) -> None:
    """A readout that is not there, words that are not, an alias that is another party's alias or code."""
    given = documents()
    given["calls"][0]["readouts"].append(uuid_of(5, 9))
    assert await refused_as(own_database, given) == "23503"
    given = documents()
    given["calls"][0]["statements"][0]["text"] = given["calls"][0]["statements"][0]["text"].upper()
    assert await refused_as(own_database, given) == "23514"
    given = documents()
    given["parties"][0]["aliases"].append("中国")
    assert await refused_as(own_database, given) == "23505"
    given = documents()
    given["parties"][0]["aliases"].append("cn")
    assert await refused_as(own_database, given) == "23514"


@pytest.mark.parametrize(
    ("kind", "number", "members"),
    [
        ("calls", 1, {"claims": []}),
        ("calls", 1, {"channel": "video"}),
        ("calls", 0, {"participants": []}),
        ("leaders", 0, {"names": [{"name": "Leader", "kind": "native"}]}),
        ("readouts", 0, {"publisher": "agency"}),
        ("readouts", 0, {"versions": [{"text": "Cafe\u0301"}]}),
        ("readouts", 0, {"versions": [{"text": "One.\r\n"}]}),
        ("readouts", 0, {"versions": [{"text": "One.", "sha256": "0" * 64}]}),
        ("readouts", 0, {"versions": [{}]}),
        ("parties", 0, {"unknown": 1}),
        ("topics", 0, {"slug": "Upper"}),
        ("publishers", 0, {"url": "javascript:alert(1)"}),
    ],
)
def test_what_is_no_document(kind: str, number: int, members: Json) -> None:
    """It is refused before anything is asked of the database."""
    given = documents()
    given[kind][number] |= members
    with pytest.raises(ValidationError):
        read(given)


async def test_a_key_as_long_as_an_id(server: str, migrated: str) -> None:
    """It is no id for that."""
    given = documents()
    given["publishers"][0]["slug"] = "ministry-of-foreign-affairs-of-china"
    given["readouts"][0]["claims"][1]["value"] = "ministry-of-foreign-affairs-of-china"
    await recorded(server, migrated, given)


async def test_a_readout_that_names_people_in_two_calls(server: str, migrated: str) -> None:
    """In one version, some of them at the same place of their call's list."""
    given = documents()
    given["calls"][1]["mentions"] = [
        {"participant": "one", "readout": uuid_of(5, 1), "version": 2, "name": quote("он", _NEWER)}
    ]
    url = await recorded(server, migrated, given)
    async with serving(url) as app, client_of(app) as client:
        await assert_all_answered(client, read(given), "readouts")


async def test_an_id_in_upper_case(server: str, migrated: str) -> None:
    """It is the same id."""
    given = documents()
    given["publishers"][0]["id"] = "0199ABCD-0000-7000-8000-000300000001"
    given["readouts"][0]["claims"][1]["value"] = "0199ABCD-0000-7000-8000-000300000001"
    await recorded(server, migrated, given)
