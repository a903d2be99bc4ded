"""Who initiated a call, where an English text says so; only what is said of the call itself counts."""

from dataclasses import dataclass
from functools import lru_cache

from app.ingest.english.frames import Frame, sides, subject_matter
from app.ingest.english.lexicon import lines, words
from app.ingest.english.naming import party_at
from app.ingest.english.pairs import CALLS, asks_for_call
from app.ingest.english.parsed import Parsed
from app.ingest.english.roster import Person, Roster
from app.ingest.english.subjects import Memory, subject_at
from app.ingest.english.words import Sentence
from app.vocabulary import Basis, InitiatorKind

_ADVERBS = frozenset("today yesterday earlier also had a this morning afternoon evening phone".split())
_EVENT_SENTENCES = 3
_EARLY = 6
_WISHED = frozenset({"requested", "initiated"})
_NOT_CALLED = frozenset({"for", "on", "upon", "attention", "to"})


@dataclass(frozen=True, slots=True)
class FoundInitiator:
    """Who initiated, and the words that say so."""

    kind: InitiatorKind
    person: Person | None
    party: str | None
    basis: Basis
    sure: float
    words: tuple[int, int]
    note: str | None = None


def initiator_of(frames: list[Frame], parsed: list[Parsed], roster: Roster) -> FoundInitiator | None:
    """The initiator, or none where the text does not say."""
    for frame in frames:
        found = _in_frame(frame, roster)
        if found is not None:
            return found
    body = [one for one in parsed if one.sentence.stretch.paragraph > 0]
    opening = [one for one in body[:1] if not frames]
    about = [one for one in body if _is_about_the_call(one.sentence)]
    for one in [*opening, *about]:
        found = _by_phrase(one, roster, 0, one.sentence.size)
        if found is not None:
            return found
    return None


def _is_about_the_call(sentence: Sentence) -> bool:
    """`The conversation was initiated by`, `The call took place at the request of`, `A had requested the call`."""
    lower = sentence.lower
    opening = lower[:_EVENT_SENTENCES]
    if opening[:1] and opening[0] in {"the", "this"} and CALLS.intersection(opening):
        return True
    if lower[:4] in (["the", "telephone", "conversation", "took"], ["the", "initiative", "for", "the"]):
        return True
    if not _WISHED.intersection(lower):
        return False
    if any(lower[at] in CALLS and lower[at + 1] in _WISHED for at in range(min(_EARLY, sentence.size - 1))):
        # "During a telephone conversation initiated by the French side"
        return True
    wished = (at for at in range(sentence.size) if lower[at] in _WISHED and not sentence.quoted[at])
    return any(asks_for_call(sentence, at + 1) for at in wished)


def _in_frame(frame: Frame, roster: Roster) -> FoundInitiator | None:
    sentence = frame.parsed.sentence
    end = subject_matter(frame)
    found = _by_phrase(frame.parsed, roster, 0, end)
    if found is not None:
        return found
    subjects, others = sides(frame, roster)
    subject, other = next(iter(subjects), None), next(iter(others), None)
    verb = sentence.lower[frame.verb]
    if verb in words("initiators", "calling") and sentence.lower[frame.verb - 1] in {"was", "were"} and other:
        return _person_found(sentence, other, frame.verb, frame.verb + 1, 0.9)
    if (
        verb in words("initiators", "calling")
        and sentence.lower[frame.verb + 1] not in _NOT_CALLED
        and subject
        and other
    ):
        return _person_found(sentence, subject, frame.verb, frame.verb + 1, 0.9)
    asked = _who_asked(frame)
    if asked is not None and others:
        return _person_found(sentence, others[-1], *asked, 0.9)
    latter = _of_the_latter(sentence, end)
    if latter is not None and other is not None:
        return _person_found(sentence, other, latter, latter + 3, 0.9)
    for key, person in (("receiving", other), ("making", subject)):
        has = sentence.lower[frame.verb] in {"has", "have", "had"}
        phrases = lines("initiators", key)
        place = _phrase_at(sentence, phrases, frame.verb) or (
            _phrase_at(sentence, phrases, frame.verb + 1) if has else None
        )
        if place is not None and person is not None:
            return _person_found(sentence, person, frame.verb, place, 0.95)
    wish = _his_wish(sentence, frame.verb, end)
    if wish is not None and other is not None and other is not subject:
        note = "Whose wish the pronoun means is not said; as a rule it is that of the other one."
        where = (sentence.starts[wish], sentence.ends[wish + 2])
        return FoundInitiator("participant", other, None, "derived", 0.6, where, note)
    return _formula(frame, roster, end)


def _who_asked(frame: Frame) -> tuple[int, int] | None:
    """Where `who had requested the call` stands after the last one of a frame, and where it ends."""
    sentence = frame.parsed.sentence
    at = max((one.end for one in frame.objects), default=sentence.size)
    at += sentence.words[at : at + 1] == [","]
    if sentence.lower[at : at + 1] != ["who"]:
        return None
    end = _phrase_at(sentence, lines("initiators", "asking"), at + 1)
    return (at, end) if end is not None else None


def _his_wish(sentence: Sentence, start: int, end: int) -> int | None:
    """Where `at his request` stands after the verb of a frame."""
    for at in range(start, end - 2):
        prepositions, pronoun, wish = sentence.lower[at : at + 3]
        if prepositions in {"at", "on", "upon"} and pronoun in {"his", "her"} and wish == "request":
            return at
    return None


