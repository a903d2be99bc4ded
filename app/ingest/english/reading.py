"""Reading a readout in English."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.ingest.assembly import assembled, references
from app.ingest.draft import (
    Caution,
    Draft,
    ProposedClaim,
    ProposedInitiator,
)
from app.ingest.english.casting import Cast, cast_of
from app.ingest.english.channels import channel_of
from app.ingest.english.dates import date_claims
from app.ingest.english.durations import duration_claim
from app.ingest.english.frames import Frame
from app.ingest.english.initiators import initiator_of
from app.ingest.english.marks import in_double_marks
from app.ingest.english.parsed import Parsed, parse, parse_phrase
from app.ingest.english.participants import participant, surname
from app.ingest.english.parties import zone_of
from app.ingest.english.roster import Person
from app.ingest.english.sentences import Stretch
from app.ingest.english.statements import statements
from app.ingest.english.voices import Spoken, spoken
from app.ingest.told import Told

# Within so many words before its verb, a sentence says that a call is still to come.
_NEAR = 3
_TO_COME = (["is", "to"], ["are", "to"], ["scheduled", "to"], ["due", "to"], ["plans", "to"], ["going", "to"])


def read(told: Told) -> Draft:
    """The draft of a readout in English; where it reports several calls, that of the first, with the further ones."""
    text = in_double_marks(told.text)
    parsed = parse(text, told.title)
    cast = cast_of(told, parsed)
    people = cast.roster.people
    refs = dict(zip(map(id, people), references(surname(person) for person in people), strict=True))
    found = spoken(text, parsed, cast)
    opening = parsed[0].sentence.stretch
    if not cast.calls:
        return _draft(told, parsed, cast, refs, _Call(tuple(people), list(cast.frames.values()), found, opening))
    begins = [parsed[place].sentence.stretch.start for place in cast.calls]
    drafts = []
    for number, (place, present) in enumerate(cast.calls.items()):
        start = begins[number] if number else 0
        end = begins[number + 1] if number + 1 < len(begins) else len(told.text)
        said = [one for one in found if start <= one.start < end]
        first = parsed[place].sentence.stretch if number else opening
        drafts.append(_draft(told, parsed, cast, refs, _Call(present, [cast.frames[place]], said, first)))
    return replace(drafts[0], further=tuple(drafts[1:]))


@dataclass(frozen=True, slots=True)
class _Call:
    """One call of a text: who took part, the sentences that say so, what was said, and how the text begins on it."""

    people: tuple[Person, ...]
    frames: list[Frame]
    said: list[Spoken]
    opening: Stretch


def _draft(told: Told, parsed: list[Parsed], cast: Cast, refs: dict[int, str], call: _Call) -> Draft:
    title = parse_phrase(told.heading) if told.heading else None
    home = cast.roster.home_party or (call.people[0].party if call.people else None)
    claims = date_claims(told, call.frames, parsed, zone_of(home))
    claims.append(_channel(told, call.frames, title, parsed))
    lasted = duration_claim(told, call.frames, parsed)
    if lasted is not None:
        claims.append(lasted)
    initiated = _initiator(told, cast, call.frames, parsed, refs)
    if initiated is not None:
        claims.append(initiated)
    present = {id(person) for person in call.people}
    said = [one for one in call.said if present.issuperset(map(id, one.people))]
    return assembled(
        "en",
        participants=[participant(told, person, refs[id(person)], initiated) for person in call.people],
        statements=statements(told, said, refs),
        claims=claims,
        title=told.heading or told.text[call.opening.start : call.opening.end],
        cautions=[*_announced(told, call.frames), *_several_calls(told, cast, call.frames)],
    )


def _announced(told: Told, frames: list[Frame]) -> Iterator[Caution]:
    for frame in frames[:1]:
        sentence = frame.parsed.sentence
        # As printed: "President Will Roe spoke" tells of no future.
        before = sentence.words[max(0, frame.verb - _NEAR) : frame.verb]
        if "will" in before or before[-2:] in _TO_COME:
            evidence = (told.quoted(sentence.stretch.start, sentence.stretch.end),)
            yield Caution("announced", "The text announces a call, which may not have been held.", evidence)


def _several_calls(told: Told, cast: Cast, frames: list[Frame]) -> Iterator[Caution]:
    stretches = [cast.frames[place].parsed.sentence.stretch for place in cast.calls]
    if stretches:
        evidence = tuple(told.quoted(stretch.start, stretch.end) for stretch in stretches)
        yield Caution("several-calls", "The text reports several calls, each of which has a draft.", evidence)
    elif frames and {"separately", "separate"} & set(frames[0].parsed.sentence.lower[: frames[0].tail]):
        stretch = frames[0].parsed.sentence.stretch
        evidence = (told.quoted(stretch.start, stretch.end),)
        yield Caution("several-calls", "The text reports separate calls as one; so does the draft.", evidence)


def _channel(told: Told, frames: list[Frame], title: Parsed | None, parsed: list[Parsed]) -> ProposedClaim:
    found = channel_of(frames, title, parsed)
    evidence = (told.quoted(*found.words),) if found.words else ()
    note = None if found.words else "The title says so." if found.channel != "unknown" else "The text does not say."
    return ProposedClaim(
        field="channel",
        value=found.channel,
        basis="stated" if found.words else "derived",
        preferred=True,
        note=note,
        confidence=found.sure,
        evidence=evidence,
    )


def _initiator(
    told: Told, cast: Cast, frames: list[Frame], parsed: list[Parsed], refs: dict[int, str]
) -> ProposedClaim | None:
    found = initiator_of(frames, parsed, cast.roster)
    if found is None:
        return None
    ref = refs[id(found.person)] if found.person else None
    value = ProposedInitiator(found.kind, ref, found.party if found.kind == "party" else None)
    return ProposedClaim(
        field="initiator",
        value=value,
        basis=found.basis,
        preferred=True,
        note=found.note,
        confidence=found.sure,
        evidence=(told.quoted(*found.words),),
    )
