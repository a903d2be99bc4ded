"""A second reading of the generated documents, in plain Python, and the walk through the service's pages held to it."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import httpx

from app.search import read_search
from tests.search_oracle import Part, meets

Document = dict[str, Any]
Asked = Mapping[str, Sequence[str]]
Bounds = tuple[str, str]
Test = Callable[[Document, Asked], bool]

# They sort below and above every ISO day.
OPEN_START, OPEN_END = "", "~"
UNKNOWN: Bounds = (OPEN_START, OPEN_START)

BOUNDS: Mapping[str, Bounds] = {
    "2019-12-31": ("2019-12-31", "2019-12-31"),
    "2020": ("2020-01-01", "2020-12-31"),
    "2020-01-01": ("2020-01-01", "2020-01-01"),
    "2020-02-29": ("2020-02-29", "2020-02-29"),
    "2020-03": ("2020-03-01", "2020-03-31"),
    "2020-03-1X": ("2020-03-10", "2020-03-19"),
    "2020-03-19": ("2020-03-19", "2020-03-19"),
    "2020-03-19?": ("2020-03-19", "2020-03-19"),
    "2020-03-20~": ("2020-03-20", "2020-03-20"),
    "2020-03-19/2020-03-21": ("2020-03-19", "2020-03-21"),
    "2020-03-31/2020-04-02": ("2020-03-31", "2020-04-02"),
    "[2020-03-18,2020-03-21]": ("2020-03-18", "2020-03-21"),
    "2020-XX-19": ("2020-01-19", "2020-12-19"),
    "../2020-02": (OPEN_START, "2020-02-29"),
    "2020-05/..": ("2020-05-01", OPEN_END),
    "202X": ("2020-01-01", "2029-12-31"),
    "XXXX-XX-19": UNKNOWN,
    "XXXX": UNKNOWN,
    "0000-02-29": ("0000-02-29", "0000-02-29"),
    "9999-12-31": ("9999-12-31", "9999-12-31"),
    "1987-06": ("1987-06-01", "1987-06-30"),
    "1945-02-04": ("1945-02-04", "1945-02-04"),
}
"""The first and last day of every date that the factories give a call, worked out by hand."""

SPANS: Mapping[str, Bounds] = {
    "0000": ("0000-01-01", "0000-12-31"),
    "2020-03-19": ("2020-03-19", "2020-03-19"),
    "2020-03-20": ("2020-03-20", "2020-03-20"),
    "2020-02-29": ("2020-02-29", "2020-02-29"),
    "2020-04-01": ("2020-04-01", "2020-04-01"),
    "2020-12-31": ("2020-12-31", "2020-12-31"),
    "2021-01-01": ("2021-01-01", "2021-01-01"),
    "2020-02": ("2020-02-01", "2020-02-29"),
    "2020-03": ("2020-03-01", "2020-03-31"),
    "2020-04": ("2020-04-01", "2020-04-30"),
    "1987-06": ("1987-06-01", "1987-06-30"),
    "2019": ("2019-01-01", "2019-12-31"),
    "2020": ("2020-01-01", "2020-12-31"),
    "2021": ("2021-01-01", "2021-12-31"),
    "1945": ("1945-01-01", "1945-12-31"),
    "9999": ("9999-01-01", "9999-12-31"),
}
"""The days that an asked date means."""

INTERVALS: Mapping[str, Bounds] = {
    "2020-03-18/2020-03-21": ("2020-03-18", "2020-03-21"),
    "2020-03/2020-04": ("2020-03-01", "2020-04-30"),
    "2019/2020-02-29": ("2019-01-01", "2020-02-29"),
    "1900/2100": ("1900-01-01", "2100-12-31"),
    "../2020-02": (OPEN_START, "2020-02-29"),
    "/2020-03-18": (OPEN_START, "2020-03-18"),
    "2020-05/..": ("2020-05-01", OPEN_END),
    "2020-03-20/": ("2020-03-20", OPEN_END),
}
"""The days that an asked interval means."""

KINDS: Mapping[str, str] = {
    "call": "calls",
    "leader": "leaders",
    "party": "parties",
    "publisher": "publishers",
    "topic": "topics",
}
"""The kinds of record that a parameter can name, with their resources."""

SORTS: Mapping[str, tuple[str, ...]] = {
    "calls": ("-date", "date"),
    "participants": ("-date", "date"),
    "statements": ("-date", "date"),
    "readouts": ("-published", "published"),
    "claims": ("position",),
    **dict.fromkeys(("leaders", "parties", "publishers", "topics"), ("name", "-name")),
}
"""The orders of each resource, its default first."""

DATES = ("date", "date_from", "date_to")
_NO_FILTERS = frozenset({"sort", "limit", "count", "include", "cursor", "date_match"})


def fold(text: str) -> str:
    """A name without case and marks, as far as the generated names need it."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return bare.casefold()