def _of_the_latter(sentence: Sentence, end: int) -> int | None:
    """Where `the latter's request` begins."""
    for at in range(end - 2):
        if sentence.lower[at : at + 2] == ["the", "latter"] and sentence.lower[at + 2] in {"request", "initiative"}:
            return at
    return None


def _phrase_at(sentence: Sentence, phrases: tuple[tuple[str, ...], ...], place: int) -> int | None:
    """Where one of the phrases ends that begin at a place, adverbs in between passed over."""
    for phrase in phrases:
        at = place
        for word in phrase:
            while at < sentence.size and sentence.lower[at] != word and _is_passed_over(sentence, at):
                at += 1
            if at >= sentence.size or sentence.lower[at] != word:
                break
            at += 1
        else:
            return at
    return None


def _is_passed_over(sentence: Sentence, place: int) -> bool:
    """Whether a word within a phrase is an adverb, or of a date: `received a call on Tuesday, 11 April, from`."""
    lower = sentence.lower[place]
    return lower in _ADVERBS or lower in words("initiators", "dates") or sentence.words[place].isdigit()


def _person_found(sentence: Sentence, person: Person, start: int, end: int, sure: float) -> FoundInitiator:
    where = (sentence.starts[start], sentence.ends[end - 1])
    return FoundInitiator("participant", person, None, "stated", sure, where)


def _by_phrase(parsed: Parsed, roster: Roster, start: int, end: int) -> FoundInitiator | None:
    sentence = parsed.sentence
    known = {"{who}", *sentence.lower}
    # Few sentences have any of the words that such phrases turn on, and fewer have all of a phrase.
    if not _turning_words() & known:
        return None
    mutual = [phrase for phrase in lines("initiators", "mutual") if known.issuperset(phrase)]
    phrases = [phrase for phrase in lines("initiators", "phrases") if known.issuperset(phrase)]
    for at in range(start, end if mutual or phrases else start):
        if sentence.quoted[at]:
            continue
        for phrase in mutual:
            if tuple(sentence.lower[at : at + len(phrase)]) == phrase:
                where = (sentence.starts[at], sentence.ends[at + len(phrase) - 1])
                return FoundInitiator("mutual", None, None, "stated", 0.9, where)
        for phrase in phrases:
            found = _with_somebody(parsed, roster, phrase, at)
            if found is not None:
                return found
    return None


@lru_cache
def _turning_words() -> frozenset[str]:
    every = (*lines("initiators", "phrases"), *lines("initiators", "mutual"))
    small = frozenset("at the of on upon by {who} was to both between sides speak for from came".split())
    small |= words("frames", "events")
    return frozenset(word for phrase in every for word in phrase) - small


def _with_somebody(parsed: Parsed, roster: Roster, phrase: tuple[str, ...], place: int) -> FoundInitiator | None:
    sentence = parsed.sentence
    at = place
    who: tuple[Person | None, str | None] = (None, None)
    for word in phrase:
        if word != "{who}":
            if sentence.lower[at : at + 1] != [word]:
                return None
            at += 1
            continue
        named = _somebody(parsed, roster, at)
        if named is None:
            return None
        at, who = named[0], (named[1], named[2])
    where = (sentence.starts[place], sentence.ends[at - 1])
    person, party = who
    if person is not None:
        return FoundInitiator("participant", person, None, "stated", 0.95, where)
    return FoundInitiator("party", None, party, "stated", 0.8, where) if party else None


def _somebody(parsed: Parsed, roster: Roster, place: int) -> tuple[int, Person | None, str | None] | None:
    """A person, a side or a party at a place, as an owner too: where it ends, and who it is."""
    sentence = parsed.sentence
    if place >= sentence.size:
        return None
    if roster.author is not None and sentence.lower[place] == "my":
        return place + 1, roster.author, roster.author.party
    mention = parsed.mentions.get(place)
    if mention is not None:
        person = roster.meant(mention)
        if person is not None:
            return mention.end, person, mention.party
    at = place + (sentence.lower[place] in {"the", "his", "her"})
    party = party_at(sentence, at)
    if party is not None:
        end = party[0]
        if sentence.lower[end : end + 1] and sentence.lower[end] in {
            "side",
            "party",
            "counterpart",
            "government",
            "president",
            "leader",
        }:
            end += 1
        people = roster.of_party(party[1])
        return end, people[0] if people else None, party[1]
    subject = subject_at(parsed, roster, Memory(), place)
    if subject is not None and len(subject.people) == 1 and not subject.pronoun:
        return subject.end, subject.people[0], None
    return None


def _formula(frame: Frame, roster: Roster, end: int) -> FoundInitiator | None:
    """The formula that says that the other side asked, where there are two sides."""
    sentence = frame.parsed.sentence
    last_words = {phrase[-1] for phrase in lines("initiators", "other_side")}
    if not last_words.intersection(sentence.lower[frame.verb : end]):
        return None
    for at in range(frame.verb, end):
        for phrase in lines("initiators", "other_side"):
            if tuple(sentence.lower[at : at + len(phrase)]) != phrase:
                continue
            subject = next(iter(sides(frame, roster)[0]), None)
            other = roster.other(subject) if subject else None
            if other is None:
                return None
            where = (sentence.starts[at], sentence.ends[at + len(phrase) - 1])
            note = "The words render the Chinese formula 应约, which says that the other side asked for the call."
            return FoundInitiator("participant", other, None, "derived", 0.7, where, note)
    return None
