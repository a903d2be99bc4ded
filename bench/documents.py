"""Generated documents of records to measure with: the same seed gives the same, however many calls are made.

What is drawn is drawn from lists in which the frequent stands more often, many at once, since a million calls are made.
"""

from datetime import date, timedelta
from hashlib import sha256
from random import Random
from typing import NamedTuple

from app.vocabulary import Act, Channel, terms
from bench.draws import by_zipf, differing, distinct, word
from bench.registers import Document, id_of, leaders, parties, publisher_slug, publishers, topics

_VOCABULARY = 6_000
_RARE_WORDS = 2_000
_CALLS_A_PHRASE = 8
_FIRST_DAY = date(1945, 1, 1)
_DAYS = (date(2026, 10, 31) - _FIRST_DAY).days
_VERBS = ("said", "stressed", "pointed out", "noted", "stated")
_PEOPLE = (2, 2, 2, 3, 4)
_STATEMENTS = range(8, 17)
_WORDS = range(20, 41)
_DATE_FORMS = ("%Y-%m-%d",) * 95 + ("%Y-%m",) * 4 + ("%Y",)
_ROLES = ("principal", "aide", "interpreter")
_TOPICS = (0, 1, 1, 2)
_INITIATORS: tuple[dict[str, str] | None, ...] = (
    None,
    {"kind": "mutual"},
    {"kind": "party"},
    {"kind": "participant", "participant": "p0"},
    {"kind": "participant", "participant": "p1"},
)


class _Person(NamedTuple):
    id: str
    slug: str
    name: str
    party: str
    office: str


class Generator:
    """Makes the documents of calls, and before them those of what calls refer to."""

    def __init__(self, seed: int) -> None:
        """Make the vocabulary, the parties, the publishers, the leaders and the topics."""
        self._seed = seed
        self._chance = chance = Random(seed)
        self.vocabulary = distinct(_VOCABULARY, lambda: word(chance))
        """The words of all statements, the commonest first."""
        # No other word begins with q.
        self._rare = distinct(_RARE_WORDS, lambda: f"qu{word(chance)}{word(chance)}")
        self.parties = parties(chance)
        self.publishers = publishers(self.parties)
        self.leaders = leaders(self.parties, chance)
        self.topics = topics()
        subjects = [topic["slug"] for topic in self.topics]
        chance.shuffle(subjects)
        self._subjects = by_zipf(subjects)
        self._words = by_zipf(self.vocabulary)
        self._people = by_zipf([_person(leader) for leader in self.leaders])
        self._channels = terms(Channel)
        self._acts = terms(Act)

    def phrase(self, number: int) -> str:
        """Two words that stand together in one statement of each of a few calls, whatever the number of all calls."""
        distance, first = divmod(number, _RARE_WORDS)
        return f"{self._rare[first]} {self._rare[(first + distance + 1) % _RARE_WORDS]}"

    def phrases(self, calls: int) -> int:
        """How many phrases that many calls hold; the last one may be in fewer of them than the others."""
        return -(-calls // _CALLS_A_PHRASE)

    def call(self, number: int) -> Document:
        """A call with its participants, its readout whole, its statements and its claims."""
        chance = self._chance
        chance.seed(f"{self._seed} {number}")
        people = differing(self._people, chance.choice(_PEOPLE), chance)
        day = (_FIRST_DAY + timedelta(days=chance.randrange(_DAYS))).strftime(chance.choice(_DATE_FORMS))
        title = f"Call of {people[0].name} and {people[1].name}"
        roles = ("principal", "principal", *chance.choices(_ROLES, k=2))
        readout_id = id_of(6, number)
        text, statements = self._statements(number, f"{title}\n", readout_id, [person.name for person in people])
        return {
            "id": id_of(7, number),
            "slug": f"{day}-{people[0].slug}-{people[1].slug}-{number}",
            "title": title,
            "participants": [
                {
                    "ref": f"p{place}",
                    "id": id_of(5, number * 10 + place),
                    "leader": person.id,
                    "party": person.party,
                    "office": person.office,
                    "role": role,
                }
                for place, (person, role) in enumerate(zip(people, roles, strict=False))
            ],
            "readouts": [_readout(readout_id, title, text, people[chance.getrandbits(1)].party)],
            "statements": statements,
            "claims": self._claims(day, people[0].party),
            "identifiers": [{"scheme": "register", "value": str(number)}] if number % 2 else [],
        }

    def _claims(self, day: str, party: str) -> list[Document]:
        claims = [_claim("date", {"edtf": day}), _claim("channel", self._chance.choice(self._channels))]
        initiator = self._chance.choice(_INITIATORS)
        if initiator is not None:
            of_party = {"party": party} if initiator["kind"] == "party" else {}
            claims.append(_claim("initiator", initiator | of_party))
        return claims

    def _statements(self, number: int, text: str, readout_id: str, names: list[str]) -> tuple[str, list[Document]]:
        chance = self._chance
        lengths = chance.choices(_WORDS, k=chance.choice(_STATEMENTS))
        words = chance.choices(self._words, k=sum(lengths))
        words[chance.randrange(len(words))] += f" {self.phrase(number // _CALLS_A_PHRASE)}"
        subjects = differing(self._subjects, chance.randint(1, 3), chance)
        verbs = chance.choices(_VERBS, k=len(lengths))
        acts = chance.choices(self._acts, k=len(lengths))
        topics = chance.choices(_TOPICS, k=len(lengths))
        statements: list[Document] = []
        parts = [text]
        begins, last = len(text), 0
        for place, length in enumerate(lengths):
            first, last = last, last + length
            said = " ".join(words[first:last]) + "."
            # Two sentences out of three go on in the voice of the one before.
            speaker = place // 3 % len(names)
            attribution: Document = {"kind": "inherited"}
            start = begins
            if place % 3 == 0:
                clause = f"{names[speaker]} {verbs[place]} that"
                ends = begins + len(clause)
                attribution = {"kind": "explicit", "verb": verbs[place], "text": clause, "start": begins, "end": ends}
                parts += (clause, " ")
                start = ends + 1
            parts += (said, " ")
            begins = start + len(said) + 1
            statements.append(
                {
                    "id": id_of(8, number * 100 + place),
                    "readout": readout_id,
                    "position": place + 1,
                    "paragraph": 1 + place // 4,
                    "speakers": [{"participant": f"p{speaker}"}],
                    "text": said,
                    "start": start,
                    "end": begins - 1,
                    "attribution": attribution,
                    "act": acts[place],
                    "topics": subjects[place % len(subjects) :][: topics[place]],
                }
            )
        return "".join(parts), statements


def _person(leader: Document) -> _Person:
    office = leader["offices"][0]
    return _Person(leader["id"], leader["slug"], leader["names"][0]["name"], office["party"], office["title"])


def _claim(field: str, value: object) -> Document:
    return {"field": field, "value": value, "basis": "stated", "preferred": True}


def _readout(readout_id: str, title: str, text: str, party: str) -> Document:
    digest = sha256(text.encode()).hexdigest()
    return {
        "id": readout_id,
        "title": title,
        "language": "en",
        "translation": "none",
        "versions": [{"version": 1, "text": text, "sha256": digest, "source_sha256": digest}],
        "claims": [_claim("publisher", publisher_slug(party))],
    }