def spellings(name: str) -> list[str]:
    """A name in the cases and encodings that mean the same."""
    return [name, name.upper(), name.lower(), fold(name), unicodedata.normalize("NFD", name)]


def shown(record: Document, field: str) -> Any:
    """The value of the preferred claim for a field; None where there is none."""
    return next((claim["value"] for claim in record["claims"] if claim["field"] == field and claim["preferred"]), None)


def bounds_of(call: Document) -> Bounds:
    """The first and last day of a call's date."""
    return BOUNDS[shown(call, "date")["edtf"]]


def in_span(call: Document, name: str, text: str, *, certain: bool) -> bool:
    """Whether a call lies in the span that a parameter asks for."""
    earliest, latest = bounds_of(call)
    if text == "unknown":
        return (earliest, latest) == UNKNOWN
    start, end = SPANS[text] if text in SPANS else INTERVALS[text]
    if name == "date_from":
        end = OPEN_END
    if name == "date_to":
        start = OPEN_START
    if (earliest, latest) == UNKNOWN:
        return False
    if certain:
        return start <= earliest and latest <= end and not set("?~%") & set(shown(call, "date")["edtf"])
    return earliest <= end and start <= latest


def bears(asked: Asked, *owners: Document | None) -> bool:
    """Whether one of the records has the asked identifier."""
    given = [one for owner in owners if owner is not None for one in owner.get("identifiers", ())]
    return asked["identifier"][0].casefold() in [f"{one['scheme']}:{one['value']}".casefold() for one in given]


def is_named(asked: Asked, *names: str) -> bool:
    """Whether one of the names is the asked one."""
    return fold(asked["name"][0]) in [fold(name) for name in names]


def is_variety(language: str, text: str) -> bool:
    """Whether a language is the asked one or a variety of it."""
    return f"{language}-".lower().startswith(f"{text}-".lower())


def key_of(record: Document) -> str:
    """The slug or code of a record."""
    return str(record.get("slug") or record["code"])


def forms(kind: str, record: Document) -> list[str]:
    """Every text that means this record and no other."""
    found = [form for key in (record["id"], key_of(record)) for form in (key, key.upper(), key.lower(), key.title())]
    if kind == "leader":
        qids = [one["value"] for one in record["identifiers"] if one["scheme"] == "wikidata"]
        found += [*qids, *(qid.lower() for qid in qids)]
        found += [form for one in record["names"] if one["name"] != "Shared" for form in spellings(one["name"])]
    if kind == "party":
        found += [form for alias in record["aliases"] for form in spellings(alias)]
    return list(dict.fromkeys(found))


def claim_id(claim: Document, participants: list[Document]) -> str:
    """What a claim says, for want of an id in its document."""
    value = claim["value"]
    if claim["field"] == "date":
        value = value["edtf"]
    if claim["field"] == "initiator":
        ids = {person["ref"]: person["id"] for person in participants}
        value = f"{value['kind']} {ids.get(value.get('participant'))} {value.get('party')}"
    return f"{claim['field']} {claim['basis']} {claim['preferred']} {value}"


def answered_claim_id(claim: Document) -> str:
    """The same of a claim as the service shows it."""
    value = claim["value"]
    if claim["field"] == "date":
        value = value["edtf"]
    if claim["field"] == "initiator":
        participant, party = value["participant"] or {}, value["party"] or {}
        value = f"{value['kind']} {participant.get('id')} {party.get('code')}"
    return f"{claim['field']} {claim['basis']} {claim['preferred']} {value}"


