"""How well a draft agrees with a readout that a person labelled.

Each measure is a share of two counts, so that the counts of many readouts add up:

- *speakers*: of the characters of labelled statements, those that the draft gives to exactly the labelled speakers, or
  to others whom the label accepts. A statement's characters are those of its hull, from the beginning of its
  attribution or its text, whichever is first, to the end of either, whichever is last.
- *narration*: of the characters labelled as narration, those that the draft gives to anybody. Less is better.
- *spans*: the F1 of statements. Two hulls are the same statement where they share at least half of the characters that
  they cover together; each counts once, the best pairs first.
- *participants*: the F1 of participants. Two are the same person where the last word of either's name is a word of the
  other's, or, where no name is printed, where party and office agree.
- *party* and *office*: of the participants found, those whose party, or office, is the labelled one. Offices are
  compared without what they are of ("President of Russia" is "President") and without "Federal".
- *date*: of the readouts with a labelled date, those that are given just that day.
- *channel*: of all readouts. What is labelled as known from another source wins over what the text says.
- *initiators*: of all readouts, those where the labelled initiator is found, or none is labelled and none is found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields

from app.ingest.draft import Draft, ProposedParticipant, ProposedStatement
from app.labels import LabelledReadout, Person
from app.names import folded

_HALF = 0.5


@dataclass(slots=True)
class Share:
    """So many of so many."""

    part: float = 0
    whole: float = 0

    def add(self, part: float, whole: float) -> None:
        """Count further ones."""
        self.part += part
        self.whole += whole

    @property
    def value(self) -> float | None:
        """The share; null where there was nothing to count."""
        return self.part / self.whole if self.whole else None


@dataclass(slots=True)
class Score:
    """The counts of one readout, or of many."""

    readouts: int = 0
    speakers: Share = field(default_factory=Share)
    narration: Share = field(default_factory=Share)
    spans: Share = field(default_factory=Share)
    participants: Share = field(default_factory=Share)
    party: Share = field(default_factory=Share)
    office: Share = field(default_factory=Share)
    date: Share = field(default_factory=Share)
    channel: Share = field(default_factory=Share)
    initiators: Share = field(default_factory=Share)

    def add(self, other: "Score") -> None:
        """Add another's counts."""
        self.readouts += other.readouts
        for measure in fields(self)[1:]:
            share = getattr(other, measure.name)
            getattr(self, measure.name).add(share.part, share.whole)


def score(draft: Draft, labelled: LabelledReadout) -> Score:
    """Compare one draft with its label."""
    gold = labelled.gold
    people = same_people(draft.participants, gold.participants)
    scored = Score(readouts=1)
    _score_statements(scored, draft, labelled, people)
    scored.participants.add(2 * len(people), len(draft.participants) + len(gold.participants))
    named = {person.ref: person for person in draft.participants}
    for ref, person in people.items():
        if person.country_iso2 is not None:
            scored.party.add(named[ref].party == person.country_iso2, 1)
        if person.office is not None and not person.office.startswith("("):
            scored.office.add(_office(named[ref].office) == _office(person.office), 1)
    if gold.date_iso is not None:
        scored.date.add(draft.call.date.edtf == gold.date_iso, 1)
    scored.channel.add(draft.call.channel == gold.channel, 1)
    wanted = gold.initiator.full_name if gold.initiator else None
    scored.initiators.add(_initiators(draft, people) == ({wanted} if wanted else set()), 1)
    return scored


def hull(statement: ProposedStatement) -> tuple[int, int]:
    """From where a statement reaches to where, its attribution included."""
    attribution = statement.attribution
    if attribution.start is None or attribution.end is None:
        return statement.start, statement.end
    return min(statement.start, attribution.start), max(statement.end, attribution.end)


def same_people(found: Iterable[ProposedParticipant], labelled: Sequence[Person]) -> dict[str, Person]:
    """Who of the draft, by `ref`, is who of the label; each of them at most once."""
    pairs: dict[str, Person] = {}
    left = list(labelled)
    for participant in found:
        match = next((person for person in left if _same(participant, person)), None)
        if match is not None:
            pairs[participant.ref] = match
            left.remove(match)
    return pairs


def _same(participant: ProposedParticipant, person: Person) -> bool:
    if participant.name is None:
        return participant.party == person.country_iso2 and _office(participant.office) == _office(person.office)
    found = folded(participant.name).replace(",", " ").replace(".", " ").split()
    names = f"{person.full_name} {person.name_in_text or ''}"
    labelled = folded(names).replace(",", " ").replace(".", " ").replace("\u2019s", " ").split()
    last = folded(person.full_name).split()[-1]
    # What follows a name is no part of it that tells people apart.
    while found and found[-1] in {"jr", "sr", "ii", "iii"}:
        found.pop()
    return bool(found) and (found[-1] in labelled or last in found)


def _office(office: str | None) -> str | None:
    if office is None:
        return None
    words = folded(office).replace("-", " ").split()
    end = next((place for place, word in enumerate(words) if word in {"of", "for"}), len(words))
    # "Secretary of State" is not "Secretary".
    whole = words if "of" in words and words[-1] == "state" else words[:end]
    return " ".join(word for word in whole if word != "federal")


def _initiators(draft: Draft, people: dict[str, Person]) -> set[str | None]:
    chosen = [participant for participant in draft.participants if participant.initiator]
    return {people[person.ref].full_name if person.ref in people else None for person in chosen}


def _score_statements(scored: Score, draft: Draft, labelled: LabelledReadout, people: dict[str, Person]) -> None:
    given: list[frozenset[str] | None] = [None] * len(labelled.text)
    hulls = [hull(statement) for statement in draft.statements]
    for statement, (start, end) in zip(draft.statements, hulls, strict=True):
        names = frozenset(
            people[speaker.participant].full_name if speaker.participant in people else f"? {speaker.participant}"
            for speaker in statement.speakers
        )
        given[start:end] = [names] * (end - start)
    gold = labelled.gold
    for wanted in gold.statements:
        accepted = gold.accepted(wanted)
        right = sum(names in accepted for names in given[wanted.char_start : wanted.char_end])
        scored.speakers.add(right, wanted.char_end - wanted.char_start)
    for narration in gold.narration:
        wrong = sum(names is not None for names in given[narration.char_start : narration.char_end])
        scored.narration.add(wrong, narration.char_end - narration.char_start)
    labels = [(wanted.char_start, wanted.char_end) for wanted in gold.statements]
    scored.spans.add(2 * _paired(hulls, labels), len(hulls) + len(labels))


def _paired(found: Sequence[tuple[int, int]], labelled: Sequence[tuple[int, int]]) -> int:
    shares = []
    for one, (start, end) in enumerate(found):
        for other, (first, last) in enumerate(labelled):
            common = min(end, last) - max(start, first)
            if common > 0:
                shares.append((common / (max(end, last) - min(start, first)), one, other))
    taken: tuple[set[int], set[int]] = (set(), set())
    for share, one, other in sorted(shares, reverse=True):
        if share >= _HALF and one not in taken[0] and other not in taken[1]:
            taken[0].add(one)
            taken[1].add(other)
    return len(taken[0])
