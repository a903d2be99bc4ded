"""A second reading of the generated documents, in plain Python, and the walk through the service's pages held to it."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import httpx

from tests.factories import World

Document = dict[str, Any]
Asked = Mapping[str, Sequence[str]]
Bounds = tuple[str, str]

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
    "0000": ("0000-01-01", "0000-12-31"),
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

NAMES: Mapping[str, str] = {
    "calls": "call",
    "leaders": "leader",
    "parties": "party",
    "publishers": "publisher",
    "topics": "topic",
    "readouts": "readout",
    "participants": "participant",
    "statements": "statement",
}
SORTS: Mapping[str, tuple[str, ...]] = {
    "calls": ("-date", "date"),
    "participants": ("-date", "date"),
    "statements": ("-date", "date"),
    "readouts": ("-published", "published"),
    "claims": ("position",),
    **dict.fromkeys(("leaders", "parties", "publishers", "topics"), ("name", "-name")),
}
"""The orders of each resource, its default first."""

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


def bears(record: Document | None, text: str) -> bool:
    """Whether a record has an identifier."""
    given = [] if record is None else record.get("identifiers", [])
    return any(f"{one['scheme']}:{one['value']}".casefold() == text.casefold() for one in given)


def speaks(language: str, text: str) -> bool:
    """Whether a language is the asked one or a variety of it."""
    return f"{language}-".lower().startswith(f"{text}-".lower())


class Oracle:
    """The generated documents, read record by record."""

    def __init__(self, documents: Mapping[str, list[Document]]) -> None:
        """Spread the calls into what they consist of."""
        self.records: dict[str, list[Document]] = {
            **documents,
            "participants": [
                {**person, "call": call, "position": position}
                for call in documents["calls"]
                for position, person in enumerate(call["participants"])
            ],
            "statements": [
                {**statement, "call": call, "by": self._speakers(call, statement)}
                for call in documents["calls"]
                for statement in call["statements"]
            ],
            "claims": [
                {**claim, "call": call, "position": position, "id": self._claim_id(call, claim)}
                for call in documents["calls"]
                for position, claim in enumerate(call["claims"])
            ],
        }
        self._readouts = {readout["id"]: readout for readout in documents["readouts"]}
        self._by_key = {
            kind: {self.key_of(record): record for record in documents[kind]}
            for kind in ("calls", "leaders", "parties", "publishers", "topics")
        }
        self.meanings: dict[str, dict[str, str]] = {
            NAMES[kind]: {
                form: key for key, record in records.items() for form in self.forms(NAMES[kind], record)
            }
            for kind, records in self._by_key.items()
        }

    @staticmethod
    def key_of(record: Document) -> str:
        """The slug or code of a record."""
        return str(record.get("slug") or record["code"])

    @staticmethod
    def forms(kind: str, record: Document) -> list[str]:
        """Every text that means a record alone."""
        forms = [record["id"], record["id"].upper(), Oracle.key_of(record)]
        if kind == "leader":
            forms += [one["value"] for one in record["identifiers"] if one["scheme"] == "wikidata"]
            forms += [form for one in record["names"] if one["name"] != "Shared" for form in spellings(one["name"])]
        if kind == "party":
            forms += [form for alias in record["aliases"] for form in spellings(alias)]
        return list(dict.fromkeys(forms))

    def answer(self, resource: str, asked: Asked) -> list[str]:
        """The ids of the records that a question means, in its order."""
        found = [record for record in self.records[resource] if self.matches(resource, record, asked)]
        sort = next(iter(asked.get("sort", SORTS[resource][:1])))
        return [record["id"] for record in self._ordered(resource, found, sort)]

    def matches(self, resource: str, record: Document, asked: Asked) -> bool:
        """Whether a record is one of those that a question means."""
        tests: dict[str, Callable[[Document, Asked], bool]] = getattr(self, f"_{resource}")()
        return all(tests[name](record, asked) for name in asked if name not in _NO_FILTERS)

    def meant(self, kind: str, text: str) -> str:
        """The slug or code of the record that a text means."""
        return self.meanings[kind][text]

    @staticmethod
    def _speakers(call: Document, statement: Document) -> list[Document]:
        refs = [speaker["participant"] for speaker in statement["speakers"]]
        return [person for person in call["participants"] if person["ref"] in refs]

    @staticmethod
    def _claim_id(call: Document, claim: Document) -> str:
        value = claim["value"]
        if claim["field"] == "date":
            value = value["edtf"]
        if claim["field"] == "initiator":
            ids = {person["ref"]: person["id"] for person in call["participants"]}
            value = f"{value['kind']} {ids.get(value.get('participant'))} {value.get('party')}"
        return f"{claim['field']} {claim['basis']} {claim['preferred']} {value}"

    def _ordered(self, resource: str, found: list[Document], sort: str) -> list[Document]:
        down = sort.startswith("-")
        if resource == "claims":
            return sorted(found, key=lambda claim: claim["position"])
        if resource == "readouts":
            return sorted(found, key=lambda one: (one["published_on"] or "", one["id"]), reverse=down)
        if resource == "calls":
            return sorted(found, key=lambda call: (bounds_of(call), call["id"]), reverse=down)
        if resource in {"participants", "statements"}:
            inside = sorted(found, key=lambda one: (one.get("readout", ""), one["position"]))
            # Sorting is stable also in reverse, so each call keeps the order inside it.
            return sorted(inside, key=lambda one: (bounds_of(one["call"]), one["call"]["id"]), reverse=down)
        return sorted(found, key=lambda one: (fold(self._name(one)), one["id"]), reverse=down)

    @staticmethod
    def _name(record: Document) -> str:
        if "names" in record:
            return next(str(one["name"]) for one in record["names"] if one["kind"] == "preferred")
        return str(record["name"])

    def _dated(self, call_of: Callable[[Document], Document]) -> dict[str, Callable[[Document, Asked], bool]]:
        def test(name: str) -> Callable[[Document, Asked], bool]:
            return lambda record, asked: in_span(
                call_of(record), name, asked[name][0], certain=list(asked.get("date_match", ())) == ["certain"]
            )

        return {name: test(name) for name in ("date", "date_from", "date_to")}

    def _of(self, kind: str, key: str | None) -> Document | None:
        return self._by_key[kind].get(key) if key else None

    def _below(self, topic: str) -> set[str]:
        narrower = [one["slug"] for one in self.records["topics"] if one["broader"] == topic]
        return {topic}.union(*(self._below(slug) for slug in narrower))

    def _took_part(self, call: Document, member: str, keys: set[str], asked: Asked) -> bool:
        roles = {"principal", *",".join(asked.get("role", ())).split(",")}
        return any(
            person[member] in keys and (person["role"] in roles or "any" in roles) for person in call["participants"]
        )

    def _initiated(self, call: Document, text: str) -> bool:
        value = shown(call, "initiator")
        if value is None or text == "mutual":
            return value is not None and value["kind"] == "mutual"
        person: Document = next(
            (one for one in call["participants"] if one["ref"] == value.get("participant")),
            {"leader": None, "party": None},
        )
        if text in self.meanings["party"]:
            return self.meant("party", text) in {value.get("party"), person["party"]}
        return person["leader"] == self.meant("leader", text)

    def _released(self, readout_id: str, asked: Asked, publisher: str) -> bool:
        readout = self._readouts[readout_id]
        by = [self.meant("publisher", text) for text in asked.get(publisher, ())]
        languages = asked.get("language", ())
        return all(shown(readout, "publisher") == key for key in by) and all(
            speaks(readout["language"], text) for text in languages
        )

    def _calls(self) -> dict[str, Callable[[Document, Asked], bool]]:
        # One readout must be by the publisher and in the language, where both are asked for.
        def released(call: Document, asked: Asked) -> bool:
            return any(self._released(readout, asked, "publisher") for readout in call["readouts"])

        return {
            **self._dated(lambda call: call),
            "leader": lambda call, asked: all(
                self._took_part(call, "leader", {self.meant("leader", text)}, asked) for text in asked["leader"]
            ),
            "any_leader": lambda call, asked: self._took_part(
                call, "leader", {self.meant("leader", text) for text in asked["any_leader"]}, asked
            ),
            "party": lambda call, asked: all(
                self._took_part(call, "party", {self.meant("party", text)}, asked) for text in asked["party"]
            ),
            "role": lambda _call, _asked: True,
            "initiator": lambda call, asked: self._initiated(call, asked["initiator"][0]),
            "channel": lambda call, asked: shown(call, "channel") == asked["channel"][0],
            "topic": lambda call, asked: any(
                topic in self._below(self.meant("topic", asked["topic"][0]))
                for statement in call["statements"]
                for topic in statement["topics"]
            ),
            "publisher": released,
            "language": released,
            "identifier": lambda call, asked: bears(call, asked["identifier"][0]),
        }

    def _participants(self) -> dict[str, Callable[[Document, Asked], bool]]:
        return {
            **self._dated(lambda person: dict(person["call"])),
            "leader": lambda person, asked: person["leader"] == self.meant("leader", asked["leader"][0]),
            "party": lambda person, asked: person["party"] == self.meant("party", asked["party"][0]),
            "role": lambda person, asked: person["role"] == asked["role"][0],
            "office": lambda person, asked: fold(person["office"] or "") == fold(asked["office"][0]),
            "call": lambda person, asked: person["call"]["slug"] == self.meant("call", asked["call"][0]),
            "identifier": lambda person, asked: any(
                bears(owner, asked["identifier"][0])
                for owner in (
                    person["call"],
                    self._of("leaders", person["leader"]),
                    self._of("parties", person["party"]),
                )
            ),
        }

    def _statements(self) -> dict[str, Callable[[Document, Asked], bool]]:
        def hears(statement: Document, leader: str) -> bool:
            return any(
                person["leader"] == leader
                and person["role"] == "principal"
                and any(speaker["ref"] != person["ref"] for speaker in statement["by"])
                for person in statement["call"]["participants"]
            )

        return {
            **self._dated(lambda statement: dict(statement["call"])),
            "speaker": lambda statement, asked: all(
                self.meant("leader", text) in [person["leader"] for person in statement["by"]]
                for text in asked["speaker"]
            ),
            "attributed_by": lambda statement, asked: self._released(statement["readout"], asked, "attributed_by"),
            "language": lambda statement, asked: self._released(statement["readout"], asked, "attributed_by"),
            "counterpart": lambda statement, asked: hears(statement, self.meant("leader", asked["counterpart"][0])),
            "party": lambda statement, asked: any(
                person["party"] == self.meant("party", asked["party"][0]) for person in statement["by"]
            ),
            "call": lambda statement, asked: statement["call"]["slug"] == self.meant("call", asked["call"][0]),
            "topic": lambda statement, asked: bool(
                self._below(self.meant("topic", asked["topic"][0])) & set(statement["topics"])
            ),
            "act": lambda statement, asked: statement["act"] == asked["act"][0],
            "mode": lambda statement, asked: statement["mode"] == asked["mode"][0],
            "verb": lambda statement, asked: fold(statement["attribution"].get("verb", "")) == fold(asked["verb"][0]),
            "identifier": lambda statement, asked: any(
                bears(owner, asked["identifier"][0])
                for owner in (
                    statement["call"],
                    self._readouts[statement["readout"]],
                    *(self._of("leaders", person["leader"]) for person in statement["by"]),
                )
            ),
        }

    def _readouts_of(self, call: str) -> list[str]:
        return list(self._by_key["calls"][self.meant("call", call)]["readouts"])

    def _leaders(self) -> dict[str, Callable[[Document, Asked], bool]]:
        def of_party(leader: Document, party: str) -> bool:
            return any(office["party"] == party for office in leader["offices"]) or any(
                person["leader"] == leader["slug"] and person["party"] == party
                for person in self.records["participants"]
            )

        return {
            "name": lambda leader, asked: (
                fold(asked["name"][0]) in [fold(one["name"]) for one in leader["names"]]
            ),
            "party": lambda leader, asked: of_party(leader, self.meant("party", asked["party"][0])),
            "identifier": lambda leader, asked: bears(leader, asked["identifier"][0]),
        }

    def _parties(self) -> dict[str, Callable[[Document, Asked], bool]]:
        return {
            "name": lambda party, asked: (
                fold(asked["name"][0]) in [fold(name) for name in (party["name"], *party["aliases"])]
            ),
            "kind": lambda party, asked: party["kind"] == asked["kind"][0],
            "identifier": lambda party, asked: bears(party, asked["identifier"][0]),
        }

    def _publishers(self) -> dict[str, Callable[[Document, Asked], bool]]:
        return {
            "name": lambda publisher, asked: fold(publisher["name"]) == fold(asked["name"][0]),
            "party": lambda publisher, asked: publisher["party"] == self.meant("party", asked["party"][0]),
            "kind": lambda publisher, asked: publisher["kind"] == asked["kind"][0],
            "identifier": lambda publisher, asked: bears(publisher, asked["identifier"][0]),
        }

    def _topics(self) -> dict[str, Callable[[Document, Asked], bool]]:
        return {
            "name": lambda topic, asked: fold(topic["name"]) == fold(asked["name"][0]),
            "broader": lambda topic, asked: topic["broader"] == self.meant("topic", asked["broader"][0]),
            "identifier": lambda topic, asked: bears(topic, asked["identifier"][0]),
        }