class Oracle:
    """The generated documents, searched record by record."""

    def __init__(self, documents: Mapping[str, list[Document]]) -> None:
        """Spread the calls into what they consist of, and note every text that means a record."""
        calls = documents["calls"]
        self.records: dict[str, list[Document]] = {
            **documents,
            "readouts": [
                {**readout, "calls": [call["slug"] for call in calls if readout["id"] in call["readouts"]]}
                for readout in documents["readouts"]
            ],
            "participants": [
                {**person, "call": call, "position": position}
                for call in calls
                for position, person in enumerate(call["participants"])
            ],
            "statements": [
                {**statement, "call": call, "by": _speakers(call, statement)}
                for call in calls
                for statement in call["statements"]
            ],
            "claims": [
                {**claim, "call": call, "position": position, "id": claim_id(claim, call["participants"])}
                for call in calls
                for position, claim in enumerate(call["claims"])
            ],
        }
        self.meanings: dict[str, dict[str, str]] = {
            kind: {form: key_of(record) for record in documents[resource] for form in forms(kind, record)}
            for kind, resource in KINDS.items()
        }
        self._keyed = {
            kind: {key_of(record): record for record in documents[resource]} for kind, resource in KINDS.items()
        }
        self._readouts = {readout["id"]: readout for readout in documents["readouts"]}
        self.tests: dict[str, dict[str, Test]] = {
            "calls": self._calls(),
            "leaders": self._leaders(),
            "participants": self._participants(),
            "statements": self._statements(),
            "readouts": self._all_readouts(),
            "publishers": self._publishers(),
            "parties": self._parties(),
            "topics": self._topics(),
            "claims": self._claims(),
        }
        """For each resource and filter, whether a record passes."""

    def answer(self, resource: str, asked: Asked) -> list[str]:
        """The ids of the records that a question means, in its order."""
        found = [record for record in self.records[resource] if self.matches(resource, record, asked)]
        sort = asked.get("sort", SORTS[resource])[0]
        return [record["id"] for record in _ordered(resource, found, down=sort.startswith("-"))]

    def matches(self, resource: str, record: Document, asked: Asked) -> bool:
        """Whether a record is one of those that a question means: it passes every filter."""
        tests = self.tests[resource]
        return all(tests[name](record, asked) for name in asked if name not in _NO_FILTERS)

    def _meant(self, kind: str, asked: Asked, name: str) -> list[str]:
        return [self.meanings[kind][text] for text in asked.get(name, ())]

    def _refers(self, kind: str, name: str, member: str | None = None) -> Test:
        return lambda record, asked: record[member or name] == self._meant(kind, asked, name)[0]

    def _of_call(self) -> dict[str, Test]:
        """The tests of what belongs to a call, by the call."""
        return {
            **{name: _dated(name, lambda record: record["call"]) for name in DATES},
            "call": lambda record, asked: record["call"]["slug"] == self._meant("call", asked, "call")[0],
        }

    def _below(self, topic: str) -> set[str]:
        narrower = [one["slug"] for one in self.records["topics"] if one["broader"] == topic]
        return {topic}.union(*(self._below(slug) for slug in narrower))

    def _is_about(self, statement: Document, asked: Asked) -> bool:
        return not self._below(self._meant("topic", asked, "topic")[0]).isdisjoint(statement["topics"])

    def _is_released(self, readout_id: str, asked: Asked, by: str) -> bool:
        readout = self._readouts[readout_id]
        return all(shown(readout, "publisher") == key for key in self._meant("publisher", asked, by)) and all(
            is_variety(readout["language"], text) for text in asked.get("language", ())
        )

    def _said_in(self, readout: Document) -> list[Part]:
        language = readout["language"]
        return [(language, readout["title"]), *((language, version["text"]) for version in readout["versions"][-1:])]

    def _said_of(self, call: Document) -> list[Part]:
        readouts = [self._readouts[readout] for readout in call["readouts"]]
        languages = {readout["language"] for readout in readouts} or {"und"}
        titles = [(language, call["title"]) for language in languages]
        return [*titles, *(part for readout in readouts for part in self._said_in(readout))]

    def _was_initiated(self, call: Document, asked: Asked) -> bool:
        (text,) = asked["initiator"]
        value = shown(call, "initiator")
        if value is None or text == "mutual":
            return value is not None and value["kind"] == "mutual"
        # A party initiates through its principals.
        people = [
            person
            for person in call["participants"]
            if person["ref"] == value.get("participant")
            or (person["role"] == "principal" and person["party"] is not None and person["party"] == value.get("party"))
        ]
        if text in self.meanings["party"]:
            return self.meanings["party"][text] in [value.get("party"), *(person["party"] for person in people)]
        return self.meanings["leader"][text] in [person["leader"] for person in people]

    def _calls(self) -> dict[str, Test]:
        def took_part(call: Document, asked: Asked, member: str, keys: list[str]) -> bool:
            roles = {"principal", *",".join(asked.get("role", ())).split(",")}
            return any(
                person[member] in keys and (person["role"] in roles or "any" in roles)
                for person in call["participants"]
            )

        # One readout must be by the publisher and in the language, where both are asked for.
        def released(call: Document, asked: Asked) -> bool:
            return any(self._is_released(readout, asked, "publisher") for readout in call["readouts"])

        return {
            **{name: _dated(name, lambda call: call) for name in DATES},
            "leader": lambda call, asked: all(
                took_part(call, asked, "leader", [key]) for key in self._meant("leader", asked, "leader")
            ),
            "any_leader": lambda call, asked: took_part(
                call, asked, "leader", self._meant("leader", asked, "any_leader")
            ),
            "party": lambda call, asked: all(
                took_part(call, asked, "party", [key]) for key in self._meant("party", asked, "party")
            ),
            "role": lambda _call, _asked: True,
            "initiator": self._was_initiated,
            "channel": lambda call, asked: shown(call, "channel") == asked["channel"][0],
            "topic": lambda call, asked: any(self._is_about(one, asked) for one in call["statements"]),
            "publisher": released,
            "language": released,
            "q": _has_words(self._said_of),
            "identifier": lambda call, asked: bears(asked, call),
        }

    def _leaders(self) -> dict[str, Test]:
        def of_party(leader: Document, asked: Asked) -> bool:
            (party,) = self._meant("party", asked, "party")
            return any(office["party"] == party for office in leader["offices"]) or any(
                person["leader"] == leader["slug"] and person["party"] == party
                for person in self.records["participants"]
            )

        return {
            "name": lambda leader, asked: is_named(asked, *(one["name"] for one in leader["names"])),
            "party": of_party,
            "identifier": lambda leader, asked: bears(asked, leader),
        }

    def _participants(self) -> dict[str, Test]:
        return {
            **self._of_call(),
            "leader": self._refers("leader", "leader"),
            "party": self._refers("party", "party"),
            "role": _equals("role"),
            "office": lambda person, asked: fold(person["office"] or "") == fold(asked["office"][0]),
            "identifier": lambda person, asked: bears(
                asked,
                person["call"],
                self._keyed["leader"].get(person["leader"]),
                self._keyed["party"].get(person["party"]),
            ),
        }

    def _statements(self) -> dict[str, Test]:
        def hears(statement: Document, asked: Asked) -> bool:
            (leader,) = self._meant("leader", asked, "counterpart")
            return any(
                person["leader"] == leader
                and person["role"] == "principal"
                and any(speaker["ref"] != person["ref"] for speaker in statement["by"])
                for person in statement["call"]["participants"]
            )

        def released(statement: Document, asked: Asked) -> bool:
            return self._is_released(statement["readout"], asked, "attributed_by")

        return {
            **self._of_call(),
            "speaker": lambda statement, asked: (
                {person["leader"] for person in statement["by"]} >= set(self._meant("leader", asked, "speaker"))
            ),
            "attributed_by": released,
            "language": released,
            "q": _has_words(lambda statement: [(self._readouts[statement["readout"]]["language"], statement["text"])]),
            "counterpart": hears,
            "party": lambda statement, asked: (
                self._meant("party", asked, "party")[0] in [person["party"] for person in statement["by"]]
            ),
            "topic": self._is_about,
            "act": _equals("act"),
            "mode": _equals("mode"),
            "wording": lambda statement, asked: (
                (asked["wording"] == ["earlier"])
                == (statement.get("version", 1) < len(self._readouts[statement["readout"]]["versions"]))
            ),
            "verb": lambda statement, asked: fold(statement["attribution"].get("verb", "")) == fold(asked["verb"][0]),
            "identifier": lambda statement, asked: bears(
                asked,
                statement["call"],
                self._readouts[statement["readout"]],
                *(self._keyed["leader"].get(person["leader"]) for person in statement["by"]),
            ),
        }

    def _all_readouts(self) -> dict[str, Test]:
        def by_party(readout: Document, asked: Asked) -> bool:
            publisher = self._keyed["publisher"].get(shown(readout, "publisher"))
            return publisher is not None and publisher["party"] == self._meant("party", asked, "party")[0]

        return {
            "publisher": lambda readout, asked: self._is_released(readout["id"], asked, "publisher"),
            "language": lambda readout, asked: self._is_released(readout["id"], asked, "publisher"),
            "q": _has_words(self._said_in),
            "party": by_party,
            "kind": _equals("kind"),
            "translation": _equals("translation"),
            "call": lambda readout, asked: self._meant("call", asked, "call")[0] in readout["calls"],
            "identifier": lambda readout, asked: bears(asked, readout),
        }

    def _publishers(self) -> dict[str, Test]:
        return {
            "name": lambda publisher, asked: is_named(asked, publisher["name"]),
            "party": self._refers("party", "party"),
            "kind": _equals("kind"),
            "identifier": lambda publisher, asked: bears(asked, publisher),
        }

    def _parties(self) -> dict[str, Test]:
        return {
            "name": lambda party, asked: is_named(asked, party["name"], *party["aliases"]),
            "kind": _equals("kind"),
            "identifier": lambda party, asked: bears(asked, party),
        }

    def _topics(self) -> dict[str, Test]:
        return {
            "name": lambda topic, asked: is_named(asked, topic["name"]),
            "broader": self._refers("topic", "broader"),
            "identifier": lambda topic, asked: bears(asked, topic),
        }

    def _claims(self) -> dict[str, Test]:
        return {
            "call": self._of_call()["call"],
            "field": _equals("field"),
            "basis": _equals("basis"),
            "preferred": lambda claim, asked: claim["preferred"] == (asked["preferred"][0] == "true"),
            "identifier": lambda claim, asked: bears(asked, claim["call"]),
        }


def _equals(name: str) -> Test:
    return lambda record, asked: record[name] == asked[name][0]


def _has_words(said: Callable[[Document], list[Part]]) -> Test:
    return lambda record, asked: meets(read_search(asked["q"][0]), said(record))


def _dated(name: str, call_of: Callable[[Document], Document]) -> Test:
    return lambda record, asked: in_span(
        call_of(record), name, asked[name][0], certain="certain" in asked.get("date_match", ())
    )


def _speakers(call: Document, statement: Document) -> list[Document]:
    refs = [speaker["participant"] for speaker in statement["speakers"]]
    return [person for person in call["participants"] if person["ref"] in refs]


def _ordered(resource: str, found: list[Document], *, down: bool) -> list[Document]:
    if resource == "calls":
        return sorted(found, key=lambda call: (bounds_of(call), call["id"]), reverse=down)
    if resource in {"participants", "statements", "claims"}:
        inside = sorted(found, key=lambda one: (one.get("readout", ""), one["position"]))
        # Sorting is stable, downwards too, so what is inside a call keeps its order.
        return sorted(inside, key=lambda one: (bounds_of(one["call"]), one["call"]["id"]), reverse=down)
    if resource == "readouts":
        return sorted(found, key=lambda readout: (readout["published_on"] or "", readout["id"]), reverse=down)
    return sorted(found, key=lambda record: (fold(_name(record)), record["id"]), reverse=down)


def _name(record: Document) -> str:
    preferred = [one["name"] for one in record.get("names", ()) if one["kind"] == "preferred"]
    return str(preferred[0] if preferred else record["name"])


async def walk(
    client: httpx.AsyncClient, path: str, params: Sequence[tuple[str, str]], limits: Iterator[int]
) -> list[Document]:
    """The pages of a list from its first to its last, each asked for with the next of the limits."""
    pages: list[Document] = []
    cursor: str | None = ""
    while cursor is not None:
        query = [*params, ("limit", str(next(limits))), *([("cursor", cursor)] if cursor else [])]
        answer = await client.get(path, params=tuple(query))
        assert answer.status_code == 200, (path, query, answer.text)
        pages.append(answer.json())
        cursor = pages[-1]["page"]["next"]
    return pages


def ids_on(pages: Sequence[Document]) -> list[str]:
    """The ids of the records on pages, in their order; of claims what they say."""
    return [
        answered_claim_id(record) if "preferred" in record else record["id"]
        for page in pages
        for record in page["data"]
    ]
